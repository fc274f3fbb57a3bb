//! Cost of a run's writes.

use reco_store::writer::WriteReport;
use serde::{Deserialize, Serialize};

/// Cost of the writes, as reported by DynamoDB.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Writes {
    /// Write capacity units consumed, indexes included.
    pub consumed_wcu: f64,
    /// `BatchWriteItem` calls; where only what is newer is written, `PutItem` and `DeleteItem`.
    pub calls: u64,
    /// Calls made again.
    pub retries: u64,
    /// Items that came back as `UnprocessedItems`, each time counted.
    pub returned_items: u64,
    /// Calls refused whole as too fast.
    pub throttled_calls: u64,
    /// Throttling reasons, if DynamoDB reported them.
    pub throttling: Vec<Throttling>,
}

/// A cause of throttling and how often it was named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttling {
    /// For example `TableWriteProvisionedThroughputExceeded`.
    pub reason: String,
    /// The ARN of the table or index.
    pub resource: String,
    /// Count.
    pub count: u64,
}

impl Writes {
    /// Adds what one batch took.
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
