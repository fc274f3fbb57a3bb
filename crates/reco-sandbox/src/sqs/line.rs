//! Order of the messages that may be received: one line, or one per FIFO group.

use std::collections::BTreeMap;

use super::fifo::Groups;
use super::queue::MessagePosition;

/// The visible messages of a queue, in the order they will be handed out.
#[derive(Debug)]
pub(crate) enum QueueLine {
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

impl QueueLine {
    pub fn new(fifo: bool) -> Self {
        if fifo { Self::Fifo(Groups::default()) } else { Self::Standard(BTreeMap::new()) }
    }

    pub fn is_fifo(&self) -> bool {
        matches!(self, Self::Fifo(_))
    }

    /// Adds a message, or changes whether it may be received.
    pub fn set(&mut self, place: QueuePlace<'_>, state: MessagePosition) {
        match self {
            Self::Fifo(groups) => groups.set(place, state),
            Self::Standard(line) if state == MessagePosition::Visible => {
                line.insert(place.order, place.key);
            }
            Self::Standard(line) => {
                line.remove(&place.order);
            }
        }
    }

    /// Removes a message, whatever its state.
    pub fn remove(&mut self, place: QueuePlace<'_>) {
        match self {
            Self::Fifo(groups) => groups.remove(place.group, place.order),
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
