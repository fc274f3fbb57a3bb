//! What the DLQ commands have in common: find the queues, open what judges, scan, and always let
//! go of what is held.

use std::sync::Arc;

use serde::Serialize;

use super::pair::{self, Pair};
use crate::aws::sqs::{Damaged, Sqs};
use crate::context::Context;
use crate::error::Result;
use crate::flow::hold::{Hold, Released, period_for};
use crate::flow::journal::{Home, Recall};
use crate::flow::judge::{Basis, Judge, QueueRules};
use crate::flow::matcher::Matcher;
use crate::flow::scan::{Goal, HOLD_LIMIT, Keep, Known, Scan, Scanner};
use crate::ui::{Unit, amount, form};

/// A DLQ under examination.
#[derive(Debug)]
pub struct Session {
    /// SQS.
    pub sqs: Sqs,
    /// The queues.
    pub pair: Pair,
    /// Holds what is received.
    pub hold: Arc<Hold>,
    /// Receives and judges.
    pub scanner: Arc<Scanner>,
    /// What the judgement rests on.
    pub basis: Basis,
}

/// The queues as reports name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Queues {
    /// The DLQ's name.
    pub dlq: String,
    /// The source queue's name, where it is known.
    pub source: Option<String>,
    /// Messages in the DLQ when the command began: about, as AWS counts.
    pub approximate_messages: u64,
    /// Messages of the DLQ that others held when the command began: they cannot be seen.
    pub in_flight_elsewhere: u64,
}

/// A message that came garbled, as reports show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DamagedRow {
    /// Its id.
    pub message_id: String,
    /// What does not match.
    pub reason: String,
}

impl From<&Damaged> for DamagedRow {
    fn from(damaged: &Damaged) -> Self {
        DamagedRow { message_id: damaged.message_id.clone(), reason: damaged.reason.clone() }
    }
}

/// How a command opens a session.
#[derive(Debug)]
pub struct Opening {
    /// Whether it cannot do without the source queue.
    pub need_source: bool,
    /// Whether it may receive from a DLQ that has a redrive policy of its own.
    pub force: bool,
    /// What is kept of each message.
    pub keep: Keep,
    /// How many messages it receives at most.
    pub at_most: Option<usize>,
    /// Which messages are wanted.
    pub wanted: Arc<Matcher>,
    /// Another destination than the source queue.
    pub to: Option<String>,
}

impl Session {
    /// Opens a session; nothing is received yet.
    ///
    /// # Errors
    /// When queues, table, facts or policy cannot be used, or receiving is refused for safety.
    pub async fn open(context: &Context, opening: Opening) -> Result<Self> {
        let sqs = Sqs::new(context.sdk().await?);
        let need_source = opening.need_source && opening.to.is_none();
        let mut pair = pair::find(&sqs, &context.settings, &context.ui, need_source).await?;
        if let Some(to) = &opening.to {
            pair = pair::bound_for(&sqs, pair, to).await?;
        }
        pair::guard(&pair, opening.force)?;
        let rules = QueueRules {
            retention_s: pair.dlq.state.retention_s,
            destination_limit: pair.source.as_ref().map(|s| s.state.max_message_bytes),
        };
        let judge = Judge::open(context, rules).await?;
        let judge = recalling(context, judge, &pair.dlq.queue.arn);
        let mut basis = judge.basis();
        if pair.dlq.queue.fifo {
            basis.limits.push(
                "a FIFO queue gives out only the front of each group at a time: `superseded` is \
                 judged among messages that can be held together"
                    .to_owned(),
            );
        }
        let queue = pair.dlq.queue.clone();
        let messages = pair.dlq.state.visible.min(opening.at_most.unwrap_or(usize::MAX) as u64);
        let hold = Arc::new(Hold::start(sqs.clone(), queue.clone(), period_for(messages)));
        let scanner = Arc::new(Scanner {
            sqs: sqs.clone(),
            queue,
            hold: Arc::clone(&hold),
            judge,
            keep: opening.keep,
            limit: hold_limit(),
            known: Known::default(),
            wanted: opening.wanted,
            cancel: context.cancel.clone(),
        });
        Ok(Session { sqs, pair, hold, scanner, basis })
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

    /// Scans with progress; what is found stays held.
    ///
    /// # Errors
    /// As [`Scanner::scan`]; everything is released before.
    pub async fn scan(&self, context: &Context, goal: Goal) -> Result<Scan> {
        let visible = self.pair.dlq.state.visible;
        let total = match goal {
            Goal::First(wanted) => visible.min(wanted as u64),
            Goal::All | Goal::Matching(_) => visible,
        };
        let progress = Arc::new(context.ui.progress("scanning", Some(total), Unit::Messages));
        let scan = self.scanner.scan(goal, progress).await;
        if scan.is_err() {
            self.release_all(context).await;
        }
        scan
    }

    /// Makes everything that is held visible at once, and warns of what could not be.
    pub async fn release_all(&self, context: &Context) -> Released {
        let released = self.hold.release_all().await;
        warn_unreleased(context, &released);
        released
    }
}

/// How many messages are held at a time. Tests of waves set it low; a lower quota than AWS's own is
/// another use.
fn hold_limit() -> usize {
    let given = std::env::var("RECOCTL_HOLD_LIMIT").ok().and_then(|text| text.parse().ok());
    given.filter(|limit| (1..=HOLD_LIMIT).contains(limit)).unwrap_or(HOLD_LIMIT)
}

/// The judge, with what the journals of the queue `arn` know; without it where they cannot be read.
fn recalling(context: &Context, judge: Judge, arn: &str) -> Judge {
    match Home::of(&context.settings).and_then(|home| Recall::of(&home, arn)) {
        Ok(recall) => judge.with_recall(recall),
        Err(error) => {
            context.ui.warn(format!("messages redriven before are not marked: {error}"));
            judge
        }
    }
}

/// Says on stderr which messages stay hidden, and for how long.
pub fn warn_unreleased(context: &Context, released: &Released) {
    let Some(first) = released.unreleased.first() else { return };
    let longest = released.unreleased.iter().map(|message| message.visible_in_s).max();
    context.ui.warn(format!(
        "{} could not be made visible; {} will be by {} within {} s ({}: {})",
        amount(released.unreleased.len() as u64, "message"),
        form(released.unreleased.len() as u64, "it", "they"),
        form(released.unreleased.len() as u64, "itself", "themselves"),
        longest.unwrap_or_default(),
        first.message_id,
        first.reason
    ));
}
