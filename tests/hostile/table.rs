//! A DynamoDB whose answers cannot be.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::endpoint::sqs;
use crate::kit::{Fake, Place, Ran};

const LONG: &str = "\u{1b}]52;c;AAAA\u{7}\u{9b}2J\nerror: x";

/// A DynamoDB that is sound but for what `lie` answers, by operation and number of the call of it.
fn dynamodb(lie: impl Fn(&str, usize, &str) -> Option<Value> + Send + Sync + 'static) -> Fake {
    let calls = AtomicUsize::new(0);
    sqs(move |operation, request| {
        let number = match operation.starts_with("Batch") {
            true => calls.fetch_add(1, Ordering::SeqCst),
            false => 0,
        };
        let answer = lie(operation, number, request).unwrap_or_else(|| match operation {
            "DescribeTable" => json!({ "Table": table() }),
            _ => json!({}),
        });
        Some((200, answer))
    })
}

fn table() -> Value {
    json!({
        "TableName": "recs", "TableStatus": "ACTIVE", "ItemCount": 3,
        "TableArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/recs",
        "KeySchema": [{ "AttributeName": "user_id", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "user_id", "AttributeType": "N" }],
        "BillingModeSummary": { "BillingMode": "PAY_PER_REQUEST" },
    })
}

fn run(fake: &Fake, args: &[&str]) -> Ran {
    let place = Place::new();
    place.write("in.jsonl", "[1,[10]]\n[2,[20]]\n");
    let more = ["--table", "recs", "--facts", "none", "--output", "json", "--endpoint-url"];
    place.run(&[args, &more, &[&fake.url()]].concat())
}

#[test]
fn a_description_with_numbers_that_cannot_be_floods_and_crashes_nothing() {
    let numbers = [json!(-5), json!(i64::MAX)];
    for number in numbers {
        let told = number.clone();
        let fake = dynamodb(move |operation, _, _| {
            let units = json!({
                "ReadCapacityUnits": number, "WriteCapacityUnits": number,
                "NumberOfDecreasesToday": number,
            });
            let index = |n: usize| {
                json!({
                    "IndexName": format!("{LONG}{n}"), "ItemCount": number,
                    "KeySchema": [{ "AttributeName": LONG, "KeyType": "HASH" }],
                    "ProvisionedThroughput": units, "IndexStatus": LONG,
                    "Projection": { "ProjectionType": "ALL" },
                })
            };
            let mut table = table();
            table["TableStatus"] = json!(LONG.repeat(1_000));
            table["ItemCount"] = number.clone();
            table["TableSizeBytes"] = number.clone();
            table["BillingModeSummary"] = json!({ "BillingMode": LONG });
            table["ProvisionedThroughput"] = units.clone();
            table["WarmThroughput"] = json!({ "WriteUnitsPerSecond": number });
            table["GlobalSecondaryIndexes"] = (0..1_000).map(index).collect();
            (operation == "DescribeTable").then(|| json!({ "Table": table }))
        });
        for args in [
            &["backfill", "in.jsonl", "--dry-run"][..],
            &["backfill", "in.jsonl", "--wcu", "auto"],
            &["backfill", "in.jsonl", "--wcu", "50%"],
            &["verify", "in.jsonl"],
        ] {
            let ran = run(&fake, args).ended_by_itself();
            assert!(ran.code < Some(64), "{args:?} on {told}: {ran:#?}");
            assert!(ran.stdout.len() + ran.stderr.len() < 100_000, "{args:?} on {told}");
            let text = format!("{}{}", ran.stdout, ran.stderr);
            for absurd in ["9223372036854775", "9,223,372", "NaN", "inf,", "e+1"] {
                assert!(!text.contains(absurd), "{args:?} on {told}: {absurd} in {text}");
            }
        }
    }
}

#[test]
fn a_key_attribute_of_many_letters_is_no_flood() {
    let fake = dynamodb(|operation, _, _| {
        let name = LONG.repeat(20_000);
        let mut table = table();
        table["KeySchema"][0]["AttributeName"] = json!(name);
        table["AttributeDefinitions"][0]["AttributeName"] = json!(name);
        (operation == "DescribeTable").then(|| json!({ "Table": table }))
    });
    let ran = run(&fake, &["backfill", "in.jsonl", "--dry-run"]).ended(3);
    assert!(ran.stderr.len() < 20_000, "{}", ran.stderr.len());
}

/// Units that a call cannot have used count for nothing.
#[test]
fn consumed_units_that_cannot_be_are_left_out() {
    for units in [json!(1e308), json!(-1e308), json!(-3), json!("NaN"), json!("Infinity")] {
        let fake = dynamodb(move |operation, _, _| {
            let used = json!([{ "TableName": "recs", "CapacityUnits": units }]);
            operation.starts_with("Batch").then(|| json!({ "ConsumedCapacity": used }))
        });
        let report = run(&fake, &["backfill", "in.jsonl", "--wcu", "100"]).ended(0).report();
        assert_eq!(report["entries"]["written"], 2, "{report}");
        let text = report.to_string();
        for absurd in ["e308", "e+308", ":-3", "inf", "null.0"] {
            assert!(!text.contains(absurd), "{absurd}: {report}");
        }
    }
}

/// An answer that names what was not sent says nothing about what was: all is sent again.
#[test]
fn unprocessed_items_that_were_never_sent_are_not_sent_and_all_that_was_is_sent_again() {
    let fake = dynamodb(|operation, number, _| {
        let put =
            |n: usize| json!({ "PutRequest": { "Item": { "user_id": { "N": n.to_string() } } } });
        let items: Vec<Value> = (5_000..15_000).map(put).collect();
        let lies = operation == "BatchWriteItem" && number < 2;
        lies.then(|| json!({ "UnprocessedItems": { "recs": items, "other": [put(1)] } }))
    });
    let report = run(&fake, &["backfill", "in.jsonl"]).ended(0).report();
    assert_eq!(report["entries"]["written"], 2, "{report}");
    let writes: Vec<String> =
        fake.heard().into_iter().filter(|request| request.contains("BatchWriteItem")).collect();
    assert_eq!(writes.len(), 3);
    for write in writes {
        assert!(write.contains(r#""N":"1""#) && write.contains(r#""N":"2""#), "{write}");
        assert!(!write.contains("5000"), "{write}");
    }
}

#[test]
fn items_and_keys_that_were_never_asked_for_are_no_answer() {
    let item =
        |n: usize| json!({ "user_id": { "N": n.to_string() }, "recommendations": { "L": [] } });
    let unasked: Vec<Value> = (5_000..15_000).map(item).collect();
    let keys: Vec<Value> =
        (5_000..15_000).map(|n: usize| json!({ "user_id": { "N": n.to_string() } })).collect();
    let fake = dynamodb(move |operation, _, _| {
        (operation == "BatchGetItem").then(|| {
            json!({
                "Responses": { "recs": unasked, "other": unasked },
                "UnprocessedKeys": { "recs": { "Keys": keys } },
            })
        })
    });
    let report = run(&fake, &["verify", "in.jsonl", "--users", "all"]).ended(6).report();
    assert_eq!(report["differences"].as_array().map(Vec::len), Some(2), "{report}");
    let reads = fake.heard().iter().filter(|request| request.contains("BatchGetItem")).count();
    assert_eq!(reads, 1);
}

/// `classify` decides by what the table holds: what it says must be about what was asked.
#[test]
fn a_table_that_answers_for_others_decides_nothing() {
    let body = r#"{"generated_at":"2023-11-14T00:00:00Z","data":[[1,[10]],[2,[20]]]}"#;
    let fake = dynamodb(move |operation, number, _| match operation {
        "GetQueueUrl" => Some(json!({ "QueueUrl": "http://sqs.local/123456789012/recs-dlq" })),
        "GetQueueAttributes" => Some(json!({ "Attributes": crate::endpoint::attributes("1") })),
        "ReceiveMessage" => Some(json!({ "Messages": [{
            "MessageId": "m-1", "ReceiptHandle": "h-1", "Body": body,
            "MD5OfBody": "a8f5aa908ff08b223e789ace8a9b12d5",
            "Attributes": { "SentTimestamp": "1700000000000", "ApproximateReceiveCount": "1" },
        }] })),
        "BatchGetItem" => {
            let key = |n: usize| json!({ "user_id": { "N": (n + 5_000 + number).to_string() } });
            let keys: Vec<Value> = (0..90).map(key).collect();
            Some(json!({ "UnprocessedKeys": { "recs": { "Keys": keys } } }))
        }
        _ => None,
    });
    let args = ["dlq", "classify", "--dlq", "recs-dlq", "--max", "1"];
    run(&fake, &args).says("keys that were not requested");
    let reads = fake.heard().iter().filter(|request| request.contains("BatchGetItem")).count();
    assert_eq!(reads, 1);
}
