//! What files and the DLQ have of a user, and what that says about the user's item in the table.

use super::{StoredList, UserStanding, words};
use crate::Time;
use crate::filter::SkipReason;
use crate::human::amount;

/// List or deletion of a user outside the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherList {
    /// Its place, such as `recs.jsonl:12` or `message 0a1b2c3d`.
    pub place: String,
    /// When it was generated, if it says so.
    pub time: Option<Time>,
    /// What today's filter makes of it.
    pub fate: OtherFate,
}

/// What today's filter makes of a list outside the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherFate {
    /// A list of so many ids, which would be written.
    Kept(usize),
    /// Nothing would be written.
    Nothing(SkipReason),
    /// It deletes the user's item.
    Removal,
    /// It cannot be read or written.
    Unusable,
}

/// What was found outside the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Names of the files that were read to their ends, if any were.
    pub files: Option<String>,
    /// The list of the files that counts.
    pub listed: Option<OtherList>,
    /// Newest list in the DLQ that could be written if its message were redriven.
    pub waiting: Option<OtherList>,
}

impl OtherList {
    /// Returns the list that counts: the newest, or the last one if none says when it was generated.
    #[must_use]
    pub fn counting(lists: impl IntoIterator<Item = OtherList>) -> Option<OtherList> {
        // The last of several maxima is returned.
        let usable = lists.into_iter().filter(|list| list.fate != OtherFate::Unusable);
        usable.max_by_key(|list| list.time)
    }

    fn dated(&self) -> String {
        self.time.map_or_else(String::new, |at| format!(" from {}", at.iso()))
    }
}

impl Elsewhere {
    /// Concludes where the user stands from what the table says, as judged by
    /// [`UserStanding::of`] with its sentence, and what was found elsewhere.
    #[must_use]
    pub fn conclude(
        &self,
        (standing, sentence): (UserStanding, String),
        held: &StoredList,
    ) -> (UserStanding, String) {
        let held_at = match held {
            StoredList::List { generated_at, .. } => *generated_at,
            StoredList::Nothing | StoredList::NoList => None,
        };
        let is_newer = |list: &OtherList| held_at.is_some_and(|at| list.time > Some(at));
        let expired = standing == UserStanding::Expired;
        let lacks = !matches!(held, StoredList::List { .. }) || expired;
        let older = |table: &str| match held_at {
            Some(at) => format!("{table} from {}", at.iso()),
            None => table.to_owned(),
        };
        if let Some(list) = self.waiting.as_ref().filter(|list| lacks || is_newer(list)) {
            let (place, dated) = (&list.place, list.dated());
            let table = match (held, expired) {
                (StoredList::List { .. }, false) => older("the table has an older one"),
                (StoredList::List { .. }, true) => older("that of the table has expired, it is"),
                (StoredList::NoList, _) => "the item in the table has none".to_owned(),
                (StoredList::Nothing, _) => "the table has none".to_owned(),
            };
            let text = format!("waits in the DLQ: {place} has a list{dated}; {table}");
            return (UserStanding::WaitsInDlq, text);
        }
        let Some(list) = &self.listed else {
            return match (&self.files, held) {
                (Some(files), StoredList::Nothing) if standing == UserStanding::NoItem => {
                    let text = format!(
                        "was never written, as far as is known: {files} has no list of the user, and the table no item"
                    );
                    (UserStanding::NeverWritten, text)
                }
                _ => (standing, sentence),
            };
        };
        let (place, dated) = (&list.place, list.dated());
        match (list.fate, held) {
            (OtherFate::Nothing(why), _) if lacks => {
                let why = words(why);
                let table = if expired {
                    "its list in the table has expired"
                } else {
                    "the table has none"
                };
                let text =
                    format!("is filtered to nothing: {why}; {place} has a list{dated}, {table}");
                (UserStanding::FilteredToNothing, text)
            }
            (OtherFate::Kept(ids), StoredList::Nothing | StoredList::NoList) => {
                let ids = amount(ids as u64, "id");
                let text = format!(
                    "was never written, or deleted since: {place} has a list{dated}, of which the filter leaves {ids} today"
                );
                (UserStanding::NeverWritten, text)
            }
            (OtherFate::Kept(_), StoredList::List { .. }) if is_newer(list) && !expired => {
                let table = older("has a list");
                let text = format!("{table}, but {place} has one{dated}: an older list won");
                (UserStanding::OlderListWon, text)
            }
            (OtherFate::Kept(_), StoredList::List { .. }) if is_newer(list) => {
                (standing, format!("{sentence}; {place} has a newer one{dated}"))
            }
            (OtherFate::Removal, StoredList::Nothing) => {
                (standing, format!("has no item in the table: {place} deletes it"))
            }
            _ => (standing, sentence),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Id;

    const NOW: i64 = 1_800_000_000;

    fn list(time: Option<i64>, fate: OtherFate) -> Option<OtherList> {
        let time = time.map(|ago| Time::from_seconds(NOW - ago));
        Some(OtherList { place: "recs.jsonl:12".to_owned(), time, fate })
    }

    fn held(ago: Option<i64>) -> StoredList {
        let generated_at = ago.map(|ago| Time::from_seconds(NOW - ago));
        StoredList::List { articles: vec![Id::from(1_i64)], generated_at, expires_at: None }
    }

    fn told(
        base: UserStanding,
        table: &StoredList,
        listed: Option<OtherList>,
        waiting: Option<OtherList>,
    ) -> (UserStanding, String) {
        let elsewhere = Elsewhere { files: Some("recs.jsonl".to_owned()), listed, waiting };
        elsewhere.conclude((base, "has what it has".to_owned()), table)
    }

    #[test]
    fn causes_are_told_apart() {
        use UserStanding::{Current, Expired, FilteredToNothing, NeverWritten, NoItem};
        use UserStanding::{OlderListWon, WaitsInDlq};
        let (nothing, kept) = (StoredList::Nothing, OtherFate::Kept(3));
        let skipped = OtherFate::Nothing(SkipReason::InactiveUser);
        for (base, table, listed, waiting, expected, part) in [
            (NoItem, &nothing, list(Some(60), kept), None, NeverWritten, "was never written"),
            (NoItem, &nothing, None, None, NeverWritten, "recs.jsonl has no list of the user"),
            (
                NoItem,
                &nothing,
                list(None, skipped),
                None,
                FilteredToNothing,
                "the user is inactive",
            ),
            (NoItem, &nothing, list(None, OtherFate::Removal), None, NoItem, "deletes it"),
            (NoItem, &nothing, list(Some(9), kept), list(Some(9), kept), WaitsInDlq, "waits in"),
            (
                Current,
                &held(Some(60)),
                list(Some(9), kept),
                None,
                OlderListWon,
                "an older list won",
            ),
            (Current, &held(Some(60)), list(Some(60), kept), None, Current, "has what it has"),
            (Current, &held(Some(60)), list(Some(61), kept), None, Current, "has what it has"),
            (Current, &held(None), list(Some(9), kept), None, Current, "has what it has"),
            (Current, &held(Some(60)), list(None, kept), None, Current, "has what it has"),
            (Current, &held(Some(60)), None, list(Some(9), kept), WaitsInDlq, "an older one from"),
            (Current, &held(Some(60)), None, list(Some(99), kept), Current, "has what it has"),
            (Expired, &held(Some(60)), list(Some(9), kept), None, Expired, "has a newer one"),
            (Expired, &held(Some(60)), None, list(Some(99), kept), WaitsInDlq, "has expired"),
            (Expired, &held(Some(60)), list(None, skipped), None, FilteredToNothing, "expired"),
        ] {
            let (standing, text) = told(base, table, listed, waiting);
            assert_eq!(standing, expected, "{text}");
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn nothing_looked_into_changes_nothing() {
        let base = (UserStanding::NoItem, "has no item".to_owned());
        assert_eq!(Elsewhere::default().conclude(base.clone(), &StoredList::Nothing), base);
    }

    proptest! {
        /// The list that counts is never older than another one that can be used.
        #[test]
        fn the_newest_list_counts_and_the_last_of_equal_ones(
            times in proptest::collection::vec(proptest::option::of(0i64..5), 0..8)
        ) {
            let lists = times.iter().enumerate().map(|(n, time)| OtherList {
                place: n.to_string(),
                time: time.map(Time::from_seconds),
                fate: if n % 3 == 2 { OtherFate::Unusable } else { OtherFate::Kept(1) },
            });
            let lists: Vec<OtherList> = lists.collect();
            let usable: Vec<_> = lists.iter().filter(|l| l.fate != OtherFate::Unusable).collect();
            match OtherList::counting(lists.clone()) {
                None => prop_assert!(usable.is_empty()),
                Some(counts) => {
                    let newest = usable.iter().map(|list| list.time).max().flatten();
                    prop_assert_eq!(counts.time, newest);
                    let last = usable.iter().rev().find(|list| list.time == newest);
                    prop_assert_eq!(last.map(|list| &list.place), Some(&counts.place));
                }
            }
        }
    }
}
