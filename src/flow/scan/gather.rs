//! Messages found so far; superseded ones are known only when all messages were received.

use reco_core::supersede::Newest;

use super::Found;
use crate::flow::judge::Examined;
use crate::flow::spool::Slot;

/// Messages found so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    newest: Newest,
    found: Vec<(Examined, Option<Slot>)>,
}

impl Gathered {
    /// Adds a judged message.
    pub(super) fn add(&mut self, examined: Examined, slot: Option<Slot>) {
        if examined.can_pass() {
            self.newest.observe_digests(&examined.users, examined.made_ms);
        }
        self.found.push((examined, slot));
    }

    /// All that was found, in order, now that it is known which messages are superseded.
    pub(super) fn finish(self) -> (Vec<Found>, Newest) {
        let Gathered { newest, found } = self;
        let found = found.into_iter().map(|(mut examined, slot)| {
            if newest.supersedes_digests(&examined.users, examined.made_ms) {
                examined.row.verdict.mark_superseded();
            }
            Found { row: examined.row, slot }
        });
        let mut found: Vec<Found> = found.collect();
        found.sort_by(|a, b| order(a).cmp(&order(b)));
        (found, newest)
    }
}

/// By sequence number on FIFO queues, where it grows over the whole queue; else by the time of
/// sending, and by id so that two scans agree.
fn order(found: &Found) -> (Option<u128>, Option<i64>, &str) {
    (found.row.sequence, found.row.sent_at_ms, &found.row.message_id)
}

#[cfg(test)]
mod tests {
    use reco_core::classify::{Class, Classification, Content, Surroundings, classify};
    use reco_core::decode::decode;
    use reco_core::facts::FactSet;
    use reco_core::item::{KeyType, Schema};
    use reco_core::policy::Policy;
    use reco_core::supersede::user_digest;

    use super::*;
    use crate::flow::judge::Row;

    fn examined(id: &str, body: &str, made_ms: i64) -> Examined {
        let schema = Schema::with_key_type(KeyType::N);
        let content =
            Content::judge(decode(body), &FactSet::Unavailable, &Policy::default(), &schema);
        let around = Surroundings {
            message_bytes: body.len(),
            destination_limit: None,
            sent_at: None,
            in_table: &std::collections::HashMap::new(),
            superseded: false,
        };
        let verdict: Classification = classify(&content, &around);
        let row = Row::for_tests(id, verdict, made_ms);
        let users = content.writable_users().map(|user| user_digest(None, user)).collect();
        Examined { row: Box::new(row), users, made_ms }
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
        let oversize = || {
            let mut message = examined("new", "[1, [10]]", 2_000);
            message.row.verdict.class = Class::Oversize;
            message
        };
        let unsendable = || {
            let mut message = examined("new", "[1, [10]]", 2_000);
            message.row.unsendable = Some("character U+0000".to_owned());
            message
        };
        for newer in [oversize(), unsendable()] {
            let mut state = Gathered::default();
            state.add(newer, None);
            state.add(examined("old", "[1, [11]]", 1_000), None);
            let (found, _) = state.finish();
            assert_eq!(found[0].row.message_id, "old");
            assert_eq!(found[0].row.verdict.class, Class::Retryable);
        }
        // What cannot pass is outdone itself all the same, but keeps the class that says why.
        let mut state = Gathered::default();
        state.add(oversize(), None);
        state.add(examined("newest", "[1, [11]]", 3_000), None);
        assert_eq!(state.finish().0[0].row.verdict.class, Class::Oversize);
    }
}
