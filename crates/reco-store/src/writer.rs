//! DynamoDB writer: `BatchWriteItem`, or conditional `PutItem`s, with its own retries.
//!
//! Every item of a batch is either written or returned with the reason. An item whose call got no
//! response is returned, too, although it may have been written: putting the same item again is
//! harmless.

mod attempt;
mod guarded;
mod pace;
mod replacing;
mod report;

use std::collections::HashSet;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use futures::{StreamExt, stream};
use reco_core::Id;
use reco_core::batch::{Limits, Packer};
use reco_core::item::{PlannedItem, Schema};
use tokio::sync::Semaphore;

use crate::lists::Layout;
use crate::retry::{Halt, RetryOptions, Stop};
use attempt::Attempt;
pub use pace::WritePace;
pub use replacing::{Formers, Replacing};
pub use report::{Kept, Throttle, WriteFailure, WriteReport};

/// Options of a writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterOptions {
    /// Attempts and delays of retries.
    pub retry: RetryOptions,
    /// Maximum batches in flight in [`Writer::write_all`].
    pub concurrency: usize,
    /// Replace only older lists (policy `writes.only_newer`).
    ///
    /// `BatchWriteItem` has no conditions, so each item is a separate `PutItem`. One that finds a
    /// newer list counts as stale but still costs its write units.
    pub only_newer: bool,
}

impl Default for WriterOptions {
    fn default() -> Self {
        WriterOptions { retry: RetryOptions::default(), concurrency: 4, only_newer: false }
    }
}

/// Writes planned items into one table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Writer {
    client: Client,
    table: String,
    schema: Schema,
    options: WriterOptions,
    pace: Option<Arc<WritePace>>,
    layout: Layout,
    replacing: Option<Replacing>,
}

impl Writer {
    /// Creates a writer. Build the client from [`crate::client::dynamodb_config`]; otherwise the
    /// SDK's retries multiply with these.
    #[must_use]
    pub fn new(
        client: Client,
        table: impl Into<String>,
        schema: Schema,
        options: WriterOptions,
    ) -> Self {
        let table = table.into();
        let layout = Layout::new(client.clone(), &table, schema.clone());
        Writer { client, table, schema, options, pace: None, layout, replacing: None }
    }

    /// Sets a budget, within which the writer also slows down when writes are throttled.
    #[must_use]
    pub fn with_pace(self, pace: Arc<WritePace>) -> Self {
        Writer { pace: Some(pace), ..self }
    }

    /// Replaces only items that hold this, each with its own conditional call. Takes the place of
    /// [`WriterOptions::only_newer`].
    #[must_use]
    pub fn replacing(self, replacing: Replacing) -> Self {
        Writer { replacing: Some(replacing), ..self }
    }

    /// Returns whether each item takes a call of its own.
    #[must_use]
    pub fn writes_singly(&self) -> bool {
        self.only_newer() || self.replacing.is_some()
    }

    /// Returns the budget.
    #[must_use]
    pub fn pace(&self) -> Option<&Arc<WritePace>> {
        self.pace.as_ref()
    }

    /// Returns the table's name.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Returns the item layout.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Returns the item layout with the type of the table's lists.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Returns whether only older lists are replaced.
    #[must_use]
    pub fn only_newer(&self) -> bool {
        self.options.only_newer
    }

    /// Writes one batch: at most 25 items of distinct users, as [`Packer`] builds them.
    ///
    /// Retries unprocessed items and calls with transient failures until all items are written,
    /// `stop` ends the work, or attempts without progress run out. Items that are left are in the
    /// report with the reason.
    pub async fn write_batch(&self, batch: Vec<PlannedItem>, stop: &Stop) -> WriteReport {
        self.write_in_turn(batch, stop, &Semaphore::new(1)).await
    }

    /// As [`Writer::write_batch`], but batches that share a `turn` retry one at a time.
    ///
    /// The capacity of a table that is too slow then goes to one batch after the other, so that
    /// some are done by the deadline. Shared among all, every batch would be partly done and none
    /// complete, so that all messages would return to the queue again and again.
    async fn write_in_turn(
        &self,
        batch: Vec<PlannedItem>,
        stop: &Stop,
        turn: &Semaphore,
    ) -> WriteReport {
        let given = batch.len();
        let mut my_turn = None;
        let mut report = WriteReport::default();
        let mut pending = batch;
        // `strain` sets the next delay; `fruitless` counts consecutive attempts without progress.
        let (mut strain, mut fruitless) = (0, 0);
        while !pending.is_empty() {
            if strain > 0 {
                let waited = tokio::time::Instant::now();
                let paused = match my_turn {
                    Some(_) => Ok(()),
                    None => stop.wait(turn.acquire()).await.map(|mine| my_turn = mine.ok()),
                };
                let delay = self.options.retry.delay(strain);
                let paused = match paused {
                    Ok(()) => stop.pause(delay).await,
                    halted => halted,
                };
                report.backoff += waited.elapsed();
                if let Err(halt) = paused {
                    report.fail(halt.into());
                    break;
                }
                report.retries += 1;
            } else if let Err(halt) = stop.check() {
                report.fail(halt.into());
                break;
            }
            let before = report.before(pending.len());
            let given = pending.len();
            let call = match self.pay(&pending, stop, &mut report).await {
                Ok(call) => call,
                Err(halt) => {
                    report.fail(halt.into());
                    break;
                }
            };
            let attempt = if self.writes_singly() {
                self.attempt_guarded(pending, stop, &mut report).await
            } else {
                self.attempt(pending, stop, &mut report).await
            };
            self.settle(call, &attempt, &report);
            match attempt {
                Attempt::Answered { left } => pending = left,
                Attempt::Failed { left, failure } => {
                    report.settle(&before, left.len());
                    drop(my_turn.take());
                    pending = self.after_failure(left, failure, stop, turn, &mut report).await;
                    break;
                }
                Attempt::Passing { left, error } => {
                    pending = left;
                    report.last_error = Some(error);
                }
            }
            report.settle(&before, pending.len());
            let progress = pending.len() < given;
            strain = if progress { strain.max(1) } else { strain + 1 };
            fruitless = if progress { 0 } else { fruitless + 1 };
            if fruitless >= self.options.retry.max_attempts {
                report.exhaust(fruitless);
                break;
            }
        }
        report.left.append(&mut pending);
        assert_eq!(report.accounted(), given, "every item is written, stale or left");
        report
    }

    /// Handles a failed call and returns the items left. If DynamoDB rejects the call for its
    /// content, writes the items one by one, so that one bad item does not fail 24 good ones.
    async fn after_failure(
        &self,
        left: Vec<PlannedItem>,
        failure: WriteFailure,
        stop: &Stop,
        turn: &Semaphore,
        report: &mut WriteReport,
    ) -> Vec<PlannedItem> {
        if !failure.is_about_one() {
            report.fail(failure);
            return left;
        }
        let alone = left.len() == 1;
        for item in left {
            if alone {
                report.refuse(item, failure.clone());
            } else {
                report.merge(Box::pin(self.write_in_turn(vec![item], stop, turn)).await);
            }
        }
        Vec::new()
    }

    /// Packs items into batches and writes them concurrently.
    ///
    /// Each user should occur once. If one is repeated, batches are written one after the other so
    /// that the last list wins: concurrent writes of one key race.
    pub async fn write_all(&self, items: Vec<PlannedItem>, stop: &Stop) -> WriteReport {
        let given = items.len();
        let mut report = WriteReport::default();
        let (batches, repeated) = pack(items, &mut report);
        let width = if repeated { 1 } else { self.options.concurrency.max(1) };
        let turn = Semaphore::new(1);
        let mut reports = stream::iter(batches)
            .map(|batch| self.write_in_turn(batch, stop, &turn))
            .buffer_unordered(width);
        while let Some(batch) = reports.next().await {
            report.merge(batch);
        }
        assert_eq!(report.accounted(), given, "every item is written, stale or left");
        report
    }
}

/// Returns batches in order, and whether any user is repeated. An item too large for any call goes
/// to the report as left.
fn pack(items: Vec<PlannedItem>, report: &mut WriteReport) -> (Vec<Vec<PlannedItem>>, bool) {
    let mut packer: Packer<Id, PlannedItem> = Packer::new(Limits::BATCH_WRITE_ITEM);
    let (mut batches, mut repeated) = (Vec::new(), false);
    let mut users = HashSet::with_capacity(items.len());
    for item in items {
        let user = item.recommendation.user.clone();
        repeated |= !users.insert(user.clone());
        match packer.push(user, item.wire + 1, item) {
            Ok(closed) => batches.extend(closed),
            Err(large) => {
                let failure = WriteFailure::TooLarge { bytes: large.bytes, limit: large.limit };
                report.refuse(large.entry, failure);
            }
        }
    }
    batches.extend(packer.take());
    (batches, repeated)
}

impl From<Halt> for WriteFailure {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Deadline => WriteFailure::Deadline,
            Halt::Cancelled => WriteFailure::Cancelled,
        }
    }
}
