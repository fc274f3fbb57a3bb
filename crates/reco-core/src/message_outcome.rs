//! Outcome of moved messages, and which of their users have a list.
//!
//! A message that a redrive moved has exactly one outcome. If several fit, the first in this table
//! wins:
//!
//! | order | outcome | when |
//! |---|---|---|
//! | 1 | `came-back` | a copy of it is in the DLQ again |
//! | 2 | `written`, `superseded`, `nothing-to-write` | an earlier look found it so |
//! | 3 | `unknown` | table or facts cannot be read |
//! | 4 | `still-waiting` | some of its lists are not in the table, or the function returns it |
//! | 5 | `nothing-to-write` | the filter leaves none of its lists |
//! | 6 | `written` | the table holds its lists, or newer ones |
//! | 7 | `superseded` | every one of its users has a newer list |
//!
//! A list of the same time but with other content, and a message that writes nothing, count only
//! once the destination is empty. In a stage of a canary ([`Tracker::trusts_only`]) so does a list
//! that may have been in the table before the message was sent.
//!
//! Once the destination is empty, a message that would be `still-waiting` is `unknown`: it has left
//! the queue, and neither the table nor the DLQ has it.

mod sent;
#[cfg(test)]
mod tests;
mod tracker;
mod users;

use serde::{Deserialize, Serialize};

use crate::filter::SkipReason;
use crate::supersede::UserDigest;
pub use tracker::{MovedMessage, Tracker, Wanted};
pub use users::UserCounts;

/// Outcome of a moved message.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "kebab-case")]
pub enum MessageOutcome {
    /// The table holds its lists, or newer ones.
    Written,
    /// The filter leaves none of its lists.
    #[strum(serialize = "nothing to write")]
    NothingToWrite,
    /// Newer lists of all of its users are in the table.
    Superseded,
    /// In the DLQ again.
    #[strum(serialize = "came back")]
    CameBack,
    /// Not in the table and not in the DLQ: the destination still has it.
    #[default]
    #[strum(serialize = "still waiting")]
    StillWaiting,
    /// Cannot be told.
    Unknown,
}

impl MessageOutcome {
    /// All outcomes, the good ones first.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Returns the name used in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Returns the explanation of an outcome.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            MessageOutcome::Written => "the table has its lists, or newer ones",
            MessageOutcome::NothingToWrite => "the filter leaves none of its lists",
            MessageOutcome::Superseded => "all of its users have newer lists in the table",
            MessageOutcome::CameBack => "failed again and is back in the DLQ",
            MessageOutcome::StillWaiting => "not in the table yet, and not in the DLQ",
            MessageOutcome::Unknown => "cannot be told",
        }
    }

    /// Returns whether another look may tell more.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, MessageOutcome::StillWaiting | MessageOutcome::Unknown)
    }

    /// Returns whether the move was worth it: nothing is left to do about the message.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(
            self,
            MessageOutcome::Written | MessageOutcome::NothingToWrite | MessageOutcome::Superseded
        )
    }
}

/// Content of the table for a user, compared with a list that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InTable {
    /// The same list.
    Same,
    /// Another list of the same time: the same one, filtered by the facts of another moment.
    SameTime,
    /// A newer list.
    Newer,
    /// An older list.
    Older,
    /// Another list, and at least one of the two has no time.
    Other,
    /// No item.
    Nothing,
}

/// One list of a moved message, judged as the function judges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListFate {
    /// It is to be written, and the table holds this for its user.
    InTable(InTable),
    /// It is to be written, and an earlier look found its message good.
    Known,
    /// It is to be written, and the table could not be read this time.
    Unread,
    /// It is to be written, and the table cannot be read: there is none, or no permission.
    Unreadable,
    /// The filter leaves nothing of it.
    Skipped(SkipReason),
    /// The table cannot hold it.
    Refused,
}

/// A user of a moved message, and the fate of the list.
pub type UserFate = (UserDigest, ListFate);

/// Returns whether the table lacks lists that a message with these would write.
#[must_use]
pub fn lacks_some(entries: &[UserFate]) -> bool {
    Lists::of(entries, false).lacks_some()
}

/// State of the queues that the messages were sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destinations {
    /// They hold messages, or cannot be read.
    Busy,
    /// They were empty before the table was read, and the whole DLQ was looked at after it.
    Empty,
    /// The same, for longer than the counts of SQS lag behind; or it is the last look.
    Drained,
}

/// Lists of one message, summed up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Lists {
    /// Lists of its own in the table.
    own: u32,
    /// Lists of which the table holds newer ones.
    newer: u32,
    /// Lists not in the table.
    missing: u32,
    /// Users for whom the table holds another list, of unknown order.
    other: Vec<UserDigest>,
    /// True if one of them is another list of the same time: it may still be about to be replaced.
    same_time: bool,
    /// Lists about which the table was not asked.
    unread: bool,
    /// True if asking again does not help.
    unreadable: bool,
    /// True if the function returns the message whatever it writes: parts of it are unusable.
    fails: bool,
}

impl Lists {
    /// Returns whether the table was read and lacks lists that the message would write.
    fn lacks_some(&self) -> bool {
        !self.unread && (self.missing > 0 || !self.other.is_empty() || self.same_time)
    }

    /// Returns whether another look may read what this one could not.
    const fn may_be_read(&self) -> bool {
        self.unread && !self.unreadable
    }

    fn of(entries: &[UserFate], fails: bool) -> Self {
        let mut lists = Lists { fails, ..Lists::default() };
        for (user, fate) in entries {
            match fate {
                ListFate::InTable(InTable::Same) | ListFate::Known => lists.own += 1,
                ListFate::InTable(InTable::SameTime) => {
                    (lists.own, lists.same_time) = (lists.own + 1, true);
                }
                ListFate::InTable(InTable::Newer) => lists.newer += 1,
                ListFate::InTable(InTable::Older | InTable::Nothing) => lists.missing += 1,
                ListFate::InTable(InTable::Other) => lists.other.push(*user),
                ListFate::Unread => lists.unread = true,
                ListFate::Unreadable => (lists.unread, lists.unreadable) = (true, true),
                ListFate::Refused => lists.fails = true,
                ListFate::Skipped(_) => {}
            }
        }
        lists
    }

    /// Returns the outcome by the table, and whether it stays. `has` tells of a user whether a list
    /// of the same run is in the table.
    fn decide(
        &self,
        has: impl Fn(&UserDigest) -> bool,
        destinations: Destinations,
    ) -> (MessageOutcome, bool) {
        let left = destinations != Destinations::Busy;
        if self.unread {
            let stays = (left && self.unreadable) || destinations == Destinations::Drained;
            return (MessageOutcome::Unknown, stays);
        }
        let outdone = self.other.iter().all(has);
        if self.fails || self.missing > 0 || !outdone {
            return match destinations {
                Destinations::Drained => (MessageOutcome::Unknown, true),
                Destinations::Busy | Destinations::Empty => (MessageOutcome::StillWaiting, false),
            };
        }
        if self.own == 0 && self.newer == 0 && self.other.is_empty() {
            return (MessageOutcome::NothingToWrite, left);
        }
        if (!self.other.is_empty() || self.same_time) && !left {
            // It may be about to replace that list.
            return (MessageOutcome::StillWaiting, false);
        }
        let outcome =
            if self.own > 0 { MessageOutcome::Written } else { MessageOutcome::Superseded };
        (outcome, true)
    }
}
