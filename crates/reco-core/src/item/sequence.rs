//! Merges successive guarded writes of one item into a single write with the same effect, whatever
//! the table holds.

use super::{Action, PlannedItem};
use crate::Time;

/// Returns whether an item with time `held` gives way to a write guarded by `guard`. An item of
/// unknown time gives way to any write; a write of unknown time replaces no item of known time; at
/// equal times the item stays.
#[must_use]
pub fn gives_way(held: Option<Time>, guard: Option<Time>) -> bool {
    match (held, guard) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(held), Some(guard)) => held < guard,
    }
}

impl PlannedItem {
    /// Returns the guard with which `later` alone has the same effect on any table as this write
    /// followed by `later`, both guarded and for the same user. `None` if this write alone has that
    /// effect and `later` need not be written.
    ///
    /// A deletion leaves no item for a later list to be older than, so the list is written wherever
    /// the deletion took effect. It therefore takes over the deletion's guard if that is newer.
    #[must_use]
    pub fn guard_of_successor(&self, later: &PlannedItem) -> Option<Option<Time>> {
        let succeeds = match self.action {
            Action::Delete => true,
            Action::Put => gives_way(self.recommendation.generated_at, later.guard),
        };
        succeeds.then(|| self.guard.max(later.guard))
    }

    /// Becomes the one write that has the effect of this one followed by `later`, for the same user:
    /// the later one, unless `only_newer` lets this one stay.
    pub fn follow(&mut self, mut later: PlannedItem, only_newer: bool) {
        if only_newer {
            let Some(guard) = self.guard_of_successor(&later) else { return };
            later.guard = guard;
        }
        *self = later;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::item::{KeyType, Schema};
    use crate::{Id, Recommendation};

    /// A user's item: its time and its list.
    type Held = Option<(Option<Time>, Id)>;

    /// Returns the item after a guarded write.
    fn written(held: Held, write: &PlannedItem) -> Held {
        let free = held.as_ref().is_none_or(|(time, _)| gives_way(*time, write.guard));
        match write.action {
            _ if !free => held,
            Action::Put => {
                let list = write.recommendation.articles[0].clone();
                Some((write.recommendation.generated_at, list))
            }
            Action::Delete => None,
        }
    }

    fn time() -> impl Strategy<Value = Option<Time>> {
        prop_oneof![1 => Just(None), 4 => (0_i64..6).prop_map(|s| Some(Time::from_seconds(s)))]
    }

    proptest! {
        #[test]
        fn one_write_leaves_what_all_of_them_would(
            held in prop::option::of(time()),
            writes in prop::collection::vec((time(), any::<bool>()), 1..8),
        ) {
            let schema = Schema::with_key_type(KeyType::N);
            let user = Id::from(7_i64);
            let writes: Vec<PlannedItem> = writes.into_iter().enumerate().map(|(n, (at, put))| {
                let planned = if put {
                    let articles = vec![Id::from(n as i64)];
                    schema.plan(Recommendation { user: user.clone(), articles, generated_at: at })
                } else {
                    schema.plan_delete(user.clone(), at)
                };
                planned.expect("fits")
            }).collect();
            let held: Held = held.map(|time| (time, Id::from(99_i64)));
            let one_by_one = writes.iter().fold(held.clone(), written);
            let together = writes.into_iter().reduce(|one, next| {
                match one.guard_of_successor(&next) {
                    Some(guard) => PlannedItem { guard, ..next },
                    None => one,
                }
            });
            prop_assert_eq!(written(held, &together.expect("one at least")), one_by_one);
        }
    }
}
