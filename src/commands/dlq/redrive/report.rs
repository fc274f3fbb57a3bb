//! Report of a redrive: every received message has exactly one fate.

mod guards;
mod record;
mod text;

use std::collections::BTreeMap;
use std::time::Duration;

use reco_core::classify::Class;
use reco_core::outcome::{Outcome, Tally};
use reco_core::settle::Deletable;
use serde::Serialize;

use super::RedriveArgs;
use super::change::Changes;
use super::engine::Engine;
use super::run::MovedTo;
use crate::commands::dlq::reach::Reach;
use crate::commands::dlq::session::Queues;
use crate::flow::judge::Basis;
use crate::flow::redrive::{Bounced, Guard, Pauses};
use crate::flow::sqs::{DeleteOutcome, Released};
use crate::ui::{Report, View};
pub(super) use record::{Category, Record};

/// Result of a redrive, apart from its messages.
#[derive(Debug, Clone, Default)]
pub(super) struct Ending {
    /// Messages received.
    pub(super) seen: u64,
    /// Messages that were to be moved.
    pub(super) moving: u64,
    /// Reach of the scan in the DLQ.
    pub(super) reach: Reach,
    /// Messages moved, by destination.
    pub(super) moved_to: MovedTo,
    /// FIFO: messages that were moved past earlier ones of their group.
    pub(super) overtaking: u64,
    /// Sent and not deleted messages that came again while others moved.
    pub(super) late: Vec<(Deletable, DeleteOutcome)>,
    /// Deliveries of messages that were held already.
    pub(super) repeated: u64,
    /// Scans that brought something.
    pub(super) waves: u64,
    /// Messages that were released to make room, and received again.
    pub(super) again: u64,
    /// Messages on which `--where` failed.
    pub(super) undecided: u64,
    /// Ids that were asked for and not received.
    pub(super) missing: Vec<String>,
    /// Time spent moving.
    pub(super) move_time: Duration,
    /// Time spent in all.
    pub(super) time: Duration,
    /// Stopped by a signal.
    pub(super) interrupted: bool,
    /// The journal's file.
    pub(super) journal: Option<String>,
    /// Engine that moved the messages.
    pub(super) engine: Engine,
    /// The file of entries that were not sent.
    pub(super) rejects: Option<String>,
    /// Messages that were still there after a confirmed delete, and were deleted again.
    pub(super) deleted_again: u64,
    /// Time that each guard held it back.
    pub(super) guards: BTreeMap<Guard, Pauses>,
    /// Reason why a guard stopped it.
    pub(super) stopped: Option<String>,
    /// Messages that came back.
    pub(super) bounces: Bounced,
}

/// Report of a redrive.
#[derive(Debug, Serialize)]
pub(super) struct RedriveReport {
    #[serde(flatten)]
    queues: Queues,
    #[serde(flatten)]
    basis: Basis,
    #[serde(flatten)]
    engine: Engine,
    dry_run: bool,
    /// Messages received; the sum of `counts`.
    seen: u64,
    /// Messages by what became of them.
    counts: BTreeMap<Category, u64>,
    /// Messages left alone because they were not chosen.
    skipped_by_class: BTreeMap<Class, u64>,
    /// Messages among those skipped on which `--where` failed.
    undecided: u64,
    /// Ids that were asked for and not received.
    missing: Vec<String>,
    #[serde(flatten)]
    reach: Reach,
    /// Messages moved, by the queue that they went to.
    moved_to: MovedTo,
    /// FIFO: messages that were moved past earlier ones of their group, which stay.
    overtaking: u64,
    /// Deliveries of messages that had been received before; counted once above.
    repeated: u64,
    /// Scans that it took: more than one where not everything could be held at once.
    waves: u64,
    /// Messages that were released to make room, and received again.
    received_again: u64,
    /// WCU that the moved messages (or planned ones) will cost the table.
    wcu: u64,
    #[serde(flatten)]
    changes: Changes,
    /// Moved messages that the destination may have twice.
    perhaps_twice: u64,
    /// Messages that were still in the DLQ after a confirmed delete, and were deleted again.
    deleted_again: u64,
    /// Messages a second that were asked for.
    rate_limit: Option<f64>,
    /// Messages a second that were moved, while moving.
    rate: Option<f64>,
    duration_s: f64,
    #[serde(flatten)]
    released: Released,
    interrupted: bool,
    /// Time that each guard that was asked for held it back.
    guards: BTreeMap<Guard, Pauses>,
    /// Reason why a guard stopped it; null when none did.
    stopped: Option<String>,
    /// Messages that came back to the DLQ during the run.
    bounces: Bounced,
    /// The file that has every message that was sent; null when none was.
    journal: Option<String>,
    messages: Vec<Record>,
}

impl RedriveReport {
    /// Returns the counts in the form of the journal's end record.
    pub(super) fn tally(&self) -> BTreeMap<String, u64> {
        self.counts.iter().map(|(fate, count)| (fate.name().to_owned(), *count)).collect()
    }

    /// Nothing was sent, and the journal is gone.
    pub(super) fn forget_journal(&mut self) {
        self.journal = None;
    }

    pub(super) fn new(
        (queues, basis): (Queues, Basis),
        args: &RedriveArgs,
        messages: Vec<Record>,
        released: Released,
        ending: &Ending,
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
            dry_run: args.dry_run,
            seen: ending.seen,
            wcu: messages.iter().filter(goes).map(|record| record.wcu).sum(),
            changes: Changes::of(
                args.repair.plan(),
                ending.rejects.clone(),
                messages.iter().filter(goes).filter_map(|record| record.changed.as_ref()),
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
            rate_limit: args.guards.rate.map(|rate| rate.per_second()),
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

    fn of(&self, category: Category) -> u64 {
        self.counts.get(&category).copied().unwrap_or(0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate is shown with one decimal")]
fn per_second(moved: u64, seconds: f64) -> Option<f64> {
    (moved > 0 && seconds > 0.0).then(|| (moved as f64 / seconds * 10.0).round() / 10.0)
}

impl Report for RedriveReport {
    const KIND: &'static str = "dlq.redrive";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
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

    fn render(&self, view: &View) -> String {
        self.text(view)
    }
}

#[cfg(test)]
mod tests;
