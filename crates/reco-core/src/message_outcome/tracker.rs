//! Tracks the moved messages of a run until each has an outcome that stays.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::sent::SentIndex;
use super::users::Users;
use super::{Destinations, Lists, MessageOutcome, UserCounts, UserFate};
use crate::human::amount;
use crate::journal::JournalState;
use crate::message::Message;

/// Messages that a run moved, with their outcomes so far.
///
/// A look has three steps: [`Tracker::begin`], [`Tracker::enter`] for each message that was
/// [`Tracker::wanted`], and [`Tracker::settle`]; messages of the DLQ go to [`Tracker::returned`] in
/// between. About 200 bytes per message, and 30 per user.
#[derive(Debug, Default)]
pub struct Tracker {
    /// Sorted by id.
    messages: Vec<Tracked>,
    sent: SentIndex,
    users: Users,
    /// Lists of messages without a final outcome, by the last look.
    open: HashMap<u32, Lists>,
    reasons: HashMap<u32, Arc<str>>,
    /// Ids of the copies that are in the DLQ, with the message that each is.
    returned: HashMap<Box<str>, u32>,
    /// Messages that came back.
    taken: HashSet<u32>,
    /// True if a list that may have been in the table before the send proves nothing.
    is_strict: bool,
    /// Time of the last attempt to send, in milliseconds since the epoch.
    last_sent_ms: Option<i64>,
    /// Messages found to be back since the last look ended.
    newly_back: Vec<usize>,
    /// Time from which a copy with the same content counts, in milliseconds since the epoch.
    since_ms: i64,
}

#[derive(Debug)]
struct Tracked {
    id: Box<str>,
    outcome: MessageOutcome,
    is_final: bool,
    /// True once its users are counted.
    counted: bool,
    /// True if its lists were not in the table before it was sent: they prove that it was handled.
    was_missing: bool,
}

/// Data that a look needs about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing.
    Nothing,
    /// Its users, whose lists are known to be in the table.
    Users,
    /// Its users, and what the table holds for them.
    Lists,
}

/// A moved message with its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MovedMessage<'a> {
    /// Id in the DLQ that it was moved from.
    pub message_id: &'a str,
    /// Its outcome.
    pub outcome: MessageOutcome,
    /// Reason, if the outcome needs one.
    pub reason: Option<&'a str>,
}

impl Tracker {
    /// Creates a tracker of the messages that the destination has according to the journal. What an
    /// earlier look has settled stays settled. `since_ms` is the time at which the run began.
    #[must_use]
    pub fn of(state: &JournalState, since_ms: i64) -> Self {
        let tracked = state.sent().map(|sent| Tracked {
            id: sent.message_id.into(),
            outcome: sent.became.unwrap_or_default(),
            is_final: sent.became.is_some(),
            counted: false,
            was_missing: false,
        });
        let messages: Vec<Tracked> = tracked.collect();
        let (sent, last_sent_ms) = (SentIndex::of(state.sent()), state.last_sent_ms());
        Tracker { messages, sent, since_ms, last_sent_ms, ..Tracker::default() }
    }

    /// Trusts only what proves that a message was handled: lists that were not in the table before,
    /// or an empty destination. `missing` are the messages whose lists were not there before they
    /// were sent.
    pub fn trusts_only<'a>(&mut self, missing: impl IntoIterator<Item = &'a str>) {
        self.is_strict = true;
        for id in missing {
            if let Some(at) = self.find(id) {
                self.messages[at].was_missing = true;
            }
        }
    }

    /// Adds to the reason of a message. Its outcome stays: a line of a log decides nothing.
    pub fn explain(&mut self, message_id: &str, words: &str) {
        let Some(at) = self.find(message_id).map(place) else { return };
        let reason = match self.reasons.get(&at) {
            Some(reason) => format!("{reason}; {words}"),
            None => words.to_owned(),
        };
        self.reasons.insert(at, reason.into());
    }

    /// Returns the time at which the run began, in milliseconds since the epoch.
    #[must_use]
    pub const fn since_ms(&self) -> i64 {
        self.since_ms
    }

    /// Returns the time of the last attempt to send a message, in milliseconds since the epoch.
    #[must_use]
    pub fn last_sent_ms(&self) -> Option<i64> {
        self.last_sent_ms
    }

    /// Returns the number of messages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Returns whether no message was moved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Begins to enter what a look has read: what the last one said of the table may have changed.
    pub fn begin(&mut self) {
        self.users.begin();
        self.open.clear();
    }

    /// Returns what this look needs of a message.
    #[must_use]
    pub fn wanted(&self, message_id: &str) -> Wanted {
        match self.find(message_id).map(|at| &self.messages[at]) {
            None => Wanted::Nothing,
            Some(one) if one.is_final && one.outcome.is_good() => match one.counted {
                true => Wanted::Nothing,
                false => Wanted::Users,
            },
            // The users of a message that came back may have got a list since.
            Some(_) => Wanted::Lists,
        }
    }

    /// Enters what the table holds for the users of a message. `fails` says that the function
    /// returns the message whatever it writes. `reason` says why lists were not read.
    pub fn enter(
        &mut self,
        message_id: &str,
        entries: &[UserFate],
        fails: bool,
        reason: Option<&Arc<str>>,
    ) {
        let Some(at) = self.find(message_id) else { return };
        self.users.enter(entries);
        self.messages[at].counted = true;
        if self.messages[at].is_final {
            return;
        }
        let (lists, at) = (Lists::of(entries, fails), place(at));
        match reason.filter(|_| lists.unread) {
            Some(reason) => drop(self.reasons.insert(at, Arc::clone(reason))),
            None => drop(self.reasons.remove(&at)),
        }
        self.open.insert(at, lists);
    }

    /// Enters a message of the DLQ; returns whether it is a copy that came back. Of several copies
    /// with the same content, it is one that an earlier run of this tracker found to be back, else
    /// one that is not known to be written.
    pub fn returned(&mut self, message: &Message) -> bool {
        if self.returned.contains_key(&*message.id) {
            return true;
        }
        let may_be = self.sent.recognise(message, self.since_ms);
        let by_need = |at: &usize| {
            let one = &self.messages[*at];
            (one.outcome != MessageOutcome::CameBack, one.is_final, *at)
        };
        let free = may_be.filter(|at| !self.taken.contains(&place(*at)));
        let Some(at) = free.min_by_key(by_need) else { return false };
        let one = &mut self.messages[at];
        (one.outcome, one.is_final) = (MessageOutcome::CameBack, true);
        self.open.remove(&place(at));
        self.newly_back.push(at);
        self.returned.insert(message.id.as_str().into(), place(at));
        self.taken.insert(place(at));
        let receives = amount(message.receive_count(), "time");
        let reason = format!("in the DLQ again as {}, received {receives}", message.id);
        self.reasons.insert(place(at), reason.into());
        true
    }

    /// Ends a look. Returns the messages whose outcome is final since.
    pub fn settle(&mut self, destinations: Destinations) -> Vec<(&str, MessageOutcome)> {
        let mut newly = std::mem::take(&mut self.newly_back);
        for at in 0..self.messages.len() {
            let Some(lists) = self.open.get(&place(at)) else { continue };
            let (outcome, is_final, in_doubt) = self.decide(at, lists, destinations);
            let one = &mut self.messages[at];
            if in_doubt {
                let reason = "its lists may have been in the table before it was sent";
                self.reasons.insert(place(at), reason.into());
            }
            (one.outcome, one.is_final) = (outcome, is_final && outcome != MessageOutcome::Unknown);
            if outcome == MessageOutcome::Unknown && !lists.unread {
                let gone = "it left the queue, and neither the table nor the DLQ has it";
                self.reasons.insert(place(at), gone.into());
            }
            if is_final {
                self.open.remove(&place(at));
            }
            if one.is_final {
                newly.push(at);
            }
        }
        newly.into_iter().map(|at| (&*self.messages[at].id, self.messages[at].outcome)).collect()
    }

    /// Returns the number of messages about which another look could tell more.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// Returns whether every message would be settled if the destinations were as given and none
    /// of them were in the DLQ.
    #[must_use]
    pub fn would_settle(&self, destinations: Destinations) -> bool {
        let mut open = self.open.iter();
        open.all(|(at, lists)| self.decide(*at as usize, lists, destinations).1)
    }

    /// Returns whether another look may read what this one could not.
    #[must_use]
    pub fn may_be_read(&self) -> bool {
        self.open.values().any(Lists::may_be_read)
    }

    /// Returns the outcome of an open message, whether it stays, and whether it only lacks proof.
    fn decide(
        &self,
        at: usize,
        lists: &Lists,
        destinations: Destinations,
    ) -> (MessageOutcome, bool, bool) {
        let (outcome, is_final) = lists.decide(|user| self.users.has(user), destinations);
        // A newer list proves another message's handling.
        let proven = self.messages[at].was_missing && is_final && lists.newer == 0;
        let busy = destinations == Destinations::Busy;
        if self.is_strict && outcome.is_good() && busy && !proven {
            return (MessageOutcome::StillWaiting, false, true);
        }
        (outcome, is_final, false)
    }

    /// Returns the number of messages by outcome; their sum is [`Tracker::len`].
    #[must_use]
    pub fn counts(&self) -> BTreeMap<MessageOutcome, u64> {
        let mut counts = BTreeMap::new();
        for one in &self.messages {
            *counts.entry(one.outcome).or_default() += 1;
        }
        counts
    }

    /// Returns the users of the messages, each counted once.
    #[must_use]
    pub fn users(&self) -> UserCounts {
        self.users.counts()
    }

    /// Returns every message with its outcome, sorted by id.
    pub fn messages(&self) -> impl Iterator<Item = MovedMessage<'_>> {
        (0..).zip(&self.messages).map(|(at, one)| MovedMessage {
            message_id: &one.id,
            outcome: one.outcome,
            reason: self.reasons.get(&at).map(|reason| &**reason),
        })
    }

    /// Returns a message with its outcome.
    #[must_use]
    pub fn message(&self, message_id: &str) -> Option<MovedMessage<'_>> {
        let at = self.find(message_id)?;
        let Tracked { id, outcome, .. } = &self.messages[at];
        let reason = self.reasons.get(&place(at)).map(|reason| &**reason);
        Some(MovedMessage { message_id: id, outcome: *outcome, reason })
    }

    fn find(&self, message_id: &str) -> Option<usize> {
        self.messages.binary_search_by(|one| (*one.id).cmp(message_id)).ok()
    }
}

/// Returns a position in four bytes: a run holds far fewer messages at once.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
