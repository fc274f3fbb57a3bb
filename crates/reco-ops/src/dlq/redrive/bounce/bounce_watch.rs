//! Watching for messages that come back, without disturbing the others.
//!
//! Messages are received only once the DLQ is deeper than at the start of the move. They stay held
//! until the move ends, so that none is received twice; a sample is enough, since the depth tells
//! how many there are.

use std::sync::Arc;
use std::time::Duration;

use reco_core::message::Message;
use reco_core::settle::Deletable;
use tokio_util::sync::CancellationToken;

use super::Bounces;
use crate::dlq::judge::Row;
use crate::dlq::scan::Scanner;
use crate::error::Result;
use crate::event::Events;
use crate::rate::Gate;
use crate::sqs::{Bound, DeleteOutcome};

/// Interval between checks of the DLQ's depth.
const EVERY: Duration = Duration::from_secs(2);

/// Minimum and maximum messages received per check. It takes several checks to find a few new
/// messages among many old ones, but each disturbs only this many.
const RECEIVES: (u64, u64) = (20, 200);

/// Maximum messages held by a watch: new arrivals on a live DLQ must not be kept from its other
/// consumers for the whole move.
const MOST_HELD: u64 = 500;

/// Watch on the DLQ while a move runs.
#[derive(Debug)]
pub struct BounceWatch {
    scanner: Arc<Scanner>,
    bounces: Arc<Bounces>,
    /// Expected number of messages in the DLQ, without returned ones.
    baseline: u64,
    /// Held messages that came from elsewhere.
    innocent: u64,
    /// Held messages that came back.
    returned: u64,
    watched: Watched,
}

/// Result of a watch.
#[derive(Debug, Default)]
pub struct Watched {
    /// Ids of the messages it holds.
    pub held: Vec<String>,
    /// Messages that this run sent but did not delete, received again, with the outcome of each
    /// delete.
    pub cleared: Vec<(Deletable, DeleteOutcome)>,
}

/// Watches until `end`, or until too many messages came back and the run is stopped.
pub async fn watch(
    mut bounce_watch: BounceWatch,
    gate: Arc<Gate>,
    events: Events,
    end: CancellationToken,
) -> Watched {
    let mut blind = false;
    // A check is never cut short: a receive hides messages whether or not its response is read.
    while end.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        if let Err(error) = bounce_watch.look().await
            && !std::mem::replace(&mut blind, true)
        {
            events
                .warn(format!("temporarily unable to watch for messages that come back: {error}"));
        }
        if let Some(reason) = bounce_watch.bounces.verdict() {
            events.warn(format!("stopping: {reason}"));
            gate.stop(reason);
            break;
        }
    }
    bounce_watch.watched
}

impl BounceWatch {
    /// Returns a watch with the DLQ's current depth as its baseline.
    ///
    /// # Errors
    /// When SQS does not return the depth.
    pub async fn new(scanner: Arc<Scanner>, bounces: Arc<Bounces>) -> Result<Self> {
        let (sqs, queue) = scanner.lease().queue();
        let baseline = sqs.state(queue).await?.visible;
        let watched = Watched::default();
        Ok(BounceWatch { scanner, bounces, baseline, innocent: 0, returned: 0, watched })
    }

    async fn look(&mut self) -> Result<()> {
        let (sqs, queue) = self.scanner.lease().queue();
        let visible = sqs.state(queue).await?.visible;
        let expected = self.baseline.saturating_sub(self.innocent);
        let Some(beyond) = visible.checked_sub(expected).filter(|beyond| *beyond > 0) else {
            // Some messages left by another way; the baseline is now this depth.
            self.baseline = visible.saturating_add(self.innocent);
            return Ok(());
        };
        let room = (beyond * 2).clamp(RECEIVES.0, RECEIVES.1);
        let room = room.min(MOST_HELD.saturating_sub(self.watched.held.len() as u64));
        if room > 0 {
            self.receive(room.min(visible)).await?;
        }
        self.bounces.expect_more(self.estimate(beyond));
        Ok(())
    }

    /// Extrapolates from the inspected messages how many of `unseen` came back. Zero while a check
    /// has room for all of them.
    fn estimate(&self, unseen: u64) -> u64 {
        let held = self.innocent + self.returned;
        if held < MOST_HELD { 0 } else { unseen.saturating_mul(self.returned) / held }
    }

    async fn receive(&mut self, room: u64) -> Result<()> {
        let at_most = usize::try_from(room).unwrap_or(usize::MAX);
        let bound = Bound { at_most, depth: room, front_only: false, awaits_counts: false };
        let mut fresh: Vec<Message> = Vec::new();
        let accept = |messages: Vec<Message>| {
            fresh.extend(messages);
            false
        };
        let work = |messages| std::future::ready(Ok(messages));
        let drained = self.scanner.drain.run(bound, work, accept).await?;
        self.watched.held.extend(fresh.iter().map(|message| message.id.clone()));
        let damaged = drained.damaged.into_iter().map(|damaged| damaged.message_id);
        let held = self.watched.held.len();
        self.watched.held.extend(damaged);
        self.innocent += (self.watched.held.len() - held) as u64;
        self.watched.cleared.extend(drained.cleared);
        self.judge(&fresh).await;
        Ok(())
    }

    async fn judge(&mut self, messages: &[Message]) {
        let rows = self.rows(messages).await;
        for (message, row) in messages.iter().zip(rows) {
            if let Some(sign) = self.bounces.recognise(message) {
                let class = row.map(|row| row.verdict.class);
                self.bounces.came_back(&message.id, sign, class);
                self.returned += 1;
            } else if row.is_some_and(|row| self.bounces.came_back_from(&row)) {
                self.returned += 1;
            } else {
                self.innocent += 1;
            }
        }
    }

    /// Classifies messages. Without facts or table they are still recognised, but have no row.
    async fn rows(&self, messages: &[Message]) -> Vec<Option<Row>> {
        match self.scanner.judge.examine(messages, crate::dlq::journal::now_ms()).await {
            Ok(examined) => examined.into_iter().map(|examined| Some(examined.row)).collect(),
            Err(error) => {
                tracing::debug!(%error, "cannot examine messages that may have come back");
                messages.iter().map(|_| None).collect()
            }
        }
    }
}
