//! The journal that a redrive has open while it moves.

use std::sync::Arc;

use reco_core::journal::{Header, VERSION};

use super::RedriveArgs;
use super::report::RedriveReport;
use crate::commands::dlq::session::Session;
use crate::context::Context;
use crate::error::Result;
use crate::flow::journal::{Home, Journal};
use crate::flow::redrive::Route;
use crate::ui::Report;

/// The journal of one run.
pub(super) struct Log {
    journal: Arc<Journal>,
    home: Home,
}

impl Log {
    /// Begins the journal of the run `run_id`; a dry run has none.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub(super) fn open(
        context: &Context,
        session: &Session,
        route: &Route,
        args: &RedriveArgs,
        run_id: Option<String>,
    ) -> Result<Option<Self>> {
        let Some(run_id) = run_id else { return Ok(None) };
        let home = Home::of(&context.settings)?;
        let from = &session.pair.dlq.queue;
        let header = Header {
            version: VERSION,
            run_id,
            started_at: String::new(),
            source: from.arn.clone(),
            destination: route.sole().map(|to| to.queue.arn.clone()),
            fifo: from.fifo,
            recoctl: String::new(),
            policy: session.basis.policy_fingerprint.clone(),
        };
        let journal = Arc::new(Journal::create(&home, args.journal.as_deref(), header)?);
        Ok(Some(Log { journal, home }))
    }

    pub(super) fn journal(&self) -> Arc<Journal> {
        Arc::clone(&self.journal)
    }

    /// The journal's file; `None` when it goes with this process, so that nobody looks for it.
    pub(super) fn path(&self) -> Option<String> {
        let passing =
            self.home.is_passing() && self.journal.path().starts_with(self.home.journals());
        (!passing).then(|| self.journal.path().display().to_string())
    }

    /// After a failure: what was sent stays on record, without an end.
    pub(super) fn abandon(self, context: &Context) {
        match self.journal.discard_if_unused() {
            Ok(true) => {}
            Ok(false) => {
                let path = self.journal.path().display();
                context.ui.warn(format!(
                    "the run was interrupted; finish it with `recoctl dlq journal resume {path}`"
                ));
            }
            Err(error) => context.ui.warn(error.to_string()),
        }
    }

    /// Writes the end. That it cannot be written is a warning: all that matters is in the journal.
    pub(super) async fn close(self, context: &Context, report: &mut RedriveReport) {
        match self.journal.end(report.outcome(), report.tally()).await {
            Ok(true) => {}
            Ok(false) => report.forget_journal(),
            Err(error) => context.ui.warn(format!("the journal has no end record: {error}")),
        }
    }
}
