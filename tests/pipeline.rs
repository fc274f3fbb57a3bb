//! The pipeline as a whole: queue, function, DLQ, recoctl, table. Nothing may go missing.

mod support;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsEvent};
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use aws_sdk_sqs::types::QueueAttributeName;
use reco_core::classify::Class;
use reco_core::item::ItemDescription;
use reco_core::policy::Policy;
use reco_lambda::Pipeline;
use reco_sandbox::SandboxOptions;
use reco_sandbox::cloudwatch::Cloudwatch;
use reco_sandbox::seed::{Mix, SeedOptions};
use reco_sandbox::worker::{self, Function, Source, Worker, WorkerOptions};
use reco_store::facts::FactsSource;
use reco_store::writer::{Writer, WriterOptions};
use serde_json::Value;
use support::table::{create_plain, scanned};
use support::{Harness, eventually};
use tokio_util::sync::CancellationToken;

const TABLE: &str = "recommendations";

/// Every message of the DLQ must end up in exactly one place: moved (with its lists in the table),
/// or still in the DLQ. The report names each of them once.
#[test]
fn of_a_thousand_mixed_messages_none_is_missing() {
    // Long enough that a busy machine's function is not mistaken for a throttled one.
    let seed = SeedOptions {
        mix: Mix::of_total(1000),
        visibility_timeout_s: 30,
        ..SeedOptions::default()
    };
    let worker = WorkerOptions { timeout: Duration::from_secs(25), ..WorkerOptions::default() };
    let options =
        SandboxOptions { seed: Some(seed), worker: Some(worker), ..SandboxOptions::default() };
    let harness = Harness::sandbox(options);
    let seeded = &harness.the_sandbox().seed().expect("it is seeded").messages;
    let all: BTreeSet<String> = seeded.iter().map(|message| message.id.clone()).collect();
    assert_eq!(all.len(), 1000);

    let classified = harness.json(0, ["dlq", "classify", "--all"]);
    let classes = by_id(&classified, "class");
    assert_eq!(classes.keys().cloned().collect::<BTreeSet<_>>(), all, "classify sees each once");
    for message in seeded {
        assert_eq!(classes[&message.id], message.class.name(), "{}", message.about);
    }

    let redriven = harness.json(0, ["dlq", "redrive", "--rate", "500"]);
    let fates = by_id(&redriven, "fate");
    assert_eq!(fates.keys().cloned().collect::<BTreeSet<_>>(), all, "the report names each once");
    let idle = harness.runtime.block_on(harness.the_sandbox().idle(Duration::from_secs(100)));
    assert!(idle, "the source queue is worked through");

    let left = support::queues::snapshot(&harness, "recs-dlq").messages.into_iter();
    let dead: BTreeSet<String> = left.map(|message| message.id).collect();
    let table = scan(&harness);
    for message in seeded {
        let moved = fates[&message.id] == "moved";
        assert_eq!(moved, message.class == Class::Retryable, "{}", message.about);
        assert_ne!(moved, dead.contains(&message.id), "in exactly one place: {}", message.about);
    }
    assert!(!table.is_empty());
    let left = harness.json(0, ["dlq", "classify", "--all"]);
    assert_eq!(left["scanned"], dead.len(), "what is left is what the report says");
}

#[test]
fn movielens_through_queue_failure_and_redrive_in_the_sandbox() {
    movielens(&Harness::sandbox(SandboxOptions::empty()));
}

#[test]
fn movielens_through_queue_failure_and_redrive_in_the_independent_server() {
    movielens(&Harness::independent());
}

/// Real messages go through the queue; those for which the function is throttled end up in the DLQ;
/// recoctl brings them back; and the table must equal, item by item, what another program computed
/// from the same data.
fn movielens(harness: &Harness) {
    let data = support::movielens();
    let messages = lines(&data.join("messages.jsonl"));
    create(harness);
    let (unlucky, lucky): (Vec<_>, Vec<_>) =
        messages.into_iter().enumerate().partition(|(index, _)| index % 2 == 0);
    let [unlucky, lucky] = [unlucky, lucky]
        .map(|half| half.into_iter().map(|(_, message)| message).collect::<Vec<String>>());

    // A short visibility timeout brings a throttled message back soon. The lucky half follows
    // later, under a long one: on a busy machine the function takes longer than the short one.
    harness.runtime.block_on(send(harness, &unlucky));
    let unlucky: HashSet<String> = unlucky.into_iter().collect();
    let pipeline = harness.runtime.block_on(pipeline(harness, &data));
    let throttled = throttled_for(unlucky.clone(), worker::function(pipeline));
    let worker = harness.runtime.block_on(start(harness, throttled));
    eventually("the unlucky ones are in the DLQ", Duration::from_secs(100), || {
        depth(harness, "recs-dlq") == unlucky.len() && depth(harness, "recs") == 0
    });
    harness.runtime.block_on(worker.stop());
    harness.runtime.block_on(set_visibility_timeout(harness, "120"));
    harness.runtime.block_on(send(harness, &lucky));

    let mut args = vec!["--queue", "recs", "--table", TABLE];
    let facts = format!("sqlite:{}", data.join("facts.sqlite").display());
    args.extend(["--facts", &facts]);
    let with = |more: &[&'static str]| [args.clone(), more.to_vec()].concat();
    let classified = harness.json(0, with(&["dlq", "classify"]));
    assert_eq!(classified["scanned"], unlucky.len());
    let redriven = harness.json(0, with(&["dlq", "redrive", "--rate", "50"]));
    let fates = by_id(&redriven, "fate");
    assert!(fates.values().all(|fate| fate == "moved"), "{fates:?}");
    assert_eq!(depth(harness, "recs-dlq"), 0);

    let pipeline = harness.runtime.block_on(self::pipeline(harness, &data));
    let worker = harness.runtime.block_on(start(harness, worker::function(pipeline)));
    eventually("the queue is empty", Duration::from_secs(100), || depth(harness, "recs") == 0);
    harness.runtime.block_on(worker.stop());
    assert_eq!(depth(harness, "recs-dlq"), 0);

    let expected: BTreeMap<String, Vec<String>> = lines(&data.join("expected.jsonl"))
        .iter()
        .map(|line| {
            let item: Value = serde_json::from_str(line).expect("a line is JSON");
            let ids = item["recommended_note_ids"].as_array().expect("a list");
            (item["user_id"].to_string(), ids.iter().map(Value::to_string).collect())
        })
        .collect();
    let table = scan(harness);
    assert_eq!(table.len(), expected.len());
    for (user, list) in &expected {
        assert_eq!(table.get(user), Some(list), "user {user}");
    }
}

/// A function with less concurrency than its mapping uses: what is throttled is received once more, so
/// that sound messages die. They are `retryable`, and go through once the concurrency is there.
#[test]
fn messages_that_died_of_throttled_invocations_go_through_later() {
    let harness = Harness::sandbox(SandboxOptions::empty());
    create(&harness);
    harness.runtime.block_on(set_visibility_timeout(&harness, "1"));
    let messages: Vec<String> =
        (0..30).map(|user| format!(r#"{{"data":[[{user},[1,2]]]}}"#)).collect();
    harness.runtime.block_on(send(&harness, &messages));

    let with = |reserved, slow| {
        let function = worker::function(harness.runtime.block_on(pipeline_with(&harness, "none")));
        let function: Function = Arc::new(move |event, deadline| {
            let answer = function(event, deadline);
            Box::pin(async move {
                tokio::time::sleep(slow).await;
                answer.await
            })
        });
        let options = WorkerOptions {
            timeout: Duration::from_secs(100),
            batch_size: 1,
            concurrency: 8,
            reserved,
            ..WorkerOptions::default()
        };
        harness.runtime.block_on(start_with(&harness, function, options))
    };
    let worker = with(Some(1), Duration::from_millis(400));
    eventually("the queue is empty", Duration::from_secs(100), || depth(&harness, "recs") == 0);
    harness.runtime.block_on(worker.stop());
    let dead = depth(&harness, "recs-dlq");
    assert!(dead > 0, "throttling alone used up the receives of some");

    let args = ["--queue", "recs", "--table", TABLE, "--facts", "none"];
    let classified = harness.json(0, args.iter().chain(&["dlq", "classify"]));
    let classes = by_id(&classified, "class");
    assert_eq!(classes.len(), dead);
    assert!(classes.values().all(|class| class == "retryable"), "{classes:?}");

    let worker = with(None, Duration::ZERO);
    harness.runtime.block_on(set_visibility_timeout(&harness, "120"));
    let redriven = harness.json(0, args.iter().chain(&["dlq", "redrive", "--rate", "100"]));
    assert!(by_id(&redriven, "fate").values().all(|fate| fate == "moved"), "{redriven}");
    eventually("the queue is empty", Duration::from_secs(100), || depth(&harness, "recs") == 0);
    harness.runtime.block_on(worker.stop());
    assert_eq!(depth(&harness, "recs-dlq"), 0);
    assert_eq!(scan(&harness).len(), messages.len());
}

fn lines(path: &std::path::Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("the file can be read");
    text.lines().map(str::to_owned).collect()
}

/// Returns a field of each row by message id.
fn by_id(report: &Value, member: &str) -> BTreeMap<String, String> {
    let rows = report["messages"].as_array().expect("messages is a list");
    let pair = |row: &Value| {
        let text = |name: &str| row[name].as_str().expect("a text").to_owned();
        (text("message_id"), text(member))
    };
    let map: BTreeMap<String, String> = rows.iter().map(pair).collect();
    assert_eq!(map.len(), rows.len(), "no message stands twice");
    map
}

/// Creates the queues and the table.
fn create(harness: &Harness) {
    harness.runtime.block_on(create_queues(harness));
    create_plain(harness, TABLE, &[("user_id", ScalarAttributeType::N)]);
}

async fn create_queues(harness: &Harness) {
    let sqs = harness.sqs();
    let dlq = sqs.create_queue().queue_name("recs-dlq").send().await.expect("the DLQ is made");
    let arn = sqs
        .get_queue_attributes()
        .queue_url(dlq.queue_url().expect("a URL"))
        .attribute_names(QueueAttributeName::QueueArn)
        .send()
        .await
        .expect("its attributes can be read");
    let arn = &arn.attributes().expect("attributes")[&QueueAttributeName::QueueArn];
    // More than 1, because a long poll of a stopped worker may still receive a message once, and
    // its answer is lost.
    let policy = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"3"}}"#);
    sqs.create_queue()
        .queue_name("recs")
        .attributes(QueueAttributeName::RedrivePolicy, policy)
        .attributes(QueueAttributeName::VisibilityTimeout, "8")
        .send()
        .await
        .expect("the queue is made");
}

async fn url(harness: &Harness, queue: &str) -> String {
    let answer = harness.sqs().get_queue_url().queue_name(queue).send().await;
    answer.expect("the queue is there").queue_url().expect("a URL").to_owned()
}

async fn send(harness: &Harness, messages: &[String]) {
    let (sqs, url) = (harness.sqs(), url(harness, "recs").await);
    for message in messages {
        sqs.send_message().queue_url(&url).message_body(message).send().await.expect("it is sent");
    }
}

async fn set_visibility_timeout(harness: &Harness, seconds: &str) {
    let (sqs, url) = (harness.sqs(), url(harness, "recs").await);
    let set = sqs.set_queue_attributes().queue_url(url);
    let set = set.attributes(QueueAttributeName::VisibilityTimeout, seconds);
    set.send().await.expect("it is set");
}

fn depth(harness: &Harness, queue: &str) -> usize {
    let count = async {
        let attributes = harness
            .sqs()
            .get_queue_attributes()
            .queue_url(url(harness, queue).await)
            .attribute_names(QueueAttributeName::All)
            .send()
            .await
            .expect("its attributes can be read");
        let number = |name| -> usize {
            let text = &attributes.attributes().expect("attributes")[&name];
            text.parse().expect("a number")
        };
        number(QueueAttributeName::ApproximateNumberOfMessages)
            + number(QueueAttributeName::ApproximateNumberOfMessagesNotVisible)
    };
    harness.runtime.block_on(count)
}

async fn pipeline(harness: &Harness, data: &std::path::Path) -> Pipeline {
    let facts = format!("sqlite:{}", data.join("facts.sqlite").display());
    pipeline_with(harness, &facts).await
}

async fn pipeline_with(harness: &Harness, facts: &str) -> Pipeline {
    let table = reco_store::table::describe(&harness.dynamodb(), TABLE).await.expect("described");
    let schema = table.schema(&ItemDescription::default()).expect("it fits");
    Pipeline {
        facts: FactsSource::from_url(facts).await.expect("the facts open"),
        policy: Policy::default(),
        writer: Writer::new(harness.dynamodb(), TABLE, schema, WriterOptions::default()),
    }
}

async fn start(harness: &Harness, function: Function) -> Worker {
    let options = WorkerOptions { timeout: Duration::from_secs(100), ..WorkerOptions::default() };
    start_with(harness, function, options).await
}

async fn start_with(harness: &Harness, function: Function, options: WorkerOptions) -> Worker {
    let queue_url = url(harness, "recs").await;
    let source = Source {
        client: harness.sqs(),
        queue_url,
        queue_arn: "arn:aws:sqs:us-east-1:000000000000:recs".to_owned(),
        function_name: "recs-writer".to_owned(),
    };
    Worker::start(source, function, Cloudwatch::new(), options, CancellationToken::new())
}

/// Returns the function, throttled whenever it gets one of these bodies: such a message comes back
/// untouched, as valid messages do when a function is out of concurrency.
fn throttled_for(unlucky: HashSet<String>, function: Function) -> Function {
    Arc::new(move |mut event: SqsEvent, deadline: Instant| {
        let refused = |body: &Option<String>| body.as_ref().is_some_and(|b| unlucky.contains(b));
        let (back, rest) = event.records.into_iter().partition(|record| refused(&record.body));
        event.records = rest;
        let back: Vec<_> = back;
        let answer = function(event, deadline);
        Box::pin(async move {
            let mut answer = answer.await?;
            answer.batch_item_failures.extend(back.into_iter().map(|record| {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier = record.message_id.unwrap_or_default();
                failure
            }));
            Ok(answer)
        })
    })
}

/// Returns the table as user id to list, with numbers as text.
fn scan(harness: &Harness) -> BTreeMap<String, Vec<String>> {
    let number = |value: &AttributeValue| value.as_n().expect("a number").clone();
    let items = scanned(harness, TABLE).into_iter();
    items
        .map(|item| {
            let list = item["recommended_note_ids"].as_l().expect("a list");
            (number(&item["user_id"]), list.iter().map(number).collect())
        })
        .collect()
}
