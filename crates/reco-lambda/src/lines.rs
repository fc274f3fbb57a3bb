//! Lines of the log about a batch, as JSON objects that filter patterns reach into.
//!
//! AWS: "Configuring advanced logging controls for Lambda functions": a line has a `timestamp` and a
//! `level` of its own, or it counts as INFO and is left out at a higher level of the function's log.
//!
//! `batch received` and `message returned` are an interface: [`reco_core::cause`] makes causes of them,
//! and `deploy/README.md` describes them.

use std::collections::BTreeMap;

use aws_lambda_events::sqs::SqsEvent;
use reco_core::Time;
use reco_core::cause::{BATCH_RECEIVED, MESSAGE_RETURNED};
use reco_core::clip::clip;
use serde_json::{Map, Value, json};

use crate::intake::attempt;
use crate::report::{FailureReason, HandlerReport, MessageFailure};

/// Failures that `batch done` names at most: the line has to stay below what a log event holds
/// (AWS: CloudWatch Logs quotas, 256 KB).
const SHOWN_FAILURES: usize = 50;

/// Messages that a line `batch received` names at most; a larger batch has more such lines.
const RECEIVED: usize = 1_000;

/// Characters of an error's text at most.
const SHOWN_ERROR: usize = 2_000;

/// Characters of an error's text at most in a line about a single message: a batch has up to 10,000.
const SHOWN_IN_MESSAGE: usize = 300;

/// Throttled resources that a line about a single message names at most.
const SHOWN_THROTTLES: usize = 5;

/// What judged and wrote a batch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// Fingerprint of the policy.
    pub policy: &'a str,
    /// Version of the function as deployed (AWS: `AWS_LAMBDA_FUNCTION_VERSION`).
    pub function_version: &'a str,
}

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

/// The messages that a batch brought, before any of them is handled: when the function is stopped in the
/// middle, nothing else says which they were. `level` is that of the function's log, below which nothing
/// is kept.
pub fn batch_received<'a>(
    event: &'a SqsEvent,
    stamp: &'a Stamp<'_>,
    level: &'a str,
) -> impl Iterator<Item = Value> + 'a {
    event.records.chunks(RECEIVED).map(move |records| {
        let messages = records.iter().map(|record| {
            json!({ "message_id": record.message_id, "attempt": attempt(&record.attributes) })
        });
        let mut members = Map::new();
        members.insert("messages".to_owned(), messages.collect());
        stamp.line(level, BATCH_RECEIVED, members)
    })
}

/// A line for each message that is returned for retry. `level` is WARN, or that of the function's log if
/// it keeps only what is graver.
pub fn messages_returned<'a>(
    report: &'a HandlerReport,
    stamp: &'a Stamp<'_>,
    origin: Origin<'a>,
    level: &'a str,
) -> impl Iterator<Item = Value> + 'a {
    report.failures.iter().map(move |failure| {
        let mut members = object(failure);
        members.extend(circumstances(failure, report));
        members.insert("policy".to_owned(), json!(origin.policy));
        members.insert("version".to_owned(), json!(env!("CARGO_PKG_VERSION")));
        members.insert("function_version".to_owned(), json!(origin.function_version));
        stamp.line(level, MESSAGE_RETURNED, members)
    })
}

/// What the batch knows of a message's failure: the stage of the facts, what was throttled, the error.
fn circumstances(failure: &MessageFailure, report: &HandlerReport) -> Map<String, Value> {
    let mut members = Map::new();
    let error = match &failure.reason {
        FailureReason::NoFacts => {
            members.insert("stage".to_owned(), json!(report.facts_stage));
            report.facts_error.as_deref()
        }
        FailureReason::NotWritten { refused, .. } => {
            let by: Vec<&String> = report.throttling.keys().take(SHOWN_THROTTLES).collect();
            members.insert("throttled".to_owned(), json!(report.throttled()));
            members.insert("throttled_by".to_owned(), json!(by));
            // What DynamoDB says of another message's item says nothing of this one.
            match refused {
                0 => report.time_error.as_deref(),
                _ => report.refusals.get(&failure.message_id).map(String::as_str),
            }
        }
        FailureReason::NoLayout => report.write_error.as_deref(),
        FailureReason::Malformed { .. }
        | FailureReason::Foreign
        | FailureReason::BadEntries { .. }
        | FailureReason::BehindFailure => None,
    };
    if let Some(error) = error {
        members.insert("error".to_owned(), json!(clip(error, SHOWN_IN_MESSAGE)));
    }
    members
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
    use crate::report::SHOWN_ENTRIES;
    use reco_core::cause::{Cause, Line};

    const ORIGIN: Origin<'static> = Origin { policy: "f00", function_version: "7" };
    const VERSION: &str = env!("CARGO_PKG_VERSION");
    const STAMP: Stamp<'static> = Stamp { request_id: "r-1", at_ms: 1_767_323_045_123 };

    fn failing(count: usize, reason: &FailureReason) -> HandlerReport {
        let failure = |at: usize| MessageFailure {
            message_id: format!("{at:0>100}"),
            attempt: Some(2),
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
        let report = failing(3, &FailureReason::NotWritten { users: 2, refused: 0 });
        let lines: Vec<Value> = messages_returned(&report, &STAMP, ORIGIN, "WARN").collect();
        assert_eq!(lines.len(), 3);
        for line in lines {
            assert_eq!((&line["level"], &line["reason"]), (&json!("WARN"), &json!("not-written")));
            assert!(line["message_id"].is_string() && line["request_id"] == "r-1");
            assert_eq!((&line["policy"], &line["function_version"]), (&json!("f00"), &json!("7")));
            assert_eq!((&line["attempt"], &line["version"]), (&json!(2), &json!(VERSION)));
        }
    }

    /// What `recoctl dlq why` says of each failure, by the line alone.
    #[test]
    fn a_line_is_read_as_the_cause_that_the_function_had() {
        let throttle = "IndexWriteProvisionedThroughputExceeded arn:t/recs/index/by-time";
        let with = |reason: FailureReason, change: fn(&mut HandlerReport)| {
            let mut report = failing(1, &reason);
            change(&mut report);
            let line = messages_returned(&report, &STAMP, ORIGIN, "WARN").next().expect("one line");
            match reco_core::cause::read(&line.to_string()) {
                Line::Returned(returned) => (returned.cause, returned.attempt),
                other => panic!("{line}: {other:?}"),
            }
        };
        let unwritten = || FailureReason::NotWritten { users: 1, refused: 0 };
        let throttled: fn(&mut HandlerReport) = |report| {
            let throttle = "IndexWriteProvisionedThroughputExceeded arn:t/recs/index/by-time";
            report.throttling.insert(throttle.to_owned(), 9);
            report.write_error = Some("item is too large".to_owned());
            report.time_error = Some("not written before the deadline".to_owned());
            report.refusals.insert(format!("{:0>100}", 0), "item is 500000 bytes".to_owned());
        };
        let late: fn(&mut HandlerReport) =
            |report| report.time_error = Some("not written before the deadline".to_owned());
        // Another message's item was refused.
        let plain: fn(&mut HandlerReport) =
            |report| report.write_error = Some("item is too large".to_owned());
        let facts: fn(&mut HandlerReport) = |report| {
            report.facts_stage = Some("auth");
            report.facts_error = Some("facts database failed to authenticate: no".to_owned());
        };
        let refused = FailureReason::NotWritten { users: 1, refused: 1 };
        let bad = FailureReason::BadEntries { bad: 0, rejected: 1, entries: vec![0] };
        for (got, expected) in [
            (
                with(unwritten(), throttled),
                Cause::ThrottledWrites { by: vec![throttle.to_owned()] },
            ),
            (with(unwritten(), plain), Cause::NotWritten { error: None }),
            (
                with(unwritten(), late),
                Cause::NotWritten { error: Some("not written before the deadline".to_owned()) },
            ),
            (
                with(refused, throttled),
                Cause::RefusedItem { error: Some("item is 500000 bytes".to_owned()) },
            ),
            (with(bad, plain), Cause::RefusedItem { error: None }),
            (with(FailureReason::Foreign, plain), Cause::Foreign),
            (with(FailureReason::BehindFailure, plain), Cause::BehindFailure),
            (
                with(FailureReason::NoFacts, facts),
                Cause::Facts {
                    stage: "auth".to_owned(),
                    error: Some("facts database failed to authenticate: no".to_owned()),
                },
            ),
        ] {
            assert_eq!(got, (expected, Some(2)));
        }
    }

    #[test]
    fn a_batch_names_its_messages_before_it_is_handled() {
        let mut event = SqsEvent::default();
        event.records = (0..2_001)
            .map(|at| {
                let mut record = aws_lambda_events::sqs::SqsMessage::default();
                record.message_id = Some(format!("{at:0>100}"));
                let count = ("ApproximateReceiveCount".to_owned(), "3".to_owned());
                record.attributes = std::collections::HashMap::from([count]);
                record.body = Some("secret".to_owned());
                record
            })
            .collect();
        let lines: Vec<Value> = batch_received(&event, &STAMP, "WARN").collect();
        let named = |line: &Value| line["messages"].as_array().map_or(0, Vec::len);
        assert_eq!(lines.iter().map(named).collect::<Vec<_>>(), [1_000, 1_000, 1]);
        assert_eq!(lines[0]["level"], "WARN");
        for line in &lines {
            let text = line.to_string();
            assert!(text.len() < 256 * 1024 - 26 && !text.contains("secret"), "{}", text.len());
        }
        let Line::Received { request, messages } = reco_core::cause::read(&lines[2].to_string())
        else {
            panic!("{}", lines[2]);
        };
        assert_eq!((request.as_str(), messages[0].1), ("r-1", Some(3)));
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
        let lines: Vec<Value> = messages_returned(&report, &STAMP, ORIGIN, "WARN").collect();
        assert_eq!(lines.len(), 10_000);
        for line in lines.iter().chain([&line]) {
            assert!(line.to_string().len() < 256 * 1024 - 26, "{} bytes", line.to_string().len());
        }
    }
}
