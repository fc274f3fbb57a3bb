//! `recoctl dlq import`: the messages of an export into a queue, each once.
//!
//! The file is read twice: first as a whole, so that nothing is sent from a file that is broken
//! further down, then to send.

mod report;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use futures::{Stream, StreamExt};
use reco_core::export::{Ending, Header};
use reco_core::message::Message;
use reco_core::outcome::Outcome;
use tokio::sync::mpsc::{Receiver, Sender as Feeder, channel};

use crate::context::Context;
use crate::ui::{Report, Unit, amount, form, was};
use reco_ops::aws::sqs::{BATCH, Queue, QueueState, Sqs};
use reco_ops::dlq::export::Opened;
use reco_ops::dlq::journal::{EXPORT, Journal, Ledger, Lock, MessageState, Origin};
use reco_ops::dlq::judge::unsendable;
use reco_ops::dlq::redrive::{Pace, Rate};
use reco_ops::error::{Error, Kind, Result};
use reco_ops::sqs::{Content, Destination, Dispatch, Doubt, Outbox, OutboxMessage, SendOutcome};
use report::{Fate, ImportReport, Row};

/// Arguments of `recoctl dlq import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// File written by `dlq export` or `dlq purge --backup`, compressed or not
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Queue to send to: name, URL or ARN [default: the queue that was exported]
    #[arg(long, value_name = "QUEUE")]
    pub to: Option<String>,
    /// Maximum messages per second (fractions allowed)
    #[arg(long, value_name = "N")]
    pub rate: Option<Rate>,
    /// Send every message again, even those that earlier imports of this export sent to the queue
    #[arg(long)]
    pub again: bool,
    /// Check the file and show what would be sent, without sending
    #[arg(long)]
    pub dry_run: bool,
    /// Skip the confirmation prompt
    #[arg(long)]
    pub yes: bool,
}

/// Plan of an import, made once the whole file was read.
struct Plan {
    header: Header,
    ending: Ending,
    queue: Queue,
    limit: usize,
    ledger: Ledger,
    rows: Vec<Row>,
    /// Messages that stand in the file more than once; sent once.
    repeated: u64,
}

/// Checks, asks, sends.
///
/// # Errors
/// When the file is no export or is broken, the queue cannot be found, the prompt is not confirmed,
/// another run is on the queue, or the journal cannot be written.
pub async fn run(context: &Context, args: ImportArgs) -> Result<Outcome> {
    let home = context.home()?;
    let header = context.before_all(Opened::open(&args.file)).await?.header()?.clone();
    let given = args.to.clone().unwrap_or_else(|| header.queue.clone());
    let sqs = Sqs::new(context.sdk_for(&given).await?);
    let (queue, state) = context.before_all(sqs.resolve(&given)).await?;
    let id = header.export_id.clone();
    // Before the ledger is read: another import may be writing it.
    let lock = match args.dry_run {
        true => None,
        false => Some(Lock::take(&home, &queue.arn, &Journal::new_run_id())?),
    };
    let to = queue.arn.clone();
    let origin = Origin { kind: EXPORT, id: &id, to: &to };
    let ledger = Ledger::open(&home, &origin, args.again)?;
    let mut plan = plan(&args, queue, &state, ledger).await?;
    warn(context, &args, &plan);
    let mut journal = None;
    if !args.dry_run && plan.to_send() > 0 {
        confirm(context, &args, &plan).await?;
        let (written, stamp) = plan.ledger.write(&home, &origin, plan.queue.fifo)?;
        let written = Arc::new(written);
        let passing = home.is_passing();
        journal = (!passing).then(|| written.path().display().to_string());
        let (queue, limit) = (plan.queue.clone(), plan.limit);
        let to = Arc::new(Destination { number: 0, queue, limit, stamp: Some(stamp) });
        let sender = Sender::new(sqs, Arc::clone(&written), to);
        send(context, &args, &mut plan, sender).await?;
        let report = report(context, &args, &plan, journal.clone());
        if let Err(error) = written.close_with(report.outcome(), report.tally()).await {
            context.ui.warn(format!("the journal has no end record: {error}"));
        }
    }
    drop(lock);
    let report = report(context, &args, &plan, journal);
    context.ui.report(&report)?;
    Ok(report.outcome())
}

/// Sends messages that come from nowhere that they would be deleted from.
pub(super) struct Sender {
    pub(super) outbox: Arc<Outbox>,
    pub(super) to: Arc<Destination>,
}

impl Sender {
    pub(super) fn new(sqs: Sqs, journal: Arc<Journal>, to: Arc<Destination>) -> Self {
        let outbox = Outbox {
            journal: Some(journal),
            journal_destination: Some(to.queue.arn.clone()),
            ..Outbox::new(sqs)
        };
        Sender { outbox: Arc::new(outbox), to }
    }

    /// A message on its way.
    pub(super) fn outgoing(&self, message: Message, doubt: Option<Doubt>) -> OutboxMessage {
        OutboxMessage {
            id: message.id.clone(),
            group: message.group_id().map(str::to_owned),
            size: message.size(),
            to: Arc::clone(&self.to),
            content: Content::Here(Box::new(Dispatch { message, out: None })),
            doubt,
            known: false,
        }
    }
}

/// Messages as they come out of a channel.
pub(super) fn stream_of<T>(mut messages: Receiver<T>) -> impl Stream<Item = T> + Unpin {
    futures::stream::poll_fn(move |task| messages.poll_recv(task))
}

impl Plan {
    fn to_send(&self) -> u64 {
        self.rows.iter().filter(|row| row.fate == Fate::Planned).count() as u64
    }
}

/// Reads the whole file and decides on each message.
async fn plan(args: &ImportArgs, queue: Queue, state: &QueueState, ledger: Ledger) -> Result<Plan> {
    let mut opened = Opened::open(&args.file).await?;
    let (mut rows, mut seen, mut repeated) = (Vec::new(), HashSet::new(), 0);
    let limit = state.max_message_bytes;
    while let Some(message) = opened.next().await? {
        if !seen.insert(message.id.clone()) {
            repeated += 1;
            continue;
        }
        let (fate, reason) = decide(&message, &ledger, limit, queue.fifo);
        rows.push(Row { message_id: message.id, fate, reason, sent_as: None });
    }
    let (header, ending) = opened.finish()?;
    Ok(Plan { header, ending, queue, limit, ledger, rows, repeated })
}

fn decide(message: &Message, ledger: &Ledger, limit: usize, fifo: bool) -> (Fate, Option<String>) {
    match ledger.state(&message.id) {
        MessageState::Sent => return (Fate::AlreadySent, None),
        MessageState::Uncertain(reason) => return (Fate::Uncertain, Some(reason)),
        MessageState::ToSend(_) => {}
    }
    // AWS: SendMessage: MessageGroupId is required for FIFO queues.
    let no_group = (fifo && message.group_id().is_none())
        .then(|| "it has no message group id, which a FIFO queue requires".to_owned());
    match unsendable(message, Some(limit)).or(no_group) {
        Some(reason) => (Fate::Failed, Some(reason)),
        None => (Fate::Planned, None),
    }
}

fn warn(context: &Context, args: &ImportArgs, plan: &Plan) {
    let (file, messages) = (args.file.display(), plan.ending.messages);
    // The report says so, too; whoever is asked must know it before.
    let asked = !args.yes && context.ui.may_ask;
    if let Some(line) = plan.ending.torn_line.filter(|_| asked) {
        context.ui.warn(format!(
            "{file} ends in the middle of line {line}: it has {}, and the run that wrote it was interrupted",
            amount(messages, "whole message")
        ));
    } else if asked && !plan.ending.complete {
        context.ui.warn(format!(
            "{file} has no end record because the run that wrote it was interrupted: it has {}",
            amount(messages, "message")
        ));
    }
    if plan.queue.arn == plan.header.queue && !plan.header.deletes && plan.to_send() > 0 {
        context.ui.warn(format!(
            "the export left its messages in {}: those still there will be duplicated",
            plan.queue.name
        ));
    }
    let uncertain = plan.rows.iter().filter(|row| row.fate == Fate::Uncertain).count();
    if uncertain > 0 {
        context.ui.warn(format!(
            "{} possibly sent by an earlier import, and {} skipped; --again sends all of them again",
            was(uncertain as u64),
            form(uncertain as u64, "is", "are")
        ));
    }
}

async fn confirm(context: &Context, args: &ImportArgs, plan: &Plan) -> Result<()> {
    let question = format!(
        "this sends {} to {}, under new {}. Send {}?",
        amount(plan.to_send(), "message"),
        plan.queue.name,
        form(plan.to_send(), "id", "ids"),
        form(plan.to_send(), "it", "them")
    );
    if args.yes || context.confirm(&question, "--yes").await? {
        return Ok(());
    }
    Err(Error::refused("nothing was imported: not confirmed"))
}

/// Sends what is planned, and notes the fates in the plan.
async fn send(context: &Context, args: &ImportArgs, plan: &mut Plan, sender: Sender) -> Result<()> {
    let total = plan.to_send();
    let ui = &context.ui;
    ui.status(format!("importing {} into {}", amount(total, "message"), plan.queue.name));
    let progress = ui.progress("importing", Some(total), Unit::Messages);
    let planned = plan.rows.iter().filter(|row| row.fate == Fate::Planned);
    let planned: HashSet<String> = planned.map(|row| row.message_id.clone()).collect();
    let (give, take) = channel(2 * BATCH);
    let reading = tokio::spawn(feed(args.file.clone(), planned, give));
    let (cancel, pace) = (&context.cancel, Pace::new(args.rate, Duration::ZERO));
    let ledger = &plan.ledger;
    let messages = stream_of(take).map(|message| {
        let doubt = match ledger.state(&message.id) {
            MessageState::ToSend(doubt) => doubt,
            MessageState::Sent | MessageState::Uncertain(_) => None,
        };
        sender.outgoing(message, doubt)
    });
    let outcomes = sender.outbox.send_all(messages, &pace, cancel, &progress).await?;
    let read = reading.await.map_err(|error| {
        Error::new(Kind::Internal, "reading the export failed unexpectedly").because(&error)
    })?;
    if let Err(error) = read {
        ui.warn(format!("not all of {} was sent: {error}", args.file.display()));
    }
    let index: HashMap<String, usize> =
        plan.rows.iter().enumerate().map(|(at, row)| (row.message_id.clone(), at)).collect();
    for (message_id, outcome) in outcomes {
        let Some(at) = index.get(&message_id) else { continue };
        let row = &mut plan.rows[*at];
        (row.fate, row.reason, row.sent_as) = match outcome {
            SendOutcome::Sent { sent_as, .. } | SendOutcome::NotDeleted { sent_as, .. } => {
                (Fate::Sent, None, Some(sent_as))
            }
            SendOutcome::Failed { reason } => (Fate::Failed, Some(reason), None),
            SendOutcome::Uncertain { reason } => (Fate::Uncertain, Some(reason), None),
            SendOutcome::Left { reason } => (Fate::Left, Some(reason), None),
        };
    }
    for row in plan.rows.iter_mut().filter(|row| row.fate == Fate::Planned) {
        row.fate = Fate::Left;
        row.reason = Some("the file could not be read up to it".to_owned());
    }
    Ok(())
}

/// Reads the file again, and gives each message that is planned once.
async fn feed(file: PathBuf, mut planned: HashSet<String>, give: Feeder<Message>) -> Result<()> {
    let mut opened = Opened::open(&file).await?;
    while let Some(message) = opened.next().await? {
        if planned.remove(&message.id) && give.send(message).await.is_err() {
            break;
        }
    }
    Ok(())
}

fn report(
    context: &Context,
    args: &ImportArgs,
    plan: &Plan,
    journal: Option<String>,
) -> ImportReport {
    ImportReport::new(
        report::Origin {
            file: args.file.display().to_string(),
            exported_from: plan.header.queue.clone(),
            exported_at: plan.header.exported_at.clone(),
            file_complete: plan.ending.complete,
            torn_line: plan.ending.torn_line,
            repeated: plan.repeated,
        },
        plan.queue.name.clone(),
        args.dry_run,
        context.cancel.is_cancelled(),
        journal,
        plan.rows.clone(),
    )
}
