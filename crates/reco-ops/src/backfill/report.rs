//! Report of a backfill.

use reco_core::Time;
use reco_core::item::KeyType;
use reco_core::outcome::{Outcome, Tally};
use reco_core::run_by::RunBy;
use reco_core::shard::Shard;
use serde::Serialize;

pub use super::foresight::CompareReport;
pub use super::inputs::{At, InputFailure, InputReport};
use super::plan::BackfillPlan;
use super::prepare::{EntryRoute, PrepareError};
use super::rejects::Reject;
pub use super::run_counts::{EntryCounts, LineCounts, RunCounts};
pub use super::sink::emit::EmitReport;
pub use super::sink::queue::QueueReport;
pub use super::sizes::ItemSizes;
pub use super::slots::ConcurrencyReport;
use super::verify::Verification;
pub use super::write_options::BudgetReport;
pub use super::writes::{Throttling, Writes};
use crate::aws::ListType;

/// Report of a backfill or dry run.
#[derive(Debug, Serialize)]
pub struct BackfillReport {
    /// Result of the run.
    pub outcome: Outcome,
    /// True for a dry run.
    pub dry_run: bool,
    /// Destination of entries (in a dry run: as planned).
    pub destination: BackfillDestination,
    /// Table name; `None` in a dry run without a table.
    pub table: Option<String>,
    /// Type of the partition key.
    pub key_type: KeyType,
    /// Type of the ids in lists, and its source.
    #[serde(flatten)]
    pub list_type: ListType,
    /// True if only older items were replaced.
    pub if_newer: bool,
    /// SHA-256 of the effective policy.
    pub policy_fingerprint: String,
    /// Source of the facts.
    pub facts: &'static str,
    /// True if rules that need facts were skipped because no facts are configured.
    pub rules_skipped: bool,
    /// Inputs, in order.
    pub inputs: Vec<InputReport>,
    /// Lines, entries, articles and items by outcome (in a dry run: expected outcome).
    #[serde(flatten)]
    pub counts: RunCounts,
    /// Batches of up to 25 items; with `if_newer` each item is a separate call.
    pub batches: u64,
    /// Items that waited because an item of the same user was being written.
    pub waited_for_key: u64,
    /// Write budget and its use.
    pub budget: BudgetReport,
    /// Batches in flight, and what limited the speed of this run.
    pub concurrency: ConcurrencyReport,
    /// Cost of the writes.
    pub writes: Writes,
    /// Seconds from the first line to the last response.
    pub duration_s: f64,
    /// Items written per second.
    pub items_per_s: f64,
    /// Rejects file, if it holds any rejects.
    pub rejects_file: Option<String>,
    /// First few rejects, with shortened text.
    pub first_rejects: Vec<Reject>,
    /// Shard of the input.
    pub shard: Option<Shard>,
    /// Sent messages, for a queue destination.
    pub queue: Option<QueueReport>,
    /// Emitted files, for a file destination.
    pub emit: Option<EmitReport>,
    /// Reason for an early end of the run.
    pub stopped: Option<Stopped>,
    /// Checkpoint of the run; `None` if it cannot be resumed.
    pub checkpoint: Option<CheckpointReport>,
    /// Progress of the earlier runs; included in all counts.
    pub resumed: Option<ResumedRun>,
    /// Write plan; only in a dry run.
    pub plan: Option<BackfillPlan>,
    /// Signature of the run.
    pub by: RunBy,
    /// Command line that continues a stopped run, if the caller knows it.
    pub next: Option<String>,
    /// What a dry run would change in the table, if requested.
    pub compare: Option<CompareReport>,
    /// Which items of the table were replaced; `None` for all.
    pub replaced: Option<ReplaceReport>,
    /// Result of the verification, if requested and the whole input was processed.
    pub verification: Option<Verification>,
}

/// Condition of the writes of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "only", rename_all = "kebab-case")]
pub enum ReplaceReport {
    /// Items that hold what this input wrote.
    WhereTableHolds {
        /// Name of the input.
        file: String,
        /// Lists and deletions in it.
        lists: u64,
        /// Lines and entries of it that could not be read.
        unread: u64,
    },
    /// Items with a time in this period.
    WrittenBetween {
        /// Start of the period.
        from: Time,
        /// End of the period.
        to: Time,
    },
}

/// Destination of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackfillDestination {
    /// Written to the table.
    Table,
    /// Sent to the source queue, to be filtered and written by the Lambda.
    Queue,
    /// Written to files for DynamoDB to import.
    Files,
}

impl From<EntryRoute> for BackfillDestination {
    fn from(route: EntryRoute) -> Self {
        match route {
            EntryRoute::Table => BackfillDestination::Table,
            EntryRoute::Files => BackfillDestination::Files,
            EntryRoute::Queue(_) => BackfillDestination::Queue,
        }
    }
}

/// Checkpoint of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckpointReport {
    /// Path of the file.
    pub file: String,
    /// True if the whole input is processed.
    pub finished: bool,
    /// Reason why it could not be saved, if so.
    pub failure: Option<String>,
}

/// Progress of the earlier runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResumedRun {
    /// First line that was read again.
    pub from: At,
    /// Lines processed by earlier runs.
    pub lines: u64,
    /// Items written by earlier runs.
    pub written: u64,
    /// Duration of the earlier runs, in seconds.
    pub duration_s: f64,
    /// Number of earlier runs.
    pub runs: u32,
    /// True if the earlier runs had finished, so that nothing was left to do.
    pub was_finished: bool,
}

/// Reason for an early end of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Stopped {
    /// Kind of cause.
    pub cause: StopCause,
    /// Cause in words.
    pub reason: String,
    /// First line that is not settled; run again from here.
    pub resume_from: At,
    /// Line from which on nothing was written.
    pub untouched_from: At,
}

/// Kind of cause that ended a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopCause {
    /// Ctrl-C or SIGTERM.
    Interrupted,
    /// Facts database unavailable.
    Facts,
    /// Table that accepts no writes.
    Table,
    /// Rejects file that could not be written.
    Rejects,
    /// More rejects than `--max-rejects` allows.
    TooManyRejects,
    /// Queue that accepts no messages.
    Queue,
    /// Files that could not be written.
    Files,
}

impl StopCause {
    /// Returns the cause for a filter error.
    pub fn of(error: &PrepareError) -> Self {
        match error {
            PrepareError::Facts(_) => StopCause::Facts,
            PrepareError::Lists(_) => StopCause::Table,
        }
    }
}

impl BackfillReport {
    /// Returns the outcome of the run, from its counts. Rejects and incomplete inputs are failures;
    /// entries skipped by the policy are not.
    pub fn judge(&self) -> Outcome {
        let written = self.judge_writing();
        let Some(verification) = &self.verification else { return written };
        // Differences take precedence over rejects; the report names both.
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
            kept,
            skipped,
            coalesced,
            other_shard,
            rejected,
            failed,
            left,
            ..
        } = self.counts.entries;
        let stopped = u64::from(self.stopped.is_some());
        let unread = match &self.replaced {
            Some(ReplaceReport::WhereTableHolds { unread, .. }) => *unread,
            _ => 0,
        };
        let tally = Tally {
            // Lists of the wrong file that could not be read stay in the table.
            partly: unread,
            done: written + deleted,
            excluded: skipped + coalesced + stale + kept + other_shard,
            failed: rejected + failed + left + broken + stopped,
            ..Tally::default()
        };
        let interrupted =
            self.stopped.as_ref().is_some_and(|stopped| stopped.cause == StopCause::Interrupted);
        tally.outcome(interrupted)
    }
}
