//! The window of items that wait to be written.
//!
//! Two writes of one key are never in flight together, and the last list of a user wins: an item
//! takes the place of one of the same user that still waits, and waits for one that is in flight.
//! What comes is shuffled block by block: an input sorted by key would otherwise go to one
//! partition after the other, and each takes only 1,000 WCU per second. Whole blocks and not draws
//! from all that waits, so that no line is left behind while others overtake it without end: a
//! checkpoint reaches only as far as every line is dealt with. AWS: "Best practices for designing
//! and using partition keys effectively", Distributing write activity efficiently during data
//! upload.

use std::collections::VecDeque;

use reco_core::batch::Limits;
use reco_core::item::PlannedItem;
use reco_core::{Id, IdMap, IdSet, Time};

/// Bytes that wait at most, as they go over the wire.
const CAPACITY_BYTES: usize = 16 * 1024 * 1024;

/// Items that wait at most without shuffling, before no further line is taken in.
const UNSHUFFLED: usize = 2048;

/// The same input is drawn in the same order.
const SEED: u64 = 0x005E_ED0F_BACF;

/// An item with the entry that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The item.
    pub item: PlannedItem,
    /// Number of its line in the line tracker.
    pub line: u64,
    /// The index of its entry in the line.
    pub index: usize,
    /// Whoever judges it later will leave nothing of it, by what is known now.
    pub weak: bool,
}

/// Order in which a window returns items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Limits of a batch.
    pub limits: Limits,
    /// So many items at a time are shuffled; 0 and 1 keep the input's order.
    pub shuffle: usize,
    /// Of two lists of one user that wait, the newer one wins wherever it stands. So it ends when
    /// each is written only if the table holds what is older, one after the other.
    pub newest: bool,
    /// No list takes the place of another: the Lambda judges later which of them counts. Those of one
    /// user go together where they are of one time, else one after the other.
    pub keep_all: bool,
}

impl Default for Order {
    fn default() -> Self {
        Order { limits: Limits::BATCH_WRITE_ITEM, shuffle: 0, newest: false, keep_all: false }
    }
}

/// Items that wait and keys that are in flight.
#[derive(Debug)]
pub struct Window {
    order: Order,
    waiting: IdMap<Pending>,
    /// Users of `waiting` whose turn it is, in the order in which they go.
    ready: VecDeque<Id>,
    /// Users of `waiting` who came since the last block was shuffled.
    block: Vec<Id>,
    in_flight: IdSet,
    /// Items waiting behind another item of the same user, in order, if all are kept.
    behind: IdMap<VecDeque<Pending>>,
    behind_count: usize,
    bytes: usize,
    /// Items that came while one of the same user was in flight.
    waited: u64,
    random: fastrand::Rng,
}

impl Default for Window {
    fn default() -> Self {
        Window::new(Order::default())
    }
}

impl Window {
    /// An empty window.
    pub fn new(order: Order) -> Self {
        Window {
            order,
            waiting: IdMap::default(),
            ready: VecDeque::new(),
            block: Vec::new(),
            in_flight: IdSet::default(),
            behind: IdMap::default(),
            behind_count: 0,
            bytes: 0,
            waited: 0,
            random: fastrand::Rng::with_seed(SEED),
        }
    }

    /// Takes an item in; answers with the one of the same user that gives way.
    pub fn push(&mut self, pending: Pending) -> Option<Pending> {
        let user = pending.item.recommendation.user.clone();
        self.bytes += call_bytes(&pending.item);
        if let Some(waiting) = self.waiting.get_mut(&user) {
            if self.order.keep_all {
                self.behind.entry(user).or_default().push_back(pending);
                self.behind_count += 1;
                return None;
            }
            if pending.weak && !waiting.weak {
                self.bytes -= call_bytes(&pending.item);
                return Some(pending);
            }
            let falls = match self.order.newest && !waiting.weak {
                true => replace_by_age(waiting, pending),
                false => std::mem::replace(waiting, pending),
            };
            self.bytes -= call_bytes(&falls.item);
            return Some(falls);
        }
        if self.in_flight.contains(&user) {
            self.waited += 1;
        } else if self.is_shuffled() {
            self.block.push(user.clone());
        } else {
            self.ready.push_back(user.clone());
        }
        self.waiting.insert(user, pending);
        None
    }

    /// Takes a batch out, and locks its keys until [`Window::done`]. A batch that could be fuller,
    /// or come of a larger block, is held back unless `flush`. `wcu` is the most that a batch should
    /// cost, by computed WCU; one item always goes.
    pub fn batch(&mut self, flush: bool, wcu: Option<f64>) -> Option<Vec<Pending>> {
        let limits = self.order.limits;
        // Without room nothing further comes.
        let must = flush || !self.has_room();
        if self.ready.len() < limits.entries && (must || self.block.len() >= self.order.shuffle) {
            self.random.shuffle(&mut self.block);
            self.ready.extend(self.block.drain(..));
        }
        if self.ready.is_empty() || (self.ready.len() < self.enough() && !flush) {
            return None;
        }
        let wcu = wcu.unwrap_or(f64::INFINITY);
        let (mut batch, mut bytes, mut cost) = (Vec::with_capacity(limits.entries), 0, 0.0);
        while batch.len() < limits.entries {
            let Some(pending) = self.ready.front().and_then(|user| self.waiting.get(user)) else {
                break;
            };
            let size = call_bytes(&pending.item);
            cost += f64::from(u32::try_from(pending.item.wcu()).unwrap_or(u32::MAX));
            if (bytes + size > limits.bytes || cost > wcu) && !batch.is_empty() {
                break;
            }
            let Some(user) = self.ready.pop_front() else { break };
            bytes += size;
            let first = self.waiting.remove(&user);
            let time = first.as_ref().and_then(|first| first.item.recommendation.generated_at);
            batch.extend(first);
            // Lists of one time go in one message, in which their order is sure.
            while let Some(next) = self.next_of(&user, time) {
                let size = call_bytes(&next.item);
                if batch.len() >= limits.entries || bytes + size > limits.bytes {
                    break;
                }
                bytes += size;
                batch.extend(self.pop_behind(&user));
            }
            if let Some(next) = self.pop_behind(&user) {
                self.waiting.insert(user.clone(), next);
            }
            self.in_flight.insert(user);
        }
        self.bytes -= bytes;
        Some(batch)
    }

    /// The item that waits behind another of its user, when it is of this time.
    fn next_of(&self, user: &Id, time: Option<Time>) -> Option<&Pending> {
        let next = self.behind.get(user)?.front()?;
        (next.item.recommendation.generated_at == time).then_some(next)
    }

    fn pop_behind(&mut self, user: &Id) -> Option<Pending> {
        let queue = self.behind.get_mut(user)?;
        let next = queue.pop_front();
        self.behind_count -= usize::from(next.is_some());
        if queue.is_empty() {
            self.behind.remove(user);
        }
        next
    }

    /// Returns the number of items that should be ready before a batch is drawn.
    fn enough(&self) -> usize {
        // A few large items fill a batch, or even the window: nothing further comes before some are
        // written.
        let heavy = self.bytes >= self.order.limits.bytes;
        let stuck = !self.has_room() && (self.bytes >= CAPACITY_BYTES || self.in_flight.is_empty());
        if heavy || stuck { 1 } else { self.order.limits.entries }
    }

    fn is_shuffled(&self) -> bool {
        self.order.shuffle > 1
    }

    /// Unlocks keys whose write is over.
    pub fn done<'a>(&mut self, users: impl IntoIterator<Item = &'a Id>) {
        for user in users {
            if self.in_flight.remove(user) && self.waiting.contains_key(user) {
                self.ready.push_back(user.clone());
            }
        }
    }

    /// Returns whether further lines may be taken in: until one block is whole beside the one that
    /// goes.
    pub fn has_room(&self) -> bool {
        let Order { limits, shuffle, .. } = self.order;
        let block = if self.is_shuffled() { shuffle.max(limits.entries) } else { UNSHUFFLED };
        let most = if self.is_shuffled() { 2 * block } else { block };
        let waiting = self.waiting.len() + self.behind_count;
        self.block.len() < block && waiting < most && self.bytes < CAPACITY_BYTES
    }

    /// Returns whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Returns the number of items that came while one of the same user was in flight, and waited
    /// for it.
    pub fn waited(&self) -> u64 {
        self.waited
    }

    /// Takes out everything that waits.
    pub fn abandon(&mut self) -> Vec<Pending> {
        self.ready.clear();
        self.block.clear();
        self.bytes = 0;
        self.behind_count = 0;
        let behind = self.behind.drain().flat_map(|(_, queue)| queue);
        self.waiting.drain().map(|(_, pending)| pending).chain(behind).collect()
    }
}

/// Lets the two stand for what they would come to one after the other; answers with the one that
/// need not be written.
fn replace_by_age(waiting: &mut Pending, mut later: Pending) -> Pending {
    let Some(guard) = waiting.item.guard_of_successor(&later.item) else { return later };
    later.item.guard = guard;
    std::mem::replace(waiting, later)
}

/// Returns the size that an item adds to a call, with its comma. AWS limits a `BatchWriteItem` call
/// to 16 MB **on the wire**, not as stored.
fn call_bytes(item: &PlannedItem) -> usize {
    item.wire + 1
}

#[cfg(test)]
mod tests;
