//! What a resume did, as reported.

use std::collections::BTreeMap;

use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use crate::sqs::Released;

/// Result for a message that was left unfinished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Resumed {
    /// The destination has it, and now it is deleted from the DLQ.
    Deleted,
    /// The destination has it, and the DLQ had it no more.
    Gone,
    /// Sent again under the deduplication id of the first send, and deleted.
    Resent,
    /// The destination has it; it was not seen in the DLQ, where others hold messages.
    NotSeen,
    /// The destination has it; it is still in the DLQ.
    NotDeleted {
        /// Reason.
        reason: String,
    },
    /// In the DLQ, and perhaps at the destination as well.
    Uncertain {
        /// Reason for the uncertainty.
        reason: String,
    },
}

impl Resumed {
    /// As reports name it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Resumed::Deleted => "deleted",
            Resumed::Gone => "gone",
            Resumed::Resent => "resent",
            Resumed::NotSeen => "not-seen",
            Resumed::NotDeleted { .. } => "not-deleted",
            Resumed::Uncertain { .. } => "uncertain",
        }
    }
}

/// One message that was left unfinished.
#[derive(Debug, Serialize)]
pub struct ResumedRow {
    /// Its id.
    pub message_id: String,
    /// Result.
    #[serde(flatten)]
    pub fate: Resumed,
}

/// Report of a resume.
#[derive(Debug, Serialize)]
pub struct ResumeReport {
    /// The journal.
    pub journal: String,
    /// The run that it is of.
    pub run_id: Option<String>,
    /// ARN of the DLQ.
    pub source: Option<String>,
    /// ARN of the destination, where there is only one.
    pub destination: Option<String>,
    /// The last line had been cut off while it was written.
    pub torn_line: Option<u64>,
    /// Messages by what became of them.
    pub counts: BTreeMap<&'static str, u64>,
    /// True if nothing is left that another resume could do.
    pub finished: bool,
    /// What was received on the way and let go.
    #[serde(flatten)]
    pub released: Released,
    /// Stopped by a signal.
    pub interrupted: bool,
    /// Every message that was open, by id.
    pub messages: Vec<ResumedRow>,
}

impl ResumeReport {
    /// Result of the resume.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let sum =
            |names: &[&str]| names.iter().filter_map(|name| self.counts.get(name)).sum::<u64>();
        let tally = Tally {
            done: sum(&["deleted", "gone", "resent"]),
            // Nothing is broken: the run was cut off where nobody can know more.
            partly: sum(&["not-seen", "not-deleted", "uncertain"]) + self.released.invisible(),
            ..Tally::default()
        };
        tally.outcome(self.interrupted)
    }

    /// Enters what became of each message.
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

/// What was done.
#[derive(Debug, Default)]
pub(super) struct Finished {
    /// Every message that was open, by id.
    pub(super) outcomes: BTreeMap<String, Resumed>,
    /// Messages received on the way and let go.
    pub(super) released: Released,
}
