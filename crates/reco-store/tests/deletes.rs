//! Deletes mixed with puts, and calls paid from a budget.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use reco_core::Id;
use reco_core::budget::{Budget, Budgets, Capacity, Wanted};
use reco_core::item::{KeyType, PlannedItem, Schema};
use reco_store::generated_at::read_generated_at;
use reco_store::retry::Stop;
use reco_store::writer::{WriteFailure, WritePace, WriterOptions};
use serde_json::json;
use support::stub::{Reply, Stub};
use support::{client, empty_table, planned, writer};
use tokio::time::Instant;

fn removal(user: i64, time: Option<i64>) -> PlannedItem {
    Schema::with_key_type(KeyType::N).plan_delete(Id::from(user), time.map(Into::into)).unwrap()
}

fn pace(wcu: f64) -> Arc<WritePace> {
    let budget = Budget::of(Some(Wanted::Wcu(wcu)), &Capacity::default()).unwrap();
    Arc::new(WritePace::new(Budgets::one(budget, 0)))
}

#[tokio::test]
async fn removals_that_come_back_are_sent_again_beside_puts() {
    let stub = Stub::start([Reply::Unprocessed(2), Reply::Written]).await;
    let writer = writer(client(stub.port), WriterOptions::default());
    let items =
        vec![planned(1, &[5], None), removal(2, None), planned(3, &[5], None), removal(4, None)];

    let report = writer.write_batch(items, &Stop::default()).await;

    assert_eq!((report.written, report.returned, report.calls), (4, 2, 2));
    let put = |user: &str| {
        json!({ "PutRequest": { "Item": {
            "user_id": { "N": user }, "recommended_note_ids": { "L": [{ "N": "5" }] },
        } } })
    };
    let delete = |user: &str| json!({ "DeleteRequest": { "Key": { "user_id": { "N": user } } } });
    let sent: Vec<_> =
        stub.calls().iter().map(|call| call.body["RequestItems"]["recs"].clone()).collect();
    assert_eq!(
        sent,
        [json!([put("1"), delete("2"), put("3"), delete("4")]), json!([put("3"), delete("4")])]
    );
}

#[tokio::test]
async fn a_guarded_removal_leaves_what_is_newer() {
    let client = empty_table().await;
    let plain = writer(client.clone(), WriterOptions::default());
    let items = vec![
        planned(1, &[5], Some(10)),
        planned(2, &[5], Some(30)),
        planned(3, &[5], None),
        planned(4, &[5], Some(10)),
    ];
    plain.write_batch(items, &Stop::default()).await;
    let guarded = writer(client.clone(), WriterOptions { only_newer: true, ..<_>::default() });
    let removals = vec![
        removal(1, Some(20)),
        removal(2, Some(20)),
        removal(3, Some(20)),
        removal(4, None),
        removal(5, Some(20)),
    ];

    let report = guarded.write_batch(removals, &Stop::default()).await;

    assert_eq!((report.written, report.stale, report.left.len()), (3, 2, 0));
    let mut stale: Vec<String> = report.stale_users.iter().map(ToString::to_string).collect();
    stale.sort();
    assert_eq!(stale, ["2", "4"], "newer, and dated where the removal is not");
    assert_eq!(report.stale_wcu, 2);
    let users: Vec<Id> = (1..=5_i64).map(Id::from).collect();
    let schema = guarded.schema();
    let times = read_generated_at(&client, "recs", schema, &users).await.unwrap();
    assert_eq!(times.len(), 2);
}

#[tokio::test]
async fn calls_wait_for_the_budget() {
    let stub = Stub::start([Reply::Written]).await;
    let writer = writer(client(stub.port), WriterOptions::default()).with_pace(pace(100.0));
    let begun = Instant::now();
    let items = (0..75).map(|user| planned(user, &[1], None)).collect();

    let report = writer.write_all(items, &Stop::default()).await;

    assert_eq!((report.written, report.calls), (75, 3));
    assert!(begun.elapsed() >= Duration::from_millis(740), "{:?}", begun.elapsed());
    assert!(report.paced >= Duration::from_millis(740), "{:?}", report.paced);
}

#[tokio::test]
async fn waiting_for_the_budget_ends_when_cancelled_and_costs_nothing() {
    let stub = Stub::start([Reply::Written]).await;
    let writer = writer(client(stub.port), WriterOptions::default()).with_pace(pace(1.0));
    let stop = Stop::default();
    let cancel = stop.cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        cancel.cancel();
    });
    let items = (0..25).map(|user| planned(user, &[1], None)).collect();

    let report = writer.write_batch(items, &stop).await;

    assert_eq!((report.left.len(), report.calls), (25, 0));
    assert_eq!(report.failure, Some(WriteFailure::Cancelled));
    let begun = Instant::now();
    writer.write_batch(vec![planned(1, &[1], None)], &Stop::default()).await;
    assert!(begun.elapsed() < Duration::from_secs(10), "the 25 were not paid for");
}
