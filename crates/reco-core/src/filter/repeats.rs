//! Detection of repeated ids in a list.

use std::collections::HashSet;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::Id;

/// Maximum list length at which scanning the list after a bitmap collision is cheaper than a set.
const SHORT: usize = 256;

/// Number of 64-bit words in the bitmap. About every second list of 100 distinct ids has a
/// collision.
const MARKS: usize = 128;

/// Returns the indexes of ids that occur earlier in the list, ascending.
///
/// This runs for every list, and nearly every list has no repeats. Short lists therefore use a
/// bitmap of hashes and compare ids only on a collision. The seed is random, so that collisions
/// cannot be provoked.
pub(super) fn repeats(ids: &[Id]) -> Vec<usize> {
    let hasher = RandomState::default();
    let mut repeated = Vec::new();
    if ids.len() > SHORT {
        let mut seen = HashSet::with_capacity_and_hasher(ids.len(), hasher);
        repeated.extend((0..ids.len()).filter(|rank| !seen.insert(&ids[*rank])));
        return repeated;
    }
    let mut marks = [0_u64; MARKS];
    for (rank, id) in ids.iter().enumerate() {
        let hash = hasher.hash_one(id);
        let mark = &mut marks[(hash >> 6) as usize % MARKS];
        let bit = 1 << (hash % 64);
        if *mark & bit != 0 && ids[..rank].contains(id) {
            repeated.push(rank);
        }
        *mark |= bit;
    }
    repeated
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_repeats_however_it_is_written() {
        let ids = [Id::from(7_i64), Id::from("x"), Id::from("7"), Id::from("07"), Id::from("x")];
        assert_eq!(repeats(&ids), [2, 4]);
    }

    proptest! {
        #[test]
        fn they_are_those_that_a_set_finds(ids in prop::collection::vec(0_i64..400, 0..600)) {
            let ids: Vec<Id> = ids.into_iter().map(Id::from).collect();
            let mut seen = HashSet::new();
            let expected: Vec<usize> =
                (0..ids.len()).filter(|rank| !seen.insert(&ids[*rank])).collect();
            prop_assert_eq!(repeats(&ids), expected);
        }
    }
}
