//! Messages that were classified and released, to be recognised when received again.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

/// Set of message ids, stored as 128-bit digests because a queue may hold millions. A collision
/// (about 1 in 10^25 at a million ids) could at worst leave a message in the queue.
#[derive(Debug, Default)]
pub struct SeenMessages {
    ids: Mutex<HashSet<u128>>,
}

impl SeenMessages {
    /// Adds messages that are about to be released.
    pub fn add<'a>(&self, ids: impl IntoIterator<Item = &'a str>) {
        let mut known = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(ids.into_iter().map(digest));
    }

    /// Returns the items with unknown ids.
    pub(super) fn unknown<T>(&self, all: Vec<T>, id: impl Fn(&T) -> &String) -> Vec<T> {
        let known = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        all.into_iter().filter(|one| !known.contains(&digest(id(one)))).collect()
    }
}

fn digest(id: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, id).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    (half(0) << 64) | half(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_told_apart() {
        let known = SeenMessages::default();
        known.add(["a", "b"]);
        let all = ["a", "c", "b", "d"].map(str::to_owned).to_vec();
        assert_eq!(known.unknown(all, |id| id), ["c", "d"]);
    }
}
