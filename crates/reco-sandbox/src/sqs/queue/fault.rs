//! The queue's side of injected faults.

use super::{MessagePosition, MessageQueue, ReceiptClaim, StoredMessage};

impl MessageQueue {
    /// Hands out a message in flight again; `luck` picks it.
    pub fn receive_in_flight(
        &mut self,
        luck: u64,
        visibility_ms: u64,
        now: u64,
    ) -> Option<(ReceiptClaim, StoredMessage)> {
        self.advance(now);
        let nth = usize::try_from(luck % (self.in_flight as u64).max(1)).unwrap_or(0);
        let in_flight =
            |key: &u64| self.entries.get(key).is_some_and(|entry| entry.state.is_in_flight());
        let key = self.waking.iter().map(|(_, key)| *key).filter(in_flight).nth(nth)?;
        self.hand_out(key, visibility_ms, now)
    }

    /// Ends the visibility timeout of a claim's message in `ms` milliseconds.
    pub fn show_in(&mut self, claim: ReceiptClaim, ms: u64, now: u64) {
        if self.is_in_flight_under(claim) {
            self.set_state(claim.key, MessagePosition::InFlight(now + ms));
            self.advance(now);
        }
    }

    /// Ends the visibility timeout of every message in flight.
    pub fn show_all(&mut self, now: u64) {
        self.advance(now);
        let in_flight =
            |(key, entry): (&u64, &super::QueueEntry)| entry.state.is_in_flight().then_some(*key);
        let keys: Vec<u64> = self.entries.iter().filter_map(in_flight).collect();
        keys.into_iter().for_each(|key| self.set_state(key, MessagePosition::InFlight(now)));
        self.advance(now);
    }

    /// Shows a claim's message at once and makes the claim stale; returns `false` when the message
    /// is not in flight under this claim.
    pub fn outdate(&mut self, claim: ReceiptClaim, now: u64) -> bool {
        self.advance(now);
        let later = self.next_number();
        if !self.is_in_flight_under(claim) {
            return false;
        }
        if let Some(entry) = self.entries.get_mut(&claim.key) {
            entry.last_receive = later;
        }
        self.set_state(claim.key, MessagePosition::InFlight(now));
        self.advance(now);
        true
    }
}
