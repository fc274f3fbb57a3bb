//! Redriven messages, a consumer that fails some of them, and what a report must say of them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsEvent, SqsMessage};
use aws_sdk_dynamodb::types::ScalarAttributeType;
use reco_core::item::ItemDescription;
use reco_core::policy::Policy;
use reco_lambda::Pipeline;
use reco_sandbox::SandboxOptions;
use reco_sandbox::cloudwatch::Cloudwatch;
use reco_sandbox::sqs::Planted;
use reco_sandbox::worker::{self, Source, Worker, WorkerOptions};
use reco_store::facts::FactsSource;
use reco_store::writer::{Writer, WriterOptions};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::queues::{FIFO, STANDARD, create, create_with, sqs};
use crate::support::{Harness, table};

/// One message of each hundred has an inactive user beside an active one.
pub fn is_inactive(user: usize) -> bool {
    user.is_multiple_of(200)
}

/// A message with the lists of two users of its own.
pub fn body(message: usize) -> String {
    let (one, other) = (2 * message + 1, 2 * message + 2);
    let made = 1_768_435_200 + message;
    format!(r#"{{"data":[[{one},[11,12]],[{other},[12]]],"generated_at":{made}}}"#)
}

/// Starts queues, an empty table, facts, and messages in the DLQ.
pub fn arranged(messages: usize) -> Harness {
    arranged_with(STANDARD, messages, SandboxOptions::empty())
}

pub fn arranged_with(suffix: &str, messages: usize, options: SandboxOptions) -> Harness {
    let mut harness = Harness::sandbox(options);
    let (source, dlq) = (format!("recs{suffix}"), format!("recs-dlq{suffix}"));
    create(sqs(&harness), &dlq, None);
    create_with(sqs(&harness), &source, Some((&dlq, 3)), &[("VisibilityTimeout", "6")]);
    for message in 0..messages {
        let sent_at_ms = Some((crate::support::now() - 3_600) * 1_000 + message as u64);
        let group_id = (suffix == FIFO).then(|| format!("group-{}", message % 7));
        let body = body(message);
        let planted = Planted { body, sent_at_ms, group_id, ..Planted::default() };
        sqs(&harness).plant(&dlq, planted).expect("planted");
    }
    table::create_plain(&harness, "recs", &[("user_id", ScalarAttributeType::N)]);
    // User 0 is in no message.
    let users = (0..=2 * messages).map(|user| {
        let status = if is_inactive(user) { "suspended" } else { "active" };
        format!("({user},'{status}')")
    });
    let users = users.collect::<Vec<_>>().join(",");
    let tables = format!(
        "CREATE TABLE users(id INTEGER PRIMARY KEY, status TEXT); INSERT INTO users VALUES {users};
         CREATE TABLE articles(id INTEGER PRIMARY KEY, status TEXT, author_id INTEGER);
         INSERT INTO articles VALUES (11,'published',9000001),(12,'published',9000001);
         CREATE TABLE reads(user_id INTEGER, article_id INTEGER);
         CREATE TABLE mutes(user_id INTEGER, author_id INTEGER);"
    );
    harness.add_facts(&tables);
    harness.set("RECOCTL_QUEUE", &source);
    harness.set("RECOCTL_TABLE", "recs");
    harness
}

/// Messages that a consumer has seen, and those that it fails for good.
#[derive(Default)]
pub struct Consumed {
    failing: HashMap<String, bool>,
    pub bodies: BTreeSet<String>,
}

/// Starts the function on the source queue. Of the messages that it gets, in the order of their first
/// receive, it never handles each of which `fails` says so by its number and body; those are visible
/// again at once, so that they are back soon however busy the machine is.
pub fn consumer(
    harness: &Harness,
    fails: impl Fn(usize, &str) -> bool + Send + Sync + 'static,
) -> (Worker, Arc<Mutex<Consumed>>) {
    let facts = format!("sqlite:{}", harness.home.path().join("facts.sqlite").display());
    consumer_with(harness, &facts, Policy::default(), fails)
}

/// Starts a function without facts that replaces older lists only.
pub fn consumer_with_policy(harness: &Harness) -> (Worker, Arc<Mutex<Consumed>>) {
    let mut policy = Policy::default();
    policy.writes.only_newer = true;
    consumer_with(harness, "none", policy, |_, _| false)
}

pub fn consumer_with(
    harness: &Harness,
    facts: &str,
    policy: Policy,
    fails: impl Fn(usize, &str) -> bool + Send + Sync + 'static,
) -> (Worker, Arc<Mutex<Consumed>>) {
    let consumed: Arc<Mutex<Consumed>> = Arc::default();
    let seen = Arc::clone(&consumed);
    let queue = harness.env().iter().find(|(name, _)| name == "RECOCTL_QUEUE");
    let queue = queue.map_or_else(String::new, |(_, queue)| queue.clone());
    let options =
        WriterOptions { only_newer: policy.writes.only_newer, ..WriterOptions::default() };
    let worker = harness.runtime.block_on(async {
        let table = reco_store::table::describe(&harness.dynamodb(), "recs").await;
        let schema = table.expect("described").schema(&ItemDescription::default()).expect("fits");
        let handler = worker::function(Pipeline {
            facts: FactsSource::from_url(facts).await.expect("the facts open"),
            policy,
            writer: Writer::new(harness.dynamodb(), "recs", schema, options),
        });
        let (client, queue_url) = (harness.sqs(), sqs(harness).queue_url(&queue));
        let function: worker::Function = Arc::new(move |mut event: SqsEvent, deadline: Instant| {
            let mut seen = seen.lock().expect("not poisoned");
            let (mut back, mut rest) = (Vec::new(), Vec::new());
            for record in event.records {
                let (id, text) = (record.message_id.clone(), record.body.clone());
                let (id, text) = (id.unwrap_or_default(), text.unwrap_or_default());
                let number = seen.failing.len() + 1;
                let failing = *seen.failing.entry(id).or_insert_with(|| fails(number, &text));
                if failing {
                    seen.bodies.insert(text);
                    back.push(record);
                } else {
                    rest.push(record);
                }
            }
            let handle = |record: &SqsMessage| {
                let (id, handle) = (record.message_id.clone(), record.receipt_handle.clone());
                (id.unwrap_or_default(), handle.unwrap_or_default())
            };
            let handles: HashMap<_, _> = back.iter().chain(&rest).map(handle).collect();
            event.records = rest;
            let answer = handler(event, deadline);
            let (client, queue_url) = (client.clone(), queue_url.clone());
            Box::pin(async move {
                let mut answer = answer.await?;
                answer.batch_item_failures.extend(back.into_iter().map(|record| {
                    let mut failure = BatchItemFailure::default();
                    failure.item_identifier = record.message_id.unwrap_or_default();
                    failure
                }));
                for failure in &answer.batch_item_failures {
                    let handle = handles[&failure.item_identifier].as_str();
                    let visible = client.change_message_visibility().visibility_timeout(0);
                    let visible = visible.queue_url(&queue_url).receipt_handle(handle);
                    visible.send().await.map_err(|error| error.to_string())?;
                }
                Ok(answer)
            })
        });
        let source = Source {
            client: harness.sqs(),
            queue_url: sqs(harness).queue_url(&queue),
            queue_arn: sqs(harness).queue_arn(&queue),
            function_name: "recs-writer".to_owned(),
        };
        let stop = CancellationToken::new();
        let timeout = Duration::from_secs(5);
        let options = WorkerOptions { timeout, ..WorkerOptions::default() };
        Worker::start(source, function, Cloudwatch::new(), options, stop)
    });
    (worker, consumed)
}

pub fn every_50th(number: usize, _: &str) -> bool {
    number.is_multiple_of(50)
}

pub fn stop(harness: &Harness, worker: Worker) {
    harness.runtime.block_on(worker.stop());
}

/// Asserts that the report accounts for every message and user, where the messages with these bodies
/// failed.
pub fn assert_exact(outcomes: &Value, messages: usize, failed: &BTreeSet<String>) {
    let failed: Vec<usize> = (0..messages).filter(|at| failed.contains(&body(*at))).collect();
    let users: Vec<usize> = (1..=2 * messages).collect();
    let inactive = users.iter().filter(|user| is_inactive(**user)).count();
    let users_of = |message: &usize| [2 * message + 1, 2 * message + 2];
    let without = failed.iter().flat_map(users_of).filter(|user| !is_inactive(*user)).count();
    let mut counts = json!({ "written": messages - failed.len() });
    if !failed.is_empty() {
        counts["came-back"] = failed.len().into();
    }
    assert_eq!(outcomes["counts"], counts, "{outcomes:#}");
    let expected = json!({
        "users": users.len(), "have_list": users.len() - inactive - without,
        "without_list": without, "inactive": inactive,
        "unknown_user": 0, "too_few": 0, "refused": 0, "not_read": 0,
    });
    assert_eq!(outcomes["users"], expected);
    assert_eq!(outcomes["ended"], "settled");
}
