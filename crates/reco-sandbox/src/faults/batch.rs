//! Entries that fail inside a success response.

use super::dice::Roll;
use super::spec::FaultKind;
use crate::sqs::wire::{BatchReply, FailedEntry, SqsCall, SqsReply};
use crate::sqs::{SqsError, check};

/// Removes entries from a batch before it takes effect, and returns their failures.
///
/// # Errors
/// When SQS refuses the batch as a whole: removing entries must not make it valid.
pub(super) fn refuse(call: &mut SqsCall, roll: &Roll<'_>) -> Result<Vec<FailedEntry>, SqsError> {
    match call {
        SqsCall::SendMessageBatch(batch) => pull(&mut batch.entries, |entry| &entry.id, roll),
        SqsCall::DeleteMessageBatch(batch) => pull(&mut batch.entries, |entry| &entry.id, roll),
        SqsCall::ChangeMessageVisibilityBatch(batch) => {
            pull(&mut batch.entries, |entry| &entry.id, roll)
        }
        _ => Ok(Vec::new()),
    }
}

fn pull<E>(
    entries: &mut Vec<E>,
    id: impl Fn(&E) -> &str,
    roll: &Roll<'_>,
) -> Result<Vec<FailedEntry>, SqsError> {
    check::batch(entries.iter().map(&id))?;
    let mut failed = Vec::new();
    entries.retain(|entry| {
        let failure = if roll.inject(FaultKind::EntryFailSender).is_some() {
            failure(id(entry), true)
        } else if roll.inject(FaultKind::EntryFail).is_some() {
            failure(id(entry), false)
        } else {
            return true;
        };
        failed.push(failure);
        false
    });
    Ok(failed)
}

/// Returns the answer to a batch with no entries left, since SQS itself refuses an empty one.
pub(super) fn when_empty(call: &SqsCall) -> Option<SqsReply> {
    match call {
        SqsCall::SendMessageBatch(batch) if batch.entries.is_empty() => {
            Some(SqsReply::SentBatch(none()))
        }
        SqsCall::DeleteMessageBatch(batch) if batch.entries.is_empty() => {
            Some(SqsReply::Batch(none()))
        }
        SqsCall::ChangeMessageVisibilityBatch(batch) if batch.entries.is_empty() => {
            Some(SqsReply::Batch(none()))
        }
        _ => None,
    }
}

const fn none<E>() -> BatchReply<E> {
    BatchReply { successful: Vec::new(), failed: Vec::new() }
}

/// Reports the refused entries as failed, and some of the successful ones as well.
pub(super) fn fail(reply: &mut SqsReply, refused: Vec<FailedEntry>, roll: &Roll<'_>) {
    match reply {
        SqsReply::SentBatch(batch) => turn(batch, |entry| &entry.id, refused, roll),
        SqsReply::Batch(batch) => turn(batch, |entry| &entry.id, refused, roll),
        _ => {}
    }
}

fn turn<E>(
    batch: &mut BatchReply<E>,
    id: impl Fn(&E) -> &str,
    refused: Vec<FailedEntry>,
    roll: &Roll<'_>,
) {
    batch.successful.retain(|entry| {
        let turned = roll.inject(FaultKind::EntryFailAfter).is_some();
        if turned {
            batch.failed.push(failure(id(entry), false));
        }
        !turned
    });
    batch.failed.extend(refused);
}

fn failure(id: &str, sender_fault: bool) -> FailedEntry {
    let (code, message) = if sender_fault {
        ("InvalidParameterValue", "the entry was refused (injected)")
    } else {
        ("InternalError", "the entry failed within the service (injected)")
    };
    FailedEntry {
        id: id.to_owned(),
        sender_fault,
        code: code.to_owned(),
        message: message.to_owned(),
    }
}
