//! `recoctl dlq tasks cancel`.

use reco_core::outcome::{Outcome, Tally};
use reco_core::run_by::RunBy;
use serde::Serialize;

use super::dlq;
use crate::context::Context;
use crate::render::by;
use crate::ui::{Report, UNKNOWN, View, amount, count, form, was};
use reco_ops::aws::acting_on;
use reco_ops::dlq::lock::holder_elsewhere;
use reco_ops::error::Result;

#[derive(Debug, Serialize)]
struct CancelReport {
    dlq: String,
    /// True if a running task was cancelled.
    cancelled: bool,
    /// Approximate number of messages moved before the cancellation; they stay moved.
    moved: Option<u64>,
    /// Approximate number of messages the task had to move.
    to_move: Option<u64>,
    /// Who cancelled it, and why.
    by: RunBy,
}

/// Cancels the running task. It takes no lock: it is the brake, and a lock would refuse it to whoever did
/// not start the task. Whoever holds the lock is named.
///
/// # Errors
/// Fails if the DLQ cannot be found or SQS rejects the call.
pub async fn run(context: &Context) -> Result<Outcome> {
    let (sqs, dlq) = dlq(context).await?;
    // AWS returns a task's handle only while it is running.
    let running = sqs.moves(&dlq).await?.into_iter().find(|task| task.handle.is_some());
    let handle = running.as_ref().and_then(|task| task.handle.as_deref());
    let cancelled = handle.is_some();
    if cancelled {
        context.ui.status(acting_on(&dlq.arn, &format!("move task of DLQ {}", dlq.name)));
    }
    let moved = match handle {
        Some(handle) => sqs.cancel_move(handle).await?,
        None => None,
    };
    if cancelled && let Some(lock) = holder_elsewhere(&sqs, &dlq).await {
        context.ui.status(format!("{} is locked by {}", dlq.name, lock.words()));
    }
    let by = match cancelled {
        true => context.signer.sign(&context.ui.events()).await,
        false => context.signer.unsigned(),
    };
    let report = CancelReport {
        dlq: dlq.name,
        cancelled,
        moved,
        to_move: running.and_then(|task| task.to_move),
        by,
    };
    context.ui.report(&report)
}

impl Report for CancelReport {
    const KIND: &'static str = "dlq.tasks.cancel";

    fn outcome(&self) -> Outcome {
        Tally { done: u64::from(self.cancelled), ..Tally::default() }.outcome(false)
    }

    fn render(&self, view: &View) -> String {
        let dlq = &self.dlq;
        if !self.cancelled {
            return format!("no move task is running on {dlq}\n");
        }
        let moved = self.moved.unwrap_or(UNKNOWN);
        let of = self.to_move.map(|to_move| format!(" of about {}", amount(to_move, "message")));
        format!(
            "cancelling the move task on {dlq}; {}, and {} where {}\n",
            match of {
                Some(of) => format!("{}{of} {} moved", count(moved), form(moved, "was", "were")),
                None => was(moved) + " moved",
            },
            form(moved, "stays", "stay"),
            form(moved, "it is", "they are")
        ) + &by::line(&self.by, view)
    }
}
