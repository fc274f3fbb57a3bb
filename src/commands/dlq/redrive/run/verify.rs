//! After the move: is what was deleted gone?

use std::collections::HashSet;

use super::Redrive;
use crate::commands::dlq::redrive::report::Category;
use crate::commands::dlq::session::warn_unreleased;
use crate::error::Result;
use crate::flow::redrive::{Sweeper, Swept};
use crate::ui::{form, was};

/// Sweeps in which a delete may fail to have its effect once more.
const SWEEPS: u32 = 5;

impl Redrive<'_> {
    /// Looks again through a standard queue that shows more messages than were left in it, and
    /// deletes again what is there of the moved ones. Nothing is held any more by now.
    ///
    /// That it fails is a warning: every message is where the report says, or is marked by the next
    /// `dlq classify`.
    pub async fn verify(&mut self) {
        let Some(courier) = self.courier.clone() else { return };
        let moved: HashSet<String> = self.ids_of(Category::Moved).collect();
        if self.fifo() || moved.is_empty() || !self.ending.exhausted {
            return;
        }
        // One that was perhaps not deleted is perhaps not there.
        let left = self.records.len() - moved.len() - self.ids_of(Category::NotDeleted).count();
        // What came back is there by rights; some of it has a record of its own.
        let returned = self.sentries.bounces.summary().messages.into_iter();
        let recorded: HashSet<String> = self.ids_of(Category::CameBack).collect();
        let left = left + returned.filter(|one| !recorded.contains(&one.message_id)).count();
        let sweeper = Sweeper {
            sqs: courier.sqs.clone(),
            queue: courier.from.clone(),
            journal: courier.journal.path().to_owned(),
            cancel: self.context.cancel.clone(),
        };
        for _ in 0..SWEEPS {
            if self.context.cancel.is_cancelled() {
                return;
            }
            match self.sweep(&sweeper, &moved, left as u64).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    return self.context.ui.warn(format!(
                        "whether what was deleted is gone could not be seen: {error}"
                    ));
                }
            }
        }
    }

    fn ids_of(&self, category: Category) -> impl Iterator<Item = String> {
        let records = self.records.iter().filter(move |record| record.is(category));
        records.map(|record| record.message_id().to_owned())
    }

    /// One sweep, if the DLQ shows more than was left; answers whether another may find more.
    async fn sweep(
        &mut self,
        sweeper: &Sweeper,
        moved: &HashSet<String>,
        left: u64,
    ) -> Result<bool> {
        if sweeper.sqs.state(&sweeper.queue).await?.visible <= left {
            return Ok(false);
        }
        let Swept { received: _, deleted, failed, released } = sweeper.sweep(moved).await?;
        warn_unreleased(self.context, &released);
        self.released.unreleased.extend(released.unreleased);
        if !deleted.is_empty() {
            self.context.ui.warn(format!(
                "{} still in the DLQ although SQS had confirmed the delete; {} deleted again",
                was(deleted.len() as u64),
                form(deleted.len() as u64, "it is", "they are")
            ));
        }
        self.ending.deleted_again += deleted.len() as u64;
        for (id, reason) in failed {
            let record = self.records.iter_mut().find(|record| record.message_id() == id);
            if let Some(record) = record {
                record.is_still_there(reason);
            }
        }
        Ok(!deleted.is_empty())
    }
}
