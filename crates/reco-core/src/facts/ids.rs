//! Sets of ids that are built once and asked often.

use crate::{Id, IdSet};

/// Words of the marks: 256 bits tell most ids apart from 50 others.
const WORDS: usize = 4;

/// A set of ids. Integers within 64 bits, as nearly all ids are, are kept in order: a database
/// returns them so, and nothing is hashed to build the set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    /// Ascending, without repeats.
    numbers: Vec<i64>,
    /// A bit for each number, by its hash: most ids that are asked for are not in the set.
    marks: [u64; WORDS],
    /// All other ids.
    others: IdSet,
}

impl Ids {
    /// Returns the set of these numbers, in any order.
    #[must_use]
    pub fn of_numbers(numbers: Vec<i64>) -> Self {
        let mut ids = Ids { numbers, ..Ids::default() };
        ids.arrange();
        ids
    }

    /// Adds an id.
    pub fn insert(&mut self, id: Id) {
        match number(&id) {
            None => {
                self.others.insert(id);
            }
            Some(number) => {
                let at = match self.numbers.last() {
                    Some(last) if *last >= number => self.numbers.binary_search(&number),
                    _ => Err(self.numbers.len()),
                };
                if let Err(at) = at {
                    self.numbers.insert(at, number);
                    self.mark(number);
                }
            }
        }
    }

    /// Returns whether an id is in the set, in either form.
    #[must_use]
    pub fn contains(&self, id: &Id) -> bool {
        match number(id) {
            Some(number) => self.is_marked(number) && self.numbers.binary_search(&number).is_ok(),
            None => self.others.contains(id),
        }
    }

    /// Keeps the ids for which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&Id) -> bool) {
        self.numbers.retain(|number| keep(&Id::Int(*number)));
        self.others.retain(|id| keep(id));
        self.arrange();
    }

    /// Returns the number of ids.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len() + self.others.len()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.others.is_empty()
    }

    fn arrange(&mut self) {
        if !self.numbers.is_sorted_by(|one, next| one < next) {
            self.numbers.sort_unstable();
            self.numbers.dedup();
        }
        self.marks = [0; WORDS];
        for at in 0..self.numbers.len() {
            self.mark(self.numbers[at]);
        }
    }

    fn mark(&mut self, number: i64) {
        let (word, bit) = place(number);
        self.marks[word] |= bit;
    }

    fn is_marked(&self, number: i64) -> bool {
        let (word, bit) = place(number);
        self.marks[word] & bit != 0
    }
}

/// The integer that an id is, if it is within 64 bits.
pub(super) fn number(id: &Id) -> Option<i64> {
    match id {
        Id::Int(number) => Some(*number),
        _ => id.as_integer().and_then(|number| i64::try_from(number).ok()),
    }
}

/// The bit of a number: by the upper bits of a product, as neighbours differ in the lower ones.
/// Collisions cost only time.
fn place(number: i64) -> (usize, u64) {
    let hash = number.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56;
    ((hash >> 6) as usize % WORDS, 1 << (hash % 64))
}

impl Extend<Id> for Ids {
    fn extend<I: IntoIterator<Item = Id>>(&mut self, ids: I) {
        for id in ids {
            match number(&id) {
                Some(number) => self.numbers.push(number),
                None => {
                    self.others.insert(id);
                }
            }
        }
        self.arrange();
    }
}

impl FromIterator<Id> for Ids {
    fn from_iter<I: IntoIterator<Item = Id>>(ids: I) -> Self {
        let mut set = Ids::default();
        set.extend(ids);
        set
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Ids of all kinds, from so few that they repeat in different forms.
    fn ids() -> impl Strategy<Value = Vec<Id>> {
        let id = prop_oneof![
            (-20_i64..60).prop_map(Id::from),
            (-20_i64..60).prop_map(|number| Id::from(number.to_string().as_str())),
            any::<u64>().prop_map(Id::from),
            "[0a-b]{1,3}".prop_map(|text| Id::from(text.as_str())),
        ];
        prop::collection::vec(id, 0..300)
    }

    #[test]
    fn forms_of_a_number_are_one_id() {
        let set: Ids = [Id::from(7_i64), Id::from("7"), Id::from("07"), Id::from(u64::MAX)]
            .into_iter()
            .collect();
        assert_eq!(set.len(), 3);
        assert!(set.contains(&Id::from("7")) && set.contains(&Id::from(7_u64)));
        assert!(set.contains(&Id::from("18446744073709551615")));
        assert!(!set.contains(&Id::from("007")) && !set.contains(&Id::from(-7_i64)));
        assert!(Ids::default().is_empty());
        assert_eq!(Ids::of_numbers(vec![3, 1, 3, 2]), Ids::of_numbers(vec![1, 2, 3]));
    }

    proptest! {
        #[test]
        fn it_is_the_set_that_hashing_makes(all in ids(), asked in ids(), kept in ids()) {
            let mut expected: IdSet = all.iter().cloned().collect();
            let mut collected: Ids = all.iter().cloned().collect();
            let mut inserted = Ids::default();
            all.iter().for_each(|id| inserted.insert(id.clone()));
            prop_assert_eq!(&inserted, &collected);
            for id in all.iter().chain(&asked) {
                prop_assert_eq!(collected.contains(id), expected.contains(id), "{:?}", id);
            }
            prop_assert_eq!(collected.len(), expected.len());
            let kept: IdSet = kept.into_iter().collect();
            collected.retain(|id| kept.contains(id));
            expected.retain(|id| kept.contains(id));
            prop_assert_eq!(collected, expected.into_iter().collect::<Ids>());
        }
    }
}
