//! Sending messages and deleting the originals once the destination has acknowledged them. Every
//! step is in the journal before the step that depends on it.
//!
//! A crash between the two leaves a message in both queues, never in neither. It affects at most
//! the batches in flight, and the journal knows which.
//!
//! FIFO: a group's messages are sent one at a time. If one is not sent, the later ones of its group
//! are left, since sending them would change the order.

mod batch;

use std::fmt::Debug;
use std::sync::Arc;

use futures::{Stream, StreamExt};
use reco_core::batch::Limits;
use reco_core::calls::CallsInFlight;
use reco_core::journal::Digest;
use reco_core::message::Message;
use reco_core::settle::Outgoing;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::groups::{FifoGroups, GroupKey};
use super::{FAILURES, VisibilityLease};
use crate::aws::sqs::{Queue, QueueState, Sqs};
use crate::error::{Error, Result};
use crate::event::Progress;
use crate::files::Rejects;
use crate::files::spool::{Slot, Spool};
use crate::journal::Journal;
use crate::rate::Pace;
pub(super) use batch::Pending;
pub use batch::{Doubt, Sent, Trouble};

/// AWS: messages, and with them batches, were once limited to 256 KiB; servers with that limit
/// refuse a larger batch as a whole.
const LEAST_CALL: usize = 256 * 1024;

/// Reason for messages that were not sent because of a signal.
const STOPPED: &str = "stopped by a signal before it was sent";

/// Reason for messages that were not sent because an earlier one of their group was not.
pub const BEHIND: &str = "an earlier message of its group was not moved";

/// Queue that messages are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// Number that identifies it among the destinations of a run.
    pub number: usize,
    /// Queue to send to.
    pub queue: Queue,
    /// Its `MaximumMessageSize` in bytes.
    pub limit: usize,
    /// Part of every deduplication id on a FIFO queue: the queue may still remember a message's
    /// original id and would drop the copy. The same for every attempt at one import, so that each
    /// message is sent once.
    pub stamp: Option<String>,
}

impl Destination {
    /// Returns a destination whose FIFO queue deduplicates by the messages' ids.
    #[must_use]
    pub fn new(number: usize, queue: Queue, state: &QueueState) -> Arc<Self> {
        Arc::new(Destination { number, queue, limit: state.max_message_bytes, stamp: None })
    }

    /// Returns the maximum size of one call in bytes.
    pub(super) fn call_limit(&self) -> usize {
        self.limit.clamp(LEAST_CALL, Limits::SEND_MESSAGE_BATCH.bytes)
    }
}

/// Message as it was received, with the body to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// Message as it was received.
    pub message: Message,
    /// Body to send, if it differs from the original.
    pub out: Option<String>,
}

impl Dispatch {
    /// Returns the content to send.
    #[must_use]
    pub fn outgoing(&self) -> Outgoing<'_> {
        Outgoing { original: &self.message, body: self.out.as_ref().unwrap_or(&self.message.body) }
    }
}

/// Content of a message, in memory or spooled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Held in memory.
    Here(Box<Dispatch>),
    /// Stored in the outbox's spool.
    Spooled {
        /// Slot of the message.
        slot: Slot,
        /// Body to send instead of the original.
        out: Option<Slot>,
        /// Entries that are not sent, as lines of the rejects file.
        rejects: Option<Slot>,
    },
}

/// Message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxMessage {
    /// Index chosen by the caller; the outcome is reported under it.
    pub place: usize,
    /// Message group id; ignored unless the destination is a FIFO queue.
    pub group: Option<Box<str>>,
    /// Size in bytes, as it counts towards a batch.
    pub size: usize,
    /// Destination of the message.
    pub to: Arc<Destination>,
    /// Content to send.
    pub content: Content,
    /// Earlier attempt that may or may not have taken effect.
    pub doubt: Option<Doubt>,
    /// True if the journal already has its content.
    pub known: bool,
}

impl OutboxMessage {
    /// Returns an outgoing message held in memory.
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

    /// Returns the number of bytes that it takes in memory.
    pub(super) fn bytes_here(&self) -> usize {
        if matches!(self.content, Content::Here(_)) { self.size } else { 0 }
    }
}

/// Outcome for one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The destination has it, and it is gone from where it came.
    Sent {
        /// Message id in the destination.
        sent_as: String,
        /// True if an earlier attempt may have delivered it as well.
        perhaps_twice: bool,
    },
    /// The destination has it, and so may the queue that it came from.
    NotDeleted {
        /// Message id in the destination.
        sent_as: String,
        /// Reason why it was not deleted.
        reason: String,
    },
    /// The destination may have it.
    Uncertain {
        /// Reason for the uncertainty.
        reason: String,
    },
    /// The destination did not accept it.
    Failed {
        /// Reason for the refusal.
        reason: String,
    },
    /// It was not attempted.
    Left {
        /// Reason for leaving it.
        reason: String,
    },
}

/// Observer of acknowledged messages.
pub trait AckWatch: Debug + Send + Sync {
    /// Called when `message_id` is in the destination as `sent_as`, with this content.
    fn acked(&self, message_id: &str, sent_as: &str, digest: &Digest);
}

/// Sender of messages, which also deletes the originals.
#[derive(Debug)]
pub struct Outbox {
    /// Client for SQS.
    pub sqs: Sqs,
    /// Record on disk of what is about to be done and what was done.
    pub journal: Option<Arc<Journal>>,
    /// Lease that holds and deletes the originals; `None` if there are none to delete.
    pub lease: Option<Arc<VisibilityLease>>,
    /// Store of the content that is not in memory.
    pub spool: Option<Arc<Spool>>,
    /// File for entries that are not sent, written before their message is sent.
    pub rejects: Option<Arc<Rejects>>,
    /// Observer of acknowledged messages.
    pub watch: Option<Arc<dyn AckWatch>>,
    /// True if a duplicate is harmless: a message whose response was lost is then sent again.
    pub twice_is_harmless: bool,
    /// ARN of the destination in the journal's header; the record of a message to another
    /// destination names it.
    pub journal_destination: Option<String>,
}

impl Outbox {
    /// Returns an outbox that only sends messages from memory, without a journal and without
    /// deleting originals.
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

    /// Sends all messages of a stream and reports each outcome through `tell` as soon as it is
    /// known.
    ///
    /// If originals are deleted after the send, the first message goes alone: it shows whether
    /// deleting is permitted before more than one message is in both queues.
    ///
    /// # Errors
    /// Only when recoctl itself fails; failures in SQS are reported as outcomes.
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
            concurrency: CallsInFlight::default(),
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
                    let sent = sent.map_err(Error::unexpected("a batch"))?;
                    progress.advance(sent.outcomes.len() as u64);
                    run.note(sent, tasks.len() + 1);
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
    /// True once a message was sent and deleted.
    proven: bool,
    concurrency: CallsInFlight,
    /// Consecutive calls that failed as a whole.
    failures: u32,
    halted: Option<String>,
}

impl<T: FnMut(usize, SendOutcome)> Run<T> {
    /// Returns whether a batch may go now; while more messages may come, it must be full.
    fn may_send(&self, open: bool, in_flight: usize) -> bool {
        let most = if self.proven { self.concurrency.limit() } else { 1 };
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

    /// Enters a batch that ended while `in_flight` were under way with it.
    fn note(&mut self, sent: Sent, in_flight: usize) {
        match sent.was_slow() {
            true => self.concurrency.failed(in_flight),
            false => self.concurrency.answered(sent.took, sent.bytes, in_flight),
        }
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
