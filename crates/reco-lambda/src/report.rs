//! Report of a batch, logged by the function and read by the sandbox.

use std::collections::BTreeMap;

use reco_core::filter::{DropCounts, SkipReason};
use reco_store::writer::WriteReport;
use serde::Serialize;

/// Result of a batch. Every entry is counted in exactly one of `written`, `stale`, `superseded`,
/// `skipped`, `bad`, `rejected`, `held` and `unprocessed`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct HandlerReport {
    /// Number of messages in the batch.
    pub messages: u64,
    /// Messages returned for retry, with the reason. Contains no part of a body.
    pub failures: Vec<MessageFailure>,
    /// Entries in all messages, good and bad.
    pub entries: u64,
    /// Entries written.
    pub written: u64,
    /// Entries not written because the table holds a newer list (policy `writes.only_newer`).
    pub stale: u64,
    /// Entries replaced by a later one for the same user in this batch, or outdone by a newer one
    /// (policy `writes.only_newer`).
    pub superseded: u64,
    /// Entries for which the filter leaves nothing to write, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Entries that do not decode.
    pub bad: u64,
    /// Entries that the table cannot hold.
    pub rejected: u64,
    /// Entries not handled because an earlier message of their FIFO group failed.
    pub held: u64,
    /// Entries that should have been written but were not.
    pub unprocessed: u64,
    /// Articles dropped from lists, by reason.
    pub dropped: DropCounts,
    /// Write capacity units consumed, as reported by DynamoDB.
    pub wcu: f64,
    /// Write calls.
    pub calls: u64,
    /// Calls repeated.
    pub retries: u64,
    /// Calls throttled as a whole.
    pub throttled_calls: u64,
    /// Items returned as unprocessed, counted each time.
    pub returned_items: u64,
    /// Throttling reasons (reason and resource) with their counts.
    pub throttling: BTreeMap<String, u64>,
    /// Reason why entries are unprocessed, if writing failed.
    pub write_error: Option<String>,
    /// That of the lists that were not refused themselves.
    #[serde(skip)]
    pub time_error: Option<String>,
    /// Why DynamoDB refuses an item of a message, by message id.
    #[serde(skip)]
    pub refusals: BTreeMap<String, String>,
    /// The kind of facts source.
    pub facts: &'static str,
    /// Reason why the facts database was unavailable; then the whole batch is returned.
    pub facts_error: Option<String>,
    /// Stage at which the facts lookup failed: `connect`, `auth`, `query` or `timeout`.
    pub facts_stage: Option<&'static str>,
    /// Articles whose facts were cached from an earlier batch.
    pub facts_cached: u64,
    /// Duration of the facts lookup in milliseconds.
    pub facts_ms: u64,
    /// Duration of the writes in milliseconds.
    pub write_ms: u64,
}

/// Maximum number of bad entries listed per message, since the report must fit into a log line.
pub const SHOWN_ENTRIES: usize = 20;

/// A message returned for retry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageFailure {
    /// Message id.
    pub message_id: String,
    /// Receives of the message, this one included (AWS: `ApproximateReceiveCount`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u64>,
    /// Reason for the retry.
    #[serde(flatten)]
    pub reason: FailureReason,
}

/// Reason why a message is returned for retry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum FailureReason {
    /// It does not decode. A retry will not help, but takes it to the DLQ, where an operator sees
    /// it.
    Malformed {
        /// Position of the fault in the body.
        at: String,
    },
    /// It is not a message of this pipeline.
    Foreign,
    /// Some of its entries can never be written; the others are written.
    BadEntries {
        /// Entries that do not decode.
        bad: u64,
        /// Entries that the table cannot hold.
        rejected: u64,
        /// Indexes of the first [`SHOWN_ENTRIES`] of them in `data`, from 0.
        entries: Vec<usize>,
    },
    /// Lists of its users could not be written in time.
    NotWritten {
        /// Number of users.
        users: u64,
        /// Number of them whose items DynamoDB refuses for their content.
        refused: u64,
    },
    /// An earlier message of its FIFO group failed.
    BehindFailure,
    /// Facts were unavailable.
    NoFacts,
    /// The type of the table's lists could not be read.
    NoLayout,
}

impl HandlerReport {
    /// Returns the sum of all outcomes, which equals `entries` if none was lost.
    #[must_use]
    pub fn accounted(&self) -> u64 {
        let skipped: u64 = self.skipped.values().sum();
        self.written
            + self.stale
            + self.superseded
            + skipped
            + self.bad
            + self.rejected
            + self.held
            + self.unprocessed
    }

    /// Whether DynamoDB turned any write of the batch away for capacity.
    #[must_use]
    pub fn throttled(&self) -> bool {
        self.throttled_calls > 0 || self.returned_items > 0 || !self.throttling.is_empty()
    }

    pub(crate) fn fail(&mut self, message_id: &str, attempt: Option<u64>, reason: FailureReason) {
        let message_id = message_id.to_owned();
        self.failures.push(MessageFailure { message_id, attempt, reason });
    }

    pub(crate) fn count_writes(&mut self, write: &WriteReport) {
        self.written = write.written as u64;
        self.stale = write.stale as u64;
        self.unprocessed = write.left.len() as u64;
        self.wcu = write.wcu;
        self.calls = write.calls;
        self.retries = write.retries;
        self.throttled_calls = write.throttled_calls;
        self.returned_items = write.returned;
        for (throttle, count) in &write.throttling {
            let name = format!("{} {}", throttle.reason, throttle.resource);
            *self.throttling.entry(name.trim_end().to_owned()).or_default() += count;
        }
        self.write_error = write.failure.as_ref().map(ToString::to_string);
        let shared = write.failure.as_ref().filter(|failure| !failure.is_about_one());
        self.time_error = shared.map(ToString::to_string);
    }
}
