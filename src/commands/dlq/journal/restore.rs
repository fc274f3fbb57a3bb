//! `recoctl dlq journal restore`: a journal has every message that was sent, whole. Exports are
//! imported.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use futures::StreamExt;
use reco_core::journal::Standing;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use crate::commands::dlq::import::{self, ImportArgs, Sender, stream_of};
use crate::context::Context;
use crate::ui::{Report, Unit, View, amount, count, escape_line, form, was};
use reco_ops::aws::sqs::{BATCH, Queue, Sqs};
use reco_ops::dlq::export::is_export;
use reco_ops::dlq::journal::{
    Journal, Ledger, Lock, MessageState, Origin, RESTORE, each_kept, find, load,
};
use reco_ops::error::{Error, Kind, Result};
use reco_ops::rate::Pace;
use reco_ops::sqs::{Destination, Doubt, SendOutcome};

/// Messages named in the table; JSON has all.
const NAMED: usize = 20;

/// Arguments of `recoctl dlq journal restore`.
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// Run id, a prefix of it, or the path of a journal or export
    #[arg(value_name = "RUN")]
    pub run: String,
    /// Queue to restore to: name, URL or ARN [default: the DLQ that the messages came from]
    #[arg(long, value_name = "QUEUE")]
    pub to: Option<String>,
    /// Restore every message of the journal, even those that may still be in the DLQ
    #[arg(long)]
    pub all: bool,
    /// Send every message again, even those that an earlier restore of this run (or import of this
    /// export) sent to the queue
    #[arg(long)]
    pub again: bool,
    /// Skip the confirmation prompt
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

impl From<SendOutcome> for Putback {
    fn from(outcome: SendOutcome) -> Self {
        match outcome {
            SendOutcome::Sent { sent_as, .. } | SendOutcome::NotDeleted { sent_as, .. } => {
                Putback::Restored { sent_as }
            }
            SendOutcome::Failed { reason } => Putback::Failed { reason },
            SendOutcome::Uncertain { reason } => Putback::Uncertain { reason },
            SendOutcome::Left { reason } => Putback::Left { reason },
        }
    }
}

#[derive(Debug, Serialize)]
struct RestoreReport {
    journal: String,
    queue: String,
    restored: u64,
    failed: u64,
    /// Messages that an earlier restore of the run sent to the queue.
    already_restored: u64,
    /// Messages that the DLQ may still have, and so were left out.
    left_out: u64,
    interrupted: bool,
    messages: Vec<Row>,
}

/// Asks, then sends.
///
/// # Errors
/// When there is no such journal or queue, the prompt is not confirmed, or another run is on the
/// queue.
pub async fn run(context: &Context, args: &RestoreArgs) -> Result<Outcome> {
    if is_export(Path::new(&args.run)).await {
        let RestoreArgs { run: file, to, all, again, yes } = args.clone();
        let again = again || all;
        let args = ImportArgs { file: file.into(), to, rate: None, again, dry_run: false, yes };
        return import::run(context, args).await;
    }
    let home = context.home()?;
    let path = find(&home, &args.run)?;
    let state = load(&path)?;
    let source = state.header().map(|header| header.source.clone());
    let given = args.to.clone().or(source).ok_or_else(|| {
        Error::input(format!("journal {} has no header, hence no messages", path.display()))
    })?;
    let run_id = state.header().map(|header| header.run_id.clone()).unwrap_or_default();
    let total = state.messages().count() as u64;
    let gone = |standing| args.all || standing == Standing::Deleted;
    let wanted: HashSet<String> = state
        .messages()
        .filter(|(_, standing)| gone(*standing))
        .map(|(id, _)| id.to_owned())
        .collect();
    let sqs = Sqs::new(context.sdk_for(&given).await?);
    let (queue, queue_state) = context.before_all(sqs.resolve(&given)).await?;
    // Before the ledger is read: another restore may be writing it.
    let _lock = Lock::take(&home, &queue.arn, &Journal::new_run_id())?;
    let origin = Origin { kind: RESTORE, id: &run_id, to: &queue.arn };
    let ledger = Ledger::open(&home, &origin, args.again)?;
    let plan = Plan::of(&ledger, wanted);
    let left_out = total - plan.wanted();
    confirm(context, args, &queue, plan.send.len() as u64, left_out).await?;
    let name = queue.name.clone();
    let (mut messages, mut written) = (plan.uncertain, None);
    if !plan.send.is_empty() {
        let (journal, stamp) = ledger.write(&home, &origin, queue.fifo)?;
        let journal = Arc::new(journal);
        let limit = queue_state.max_message_bytes;
        let to = Destination { number: 0, queue: queue.clone(), limit, stamp: Some(stamp) };
        let sender = Sender::new(sqs, Arc::clone(&journal), Arc::new(to));
        messages.extend(send(context, &sender, path.clone(), plan.send).await?);
        written = Some(journal);
    }
    let restored = restored(&messages);
    let report = RestoreReport {
        journal: path.display().to_string(),
        queue: name,
        restored,
        failed: messages.len() as u64 - restored,
        already_restored: plan.sent,
        left_out,
        interrupted: context.cancel.is_cancelled(),
        messages,
    };
    if let Some(journal) = written {
        let counts = BTreeMap::from([("restored".to_owned(), restored)]);
        if let Err(error) = journal.close_with(report.outcome(), counts).await {
            context.ui.warn(format!("the restore's journal has no end record: {error}"));
        }
    }
    context.ui.report(&report)?;
    Ok(report.outcome())
}

fn restored(messages: &[Row]) -> u64 {
    let restored = |row: &&Row| matches!(row.fate, Putback::Restored { .. });
    messages.iter().filter(restored).count() as u64
}

/// Planned action for each requested message.
struct Plan {
    /// To be sent, each with the attempt that the queue still recognises, if there was one.
    send: HashMap<String, Option<Doubt>>,
    /// Sent by an earlier restore.
    sent: u64,
    /// Perhaps sent by an earlier restore.
    uncertain: Vec<Row>,
}

impl Plan {
    fn of(ledger: &Ledger, wanted: HashSet<String>) -> Self {
        let mut plan = Plan { send: HashMap::new(), sent: 0, uncertain: Vec::new() };
        for message_id in wanted {
            match ledger.state(&message_id) {
                MessageState::ToSend(doubt) => drop(plan.send.insert(message_id, doubt)),
                MessageState::Sent => plan.sent += 1,
                MessageState::Uncertain(reason) => {
                    let reason = format!("{reason}; --again sends it again");
                    plan.uncertain.push(Row { message_id, fate: Putback::Uncertain { reason } });
                }
            }
        }
        plan
    }

    fn wanted(&self) -> u64 {
        (self.send.len() + self.uncertain.len()) as u64 + self.sent
    }
}

async fn confirm(
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
            .push_str(&format!(" {left_out} more {are} skipped: they may still be in the DLQ."));
    }
    question.push_str(form(wanted, " Send it?", " Send them?"));
    if context.confirm(&question, "--yes").await? {
        return Ok(());
    }
    Err(Error::refused("nothing was restored: not confirmed"))
}

/// Sends the messages of a journal that are wanted.
async fn send(
    context: &Context,
    sender: &Sender,
    path: PathBuf,
    wanted: HashMap<String, Option<Doubt>>,
) -> Result<Vec<Row>> {
    let total = Some(wanted.len() as u64);
    let progress = context.ui.progress("restoring", total, Unit::Messages);
    let (give, take) = tokio::sync::mpsc::channel(2 * BATCH);
    let reading = tokio::task::spawn_blocking(move || {
        each_kept(&path, |kept| {
            if let Some(doubt) = wanted.get(&kept.message.id) {
                // Nobody takes it any more once the restore has failed.
                let _ = give.blocking_send((kept.message, doubt.clone()));
            }
            Ok(())
        })
    });
    let pace = Pace::new(None, Duration::ZERO);
    let messages = stream_of(take).map(|(message, doubt)| sender.outgoing(message, doubt));
    let outcomes = sender.outbox.send_all(messages, &pace, &context.cancel, &progress).await?;
    reading.await.map_err(|error| {
        Error::new(Kind::Internal, "reading the journal failed unexpectedly").because(&error)
    })??;
    let rows = outcomes.into_iter();
    Ok(rows.map(|(message_id, outcome)| Row { message_id, fate: outcome.into() }).collect())
}

impl Report for RestoreReport {
    const KIND: &'static str = "dlq.journal.restore";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        let uncertain = |row: &&Row| matches!(row.fate, Putback::Uncertain { .. });
        let partly = self.messages.iter().filter(uncertain).count() as u64;
        let tally = Tally {
            done: self.restored,
            excluded: self.left_out + self.already_restored,
            failed: self.failed - partly,
            partly,
            ..Tally::default()
        };
        tally.outcome(self.interrupted)
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
        if self.already_restored > 0 {
            text.push_str(&format!(
                "{} already restored by an earlier run of this command; not sent again (--again sends everything)\n",
                was(self.already_restored)
            ));
        }
        if self.left_out > 0 {
            text.push_str(&format!(
                "{} skipped, since the DLQ may still have {them} (--all includes {them})\n",
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
