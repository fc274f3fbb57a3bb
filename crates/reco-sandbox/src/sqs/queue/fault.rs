//! The queue's side of injected faults.

use super::{Claim, Message, MessagePosition, Queue};

impl Queue {
    /// Hands out a message in flight again; `luck` picks it.
    pub fn receive_in_flight(
        &mut self,
        luck: u64,
        visibility_ms: u64,
        now: u64,
    ) -> Option<(Claim, Message)> {
        self.advance(now);
        let nth = usize::try_from(luck % (self.in_flight as u64).max(1)).unwrap_or(0);
        let in_flight = |key: &u64| {
            let entry = self.entries.get(key);
            entry.is_some_and(|entry| matches!(entry.state, MessagePosition::InFlight(_)))
        };
        let key = self.waking.iter().map(|(_, key)| *key).filter(in_flight).nth(nth)?;
        let receive = self.next_number();
        self.set_waking(key, now + visibility_ms);
        let entry = self.entries.get_mut(&key)?;
        entry.last_receive = receive;
        entry.received_ms = now;
        entry.receives_here += 1;
        entry.message.receive_count += 1;
        Some((Claim { key, receive }, entry.message.clone()))
    }

    /// Ends the visibility timeout of a claim's message in `ms` milliseconds.
    pub fn show_in(&mut self, claim: Claim, ms: u64, now: u64) {
        if self.entries.get(&claim.key).is_some_and(|entry| entry.last_receive == claim.receive) {
            self.set_waking(claim.key, now + ms);
            self.advance(now);
        }
    }

    /// Ends the visibility timeout of every message in flight.
    pub fn show_all(&mut self, now: u64) {
        self.advance(now);
        let in_flight = |(key, entry): (&u64, &super::Entry)| {
            matches!(entry.state, MessagePosition::InFlight(_)).then_some(*key)
        };
        let keys: Vec<u64> = self.entries.iter().filter_map(in_flight).collect();
        keys.into_iter().for_each(|key| self.set_waking(key, now));
        self.advance(now);
    }

    /// Shows a claim's message at once and makes the claim stale; returns `false` when the message
    /// is not in flight under this claim.
    pub fn outdate(&mut self, claim: Claim, now: u64) -> bool {
        self.advance(now);
        let later = self.next_number();
        let Some(entry) = self.entries.get_mut(&claim.key) else { return false };
        if entry.last_receive != claim.receive
            || !matches!(entry.state, MessagePosition::InFlight(_))
        {
            return false;
        }
        entry.last_receive = later;
        self.set_waking(claim.key, now);
        self.advance(now);
        true
    }
}
