//! A sandbox with a DLQ and its source queue, and what stands in them.

use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::{Planted, QueueSnapshot, Sqs};
use serde_json::{Value, json};

use super::Harness;

/// Suffix of standard queues.
pub const STANDARD: &str = "";
/// Suffix of FIFO queues.
pub const FIFO: &str = ".fifo";

/// A sandbox with `recs` and its DLQ `recs-dlq`, both with a suffix to their names.
pub fn queues(suffix: &str, options: SandboxOptions) -> Harness {
    let mut harness = Harness::sandbox(options);
    create(sqs(&harness), &format!("recs-dlq{suffix}"), None);
    create(sqs(&harness), &format!("recs{suffix}"), Some(&format!("recs-dlq{suffix}")));
    harness.set("RECOCTL_QUEUE", &format!("recs{suffix}"));
    harness
}

/// Makes a queue, with a DLQ where one is named.
pub fn create(sqs: &Sqs, name: &str, dlq: Option<&str>) {
    let policy = dlq.map(|dlq| {
        json!({"deadLetterTargetArn": sqs.queue_arn(dlq), "maxReceiveCount": 5}).to_string()
    });
    let mut attributes: Vec<(&str, &str)> = Vec::new();
    if name.ends_with(FIFO) {
        attributes.push(("FifoQueue", "true"));
    }
    attributes.extend(policy.as_deref().map(|policy| ("RedrivePolicy", policy)));
    sqs.create_queue(name, &attributes).expect("created");
}

/// Puts sound messages into the DLQ, each of a user of its own, spread over so many FIFO groups.
pub fn plant_sound(harness: &Harness, suffix: &str, messages: usize, groups: usize) {
    for user in 0..messages {
        let group_id = (!suffix.is_empty()).then(|| format!("group-{}", user % groups));
        let planted = Planted { body: sound(user), group_id, ..Planted::default() };
        sqs(harness).plant(&format!("recs-dlq{suffix}"), planted).expect("planted");
    }
}

/// A body that may be written.
pub fn sound(user: usize) -> String {
    format!("[{user},[2]]")
}

/// The sandbox's SQS.
pub fn sqs(harness: &Harness) -> &Sqs {
    harness.the_sandbox().sqs()
}

/// What stands in a queue.
pub fn snapshot(harness: &Harness, queue: &str) -> QueueSnapshot {
    sqs(harness).snapshot(queue).expect("the queue exists")
}

/// Bodies in a queue, sorted.
pub fn bodies(harness: &Harness, queue: &str) -> Vec<String> {
    let messages = snapshot(harness, queue).messages.into_iter();
    let mut bodies: Vec<String> = messages.map(|message| message.body).collect();
    bodies.sort();
    bodies
}

/// The same, where none is hidden.
pub fn visible_bodies(harness: &Harness, queue: &str) -> Vec<String> {
    let depth = snapshot(harness, queue).depth;
    assert_eq!(depth.in_flight, 0, "nothing is left invisible in {queue}");
    bodies(harness, queue)
}

/// Messages of a category in a report.
pub fn count(report: &Value, category: &str) -> u64 {
    report["counts"][category].as_u64().unwrap_or(0)
}
