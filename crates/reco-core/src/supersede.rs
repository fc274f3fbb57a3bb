//! Detection of messages superseded by newer messages of the same scan.
//!
//! Only a message that can pass outdoes another: an older sound list must not be left behind for a
//! newer one that can never be written. Queues that share a DLQ are of different pipelines, so only
//! messages that go to the same queue are compared.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::Id;

/// 128 bits of a user, in two halves: as one number they would be aligned to 16 bytes, and a table of
/// them a quarter larger.
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
    /// Notes that a message made at `time_ms`, which can pass, would write lists for these users.
    pub fn observe<'a>(&mut self, users: impl IntoIterator<Item = &'a Id>, time_ms: i64) {
        for user in users {
            self.observe_digests(&[user_digest(None, user)], time_ms);
        }
    }

    /// As [`Newest::observe`], for users known by their digests.
    pub fn observe_digests(&mut self, users: &[UserDigest], time_ms: i64) {
        for user in users {
            let newest = self.by_user.entry(*user).or_insert(time_ms);
            *newest = (*newest).max(time_ms);
        }
    }

    /// Returns whether every user of a message made at `time_ms` stands in a newer message of the
    /// scan. A message without users is not superseded; neither is one of two of the same age.
    pub fn supersedes<'a>(&self, users: impl IntoIterator<Item = &'a Id>, time_ms: i64) -> bool {
        let digests: Vec<UserDigest> =
            users.into_iter().map(|user| user_digest(None, user)).collect();
        self.supersedes_digests(&digests, time_ms)
    }

    /// As [`Newest::supersedes`], for users known by their digests.
    #[must_use]
    pub fn supersedes_digests(&self, users: &[UserDigest], time_ms: i64) -> bool {
        let outdone = |user| self.by_user.get(user).is_some_and(|newest| *newest > time_ms);
        !users.is_empty() && users.iter().all(outdone)
    }
}

/// Returns the hash of a user in [`Newest`], so that a scan need not keep the ids themselves. Users
/// of messages that go to different queues (`home`) are different users.
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
