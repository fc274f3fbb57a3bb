//! From what a command did to how it ends: one pure truth table.

use serde::{Deserialize, Serialize};

/// Counts of a run. Every unit of work (message, line, entry) is in exactly one of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Done as asked.
    pub done: u64,
    /// Left alone because the operator's own choice excludes it (class, filter, `--max`).
    pub excluded: u64,
    /// Should have been done and was not.
    pub failed: u64,
    /// Done in part, or perhaps: sent and not deleted, its answer lost, not decided because the
    /// operator's own expression failed on it.
    pub partly: u64,
    /// Named by the operator, and not there.
    pub missing: u64,
}

/// End record of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Everything that was asked is done.
    Success,
    /// Some is done and some failed.
    Partial,
    /// There was nothing to do.
    NothingToDo,
    /// A class named by `--fail-on` was found.
    Findings,
    /// A service failed, and nothing could be done.
    Failed,
    /// Stopped because too much of what was redriven came back.
    Bounced,
    /// Stopped by a signal; what was in flight was finished and reported.
    Interrupted,
}

impl Tally {
    /// The truth table. Partial success is never success; an interruption outranks all, since the
    /// caller must know that the work was not finished.
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
