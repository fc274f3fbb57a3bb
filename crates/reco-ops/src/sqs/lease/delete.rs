//! Deletion of held messages by their current receipt handles.
//!
//! AWS: a delete by an old handle may succeed without deleting the message. So a delete uses the
//! newest handle, which must still hold the message when the response arrives. A message that was
//! not deleted stays owed: when it is received again it is deleted, not sent.

use std::time::{Duration, SystemTime};

use futures::{StreamExt, stream};
use reco_core::settle::Deletable;

use super::{Inner, VisibilityLease};
use crate::sqs::{CALLS, batches};

/// Minimum time that must be left of a lease when a delete is attempted.
const LEAST: Duration = Duration::from_secs(10);

/// Maximum attempts to delete a message whose handle keeps being replaced during the call.
const REPLACED: u32 = 3;

/// Outcome of one delete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeleteOutcome {
    /// The message is gone from the queue.
    Deleted,
    /// Its handle expired: it is visible again, or another consumer has it.
    Lapsed,
    /// SQS returned an error; the message is still held.
    Failed {
        /// Error message of the service.
        reason: String,
        /// True if the request was at fault, so that the same delete would fail again.
        refused: bool,
    },
}

impl DeleteOutcome {
    /// Returns the reason why the message was not deleted; `None` if it was.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match self {
            DeleteOutcome::Deleted => None,
            DeleteOutcome::Lapsed => {
                Some("its receipt handle expired before it was deleted".to_owned())
            }
            DeleteOutcome::Failed { reason, .. } => Some(reason.clone()),
        }
    }
}

impl VisibilityLease {
    /// Deletes messages whose copies are safe. Returns the outcome of each, in the same order.
    pub async fn delete(&self, deletable: Vec<Deletable>) -> Vec<DeleteOutcome> {
        let outcomes = stream::iter(batches(deletable)).map(|batch| self.inner.delete_batch(batch));
        let outcomes: Vec<Vec<DeleteOutcome>> = outcomes.buffered(CALLS).collect().await;
        outcomes.into_iter().flatten().collect()
    }
}

impl Inner {
    async fn delete_batch(&self, batch: Vec<Deletable>) -> Vec<DeleteOutcome> {
        let ids: Vec<String> = batch.iter().map(|one| one.message_id().to_owned()).collect();
        self.extend(Some(&ids), SystemTime::now() + LEAST).await;
        let mut outcomes = vec![DeleteOutcome::Lapsed; batch.len()];
        let mut open: Vec<usize> = (0..batch.len()).collect();
        for _ in 0..REPLACED {
            let tried = self.begin_delete(&batch, &open);
            if tried.is_empty() {
                break;
            }
            let current: Vec<Deletable> = tried.iter().map(|(_, one)| one.clone()).collect();
            let fates = self.sqs.delete(&self.queue, &current).await;
            open.clear();
            for ((at, tried), fate) in tried.into_iter().zip(fates) {
                let outcome = match fate {
                    Err(fault) if fault.is_lapsed() => DeleteOutcome::Lapsed,
                    Err(fault) => DeleteOutcome::Failed {
                        reason: fault.to_string(),
                        refused: fault.sender_fault,
                    },
                    Ok(()) => DeleteOutcome::Deleted,
                };
                match self.end_delete(&tried, outcome) {
                    Some(outcome) => outcomes[at] = outcome,
                    None => open.push(at),
                }
            }
        }
        self.owe_the_rest(&batch, &outcomes);
        outcomes
    }

    /// Takes messages off the heartbeat, each with its newest handle; skips messages that are no
    /// longer held.
    fn begin_delete(&self, batch: &[Deletable], open: &[usize]) -> Vec<(usize, Deletable)> {
        let (now, mut state) = (SystemTime::now(), self.lock());
        let mut begin = |at: &usize| {
            let held = state.held.get_mut(batch[*at].message_id())?;
            if held.has_lapsed(now) {
                return None;
            }
            held.deleting = true;
            Some((*at, batch[*at].clone().under(&held.handle)))
        };
        open.iter().filter_map(&mut begin).collect()
    }

    /// Enters the result of a delete; `None` if a newer handle arrived meanwhile, so that the
    /// result says nothing about the message.
    fn end_delete(&self, tried: &Deletable, outcome: DeleteOutcome) -> Option<DeleteOutcome> {
        let (now, mut state) = (SystemTime::now(), self.lock());
        let id = tried.message_id();
        let Some(held) = state.held.get_mut(id) else { return Some(outcome) };
        held.deleting = false;
        let is_current = *held.handle == *tried.receipt_handle();
        match outcome {
            DeleteOutcome::Deleted | DeleteOutcome::Lapsed if !is_current => None,
            DeleteOutcome::Deleted if held.has_lapsed(now) => {
                held.lapsed = true;
                Some(DeleteOutcome::Lapsed)
            }
            DeleteOutcome::Deleted => {
                state.held.remove(id);
                state.owed.remove(id);
                Some(DeleteOutcome::Deleted)
            }
            DeleteOutcome::Lapsed => {
                held.lapsed = true;
                Some(DeleteOutcome::Lapsed)
            }
            failed @ DeleteOutcome::Failed { .. } => Some(failed),
        }
    }

    fn owe_the_rest(&self, batch: &[Deletable], outcomes: &[DeleteOutcome]) {
        let mut state = self.lock();
        for (one, outcome) in batch.iter().zip(outcomes) {
            if *outcome != DeleteOutcome::Deleted {
                state.owed.insert(one.message_id().into(), one.clone());
            }
        }
    }
}
