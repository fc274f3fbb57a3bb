//! State machine of one queue: synchronous, with the current time as an argument.
//!
//! A message is visible, delayed or in flight; `waking` holds the times at which the latter two
//! become visible, `by_sent` the order in which retention deletes. Every operation first applies
//! what is due ([`Queue::advance`]), so no timer is needed.

mod fault;

use std::collections::{BTreeMap, BTreeSet};

use super::handle::ReceiptClaim;
use super::line::{QueueLine, QueuePlace};
use super::message::StoredMessage;

/// AWS: a message may be in flight for 12 hours at most, counted from its receive.
pub(crate) const MAX_IN_FLIGHT_S: u64 = 43_200;
/// After this many receives, a standard queue puts a message at the back.
const RECEIVES_BEFORE_THE_BACK: u32 = 3;

#[derive(Debug)]
pub(crate) struct MessageQueue {
    /// Messages by key; keys rise with arrival.
    entries: BTreeMap<u64, QueueEntry>,
    line: QueueLine,
    waking: BTreeSet<(u64, u64)>,
    by_sent: BTreeSet<(u64, u64)>,
    in_flight: usize,
    /// Source of keys, orders and receive numbers.
    counter: u64,
    /// Time that a message is kept after it was sent, in milliseconds.
    pub retention_ms: u64,
}

/// A message in this queue.
#[derive(Debug)]
pub(crate) struct QueueEntry {
    pub message: StoredMessage,
    pub state: MessagePosition,
    pub arrived_ms: u64,
    /// Receives in this queue, which the redrive policy counts.
    receives_here: u32,
    last_receive: u64,
    received_ms: u64,
    order: u64,
}

/// State of a message; times are those at which it becomes visible, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessagePosition {
    /// Can be received now.
    Visible,
    /// Its delay is not over.
    Delayed(u64),
    /// Received, and hidden until its visibility timeout ends.
    InFlight(u64),
}

impl MessagePosition {
    pub(super) const fn is_in_flight(self) -> bool {
        matches!(self, Self::InFlight(_))
    }

    const fn visible_at(self) -> Option<u64> {
        match self {
            Self::Visible => None,
            Self::Delayed(at) | Self::InFlight(at) => Some(at),
        }
    }
}

/// Parameters of a receive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReceiveLimits {
    pub max: usize,
    pub visibility_ms: u64,
    /// `maxReceiveCount` of the redrive policy, if its dead-letter queue exists.
    pub max_receives: Option<u32>,
    pub in_flight_limit: usize,
}

/// Result of a receive.
#[derive(Debug, Default)]
pub(crate) struct ReceivedBatch {
    pub messages: Vec<(ReceiptClaim, StoredMessage)>,
    /// Messages past `maxReceiveCount`, already removed from this queue.
    pub dead: Vec<StoredMessage>,
}

/// Result of a delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeletionOutcome {
    Deleted,
    /// Not deleted: the message is already gone.
    Gone,
    /// Not deleted: the message was received again since.
    Stale,
    /// Not deleted: a FIFO queue accepts a handle only while its message is in flight.
    Expired,
}

/// Reason why a visibility timeout was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VisibilityRefusal {
    /// The message is gone, or was received again since.
    NotThere,
    NotInFlight,
    BeyondLimit,
}

/// Number of messages by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct QueueCounts {
    pub visible: usize,
    pub in_flight: usize,
    pub delayed: usize,
}

impl MessageQueue {
    pub fn new(fifo: bool, retention_ms: u64) -> Self {
        Self {
            entries: BTreeMap::new(),
            line: QueueLine::new(fifo),
            waking: BTreeSet::new(),
            by_sent: BTreeSet::new(),
            in_flight: 0,
            counter: 0,
            retention_ms,
        }
    }

    /// Puts a message at the back, visible at once if `delay_ms` is 0. Returns its FIFO sequence
    /// number.
    pub fn put(&mut self, mut message: StoredMessage, delay_ms: u64, now: u64) -> Option<u64> {
        let key = self.next_number();
        if self.line.is_fifo() {
            message.sequence = Some(key);
        }
        let sequence = message.sequence;
        self.by_sent.insert((message.sent_ms, key));
        let entry = QueueEntry {
            message,
            state: MessagePosition::Visible,
            arrived_ms: now,
            receives_here: 0,
            last_receive: 0,
            received_ms: 0,
            order: key,
        };
        self.entries.insert(key, entry);
        let state = match delay_ms {
            0 => MessagePosition::Visible,
            _ => MessagePosition::Delayed(now + delay_ms),
        };
        self.set_state(key, state);
        sequence
    }

    /// Applies everything due by `now`: delays and visibility timeouts end, retention deletes.
    pub fn advance(&mut self, now: u64) {
        while let Some(&(at, key)) = self.waking.first()
            && at <= now
        {
            self.waking.pop_first();
            self.wake(key);
        }
        while let Some(&(sent, key)) = self.by_sent.first()
            && sent.saturating_add(self.retention_ms) <= now
        {
            self.remove(key);
        }
    }

    /// Returns the next time at which a message becomes visible by itself.
    pub fn next_waking(&self) -> Option<u64> {
        self.waking.first().map(|(at, _)| *at)
    }

    /// Hands out messages, and removes those that the redrive policy moves.
    ///
    /// AWS: when the receive count of a message exceeds `maxReceiveCount`, it moves instead of
    /// being received.
    pub fn receive(&mut self, ask: ReceiveLimits, now: u64) -> ReceivedBatch {
        self.advance(now);
        let mut batch = ReceivedBatch::default();
        let room = ask.in_flight_limit.saturating_sub(self.in_flight);
        let max = ask.max.min(room);
        while batch.messages.len() < max {
            let next = self.line.next(max - batch.messages.len());
            if next.is_empty() {
                break;
            }
            for key in next {
                let Some(entry) = self.entries.get(&key) else { continue };
                if ask.max_receives.is_some_and(|limit| entry.receives_here >= limit) {
                    batch.dead.extend(self.remove(key).map(|entry| entry.message));
                } else {
                    batch.messages.extend(self.hand_out(key, ask.visibility_ms, now));
                }
            }
        }
        batch
    }

    /// Hands the same messages out again under the same claims, if all are still in flight.
    pub fn repeat(
        &mut self,
        claims: &[ReceiptClaim],
        visibility_ms: u64,
        now: u64,
    ) -> Option<ReceivedBatch> {
        self.advance(now);
        if !claims.iter().all(|claim| self.is_in_flight_under(*claim)) {
            return None;
        }
        let mut batch = ReceivedBatch::default();
        for claim in claims {
            self.set_state(claim.key, MessagePosition::InFlight(now + visibility_ms));
            let entry = self.entries.get(&claim.key)?;
            batch.messages.push((*claim, entry.message.clone()));
        }
        Some(batch)
    }

    /// Deletes the message of a claim.
    ///
    /// AWS: with a handle that is not the latest, a standard queue answers success but may not
    /// delete; a FIFO queue fails once the visibility timeout is over.
    pub fn delete(&mut self, claim: ReceiptClaim, now: u64) -> DeletionOutcome {
        self.advance(now);
        let Some(entry) = self.entries.get(&claim.key) else { return DeletionOutcome::Gone };
        let latest = entry.last_receive == claim.receive;
        if self.line.is_fifo() && !(latest && entry.state.is_in_flight()) {
            return DeletionOutcome::Expired;
        }
        if !latest {
            return DeletionOutcome::Stale;
        }
        self.remove(claim.key);
        DeletionOutcome::Deleted
    }

    /// Sets how long from now the message of a claim stays invisible; 0 shows it at once.
    pub fn change_visibility(
        &mut self,
        claim: ReceiptClaim,
        seconds: u64,
        now: u64,
    ) -> Result<(), VisibilityRefusal> {
        self.advance(now);
        let entry = self.entries.get(&claim.key).ok_or(VisibilityRefusal::NotThere)?;
        if entry.last_receive != claim.receive {
            return Err(VisibilityRefusal::NotThere);
        }
        if !entry.state.is_in_flight() {
            return Err(VisibilityRefusal::NotInFlight);
        }
        // In whole seconds, as in the request, so that a client may ask for the full 12 hours right
        // after its receive.
        let held_s = now.saturating_sub(entry.received_ms) / 1000;
        if held_s + seconds > MAX_IN_FLIGHT_S {
            return Err(VisibilityRefusal::BeyondLimit);
        }
        self.set_state(claim.key, MessagePosition::InFlight(now + seconds * 1000));
        self.advance(now);
        Ok(())
    }

    /// Removes every message, in whatever state.
    pub fn purge(&mut self) {
        self.entries.clear();
        self.line = QueueLine::new(self.line.is_fifo());
        self.waking.clear();
        self.by_sent.clear();
        self.in_flight = 0;
    }

    /// Removes and returns the first visible message that arrived before `mark`.
    pub fn take_before(&mut self, mark: u64, now: u64) -> Option<StoredMessage> {
        self.advance(now);
        let key = self.line.first_below(mark)?;
        self.remove(key).map(|entry| entry.message)
    }

    /// Returns the message that [`take_before`](Self::take_before) would take.
    pub fn peek_before(&mut self, mark: u64, now: u64) -> Option<&StoredMessage> {
        self.advance(now);
        let key = self.line.first_below(mark)?;
        self.entries.get(&key).map(|entry| &entry.message)
    }

    /// Returns a number above every key assigned so far.
    pub fn mark(&mut self) -> u64 {
        self.next_number()
    }

    pub fn counts(&mut self, now: u64) -> QueueCounts {
        self.advance(now);
        QueueCounts {
            visible: self.entries.len() - self.waking.len(),
            in_flight: self.in_flight,
            delayed: self.waking.len() - self.in_flight,
        }
    }

    /// Returns the arrival time of the message that has been in this queue longest.
    pub fn oldest_arrival_ms(&self) -> Option<u64> {
        self.entries.values().next().map(|entry| entry.arrived_ms)
    }

    /// Returns the earliest send time, even of messages that were sent to another queue.
    pub fn oldest_sent_ms(&self) -> Option<u64> {
        self.by_sent.first().map(|(sent, _)| *sent)
    }

    /// Returns every message, in order of arrival.
    pub fn entries(&self) -> impl Iterator<Item = &QueueEntry> {
        self.entries.values()
    }

    fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Returns whether a message is in flight, and `claim` that of its last receive.
    fn is_in_flight_under(&self, claim: ReceiptClaim) -> bool {
        self.entries
            .get(&claim.key)
            .is_some_and(|entry| entry.last_receive == claim.receive && entry.state.is_in_flight())
    }

    fn hand_out(
        &mut self,
        key: u64,
        visibility_ms: u64,
        now: u64,
    ) -> Option<(ReceiptClaim, StoredMessage)> {
        let receive = self.next_number();
        self.set_state(key, MessagePosition::InFlight(now + visibility_ms));
        let entry = self.entries.get_mut(&key)?;
        entry.last_receive = receive;
        entry.received_ms = now;
        entry.receives_here += 1;
        entry.message.receive_count += 1;
        entry.message.first_received_ms.get_or_insert(now);
        Some((ReceiptClaim { key, receive }, entry.message.clone()))
    }

    fn wake(&mut self, key: u64) {
        let back = self.next_number();
        let Some(entry) = self.entries.get_mut(&key) else { return };
        let worn = entry.state.is_in_flight() && entry.receives_here >= RECEIVES_BEFORE_THE_BACK;
        if worn && !self.line.is_fifo() {
            entry.order = back;
        }
        self.set_state(key, MessagePosition::Visible);
    }

    /// Puts a message into a state, and into the sets and counts that go by state.
    fn set_state(&mut self, key: u64, state: MessagePosition) {
        let Some(entry) = self.entries.get_mut(&key) else { return };
        let old = std::mem::replace(&mut entry.state, state);
        self.line.set(entry.place(key), state);
        self.leave(key, old);
        self.waking.extend(state.visible_at().map(|at| (at, key)));
        self.in_flight += usize::from(state.is_in_flight());
    }

    /// Takes a message out of the set and the count of a state.
    fn leave(&mut self, key: u64, state: MessagePosition) {
        if let Some(at) = state.visible_at() {
            self.waking.remove(&(at, key));
        }
        self.in_flight -= usize::from(state.is_in_flight());
    }

    fn remove(&mut self, key: u64) -> Option<QueueEntry> {
        let entry = self.entries.remove(&key)?;
        self.by_sent.remove(&(entry.message.sent_ms, key));
        self.leave(key, entry.state);
        self.line.remove(entry.place(key));
        Some(entry)
    }
}

impl QueueEntry {
    fn place(&self, key: u64) -> QueuePlace<'_> {
        let group = self.message.content.group_id.as_deref().unwrap_or_default();
        QueuePlace { key, order: self.order, group }
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
