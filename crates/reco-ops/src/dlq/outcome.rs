//! Outcome of moved messages: looks at the queues, the table and the DLQ until each message of a
//! run's journal has an outcome that stays, or the time is over.
//!
//! The function's log, if there is one, gives the reasons of those that did not end well.
//!
//! All evidence is read anew from the journal, the table and the DLQ, so that a wait that was cut
//! off and a later look conclude the same.

mod dead_letters;
mod earlier;
mod log;
mod report;
mod table;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reco_core::journal::{Became, JournalState, Outcomes, Record};
use reco_core::message_outcome::{Destinations, MessageOutcome, Tracker};
use reco_core::settle::Deletable;
use tokio::time::Instant;

use self::dead_letters::DeadLetters;
use super::causes::LogRead;
use super::judge::Judge;
use crate::aws::sqs::{Queue, Sqs};
use crate::error::Result;
use crate::event::{Control, Unit};
use crate::journal::{Journal, lines, now_ms};
use crate::sqs::{DeleteOutcome, VisibilityLease};
pub use earlier::{EarlierOptions, earlier};
pub use log::{ASKED, FunctionLog};
pub use report::{Ended, OutcomeReport, OutcomeRow, OutcomeSummary};
pub(in crate::dlq) use table::lacking;

/// Pauses between looks: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));

/// AWS: the counts of a queue are approximate, and right about a minute after the last change.
const LAG: Duration = Duration::from_secs(60);

/// Maximum ids in a record of the journal.
const IDS: usize = 1_000;

/// Time for which outcomes are waited for unless another is given.
pub const WAIT: Duration = Duration::from_secs(600);

/// Inputs of a wait.
pub struct Evidence<'a> {
    /// Client for SQS.
    pub sqs: &'a Sqs,
    /// Queue that the messages were moved from.
    pub dlq: &'a Queue,
    /// True if receiving from the DLQ may push messages out of it: it has a redrive policy of its
    /// own.
    pub dlq_is_guarded: bool,
    /// Lease on messages of the DLQ that the caller holds, if it does.
    pub lease: Option<Arc<VisibilityLease>>,
    /// Queues that the messages were sent to.
    pub destinations: Vec<Queue>,
    /// Judges the messages as the function does, and has the table.
    pub judge: &'a Judge,
    /// Reason why the table cannot be read; `None` if it can.
    pub no_table: Option<String>,
    /// The function's log, if one is configured.
    pub log: Option<FunctionLog<'a>>,
    /// Journal of the run.
    pub journal: &'a Path,
    /// Event output and cancellation.
    pub control: &'a Control,
}

/// End of a wait.
#[derive(Debug)]
pub struct Waited {
    /// Reason why it ended.
    pub ended: Ended,
    /// Duration.
    pub time: Duration,
    /// What could not be looked at, and why.
    pub notes: Vec<String>,
    /// True if a look was completed: without one nothing is known of the users.
    pub looked: bool,
    /// True if the DLQ could be looked at for messages that came back.
    pub saw_dlq: bool,
    /// Originals that the lease owed a delete, received again and deleted.
    pub cleared: Vec<(Deletable, DeleteOutcome)>,
    /// The function's log, if it was asked for reasons.
    pub log: Option<LogRead>,
}

/// Returns the tracker of a run's messages, from its journal.
#[must_use]
pub fn tracker(state: &JournalState) -> Tracker {
    let started = state.header().and_then(|header| header.started_at.parse().ok());
    let since_ms = started.map_or(i64::MAX, jiff::Timestamp::as_millisecond);
    Tracker::of(state, since_ms)
}

/// Looks until every message has an outcome that stays, or `wait` is over; at least once. What is
/// found is appended to `writer`, the journal open for writing.
///
/// # Errors
/// When the journal cannot be read or written.
pub async fn wait(
    evidence: &Evidence<'_>,
    tracker: &mut Tracker,
    writer: Option<&Journal>,
    wait: Duration,
) -> Result<Waited> {
    let began = Instant::now();
    let end = began + wait;
    let (control, all) = (evidence.control, tracker.len() as u64);
    let progress = control.events.progress("waiting for the outcome", Some(all), Unit::Messages);
    let mut dead_letters = DeadLetters::new(evidence);
    let (mut pause, mut empty_since) = (PAUSES.0, None);
    let (mut looked, mut was_busy) = (false, false);
    let (ended, mut notes) = loop {
        // In this order: what has left the queue by now is in the table or the DLQ by then.
        let held = are_empty(evidence).await;
        was_busy |= held == Some(false);
        let empty = held == Some(true) && (was_busy || was_sent_long_ago(tracker));
        empty_since = empty_since.or_else(|| Some(Instant::now())).filter(|_| empty);
        let notes = table::read(evidence, tracker).await?;
        if control.cancel.is_cancelled() {
            break (Ended::Interrupted, notes);
        }
        looked = true;
        let is_last = Instant::now() >= end;
        let if_none_is_back = if empty { Destinations::Empty } else { Destinations::Busy };
        let would_end = is_last || tracker.would_settle(if_none_is_back);
        let whole = dead_letters.look(tracker, would_end).await;
        if control.cancel.is_cancelled() {
            record(writer, tracker.settle(Destinations::Busy)).await?;
            break (Ended::Interrupted, notes);
        }
        let drained = empty_since.is_some_and(|since: Instant| since.elapsed() >= LAG);
        let drained = drained && !tracker.may_be_read();
        let destinations = match (empty && whole, drained || is_last) {
            (false, _) => Destinations::Busy,
            (true, false) => Destinations::Empty,
            (true, true) => Destinations::Drained,
        };
        record(writer, tracker.settle(destinations)).await?;
        progress.set(all - tracker.open() as u64);
        if tracker.open() == 0 {
            break (Ended::Settled, notes);
        }
        if is_last {
            break (Ended::Over, notes);
        }
        let rest = end.saturating_duration_since(Instant::now());
        let sleep = tokio::time::sleep(pause.min(rest));
        if control.cancel.run_until_cancelled(sleep).await.is_none() {
            break (Ended::Interrupted, notes);
        }
        pause = (pause * 2).min(PAUSES.1);
    };
    let (unseen, cleared) = dead_letters.finish();
    let saw_dlq = unseen.is_none();
    notes.extend(unseen);
    notes.dedup();
    if let Some(writer) = writer.filter(|_| looked) {
        record_all(writer, tracker).await?;
    }
    // Last: it changes no outcome, and may take a minute.
    let log = match evidence.log.filter(|_| looked && ended != Ended::Interrupted) {
        Some(log) => log::explain(log, tracker, evidence.journal, &evidence.control.cancel).await,
        None => Ok(None),
    };
    let problem = match &log {
        Ok(log) => log.as_ref().and_then(|log| log.problem.clone()),
        Err(error) => Some(error.to_string()),
    };
    notes.extend(
        problem
            .map(|problem| format!("the function's log gives no reasons, or not all: {problem}")),
    );
    let log = log.ok().flatten();
    Ok(Waited { ended, time: began.elapsed(), notes, looked, saw_dlq, cleared, log })
}

/// Returns whether the last message was sent longer ago than the counts of SQS lag behind.
fn was_sent_long_ago(tracker: &Tracker) -> bool {
    let lag_ms = i64::try_from(LAG.as_millis()).unwrap_or(i64::MAX);
    tracker.last_sent_ms().is_none_or(|sent_ms| now_ms().saturating_sub(sent_ms) >= lag_ms)
}

/// Returns whether all destinations are empty, if that can be told.
async fn are_empty(evidence: &Evidence<'_>) -> Option<bool> {
    for queue in &evidence.destinations {
        let asked = evidence.sqs.state(queue);
        match evidence.control.cancel.run_until_cancelled(asked).await {
            Some(Ok(state)) if state.holds() == 0 => {}
            Some(Ok(_)) => return Some(false),
            _ => return None,
        }
    }
    (!evidence.destinations.is_empty()).then_some(true)
}

/// Enters the outcomes of all messages at this time in the journal.
async fn record_all(writer: &Journal, tracker: &Tracker) -> Result<()> {
    let (counts, users) = (tracker.counts(), tracker.users());
    let outcomes = Outcomes { at_ms: now_ms(), counts, users };
    writer.durable(lines([Record::Outcomes(outcomes)])?).await
}

/// Enters outcomes that stay in the journal.
async fn record(writer: Option<&Journal>, newly: Vec<(&str, MessageOutcome)>) -> Result<()> {
    let Some(writer) = writer.filter(|_| !newly.is_empty()) else { return Ok(()) };
    let mut bytes = Vec::new();
    for outcome in MessageOutcome::ALL.iter().copied() {
        let ids: Vec<&str> = newly.iter().filter(|one| one.1 == outcome).map(|one| one.0).collect();
        for ids in ids.chunks(IDS) {
            let message_ids = ids.iter().map(|id| (*id).into()).collect();
            bytes.extend(lines([Record::Became(Became { outcome, message_ids })])?);
        }
    }
    writer.durable(bytes).await
}

/// Text of a failure, shared by the messages that it concerns.
type Reason = Arc<str>;
