//! What the receivers of one scan share.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use reco_core::supersede::Newest;
use tokio::sync::Notify;

use super::{Found, Goal, Scan};
use crate::aws::sqs::{BATCH, Damaged};
use crate::flow::judge::Examined;
use crate::flow::spool::Slot;

/// Empty long polls, one after the other, that mean an empty queue whatever its counts say: they
/// are approximate and lag.
const VOTES: u32 = 3;

/// The state of one scan.
#[derive(Debug)]
pub(super) struct State {
    goal: Goal,
    inner: Mutex<Inner>,
    /// Told when whoever rests must look again.
    changed: Notify,
}

#[derive(Debug)]
struct Inner {
    /// Messages that may still be asked for.
    room: usize,
    stopped: bool,
    exhausted: bool,
    last_hit: Instant,
    /// When the receives began that are out.
    out: Vec<Instant>,
    /// Whether somebody who voted is finding out what that means.
    deciding: bool,
    votes: u32,
    matching: usize,
    newest: Newest,
    found: Vec<(Examined, Option<Slot>)>,
    damaged: Vec<Damaged>,
    repeated: u64,
    again: u64,
}

impl State {
    /// A scan that may hold up to `room` messages.
    pub(super) fn new(goal: Goal, room: usize) -> Self {
        let room = match goal {
            Goal::First(wanted) => wanted.min(room),
            Goal::All | Goal::Matching(_) => room,
        };
        let inner = Inner {
            room,
            stopped: false,
            exhausted: false,
            last_hit: Instant::now(),
            out: Vec::new(),
            deciding: false,
            votes: 0,
            matching: 0,
            newest: Newest::default(),
            found: Vec::new(),
            damaged: Vec::new(),
            repeated: 0,
            again: 0,
        };
        State { goal, inner: Mutex::new(inner), changed: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reserves room for one receive; `None` when there is nothing more to ask for.
    pub(super) fn claim(&self) -> Option<usize> {
        let mut inner = self.lock();
        let enough = matches!(self.goal, Goal::Matching(wanted) if inner.matching >= wanted);
        if inner.stopped || enough || inner.room == 0 {
            return None;
        }
        let claim = inner.room.min(BATCH);
        inner.room -= claim;
        Some(claim)
    }

    /// Notes that a receive goes out; the answer is when.
    pub(super) fn begin_receive(&self) -> Instant {
        let now = Instant::now();
        self.lock().out.push(now);
        now
    }

    /// Notes that the receive is over that began at `began`.
    pub(super) fn end_receive(&self, began: Instant) {
        let mut inner = self.lock();
        if let Some(at) = inner.out.iter().position(|out| *out == began) {
            inner.out.swap_remove(at);
        }
    }

    /// Waits, after an empty receive, while another one is out that will say whether the queue is
    /// empty: a second one would only make the end of the scan wait for its answer.
    ///
    /// Whoever comes back last finds no other out and goes on, so somebody always watches.
    pub(super) async fn rest(&self) {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            if !self.is_watched() {
                return;
            }
            changed.await;
        }
    }

    fn is_watched(&self) -> bool {
        let inner = self.lock();
        let watched = inner.out.iter().any(|began| *began >= inner.last_hit);
        !inner.stopped && (watched || inner.deciding)
    }

    /// Lets those who rest look again.
    pub(super) fn wake(&self) {
        self.changed.notify_waiters();
    }

    /// Returns room that a receive did not fill.
    pub(super) fn give_back(&self, room: usize) {
        self.lock().room += room;
    }

    /// Notes that a receive brought messages: `new` ones and ones that are held already.
    pub(super) fn hit(&self, claim: usize, new: usize, repeated: usize, damaged: Vec<Damaged>) {
        let mut inner = self.lock();
        inner.room += claim.saturating_sub(new);
        inner.repeated += repeated as u64;
        inner.damaged.extend(damaged);
        if new > 0 {
            inner.last_hit = Instant::now();
            inner.votes = 0;
            drop(inner);
            self.wake();
        }
    }

    /// Notes messages that an earlier scan has judged.
    pub(super) fn came_again(&self, messages: u64) {
        self.lock().again += messages;
    }

    /// Notes an empty receive that began at `began`. True when it says something about the queue:
    /// another receive may have emptied it, or voted, in the meantime. Then [`State::exhaust`] or
    /// [`State::undecided`] comes next.
    pub(super) fn vote_empty(&self, began: Instant) -> bool {
        let mut inner = self.lock();
        if inner.stopped || began < inner.last_hit {
            return false;
        }
        inner.votes += 1;
        inner.last_hit = Instant::now();
        inner.deciding = true;
        true
    }

    /// The vote did not decide; whoever cast it goes on.
    pub(super) fn undecided(&self) {
        self.lock().deciding = false;
        self.wake();
    }

    pub(super) fn has_enough_votes(&self) -> bool {
        self.lock().votes >= VOTES
    }

    /// Ends the scan: the queue is empty.
    pub(super) fn exhaust(&self) {
        let mut inner = self.lock();
        inner.exhausted = true;
        inner.stopped = true;
        drop(inner);
        self.wake();
    }

    /// Ends the scan.
    pub(super) fn stop(&self) {
        self.lock().stopped = true;
        self.wake();
    }

    /// Whether it matters which messages are wanted.
    pub(super) fn counts_matching(&self) -> bool {
        matches!(self.goal, Goal::Matching(_))
    }

    /// Adds a judged message, and whether it counts towards [`Goal::Matching`].
    pub(super) fn add(&self, examined: Examined, slot: Option<Slot>, wanted: bool) {
        let mut inner = self.lock();
        if examined.can_pass() {
            inner.newest.observe_digests(&examined.users, examined.made_ms);
        }
        inner.matching += usize::from(wanted);
        inner.found.push((examined, slot));
    }

    /// What was found, now that it is known which messages are superseded.
    pub(super) fn finish(&self) -> Scan {
        let mut inner = self.lock();
        let found = std::mem::take(&mut inner.found);
        let newest = std::mem::take(&mut inner.newest);
        let mut found: Vec<Found> = found
            .into_iter()
            .map(|(mut examined, slot)| {
                if newest.supersedes_digests(&examined.users, examined.made_ms) {
                    examined.row.verdict.mark_superseded();
                }
                Found { row: examined.row, slot }
            })
            .collect();
        found.sort_by(|a, b| order(a).cmp(&order(b)));
        Scan {
            found,
            damaged: std::mem::take(&mut inner.damaged),
            repeated: inner.repeated,
            again: inner.again,
            exhausted: inner.exhausted,
            newest,
        }
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
        let state = State::new(Goal::All, 10);
        state.add(examined("new", "[1, [10]]", 2_000), None, false);
        state.add(examined("old", "[1, [11]]", 1_000), None, false);
        state.add(examined("other", "[2, [11]]", 1_000), None, false);
        state.add(examined("broken", "{", 1_000), None, false);
        let classes: Vec<(String, Class)> = state
            .finish()
            .found
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
            let state = State::new(Goal::All, 10);
            state.add(newer, None, false);
            state.add(examined("old", "[1, [11]]", 1_000), None, false);
            let scan = state.finish();
            assert_eq!(scan.found[0].row.message_id, "old");
            assert_eq!(scan.found[0].row.verdict.class, Class::Retryable);
        }
        // What cannot pass is outdone itself all the same, but keeps the class that says why.
        let state = State::new(Goal::All, 10);
        state.add(oversize(), None, false);
        state.add(examined("newest", "[1, [11]]", 3_000), None, false);
        assert_eq!(state.finish().found[0].row.verdict.class, Class::Oversize);
    }

    #[test]
    fn no_more_is_asked_for_than_is_wanted() {
        let state = State::new(Goal::First(12), 100);
        assert_eq!([state.claim(), state.claim(), state.claim()], [Some(10), Some(2), None]);
        state.hit(10, 7, 0, vec![]);
        assert_eq!([state.claim(), state.claim()], [Some(3), None]);
        let state = State::new(Goal::All, 4);
        assert_eq!([state.claim(), state.claim()], [Some(4), None]);
    }

    #[test]
    fn a_scan_for_matching_messages_ends_with_enough_of_them() {
        let state = State::new(Goal::Matching(1), 100);
        state.add(examined("sound", "[1, [10]]", 1), None, false);
        assert!(state.claim().is_some());
        state.add(examined("broken", "{", 1), None, true);
        assert_eq!(state.claim(), None);
    }

    #[test]
    fn an_empty_receive_that_began_before_the_last_find_says_nothing() {
        let state = State::new(Goal::All, 100);
        let before = Instant::now();
        state.hit(10, 1, 0, vec![]);
        assert!(!state.vote_empty(before));
        assert!(state.vote_empty(Instant::now()));
        assert!(!state.has_enough_votes());
        assert!(state.vote_empty(Instant::now()) && state.vote_empty(Instant::now()));
        assert!(state.has_enough_votes());
    }

    #[tokio::test]
    async fn of_those_who_find_nothing_one_watches_and_the_others_rest() {
        let state = State::new(Goal::All, 100);
        let too_early = state.begin_receive();
        state.hit(10, 1, 0, vec![]);
        // Nobody else is out whose answer would tell.
        state.rest().await;
        let watching = state.begin_receive();
        state.end_receive(too_early);
        let mut resting = pin!(state.rest());
        assert!(futures::poll!(&mut resting).is_pending());
        state.hit(10, 1, 0, vec![]);
        resting.await;
        state.end_receive(watching);
        state.begin_receive();
        let mut resting = pin!(state.rest());
        assert!(futures::poll!(&mut resting).is_pending());
        state.exhaust();
        resting.await;
    }

    #[tokio::test]
    async fn while_a_vote_is_weighed_the_others_rest() {
        let state = State::new(Goal::All, 100);
        let voter = state.begin_receive();
        state.end_receive(voter);
        assert!(state.vote_empty(voter));
        let mut resting = pin!(state.rest());
        assert!(futures::poll!(&mut resting).is_pending());
        state.undecided();
        // The voter itself does not rest: somebody must watch.
        state.rest().await;
    }
}
