//! Report of an export or purge: every received message has exactly one fate.

use std::collections::BTreeMap;
use std::path::Path;

use reco_core::classify::Class;
use reco_core::outcome::{Outcome, Tally};
use reco_core::run_by::RunBy;
use serde::Serialize;

use crate::aws::sqs::Damaged;
use crate::dlq::judge::Provenance;
use crate::dlq::reach::Reach;
use crate::dlq::scan::Found;
use crate::dlq::session::Queues;
use crate::dlq::waves::Waves;
use crate::sqs::Released;

/// What happened to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// In the file, and still in the DLQ.
    Exported,
    /// No longer in the DLQ.
    Deleted,
    /// Would be exported or deleted.
    Planned,
    /// Not selected.
    Skipped,
    /// Selected, but beyond `--max`.
    #[strum(serialize = "beyond max")]
    BeyondMax,
    /// Possibly still in the DLQ.
    #[strum(serialize = "not deleted")]
    NotDeleted,
    /// Still in the DLQ: not attempted.
    Left,
    /// Still in the DLQ: corrupted in transit.
    Damaged,
}

impl Fate {
    /// Returns the name used in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Returns whether each message has its own reason.
    #[must_use]
    pub const fn has_reason(self) -> bool {
        matches!(self, Fate::NotDeleted | Fate::Left | Fate::Damaged)
    }
}

/// Message with its fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CollectedMessage {
    /// Message id.
    pub message_id: String,
    /// Class of the message; null if it was corrupted in transit.
    pub class: Option<Class>,
    /// What happened to the message.
    pub fate: Fate,
    /// True if the message is in the file.
    pub in_file: bool,
    /// Reason for the fate, if it needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl CollectedMessage {
    pub(super) fn of(found: &Found, fate: Fate) -> Self {
        let (message_id, class) = (found.row.message_id.clone(), Some(found.row.verdict.class));
        CollectedMessage { message_id, class, fate, in_file: false, reason: None }
    }

    pub(super) fn damaged(damaged: &Damaged) -> Self {
        let (message_id, reason) = (damaged.message_id.clone(), Some(damaged.reason.clone()));
        CollectedMessage { message_id, class: None, fate: Fate::Damaged, in_file: false, reason }
    }

    pub(super) fn because(self, reason: Option<String>) -> Self {
        CollectedMessage { reason, ..self }
    }

    pub(super) fn in_file(self, in_file: bool) -> Self {
        CollectedMessage { in_file, ..self }
    }

    pub(super) fn message_id(&self) -> &str {
        &self.message_id
    }
}

/// File as shown in the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileRow {
    /// Path of the file.
    pub path: String,
    /// Number of messages in it.
    pub messages: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// True if it has all requested messages.
    pub complete: bool,
}

impl FileRow {
    pub(super) fn of(path: &Path, messages: u64, complete: bool) -> Self {
        let bytes = path.metadata().map_or(0, |data| data.len());
        FileRow { path: path.display().to_string(), messages, bytes, complete }
    }
}

/// Report of an export or purge.
#[derive(Debug, Default, Serialize)]
pub struct Collected {
    /// Names and depth of the queues.
    #[serde(flatten)]
    pub queues: Queues,
    /// Provenance of the classification.
    #[serde(flatten)]
    pub basis: Provenance,
    /// True if nothing was changed.
    pub dry_run: bool,
    /// True if selected messages are deleted.
    pub delete: bool,
    /// Messages received; the sum of `counts`.
    pub seen: u64,
    /// Number of messages by fate.
    pub counts: BTreeMap<Fate, u64>,
    /// Number of selected messages by class.
    pub chosen_by_class: BTreeMap<Class, u64>,
    /// Messages on which `--where` failed.
    pub undecided: u64,
    /// Requested ids that were not received.
    pub missing: Vec<String>,
    /// Reach of the scan in the DLQ.
    #[serde(flatten)]
    pub reach: Reach,
    /// Deliveries of messages that were already held.
    pub repeated: u64,
    /// File with the messages; null if none was written.
    pub file: Option<FileRow>,
    /// Duration in seconds.
    pub duration_s: f64,
    /// Outcome of releasing messages.
    #[serde(flatten)]
    pub released: Released,
    /// Stopped by a signal.
    pub interrupted: bool,
    /// Signature of the run.
    pub by: RunBy,
    /// True if `--max` was given.
    #[serde(skip)]
    pub limited: bool,
    /// Every received message.
    pub messages: Vec<CollectedMessage>,
}

impl Collected {
    /// Enters what the scans received and what happened to each message.
    pub(super) fn with(self, waves: Waves, messages: Vec<CollectedMessage>) -> Self {
        let Waves { seen, early: _, repeated, again: _, count: _, reach, undecided, named: _ } =
            waves;
        let mut counts: BTreeMap<Fate, u64> = BTreeMap::new();
        let mut chosen_by_class: BTreeMap<Class, u64> = BTreeMap::new();
        for record in &messages {
            *counts.entry(record.fate).or_default() += 1;
            let chosen = !matches!(record.fate, Fate::Skipped | Fate::BeyondMax);
            if let (true, Some(class)) = (chosen, record.class) {
                *chosen_by_class.entry(class).or_default() += 1;
            }
        }
        Collected { seen, undecided, reach, repeated, counts, chosen_by_class, messages, ..self }
    }

    /// Returns the number of messages with this fate.
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
            // Possibly deleted, or possibly meant by the expression that failed on it.
            partly: self.of(Fate::NotDeleted) + self.undecided + missed,
            missing: self.missing.len() as u64,
        };
        tally.outcome(self.interrupted)
    }
}
