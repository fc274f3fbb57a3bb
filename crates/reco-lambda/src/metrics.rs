//! Counts of a batch in CloudWatch Embedded Metric Format: log lines that become metrics.
//!
//! AWS: "Specification: Embedded metric format". `FunctionName` is the only dimension of every
//! metric. Counts by reason have the reason in their name, since a line has one value per
//! dimension.

use reco_core::filter::{DropReason, SkipReason};
use serde_json::{Map, Value, json};

use crate::report::HandlerReport;

/// CloudWatch namespace of the metrics.
pub const NAMESPACE: &str = "Reco/Writer";

/// Metric values other than the counts.
#[derive(Debug, Clone, Copy)]
pub struct BatchContext<'a> {
    /// Function name, the only dimension.
    pub function: &'a str,
    /// Request id of the invocation, for log searches; not a dimension.
    pub request_id: &'a str,
    /// Timestamp in milliseconds since the epoch.
    pub at_ms: u64,
    /// Duration of the environment's start in milliseconds; only for its first batch.
    pub cold_start_ms: Option<u64>,
}

/// Returns the metrics line of a batch.
#[must_use]
pub fn emf(report: &HandlerReport, batch: &BatchContext<'_>) -> Value {
    let mut line = MetricsLine::default();
    counts(report, &mut line);
    line.put("FactsLatency", "Milliseconds", report.facts_ms);
    line.put("WriteLatency", "Milliseconds", report.write_ms);
    line.count("ColdStart", u64::from(batch.cold_start_ms.is_some()));
    if let Some(started) = batch.cold_start_ms {
        line.put("InitDuration", "Milliseconds", started);
    }
    let MetricsLine { directives, mut members } = line;
    members.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": batch.at_ms,
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["FunctionName"]],
                "Metrics": directives,
            }],
        }),
    );
    members.insert("FunctionName".to_owned(), json!(batch.function));
    members.insert("request_id".to_owned(), json!(batch.request_id));
    members.insert("facts".to_owned(), json!(report.facts));
    Value::Object(members)
}

/// Adds the counts. Reasons appear only if they occurred, since each custom metric is billed by the
/// month.
fn counts(report: &HandlerReport, line: &mut MetricsLine) {
    line.count("MessagesIn", report.messages);
    line.count("MessagesReturned", report.failures.len() as u64);
    line.count("EntriesIn", report.entries);
    line.count("EntriesWritten", report.written);
    line.count("EntriesStale", report.stale);
    line.count("EntriesSuperseded", report.superseded);
    line.count("EntriesSkipped", report.skipped.values().sum());
    line.count("EntriesBad", report.bad + report.rejected);
    line.count("EntriesHeld", report.held);
    line.count("EntriesUnprocessed", report.unprocessed);
    line.count("ArticlesDropped", report.dropped.total());
    for (reason, count) in &report.skipped {
        line.count(skipped_metric(*reason), *count);
    }
    for (reason, count) in report.dropped.iter() {
        line.count(dropped_metric(reason), count);
    }
    line.put("ConsumedWriteCapacityUnits", "Count", report.wcu);
    line.count("WriteCallsThrottled", report.throttled_calls);
    line.count("ItemsReturned", report.returned_items);
    line.count("FactsFailed", u64::from(report.facts_error.is_some()));
    line.count("FactsCached", report.facts_cached);
}

fn dropped_metric(reason: DropReason) -> &'static str {
    match reason {
        DropReason::Duplicate => "DroppedDuplicate",
        DropReason::UnknownArticle => "DroppedUnknownArticle",
        DropReason::UnpublishedArticle => "DroppedUnpublishedArticle",
        DropReason::OwnArticle => "DroppedOwnArticle",
        DropReason::MutedAuthor => "DroppedMutedAuthor",
        DropReason::AlreadyRead => "DroppedAlreadyRead",
        DropReason::OverMaxLen => "DroppedOverMaxLen",
    }
}

fn skipped_metric(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::UnknownUser => "SkippedUnknownUser",
        SkipReason::InactiveUser => "SkippedInactiveUser",
        SkipReason::TooFew => "SkippedTooFew",
    }
}

#[derive(Default)]
struct MetricsLine {
    directives: Vec<Value>,
    members: Map<String, Value>,
}

impl MetricsLine {
    fn count(&mut self, name: &str, count: u64) {
        self.put(name, "Count", count);
    }

    fn put(&mut self, name: &str, unit: &str, value: impl Into<Value>) {
        self.directives.push(json!({ "Name": name, "Unit": unit }));
        self.members.insert(name.to_owned(), value.into());
    }
}
