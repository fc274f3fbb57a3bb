//! Outcome of a command from its counts, by one truth table.

use serde::{Deserialize, Serialize};

/// Counts of a run. Every unit of work (message, line, entry) is in exactly one of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Done as asked.
    pub done: u64,
    /// Skipped because the operator's selection excludes it (class, filter, `--max`).
    pub excluded: u64,
    /// Should have been done but was not.
    pub failed: u64,
    /// Done in part, or possibly: sent but not deleted, response lost, or undecided because the
    /// operator's expression failed on it.
    pub partly: u64,
    /// Named by the operator but not found.
    pub missing: u64,
}

/// Overall result of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All requested work was done.
    Success,
    /// Some work was done and some failed.
    Partial,
    /// There was nothing to do.
    NothingToDo,
    /// A class named by `--fail-on` was found.
    Findings,
    /// A service failed, and nothing could be done.
    Failed,
    /// Stopped because too many redriven messages came back.
    Bounced,
    /// Stopped by a signal; work in flight was finished and reported.
    Interrupted,
}

impl Tally {
    /// Returns the outcome. Partial success is never success; an interruption takes precedence,
    /// since the caller must know that work is left.
    ///
    /// | interrupted | partly | failed | missing | done | outcome |
    /// |---|---|---|---|---|---|
    /// | yes | any | any | any | any | interrupted |
    /// | no | > 0 | any | any | any | partial |
    /// | no | 0 | > 0 | any | > 0 | partial |
    /// | no | 0 | > 0 | any | 0 | failed |
    /// | no | 0 | 0 | > 0 | > 0 | partial |
    /// | no | 0 | 0 | > 0 | 0 | nothing to do |
    /// | no | 0 | 0 | 0 | > 0 | success |
    /// | no | 0 | 0 | 0 | 0 | nothing to do |
    #[must_use]
    pub fn outcome(self, interrupted: bool) -> Outcome {
        if interrupted {
            return Outcome::Interrupted;
        }
        if self.partly > 0 {
            return Outcome::Partial;
        }
        match (self.failed > 0, self.missing > 0, self.done > 0) {
            (true, _, true) | (false, true, true) => Outcome::Partial,
            (true, _, false) => Outcome::Failed,
            (false, false, true) => Outcome::Success,
            (false, _, false) => Outcome::NothingToDo,
        }
    }
}
