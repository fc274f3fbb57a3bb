//! Shards: parts of an input, determined by the user's key alone.
//!
//! Every machine reads the whole input and processes the users of its shard, without coordination:
//! the shard is the first 8 bytes of the SHA-256 of the key's text, read as a big-endian number,
//! modulo the number of shards. All lists of one user fall into one shard, so the last of them wins
//! as it does on a single machine.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::Id;

/// Maximum number of shards; a larger number is most likely a typo.
pub const MAX_SHARDS: u32 = 10_000;

/// Hash of a key: the SHA-256 of its text, so that `7` and `"7"` agree. Its two halves are
/// independent of each other: the first determines the shard, the second partitions the users
/// within a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyDigest {
    shard: u64,
    rest: u128,
}

impl KeyDigest {
    /// Returns the digest of a key.
    #[must_use]
    pub fn of(key: &Id) -> Self {
        let digest: [u8; 32] = Sha256::digest(key.text().as_bytes()).into();
        let number = |bytes: &[u8]| {
            bytes.iter().fold(0_u128, |number, byte| (number << 8) | u128::from(*byte))
        };
        let [shard, rest] = [number(&digest[..8]), number(&digest[8..24])];
        KeyDigest { shard: shard as u64, rest }
    }

    /// Returns 128 bits that are independent of the shard. Among a billion keys, the chance of a
    /// collision is about 1 in 10^21.
    #[must_use]
    pub fn rest(self) -> u128 {
        self.rest
    }
}

/// The i-th of n shards of an input, written `i/n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Index, from 0.
    index: u32,
    of: u32,
}

impl Shard {
    /// Returns whether a user's lists belong to this shard.
    #[must_use]
    pub fn has(self, user: &Id) -> bool {
        self.of == 1 || self.has_number(KeyDigest::of(user).shard)
    }

    /// Returns whether input without a key, such as an invalid line, belongs to this shard by its
    /// number in the input, so that one shard reports it instead of all.
    #[must_use]
    pub fn has_number(self, number: u64) -> bool {
        number % u64::from(self.of) == u64::from(self.index)
    }

    /// Returns its index, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.index + 1
    }

    /// Returns the number of shards.
    #[must_use]
    pub fn of(self) -> u32 {
        self.of
    }
}

/// Reason why a text is not a valid shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// Not of the form `i/n`.
    #[error("must be I/N, such as 2/8 for the second of eight shards")]
    Form,
    /// Numbers out of range.
    #[error("I must be from 1 to N, and N at most {MAX_SHARDS}")]
    Range,
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let (number, of) = text.split_once('/').ok_or(ShardError::Form)?;
        let read = |text: &str| -> Result<u32, ShardError> {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if !digits {
                return Err(ShardError::Form);
            }
            text.parse().map_err(|_| ShardError::Range)
        };
        let (number, of) = (read(number)?, read(of)?);
        if (1..=of).contains(&number) && of <= MAX_SHARDS {
            Ok(Shard { index: number - 1, of })
        } else {
            Err(ShardError::Range)
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number(), self.of)
    }
}

impl Serialize for Shard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(of: u32) -> Vec<Shard> {
        (1..=of).map(|number| format!("{number}/{of}").parse().expect("a shard")).collect()
    }

    #[test]
    fn shards_are_read_as_they_are_written() {
        let shard: Shard = "2/8".parse().expect("a shard");
        assert_eq!((shard.number(), shard.of()), (2, 8));
        assert_eq!(shard.to_string(), "2/8");
        for wrong in ["", "2", "/", "2/", "/8", "a/8", "+2/8", "2/8/9", "-1/8", " 2/8"] {
            assert_eq!(wrong.parse::<Shard>(), Err(ShardError::Form), "{wrong:?}");
        }
        for wrong in ["0/8", "9/8", "0/0", "1/10001", "1/99999999999"] {
            assert_eq!(wrong.parse::<Shard>(), Err(ShardError::Range), "{wrong:?}");
        }
    }

    /// Machines and versions must agree on the shard of a key: these values must never change.
    #[test]
    fn the_part_of_a_key_is_fixed_for_ever() {
        let part = |key: &str| all(8).iter().position(|s| s.has(&Id::from(key))).expect("one") + 1;
        let parts: Vec<usize> = ["1", "2", "3", "7", "ann", "é"].map(part).to_vec();
        // By `printf %s KEY | sha256sum | cut -c-16`, modulo 8, plus 1.
        assert_eq!(parts, EXPECTED);
    }

    const EXPECTED: [usize; 6] = [2, 7, 4, 7, 7, 4];

    #[test]
    fn shards_are_roughly_even_whatever_the_keys_look_like() {
        let sequences: [fn(i64) -> Id; 3] =
            [Id::from, |n| Id::from(n * 8), |n| Id::from(format!("user-{n:09}").as_str())];
        for keys in sequences {
            // Once for all shards: unoptimised, a digest takes its time.
            let digests: Vec<KeyDigest> = (0..20_000).map(|n| KeyDigest::of(&keys(n))).collect();
            for of in [2_u32, 7, 8] {
                let shards = all(of);
                let mut counts = vec![0_u32; of as usize];
                for KeyDigest { shard: digest, .. } in &digests {
                    let has = |shard: &Shard| shard.has_number(*digest);
                    let at = shards.iter().position(has).expect("one");
                    counts[at] += 1;
                }
                let even = 20_000 / of;
                // More than five standard deviations of an even distribution.
                let slack = even / 8;
                assert!(counts.iter().all(|n| n.abs_diff(even) < slack), "{of}: {counts:?}");
            }
        }
    }

    fn any_id() -> impl Strategy<Value = Id> {
        prop_oneof![any::<i64>().prop_map(Id::from), ".{1,12}".prop_map(|s| Id::from(s.as_str()))]
    }

    proptest! {
        #[test]
        fn every_key_is_in_exactly_one_shard(key in any_id(), of in 1_u32..200) {
            let having = all(of).into_iter().filter(|shard| shard.has(&key)).count();
            prop_assert_eq!(having, 1);
        }

        #[test]
        fn everything_without_a_key_is_in_exactly_one_shard(number: u64, of in 1_u32..200) {
            let having = all(of).into_iter().filter(|shard| shard.has_number(number)).count();
            prop_assert_eq!(having, 1);
        }

        #[test]
        fn a_number_and_its_text_are_one_key(number: i64, of in 1_u32..200) {
            let (number, text) = (Id::from(number), Id::from(number.to_string().as_str()));
            prop_assert_eq!(KeyDigest::of(&number), KeyDigest::of(&text));
            for shard in all(of) {
                prop_assert_eq!(shard.has(&number), shard.has(&text));
            }
        }
    }
}
