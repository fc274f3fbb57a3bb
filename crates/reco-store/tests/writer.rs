//! The writer against an embedded DynamoDB, and against scripted failures.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use reco_core::Id;
use reco_core::classify::Held;
use reco_core::item::{KeyType, PlannedItem, Schema};
use reco_store::generated_at::read_generated_at;
use reco_store::retry::{RetryOptions, Stop};
use reco_store::service::ErrorKind;
use reco_store::writer::{WriteFailure, Writer, WriterOptions};
use serde_json::json;
use support::stub::{Reply, Stub, exception};
use support::{client, empty_table, planned, writer};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Options with up to `max_attempts`, which wait from `base_ms` to `max_ms`.
fn retrying(max_attempts: u32, base_ms: u64, max_ms: u64) -> WriterOptions {
    let (base_delay, max_delay) = (Duration::from_millis(base_ms), Duration::from_millis(max_ms));
    let retry = RetryOptions { max_attempts, base_delay, max_delay };
    WriterOptions { retry, ..WriterOptions::default() }
}

fn quick(max_attempts: u32) -> WriterOptions {
    retrying(max_attempts, 20, 200)
}

fn writer_to(stub: &Stub, max_attempts: u32) -> Writer {
    writer(client(stub.port), quick(max_attempts))
}

fn guarded_to(stub: &Stub) -> Writer {
    writer(client(stub.port), WriterOptions { only_newer: true, ..quick(5) })
}

/// The refusal of a call whose table is throttled.
fn throttle() -> Reply {
    let mut body = exception("ProvisionedThroughputExceededException", "too fast");
    body["ThrottlingReasons"] =
        json!([{ "reason": "TableWriteProvisionedThroughputExceeded", "resource": "arn:t" }]);
    Reply::Error(400, body)
}

fn batch(users: std::ops::Range<i64>) -> Vec<PlannedItem> {
    users.map(|user| planned(user, &[1, 2, 3], Some(1_700_000_000))).collect()
}

fn users(items: &[PlannedItem]) -> BTreeSet<String> {
    items.iter().map(|item| item.recommendation.user.to_string()).collect()
}

fn texts(range: std::ops::Range<i64>) -> BTreeSet<String> {
    range.map(|n| n.to_string()).collect()
}

#[tokio::test]
async fn what_is_written_is_in_the_table_in_rank_order() {
    let client = empty_table().await;
    let schema = Schema::with_key_type(KeyType::N);
    let writer = writer(client.clone(), WriterOptions::default());
    let items: Vec<_> = (0..60).map(|user| planned(user, &[9, 3, 7], Some(user + 100))).collect();

    let report = writer.write_all(items, &Stop::default()).await;

    assert_eq!((report.written, report.left.len(), report.failure), (60, 0, None));
    assert_eq!(report.calls, 3, "25 items a call");
    assert_eq!(report.wcu, 60.0, "one unit an item, as the table counts");
    let got = client
        .get_item()
        .table_name("recs")
        .key("user_id", AttributeValue::N("41".to_owned()))
        .send()
        .await
        .unwrap();
    let item = got.item.unwrap();
    let list = ["9", "3", "7"].map(|n| AttributeValue::N(n.to_owned())).to_vec();
    assert_eq!(item["recommended_note_ids"], AttributeValue::L(list));

    let asked: Vec<Id> = (0..250_i64).map(Id::from).chain([Id::from("not a key")]).collect();
    let times = read_generated_at(&client, "recs", &schema, &asked).await.unwrap();
    assert_eq!(times.len(), 60);
    assert_eq!(times[&Id::from(41_i64)], Held::At(141.into()));
}

#[tokio::test]
async fn a_user_given_twice_ends_with_the_last_list() {
    let client = empty_table().await;
    let schema = Schema::with_key_type(KeyType::N);
    let writer = writer(client.clone(), WriterOptions::default());
    let items = (0..8).map(|time| planned(7, &[1], Some(time))).collect();

    let report = writer.write_all(items, &Stop::default()).await;

    assert_eq!(report.written, 8);
    let times = read_generated_at(&client, "recs", &schema, [&Id::from(7_i64)]).await.unwrap();
    assert_eq!(times[&Id::from(7_i64)], Held::At(7.into()));
}

#[tokio::test]
async fn only_what_came_back_is_sent_again() {
    let stub = Stub::start([Reply::Unprocessed(10), Reply::Unprocessed(3), Reply::Written]).await;
    let report = writer_to(&stub, 5).write_batch(batch(0..25), &Stop::default()).await;

    assert_eq!((report.written, report.left.len(), report.failure), (25, 0, None));
    assert_eq!((report.calls, report.retries, report.returned), (3, 2, 13));
    assert_eq!(report.wcu, 25.0);
    let sent: Vec<BTreeSet<String>> =
        stub.calls().into_iter().map(|call| call.users.into_iter().collect()).collect();
    assert_eq!(sent, [texts(0..25), texts(15..25), texts(22..25)]);
    assert_eq!(stub.calls()[0].body["ReturnConsumedCapacity"], "TOTAL");
}

#[tokio::test]
async fn unprocessed_items_are_not_hammered_and_never_dropped() {
    let stub = Stub::start([Reply::NothingProcessed]).await;
    let begun = Instant::now();
    let report = writer_to(&stub, 8).write_batch(batch(0..25), &Stop::default()).await;

    assert_eq!(users(&report.left), texts(0..25));
    assert_eq!(report.failure, Some(WriteFailure::Exhausted { attempts: 8, last: None }));
    assert_eq!(stub.calls().len(), 8);
    // Seven delays of up to 20, 40, 80, 160, 200, 200, 200 ms: 450 ms on average.
    assert!(report.backoff >= Duration::from_millis(100), "waited only {:?}", report.backoff);
    assert!(begun.elapsed() >= report.backoff);
}

#[tokio::test]
async fn the_deadline_hands_back_what_is_left() {
    let stub = Stub::start([Reply::Unprocessed(5), Reply::NothingProcessed]).await;
    let stop = Stop::at(Instant::now() + Duration::from_millis(600));
    let begun = Instant::now();
    let report = writer_to(&stub, 1000).write_batch(batch(0..25), &stop).await;

    assert_eq!((report.written, users(&report.left)), (20, texts(20..25)));
    assert_eq!(report.failure, Some(WriteFailure::Deadline));
    assert!(begun.elapsed() < Duration::from_millis(900));
    assert!(stub.calls().len() < 40, "{} calls in 600 ms", stub.calls().len());
}

#[tokio::test]
async fn a_call_without_an_answer_ends_at_the_deadline() {
    let stub = Stub::start([Reply::Silence]).await;
    let stop = Stop::at(Instant::now() + Duration::from_millis(300));
    let begun = Instant::now();
    let report = writer_to(&stub, 9).write_batch(batch(0..3), &stop).await;

    assert_eq!(users(&report.left), texts(0..3));
    assert_eq!(report.failure, Some(WriteFailure::Deadline));
    assert!(begun.elapsed() < Duration::from_millis(900));
}

#[tokio::test]
async fn after_the_deadline_no_call_is_made() {
    let stub = Stub::start([Reply::Written]).await;
    let stop = Stop::at(Instant::now() - Duration::from_millis(1));
    let report = writer_to(&stub, 9).write_all(batch(0..60), &stop).await;

    assert_eq!(users(&report.left), texts(0..60));
    assert!(stub.calls().is_empty());
}

#[tokio::test]
async fn cancelling_ends_the_waiting_and_hands_back() {
    let stub = Stub::start([Reply::NothingProcessed]).await;
    let cancel = CancellationToken::new();
    let stop = Stop::on(cancel.clone());
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(150)).await;
        cancel.cancel();
    });
    let report = writer_to(&stub, 1000).write_batch(batch(0..4), &stop).await;
    assert_eq!(users(&report.left), texts(0..4));
    assert_eq!(report.failure, Some(WriteFailure::Cancelled));
}

#[tokio::test]
async fn whole_call_throttles_are_retried_and_their_reasons_kept() {
    let stub = Stub::start([throttle(), throttle(), Reply::Written]).await;
    let report = writer_to(&stub, 5).write_batch(batch(0..25), &Stop::default()).await;

    assert_eq!((report.written, report.throttled_calls, report.retries), (25, 2, 2));
    let (throttle, count) = report.throttling.iter().next().unwrap();
    assert_eq!((throttle.reason.as_str(), *count), ("TableWriteProvisionedThroughputExceeded", 2));
    assert_eq!(throttle.resource, "arn:t");
}

/// The SDK's own retry budget is spent after about fifty throttled calls; ours must last.
#[tokio::test]
async fn retries_do_not_run_dry() {
    let throttle = Reply::Error(400, exception("ThrottlingException", "slow down"));
    let stub = Stub::start(std::iter::repeat_n(throttle, 120).chain([Reply::Written])).await;
    let options = WriterOptions { concurrency: 1, ..retrying(200, 1, 1) };
    let writer = writer(client(stub.port), options);
    let report = writer.write_batch(batch(0..2), &Stop::default()).await;
    assert_eq!((report.written, report.calls), (2, 121));
}

#[tokio::test]
async fn server_faults_and_broken_connections_pass() {
    let fault = Reply::Error(500, exception("InternalServerError", "oops"));
    let bare = Reply::Error(503, json!({}));
    let stub = Stub::start([fault, bare, Reply::HangUp, Reply::Written]).await;
    let report = writer_to(&stub, 9).write_batch(batch(0..25), &Stop::default()).await;
    assert_eq!((report.written, report.retries, report.throttled_calls), (25, 3, 0));
}

#[tokio::test]
async fn refusals_are_reported_at_once_in_the_services_words() {
    for (code, kind) in [
        ("ValidationException", ErrorKind::Refused),
        ("ResourceNotFoundException", ErrorKind::NotFound),
        ("AccessDeniedException", ErrorKind::Denied),
        ("UnrecognizedClientException", ErrorKind::Credentials),
    ] {
        let refusal = || Reply::Error(400, exception(code, "the reason"));
        let stub = Stub::start([refusal(), refusal(), refusal(), refusal()]).await;
        let report = writer_to(&stub, 9).write_batch(batch(0..3), &Stop::default()).await;
        // Calls rejected for their content are retried item by item, so that one does not fail the
        // others.
        let calls = if kind == ErrorKind::Refused { 1 + 3 } else { 1 };
        assert_eq!(stub.calls().len(), calls, "{code}");
        assert_eq!(report.refused.len(), calls - 1);
        assert_eq!(users(&report.left), texts(0..3));
        let Some(WriteFailure::Refused(error)) = report.failure else { panic!("{code}") };
        assert_eq!(error.kind, kind);
        assert!(error.to_string().contains("the reason"), "{error}");
    }
}

#[tokio::test]
async fn nobody_listening_is_said_after_the_attempts() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let writer = writer(client(port), quick(3));
    let report = writer.write_batch(batch(0..3), &Stop::default()).await;
    let Some(WriteFailure::Exhausted { attempts: 3, last: Some(last) }) = &report.failure else {
        panic!("{:?}", report.failure)
    };
    assert_eq!(last.kind, ErrorKind::Unreachable);
    assert_eq!(report.left.len(), 3);
}

/// Creates a table and a guarded writer for it.
async fn guarded() -> (aws_sdk_dynamodb::Client, Writer) {
    let client = empty_table().await;
    let options = WriterOptions { only_newer: true, ..quick(5) };
    (client.clone(), writer(client, options))
}

/// Returns the first article of a user's list.
async fn first_article(client: &aws_sdk_dynamodb::Client, user: i64) -> Option<String> {
    let key = AttributeValue::N(user.to_string());
    let got = client.get_item().table_name("recs").key("user_id", key).send().await.unwrap();
    let list = got.item?["recommended_note_ids"].as_l().unwrap().clone();
    Some(list[0].as_n().unwrap().clone())
}

#[tokio::test]
async fn a_guarded_list_replaces_only_what_is_older() {
    let (client, writer) = guarded().await;
    // Time in the table, time of the write, and whether the write replaces the item.
    let cases: [(Option<Option<i64>>, Option<i64>, bool); 9] = [
        (None, Some(5), true),
        (None, None, true),
        (Some(None), Some(5), true),
        (Some(None), None, true),
        (Some(Some(5)), Some(6), true),
        (Some(Some(5)), Some(5), false),
        (Some(Some(5)), Some(4), false),
        (Some(Some(5)), None, false),
        // Numbers are compared as numbers: as text 9 would come after 10.
        (Some(Some(9)), Some(10), true),
    ];
    let mut before = Vec::new();
    let mut after = Vec::new();
    for (user, (held, coming, _)) in (0..).zip(cases) {
        before.extend(held.map(|time| planned(user, &[1], time)));
        after.push(planned(user, &[2], coming));
    }
    let seeded = writer.write_all(before, &Stop::default()).await;
    assert_eq!((seeded.written, seeded.stale, seeded.left.len()), (7, 0, 0));

    let report = writer.write_all(after, &Stop::default()).await;
    assert_eq!((report.written, report.stale, report.left.len()), (6, 3, 0));
    assert_eq!((report.failure, report.calls, report.wcu), (None, 9, 6.0));
    for (user, (.., replaced)) in (0..).zip(cases) {
        let expected = if replaced { "2" } else { "1" };
        assert_eq!(first_article(&client, user).await.unwrap(), expected, "user {user}");
    }
}

#[tokio::test]
async fn of_guarded_writers_that_race_the_newest_list_wins() {
    let (client, writer) = guarded().await;
    let lists = (1..=20_i64).map(|time| {
        let items = (0..5).map(|user| planned(user, &[time], Some(time * 7 % 23))).collect();
        let writer = writer.clone();
        async move { writer.write_all(items, &Stop::default()).await }
    });
    let reports = futures::future::join_all(lists).await;
    let outcomes: usize = reports.iter().map(|report| report.written + report.stale).sum();
    assert_eq!(outcomes, 100);
    let newest = (1..=20_i64).max_by_key(|time| time * 7 % 23).unwrap().to_string();
    for user in 0..5 {
        assert_eq!(first_article(&client, user).await.unwrap(), newest);
    }
}

#[tokio::test]
async fn guarded_puts_are_retried_one_by_one() {
    let stale = exception("ConditionalCheckFailedException", "The conditional request failed");
    let script = [throttle(), Reply::HangUp, Reply::Error(400, stale), Reply::Written];
    let stub = Stub::start(script).await;
    let report = guarded_to(&stub).write_batch(batch(0..6), &Stop::default()).await;
    assert_eq!((report.written, report.stale, report.left.len()), (5, 1, 0));
    assert_eq!((report.calls, report.throttled_calls, report.retries), (8, 1, 1));
    assert_eq!(report.throttling.len(), 1);
}

#[tokio::test]
async fn guarded_puts_that_are_refused_or_too_late_are_left() {
    let refused = Reply::Error(400, exception("AccessDeniedException", "dynamodb:PutItem"));
    let stub = Stub::start([refused]).await;
    let report = guarded_to(&stub).write_batch(batch(0..3), &Stop::default()).await;
    assert_eq!((report.left.len(), report.written, report.stale), (3, 0, 0));
    assert!(report.failure.unwrap().to_string().contains("PutItem"));

    let stub = Stub::start([Reply::Written, Reply::Written, Reply::Silence]).await;
    let soon = Stop::at(Instant::now() + Duration::from_millis(700));
    let report = guarded_to(&stub).write_batch(batch(0..4), &soon).await;
    assert_eq!((report.written, report.left.len()), (2, 2));
    assert_eq!(report.failure, Some(WriteFailure::Deadline));
}

/// A table that accepts one item at a time: its capacity must go to one batch after the other.
#[tokio::test]
async fn a_slow_table_finishes_some_batches_and_does_not_merely_begin_all() {
    // Four first attempts of 25 items that all come back, then retries that each write one more
    // item.
    let first = std::iter::repeat_n(Reply::NothingProcessed, 4);
    let slowly = (0..25).rev().map(Reply::Unprocessed);
    let stub = Stub::start(first.chain(slowly).chain([Reply::NothingProcessed])).await;
    let writer = writer(client(stub.port), retrying(1_000, 5, 20));
    let soon = Stop::at(Instant::now() + Duration::from_secs(3));
    let report = writer.write_all(batch(0..100), &soon).await;
    assert_eq!((report.written, report.failure), (25, Some(WriteFailure::Deadline)));
    // One batch is complete, and nothing of the others is written.
    let left = users(&report.left);
    let whole = (0..4).filter(|n| texts(n * 25..n * 25 + 25).is_subset(&left)).count();
    assert_eq!(whole, 3, "{left:?}");
}
