//! Scan of a queue: receives, holds and classifies its messages.
//!
//! Every received message is held until the scan's owner releases or deletes it, so that none is
//! received twice.

mod gather;
mod known;

use std::sync::Arc;

use reco_core::message::Message;
use reco_core::settle::Deletable;
use reco_core::supersede::Lists;

use crate::aws::sqs::Damaged;
use crate::dlq::journal::now_ms;
use crate::dlq::judge::{Examined, Judge, Row};
use crate::dlq::select::{Match, Matcher};
use crate::error::Result;
use crate::event::Progress;
use crate::files::spool::{Slot, Spool};
use crate::sqs::{Bound, DeleteOutcome, Drain, DrainEnd, VisibilityLease};
use gather::Gathered;
pub use known::SeenMessages;

/// AWS: about 120,000 messages of a queue may be in flight; the rest is left to other consumers.
pub const HOLD_LIMIT: usize = 100_000;

/// Goal of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// All messages, up to the scanner's limit.
    All,
    /// This many messages, unfiltered.
    First(usize),
    /// This many messages that match the scanner's `wanted`.
    Matching(usize),
    /// The front of each FIFO group, as far as it is delivered at once; more scans follow.
    Front,
}

impl Goal {
    /// Returns the goal for the messages that a matcher names by id: all, if one of them is given by
    /// a prefix, which can be known to be unambiguous only then.
    #[must_use]
    pub fn of_ids(matcher: &Matcher) -> Self {
        match &matcher.ids {
            Some(ids) if !matcher.has_beginnings() => Goal::Matching(ids.len()),
            _ => Goal::All,
        }
    }
}

/// Parts of each message kept besides its classification.
#[derive(Debug, Clone)]
pub enum Keep {
    /// Only the classification.
    Nothing,
    /// The whole message, on disk.
    Spooled(Arc<Spool>),
}

/// Message found by a scan.
#[derive(Debug)]
pub struct Found {
    /// Classification. Boxed, because lists of found messages are sorted, split and passed on.
    pub row: Box<Row>,
    /// Location of the whole message, if it was spooled.
    pub slot: Option<Slot>,
}

/// Result of a scan.
#[derive(Debug)]
pub struct Scan {
    /// Messages by time of sending, oldest first; FIFO: each group in its own order.
    pub found: Vec<Found>,
    /// Messages corrupted in transit: held, and not to be touched.
    pub damaged: Vec<Damaged>,
    /// Deliveries of messages that were already held.
    pub repeated: u64,
    /// Messages that an earlier scan released and this one received again: held, not classified
    /// again.
    pub again: u64,
    /// Messages that were sent before but not deleted, received again, with the outcome of each
    /// delete.
    pub cleared: Vec<(Deletable, DeleteOutcome)>,
    /// Reason why it ended.
    pub end: DrainEnd,
    /// Lists of the found messages.
    pub lists: Lists,
}

impl Scan {
    /// Returns a scan made of messages that earlier scans found.
    #[must_use]
    pub fn of(found: Vec<Found>) -> Self {
        let (damaged, cleared, lists) = (Vec::new(), Vec::new(), Lists::default());
        let end = DrainEnd::Enough;
        Scan { found, damaged, repeated: 0, again: 0, cleared, end, lists }
    }

    /// Returns the number of received messages that no earlier scan classified.
    #[must_use]
    pub fn new_messages(&self) -> u64 {
        (self.found.len() + self.damaged.len()) as u64
    }

    /// Returns the number of received and held messages, including those classified before.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.new_messages() + self.again
    }
}

/// Inputs of a scan.
#[derive(Debug)]
pub struct Scanner {
    /// Receives messages within bounds.
    pub drain: Arc<Drain>,
    /// Classifies received messages.
    pub judge: Judge,
    /// Parts of each message to keep.
    pub keep: Keep,
    /// Maximum number of messages held at once.
    pub limit: usize,
    /// Messages that earlier scans classified and released.
    pub known: SeenMessages,
    /// Matcher for [`Goal::Matching`].
    pub wanted: Arc<Matcher>,
}

/// Classified messages of one receive.
struct Judged {
    messages: Vec<(Examined, Option<Slot>, bool)>,
    again: u64,
}

impl Scanner {
    /// Returns the lease that holds the received messages.
    #[must_use]
    pub fn lease(&self) -> &Arc<VisibilityLease> {
        &self.drain.lease
    }

    /// Scans until the goal is reached, the `depth` messages visible at the start have been
    /// received, or no more are delivered.
    ///
    /// # Errors
    /// When receiving or classifying fails; the messages received until then stay held.
    pub async fn scan(
        self: &Arc<Self>,
        goal: Goal,
        depth: u64,
        progress: &Arc<Progress>,
    ) -> Result<Scan> {
        let room = self.limit.saturating_sub(self.lease().held());
        let at_most = match goal {
            Goal::First(wanted) => wanted.min(room),
            Goal::All | Goal::Matching(_) | Goal::Front => room,
        };
        let bound = Bound { at_most, depth, front_only: goal == Goal::Front, awaits_counts: true };
        let (scanner, progress) = (Arc::clone(self), Arc::clone(progress));
        let work = move |messages| {
            let (scanner, progress) = (Arc::clone(&scanner), Arc::clone(&progress));
            async move {
                let judged = scanner.note(goal, messages).await?;
                progress.advance(judged.messages.len() as u64);
                Ok(judged)
            }
        };
        let (mut gathered, mut again, mut matching) = (Gathered::with_room(room_for(bound)), 0, 0);
        let accept = |judged: Judged| {
            again += judged.again;
            for (examined, slot, wanted) in judged.messages {
                matching += usize::from(wanted);
                gathered.add(examined, slot);
            }
            matches!(goal, Goal::Matching(wanted) if matching >= wanted)
        };
        let drained = self.drain.run(bound, work, accept).await?;
        let (found, lists) = gathered.finish();
        let damaged = self.known.unknown(drained.damaged, |damaged| &damaged.message_id);
        Ok(Scan {
            found,
            damaged,
            repeated: drained.repeated,
            again,
            cleared: drained.cleared,
            end: drained.end,
            lists,
        })
    }

    async fn note(&self, goal: Goal, messages: Vec<Message>) -> Result<Judged> {
        let count = messages.len();
        let messages = self.known.unknown(messages, |message| &message.id);
        let again = (count - messages.len()) as u64;
        let mut judged = Vec::with_capacity(messages.len());
        let examined = self.judge.examine(&messages, now_ms()).await?;
        let mut slots = match &self.keep {
            Keep::Nothing => Vec::new(),
            Keep::Spooled(spool) => spool.put_all(&messages)?,
        }
        .into_iter();
        for (examined, message) in examined.into_iter().zip(&messages) {
            let slot = slots.next();
            let wanted = matches!(goal, Goal::Matching(_))
                && self.wanted.decide(&examined.row, message).await == Match::Yes;
            judged.push((examined, slot, wanted));
        }
        Ok(Judged { messages: judged, again })
    }
}

/// Returns classified messages as a scan of a queue would have found them.
#[must_use]
pub fn found_of(examined: impl IntoIterator<Item = (Examined, Option<Slot>)>) -> Vec<Found> {
    let mut gathered = Gathered::default();
    for (examined, slot) in examined {
        gathered.add(examined, slot);
    }
    gathered.finish().0
}

/// Returns the number of messages to allocate room for: as many as are counted.
fn room_for(bound: Bound) -> usize {
    bound.at_most.min(usize::try_from(bound.depth).unwrap_or(usize::MAX))
}
