//! The lease on received messages: they are hidden from other consumers, kept hidden by a
//! heartbeat, deleted by their newest receipt handle, and always released.
//!
//! A message that is neither deleted nor released stays hidden until its visibility timeout ends.
//! The timeout is short, so that a crash hides nothing for long, and a heartbeat extends it.

mod delete;
mod held;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures::{StreamExt, stream};
use reco_core::message::Message;
use reco_core::settle::Deletable;
use serde::Serialize;
use tokio::task::JoinHandle;

use super::{CALLS, batches};
use crate::aws::sqs::{BATCH, Damaged, Queue, Received, Sqs};
pub use delete::DeleteOutcome;
#[cfg(test)]
pub(crate) use held::bytes_of;
use held::{Held, Put, State};

/// Lease on the messages that this run has received from one queue.
#[derive(Debug)]
pub struct VisibilityLease {
    inner: Arc<Inner>,
    heartbeat: JoinHandle<()>,
}

#[derive(Debug)]
struct Inner {
    sqs: Sqs,
    queue: Queue,
    period: Duration,
    state: Mutex<State>,
}

/// Result of a receive, once the lease holds its messages.
#[derive(Debug, Default)]
pub struct Taken {
    /// Messages that were not held before.
    pub fresh: Vec<Message>,
    /// Damaged messages that were not held before.
    pub damaged: Vec<Damaged>,
    /// Messages that were owed a delete and have been received again, with their new handles.
    pub owed: Vec<Deletable>,
    /// Messages that were already held: SQS delivered them twice, and the newer handle counts.
    pub repeated: u64,
}

/// Outcome of releasing messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Released {
    /// Number of messages that are visible again.
    pub released: u64,
    /// Messages that could not be released; they become visible when their timeout ends.
    pub unreleased: Vec<Unreleased>,
    /// Messages of lost responses: hidden, with unknown ids. Null if there are none.
    pub lost: Option<LostMessages>,
}

/// Messages hidden by receives whose responses were lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LostMessages {
    /// Maximum number of messages.
    pub messages: u64,
    /// Maximum number of seconds until they become visible.
    pub visible_in_s: u64,
}

/// A message that could not be released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreleased {
    /// Message id.
    pub message_id: String,
    /// Maximum number of seconds until it becomes visible.
    pub visible_in_s: u64,
    /// Reason why it was not released.
    pub reason: String,
}

impl Released {
    /// Adds another release to this one.
    pub fn merge(&mut self, other: Released) {
        self.released += other.released;
        self.merge_invisible(other);
    }

    /// Adds the messages that another release could not make visible.
    pub fn merge_invisible(&mut self, other: Released) {
        self.unreleased.extend(other.unreleased);
        self.lost = match (self.lost.take(), other.lost) {
            (Some(a), Some(b)) => Some(LostMessages {
                messages: a.messages + b.messages,
                visible_in_s: a.visible_in_s.max(b.visible_in_s),
            }),
            (a, b) => a.or(b),
        };
    }

    /// Returns the maximum number of messages that are still invisible.
    #[must_use]
    pub fn invisible(&self) -> u64 {
        self.unreleased.len() as u64 + self.lost.as_ref().map_or(0, |lost| lost.messages)
    }
}

/// Returns the visibility timeout for a queue of `messages`: the more are held, the more calls a
/// heartbeat takes, so the longer each extension must last. Between 60 and 900 seconds.
#[must_use]
pub fn period_for(messages: u64) -> Duration {
    Duration::from_secs((60 + messages / 50).min(900))
}

impl VisibilityLease {
    /// Starts the heartbeat of an empty lease.
    #[must_use]
    pub fn start(sqs: Sqs, queue: Queue, period: Duration) -> Self {
        let inner = Arc::new(Inner { sqs, queue, period, state: Mutex::default() });
        let heartbeat = tokio::spawn(beat(Arc::clone(&inner)));
        VisibilityLease { inner, heartbeat }
    }

    /// Returns the client for SQS and the queue of the messages.
    #[must_use]
    pub fn queue(&self) -> (&Sqs, &Queue) {
        (&self.inner.sqs, &self.inner.queue)
    }

    /// Returns the visibility timeout to receive with.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.inner.period
    }

    /// Takes over the messages of a receive that began at `since`.
    pub fn take(&self, received: Received, since: SystemTime) -> Taken {
        let until = since + self.inner.period;
        let (Received { mut messages, mut damaged }, mut state) = (received, self.inner.lock());
        let (mut owed, mut repeated) = (Vec::new(), 0);
        let mut is_fresh = |id: &str, handle: &str, receives| {
            match state.put(id, handle, until, receives) {
                Put::Fresh => return true,
                Put::Owed(deletable) => owed.push(deletable),
                Put::Repeated => repeated += 1,
            }
            false
        };
        messages.retain(|one| {
            let receives = u32::try_from(one.receive_count()).unwrap_or(u32::MAX);
            is_fresh(&one.id, &one.receipt_handle, Some(receives))
        });
        damaged.retain(|one| is_fresh(&one.message_id, &one.receipt_handle, None));
        Taken { fresh: messages, damaged, owed, repeated }
    }

    /// Takes over messages by the receipt handles of an earlier run. Returns the ids of those whose
    /// handle still holds them and is therefore their newest.
    pub async fn adopt(&self, messages: impl IntoIterator<Item = (String, String)>) -> Vec<String> {
        let messages: Vec<(String, String)> = messages.into_iter().collect();
        {
            // Due at once, so that `secure` extends them and SQS confirms each handle.
            let (now, mut state) = (SystemTime::now(), self.inner.lock());
            for (id, handle) in &messages {
                state.hold(id, handle, now, 0);
            }
        }
        let mut ids: Vec<String> = messages.into_iter().map(|(id, _)| id).collect();
        self.secure(&ids).await;
        let (now, mut state) = (SystemTime::now(), self.inner.lock());
        ids.retain(|id| {
            let is_held = state.holds(id, now).is_some();
            if !is_held {
                state.held.remove(id.as_str());
            }
            is_held
        });
        ids
    }

    /// Notes messages that an earlier run sent and got acknowledged: once received they are
    /// deleted.
    pub fn owe(&self, deletable: impl IntoIterator<Item = Deletable>) {
        let owed = deletable.into_iter().map(|one| (one.message_id().into(), one));
        self.inner.lock().owed.extend(owed);
    }

    /// Returns the messages that are owed a delete but not held: they must be received again first.
    #[must_use]
    pub fn awaited(&self) -> Vec<Deletable> {
        self.inner.lock().awaited().cloned().collect()
    }

    /// Returns whether any message is awaited; see [`VisibilityLease::awaited`].
    #[must_use]
    pub fn awaits(&self) -> bool {
        self.inner.lock().awaited().next().is_some()
    }

    /// Returns the current receipt handle of a message; `None` if it is no longer held.
    #[must_use]
    pub fn handle(&self, id: &str) -> Option<String> {
        self.inner.lock().holds(id, SystemTime::now()).map(|held| held.handle.to_string())
    }

    /// Keeps these messages hidden for long enough to be sent and deleted. Messages that are no
    /// longer held are skipped; see [`VisibilityLease::handle`].
    pub async fn secure(&self, ids: &[String]) {
        self.inner.extend(Some(ids), SystemTime::now() + self.inner.period / 3).await;
    }

    /// Returns the number of held messages.
    #[must_use]
    pub fn held(&self) -> usize {
        self.inner.lock().held.len()
    }

    /// Returns the ids of all held messages.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.inner.lock().held.keys().map(ToString::to_string).collect()
    }

    /// Makes these messages visible immediately.
    pub async fn release(&self, ids: impl IntoIterator<Item = impl AsRef<str>>) -> Released {
        let taken = {
            let mut state = self.inner.lock();
            ids.into_iter().filter_map(|id| state.held.remove_entry(id.as_ref())).collect()
        };
        self.inner.release(taken).await
    }

    /// Makes all held messages visible immediately, and stops the heartbeat.
    pub async fn release_all(&self) -> Released {
        self.heartbeat.abort();
        let taken = self.inner.lock().held.drain().collect();
        let released = self.inner.release(taken).await;
        let lost = self.inner.lost_messages().await;
        Released { lost, ..released }
    }

    /// Notes a receive whose response was lost: the messages in it are hidden until `until`.
    pub fn note_lost(&self, until: SystemTime) {
        let mut state = self.inner.lock();
        let answers = state.lost.map_or(0, |(answers, _)| answers);
        state.lost = Some((answers + 1, until));
    }
}

impl Drop for VisibilityLease {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

async fn beat(inner: Arc<Inner>) {
    loop {
        tokio::time::sleep(inner.period / 4).await;
        let soon = SystemTime::now() + inner.period * 2 / 3;
        inner.extend(None, soon).await;
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Extends those of `ids`, or of all held messages, whose timeout ends before `soon`.
    async fn extend(&self, ids: Option<&[String]>, soon: SystemTime) {
        let due: Vec<(Box<str>, Box<str>)> = {
            let state = self.lock();
            let due = |id: &str, held: &Held| {
                let is_due = !held.lapsed && !held.deleting && held.until < soon;
                is_due.then(|| (id.into(), held.handle.clone()))
            };
            let of = |id: &String| due(id, state.held.get(id.as_str())?);
            match ids {
                Some(ids) => ids.iter().filter_map(of).collect(),
                None => state.held.iter().filter_map(|(id, held)| due(id, held)).collect(),
            }
        };
        let batches = stream::iter(batches(due));
        batches.for_each_concurrent(CALLS, |batch| self.extend_batch(batch)).await;
    }

    async fn extend_batch(&self, batch: Vec<(Box<str>, Box<str>)>) {
        let since = SystemTime::now();
        let handles: Vec<&str> = batch.iter().map(|(_, handle)| &**handle).collect();
        let fates = self.sqs.change_visibility(&self.queue, &handles, self.period).await;
        let mut state = self.lock();
        for ((id, handle), fate) in batch.into_iter().zip(fates) {
            // Ignore a message that is being deleted by now or has a newer handle.
            let ours = |held: &&mut Held| held.handle == handle && !held.deleting;
            let Some(held) = state.held.get_mut(&id).filter(ours) else { continue };
            match fate {
                Ok(()) => (held.until, held.doubt_s) = (since + self.period, 0),
                Err(fault) if fault.is_lapsed() => held.lapsed = true,
                // It stays held until its timeout ends, which `has_lapsed` takes into account; if
                // the answer was lost, it may be hidden for longer.
                Err(fault) => {
                    if !fault.sender_fault {
                        held.doubt(SystemTime::now(), self.period);
                    }
                    tracing::debug!(%fault, %id, "cannot extend the visibility timeout of a message")
                }
            }
        }
    }

    async fn release(&self, mut taken: Vec<(Box<str>, Held)>) -> Released {
        let (now, all) = (SystemTime::now(), taken.len());
        taken.retain(|(_, held)| !held.is_visible(now));
        // A message whose lease has certainly lapsed is already visible.
        let lapsed = Released { released: (all - taken.len()) as u64, ..Released::default() };
        let parts = stream::iter(batches(taken)).map(|batch| self.release_batch(batch));
        let sum = |mut sum: Released, part| {
            sum.merge(part);
            std::future::ready(sum)
        };
        parts.buffer_unordered(CALLS).fold(lapsed, sum).await
    }

    /// Returns the messages that lost responses may have hidden, once nothing else of ours is
    /// hidden. Reported once: a second release, as on an error path, returns `None`.
    async fn lost_messages(&self) -> Option<LostMessages> {
        let (answers, until) = self.lock().lost.take()?;
        let most = answers * BATCH as u64;
        let in_flight = self.sqs.state(&self.queue).await.map_or(most, |state| state.in_flight);
        let left = until.duration_since(SystemTime::now()).ok()?;
        let messages = most.min(in_flight);
        (messages > 0).then(|| LostMessages { messages, visible_in_s: left.as_secs() + 1 })
    }

    async fn release_batch(&self, batch: Vec<(Box<str>, Held)>) -> Released {
        let handles: Vec<&str> = batch.iter().map(|(_, held)| &*held.handle).collect();
        let fates = self.sqs.change_visibility(&self.queue, &handles, Duration::ZERO).await;
        let mut released = Released::default();
        for ((id, held), fate) in batch.into_iter().zip(fates) {
            match fate {
                Err(fault) if !fault.is_lapsed() => {
                    let left =
                        held.hidden_until().duration_since(SystemTime::now()).unwrap_or_default();
                    released.unreleased.push(Unreleased {
                        message_id: id.into(),
                        visible_in_s: left.as_secs() + 1,
                        reason: fault.to_string(),
                    });
                }
                _ => released.released += 1,
            }
        }
        released
    }
}

#[cfg(test)]
mod tests;
