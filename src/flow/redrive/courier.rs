//! One batch: secure the hold, send, settle, delete what is safe.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reco_core::journal::Digest;
use reco_core::settle::{Copy, Deletable, Outgoing, settle};
use reco_store::retry::RetryOptions;
use tokio_util::sync::CancellationToken;

use super::batch::{Batch, Delivered, Trouble};
use super::rejects::Rejects;
use super::{Bounces, Pace, STOPPED};
use crate::aws::sqs::{Queue, SendFailure, SendTrouble, Sqs};
use crate::error::Result;
use crate::flow::dispatch::{Dispatch, Named};
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
    /// Where the body is that is sent instead of its own.
    pub out: Option<Slot>,
    /// Where its entries are that are not sent, as lines of a rejects file.
    pub rejects: Option<Slot>,
}

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// In the destination, and no longer in the DLQ.
    Moved {
        /// Its id in the destination.
        sent_as: String,
        /// Whether an earlier attempt may have brought it there as well.
        perhaps_twice: bool,
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
    /// Takes entries that are not sent.
    pub rejects: Option<Arc<Rejects>>,
    /// Recognises what comes back.
    pub bounces: Arc<Bounces>,
}

/// What each message is known by in the destination, by its id in the DLQ.
fn digests(messages: &[Outgoing<'_>]) -> HashMap<String, Digest> {
    let digest = |sent: &Outgoing<'_>| Digest::of(sent.body, &sent.original.attributes);
    messages.iter().map(|sent| (sent.original.id.clone(), digest(sent))).collect()
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
            pace.gate(batch.pending.len()).await;
            let Some(reason) = self.send(&mut batch, number).await else { break };
            if attempt >= RETRIES.max_attempts {
                batch.settle_pending(|| Fate::Failed {
                    reason: format!("not taken in {attempt} attempts: {reason}"),
                });
                break;
            }
            let again = async {
                tokio::time::sleep(RETRIES.delay(attempt)).await;
                pace.wait(batch.pending.len()).await
            };
            let again = cancel.run_until_cancelled(again).await;
            if let Err(reason) = again.unwrap_or_else(|| Err(STOPPED.to_owned())) {
                batch.settle_pending(|| Fate::Left { reason: reason.clone() });
                break;
            }
        }
        self.delete(&mut batch).await;
        batch.delivered
    }

    fn load(&self, parcels: Vec<(usize, Parcel)>) -> Batch {
        let index = parcels.iter().map(|(at, parcel)| (parcel.id.clone(), *at)).collect();
        let mut batch = Batch::new(index, self.to.fifo);
        for (at, parcel) in parcels {
            match self.read(&parcel) {
                Ok(dispatch) => {
                    batch.rejects.extend(parcel.rejects.map(|slot| (parcel.id, slot)));
                    batch.pending.push(dispatch);
                }
                Err(error) => {
                    batch.delivered.fates.push((at, Fate::Left { reason: error.to_string() }));
                }
            }
        }
        batch
    }

    fn read(&self, parcel: &Parcel) -> Result<Dispatch> {
        let message = self.spool.get(parcel.slot)?;
        let out = parcel.out.map(|slot| self.spool.text(slot)).transpose()?;
        Ok(Dispatch { message, out })
    }

    /// Makes sure that what is about to be sent is still ours: another consumer may have taken a
    /// message whose hold lapsed.
    async fn drop_lapsed(&self, batch: &mut Batch) {
        let ids: Vec<String> = batch.pending.iter().map(|sent| sent.id().to_owned()).collect();
        let lapsed = self.hold.secure(&ids).await;
        let mut kept = Vec::with_capacity(batch.pending.len());
        for mut dispatch in std::mem::take(&mut batch.pending) {
            let handle = self.hold.handle(dispatch.id());
            match handle.filter(|_| !lapsed.contains(dispatch.id())) {
                Some(handle) => {
                    dispatch.message.receipt_handle = handle;
                    kept.push(dispatch);
                }
                None => {
                    let reason = "its receipt handle lapsed: it is visible again".to_owned();
                    batch.settle(dispatch.id(), Fate::Left { reason });
                }
            }
        }
        batch.pending = kept;
    }

    /// Writes down what is about to be sent; what is not sent of it comes first, since once the
    /// journal knows of an acknowledgement a resume deletes the message.
    async fn intend(&self, batch: &Batch, number: u64, again: bool) -> Result<()> {
        if let Some(rejects) = self.rejects.as_ref().filter(|_| !again && !batch.rejects.is_empty())
        {
            let mut lines = String::new();
            for sent in &batch.pending {
                if let Some(slot) = batch.rejects.get(sent.id()) {
                    lines.push_str(&self.spool.text(*slot)?);
                }
            }
            rejects.durable(lines).await?;
        }
        let messages = batch.pending.iter().map(|sent| (&sent.message, sent.out.as_deref()));
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
        let outgoing: Vec<Outgoing<'_>> = batch.pending.iter().map(Dispatch::outgoing).collect();
        match self.sqs.send_batch(&self.to, &outgoing).await {
            Ok(result) => {
                batch.delivered.trouble = None;
                let digests = digests(&outgoing);
                let sent = std::mem::take(&mut batch.pending);
                let settled = settle(sent, Dispatch::outgoing, &result);
                self.expect_bounces(&settled.deletable, &digests);
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

    /// Remembers what the destination has, to know it when it comes back.
    fn expect_bounces(&self, sent: &[Deletable], digests: &HashMap<String, Digest>) {
        for deletable in sent {
            let id = deletable.message_id();
            if let (Copy::Sent(sent_as), Some(digest)) = (deletable.copy(), digests.get(id)) {
                self.bounces.sent(id, sent_as, digest);
            }
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
            batch.doubt_pending(&format!("the answer to its send was lost: {reason}"));
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
