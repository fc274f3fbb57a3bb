//! Packer: loses nothing, keeps order and limits, repeats no key, and closes no batch early.

use proptest::prelude::*;
use reco_core::batch::{Limits, Packer, TooLarge};

type Entry = (u8, usize, usize);

/// Packs entries of (key, bytes, number). Returns the batches and the rejected entries.
fn pack(limits: Limits, entries: &[(u8, usize)]) -> (Vec<Vec<Entry>>, Vec<TooLarge<Entry>>) {
    let mut packer = Packer::new(limits);
    let (mut batches, mut refused) = (vec![], vec![]);
    for (number, &(key, bytes)) in entries.iter().enumerate() {
        match packer.push(key, bytes, (key, bytes, number)) {
            Ok(closed) => batches.extend(closed),
            Err(error) => refused.push(error),
        }
    }
    batches.extend(packer.take());
    assert!(packer.is_empty() && packer.take().is_none());
    (batches, refused)
}

fn fits(limits: Limits, batch: &[Entry], next: Entry) -> bool {
    batch.len() < limits.entries
        && batch.iter().map(|entry| entry.1).sum::<usize>() + next.1 <= limits.bytes
        && batch.iter().all(|entry| entry.0 != next.0)
}

#[test]
fn the_limits_are_those_of_the_services() {
    let limits = [Limits::BATCH_WRITE_ITEM, Limits::SEND_MESSAGE_BATCH];
    assert_eq!(limits.map(|l| (l.entries, l.bytes)), [(25, 16_777_216), (10, 1_048_576)]);
}

#[test]
fn an_entry_that_fills_a_call_goes_alone_and_a_larger_one_nowhere() {
    let limits = Limits { entries: 10, bytes: 100 };
    let (batches, refused) = pack(limits, &[(1, 1), (2, 100), (3, 101), (4, 99), (5, 1), (6, 1)]);
    let keys: Vec<Vec<u8>> = batches.iter().map(|b| b.iter().map(|e| e.0).collect()).collect();
    assert_eq!(keys, [vec![1], vec![2], vec![4, 5], vec![6]]);
    assert_eq!(refused, [TooLarge { entry: (3, 101, 2), bytes: 101, limit: 100 }]);
    assert_eq!(refused[0].to_string(), "entry is 101 bytes; a call accepts at most 100");
}

#[test]
fn a_refused_entry_does_not_disturb_the_batch() {
    let mut packer = Packer::new(Limits { entries: 2, bytes: 10 });
    packer.push(1, 5, 'a').unwrap();
    assert!(packer.push(2, 11, 'b').is_err());
    assert_eq!(packer.push(2, 5, 'c').unwrap(), None, "neither its key nor its bytes were kept");
    assert_eq!(packer.len(), 2);
    assert_eq!(packer.take(), Some(vec!['a', 'c']));
}

proptest! {
    #[test]
    fn packing_keeps_its_promises(
        entries in prop::collection::vec((0u8..12, 0usize..60), 0..80),
        max_entries in 1usize..8,
        max_bytes in 40usize..100,
    ) {
        let limits = Limits { entries: max_entries, bytes: max_bytes };
        let (batches, refused) = pack(limits, &entries);
        for batch in &batches {
            for at in 0..batch.len() {
                prop_assert!(fits(limits, &batch[..at], batch[at]));
            }
        }
        // Greedy: a batch was closed only because the next entry did not fit into it.
        for pair in batches.windows(2) {
            prop_assert!(!fits(limits, &pair[0], pair[1][0]));
        }
        // Nothing is lost and the whole order is kept, hence that of each key.
        let refused: Vec<usize> = refused.iter().map(|error| error.entry.2).collect();
        let packed: Vec<usize> = batches.iter().flatten().map(|entry| entry.2).collect();
        prop_assert!(packed.is_sorted());
        let mut all = [packed, refused.clone()].concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..entries.len()).collect::<Vec<_>>());
        prop_assert!(refused.iter().all(|number| entries[*number].1 > max_bytes));
    }
}
