//! Sending messages out of a file into a queue: in batches, in the order of each FIFO group, at a
//! rate, and with every fate known.

mod sender;

use std::collections::HashSet;
use std::sync::Arc;

use reco_core::batch::{Limits, Packer, TooLarge};
use reco_core::message::Message;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use sender::{Fate, Sender};
pub(in crate::flow) use sender::{Sent, Trouble};

use crate::error::{Error, Kind, Result};
use crate::flow::redrive::Pace;
use crate::ui::Progress;

/// Batches in flight at once. Of a FIFO queue one: the next may hold a later message of a group.
const IN_FLIGHT: usize = 8;
/// Calls that fail as a whole, one after the other, after which the rest is left alone.
const FAILURES: u32 = 3;
/// AWS: the limit of a message was 256 KiB once, and that of a batch with it.
const LEAST_LIMIT: usize = 256 * 1024;

/// Sends all messages of a channel; answers with the fate of each, by id. `limit` is the queue's
/// `MaximumMessageSize` in bytes.
///
/// # Errors
/// Only when recoctl itself fails; what fails in SQS is a fate.
pub async fn send_all(
    sender: Arc<Sender>,
    limit: usize,
    mut messages: Receiver<Message>,
    pace: Pace,
    cancel: &CancellationToken,
    progress: &Progress,
) -> Result<Vec<(String, Fate)>> {
    let Limits { entries, bytes } = Limits::SEND_MESSAGE_BATCH;
    let limits =
        Limits { entries: pace.batch().min(entries), bytes: limit.clamp(LEAST_LIMIT, bytes) };
    let in_flight = if sender.queue.fifo { 1 } else { IN_FLIGHT };
    let mut run = Run {
        feed: Feed {
            packer: Packer::new(limits),
            entries: limits.entries,
            fifo: sender.queue.fifo,
            keys: 0,
        },
        fates: Vec::new(),
        blocked: HashSet::new(),
        failures: 0,
        halted: None,
    };
    let mut tasks: JoinSet<Sent> = JoinSet::new();
    let mut open = true;
    pace.begin();
    loop {
        while open && tasks.len() < in_flight && run.halted.is_none() && !cancel.is_cancelled() {
            let Some(batch) = run.next_batch(&mut messages).await else {
                open = false;
                break;
            };
            if !matches!(cancel.run_until_cancelled(pace.wait(batch.len())).await, Some(Ok(()))) {
                run.leave(batch);
                break;
            }
            let (sender, pace, cancel) = (Arc::clone(&sender), pace.clone(), cancel.clone());
            tasks.spawn(async move { sender.send(batch, &pace, &cancel).await });
        }
        let Some(sent) = tasks.join_next().await else { break };
        let sent = sent.map_err(|error| {
            Error::new(Kind::Internal, "a batch ended abnormally").because(&error)
        })?;
        progress.advance(sent.fates.len() as u64);
        run.note(sent);
    }
    while let Some(batch) = run.next_batch(&mut messages).await {
        run.leave(batch);
    }
    Ok(run.fates)
}

/// Makes batches.
struct Feed {
    packer: Packer<String, Message>,
    entries: usize,
    fifo: bool,
    keys: u64,
}

impl Feed {
    /// FIFO: a batch has one message of a group at most. SQS may take some entries of a batch and
    /// refuse others, and a later message that is taken while an earlier one is refused would
    /// change the order.
    fn key(&mut self, message: &Message) -> String {
        match message.group_id().filter(|_| self.fifo) {
            Some(group) => group.to_owned(),
            None => {
                self.keys += 1;
                self.keys.to_string()
            }
        }
    }
}

struct Run {
    feed: Feed,
    fates: Vec<(String, Fate)>,
    /// FIFO groups of which a message was not sent.
    blocked: HashSet<String>,
    failures: u32,
    halted: Option<String>,
}

impl Run {
    async fn next_batch(&mut self, messages: &mut Receiver<Message>) -> Option<Vec<Message>> {
        loop {
            let closed = match messages.recv().await {
                None => Some(self.feed.packer.take()?),
                Some(message) => {
                    let (key, size) = (self.feed.key(&message), message.size());
                    match self.feed.packer.push(key, size, message) {
                        Ok(closed) => closed,
                        Err(TooLarge { entry, bytes, limit }) => {
                            let reason =
                                format!("it is {bytes} bytes; a call takes at most {limit}");
                            self.fates.push((entry.id, Fate::Failed { reason }));
                            None
                        }
                    }
                }
            };
            let full = self.feed.packer.len() == self.feed.entries;
            let Some(batch) = closed.or_else(|| full.then(|| self.feed.packer.take()).flatten())
            else {
                continue;
            };
            let batch = self.unblocked(batch);
            if !batch.is_empty() {
                return Some(batch);
            }
        }
    }

    /// Leaves what stands behind a message of its FIFO group that was not sent.
    fn unblocked(&mut self, batch: Vec<Message>) -> Vec<Message> {
        let blocked = |message: &Message| {
            self.feed.fifo && message.group_id().is_some_and(|group| self.blocked.contains(group))
        };
        let (blocked, going): (Vec<_>, Vec<_>) = batch.into_iter().partition(blocked);
        let reason = "an earlier message of its group was not sent";
        let left = blocked.into_iter();
        self.fates
            .extend(left.map(|message| (message.id, Fate::Left { reason: reason.to_owned() })));
        going
    }

    fn leave(&mut self, batch: Vec<Message>) {
        let reason = match &self.halted {
            Some(reason) => format!("not tried: {reason}"),
            None => "stopped by a signal before it was sent".to_owned(),
        };
        let left = batch.into_iter();
        self.fates.extend(left.map(|message| (message.id, Fate::Left { reason: reason.clone() })));
    }

    fn note(&mut self, sent: Sent) {
        for (message_id, group, fate) in sent.fates {
            if let (Some(group), false) = (group, matches!(fate, Fate::Sent { .. })) {
                self.blocked.insert(group);
            }
            self.fates.push((message_id, fate));
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
