//! Outcome of the messages that a redrive moved.

use std::sync::Arc;
use std::time::Duration;

use reco_core::message_outcome::Tracker;

use super::report::{Category, Record, RedriveReport};
use super::run::Redrive;
use crate::aws::sqs::Queue;
use crate::dlq::journal::{Journal, load};
use crate::dlq::outcome::{self, Evidence, OutcomeSummary, Waited};
use crate::dlq::session::Session;
use crate::error::Result;

/// Wait for what becomes of the moved messages, once none is moved any more.
pub(super) struct Aftermath<'a> {
    session: &'a Session,
    journal: Arc<Journal>,
    destinations: Vec<Queue>,
    wait: Duration,
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
        Some(Aftermath { session: self.session, journal, destinations: self.destinations(), wait })
    }

    pub(super) fn destinations(&self) -> Vec<Queue> {
        self.route.destinations().map(|to| to.queue.clone()).collect()
    }
}

impl Aftermath<'_> {
    /// Waits, and enters the outcomes. A failure is only a warning: the messages are moved.
    pub(super) async fn wait(self, report: &mut RedriveReport) {
        let events = &self.session.control.events;
        let (tracker, waited) =
            match look(self.session, &self.journal, self.destinations, self.wait).await {
                Ok(looked) => looked,
                Err(error) => {
                    events.warn(format!("the outcome of the moved messages is not known: {error}"));
                    return;
                }
            };
        enter(&mut report.messages, &tracker);
        report.outcomes = Some(OutcomeSummary::of(&tracker, &waited));
    }
}

/// Waits for the outcome of all messages that are in the journal by now.
///
/// # Errors
/// When the journal cannot be read or written.
pub(super) async fn look(
    session: &Session,
    journal: &Journal,
    destinations: Vec<Queue>,
    wait: Duration,
) -> Result<(Tracker, Waited)> {
    let mut tracker = outcome::tracker(&load(journal.path())?);
    let dlq = &session.pair.dlq;
    let evidence = Evidence {
        sqs: &session.sqs,
        dlq: &dlq.queue,
        dlq_is_guarded: dlq.state.redrive.is_some(),
        held: session.lease.held() as u64,
        destinations,
        judge: &session.scanner.judge,
        no_table: None,
        journal: journal.path(),
        control: &session.control,
    };
    let waited = outcome::wait(&evidence, &mut tracker, Some(journal), wait).await?;
    Ok((tracker, waited))
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
