//! Last stage: a batch, written or returned.

use reco_core::Id;
use reco_core::item::{Action, PlannedItem};
use reco_store::reader::{Compared, Foreseen};
use reco_store::retry::Stop;
use reco_store::service::ErrorKind;
use reco_store::writer::{WriteFailure, WriteReport, Writer};
use tokio_util::sync::CancellationToken;

use super::run_counts::EntryOutcome;
use super::window::Pending;

/// Origin of an item in a batch.
#[derive(Debug)]
pub struct BatchEntry {
    /// User whose item it is.
    pub user: Id,
    /// Line number in the line tracker.
    pub line: u64,
    /// Index of the entry in the line.
    pub index: usize,
    /// Item size in bytes.
    pub bytes: usize,
    /// Action on the item.
    pub action: Action,
}

impl BatchEntry {
    /// Returns the fate of the item; `stale` if the table holds a newer one.
    pub fn fate(&self, stale: bool) -> EntryOutcome {
        match self.action {
            _ if stale => EntryOutcome::Stale,
            Action::Put => EntryOutcome::Written { bytes: self.bytes },
            Action::Delete => EntryOutcome::Deleted,
        }
    }
}

/// Batch in progress.
#[derive(Debug)]
pub struct WriteBatch {
    entries: Vec<BatchEntry>,
    items: Vec<PlannedItem>,
}

/// Finished batch.
#[derive(Debug)]
pub struct Written {
    /// Entries of the batch.
    pub entries: Vec<BatchEntry>,
    /// Result of the write.
    pub report: WriteReport,
    /// Content of the table, if a dry run compares.
    pub compared: Option<(Vec<Foreseen>, Compared)>,
}

impl From<Vec<Pending>> for WriteBatch {
    fn from(batch: Vec<Pending>) -> Self {
        let (entries, items) = batch
            .into_iter()
            .map(|Pending { item, line, index, weak: _ }| {
                let user = item.recommendation.user.clone();
                (BatchEntry { user, line, index, bytes: item.bytes, action: item.action }, item)
            })
            .unzip();
        WriteBatch { entries, items }
    }
}

impl WriteBatch {
    /// Writes the batch.
    pub async fn write(self, writer: Writer, cancel: CancellationToken) -> Written {
        let report = writer.write_batch(self.items, &Stop::on(cancel)).await;
        Written { entries: self.entries, report, compared: None }
    }

    /// Returns the entries and their planned items.
    pub fn into_parts(self) -> (Vec<BatchEntry>, Vec<PlannedItem>) {
        (self.entries, self.items)
    }

    /// Simulates the write for a dry run.
    pub fn pretend(self) -> Written {
        let report = WriteReport { written: self.items.len(), ..WriteReport::default() };
        Written { entries: self.entries, report, compared: None }
    }
}

/// Returns whether no other batch can succeed, so that continuing would only reject the rest of the
/// input.
pub fn is_hopeless(failure: &WriteFailure) -> bool {
    match failure {
        WriteFailure::Exhausted { .. } | WriteFailure::Unknown { .. } => true,
        WriteFailure::Refused(error) => error.kind != ErrorKind::Refused,
        WriteFailure::Cancelled
        | WriteFailure::Deadline
        | WriteFailure::Unreadable { .. }
        | WriteFailure::TooLarge { .. } => false,
    }
}
