//! Destination of the source queue: entries become messages in the producers' format, and the
//! Lambda filters and writes them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use reco_core::IdSet;
use reco_core::batch::{Limits, Packer};
use reco_core::compose::{Composable, ComposeLimits, Composed, compose};
use reco_core::item::PlannedItem;
use reco_core::message::Message;
use reco_core::seen::Seen;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::super::write::BatchEntry;
use super::{Handed, Handing};
use crate::rate::Pace;
use crate::sqs::{Destination, Outbox, OutboxMessage, SendOutcome, Sent, Trouble};

/// Maximum entries per batch: about 1 MiB of lists of 100 ids, which one call can hold.
const ENTRIES: usize = 1000;
/// Consecutive failures of whole calls after which the rest is left unsent.
const FAILURES: u32 = 3;
/// AWS: former limit of a message, and of a batch, of 256 KiB.
const LEAST_LIMIT: usize = 256 * 1024;

/// Report of sent messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct QueueReport {
    /// Name of the queue.
    pub queue: String,
    /// Messages accepted by the queue (in a dry run: to be sent).
    pub messages: u64,
    /// Lists in these messages.
    pub users: u64,
    /// Total bytes of their bodies.
    pub bytes: u64,
    /// `SendMessageBatch` calls.
    pub calls: u64,
    /// Messages that may have arrived twice, because the response to a send was lost.
    pub perhaps_twice: u64,
    /// Minimum number of times a user was sent again after an earlier list. A standard queue does
    /// not keep order, so either list may be written last.
    pub repeated_users: u64,
}

/// Sender and destination.
#[derive(Debug)]
pub struct QueueSender {
    /// Outbox that sends the messages.
    pub outbox: Outbox,
    /// Destination queue.
    pub to: Arc<Destination>,
}

/// Sender of batches to a queue. Cheap to clone.
#[derive(Debug, Clone)]
pub struct QueueSink {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// `None` in a dry run, which only counts.
    sender: Option<QueueSender>,
    pace: Pace,
    limits: ComposeLimits,
    report: Mutex<QueueReport>,
    seen: Mutex<Seen>,
    /// Number of the next message, which names it within the run.
    next: AtomicU64,
    /// Consecutive failures of whole calls.
    failures: AtomicU32,
}

impl QueueSink {
    /// Creates a sink for `queue`; without a `sender` it only counts. The rate limit starts now.
    #[must_use]
    pub fn new(
        queue: String,
        sender: Option<QueueSender>,
        pace: Pace,
        limits: ComposeLimits,
    ) -> Self {
        pace.begin();
        let report = Mutex::new(QueueReport { queue, ..QueueReport::default() });
        let (next, failures) = (AtomicU64::new(0), AtomicU32::new(0));
        let seen = Mutex::new(Seen::default());
        let shared = Shared { sender, pace, limits, report, seen, next, failures };
        QueueSink { shared: Arc::new(shared) }
    }

    /// Returns whether this is a dry run.
    #[must_use]
    pub fn is_dry(&self) -> bool {
        self.shared.sender.is_none()
    }

    /// Returns the report of messages sent so far.
    #[must_use]
    pub fn report(&self) -> QueueReport {
        let mut report = self.counts().clone();
        let seen = self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        report.repeated_users = seen.repeated();
        report
    }

    /// Returns batch limits that fill about one call.
    #[must_use]
    pub fn batch_limits(&self) -> Limits {
        let Limits { entries, bytes } = Limits::SEND_MESSAGE_BATCH;
        let messages = self.shared.pace.batch().min(entries);
        let entries = messages.saturating_mul(self.shared.limits.users).clamp(1, ENTRIES);
        Limits { entries, bytes }
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, QueueReport> {
        self.shared.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records the users of a batch; batches come in sending order.
    pub(super) fn note(&self, entries: &[BatchEntry]) {
        let mut seen = self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // Lists of one batch are in one message, which keeps their order.
        let users: IdSet = entries.iter().map(|entry| entry.user.clone()).collect();
        users.iter().for_each(|user| seen.note(user));
    }

    /// Sends a batch.
    pub(super) async fn send(
        self,
        entries: Vec<BatchEntry>,
        items: Vec<PlannedItem>,
        halt: CancellationToken,
    ) -> Handed {
        let mut handings = vec![Handing::Left; entries.len()];
        let bodies = self.compose(&items, &mut handings);
        drop(items);
        let mut hopeless = None;
        for call in self.calls(bodies) {
            if hopeless.is_some() {
                break;
            }
            hopeless = self.call(call, &mut handings, &halt).await;
        }
        Handed { entries: entries.into_iter().zip(handings).collect(), hopeless }
    }

    fn compose(&self, items: &[PlannedItem], handings: &mut [Handing]) -> Vec<Composed> {
        let (mut lists, mut indexes) = (Vec::with_capacity(items.len()), Vec::new());
        for (index, item) in items.iter().enumerate() {
            match Composable::new(&item.recommendation, self.shared.limits) {
                Ok(list) => {
                    lists.push(list);
                    indexes.push(index);
                }
                Err(error) => handings[index] = Handing::Failed(error.to_string()),
            }
        }
        let mut bodies = compose(&lists, self.shared.limits);
        for body in &mut bodies {
            body.lists.iter_mut().for_each(|list| *list = indexes[*list]);
        }
        bodies
    }

    /// Groups bodies into calls.
    fn calls(&self, bodies: Vec<Composed>) -> Vec<Vec<Composed>> {
        let Limits { entries, bytes } = Limits::SEND_MESSAGE_BATCH;
        let limits = Limits {
            entries: self.shared.pace.batch().min(entries),
            bytes: self.shared.limits.bytes.clamp(LEAST_LIMIT, bytes),
        };
        let mut packer = Packer::new(limits);
        let mut calls = Vec::new();
        for (key, body) in bodies.into_iter().enumerate() {
            // No body exceeds the queue's limit, which is no larger than a call's.
            if let Ok(Some(closed)) = packer.push(key, body.body.len(), body) {
                calls.push(closed);
            }
        }
        calls.extend(packer.take());
        calls
    }

    /// Sends the messages of one call. Returns the reason if it is no use continuing.
    async fn call(
        &self,
        bodies: Vec<Composed>,
        handings: &mut [Handing],
        halt: &CancellationToken,
    ) -> Option<String> {
        let Some(sender) = &self.shared.sender else {
            let done: Vec<(u64, u64)> =
                bodies.iter().map(|b| (b.lists.len() as u64, b.body.len() as u64)).collect();
            self.enter(&done, &Sent::default());
            bodies.iter().flat_map(|body| &body.lists).for_each(|i| handings[*i] = Handing::Done);
            return None;
        };
        let waited = halt.run_until_cancelled(self.shared.pace.wait(bodies.len())).await;
        match waited {
            None => return None,
            Some(Err(reason)) => return Some(reason),
            Some(Ok(())) => {}
        }
        let mut parts = Vec::with_capacity(bodies.len());
        let mut messages = Vec::with_capacity(bodies.len());
        for (place, mut body) in bodies.into_iter().enumerate() {
            let id = self.shared.next.fetch_add(1, Ordering::Relaxed).to_string();
            let message = message(id, std::mem::take(&mut body.body));
            parts.push((body.lists, message.size()));
            messages.push(OutboxMessage::here(place, message, &sender.to));
        }
        let sent = sender.outbox.send(messages, &self.shared.pace, halt).await;
        let mut done = Vec::new();
        for (place, _, outcome) in &sent.outcomes {
            let (lists, bytes) = &parts[*place];
            let handing = match outcome {
                SendOutcome::Sent { .. } | SendOutcome::NotDeleted { .. } => Handing::Done,
                SendOutcome::Failed { reason } | SendOutcome::Uncertain { reason } => {
                    Handing::Failed(reason.clone())
                }
                SendOutcome::Left { .. } => Handing::Left,
            };
            for list in lists {
                handings[*list] = handing.clone();
            }
            if handing == Handing::Done {
                done.push((lists.len() as u64, *bytes as u64));
            }
        }
        self.enter(&done, &sent);
        self.hopeless(sent.trouble)
    }

    fn hopeless(&self, trouble: Option<Trouble>) -> Option<String> {
        match trouble {
            None => {
                self.shared.failures.store(0, Ordering::Relaxed);
                None
            }
            Some(Trouble::Refused(reason)) => Some(reason),
            Some(Trouble::Failed(reason)) => {
                let failures = self.shared.failures.fetch_add(1, Ordering::Relaxed) + 1;
                (failures >= FAILURES).then_some(reason)
            }
        }
    }

    /// Counts delivered messages, each given by its lists and bytes.
    fn enter(&self, done: &[(u64, u64)], sent: &Sent) {
        let mut report = self.counts();
        report.messages += done.len() as u64;
        for (users, bytes) in done {
            report.users += users;
            report.bytes += bytes;
        }
        report.calls += sent.calls;
        report.perhaps_twice += sent.perhaps_twice();
    }
}

fn message(id: String, body: String) -> Message {
    let (attributes, system) = (BTreeMap::new(), BTreeMap::new());
    Message { id, receipt_handle: String::new(), body, attributes, system }
}
