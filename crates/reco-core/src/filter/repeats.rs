//! Detection of repeated ids in a list.

use std::collections::HashSet;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::Id;

/// Up to so many ids, looking through the list for the few whose mark is taken is cheaper than a set.
const SHORT: usize = 256;

/// Marks of 64 bits each: among 100 distinct ids, in about every second list one finds its own taken.
const MARKS: usize = 128;

/// The indexes of ids that stand earlier in the list, ascending.
///
/// Nearly every list has none, and this is asked of every list: so ids of a short one only leave a
/// mark each, and are compared where two leave the same. Ids are no attacker's to choose so that
/// their marks collide: the seed is random.
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
