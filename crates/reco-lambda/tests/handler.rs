//! The handler against an embedded DynamoDB, and against a table that rejects writes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../../reco-store/tests/support/mod.rs"]
mod support;

use std::time::Duration;

use aws_lambda_events::sqs::SqsEvent;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use reco_core::policy::Policy;
use reco_lambda::{FailureReason, Handled, HandlerError, Pipeline, handle};
use reco_store::facts::FactsSource;
use reco_store::retry::RetryOptions;
use reco_store::writer::WriterOptions;
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use support::stub::{Reply, Stub};
use support::{client, empty_table, writer};
use tokio::time::Instant;

fn pipeline(client: Client) -> Pipeline {
    let retry = RetryOptions {
        max_attempts: 1000,
        base_delay: Duration::from_millis(20),
        max_delay: Duration::from_millis(100),
    };
    let writer = writer(client, WriterOptions { retry, ..WriterOptions::default() });
    Pipeline { facts: FactsSource::NONE, policy: Policy::default(), writer }
}

async fn with_table() -> (Client, Pipeline) {
    let client = empty_table().await;
    (client.clone(), pipeline(client))
}

fn record(id: &str, body: &str) -> Value {
    json!({
        "messageId": id,
        "body": body,
        "attributes": { "SentTimestamp": "1700000000000" },
        "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:recs",
    })
}

fn event(records: &[Value]) -> SqsEvent {
    serde_json::from_value(json!({ "Records": records })).unwrap()
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn returned(handled: &Handled) -> Vec<&str> {
    handled.response.batch_item_failures.iter().map(|f| f.item_identifier.as_str()).collect()
}

/// Returns the user's list in the table, as text.
async fn list(client: &Client, user: &str) -> Option<Vec<String>> {
    let key = AttributeValue::N(user.to_owned());
    let got = client.get_item().table_name("recs").key("user_id", key).send().await.unwrap();
    let AttributeValue::L(list) = got.item?.remove("recommended_note_ids").unwrap() else {
        panic!("a list")
    };
    Some(list.iter().map(|id| id.as_n().unwrap().clone()).collect())
}

#[tokio::test]
async fn a_poison_body_fails_itself_only() {
    let (table, pipeline) = with_table().await;
    let batch = event(&[
        record("good", r#"{"data": [[1, [11, 12, 11]], [2, [21]]]}"#),
        record("poison", "{\"data\": [[3, [3"),
        record("foreign", r#"{"hello": "world"}"#),
        json!({ "messageId": "bodiless" }),
        record("partial", r#"{"data": [[4, [41]], [5, "x"], [6, [1.5]]]}"#),
        record("empty", r#"{"data": [[7, []]]}"#),
        record("item", r#"{"user_id": "8", "recommended_note_ids": [81], "generated_at": 5}"#),
    ]);
    let handled = handle(&pipeline, batch, soon()).await.unwrap();

    assert_eq!(returned(&handled), ["poison", "foreign", "bodiless", "partial"]);
    assert_eq!(list(&table, "1").await.unwrap(), ["11", "12"]);
    assert_eq!(list(&table, "4").await.unwrap(), ["41"]);
    assert_eq!(list(&table, "8").await.unwrap(), ["81"]);
    assert_eq!(list(&table, "7").await, None);
    let report = &handled.report;
    assert_eq!((report.messages, report.entries, report.written), (7, 7, 4));
    assert_eq!((report.bad, report.skipped.values().sum::<u64>()), (2, 1));
    assert_eq!((report.dropped.total(), report.wcu), (1, 4.0));
    let logged = serde_json::to_string(report).unwrap();
    assert!(!logged.contains("world") && !logged.contains("1.5"), "a body was logged: {logged}");
}

#[tokio::test]
async fn the_last_of_a_batch_is_what_the_table_holds() {
    let (table, pipeline) = with_table().await;
    let batch = event(&[
        record("newer", r#"{"data": [[1, [12]]], "generated_at": 200}"#),
        record("older", r#"{"data": [[1, [11]], [2, [21]]], "generated_at": 100}"#),
    ]);
    let handled = handle(&pipeline, batch, soon()).await.unwrap();
    assert_eq!(returned(&handled), [""; 0]);
    // As if they had come in two batches: only `writes.only_newer` goes by times.
    assert_eq!(list(&table, "1").await.unwrap(), ["11"]);
    assert_eq!(list(&table, "2").await.unwrap(), ["21"]);
    assert_eq!((handled.report.written, handled.report.superseded), (2, 1));
}

#[tokio::test]
async fn a_message_without_an_id_fails_the_batch_before_anything_is_written() {
    let (table, pipeline) = with_table().await;
    for nameless in [json!({ "body": "[2,[1]]" }), record("", "[2,[1]]")] {
        let batch = event(&[record("good", "[1,[1]]"), nameless]);
        let error = handle(&pipeline, batch, soon()).await.unwrap_err();
        assert_eq!(error, HandlerError::MissingMessageId { index: 1 });
    }
    assert_eq!(list(&table, "1").await, None);
}

#[tokio::test]
async fn facts_decide_and_what_they_empty_is_success() {
    let (table, mut pipeline) = with_table().await;
    let directory = tempfile::tempdir().unwrap();
    pipeline.facts = facts(
        directory.path(),
        "CREATE TABLE users(id INTEGER, status TEXT);
         CREATE TABLE articles(id INTEGER, status TEXT, author_id INTEGER);
         CREATE TABLE reads(user_id INTEGER, article_id INTEGER);
         CREATE TABLE mutes(user_id INTEGER, author_id INTEGER);
         INSERT INTO users VALUES (1, 'active'), (2, 'suspended'), (3, 'active');
         INSERT INTO articles VALUES (10, 'published', 1), (11, 'published', 9), (12, 'draft', 9),
            (13, 'published', 8);
         INSERT INTO reads VALUES (1, 13), (3, 11);",
    )
    .await;
    let batch = event(&[
        record("one", r#"{"data": [[1, [10, 13, 99, 12, 11]]]}"#),
        record("none", r#"{"data": [[2, [11]], [3, [11, 12]], [4, [11]]]}"#),
    ]);
    let handled = handle(&pipeline, batch, soon()).await.unwrap();
    assert_eq!(returned(&handled), [""; 0]);
    assert_eq!(list(&table, "1").await.unwrap(), ["11"]);
    for user in ["2", "3", "4"] {
        assert_eq!(list(&table, user).await, None);
    }
    assert_eq!(handled.report.skipped.values().sum::<u64>(), 3);
    assert_eq!(handled.report.facts, "sqlite");
}

#[tokio::test]
async fn without_facts_everything_is_returned_and_nothing_written() {
    let (table, mut pipeline) = with_table().await;
    let directory = tempfile::tempdir().unwrap();
    pipeline.facts = facts(directory.path(), "CREATE TABLE users(id INTEGER, status TEXT);").await;
    let batch = event(&[record("a", "[1,[11]]"), record("b", "poison"), record("c", "[2,[11]]")]);
    let handled = handle(&pipeline, batch, soon()).await.unwrap();
    assert_eq!(returned(&handled), ["a", "b", "c"]);
    assert_eq!(list(&table, "1").await, None);
    assert!(handled.report.facts_error.unwrap().contains("no such table"));
    assert_eq!(handled.report.unprocessed, 2);
}

async fn facts(directory: &std::path::Path, sql: &'static str) -> FactsSource {
    let path = directory.join("facts.sqlite");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql(sql).execute(&pool).await.unwrap();
    pool.close().await;
    FactsSource::from_url(&format!("sqlite:{}", path.display())).await.unwrap()
}

#[tokio::test]
async fn a_throttled_table_returns_what_it_did_not_take() {
    // The last of the three users comes back unprocessed every time.
    let stub = Stub::start([Reply::Unprocessed(1)]).await;
    let pipeline = pipeline(client(stub.port));
    let batch = event(&[
        record("a", "[1,[11]]"),
        record("empty", "[9,[]]"),
        record("b", r#"{"data": [[2,[11]], [3,[11]]]}"#),
        record("also-3", "[3,[5]]"),
        record("poison", "{"),
    ]);
    let begun = Instant::now();
    let handled = handle(&pipeline, batch, begun + Duration::from_millis(700)).await.unwrap();

    assert!(begun.elapsed() < Duration::from_millis(1200));
    assert_eq!(returned(&handled), ["b", "also-3", "poison"]);
    let reason = &handled.report.failures[0].reason;
    assert_eq!(*reason, FailureReason::NotWritten { users: 1, refused: 0 });
    let report = &handled.report;
    assert_eq!((report.written, report.unprocessed, report.superseded), (2, 1, 1));
    assert!(report.retries >= 3, "only {} retries in 700 ms", report.retries);
    assert!(stub.calls().len() < 60, "{} calls in 700 ms", stub.calls().len());
    assert!(report.write_error.as_deref().unwrap().contains("deadline"));
}

#[tokio::test]
async fn past_the_deadline_nothing_is_begun_and_nothing_is_lost() {
    let stub = Stub::start([Reply::Written]).await;
    let pipeline = pipeline(client(stub.port));
    let batch = event(&[record("a", "[1,[11]]"), record("b", "[2,[11]]"), record("e", "[3,[]]")]);
    let handled = handle(&pipeline, batch, Instant::now()).await.unwrap();
    // A source without facts responds immediately, deadline or not.
    assert_eq!(returned(&handled), ["a", "b"]);
    assert!(stub.calls().is_empty());
}

#[tokio::test]
async fn a_fifo_group_is_returned_from_its_first_failure_on() {
    let (table, pipeline) = with_table().await;
    let fifo = |id: &str, group: &str, body: &str| {
        let mut record = record(id, body);
        record["attributes"] = json!({ "MessageGroupId": group });
        record["eventSourceARN"] = json!("arn:aws:sqs:eu-central-1:000000000000:recs.fifo");
        record
    };
    let batch = event(&[
        fifo("a1", "a", "[1,[11]]"),
        fifo("a2", "a", "poison"),
        fifo("b1", "b", "[2,[21]]"),
        fifo("a3", "a", "[1,[99]]"),
    ]);
    let handled = handle(&pipeline, batch, soon()).await.unwrap();
    assert_eq!(returned(&handled), ["a2", "a3"]);
    assert_eq!(list(&table, "1").await.unwrap(), ["11"]);
    assert_eq!(list(&table, "2").await.unwrap(), ["21"]);
}

#[tokio::test]
async fn an_empty_batch_is_success() {
    let stub = Stub::start([Reply::Written]).await;
    let handled = handle(&pipeline(client(stub.port)), event(&[]), soon()).await.unwrap();
    assert!(handled.response.batch_item_failures.is_empty() && stub.calls().is_empty());
}

#[tokio::test]
async fn with_the_guard_what_is_stale_is_success_and_counted() {
    let (table, plain) = with_table().await;
    let policy = Policy::from_toml("[writes]\nonly_newer = true").unwrap();
    let options = WriterOptions { only_newer: true, ..WriterOptions::default() };
    let writer = writer(table.clone(), options);
    let guarded = Pipeline { policy, writer, ..plain };
    let dated = |id: &str, article: u64, time: u64| {
        record(id, &format!(r#"{{"data": [[1, [{article}]]], "generated_at": {time}}}"#))
    };
    let first = handle(&guarded, event(&[dated("a", 11, 200)]), soon()).await.unwrap();
    assert_eq!((first.report.written, first.report.stale), (1, 0));

    // Late and redelivered messages; below, a newer one in a batch with an older one.
    for (late, time) in [("late", 100), ("again", 200)] {
        let handled = handle(&guarded, event(&[dated(late, 99, time)]), soon()).await.unwrap();
        assert_eq!(returned(&handled), [""; 0]);
        assert_eq!((handled.report.written, handled.report.stale), (0, 1));
        assert_eq!(list(&table, "1").await.unwrap(), ["11"]);
    }
    let both = event(&[dated("newer", 12, 300), dated("older", 99, 250)]);
    let handled = handle(&guarded, both, soon()).await.unwrap();
    assert_eq!((handled.report.written, handled.report.superseded), (1, 1));
    assert_eq!(list(&table, "1").await.unwrap(), ["12"]);
}
