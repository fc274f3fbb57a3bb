//! Where the messages that may be received stand in line: one line, or one per FIFO group.

use std::collections::BTreeMap;

use super::fifo::Groups;

/// The visible messages of a queue in the order they will be handed out.
#[derive(Debug)]
pub(crate) enum Line {
    /// Order to message key.
    Standard(BTreeMap<u64, u64>),
    /// Groups, each in order.
    Fifo(Groups),
}

/// A message's place: its order and, on FIFO queues, its group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
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

    /// A message came in, ready or still delayed.
    pub fn add(&mut self, place: Place<'_>, ready: bool) {
        match self {
            Self::Fifo(groups) => groups.add(place.group, place.order, place.key, ready),
            Self::Standard(line) if ready => {
                line.insert(place.order, place.key);
            }
            Self::Standard(_) => {}
        }
    }

    /// A message's delay ended.
    pub fn ready(&mut self, place: Place<'_>) {
        match self {
            Self::Fifo(groups) => groups.ready(place.group, place.order),
            Self::Standard(line) => {
                line.insert(place.order, place.key);
            }
        }
    }

    /// A message was handed out.
    pub fn take(&mut self, place: Place<'_>) {
        match self {
            Self::Fifo(groups) => groups.take(place.group, place.order),
            Self::Standard(line) => {
                line.remove(&place.order);
            }
        }
    }

    /// A message in flight became visible.
    pub fn give_back(&mut self, place: Place<'_>) {
        match self {
            Self::Fifo(groups) => groups.give_back(place.group, place.order),
            Self::Standard(line) => {
                line.insert(place.order, place.key);
            }
        }
    }

    /// A message is gone.
    pub fn remove(&mut self, place: Place<'_>, was_in_flight: bool) {
        match self {
            Self::Fifo(groups) => groups.remove(place.group, place.order, was_in_flight),
            Self::Standard(line) => {
                line.remove(&place.order);
            }
        }
    }

    /// Up to `max` messages that may be handed out together next.
    pub fn next(&self, max: usize) -> Vec<u64> {
        match self {
            Self::Fifo(groups) => groups.first_open(max),
            Self::Standard(line) => line.values().take(max).copied().collect(),
        }
    }

    /// The first message whose key is below `mark` among those that may be handed out.
    pub fn first_below(&self, mark: u64) -> Option<u64> {
        match self {
            Self::Fifo(groups) => groups.heads().find(|key| *key < mark),
            Self::Standard(line) => line.values().copied().find(|key| *key < mark),
        }
    }
}
