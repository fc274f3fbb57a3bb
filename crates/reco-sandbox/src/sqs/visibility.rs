//! ChangeMessageVisibility and ChangeMessageVisibilityBatch.

use super::error::{ErrorKind, SqsError};
use super::handle::Claim;
use super::queue::{MAX_IN_FLIGHT_S, VisibilityRefusal};
use super::state::Cell;
use super::wire::{
    BatchReply, ChangeMessageVisibility, DoneEntry, Reply, ToBatch, VisibilityEntry,
};
use super::{Sqs, check, now_ms};

impl Sqs {
    pub(super) fn change_message_visibility(
        &self,
        call: &ChangeMessageVisibility,
    ) -> Result<Reply, SqsError> {
        let mut state = self.inner.lock();
        let cell = state.by_url(&call.queue_url, &self.inner.options)?;
        cell.change_visibility(&call.receipt_handle, call.visibility_timeout, now_ms())?;
        cell.changed.notify_waiters();
        Ok(Reply::Empty {})
    }

    pub(super) fn change_message_visibility_batch(
        &self,
        call: ToBatch<VisibilityEntry>,
    ) -> Result<Reply, SqsError> {
        let mut state = self.inner.lock();
        let cell = state.by_url(&call.queue_url, &self.inner.options)?;
        check::batch(call.entries.iter().map(|entry| entry.id.as_str()))?;
        let now = now_ms();
        let entries =
            call.entries.into_iter().map(|mut entry| (std::mem::take(&mut entry.id), entry));
        let reply = BatchReply::collect(entries, |id, entry| {
            cell.change_visibility(&entry.receipt_handle, entry.visibility_timeout, now)?;
            Ok(DoneEntry { id })
        });
        cell.changed.notify_waiters();
        Ok(Reply::Batch(reply))
    }
}

impl Cell {
    fn change_visibility(
        &mut self,
        handle: &str,
        seconds: Option<i64>,
        now: u64,
    ) -> Result<(), SqsError> {
        if handle.is_empty() {
            return Err(SqsError::missing("ReceiptHandle"));
        }
        let asked = seconds.ok_or_else(|| SqsError::missing("VisibilityTimeout"))?;
        let seconds = check::in_range("VisibilityTimeout", asked, 0..=43_200)?;
        let claim = Claim::decode(handle, self.uid)?;
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
