//! Order of the messages that may be received: one line, or one per FIFO group.

use std::collections::BTreeMap;

use super::fifo::Groups;

/// The visible messages of a queue, in the order they will be handed out.
#[derive(Debug)]
pub(crate) enum Line {
    /// Message keys by order.
    Standard(BTreeMap<u64, u64>),
    /// Groups, each in order.
    Fifo(Groups),
}

/// A message's place: its order and, on FIFO queues, its group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueuePlace<'a> {
    pub key: u64,
    pub order: u64,
    pub group: &'a str,
}

impl Line {
    pub fn new(fifo: bool) -> Self {
        if fifo { Self::Fifo(Groups::default()) } else { Self::Standard(BTreeMap::new()) }
    }

    pub fn is_fifo(&self) -> bool {
        matches!(self, Self::Fifo(_))
    }

    /// Adds a message, ready or still delayed.
    pub fn add(&mut self, place: QueuePlace<'_>, ready: bool) {
        match self {
            Self::Fifo(groups) => groups.add(place.group, place.order, place.key, ready),
            Self::Standard(line) if ready => {
                line.insert(place.order, place.key);
            }
            Self::Standard(_) => {}
        }
    }

    /// Makes a message whose delay has ended ready.
    pub fn ready(&mut self, place: QueuePlace<'_>) {
        match self {
            Self::Fifo(groups) => groups.ready(place.group, place.order),
            Self::Standard(line) => {
                line.insert(place.order, place.key);
            }
        }
    }

    /// Marks a message as handed out.
    pub fn take(&mut self, place: QueuePlace<'_>) {
        match self {
            Self::Fifo(groups) => groups.take(place.group, place.order),
            Self::Standard(line) => {
                line.remove(&place.order);
            }
        }
    }

    /// Makes a message in flight visible again.
    pub fn give_back(&mut self, place: QueuePlace<'_>) {
        match self {
            Self::Fifo(groups) => groups.give_back(place.group, place.order),
            Self::Standard(line) => {
                line.insert(place.order, place.key);
            }
        }
    }

    /// Removes a message, in flight or not.
    pub fn remove(&mut self, place: QueuePlace<'_>, was_in_flight: bool) {
        match self {
            Self::Fifo(groups) => groups.remove(place.group, place.order, was_in_flight),
            Self::Standard(line) => {
                line.remove(&place.order);
            }
        }
    }

    /// Returns up to `max` messages that may be handed out together next.
    pub fn next(&self, max: usize) -> Vec<u64> {
        match self {
            Self::Fifo(groups) => groups.first_open(max),
            Self::Standard(line) => line.values().take(max).copied().collect(),
        }
    }

    /// Returns the first message that may be handed out and whose key is below `mark`.
    pub fn first_below(&self, mark: u64) -> Option<u64> {
        match self {
            Self::Fifo(groups) => groups.heads().find(|key| *key < mark),
            Self::Standard(line) => line.values().copied().find(|key| *key < mark),
        }
    }
}
