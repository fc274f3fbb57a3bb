//! `recoctl dlq journal restore`: a journal has every message that was sent, whole. Exports are
//! imported.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use reco_core::journal::Standing;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use crate::aws::sqs::{BATCH, Queue, Sqs};
use crate::commands::dlq::import::{self, ImportArgs};
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::flow::export::is_export;
use crate::flow::import::{Fate, Sender, send_all};
use crate::flow::journal::{Home, Journal, Lock, each_kept, find, load};
use crate::flow::redrive::Pace;
use crate::ui::{Report, Unit, View, amount, count, escape_line, form, was};

/// Messages named in the table; JSON has all.
const NAMED: usize = 20;

/// Arguments of `recoctl dlq journal restore`.
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// The run: its id, the beginning of it, or the journal's path; or an export's path
    #[arg(value_name = "RUN")]
    pub run: String,
    /// The queue to put them into: name, URL or ARN; without it, the DLQ that they came from
    #[arg(long, value_name = "QUEUE")]
    pub to: Option<String>,
    /// Restore every message of the journal, those included that the DLQ may still have; of an export, those that were imported before
    #[arg(long)]
    pub all: bool,
    /// Answer yes to the question before anything is sent
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    message_id: String,
    #[serde(flatten)]
    fate: Putback,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
enum Putback {
    Restored { sent_as: String },
    Failed { reason: String },
    Uncertain { reason: String },
    Left { reason: String },
}

impl From<Fate> for Putback {
    fn from(fate: Fate) -> Self {
        match fate {
            Fate::Sent { sent_as } => Putback::Restored { sent_as },
            Fate::Failed { reason } => Putback::Failed { reason },
            Fate::Uncertain { reason } => Putback::Uncertain { reason },
            Fate::Left { reason } => Putback::Left { reason },
        }
    }
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
    if is_export(Path::new(&args.run)).await {
        let RestoreArgs { run: file, to, all: again, yes } = args.clone();
        let args = ImportArgs { file: file.into(), to, rate: None, again, dry_run: false, yes };
        return import::run(context, args).await;
    }
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
    let (queue, queue_state) = sqs.resolve(&given).await?;
    let left_out = total - wanted.len() as u64;
    confirm(context, args, &queue, wanted.len() as u64, left_out)?;
    let _lock = Lock::take(&home, &queue.arn, &Journal::new_run_id())?;
    let name = queue.name.clone();
    let stamp = Journal::new_run_id();
    let sender = Sender { sqs, queue, stamp, journal: None, twice_is_harmless: false };
    let limit = queue_state.max_message_bytes;
    let messages = send(context, sender, limit, path.clone(), wanted).await?;
    let restored = messages.iter().filter(|row| matches!(row.fate, Putback::Restored { .. }));
    let restored = restored.count() as u64;
    let report = RestoreReport {
        journal: path.display().to_string(),
        queue: name,
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
    let (messages, name) = (amount(wanted, "message"), &queue.name);
    let ids = form(wanted, "id", "ids");
    let mut question = format!("this sends {messages} to {name}, under new {ids}.");
    if left_out > 0 {
        let are = form(left_out, "is", "are");
        let left_out = count(left_out);
        question
            .push_str(&format!(" {left_out} more {are} left out: the DLQ may still have them."));
    }
    question.push_str(form(wanted, " Send it?", " Send them?"));
    if context.ui.confirm(&question, "--yes")? {
        return Ok(());
    }
    Err(Error::refused("nothing was restored: not confirmed"))
}

/// Sends the messages of a journal that are wanted.
async fn send(
    context: &Context,
    sender: Sender,
    limit: usize,
    path: PathBuf,
    wanted: HashSet<String>,
) -> Result<Vec<Row>> {
    let total = Some(wanted.len() as u64);
    let progress = context.ui.progress("restoring", total, Unit::Messages);
    let (give, take) = tokio::sync::mpsc::channel(2 * BATCH);
    let reading = tokio::task::spawn_blocking(move || {
        each_kept(&path, |kept| {
            if wanted.contains(&kept.message.id) {
                // Nobody takes it any more once the restore has failed.
                let _ = give.blocking_send(kept.message);
            }
            Ok(())
        })
    });
    let pace = Pace::new(None, Duration::ZERO);
    let fates = send_all(Arc::new(sender), limit, take, pace, &context.cancel, &progress).await?;
    reading.await.map_err(|error| {
        Error::new(Kind::Internal, "reading the journal ended abnormally").because(&error)
    })??;
    let rows = fates.into_iter();
    Ok(rows.map(|(message_id, fate)| Row { message_id, fate: fate.into() }).collect())
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
        let mut text = format!("{} restored to {queue}\n", amount(self.restored, "message"));
        if self.failed > 0 {
            text.push_str(&format!(
                "{} {}:\n",
                count(self.failed),
                form(self.failed, "was not, or is uncertain", "were not, or are uncertain")
            ));
        }
        let reasons = self.messages.iter().filter_map(|row| match &row.fate {
            Putback::Restored { .. } => None,
            Putback::Failed { reason } => Some((&row.message_id, "failed", reason)),
            Putback::Uncertain { reason } => Some((&row.message_id, "uncertain", reason)),
            Putback::Left { reason } => Some((&row.message_id, "left", reason)),
        });
        for (id, fate, reason) in reasons.take(NAMED) {
            text.push_str(&format!("  {} {fate} {}\n", escape_line(id), escape_line(reason)));
        }
        if self.left_out > 0 {
            text.push_str(&format!(
                "{} left out, since the DLQ may still have {them} (--all includes {them})\n",
                was(self.left_out),
                them = form(self.left_out, "it", "them")
            ));
        }
        if self.interrupted {
            text.push_str("interrupted\n");
        }
        text.push_str(&format!("journal {}\n", escape_line(&self.journal)));
        text
    }
}
