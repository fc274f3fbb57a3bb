//! Selection of the messages for the next batch.
//!
//! At most one message of a FIFO group is in flight. A batch therefore holds at most one message of
//! a group: SQS may accept some entries of a batch and refuse others, and accepting a later message
//! while an earlier one is refused would change the order.

use std::collections::{HashMap, HashSet, VecDeque};

use super::outbox::OutboxMessage;

/// Limits of reading ahead: number of messages, and bytes held in memory.
const AHEAD: (usize, usize) = (2_000, 32 * 1024 * 1024);

/// Ready messages that are searched for others to the batch's destination.
const WINDOW: usize = 200;

/// FIFO group of one destination.
pub(super) type GroupKey = (usize, Box<str>);

/// Waiting messages, by group.
#[derive(Debug, Default)]
pub(super) struct FifoGroups {
    /// Messages that may be sent now, in order.
    ready: VecDeque<OutboxMessage>,
    /// Messages that wait behind another of their group. An entry, even an empty one, means that a
    /// message of the group is ready or in flight.
    behind: HashMap<GroupKey, VecDeque<OutboxMessage>>,
    /// Groups with a message that could not be sent.
    blocked: HashSet<GroupKey>,
    waiting: usize,
    bytes: usize,
}

impl FifoGroups {
    /// Adds a message; returns it if its group is blocked.
    pub(super) fn push(&mut self, message: OutboxMessage) -> Option<OutboxMessage> {
        if let Some(key) = message.key() {
            if self.blocked.contains(&key) {
                return Some(message);
            }
            if let Some(behind) = self.behind.get_mut(&key) {
                self.waiting += 1;
                self.bytes += message.bytes_here();
                behind.push_back(message);
                return None;
            }
            self.behind.insert(key, VecDeque::new());
        }
        self.waiting += 1;
        self.bytes += message.bytes_here();
        self.ready.push_back(message);
        None
    }

    /// Returns whether the read-ahead limit is reached.
    pub(super) fn is_full(&self) -> bool {
        self.waiting >= AHEAD.0 || self.bytes >= AHEAD.1
    }

    /// Returns whether a batch of `entries` messages is ready.
    pub(super) fn has_batch(&self, entries: usize) -> bool {
        self.ready.len() >= entries
    }

    /// Takes the next batch: messages for one destination, at most `entries` of them and no larger
    /// than one call may be. Empty if no message may be sent now.
    pub(super) fn next_batch(&mut self, entries: usize) -> Vec<OutboxMessage> {
        let (mut batch, mut bytes, mut at) = (Vec::<OutboxMessage>::new(), 0, 0);
        while batch.len() < entries && at < self.ready.len().min(WINDOW) {
            let next = &self.ready[at];
            if let Some(first) = batch.first() {
                if first.to.number != next.to.number {
                    at += 1;
                    continue;
                }
                // A message that exceeds the limit by itself goes alone, so that SQS states why it
                // refuses it.
                if bytes + next.size > next.to.call_limit() {
                    break;
                }
            }
            bytes += next.size;
            batch.extend(self.ready.remove(at));
        }
        self.waiting -= batch.len();
        self.bytes -= batch.iter().map(OutboxMessage::bytes_here).sum::<usize>();
        batch
    }

    /// Notes that a message of a group is settled. If it was sent, the group's next message may go;
    /// otherwise the group is blocked, and the messages waiting behind it are returned.
    pub(super) fn done(&mut self, key: GroupKey, sent: bool) -> VecDeque<OutboxMessage> {
        let Some(behind) = self.behind.get_mut(&key) else { return VecDeque::new() };
        if sent {
            match behind.pop_front() {
                Some(next) => self.ready.push_back(next),
                None => drop(self.behind.remove(&key)),
            }
            return VecDeque::new();
        }
        let left = self.behind.remove(&key).unwrap_or_default();
        self.waiting -= left.len();
        self.bytes -= left.iter().map(OutboxMessage::bytes_here).sum::<usize>();
        self.blocked.insert(key);
        left
    }

    /// Takes all waiting messages.
    pub(super) fn take_all(&mut self) -> Vec<OutboxMessage> {
        let behind = std::mem::take(&mut self.behind).into_values().flatten();
        (self.waiting, self.bytes) = (0, 0);
        std::mem::take(&mut self.ready).into_iter().chain(behind).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::aws::sqs::Queue;
    use crate::files::spool::Slot;
    use crate::sqs::{Content, Destination};

    fn destination(number: usize, fifo: bool) -> Arc<Destination> {
        let queue = Queue { name: String::new(), url: String::new(), arn: String::new(), fifo };
        Arc::new(Destination { number, queue, limit: 1 << 20, stamp: None })
    }

    fn message(
        id: usize,
        group: Option<&str>,
        size: usize,
        to: &Arc<Destination>,
    ) -> OutboxMessage {
        OutboxMessage {
            place: id,
            group: group.map(Into::into),
            size,
            to: Arc::clone(to),
            content: Content::Spooled { slot: Slot::default(), out: None, rejects: None },
            doubt: None,
            known: false,
        }
    }

    fn groups(messages: &[(Option<&str>, usize)]) -> FifoGroups {
        let (mut groups, to) = (FifoGroups::default(), destination(0, true));
        for (id, (group, size)) in messages.iter().enumerate() {
            assert!(groups.push(message(id, *group, *size, &to)).is_none());
        }
        groups
    }

    fn places(batch: &[OutboxMessage]) -> Vec<usize> {
        batch.iter().map(|message| message.place).collect()
    }

    fn key(group: &str) -> GroupKey {
        (0, group.into())
    }

    #[test]
    fn without_order_batches_fill_by_entries_and_bytes() {
        let mega = 1 << 20;
        let mut groups = groups(&[
            (None, mega / 2),
            (None, mega / 2 + 1),
            (None, 1),
            (None, 1),
            (None, 2 * mega),
        ]);
        assert_eq!(places(&groups.next_batch(3)), [0]);
        assert_eq!(places(&groups.next_batch(3)), [1, 2, 3]);
        assert_eq!(places(&groups.next_batch(3)), [4]);
        assert!(groups.next_batch(3).is_empty());
    }

    #[test]
    fn a_group_has_one_message_under_way_and_keeps_its_order() {
        let (a, b) = (Some("a"), Some("b"));
        let mut groups = groups(&[(a, 1), (a, 1), (b, 1), (a, 1)]);
        assert_eq!(places(&groups.next_batch(10)), [0, 2]);
        assert!(groups.next_batch(10).is_empty(), "both groups are under way");
        groups.done(key("a"), true);
        assert_eq!(places(&groups.next_batch(10)), [1]);
        groups.done(key("b"), true);
        groups.done(key("a"), true);
        assert_eq!(places(&groups.next_batch(10)), [3]);
    }

    #[test]
    fn a_message_that_is_not_sent_blocks_the_rest_of_its_group_only() {
        let (a, b) = (Some("a"), Some("b"));
        let mut groups = groups(&[(a, 1), (b, 1), (a, 1), (b, 1)]);
        assert_eq!(places(&groups.next_batch(10)), [0, 1]);
        let left = groups.done(key("a"), false);
        assert_eq!(left.iter().map(|message| message.place).collect::<Vec<_>>(), [2]);
        groups.done(key("b"), true);
        assert_eq!(places(&groups.next_batch(10)), [3]);
        assert!(groups.push(message(4, a, 1, &destination(0, true))).is_some(), "a is blocked");
        assert!(groups.take_all().is_empty());
    }

    #[test]
    fn a_batch_is_for_one_destination_and_groups_of_two_do_not_meet() {
        let (one, two) = (destination(0, true), destination(1, true));
        let mut groups = FifoGroups::default();
        for (id, to) in [&one, &two, &one, &two].into_iter().enumerate() {
            let group = if id < 2 { "a" } else { "b" };
            groups.push(message(id, Some(group), 1, to));
        }
        assert_eq!(places(&groups.next_batch(10)), [0, 2]);
        assert_eq!(places(&groups.next_batch(10)), [1, 3]);
    }
}
