//! `recoctl dlq journal restore`: a journal has every message that was sent, whole.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use reco_core::journal::Standing;
use reco_core::message::Message;
use reco_core::outcome::{Outcome, Tally};
use reco_core::settle::{Copy, Outgoing, Unsent, settle};
use reco_store::retry::RetryOptions;
use serde::Serialize;

use crate::aws::sqs::{BATCH, Queue, SendTrouble, Sqs};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::flow::journal::{Home, Journal, Lock, each_kept, find, load};
use crate::ui::{Report, Unit, View, count, escape_line};

/// A queue whose limit was never raised takes batches of this many bytes.
const BATCH_BYTES: usize = 256 * 1024;
/// Attempts at what was not taken for a passing reason.
const RETRIES: RetryOptions = RetryOptions {
    max_attempts: 8,
    base_delay: Duration::from_millis(100),
    max_delay: Duration::from_secs(5),
};
/// Messages named in the table; JSON has all.
const NAMED: usize = 20;

/// Arguments of `recoctl dlq journal restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The run: its id, the beginning of it, or the journal's path
    #[arg(value_name = "RUN")]
    pub run: String,
    /// The queue to put them into: name, URL or ARN; without it, the DLQ that they came from
    #[arg(long, value_name = "QUEUE")]
    pub to: Option<String>,
    /// Restore every message of the journal, those included that the DLQ may still have
    #[arg(long)]
    pub all: bool,
    /// Answer yes to the question before anything is sent
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
enum Fate {
    Restored { sent_as: String },
    Failed { reason: String },
    Uncertain { reason: String },
}

#[derive(Debug, Serialize)]
struct Row {
    message_id: String,
    #[serde(flatten)]
    fate: Fate,
}

#[derive(Debug, Serialize)]
struct RestoreReport {
    journal: String,
    queue: String,
    restored: u64,
    failed: u64,
    /// Messages that the DLQ may still have, and so were left out.
    left_out: u64,
    interrupted: bool,
    messages: Vec<Row>,
}

/// Asks, then sends.
///
/// # Errors
/// When there is no such journal or queue, nobody confirms, or another run is on the queue.
pub async fn run(context: &Context, args: &RestoreArgs) -> Result<Outcome> {
    let home = Home::of(&context.settings)?;
    let path = find(&home, &args.run)?;
    let state = load(&path)?;
    let source = state.header().map(|header| header.source.clone());
    let given = args.to.clone().or(source).ok_or_else(|| {
        Error::input(format!("the journal {} has no header, so no messages", path.display()))
    })?;
    let total = state.messages().count() as u64;
    let gone = |standing| args.all || standing == Standing::Deleted;
    let wanted: HashSet<String> = state
        .messages()
        .filter(|(_, standing)| gone(*standing))
        .map(|(id, _)| id.to_owned())
        .collect();
    let sqs = Sqs::new(context.sdk().await?);
    let (queue, _) = sqs.resolve(&given).await?;
    let left_out = total - wanted.len() as u64;
    confirm(context, args, &queue, wanted.len() as u64, left_out)?;
    let _lock = Lock::take(&home, &queue.arn, &Journal::new_run_id())?;
    let sender = Sender { context, sqs, queue, stamp: Journal::new_run_id() };
    let messages = sender.send_all(path.clone(), wanted).await?;
    let restored = messages.iter().filter(|row| matches!(row.fate, Fate::Restored { .. }));
    let restored = restored.count() as u64;
    let report = RestoreReport {
        journal: path.display().to_string(),
        queue: sender.queue.name,
        restored,
        failed: messages.len() as u64 - restored,
        left_out,
        interrupted: context.cancel.is_cancelled(),
        messages,
    };
    context.ui.report(&report)?;
    Ok(report.outcome())
}

fn confirm(
    context: &Context,
    args: &RestoreArgs,
    queue: &Queue,
    wanted: u64,
    left_out: u64,
) -> Result<()> {
    if wanted == 0 || args.yes {
        return Ok(());
    }
    let (number, name) = (count(wanted), &queue.name);
    let mut question = format!("this sends {number} messages to {name}, under new ids.");
    if left_out > 0 {
        let left_out = count(left_out);
        question.push_str(&format!(" {left_out} more are left out: the DLQ may still have them."));
    }
    question.push_str(" Send them?");
    if context.ui.confirm(&question, "--yes")? {
        return Ok(());
    }
    Err(Error::refused("nothing was restored: not confirmed"))
}

/// Sends messages of a journal.
struct Sender<'a> {
    context: &'a Context,
    sqs: Sqs,
    queue: Queue,
    /// Part of every deduplication id: the queue may remember the id that a message came under, and
    /// would drop it.
    stamp: String,
}

impl Sender<'_> {
    async fn send_all(&self, path: PathBuf, wanted: HashSet<String>) -> Result<Vec<Row>> {
        let ui = &self.context.ui;
        let progress = ui.progress("restoring", Some(wanted.len() as u64), Unit::Messages);
        let (give, mut take) = tokio::sync::mpsc::channel(2 * BATCH);
        let reading = tokio::task::spawn_blocking(move || {
            each_kept(&path, |kept| {
                if wanted.contains(&kept.message.id) {
                    // Nobody takes it any more once the restore is interrupted.
                    let _ = give.blocking_send(kept.message);
                }
                Ok(())
            })
        });
        let (mut rows, mut next) = (Vec::new(), take.recv().await);
        while let Some(first) = next.take() {
            if self.context.cancel.is_cancelled() {
                break;
            }
            let (mut bytes, mut batch) = (first.size(), vec![first]);
            while batch.len() < BATCH {
                match take.recv().await {
                    Some(message) if bytes + message.size() <= BATCH_BYTES => {
                        bytes += message.size();
                        batch.push(message);
                    }
                    other => {
                        next = other;
                        break;
                    }
                }
            }
            if next.is_none() {
                next = take.recv().await;
            }
            progress.advance(batch.len() as u64);
            rows.extend(self.send(batch).await);
        }
        drop(take);
        reading.await.map_err(|error| {
            Error::new(Kind::Internal, "reading the journal ended abnormally").because(&error)
        })??;
        Ok(rows)
    }

    /// Sends up to 10 messages; each has a row.
    async fn send(&self, batch: Vec<Message>) -> Vec<Row> {
        let mut rows = Vec::with_capacity(batch.len());
        let mut pending: Vec<Outbound> =
            batch.into_iter().map(|message| self.outbound(message)).collect();
        let mut doubtful = false;
        for attempt in 1..=RETRIES.max_attempts {
            if attempt > 1 {
                tokio::time::sleep(RETRIES.delay(attempt - 1)).await;
            }
            let outgoing: Vec<&Message> = pending.iter().map(|out| &out.message).collect();
            match self.sqs.send_batch(&self.queue, &outgoing).await {
                Ok(answer) => {
                    let settled = settle(std::mem::take(&mut pending), as_sent, &answer);
                    let sent = settled.deletable.iter().filter_map(|deletable| {
                        let Copy::Sent(sent_as) = deletable.copy() else { return None };
                        let message_id = original(deletable.message_id()).to_owned();
                        Some(Row { message_id, fate: Fate::Restored { sent_as: sent_as.clone() } })
                    });
                    rows.extend(sent);
                    rows.extend(settled.refused.into_iter().map(failed));
                    rows.extend(settled.uncertain.into_iter().map(uncertain));
                    if attempt == RETRIES.max_attempts {
                        rows.extend(settled.retry.into_iter().map(failed));
                    } else {
                        pending = settled.retry.into_iter().map(|unsent| unsent.message).collect();
                    }
                }
                Err(failure) => {
                    let lost = failure.trouble == SendTrouble::Ambiguous;
                    doubtful |= lost;
                    let refused = failure.trouble == SendTrouble::Refused;
                    // A FIFO queue knows the deduplication id; another would have it twice.
                    let over = (lost && !self.queue.fifo) || refused;
                    if over || attempt == RETRIES.max_attempts {
                        let reason = failure.error.to_string();
                        let row = if doubtful { uncertain } else { failed };
                        let unsent = std::mem::take(&mut pending).into_iter();
                        rows.extend(
                            unsent.map(|message| row(Unsent { message, reason: reason.clone() })),
                        );
                    }
                }
            }
            if pending.is_empty() {
                break;
            }
        }
        rows
    }

    fn outbound(&self, message: Message) -> Outbound {
        let id = format!("{}/{}", message.id, self.stamp);
        Outbound { message: Message { id, ..message } }
    }
}

/// A message under the id that it is deduplicated by.
struct Outbound {
    message: Message,
}

fn as_sent(out: &Outbound) -> Outgoing<'_> {
    Outgoing { original: &out.message, body: &out.message.body }
}

/// The id without the stamp.
fn original(id: &str) -> &str {
    id.split_once('/').map_or(id, |(id, _)| id)
}

fn failed(Unsent { message, reason }: Unsent<Outbound>) -> Row {
    let message_id = original(&message.message.id).to_owned();
    Row { message_id, fate: Fate::Failed { reason } }
}

fn uncertain(Unsent { message, reason }: Unsent<Outbound>) -> Row {
    let message_id = original(&message.message.id).to_owned();
    Row { message_id, fate: Fate::Uncertain { reason } }
}

impl Report for RestoreReport {
    const KIND: &'static str = "dlq.journal.restore";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        Tally { done: self.restored, excluded: self.left_out, failed: self.failed }
            .outcome(self.interrupted)
    }

    fn render(&self, _view: &View) -> String {
        let queue = escape_line(&self.queue);
        let mut text = format!("{} messages restored to {queue}\n", count(self.restored));
        if self.failed > 0 {
            text.push_str(&format!("{} failed or are uncertain:\n", count(self.failed)));
        }
        let reasons = self.messages.iter().filter_map(|row| match &row.fate {
            Fate::Restored { .. } => None,
            Fate::Failed { reason } => Some((&row.message_id, "failed", reason)),
            Fate::Uncertain { reason } => Some((&row.message_id, "uncertain", reason)),
        });
        for (id, fate, reason) in reasons.take(NAMED) {
            text.push_str(&format!("  {} {fate} {}\n", escape_line(id), escape_line(reason)));
        }
        if self.left_out > 0 {
            text.push_str(&format!(
                "{} messages were left out, since the DLQ may still have them (--all includes them)\n",
                count(self.left_out)
            ));
        }
        if self.interrupted {
            text.push_str("interrupted\n");
        }
        text.push_str(&format!("journal {}\n", escape_line(&self.journal)));
        text
    }
}
