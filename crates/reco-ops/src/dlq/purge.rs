//! Purge of a whole DLQ by SQS PurgeQueue, which inspects no messages.

use reco_core::human::{count, known};
use reco_core::run_by::RunBy;
use serde::Serialize;

use super::journal::{Home, HomeOptions, Journal};
use super::lock::{Claim, DlqLock};
use super::queues::{self, QueuePair};
use super::session::{Ask, World, confirm};
use crate::aws::sqs::Sqs;
use crate::error::Result;
use crate::event::Control;

/// AWS: PurgeQueue: deletion takes up to 60 s; messages sent before it ends may be deleted too.
const RACE: &str =
    "messages that arrive within the next 60 s may be deleted, too, and so are messages in flight";

/// Purge of a whole DLQ, ready to run.
#[derive(Debug)]
pub struct PurgeAll {
    sqs: Sqs,
    pair: QueuePair,
    home: HomeOptions,
    control: Control,
}

/// Report of a purge of a whole DLQ.
#[derive(Debug, Serialize)]
pub struct PurgeAllReport {
    /// Name of the DLQ.
    pub dlq: String,
    /// True if nothing was changed.
    pub dry_run: bool,
    /// Approximate messages in the DLQ before the purge: visible, delayed and in flight.
    #[serde(serialize_with = "known")]
    pub approximate_messages: u64,
    /// True if SQS accepted the purge.
    pub purged: bool,
    /// Signature of the run.
    pub by: RunBy,
}

impl PurgeAll {
    /// Finds the DLQ and checks that it is one.
    ///
    /// # Errors
    /// When the queue does not exist; refused, unless `force`, when it may be a live queue.
    pub async fn find(world: World<'_>, force: bool) -> Result<Self> {
        let World { sdk, queues: names, home, control } = world;
        let sqs = Sqs::new(sdk);
        let pair = queues::find(&sqs, names, &control.events).await?;
        queues::guard_whole(&sqs, &pair, force).await?;
        Ok(PurgeAll { sqs, pair, home, control })
    }

    /// Purges the DLQ after confirmation by `ask`; `take_over` is a run on another machine whose lock
    /// on it is taken over.
    ///
    /// # Errors
    /// When it is not confirmed, another process has locked the queue, or SQS refuses.
    pub async fn run(
        self,
        dry_run: bool,
        take_over: Option<&str>,
        ask: Option<&dyn Ask>,
    ) -> Result<PurgeAllReport> {
        let (dlq, about) = (&self.pair.dlq.queue, self.pair.dlq.state.holds());
        let mut report = PurgeAllReport {
            dlq: dlq.name.clone(),
            dry_run,
            approximate_messages: about,
            purged: !dry_run,
            by: self.control.signer.unsigned(),
        };
        if dry_run {
            return Ok(report);
        }
        self.control.events.status(self.pair.acting_on());
        let question = format!(
            "this permanently deletes all messages in {} (about {}), without a backup; {RACE}. Delete all?",
            dlq.name,
            count(about)
        );
        if let Some(operator) = ask {
            confirm(operator, &question, "deleted").await?;
        }
        let (home, run_id) = (Home::of(&self.home)?, Journal::new_run_id());
        let claim = Claim { home: &home, run_id: &run_id, take_over };
        let lock = DlqLock::take(&self.sqs, dlq, claim, &self.control).await?;
        report.by = lock.by().clone();
        self.control.events.warn(format!("purging {}: {RACE}", dlq.name));
        self.sqs.purge(dlq).await?;
        Ok(report)
    }
}
