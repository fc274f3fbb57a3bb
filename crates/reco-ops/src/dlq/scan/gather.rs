//! Collecting the messages of a scan; superseded ones are known only once all were received.

use reco_core::supersede::Lists;

use super::Found;
use crate::dlq::judge::Examined;
use crate::files::spool::Slot;

/// Messages found so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    found: Vec<Found>,
    /// The lists that each message would write.
    lists: Lists,
}

impl Gathered {
    /// Reserves room for `messages`, which costs memory only as it is used; growth by doubling
    /// could take twice as much.
    pub(super) fn with_room(messages: usize) -> Self {
        Gathered { found: Vec::with_capacity(messages), lists: Lists::with_room(messages) }
    }

    /// Adds a classified message. Its row is boxed here, on the thread that will free it: an
    /// allocator reuses memory least well that one thread takes and another one frees.
    pub(super) fn add(&mut self, examined: Examined, slot: Option<Slot>) {
        self.lists.add(&examined.users, examined.made_ms, examined.can_pass());
        self.found.push(Found { row: Box::new(examined.row), slot });
    }

    /// Returns the found messages in order, with superseded ones marked.
    pub(super) fn finish(self) -> (Vec<Found>, Lists) {
        let Gathered { mut found, lists } = self;
        for (found, superseded) in found.iter_mut().zip(lists.superseded()) {
            if superseded {
                found.row.verdict.mark_superseded();
            }
        }
        // Unstable sorting is enough, since ids are unique.
        found.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
        (found, lists)
    }
}

/// Returns the sort key: on FIFO queues the sequence number, which increases across the queue;
/// otherwise the time of sending, then the id, so that two scans agree.
fn order(found: &Found) -> (Option<u128>, Option<i64>, &str) {
    (found.row.sequence.as_deref().copied(), found.row.sent_at_ms, &found.row.message_id)
}

#[cfg(test)]
mod tests {
    use reco_core::classify::{Class, Classification, ClassifyContext, MessageContent, classify};
    use reco_core::decode::decode;
    use reco_core::facts::FactSet;
    use reco_core::item::{KeyType, Schema};
    use reco_core::policy::Policy;
    use reco_core::supersede::user_digest;

    use super::*;
    use crate::dlq::judge::Row;
    use crate::sqs::lease;

    fn examined(id: &str, body: &str, made_ms: i64) -> Examined {
        let schema = Schema::with_key_type(KeyType::N);
        let content =
            MessageContent::judge(decode(body), &FactSet::Unavailable, &Policy::default(), &schema);
        let around = ClassifyContext {
            message_bytes: body.len(),
            destination_limit: None,
            sent_at: None,
            in_table: &std::collections::HashMap::new(),
            superseded: false,
        };
        let verdict: Classification = classify(&content, &around);
        let row = Row::for_tests(id, verdict, made_ms);
        let users = content.writable_users().map(|user| user_digest(None, user)).collect();
        Examined { row, users, made_ms }
    }

    /// Returns the heap size of a string in bytes.
    fn heap(text: &String) -> usize {
        text.capacity()
    }

    /// A hundred thousand messages may be held at once. The hash table of the lease is between 7/16
    /// and 7/8 full, so an entry takes about one and a half times its size.
    #[test]
    fn a_held_message_costs_at_most_a_kilobyte() {
        let articles: Vec<String> = (1_000..1_020).map(|id| id.to_string()).collect();
        let lists = (1..=5).map(|user| format!("[{user},[{}]]", articles.join(",")));
        let body = format!("{{\"data\":[{}]}}", lists.collect::<Vec<_>>().join(","));
        let id = "11111111-0000-4000-8000-000000000001";
        let mut state = Gathered::with_room(1);
        state.add(examined(id, &body, 1_000), None);
        let users = state.lists.bytes();
        let row = &state.found[0].row;
        let texts = row.verdict.reasons.iter().map(heap).sum::<usize>();
        let reasons = row.verdict.reasons.capacity() * size_of::<String>() + texts;
        let judged = size_of::<Row>() + heap(&row.message_id) + reasons;
        let all = size_of::<Found>() + judged + users + lease::bytes_of(id, id);
        assert!(size_of::<Row>() <= 256, "{}", size_of::<Row>());
        assert!(all <= 700, "{all}: {judged} judged, {users} of users");
    }

    #[test]
    fn superseded_is_decided_when_the_scan_ends_whatever_the_order() {
        let mut state = Gathered::default();
        state.add(examined("new", "[1, [10]]", 2_000), None);
        state.add(examined("old", "[1, [11]]", 1_000), None);
        state.add(examined("other", "[2, [11]]", 1_000), None);
        state.add(examined("broken", "{", 1_000), None);
        let classes: Vec<(String, Class)> = state
            .finish()
            .0
            .into_iter()
            .map(|found| (found.row.message_id, found.row.verdict.class))
            .collect();
        let expected = [
            ("broken", Class::Malformed),
            ("old", Class::Superseded),
            ("other", Class::Retryable),
            ("new", Class::Retryable),
        ];
        assert_eq!(classes, expected.map(|(id, class)| (id.to_owned(), class)));
    }

    #[test]
    fn what_cannot_pass_supersedes_nothing() {
        let newer = |change: fn(&mut Row)| {
            let mut message = examined("new", "[1, [10]]", 2_000);
            change(&mut message.row);
            message
        };
        let oversize = || newer(|row| row.verdict.class = Class::Oversize);
        let unsendable = newer(|row| row.unsendable = Some("character U+0000".into()));
        for newer in [oversize(), unsendable] {
            let mut state = Gathered::default();
            state.add(newer, None);
            state.add(examined("old", "[1, [11]]", 1_000), None);
            let (found, _) = state.finish();
            assert_eq!(found[0].row.message_id, "old");
            assert_eq!(found[0].row.verdict.class, Class::Retryable);
        }
        // A message that cannot pass may itself be outdated, but keeps the class that says why.
        let mut state = Gathered::default();
        state.add(oversize(), None);
        state.add(examined("newest", "[1, [11]]", 3_000), None);
        assert_eq!(state.finish().0[0].row.verdict.class, Class::Oversize);
    }
}
