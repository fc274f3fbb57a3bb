//! Target of a backfill: the table, files, or the source queue.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use reco_core::compose::ComposeLimits;
use reco_store::writer::{Replacing, WritePace, Writer, WriterOptions};

use super::foresight::Foresight;
use super::sink::Sink;
use super::sink::emit::{EmitOptions, EmitSink, partitions};
use super::sink::queue::{QueueSender, QueueSink};
use super::{EntryRoute, RETRY, WriteOptions};
use crate::aws::sqs::Sqs;
use crate::aws::{Table, acting_on};
use crate::error::{Error, Result};
use crate::files::input::{Compression, Source};
use crate::rate::{Pace, Rate};
use crate::sqs::{Destination, Outbox};
use reco_core::item::Schema;
use reco_core::shard::Shard;

/// Assumed compression ratio of gzip or zstd, on the high side so as to get more partitions.
const EXPANSION: u64 = 8;

/// Target of a backfill.
pub enum Target {
    /// DynamoDB table; a dry run may have none.
    Table(Option<Table>),
    /// Files for DynamoDB to import, in the layout of the table if there is one.
    Files(EmitOptions, Option<Table>),
    /// Source queue, from which the Lambda filters and writes.
    Queue(ViaQueue),
}

/// Source queue as a destination.
pub struct ViaQueue {
    sink: QueueSink,
    limits: ComposeLimits,
    arn: String,
}

impl ViaQueue {
    /// Returns the line that says which queue of which account is about to be changed.
    #[must_use]
    pub fn acting_on(&self) -> String {
        let name = self.arn.rsplit(':').next().unwrap_or_default();
        acting_on(&self.arn, &format!("queue {name}"))
    }

    /// Finds the queue; in a dry run sends nothing to it.
    ///
    /// # Errors
    /// Fails if the queue does not exist or is a FIFO queue.
    pub async fn open(
        sdk: &SdkConfig,
        queue: &str,
        users_per_message: usize,
        rate: Option<Rate>,
        dry_run: bool,
    ) -> Result<Self> {
        let sqs = Sqs::new(sdk);
        let (queue, state) = sqs.resolve(queue).await?;
        if queue.fifo {
            let error = Error::config(format!("{} is a FIFO queue", queue.name)).hint(
                "only the producer knows the message group of a list; write to the table directly, or use a standard queue",
            );
            return Err(error);
        }
        let limits = ComposeLimits { users: users_per_message, bytes: state.max_message_bytes };
        let (name, arn) = (queue.name.clone(), queue.arn.clone());
        // Duplicates are harmless: the Lambda writes the same item twice.
        let outbox = Outbox { twice_is_harmless: true, ..Outbox::new(sqs) };
        let to = Destination { number: 0, queue, limit: state.max_message_bytes, stamp: None };
        let sender = (!dry_run).then_some(QueueSender { outbox, to: Arc::new(to) });
        let pace = Pace::new(rate, Duration::ZERO);
        Ok(ViaQueue { sink: QueueSink::new(name, sender, pace, limits), limits, arn })
    }
}

impl Target {
    /// Returns the table, if there is one.
    pub(super) fn table(&self) -> Option<&Table> {
        match self {
            Target::Table(table) | Target::Files(_, table) => table.as_ref(),
            Target::Queue(_) => None,
        }
    }

    /// Returns the table for completing its layout.
    pub(super) fn table_mut(&mut self) -> Option<&mut Table> {
        match self {
            Target::Table(table) | Target::Files(_, table) => table.as_mut(),
            Target::Queue(_) => None,
        }
    }

    pub(super) fn is_queue(&self) -> bool {
        matches!(self, Target::Queue(_))
    }

    pub(super) fn route(&self) -> EntryRoute {
        match self {
            Target::Queue(queue) => EntryRoute::Queue(queue.limits),
            Target::Files(..) => EntryRoute::Files,
            Target::Table(_) => EntryRoute::Table,
        }
    }

    /// Returns the ARN that a resumed run must also have; `None` if runs cannot be resumed.
    pub(super) fn identity(&self) -> Option<&str> {
        match self {
            // Files are written all or none.
            Target::Files(..) => None,
            Target::Queue(queue) => Some(&queue.arn),
            Target::Table(table) => table.as_ref().map(|table| match table.info.arn.as_str() {
                "" => table.info.name.as_str(),
                arn => arn,
            }),
        }
    }

    /// Returns the `TableId`, if the run writes to a table: a table recreated under the same name
    /// has another one.
    pub(super) fn table_id(&self) -> Option<String> {
        let Target::Table(table) = self else { return None };
        table.as_ref().map(|table| table.info.id.clone()).filter(|id| !id.is_empty())
    }

    /// Returns the sink; in a dry run it writes nothing.
    ///
    /// # Errors
    /// Fails if files cannot be created.
    pub(super) fn into_sink(
        self,
        schema: &Schema,
        sources: &[Source],
        write_options: &WriteOptions,
        (dry_run, replacing, foresight): (bool, Option<Replacing>, Option<Foresight>),
    ) -> Result<Sink> {
        let newest = write_options.order.newest;
        Ok(match self {
            Target::Queue(queue) => Sink::Queue(queue.sink),
            Target::Files(options, _) => {
                let own = u64::from(options.shard.map_or(1, Shard::of));
                let bytes = decompressed(sources).map(|bytes| bytes / own);
                let options = EmitOptions { newest, ..options };
                let sink = EmitSink::create(options, schema.clone(), partitions(bytes))?;
                Sink::Emit(Box::new(sink))
            }
            Target::Table(Some(table)) if !dry_run => {
                let options =
                    WriterOptions { retry: RETRY, only_newer: newest, ..Default::default() };
                // Each item costs one write for the table and one for each index that it is in.
                let pace = Arc::new(WritePace::new(write_options.budgets));
                let writer = table.writer(options).with_pace(pace);
                let writer = replacing.into_iter().fold(writer, Writer::replacing);
                Sink::Table(Box::new(writer))
            }
            Target::Table(_) => Sink::Dry(foresight.map(Arc::new)),
        })
    }
}

/// Estimates the decompressed size of the inputs; `None` if one is a pipe.
fn decompressed(sources: &[Source]) -> Option<u64> {
    let size = |source: &Source| {
        let factor = if source.compression == Compression::None { 1 } else { EXPANSION };
        Some(source.bytes?.saturating_mul(factor))
    };
    sources.iter().map(size).sum()
}
