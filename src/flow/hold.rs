//! Holding messages: hidden from every consumer, kept so by a heartbeat, and always let go.
//!
//! A message that is neither deleted nor released stays hidden until its visibility timeout ends.
//! The timeout is short, so that a crash hides nothing for long, and a heartbeat extends it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures::{StreamExt, stream};
use serde::Serialize;
use tokio::task::JoinHandle;

use crate::aws::sqs::{BATCH, Queue, Sqs};

/// Calls in flight while extending or releasing.
const CALLS: usize = 16;

/// Messages of one queue that this run holds.
#[derive(Debug)]
pub struct Hold {
    inner: Arc<Inner>,
    heartbeat: JoinHandle<()>,
}

#[derive(Debug)]
struct Inner {
    sqs: Sqs,
    queue: Queue,
    period: Duration,
    held: Mutex<HashMap<String, Held>>,
}

#[derive(Debug, Clone)]
struct Held {
    handle: String,
    /// Wall-clock time, because a machine that sleeps stops the monotonic clock but not SQS's.
    until: SystemTime,
    lapsed: bool,
    /// Its `ApproximateReceiveCount` by this handle.
    receives: u64,
}

impl Held {
    fn has_lapsed(&self, now: SystemTime) -> bool {
        self.lapsed || self.until <= now
    }
}

/// What became of the messages that were let go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Released {
    /// Visible again.
    pub released: u64,
    /// Not released: they become visible by themselves.
    pub unreleased: Vec<Unreleased>,
}

/// A message that could not be released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unreleased {
    /// Its id.
    pub message_id: String,
    /// Seconds until it becomes visible by itself, at most.
    pub visible_in_s: u64,
    /// Why it was not released.
    pub reason: String,
}

impl Released {
    /// Adds another release to this one.
    pub fn merge(&mut self, other: Released) {
        self.released += other.released;
        self.unreleased.extend(other.unreleased);
    }
}

/// How long to hide messages at a time, for a queue of `messages`: the more are held, the more
/// calls a heartbeat takes, so the longer each lasts.
#[must_use]
pub fn period_for(messages: u64) -> Duration {
    Duration::from_secs((60 + messages / 50).min(900))
}

impl Hold {
    /// Starts the heartbeat; nothing is held yet.
    #[must_use]
    pub fn start(sqs: Sqs, queue: Queue, period: Duration) -> Self {
        let inner = Arc::new(Inner { sqs, queue, period, held: Mutex::default() });
        let heartbeat = tokio::spawn(beat(Arc::clone(&inner)));
        Hold { inner, heartbeat }
    }

    /// How long a receive must hide messages.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.inner.period
    }

    /// Takes charge of a message received by a call that began at `since`. False when the message
    /// is held already: it was delivered twice, and the newer handle counts.
    pub fn take(&self, id: &str, handle: &str, since: SystemTime) -> bool {
        self.put(id, handle, since, None)
    }

    /// As [`Hold::take`], for a message whose `ApproximateReceiveCount` is known: of two deliveries
    /// whose answers overtake each other, the one that was counted later has the newer handle.
    pub fn take_counted(&self, id: &str, handle: &str, since: SystemTime, receives: u64) -> bool {
        self.put(id, handle, since, Some(receives))
    }

    fn put(&self, id: &str, handle: &str, since: SystemTime, receives: Option<u64>) -> bool {
        let until = since + self.inner.period;
        let mut all = self.inner.lock();
        let known = all.get(id).map(|held| held.receives);
        if known.is_none_or(|known| receives.is_none_or(|receives| known <= receives)) {
            let receives = receives.unwrap_or(0);
            let held = Held { handle: handle.to_owned(), until, lapsed: false, receives };
            all.insert(id.to_owned(), held);
        }
        known.is_none()
    }

    /// The handle by which a message is held now; `None` when it is held no more.
    #[must_use]
    pub fn handle(&self, id: &str) -> Option<String> {
        let held = self.inner.lock();
        held.get(id)
            .filter(|held| !held.has_lapsed(SystemTime::now()))
            .map(|held| held.handle.clone())
    }

    /// Makes sure that these messages stay hidden for long enough to be sent and deleted, and
    /// answers with those that are held no more.
    pub async fn secure(&self, ids: &[String]) -> HashSet<String> {
        let soon = SystemTime::now() + self.inner.period / 3;
        self.inner.extend(ids.iter().cloned(), soon).await;
        ids.iter().filter(|id| self.handle(id).is_none()).cloned().collect()
    }

    /// How many messages are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.inner.lock().len()
    }

    /// The ids of all that is held.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.inner.lock().keys().cloned().collect()
    }

    /// Forgets a message that is deleted.
    pub fn forget(&self, id: &str) {
        self.inner.lock().remove(id);
    }

    /// Makes these messages visible at once.
    pub async fn release(&self, ids: Vec<String>) -> Released {
        let taken: Vec<(String, Held)> = {
            let mut held = self.inner.lock();
            ids.iter().filter_map(|id| held.remove_entry(id)).collect()
        };
        self.inner.release(taken).await
    }

    /// Makes all that is still held visible at once, and stops the heartbeat.
    pub async fn release_all(&self) -> Released {
        self.heartbeat.abort();
        let taken: Vec<(String, Held)> = self.inner.lock().drain().collect();
        self.inner.release(taken).await
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.heartbeat.abort();
    }
}

async fn beat(inner: Arc<Inner>) {
    loop {
        tokio::time::sleep(inner.period / 4).await;
        let ids: Vec<String> = inner.lock().keys().cloned().collect();
        let soon = SystemTime::now() + inner.period * 2 / 3;
        inner.extend(ids, soon).await;
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Extends those of `ids` whose hold would end before `soon`.
    async fn extend(&self, ids: impl IntoIterator<Item = String>, soon: SystemTime) {
        let due: Vec<(String, String)> = {
            let held = self.lock();
            let due = |id: String| {
                let held = held.get(&id).filter(|held| !held.lapsed && held.until < soon)?;
                Some((id, held.handle.clone()))
            };
            ids.into_iter().filter_map(due).collect()
        };
        let batches = due.chunks(BATCH).map(<[_]>::to_vec).collect::<Vec<_>>();
        stream::iter(batches).for_each_concurrent(CALLS, |batch| self.extend_batch(batch)).await;
    }

    async fn extend_batch(&self, batch: Vec<(String, String)>) {
        let since = SystemTime::now();
        let handles: Vec<String> = batch.iter().map(|(_, handle)| handle.clone()).collect();
        let fates = self.sqs.change_visibility(&self.queue, &handles, self.period).await;
        let mut held = self.lock();
        for ((id, handle), fate) in batch.into_iter().zip(fates) {
            let Some(held) = held.get_mut(&id).filter(|held| held.handle == handle) else {
                continue;
            };
            match fate {
                Ok(()) => held.until = since + self.period,
                Err(fault) if fault.is_lapsed() => held.lapsed = true,
                // It stays held until its time is over; `has_lapsed` sees to that.
                Err(fault) => tracing::debug!(%fault, id, "cannot extend the hold of a message"),
            }
        }
    }

    async fn release(&self, taken: Vec<(String, Held)>) -> Released {
        let now = SystemTime::now();
        let (lapsed, taken): (Vec<_>, Vec<_>) =
            taken.into_iter().partition(|(_, held)| held.has_lapsed(now));
        let batches = taken.chunks(BATCH).map(<[_]>::to_vec).collect::<Vec<_>>();
        let parts: Vec<Released> = stream::iter(batches)
            .map(|batch| self.release_batch(batch))
            .buffer_unordered(CALLS)
            .collect()
            .await;
        // What has lapsed is visible already.
        let mut released = Released { released: lapsed.len() as u64, unreleased: vec![] };
        for part in parts {
            released.merge(part);
        }
        released
    }

    async fn release_batch(&self, batch: Vec<(String, Held)>) -> Released {
        let handles: Vec<String> = batch.iter().map(|(_, held)| held.handle.clone()).collect();
        let fates = self.sqs.change_visibility(&self.queue, &handles, Duration::ZERO).await;
        let mut released = Released::default();
        for ((message_id, held), fate) in batch.into_iter().zip(fates) {
            match fate {
                Err(fault) if !fault.is_lapsed() => {
                    let left = held.until.duration_since(SystemTime::now()).unwrap_or_default();
                    let reason = fault.to_string();
                    let visible_in_s = left.as_secs() + 1;
                    released.unreleased.push(Unreleased { message_id, visible_in_s, reason });
                }
                _ => released.released += 1,
            }
        }
        released
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_lasts_longer_the_more_is_held_within_bounds() {
        assert_eq!(period_for(0), Duration::from_secs(60));
        assert_eq!(period_for(10_000), Duration::from_secs(260));
        assert_eq!(period_for(10_000_000), Duration::from_secs(900));
    }

    #[test]
    fn a_hold_lapses_by_time_and_by_word_of_the_queue() {
        let now = SystemTime::now();
        let held = |until, lapsed| Held { handle: String::new(), until, lapsed, receives: 1 };
        assert!(held(now, false).has_lapsed(now));
        assert!(held(now + Duration::from_secs(1), true).has_lapsed(now));
        assert!(!held(now + Duration::from_secs(1), false).has_lapsed(now));
    }
}
