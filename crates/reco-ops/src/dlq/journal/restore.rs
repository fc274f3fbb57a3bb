//! Restoring: a journal has every message that was sent, whole, and they are put back from it.

use std::collections::BTreeMap;
use std::time::Duration;

use reco_core::human::{amount, count, form};
use reco_core::journal::Standing;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use super::{Home, RESTORE, find, load};
use crate::aws::sqs::Sqs;
use crate::dlq::copies::{Copies, CopyFate, CopyRow, KeptIn, close};
use crate::dlq::session::{Ask, before_all};
use crate::error::{Error, Result};
use crate::event::Control;
use crate::rate::Pace;

/// What is restored, and where to.
#[derive(Debug)]
pub struct RestoreOptions {
    /// The run: its id, the beginning of it, or its journal's path.
    pub run: String,
    /// The queue, where that is not the DLQ that the messages came from.
    pub to: Option<String>,
    /// Restores every message, even what may still be in the DLQ.
    pub all: bool,
    /// Sends what earlier restores sent, too.
    pub again: bool,
}

/// Report of a restore.
#[derive(Debug, Serialize)]
pub struct RestoreReport {
    /// The journal that was restored.
    pub journal: String,
    /// The queue.
    pub queue: String,
    /// Messages that the queue took.
    pub restored: u64,
    /// Messages that it did not take, or of which that is not known.
    pub failed: u64,
    /// Messages that an earlier restore of the run sent to the queue.
    pub already_restored: u64,
    /// Messages that the DLQ may still have, and so were left out.
    pub left_out: u64,
    /// Stopped by a signal.
    pub interrupted: bool,
    /// Every message that was wanted and that no earlier restore sent.
    pub messages: Vec<CopyRow>,
}

impl RestoreReport {
    /// Result of the restore.
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

/// Asks, then sends.
///
/// # Errors
/// When there is no such journal or queue, the prompt is not confirmed, another run is on the
/// queue, or the journal of the restore cannot be written.
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
    let given = options.to.as_ref().unwrap_or(&header.source);
    let open = async {
        let (sqs, origin) = (connect(given).await?, (RESTORE, header.run_id.as_str()));
        Copies::open(sqs, home, origin, given, (options.again, false)).await
    };
    let copies = before_all(control, open).await?;
    let wanted = |standing| options.all || standing == Standing::Deleted;
    let wanted = state.messages().filter(|(_, standing)| wanted(*standing));
    let mut rows: Vec<CopyRow> = wanted.map(|(id, _)| copies.row(id.to_owned())).collect();
    let left_out = (state.messages().count() - rows.len()) as u64;
    let to_send = number(&rows, CopyFate::Planned);
    if let Some(operator) = ask.filter(|_| to_send > 0) {
        confirm(operator, &copies.queue.name, to_send, left_out).await?;
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
        messages: rows,
    };
    if let Some(journal) = written {
        let counts = BTreeMap::from([("restored".to_owned(), restored)]);
        close(&journal, report.outcome(), counts, control).await;
    }
    Ok(report)
}

async fn confirm(operator: &dyn Ask, queue: &str, to_send: u64, left_out: u64) -> Result<()> {
    let (messages, ids) = (amount(to_send, "message"), form(to_send, "id", "ids"));
    let mut question = format!("this sends {messages} to {queue}, under new {ids}.");
    if left_out > 0 {
        let are = form(left_out, "is", "are");
        let left_out = count(left_out);
        question
            .push_str(&format!(" {left_out} more {are} skipped: they may still be in the DLQ."));
    }
    question.push_str(form(to_send, " Send it?", " Send them?"));
    if operator.ask(&question).await? {
        return Ok(());
    }
    Err(Error::refused("nothing was restored: not confirmed"))
}
