//! State of a batch between two attempts: which messages are settled, which are pending, and which of
//! these an attempt may have sent.

use std::sync::OnceLock;

use reco_core::journal::{Digest, is_remembered};
use reco_core::settle::{Deletable, Outgoing, Settled, Unsent};

use super::super::{Destination, Dispatch, GroupKey, SendOutcome};
use super::{Doubt, Sent, Trouble};
use crate::error::Error;
use crate::files::spool::Slot;
use crate::journal::now_ms;

/// A message of a batch that is not settled yet.
#[derive(Debug, Clone)]
pub(in crate::sqs) struct Pending {
    pub(in crate::sqs) dispatch: Dispatch,
    pub(in crate::sqs) known: bool,
    pub(super) place: usize,
    pub(super) key: Option<GroupKey>,
    pub(super) rejects: Option<Slot>,
    pub(in crate::sqs) doubt: Option<Doubt>,
    pub(super) digest: OnceLock<Digest>,
}

impl Pending {
    /// Returns the digest of the content to send, which is computed once.
    pub(in crate::sqs) fn digest(&self) -> Digest {
        let Outgoing { original, body } = self.dispatch.outgoing();
        *self.digest.get_or_init(|| Digest::of(body, &original.attributes))
    }
}

/// State of a batch being sent.
pub(super) struct Batch<'a> {
    pub(super) to: &'a Destination,
    pub(super) pending: Vec<Pending>,
    /// Acknowledged messages.
    pub(super) deletable: Vec<(Deletable, Pending)>,
    /// Start of the current attempt, milliseconds since the epoch.
    pub(super) attempt_ms: i64,
    /// Reason why the answers are not in the journal, in which case nothing is deleted.
    pub(super) unwritten: Option<String>,
    pub(super) sent: Sent,
}

impl Batch<'_> {
    /// Settles a message that the destination did not acknowledge. It is uncertain if an earlier
    /// attempt may have taken effect, whatever stopped this one.
    pub(super) fn settle(&mut self, pending: Pending, outcome: SendOutcome) {
        let outcome = match pending.doubt {
            Some(doubt) => SendOutcome::Uncertain { reason: doubt.reason },
            None => outcome,
        };
        self.sent.outcomes.push((pending.place, pending.key, outcome));
    }

    pub(super) fn settle_pending(&mut self, outcome: impl Fn() -> SendOutcome) {
        for pending in std::mem::take(&mut self.pending) {
            self.settle(pending, outcome());
        }
    }

    /// Ends the whole run: without the journal no message may be sent or deleted.
    pub(super) fn halt(&mut self, error: &Error) {
        let reason = error.to_string();
        self.settle_pending(|| SendOutcome::Left { reason: reason.clone() });
        self.unwritten = Some(reason.clone());
        self.sent.trouble = Some(Trouble::Refused(reason));
    }

    /// Settles messages that could be duplicated by another send: the queue may have forgotten the
    /// deduplication id of the doubtful attempt (AWS: after 5 minutes).
    pub(super) fn drop_aged(&mut self) {
        let (now_ms, fifo) = (now_ms(), self.to.queue.fifo);
        let aged = |pending: &mut Pending| {
            let doubt = pending.doubt.as_ref().filter(|_| fifo);
            doubt.is_some_and(|doubt| !is_remembered(doubt.since_ms, now_ms))
        };
        let aged: Vec<Pending> = self.pending.extract_if(.., aged).collect();
        for mut pending in aged {
            let reason = pending.doubt.take().map(|doubt| doubt.reason).unwrap_or_default();
            let reason = format!(
                "{reason}; too long ago for the queue to deduplicate it, so it is not sent again"
            );
            self.settle(pending, SendOutcome::Uncertain { reason });
        }
    }

    /// Notes that the current attempt may have sent all pending messages.
    pub(super) fn doubt(&mut self, reason: &str) {
        for pending in &mut self.pending {
            let since_ms = self.attempt_ms;
            pending.doubt.get_or_insert_with(|| Doubt { since_ms, reason: reason.to_owned() });
        }
    }

    /// Applies an answer. Messages that may be sent again become pending; returns the reason, if
    /// there are any.
    pub(super) fn apply(&mut self, settled: Settled<Pending>) -> Option<String> {
        let Settled { deletable, retry, faulted, refused, uncertain } = settled;
        self.deletable.extend(deletable);
        for Unsent { message, reason } in refused {
            self.settle(message, SendOutcome::Failed { reason });
        }
        for Unsent { message, reason } in uncertain {
            self.settle(message, SendOutcome::Uncertain { reason });
        }
        let because = retry.first().or(faulted.first()).map(|unsent| unsent.reason.clone());
        let since_ms = self.attempt_ms;
        let faulted = faulted.into_iter().map(|Unsent { mut message, reason }| {
            let reason =
                format!("SQS reported a server-side failure ({reason}) and may have accepted it");
            message.doubt.get_or_insert(Doubt { since_ms, reason });
            message
        });
        let retry = retry.into_iter().map(|unsent| unsent.message);
        self.pending = retry.chain(faulted).collect();
        because
    }
}
