//! Report of a backfill.

use reco_core::filter::DropCounts;
use reco_core::item::KeyType;
use reco_core::outcome::{Outcome, Tally};
use reco_core::shard::Shard;
use reco_store::writer::WriteReport;
use serde::{Deserialize, Serialize};

use super::lines::Place;
use super::plan::Plan;
use super::prepare::{PrepareError, Route};
use super::rejects::Reject;
use super::run_counts::Reasons;
pub use super::run_counts::{EntryCounts, LineCounts};
pub use super::sink::emit::EmitReport;
pub use super::sink::queue::QueueReport;
pub use super::sizes::ItemSizes;
use super::verify::Verification;
pub use super::write_options::BudgetReport;
use crate::aws::ListType;
use crate::files::input::{Compression, Source};

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
    /// Lines by what became of them.
    pub lines: LineCounts,
    /// Entries by what became of them.
    pub entries: EntryCounts,
    /// Skipped entries by reason.
    pub skipped: Reasons,
    /// Rejected entries and lines by reason.
    pub rejected: Reasons,
    /// Article ids in the lists to write.
    pub kept_articles: u64,
    /// Article ids that the filter dropped, by reason.
    pub dropped_articles: DropCounts,
    /// Sizes of the items written (in a dry run: to be written).
    pub items: ItemSizes,
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

/// One input.
#[derive(Debug, Clone, Serialize)]
pub struct InputReport {
    /// Its name; `-` is stdin.
    pub name: String,
    /// Its size as stored, in bytes; `None` for pipes.
    pub bytes: Option<u64>,
    /// Compression.
    pub compression: Compression,
    /// Failure that ended it early, with its position.
    pub failure: Option<InputFailure>,
}

/// An input that broke off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFailure {
    /// The line in which it did, from 1.
    pub line: u64,
    /// Reason.
    pub reason: String,
}

impl From<&Source> for InputReport {
    fn from(source: &Source) -> Self {
        InputReport {
            name: source.name.clone(),
            bytes: source.bytes,
            compression: source.compression,
            failure: None,
        }
    }
}

/// Cost of the writes, as reported by DynamoDB.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Writes {
    /// Write capacity units consumed, indexes included.
    pub consumed_wcu: f64,
    /// `BatchWriteItem` calls; where only what is newer is written, `PutItem` and `DeleteItem`.
    pub calls: u64,
    /// Calls made again.
    pub retries: u64,
    /// Items that came back as `UnprocessedItems`, each time counted.
    pub returned_items: u64,
    /// Calls refused whole as too fast.
    pub throttled_calls: u64,
    /// Throttling reasons, if DynamoDB reported them.
    pub throttling: Vec<Throttling>,
}

/// A cause of throttling and how often it was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttling {
    /// For example `TableWriteProvisionedThroughputExceeded`.
    pub reason: String,
    /// The ARN of the table or index.
    pub resource: String,
    /// Count.
    pub count: u64,
}

impl Writes {
    /// Adds what one batch took.
    pub fn add(&mut self, report: &WriteReport) {
        self.consumed_wcu += report.wcu;
        self.calls += report.calls;
        self.retries += report.retries;
        self.returned_items += report.returned;
        self.throttled_calls += report.throttled_calls;
        for (cause, count) in &report.throttling {
            let same =
                |t: &&mut Throttling| t.reason == cause.reason && t.resource == cause.resource;
            match self.throttling.iter_mut().find(same) {
                Some(known) => known.count += count,
                None => self.throttling.push(Throttling {
                    reason: cause.reason.clone(),
                    resource: cause.resource.clone(),
                    count: *count,
                }),
            }
        }
    }
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

/// A line, by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct At {
    /// The input's name.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Byte offset in the decompressed input, from 0.
    pub offset: u64,
}

impl At {
    /// Names a place before there is a report.
    pub fn in_sources(sources: &[Source], at: Place) -> Self {
        let file = sources.get(at.file).map(|source| source.name.clone()).unwrap_or_default();
        At { file, line: at.line, offset: at.offset }
    }

    /// Names a place.
    pub fn new(inputs: &[InputReport], at: Place) -> Self {
        let file = inputs.get(at.file).map(|input| input.name.clone()).unwrap_or_default();
        At { file, line: at.line, offset: at.offset }
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
        } = self.entries;
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
