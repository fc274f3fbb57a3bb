//! Report of an export or purge: every received message has exactly one fate.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use reco_core::classify::Class;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use super::Task;
use crate::aws::sqs::Damaged;
use crate::dlq::judge::Provenance;
use crate::dlq::reach::Reach;
use crate::dlq::scan::Found;
use crate::dlq::session::Queues;
use crate::sqs::Released;

/// Fate of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// In the file, and in the DLQ as before.
    Exported,
    /// No longer in the DLQ.
    Deleted,
    /// Would be exported or deleted.
    Planned,
    /// Not chosen.
    Skipped,
    /// Chosen, but beyond `--max`.
    BeyondMax,
    /// Perhaps still in the DLQ.
    NotDeleted,
    /// In the DLQ: it was not its turn.
    Left,
    /// In the DLQ: it came garbled.
    Damaged,
}

impl Fate {
    /// As tables name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Fate::Exported => "exported",
            Fate::Deleted => "deleted",
            Fate::Planned => "planned",
            Fate::Skipped => "skipped",
            Fate::BeyondMax => "beyond max",
            Fate::NotDeleted => "not deleted",
            Fate::Left => "left",
            Fate::Damaged => "damaged",
        }
    }

    /// Whether each message has a reason of its own.
    #[must_use]
    pub const fn has_reason(self) -> bool {
        matches!(self, Fate::NotDeleted | Fate::Left | Fate::Damaged)
    }
}

/// One message and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Its id.
    pub message_id: String,
    /// Its class; none of one that came garbled.
    pub class: Option<Class>,
    /// Result.
    pub fate: Fate,
    /// Whether the file has it.
    pub in_file: bool,
    /// Why, where that needs to be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Record {
    pub(super) fn of(found: &Found, fate: Fate) -> Self {
        let (message_id, class) = (found.row.message_id.clone(), Some(found.row.verdict.class));
        Record { message_id, class, fate, in_file: false, reason: None }
    }

    pub(super) fn damaged(damaged: &Damaged) -> Self {
        let (message_id, reason) = (damaged.message_id.clone(), Some(damaged.reason.clone()));
        Record { message_id, class: None, fate: Fate::Damaged, in_file: false, reason }
    }

    pub(super) fn because(self, reason: Option<String>) -> Self {
        Record { reason, ..self }
    }

    pub(super) fn in_file(self, in_file: bool) -> Self {
        Record { in_file, ..self }
    }

    /// Whether it was chosen, whatever became of it.
    pub(super) fn is_chosen(&self) -> bool {
        !matches!(self.fate, Fate::Skipped | Fate::BeyondMax | Fate::Damaged)
    }

    pub(super) fn message_id(&self) -> &str {
        &self.message_id
    }
}

/// The file as the report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileRow {
    /// Its path.
    pub path: String,
    /// Messages in it.
    pub messages: u64,
    /// Its size.
    pub bytes: u64,
    /// Whether it has everything that it was to have.
    pub complete: bool,
}

impl FileRow {
    pub(super) fn of(path: &Path, messages: u64, complete: bool) -> Self {
        let bytes = path.metadata().map_or(0, |data| data.len());
        FileRow { path: path.display().to_string(), messages, bytes, complete }
    }
}

/// Result of the run, apart from the messages.
#[derive(Debug, Default)]
pub(super) struct CollectSummary {
    /// Messages received.
    pub(super) seen: u64,
    /// Messages chosen, up to `--max`.
    pub(super) chosen: u64,
    /// Reach of the scan in the DLQ.
    pub(super) reach: Reach,
    /// Deliveries of messages that were held already.
    pub(super) repeated: u64,
    /// Messages on which `--where` failed.
    pub(super) undecided: u64,
    /// Ids that were asked for and not received.
    pub(super) missing: Vec<String>,
    /// Reason why it stopped: the file cannot be written any more.
    pub(super) halted: Option<String>,
    /// The file, where it has any message.
    pub(super) file: Option<FileRow>,
    /// Time spent.
    pub(super) time: Duration,
    /// Stopped by a signal.
    pub(super) interrupted: bool,
}

/// Report of an export or purge.
#[derive(Debug, Serialize)]
pub struct Collected {
    /// The queues.
    #[serde(flatten)]
    pub queues: Queues,
    /// Provenance of the classification.
    #[serde(flatten)]
    pub basis: Provenance,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// Whether chosen messages are deleted.
    pub delete: bool,
    /// Messages received; the sum of `counts`.
    pub seen: u64,
    /// Messages by what became of them.
    pub counts: BTreeMap<Fate, u64>,
    /// Chosen messages by class.
    pub chosen_by_class: BTreeMap<Class, u64>,
    /// Messages on which `--where` failed.
    pub undecided: u64,
    /// Ids that were asked for and not received.
    pub missing: Vec<String>,
    /// Reach of the scan in the DLQ.
    #[serde(flatten)]
    pub reach: Reach,
    /// Deliveries of messages that were held already.
    pub repeated: u64,
    /// The file with the messages; null when nothing was written.
    pub file: Option<FileRow>,
    /// Seconds that it took.
    pub duration_s: f64,
    /// What was let go of.
    #[serde(flatten)]
    pub released: Released,
    /// Stopped by a signal.
    pub interrupted: bool,
    /// Whether a number of messages was asked for.
    #[serde(skip)]
    pub limited: bool,
    /// Every message that was received.
    pub messages: Vec<Record>,
}

impl Collected {
    pub(super) fn new(
        (queues, basis): (Queues, Provenance),
        task: &Task<'_>,
        messages: Vec<Record>,
        released: Released,
        ending: CollectSummary,
    ) -> Self {
        let mut counts: BTreeMap<Fate, u64> = BTreeMap::new();
        let mut chosen_by_class: BTreeMap<Class, u64> = BTreeMap::new();
        for record in &messages {
            *counts.entry(record.fate).or_default() += 1;
            let chosen = !matches!(record.fate, Fate::Skipped | Fate::BeyondMax);
            if let (true, Some(class)) = (chosen, record.class) {
                *chosen_by_class.entry(class).or_default() += 1;
            }
        }
        Collected {
            queues,
            basis,
            dry_run: task.dry_run,
            delete: task.delete,
            seen: ending.seen,
            counts,
            chosen_by_class,
            undecided: ending.undecided,
            missing: ending.missing,
            reach: ending.reach,
            repeated: ending.repeated,
            file: ending.file,
            duration_s: (ending.time.as_secs_f64() * 1000.0).round() / 1000.0,
            released,
            interrupted: ending.interrupted,
            limited: task.max.is_some(),
            messages,
        }
    }

    /// Messages of which this became.
    #[must_use]
    pub fn of(&self, fate: Fate) -> u64 {
        self.counts.get(&fate).copied().unwrap_or(0)
    }

    /// Returns the outcome. A run that could not reach every message is partial, unless only a
    /// number of messages was requested.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let missed = if self.limited { 0 } else { self.reach.missed() };
        let tally = Tally {
            done: self.of(Fate::Exported) + self.of(Fate::Deleted) + self.of(Fate::Planned),
            excluded: (self.of(Fate::Skipped) + self.of(Fate::BeyondMax))
                .saturating_sub(self.undecided),
            failed: self.of(Fate::Left) + self.of(Fate::Damaged) + self.released.invisible(),
            // Perhaps deleted; and what the expression failed on was perhaps meant.
            partly: self.of(Fate::NotDeleted) + self.undecided + missed,
            missing: self.missing.len() as u64,
        };
        tally.outcome(self.interrupted)
    }
}
