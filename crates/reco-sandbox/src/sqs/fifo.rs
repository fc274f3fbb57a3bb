//! The order in which a FIFO queue may hand out its messages.
//!
//! A group is closed while any of its messages is in flight or its first one is still delayed, and
//! open otherwise; open groups are served in the order of their first messages.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::line::QueuePlace;
use super::queue::MessagePosition;

/// All groups of one queue.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    groups: HashMap<Arc<str>, MessageGroup>,
    /// Open groups by the order of their first message.
    open: BTreeMap<u64, Arc<str>>,
}

#[derive(Debug, Default)]
struct MessageGroup {
    /// All messages by order, each with its key and state.
    members: BTreeMap<u64, (u64, MessagePosition)>,
    in_flight: usize,
    listed: Option<u64>,
}

impl MessageGroup {
    fn head(&self) -> Option<u64> {
        let (&order, &(_, state)) = self.members.first_key_value()?;
        (state == MessagePosition::Visible && self.in_flight == 0).then_some(order)
    }

    fn leave(&mut self, member: Option<(u64, MessagePosition)>) {
        self.in_flight -= usize::from(member.is_some_and(|(_, state)| state.is_in_flight()));
    }
}

impl Groups {
    /// Adds a message or changes its state; one in flight closes its group.
    pub fn set(&mut self, place: QueuePlace<'_>, state: MessagePosition) {
        self.change(place.group, |group| {
            let old = group.members.insert(place.order, (place.key, state));
            group.in_flight += usize::from(state.is_in_flight());
            group.leave(old);
        });
    }

    /// Removes a message, in flight or not.
    pub fn remove(&mut self, group: &str, order: u64) {
        self.change(group, |group| {
            let old = group.members.remove(&order);
            group.leave(old);
        });
    }

    /// Returns the keys that one receive may return from the first open group: its ready prefix.
    ///
    /// AWS: a receive returns as many messages of one group as it can before it turns to another.
    pub fn first_open(&self, max: usize) -> Vec<u64> {
        let Some(group) = self.open.first_key_value().and_then(|(_, id)| self.groups.get(id))
        else {
            return Vec::new();
        };
        group
            .members
            .values()
            .take_while(|(_, state)| *state == MessagePosition::Visible)
            .take(max)
            .map(|(key, _)| *key)
            .collect()
    }

    /// Returns the first messages of the open groups, oldest first.
    pub fn heads(&self) -> impl Iterator<Item = u64> {
        self.open
            .iter()
            .filter_map(|(order, id)| self.groups.get(id)?.members.get(order).map(|(key, _)| *key))
    }

    fn change(&mut self, id: &str, apply: impl FnOnce(&mut MessageGroup)) {
        if !self.groups.contains_key(id) {
            self.groups.insert(id.into(), MessageGroup::default());
        }
        let Some((id, _)) = self.groups.get_key_value(id) else { return };
        let id = id.clone();
        let Some(group) = self.groups.get_mut(&id) else { return };
        apply(group);
        let head = group.head();
        if group.listed != head {
            if let Some(old) = group.listed {
                self.open.remove(&old);
            }
            if let Some(new) = head {
                self.open.insert(new, id.clone());
            }
            group.listed = head;
        }
        if group.members.is_empty() {
            self.groups.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MessagePosition::{Delayed, InFlight, Visible};
    use super::*;

    impl Groups {
        /// Sets the state of the message at `order`, whose key is ten times that.
        fn put(&mut self, group: &str, order: u64, state: MessagePosition) {
            self.set(QueuePlace { group, order, key: order * 10 }, state);
        }
    }

    #[test]
    fn a_group_closes_while_one_of_its_messages_is_in_flight() {
        let mut groups = Groups::default();
        for (group, order) in [("a", 1), ("a", 2), ("b", 3)] {
            groups.put(group, order, Visible);
        }
        assert_eq!(groups.first_open(10), [10, 20]);
        groups.put("a", 1, InFlight(5));
        assert_eq!(groups.first_open(10), [30], "only b is open");
        groups.remove("a", 1);
        assert_eq!(groups.first_open(1), [20]);
        groups.put("a", 2, InFlight(5));
        groups.put("b", 3, InFlight(5));
        assert!(groups.first_open(10).is_empty());
        groups.put("a", 2, InFlight(6));
        assert!(groups.first_open(10).is_empty(), "in flight for longer");
        groups.put("a", 2, Visible);
        assert_eq!(groups.first_open(10), [20]);
        groups.remove("a", 2);
        groups.remove("b", 3);
        assert!(groups.groups.is_empty() && groups.open.is_empty(), "nothing is left behind");
    }

    #[test]
    fn a_delayed_head_closes_its_group() {
        let mut groups = Groups::default();
        groups.put("a", 1, Delayed(5));
        groups.put("a", 2, Visible);
        assert!(groups.first_open(10).is_empty());
        groups.put("a", 1, Visible);
        assert_eq!(groups.first_open(10), [10, 20]);
    }
}
