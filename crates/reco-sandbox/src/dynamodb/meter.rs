//! CloudWatch metrics that DynamoDB publishes about writes, in the namespace `AWS/DynamoDB`.

use super::limiter::Resource;
use super::throttle::ThrottleCause;
use crate::cloudwatch::Cloudwatch;
use dynoxide::types::ConsumedCapacity;
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
struct WriteAnswer {
    #[serde(rename = "ConsumedCapacity")]
    consumed: Option<ReportedCapacity>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ReportedCapacity {
    Many(Vec<ConsumedCapacity>),
    One(Box<ConsumedCapacity>),
}

/// Reads `ConsumedCapacity` (mode `INDEXES`) of an answer.
pub fn consumed_of(body: &[u8]) -> Vec<Consumed> {
    let tables = match serde_json::from_slice::<WriteAnswer>(body).map(|answer| answer.consumed) {
        Ok(Some(ReportedCapacity::Many(tables))) => tables,
        Ok(Some(ReportedCapacity::One(table))) => vec![*table],
        Ok(None) | Err(_) => Vec::new(),
    };
    let consumed = |capacity: ConsumedCapacity| {
        let indexes = capacity.global_secondary_indexes.into_iter().flatten();
        Consumed {
            table_units: capacity.table.map_or(capacity.capacity_units, |own| own.capacity_units),
            index_units: indexes.map(|(name, index)| (name, index.capacity_units)).collect(),
            table: capacity.table_name,
        }
    };
    tables.into_iter().map(consumed).collect()
}

/// Recorder of DynamoDB's metrics.
#[derive(Clone)]
pub struct WriteMeter {
    metrics: Cloudwatch,
}

impl WriteMeter {
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
