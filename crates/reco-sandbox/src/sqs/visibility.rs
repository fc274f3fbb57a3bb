//! ChangeMessageVisibility and ChangeMessageVisibilityBatch.

use super::error::{ErrorKind, SqsError};
use super::handle::ReceiptClaim;
use super::queue::{MAX_IN_FLIGHT_S, VisibilityRefusal};
use super::state::Cell;
use super::wire::{BatchReply, DoneEntry, SqsReply, ToBatch, ToOne, VisibilityEntry};
use super::{Sqs, check, now_ms};

impl Sqs {
    pub(super) fn change_message_visibility(
        &self,
        call: &ToOne<VisibilityEntry>,
    ) -> Result<SqsReply, SqsError> {
        let mut cell = self.queue(&call.queue_url)?;
        cell.change_visibility(&call.entry, now_ms())?;
        cell.changed.notify_waiters();
        Ok(SqsReply::Empty {})
    }

    pub(super) fn change_message_visibility_batch(
        &self,
        call: ToBatch<VisibilityEntry>,
    ) -> Result<SqsReply, SqsError> {
        let mut cell = self.queue(&call.queue_url)?;
        check::batch(call.entries.iter().map(|entry| entry.id.as_str()))?;
        let now = now_ms();
        let entries =
            call.entries.into_iter().map(|mut entry| (std::mem::take(&mut entry.id), entry));
        let reply = BatchReply::collect(entries, |id, entry| {
            cell.change_visibility(&entry, now)?;
            Ok(DoneEntry { id })
        });
        cell.changed.notify_waiters();
        Ok(SqsReply::Batch(reply))
    }
}

impl Cell {
    fn change_visibility(&mut self, entry: &VisibilityEntry, now: u64) -> Result<(), SqsError> {
        let handle = entry.receipt_handle.as_str();
        if handle.is_empty() {
            return Err(SqsError::missing("ReceiptHandle"));
        }
        let missing = || SqsError::missing("VisibilityTimeout");
        let asked = entry.visibility_timeout.ok_or_else(missing)?;
        let seconds = check::in_range("VisibilityTimeout", asked, 0..=43_200)?;
        let claim = ReceiptClaim::decode(handle, self.uid)?;
        self.queue.change_visibility(claim, seconds, now).map_err(|refusal| match refusal {
            VisibilityRefusal::NotThere => SqsError::invalid(
                "ReceiptHandle",
                handle,
                "message does not exist or is not available for visibility timeout change",
            ),
            VisibilityRefusal::NotInFlight => SqsError::new(
                ErrorKind::MessageNotInflight,
                "the message is not in flight: its visibility timeout is over",
            ),
            VisibilityRefusal::BeyondLimit => {
                let reason = format!(
                    "total visibility timeout for the message is beyond the limit \
                     [{MAX_IN_FLIGHT_S} seconds]"
                );
                SqsError::invalid("VisibilityTimeout", asked, &reason)
            }
        })
    }
}
