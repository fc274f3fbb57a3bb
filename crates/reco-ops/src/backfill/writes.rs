//! Cost of a run's writes.

use reco_store::writer::WriteReport;
use serde::{Deserialize, Serialize};

/// Cost of the writes, as reported by DynamoDB.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Writes {
    /// Write capacity units consumed, indexes included.
    pub consumed_wcu: f64,
    /// `BatchWriteItem` calls; `PutItem` and `DeleteItem` if only older items are replaced.
    pub calls: u64,
    /// Retried calls.
    pub retries: u64,
    /// Items returned as `UnprocessedItems`, counted each time.
    pub returned_items: u64,
    /// Calls that DynamoDB throttled entirely.
    pub throttled_calls: u64,
    /// Throttling reasons, if DynamoDB reported them.
    pub throttling: Vec<Throttling>,
}

/// Throttling reason and its frequency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttling {
    /// Reason such as `TableWriteProvisionedThroughputExceeded`.
    pub reason: String,
    /// ARN of the table or index.
    pub resource: String,
    /// Number of occurrences.
    pub count: u64,
}

impl Writes {
    /// Adds the cost of a batch.
    pub fn add(&mut self, report: &WriteReport) {
        self.consumed_wcu += report.wcu;
        self.calls += report.calls;
        self.retries += report.retries;
        self.returned_items += report.returned;
        self.throttled_calls += report.throttled_calls;
        for (cause, count) in &report.throttling {
            let same =
                |t: &&mut Throttling| t.reason == cause.reason && t.resource == cause.resource;
            match self.throttling.iter_mut().find(same) {
                Some(known) => known.count += count,
                None => self.throttling.push(Throttling {
                    reason: cause.reason.clone(),
                    resource: cause.resource.clone(),
                    count: *count,
                }),
            }
        }
    }
}
