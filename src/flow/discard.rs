//! Deleting messages that are not sent anywhere: because they are in a flushed file, or because the
//! operator wants no copy.

use std::sync::Arc;

use futures::{StreamExt, stream};
use reco_core::message::Message;
use reco_core::settle::{Deletable, Flushed, Waiver, backed_up, waived};
use tokio_util::sync::CancellationToken;

use crate::aws::sqs::{BATCH, Queue, Sqs};
use crate::flow::hold::Hold;
use crate::ui::Progress;

/// Batches in flight at once.
const IN_FLIGHT: usize = 16;

/// What entitles to delete.
#[derive(Debug)]
pub enum Grounds<'a> {
    /// The messages are in a file that is on the disk.
    BackedUp(&'a Flushed),
    /// The operator wants no copy.
    Waived(&'a Waiver),
}

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// No longer in the queue.
    Deleted,
    /// Perhaps still in the queue.
    NotDeleted {
        /// Why.
        reason: String,
    },
    /// In the queue: its deletion was not tried.
    Left {
        /// Why.
        reason: String,
    },
}

/// Deletes from one queue.
#[derive(Debug)]
pub struct Discarder {
    /// SQS.
    pub sqs: Sqs,
    /// The queue.
    pub queue: Queue,
    /// Holds the messages meanwhile.
    pub hold: Arc<Hold>,
}

impl Discarder {
    /// Deletes messages that are held, and answers with the fate of each, in their order. Batches
    /// that are not begun when it is cancelled are left.
    pub async fn discard(
        &self,
        ids: &[String],
        grounds: &Grounds<'_>,
        cancel: &CancellationToken,
        progress: &Progress,
    ) -> Vec<Fate> {
        let batches = stream::iter(ids.chunks(BATCH)).map(|ids| async move {
            if cancel.is_cancelled() {
                let reason = "stopped by a signal before it was deleted".to_owned();
                return vec![Fate::Left { reason }; ids.len()];
            }
            let fates = self.batch(ids, grounds).await;
            progress.advance(ids.len() as u64);
            fates
        });
        let fates: Vec<Vec<Fate>> = batches.buffered(IN_FLIGHT).collect().await;
        fates.into_iter().flatten().collect()
    }

    async fn batch(&self, ids: &[String], grounds: &Grounds<'_>) -> Vec<Fate> {
        self.hold.secure(ids).await;
        let held: Vec<Message> =
            ids.iter().filter_map(|id| Some(by_handle(id, self.hold.handle(id)?))).collect();
        let deletable: Vec<Deletable> = match grounds {
            Grounds::BackedUp(proof) => backed_up(&held, proof),
            Grounds::Waived(word) => waived(&held, word),
        };
        let mut answers = if deletable.is_empty() {
            Vec::new()
        } else {
            self.sqs.delete(&self.queue, &deletable).await
        }
        .into_iter();
        let mut fates = Vec::with_capacity(ids.len());
        for id in ids {
            let tried = deletable.iter().any(|deletable| deletable.message_id() == id);
            let answer = if tried { answers.next() } else { None };
            fates.push(match answer {
                None => {
                    let reason = "its receipt handle lapsed: it is visible again".to_owned();
                    Fate::Left { reason }
                }
                Some(Err(fault)) => Fate::NotDeleted { reason: fault.to_string() },
                // AWS: a delete by a lapsed handle may answer success and delete nothing.
                Some(Ok(())) if self.hold.handle(id).is_none() => {
                    let reason = "its receipt handle lapsed before it was deleted".to_owned();
                    Fate::NotDeleted { reason }
                }
                Some(Ok(())) => {
                    self.hold.forget(id);
                    Fate::Deleted
                }
            });
        }
        fates
    }
}

/// All of a message that a delete needs.
fn by_handle(id: &str, receipt_handle: String) -> Message {
    Message {
        id: id.to_owned(),
        receipt_handle,
        body: String::new(),
        attributes: std::collections::BTreeMap::new(),
        system: std::collections::BTreeMap::new(),
    }
}
