//! Destinations of batches.

pub mod emit;
pub mod queue;

use std::sync::Arc;

use futures::future::BoxFuture;
use reco_core::batch::Limits;
use reco_store::writer::{WriteReport, Writer};
use tokio_util::sync::CancellationToken;

use self::emit::EmitSink;
use self::queue::QueueSink;
use super::foresight::Foresight;
use super::report::{QueueReport, StopCause};
use super::slots::Kind;
use super::write::{BatchEntry, WriteBatch, Written};

/// Destination of batches.
pub enum Sink {
    /// Writes to the table.
    Table(Box<Writer>),
    /// Counts only, for a dry run, and compares with the table if requested.
    Dry(Option<Arc<Foresight>>),
    /// Sends to the source queue, where the Lambda filters and writes.
    Queue(QueueSink),
    /// Writes to files for DynamoDB to import.
    Emit(Box<EmitSink>),
}

/// Batch given to its sink.
pub(super) enum Begun {
    /// Batch in progress.
    Going(BoxFuture<'static, Delivered>),
    /// Batch that is already finished.
    Over(Delivered),
}

/// Result of a batch.
#[derive(Debug)]
pub(super) enum Delivered {
    /// Result of writing to the table, real or in a dry run.
    Written(Box<Written>),
    /// Result of a batch for a queue or file.
    Handed(Handed),
}

/// Result of a batch for a queue or file.
#[derive(Debug)]
pub struct Handed {
    /// Entries, each with its result.
    pub entries: Vec<(BatchEntry, Handing)>,
    /// Reason why no further batch can succeed, if so.
    pub hopeless: Option<String>,
}

/// Result of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handing {
    /// Delivered.
    Done,
    /// Not delivered or unknown, with the reason.
    Failed(String),
    /// Not tried.
    Left,
}

impl Delivered {
    /// Returns the report of a write to the table.
    pub(super) fn written(&self) -> Option<&WriteReport> {
        match self {
            Delivered::Written(written) => Some(&written.report),
            Delivered::Handed(_) => None,
        }
    }
}

impl Sink {
    /// Returns whether this is a dry run.
    pub(super) fn is_dry(&self) -> bool {
        match self {
            Sink::Dry(_) => true,
            Sink::Queue(queue) => queue.is_dry(),
            Sink::Table(_) | Sink::Emit(_) => false,
        }
    }

    /// Returns the cause to report if the destination accepts no writes.
    pub(super) fn cause(&self) -> StopCause {
        match self {
            Sink::Table(_) | Sink::Dry(_) => StopCause::Table,
            Sink::Queue(_) => StopCause::Queue,
            Sink::Emit(_) => StopCause::Files,
        }
    }

    /// Returns the report of sent messages for a queue destination.
    pub(super) fn queue_report(&self) -> Option<QueueReport> {
        match self {
            Sink::Queue(queue) => Some(queue.report()),
            Sink::Table(_) | Sink::Dry(_) | Sink::Emit(_) => None,
        }
    }

    /// Returns the limits of a batch.
    pub(super) fn batch_limits(&self) -> Limits {
        match self {
            Sink::Queue(queue) => queue.batch_limits(),
            Sink::Table(_) | Sink::Dry(_) | Sink::Emit(_) => Limits::BATCH_WRITE_ITEM,
        }
    }

    /// Returns the table writer if items go to the table.
    pub(super) fn writer(&self) -> Option<&Writer> {
        match self {
            Sink::Table(writer) => Some(writer),
            Sink::Dry(_) | Sink::Queue(_) | Sink::Emit(_) => None,
        }
    }

    /// Returns the maximum cost of a batch in computed WCU; `None` for no limit.
    pub(super) fn batch_wcu(&self) -> Option<f64> {
        self.writer()?.pace()?.batch()
    }

    /// Returns the kind of slots that batches take.
    pub(super) fn slots(&self) -> Kind {
        match self {
            Sink::Table(writer) => Kind::Table { guarded: writer.writes_singly() },
            Sink::Dry(_) | Sink::Queue(_) | Sink::Emit(_) => Kind::Other,
        }
    }

    /// Returns whether batches should draw items from all over the input, because a table has
    /// partitions.
    pub(super) fn is_spread(&self) -> bool {
        matches!(self, Sink::Table(_) | Sink::Dry(_))
    }

    /// Starts a batch. `halt` ends retries.
    pub(super) fn begin(&mut self, batch: WriteBatch, halt: &CancellationToken) -> Begun {
        match self {
            Sink::Table(writer) => {
                let writing = batch.write((**writer).clone(), halt.clone());
                Begun::Going(Box::pin(async { Delivered::Written(Box::new(writing.await)) }))
            }
            Sink::Dry(None) => Begun::Over(Delivered::Written(Box::new(batch.pretend()))),
            Sink::Dry(Some(foresight)) => {
                let comparing = Arc::clone(foresight).compare(batch, halt.clone());
                Begun::Going(Box::pin(async { Delivered::Written(Box::new(comparing.await)) }))
            }
            Sink::Queue(queue) => {
                let (entries, items) = batch.into_parts();
                queue.note(&entries);
                let sending = queue.clone().send(entries, items, halt.clone());
                Begun::Going(Box::pin(async { Delivered::Handed(sending.await) }))
            }
            Sink::Emit(emit) => {
                let (entries, items) = batch.into_parts();
                Begun::Over(Delivered::Handed(emit.take(entries, &items)))
            }
        }
    }
}
