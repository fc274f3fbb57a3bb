//! Outcome of the messages that a redrive moved.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use reco_core::message_outcome::{MessageOutcome, Tracker};

use super::report::{Category, Record, RedriveReport};
use super::run::Redrive;
use crate::aws::sqs::Queue;
use crate::dlq::journal::{Journal, load};
use crate::dlq::outcome::{self, Evidence, FunctionLog, OutcomeSummary, Waited};
use crate::dlq::session::Session;
use crate::error::Result;

/// Wait for what becomes of the moved messages, once none is moved any more.
pub(super) struct Aftermath<'a> {
    session: &'a Session,
    journal: Arc<Journal>,
    destinations: Vec<Queue>,
    wait: Duration,
    /// Of a run that stopped at a stage: see [`Looking::lacking`].
    lacking: Option<HashSet<String>>,
    /// Name of the function's log group.
    log_group: Option<String>,
}

impl<'a> Redrive<'a> {
    /// Returns the wait after the move. `None` if none was requested. A run that stopped at a stage
    /// takes one more look: messages that it held may have hidden those that came back.
    pub(super) fn aftermath(&self) -> Option<Aftermath<'a>> {
        let stopped = self.stages.stopped();
        let wait = match self.options.wait {
            _ if stopped => Duration::ZERO,
            Some(wait) => wait,
            None => return None,
        };
        let journal = self.outbox.as_ref()?.journal.clone()?;
        let lacking = stopped.then(|| self.stages.lacking.clone());
        let (session, destinations) = (self.session, self.destinations());
        let log_group = self.options.log.group();
        Some(Aftermath { session, journal, destinations, wait, lacking, log_group })
    }

    pub(super) fn destinations(&self) -> Vec<Queue> {
        self.route.destinations().map(|to| to.queue.clone()).collect()
    }
}

impl Aftermath<'_> {
    /// Waits, and enters the outcomes. A failure is only a warning: the messages are moved.
    pub(super) async fn wait(self, report: &mut RedriveReport) {
        let events = &self.session.control.events;
        let destinations = self.destinations.clone();
        let looking = Looking {
            session: self.session,
            journal: &self.journal,
            destinations: self.destinations,
            wait: self.wait,
            lacking: self.lacking.as_ref(),
            log_group: self.log_group.as_deref(),
            holds: false,
        };
        match looking.look().await {
            Ok((tracker, waited)) => {
                enter(&mut report.messages, &tracker);
                report.outcomes = Some(OutcomeSummary::of(&tracker, &waited));
            }
            Err(error) => {
                let reason = format!("the outcome of the moved messages is not known: {error}");
                events.warn(reason.clone());
                let counts = unknown(&mut report.messages);
                report.outcomes = Some(OutcomeSummary::failed(counts, reason));
            }
        }
        // What waited before has had the time to go.
        for queue in destinations {
            if let Some(waiting) = report.waiting.get_mut(&queue.name)
                && let Ok(state) = self.session.sqs.state(&queue).await
            {
                *waiting = state.holds();
            }
        }
    }
}

/// Wait for the outcome of all messages that are in the journal by now.
pub(super) struct Looking<'a> {
    pub session: &'a Session,
    pub journal: &'a Journal,
    pub destinations: Vec<Queue>,
    pub wait: Duration,
    /// In a canary, only what proves that a message was handled counts. These are the messages whose
    /// lists were not in the table before they were sent.
    pub lacking: Option<&'a HashSet<String>>,
    /// Name of the function's log group.
    pub log_group: Option<&'a str>,
    /// True if the session holds messages of the DLQ.
    pub holds: bool,
}

impl Looking<'_> {
    /// Waits.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub async fn look(self) -> Result<(Tracker, Waited)> {
        let Looking { session, journal, destinations, wait, lacking, log_group, holds } = self;
        let mut tracker = outcome::tracker(&load(journal.path())?);
        if let Some(lacking) = lacking {
            tracker.trusts_only(lacking.iter().map(String::as_str));
        }
        let dlq = &session.pair.dlq;
        let evidence = Evidence {
            sqs: &session.sqs,
            dlq: &dlq.queue,
            dlq_is_guarded: dlq.state.redrive.is_some(),
            lease: holds.then(|| Arc::clone(&session.lease)),
            destinations,
            judge: &session.scanner.judge,
            no_table: None,
            log: log_group.map(|group| FunctionLog { sdk: &session.sdk, group }),
            journal: journal.path(),
            control: &session.control,
        };
        let waited = outcome::wait(&evidence, &mut tracker, Some(journal), wait).await?;
        Ok((tracker, waited))
    }
}

/// Enters that nothing is known of moved messages, unless an earlier look found out. Returns the
/// number of messages by outcome.
fn unknown(records: &mut [Record]) -> BTreeMap<MessageOutcome, u64> {
    let mut counts = BTreeMap::new();
    let moved = |one: &&mut Record| one.is(Category::Moved) || one.is(Category::NotDeleted);
    for record in records.iter_mut().filter(moved) {
        let outcome = *record.outcome.get_or_insert(MessageOutcome::Unknown);
        *counts.entry(outcome).or_default() += 1;
    }
    counts
}

/// Enters the outcomes in the records of the messages.
pub(super) fn enter(records: &mut [Record], tracker: &Tracker) {
    for record in records {
        if let Some(message) = tracker.message(record.message_id()) {
            record.outcome = Some(message.outcome);
            if record.is(Category::Moved) {
                record.reason = message.reason.map(Into::into);
            }
        }
    }
}
