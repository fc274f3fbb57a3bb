//! Articles held in memory for a whole run.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{Article, ArticleFacts, ids};
use crate::{Id, IdMap};

/// Bytes of an entry: the id, what is known of it, and the map's own byte.
const ENTRY: usize = size_of::<(i64, Packed)>() + 1;
const OTHER_ENTRY: usize = size_of::<(Id, Packed)>() + 1;

/// Bytes that a text takes beside its own: counters, length, and what the allocator rounds up.
const TEXT: usize = 32;

/// Facts of an article in one word. Every list asks for a hundred of them at random, so what they
/// cost is the memory that they are spread over.
///
/// The lowest bit is set if it is published. The next two give the meaning of all others: no author,
/// the author's integer id, or an index into `authors`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Packed(i64);

const PUBLISHED: i64 = 1;
const KIND: i64 = 0b110;
const NO_AUTHOR: i64 = 0b000;
const NUMBER: i64 = 0b010;
const PLACE: i64 = 0b100;
const SHIFT: u32 = 3;

/// The facts of articles, read once and shared by all batches.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ArticleIndex {
    /// By integers within 64 bits, as nearly all ids are.
    numbers: HashMap<i64, Packed, RandomState>,
    /// By all other ids.
    others: IdMap<Packed>,
    /// Authors whose ids are no integers of 61 bits: most wrote more than one article, and their id
    /// is kept once.
    authors: Vec<Id>,
    places: IdMap<usize>,
    texts: usize,
}

impl ArticleIndex {
    /// Adds an article, or replaces what is known of it.
    pub fn insert(&mut self, id: Id, facts: ArticleFacts) {
        let packed = self.pack(facts);
        match ids::number(&id) {
            Some(number) => {
                self.numbers.insert(number, packed);
            }
            None => {
                self.texts += text_bytes(&id);
                self.others.insert(id, packed);
            }
        }
    }

    fn pack(&mut self, facts: ArticleFacts) -> Packed {
        let author = match facts.author {
            None => NO_AUTHOR,
            Some(author) => match ids::number(&author) {
                Some(number) if (number << SHIFT) >> SHIFT == number => (number << SHIFT) | NUMBER,
                _ => (self.place(author) << SHIFT) | PLACE,
            },
        };
        Packed(author | if facts.published { PUBLISHED } else { 0 })
    }

    fn place(&mut self, author: Id) -> i64 {
        let place = match self.places.get(&author) {
            Some(place) => *place,
            None => {
                self.texts += text_bytes(&author) + size_of::<Id>() * 4;
                self.places.insert(author.clone(), self.authors.len());
                self.authors.push(author);
                self.authors.len() - 1
            }
        };
        i64::try_from(place).unwrap_or(0)
    }

    /// What is known of an article.
    #[must_use]
    pub fn get(&self, id: &Id) -> Option<Article<'_>> {
        let Packed(packed) = match ids::number(id) {
            Some(number) => self.numbers.get(&number),
            None => self.others.get(id),
        }?;
        let rest = packed >> SHIFT;
        let author = match packed & KIND {
            NUMBER => Some(Cow::Owned(Id::Int(rest))),
            PLACE => usize::try_from(rest)
                .ok()
                .and_then(|place| self.authors.get(place))
                .map(Cow::Borrowed),
            _ => None,
        };
        Some(Article { published: packed & PUBLISHED != 0, author })
    }

    /// Number of articles.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len() + self.others.len()
    }

    /// Returns whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes held at most while so many more articles are added: a map that is full is copied into
    /// one of twice its size.
    #[must_use]
    pub fn bytes_with(&self, more: usize) -> usize {
        let map = |held: usize, entries: usize, entry: usize| match entries + more <= held {
            true => buckets(held) * entry,
            false => (buckets(held) + buckets(entries + more)) * entry,
        };
        let numbers = map(self.numbers.capacity(), self.numbers.len(), ENTRY);
        // Which of the two grows is not known: without any other id, the first.
        let others = match self.others.is_empty() {
            true => 0,
            false => map(self.others.capacity(), self.others.len(), OTHER_ENTRY),
        };
        numbers + others + self.texts
    }
}

impl FromIterator<(Id, ArticleFacts)> for ArticleIndex {
    fn from_iter<I: IntoIterator<Item = (Id, ArticleFacts)>>(articles: I) -> Self {
        let mut index = ArticleIndex::default();
        articles.into_iter().for_each(|(id, facts)| index.insert(id, facts));
        index
    }
}

fn buckets(entries: usize) -> usize {
    (entries * 8 / 7).next_power_of_two()
}

fn text_bytes(id: &Id) -> usize {
    if let Id::Str(text) = id { text.len() + TEXT } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn article(author: &str) -> ArticleFacts {
        ArticleFacts { published: true, author: Some(Id::from(author)) }
    }

    #[test]
    fn articles_are_found_by_either_form_of_their_id() {
        let index: ArticleIndex =
            [(Id::from(7_i64), article("u")), (Id::from("a'b"), article("u"))]
                .into_iter()
                .collect();
        let expected = article("u");
        assert_eq!(index.get(&Id::from("7")), Some(Article::from(&expected)));
        assert_eq!(index.get(&Id::from("a'b")), Some(Article::from(&expected)));
        assert_eq!(index.get(&Id::from("07")), None);
        assert_eq!((index.len(), index.is_empty()), (2, false));
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(
            published: bool,
            author in prop_oneof![
                Just(None),
                any::<i64>().prop_map(|number| Some(Id::from(number))),
                any::<u64>().prop_map(|number| Some(Id::from(number))),
                (-9_i64..9).prop_map(|number| Some(Id::from(number.to_string().as_str()))),
                ".{0,9}".prop_map(|text| Some(Id::from(text.as_str()))),
                prop::sample::select(vec![60, 61, 62, 63]).prop_flat_map(|bits| {
                    let edge = (1_u64 << bits).cast_signed();
                    (-2_i64..2).prop_map(move |by| Some(Id::from(edge.wrapping_add(by))))
                }),
            ],
        ) {
            let facts = ArticleFacts { published, author };
            let mut index = ArticleIndex::default();
            index.insert(Id::from(2_i64), article("another's"));
            index.insert(Id::from(1_i64), facts.clone());
            prop_assert_eq!(index.get(&Id::from(1_i64)), Some(Article::from(&facts)));
            prop_assert_eq!(index.get(&Id::from(1_i64)).map(Article::into_facts), Some(facts));
        }
    }

    #[test]
    fn the_text_of_an_author_is_held_once() {
        let mut index = ArticleIndex::default();
        index.insert(Id::from(1_i64), article("the same author of a thousand articles"));
        let one = index.texts;
        (2..1_000_i64).for_each(|id| {
            index.insert(Id::from(id), article("the same author of a thousand articles"));
        });
        assert_eq!(index.texts, one);
    }

    #[test]
    fn a_map_that_grows_counts_twice() {
        let mut index = ArticleIndex::default();
        for id in 0..10_000_i64 {
            let room = index.numbers.capacity() - index.numbers.len();
            let (stays, grows) = (index.bytes_with(room), index.bytes_with(room + 1));
            assert!(stays >= index.len() * ENTRY);
            assert!(grows >= stays + stays.min(index.len() * ENTRY), "{stays} {grows}");
            index.insert(Id::from(id), ArticleFacts::default());
        }
    }
}
