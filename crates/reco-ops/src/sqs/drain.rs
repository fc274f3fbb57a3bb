//! Receiving everything in a queue, each message once, in bounded time.
//!
//! A drain is bounded by the number of messages present at the start: a live queue is never empty,
//! and new arrivals would keep it going forever. It ends
//!
//! - with an empty long poll, which queries all of the queue's servers, when the counts agree that
//!   nothing visible is left and everything in flight is ours;
//! - a short grace period after it has received as many messages as were counted: the counts are
//!   approximate, so there may be a few more;
//! - when polls stay empty although the counts disagree for longer than counts lag, or because the
//!   queue is at its limit of messages in flight: it then reports what is hidden.
//!
//! Received messages are managed by the lease, even if the drain fails.

mod end;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reco_core::calls::CallsInFlight;
use reco_core::message::Message;
use reco_core::settle::Deletable;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::lease::Taken;
use super::{DeleteOutcome, RETRIES, VisibilityLease};
use crate::aws::sqs::{BATCH, CallEffect, Damaged, ReceiveOptions};
use crate::error::{Error, Result};
use end::EMPTIES;
pub use end::{DrainEnd, Hidden};

/// Wait time of a receive. Any wait makes it a long poll, and a cancelled drain waits no longer
/// than this.
const WAIT: Duration = Duration::from_secs(1);

/// Time a drain continues after it has received as many messages as were counted.
const GRACE: Duration = Duration::from_secs(2);

/// Drain of one queue.
#[derive(Debug)]
pub struct Drain {
    /// Holder of the received messages, which are those of its queue.
    pub lease: Arc<VisibilityLease>,
    /// Ends the drain early.
    pub cancel: CancellationToken,
}

/// Limits of a drain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// Maximum number of messages to receive.
    pub at_most: usize,
    /// Approximate number of visible messages at the start.
    pub depth: u64,
    /// Ends the drain at the first empty short poll after a message has come: on a FIFO queue the
    /// rest waits behind messages that are held, so polling on is futile.
    pub front_only: bool,
    /// Goes on polling while the counts say that messages are left, until they must be right.
    pub awaits_counts: bool,
}

/// Result of a drain.
#[derive(Debug, Default)]
pub struct Drained {
    /// Reason why it ended.
    pub end: DrainEnd,
    /// Deliveries of messages that were already held.
    pub repeated: u64,
    /// Messages that arrived damaged: held, and not to be touched.
    pub damaged: Vec<Damaged>,
    /// Received messages that were owed a delete, with the outcome of each delete.
    pub cleared: Vec<(Deletable, DeleteOutcome)>,
}

/// Result of one receive, after its messages were processed.
struct Brought<T> {
    began: Instant,
    claim: usize,
    polled: Polled,
    received: u64,
    cleared: Vec<(Deletable, DeleteOutcome)>,
    work: Option<Result<T>>,
}

/// Result of one receive and its retries.
#[derive(Default)]
struct Polled {
    taken: Taken,
    /// Size of its messages.
    bytes: usize,
    /// Duration of the call that was answered.
    took: Duration,
    failures: u32,
    /// Responses that were lost, and when the messages they hid become visible.
    lost: Option<(u64, SystemTime)>,
    /// True if the queue is at its limit of messages in flight.
    full: bool,
}

impl Drain {
    /// Receives within `bound`. `work` processes each receive's new messages, concurrently;
    /// `accept` gets its results one at a time and returns true once that is enough.
    ///
    /// # Errors
    /// When a receive or `work` fails permanently. Messages received until then stay held.
    pub async fn run<T, F, W>(
        self: &Arc<Self>,
        bound: Bound,
        work: F,
        mut accept: impl FnMut(T) -> bool,
    ) -> Result<Drained>
    where
        T: Send + 'static,
        F: Fn(Vec<Message>) -> W + Clone + Send + 'static,
        W: Future<Output = Result<T>> + Send,
    {
        let mut run = Run::new(bound);
        let mut tasks: JoinSet<Result<Brought<T>>> = JoinSet::new();
        let mut failure = None;
        loop {
            while failure.is_none() && !self.cancel.is_cancelled() {
                let Some(claim) = run.claim(tasks.len()) else { break };
                let (drain, work) = (Arc::clone(self), work.clone());
                let wait = if run.polls_short() { Duration::ZERO } else { WAIT };
                tasks.spawn(async move { drain.receive(claim, wait, work).await });
            }
            let Some(brought) = tasks.join_next().await else {
                if failure.is_some() || self.cancel.is_cancelled() || run.end.is_some() {
                    break;
                }
                match self.decide(&mut run).await {
                    Ok(()) => continue,
                    // Only a count is missing: the report covers what was received until now.
                    Err(_) if self.cancel.is_cancelled() => {}
                    Err(error) => failure = Some(error),
                }
                break;
            };
            let brought = brought.map_err(Error::unexpected("a receive"));
            match brought.flatten().and_then(|mut brought| {
                let work = brought.work.take().transpose();
                run.note(brought, tasks.len() + 1);
                work
            }) {
                Ok(Some(done)) => run.enough |= accept(done),
                Ok(None) => {}
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(run.finish()),
        }
    }

    async fn receive<T, F, W>(&self, claim: usize, wait: Duration, work: F) -> Result<Brought<T>>
    where
        F: Fn(Vec<Message>) -> W,
        W: Future<Output = Result<T>>,
    {
        let began = Instant::now();
        let mut polled = self.poll(claim, wait).await?;
        let Taken { fresh, damaged, owed, .. } = &mut polled.taken;
        let (fresh, owed) = (std::mem::take(fresh), std::mem::take(owed));
        polled.bytes = fresh.iter().map(Message::size).sum();
        let received = (fresh.len() + damaged.len()) as u64;
        let mut brought =
            Brought { began, claim, polled, received, cleared: Vec::new(), work: None };
        if !owed.is_empty() {
            let outcomes = self.lease.delete(owed.clone()).await;
            brought.cleared = owed.into_iter().zip(outcomes).collect();
        }
        if !fresh.is_empty() {
            brought.work = Some(work(fresh).await);
        }
        Ok(brought)
    }

    /// Receives once, with its own retries: a lost response leaves messages hidden, and the number
    /// of lost responses bounds how many. A receive that fails while the run is being cancelled is
    /// neither retried nor an error: the report says what it may have hidden.
    async fn poll(&self, max: usize, wait: Duration) -> Result<Polled> {
        let hide = self.lease.period();
        let ask =
            ReceiveOptions { max, wait, hide, attempt: format!("{:032x}", fastrand::u128(..)) };
        let (sqs, queue) = self.lease.queue();
        let mut polled = Polled::default();
        let (mut attempt, mut unknown) = (0, false);
        loop {
            let (since, began) = (SystemTime::now(), Instant::now());
            attempt += 1;
            // Not cancelled midway: a receive hides messages whether or not its response is read.
            let failure = match sqs.receive(queue, &ask).await {
                Ok(received) => {
                    let (taken, took) = (self.lease.take(received, since), began.elapsed());
                    return Ok(Polled { taken, took, ..polled });
                }
                Err(failure) if failure.effect == CallEffect::OverLimit => {
                    return Ok(Polled { full: true, ..polled });
                }
                Err(failure) => failure,
            };
            polled.failures += 1;
            let is_last = attempt >= RETRIES.max_attempts || self.cancel.is_cancelled();
            let gives_up = failure.effect == CallEffect::Refused || is_last;
            unknown |= failure.effect == CallEffect::Unknown;
            // On a FIFO queue a retry with the same attempt id gets the same messages: they are
            // lost only if no retry follows.
            let loses = match queue.fifo {
                true => unknown && gives_up,
                false => failure.effect == CallEffect::Unknown,
            };
            if loses {
                let answers = polled.lost.map_or(0, |(answers, _)| answers) + 1;
                let until = SystemTime::now() + hide;
                polled.lost = Some((answers, until));
                self.lease.note_lost(until);
            }
            if gives_up && failure.effect != CallEffect::Refused && self.cancel.is_cancelled() {
                return Ok(polled);
            }
            if gives_up {
                return Err(failure.error);
            }
            let pause = tokio::time::sleep(RETRIES.delay(attempt));
            self.cancel.run_until_cancelled(pause).await;
        }
    }
}

/// State of a drain.
struct Run {
    bound: Bound,
    room: usize,
    concurrency: CallsInFlight,
    /// Time of the last receive that returned messages.
    last_hit: Instant,
    /// Time at which as many messages had been received as were counted.
    reached: Option<Instant>,
    /// True if a receive that began after the last hit came back empty.
    dry: bool,
    /// Consecutive empty polls although the counts say that messages are left.
    empties: u32,
    /// True if the queue said that it is at its limit of messages in flight.
    full: bool,
    enough: bool,
    end: Option<DrainEnd>,
    received: u64,
    lost: u64,
    lost_until: Option<SystemTime>,
    drained: Drained,
}

impl Run {
    fn new(bound: Bound) -> Self {
        let mut run = Run {
            bound,
            room: bound.at_most,
            concurrency: CallsInFlight::default(),
            last_hit: Instant::now(),
            reached: None,
            dry: false,
            empties: 0,
            full: false,
            enough: false,
            end: None,
            received: 0,
            lost: 0,
            lost_until: None,
            drained: Drained::default(),
        };
        run.note_depth();
        run
    }

    /// Messages received so far, including those that were only deleted.
    fn came(&self) -> u64 {
        self.received + self.drained.cleared.len() as u64
    }

    fn note_depth(&mut self) {
        if self.reached.is_none() && self.came() >= self.bound.depth {
            self.reached = Some(Instant::now());
        }
    }

    /// Reserves room for one more receive; `None` if none should be started now.
    fn claim(&mut self, out: usize) -> Option<usize> {
        if self.end.is_some() || self.dry {
            return None;
        }
        if self.enough || self.room == 0 {
            self.end = (out == 0).then_some(DrainEnd::Enough);
            return None;
        }
        if self.reached.is_some_and(|reached| reached.elapsed() >= GRACE) {
            self.end = (out == 0).then_some(DrainEnd::Depth);
            return None;
        }
        if self.goes_round() {
            self.end = (out == 0).then(|| self.not_given_out());
            return None;
        }
        // Enough receives for what is left by the counts, at least one to confirm. One response may
        // hold the whole front of a FIFO queue and parallel receives would wait in vain, so the
        // first one goes alone.
        let left = self.bound.depth.saturating_sub(self.came());
        let alone = self.bound.front_only && self.came() == 0;
        let most = if alone { 1 } else { self.concurrency.limit() };
        let useful = usize::try_from(left).unwrap_or(usize::MAX).div_ceil(BATCH).clamp(1, most);
        if out >= useful {
            return None;
        }
        let claim = self.room.min(BATCH);
        self.room -= claim;
        Some(claim)
    }

    /// Returns whether the queue keeps delivering the same messages.
    fn goes_round(&self) -> bool {
        self.drained.repeated > 1_000 + 10 * self.came()
    }

    /// Returns the end of a drain that no longer gets new messages.
    fn not_given_out(&self) -> DrainEnd {
        match self.bound.depth.saturating_sub(self.came()) {
            0 => DrainEnd::Depth,
            visible => DrainEnd::Hidden(Hidden { visible, in_flight: 0, until: self.lost_until }),
        }
    }

    /// Returns whether the next poll waits for nothing: only a short poll says that the queue is at
    /// its limit of messages in flight.
    fn polls_short(&self) -> bool {
        (self.bound.front_only && self.came() > 0)
            || (self.bound.awaits_counts && self.empties == EMPTIES)
    }

    /// Enters a receive that ended while `in_flight` were under way with it.
    fn note<T>(&mut self, brought: Brought<T>, in_flight: usize) {
        let Brought { began, claim, polled, received, cleared, .. } = brought;
        if polled.failures > 0 {
            self.concurrency.failed(in_flight);
        } else if received > 0 {
            self.concurrency.answered(polled.took, polled.bytes, in_flight);
        }
        if let Some((answers, until)) = polled.lost {
            self.lost += answers;
            self.lost_until = self.lost_until.max(Some(until));
        }
        self.full |= polled.full;
        self.room += claim.saturating_sub(usize::try_from(received).unwrap_or(0));
        if received > 0 || !cleared.is_empty() {
            self.last_hit = Instant::now();
            (self.dry, self.empties) = (false, 0);
        } else if polled.taken.repeated == 0 {
            self.dry |= began >= self.last_hit;
        }
        self.received += received;
        self.drained.repeated += polled.taken.repeated;
        self.drained.damaged.extend(polled.taken.damaged);
        self.drained.cleared.extend(cleared);
        self.note_depth();
    }

    fn finish(self) -> Drained {
        Drained { end: self.end.unwrap_or(DrainEnd::Cancelled), ..self.drained }
    }
}

#[cfg(test)]
mod tests;
