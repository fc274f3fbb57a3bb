//! Restoring the messages of a run: its journal has every message that it sent, in full.

use std::collections::BTreeMap;
use std::time::Duration;

use reco_core::human::{amount, count, form};
use reco_core::journal::Standing;
use reco_core::outcome::{Outcome, Tally};
use reco_core::run_by::RunBy;
use serde::Serialize;

use super::resume::check_is_redrive;
use super::{Home, RESTORE, find, load};
use crate::aws::acting_on;
use crate::aws::sqs::Sqs;
use crate::dlq::copies::{Copies, CopyFate, CopyOptions, CopyRow, KeptIn, close};
use crate::dlq::session::{Ask, before_all, confirm};
use crate::error::{Error, Result};
use crate::event::Control;
use crate::rate::Pace;

/// Options of a restore.
#[derive(Debug)]
pub struct RestoreOptions {
    /// Run to restore: its id, a prefix of it, or its journal's path.
    pub run: String,
    /// Destination queue; the DLQ that the messages came from by default.
    pub to: Option<String>,
    /// Restores every message, even those that may still be in the DLQ.
    pub all: bool,
    /// Also sends messages that earlier restores sent.
    pub again: bool,
    /// Run on another machine whose lock on the queue is taken over.
    pub take_over: Option<String>,
}

/// Report of a restore.
#[derive(Debug, Serialize)]
pub struct RestoreReport {
    /// Path of the restored journal.
    pub journal: String,
    /// Name of the destination queue.
    pub queue: String,
    /// Messages that the queue accepted.
    pub restored: u64,
    /// Messages that the queue did not accept, or may not have.
    pub failed: u64,
    /// Messages that an earlier restore of the run sent to the queue.
    pub already_restored: u64,
    /// Messages left out because they may still be in the DLQ.
    pub left_out: u64,
    /// Stopped by a signal.
    pub interrupted: bool,
    /// Signature of the run.
    pub by: RunBy,
    /// Every requested message that no earlier restore sent.
    pub messages: Vec<CopyRow>,
}

impl RestoreReport {
    /// Returns the outcome of the restore.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let partly = number(&self.messages, CopyFate::Uncertain);
        let tally = Tally {
            done: self.restored,
            excluded: self.left_out + self.already_restored,
            failed: self.failed - partly,
            partly,
            ..Tally::default()
        };
        tally.outcome(self.interrupted)
    }
}

fn number(rows: &[CopyRow], fate: CopyFate) -> u64 {
    rows.iter().filter(|row| row.fate == fate).count() as u64
}

/// Restores a run: asks, then sends.
///
/// # Errors
/// When the journal or queue does not exist, the prompt is not confirmed, another run has locked
/// the queue, or the journal of the restore cannot be written.
pub async fn restore(
    connect: impl AsyncFnOnce(&str) -> Result<Sqs>,
    home: Home,
    control: &Control,
    options: &RestoreOptions,
    ask: Option<&dyn Ask>,
) -> Result<RestoreReport> {
    let path = find(&home, &options.run)?;
    let state = load(&path)?;
    let header = state.header().ok_or_else(|| {
        Error::input(format!("journal {} has no header, hence no messages", path.display()))
    })?;
    check_is_redrive(&path, header)?;
    let given = options.to.as_ref().unwrap_or(&header.source);
    let open = async {
        let (sqs, origin) = (connect(given).await?, (RESTORE, header.run_id.as_str()));
        let (again, take_over) = (options.again, options.take_over.clone());
        let options = CopyOptions { again, dry_run: false, take_over };
        Copies::open(sqs, home, origin, given, options, control).await
    };
    let copies = before_all(control, open).await?;
    let wanted = |standing| options.all || standing == Standing::Deleted;
    let wanted = state.messages().filter(|(_, standing)| wanted(*standing));
    let mut rows: Vec<CopyRow> = wanted.map(|(id, _)| copies.row(id.to_owned())).collect();
    let left_out = (state.messages().count() - rows.len()) as u64;
    let to_send = number(&rows, CopyFate::Planned);
    if to_send > 0 {
        let what = format!("queue {}", copies.queue.name);
        control.events.status(acting_on(&copies.queue.arn, &what));
    }
    if let Some(operator) = ask.filter(|_| to_send > 0) {
        let question = question(&copies.queue.name, to_send, left_out);
        confirm(operator, &question, "restored").await?;
    }
    let already_restored = number(&rows, CopyFate::AlreadySent);
    rows.retain(|row| row.fate != CopyFate::AlreadySent);
    for row in &mut rows {
        row.reason = row.reason.take().map(|reason| format!("{reason}; --again sends it again"));
    }
    let mut written = None;
    if to_send > 0 {
        let (file, sent) = (KeptIn::Journal(path.clone()), CopyFate::Restored);
        let pace = Pace::new(None, Duration::ZERO);
        written = Some(copies.send(file, &mut rows, sent, &pace, control).await?);
    }
    let restored = number(&rows, CopyFate::Restored);
    let report = RestoreReport {
        journal: path.display().to_string(),
        queue: copies.queue.name.clone(),
        restored,
        failed: rows.len() as u64 - restored,
        already_restored,
        left_out,
        interrupted: control.cancel.is_cancelled(),
        by: copies.by.clone(),
        messages: rows,
    };
    if let Some(journal) = written {
        let counts = BTreeMap::from([("restored".to_owned(), restored)]);
        close(&journal, report.outcome(), counts, control).await;
    }
    Ok(report)
}

fn question(queue: &str, to_send: u64, left_out: u64) -> String {
    let (messages, ids) = (amount(to_send, "message"), form(to_send, "id", "ids"));
    let mut question = format!("this sends {messages} to {queue}, under new {ids}.");
    if left_out > 0 {
        let are = form(left_out, "is", "are");
        let left_out = count(left_out);
        question
            .push_str(&format!(" {left_out} more {are} skipped: they may still be in the DLQ."));
    }
    question.push_str(form(to_send, " Send it?", " Send them?"));
    question
}
