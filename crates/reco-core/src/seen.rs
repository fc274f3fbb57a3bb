//! Keys seen before, in memory that does not grow.

use crate::Id;
use crate::shard::KeyDigest;

/// Slots by default: 16 MiB.
const SLOTS: usize = 2 * 1024 * 1024;

/// Remembers keys as well as it can in a fixed number of slots: a key forgets the one that had its
/// slot before. So it may miss a repetition, and counts none that is not: 64 bits of the key's
/// digest are compared.
#[derive(Debug)]
pub struct Seen {
    slots: Vec<u64>,
    repeated: u64,
}

impl Default for Seen {
    fn default() -> Self {
        Seen::with_slots(SLOTS)
    }
}

impl Seen {
    /// Remembers about so many keys.
    #[must_use]
    pub fn with_slots(slots: usize) -> Self {
        Seen { slots: vec![0; slots.max(1)], repeated: 0 }
    }

    /// Notes a key.
    pub fn note(&mut self, key: &Id) {
        let digest = KeyDigest::of(key).rest();
        let [slot, mark] = [(digest >> 64) as u64, digest as u64];
        // 0 is an empty slot.
        let mark = mark.max(1);
        let slots = self.slots.len() as u64;
        if let Some(held) = self.slots.get_mut((slot % slots) as usize) {
            self.repeated += u64::from(*held == mark);
            *held = mark;
        }
    }

    /// Returns the minimum number of repeated keys.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.repeated
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_known_whichever_way_it_is_written() {
        let mut seen = Seen::default();
        seen.note(&Id::from(7_i64));
        assert_eq!(seen.repeated(), 0);
        seen.note(&Id::from("7"));
        assert_eq!(seen.repeated(), 1);
    }

    proptest! {
        #[test]
        fn it_never_counts_too_many(keys in prop::collection::vec(0_i64..30, 0..200), slots in 1_usize..40) {
            let mut seen = Seen::with_slots(slots);
            for key in &keys {
                seen.note(&Id::from(*key));
            }
            let distinct: std::collections::HashSet<_> = keys.iter().collect();
            prop_assert!(seen.repeated() <= (keys.len() - distinct.len()) as u64);
        }
    }
}
