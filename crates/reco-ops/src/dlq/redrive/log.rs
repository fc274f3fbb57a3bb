//! Journal of a redrive, open while it moves messages.

use std::sync::Arc;

use reco_core::journal::Header;

use super::RedriveOptions;
use super::report::RedriveReport;
use crate::dlq::journal::{Home, HomeOptions, Journal};
use crate::dlq::redrive::Route;
use crate::dlq::session::Session;
use crate::error::Result;
use crate::event::Events;

/// Journal of one run.
pub(super) struct Log {
    journal: Arc<Journal>,
    home: Home,
}

impl Log {
    /// Creates the journal of the run; `None` for a dry run.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub(super) fn open(
        home: &HomeOptions,
        session: &Session,
        route: &Route,
        options: &RedriveOptions,
    ) -> Result<Option<Self>> {
        let Some(run_id) = options.run_id.clone() else { return Ok(None) };
        let home = Home::of(home)?;
        let from = &session.pair.dlq.queue;
        let header = Header {
            run_id,
            source: from.arn.clone(),
            destination: route.sole().map(|to| to.queue.arn.clone()),
            fifo: from.fifo,
            policy: session.basis.policy_fingerprint.clone(),
            by: session.by.clone(),
            ..Header::default()
        };
        let journal = Arc::new(Journal::create(&home, options.journal.as_deref(), header)?);
        Ok(Some(Log { journal, home }))
    }

    pub(super) fn journal(&self) -> Arc<Journal> {
        Arc::clone(&self.journal)
    }

    /// Returns the journal's path; `None` if the file is removed when this process ends.
    pub(super) fn path(&self) -> Option<String> {
        let passing =
            self.home.is_passing() && self.journal.path().starts_with(self.home.journals());
        (!passing).then(|| self.journal.path().display().to_string())
    }

    /// Leaves the journal without an end record after a failure: what was sent stays on record.
    pub(super) fn abandon(self, events: &Events) {
        match self.journal.discard_if_unused() {
            Ok(true) => {}
            Ok(false) => {
                let path = self.journal.path().display();
                events.warn(format!(
                    "the run was interrupted; finish it with `recoctl dlq journal resume {path}`"
                ));
            }
            Err(error) => events.warn(error.to_string()),
        }
    }

    /// Writes the end record, and leaves the journal open for what becomes of the messages. Failing to
    /// do so is only a warning: every send is recorded.
    pub(super) async fn end(&self, events: &Events, report: &mut RedriveReport) {
        match self.journal.end_open(report.outcome(), report.tally()).await {
            Ok(true) => {}
            Ok(false) => report.forget_journal(),
            Err(error) => events.warn(format!("the journal has no end record: {error}")),
        }
    }

    /// Closes the journal.
    pub(super) fn close(self) {
        self.journal.close();
    }
}
