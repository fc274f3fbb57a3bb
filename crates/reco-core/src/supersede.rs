//! Detection of messages superseded by newer messages of the same scan.
//!
//! Only a message that can succeed supersedes another: an older valid list must not be left behind
//! for a newer one that can never be written. Queues that share a DLQ belong to different
//! pipelines, so only messages for the same queue are compared.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use foldhash::fast::RandomState;

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
    by_user: HashMap<UserDigest, i64, RandomState>,
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

/// Lists of the messages of one scan, in the order in which they were received.
///
/// A scan may hold a hundred thousand messages. So this keeps nothing but the users, and compares
/// them once, when all are known.
#[derive(Debug, Default)]
pub struct Lists {
    /// Users of all messages, one message after the other.
    users: Vec<UserDigest>,
    messages: Vec<Listed>,
}

/// Lists of one message.
#[derive(Debug)]
struct Listed {
    /// End of its users.
    end: u32,
    /// True if it can succeed.
    can_pass: bool,
    made_ms: i64,
}

impl Lists {
    /// Reserves room for `messages`, which costs memory only as it is used; growth by doubling
    /// could take twice as much.
    #[must_use]
    pub fn with_room(messages: usize) -> Self {
        Lists { users: Vec::new(), messages: Vec::with_capacity(messages) }
    }

    /// Adds a message for `users`, made at `made_ms`. Only one that `can_pass` supersedes others.
    pub fn add(&mut self, users: &[UserDigest], made_ms: i64, can_pass: bool) {
        // Beyond 64 GiB of users, messages count as those without users.
        let end = u32::try_from(self.users.len() + users.len());
        if end.is_ok() {
            self.users.extend_from_slice(users);
        }
        let end = end.unwrap_or_else(|_| self.end());
        self.messages.push(Listed { end, can_pass, made_ms });
    }

    /// Returns the memory that they take in bytes, without room for more.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.users) + size_of_val(&*self.messages)
    }

    fn end(&self) -> u32 {
        self.messages.last().map_or(0, |last| last.end)
    }

    /// Returns for each message, in order, whether all its users are in newer messages that can
    /// pass.
    #[must_use]
    pub fn superseded(&self) -> Vec<bool> {
        let mut outdone = vec![0_u32; self.messages.len()];
        let places = self.places_by_user();
        let same = |a: &u64, b: &u64| a >> 32 == b >> 32 && self.user(*a) == self.user(*b);
        for places in places.chunk_by(same) {
            // Nearly every user is in one message only.
            if places.len() < 2 {
                continue;
            }
            let at: Vec<usize> = places.iter().map(|place| self.message(*place)).collect();
            let passing = at.iter().map(|at| &self.messages[*at]).filter(|one| one.can_pass);
            let newest = passing.map(|one| one.made_ms).max();
            for at in at {
                outdone[at] += u32::from(newest > Some(self.messages[at].made_ms));
            }
        }
        let mut begin = 0;
        let all = self.messages.iter().zip(outdone).map(|(one, outdone)| {
            let users = one.end - std::mem::replace(&mut begin, one.end);
            users > 0 && outdone == users
        });
        all.collect()
    }

    /// Returns the places of all users, those of one user together. The upper half of each is from
    /// the user's digest, so that few comparisons need more of it.
    fn places_by_user(&self) -> Vec<u64> {
        let place = |(place, user): (u64, &UserDigest)| (user[0] & (u64::MAX << 32)) | place;
        let mut places: Vec<u64> = (0..).zip(&self.users).map(place).collect();
        places.sort_unstable_by(|a, b| {
            (a >> 32).cmp(&(b >> 32)).then_with(|| self.user(*a).cmp(self.user(*b)))
        });
        places
    }

    fn user(&self, place: u64) -> &UserDigest {
        &self.users[(place & u64::from(u32::MAX)) as usize]
    }

    /// Returns the message with the user at a place.
    fn message(&self, place: u64) -> usize {
        let place = place & u64::from(u32::MAX);
        self.messages.partition_point(|one| u64::from(one.end) <= place)
    }

    /// Returns the newest list of each user among the messages that can pass.
    #[must_use]
    pub fn newest(&self) -> Newest {
        let (mut newest, mut begin) = (Newest::default(), 0);
        for one in &self.messages {
            let users = begin..one.end as usize;
            begin = users.end;
            if one.can_pass {
                newest.observe(&self.users[users], one.made_ms);
            }
        }
        newest
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
