//! Common steps of the DLQ commands: find the queues, set up classification, scan, and always
//! release held messages.

use std::sync::Arc;

use aws_config::SdkConfig;
use futures::future::LocalBoxFuture;
use serde::Serialize;

use super::queues::{self, QueueNames, QueuePair};
use super::reach::{self, Reach};
use crate::aws::sqs::{Damaged, Sqs};
use crate::dlq::journal::{Home, HomeOptions, Lock, RedriveHistory};
use crate::dlq::judge::{Criteria, Homes, Judge, Provenance, QueueRules};
use crate::dlq::scan::{Found, Goal, HOLD_LIMIT, Keep, Scan, Scanner, SeenMessages};
use crate::dlq::select::Matcher;
use crate::error::{Error, Kind, Result};
use crate::event::{Control, Events, Unit};
use crate::sqs::{Drain, DrainEnd, Released, VisibilityLease, period_for};
use reco_core::human::{amount, form, known};

/// A DLQ under examination.
#[derive(Debug)]
pub struct Session {
    /// SQS.
    pub sqs: Sqs,
    /// The queues.
    pub pair: QueuePair,
    /// Holds what is received.
    pub lease: Arc<VisibilityLease>,
    /// Receives and judges.
    pub scanner: Arc<Scanner>,
    /// Provenance of the classification.
    pub basis: Provenance,
    /// History of earlier runs on the DLQ.
    pub history: Arc<RedriveHistory>,
    /// The way to AWS.
    pub sdk: SdkConfig,
    /// Whom it tells, and what ends it early.
    pub control: Control,
    _lock: Option<Lock>,
}

/// The queues as reports name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Queues {
    /// The DLQ's name.
    pub dlq: String,
    /// The source queue's name, where it is known.
    pub source: Option<String>,
    /// Messages in the DLQ when the command began: about, as AWS counts.
    #[serde(serialize_with = "known")]
    pub approximate_messages: u64,
    /// Messages of the DLQ that others held when the command began: they cannot be seen.
    #[serde(serialize_with = "known")]
    pub in_flight_elsewhere: u64,
}

/// A message that came garbled, as reports show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DamagedRow {
    /// Its id.
    pub message_id: String,
    /// Description of the mismatch.
    pub reason: String,
}

impl From<&Damaged> for DamagedRow {
    fn from(damaged: &Damaged) -> Self {
        DamagedRow { message_id: damaged.message_id.clone(), reason: damaged.reason.clone() }
    }
}

/// Whom a flow asks before it does something that cannot be undone.
pub trait Ask {
    /// Asks a yes-or-no question; anything but yes is no.
    ///
    /// # Errors
    /// Refused where there is nobody to ask; interrupted by a signal.
    fn ask<'a>(&'a self, question: &'a str) -> LocalBoxFuture<'a, Result<bool>>;
}

/// Where a session is opened.
#[derive(Debug)]
pub struct World<'a> {
    /// The way to AWS.
    pub sdk: &'a SdkConfig,
    /// The queues as they are configured.
    pub queues: QueueNames<'a>,
    /// Where journals and locks are kept.
    pub home: HomeOptions,
    /// Whom it tells, and what ends it early.
    pub control: Control,
}

/// Options for opening a session.
#[derive(Debug)]
pub struct SessionOptions {
    /// True if it may receive from a DLQ that has a redrive policy of its own.
    pub force: bool,
    /// Parts of each message that are kept.
    pub keep: Keep,
    /// Number of messages that it receives at most.
    pub at_most: Option<usize>,
    /// Number of messages that it holds at a time.
    pub limit: usize,
    /// Matcher for the requested messages.
    pub wanted: Arc<Matcher>,
    /// Another destination than the source queue.
    pub to: Option<String>,
    /// The id of a run that changes the queue: it keeps others off before it reads what earlier runs
    /// did, so that none of them still adds to it.
    pub run_id: Option<String>,
}

impl SessionOptions {
    /// Of a command that looks at the messages that `wanted` chooses, and moves none.
    #[must_use]
    pub fn looking(wanted: Arc<Matcher>, keep: Keep, force: bool) -> Self {
        let (at_most, limit) = (None, HOLD_LIMIT);
        SessionOptions { force, keep, at_most, limit, wanted, to: None, run_id: None }
    }
}

impl Session {
    /// Opens a session; nothing is received yet. `criteria` are opened when the queues are found.
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
        let lock = options
            .run_id
            .as_deref()
            .map(|run_id| Lock::take(&Home::of(&home)?, &pair.dlq.queue.arn, run_id));
        let lock = lock.transpose()?;
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
        let lease = VisibilityLease::start(sqs.clone(), queue.clone(), period_for(messages));
        let lease = Arc::new(lease);
        let drain = Drain {
            sqs: sqs.clone(),
            queue,
            lease: Arc::clone(&lease),
            cancel: control.cancel.clone(),
        };
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
            _lock: lock,
        })
    }

    /// The queues as reports name them.
    #[must_use]
    pub fn queues(&self) -> Queues {
        let state = &self.pair.dlq.state;
        Queues {
            dlq: self.pair.dlq.queue.name.clone(),
            source: self.pair.source.as_ref().map(|source| source.queue.name.clone()),
            approximate_messages: state.visible,
            in_flight_elsewhere: state.in_flight,
        }
    }

    /// Messages that were visible when the session began, about.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.pair.dlq.state.visible
    }

    /// Scans with progress for up to `depth` messages; what is found stays held.
    ///
    /// # Errors
    /// As [`Scanner::scan`]; everything is released before.
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

    /// Messages of a scan that were there when the DLQ's depth was read. What arrives at a FIFO DLQ can be
    /// told by its time. AWS: a move to a FIFO DLQ resets the time of sending.
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
        let state = self.sqs.state(&self.pair.dlq.queue).await;
        // How many arrived is worth no failure.
        let Some(state) = state.ok().filter(|_| scan.end.is_whole()) else {
            return Reach::of(scan.end, 0);
        };
        // Arrivals may have come instead of what stands behind a front that stays.
        let missed = self.depth().saturating_sub(early).min(state.visible);
        match self.pair.dlq.queue.fifo {
            true if missed > 0 => Reach::of(DrainEnd::Front(missed), state.visible - missed),
            true => Reach::of(scan.end, state.visible),
            false => Reach::of(scan.end, reach::arrived(self.depth(), taken, state.visible)),
        }
    }

    /// Makes all that is held visible at once, and warns of what could not be.
    pub async fn release_all(&self) -> Released {
        let released = self.lease.release_all().await;
        warn_unreleased(&self.control.events, &released);
        released
    }
}

/// Ends work that changes nothing at the first signal.
///
/// # Errors
/// The work's own, or that a signal came first.
pub async fn before_all<T>(control: &Control, work: impl Future<Output = Result<T>>) -> Result<T> {
    // On the heap: the futures of whole services would fill a thread's stack.
    let done = control.cancel.run_until_cancelled(Box::pin(work)).await;
    done.unwrap_or_else(|| {
        Err(Error::new(Kind::Interrupted, "interrupted before any change was made"))
    })
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

/// Says on stderr which messages stay hidden, and for how long.
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
