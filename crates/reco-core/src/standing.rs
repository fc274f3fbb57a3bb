//! Where one user stands: what the table holds for them, and what a list would become today.

mod elsewhere;

use serde::Serialize;

use crate::filter::{DropReason, SkipReason};
use crate::human::{amount, duration};
use crate::policy::Policy;
use crate::{Id, Time};

pub use elsewhere::{Elsewhere, OtherFate, OtherList};

/// Content of the table for a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredList {
    /// No item.
    Nothing,
    /// An item without a list of ids.
    NoList,
    /// A list.
    List {
        /// Its ids, in order.
        articles: Vec<Id>,
        /// When it was generated, if the item says so.
        generated_at: Option<Time>,
        /// When it expires, in seconds since the epoch, if it does.
        expires_at: Option<i64>,
    },
}

/// Fate of each id of the list by today's facts and policy, or why no list of the user would be written.
pub type TodaysFates = Result<Vec<Option<DropReason>>, SkipReason>;

/// Where a user stands, in one word. The sentence is [`UserStanding::sentence`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserStanding {
    /// The table has no item of the user.
    NoItem,
    /// It has an item without a list.
    NoList,
    /// Its list has expired: DynamoDB deletes it within days, readers should not use it.
    Expired,
    /// Today's filter would leave nothing of its list.
    FilteredToNothing,
    /// Today's filter would drop some of its ids.
    DroppedToday,
    /// Its list would be the same today.
    Current,
    /// A file has a list of the user, or none has, and the table has none.
    NeverWritten,
    /// A file has a newer list than the table.
    OlderListWon,
    /// The DLQ has a list that the table lacks.
    WaitsInDlq,
}

impl UserStanding {
    /// Judges what the table holds at a time, in seconds since the epoch.
    #[must_use]
    pub fn of(held: &StoredList, today: &TodaysFates, policy: &Policy, now: i64) -> Self {
        match held {
            StoredList::Nothing => UserStanding::NoItem,
            StoredList::NoList => UserStanding::NoList,
            StoredList::List { expires_at: Some(at), .. } if *at <= now => UserStanding::Expired,
            StoredList::List { .. } if nothing_left(today, policy).is_some() => {
                UserStanding::FilteredToNothing
            }
            StoredList::List { .. } if dropped(today) > 0 => UserStanding::DroppedToday,
            StoredList::List { .. } => UserStanding::Current,
        }
    }

    /// Says it in a sentence that follows the user's id.
    #[must_use]
    pub fn sentence(
        self,
        held: &StoredList,
        today: &TodaysFates,
        policy: &Policy,
        now: i64,
    ) -> String {
        let refused = today.as_ref().err().copied().map(words);
        match (self, held) {
            (UserStanding::NoItem, _) => match refused {
                Some(why) => format!("has no item in the table, and would get none today: {why}"),
                None => "has no item in the table: never written, or deleted since".to_owned(),
            },
            (UserStanding::NoList, _) => "has an item without a list of ids".to_owned(),
            (_, StoredList::List { articles, generated_at, expires_at }) => {
                let from = generated_at.map_or_else(
                    || "a list of unknown time".to_owned(),
                    |at| format!("a list from {} ({} ago)", at.iso(), duration(now - at.seconds())),
                );
                let total = amount(articles.len() as u64, "id");
                match self {
                    UserStanding::Expired => {
                        let ago = duration(now - expires_at.unwrap_or(now));
                        format!(
                            "has {from} that expired {ago} ago; DynamoDB deletes it within days"
                        )
                    }
                    UserStanding::FilteredToNothing => {
                        let why = nothing_left(today, policy).map_or("too-few", SkipReason::name);
                        let why = if articles.is_empty() {
                            "it has no ids".to_owned()
                        } else if why == "too-few" {
                            format!("{} of its {total} would be dropped", dropped(today))
                        } else {
                            refused.unwrap_or(why).to_owned()
                        };
                        format!("has {from}, but the filter would leave nothing of it today: {why}")
                    }
                    UserStanding::DroppedToday => {
                        format!(
                            "has {from}; {} of its {total} would be dropped today",
                            dropped(today)
                        )
                    }
                    _ => format!("has {from}; its {total} would be written the same today"),
                }
            }
            _ => String::new(),
        }
    }
}

fn words(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::UnknownUser => "the facts do not know the user",
        SkipReason::InactiveUser => "the user is inactive",
        SkipReason::TooFew => "too few ids are left",
    }
}

fn dropped(today: &TodaysFates) -> usize {
    today.as_ref().map_or(0, |fates| fates.iter().flatten().count())
}

/// Returns why the filter would write nothing, if so.
fn nothing_left(today: &TodaysFates, policy: &Policy) -> Option<SkipReason> {
    match today {
        Err(reason) => Some(*reason),
        Ok(fates) => {
            let kept = fates.iter().filter(|fate| fate.is_none()).count();
            (kept < policy.limits.min_len.get().unwrap_or(0)).then_some(SkipReason::TooFew)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Limit;

    const NOW: i64 = 1_800_000_000;

    fn list(ids: u64, expires_at: Option<i64>) -> StoredList {
        let generated_at = Some(Time::from_seconds(NOW - 7200));
        StoredList::List { articles: (0..ids).map(Id::from).collect(), generated_at, expires_at }
    }

    fn told(held: &StoredList, today: &TodaysFates, min: u32) -> (UserStanding, String) {
        let mut policy = Policy::default();
        policy.limits.min_len = Limit::at(min);
        let standing = UserStanding::of(held, today, &policy, NOW);
        (standing, standing.sentence(held, today, &policy, NOW))
    }

    fn fates(dropped: usize, kept: usize) -> TodaysFates {
        let reason = [Some(DropReason::AlreadyRead)];
        Ok(reason
            .into_iter()
            .cycle()
            .take(dropped)
            .chain([None].into_iter().cycle().take(kept))
            .collect())
    }

    #[test]
    fn a_list_is_told_with_its_age_and_what_today_would_drop() {
        let (standing, text) = told(&list(100, None), &fates(3, 97), 1);
        assert_eq!(standing, UserStanding::DroppedToday);
        assert_eq!(
            text,
            "has a list from 2027-01-15T06:00:00Z (2h ago); 3 of its 100 ids would be dropped today"
        );
        let (standing, text) = told(&list(2, Some(NOW + 1)), &fates(0, 2), 1);
        assert_eq!(standing, UserStanding::Current);
        assert!(text.ends_with("its 2 ids would be written the same today"), "{text}");
    }

    #[test]
    fn what_is_not_there_is_told_with_what_today_would_do() {
        let (standing, text) = told(&StoredList::Nothing, &Ok(vec![]), 0);
        assert_eq!(
            (standing, text.as_str()),
            (UserStanding::NoItem, "has no item in the table: never written, or deleted since")
        );
        let (_, text) = told(&StoredList::Nothing, &Err(SkipReason::InactiveUser), 0);
        assert!(text.ends_with("would get none today: the user is inactive"), "{text}");
        assert_eq!(told(&StoredList::NoList, &Ok(vec![]), 0).0, UserStanding::NoList);
    }

    #[test]
    fn an_expired_list_is_none_whatever_the_facts_say() {
        for today in [fates(0, 2), Err(SkipReason::UnknownUser)] {
            let (standing, text) = told(&list(2, Some(NOW)), &today, 1);
            assert_eq!(standing, UserStanding::Expired);
            assert!(text.contains("that expired 0s ago"), "{text}");
        }
    }

    #[test]
    fn a_list_of_which_nothing_would_be_left_is_told_with_the_reason() {
        let (standing, text) = told(&list(3, None), &Err(SkipReason::InactiveUser), 1);
        assert_eq!(standing, UserStanding::FilteredToNothing);
        assert!(text.ends_with("leave nothing of it today: the user is inactive"), "{text}");
        let (standing, text) = told(&list(3, None), &fates(2, 1), 2);
        assert_eq!(standing, UserStanding::FilteredToNothing);
        assert!(text.ends_with("2 of its 3 ids would be dropped"), "{text}");
    }
}
