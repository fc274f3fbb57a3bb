//! Import of an export: sends its messages to a queue, each once.
//!
//! The file is read twice: once in full, so that no message is sent from a file that is broken
//! further down, and once to send.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use reco_core::export::{ExportEnd, ExportHeader};
use reco_core::human::{amount, form, was};
use reco_core::message::Message;
use reco_core::outcome::{Outcome, Tally};
use reco_core::run_by::RunBy;
use serde::Serialize;

use super::copies::{Copies, CopyFate, CopyOptions, CopyRow, KeptIn, close};
use super::export::Opened;
use super::journal::{EXPORT, Home};
use super::judge::unsendable;
use super::session::{Ask, before_all, confirm};
use crate::aws::acting_on;
use crate::aws::sqs::Sqs;
use crate::error::Result;
use crate::event::Control;
use crate::rate::{Pace, Rate};
use crate::sqs::BEHIND;

/// Options of an import.
#[derive(Debug)]
pub struct ImportOptions {
    /// Export file to read.
    pub file: PathBuf,
    /// Destination queue; the exported queue by default.
    pub to: Option<String>,
    /// Maximum rate in messages per second.
    pub rate: Option<Rate>,
    /// Also sends messages that earlier imports sent.
    pub again: bool,
    /// Reports what would be sent without sending it.
    pub dry_run: bool,
    /// Run on another machine whose lock on the queue is taken over.
    pub take_over: Option<String>,
}

/// Export file as shown in the report.
#[derive(Debug, Serialize)]
pub struct ImportedFile {
    /// Path of the file.
    pub file: String,
    /// ARN of the queue that was exported.
    pub exported_from: String,
    /// Time of the export, RFC 3339.
    pub exported_at: String,
    /// True if the file has an end record, so that all exported messages are in it.
    pub file_complete: bool,
    /// Line number of a truncated last line; null if there is none.
    pub torn_line: Option<u64>,
    /// Repeated messages in the file; each is sent once.
    pub repeated: u64,
}

/// Report of an import: every message of the file has exactly one fate.
#[derive(Debug, Serialize)]
pub struct ImportReport {
    /// Export file that was imported.
    #[serde(flatten)]
    pub origin: ImportedFile,
    /// Name of the destination queue.
    pub queue: String,
    /// True if nothing was sent.
    pub dry_run: bool,
    /// Number of messages by fate.
    pub counts: BTreeMap<CopyFate, u64>,
    /// Stopped by a signal.
    pub interrupted: bool,
    /// Path of the journal with the sent messages; null if none was sent.
    pub journal: Option<String>,
    /// Signature of the run.
    pub by: RunBy,
    /// Every message of the file.
    pub messages: Vec<CopyRow>,
}

impl ImportReport {
    fn of(&self, fate: CopyFate) -> u64 {
        self.counts.get(&fate).copied().unwrap_or(0)
    }

    /// Returns the outcome of the import.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let tally = Tally {
            done: self.of(CopyFate::Sent) + self.of(CopyFate::Planned),
            excluded: self.of(CopyFate::AlreadySent),
            failed: self.of(CopyFate::Failed) + self.of(CopyFate::Left),
            partly: self.of(CopyFate::Uncertain),
            ..Tally::default()
        };
        tally.outcome(self.interrupted)
    }

    fn tally(&self) -> BTreeMap<String, u64> {
        self.counts.iter().map(|(fate, count)| (fate.name().to_owned(), *count)).collect()
    }
}

/// Plan of an import, made once the whole file was read.
struct Plan {
    header: ExportHeader,
    ending: ExportEnd,
    copies: Copies,
    rows: Vec<CopyRow>,
    repeated: u64,
}

/// Imports a file: checks, asks, then sends.
///
/// # Errors
/// When the file is broken or not an export, the queue cannot be found, the prompt is not
/// confirmed, another run has locked the queue, or the journal cannot be written.
pub async fn import(
    connect: impl AsyncFnOnce(&str) -> Result<Sqs>,
    home: Home,
    control: &Control,
    options: &ImportOptions,
    ask: Option<&dyn Ask>,
) -> Result<ImportReport> {
    let mut plan = before_all(control, plan(connect, home, options, control)).await?;
    let to_send = plan.of(CopyFate::Planned);
    warn(control, options, &plan, ask.is_some());
    if options.dry_run || to_send == 0 {
        return Ok(report(control, options, &mut plan, None));
    }
    let queue = &plan.copies.queue;
    control.events.status(acting_on(&queue.arn, &format!("queue {}", queue.name)));
    if let Some(operator) = ask {
        confirm(operator, &question(&queue.name, to_send), "imported").await?;
    }
    let messages = amount(to_send, "message");
    control.events.status(format!("importing {messages} into {}", plan.copies.queue.name));
    let (file, pace) = (options.file.clone(), Pace::new(options.rate, Duration::ZERO));
    let (file, sent) = (KeptIn::Export(file), CopyFate::Sent);
    let journal = plan.copies.send(file, &mut plan.rows, sent, &pace, control).await?;
    let path = plan.copies.path_of(&journal);
    let report = report(control, options, &mut plan, path);
    close(&journal, report.outcome(), report.tally(), control).await;
    Ok(report)
}

/// Reads the whole file and decides on each message.
async fn plan(
    connect: impl AsyncFnOnce(&str) -> Result<Sqs>,
    home: Home,
    options: &ImportOptions,
    control: &Control,
) -> Result<Plan> {
    let mut opened = Opened::open(&options.file).await?;
    let ExportHeader { queue, export_id, .. } = opened.header()?.clone();
    let given = options.to.as_ref().unwrap_or(&queue);
    let (sqs, origin) = (connect(given).await?, (EXPORT, export_id.as_str()));
    let (again, dry_run, take_over) = (options.again, options.dry_run, options.take_over.clone());
    let options = CopyOptions { again, dry_run, take_over };
    let copies = Copies::open(sqs, home, origin, given, options, control).await?;
    let (mut rows, mut seen, mut repeated) = (Vec::new(), HashSet::new(), 0);
    let mut stuck = HashSet::new();
    while let Some(message) = opened.next().await? {
        if seen.insert(message.id.clone()) {
            let group = message.group_id().filter(|_| copies.queue.fifo).map(str::to_owned);
            rows.push(behind(row(&copies, message), group, &mut stuck));
        } else {
            repeated += 1;
        }
    }
    let (header, ending) = opened.finish()?;
    Ok(Plan { header, ending, copies, rows, repeated })
}

fn row(copies: &Copies, message: Message) -> CopyRow {
    // AWS: SendMessage: MessageGroupId is required for FIFO queues.
    let no_group = (copies.queue.fifo && message.group_id().is_none())
        .then(|| "it has no message group id, which a FIFO queue requires".to_owned());
    let refused = unsendable(&message, Some(copies.limit)).or(no_group);
    let row = copies.row(message.id);
    match refused.filter(|_| row.fate == CopyFate::Planned) {
        Some(reason) => CopyRow { fate: CopyFate::Failed, reason: Some(reason), ..row },
        None => row,
    }
}

/// Leaves a message of a FIFO group behind an earlier one that the queue cannot take.
fn behind(row: CopyRow, group: Option<String>, stuck: &mut HashSet<String>) -> CopyRow {
    let Some(group) = group else { return row };
    match row.fate {
        CopyFate::Planned if stuck.contains(&group) => {
            CopyRow { fate: CopyFate::Left, reason: Some(BEHIND.to_owned()), ..row }
        }
        CopyFate::Failed => {
            stuck.insert(group);
            row
        }
        _ => row,
    }
}

impl Plan {
    fn of(&self, fate: CopyFate) -> u64 {
        self.rows.iter().filter(|row| row.fate == fate).count() as u64
    }
}

fn warn(control: &Control, options: &ImportOptions, plan: &Plan, asks: bool) {
    let (file, messages, events) = (options.file.display(), plan.ending.messages, &control.events);
    // The report says so too, but the operator must know before confirming.
    if let Some(line) = plan.ending.torn_line.filter(|_| asks) {
        events.warn(format!(
            "{file} ends in the middle of line {line}: it has {}, and the run that wrote it was interrupted",
            amount(messages, "whole message")
        ));
    } else if asks && !plan.ending.complete {
        events.warn(format!(
            "{file} has no end record because the run that wrote it was interrupted: it has {}",
            amount(messages, "message")
        ));
    }
    let queue = &plan.copies.queue;
    if queue.arn == plan.header.queue && !plan.header.deletes && plan.of(CopyFate::Planned) > 0 {
        events.warn(format!(
            "the export left its messages in {}: those still there will be duplicated",
            queue.name
        ));
    }
    let uncertain = plan.of(CopyFate::Uncertain);
    if uncertain > 0 {
        events.warn(format!(
            "{} possibly sent by an earlier import, and {} skipped; --again sends all of them again",
            was(uncertain),
            form(uncertain, "is", "are")
        ));
    }
}

fn question(queue: &str, to_send: u64) -> String {
    format!(
        "this sends {} to {queue}, under new {}. Send {}?",
        amount(to_send, "message"),
        form(to_send, "id", "ids"),
        form(to_send, "it", "them")
    )
}

fn report(
    control: &Control,
    options: &ImportOptions,
    plan: &mut Plan,
    journal: Option<String>,
) -> ImportReport {
    let (rows, header) = (std::mem::take(&mut plan.rows), &plan.header);
    let mut counts = BTreeMap::new();
    for row in &rows {
        *counts.entry(row.fate).or_default() += 1;
    }
    ImportReport {
        origin: ImportedFile {
            file: options.file.display().to_string(),
            exported_from: header.queue.clone(),
            exported_at: header.exported_at.clone(),
            file_complete: plan.ending.complete,
            torn_line: plan.ending.torn_line,
            repeated: plan.repeated,
        },
        queue: plan.copies.queue.name.clone(),
        dry_run: options.dry_run,
        counts,
        interrupted: control.cancel.is_cancelled(),
        journal,
        by: plan.copies.by.clone(),
        messages: rows,
    }
}
