//! Three hours of metrics with an incident: the nightly batch hits the table's write limit, the
//! function times out on throttled writes, and messages reach the DLQ.

use super::mixture::{ComposedMessage, INCIDENT_MS, MINUTE_MS};
use super::{DLQ, FUNCTION, QUEUE, SeedOptions, TABLE};
use crate::cloudwatch::Cloudwatch;
use crate::services::Services;
use fastrand::Rng;

const HOURS: u64 = 3;
/// Time that a failing message takes from being sent to reaching the DLQ.
const TO_DLQ_MS: u64 = 6 * MINUTE_MS;
/// Assumed write capacity per second of a table without a limit in the sandbox.
const USUAL_WCU: f64 = 120.0;
/// Users per message, on average; each is one item of 1 WCU.
const WCU_PER_MESSAGE: f64 = 5.0;

/// One minute of the history.
struct Minute {
    time_s: i64,
    /// Messages sent to the source queue.
    sent: f64,
    /// Writes accepted, in WCU.
    written: f64,
    /// Writes throttled, in WCU.
    throttled: f64,
    /// Messages in the source queue at the end of the minute.
    backlog: f64,
}

/// Records the history. The DLQ's depth is derived from its messages.
pub fn record(services: &Services, options: &SeedOptions, dlq: &[ComposedMessage], now_ms: u64) {
    let mut rng = Rng::with_seed(options.rng_seed ^ 0x5eed);
    let limit = services.dynamodb.capacity();
    let wcu = limit.map_or(USUAL_WCU, |capacity| capacity.wcu);
    let cloudwatch = &services.cloudwatch;
    let mut backlog = 0.0;
    for age_min in (1..=HOURS * 60).rev() {
        let age_ms = age_min * MINUTE_MS;
        let time_ms = now_ms - age_ms;
        let sent = sent(age_ms, wcu, &mut rng);
        let demand = (backlog + sent) * WCU_PER_MESSAGE;
        let written = demand.min(wcu * 60.0).floor();
        backlog = ((demand - written) / WCU_PER_MESSAGE).round();
        let throttled = (demand - written).round();
        let time_s = (time_ms / 1_000) as i64;
        let minute = Minute { time_s, sent, written, throttled, backlog };
        queue(cloudwatch, &minute);
        table(cloudwatch, &minute, limit.map(|capacity| capacity.wcu));
        function(cloudwatch, &minute, &mut rng);
        dead_letters(cloudwatch, dlq, time_ms);
    }
}

/// Returns the messages sent in a minute: a third of what the table can take, or four times that
/// capacity in the first minutes of the incident.
fn sent(age_ms: u64, wcu: f64, rng: &mut Rng) -> f64 {
    let full = wcu * 60.0 / WCU_PER_MESSAGE;
    let begun = INCIDENT_MS.end.saturating_sub(age_ms);
    let load = if INCIDENT_MS.contains(&age_ms) && begun < 6 * MINUTE_MS { 4.0 } else { 0.33 };
    (full * load * (0.9 + 0.2 * rng.f64())).round()
}

fn queue(cloudwatch: &Cloudwatch, minute: &Minute) {
    let put = |metric: &str, value: f64| {
        cloudwatch.record("AWS/SQS", metric, &[("QueueName", QUEUE)], minute.time_s, value);
    };
    let handled = (minute.written / WCU_PER_MESSAGE).floor();
    put("NumberOfMessagesSent", minute.sent);
    put("NumberOfMessagesReceived", handled + minute.throttled.min(handled));
    put("NumberOfMessagesDeleted", handled);
    put("ApproximateNumberOfMessagesVisible", minute.backlog);
    put("ApproximateNumberOfMessagesNotVisible", (handled / 20.0).ceil());
    let age = if handled > 0.0 { minute.backlog / handled * 60.0 } else { 0.0 };
    put("ApproximateAgeOfOldestMessage", age.round());
}

fn table(cloudwatch: &Cloudwatch, minute: &Minute, limit: Option<f64>) {
    let put = |metric: &str, value: f64| {
        cloudwatch.record("AWS/DynamoDB", metric, &[("TableName", TABLE)], minute.time_s, value);
    };
    put("ConsumedWriteCapacityUnits", minute.written);
    if let Some(wcu) = limit {
        put("ProvisionedWriteCapacityUnits", wcu);
    }
    if minute.throttled > 0.0 {
        // An on-demand table throttles when one partition's key range runs hot.
        let cause = match limit {
            Some(_) => "WriteProvisionedThroughputThrottleEvents",
            None => "WriteKeyRangeThroughputThrottleEvents",
        };
        put("WriteThrottleEvents", minute.throttled);
        put(cause, minute.throttled);
        let dimensions = [("TableName", TABLE), ("Operation", "BatchWriteItem")];
        let whole_calls = (minute.throttled / 50.0).floor();
        cloudwatch.record(
            "AWS/DynamoDB",
            "ThrottledRequests",
            &dimensions,
            minute.time_s,
            whole_calls,
        );
    }
}

fn function(cloudwatch: &Cloudwatch, minute: &Minute, rng: &mut Rng) {
    let put = |metric: &str, value: f64| {
        let dimensions = [("FunctionName", FUNCTION)];
        cloudwatch.record("AWS/Lambda", metric, &dimensions, minute.time_s, value);
    };
    let invocations = (minute.written / WCU_PER_MESSAGE / 10.0).ceil();
    let strained = minute.throttled > 0.0;
    put("Invocations", invocations);
    put("Errors", if strained { (invocations / 4.0).ceil() } else { 0.0 });
    put("Throttles", if strained { rng.u32(2..20).into() } else { 0.0 });
    put("ConcurrentExecutions", if strained { 10.0 } else { rng.u32(1..4).into() });
    let millis = if strained { 2_400.0 + 600.0 * rng.f64() } else { 60.0 + 40.0 * rng.f64() };
    put("Duration", millis.round());
}

/// Records depth and age of the DLQ. AWS: the age of a DLQ's oldest message counts from its move.
fn dead_letters(cloudwatch: &Cloudwatch, dlq: &[ComposedMessage], time_ms: u64) {
    let arrivals = || dlq.iter().map(|message| message.sent_at_ms + TO_DLQ_MS);
    let arrived = arrivals().filter(|at| *at <= time_ms).count();
    let oldest = arrivals().min().filter(|_| arrived > 0);
    let put = |metric: &str, value: f64| {
        let time_s = (time_ms / 1_000) as i64;
        cloudwatch.record("AWS/SQS", metric, &[("QueueName", DLQ)], time_s, value);
    };
    put("ApproximateNumberOfMessagesVisible", arrived as f64);
    put("ApproximateNumberOfMessagesNotVisible", 0.0);
    let age_ms = oldest.map_or(0, |oldest| time_ms.saturating_sub(oldest));
    put("ApproximateAgeOfOldestMessage", (age_ms / 1_000) as f64);
}
