//! One batch: check that the messages are still held, write the intents, send, settle, write the
//! answers, delete.

mod pending;

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use reco_core::settle::{Copy, Deletable, SendResult, settle};
use tokio_util::sync::CancellationToken;

use super::{
    Content, Destination, Dispatch, GroupKey, Outbox, OutboxMessage, STOPPED, SendOutcome,
};
use crate::aws::sqs::{CallEffect, CallFailure};
use crate::error::{Error, Kind, Result};
use crate::files::spool::Slot;
use crate::journal::now_ms;
use crate::rate::Pace;
use crate::sqs::{DeleteOutcome, RETRIES, records};
use pending::Batch;
pub(in crate::sqs) use pending::Pending;

/// Attempt that may or may not have taken effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Start of the first such attempt, milliseconds since the epoch.
    pub since_ms: i64,
    /// Reason for the uncertainty.
    pub reason: String,
}

/// Result of a batch.
#[derive(Debug, Default)]
pub struct Sent {
    /// Index, FIFO group (if ordered) and outcome of each message.
    pub(crate) outcomes: Vec<(usize, Option<GroupKey>, SendOutcome)>,
    /// Failure of the call as a whole.
    pub trouble: Option<Trouble>,
    /// `SendMessageBatch` calls made.
    pub calls: u64,
    /// Time that the service took for the send and the delete.
    pub(super) took: Duration,
    /// Size of its messages.
    pub(super) bytes: usize,
}

impl Sent {
    /// Returns whether the service did not take all of it at once, or did not answer.
    pub(super) fn was_slow(&self) -> bool {
        self.calls > 1 || matches!(self.trouble, Some(Trouble::Failed(_)))
    }

    /// Returns the number of sent messages that an earlier attempt may have sent as well.
    #[must_use]
    pub fn perhaps_twice(&self) -> u64 {
        let twice = |outcome: &SendOutcome| {
            matches!(outcome, SendOutcome::Sent { perhaps_twice: true, .. })
        };
        self.outcomes.iter().filter(|(.., outcome)| twice(outcome)).count() as u64
    }
}

/// Failure of the call as a whole.
#[derive(Debug)]
pub enum Trouble {
    /// Permanent: the same call would fail again.
    Refused(String),
    /// Possibly transient.
    Failed(String),
}

impl Outbox {
    /// Sends up to 10 messages to one destination; to a FIFO queue at most one of each group.
    pub async fn send(
        &self,
        messages: Vec<OutboxMessage>,
        pace: &Pace,
        cancel: &CancellationToken,
    ) -> Sent {
        let Some(to) = messages.first().map(|first| first.to.clone()) else {
            return Sent::default();
        };
        let mut under_way = messages.len();
        let bytes = messages.iter().map(|message| message.size).sum();
        let mut batch = self.load(&to, messages);
        batch.sent.bytes = bytes;
        let mut attempt = 0;
        loop {
            self.drop_lapsed(&mut batch).await;
            batch.drop_aged();
            attempt += 1;
            let again = match batch.pending.is_empty() {
                true => None,
                false => self.attempt(&mut batch, pace).await,
            };
            pace.gate().arrive(under_way);
            under_way = batch.pending.len();
            let Some(reason) = again.filter(|_| under_way > 0) else { break };
            if attempt >= RETRIES.max_attempts {
                batch.settle_pending(|| SendOutcome::Failed {
                    reason: format!("not accepted after {attempt} attempts: {reason}"),
                });
                break;
            }
            let again = async {
                tokio::time::sleep(RETRIES.delay(attempt)).await;
                pace.wait(under_way).await
            };
            let again = cancel.run_until_cancelled(again).await;
            if let Err(reason) = again.unwrap_or_else(|| Err(STOPPED.to_owned())) {
                batch.settle_pending(|| SendOutcome::Left { reason: reason.clone() });
                break;
            }
        }
        self.delete(&mut batch).await;
        batch.sent
    }

    fn load<'a>(&self, to: &'a Destination, messages: Vec<OutboxMessage>) -> Batch<'a> {
        let mut batch = Batch {
            to,
            pending: Vec::with_capacity(messages.len()),
            deletable: Vec::with_capacity(messages.len()),
            attempt_ms: 0,
            unwritten: None,
            sent: Sent::default(),
        };
        for message in messages {
            let key = message.key();
            let OutboxMessage { place, content, doubt, known, .. } = message;
            match self.read(content) {
                Ok((dispatch, rejects)) => {
                    let digest = OnceLock::new();
                    let pending = Pending { dispatch, known, place, key, rejects, doubt, digest };
                    batch.pending.push(pending);
                }
                Err(error) => {
                    let outcome = SendOutcome::Left { reason: error.to_string() };
                    batch.sent.outcomes.push((place, key, outcome));
                }
            }
        }
        batch
    }

    fn read(&self, content: Content) -> Result<(Dispatch, Option<Slot>)> {
        let (slot, out, rejects) = match content {
            Content::Here(dispatch) => return Ok((*dispatch, None)),
            Content::Spooled { slot, out, rejects } => (slot, out, rejects),
        };
        let spool = self.spool.as_ref().ok_or_else(|| {
            Error::new(Kind::Internal, "a spooled message is to be sent without its spool")
        })?;
        let out = out.map(|slot| spool.text(slot)).transpose()?;
        Ok((Dispatch { message: spool.get(slot)?, out }, rejects))
    }

    /// Drops messages that are no longer held: once a lease has lapsed, another consumer may have
    /// the message.
    async fn drop_lapsed(&self, batch: &mut Batch<'_>) {
        let Some(lease) = &self.lease else { return };
        let ids: Vec<String> =
            batch.pending.iter().map(|pending| pending.dispatch.message.id.clone()).collect();
        lease.secure(&ids).await;
        for mut pending in std::mem::take(&mut batch.pending) {
            let message = &mut pending.dispatch.message;
            match lease.handle(&message.id) {
                Some(handle) => {
                    message.receipt_handle = handle;
                    batch.pending.push(pending);
                }
                None => {
                    let reason = "its receipt handle expired: the message is visible again, or another consumer has it".to_owned();
                    batch.settle(pending, SendOutcome::Left { reason });
                }
            }
        }
    }

    /// Writes the intents of the pending messages to the journal. Their rejected entries are
    /// written first: once the journal has an acknowledgement, a resume deletes the message.
    async fn intend(&self, batch: &Batch<'_>, number: u64) -> Result<()> {
        if let (Some(rejects), Some(spool)) = (&self.rejects, &self.spool) {
            let mut lines = String::new();
            for slot in batch.pending.iter().filter_map(|pending| pending.rejects) {
                lines.push_str(&spool.text(slot)?);
            }
            if !lines.is_empty() {
                rejects.durable(lines).await?;
            }
        }
        let to = Some(batch.to.queue.arn.as_str());
        let to = to.filter(|_| self.journal_destination.as_deref() != to);
        self.durable(|| records::intents(&batch.pending, number, to)).await
    }

    async fn durable(&self, lines: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
        match &self.journal {
            Some(journal) => journal.durable(lines()?).await,
            None => Ok(()),
        }
    }

    /// Sends the pending messages once. Returns a reason if some of them may be sent again.
    async fn attempt(&self, batch: &mut Batch<'_>, pace: &Pace) -> Option<String> {
        let number = self.journal.as_ref().map_or(0, |journal| journal.next_batch());
        batch.attempt_ms = now_ms();
        if let Err(error) = self.intend(batch, number).await {
            batch.halt(&error);
            return None;
        }
        for pending in &mut batch.pending {
            (pending.known, pending.rejects) = (true, None);
        }
        pace.admit(batch.pending.len()).await;
        batch.sent.calls += 1;
        let outgoing: Vec<_> =
            batch.pending.iter().map(|pending| pending.dispatch.outgoing()).collect();
        let stamp = batch.to.stamp.as_deref();
        let began = Instant::now();
        let answer = self.sqs.send_batch(&batch.to.queue, &outgoing, stamp).await;
        batch.sent.took = began.elapsed();
        match answer {
            Ok(answer) => self.answered(batch, number, &answer).await,
            Err(failure) => self.not_answered(batch, number, &failure).await,
        }
    }

    async fn answered(
        &self,
        batch: &mut Batch<'_>,
        number: u64,
        answer: &SendResult,
    ) -> Option<String> {
        batch.sent.trouble = None;
        let sent = std::mem::take(&mut batch.pending);
        let settled = settle(sent, |pending| pending.dispatch.outgoing(), answer);
        self.tell_acked(&settled.deletable);
        let written = self.durable(|| records::answers(&settled, number)).await;
        let reason = batch.apply(settled);
        if let Err(error) = written {
            batch.halt(&error);
            return None;
        }
        reason
    }

    fn tell_acked(&self, acked: &[(Deletable, Pending)]) {
        let Some(watch) = &self.watch else { return };
        for (one, pending) in acked {
            if let Copy::Sent(sent_as) = one.copy() {
                watch.acked(one.message_id(), sent_as, &pending.digest());
            }
        }
    }

    /// Handles a send that failed as a whole.
    async fn not_answered(
        &self,
        batch: &mut Batch<'_>,
        number: u64,
        failure: &CallFailure,
    ) -> Option<String> {
        let reason = failure.error.to_string();
        let lost = failure.effect == CallEffect::Unknown;
        batch.sent.trouble = Some(match failure.effect {
            CallEffect::Refused | CallEffect::OverLimit => Trouble::Refused(reason.clone()),
            CallEffect::Passing | CallEffect::Unknown => Trouble::Failed(reason.clone()),
        });
        let lines = || records::failure(&batch.pending, number, &reason, lost);
        let written = self.durable(lines).await;
        if lost {
            batch.doubt(&format!("the response to its send was lost: {reason}"));
        }
        if let Err(error) = written {
            batch.halt(&error);
            return None;
        }
        // A second send would duplicate the message, except on a FIFO queue, which recognises the
        // deduplication id.
        let harmless = batch.to.queue.fifo || self.twice_is_harmless;
        let passing = failure.effect == CallEffect::Passing || (lost && harmless);
        if passing {
            return Some(reason);
        }
        batch.settle_pending(|| SendOutcome::Failed { reason: reason.clone() });
        None
    }

    /// Deletes the originals of acknowledged messages.
    async fn delete(&self, batch: &mut Batch<'_>) {
        let (acked, began) = (std::mem::take(&mut batch.deletable), Instant::now());
        let deletable = acked.iter().map(|(one, _)| one.clone()).collect();
        let outcomes = match (&self.lease, &batch.unwritten) {
            (None, _) => vec![DeleteOutcome::Deleted; acked.len()],
            (Some(_), Some(reason)) => {
                let failed = DeleteOutcome::Failed { reason: reason.clone(), refused: true };
                vec![failed; acked.len()]
            }
            (Some(lease), None) => lease.delete(deletable).await,
        };
        batch.sent.took += began.elapsed();
        let failed = |outcome: &DeleteOutcome| matches!(outcome, DeleteOutcome::Failed { .. });
        if let Some(reason) = outcomes.first().and_then(DeleteOutcome::reason)
            && outcomes.iter().all(failed)
        {
            // Continuing would only put more messages into both queues.
            batch.sent.trouble = Some(Trouble::Refused(reason));
        }
        let mut gone = Vec::with_capacity(acked.len());
        for ((one, pending), outcome) in acked.iter().zip(outcomes) {
            let Copy::Sent(sent_as) = one.copy().clone() else { continue };
            let outcome = match outcome.reason() {
                Some(reason) => SendOutcome::NotDeleted { sent_as, reason },
                None => {
                    gone.push(one);
                    let perhaps_twice = pending.doubt.is_some() && !batch.to.queue.fifo;
                    SendOutcome::Sent { sent_as, perhaps_twice }
                }
            };
            batch.sent.outcomes.push((pending.place, pending.key.clone(), outcome));
        }
        // Without this record a resume deletes the messages once more, which is harmless.
        if let (Some(journal), Some(_), Ok(lines)) =
            (&self.journal, &self.lease, records::deleted(gone))
        {
            journal.note(lines);
        }
    }
}

#[cfg(test)]
mod tests;
