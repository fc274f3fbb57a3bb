//! Composes bodies of queue messages from recommendations, as producers write them.
//!
//! A body is `{"data": [[user, [ids...]], ...]}`, with `generated_at` if the lists have one. A body
//! has one such time, so lists with different times go into different bodies.

use std::collections::BTreeMap;

use crate::message::forbidden_character;
use crate::{Id, Recommendation, Time};

const HEAD: &str = "{\"data\":[";
const TAIL: &str = "]}";

/// Limits of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComposeLimits {
    /// Maximum number of users; consecutive lists of one user count once.
    pub users: usize,
    /// Maximum bytes of the whole body: the queue's `MaximumMessageSize`.
    pub bytes: usize,
}

/// A list serialised for a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composable {
    user: Id,
    text: String,
    generated_at: Option<Time>,
}

/// A list that no message can carry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// A message with this list alone exceeds the queue's limit.
    #[error("a message with this entry alone is {bytes} bytes; the queue accepts at most {limit}")]
    TooLarge {
        /// The size of such a message in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// An id contains a character that SQS rejects.
    #[error("an id contains the character U+{0:04X}, which SQS does not allow")]
    Forbidden(u32),
}

impl Composable {
    /// Serialises a list.
    ///
    /// # Errors
    /// [`ComposeError`] if a message with this list alone would be rejected.
    pub fn new(
        recommendation: &Recommendation,
        limits: ComposeLimits,
    ) -> Result<Self, ComposeError> {
        let text = entry(&recommendation.user, &recommendation.articles);
        if let Some((_, character)) = forbidden_character(&text) {
            return Err(ComposeError::Forbidden(character.into()));
        }
        let (user, generated_at) = (recommendation.user.clone(), recommendation.generated_at);
        let composable = Composable { user, text, generated_at };
        let bytes = HEAD.len() + composable.text.len() + tail(composable.generated_at).len();
        if bytes > limits.bytes {
            return Err(ComposeError::TooLarge { bytes, limit: limits.bytes });
        }
        Ok(composable)
    }

    /// Returns its size in a body, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }
}

/// A message body and the lists in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// Message body.
    pub body: String,
    /// Indexes of its lists in the input, ascending.
    pub lists: Vec<usize>,
}

/// Packs lists into bodies in order, as full as the limits allow. Each list is in exactly one body.
#[must_use]
pub fn compose(lists: &[Composable], limits: ComposeLimits) -> Vec<Composed> {
    let mut done = Vec::new();
    let mut open: BTreeMap<Option<Time>, Composed> = BTreeMap::new();
    let mut before: Option<&Composable> = None;
    for (index, list) in lists.iter().enumerate() {
        let tail = tail(list.generated_at);
        let body = open.entry(list.generated_at).or_insert_with(begun);
        let room = limits.bytes.saturating_sub(body.body.len() + tail.len() + 1);
        // Consecutive lists of one user stay in one body, which keeps their order.
        let follows = before.is_some_and(|before| {
            before.user == list.user && before.generated_at == list.generated_at
        });
        before = Some(list);
        let full = (body.lists.len() >= limits.users && !follows) || list.text.len() > room;
        if full && !body.lists.is_empty() {
            done.push(ended(std::mem::replace(body, begun()), &tail));
        }
        if !body.lists.is_empty() {
            body.body.push(',');
        }
        body.body.push_str(&list.text);
        body.lists.push(index);
    }
    for (generated_at, body) in open {
        done.push(ended(body, &tail(generated_at)));
    }
    done.sort_by_key(|composed| composed.lists.first().copied());
    done
}

fn begun() -> Composed {
    Composed { body: HEAD.to_owned(), lists: Vec::new() }
}

fn ended(mut composed: Composed, tail: &str) -> Composed {
    composed.body.push_str(tail);
    composed
}

fn tail(generated_at: Option<Time>) -> String {
    generated_at.map_or_else(|| TAIL.to_owned(), |at| format!("],\"generated_at\":{at}}}"))
}

/// Returns `[user,[ids...]]`, with each id in its original JSON type.
fn entry(user: &Id, articles: &[Id]) -> String {
    let mut text = String::with_capacity(16 + 12 * articles.len());
    text.push('[');
    push(&mut text, user);
    text.push_str(",[");
    for (rank, article) in articles.iter().enumerate() {
        if rank > 0 {
            text.push(',');
        }
        push(&mut text, article);
    }
    text.push_str("]]");
    text
}

fn push(text: &mut String, id: &Id) {
    match id {
        Id::Int(_) | Id::Uint(_) => text.push_str(&id.text()),
        Id::Str(string) => text.push_str(&serde_json::Value::from(&**string).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decode::decode;

    fn list(user: impl Into<Id>, articles: &[i64], generated_at: Option<i64>) -> Recommendation {
        let articles = articles.iter().map(|id| Id::from(*id)).collect();
        let generated_at = generated_at.map(Time::from_seconds);
        Recommendation { user: user.into(), articles, generated_at }
    }

    fn composed(lists: &[Recommendation], limits: ComposeLimits) -> Vec<Composed> {
        let lists: Result<Vec<_>, _> = lists.iter().map(|l| Composable::new(l, limits)).collect();
        compose(&lists.expect("all fit"), limits)
    }

    #[test]
    fn bodies_look_as_producers_write_them() {
        let lists = [
            list(1_i64, &[30, 10], None),
            list("a\"b", &[], None),
            list(2_i64, &[7], Some(1_768_446_000)),
            list(3_i64, &[8], None),
        ];
        let bodies = composed(&lists, ComposeLimits { users: 2, bytes: 1000 });
        let shown: Vec<_> = bodies.iter().map(|c| (c.body.as_str(), &c.lists[..])).collect();
        let expected: [(&str, &[usize]); 3] = [
            (r#"{"data":[[1,[30,10]],["a\"b",[]]]}"#, &[0, 1]),
            (r#"{"data":[[2,[7]]],"generated_at":1768446000}"#, &[2]),
            (r#"{"data":[[3,[8]]]}"#, &[3]),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn lists_of_one_user_that_follow_each_other_stay_together() {
        let lists = [1_i64, 2, 2, 2, 3].map(|user| list(user, &[user], None));
        let bodies = composed(&lists, ComposeLimits { users: 2, bytes: 1000 });
        let lists: Vec<_> = bodies.iter().map(|body| &body.lists[..]).collect();
        assert_eq!(lists, [&[0, 1, 2, 3][..], &[4]]);
    }

    #[test]
    fn what_no_message_can_carry_is_told_beforehand() {
        let limits = ComposeLimits { users: 50, bytes: 40 };
        let large = Composable::new(&list(1_i64, &[1; 20], None), limits);
        assert!(matches!(large, Err(ComposeError::TooLarge { limit: 40, .. })), "{large:?}");
        let forbidden = Composable::new(&list("a\u{ffff}", &[1], None), limits);
        assert_eq!(forbidden, Err(ComposeError::Forbidden(0xffff)));
        // JSON escapes this one, so SQS sees only harmless characters.
        assert!(Composable::new(&list("a\u{1}", &[1], None), limits).is_ok());
    }

    fn any_list() -> impl Strategy<Value = Recommendation> {
        let id = || {
            prop_oneof![
                any::<i64>().prop_map(Id::from),
                any::<u64>().prop_map(Id::from),
                "[a-zé\"\\\\\u{1}\u{10000}]{1,8}".prop_map(|text| Id::from(text.as_str())),
            ]
        };
        let time =
            (0_i64..3, 0_i64..2).prop_map(|(s, half)| Time::from_millis(s * 1000 + half * 500));
        let time = prop::option::of(time);
        (id(), prop::collection::vec(id(), 0..12), time).prop_map(
            |(user, articles, generated_at)| Recommendation { user, articles, generated_at },
        )
    }

    proptest! {
        #[test]
        fn the_lambda_reads_back_every_list_once(
            lists in prop::collection::vec(any_list(), 0..40),
            users in 1_usize..9,
            bytes in 40_usize..2000,
        ) {
            let limits = ComposeLimits { users, bytes };
            let fitting: Vec<_> = lists
                .iter()
                .filter_map(|list| Some((list, Composable::new(list, limits).ok()?)))
                .collect();
            let composables: Vec<_> = fitting.iter().map(|(_, c)| c.clone()).collect();
            let bodies = compose(&composables, limits);
            let mut seen = vec![0; fitting.len()];
            for body in &bodies {
                let user = |index: usize| &fitting[body.lists[index]].0.user;
                let follow = (1..body.lists.len()).filter(|n| user(*n) == user(*n - 1)).count();
                let counted = body.lists.len() - follow;
                prop_assert!(body.body.len() <= bytes && (1..=users).contains(&counted));
                let decoded = decode(&body.body).expect("a sound message");
                prop_assert!(decoded.bad.is_empty());
                prop_assert_eq!(decoded.entries.len(), body.lists.len());
                for (entry, index) in decoded.entries.iter().zip(&body.lists) {
                    seen[*index] += 1;
                    prop_assert_eq!(&entry.recommendation, fitting[*index].0);
                }
            }
            prop_assert!(seen.iter().all(|times| *times == 1), "{seen:?}");
        }
    }
}
