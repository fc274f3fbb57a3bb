//! One batch out of a file: write down what is about to be sent, send, settle, write down what came
//! of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reco_core::message::Message;
use reco_core::settle::{Copy, Outgoing, Settled, Unsent, settle};
use reco_store::retry::RetryOptions;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::aws::sqs::{Queue, SendFailure, SendTrouble, Sqs};
use crate::error::Result;
use crate::flow::journal::{Journal, chronicle};
use crate::flow::redrive::Pace;

/// Attempts at what was not taken for a passing reason.
const RETRIES: RetryOptions = RetryOptions {
    max_attempts: 8,
    base_delay: Duration::from_millis(100),
    max_delay: Duration::from_secs(5),
};

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Fate {
    /// The queue acknowledged it with the right digests.
    Sent {
        /// Its id in the queue.
        sent_as: String,
    },
    /// The queue did not take it.
    Failed {
        /// Why.
        reason: String,
    },
    /// The queue may have it.
    Uncertain {
        /// Why nobody knows.
        reason: String,
    },
    /// It was not tried.
    Left {
        /// Why.
        reason: String,
    },
}

/// Sends messages that are nobody's: there is nothing to delete after it.
#[derive(Debug)]
pub struct Sender {
    /// SQS.
    pub sqs: Sqs,
    /// The queue.
    pub queue: Queue,
    /// Part of every deduplication id: the queue may remember the id that a message came under, and
    /// would drop it. The same for every attempt at one import, so that it is sent once.
    pub stamp: String,
    /// Knows on disk what is about to be sent, and what came of it.
    pub journal: Option<Arc<Journal>>,
    /// Whether a message that arrives twice does no harm: then one whose answer was lost is sent
    /// again.
    pub twice_is_harmless: bool,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub(in crate::flow) struct Sent {
    /// Of each message its id, its group where that has an order, and its fate.
    pub(in crate::flow) fates: Vec<(String, Option<String>, Fate)>,
    /// What was wrong with the call as a whole.
    pub(in crate::flow) trouble: Option<Trouble>,
    /// Messages that were sent, and that an earlier attempt may have sent as well.
    pub(in crate::flow) perhaps_twice: u64,
    /// `SendMessageBatch` calls made.
    pub(in crate::flow) calls: u64,
}

/// A call that failed as a whole.
#[derive(Debug)]
pub(in crate::flow) enum Trouble {
    /// It would fail again: no use going on.
    Refused(String),
    /// It may pass.
    Failed(String),
}

/// A batch under way.
struct Batch {
    fifo: bool,
    pending: Vec<Message>,
    /// Messages that an earlier attempt may have brought to the queue, and why.
    doubts: HashMap<String, String>,
    sent: Sent,
}

impl Batch {
    fn settle(&mut self, message: &Message, fate: Fate) {
        let group = message.group_id().filter(|_| self.fifo).map(str::to_owned);
        if matches!(fate, Fate::Sent { .. }) && self.doubts.contains_key(&message.id) {
            self.sent.perhaps_twice += 1;
        }
        // Whatever this attempt came to, an earlier one may have had its effect.
        let fate = match (self.doubts.get(&message.id), fate) {
            (Some(reason), Fate::Failed { .. } | Fate::Left { .. }) => {
                Fate::Uncertain { reason: reason.clone() }
            }
            (_, fate) => fate,
        };
        self.sent.fates.push((message.id.clone(), group, fate));
    }

    fn settle_pending(&mut self, fate: impl Fn() -> Fate) {
        for message in std::mem::take(&mut self.pending) {
            self.settle(&message, fate());
        }
    }

    fn apply(&mut self, sent: &[Message], settled: Settled<Message>) -> Option<String> {
        for deletable in &settled.deletable {
            let message = sent.iter().find(|message| message.id == deletable.message_id());
            if let (Some(message), Copy::Sent(sent_as)) = (message, deletable.copy()) {
                self.settle(message, Fate::Sent { sent_as: sent_as.clone() });
            }
        }
        for Unsent { message, reason } in settled.refused {
            self.settle(&message, Fate::Failed { reason });
        }
        for Unsent { message, reason } in settled.uncertain {
            self.settle(&message, Fate::Uncertain { reason });
        }
        for Unsent { message, reason } in &settled.faulted {
            let doubt =
                format!("SQS failed to take it by a fault of its own ({reason}), and may have it");
            self.doubts.insert(message.id.clone(), doubt);
        }
        let again: Vec<Unsent<Message>> =
            settled.retry.into_iter().chain(settled.faulted).collect();
        let reason = again.first().map(|unsent| unsent.reason.clone());
        self.pending = again.into_iter().map(|unsent| unsent.message).collect();
        reason
    }
}

fn as_kept(message: &Message) -> Outgoing<'_> {
    Outgoing { original: message, body: &message.body }
}

impl Sender {
    /// Sends up to 10 messages, of a FIFO queue at most one of a group.
    pub(in crate::flow) async fn send(
        &self,
        messages: Vec<Message>,
        pace: &Pace,
        cancel: &CancellationToken,
    ) -> Sent {
        let mut batch = Batch {
            fifo: self.queue.fifo,
            pending: messages,
            doubts: HashMap::new(),
            sent: Sent::default(),
        };
        for attempt in 1..=RETRIES.max_attempts {
            let Some(reason) = self.attempt(&mut batch, pace, attempt > 1).await else { break };
            if batch.pending.is_empty() {
                break;
            }
            if attempt == RETRIES.max_attempts {
                batch.settle_pending(|| Fate::Failed {
                    reason: format!("not taken in {attempt} attempts: {reason}"),
                });
                break;
            }
            let again = async {
                tokio::time::sleep(RETRIES.delay(attempt)).await;
                pace.wait(batch.pending.len()).await
            };
            let signal = || Err("stopped by a signal before it was sent".to_owned());
            if let Err(reason) = cancel.run_until_cancelled(again).await.unwrap_or_else(signal) {
                batch.settle_pending(|| Fate::Left { reason: reason.clone() });
                break;
            }
        }
        batch.sent
    }

    /// Sends what is pending once. Answers with a reason when some of it may be sent again.
    async fn attempt(&self, batch: &mut Batch, pace: &Pace, again: bool) -> Option<String> {
        let number = self.journal.as_ref().map_or(0, |journal| journal.next_batch());
        let intents = || {
            let messages = batch.pending.iter().map(|message| (message, None));
            chronicle::intents(messages, number, again)
        };
        if let Err(error) = self.durable(intents).await {
            let reason = error.to_string();
            batch.sent.trouble = Some(Trouble::Refused(reason.clone()));
            batch.settle_pending(|| Fate::Left { reason: reason.clone() });
            return None;
        }
        pace.gate(batch.pending.len()).await;
        batch.sent.calls += 1;
        match self.call(&batch.pending).await {
            Ok(answer) => {
                batch.sent.trouble = None;
                let sent = std::mem::take(&mut batch.pending);
                let settled = settle(sent.clone(), as_kept, &answer);
                let written = self.durable(|| chronicle::answers(&settled, number)).await;
                let reason = batch.apply(&sent, settled);
                if let Err(error) = written {
                    // What was acknowledged was; the next import only does not know it.
                    batch.sent.trouble = Some(Trouble::Refused(error.to_string()));
                    batch.settle_pending(|| Fate::Left { reason: error.to_string() });
                    return None;
                }
                reason
            }
            Err(failure) => self.not_answered(batch, number, &failure).await,
        }
    }

    async fn call(
        &self,
        pending: &[Message],
    ) -> Result<reco_core::settle::SendResult, SendFailure> {
        if !self.queue.fifo {
            let outgoing: Vec<Outgoing<'_>> = pending.iter().map(as_kept).collect();
            return self.sqs.send_batch(&self.queue, &outgoing).await;
        }
        let stamped: Vec<Message> = pending
            .iter()
            .map(|message| Message {
                id: format!("{}/{}", message.id, self.stamp),
                ..message.clone()
            })
            .collect();
        let outgoing: Vec<Outgoing<'_>> = stamped.iter().map(as_kept).collect();
        self.sqs.send_batch(&self.queue, &outgoing).await
    }

    /// After a send that failed as a whole.
    async fn not_answered(
        &self,
        batch: &mut Batch,
        number: u64,
        failure: &SendFailure,
    ) -> Option<String> {
        let reason = failure.error.to_string();
        let lost = failure.trouble == SendTrouble::Ambiguous;
        batch.sent.trouble = Some(match failure.trouble {
            SendTrouble::Refused => Trouble::Refused(reason.clone()),
            SendTrouble::Passing | SendTrouble::Ambiguous => Trouble::Failed(reason.clone()),
        });
        let failure_lines = || chronicle::failure(&batch.pending, number, &reason, lost);
        let written = self.durable(failure_lines).await.is_ok();
        if lost {
            let doubt = format!("the answer to its send was lost: {reason}");
            let pending = batch.pending.iter().map(|message| (message.id.clone(), doubt.clone()));
            batch.doubts.extend(pending);
        }
        // A second send would duplicate; FIFO recognises it by the deduplication id.
        let again = self.queue.fifo || self.twice_is_harmless;
        let passing = failure.trouble == SendTrouble::Passing || (lost && again);
        if written && passing {
            return Some(reason);
        }
        batch.settle_pending(|| Fate::Failed { reason: reason.clone() });
        None
    }

    async fn durable(&self, lines: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
        match &self.journal {
            Some(journal) => journal.durable(lines()?).await,
            None => Ok(()),
        }
    }
}
