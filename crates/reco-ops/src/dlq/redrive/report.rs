//! Report of a redrive: every received message has exactly one fate.

mod record;

use std::collections::BTreeMap;

use reco_core::classify::Class;
use reco_core::outcome::{Outcome, Tally};
use reco_core::room::{Load, Room};
use reco_core::run_by::RunBy;
use serde::Serialize;

pub use super::change::{Change, Changes};
pub use super::run::{Canary, MovedTo, Stage};
use crate::dlq::judge::Provenance;
use crate::dlq::outcome::{Ended, OutcomeSummary};
use crate::dlq::reach::Reach;
use crate::dlq::redrive::{Bounced, Guard, Pauses};
use crate::dlq::session::Queues;
use crate::dlq::waves::Waves;
use crate::sqs::Released;
pub use record::{Category, Record};

/// Engine of a redrive, with the reason for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Engine {
    /// `client` or `native`.
    pub engine: &'static str,
    /// Reason for choosing this engine.
    pub engine_reason: String,
}

impl Engine {
    /// Returns the engine in which recoctl itself moves messages.
    pub fn client(reason: impl Into<String>) -> Self {
        Engine { engine: "client", engine_reason: reason.into() }
    }

    /// Returns the engine in which an SQS move task moves messages.
    pub fn native(reason: impl Into<String>) -> Self {
        Engine { engine: "native", engine_reason: reason.into() }
    }
}

/// Command line to run next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NextLine {
    /// The command line.
    pub command: String,
    /// Why, with the figures behind it.
    pub why: String,
}

/// Report of a redrive.
#[derive(Debug, Default, Serialize)]
pub struct RedriveReport {
    /// Names and depth of the queues.
    #[serde(flatten)]
    pub queues: Queues,
    /// Provenance of the classification.
    #[serde(flatten)]
    pub basis: Provenance,
    /// Engine that moved the messages.
    #[serde(flatten)]
    pub engine: Engine,
    /// True if nothing was moved.
    pub dry_run: bool,
    /// Messages received; the sum of `counts`.
    pub seen: u64,
    /// Number of messages by fate.
    pub counts: BTreeMap<Category, u64>,
    /// Messages left alone because they were not selected, by class.
    pub skipped_by_class: BTreeMap<Class, u64>,
    /// Skipped messages on which `--where` failed.
    pub undecided: u64,
    /// Requested ids that were not received.
    pub missing: Vec<String>,
    /// Reach of the scan in the DLQ.
    #[serde(flatten)]
    pub reach: Reach,
    /// Messages moved, by destination queue.
    pub moved_to: MovedTo,
    /// FIFO: messages moved past earlier ones of their group that stay in the DLQ.
    pub overtaking: u64,
    /// Repeated deliveries of messages; each message is counted once above.
    pub repeated: u64,
    /// Number of scans; several if not all messages could be held at once.
    pub waves: u64,
    /// Messages released to make room, and received again.
    pub received_again: u64,
    /// Write capacity units that the moved (or planned) messages cost the table.
    pub wcu: u64,
    /// Changes to message bodies.
    #[serde(flatten)]
    pub changes: Changes,
    /// Moved messages that may be in the destination twice.
    pub perhaps_twice: u64,
    /// Messages that were still in the DLQ after a confirmed delete and were deleted again.
    pub deleted_again: u64,
    /// Approximate number of messages that wait in each destination at the end.
    pub waiting: BTreeMap<String, u64>,
    /// Commands to run next.
    pub next: Vec<NextLine>,
    /// Spare capacity of the pipeline.
    #[serde(skip)]
    pub room: Room,
    /// Cost of the messages that moved, or would move.
    #[serde(skip)]
    pub load: Load,
    /// Requested maximum rate in messages per second.
    pub rate_limit: Option<f64>,
    /// Average rate while moving, in messages per second.
    pub rate: Option<f64>,
    /// Duration in seconds.
    pub duration_s: f64,
    /// Outcome of releasing messages.
    #[serde(flatten)]
    pub released: Released,
    /// Stopped by a signal.
    pub interrupted: bool,
    /// Pauses by each requested guard.
    pub guards: BTreeMap<Guard, Pauses>,
    /// Reason why a guard stopped the run; null if none did.
    pub stopped: Option<String>,
    /// Messages that came back to the DLQ during the run.
    pub bounces: Bounced,
    /// Path of the journal with every sent message; null if none was sent.
    pub journal: Option<String>,
    /// Id of the run, by which `dlq journal` knows it; null if no message was sent.
    pub run_id: Option<String>,
    /// True if messages were sent, so that the journal is kept.
    #[serde(skip)]
    pub journal_is_kept: bool,
    /// Outcomes of all moved messages; null without `--wait`, unless a canary stage stopped the run.
    pub outcomes: Option<OutcomeSummary>,
    /// Stages that were moved first; null without `--canary`.
    pub canary: Option<Canary>,
    /// Signature of the run.
    pub by: RunBy,
    /// Every received message.
    pub messages: Vec<Record>,
}

impl RedriveReport {
    /// Returns the outcome of the run.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let tally = Tally {
            done: [Category::Moved, Category::Planned, Category::AlreadySent]
                .into_iter()
                .map(|category| self.of(category))
                .sum(),
            // Returned messages were moved as requested, and are counted there.
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
            // Sent or possibly sent, or a failure of the operator's own expressions.
            partly: [Category::NotDeleted, Category::Uncertain, Category::Unrepaired]
                .into_iter()
                .map(|category| self.of(category))
                .sum::<u64>()
                + self.undecided
                + self.reach.missed()
                + self.outcomes.as_ref().map_or(0, OutcomeSummary::not_known_good),
            missing: self.missing.len() as u64,
        };
        let wait_ended = self.outcomes.as_ref().map(|outcome| outcome.ended);
        match tally.outcome(self.interrupted || wait_ended == Some(Ended::Interrupted)) {
            Outcome::Interrupted => Outcome::Interrupted,
            _ if self.bounces.stopped => Outcome::Bounced,
            _ if self.canary.as_ref().is_some_and(|canary| canary.stopped) => Outcome::Bounced,
            outcome => outcome,
        }
    }

    /// Returns the counts in the form of the journal's end record.
    #[must_use]
    pub fn tally(&self) -> BTreeMap<String, u64> {
        self.counts.iter().map(|(fate, count)| (fate.name().to_owned(), *count)).collect()
    }

    /// Drops the journal's path, because nothing was sent and the journal was removed.
    pub fn forget_journal(&mut self) {
        (self.journal, self.run_id) = (None, None);
        self.journal_is_kept = false;
    }

    /// Enters what the scans received and what happened to each message.
    #[must_use]
    pub fn with(self, waves: Waves, messages: Vec<Record>) -> Self {
        let Waves { seen, early: _, repeated, again, count: waves, reach, undecided, named: _ } =
            waves;
        let mut counts: BTreeMap<Category, u64> = BTreeMap::new();
        let mut skipped_by_class: BTreeMap<Class, u64> = BTreeMap::new();
        let mut moved_to = MovedTo::new();
        for record in &messages {
            *counts.entry(record.fate).or_default() += 1;
            if let (Category::Skipped, Some(class)) = (record.fate, record.class) {
                *skipped_by_class.entry(class).or_default() += 1;
            }
            if let (Category::Moved, Some(to)) = (record.fate, &record.to) {
                match moved_to.get_mut(&to.queue.name) {
                    Some(moved) => *moved += 1,
                    None => drop(moved_to.insert(to.queue.name.clone(), 1)),
                }
            }
        }
        let goes = |record: &&Record| matches!(record.fate, Category::Moved | Category::Planned);
        let changed = messages.iter().filter(goes).filter_map(|record| record.changed.as_deref());
        RedriveReport {
            seen,
            undecided,
            reach,
            repeated,
            waves,
            received_again: again,
            wcu: messages.iter().filter(goes).map(|record| record.wcu).sum(),
            changes: Changes::of(self.changes.repair, self.changes.rejects, changed),
            perhaps_twice: messages.iter().filter(|record| record.perhaps_twice).count() as u64,
            counts,
            skipped_by_class,
            moved_to,
            messages,
            ..self
        }
    }

    /// Returns the number of messages in this category.
    #[must_use]
    pub fn of(&self, category: Category) -> u64 {
        self.counts.get(&category).copied().unwrap_or(0)
    }
}
