//! Where batches go.

pub mod emit;
mod handed;
pub mod queue;

use futures::future::BoxFuture;
use reco_core::batch::Limits;
use reco_store::writer::Writer;
use tokio_util::sync::CancellationToken;

use self::emit::EmitSink;
pub(super) use self::handed::{Handed, Handing};
use self::queue::QueueSink;
use super::report::{Cause, QueueReport};
use super::write::{Batch, Written};

/// Where batches go.
pub enum Sink {
    /// Into the table.
    Table(Box<Writer>),
    /// Nowhere: a dry run counts them and no more.
    Dry,
    /// Into the source queue, to be filtered and written by the Lambda.
    Queue(QueueSink),
    /// Into files, for DynamoDB to read.
    Emit(Box<EmitSink>),
}

/// A batch that was given to its sink.
pub(super) enum Begun {
    /// It is on its way.
    Going(BoxFuture<'static, Delivered>),
    /// It is over already.
    Over(Delivered),
}

/// A batch that is over.
#[derive(Debug)]
pub(super) enum Delivered {
    /// The table was asked to take it, or in a dry run was not.
    Written(Box<Written>),
    /// It was handed on.
    Handed(Handed),
}

impl Sink {
    /// Returns whether nothing is written on purpose.
    pub(super) fn is_dry(&self) -> bool {
        match self {
            Sink::Dry => true,
            Sink::Queue(queue) => queue.is_dry(),
            Sink::Table(_) | Sink::Emit(_) => false,
        }
    }

    /// Returns the cause that ends a run when the destination accepts no writes.
    pub(super) fn cause(&self) -> Cause {
        match self {
            Sink::Table(_) | Sink::Dry => Cause::Table,
            Sink::Queue(_) => Cause::Queue,
            Sink::Emit(_) => Cause::Files,
        }
    }

    /// Returns the report of sent messages for a queue destination.
    pub(super) fn queue_report(&self) -> Option<QueueReport> {
        match self {
            Sink::Queue(queue) => Some(queue.report()),
            Sink::Table(_) | Sink::Dry | Sink::Emit(_) => None,
        }
    }

    /// Returns the limits of a batch.
    pub(super) fn batch_limits(&self) -> Limits {
        match self {
            Sink::Queue(queue) => queue.batch_limits(),
            Sink::Table(_) | Sink::Dry | Sink::Emit(_) => Limits::BATCH_WRITE_ITEM,
        }
    }

    /// The writer into the table, where that is where items go.
    pub(super) fn writer(&self) -> Option<&Writer> {
        match self {
            Sink::Table(writer) => Some(writer),
            Sink::Dry | Sink::Queue(_) | Sink::Emit(_) => None,
        }
    }

    /// Returns the maximum cost of a batch in computed WCU; `None` for no limit.
    pub(super) fn batch_wcu(&self) -> Option<f64> {
        self.writer()?.pace()?.batch()
    }

    /// Returns whether batches should be drawn from all over the input: a table has partitions.
    pub(super) fn is_spread(&self) -> bool {
        matches!(self, Sink::Table(_) | Sink::Dry)
    }

    /// Begins with a batch. `halt` ends retries.
    pub(super) fn begin(&mut self, batch: Batch, halt: &CancellationToken) -> Begun {
        match self {
            Sink::Table(writer) => {
                let writing = batch.write((**writer).clone(), halt.clone());
                Begun::Going(Box::pin(async { Delivered::Written(Box::new(writing.await)) }))
            }
            Sink::Dry => Begun::Over(Delivered::Written(Box::new(batch.pretend()))),
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
