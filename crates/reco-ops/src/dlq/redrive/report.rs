//! Report of a redrive: every received message has exactly one fate.

mod record;

use std::collections::BTreeMap;
use std::time::Duration;

use reco_core::classify::Class;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use super::RedriveOptions;
pub use super::change::{Change, Changes};
pub use super::run::MovedTo;
use crate::dlq::judge::Provenance;
use crate::dlq::reach::Reach;
use crate::dlq::redrive::{Bounced, Guard, Pauses};
use crate::dlq::session::Queues;
use crate::sqs::Released;
pub use record::{Category, Record};

/// The engine that is used, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Engine {
    /// `client` or `native`.
    pub engine: &'static str,
    /// Why this one.
    pub engine_reason: String,
}

impl Engine {
    /// recoctl itself.
    pub fn client(reason: impl Into<String>) -> Self {
        Engine { engine: "client", engine_reason: reason.into() }
    }

    /// A move task of SQS.
    pub fn native(reason: impl Into<String>) -> Self {
        Engine { engine: "native", engine_reason: reason.into() }
    }
}

/// Result of a redrive, apart from its messages.
#[derive(Debug, Clone, Default)]
pub struct RedriveSummary {
    /// Messages received.
    pub seen: u64,
    /// Messages that were to be moved.
    pub moving: u64,
    /// Reach of the scan in the DLQ.
    pub reach: Reach,
    /// Messages moved, by destination.
    pub moved_to: MovedTo,
    /// FIFO: messages that were moved past earlier ones of their group.
    pub overtaking: u64,
    /// Deliveries of messages that were held already.
    pub repeated: u64,
    /// Scans that brought something.
    pub waves: u64,
    /// Messages that were released to make room, and received again.
    pub again: u64,
    /// Messages on which `--where` failed.
    pub undecided: u64,
    /// Ids that were asked for and not received.
    pub missing: Vec<String>,
    /// Time spent moving.
    pub move_time: Duration,
    /// Time spent in all.
    pub time: Duration,
    /// Stopped by a signal.
    pub interrupted: bool,
    /// The journal's file.
    pub journal: Option<String>,
    /// Engine that moved the messages.
    pub engine: Engine,
    /// The file of entries that were not sent.
    pub rejects: Option<String>,
    /// Messages that were still there after a confirmed delete, and were deleted again.
    pub deleted_again: u64,
    /// How long each guard held it back.
    pub guards: BTreeMap<Guard, Pauses>,
    /// Why a guard stopped it.
    pub stopped: Option<String>,
    /// Messages that came back.
    pub bounces: Bounced,
}

/// Report of a redrive.
#[derive(Debug, Serialize)]
pub struct RedriveReport {
    /// The queues.
    #[serde(flatten)]
    pub queues: Queues,
    /// Provenance of the classification.
    #[serde(flatten)]
    pub basis: Provenance,
    /// Engine that moved the messages.
    #[serde(flatten)]
    pub engine: Engine,
    /// Whether nothing was moved.
    pub dry_run: bool,
    /// Messages received; the sum of `counts`.
    pub seen: u64,
    /// Messages by what became of them.
    pub counts: BTreeMap<Category, u64>,
    /// Messages left alone because they were not chosen.
    pub skipped_by_class: BTreeMap<Class, u64>,
    /// Messages among those skipped on which `--where` failed.
    pub undecided: u64,
    /// Ids that were asked for and not received.
    pub missing: Vec<String>,
    /// Reach of the scan in the DLQ.
    #[serde(flatten)]
    pub reach: Reach,
    /// Messages moved, by the queue that they went to.
    pub moved_to: MovedTo,
    /// FIFO: messages that were moved past earlier ones of their group, which stay.
    pub overtaking: u64,
    /// Deliveries of messages that had been received before; counted once above.
    pub repeated: u64,
    /// Scans that it took: more than one where not everything could be held at once.
    pub waves: u64,
    /// Messages that were released to make room, and received again.
    pub received_again: u64,
    /// WCU that the moved messages (or planned ones) will cost the table.
    pub wcu: u64,
    /// Changes to message bodies.
    #[serde(flatten)]
    pub changes: Changes,
    /// Moved messages that the destination may have twice.
    pub perhaps_twice: u64,
    /// Messages that were still in the DLQ after a confirmed delete, and were deleted again.
    pub deleted_again: u64,
    /// Messages a second that were asked for.
    pub rate_limit: Option<f64>,
    /// Messages a second that were moved, while moving.
    pub rate: Option<f64>,
    /// Seconds that it took.
    pub duration_s: f64,
    /// What was let go of.
    #[serde(flatten)]
    pub released: Released,
    /// Stopped by a signal.
    pub interrupted: bool,
    /// How long each guard that was asked for held it back.
    pub guards: BTreeMap<Guard, Pauses>,
    /// Why a guard stopped it; null when none did.
    pub stopped: Option<String>,
    /// Messages that came back to the DLQ during the run.
    pub bounces: Bounced,
    /// The file that has every message that was sent; null when none was.
    pub journal: Option<String>,
    /// Every message that was received.
    pub messages: Vec<Record>,
}

impl RedriveReport {
    /// Result of the run.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let tally = Tally {
            done: [Category::Moved, Category::Planned, Category::AlreadySent]
                .into_iter()
                .map(|category| self.of(category))
                .sum(),
            // What came back was moved as asked, and is counted there.
            excluded: [
                Category::Skipped,
                Category::BeyondMax,
                Category::OtherSource,
                Category::CameBack,
            ]
            .into_iter()
            .map(|category| self.of(category))
            .sum::<u64>()
            .saturating_sub(self.undecided),
            failed: [Category::Failed, Category::Left, Category::Damaged]
                .into_iter()
                .map(|category| self.of(category))
                .sum::<u64>()
                + self.released.invisible(),
            // Sent, or perhaps sent; and what the operator's own expressions failed on.
            partly: [Category::NotDeleted, Category::Uncertain, Category::Unrepaired]
                .into_iter()
                .map(|category| self.of(category))
                .sum::<u64>()
                + self.undecided
                + self.reach.missed(),
            missing: self.missing.len() as u64,
        };
        match tally.outcome(self.interrupted) {
            Outcome::Interrupted => Outcome::Interrupted,
            _ if self.bounces.stopped => Outcome::Bounced,
            outcome => outcome,
        }
    }

    /// Returns the counts in the form of the journal's end record.
    #[must_use]
    pub fn tally(&self) -> BTreeMap<String, u64> {
        self.counts.iter().map(|(fate, count)| (fate.name().to_owned(), *count)).collect()
    }

    /// Nothing was sent, and the journal is gone.
    pub fn forget_journal(&mut self) {
        self.journal = None;
    }

    /// Counts what became of the messages.
    #[must_use]
    pub fn new(
        (queues, basis): (Queues, Provenance),
        options: &RedriveOptions,
        messages: Vec<Record>,
        released: Released,
        ending: &RedriveSummary,
    ) -> Self {
        let mut counts: BTreeMap<Category, u64> = BTreeMap::new();
        let mut skipped_by_class: BTreeMap<Class, u64> = BTreeMap::new();
        for record in &messages {
            *counts.entry(record.fate).or_default() += 1;
            if let (Category::Skipped, Some(class)) = (record.fate, record.class) {
                *skipped_by_class.entry(class).or_default() += 1;
            }
        }
        let goes = |record: &&Record| matches!(record.fate, Category::Moved | Category::Planned);
        let moved = counts.get(&Category::Moved).copied().unwrap_or(0);
        let seconds = ending.move_time.as_secs_f64();
        RedriveReport {
            queues,
            basis,
            engine: ending.engine.clone(),
            dry_run: options.dry_run,
            seen: ending.seen,
            wcu: messages.iter().filter(goes).map(|record| record.wcu).sum(),
            changes: Changes::of(
                options.repair.clone(),
                ending.rejects.clone(),
                messages.iter().filter(goes).filter_map(|record| record.changed.as_deref()),
            ),
            deleted_again: ending.deleted_again,
            perhaps_twice: messages.iter().filter(|record| record.perhaps_twice).count() as u64,
            counts,
            skipped_by_class,
            undecided: ending.undecided,
            missing: ending.missing.clone(),
            reach: ending.reach.clone(),
            moved_to: ending.moved_to.clone(),
            overtaking: ending.overtaking,
            repeated: ending.repeated,
            waves: ending.waves,
            received_again: ending.again,
            rate_limit: options.rate.map(|rate| rate.per_second()),
            rate: per_second(moved, seconds),
            duration_s: (ending.time.as_secs_f64() * 1000.0).round() / 1000.0,
            released,
            interrupted: ending.interrupted,
            guards: ending.guards.clone(),
            stopped: ending.stopped.clone(),
            bounces: ending.bounces.clone(),
            journal: ending.journal.clone(),
            messages,
        }
    }

    /// Messages of this category.
    #[must_use]
    pub fn of(&self, category: Category) -> u64 {
        self.counts.get(&category).copied().unwrap_or(0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate is shown with one decimal")]
fn per_second(moved: u64, seconds: f64) -> Option<f64> {
    (moved > 0 && seconds > 0.0).then(|| (moved as f64 / seconds * 10.0).round() / 10.0)
}
