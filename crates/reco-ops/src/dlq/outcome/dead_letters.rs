//! Looks for copies that are in the DLQ again.
//!
//! SQS has no other way to read a message than to receive it, so each look adds one to the receive
//! count of every visible message of the DLQ. It looks only when the number of visible messages is
//! not the one that the last look accounts for, and the longer a look takes, the rarer they are.

use std::collections::HashSet;
use std::sync::Arc;

use reco_core::message::Message;
use reco_core::message_outcome::Tracker;
use reco_core::settle::Deletable;
use tokio::time::Instant;

use super::Evidence;
use crate::dlq::scan::HOLD_LIMIT;
use crate::dlq::session::warn_unreleased;
use crate::error::Result;
use crate::sqs::{Bound, DeleteOutcome, Drain, VisibilityLease, period_for};

/// Share of the time that is spent looking at most: one part in so many.
const SHARE: u32 = 4;

/// Looks at the DLQ during one wait.
pub(super) struct DeadLetters<'a> {
    evidence: &'a Evidence<'a>,
    /// Visible messages that the last look accounts for.
    accounted: Option<u64>,
    /// Time before which the next look is not due, unless it is the last.
    next: Instant,
    note: Option<String>,
    /// Originals that the lease owed a delete, received again and deleted.
    cleared: Vec<(Deletable, DeleteOutcome)>,
}

impl<'a> DeadLetters<'a> {
    pub fn new(evidence: &'a Evidence<'a>) -> Self {
        let note = evidence.dlq_is_guarded.then(|| {
            format!(
                "{} has a redrive policy of its own, so it was not looked at for messages that came back",
                evidence.dlq.name
            )
        });
        DeadLetters { evidence, accounted: None, next: Instant::now(), note, cleared: Vec::new() }
    }

    /// Looks if there may be something new, at any time if the wait `would_end` otherwise. Returns
    /// whether the tracker knows of everything that is in the DLQ; never of a DLQ with a redrive
    /// policy of its own.
    pub async fn look(&mut self, tracker: &mut Tracker, would_end: bool) -> bool {
        if self.evidence.dlq_is_guarded {
            return false;
        }
        match self.try_look(tracker, would_end).await {
            Ok(whole) => whole,
            Err(error) => {
                self.note = Some(format!("cannot look for messages that came back: {error}"));
                false
            }
        }
    }

    async fn try_look(&mut self, tracker: &mut Tracker, would_end: bool) -> Result<bool> {
        let Evidence { sqs, dlq, control, ref lease, .. } = *self.evidence;
        let held = lease.as_ref().map_or(0, |lease| lease.held());
        let state = sqs.state(dlq).await?;
        if self.accounted == Some(state.visible) || state.visible == 0 {
            self.note = None;
            return Ok(state.in_flight <= held as u64);
        }
        if Instant::now() < self.next && !would_end {
            return Ok(false);
        }
        let began = Instant::now();
        // A held message may be delivered again: its lease must know, and goes on holding it.
        let kept: HashSet<String> = lease.iter().flat_map(|lease| lease.ids()).collect();
        let lease = lease.clone().unwrap_or_else(|| {
            let period = period_for(state.visible);
            Arc::new(VisibilityLease::start(sqs.clone(), dlq.clone(), period))
        });
        let cancel = control.cancel.clone();
        let drain = Arc::new(Drain { lease: Arc::clone(&lease), cancel });
        let bound = Bound {
            at_most: HOLD_LIMIT.saturating_sub(held),
            depth: state.visible,
            front_only: dlq.fifo,
            awaits_counts: false,
        };
        let mut seen = 0;
        let accept = |messages: Vec<Message>| {
            seen += messages.len() as u64;
            for message in &messages {
                tracker.returned(message);
            }
            false
        };
        let drained = drain
            .run(bound, |messages: Vec<Message>| std::future::ready(Ok(messages)), accept)
            .await;
        let released = match &self.evidence.lease {
            None => lease.release_all().await,
            Some(_) => {
                let taken = lease.ids().into_iter().filter(|id| !kept.contains(id));
                lease.release(taken.collect::<Vec<_>>()).await
            }
        };
        warn_unreleased(&control.events, &released);
        let drained = drained?;
        self.cleared.extend(drained.cleared);
        seen += drained.damaged.len() as u64;
        self.next = Instant::now() + began.elapsed().saturating_mul(SHARE - 1);
        self.note = None;
        let whole = drained.end.is_whole() && state.in_flight <= held as u64;
        self.accounted = drained.end.is_whole().then_some(seen);
        Ok(whole)
    }

    /// Returns a note if the DLQ could not be looked at, and the originals that were deleted.
    pub fn finish(self) -> (Option<String>, Vec<(Deletable, DeleteOutcome)>) {
        (self.note, self.cleared)
    }
}
