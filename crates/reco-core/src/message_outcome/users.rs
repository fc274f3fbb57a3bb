//! Users of the moved messages, each counted once.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{InTable, ListFate, UserFate};
use crate::filter::SkipReason;
use crate::supersede::UserDigest;

const HAS: u8 = 1;
const OTHER: u8 = 1 << 1;
const MISSING: u8 = 1 << 2;
const UNREAD: u8 = 1 << 3;
const REFUSED: u8 = 1 << 4;
const TOO_FEW: u8 = 1 << 5;
const INACTIVE: u8 = 1 << 6;
const UNKNOWN_USER: u8 = 1 << 7;

/// What may change from one look to the next.
const PASSING: u8 = OTHER | MISSING | UNREAD;

/// Users of the moved messages by where they stand; each is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCounts {
    /// Users with a list in a moved message.
    pub users: u64,
    /// Users whose list is in the table, or a newer one.
    pub have_list: u64,
    /// Users with a list to write that is not in the table.
    pub without_list: u64,
    /// Users whom the facts say to be inactive.
    pub inactive: u64,
    /// Users whom the facts do not know.
    pub unknown_user: u64,
    /// Users whose lists are too short once filtered.
    pub too_few: u64,
    /// Users of whom the table cannot hold a list.
    pub refused: u64,
    /// Users of whom the table could not be read.
    pub not_read: u64,
}

/// Evidence about each user: a few bits, since a run may move the lists of millions.
#[derive(Debug, Default)]
pub(super) struct Users {
    by_user: HashMap<UserDigest, u8>,
}

impl Users {
    /// Forgets what may have changed since the last look.
    pub fn begin(&mut self) {
        self.by_user.values_mut().for_each(|bits| *bits &= !PASSING);
    }

    /// Adds the lists of a message.
    pub fn enter(&mut self, entries: &[UserFate]) {
        for (user, fate) in entries {
            *self.by_user.entry(*user).or_default() |= bit(*fate);
        }
    }

    /// Returns whether a list of the run, or a newer one, is in the table for this user.
    pub fn has(&self, user: &UserDigest) -> bool {
        self.by_user.get(user).is_some_and(|bits| bits & HAS != 0)
    }

    /// Returns the counts. A user with several lists is counted by what is missing first: the newest
    /// may be the one that is not there.
    pub fn counts(&self) -> UserCounts {
        let mut counts = UserCounts { users: self.by_user.len() as u64, ..UserCounts::default() };
        for bits in self.by_user.values() {
            let is = |bit: u8| bits & bit != 0;
            let count = if is(MISSING) {
                &mut counts.without_list
            } else if is(HAS) {
                &mut counts.have_list
            } else if is(OTHER) {
                &mut counts.without_list
            } else if is(UNREAD) {
                &mut counts.not_read
            } else if is(REFUSED) {
                &mut counts.refused
            } else if is(TOO_FEW) {
                &mut counts.too_few
            } else if is(INACTIVE) {
                &mut counts.inactive
            } else if is(UNKNOWN_USER) {
                &mut counts.unknown_user
            } else {
                &mut counts.not_read
            };
            *count += 1;
        }
        counts
    }
}

fn bit(fate: ListFate) -> u8 {
    match fate {
        ListFate::InTable(InTable::Same | InTable::SameTime | InTable::Newer) => HAS,
        ListFate::Known => HAS,
        ListFate::InTable(InTable::Other) => OTHER,
        ListFate::InTable(InTable::Older | InTable::Nothing) => MISSING,
        ListFate::Unread | ListFate::Unreadable => UNREAD,
        ListFate::Refused => REFUSED,
        ListFate::Skipped(SkipReason::TooFew) => TOO_FEW,
        ListFate::Skipped(SkipReason::InactiveUser) => INACTIVE,
        ListFate::Skipped(SkipReason::UnknownUser) => UNKNOWN_USER,
    }
}
