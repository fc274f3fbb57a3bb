//! The last stage: one batch, written or handed back.

use reco_core::Id;
use reco_core::item::{Action, PlannedItem};
use reco_store::retry::Stop;
use reco_store::service::ErrorKind;
use reco_store::writer::{WriteFailure, WriteReport, Writer};
use tokio_util::sync::CancellationToken;

use super::run_counts::Fate;
use super::window::Pending;

/// Where an item of a batch came from.
#[derive(Debug)]
pub struct Entry {
    /// Its user.
    pub user: Id,
    /// Number of its line in the line tracker.
    pub line: u64,
    /// The index of its entry in the line.
    pub index: usize,
    /// Its size in bytes.
    pub bytes: usize,
    /// Action on the item.
    pub action: Action,
}

impl Entry {
    /// Returns the fate of the item; `stale` if the table holds a newer one.
    pub fn fate(&self, stale: bool) -> Fate {
        match self.action {
            _ if stale => Fate::Stale,
            Action::Put => Fate::Written { bytes: self.bytes },
            Action::Delete => Fate::Deleted,
        }
    }
}

/// A batch on its way.
#[derive(Debug)]
pub struct Batch {
    entries: Vec<Entry>,
    items: Vec<PlannedItem>,
}

/// A batch that is over.
#[derive(Debug)]
pub struct Written {
    /// Entries of the batch.
    pub entries: Vec<Entry>,
    /// Result.
    pub report: WriteReport,
}

impl From<Vec<Pending>> for Batch {
    fn from(batch: Vec<Pending>) -> Self {
        let (entries, items) = batch
            .into_iter()
            .map(|Pending { item, line, index, weak: _ }| {
                let user = item.recommendation.user.clone();
                (Entry { user, line, index, bytes: item.bytes, action: item.action }, item)
            })
            .unzip();
        Batch { entries, items }
    }
}

impl Batch {
    /// Writes it.
    pub async fn write(self, writer: Writer, cancel: CancellationToken) -> Written {
        let report = writer.write_batch(self.items, &Stop::on(cancel)).await;
        Written { entries: self.entries, report }
    }

    /// Returns the entries and their planned items.
    pub fn into_parts(self) -> (Vec<Entry>, Vec<PlannedItem>) {
        (self.entries, self.items)
    }

    /// Pretends to write, for a dry run.
    pub fn pretend(self) -> Written {
        let report = WriteReport { written: self.items.len(), ..WriteReport::default() };
        Written { entries: self.entries, report }
    }
}

/// Returns whether no other batch can fare better: going on would only reject the rest of the
/// input.
pub fn is_hopeless(failure: &WriteFailure) -> bool {
    match failure {
        WriteFailure::Exhausted { .. } => true,
        WriteFailure::Refused(error) => error.kind != ErrorKind::Refused,
        WriteFailure::Cancelled
        | WriteFailure::Deadline
        | WriteFailure::Unreadable { .. }
        | WriteFailure::TooLarge { .. } => false,
    }
}
