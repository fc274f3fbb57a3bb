//! CloudWatch metrics that DynamoDB publishes about writes, in the namespace `AWS/DynamoDB`.

use super::limiter::Resource;
use super::throttle::ThrottleCause;
use crate::cloudwatch::Cloudwatch;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

const NAMESPACE: &str = "AWS/DynamoDB";

/// WCU that one call consumed on one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Consumed {
    /// Table name.
    pub table: String,
    /// WCU of the table itself, without its indexes.
    pub table_units: f64,
    /// WCU of each global secondary index.
    pub index_units: BTreeMap<String, f64>,
}

impl Consumed {
    /// Returns the consumption of a table without indexes.
    pub fn of_table(table: &str, units: f64) -> Self {
        Self { table: table.to_owned(), table_units: units, index_units: BTreeMap::new() }
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "ConsumedCapacity")]
    consumed: Option<OneOrMany>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Capacity>),
    One(Capacity),
}

#[derive(Deserialize)]
struct Capacity {
    #[serde(rename = "TableName")]
    table: String,
    #[serde(rename = "CapacityUnits", default)]
    units: f64,
    #[serde(rename = "Table")]
    own: Option<Units>,
    #[serde(rename = "GlobalSecondaryIndexes", default)]
    indexes: BTreeMap<String, Units>,
}

#[derive(Deserialize)]
struct Units {
    #[serde(rename = "CapacityUnits", default)]
    units: f64,
}

/// Reads `ConsumedCapacity` (mode `INDEXES`) of an answer.
pub fn consumed_of(body: &[u8]) -> Vec<Consumed> {
    let tables = match serde_json::from_slice::<Answer>(body).map(|answer| answer.consumed) {
        Ok(Some(OneOrMany::Many(tables))) => tables,
        Ok(Some(OneOrMany::One(table))) => vec![table],
        Ok(None) | Err(_) => Vec::new(),
    };
    tables
        .into_iter()
        .map(|capacity| Consumed {
            table_units: capacity.own.map_or(capacity.units, |own| own.units),
            index_units: capacity
                .indexes
                .into_iter()
                .map(|(name, index)| (name, index.units))
                .collect(),
            table: capacity.table,
        })
        .collect()
}

/// Recorder of DynamoDB's metrics.
#[derive(Clone)]
pub struct Meter {
    metrics: Cloudwatch,
}

impl Meter {
    pub const fn new(metrics: Cloudwatch) -> Self {
        Self { metrics }
    }

    /// Records `ConsumedWriteCapacityUnits` of the table without its indexes, and of each index.
    pub fn consumed(&self, consumed: &Consumed) {
        let metric = "ConsumedWriteCapacityUnits";
        let table = ("TableName", consumed.table.as_str());
        self.now(metric, &[table], consumed.table_units);
        for (index, units) in &consumed.index_units {
            let index = ("GlobalSecondaryIndexName", index.as_str());
            self.now(metric, &[table, index], *units);
        }
    }

    /// `WriteThrottleEvents` and its cause: one event a write that did not pass, of the table or index
    /// that had no capacity for it.
    pub fn throttled(&self, cause: ThrottleCause, resource: &Resource, writes: usize) {
        let events = writes as f64;
        let table = ("TableName", resource.table.as_str());
        let index = resource.index.as_deref().map(|index| ("GlobalSecondaryIndexName", index));
        let dimensions: Vec<(&str, &str)> = std::iter::once(table).chain(index).collect();
        for metric in ["WriteThrottleEvents", cause.metric()] {
            self.now(metric, &dimensions, events);
        }
    }

    /// Records `ThrottledRequests`, which counts only calls that were throttled entirely.
    pub fn refused(&self, table: &str, operation: &str) {
        let dimensions = [("TableName", table), ("Operation", operation)];
        self.now("ThrottledRequests", &dimensions, 1.0);
    }

    pub fn condition_failed(&self, table: &str) {
        self.now("ConditionalCheckFailedRequests", &[("TableName", table)], 1.0);
    }

    /// Records `SuccessfulRequestLatency`, in milliseconds.
    pub fn latency(&self, table: &str, operation: &str, took: Duration) {
        let dimensions = [("TableName", table), ("Operation", operation)];
        let millis = (took.as_secs_f64() * 1_000.0).round();
        self.now("SuccessfulRequestLatency", &dimensions, millis);
    }

    pub fn provisioned(&self, table: &str, wcu: f64) {
        self.now("ProvisionedWriteCapacityUnits", &[("TableName", table)], wcu);
    }

    fn now(&self, metric: &str, dimensions: &[(&str, &str)], value: f64) {
        self.metrics.record_now(NAMESPACE, metric, dimensions, value);
    }
}
