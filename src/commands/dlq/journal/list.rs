//! `recoctl dlq journal list`.

use std::path::Path;

use reco_core::human::to_the_second;
use reco_core::journal::{Counts, JournalState};
use reco_core::outcome::Outcome;
use reco_core::run_by::RunBy;
use serde::Serialize;

use crate::context::Context;
use crate::render::{by, rows};
use crate::ui::{Align, Report, TextTable, Tone, View, amount, bytes, count, escape_line};
use reco_ops::dlq::journal::{Home, Lock, Stored, now_ms, stored};
use reco_ops::error::Result;

/// Condition of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RunCondition {
    /// Complete.
    Finished,
    /// Interrupted, or ended with messages that were sent but not deleted.
    Unfinished,
    /// Still running.
    Running,
    /// Journal unreadable.
    #[default]
    Unreadable,
}

impl RunCondition {
    /// Returns the condition of a journal's run.
    pub(super) fn of(home: &Home, state: &JournalState) -> Self {
        // Interrupted before anything was sent, so nothing is left to do.
        let Some(header) = state.header() else { return RunCondition::Finished };
        let holder = Lock::holder(home, &header.source);
        if holder.is_some_and(|holder| holder.run_id == header.run_id) {
            return RunCondition::Running;
        }
        let left = state.resume(now_ms());
        let ended = state.end().is_some() || state.counts().messages == 0;
        if ended && left.delete.is_empty() && left.resend.is_empty() {
            RunCondition::Finished
        } else {
            RunCondition::Unfinished
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            RunCondition::Finished => "finished",
            RunCondition::Unfinished => "unfinished",
            RunCondition::Running => "running",
            RunCondition::Unreadable => "unreadable",
        }
    }

    pub(super) const fn tone(self) -> Tone {
        match self {
            RunCondition::Finished => Tone::Good,
            RunCondition::Running => Tone::Faint,
            RunCondition::Unfinished => Tone::Warn,
            RunCondition::Unreadable => Tone::Bad,
        }
    }
}

#[derive(Debug, Default, Serialize)]
struct JournalRow {
    run_id: Option<String>,
    path: String,
    bytes: u64,
    condition: RunCondition,
    started_at: Option<String>,
    source: Option<String>,
    destination: Option<String>,
    /// Outcome of the run; null if it was interrupted.
    outcome: Option<Outcome>,
    counts: Counts,
    /// Signature of the run.
    by: RunBy,
    /// Reason why the journal cannot be read.
    reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct ListReport {
    directory: String,
    journals: Vec<JournalRow>,
    bytes: u64,
}

/// Lists the journals.
///
/// # Errors
/// Fails if the directory cannot be read.
pub fn run(context: &Context) -> Result<Outcome> {
    let home = context.home()?;
    let journals: Vec<JournalRow> =
        stored(&home)?.into_iter().map(|stored| row(&home, stored)).collect();
    let report = ListReport {
        directory: home.journals().display().to_string(),
        bytes: journals.iter().map(|journal| journal.bytes).sum(),
        journals,
    };
    context.ui.report(&report)
}

fn row(home: &Home, Stored { path, bytes, state }: Stored) -> JournalRow {
    let path = path.display().to_string();
    match state {
        Err(error) => {
            JournalRow { path, bytes, reason: Some(error.to_string()), ..JournalRow::default() }
        }
        Ok(state) => {
            let header = state.header();
            JournalRow {
                run_id: header.map(|header| header.run_id.clone()),
                path,
                bytes,
                condition: RunCondition::of(home, &state),
                started_at: header.map(|header| header.started_at.clone()),
                source: header.map(|header| header.source.clone()),
                destination: header.and_then(|header| header.destination.clone()),
                outcome: state.end().map(|end| end.outcome),
                counts: state.counts(),
                by: header.map(|header| header.by.clone()).unwrap_or_default(),
                reason: None,
            }
        }
    }
}

impl Report for ListReport {
    const KIND: &'static str = "dlq.journal.list";
    const ROWS: Option<&'static str> = Some("journals");

    /// An empty directory is a valid answer.
    fn outcome(&self) -> Outcome {
        Outcome::Success
    }

    fn render(&self, view: &View) -> String {
        if self.journals.is_empty() {
            return format!("no journals in {}\n", self.directory);
        }
        // Journals of earlier versions do not say.
        let any_by = self.journals.iter().any(|journal| !journal.by.is_unknown());
        let mut columns = vec![
            ("RUN", Align::Left),
            ("STARTED", Align::Left),
            ("QUEUE", Align::Left),
            ("STATE", Align::Left),
            ("MESSAGES", Align::Right),
            ("MOVED", Align::Right),
            ("OPEN", Align::Right),
            ("SIZE", Align::Right),
        ];
        if any_by {
            columns.push(("BY", Align::Left));
        }
        let mut table = TextTable::new(view, &columns);
        for journal in &self.journals {
            let counts = &journal.counts;
            let open = counts.acked + counts.uncertain + counts.intended;
            let text = |value: &Option<String>| escape_line(value.as_deref().unwrap_or("?"));
            let started = text(&journal.started_at);
            let mut cells = vec![
                (text(&journal.run_id), None),
                (to_the_second(&started).to_owned(), None),
                (rows::queue_name(&text(&journal.source)), None),
                (journal.condition.name().to_owned(), Some(journal.condition.tone())),
                (count(counts.messages), None),
                (count(counts.deleted), None),
                (count(open), None),
                (bytes(journal.bytes), None),
            ];
            if any_by {
                cells.push((by::short(&journal.by), None));
            }
            table.toned_row(cells);
        }
        let mut text = table.finish();
        for journal in &self.journals {
            if let Some(reason) = &journal.reason {
                let label = view.palette.paint(Tone::Bad, "unreadable:");
                text.push_str(&format!("{label} {}\n", escape_line(reason)));
            }
        }
        let unfinished = |journal: &&JournalRow| journal.condition == RunCondition::Unfinished;
        if let Some(journal) = self.journals.iter().find(unfinished) {
            let run = journal.run_id.clone().unwrap_or_else(|| journal.path.clone());
            text.push_str(&format!("\n{}", rows::resume(&run, view)));
        }
        text.push_str(&format!(
            "\n{}, {}, in {}; recoctl never removes them\n",
            amount(self.journals.len() as u64, "journal"),
            bytes(self.bytes),
            Path::new(&self.directory).display()
        ));
        text
    }
}
