//! Behaviour of a distributed queue that this server shows only when a fault requests it.

use super::error::SqsError;
use super::handle::ReceiptClaim;
use super::receive::ShownParts;
use super::wire::{ReceiveMessage, ReceivedMessage};
use super::{Sqs, now_ms};

impl Sqs {
    /// Ends the visibility timeout of every message in flight in a queue, for tests of what
    /// follows.
    pub fn end_visibility(&self, queue: &str) {
        let Ok(mut cell) = self.queue(&self.queue_url(queue)) else { return };
        cell.queue.show_all(now_ms());
        cell.changed.notify_waiters();
    }

    /// Hands out one of the messages in flight again, under a new receipt handle; `luck` picks it.
    /// `None` if none is in flight, or on a FIFO queue, which never does this.
    pub(crate) fn receive_in_flight(
        &self,
        call: &ReceiveMessage,
        luck: u64,
    ) -> Result<Option<ReceivedMessage>, SqsError> {
        let mut cell = self.queue(&call.queue_url)?;
        if cell.settings.fifo {
            return Ok(None);
        }
        let asked = call.visibility_timeout.and_then(|seconds| u64::try_from(seconds).ok());
        let visibility_ms = asked.unwrap_or(cell.settings.visibility_timeout_s) * 1000;
        let again = cell.queue.receive_in_flight(luck, visibility_ms, now_ms());
        let uid = cell.uid;
        drop(cell);
        let shown = ShownParts::of(call, &self.inner.options);
        Ok(again.map(|(claim, message)| shown.message(claim.encode(uid), message)))
    }

    /// Returns whether a receive is a short poll that may miss messages: it does not wait, and the
    /// queue is a standard queue.
    pub(crate) fn polls_short(&self, call: &ReceiveMessage) -> Result<bool, SqsError> {
        let settings = &self.queue(&call.queue_url)?.settings;
        let waits = call.wait_time_seconds.map_or(settings.wait_s > 0, |seconds| seconds > 0);
        Ok(!waits && !settings.fifo)
    }

    /// Ends the visibility timeout of a received message in `ms` milliseconds.
    pub(crate) fn show_in(&self, url: &str, handle: &str, ms: u64) {
        let Ok(mut cell) = self.queue(url) else { return };
        if let Ok(claim) = ReceiptClaim::decode(handle, cell.uid) {
            cell.queue.show_in(claim, ms, now_ms());
            cell.changed.notify_waiters();
        }
    }

    /// Makes a handle stale, as if its message had been received and released again since. Returns
    /// `false` if it is not the handle of a message in flight.
    pub(crate) fn outdate(&self, url: &str, handle: &str) -> bool {
        let Ok(mut cell) = self.queue(url) else { return false };
        let Ok(claim) = ReceiptClaim::decode(handle, cell.uid) else { return false };
        let outdated = cell.queue.outdate(claim, now_ms());
        cell.changed.notify_waiters();
        outdated
    }
}
