//! Lines of the log about a batch, as JSON objects that filter patterns reach into.
//!
//! AWS: "Configuring advanced logging controls for Lambda functions": a line has a `timestamp` and a
//! `level` of its own, or it counts as INFO and is left out at a higher level of the function's log.

use std::collections::BTreeMap;

use reco_core::Time;
use reco_core::clip::clip;
use serde_json::{Map, Value, json};

use crate::report::HandlerReport;

/// Failures that `batch done` names at most: the line has to stay below what a log event holds
/// (AWS: CloudWatch Logs quotas, 256 KB).
const SHOWN_FAILURES: usize = 50;

/// Lines about single messages in a batch at most: a batch has up to 10,000 messages.
const MESSAGE_LINES: usize = 1_000;

/// Characters of an error's text at most.
const SHOWN_ERROR: usize = 2_000;

/// What every line about a batch has.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// The invocation's id.
    pub request_id: &'a str,
    /// Milliseconds since the epoch.
    pub at_ms: u64,
}

impl Stamp<'_> {
    /// When, in ISO 8601.
    #[must_use]
    pub fn timestamp(&self) -> String {
        Time::from_millis(i64::try_from(self.at_ms).unwrap_or(i64::MAX)).iso()
    }

    fn line(&self, level: &str, message: &str, members: Map<String, Value>) -> Value {
        let mut line = Map::new();
        line.insert("timestamp".to_owned(), json!(self.timestamp()));
        line.insert("level".to_owned(), json!(level));
        line.insert("message".to_owned(), json!(message));
        line.insert("request_id".to_owned(), json!(self.request_id));
        line.extend(members);
        Value::Object(line)
    }
}

/// What became of the batch: the report, with the first of its failures.
#[must_use]
pub fn batch_done(report: &HandlerReport, stamp: &Stamp<'_>) -> Value {
    let mut members = object(report);
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for failure in &report.failures {
        let failure = object(failure);
        let reason = failure.get("reason").and_then(Value::as_str).unwrap_or_default();
        *reasons.entry(reason.to_owned()).or_default() += 1;
    }
    members.insert("returned".to_owned(), json!(report.failures.len()));
    members.insert("returned_by_reason".to_owned(), json!(reasons));
    if let Some(Value::Array(failures)) = members.get_mut("failures") {
        failures.truncate(SHOWN_FAILURES);
    }
    for error in ["facts_error", "write_error"] {
        if let Some(Value::String(text)) = members.get_mut(error) {
            *text = clip(text, SHOWN_ERROR).into_owned();
        }
    }
    stamp.line("INFO", "batch done", members)
}

/// A line for each message that is returned for retry, up to a thousand. Warnings: they are still
/// there at a log level at which `batch done` is not.
pub fn messages_returned<'a>(
    report: &'a HandlerReport,
    stamp: &'a Stamp<'_>,
) -> impl Iterator<Item = Value> + 'a {
    let failures = report.failures.iter().take(MESSAGE_LINES);
    failures.map(|failure| stamp.line("WARN", "message returned", object(failure)))
}

fn object(value: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{FailureReason, MessageFailure, SHOWN_ENTRIES};

    const STAMP: Stamp<'static> = Stamp { request_id: "r-1", at_ms: 1_767_323_045_123 };

    fn failing(count: usize, reason: &FailureReason) -> HandlerReport {
        let failure = |at: usize| MessageFailure {
            message_id: format!("{at:0>100}"),
            reason: reason.clone(),
        };
        HandlerReport { failures: (0..count).map(failure).collect(), ..HandlerReport::default() }
    }

    #[test]
    fn filter_patterns_reach_the_failures() {
        let mut report = failing(1, &FailureReason::Malformed { at: "line 1".to_owned() });
        report.throttling.insert("TableWriteMaxOnDemandThroughputExceeded t".to_owned(), 3);
        let line = batch_done(&report, &STAMP);
        assert_eq!(line["failures"][0]["reason"], "malformed");
        assert_eq!(line["failures"][0]["at"], "line 1");
        assert_eq!(
            (&line["returned"], &line["returned_by_reason"]["malformed"]),
            (&json!(1), &json!(1))
        );
        assert!(line["throttling"].is_object() && line["dropped"].is_object(), "{line}");
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["timestamp"], "2026-01-02T03:04:05.123Z");
    }

    #[test]
    fn each_returned_message_has_a_line_that_stays_at_warn() {
        let report = failing(3, &FailureReason::NotWritten { users: 2 });
        let lines: Vec<Value> = messages_returned(&report, &STAMP).collect();
        assert_eq!(lines.len(), 3);
        for line in lines {
            assert_eq!((&line["level"], &line["reason"]), (&json!("WARN"), &json!("not-written")));
            assert!(line["message_id"].is_string() && line["request_id"] == "r-1");
        }
    }

    #[test]
    fn no_line_is_longer_than_a_log_event() {
        let entries = (0..SHOWN_ENTRIES).map(|at| usize::MAX - at).collect();
        let reason = FailureReason::BadEntries { bad: u64::MAX, rejected: u64::MAX, entries };
        let mut report = failing(10_000, &reason);
        report.facts_error = Some("é".repeat(1 << 20));
        report.write_error = Some("\"".repeat(1 << 20));
        let line = batch_done(&report, &STAMP);
        assert_eq!(
            (&line["returned"], line["failures"].as_array().map(Vec::len)),
            (&json!(10_000), Some(50))
        );
        let lines: Vec<Value> = messages_returned(&report, &STAMP).collect();
        assert_eq!(lines.len(), 1_000);
        for line in lines.iter().chain([&line]) {
            assert!(line.to_string().len() < 256 * 1024 - 26, "{} bytes", line.to_string().len());
        }
    }
}
