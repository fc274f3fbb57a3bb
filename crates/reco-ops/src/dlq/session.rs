//! Common steps of the DLQ commands: find the queues, set up classification, scan, and always
//! release held messages.

use std::sync::Arc;

use aws_config::SdkConfig;

pub use super::ask::Ask;
pub(super) use super::ask::confirm;
pub use super::queues::Queues;
use super::queues::{self, QueueNames, QueuePair};
use super::reach::{self, Reach};
use crate::aws::sqs::Sqs;
use crate::dlq::journal::{Holder, Home, HomeOptions, Lock, RedriveHistory};
use crate::dlq::judge::{Criteria, Homes, Judge, Provenance, QueueRules};
use crate::dlq::lock::{Claim, DlqLock, holder_elsewhere};
use crate::dlq::scan::{Found, Goal, HOLD_LIMIT, Keep, Scan, Scanner, SeenMessages};
use crate::dlq::select::Matcher;
use crate::error::{Error, Kind, Result};
use crate::event::{Control, Events, Unit};
use crate::sqs::{Drain, DrainEnd, Released, VisibilityLease, period_for};
use reco_core::human::{UNKNOWN, amount, form};
use reco_core::queue_lock::QueueLock;
use reco_core::run_by::RunBy;

/// Session of a command on a DLQ.
#[derive(Debug)]
pub struct Session {
    /// Client for SQS.
    pub sqs: Sqs,
    /// Source queue and DLQ.
    pub pair: QueuePair,
    /// Lease on the received messages.
    pub lease: Arc<VisibilityLease>,
    /// Receives and classifies messages.
    pub scanner: Arc<Scanner>,
    /// Provenance of the classification.
    pub basis: Provenance,
    /// History of earlier runs on the DLQ.
    pub history: Arc<RedriveHistory>,
    /// AWS SDK configuration.
    pub sdk: SdkConfig,
    /// Event output and cancellation.
    pub control: Control,
    /// Another run of this machine that is moving messages of the DLQ, and so holds some of them.
    pub holder: Option<Holder>,
    /// The same on another machine, by its lock on the DLQ.
    pub locked_by: Option<QueueLock>,
    /// Who runs this, and why.
    pub by: RunBy,
    _lock: Option<DlqLock>,
}

/// Result of a look at the DLQ.
#[derive(Debug)]
pub struct Looked {
    /// Messages found.
    pub scan: Scan,
    /// How far the scan reached.
    pub reach: Reach,
    /// Release of the messages.
    pub released: Released,
}

/// Environment in which a session is opened.
#[derive(Debug)]
pub struct World<'a> {
    /// AWS SDK configuration.
    pub sdk: &'a SdkConfig,
    /// Queues as configured.
    pub queues: QueueNames<'a>,
    /// Location of journals and locks.
    pub home: HomeOptions,
    /// Event output and cancellation.
    pub control: Control,
}

/// Options for opening a session.
#[derive(Debug)]
pub struct SessionOptions {
    /// Allows receiving from a DLQ with a redrive policy of its own.
    pub force: bool,
    /// Run on another machine whose lock on the DLQ is taken over.
    pub take_over: Option<String>,
    /// Parts of each message to keep.
    pub keep: Keep,
    /// Maximum number of messages to receive.
    pub at_most: Option<usize>,
    /// Maximum number of messages held at once.
    pub limit: usize,
    /// Matcher for the requested messages.
    pub wanted: Arc<Matcher>,
    /// Destination other than the source queue.
    pub to: Option<String>,
    /// Id of a run that changes the queue. It locks the queue before reading the history, so that
    /// no other run still adds to it.
    pub run_id: Option<String>,
}

impl SessionOptions {
    /// Returns the options of a command that inspects the messages matching `wanted` and moves
    /// none.
    #[must_use]
    pub fn looking(wanted: Arc<Matcher>, keep: Keep, force: bool) -> Self {
        SessionOptions {
            force,
            take_over: None,
            keep,
            at_most: None,
            limit: HOLD_LIMIT,
            wanted,
            to: None,
            run_id: None,
        }
    }
}

impl Session {
    /// Opens a session without receiving. `criteria` are awaited once the queues are found.
    ///
    /// # Errors
    /// When queues, table, facts or policy cannot be used, or receiving is refused for safety.
    pub async fn open(
        world: World<'_>,
        options: SessionOptions,
        criteria: impl Future<Output = Result<Criteria>>,
    ) -> Result<Self> {
        let World { sdk, queues, home, control } = world;
        let sqs = Sqs::new(sdk);
        let mut pair = queues::find(&sqs, queues, &control.events).await?;
        if let Some(to) = &options.to {
            pair = queues::bound_for(&sqs, pair, to).await?;
        }
        queues::guard(&pair, options.force)?;
        let rules = QueueRules {
            retention_s: pair.dlq.state.retention_s,
            destination_limit: pair.source.as_ref().map(|s| s.state.max_message_bytes),
            homes: match options.to {
                Some(_) => Homes::One,
                None => Homes::Source(pair.source.as_ref().map(|s| s.queue.arn.clone())),
            },
        };
        let lock = match options.run_id.as_deref() {
            Some(run_id) => {
                let take_over = options.take_over.as_deref();
                let claim = Claim { home: &Home::of(&home)?, run_id, take_over };
                Some(DlqLock::take(&sqs, &pair.dlq.queue, claim, &control).await?)
            }
            None => None,
        };
        let elsewhere = lock.is_none() && pair.dlq.state.in_flight > 0;
        let holder = elsewhere.then(|| holder(&home, &pair.dlq.queue.arn)).flatten();
        let locked_by = match elsewhere && holder.is_none() {
            true => holder_elsewhere(&sqs, &pair.dlq.queue).await,
            false => None,
        };
        let by = lock.as_ref().map_or_else(|| control.signer.unsigned(), |lock| lock.by().clone());
        if options.run_id.is_some() {
            control.events.status(pair.acting_on());
        }
        let history = Arc::new(history(&home, &control.events, &pair.dlq.queue.arn));
        let judge = Judge::new(criteria.await?, rules).with_history(Arc::clone(&history));
        let mut basis = judge.basis();
        if pair.dlq.queue.fifo {
            basis.limits.push(
                "a FIFO queue delivers only the front of each message group: `superseded` is determined among messages that can be held at once"
                    .to_owned(),
            );
        }
        let queue = pair.dlq.queue.clone();
        let messages = pair.dlq.state.visible.min(options.at_most.unwrap_or(usize::MAX) as u64);
        let lease = VisibilityLease::start(sqs.clone(), queue, period_for(messages));
        let lease = Arc::new(lease);
        let drain = Drain { lease: Arc::clone(&lease), cancel: control.cancel.clone() };
        let scanner = Scanner {
            drain: Arc::new(drain),
            judge,
            keep: options.keep,
            limit: options.limit.min(HOLD_LIMIT),
            known: SeenMessages::default(),
            wanted: options.wanted,
        };
        let scanner = Arc::new(scanner);
        Ok(Session {
            sqs,
            pair,
            lease,
            scanner,
            basis,
            history,
            sdk: sdk.clone(),
            control,
            holder,
            locked_by,
            by,
            _lock: lock,
        })
    }

    /// Returns the queues as shown in reports.
    #[must_use]
    pub fn queues(&self) -> Queues {
        Queues::of(&self.pair)
    }

    /// Returns the approximate number of messages visible at the start.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.pair.dlq.state.visible
    }

    /// Scans up to `depth` messages and reports progress; found messages stay held.
    ///
    /// # Errors
    /// As [`Scanner::scan`], after releasing all held messages.
    pub async fn scan(&self, goal: Goal, depth: u64) -> Result<Scan> {
        let total = match goal {
            Goal::First(wanted) => depth.min(wanted as u64),
            Goal::All | Goal::Matching(_) | Goal::Front => depth,
        };
        let progress =
            Arc::new(self.control.events.progress("scanning", Some(total), Unit::Messages));
        let scan = self.scanner.scan(goal, depth, &progress).await;
        if scan.is_err() {
            self.release_all().await;
        }
        scan
    }

    /// Returns the number of a scan's messages that were there when the DLQ's depth was read. Later
    /// arrivals can be told only on a FIFO DLQ. AWS: a move to a FIFO DLQ resets the time of
    /// sending.
    #[must_use]
    pub fn early(&self, scan: &Scan) -> u64 {
        scan.taken() - scan.found.iter().filter(|found| self.is_late(found)).count() as u64
    }

    /// Returns whether a message arrived at a FIFO DLQ since its depth was read.
    #[must_use]
    pub fn is_late(&self, found: &Found) -> bool {
        let dlq = &self.pair.dlq;
        dlq.queue.fifo && found.row.sent_at_ms.is_some_and(|sent| sent >= dlq.state.read_ms)
    }

    /// Returns the reach of all scans up to this last one; `taken` messages were received in total,
    /// `early` of which were there when the session began, and none of them is visible again yet.
    pub async fn reach(&self, scan: &Scan, (taken, early): (u64, u64)) -> Reach {
        if !scan.end.is_whole() {
            return Reach::of(scan.end, 0);
        }
        // The number of arrivals is not worth failing for.
        let state = self.sqs.state(&self.pair.dlq.queue).await;
        let visible = state.ok().map(|state| state.visible).filter(|visible| *visible != UNKNOWN);
        match self.pair.dlq.queue.fifo {
            true => Reach::of_fronts(scan.end, (self.depth(), early), visible),
            false => {
                let arrived = |visible| reach::arrived(self.depth(), taken, visible);
                Reach::of(scan.end, visible.map_or(0, arrived))
            }
        }
    }

    /// Returns the reach of the only scan of a command, corrected if it ended for want of room and
    /// not because it had reached its goal. To be called before any message is released.
    #[must_use]
    pub fn within_room(&self, reach: Reach, scan: &Scan, goal: Goal) -> Reach {
        let limit = self.scanner.limit;
        let wants_more = match goal {
            Goal::First(wanted) => scan.taken() < wanted as u64,
            Goal::All | Goal::Matching(_) | Goal::Front => true,
        };
        match wants_more && scan.end == DrainEnd::Enough && self.lease.held() >= limit {
            true => reach.out_of_room(limit, self.depth(), scan.taken()),
            false => reach,
        }
    }

    /// Looks at the DLQ: scans it, and makes every message visible again.
    ///
    /// # Errors
    /// As [`Session::scan`].
    pub async fn look(&self, goal: Goal) -> Result<Looked> {
        let mut scan = self.scan(goal, self.depth()).await?;
        // Only repairs ask for them.
        drop(std::mem::take(&mut scan.lists));
        let reach = self.reach(&scan, (scan.taken(), self.early(&scan))).await;
        let reach = self.within_room(reach, &scan, goal);
        let released = self.release_all().await;
        Ok(Looked { scan, reach, released })
    }

    /// Makes these messages visible immediately, and warns of those that could not be released.
    pub async fn release(&self, ids: impl IntoIterator<Item = impl AsRef<str>>) -> Released {
        let released = self.lease.release(ids).await;
        warn_unreleased(&self.control.events, &released);
        released
    }

    /// Makes all held messages visible immediately, and warns of those that could not be released.
    pub async fn release_all(&self) -> Released {
        let released = self.lease.release_all().await;
        warn_unreleased(&self.control.events, &released);
        released
    }

    /// Reports something that the operator should know although it is not an error.
    pub fn warn(&self, text: impl AsRef<str>) {
        self.control.events.warn(text);
    }

    /// Returns whether a signal asks the run to end.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.control.cancel.is_cancelled()
    }
}

/// Runs work that makes no changes, and ends it at the first signal.
///
/// # Errors
/// Those of the work; interrupted if a signal came first.
pub async fn before_all<T>(control: &Control, work: impl Future<Output = Result<T>>) -> Result<T> {
    // Boxed, because futures of whole services would overflow the stack of a thread.
    let done = control.cancel.run_until_cancelled(Box::pin(work)).await;
    done.unwrap_or_else(|| {
        Err(Error::new(Kind::Interrupted, "interrupted before any change was made"))
    })
}

/// Returns the run that is moving messages of the queue `arn`; `None` too if that cannot be told.
fn holder(home: &HomeOptions, arn: &str) -> Option<Holder> {
    Home::of(home).ok().and_then(|home| Lock::holder(&home, arn))
}

/// Returns the history from the journals of the queue `arn`; empty if they cannot be read.
fn history(home: &HomeOptions, events: &Events, arn: &str) -> RedriveHistory {
    match Home::of(home).and_then(|home| RedriveHistory::of(&home, arn)) {
        Ok(history) => history,
        Err(error) => {
            events.warn(format!("messages redriven earlier are not marked: {error}"));
            RedriveHistory::default()
        }
    }
}

/// Warns of messages that stay hidden, and for how long.
pub fn warn_unreleased(events: &Events, released: &Released) {
    if let Some(lost) = &released.lost {
        events.warn(format!(
            "SQS responses were lost: up to {} hidden, visible again within {} s",
            amount(lost.messages, "message"),
            lost.visible_in_s
        ));
    }
    let Some(first) = released.unreleased.first() else { return };
    let longest = released.unreleased.iter().map(|message| message.visible_in_s).max();
    events.warn(format!(
        "{} could not be released; {} visible again by {} within {} s ({}: {})",
        amount(released.unreleased.len() as u64, "message"),
        form(released.unreleased.len() as u64, "it becomes", "they become"),
        form(released.unreleased.len() as u64, "itself", "themselves"),
        longest.unwrap_or_default(),
        first.message_id,
        first.reason
    ));
}
