//! Detection of messages superseded by newer messages of the same scan.
//!
//! Only a message that can succeed supersedes another: an older valid list must not be left behind
//! for a newer one that can never be written. Queues that share a DLQ belong to different
//! pipelines, so only messages for the same queue are compared.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::Id;

/// 128-bit digest of a user, in two halves: a `u128` is aligned to 16 bytes, which would make a
/// table a quarter larger.
pub type UserDigest = [u64; 2];

/// The newest list seen for each user in one scan.
///
/// Users are kept as 128-bit digests, so that a scan of a hundred thousand messages of fifty users
/// stays small. A collision (about 1 in 10^25 at that size) could only leave a message in the DLQ.
#[derive(Debug, Default)]
pub struct Newest {
    by_user: HashMap<UserDigest, i64>,
}

impl Newest {
    /// Records the users of a message made at `time_ms` that can succeed.
    pub fn observe(&mut self, users: &[UserDigest], time_ms: i64) {
        for user in users {
            let newest = self.by_user.entry(*user).or_insert(time_ms);
            *newest = (*newest).max(time_ms);
        }
    }

    /// Returns whether every user of a message made at `time_ms` is in a newer message of the scan.
    /// A message without users is not superseded, nor are two messages of the same age.
    #[must_use]
    pub fn supersedes(&self, users: &[UserDigest], time_ms: i64) -> bool {
        let outdone = |user| self.by_user.get(user).is_some_and(|newest| *newest > time_ms);
        !users.is_empty() && users.iter().all(outdone)
    }
}

/// Returns the hash of a user in [`Newest`], so that a scan need not keep the ids themselves. Users
/// of messages for different queues (`home`) count as different users.
#[must_use]
pub fn user_digest(home: Option<&str>, id: &Id) -> UserDigest {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        home.hash(&mut hasher);
        id.hash(&mut hasher);
        hasher.finish()
    };
    [half(0), half(1)]
}
