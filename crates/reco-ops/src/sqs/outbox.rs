//! Sending: from messages to what became of each, with every step in the journal before what it
//! allows, and deleting from where they came once the destination has acknowledged them.
//!
//! A crash between the two leaves a message in both queues, never in neither: at most the batches
//! in flight, and the journal knows which.
//!
//! FIFO: a group's messages go one after the other; after one that is not sent, the later ones of
//! its group are left, since sending them would change the order.

mod batch;

use std::fmt::Debug;
use std::sync::Arc;

use futures::{Stream, StreamExt};
use reco_core::batch::Limits;
use reco_core::journal::Digest;
use reco_core::message::Message;
use reco_core::settle::Outgoing;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::groups::{FifoGroups, GroupKey};
use super::{CALLS, FAILURES, VisibilityLease};
use crate::aws::sqs::{Queue, Sqs};
use crate::error::{Error, Kind, Result};
use crate::event::Progress;
use crate::files::Rejects;
use crate::files::spool::{Slot, Spool};
use crate::journal::Journal;
use crate::rate::Pace;
pub(super) use batch::Pending;
pub use batch::{Doubt, Sent, Trouble};

/// AWS: the limit of a message was 256 KiB once, and that of a batch with it; servers of that time
/// refuse a larger batch as a whole.
const LEAST_CALL: usize = 256 * 1024;

/// Reason why a message was not sent when a signal came first.
const STOPPED: &str = "stopped by a signal before it was sent";

/// Reason why a message was not sent that another one stands before.
const BEHIND: &str = "an earlier message of its group was not moved";

/// A queue that messages are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Tells the destinations of one run apart.
    pub number: usize,
    /// The queue.
    pub queue: Queue,
    /// Its `MaximumMessageSize` in bytes.
    pub limit: usize,
    /// Part of every deduplication id on a FIFO queue: the queue may remember the id that a message
    /// came under, and would drop it. The same for every attempt at one import, so that it is sent
    /// once.
    pub stamp: Option<String>,
}

impl Destination {
    /// Bytes of one call at most.
    pub(super) fn call_limit(&self) -> usize {
        self.limit.clamp(LEAST_CALL, Limits::SEND_MESSAGE_BATCH.bytes)
    }
}

/// A message as it was received, and as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// As it was received.
    pub message: Message,
    /// The body that is sent, where it is another.
    pub out: Option<String>,
}

impl Dispatch {
    /// Returns the content to send.
    #[must_use]
    pub fn outgoing(&self) -> Outgoing<'_> {
        Outgoing { original: &self.message, body: self.out.as_ref().unwrap_or(&self.message.body) }
    }
}

/// Where a message's content is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// In memory.
    Here(Box<Dispatch>),
    /// In the outbox's spool.
    Spooled {
        /// The message.
        slot: Slot,
        /// The body that is sent instead of its own.
        out: Option<Slot>,
        /// Its entries that are not sent, as lines of the rejects file.
        rejects: Option<Slot>,
    },
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// Its place in a list of the caller's, by which its outcome is told.
    pub place: usize,
    /// Its order group; only of a FIFO queue.
    pub group: Option<Box<str>>,
    /// Its size in bytes, as it counts against a batch.
    pub size: usize,
    /// Where it goes.
    pub to: Arc<Destination>,
    /// Content.
    pub content: Content,
    /// An earlier attempt for which it is unknown whether it had its effect.
    pub doubt: Option<Doubt>,
    /// True if the journal has its content already.
    pub known: bool,
}

impl OutboxMessage {
    /// A message in memory.
    #[must_use]
    pub fn here(place: usize, message: Message, to: &Arc<Destination>) -> Self {
        OutboxMessage {
            place,
            group: message.group_id().map(Into::into),
            size: message.size(),
            to: Arc::clone(to),
            content: Content::Here(Box::new(Dispatch { message, out: None })),
            doubt: None,
            known: false,
        }
    }

    pub(super) fn key(&self) -> Option<GroupKey> {
        self.group.clone().filter(|_| self.to.queue.fifo).map(|group| (self.to.number, group))
    }

    /// Bytes that it takes in memory.
    pub(super) fn bytes_here(&self) -> usize {
        if matches!(self.content, Content::Here(_)) { self.size } else { 0 }
    }
}

/// Result of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The destination has it, and where it came from has it no more.
    Sent {
        /// Its id in the destination.
        sent_as: String,
        /// True if an earlier attempt may have brought it there as well.
        perhaps_twice: bool,
    },
    /// The destination has it, and so has, perhaps, the queue that it came from.
    NotDeleted {
        /// Its id in the destination.
        sent_as: String,
        /// Reason why it was not deleted.
        reason: String,
    },
    /// The destination may have it.
    Uncertain {
        /// Reason.
        reason: String,
    },
    /// The destination did not take it.
    Failed {
        /// Reason.
        reason: String,
    },
    /// It was not tried.
    Left {
        /// Reason.
        reason: String,
    },
}

/// Is told of every message that a destination has acknowledged.
pub trait AckWatch: Debug + Send + Sync {
    /// `message_id` is now in the destination as `sent_as`, with this content.
    fn acked(&self, message_id: &str, sent_as: &str, digest: &Digest);
}

/// Sends messages, and deletes them from where they came.
#[derive(Debug)]
pub struct Outbox {
    /// SQS.
    pub sqs: Sqs,
    /// Knows on disk what is about to be done, and what was done.
    pub journal: Option<Arc<Journal>>,
    /// Holds the messages meanwhile, and deletes them; `None` when there is nothing to delete.
    pub lease: Option<Arc<VisibilityLease>>,
    /// Has their content, where it is not in memory.
    pub spool: Option<Arc<Spool>>,
    /// Takes entries that are not sent, before their message is.
    pub rejects: Option<Arc<Rejects>>,
    /// Is told what was acknowledged.
    pub watch: Option<Arc<dyn AckWatch>>,
    /// True if a message that arrives twice is harmless: then one whose response was lost is sent
    /// again.
    pub twice_is_harmless: bool,
    /// ARN of the destination that the journal's header names; a message for another one names its
    /// own.
    pub journal_destination: Option<String>,
}

impl Outbox {
    /// An outbox that only sends: what it sends is in memory, there is nothing to delete, and no
    /// journal.
    #[must_use]
    pub fn new(sqs: Sqs) -> Self {
        Outbox {
            sqs,
            journal: None,
            lease: None,
            spool: None,
            rejects: None,
            watch: None,
            twice_is_harmless: false,
            journal_destination: None,
        }
    }

    /// Sends all messages of a stream, and tells what became of each as soon as it is known.
    ///
    /// The first message goes alone when messages are deleted after the send: whether deleting is
    /// allowed is then known before more than one is in both queues.
    ///
    /// # Errors
    /// Only when recoctl itself fails; what fails in SQS is an outcome.
    pub async fn send_all(
        self: &Arc<Self>,
        mut messages: impl Stream<Item = OutboxMessage> + Unpin,
        pace: &Pace,
        cancel: &CancellationToken,
        progress: &Progress,
        tell: impl FnMut(usize, SendOutcome),
    ) -> Result<()> {
        let mut run = Run {
            groups: FifoGroups::default(),
            tell,
            entries: pace.batch().min(Limits::SEND_MESSAGE_BATCH.entries),
            proven: self.lease.is_none(),
            failures: 0,
            halted: None,
        };
        let mut tasks: JoinSet<Sent> = JoinSet::new();
        let mut open = true;
        pace.begin();
        loop {
            while run.may_send(open, tasks.len()) && !cancel.is_cancelled() {
                let batch = run.next_batch();
                if batch.is_empty() {
                    break;
                }
                match cancel.run_until_cancelled(pace.wait(batch.len())).await {
                    Some(Ok(())) => {
                        let (outbox, pace, cancel) =
                            (Arc::clone(self), pace.clone(), cancel.clone());
                        tasks.spawn(async move { outbox.send(batch, &pace, &cancel).await });
                    }
                    stopped => {
                        run.halted = stopped.and_then(Result::err);
                        run.leave(batch);
                        break;
                    }
                }
            }
            let ended = run.halted.is_some() || cancel.is_cancelled();
            tokio::select! {
                next = messages.next(), if open && !ended && !run.groups.is_full() => match next {
                    Some(message) => run.push(message),
                    None => open = false,
                },
                Some(sent) = tasks.join_next(), if !tasks.is_empty() => {
                    let sent = sent.map_err(|error| {
                        Error::new(Kind::Internal, "a batch failed unexpectedly").because(&error)
                    })?;
                    progress.advance(sent.outcomes.len() as u64);
                    run.note(sent);
                }
                else => break,
            }
        }
        let left = run.groups.take_all();
        run.leave(left);
        while let Some(message) = messages.next().await {
            run.leave(vec![message]);
        }
        Ok(())
    }
}

struct Run<T> {
    groups: FifoGroups,
    tell: T,
    entries: usize,
    /// True if a message was sent and deleted.
    proven: bool,
    /// Calls in a row that failed as a whole.
    failures: u32,
    halted: Option<String>,
}

impl<T: FnMut(usize, SendOutcome)> Run<T> {
    /// Returns whether a batch may go; while more is to come, only a full one.
    fn may_send(&self, open: bool, in_flight: usize) -> bool {
        let most = if self.proven { CALLS } else { 1 };
        let ready = !open || self.groups.is_full() || self.groups.has_batch(self.entries);
        ready && in_flight < most && self.halted.is_none()
    }

    fn next_batch(&mut self) -> Vec<OutboxMessage> {
        self.groups.next_batch(if self.proven { self.entries } else { 1 })
    }

    fn push(&mut self, message: OutboxMessage) {
        if let Some(message) = self.groups.push(message) {
            self.leave_all([message], BEHIND);
        }
    }

    fn leave(&mut self, left: Vec<OutboxMessage>) {
        match &self.halted {
            Some(reason) => self.leave_all(left, &format!("not attempted: {reason}")),
            None => self.leave_all(left, STOPPED),
        }
    }

    fn leave_all(&mut self, left: impl IntoIterator<Item = OutboxMessage>, reason: &str) {
        for one in left {
            (self.tell)(one.place, SendOutcome::Left { reason: reason.to_owned() });
        }
    }

    fn note(&mut self, sent: Sent) {
        for (place, key, outcome) in sent.outcomes {
            let is_sent = matches!(outcome, SendOutcome::Sent { .. });
            self.proven |= is_sent;
            if let Some(key) = key {
                let left = self.groups.done(key, is_sent);
                self.leave_all(left, BEHIND);
            }
            (self.tell)(place, outcome);
        }
        match sent.trouble {
            None => self.failures = 0,
            Some(Trouble::Refused(reason)) => self.halted = Some(reason),
            Some(Trouble::Failed(reason)) => {
                self.failures += 1;
                if self.failures >= FAILURES {
                    self.halted = Some(reason);
                }
            }
        }
    }
}
