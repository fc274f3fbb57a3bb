//! A DLQ whose messages failed by known causes, and the log of the function that failed at them.

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use reco_lambda::lines::{Origin, Stamp, batch_received, messages_returned};
use reco_lambda::{FailureReason, HandlerReport, MessageFailure};
use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::Planted;
use serde_json::json;

use crate::support::queues::queues;
use crate::support::{Harness, now};

pub const GROUP: &str = "/aws/lambda/recs-writer";
pub const MINUTE: u64 = 60_000;
/// Attempts of each message before it went to the DLQ.
const ATTEMPTS: u64 = 3;
/// Messages of a batch.
const BATCH: usize = 10;

/// Planted causes, each with the expected answer: the cause, or why it is unknown.
pub const CAUSES: [(&str, &str); 10] = [
    ("table throttled", "throttled writes to table recs"),
    ("index throttled", "throttled writes to index by-time of table recs"),
    ("facts down", "facts database unreachable"),
    ("facts slow", "facts database timed out"),
    ("wrong password", "facts database refused the login"),
    ("function timeout", "the function timed out"),
    ("killed for memory", "the function ran out of memory"),
    ("function throttled", "function-throttled"),
    ("poison", "malformed body"),
    ("refused item", "an item was refused"),
];

pub fn id(cause: usize, number: usize) -> String {
    format!("{cause:08x}-0000-4000-8000-{number:012x}")
}

pub fn started() -> u64 {
    now() * 1_000 - 30 * MINUTE
}

/// A sandbox whose DLQ has `per` messages of each cause, and whose log has the lines that the function
/// and Lambda write of them.
pub fn planted(per: usize, options: SandboxOptions) -> Harness {
    let mut harness = queues("", options);
    harness.set("RECOCTL_FUNCTION", "recs-writer");
    harness.the_sandbox().logs().create_group(GROUP, Some(30));
    for (cause, (name, _)) in CAUSES.iter().enumerate() {
        let ids: Vec<String> = (0..per).map(|number| id(cause, number)).collect();
        for id in &ids {
            plant(&harness, id, name);
        }
        for (batch, ids) in ids.chunks(BATCH).enumerate() {
            for attempt in 1..=ATTEMPTS {
                let request = format!("{cause}-{batch}-{attempt}-0000");
                write(&harness, name, &request, ids, attempt);
            }
        }
    }
    harness
}

pub fn plant(harness: &Harness, id: &str, name: &str) {
    let sqs = harness.the_sandbox().sqs();
    let body = if name == "poison" { "{" } else { "[1,[2]]" };
    let message = Planted {
        body: body.to_owned(),
        message_id: Some(id.to_owned()),
        sent_at_ms: Some(started()),
        receive_count: ATTEMPTS as u32,
        dead_letter_source_arn: Some(sqs.queue_arn("recs")),
        ..Planted::default()
    };
    sqs.plant("recs-dlq", message).expect("planted");
}

/// Writes what is logged of a batch that ended by this cause.
pub fn write(harness: &Harness, name: &str, request: &str, ids: &[String], attempt: u64) {
    let sandbox = harness.the_sandbox();
    let at_ms = started() + attempt * MINUTE;
    let log = |line: String| sandbox.logs().put(GROUP, "stream", at_ms, line);
    let stamp = Stamp { request_id: request, at_ms };
    if name == "function throttled" {
        let dimensions = [("FunctionName", "recs-writer")];
        let at = i64::try_from(at_ms / 1_000).expect("a time");
        sandbox.cloudwatch().record("AWS/Lambda", "Throttles", &dimensions, at, 1.0);
        return;
    }
    for line in batch_received(&event(ids, attempt), &stamp, "INFO") {
        log(line.to_string());
    }
    match name {
        // Lambda's line in text and in JSON.
        "function timeout" if attempt.is_multiple_of(2) => {
            log(format!(
                "2026-01-02T03:04:05.123Z {request} Task timed out after 3.00 seconds\n\n"
            ));
        }
        "function timeout" => log(report(request, "timeout", None)),
        "killed for memory" if attempt.is_multiple_of(2) => {
            log(format!("RequestId: {request} Error: Runtime exited with error: signal: killed"));
        }
        "killed for memory" => log(report(request, "error", Some("Runtime.OutOfMemory"))),
        name => {
            let report = handled(name, ids, attempt);
            let origin = Origin { policy: "f00d", function_version: "7" };
            messages_returned(&report, &stamp, origin, "WARN")
                .for_each(|line| log(line.to_string()));
            log(self::report(request, "success", None));
        }
    }
}

fn event(ids: &[String], attempt: u64) -> SqsEvent {
    let mut event = SqsEvent::default();
    event.records = ids
        .iter()
        .map(|id| {
            let mut message = SqsMessage::default();
            message.message_id = Some(id.clone());
            message.attributes.insert("ApproximateReceiveCount".to_owned(), attempt.to_string());
            message
        })
        .collect();
    event
}

fn report(request: &str, status: &str, error: Option<&str>) -> String {
    let record = json!({ "requestId": request, "status": status, "errorType": error });
    json!({ "time": "2026-01-02T03:04:05Z", "type": "platform.report", "record": record })
        .to_string()
}

/// What the handler says of the batch.
fn handled(name: &str, ids: &[String], attempt: u64) -> HandlerReport {
    let mut report = HandlerReport::default();
    let table = "arn:aws:dynamodb:us-east-1:000000000000:table/recs";
    let mut throttled = |by: String| {
        report.throttling.insert(by, 9);
        report.write_error = Some("not written before the deadline".to_owned());
        FailureReason::NotWritten { users: 1, refused: 0 }
    };
    let reason = match name {
        "table throttled" => throttled(format!("TableWriteProvisionedThroughputExceeded {table}")),
        "index throttled" => {
            throttled(format!("IndexWriteProvisionedThroughputExceeded {table}/index/by-time"))
        }
        "poison" => FailureReason::Malformed { at: "byte 1".to_owned() },
        "refused item" => FailureReason::BadEntries { bad: 0, rejected: 1, entries: vec![0] },
        _ => {
            let stage = match name {
                "facts down" => "connect",
                "facts slow" => "timeout",
                _ => "auth",
            };
            report.facts_stage = Some(stage);
            report.facts_error = Some(format!("facts database: {name}"));
            FailureReason::NoFacts
        }
    };
    let failure = |id: &String| MessageFailure {
        message_id: id.clone(),
        attempt: Some(attempt),
        reason: reason.clone(),
    };
    report.failures = ids.iter().map(failure).collect();
    report
}
