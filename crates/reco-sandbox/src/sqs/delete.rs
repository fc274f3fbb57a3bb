//! DeleteMessage and DeleteMessageBatch.

use super::error::SqsError;
use super::handle::ReceiptClaim;
use super::queue::DeletionOutcome;
use super::state::Cell;
use super::wire::{BatchReply, DeleteEntry, DoneEntry, SqsReply, ToBatch, ToOne};
use super::{Sqs, check, now_ms};

impl Sqs {
    pub(super) fn delete_message(&self, call: &ToOne<DeleteEntry>) -> Result<SqsReply, SqsError> {
        let mut cell = self.queue(&call.queue_url)?;
        cell.delete(&call.entry.receipt_handle, now_ms())?;
        Ok(SqsReply::Empty {})
    }

    pub(super) fn delete_message_batch(
        &self,
        call: ToBatch<DeleteEntry>,
    ) -> Result<SqsReply, SqsError> {
        let mut cell = self.queue(&call.queue_url)?;
        check::batch(call.entries.iter().map(|entry| entry.id.as_str()))?;
        let now = now_ms();
        let entries = call.entries.into_iter().map(|entry| (entry.id, entry.receipt_handle));
        let reply = BatchReply::collect(entries, |id, handle| {
            cell.delete(&handle, now)?;
            Ok(DoneEntry { id })
        });
        Ok(SqsReply::Batch(reply))
    }
}

impl Cell {
    /// Deletes by receipt handle.
    ///
    /// AWS: succeeds for a handle of an earlier receive and of a message already deleted; on a FIFO
    /// queue a handle whose visibility timeout is over is an error.
    fn delete(&mut self, handle: &str, now: u64) -> Result<(), SqsError> {
        if handle.is_empty() {
            return Err(SqsError::missing("ReceiptHandle"));
        }
        let claim = ReceiptClaim::decode(handle, self.uid)?;
        match self.queue.delete(claim, now) {
            DeletionOutcome::Deleted => {
                self.traffic.deleted += 1;
                // A deletion may open a FIFO group or make room in flight.
                self.changed.notify_waiters();
                Ok(())
            }
            DeletionOutcome::Gone | DeletionOutcome::Stale => Ok(()),
            DeletionOutcome::Expired => {
                let reason = "the receipt handle has expired";
                Err(SqsError::invalid("ReceiptHandle", handle, reason))
            }
        }
    }
}
