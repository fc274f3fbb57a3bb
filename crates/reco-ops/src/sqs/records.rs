//! Journal records of a batch, each written before the step that depends on it.

use std::borrow::Cow;

use reco_core::journal::{Ack, Again, Deleted, Intent, Record, Unacknowledged};
use reco_core::settle::{Copy, Deletable, Settled, Unsent};

use super::outbox::Pending;
use crate::error::Result;
use crate::journal::{lines, now_ms};

/// Intents, written before the send: the whole message the first time, only its id when it is sent
/// again. `to` is the destination's ARN if it is not the one in the journal's header.
///
/// An attempt that repeats a doubtful one has the time of that one: it is from then on that the
/// queue deduplicates both, whichever run is the next.
pub(super) fn intents(messages: &[Pending], batch: u64, to: Option<&str>) -> Result<Vec<u8>> {
    let now_ms = now_ms();
    lines(messages.iter().map(|pending| {
        let message = &pending.dispatch.message;
        let at_ms = pending.doubt.as_ref().map_or(now_ms, |doubt| doubt.since_ms);
        if pending.known {
            return Record::Again(Again { message_id: message.id.clone(), batch, at_ms });
        }
        Record::Intent(Intent {
            batch,
            at_ms,
            digest: pending.digest(),
            message: Cow::Borrowed(message),
            out: pending.dispatch.out.as_deref().map(Cow::Borrowed),
            to: to.map(Cow::Borrowed),
        })
    }))
}

/// Outcome of each message, written after an answer.
pub(super) fn answers(settled: &Settled<Pending>, batch: u64) -> Result<Vec<u8>> {
    let acks = settled.deletable.iter().filter_map(|(deletable, _)| match deletable.copy() {
        Copy::Sent(sent_as) => Some(Record::Ack(Ack {
            message_id: deletable.message_id().to_owned(),
            sent_as: sent_as.clone(),
            batch,
        })),
        Copy::BackedUp | Copy::Waived => None,
    });
    let not_taken = settled.retry.iter().chain(&settled.refused);
    // A server-side failure reported by the service does not prove that the message was not
    // accepted.
    let doubtful = settled.uncertain.iter().chain(&settled.faulted);
    let of = |unsent: &Unsent<Pending>| unacknowledged(&unsent.message, batch, &unsent.reason);
    let refusals = not_taken.map(|unsent| Record::Refused(of(unsent)));
    let doubts = doubtful.map(|unsent| Record::Uncertain(of(unsent)));
    lines(acks.chain(refusals).chain(doubts))
}

/// Outcomes after a call that failed as a whole: not sent, or uncertain if `doubtful`.
pub(super) fn failure(
    messages: &[Pending],
    batch: u64,
    reason: &str,
    doubtful: bool,
) -> Result<Vec<u8>> {
    let record = if doubtful { Record::Uncertain } else { Record::Refused };
    lines(messages.iter().map(|message| record(unacknowledged(message, batch, reason))))
}

fn unacknowledged(pending: &Pending, batch: u64, reason: &str) -> Unacknowledged {
    let message_id = pending.dispatch.message.id.clone();
    Unacknowledged { message_id, batch, reason: reason.to_owned() }
}

/// Record of each deleted message, written after the delete.
///
/// # Errors
/// Only if a record cannot be serialized, which no record causes.
pub fn deleted<'a>(gone: impl IntoIterator<Item = &'a Deletable>) -> Result<Vec<u8>> {
    lines(gone.into_iter().map(|deletable| {
        Record::Deleted(Deleted { message_id: deletable.message_id().to_owned() })
    }))
}
