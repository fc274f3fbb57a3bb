//! What a backfill did.

use std::collections::BTreeMap;

use reco_core::filter::DropCounts;
use reco_core::item::KeyType;
use reco_core::outcome::{Outcome, Tally};
use reco_store::writer::WriteReport;
use serde::Serialize;

use super::input::{Compression, Source};
pub use super::ledger::{EntryCounts, LineCounts};
use super::lines::Place;
use super::rejects::Reject;

/// What a backfill did, or in a dry run would do.
#[derive(Debug, Serialize)]
pub struct BackfillReport {
    /// How it ended.
    pub outcome: Outcome,
    /// Whether nothing was written on purpose.
    pub dry_run: bool,
    /// The table; `None` in a dry run without one.
    pub table: Option<String>,
    /// The type of its partition key.
    pub key_type: KeyType,
    /// SHA-256 of the policy in force.
    pub policy_fingerprint: String,
    /// Where facts came from.
    pub facts: &'static str,
    /// Whether rules that need facts were skipped for want of them.
    pub rules_skipped: bool,
    /// The inputs.
    pub inputs: Vec<InputReport>,
    /// Lines by what became of them.
    pub lines: LineCounts,
    /// Entries by what became of them.
    pub entries: EntryCounts,
    /// Skipped entries by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Rejected entries and lines by reason.
    pub rejected: BTreeMap<&'static str, u64>,
    /// Article ids in the lists to write.
    pub kept_articles: u64,
    /// Article ids that the filter dropped, by reason.
    pub dropped_articles: DropCounts,
    /// Sizes of the items written (in a dry run: to be written).
    pub items: ItemSizes,
    /// What the writes took.
    pub writes: Writes,
    /// Seconds from the first line to the last answer.
    pub duration_s: f64,
    /// Items written a second.
    pub items_per_s: f64,
    /// The rejects file, when it holds any.
    pub rejects_file: Option<String>,
    /// The first few rejects, their text shortened.
    pub first_rejects: Vec<Reject>,
    /// What ended the run before its input did.
    pub stopped: Option<Stopped>,
}

/// One input.
#[derive(Debug, Clone, Serialize)]
pub struct InputReport {
    /// Its name; `-` is stdin.
    pub name: String,
    /// Its size as stored, in bytes; `None` for pipes.
    pub bytes: Option<u64>,
    /// How it is compressed.
    pub compression: Compression,
    /// What ended it early: where, and why.
    pub failure: Option<InputFailure>,
}

/// An input that broke off.
#[derive(Debug, Clone, Serialize)]
pub struct InputFailure {
    /// The line in which it did, from 1.
    pub line: u64,
    /// Why.
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

/// Sizes of items, in bytes by DynamoDB's rules, and what they cost.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct ItemSizes {
    /// The smallest.
    pub min_bytes: usize,
    /// The mean.
    pub avg_bytes: usize,
    /// The largest.
    pub max_bytes: usize,
    /// All together.
    pub total_bytes: u64,
    /// Their computed cost in WCU, when no larger item is replaced and no index is touched.
    pub wcu: u64,
    #[serde(skip)]
    count: u64,
}

impl ItemSizes {
    /// Counts an item of `bytes`.
    pub fn add(&mut self, bytes: usize) {
        self.min_bytes = if self.count == 0 { bytes } else { self.min_bytes.min(bytes) };
        self.max_bytes = self.max_bytes.max(bytes);
        self.count += 1;
        self.total_bytes += bytes as u64;
        self.avg_bytes = usize::try_from(self.total_bytes / self.count).unwrap_or(usize::MAX);
        self.wcu += reco_core::item::wcu(bytes);
    }
}

/// What the writes took, by DynamoDB's own account.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Writes {
    /// Write capacity units consumed, indexes included.
    pub consumed_wcu: f64,
    /// `BatchWriteItem` calls.
    pub calls: u64,
    /// Calls made again.
    pub retries: u64,
    /// Items that came back as `UnprocessedItems`, each time counted.
    pub returned_items: u64,
    /// Calls refused whole as too fast.
    pub throttled_calls: u64,
    /// What throttled them, where DynamoDB said so.
    pub throttling: Vec<Throttling>,
}

/// A cause of throttling and how often it was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Throttling {
    /// For example `TableWriteProvisionedThroughputExceeded`.
    pub reason: String,
    /// The ARN of the table or index.
    pub resource: String,
    /// How often.
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

/// What ended a run before its input did.
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

/// What kind of cause ended a run.
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
}

/// A line, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct At {
    /// The input's name.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Byte offset in the decompressed input, from 0.
    pub offset: u64,
}

impl At {
    /// Names a place.
    pub fn new(inputs: &[InputReport], at: Place) -> Self {
        let file = inputs.get(at.file).map(|input| input.name.clone()).unwrap_or_default();
        At { file, line: at.line, offset: at.offset }
    }
}

impl BackfillReport {
    /// How the run ended, from what it counted. Rejects and broken inputs are failures of the work
    /// that was asked for; what the policy skips is not.
    pub fn judge(&self) -> Outcome {
        let broken = self.inputs.iter().filter(|input| input.failure.is_some()).count() as u64;
        let EntryCounts { written, skipped, coalesced, rejected, failed, left, .. } = self.entries;
        let stopped = u64::from(self.stopped.is_some());
        let tally = Tally {
            done: written,
            excluded: skipped + coalesced,
            failed: rejected + failed + left + broken + stopped,
        };
        let interrupted =
            self.stopped.as_ref().is_some_and(|stopped| stopped.cause == Cause::Interrupted);
        tally.outcome(interrupted)
    }
}
