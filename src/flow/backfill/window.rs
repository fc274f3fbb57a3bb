//! The window of items that wait to be written.
//!
//! Two writes of one key are never in flight together, and the last list of a user wins: an item
//! takes the place of one of the same user that still waits, and waits for one that is in flight.

use std::collections::{HashMap, HashSet, VecDeque};

use reco_core::Id;
use reco_core::batch::Limits;
use reco_core::item::PlannedItem;

/// Items that wait at most, before no further line is taken in.
const CAPACITY: usize = 2048;

/// Bytes that wait at most, as they go over the wire.
const CAPACITY_BYTES: usize = 16 * 1024 * 1024;

/// An item with the entry that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The item.
    pub item: PlannedItem,
    /// The ledger's number of its line.
    pub line: u64,
    /// The index of its entry in the line.
    pub index: usize,
}

/// Items that wait and keys that are in flight.
#[derive(Debug)]
pub struct Window {
    limits: Limits,
    waiting: HashMap<Id, Pending>,
    /// Users of `waiting` who are not in flight, in the order in which they came.
    ready: VecDeque<Id>,
    in_flight: HashSet<Id>,
    bytes: usize,
}

impl Default for Window {
    fn default() -> Self {
        Window::new(Limits::BATCH_WRITE_ITEM)
    }
}

impl Window {
    /// A window whose batches hold no more than `limits`.
    pub fn new(limits: Limits) -> Self {
        Window {
            limits,
            waiting: HashMap::new(),
            ready: VecDeque::new(),
            in_flight: HashSet::new(),
            bytes: 0,
        }
    }

    /// Takes an item in; answers with the older one of the same user whose place it takes.
    pub fn push(&mut self, pending: Pending) -> Option<Pending> {
        let user = pending.item.recommendation.user.clone();
        self.bytes += wire_bytes(&pending.item);
        if let Some(waiting) = self.waiting.get_mut(&user) {
            let older = std::mem::replace(waiting, pending);
            self.bytes -= wire_bytes(&older.item);
            return Some(older);
        }
        if !self.in_flight.contains(&user) {
            self.ready.push_back(user.clone());
        }
        self.waiting.insert(user, pending);
        None
    }

    /// Takes a batch out, and locks its keys until [`Window::done`]. A batch that could be fuller
    /// is held back unless `flush`.
    pub fn batch(&mut self, flush: bool) -> Option<Vec<Pending>> {
        let limits = self.limits;
        let full = self.ready.len() >= limits.entries || self.bytes >= limits.bytes;
        if self.ready.is_empty() || !(full || flush) {
            return None;
        }
        let (mut batch, mut bytes) = (Vec::with_capacity(limits.entries), 0);
        while batch.len() < limits.entries {
            let Some(pending) = self.ready.front().and_then(|user| self.waiting.get(user)) else {
                break;
            };
            let size = wire_bytes(&pending.item);
            if bytes + size > limits.bytes && !batch.is_empty() {
                break;
            }
            let Some(user) = self.ready.pop_front() else { break };
            batch.extend(self.waiting.remove(&user));
            self.in_flight.insert(user);
            bytes += size;
        }
        self.bytes -= bytes;
        Some(batch)
    }

    /// Unlocks keys whose write is over.
    pub fn done<'a>(&mut self, users: impl IntoIterator<Item = &'a Id>) {
        for user in users {
            if self.in_flight.remove(user) && self.waiting.contains_key(user) {
                self.ready.push_back(user.clone());
            }
        }
    }

    /// Whether further lines may be taken in.
    pub fn has_room(&self) -> bool {
        self.waiting.len() < CAPACITY && self.bytes < CAPACITY_BYTES
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes out everything that waits.
    pub fn abandon(&mut self) -> Vec<Pending> {
        self.ready.clear();
        self.bytes = 0;
        self.waiting.drain().map(|(_, pending)| pending).collect()
    }
}

/// What an item adds to a request, in bytes. AWS limits a `BatchWriteItem` call to 16 MB **on the
/// wire**, where an id costs its digits and `{"N":""},` around them, not the two digits a byte of
/// the stored item.
fn wire_bytes(item: &PlannedItem) -> usize {
    const AROUND_ID: usize = 9;
    const AROUND_ITEM: usize = 256;
    let recommendation = &item.recommendation;
    let ids = recommendation.articles.iter().chain([&recommendation.user]);
    ids.map(|id| escaped_len(id) + AROUND_ID).sum::<usize>() + AROUND_ITEM
}

fn escaped_len(id: &Id) -> usize {
    match id {
        Id::Int(_) => id.text_len(),
        Id::Str(text) => text
            .bytes()
            .map(|byte| match byte {
                b'"' | b'\\' => 2,
                0..0x20 => 6,
                _ => 1,
            })
            .sum(),
    }
}

#[cfg(test)]
mod tests {
    use reco_core::Recommendation;
    use reco_core::item::{KeyType, Schema};

    use super::*;

    fn pending(user: i64, line: u64) -> Pending {
        of(Id::from(user), vec![Id::from(1_i64)], line)
    }

    fn of(user: Id, articles: Vec<Id>, line: u64) -> Pending {
        let recommendation = Recommendation { user, articles, generated_at: None };
        let schema = Schema::with_key_type(KeyType::S);
        Pending { item: schema.plan(recommendation).expect("fits"), line, index: 0 }
    }

    fn lines(batch: Option<Vec<Pending>>) -> Vec<u64> {
        batch.unwrap_or_default().iter().map(|pending| pending.line).collect()
    }

    #[test]
    fn batches_are_full_unless_flushed() {
        let mut window = Window::default();
        for user in 0..30 {
            assert_eq!(window.push(pending(user, user.unsigned_abs())), None);
        }
        assert_eq!(lines(window.batch(false)), (0..25).collect::<Vec<_>>());
        assert_eq!(window.batch(false), None);
        assert_eq!(lines(window.batch(true)), [25, 26, 27, 28, 29]);
        assert_eq!(window.batch(true), None);
        assert!(window.is_empty());
    }

    #[test]
    fn the_last_list_of_a_waiting_user_wins() {
        let mut window = Window::default();
        window.push(pending(7, 1));
        let same_user = of(Id::from("7"), vec![Id::from(2_i64)], 2);
        assert_eq!(window.push(same_user).map(|older| older.line), Some(1));
        assert_eq!(lines(window.batch(true)), [2]);
    }

    #[test]
    fn a_user_in_flight_is_waited_for() {
        let mut window = Window::default();
        window.push(pending(7, 1));
        assert_eq!(lines(window.batch(true)), [1]);
        window.push(pending(7, 2));
        window.push(pending(8, 3));
        assert_eq!(lines(window.batch(true)), [3], "7 is in flight");
        assert!(!window.is_empty());
        window.push(pending(7, 4));
        window.done([&Id::from(7_i64)]);
        assert_eq!(lines(window.batch(true)), [4], "and 2 was replaced meanwhile");
    }

    #[test]
    fn a_call_is_bounded_by_what_goes_over_the_wire() {
        let articles: Vec<Id> = (0..70_000_i64).map(|n| Id::from(1000 + n % 1000)).collect();
        let mut window = Window::default();
        for user in 0..25_i64 {
            window.push(of(Id::from(user), articles.clone(), 0));
        }
        let first = window.batch(false).expect("full");
        let bytes: usize = first.iter().map(|pending| wire_bytes(&pending.item)).sum();
        assert!(bytes <= Limits::BATCH_WRITE_ITEM.bytes, "{bytes}");
        assert_eq!(first.len() + window.batch(true).expect("rest").len(), 25);
        assert_eq!(window.bytes, 0);
    }

    #[test]
    fn a_wire_size_is_no_less_than_the_json_it_stands_for() {
        let item = of(Id::from("u\"\n"), vec![Id::from(12_i64), Id::from("\u{1}é")], 0).item;
        let json = serde_json::json!({"PutRequest": {"Item": {
            "user_id": {"S": "u\"\n"},
            "recommended_note_ids": {"L": [{"S": "12"}, {"S": "\u{1}é"}]},
            "generated_at": {"N": "1700000000"},
        }}});
        assert!(wire_bytes(&item) >= json.to_string().len());
    }
}
