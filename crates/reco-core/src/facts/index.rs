//! Articles held in memory for a whole run.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{ArticleFacts, ids};
use crate::{Id, IdMap, IdSet};

/// Bytes of an entry: the id, what is known of it, and the map's own byte.
const ENTRY: usize = size_of::<(i64, ArticleFacts)>() + 1;
const OTHER_ENTRY: usize = size_of::<(Id, ArticleFacts)>() + 1;

/// Bytes that a text takes beside its own: counters, length, and what the allocator rounds up.
const TEXT: usize = 32;

/// The facts of articles, read once and shared by all batches.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ArticleIndex {
    /// By integers within 64 bits, as nearly all ids are.
    numbers: HashMap<i64, ArticleFacts, RandomState>,
    /// By all other ids.
    others: IdMap<ArticleFacts>,
    /// Authors whose ids are texts: most wrote more than one article, and their id is kept once.
    authors: IdSet,
    texts: usize,
}

impl ArticleIndex {
    /// Adds an article, or replaces what is known of it.
    pub fn insert(&mut self, id: Id, mut facts: ArticleFacts) {
        if let Some(Id::Str(_)) = facts.author {
            facts.author = facts.author.map(|author| self.shared(author));
        }
        match ids::number(&id) {
            Some(number) => {
                self.numbers.insert(number, facts);
            }
            None => {
                self.texts += text_bytes(&id);
                self.others.insert(id, facts);
            }
        }
    }

    fn shared(&mut self, author: Id) -> Id {
        if let Some(known) = self.authors.get(&author) {
            return known.clone();
        }
        self.texts += text_bytes(&author) + size_of::<Id>() * 2;
        self.authors.insert(author.clone());
        author
    }

    /// What is known of an article.
    #[must_use]
    pub fn get(&self, id: &Id) -> Option<&ArticleFacts> {
        match ids::number(id) {
            Some(number) => self.numbers.get(&number),
            None => self.others.get(id),
        }
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
        assert_eq!(index.get(&Id::from("7")), Some(&article("u")));
        assert_eq!(index.get(&Id::from("a'b")), Some(&article("u")));
        assert_eq!(index.get(&Id::from("07")), None);
        assert_eq!((index.len(), index.is_empty()), (2, false));
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
