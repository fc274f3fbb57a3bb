//! Looking for messages that came back, without disturbing the others.
//!
//! Nothing is received before the DLQ shows more messages than it did when the move began. What is
//! received stays held until the move ends, so that no look receives a message twice.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reco_core::message::Message;
use tokio_util::sync::CancellationToken;

use super::Bounces;
use crate::aws::sqs::{BATCH, Queue, Sqs};
use crate::error::Result;
use crate::flow::hold::Hold;
use crate::flow::judge::Row;
use crate::flow::redrive::brake::Brake;
use crate::flow::scan::Scanner;
use crate::ui::Ui;

/// Between two looks at the DLQ's depth.
const EVERY: Duration = Duration::from_secs(2);

/// A long poll, which asks all of the queue's servers; it returns with the first message.
const WAIT: Duration = Duration::from_secs(1);

/// Messages that one look receives at least and at most. Among many that were there before, a few
/// new ones take several looks to find; each look disturbs only so many.
const RECEIVES: (u64, u64) = (20, 200);

/// Watches the DLQ while a move runs.
#[derive(Debug)]
pub struct Watcher {
    sqs: Sqs,
    dlq: Queue,
    hold: Arc<Hold>,
    scanner: Arc<Scanner>,
    bounces: Arc<Bounces>,
    /// Messages that may be in the DLQ by rights.
    baseline: u64,
    /// Of those, how many this watcher holds.
    innocent: u64,
    held: Vec<String>,
}

/// Watches until `end`, or until too many came back: then it stops the run. Answers with the ids of
/// what it holds.
pub async fn watch(
    mut watcher: Watcher,
    brake: Arc<Brake>,
    ui: Ui,
    end: CancellationToken,
) -> Vec<String> {
    let mut blind = false;
    // A look is never cut short: a receive hides messages whether or not anybody reads the answer.
    while end.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        if let Err(error) = watcher.look().await
            && !std::mem::replace(&mut blind, true)
        {
            ui.warn(format!("whether messages come back is not known right now: {error}"));
        }
        if let Some(reason) = watcher.bounces.verdict() {
            ui.warn(format!("stopping: {reason}"));
            brake.stop(reason);
            break;
        }
    }
    watcher.held
}

impl Watcher {
    /// A watcher that begins with what the DLQ shows now.
    ///
    /// # Errors
    /// In SQS's own words.
    pub async fn new(scanner: Arc<Scanner>, bounces: Arc<Bounces>) -> Result<Self> {
        let (sqs, dlq, hold) =
            (scanner.sqs.clone(), scanner.queue.clone(), Arc::clone(&scanner.hold));
        let baseline = sqs.state(&dlq).await?.visible;
        Ok(Watcher { sqs, dlq, hold, scanner, bounces, baseline, innocent: 0, held: Vec::new() })
    }

    async fn look(&mut self) -> Result<()> {
        let visible = self.sqs.state(&self.dlq).await?.visible;
        let expected = self.baseline.saturating_sub(self.innocent);
        if visible <= expected {
            // Some left by another way; what comes now counts from here.
            self.baseline = visible + self.innocent;
            return Ok(());
        }
        let mut room = ((visible - expected) * 2).clamp(RECEIVES.0, RECEIVES.1);
        while room > 0 {
            let since = SystemTime::now();
            let hide = self.hold.period();
            let received = self.sqs.receive(&self.dlq, BATCH, WAIT, hide).await?;
            if received.len() == 0 {
                break;
            }
            room = room.saturating_sub(received.len() as u64);
            for damaged in &received.damaged {
                if self.hold.take(&damaged.message_id, &damaged.receipt_handle, since) {
                    self.held.push(damaged.message_id.clone());
                    self.innocent += 1;
                }
            }
            let take = |message: &Message| {
                let receives = message.receive_count();
                self.hold.take_counted(&message.id, &message.receipt_handle, since, receives)
            };
            let fresh: Vec<Message> = received.messages.into_iter().filter(take).collect();
            self.held.extend(fresh.iter().map(|message| message.id.clone()));
            self.judge(&fresh).await;
        }
        Ok(())
    }

    async fn judge(&mut self, messages: &[Message]) {
        let rows = self.rows(messages).await;
        for (message, row) in messages.iter().zip(rows) {
            if let Some(sign) = self.bounces.recognise(message) {
                let class = row.map(|row| row.verdict.class);
                self.bounces.came_back(&message.id, sign, class);
            } else if !row.is_some_and(|row| self.bounces.came_back_from(&row)) {
                self.innocent += 1;
            }
        }
    }

    /// The judgement of each message. Without facts or table, messages are recognised all the same.
    async fn rows(&self, messages: &[Message]) -> Vec<Option<Row>> {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now_ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        match self.scanner.judge.examine(messages, now_ms).await {
            Ok(examined) => examined.into_iter().map(|examined| Some(*examined.row)).collect(),
            Err(error) => {
                tracing::debug!(%error, "messages that may have come back cannot be judged");
                messages.iter().map(|_| None).collect()
            }
        }
    }
}
