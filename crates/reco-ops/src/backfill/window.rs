//! Window of items waiting to be written.
//!
//! Two writes of one key are never in flight together, and a user's last list wins: an item
//! replaces one of the same user that still waits, and waits for one that is in flight. Items are
//! shuffled block by block: an input sorted by key would otherwise go to one partition after the
//! other, and each takes only 1,000 WCU per second. Whole blocks are shuffled, instead of drawing
//! from everything that waits, so that no line is overtaken without end: a checkpoint covers only
//! lines before the first unfinished one. AWS: "Best practices for designing and using partition
//! keys effectively", Distributing write activity efficiently during data upload.

use std::collections::VecDeque;

use reco_core::batch::Limits;
use reco_core::item::PlannedItem;
use reco_core::{Id, IdMap, IdSet, Time};

/// Maximum bytes waiting, in wire format.
const CAPACITY_BYTES: usize = 16 * 1024 * 1024;

/// Maximum items waiting without shuffling, before the intake pauses.
const UNSHUFFLED: usize = 2048;

/// Fixed seed, so that the same input is always drawn in the same order.
const SEED: u64 = 0x005E_ED0F_BACF;

/// Item with the entry that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Planned write or removal.
    pub item: PlannedItem,
    /// Line number in the line tracker.
    pub line: u64,
    /// Index of the entry in the line.
    pub index: usize,
    /// True if the Lambda's filter is expected to keep nothing of the list.
    pub weak: bool,
}

/// Order in which a window returns items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Limits of a batch.
    pub limits: Limits,
    /// Number of items shuffled together; 0 and 1 keep the input order.
    pub shuffle: usize,
    /// Of two waiting lists of one user, the newer one wins in any order. The result is the same as
    /// writing each in turn only if the table holds an older list.
    pub newest: bool,
    /// Keeps all lists, because the Lambda decides later which of them counts. A user's lists of
    /// the same time go together, others one after the other.
    pub keep_all: bool,
}

impl Default for Order {
    fn default() -> Self {
        Order { limits: Limits::BATCH_WRITE_ITEM, shuffle: 0, newest: false, keep_all: false }
    }
}

/// Waiting items and the keys in flight.
#[derive(Debug)]
pub struct Window {
    order: Order,
    waiting: IdMap<Pending>,
    /// Users of `waiting` that can be written next, in order.
    ready: VecDeque<Id>,
    /// Users of `waiting` added since the last block was shuffled.
    block: Vec<Id>,
    in_flight: IdSet,
    /// Items waiting behind another item of the same user, in order, if all are kept.
    behind: IdMap<VecDeque<Pending>>,
    behind_count: usize,
    bytes: usize,
    /// Items that had to wait because an item of the same user was in flight.
    waited: u64,
    random: fastrand::Rng,
}

impl Default for Window {
    fn default() -> Self {
        Window::new(Order::default())
    }
}

impl Window {
    /// Creates an empty window.
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

    /// Adds an item; returns the one of the same user that gives way, if any.
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

    /// Takes a batch and locks its keys until [`Window::done`]. Unless `flush` is set, waits for a
    /// fuller batch or a larger block. `wcu` is the maximum computed WCU of a batch, which always
    /// has at least one item.
    pub fn batch(&mut self, flush: bool, wcu: Option<f64>) -> Option<Vec<Pending>> {
        let limits = self.order.limits;
        // No more items come while the window is full.
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
            // Lists of the same time share a message, which keeps their order.
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

    /// Returns the user's next item in line if it has this time.
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
        // A few large items fill a batch or even the window, and no more come before some are
        // written.
        let heavy = self.bytes >= self.order.limits.bytes;
        let stuck = !self.has_room() && (self.bytes >= CAPACITY_BYTES || self.in_flight.is_empty());
        if heavy || stuck { 1 } else { self.order.limits.entries }
    }

    fn is_shuffled(&self) -> bool {
        self.order.shuffle > 1
    }

    /// Unlocks keys whose write has ended.
    pub fn done<'a>(&mut self, users: impl IntoIterator<Item = &'a Id>) {
        for user in users {
            if self.in_flight.remove(user) && self.waiting.contains_key(user) {
                self.ready.push_back(user.clone());
            }
        }
    }

    /// Returns whether more lines may be taken in: until one block is complete in addition to the
    /// one being written.
    pub fn has_room(&self) -> bool {
        let Order { limits, shuffle, .. } = self.order;
        let block = if self.is_shuffled() { shuffle.max(limits.entries) } else { UNSHUFFLED };
        let most = if self.is_shuffled() { 2 * block } else { block };
        let waiting = self.waiting.len() + self.behind_count;
        self.block.len() < block && waiting < most && self.bytes < CAPACITY_BYTES
    }

    /// Returns whether no items wait.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Returns the number of items that had to wait because an item of the same user was in flight.
    pub fn waited(&self) -> u64 {
        self.waited
    }

    /// Removes and returns all waiting items.
    pub fn abandon(&mut self) -> Vec<Pending> {
        self.ready.clear();
        self.block.clear();
        self.bytes = 0;
        self.behind_count = 0;
        let behind = self.behind.drain().flat_map(|(_, queue)| queue);
        self.waiting.drain().map(|(_, pending)| pending).chain(behind).collect()
    }
}

/// Merges two items of a user into the one that writing both in turn would leave; returns the one
/// that need not be written.
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
