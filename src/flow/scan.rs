//! The scan: receive everything once, hold it, judge it.
//!
//! Every message that is received is held until the scan's owner releases or deletes it, so none
//! is received twice and a DLQ of any size comes to an end.

mod known;
mod state;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reco_core::message::Message;
use reco_core::supersede::Newest;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::aws::sqs::{BATCH, Damaged, Queue, Sqs};
use crate::error::{Error, Kind, Result};
use crate::flow::hold::Hold;
use crate::flow::judge::{Judge, Row};
use crate::flow::matcher::{Match, Matcher};
use crate::flow::spool::{Slot, Spool};
use crate::ui::Progress;
pub use known::Known;
use state::State;

/// AWS: about 120,000 messages of a queue may be in flight; the rest is left to other consumers.
pub const HOLD_LIMIT: usize = 100_000;

/// Receives in flight at once.
const RECEIVERS: usize = 16;

/// How long a receive waits for messages. Any wait makes it a long poll, which asks all of the
/// queue's servers and returns with the first message; a cancelled scan waits no longer than this.
const WAIT: Duration = Duration::from_secs(1);

/// What a scan is to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// Everything, up to the scanner's limit.
    All,
    /// So many messages, whatever they are.
    First(usize),
    /// So many messages that the scanner's `wanted` chooses.
    Matching(usize),
}

/// What is kept of each message beside its judgement.
#[derive(Debug, Clone)]
pub enum Keep {
    /// Nothing.
    Nothing,
    /// The whole message, on disk.
    Spooled(Arc<Spool>),
}

/// A message that was found.
#[derive(Debug)]
pub struct Found {
    /// The judgement. On the heap: lists of what was found are sorted, split and passed on.
    pub row: Box<Row>,
    /// Where the whole message is, when it was spooled.
    pub slot: Option<Slot>,
}

/// What a scan found.
#[derive(Debug, Default)]
pub struct Scan {
    /// Messages in the order of their sending, oldest first; FIFO: each group in its own order.
    pub found: Vec<Found>,
    /// Messages that did not come as they were sent; held, and to be left alone.
    pub damaged: Vec<Damaged>,
    /// Messages that were delivered more than once while they were held.
    pub repeated: u64,
    /// Messages of an earlier scan that were released and came again; held, and not judged anew.
    pub again: u64,
    /// Whether the queue was seen empty.
    pub exhausted: bool,
    /// The newest list of each user, over all that was found.
    pub newest: Newest,
}

/// Everything a scan works with.
#[derive(Debug)]
pub struct Scanner {
    /// SQS.
    pub sqs: Sqs,
    /// The queue that is scanned.
    pub queue: Queue,
    /// Takes charge of what is received.
    pub hold: Arc<Hold>,
    /// Judges it.
    pub judge: Judge,
    /// What is kept.
    pub keep: Keep,
    /// How many messages may be held.
    pub limit: usize,
    /// Messages that earlier scans have judged and released.
    pub known: Known,
    /// What [`Goal::Matching`] counts.
    pub wanted: Arc<Matcher>,
    /// Ends the scan early; what was found until then is the answer.
    pub cancel: CancellationToken,
}

impl Scanner {
    /// Scans until the goal is reached, the queue is empty, or the scan is cancelled.
    ///
    /// # Errors
    /// When a receive or a judgement fails; what was received is held, to be released.
    pub async fn scan(self: &Arc<Self>, goal: Goal, progress: Arc<Progress>) -> Result<Scan> {
        let state = Arc::new(State::new(goal, self.limit.saturating_sub(self.hold.len())));
        let receivers = match goal {
            Goal::First(wanted) => wanted.div_ceil(BATCH).clamp(1, RECEIVERS),
            Goal::All | Goal::Matching(_) => RECEIVERS,
        };
        let mut tasks = JoinSet::new();
        for _ in 0..receivers {
            let (scanner, state) = (Arc::clone(self), Arc::clone(&state));
            let progress = Arc::clone(&progress);
            tasks.spawn(async move {
                let result = scanner.receive_all(&state, &progress).await;
                if result.is_err() {
                    state.stop();
                }
                // Whoever rests must see that this one watches no more.
                state.wake();
                result
            });
        }
        let mut failure = None;
        while let Some(result) = tasks.join_next().await {
            let result = result.unwrap_or_else(|error| {
                state.stop();
                Err(Error::new(Kind::Internal, "a receiver ended abnormally").because(&error))
            });
            failure = failure.or(result.err());
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(state.finish()),
        }
    }

    async fn receive_all(&self, state: &State, progress: &Progress) -> Result<()> {
        while !self.cancel.is_cancelled() {
            let Some(claim) = state.claim() else { return Ok(()) };
            let (began, since) = (state.begin_receive(), SystemTime::now());
            // Not cut short by a cancellation: a receive hides messages whether or not anybody
            // reads the answer.
            let hide = self.hold.period();
            let received = self.sqs.receive(&self.queue, claim, WAIT, hide).await;
            state.end_receive(began);
            let received = received?;
            if received.len() == 0 {
                state.give_back(claim);
                if state.vote_empty(began) {
                    match self.is_empty(state).await? {
                        true => state.exhaust(),
                        false => state.undecided(),
                    }
                }
                self.cancel.run_until_cancelled(state.rest()).await;
                continue;
            }
            let damaged = received.damaged.into_iter().filter(|damaged| {
                self.hold.take(&damaged.message_id, &damaged.receipt_handle, since)
            });
            let damaged: Vec<Damaged> = damaged.collect();
            let count = received.messages.len();
            let fresh: Vec<Message> = received
                .messages
                .into_iter()
                .filter(|message| {
                    let receives = message.receive_count();
                    self.hold.take_counted(&message.id, &message.receipt_handle, since, receives)
                })
                .collect();
            let repeated = count - fresh.len();
            let taken = fresh.len() + damaged.len();
            let damaged = self.known.unknown(damaged, |damaged| &damaged.message_id);
            let fresh = self.known.unknown(fresh, |message| &message.id);
            let new = fresh.len() + damaged.len();
            state.hit(claim, taken, repeated, damaged);
            state.came_again((taken - new) as u64);
            self.note(state, &fresh).await?;
            progress.advance(new as u64);
        }
        Ok(())
    }

    /// Whether an empty receive means an empty queue. A FIFO queue counts messages behind held ones
    /// of their group as visible, but gives none of them out, so its counts say nothing.
    async fn is_empty(&self, state: &State) -> Result<bool> {
        if self.queue.fifo || state.has_enough_votes() {
            return Ok(true);
        }
        Ok(self.sqs.state(&self.queue).await?.visible == 0)
    }

    async fn note(&self, state: &State, messages: &[Message]) -> Result<()> {
        let now_ms = now_ms();
        for (examined, message) in
            self.judge.examine(messages, now_ms).await?.into_iter().zip(messages)
        {
            let slot = match &self.keep {
                Keep::Nothing => None,
                Keep::Spooled(spool) => Some(spool.put(message)?),
            };
            let wanted = state.counts_matching()
                && self.wanted.decide(&examined.row, message).await == Match::Yes;
            state.add(examined, slot, wanted);
        }
        Ok(())
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
