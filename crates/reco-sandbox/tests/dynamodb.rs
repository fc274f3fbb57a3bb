//! DynamoDB through the real SDK: the engine's rules, and write capacity in front of it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "../../reco-store/tests/support/mod.rs"]
mod support;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types as cw;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::batch_write_item::{BatchWriteItemError, BatchWriteItemOutput};
use aws_sdk_dynamodb::types::{
    AttributeValue, PutRequest, ReturnConsumedCapacity, ScalarAttributeType, WriteRequest,
};
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use reco_sandbox::{Sandbox, SandboxOptions};
use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};
use support::create_table;

const TABLE: &str = "recommendations";
const ARN: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/recommendations";

async fn sandbox(capacity: Option<WriteCapacity>) -> (Sandbox, Client) {
    let options = SandboxOptions { write_capacity: capacity, ..SandboxOptions::empty() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let client = Client::new(&common::sdk_config(&sandbox));
    create_table(&client, TABLE, &[("user_id", ScalarAttributeType::N)]).await;
    (sandbox, client)
}

/// Returns an item of somewhat more than `bytes` bytes.
fn item(user: u32, bytes: usize) -> HashMap<String, AttributeValue> {
    HashMap::from([
        ("user_id".into(), AttributeValue::N(user.to_string())),
        ("pad".into(), AttributeValue::S("x".repeat(bytes))),
    ])
}

fn puts(users: impl Iterator<Item = u32>, bytes: usize) -> Vec<WriteRequest> {
    let put = |user| {
        let put = PutRequest::builder().set_item(Some(item(user, bytes)));
        WriteRequest::builder().put_request(put.build().unwrap()).build()
    };
    users.map(put).collect()
}

async fn write(
    client: &Client,
    writes: Vec<WriteRequest>,
) -> Result<BatchWriteItemOutput, SdkError<BatchWriteItemError>> {
    client.batch_write_item().request_items(TABLE, writes).send().await
}

fn user_of(write: &WriteRequest) -> u32 {
    let item = write.put_request().unwrap().item();
    item["user_id"].as_n().unwrap().parse().unwrap()
}

async fn count(client: &Client) -> i32 {
    let scan = client.scan().table_name(TABLE).consistent_read(true);
    scan.send().await.unwrap().count()
}

#[tokio::test]
async fn items_are_written_and_capacity_is_reported_as_asked() {
    let (_sandbox, client) = sandbox(None).await;
    let put = || client.put_item().table_name(TABLE);
    let silent = put().set_item(Some(item(1, 1500))).send().await.unwrap();
    assert!(silent.consumed_capacity().is_none());
    let asked = |what| put().set_item(Some(item(1, 10))).return_consumed_capacity(what).send();
    let total = asked(ReturnConsumedCapacity::Total).await.unwrap();
    let capacity = total.consumed_capacity().unwrap();
    assert_eq!(capacity.capacity_units(), Some(2.0), "the larger of old and new");
    assert!(capacity.table().is_none(), "TOTAL has no breakdown");
    let indexes = asked(ReturnConsumedCapacity::Indexes).await.unwrap();
    assert!(indexes.consumed_capacity().unwrap().table().is_some());
    let batch = write(&client, puts(1..=25, 10)).await.unwrap();
    assert!(batch.unprocessed_items().unwrap().is_empty());
    assert!(batch.consumed_capacity().is_empty());
    assert_eq!(count(&client).await, 25);
    let described = client.describe_table().table_name(TABLE).send().await.unwrap();
    assert_eq!(described.table().unwrap().table_arn(), Some(ARN));
}

#[tokio::test]
async fn invalid_batches_are_refused_whole_even_when_capacity_is_short() {
    for capacity in [None, Some(WriteCapacity::per_second(2.0))] {
        let (_sandbox, client) = sandbox(capacity).await;
        let cases = [
            ("26 items", puts(1..=26, 10), "less than or equal to 25"),
            ("a repeated key", puts([1, 2, 3, 4, 1].into_iter(), 10), "duplicates"),
            ("an oversized item", puts(1..=3, 410 * 1024), "size"),
        ];
        for (what, writes, expected) in cases {
            let error = write(&client, writes).await.expect_err(what);
            assert_eq!(error.code(), Some("ValidationException"), "{what}: {error:?}");
            let message = error.message().unwrap();
            assert!(message.contains(expected), "{what}: {message}");
        }
        assert_eq!(count(&client).await, 0);
    }
}

#[tokio::test]
async fn a_batch_past_the_capacity_comes_back_as_unprocessed() {
    let (_sandbox, client) = sandbox(Some(WriteCapacity { wcu: 1.0, burst_seconds: 10.0 })).await;
    // 2 WCU each: five of ten pass.
    let answer = write(&client, puts(1..=10, 1500)).await.unwrap();
    let unprocessed = &answer.unprocessed_items().unwrap()[TABLE];
    assert_eq!(unprocessed.len(), 5);
    let back: HashSet<u32> = unprocessed.iter().map(user_of).collect();
    let pad = unprocessed[0].put_request().unwrap().item()["pad"].as_s().unwrap();
    assert_eq!(pad.len(), 1500, "the item comes back as it was sent");
    for user in 1..=10 {
        let key = AttributeValue::N(user.to_string());
        let got = client.get_item().table_name(TABLE).key("user_id", key).send().await.unwrap();
        assert_eq!(got.item().is_some(), !back.contains(&user), "user {user}");
    }
}

#[tokio::test]
async fn when_nothing_passed_the_exception_names_table_and_reason() {
    let (_sandbox, client) = sandbox(Some(WriteCapacity::per_second(0.01))).await;
    let put = |user| client.put_item().table_name(TABLE).set_item(Some(item(user, 10)));
    put(1).send().await.unwrap();
    let put_error = put(2).send().await.unwrap_err().into_service_error();
    assert!(put_error.is_provisioned_throughput_exceeded_exception(), "{put_error:?}");
    let batch_error = write(&client, puts(3..=6, 10)).await.unwrap_err().into_service_error();
    let BatchWriteItemError::ProvisionedThroughputExceededException(error) = batch_error else {
        panic!("{batch_error:?}");
    };
    let reason = &error.throttling_reasons()[0];
    assert_eq!(reason.reason(), Some("TableWriteProvisionedThroughputExceeded"));
    assert_eq!(reason.resource(), Some(ARN));
    assert_eq!(count(&client).await, 1);
}

#[tokio::test]
async fn a_table_that_does_not_exist_is_not_throttled() {
    let (_sandbox, client) = sandbox(Some(WriteCapacity::per_second(0.01))).await;
    for _ in 0..3 {
        let batch = client.batch_write_item().request_items("nowhere", puts(1..=2, 10));
        let error = batch.send().await.unwrap_err();
        assert_eq!(error.code(), Some("ResourceNotFoundException"), "{error:?}");
    }
}

#[tokio::test]
async fn the_rate_is_held_by_a_client_that_retries() {
    let (_sandbox, client) = sandbox(Some(WriteCapacity { wcu: 50.0, burst_seconds: 0.1 })).await;
    let started = std::time::Instant::now();
    let mut left = puts(1..=100, 10);
    while !left.is_empty() {
        let rest = left.split_off(left.len().min(25));
        let mut again = match write(&client, left.clone()).await {
            Ok(answer) => answer.unprocessed_items.unwrap().remove(TABLE).unwrap_or_default(),
            Err(error) if error.code() == Some("ProvisionedThroughputExceededException") => left,
            Err(error) => panic!("{error:?}"),
        };
        again.extend(rest);
        left = again;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = started.elapsed();
    assert_eq!(count(&client).await, 100);
    // 100 WCU at 50 per second with 5 banked: 1.9 s.
    assert!(took >= Duration::from_millis(1_880), "{took:?}");
    assert!(took < Duration::from_secs(6), "{took:?}");
}

#[tokio::test]
async fn writes_and_throttles_show_in_cloudwatch() {
    let (sandbox, client) = sandbox(Some(WriteCapacity { wcu: 0.01, burst_seconds: 300.0 })).await;
    write(&client, puts(1..=8, 10)).await.unwrap();
    write(&client, puts(9..=12, 10)).await.unwrap_err();
    sandbox.dynamodb().record_provisioned();
    let metrics = aws_sdk_cloudwatch::Client::new(&common::sdk_config(&sandbox));
    let sums = [
        ("ConsumedWriteCapacityUnits", None, 3.0),
        ("WriteThrottleEvents", None, 9.0),
        ("WriteProvisionedThroughputThrottleEvents", None, 9.0),
        ("ThrottledRequests", Some("BatchWriteItem"), 1.0),
    ];
    for (metric, operation, expected) in sums {
        let found = sum(&metrics, metric, operation, "Sum").await;
        assert_eq!(found, Some(expected), "{metric}");
    }
    let provisioned = sum(&metrics, "ProvisionedWriteCapacityUnits", None, "Maximum").await;
    assert_eq!(provisioned, Some(0.01));
}

#[tokio::test]
async fn a_failed_condition_costs_and_is_counted() {
    for capacity in [None, Some(WriteCapacity::per_second(50.0))] {
        let (sandbox, client) = sandbox(capacity).await;
        let put = || client.put_item().table_name(TABLE).set_item(Some(item(1, 1500)));
        put().send().await.unwrap();
        let conditional = put().condition_expression("attribute_not_exists(user_id)");
        let error = conditional.send().await.unwrap_err();
        assert_eq!(error.code(), Some("ConditionalCheckFailedException"));
        let metrics = aws_sdk_cloudwatch::Client::new(&common::sdk_config(&sandbox));
        let consumed = sum(&metrics, "ConsumedWriteCapacityUnits", None, "Sum").await;
        assert_eq!(consumed, Some(4.0));
        let failed = sum(&metrics, "ConditionalCheckFailedRequests", None, "Sum").await;
        assert_eq!(failed, Some(1.0));
    }
}

async fn sum(
    metrics: &aws_sdk_cloudwatch::Client,
    metric: &str,
    operation: Option<&str>,
    stat: &str,
) -> Option<f64> {
    let dimension =
        |name: &str, value: &str| cw::Dimension::builder().name(name).value(value).build();
    let metric = cw::Metric::builder()
        .namespace("AWS/DynamoDB")
        .metric_name(metric)
        .dimensions(dimension("TableName", TABLE));
    let metric = match operation {
        Some(operation) => metric.dimensions(dimension("Operation", operation)),
        None => metric,
    };
    let stat = cw::MetricStat::builder().metric(metric.build()).period(3_600).stat(stat);
    let query = cw::MetricDataQuery::builder().id("q").metric_stat(stat.build()).build();
    let now = SystemTime::now();
    let answer = metrics
        .get_metric_data()
        .metric_data_queries(query)
        .start_time(DateTime::from(now - Duration::from_secs(1_800)))
        .end_time(DateTime::from(now + Duration::from_secs(60)))
        .send()
        .await
        .unwrap();
    answer.metric_data_results()[0].values().first().copied()
}
