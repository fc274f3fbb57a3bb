//! Where batches go.

use futures::future::BoxFuture;
use reco_store::writer::Writer;
use tokio_util::sync::CancellationToken;

use super::write::{Batch, Written};

/// Where batches go.
pub enum Sink {
    /// Into the table.
    Table(Writer),
    /// Nowhere: a dry run counts them and no more.
    Dry,
}

/// A batch that was given to its sink.
pub(super) enum Begun {
    /// It is on its way.
    Going(BoxFuture<'static, Written>),
    /// It is over already.
    Over(Box<Written>),
}

impl Sink {
    /// Whether nothing is written on purpose.
    pub(super) fn is_dry(&self) -> bool {
        matches!(self, Sink::Dry)
    }

    /// Begins with a batch. `halt` ends retries.
    pub(super) fn begin(&self, batch: Batch, halt: &CancellationToken) -> Begun {
        match self {
            Sink::Table(writer) => {
                Begun::Going(Box::pin(batch.write(writer.clone(), halt.clone())))
            }
            Sink::Dry => Begun::Over(Box::new(batch.pretend())),
        }
    }
}
