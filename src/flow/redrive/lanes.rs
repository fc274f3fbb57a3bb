//! Which messages may go into the next batch.
//!
//! A FIFO group is a lane in which one message is under way at a time. A batch therefore holds at
//! most one message of a group: SQS may take some entries of a batch and refuse others, and a later
//! message that is taken while an earlier one is refused would change the order.

use std::collections::{HashMap, HashSet, VecDeque};

use reco_core::batch::Limits;

use super::Parcel;

/// The messages that wait, by lane.
#[derive(Debug)]
pub(super) struct Lanes {
    limits: Limits,
    sizes: Vec<usize>,
    lane_of: Vec<usize>,
    lanes: Vec<VecDeque<usize>>,
    ready: VecDeque<usize>,
    blocked: HashSet<usize>,
}

impl Lanes {
    /// Parcels in their order; those with an order group share a lane.
    pub(super) fn new(parcels: &[Parcel], limits: Limits) -> Self {
        let mut by_group: HashMap<&str, usize> = HashMap::new();
        let mut lanes: Vec<VecDeque<usize>> = Vec::new();
        let mut lane_of = Vec::with_capacity(parcels.len());
        for (at, parcel) in parcels.iter().enumerate() {
            let fresh = lanes.len();
            let lane = match &parcel.order_group {
                Some(group) => *by_group.entry(group).or_insert(fresh),
                None => fresh,
            };
            if lane == fresh {
                lanes.push(VecDeque::new());
            }
            lanes[lane].push_back(at);
            lane_of.push(lane);
        }
        let ready = (0..lanes.len()).collect();
        let sizes = parcels.iter().map(|parcel| parcel.size).collect();
        Lanes { limits, sizes, lane_of, lanes, ready, blocked: HashSet::new() }
    }

    /// The next batch: at most one message a lane, up to the limits. Empty when none may go now.
    pub(super) fn next_batch(&mut self) -> Vec<usize> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while batch.len() < self.limits.entries {
            let Some(lane) = self.ready.front() else { break };
            let Some(at) = self.lanes[*lane].front() else {
                self.ready.pop_front();
                continue;
            };
            // One that exceeds the limit alone goes alone: SQS says why it does not take it.
            if !batch.is_empty() && bytes + self.sizes[*at] > self.limits.bytes {
                break;
            }
            bytes += self.sizes[*at];
            batch.push(*at);
            self.lanes[*lane].pop_front();
            self.ready.pop_front();
        }
        batch
    }

    /// Notes that a message is settled: the next of its lane may go, unless this one was not moved.
    pub(super) fn done(&mut self, at: usize, moved: bool) {
        let lane = self.lane_of[at];
        if !moved {
            self.blocked.insert(lane);
        } else if !self.lanes[lane].is_empty() {
            self.ready.push_back(lane);
        }
    }

    /// Whether a message is held back because an earlier one of its lane was not moved.
    pub(super) fn is_blocked(&self, at: usize) -> bool {
        self.blocked.contains(&self.lane_of[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::spool::Slot;

    fn lanes(parcels: &[(Option<&str>, usize)], entries: usize, bytes: usize) -> Lanes {
        let parcels: Vec<Parcel> = parcels
            .iter()
            .enumerate()
            .map(|(at, (group, size))| Parcel {
                id: at.to_string(),
                order_group: group.map(str::to_owned),
                size: *size,
                slot: Slot::default(),
                out: None,
                rejects: None,
            })
            .collect();
        Lanes::new(&parcels, Limits { entries, bytes })
    }

    #[test]
    fn without_order_batches_fill_by_entries_and_bytes() {
        let mut lanes = lanes(&[(None, 6), (None, 5), (None, 1), (None, 1), (None, 99)], 3, 10);
        let mut batches = Vec::new();
        loop {
            match lanes.next_batch() {
                batch if batch.is_empty() => break,
                batch => batches.push(batch),
            }
        }
        assert_eq!(batches, [vec![0], vec![1, 2, 3], vec![4]]);
    }

    #[test]
    fn a_group_has_one_message_under_way_and_keeps_its_order() {
        let (a, b) = (Some("a"), Some("b"));
        let mut lanes = lanes(&[(a, 1), (a, 1), (b, 1), (a, 1)], 10, 100);
        assert_eq!(lanes.next_batch(), [0, 2]);
        assert!(lanes.next_batch().is_empty(), "both groups are under way");
        lanes.done(0, true);
        assert_eq!(lanes.next_batch(), [1]);
        lanes.done(2, true);
        lanes.done(1, true);
        assert_eq!(lanes.next_batch(), [3]);
    }

    #[test]
    fn a_message_that_is_not_moved_blocks_the_rest_of_its_group_only() {
        let (a, b) = (Some("a"), Some("b"));
        let mut lanes = lanes(&[(a, 1), (b, 1), (a, 1), (b, 1)], 10, 100);
        assert_eq!(lanes.next_batch(), [0, 1]);
        lanes.done(0, false);
        lanes.done(1, true);
        assert_eq!(lanes.next_batch(), [3]);
        assert!(lanes.is_blocked(2) && !lanes.is_blocked(3));
        lanes.done(3, true);
        assert!(lanes.next_batch().is_empty());
    }
}
