//! Report of a backfill.

use reco_core::item::KeyType;
use reco_core::outcome::{Outcome, Tally};
use reco_core::shard::Shard;
use serde::Serialize;

pub use super::inputs::{At, InputFailure, InputReport};
use super::plan::Plan;
use super::prepare::{PrepareError, Route};
use super::rejects::Reject;
pub use super::run_counts::{EntryCounts, LineCounts, RunCounts};
pub use super::sink::emit::EmitReport;
pub use super::sink::queue::QueueReport;
pub use super::sizes::ItemSizes;
use super::verify::Verification;
pub use super::write_options::BudgetReport;
pub use super::writes::{Throttling, Writes};
use crate::aws::ListType;

/// Report of a backfill or dry run.
#[derive(Debug, Serialize)]
pub struct BackfillReport {
    /// Result of the run.
    pub outcome: Outcome,
    /// True if nothing was written on purpose.
    pub dry_run: bool,
    /// Where entries went, or would have gone.
    pub destination: Destination,
    /// The table; `None` in a dry run without one.
    pub table: Option<String>,
    /// The type of its partition key.
    pub key_type: KeyType,
    /// The type of the ids in lists, and what decided it.
    #[serde(flatten)]
    pub list_type: ListType,
    /// True if only what is newer than the table's own was written.
    pub if_newer: bool,
    /// SHA-256 of the policy in force.
    pub policy_fingerprint: String,
    /// Where facts came from.
    pub facts: &'static str,
    /// True if rules that need facts were skipped for want of them.
    pub rules_skipped: bool,
    /// The inputs.
    pub inputs: Vec<InputReport>,
    /// Lines, entries, articles and items by what became of them (in a dry run: would become).
    #[serde(flatten)]
    pub counts: RunCounts,
    /// Batches of up to 25 items that they made; with `if_newer` each item is a call of its own.
    pub batches: u64,
    /// Items that came while one of the same user was being written, and waited for that.
    pub waited_for_key: u64,
    /// The write budget.
    pub budget: BudgetReport,
    /// Cost of the writes.
    pub writes: Writes,
    /// Seconds from the first line to the last answer.
    pub duration_s: f64,
    /// Items written a second.
    pub items_per_s: f64,
    /// The rejects file, when it holds any.
    pub rejects_file: Option<String>,
    /// The first few rejects, their text shortened.
    pub first_rejects: Vec<Reject>,
    /// Shard of the input.
    pub shard: Option<Shard>,
    /// Sent messages, for a queue destination.
    pub queue: Option<QueueReport>,
    /// Emitted files, for a file destination.
    pub emit: Option<EmitReport>,
    /// Reason for an early end of the run.
    pub stopped: Option<Stopped>,
    /// Where it is kept how far the run came; `None` where it cannot be resumed.
    pub checkpoint: Option<CheckpointReport>,
    /// Progress of the resumed runs; included in all counts.
    pub resumed: Option<Resumed>,
    /// Write plan; of a dry run only.
    pub plan: Option<Plan>,
    /// Result of the verification, if requested and the whole input was processed.
    pub verification: Option<Verification>,
}

/// Where entries go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    /// Into the table.
    Table,
    /// Into the source queue, to be filtered and written by the Lambda.
    Queue,
    /// Into files, for DynamoDB to read.
    Files,
}

impl From<Route> for Destination {
    fn from(route: Route) -> Self {
        match route {
            Route::Table => Destination::Table,
            Route::Files => Destination::Files,
            Route::Queue(_) => Destination::Queue,
        }
    }
}

/// A run's checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckpointReport {
    /// The file.
    pub file: String,
    /// True if the input is dealt with to its end.
    pub finished: bool,
    /// Reason why it could not be saved, where it could not.
    pub failure: Option<String>,
}

/// Resumed progress.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resumed {
    /// The first line that was read again.
    pub from: At,
    /// Lines that were dealt with before.
    pub lines: u64,
    /// Items that were written before.
    pub written: u64,
    /// Seconds that the earlier runs took.
    pub duration_s: f64,
    /// Number of earlier runs.
    pub runs: u32,
    /// True if the earlier runs had finished already, so that nothing was left to do.
    pub was_finished: bool,
}

/// Reason for an early end of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Stopped {
    /// The cause's kind.
    pub cause: Cause,
    /// The cause in words.
    pub reason: String,
    /// Every line before this one is settled; run again from here.
    pub resume_from: At,
    /// Nothing from this line on was written.
    pub untouched_from: At,
}

/// Kind of cause that ended a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Ctrl-C or SIGTERM.
    Interrupted,
    /// No facts could be had.
    Facts,
    /// The table takes nothing.
    Table,
    /// Rejects could not be recorded.
    Rejects,
    /// More was rejected than `--max-rejects` allows.
    TooManyRejects,
    /// The queue takes nothing.
    Queue,
    /// Files could not be written.
    Files,
}

impl Cause {
    /// Returns the cause for lines that could not be filtered.
    pub fn of(error: &PrepareError) -> Self {
        match error {
            PrepareError::Facts(_) => Cause::Facts,
            PrepareError::Lists(_) => Cause::Table,
        }
    }
}

impl BackfillReport {
    /// Returns the outcome of the run, from its counts. Rejects and incomplete inputs are failures;
    /// entries skipped by the policy are not.
    pub fn judge(&self) -> Outcome {
        let written = self.judge_writing();
        let Some(verification) = &self.verification else { return written };
        // What differs outranks what was rejected: the report names both.
        match (written, verification.outcome()) {
            (Outcome::Interrupted | Outcome::Failed, _) => written,
            (_, found @ (Outcome::Interrupted | Outcome::Findings)) => found,
            (_, Outcome::Partial | Outcome::Failed) => Outcome::Partial,
            _ => written,
        }
    }

    fn judge_writing(&self) -> Outcome {
        if self.resumed.as_ref().is_some_and(|resumed| resumed.was_finished) {
            return Outcome::NothingToDo;
        }
        let broken = self.inputs.iter().filter(|input| input.failure.is_some()).count() as u64;
        let EntryCounts {
            written,
            deleted,
            stale,
            skipped,
            coalesced,
            other_shard,
            rejected,
            failed,
            left,
            ..
        } = self.counts.entries;
        let stopped = u64::from(self.stopped.is_some());
        let tally = Tally {
            done: written + deleted,
            excluded: skipped + coalesced + stale + other_shard,
            failed: rejected + failed + left + broken + stopped,
            ..Tally::default()
        };
        let interrupted =
            self.stopped.as_ref().is_some_and(|stopped| stopped.cause == Cause::Interrupted);
        tally.outcome(interrupted)
    }
}
