//! The sweep after a redrive of a standard queue: messages whose delete was answered with success
//! and had no effect.
//!
//! AWS answers so when the receipt handle lapsed at that very moment. Only a later receive can
//! tell, and it brings the handle by which the delete is repeated. Nothing is ever sent here.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use futures::future::join_all;
use reco_core::journal::State;
use reco_core::message::Message;
use reco_core::settle::{Deletable, replayed};
use tokio_util::sync::CancellationToken;

use crate::aws::sqs::{BATCH, Queue, Sqs};
use crate::error::Result;
use crate::flow::hold::{Hold, Released};
use crate::flow::journal::load;
use crate::flow::scan::HOLD_LIMIT;

/// How long messages are hidden while they are looked at.
const HIDE: Duration = Duration::from_secs(60);
/// How long a receive waits.
const WAIT: Duration = Duration::from_secs(1);
/// Receives in flight at once.
const RECEIVERS: usize = 8;
/// Rounds of empty long polls that mean an empty queue.
const VOTES: u32 = 2;

/// Looks through a DLQ for messages that should be gone.
#[derive(Debug)]
pub struct Sweeper {
    /// SQS.
    pub sqs: Sqs,
    /// The DLQ.
    pub queue: Queue,
    /// The run's journal, which proves what was acknowledged.
    pub journal: PathBuf,
    /// Ends it early.
    pub cancel: CancellationToken,
}

/// What one sweep found.
#[derive(Debug, Default)]
pub struct Swept {
    /// Messages received.
    pub received: u64,
    /// Ids of messages that were there although they had been deleted; deleted again.
    pub deleted: Vec<String>,
    /// Those that could not be deleted, and why.
    pub failed: Vec<(String, String)>,
    /// The others.
    pub released: Released,
}

impl Sweeper {
    /// Receives everything once and deletes what is among `moved` again.
    ///
    /// # Errors
    /// When the DLQ cannot be received from or the journal cannot be read; what was received is
    /// released before.
    pub async fn sweep(&self, moved: &HashSet<String>) -> Result<Swept> {
        let hold = Hold::start(self.sqs.clone(), self.queue.clone(), HIDE);
        let mut swept = Swept::default();
        let result = self.receive_all(moved, &hold, &mut swept).await;
        swept.released = hold.release_all().await;
        result.map(|()| swept)
    }

    async fn receive_all(
        &self,
        moved: &HashSet<String>,
        hold: &Hold,
        swept: &mut Swept,
    ) -> Result<()> {
        let (mut votes, mut proofs) = (0, None);
        while votes < VOTES && !self.cancel.is_cancelled() && hold.len() < HOLD_LIMIT {
            let since = SystemTime::now();
            let calls = (0..RECEIVERS).map(|_| self.sqs.receive(&self.queue, BATCH, WAIT, HIDE));
            let (mut seen, mut mine) = (0, Vec::new());
            for received in join_all(calls).await {
                let received = received?;
                seen += received.len();
                for damaged in received.damaged {
                    hold.take(&damaged.message_id, &damaged.receipt_handle, since);
                }
                for message in received.messages {
                    let receives = message.receive_count();
                    hold.take_counted(&message.id, &message.receipt_handle, since, receives);
                    if moved.contains(&message.id) {
                        mine.push(message);
                    }
                }
            }
            votes = if seen == 0 { votes + 1 } else { 0 };
            swept.received += seen as u64;
            if !mine.is_empty() {
                let proofs = match &mut proofs {
                    Some(proofs) => proofs,
                    none => none.insert(load(&self.journal)?),
                };
                self.delete(proofs, mine, hold, swept).await;
            }
        }
        Ok(())
    }

    async fn delete(&self, proofs: &State, mine: Vec<Message>, hold: &Hold, swept: &mut Swept) {
        let deletable: Vec<Deletable> = mine
            .iter()
            .filter_map(|message| replayed(&proofs.acked(&message.id)?).with_newer_handle(message))
            .collect();
        for chunk in deletable.chunks(BATCH) {
            let fates = self.sqs.delete(&self.queue, chunk).await;
            for (deletable, fate) in chunk.iter().zip(fates) {
                let id = deletable.message_id();
                match fate {
                    Ok(()) => {
                        hold.forget(id);
                        swept.deleted.push(id.to_owned());
                    }
                    Err(fault) => swept.failed.push((id.to_owned(), fault.to_string())),
                }
            }
        }
    }
}
