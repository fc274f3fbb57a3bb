//! A sandbox with a DLQ and its source queue, and what stands in them.

use aws_sdk_sqs::types::QueueAttributeName;
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
    add(&mut harness, suffix);
    harness
}

/// Adds `recs` and its DLQ `recs-dlq`, both with a suffix to their names.
pub fn add(harness: &mut Harness, suffix: &str) {
    create(sqs(harness), &format!("recs-dlq{suffix}"), None);
    create(sqs(harness), &format!("recs{suffix}"), Some(&format!("recs-dlq{suffix}")));
    harness.set("RECOCTL_QUEUE", &format!("recs{suffix}"));
}

/// Makes `recs` and its DLQ `recs-dlq` on a server other than the sandbox, sends these messages to the
/// DLQ, and returns its URL.
pub fn at_server(harness: &Harness, bodies: impl IntoIterator<Item = String>) -> String {
    let client = harness.sqs();
    harness.runtime.block_on(async {
        let dlq = client.create_queue().queue_name("recs-dlq").send().await.expect("created");
        let dlq = dlq.queue_url.expect("a URL");
        let arn = client.get_queue_attributes().queue_url(&dlq);
        let arn = arn.attribute_names(QueueAttributeName::QueueArn).send().await;
        let arn = arn.expect("attributes").attributes.expect("attributes").into_values().next();
        let policy = json!({"deadLetterTargetArn": arn, "maxReceiveCount": 5}).to_string();
        let source = client.create_queue().queue_name("recs");
        let source = source.attributes(QueueAttributeName::RedrivePolicy, policy);
        source.send().await.expect("created");
        for body in bodies {
            let send = client.send_message().queue_url(&dlq).message_body(body);
            send.send().await.expect("sent");
        }
        dlq
    })
}

/// Makes a queue, with a DLQ where one is named.
pub fn create(sqs: &Sqs, name: &str, dlq: Option<&str>) {
    create_with(sqs, name, dlq.map(|dlq| (dlq, 5)), &[]);
}

/// Makes a queue with these attributes, and with a DLQ and the receives before it where they are given.
pub fn create_with(sqs: &Sqs, name: &str, dlq: Option<(&str, u32)>, attributes: &[(&str, &str)]) {
    let policy = dlq.map(|(dlq, receives)| {
        json!({"deadLetterTargetArn": sqs.queue_arn(dlq), "maxReceiveCount": receives}).to_string()
    });
    let mut attributes = attributes.to_vec();
    if name.ends_with(FIFO) {
        attributes.push(("FifoQueue", "true"));
    }
    attributes.extend(policy.as_deref().map(|policy| ("RedrivePolicy", policy)));
    sqs.create_queue(name, &attributes).expect("created");
}

/// Puts a message into a queue, and returns its id.
pub fn plant(harness: &Harness, queue: &str, planted: Planted) -> String {
    sqs(harness).plant(queue, planted).expect("planted")
}

/// Puts a message of this body into a queue, and returns its id.
pub fn plant_body(harness: &Harness, queue: &str, body: impl Into<String>) -> String {
    plant(harness, queue, Planted { body: body.into(), ..Planted::default() })
}

/// Puts sound messages into the DLQ, each of a user of its own, spread over so many FIFO groups.
pub fn plant_sound(harness: &Harness, suffix: &str, messages: usize, groups: usize) {
    for user in 0..messages {
        let group_id = (!suffix.is_empty()).then(|| format!("group-{}", user % groups));
        let planted = Planted { body: sound(user), group_id, ..Planted::default() };
        plant(harness, &format!("recs-dlq{suffix}"), planted);
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
