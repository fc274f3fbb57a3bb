//! DynamoDB: the embedded engine, with write capacity enforced and metered in front of it.
//!
//! Every call goes to the engine. The four that write items (`PutItem`, `UpdateItem`, `DeleteItem`,
//! `BatchWriteItem`) pass a limiter first, if one is set, and their consumption is recorded in the
//! CloudWatch metrics that DynamoDB publishes. Transactions and PartiQL pass unmetered, because the
//! pipeline does not use them. With a limit, a table or global secondary index that is described with less
//! provisioned capacity has only that much.

mod creation;
pub mod engine;
pub mod limiter;
mod meter;
mod plan;
mod throttle;
mod write;

use crate::cloudwatch::Cloudwatch;
use crate::http::{Request, Response, target};
use creation::Creation;
use engine::Engine;
use limiter::{WriteCapacity, WriteLimiter};
use meter::WriteMeter;
use std::io;
use std::sync::Arc;
pub use throttle::ThrottleCause;
use tokio_util::sync::CancellationToken;
use write::Operation;

/// The `X-Amz-Target` prefix of DynamoDB.
pub const TARGET_PREFIX: &str = "DynamoDB_20120810.";

/// The DynamoDB of a sandbox. Cheap to clone.
#[derive(Clone)]
pub struct DynamoDb {
    engine: Engine,
    limiter: Option<Arc<WriteLimiter>>,
    meter: WriteMeter,
    creation: Creation,
    cause: ThrottleCause,
}

impl DynamoDb {
    /// Starts an empty DynamoDB that stops with `stop`.
    ///
    /// # Errors
    /// When the engine's memory database or its loopback port cannot be opened.
    pub async fn start(
        capacity: Option<WriteCapacity>,
        metrics: Cloudwatch,
        stop: CancellationToken,
    ) -> io::Result<Self> {
        Ok(Self {
            engine: Engine::start(stop).await?,
            limiter: capacity.map(|capacity| Arc::new(WriteLimiter::new(capacity))),
            meter: WriteMeter::new(metrics),
            creation: Creation::default(),
            cause: ThrottleCause::default(),
        })
    }

    /// The same, with throttled writes said to have hit this limit.
    #[must_use]
    pub fn throttling_as(self, cause: ThrottleCause) -> Self {
        Self { cause, ..self }
    }

    /// The write capacity enforced on every table, if any.
    #[must_use]
    pub fn capacity(&self) -> Option<WriteCapacity> {
        self.limiter.as_ref().map(|limiter| limiter.capacity())
    }

    /// Returns the engine's database, for seeding and tests: neither limited nor metered.
    #[must_use]
    pub const fn database(&self) -> &dynoxide::Database {
        self.engine.database()
    }

    /// Makes the next `descriptions` of a table say CREATING; the engine itself creates tables at
    /// once.
    pub fn take_time_to_create(&self, table: &str, descriptions: u32) {
        self.creation.begin(table, descriptions);
    }

    /// Answers one call.
    pub async fn handle(&self, request: Request) -> Response {
        let operation = target(request.headers())
            .and_then(|target| target.strip_prefix(TARGET_PREFIX))
            .and_then(Operation::named);
        match operation {
            Some(operation) => self.write(operation, request).await,
            None => {
                let creating = self.creation.is_described(&request);
                let mut response = self.engine.pass(request).await;
                if creating {
                    creation::mark(&mut response);
                }
                response
            }
        }
    }

    /// Records `ProvisionedWriteCapacityUnits` of every table, as DynamoDB does once a minute.
    pub fn record_provisioned(&self) {
        let Some(capacity) = self.capacity() else {
            return;
        };
        match self.database().table_stats() {
            Ok(tables) => {
                for table in tables {
                    self.meter.provisioned(&table.table_name, capacity.wcu);
                }
            }
            Err(error) => tracing::warn!(%error, "the tables could not be listed for metrics"),
        }
    }
}
