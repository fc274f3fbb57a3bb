//! What is written down of a batch: each record before what it allows.

use reco_core::journal::{Ack, Again, Deleted, Intent, Record, Refused, Uncertain};
use reco_core::message::Message;
use reco_core::settle::{Copy, Deletable, Settled, Unsent};

use super::writer::{lines, now_ms};
use crate::error::Result;
use crate::flow::dispatch::Named;

/// Before the send: each message whole the first time, by its id when it is sent again.
///
/// # Errors
/// As [`lines`].
pub fn intents<'a>(
    messages: impl IntoIterator<Item = (&'a Message, Option<&'a str>)>,
    batch: u64,
    again: bool,
) -> Result<Vec<u8>> {
    let at_ms = now_ms();
    lines(messages.into_iter().map(|(message, out)| {
        if again {
            Record::Again(Again { message_id: message.id.clone(), batch, at_ms })
        } else {
            Record::Intent(Intent::new(message, out, batch, at_ms))
        }
    }))
}

/// After an answer: what became of each message of the batch.
///
/// # Errors
/// As [`lines`].
pub fn answers<M: Named>(settled: &Settled<M>, batch: u64) -> Result<Vec<u8>> {
    let not_taken = settled.retry.iter().chain(&settled.refused);
    // The service's word that it failed to take a message is no proof that it did not.
    let doubtful = settled.uncertain.iter().chain(&settled.faulted);
    let mut all = acks(&settled.deletable, batch)?;
    all.extend(lines(not_taken.map(|unsent| refused(unsent, batch)).chain(
        doubtful.map(|Unsent { message, reason }| uncertain(message.id(), batch, reason)),
    ))?);
    Ok(all)
}

/// After a send: what the destination has.
///
/// # Errors
/// As [`lines`].
pub fn acks<'a>(sent: impl IntoIterator<Item = &'a Deletable>, batch: u64) -> Result<Vec<u8>> {
    lines(sent.into_iter().filter_map(|deletable| match deletable.copy() {
        Copy::Sent(sent_as) => Some(Record::Ack(Ack {
            message_id: deletable.message_id().to_owned(),
            sent_as: sent_as.clone(),
            batch,
        })),
        Copy::BackedUp | Copy::Waived => None,
    }))
}

fn refused<M: Named>(Unsent { message, reason }: &Unsent<M>, batch: u64) -> Record<'static> {
    let message_id = message.id().to_owned();
    Record::Refused(Refused { message_id, batch: Some(batch), reason: reason.clone() })
}

fn uncertain(id: &str, batch: u64, reason: &str) -> Record<'static> {
    let message_id = id.to_owned();
    Record::Uncertain(Uncertain { message_id, batch, reason: reason.to_owned() })
}

/// After a call that failed as a whole: nothing of it was sent, or nobody knows.
///
/// # Errors
/// As [`lines`].
pub fn failure<M: Named>(
    messages: &[M],
    batch: u64,
    reason: &str,
    doubtful: bool,
) -> Result<Vec<u8>> {
    lines(messages.iter().map(|message| {
        if doubtful {
            return uncertain(message.id(), batch, reason);
        }
        let (message_id, reason) = (message.id().to_owned(), reason.to_owned());
        Record::Refused(Refused { message_id, batch: Some(batch), reason })
    }))
}

/// After the delete.
///
/// # Errors
/// As [`lines`].
pub fn deleted<'a>(gone: impl IntoIterator<Item = &'a Deletable>) -> Result<Vec<u8>> {
    lines(gone.into_iter().map(|deletable| {
        Record::Deleted(Deleted { message_id: deletable.message_id().to_owned() })
    }))
}
