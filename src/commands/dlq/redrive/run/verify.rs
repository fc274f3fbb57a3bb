//! After the move: is what was deleted gone?

use std::collections::HashSet;
use std::sync::Arc;

use reco_core::settle::{Deletable, replayed};

use super::Redrive;
use crate::commands::dlq::redrive::report::Category;
use crate::commands::dlq::session::warn_unreleased;
use crate::error::Result;
use crate::flow::journal::load;
use crate::flow::sqs::{Bound, DeleteOutcome, Drain, VisibilityLease, period_for};
use crate::ui::plural;

/// Looks in which a delete may fail to have its effect once more.
const LOOKS: u32 = 3;

/// The most messages that are received once more for it. In a DLQ with more left, the next run finds
/// what should be gone.
const MOST: u64 = 10_000;

impl Redrive<'_> {
    /// Receives a standard queue once more that shows more messages than were left in it, and
    /// deletes again what is there of the moved ones: AWS may answer a delete with success and
    /// delete nothing. Nothing is held any more by now, and nothing is ever sent here.
    ///
    /// That it fails is a warning: every message is where the report says, or is marked by the next
    /// `dlq classify` and deleted by the next redrive.
    pub async fn verify(&mut self) {
        let moved: HashSet<String> = self.ids_of(Category::Moved).collect();
        if self.outbox.is_none()
            || self.fifo()
            || moved.is_empty()
            || !self.ending.reach.exhausted
            || self.session.pair.dlq.state.redrive.is_some()
        {
            return;
        }
        // One that was perhaps not deleted is perhaps not there.
        let gone = [Category::Moved, Category::NotDeleted, Category::AlreadySent];
        let left = self.records.iter().filter(|one| !gone.iter().any(|gone| one.is(*gone))).count();
        // What came back is there by rights; some of it has a record of its own.
        let returned = self.sentries.bounces.summary().messages.into_iter();
        let recorded: HashSet<String> = self.ids_of(Category::CameBack).collect();
        let left = left + returned.filter(|one| !recorded.contains(&one.message_id)).count();
        for _ in 0..LOOKS {
            if self.context.cancel.is_cancelled() {
                return;
            }
            match self.look(&moved, left as u64).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    return self
                        .context
                        .ui
                        .warn(format!("cannot see whether what was deleted is gone: {error}"));
                }
            }
        }
    }

    fn ids_of(&self, category: Category) -> impl Iterator<Item = String> {
        let records = self.records.iter().filter(move |record| record.is(category));
        records.map(|record| record.message_id().to_owned())
    }

    /// One look, if the DLQ shows more than was left; answers whether another may find more.
    async fn look(&mut self, moved: &HashSet<String>, left: u64) -> Result<bool> {
        let (sqs, queue) = (&self.session.sqs, &self.session.pair.dlq.queue);
        let visible = sqs.state(queue).await?.visible;
        if visible <= left || visible > MOST {
            return Ok(false);
        }
        let proofs = self.proofs(moved)?;
        let period = period_for(visible);
        let lease = Arc::new(VisibilityLease::start(sqs.clone(), queue.clone(), period));
        lease.owe(proofs);
        let drain = Arc::new(Drain {
            sqs: sqs.clone(),
            queue: queue.clone(),
            lease: Arc::clone(&lease),
            cancel: self.context.cancel.clone(),
        });
        let at_most = usize::try_from(MOST).unwrap_or(usize::MAX);
        let bound = Bound { at_most, depth: visible, front_only: false };
        let drained = drain.run(bound, |_| std::future::ready(Ok(())), |()| false).await;
        let released = lease.release_all().await;
        warn_unreleased(self.context, &released);
        self.released.unreleased.extend(released.unreleased);
        let (mut deleted, mut failed) = (0, Vec::new());
        for (one, outcome) in drained?.cleared {
            match outcome {
                DeleteOutcome::Deleted => deleted += 1,
                other => failed.push((one.message_id().to_owned(), other.reason())),
            }
        }
        if deleted > 0 {
            self.context.ui.warn(format!(
                "{} still in the DLQ although SQS had confirmed the delete; deleted again",
                plural(deleted, "message")
            ));
        }
        self.ending.deleted_again += deleted;
        for (id, reason) in failed {
            let record = self.records.iter_mut().find(|record| record.message_id() == id);
            if let Some(record) = record {
                record.is_still_there(reason.unwrap_or_default());
            }
        }
        Ok(deleted > 0)
    }

    /// Proof of each moved message, from the journal.
    fn proofs(&self, moved: &HashSet<String>) -> Result<Vec<Deletable>> {
        let journal = self.outbox.as_ref().and_then(|outbox| outbox.journal.as_ref());
        let Some(journal) = journal else { return Ok(Vec::new()) };
        let state = load(journal.path())?;
        Ok(moved.iter().filter_map(|id| Some(replayed(&state.acked(id)?))).collect())
    }
}
