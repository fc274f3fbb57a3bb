//! One write after another of the same item, where only what is older is replaced: what both come
//! to, whatever the table holds and however far apart they are.

use super::{Action, PlannedItem};
use crate::Time;

/// Returns whether an item of this time gives way to a write that is guarded by `guard`. An item of
/// unknown time gives way to any; nothing says that what is of unknown time is newer than a known
/// one; of equals the first stands.
#[must_use]
pub fn gives_way(held: Option<Time>, guard: Option<Time>) -> bool {
    match (held, guard) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(held), Some(guard)) => held < guard,
    }
}

impl PlannedItem {
    /// The guard by which `later`, written alone, leaves in any table what this one and then `later`
    /// would: of the same user, each where the table holds only what is older. `None` where this one
    /// does so, and `later` need not be written.
    ///
    /// A removal leaves nothing that a list after it could be older than, so such a list is written
    /// wherever the removal was: it then takes over the removal's guard.
    #[must_use]
    pub fn guard_of_successor(&self, later: &PlannedItem) -> Option<Option<Time>> {
        let succeeds = match self.action {
            Action::Delete => true,
            Action::Put => gives_way(self.recommendation.generated_at, later.guard),
        };
        succeeds.then(|| self.guard.max(later.guard))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::item::{KeyType, Schema};
    use crate::{Id, Recommendation};

    /// A user's item: its time, and which list it is.
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
