//! The null endpoint: answers as a DynamoDB table that takes no time.
//!
//! It costs as little as possible, since it shares the machine with the program that is measured.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Behaviour of the endpoint beyond answering at once.
#[derive(Debug, Default)]
pub struct Behaviour {
    /// Delay of every answer.
    pub latency: Duration,
    /// Share of the items of each call that comes back unprocessed (0 to 1).
    pub unprocessed: f64,
    /// Write capacity units per second; items beyond them come back unprocessed.
    pub wcu: Option<NonZeroU32>,
}

/// Counts since the start.
#[derive(Debug, Default)]
pub struct Counts {
    calls: AtomicU64,
    items: AtomicU64,
    returned: AtomicU64,
    throttled: AtomicU64,
}

/// A table that accepts everything and stores nothing.
#[derive(Debug)]
pub struct Endpoint {
    behaviour: Behaviour,
    limiter: Option<DefaultDirectRateLimiter>,
    counts: Counts,
}

/// An answer: HTTP status and body.
pub type Answer = (u16, Bytes);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch<'a> {
    #[serde(borrow)]
    request_items: std::collections::HashMap<String, Vec<&'a RawValue>>,
}

/// A full burst of unused capacity would hide the limit; a tenth of a second does not.
const BURST_SHARE: u32 = 10;

const EMPTY: &[u8] = br#"{"UnprocessedItems":{}}"#;

impl Endpoint {
    /// Returns an endpoint with counts at zero.
    #[must_use]
    pub fn new(behaviour: Behaviour) -> Self {
        let limiter = behaviour.wcu.map(|wcu| {
            let burst = NonZeroU32::new(wcu.get() / BURST_SHARE).unwrap_or(NonZeroU32::MIN);
            RateLimiter::direct(Quota::per_second(wcu).allow_burst(burst))
        });
        Endpoint { behaviour, limiter, counts: Counts::default() }
    }

    /// Returns the time to wait before an answer is given.
    #[must_use]
    pub fn latency(&self) -> Duration {
        self.behaviour.latency
    }

    /// Answers one call; `target` is the value of `x-amz-target`.
    pub fn answer(&self, target: &str, body: &[u8]) -> Answer {
        match target.rsplit('.').next().unwrap_or_default() {
            "BatchWriteItem" => self.write(body),
            "DescribeTable" => (200, Bytes::from(table(body))),
            operation => (
                400,
                Bytes::from(format!(
                    r#"{{"__type":"com.amazonaws.dynamodb.v20120810#UnknownOperationException","message":"the null endpoint knows BatchWriteItem and DescribeTable, not {operation:?}"}}"#
                )),
            ),
        }
    }

    /// Returns the counts as JSON.
    #[must_use]
    pub fn stats(&self) -> Bytes {
        let Counts { calls, items, returned, throttled } = &self.counts;
        let [calls, items, returned, throttled] =
            [calls, items, returned, throttled].map(|count| count.load(Ordering::Relaxed));
        Bytes::from(
            serde_json::json!({
                "calls": calls, "items": items, "returned": returned, "throttled_calls": throttled
            })
            .to_string(),
        )
    }

    fn write(&self, body: &[u8]) -> Answer {
        self.counts.calls.fetch_add(1, Ordering::Relaxed);
        if self.limiter.is_none() && self.behaviour.unprocessed == 0.0 {
            let items = memmem::find_iter(body, br#""PutRequest""#).count() as u64;
            self.counts.items.fetch_add(items, Ordering::Relaxed);
            return (200, Bytes::from_static(EMPTY));
        }
        match serde_json::from_slice::<Batch<'_>>(body) {
            Ok(batch) => self.sort(&batch),
            Err(error) => (
                400,
                Bytes::from(
                    serde_json::json!({"__type": "SerializationException", "message": error.to_string()})
                        .to_string(),
                ),
            ),
        }
    }

    /// Accepts items as capacity and chance allow, and returns the rest as unprocessed.
    fn sort(&self, batch: &Batch<'_>) -> Answer {
        let (mut taken, mut returned, mut wcu) = (0_u64, 0_u64, 0_u32);
        let mut left = serde_json::Map::new();
        for (table, requests) in &batch.request_items {
            for request in requests {
                let cost = cost(request.get());
                if self.takes(cost) {
                    taken += 1;
                    wcu += cost.get();
                } else {
                    returned += 1;
                    if let Ok(request) = serde_json::from_str(request.get()) {
                        let list =
                            left.entry(table.clone()).or_insert_with(|| Vec::<()>::new().into());
                        if let Some(list) = list.as_array_mut() {
                            list.push(request);
                        }
                    }
                }
            }
        }
        self.counts.items.fetch_add(taken, Ordering::Relaxed);
        self.counts.returned.fetch_add(returned, Ordering::Relaxed);
        if taken == 0 {
            self.counts.throttled.fetch_add(1, Ordering::Relaxed);
            let error = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"The null endpoint's write capacity is used up."}"#;
            return (400, Bytes::from_static(error.as_bytes()));
        }
        let table = batch.request_items.keys().next();
        let answer = serde_json::json!({
            "UnprocessedItems": left,
            "ConsumedCapacity": [{"TableName": table, "CapacityUnits": wcu}],
        });
        (200, Bytes::from(answer.to_string()))
    }

    fn takes(&self, cost: NonZeroU32) -> bool {
        let lucky =
            self.behaviour.unprocessed == 0.0 || fastrand::f64() >= self.behaviour.unprocessed;
        lucky
            && self
                .limiter
                .as_ref()
                .is_none_or(|limiter| matches!(limiter.check_n(cost), Ok(Ok(()))))
    }
}

/// Returns the write capacity units of an item, roughly: its stored size is about half of its
/// digits.
fn cost(request: &str) -> NonZeroU32 {
    let numbers = memmem::find_iter(request.as_bytes(), br#""N""#).count();
    // 8-digit numbers: 5 bytes and 1 for the element.
    let kib = (numbers * 6 + 40).div_ceil(1024);
    u32::try_from(kib).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
}

/// Returns the description of a table with the partition key `user_id`, under the requested name.
fn table(body: &[u8]) -> String {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Ask {
        table_name: String,
    }
    let name = serde_json::from_slice(body)
        .map_or_else(|_| "bench".to_owned(), |Ask { table_name }| table_name);
    serde_json::json!({"Table": {
        "TableName": name,
        "TableArn": format!("arn:aws:dynamodb:us-east-1:000000000000:table/{name}"),
        "TableStatus": "ACTIVE",
        "ItemCount": 0,
        "KeySchema": [{"AttributeName": "user_id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "user_id", "AttributeType": "N"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "ProvisionedThroughput": {"WriteCapacityUnits": 0, "ReadCapacityUnits": 0},
    }})
    .to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const PUT: &str = r#"{"PutRequest":{"Item":{"user_id":{"N":"1"}}}}"#;

    fn call(endpoint: &Endpoint, puts: usize) -> (u16, Value) {
        let body = format!(r#"{{"RequestItems":{{"t":[{}]}}}}"#, vec![PUT; puts].join(","));
        let (status, body) = endpoint.answer("DynamoDB_20120810.BatchWriteItem", body.as_bytes());
        (status, serde_json::from_slice(&body).expect("JSON"))
    }

    fn stats(endpoint: &Endpoint, what: &str) -> u64 {
        let stats: Value = serde_json::from_slice(&endpoint.stats()).expect("JSON");
        stats[what].as_u64().expect("a count")
    }

    #[test]
    fn takes_and_counts_everything_by_default() {
        let endpoint = Endpoint::new(Behaviour::default());
        let (status, answer) = call(&endpoint, 25);
        assert_eq!((status, answer["UnprocessedItems"].clone()), (200, serde_json::json!({})));
        assert_eq!((stats(&endpoint, "items"), stats(&endpoint, "calls")), (25, 1));
    }

    #[test]
    fn gives_back_what_capacity_does_not_cover_and_refuses_when_there_is_none() {
        let behaviour = Behaviour { wcu: NonZeroU32::new(100), ..Behaviour::default() };
        let endpoint = Endpoint::new(behaviour);
        let (status, answer) = call(&endpoint, 25);
        assert_eq!(status, 200);
        let left = answer["UnprocessedItems"]["t"].as_array().expect("a list").len() as u64;
        // A burst of 10; the clock may have added one or two in the meantime.
        assert!((13..=15).contains(&left), "{left}");
        assert_eq!(stats(&endpoint, "items") + left, 25);
        let (status, answer) = call(&endpoint, 1);
        if status == 400 {
            assert!(answer["__type"].as_str().expect("a type").contains("Throughput"));
            assert_eq!(stats(&endpoint, "throttled_calls"), 1);
        }
    }

    #[test]
    fn gives_back_the_share_asked_for() {
        let endpoint = Endpoint::new(Behaviour { unprocessed: 0.5, ..Behaviour::default() });
        for _ in 0..400 {
            call(&endpoint, 25);
        }
        let returned = stats(&endpoint, "returned");
        assert!((4_500..5_500).contains(&returned), "{returned} of 10,000");
    }

    #[test]
    fn describes_a_table_and_knows_nothing_else() {
        let endpoint = Endpoint::new(Behaviour::default());
        let (status, body) =
            endpoint.answer("DynamoDB_20120810.DescribeTable", br#"{"TableName":"recs"}"#);
        let answer: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!((status, answer["Table"]["TableName"].as_str()), (200, Some("recs")));
        assert_eq!(endpoint.answer("DynamoDB_20120810.Scan", b"{}").0, 400);
    }
}
