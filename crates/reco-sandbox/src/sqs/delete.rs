//! DeleteMessage and DeleteMessageBatch.

use super::error::SqsError;
use super::handle::Claim;
use super::queue::Deletion;
use super::state::Cell;
use super::wire::{BatchReply, DeleteEntry, DeleteMessage, DoneEntry, Reply, ToBatch};
use super::{Sqs, check, now_ms};

impl Sqs {
    pub(super) fn delete_message(&self, call: &DeleteMessage) -> Result<Reply, SqsError> {
        let mut state = self.inner.lock();
        let cell = state.by_url(&call.queue_url, &self.inner.options)?;
        cell.delete(&call.receipt_handle, now_ms())?;
        Ok(Reply::Empty {})
    }

    pub(super) fn delete_message_batch(
        &self,
        call: ToBatch<DeleteEntry>,
    ) -> Result<Reply, SqsError> {
        let mut state = self.inner.lock();
        let cell = state.by_url(&call.queue_url, &self.inner.options)?;
        check::batch(call.entries.iter().map(|entry| entry.id.as_str()))?;
        let now = now_ms();
        let entries = call.entries.into_iter().map(|entry| (entry.id, entry.receipt_handle));
        let reply = BatchReply::collect(entries, |id, handle| {
            cell.delete(&handle, now)?;
            Ok(DoneEntry { id })
        });
        Ok(Reply::Batch(reply))
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
        let claim = Claim::decode(handle, self.uid)?;
        match self.queue.delete(claim, now) {
            Deletion::Deleted => {
                self.traffic.deleted += 1;
                // A deletion may open a FIFO group or make room in flight.
                self.changed.notify_waiters();
                Ok(())
            }
            Deletion::Gone | Deletion::Stale => Ok(()),
            Deletion::Expired => {
                let reason = "the receipt handle has expired";
                Err(SqsError::invalid("ReceiptHandle", handle, reason))
            }
        }
    }
}
