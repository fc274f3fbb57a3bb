//! The order in which a FIFO queue may hand out its messages.
//!
//! A group is closed while any of its messages is in flight or its first one is still delayed, and
//! open otherwise; open groups are served in the order of their first messages.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// All groups of one queue.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    groups: HashMap<Arc<str>, Group>,
    /// Open groups by the order of their first message.
    open: BTreeMap<u64, Arc<str>>,
}

#[derive(Debug, Default)]
struct Group {
    /// All messages by order, each with its key and whether it may be received.
    members: BTreeMap<u64, (u64, bool)>,
    in_flight: usize,
    listed: Option<u64>,
}

impl Group {
    fn head(&self) -> Option<u64> {
        let (&order, &(_, ready)) = self.members.first_key_value()?;
        (ready && self.in_flight == 0).then_some(order)
    }
}

impl Groups {
    /// Adds message `key` at `order`, ready or still delayed.
    pub fn add(&mut self, group: &str, order: u64, key: u64, ready: bool) {
        self.change(group, |group| {
            group.members.insert(order, (key, ready));
        });
    }

    /// Makes a message whose delay has ended ready.
    pub fn ready(&mut self, group: &str, order: u64) {
        self.change(group, |group| {
            if let Some(member) = group.members.get_mut(&order) {
                member.1 = true;
            }
        });
    }

    /// Marks a message as handed out, which closes its group.
    pub fn take(&mut self, group: &str, order: u64) {
        self.change(group, |group| {
            if let Some(member) = group.members.get_mut(&order) {
                member.1 = false;
                group.in_flight += 1;
            }
        });
    }

    /// Makes a message in flight visible again, in its old place.
    pub fn give_back(&mut self, group: &str, order: u64) {
        self.change(group, |group| {
            if let Some(member) = group.members.get_mut(&order) {
                member.1 = true;
                group.in_flight -= 1;
            }
        });
    }

    /// Removes a message, in flight or not.
    pub fn remove(&mut self, group: &str, order: u64, was_in_flight: bool) {
        self.change(group, |group| {
            group.members.remove(&order);
            group.in_flight -= usize::from(was_in_flight);
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
            .take_while(|(_, ready)| *ready)
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

    fn change(&mut self, id: &str, apply: impl FnOnce(&mut Group)) {
        if !self.groups.contains_key(id) {
            self.groups.insert(id.into(), Group::default());
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
    use super::*;

    #[test]
    fn a_group_closes_while_one_of_its_messages_is_in_flight() {
        let mut groups = Groups::default();
        for (group, order) in [("a", 1), ("a", 2), ("b", 3)] {
            groups.add(group, order, order * 10, true);
        }
        assert_eq!(groups.first_open(10), [10, 20]);
        groups.take("a", 1);
        assert_eq!(groups.first_open(10), [30], "only b is open");
        groups.remove("a", 1, true);
        assert_eq!(groups.first_open(1), [20]);
        groups.take("a", 2);
        groups.take("b", 3);
        assert!(groups.first_open(10).is_empty());
        groups.give_back("a", 2);
        assert_eq!(groups.first_open(10), [20]);
        groups.remove("a", 2, false);
        groups.remove("b", 3, true);
        assert!(groups.groups.is_empty() && groups.open.is_empty(), "nothing is left behind");
    }

    #[test]
    fn a_delayed_head_closes_its_group() {
        let mut groups = Groups::default();
        groups.add("a", 1, 1, false);
        groups.add("a", 2, 2, true);
        assert!(groups.first_open(10).is_empty());
        groups.ready("a", 1);
        assert_eq!(groups.first_open(10), [1, 2]);
    }
}
