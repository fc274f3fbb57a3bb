//! Verification after the move that the deleted messages are gone.

use std::collections::HashSet;
use std::sync::Arc;

use reco_core::settle::Deletable;

use super::Redrive;
use crate::dlq::journal::load;
use crate::dlq::redrive::report::{Category, Record};
use crate::dlq::session::warn_unreleased;
use crate::error::Result;
use crate::sqs::{Bound, DeleteOutcome, Drain, VisibilityLease, period_for};
use reco_core::human::{form, was};

/// Maximum rounds of receiving and deleting again.
const LOOKS: u32 = 6;

/// Maximum depth of a DLQ that is verified. If it is deeper, the next run finds messages that
/// should be gone.
const MOST: u64 = 10_000;

impl Redrive<'_> {
    /// Scans a standard queue again if it is deeper than expected, and deletes moved messages that
    /// are still there: AWS may confirm a delete without deleting the message. No messages are held
    /// any more at this point, and none are sent.
    ///
    /// A failure is only a warning: every message is where the report says, or is marked by the
    /// next `dlq classify` and deleted by the next redrive.
    pub async fn verify(&mut self) {
        if self.outbox.is_none()
            || self.fifo()
            || self.gone().next().is_none()
            || !self.waves.reach.exhausted
            || self.session.pair.dlq.state.redrive.is_some()
        {
            return;
        }
        // Messages that were possibly not deleted may or may not be there.
        let perhaps = [Category::Moved, Category::NotDeleted, Category::AlreadySent];
        let left =
            self.records.iter().filter(|one| !perhaps.iter().any(|gone| one.is(*gone))).count();
        // Returned messages belong in the DLQ; some have a record of their own.
        let returned = self.guards.bounces.summary().messages.into_iter();
        let came_back = self.records.iter().filter(|one| one.is(Category::CameBack));
        let recorded: HashSet<&str> = came_back.map(Record::message_id).collect();
        let left = left + returned.filter(|one| !recorded.contains(&*one.message_id)).count();
        let (mut again, mut last) = (HashSet::new(), Vec::new());
        for _ in 0..LOOKS {
            if self.session.is_cancelled() {
                break;
            }
            match self.look(left as u64).await {
                Ok(deleted) => {
                    again.extend(deleted.iter().cloned());
                    last = deleted;
                }
                Err(error) => {
                    self.session
                        .warn(format!("cannot verify that the deleted messages are gone: {error}"));
                    last.clear();
                    break;
                }
            }
            if last.is_empty() {
                break;
            }
        }
        self.report.deleted_again += (again.len() as u64).saturating_sub(last.len() as u64);
        // The last deletes were not verified.
        for id in last {
            let reason = "SQS confirmed the delete, but the message reappeared".to_owned();
            self.note_still_there(&id, reason);
        }
    }

    fn note_still_there(&mut self, id: &str, reason: String) {
        if let Some(record) = self.records.iter_mut().find(|record| record.message_id() == id) {
            record.is_still_there(reason);
        }
    }

    /// Returns the ids of deleted messages.
    fn gone(&self) -> impl Iterator<Item = &str> {
        let gone = |one: &&Record| one.is(Category::Moved) || one.is(Category::AlreadySent);
        self.records.iter().filter(gone).map(Record::message_id)
    }

    /// Runs one round if the DLQ has more than `left` messages; returns the ids of deleted ones.
    async fn look(&mut self, left: u64) -> Result<Vec<String>> {
        let (sqs, queue) = (&self.session.sqs, &self.session.pair.dlq.queue);
        let visible = sqs.state(queue).await?.visible;
        if visible <= left || visible > MOST {
            return Ok(Vec::new());
        }
        let proofs = self.proofs()?;
        let period = period_for(visible);
        let lease = Arc::new(VisibilityLease::start(sqs.clone(), queue.clone(), period));
        lease.owe(proofs);
        let cancel = self.session.control.cancel.clone();
        let drain = Arc::new(Drain { lease: Arc::clone(&lease), cancel });
        let at_most = usize::try_from(MOST).unwrap_or(usize::MAX);
        let bound = Bound { at_most, depth: visible, front_only: false, awaits_counts: false };
        let drained = drain.run(bound, |_| std::future::ready(Ok(())), |()| false).await;
        let released = lease.release_all().await;
        warn_unreleased(&self.session.control.events, &released);
        self.released.merge_invisible(released);
        let mut deleted = Vec::new();
        for (one, outcome) in drained?.cleared {
            match outcome {
                DeleteOutcome::Deleted => deleted.push(one.message_id().to_owned()),
                other => {
                    self.note_still_there(one.message_id(), other.reason().unwrap_or_default());
                }
            }
        }
        if !deleted.is_empty() {
            self.session.warn(format!(
                "{} still in the DLQ although SQS had confirmed the delete; {} deleted again",
                was(deleted.len() as u64),
                form(deleted.len() as u64, "it is", "they are")
            ));
        }
        Ok(deleted)
    }

    /// Returns the proof of each message that should be gone, from this journal and those of
    /// earlier runs.
    fn proofs(&self) -> Result<Vec<Deletable>> {
        let journal = self.outbox.as_ref().and_then(|outbox| outbox.journal.as_ref());
        let Some(journal) = journal else { return Ok(Vec::new()) };
        let state = load(journal.path())?;
        let proofs = self.gone().filter_map(|id| state.acked(id));
        Ok(proofs.chain(self.cleared.iter().cloned()).collect())
    }
}
