//! Report of a resume.

use std::collections::BTreeMap;

use reco_core::outcome::{Outcome, Tally};
use reco_core::run_by::RunBy;
use serde::Serialize;

use crate::sqs::Released;

/// Result for an unfinished message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Resumed {
    /// In the destination, and now deleted from the DLQ.
    Deleted,
    /// In the destination, and already gone from the DLQ.
    Gone,
    /// Sent again under the deduplication id of the first send, and deleted.
    Resent,
    /// In the destination; not seen in the DLQ, where other consumers hold messages.
    NotSeen,
    /// In the destination, and still in the DLQ.
    NotDeleted {
        /// Reason why it was not deleted.
        reason: String,
    },
    /// In the DLQ, and possibly in the destination as well.
    Uncertain {
        /// Reason for the uncertainty.
        reason: String,
    },
}

impl Resumed {
    /// Returns the name used in reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

/// Unfinished message with its result.
#[derive(Debug, Serialize)]
pub struct ResumedRow {
    /// Message id.
    pub message_id: String,
    /// What happened to the message.
    #[serde(flatten)]
    pub fate: Resumed,
}

/// Report of a resume.
#[derive(Debug, Serialize)]
pub struct ResumeReport {
    /// Path of the journal.
    pub journal: String,
    /// Id of the resumed run.
    pub run_id: Option<String>,
    /// ARN of the DLQ.
    pub source: Option<String>,
    /// ARN of the destination, if there is only one.
    pub destination: Option<String>,
    /// Line number of a truncated last line; null if there is none.
    pub torn_line: Option<u64>,
    /// Number of messages by fate.
    pub counts: BTreeMap<&'static str, u64>,
    /// True if no work is left for another resume.
    pub finished: bool,
    /// Release of messages that were received on the way.
    #[serde(flatten)]
    pub released: Released,
    /// Stopped by a signal.
    pub interrupted: bool,
    /// Signature of the run.
    pub by: RunBy,
    /// Every unfinished message, by id.
    pub messages: Vec<ResumedRow>,
}

impl ResumeReport {
    /// Returns the outcome of the resume.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let sum =
            |names: &[&str]| names.iter().filter_map(|name| self.counts.get(name)).sum::<u64>();
        let tally = Tally {
            done: sum(&["deleted", "gone", "resent"]),
            // Not a failure: the run was interrupted where its effect cannot be determined.
            partly: sum(&["not-seen", "not-deleted", "uncertain"]) + self.released.invisible(),
            ..Tally::default()
        };
        tally.outcome(self.interrupted)
    }

    /// Enters the result of each message.
    pub(super) fn enter(&mut self, finished: Finished) {
        for fate in finished.outcomes.values() {
            *self.counts.entry(fate.name()).or_default() += 1;
        }
        let open = |one: &Resumed| matches!(one, Resumed::NotSeen | Resumed::NotDeleted { .. });
        self.finished = !finished.outcomes.values().any(open);
        let rows = finished.outcomes.into_iter();
        self.messages = rows.map(|(message_id, fate)| ResumedRow { message_id, fate }).collect();
        self.released = finished.released;
    }

    pub(super) fn end(&self) -> (Outcome, BTreeMap<String, u64>) {
        let counts = self.counts.iter().map(|(name, count)| ((*name).to_owned(), *count));
        (self.outcome(), counts.collect())
    }
}

/// Results of a resume.
#[derive(Debug, Default)]
pub(super) struct Finished {
    /// Result of every unfinished message, by id.
    pub(super) outcomes: BTreeMap<String, Resumed>,
    /// Messages received on the way and released.
    pub(super) released: Released,
}
