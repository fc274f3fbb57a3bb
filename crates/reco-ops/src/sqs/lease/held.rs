//! What is held: each message with its newest receipt handle, and the messages owed a delete.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use reco_core::settle::Deletable;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) held: HashMap<Box<str>, Held>,
    /// Messages whose copy is safe but whose delete did not happen: when they are received again
    /// they must be deleted, never sent.
    pub(super) owed: HashMap<Box<str>, Deletable>,
    /// Number of receives whose responses were lost, and when the messages they hid become visible.
    pub(super) lost: Option<(u64, SystemTime)>,
}

#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) handle: Box<str>,
    /// Wall-clock time: when a machine sleeps its monotonic clock may stop, but visibility timeouts
    /// do not.
    pub(super) until: SystemTime,
    /// `ApproximateReceiveCount` of the delivery that returned this handle.
    pub(super) receives: u32,
    /// Seconds beyond `until` for which it may still be hidden: the effect of an extension is not
    /// known.
    pub(super) doubt_s: u16,
    pub(super) lapsed: bool,
    /// True while a delete is in flight: extending now would fail with "no such message".
    pub(super) deleting: bool,
}

/// Returns the approximate memory that a held message takes besides its row, in bytes.
#[cfg(test)]
pub(crate) fn bytes_of(id: &str, handle: &str) -> usize {
    size_of::<(Box<str>, Held)>() * 3 / 2 + id.len() + handle.len()
}

impl Held {
    pub(super) fn has_lapsed(&self, now: SystemTime) -> bool {
        self.lapsed || self.until <= now
    }

    /// Returns the time at which it is visible again at the latest.
    pub(super) fn hidden_until(&self) -> SystemTime {
        self.until + Duration::from_secs(self.doubt_s.into())
    }

    /// Returns whether it is certainly visible again, unless another consumer has received it.
    pub(super) fn is_visible(&self, now: SystemTime) -> bool {
        self.lapsed || self.hidden_until() <= now
    }

    /// Notes an extension by `period`, sent before `now`, whose effect is not known.
    pub(super) fn doubt(&mut self, now: SystemTime, period: Duration) {
        let beyond = (now + period).duration_since(self.until).unwrap_or_default();
        let beyond = u16::try_from(beyond.as_secs().saturating_add(1)).unwrap_or(u16::MAX);
        self.doubt_s = self.doubt_s.max(beyond);
    }
}

pub(super) enum Put {
    Fresh,
    Owed(Deletable),
    Repeated,
}

impl State {
    pub(super) fn hold(&mut self, id: &str, handle: &str, until: SystemTime, receives: u32) {
        // A delete in flight stays in flight when the handle changes.
        let deleting = self.held.get(id).is_some_and(|held| held.deleting);
        let (doubt_s, lapsed) = (0, false);
        let held = Held { handle: handle.into(), until, receives, doubt_s, lapsed, deleting };
        self.held.insert(id.into(), held);
    }

    /// Returns the entry of a message whose lease has not lapsed.
    pub(super) fn holds(&self, id: &str, now: SystemTime) -> Option<&Held> {
        self.held.get(id).filter(|held| !held.has_lapsed(now))
    }

    /// Returns the messages that are owed a delete but not held.
    pub(super) fn awaited(&self) -> impl Iterator<Item = &Deletable> {
        let now = SystemTime::now();
        self.owed.values().filter(move |one| self.holds(one.message_id(), now).is_none())
    }

    /// Enters a delivery. If two responses overtake each other, the delivery with the higher
    /// receive count has the newer handle.
    pub(super) fn put(
        &mut self,
        id: &str,
        handle: &str,
        until: SystemTime,
        receives: Option<u32>,
    ) -> Put {
        let known = self.held.get(id).map(|held| held.receives);
        if known.is_none_or(|known| receives.is_none_or(|receives| known <= receives)) {
            self.hold(id, handle, until, receives.unwrap_or(0));
        }
        match self.owed.get(id) {
            Some(deletable) => Put::Owed(deletable.clone().under(handle)),
            None if known.is_some() => Put::Repeated,
            None => Put::Fresh,
        }
    }
}
