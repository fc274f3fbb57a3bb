//! Several rows for one user or article, as a view or a join may have them: what they say together.
//!
//! A user is active, and an article published, only if every row says so. Of several authors the
//! first is taken: numbers before texts. So the order of the rows, which no database promises, makes
//! no difference.

use std::borrow::Cow;
use std::collections::hash_map::Entry;

use reco_core::facts::{Article, ArticleFacts, ArticleIndex, UserFacts};
use reco_core::{Id, IdMap};

use super::database::KnownArticles;

/// Adds what a row says of a user.
pub(super) fn add_user(users: &mut IdMap<UserFacts>, id: Id, active: bool) {
    match users.entry(id) {
        Entry::Occupied(mut known) => known.get_mut().active &= active,
        Entry::Vacant(place) => {
            place.insert(UserFacts { active, ..UserFacts::default() });
        }
    }
}

/// Adds what a row says of an article.
pub(super) fn add_article(articles: &mut KnownArticles, id: Id, facts: ArticleFacts) {
    let facts = match articles.get(&id) {
        Some(known) => together(known.clone(), facts),
        None => facts,
    };
    articles.insert(id, facts);
}

/// Adds what a row says of an article to those of a long run.
pub(super) fn index_article(index: &mut ArticleIndex, id: Id, facts: ArticleFacts) {
    match index.get(&id).map(Article::into_facts) {
        None => index.insert(id, facts),
        Some(known) => {
            let facts = together(known.clone(), facts);
            if facts != known {
                index.insert(id, facts);
            }
        }
    }
}

fn together(one: ArticleFacts, other: ArticleFacts) -> ArticleFacts {
    let author = match (one.author, other.author) {
        (Some(one), Some(other)) if rank(&other) < rank(&one) => Some(other),
        (one, other) => one.or(other),
    };
    ArticleFacts { published: one.published && other.published, author }
}

/// The order of ids in an SQLite file.
fn rank(id: &Id) -> (bool, i64, Cow<'_, str>) {
    match id.as_integer().map(i64::try_from) {
        Some(Ok(number)) => (false, number, Cow::Borrowed("")),
        _ => (true, 0, id.text()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts() -> impl Strategy<Value = ArticleFacts> {
        let author = prop_oneof![
            Just(None),
            any::<i64>().prop_map(|id| Some(Id::from(id))),
            any::<u64>().prop_map(|id| Some(Id::from(id))),
            "[a-c0-9]{1,3}".prop_map(|id| Some(Id::from(id.as_str()))),
        ];
        (any::<bool>(), author).prop_map(|(published, author)| ArticleFacts { published, author })
    }

    proptest! {
        #[test]
        fn the_order_of_rows_makes_no_difference(rows in proptest::collection::vec(facts(), 1..6)) {
            let of = |rows: &mut dyn Iterator<Item = &ArticleFacts>| {
                let (mut map, mut index) = (KnownArticles::default(), ArticleIndex::default());
                for row in rows {
                    add_article(&mut map, Id::from(1_i64), row.clone());
                    index_article(&mut index, Id::from(1_i64), row.clone());
                }
                assert_eq!(map.get(&Id::from(1_i64)).map(Article::from), index.get(&Id::from(1_i64)));
                map
            };
            prop_assert_eq!(of(&mut rows.iter()), of(&mut rows.iter().rev()));
        }
    }
}
