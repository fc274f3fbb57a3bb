//! Detects repeated keys in constant memory.

use crate::Id;
use crate::shard::KeyDigest;

/// Default number of slots: 16 MiB.
const SLOTS: usize = 2 * 1024 * 1024;

/// Remembers keys in a fixed number of slots, where a key evicts the previous one in its slot. It
/// may miss repetitions, but as 64 bits of the digest are compared, it counts no false ones.
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
    /// Creates a memory with this number of slots.
    #[must_use]
    pub fn with_slots(slots: usize) -> Self {
        Seen { slots: vec![0; slots.max(1)], repeated: 0 }
    }

    /// Records a key.
    pub fn note(&mut self, key: &Id) {
        let digest = KeyDigest::of(key).rest();
        let [slot, mark] = [(digest >> 64) as u64, digest as u64];
        // 0 marks an empty slot.
        let mark = mark.max(1);
        let slots = self.slots.len() as u64;
        if let Some(held) = self.slots.get_mut((slot % slots) as usize) {
            self.repeated += u64::from(*held == mark);
            *held = mark;
        }
    }

    /// Returns the number of repetitions found, a lower bound.
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
