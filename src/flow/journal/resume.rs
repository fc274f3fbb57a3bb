//! Bringing a run that was cut off to its end: delete what was acknowledged, send again only what a
//! FIFO queue would recognise, and leave everything else where it is.
//!
//! First by the handles of the run itself, which hold its messages until their visibility timeout
//! ends; then, for what is held by them no more, by receiving the DLQ.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, SystemTime};

use futures::future::join_all;
use reco_core::journal::{Acked, Kept, Resume};
use reco_core::message::Message;
use reco_core::settle::{Deletable, Outgoing, replayed, settle};
use reco_store::retry::RetryOptions;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::chronicle;
use super::store::each_kept;
use super::writer::Journal;
use crate::aws::sqs::{BATCH, Queue, SendTrouble, Sqs};
use crate::error::Result;
use crate::flow::hold::{Hold, Released};
use crate::flow::scan::HOLD_LIMIT;

/// How long messages are hidden while they are dealt with.
const HIDE: Duration = Duration::from_secs(60);
/// How long a receive waits.
const WAIT: Duration = Duration::from_secs(1);
/// Receives in flight at once.
const RECEIVERS: usize = 8;
/// Rounds of empty long polls that mean an empty queue.
const VOTES: u32 = 2;
/// Attempts at a send that a FIFO queue recognises.
const RETRIES: RetryOptions = RetryOptions {
    max_attempts: 6,
    base_delay: Duration::from_millis(100),
    max_delay: Duration::from_secs(3),
};

/// What became of a message that was left open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Fate {
    /// The destination has it, and now it is deleted from the DLQ.
    Deleted,
    /// The destination has it, and the DLQ had it no more.
    Gone,
    /// Sent again under the deduplication id of the first send, and deleted.
    Resent,
    /// The destination has it; it was not seen in the DLQ, where others hold messages.
    NotSeen,
    /// The destination has it; it is still in the DLQ.
    NotDeleted {
        /// Why.
        reason: String,
    },
    /// In the DLQ, and perhaps at the destination as well.
    Uncertain {
        /// Why nobody knows.
        reason: String,
    },
}

/// How a resume ended.
#[derive(Debug, Default)]
pub struct Finished {
    /// Every message that was open, by id.
    pub fates: BTreeMap<String, Fate>,
    /// Messages received on the way and let go.
    pub released: Released,
}

impl Finished {
    /// Whether nothing is left that another resume could do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let open = |fate: &Fate| matches!(fate, Fate::NotSeen | Fate::NotDeleted { .. });
        !self.fates.values().any(open)
    }
}

/// Resumes one run.
#[derive(Debug)]
pub struct Resumer {
    /// SQS.
    pub sqs: Sqs,
    /// The DLQ.
    pub from: Queue,
    /// The destination, where messages are to be sent again.
    pub to: Option<Queue>,
    /// The run's journal, to go on in.
    pub journal: Journal,
    /// Ends it early.
    pub cancel: CancellationToken,
}

/// What is still to be done.
struct Open {
    delete: HashMap<String, Acked>,
    resend: HashMap<String, Kept>,
    finished: Finished,
}

impl Open {
    fn is_empty(&self) -> bool {
        self.delete.is_empty() && self.resend.is_empty()
    }

    fn done(&mut self, id: &str, fate: Fate) {
        self.finished.fates.insert(id.to_owned(), fate);
    }
}

impl Resumer {
    /// Does what `resume` says is left to do.
    ///
    /// # Errors
    /// When the journal cannot be read or written, or the DLQ cannot be received from. What was
    /// done until then is in the journal, and resuming again goes on from there.
    pub async fn run(&self, path: &Path, resume: Resume) -> Result<Finished> {
        let mut open = self.prepare(path, resume).await?;
        self.by_old_handles(&mut open).await?;
        if !open.is_empty() && !self.cancel.is_cancelled() {
            self.by_receiving(&mut open).await?;
        }
        let Open { delete, resend, mut finished } = open;
        finished.fates.extend(delete.into_keys().map(|id| (id, Fate::NotSeen)));
        let reason = "it was not found in the DLQ, to be sent again";
        finished.fates.extend(
            resend.into_keys().map(|id| (id, Fate::Uncertain { reason: reason.to_owned() })),
        );
        Ok(finished)
    }

    /// Sets out what is open, and shows what is uncertain to everyone again.
    async fn prepare(&self, path: &Path, resume: Resume) -> Result<Open> {
        let Resume { delete, resend, uncertain } = resume;
        let resend: HashSet<String> = resend.into_iter().collect();
        let mut finished = Finished::default();
        let doubtful = uncertain.into_iter();
        finished.fates.extend(
            doubtful.map(|doubt| (doubt.message_id, Fate::Uncertain { reason: doubt.reason })),
        );
        let mut contents = HashMap::new();
        let mut held: Vec<String> = Vec::new();
        each_kept(path, |kept| {
            if resend.contains(&kept.message.id) {
                contents.insert(kept.message.id.clone(), kept);
            } else if finished.fates.contains_key(&kept.message.id) {
                held.push(kept.message.receipt_handle);
            }
            Ok(())
        })?;
        for handles in held.chunks(BATCH) {
            // Those that are not held any more are visible already.
            self.sqs.change_visibility(&self.from, handles, Duration::ZERO).await;
        }
        let delete = delete.into_iter().map(|acked| (acked.message_id().to_owned(), acked));
        Ok(Open { delete: delete.collect(), resend: contents, finished })
    }

    /// A handle that still holds its message is the message's newest: a delete by it counts.
    async fn by_old_handles(&self, open: &mut Open) -> Result<()> {
        let acked: Vec<Acked> = open.delete.values().cloned().collect();
        for chunk in acked.chunks(BATCH) {
            let handles: Vec<String> =
                chunk.iter().map(|acked| acked.receipt_handle().to_owned()).collect();
            let holds = self.sqs.change_visibility(&self.from, &handles, HIDE).await;
            let held = chunk.iter().zip(holds).filter(|(_, fate)| fate.is_ok());
            let deletable: Vec<Deletable> = held.map(|(acked, _)| replayed(acked)).collect();
            self.delete(open, deletable).await?;
        }
        let mut again: Vec<Message> =
            open.resend.values().map(|kept| kept.message.clone()).collect();
        again.sort_by_key(sequence);
        for message in again {
            let handle = std::slice::from_ref(&message.receipt_handle);
            let holds = self.sqs.change_visibility(&self.from, handle, HIDE).await;
            if holds.iter().all(Result::is_ok) {
                self.resend(open, message).await?;
            }
        }
        Ok(())
    }

    /// Receives the DLQ until everything is found or it is empty; what is of no concern is held
    /// meanwhile, so that it is received once.
    async fn by_receiving(&self, open: &mut Open) -> Result<()> {
        let hold = Hold::start(self.sqs.clone(), self.from.clone(), HIDE);
        let result = self.receive_all(open, &hold).await;
        open.finished.released = hold.release_all().await;
        let exhausted = result?;
        let state = self.sqs.state(&self.from).await?;
        // Behind held messages of its group, a message of a FIFO queue cannot be seen.
        let hidden = self.from.fifo && state.visible > 0;
        if exhausted && state.in_flight == 0 && !hidden {
            let gone: Vec<Deletable> =
                open.delete.drain().map(|(_, acked)| replayed(&acked)).collect();
            self.journal.durable(chronicle::deleted(&gone)?).await?;
            for deletable in gone {
                open.done(deletable.message_id(), Fate::Gone);
            }
        }
        Ok(())
    }

    /// Answers whether the queue was seen empty.
    async fn receive_all(&self, open: &mut Open, hold: &Hold) -> Result<bool> {
        let mut votes = 0;
        while !open.is_empty() && !self.cancel.is_cancelled() && hold.len() < HOLD_LIMIT {
            let since = SystemTime::now();
            let calls = (0..RECEIVERS).map(|_| self.sqs.receive(&self.from, BATCH, WAIT, HIDE));
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
                    mine.push(message);
                }
            }
            votes = if seen == 0 { votes + 1 } else { 0 };
            if votes >= VOTES {
                return Ok(true);
            }
            self.settle(open, hold, mine).await?;
        }
        Ok(false)
    }

    /// Deletes and sends again what is among the messages received.
    async fn settle(&self, open: &mut Open, hold: &Hold, mut mine: Vec<Message>) -> Result<()> {
        let deletable: Vec<Deletable> = mine
            .iter()
            .filter_map(|message| {
                replayed(open.delete.get(&message.id)?).with_newer_handle(message)
            })
            .collect();
        for chunk in deletable.chunks(BATCH) {
            self.delete(open, chunk.to_vec()).await?;
        }
        mine.sort_by_key(sequence);
        for message in mine {
            if open.resend.contains_key(&message.id) {
                self.resend(open, message.clone()).await?;
            }
            if matches!(open.finished.fates.get(&message.id), Some(Fate::Deleted | Fate::Resent)) {
                hold.forget(&message.id);
            }
        }
        Ok(())
    }

    async fn delete(&self, open: &mut Open, deletable: Vec<Deletable>) -> Result<()> {
        if deletable.is_empty() {
            return Ok(());
        }
        let fates = self.sqs.delete(&self.from, &deletable).await;
        let mut gone = Vec::new();
        for (deletable, fate) in deletable.into_iter().zip(fates) {
            match fate {
                Ok(()) => {
                    open.delete.remove(deletable.message_id());
                    open.done(deletable.message_id(), Fate::Deleted);
                    gone.push(deletable);
                }
                // It is looked for by receiving, where its handle was not the newest.
                Err(fault) if fault.is_lapsed() => {}
                Err(fault) => {
                    open.delete.remove(deletable.message_id());
                    let reason = fault.to_string();
                    open.done(deletable.message_id(), Fate::NotDeleted { reason });
                }
            }
        }
        self.journal.durable(chronicle::deleted(&gone)?).await
    }

    /// Sends a message again under its id and deletes it. `message` has a handle that holds it.
    async fn resend(&self, open: &mut Open, message: Message) -> Result<()> {
        let (Some(kept), Some(to)) = (open.resend.remove(&message.id), &self.to) else {
            return Ok(());
        };
        let id = message.id.clone();
        let outgoing = Message { body: kept.out.unwrap_or(kept.message.body), ..message };
        match self.send_known(to, &outgoing).await? {
            Ok(deletable) => {
                self.delete(open, vec![deletable]).await?;
                if open.finished.fates.get(&id) == Some(&Fate::Deleted) {
                    open.done(&id, Fate::Resent);
                } else {
                    let reason = "its receipt handle lapsed before it was deleted".to_owned();
                    open.finished.fates.entry(id).or_insert(Fate::NotDeleted { reason });
                }
            }
            Err(reason) => open.done(&id, Fate::Uncertain { reason }),
        }
        Ok(())
    }

    /// Sends one message until the FIFO queue acknowledges it: one that came by an earlier attempt
    /// is recognised by its deduplication id.
    async fn send_known(&self, to: &Queue, message: &Message) -> Result<Result<Deletable, String>> {
        let mut last = String::new();
        for attempt in 1..=RETRIES.max_attempts {
            if attempt > 1 {
                tokio::time::sleep(RETRIES.delay(attempt - 1)).await;
            }
            let batch = self.journal.next_batch();
            let again = chronicle::intents([(message, None)], batch, true)?;
            self.journal.durable(again).await?;
            match self.sqs.send_batch(to, &[as_sent(message)]).await {
                Ok(answer) => {
                    let mut settled = settle(vec![message.clone()], as_sent, &answer);
                    if let Some(deletable) = settled.deletable.pop() {
                        self.journal.durable(chronicle::acks([&deletable], batch)?).await?;
                        return Ok(Ok(deletable));
                    }
                    let unsent = settled.refused.pop().or_else(|| settled.uncertain.pop());
                    if let Some(unsent) = unsent {
                        return Ok(Err(unsent.reason));
                    }
                    let again = settled.retry.pop().or_else(|| settled.faulted.pop());
                    last = again.map(|unsent| unsent.reason).unwrap_or_default();
                }
                Err(failure) if failure.trouble == SendTrouble::Refused => {
                    return Ok(Err(failure.error.to_string()));
                }
                Err(failure) => last = failure.error.to_string(),
            }
            tracing::debug!(id = message.id, reason = last, "sent again in vain");
        }
        Ok(Err(last))
    }
}

fn as_sent(message: &Message) -> Outgoing<'_> {
    Outgoing { original: message, body: &message.body }
}

/// The order of a FIFO group.
fn sequence(message: &Message) -> Option<u128> {
    message.system.get("SequenceNumber").and_then(|text| text.parse().ok())
}
