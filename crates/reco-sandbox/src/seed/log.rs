//! The function's log of the history: what ended each attempt at each message of the DLQ, in the
//! function's own lines and those of Lambda around them.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use fastrand::Rng;
use reco_core::classify::Class;
use reco_core::decode::decode;
use reco_core::item::Schema;
use reco_core::policy::Policy;
use reco_lambda::lines::{Origin, Stamp, batch_done, batch_received, messages_returned};
use reco_lambda::{FailureReason, HandlerReport, MessageFailure, fault};
use uuid::Builder;

use super::mixture::{ComposedMessage, INCIDENT_MS, MINUTE_MS};
use super::{FUNCTION, SeedOptions, TABLE};
use crate::dynamodb::engine::table_arn;
use crate::logs::{FunctionLogs, InvocationEnd};
use crate::services::Services;

/// Time from one attempt at a message to the next.
const AGAIN_MS: u64 = 45_000;
/// Messages of a batch at most.
const BATCH: usize = 10;
/// Time that the function has for a batch, and what it keeps for its answer.
const TIMEOUT_MS: u64 = 1_500;
const MARGIN_MS: u64 = 300;

/// What ended the attempts at a message.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    /// Its content.
    Fault(FailureReason),
    /// Writes were throttled.
    Throttled,
    /// The function ran out of time.
    TimedOut,
    /// The facts database could not be reached.
    FactsDown,
    /// The facts database did not answer.
    FactsSlow,
}

/// Message with what ended its attempts.
struct Failed<'a> {
    message: &'a ComposedMessage,
    id: &'a str,
    why: Why,
}

/// Writes the log. Nothing is logged of messages that were sent to the DLQ by hand, nor of those whose
/// invocations Lambda throttled in the incident: the history's metrics tell of these.
pub fn write(
    services: &Services,
    options: &SeedOptions,
    (policy, schema): (&Policy, &Schema),
    messages: &[ComposedMessage],
    now_ms: u64,
) {
    let mut writer = LogWriter {
        log: FunctionLogs::of(services.logs.clone(), FUNCTION),
        rng: Rng::with_seed(options.rng_seed ^ 0x10c5),
        policy: policy.fingerprint(),
        throttle: match services.dynamodb.capacity() {
            Some(_) => "TableWriteProvisionedThroughputExceeded",
            None => "TableWriteKeyRangeThroughputExceeded",
        },
        attempts: options.max_receive_count,
    };
    let failed = messages.iter().enumerate().filter_map(|(number, message)| {
        message.planted.dead_letter_source_arn.as_ref()?;
        let why = fault(&message.planted.body, policy, schema).map(Why::Fault);
        let why = why.or_else(|| transient(message, number, now_ms))?;
        Some(Failed { message, id: message.planted.message_id.as_deref()?, why })
    });
    let mut batch: Vec<Failed<'_>> = Vec::new();
    for failed in failed {
        // A batch has what was sent at about the same time; here, it also ends as a whole.
        let together = batch.first().is_none_or(|first| {
            let is_fault = |why: &Why| matches!(why, Why::Fault(_));
            let alike = first.why == failed.why || (is_fault(&first.why) && is_fault(&failed.why));
            let sent = |one: &Failed<'_>| one.message.sent_at_ms / MINUTE_MS;
            alike && sent(first) == sent(&failed) && batch.len() < BATCH
        });
        if !together {
            writer.batch(&std::mem::take(&mut batch));
        }
        batch.push(failed);
    }
    writer.batch(&batch);
}

/// Returns what ended the attempts at a message that can be written; `None` if it was never handled.
fn transient(message: &ComposedMessage, number: usize, now_ms: u64) -> Option<Why> {
    let age_ms = now_ms.saturating_sub(message.sent_at_ms);
    match message.class {
        Class::Retryable if INCIDENT_MS.contains(&age_ms) => match number % 10 {
            3 => None,
            1 | 7 => Some(Why::TimedOut),
            _ => Some(Why::Throttled),
        },
        Class::Oversize => Some(Why::TimedOut),
        Class::Superseded => Some(Why::FactsSlow),
        _ => Some(Why::FactsDown),
    }
}

struct LogWriter {
    log: FunctionLogs,
    rng: Rng,
    policy: String,
    throttle: &'static str,
    attempts: u32,
}

impl LogWriter {
    fn batch(&mut self, batch: &[Failed<'_>]) {
        let received = |failed: &Failed<'_>| failed.message.planted.first_received_ms;
        let Some(first_ms) = batch.iter().filter_map(received).max() else { return };
        for attempt in 1..=u64::from(self.attempts) {
            self.attempt(batch, attempt, first_ms + (attempt - 1) * AGAIN_MS);
        }
    }

    fn attempt(&mut self, batch: &[Failed<'_>], attempt: u64, begun_ms: u64) {
        let mut id = [0; 16];
        self.rng.fill(&mut id);
        let request_id = Builder::from_random_bytes(id).into_uuid().to_string();
        self.log.begun_at(begun_ms, &request_id);
        let stamp = Stamp { request_id: &request_id, at_ms: begun_ms };
        for line in batch_received(&event(batch, attempt), &stamp, "INFO") {
            self.log.line_at(begun_ms, line.to_string());
        }
        let (took_ms, end) = match batch.first().map(|failed| &failed.why) {
            Some(Why::TimedOut) => (TIMEOUT_MS, InvocationEnd::Timeout),
            Some(Why::Throttled | Why::FactsSlow) => {
                (TIMEOUT_MS - MARGIN_MS, InvocationEnd::Success)
            }
            _ => (self.rng.u64(20..90), InvocationEnd::Success),
        };
        let ended_ms = begun_ms + took_ms;
        if end == InvocationEnd::Success {
            let report = self.report(batch, attempt, took_ms);
            let stamp = Stamp { request_id: &request_id, at_ms: ended_ms };
            let origin = Origin { policy: &self.policy, function_version: "$LATEST" };
            for line in messages_returned(&report, &stamp, origin, "WARN") {
                self.log.line_at(ended_ms, line.to_string());
            }
            self.log.line_at(ended_ms, batch_done(&report, &stamp).to_string());
        }
        self.log.ended_at(ended_ms, &request_id, took_ms as f64, &end);
    }

    /// Returns what the function reports of a batch none of whose messages it could handle.
    fn report(&self, batch: &[Failed<'_>], attempt: u64, took_ms: u64) -> HandlerReport {
        let mut report = HandlerReport {
            messages: batch.len() as u64,
            facts: "sqlite",
            ..HandlerReport::default()
        };
        for Failed { message, id, why } in batch {
            let decoded = decode(&message.planted.body);
            let (good, bad) = decoded
                .map_or((0, 0), |decoded| (decoded.entries.len() as u64, decoded.bad.len() as u64));
            report.entries += good + bad;
            report.bad += bad;
            let reason = match why {
                Why::Fault(reason) => {
                    report.written += good;
                    reason.clone()
                }
                Why::FactsDown | Why::FactsSlow => {
                    report.unprocessed += good;
                    FailureReason::NoFacts
                }
                Why::Throttled | Why::TimedOut => {
                    report.unprocessed += good;
                    FailureReason::NotWritten { users: good, refused: 0 }
                }
            };
            let (message_id, attempt) = ((*id).to_owned(), Some(attempt));
            report.failures.push(MessageFailure { message_id, attempt, reason });
        }
        match batch.first().map(|failed| &failed.why) {
            Some(Why::Throttled) => {
                let resource = table_arn(TABLE);
                report
                    .throttling
                    .insert(format!("{} {resource}", self.throttle), batch.len() as u64);
                report.throttled_calls = batch.len() as u64;
                report.write_ms = took_ms;
            }
            Some(Why::FactsDown) => {
                report.facts_stage = Some("connect");
                report.facts_error =
                    Some("facts database failed to connect: connection refused".to_owned());
            }
            Some(Why::FactsSlow) => {
                report.facts_stage = Some("timeout");
                report.facts_error = Some("facts database did not answer in time".to_owned());
                report.facts_ms = took_ms;
            }
            _ => {}
        }
        report
    }
}

fn event(batch: &[Failed<'_>], attempt: u64) -> SqsEvent {
    let record = |failed: &Failed<'_>| {
        let mut record = SqsMessage::default();
        record.message_id = Some(failed.id.to_owned());
        record.attributes.insert("ApproximateReceiveCount".to_owned(), attempt.to_string());
        record
    };
    let mut event = SqsEvent::default();
    event.records = batch.iter().map(record).collect();
    event
}
