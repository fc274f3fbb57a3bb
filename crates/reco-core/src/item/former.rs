//! A list that an earlier input wrote for a user, recognised in the table by its content.
//!
//! The filter follows the facts: what a user has read since the earlier run is missing from the
//! list that the same input would give today. The list that the table holds is therefore compared
//! with the input's own list, too, not only with today's result of the filter.

use crate::{Id, IdSet, Time};

/// List, or deletion, of an earlier input for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// Ids as the input has them, before the filter.
    pub given: Vec<Id>,
    /// Ids that the filter leaves today; `None` if it leaves nothing to write.
    pub kept: Option<Vec<Id>>,
    /// Generation time that the input states.
    pub time: Option<Time>,
    /// True for a deletion of the user's item.
    pub removal: bool,
}

impl Former {
    /// Returns whether a list in the table, with its time if it has one, is what this input wrote:
    ///
    /// 1. the time is the same, where the input states one; and
    /// 2. the ids are those that the filter leaves today, in order; or the ids that the input has; or
    /// 3. they are ids of the input, in its order, that lack some of them because the filter dropped
    ///    them. Where the input states a time, that is enough. Otherwise the list must also have
    ///    all ids that the filter leaves today, up to the policy's `max_len`: facts have only taken
    ///    ids away since.
    #[must_use]
    pub fn is(&self, held: &[Id], time: Option<Time>, max_len: Option<usize>) -> bool {
        if self.removal || (self.time.is_some() && self.time != time) {
            return false;
        }
        let kept = self.kept.as_deref();
        if kept == Some(held) || self.given == held {
            return true;
        }
        if held.is_empty() || !is_subsequence(held, &self.given) {
            return false;
        }
        self.time.is_some() || kept.is_some_and(|kept| is_before(held, kept, max_len))
    }
}

/// Returns whether `part` is `whole` with some ids left out.
fn is_subsequence(part: &[Id], whole: &[Id]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|id| whole.any(|other| other == id))
}

/// Returns whether a list may have been left by the filter when fewer ids were dropped than today,
/// which leaves `kept`.
fn is_before(held: &[Id], kept: &[Id], max_len: Option<usize>) -> bool {
    let today: IdSet = kept.iter().cloned().collect();
    let still: Vec<&Id> = held.iter().filter(|id| today.contains(id)).collect();
    let is_prefix = !still.is_empty() && kept.iter().zip(&still).all(|(one, other)| one == *other);
    // A list that was full may have ended before the ids that moved up since.
    is_prefix
        && still.len() <= kept.len()
        && (still.len() == kept.len() || Some(held.len()) == max_len)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ids(ids: &[i64]) -> Vec<Id> {
        ids.iter().map(|id| Id::from(*id)).collect()
    }

    fn former(given: &[i64], kept: Option<&[i64]>, time: Option<i64>) -> Former {
        let time = time.map(Time::from);
        Former { given: ids(given), kept: kept.map(ids), time, removal: false }
    }

    #[test]
    fn the_same_ids_in_the_same_order_are_the_list() {
        let list = former(&[1, 2, 3], Some(&[1, 2, 3]), None);
        assert!(list.is(&ids(&[1, 2, 3]), None, None));
        assert!(list.is(&ids(&[1, 2, 3]), Some(Time::from(5)), None), "the input states no time");
        for other in [&[1, 3, 2][..], &[1, 2], &[1, 2, 3, 4], &[4, 5, 6], &[]] {
            assert!(!list.is(&ids(other), None, None), "{other:?}");
        }
        let text = Former { given: vec![Id::from("1"), Id::from("2")], kept: None, ..list };
        assert!(text.is(&ids(&[1, 2]), None, None), "1 and \"1\" are one id");
    }

    #[test]
    fn the_time_must_be_the_same_where_the_input_states_one() {
        let list = former(&[1, 2, 3], Some(&[1, 2, 3]), Some(5));
        assert!(list.is(&ids(&[1, 2, 3]), Some(Time::from(5)), None));
        assert!(list.is(&ids(&[1, 3]), Some(Time::from(5)), None), "filtered by other facts");
        assert!(!list.is(&ids(&[1, 2, 3]), Some(Time::from(6)), None), "another writer's");
        assert!(!list.is(&ids(&[1, 2, 3]), None, None));
        assert!(!list.is(&ids(&[3, 1]), Some(Time::from(5)), None), "another order");
    }

    #[test]
    fn facts_may_have_taken_ids_away_since() {
        // Read since: 2. The table has what was left before.
        assert!(former(&[1, 2, 3], Some(&[1, 3]), None).is(&ids(&[1, 2, 3]), None, None));
        assert!(former(&[1, 2, 3, 4], Some(&[3, 4]), None).is(&ids(&[1, 3, 4]), None, None));
        // A full list: 4 moved up after 1 was read.
        let list = former(&[1, 2, 3, 4], Some(&[2, 3, 4]), None);
        assert!(list.is(&ids(&[1, 2, 3]), None, Some(3)));
        assert!(!list.is(&ids(&[1, 2, 3]), None, Some(4)), "it was not full, and lacks 4");
        // Everything was read since: only the whole list is certain.
        assert!(former(&[1, 2, 3], None, None).is(&ids(&[1, 2, 3]), None, None));
        assert!(!former(&[1, 2, 3], None, None).is(&ids(&[1, 3]), None, None));
    }

    #[test]
    fn a_deletion_is_no_list() {
        let removal = Former { removal: true, ..former(&[], None, None) };
        assert!(!removal.is(&[], None, None) && !removal.is(&ids(&[1]), None, None));
    }

    proptest! {
        /// Whatever the filter left then is recognised now, after more was read; a list with a
        /// foreign id never is.
        #[test]
        fn what_was_written_then_is_recognised_now(
            given in prop::collection::vec(0_i64..30, 1..12),
            read in prop::collection::btree_set(0_i64..30, 0..8),
            more in prop::collection::btree_set(0_i64..30, 0..8),
            max in 1_usize..8,
        ) {
            let mut unique = Vec::new();
            given.iter().for_each(|id| if !unique.contains(id) { unique.push(*id) });
            let left = |read: &dyn Fn(&i64) -> bool| -> Vec<i64> {
                unique.iter().copied().filter(|id| !read(id)).take(max).collect()
            };
            let then = left(&|id| read.contains(id));
            let now = left(&|id| read.contains(id) || more.contains(id));
            prop_assume!(!then.is_empty() && now.iter().any(|id| then.contains(id)));
            let list = former(&given, Some(&now), None);
            prop_assert!(list.is(&ids(&then), None, Some(max)), "{then:?} {now:?}");
            let foreign = [then.as_slice(), &[99]].concat();
            prop_assert!(!list.is(&ids(&foreign), None, Some(max)));
        }
    }
}
