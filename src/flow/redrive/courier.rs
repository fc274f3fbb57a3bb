//! One batch: secure the hold, send, settle, delete what is safe.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reco_core::message::Message;
use reco_core::settle::{Copy, Deletable, Outgoing, Settled, Unsent, settle};
use reco_store::retry::RetryOptions;
use tokio_util::sync::CancellationToken;

use super::{Pace, STOPPED};
use crate::aws::sqs::{Queue, SendFailure, SendTrouble, Sqs};
use crate::error::Result;
use crate::flow::hold::Hold;
use crate::flow::journal::{Journal, chronicle};
use crate::flow::spool::{Slot, Spool};

/// Attempts at sending a message that the queue did not take for a passing reason.
const RETRIES: RetryOptions = RetryOptions {
    max_attempts: 8,
    base_delay: Duration::from_millis(100),
    max_delay: Duration::from_secs(5),
};

/// A message to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The message's id.
    pub id: String,
    /// Messages of one order group go one after the other; `None` where there is no order.
    pub order_group: Option<String>,
    /// Its size in bytes, as it counts against a batch.
    pub size: usize,
    /// Where it is spooled.
    pub slot: Slot,
}

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// In the destination, and no longer in the DLQ.
    Moved {
        /// Its id in the destination.
        sent_as: String,
    },
    /// In the destination, and perhaps still in the DLQ.
    NotDeleted {
        /// Its id in the destination.
        sent_as: String,
        /// Why it was not deleted.
        reason: String,
    },
    /// In the DLQ, and perhaps in the destination as well.
    Uncertain {
        /// What happened.
        reason: String,
    },
    /// In the DLQ: the destination did not take it.
    Failed {
        /// Why.
        reason: String,
    },
    /// In the DLQ: it was not tried.
    Left {
        /// Why.
        reason: String,
    },
}

/// What became of a batch.
#[derive(Debug)]
pub(super) struct Delivered {
    /// The fate of each message, by its index.
    pub(super) fates: Vec<(usize, Fate)>,
    /// What was wrong with the call as a whole.
    pub(super) trouble: Option<Trouble>,
}

/// A call that failed as a whole.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It would fail again: no use going on.
    Refused(String),
    /// It may pass.
    Failed(String),
}

/// Takes batches from the DLQ to the destination.
#[derive(Debug)]
pub struct Courier {
    /// SQS.
    pub sqs: Sqs,
    /// The DLQ.
    pub from: Queue,
    /// The destination.
    pub to: Queue,
    /// The destination's `MaximumMessageSize` in bytes.
    pub to_limit: usize,
    /// Holds the messages meanwhile.
    pub hold: Arc<Hold>,
    /// Has their content.
    pub spool: Arc<Spool>,
    /// Knows on disk what is about to be done, and what was done.
    pub journal: Arc<Journal>,
}

/// A batch under way.
struct Batch {
    index: HashMap<String, usize>,
    pending: Vec<Message>,
    deletable: Vec<Deletable>,
    delivered: Delivered,
    /// The answer of an earlier attempt was lost: what is pending may have been sent.
    doubtful: Option<String>,
    /// The journal does not have the answers, so nothing is deleted: why.
    unwritten: Option<String>,
}

impl Batch {
    fn settle(&mut self, message: &Message, fate: Fate) {
        if let Some(at) = self.index.get(&message.id) {
            self.delivered.fates.push((*at, fate));
        }
    }

    /// Settles a message that the destination has; `reason` is why it was not deleted.
    fn settle_deletable(&mut self, deletable: &Deletable, reason: Option<String>) {
        let sent_as = match deletable.copy() {
            Copy::Sent(id) => id.clone(),
            Copy::BackedUp => String::new(),
        };
        let fate = match reason {
            Some(reason) => Fate::NotDeleted { sent_as, reason },
            None => Fate::Moved { sent_as },
        };
        if let Some(at) = self.index.get(deletable.message_id()) {
            self.delivered.fates.push((*at, fate));
        }
    }

    fn settle_pending(&mut self, fate: impl Fn() -> Fate) {
        for message in std::mem::take(&mut self.pending) {
            // Whatever stopped this attempt, an earlier one may have had its effect.
            let fate = match &self.doubtful {
                Some(reason) => Fate::Uncertain { reason: reason.clone() },
                None => fate(),
            };
            self.settle(&message, fate);
        }
    }

    /// Ends the whole move: without the journal nothing may be sent or deleted.
    fn halt(&mut self, reason: &str) {
        self.unwritten = Some(reason.to_owned());
        self.delivered.trouble = Some(Trouble::Refused(reason.to_owned()));
    }

    fn apply(&mut self, settled: Settled<Message>) -> Option<String> {
        self.deletable.extend(settled.deletable);
        for Unsent { message, reason } in settled.refused {
            self.settle(&message, Fate::Failed { reason });
        }
        for Unsent { message, reason } in settled.uncertain {
            self.settle(&message, Fate::Uncertain { reason });
        }
        let reason = settled.retry.first().map(|unsent| unsent.reason.clone());
        self.pending = settled.retry.into_iter().map(|unsent| unsent.message).collect();
        reason
    }
}

fn as_received(message: &Message) -> Outgoing<'_> {
    Outgoing { original: message, body: &message.body }
}

impl Courier {
    /// Moves one batch of up to 10 messages.
    pub(super) async fn deliver(
        &self,
        parcels: Vec<(usize, Parcel)>,
        pace: &Pace,
        cancel: &CancellationToken,
    ) -> Delivered {
        let mut batch = self.load(parcels);
        let mut attempt = 0;
        loop {
            self.drop_lapsed(&mut batch).await;
            if batch.pending.is_empty() {
                break;
            }
            attempt += 1;
            let number = self.journal.next_batch();
            if let Err(error) = self.intend(&batch, number, attempt > 1).await {
                let reason = error.to_string();
                batch.halt(&reason);
                batch.settle_pending(|| Fate::Left { reason: reason.clone() });
                break;
            }
            let Some(reason) = self.send(&mut batch, number).await else { break };
            if attempt >= RETRIES.max_attempts {
                batch.settle_pending(|| Fate::Failed {
                    reason: format!("not taken in {attempt} attempts: {reason}"),
                });
                break;
            }
            let again = async {
                tokio::time::sleep(RETRIES.delay(attempt)).await;
                pace.wait(batch.pending.len()).await;
            };
            if cancel.run_until_cancelled(again).await.is_none() {
                batch.settle_pending(|| Fate::Left { reason: STOPPED.to_owned() });
                break;
            }
        }
        self.delete(&mut batch).await;
        batch.delivered
    }

    fn load(&self, parcels: Vec<(usize, Parcel)>) -> Batch {
        let mut batch = Batch {
            index: parcels.iter().map(|(at, parcel)| (parcel.id.clone(), *at)).collect(),
            pending: Vec::with_capacity(parcels.len()),
            deletable: Vec::with_capacity(parcels.len()),
            delivered: Delivered { fates: Vec::with_capacity(parcels.len()), trouble: None },
            doubtful: None,
            unwritten: None,
        };
        for (at, parcel) in parcels {
            match self.spool.get(parcel.slot) {
                Ok(message) => batch.pending.push(message),
                Err(error) => {
                    batch.delivered.fates.push((at, Fate::Left { reason: error.to_string() }));
                }
            }
        }
        batch
    }

    /// Makes sure that what is about to be sent is still ours: another consumer may have taken a
    /// message whose hold lapsed.
    async fn drop_lapsed(&self, batch: &mut Batch) {
        let ids: Vec<String> = batch.pending.iter().map(|message| message.id.clone()).collect();
        let lapsed = self.hold.secure(&ids).await;
        let mut kept = Vec::with_capacity(batch.pending.len());
        for mut message in std::mem::take(&mut batch.pending) {
            match self.hold.handle(&message.id).filter(|_| !lapsed.contains(&message.id)) {
                Some(handle) => {
                    message.receipt_handle = handle;
                    kept.push(message);
                }
                None => {
                    let reason = "its receipt handle lapsed: it is visible again".to_owned();
                    let fate = match &batch.doubtful {
                        Some(doubt) => Fate::Uncertain { reason: doubt.clone() },
                        None => Fate::Left { reason },
                    };
                    batch.settle(&message, fate);
                }
            }
        }
        batch.pending = kept;
    }

    async fn intend(&self, batch: &Batch, number: u64, again: bool) -> Result<()> {
        let messages = batch.pending.iter().map(|message| (message, None));
        self.journal.durable(chronicle::intents(messages, number, again)?).await
    }

    /// Writes down what is known of a send. False when it could not be: then nothing is deleted,
    /// and nothing more is sent.
    async fn note(&self, batch: &mut Batch, lines: Result<Vec<u8>>) -> bool {
        let written = async { self.journal.durable(lines?).await };
        let Err(error) = written.await else { return true };
        batch.halt(&error.to_string());
        false
    }

    /// Sends what is pending. Answers with a reason when some of it may be sent again.
    async fn send(&self, batch: &mut Batch, number: u64) -> Option<String> {
        let outgoing: Vec<&Message> = batch.pending.iter().collect();
        match self.sqs.send_batch(&self.to, &outgoing).await {
            Ok(result) => {
                batch.delivered.trouble = None;
                let sent = std::mem::take(&mut batch.pending);
                let settled = settle(sent, as_received, &result);
                let lines = chronicle::answers(&settled, number);
                let written = self.note(batch, lines).await;
                let reason = batch.apply(settled)?;
                if written {
                    return Some(reason);
                }
                batch.settle_pending(|| Fate::Failed { reason: reason.clone() });
                None
            }
            Err(failure) => self.not_answered(batch, number, failure).await,
        }
    }

    /// After a send that failed as a whole.
    async fn not_answered(
        &self,
        batch: &mut Batch,
        number: u64,
        failure: SendFailure,
    ) -> Option<String> {
        let reason = failure.error.to_string();
        let doubtful = failure.trouble == SendTrouble::Ambiguous;
        batch.delivered.trouble = Some(match failure.trouble {
            SendTrouble::Refused => Trouble::Refused(reason.clone()),
            SendTrouble::Passing | SendTrouble::Ambiguous => Trouble::Failed(reason.clone()),
        });
        let lines = chronicle::failure(&batch.pending, number, &reason, doubtful);
        let written = self.note(batch, lines).await;
        if doubtful {
            batch.doubtful = Some(format!("the answer to its send was lost: {reason}"));
        }
        // A second send would duplicate; FIFO recognises it by the deduplication id.
        if written && (failure.trouble == SendTrouble::Passing || (doubtful && self.to.fifo)) {
            return Some(reason);
        }
        batch.settle_pending(|| Fate::Failed { reason: reason.clone() });
        None
    }

    async fn delete(&self, batch: &mut Batch) {
        let deletable = std::mem::take(&mut batch.deletable);
        if let Some(reason) = batch.unwritten.clone() {
            for deletable in &deletable {
                batch.settle_deletable(deletable, Some(reason.clone()));
            }
            return;
        }
        let mut gone = Vec::with_capacity(deletable.len());
        for chunk in deletable.chunks(crate::aws::sqs::BATCH) {
            let fates = self.sqs.delete(&self.from, chunk).await;
            for (deletable, fate) in chunk.iter().zip(fates) {
                let id = deletable.message_id();
                // AWS: a delete by a lapsed handle may answer success and delete nothing.
                let reason = match fate {
                    Err(fault) => Some(fault.to_string()),
                    Ok(()) if self.hold.handle(id).is_none() => {
                        Some("its receipt handle lapsed before it was deleted".to_owned())
                    }
                    Ok(()) => {
                        self.hold.forget(id);
                        gone.push(deletable);
                        None
                    }
                };
                batch.settle_deletable(deletable, reason);
            }
        }
        // Without this record a resume deletes once more what is gone, which does no harm.
        if let Ok(lines) = chronicle::deleted(gone) {
            self.journal.note(lines);
        }
    }
}
