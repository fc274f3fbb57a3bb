//! Users whose current list is not in the table.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use reco_core::item::gives_way;
use reco_core::{Id, Time};
use reco_store::reader::Difference;

use super::super::lines::LineStart;

/// Share of the users by hash, both ends inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub first: u64,
    pub last: u64,
}

impl Share {
    pub const ALL: Share = Share { first: 0, last: u64::MAX };

    pub fn has(self, hash: u64) -> bool {
        (self.first..=self.last).contains(&hash)
    }
}

/// Share that may shrink during a pass.
#[derive(Debug)]
pub(super) struct Narrowing {
    first: u64,
    last: AtomicU64,
}

impl Narrowing {
    pub fn new(share: Share) -> Self {
        Narrowing { first: share.first, last: AtomicU64::new(share.last) }
    }

    pub fn share(&self) -> Share {
        Share { first: self.first, last: self.last.load(Ordering::Relaxed) }
    }
}

/// List of the input that the table does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suspect {
    pub hash: u64,
    pub at: LineStart,
    /// Index of the entry in the line.
    pub entry: usize,
    /// Generation time of the list.
    pub time: Option<Time>,
    /// Guard time: the list replaces only older items.
    pub guard: Option<Time>,
    /// True for a removal, after which any list is written.
    pub removal: bool,
    pub difference: Difference,
}

/// Suspects of a pass.
#[derive(Debug)]
pub(super) struct Suspects {
    users: HashMap<Id, Suspect>,
    most: usize,
    /// True if a user's newest list counts instead of the last.
    newest: bool,
}

impl Suspects {
    pub fn new(most: usize, newest: bool) -> Self {
        Suspects { users: HashMap::new(), most: most.max(1), newest }
    }

    /// Adds a list that the table does not hold. If there are too many suspects, those with the
    /// higher hashes are left for a further pass.
    pub fn add(&mut self, user: Id, suspect: Suspect, narrowing: &Narrowing) {
        if self.outdone(&user, |kept| !gives_way(kept.time, suspect.guard)) {
            return;
        }
        self.users.insert(user, suspect);
        if self.users.len() <= self.most {
            return;
        }
        let mut hashes: Vec<u64> = self.users.values().map(|suspect| suspect.hash).collect();
        hashes.sort_unstable();
        // At least one stays and one goes, so that every pass makes progress.
        let last = hashes[(hashes.len() - 1) / 2];
        narrowing.last.store(last, Ordering::Relaxed);
        self.users.retain(|_, suspect| suspect.hash <= last);
    }

    /// Records that the table holds this list of the user, generated at `time`.
    pub fn clear(&mut self, user: &Id, time: Option<Time>) {
        if !self.outdone(user, |kept| kept.time > time) {
            self.users.remove(user);
        }
    }

    /// Returns whether another list of the user counts that is not in the table.
    fn outdone(&self, user: &Id, by: impl Fn(&Suspect) -> bool) -> bool {
        let counts = |kept: &Suspect| !kept.removal && by(kept);
        self.newest && self.users.get(user).is_some_and(counts)
    }

    pub fn into_all(self) -> impl Iterator<Item = (Id, Suspect)> {
        self.users.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspect(hash: u64) -> Suspect {
        Suspect {
            hash,
            at: LineStart::start(0),
            entry: 0,
            time: None,
            guard: None,
            removal: false,
            difference: Difference::Missing,
        }
    }

    fn users(suspects: Suspects) -> Vec<u64> {
        let mut hashes: Vec<u64> = suspects.into_all().map(|(_, suspect)| suspect.hash).collect();
        hashes.sort_unstable();
        hashes
    }

    #[test]
    fn a_later_list_clears_its_user() {
        let narrowing = Narrowing::new(Share::ALL);
        let mut suspects = Suspects::new(10, false);
        for user in [1_i64, 2] {
            suspects.add(Id::from(user), suspect(user.unsigned_abs()), &narrowing);
        }
        suspects.clear(&Id::from("1"), None);
        assert_eq!(users(suspects), [2]);
    }

    #[test]
    fn where_the_newest_counts_an_older_one_changes_nothing() {
        let narrowing = Narrowing::new(Share::ALL);
        let of = |hash: u64, time: Option<i64>| {
            let time = time.map(Time::from);
            Suspect { time, guard: time, ..suspect(hash) }
        };
        let mut suspects = Suspects::new(10, true);
        let user = Id::from(1_i64);
        suspects.add(user.clone(), of(1, Some(5)), &narrowing);
        suspects.clear(&user, Some(Time::from(4)));
        suspects.clear(&user, None);
        suspects.add(user.clone(), of(2, Some(5)), &narrowing);
        assert_eq!(suspects.users[&user].hash, 1, "the first of equals");
        suspects.add(user.clone(), of(3, Some(6)), &narrowing);
        assert_eq!(suspects.users[&user].hash, 3);
        suspects.clear(&user, Some(Time::from(6)));
        // Any list after a removal is written, however old.
        suspects.add(user.clone(), Suspect { removal: true, ..of(4, Some(9)) }, &narrowing);
        suspects.clear(&user, Some(Time::from(1)));
        assert_eq!(users(suspects), [0; 0]);
    }

    #[test]
    fn too_many_leave_the_higher_half_for_later() {
        let narrowing = Narrowing::new(Share { first: 5, last: 100 });
        let mut suspects = Suspects::new(3, false);
        for user in [10_i64, 40, 20, 30] {
            suspects.add(Id::from(user), suspect(user.unsigned_abs()), &narrowing);
        }
        assert_eq!(narrowing.share(), Share { first: 5, last: 20 });
        assert!(narrowing.share().has(20) && !narrowing.share().has(21));
        assert_eq!(users(suspects), [10, 20]);
    }
}
