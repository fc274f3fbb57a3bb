//! `recoctl dlq import`: sends the messages of an export to a queue, each once.

use std::path::PathBuf;

use clap::Args;
use reco_core::outcome::Outcome;

use crate::context::Context;
use crate::render::{by, rows};
use crate::ui::{Report, Tone, View, amount, count, escape_line, form};
use reco_ops::aws::sqs::Sqs;
use reco_ops::dlq::copies::CopyFate;
use reco_ops::dlq::import::{ImportOptions, ImportReport, import};
use reco_ops::dlq::session::Ask;
use reco_ops::error::Result;
use reco_ops::rate::Rate;

/// Arguments of `recoctl dlq import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Saved messages: an export or the backup of a purge, compressed or not
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
    /// Take over the lock of the run HOLDER on another machine, which a refusal names
    #[arg(long, value_name = "HOLDER", conflicts_with = "dry_run")]
    pub take_over: Option<String>,
}

/// Runs the import.
///
/// # Errors
/// Same as [`import`].
pub async fn run(context: &Context, args: ImportArgs) -> Result<Outcome> {
    let ImportArgs { file, to, rate, again, dry_run, yes, take_over } = args;
    let connect = async |queue: &str| Ok(Sqs::new(context.sdk_for(queue).await?));
    let options = ImportOptions { file, to, rate, again, dry_run, take_over };
    let (control, ask) = (context.control(), (!yes).then_some(context as &dyn Ask));
    let report = import(connect, context.home()?, &control, &options, ask).await?;
    context.ui.report(&report)
}

const fn meaning(fate: CopyFate) -> &'static str {
    match fate {
        CopyFate::Sent | CopyFate::Restored => "acknowledged by the queue with matching digests",
        CopyFate::Planned => "would be sent",
        CopyFate::AlreadySent => "by an earlier import of this export; not sent again",
        CopyFate::Uncertain => "possibly in the queue: check before sending them with --again",
        CopyFate::Failed => "not accepted by the queue",
        CopyFate::Left => "not attempted: import the file again",
    }
}

const fn tone(fate: CopyFate) -> Tone {
    match fate {
        CopyFate::Sent | CopyFate::Restored | CopyFate::Planned => Tone::Good,
        CopyFate::AlreadySent => Tone::Faint,
        CopyFate::Left => Tone::Warn,
        CopyFate::Uncertain | CopyFate::Failed => Tone::Bad,
    }
}

impl Report for ImportReport {
    const KIND: &'static str = "dlq.import";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        ImportReport::outcome(self)
    }

    fn render(&self, view: &View) -> String {
        let mut text = String::new();
        for (fate, messages) in &self.counts {
            let name = view.palette.paint(tone(*fate), &format!("{:<12}", fate.name()));
            text.push_str(&format!("{name} {:>7}  {}\n", count(*messages), meaning(*fate)));
            let named = self.messages.iter().filter(|row| row.fate == *fate);
            let named = named.filter_map(|row| Some((&row.message_id, row.reason.as_ref()?)));
            text.push_str(&rows::first(rows::NAMED, named, |(id, reason)| {
                format!("{} {}", escape_line(id), escape_line(reason))
            }));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&footer(self, view));
        text
    }
}

fn footer(report: &ImportReport, view: &View) -> String {
    let (file, queue) = (escape_line(&report.origin.file), escape_line(&report.queue));
    let messages = amount(report.messages.len() as u64, "message");
    let mut text = format!("{messages} of {file}, destination {queue}");
    if report.dry_run {
        text.push_str("; nothing was sent (--dry-run)");
    }
    if report.interrupted {
        text.push_str("; interrupted: import the file again for the rest");
    }
    text.push('\n');
    if !report.origin.file_complete {
        let torn = match report.origin.torn_line {
            Some(line) => format!(", cut off in line {line}"),
            None => String::new(),
        };
        let note = format!("the file is incomplete{torn}: the run that wrote it was interrupted");
        text.push_str(&rows::note(&note, view));
    }
    if report.origin.repeated > 0 {
        let repeated = amount(report.origin.repeated, "message");
        let stand = form(report.origin.repeated, "stands", "stand");
        text.push_str(&format!("{repeated} {stand} in the file more than once; sent once\n"));
    }
    if let Some(journal) = &report.journal {
        text.push_str(&format!("journal {}\n", escape_line(journal)));
    }
    text.push_str(&by::line(&report.by, view));
    text
}
