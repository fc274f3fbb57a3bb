//! Metrics that AWS publishes periodically rather than per call: depth and traffic of queues,
//! provisioned capacity of tables.

use crate::cloudwatch::Cloudwatch;
use crate::dynamodb::DynamoDb;
use crate::sqs::{QueueDepth, Sqs, Traffic};
use std::collections::HashMap;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// SQS publishes every minute; the sandbox more often, because its scenarios take seconds.
const QUEUES_EVERY: Duration = Duration::from_secs(1);
/// DynamoDB publishes provisioned capacity every minute or more.
const TABLES_EVERY: Duration = Duration::from_secs(60);

/// Samples until `stop` is cancelled.
pub async fn run(sqs: Sqs, dynamodb: DynamoDb, metrics: Cloudwatch, stop: CancellationToken) {
    let mut queues = tokio::time::interval(QUEUES_EVERY);
    let mut tables = tokio::time::interval(TABLES_EVERY);
    let mut counted = HashMap::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = queues.tick() => sample(&sqs, &metrics, &mut counted),
            _ = tables.tick() => dynamodb.record_provisioned(),
        }
    }
}

/// Publishes depth and traffic of every queue; `counted` has the totals of the last time.
fn sample(sqs: &Sqs, metrics: &Cloudwatch, counted: &mut HashMap<String, Traffic>) {
    for queue in sqs.queue_names() {
        let Some(depth) = sqs.depth(&queue) else {
            continue;
        };
        let put = |metric: &str, value: f64| {
            metrics.record_now("AWS/SQS", metric, &[("QueueName", &queue)], value);
        };
        put_depth(&depth, put);
        let before = counted.insert(queue.clone(), depth.traffic).unwrap_or_default();
        put_traffic(&before, &depth.traffic, put);
    }
}

fn put_depth(depth: &QueueDepth, put: impl Fn(&str, f64)) {
    put("ApproximateNumberOfMessagesVisible", depth.visible as f64);
    put("ApproximateNumberOfMessagesNotVisible", depth.in_flight as f64);
    put("ApproximateNumberOfMessagesDelayed", depth.delayed as f64);
    let age_s = depth.oldest_age_ms.unwrap_or_default() / 1_000;
    put("ApproximateAgeOfOldestMessage", age_s as f64);
}

/// Records counts above zero only: a Sum does not need zeros, and a SampleCount should not include
/// them. A queue recreated under an old name counts from zero again.
fn put_traffic(before: &Traffic, now: &Traffic, put: impl Fn(&str, f64)) {
    for (metric, before, now) in [
        ("NumberOfMessagesSent", before.sent, now.sent),
        ("NumberOfMessagesReceived", before.received, now.received),
        ("NumberOfMessagesDeleted", before.deleted, now.deleted),
        ("NumberOfEmptyReceives", before.empty_receives, now.empty_receives),
    ] {
        let since = now.checked_sub(before).unwrap_or(now);
        if since > 0 {
            put(metric, since as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn traffic_is_what_came_since_the_last_sample() {
        let put = RefCell::new(Vec::new());
        let traffic = |sent, received| Traffic { sent, received, ..Traffic::default() };
        let record = |metric: &str, value| put.borrow_mut().push((metric.to_owned(), value));
        put_traffic(&traffic(5, 2), &traffic(9, 2), record);
        put_traffic(&traffic(9, 2), &traffic(1, 0), record);
        let sent = "NumberOfMessagesSent".to_owned();
        assert_eq!(put.into_inner(), [(sent.clone(), 4.0), (sent, 1.0)]);
    }
}
