//! Looking for messages that came back, without disturbing the others.
//!
//! Nothing is received before the DLQ shows more messages than it did when the move began. What is
//! received stays held until the move ends, so that no look receives a message twice; a sample
//! is enough, since the depth says how many there are.

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

/// Between two looks at the DLQ's depth.
const EVERY: Duration = Duration::from_secs(2);

/// Messages that one look receives at least and at most. Among many that were there before, a few
/// new ones take several looks to find; each look disturbs only so many.
const RECEIVES: (u64, u64) = (20, 200);

/// Messages that a bounce_watch holds at most: what arrives on a live DLQ is not to be kept from its
/// other consumers for the length of a move.
const MOST_HELD: u64 = 500;

/// Watches the DLQ while a move runs.
#[derive(Debug)]
pub struct BounceWatch {
    scanner: Arc<Scanner>,
    bounces: Arc<Bounces>,
    /// Messages that may be in the DLQ by rights.
    baseline: u64,
    /// Of those that are held, how many came from elsewhere.
    innocent: u64,
    /// Of those that are held, how many came back.
    returned: u64,
    watched: Watched,
}

/// Result of a bounce_watch.
#[derive(Debug, Default)]
pub struct Watched {
    /// Ids of the messages that it holds.
    pub held: Vec<String>,
    /// Messages that this run had sent and not deleted: they came again, and what became of each.
    pub cleared: Vec<(Deletable, DeleteOutcome)>,
}

/// Watches until `end`, or until too many came back: then it stops the run.
pub async fn watch(
    mut bounce_watch: BounceWatch,
    gate: Arc<Gate>,
    events: Events,
    end: CancellationToken,
) -> Watched {
    let mut blind = false;
    // A look is never cut short: a receive hides messages whether or not its answer is read.
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
    /// A bounce_watch that begins with what the DLQ shows now.
    ///
    /// # Errors
    /// In SQS's own words.
    pub async fn new(scanner: Arc<Scanner>, bounces: Arc<Bounces>) -> Result<Self> {
        let drain = &scanner.drain;
        let baseline = drain.sqs.state(&drain.queue).await?.visible;
        let watched = Watched::default();
        Ok(BounceWatch { scanner, bounces, baseline, innocent: 0, returned: 0, watched })
    }

    async fn look(&mut self) -> Result<()> {
        let drain = Arc::clone(&self.scanner.drain);
        let visible = drain.sqs.state(&drain.queue).await?.visible;
        let expected = self.baseline.saturating_sub(self.innocent);
        let Some(beyond) = visible.checked_sub(expected).filter(|beyond| *beyond > 0) else {
            // Some left by another way; what comes now counts from here.
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

    /// Of messages that are in the DLQ and were not looked at, how many came back, by what the ones
    /// were that were looked at. Zero while a look finds room for all of them.
    fn estimate(&self, unseen: u64) -> u64 {
        let held = self.innocent + self.returned;
        if held < MOST_HELD { 0 } else { unseen.saturating_mul(self.returned) / held }
    }

    async fn receive(&mut self, room: u64) -> Result<()> {
        let at_most = usize::try_from(room).unwrap_or(usize::MAX);
        let bound = Bound { at_most, depth: room, front_only: false };
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

    /// The judgement of each message. Without facts or table, messages are recognised all the same.
    async fn rows(&self, messages: &[Message]) -> Vec<Option<Row>> {
        match self.scanner.judge.examine(messages, crate::dlq::journal::now_ms()).await {
            Ok(examined) => examined.into_iter().map(|examined| Some(*examined.row)).collect(),
            Err(error) => {
                tracing::debug!(%error, "cannot examine messages that may have come back");
                messages.iter().map(|_| None).collect()
            }
        }
    }
}
