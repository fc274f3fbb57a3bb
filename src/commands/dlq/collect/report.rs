//! Report of an export or purge: every received message has exactly one fate.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use reco_core::classify::Class;
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use super::Task;
use crate::aws::sqs::Damaged;
use crate::commands::dlq::reach::Reach;
use crate::commands::dlq::rows;
use crate::commands::dlq::session::Queues;
use crate::flow::judge::Basis;
use crate::flow::scan::Found;
use crate::flow::sqs::Released;
use crate::ui::{Tone, View, amount, bytes, count, escape_line, was};

/// Messages named in the table of each fate; JSON has all.
const NAMED: usize = 10;

/// Fate of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// In the file, and in the DLQ as before.
    Exported,
    /// No longer in the DLQ.
    Deleted,
    /// Would be exported or deleted.
    Planned,
    /// Not chosen.
    Skipped,
    /// Chosen, but beyond `--max`.
    BeyondMax,
    /// Perhaps still in the DLQ.
    NotDeleted,
    /// In the DLQ: it was not its turn.
    Left,
    /// In the DLQ: it came garbled.
    Damaged,
}

impl Fate {
    const fn name(self) -> &'static str {
        match self {
            Fate::Exported => "exported",
            Fate::Deleted => "deleted",
            Fate::Planned => "planned",
            Fate::Skipped => "skipped",
            Fate::BeyondMax => "beyond max",
            Fate::NotDeleted => "not deleted",
            Fate::Left => "left",
            Fate::Damaged => "damaged",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Fate::Exported | Fate::Deleted | Fate::Planned => Tone::Good,
            Fate::Skipped | Fate::BeyondMax => Tone::Faint,
            Fate::Left => Tone::Warn,
            Fate::NotDeleted | Fate::Damaged => Tone::Bad,
        }
    }

    const fn has_reason(self) -> bool {
        matches!(self, Fate::NotDeleted | Fate::Left | Fate::Damaged)
    }
}

/// One message and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    message_id: String,
    class: Option<Class>,
    fate: Fate,
    /// True if the file has it.
    in_file: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Record {
    pub(super) fn of(found: &Found, fate: Fate) -> Self {
        let (message_id, class) = (found.row.message_id.clone(), Some(found.row.verdict.class));
        Record { message_id, class, fate, in_file: false, reason: None }
    }

    pub(super) fn damaged(damaged: &Damaged) -> Self {
        let (message_id, reason) = (damaged.message_id.clone(), Some(damaged.reason.clone()));
        Record { message_id, class: None, fate: Fate::Damaged, in_file: false, reason }
    }

    pub(super) fn because(self, reason: Option<String>) -> Self {
        Record { reason, ..self }
    }

    pub(super) fn in_file(self, in_file: bool) -> Self {
        Record { in_file, ..self }
    }

    pub(super) fn message_id(&self) -> &str {
        &self.message_id
    }
}

/// The file as the report names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileRow {
    pub(super) path: String,
    pub(super) messages: u64,
    bytes: u64,
    /// True if it has everything that it was to have.
    complete: bool,
}

impl FileRow {
    pub(super) fn of(path: &Path, messages: u64, complete: bool) -> Self {
        let bytes = path.metadata().map_or(0, |data| data.len());
        FileRow { path: path.display().to_string(), messages, bytes, complete }
    }
}

/// Result of the run, apart from the messages.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// Messages received.
    pub(super) seen: u64,
    /// Messages chosen, up to `--max`.
    pub(super) chosen: u64,
    /// Reach of the scan in the DLQ.
    pub(super) reach: Reach,
    /// Deliveries of messages that were held already.
    pub(super) repeated: u64,
    /// Messages on which `--where` failed.
    pub(super) undecided: u64,
    /// Ids that were asked for and not received.
    pub(super) missing: Vec<String>,
    /// Reason why it stopped: the file cannot be written any more.
    pub(super) halted: Option<String>,
    /// The file, where it has any message.
    pub(super) file: Option<FileRow>,
    /// Time spent.
    pub(super) time: Duration,
    /// Stopped by a signal.
    pub(super) interrupted: bool,
}

/// Report of an export or purge.
#[derive(Debug, Serialize)]
pub struct Collected {
    #[serde(flatten)]
    queues: Queues,
    #[serde(flatten)]
    basis: Basis,
    dry_run: bool,
    /// True if chosen messages are deleted.
    delete: bool,
    /// Messages received; the sum of `counts`.
    seen: u64,
    /// Messages by what became of them.
    counts: BTreeMap<Fate, u64>,
    /// Chosen messages by class.
    chosen_by_class: BTreeMap<Class, u64>,
    undecided: u64,
    missing: Vec<String>,
    #[serde(flatten)]
    reach: Reach,
    repeated: u64,
    /// The file with the messages; null when nothing was written.
    file: Option<FileRow>,
    duration_s: f64,
    #[serde(flatten)]
    released: Released,
    interrupted: bool,
    #[serde(skip)]
    limited: bool,
    messages: Vec<Record>,
}

impl Collected {
    pub(super) fn new(
        (queues, basis): (Queues, Basis),
        task: &Task<'_>,
        messages: Vec<Record>,
        released: Released,
        ending: Ending,
    ) -> Self {
        let mut counts: BTreeMap<Fate, u64> = BTreeMap::new();
        let mut chosen_by_class: BTreeMap<Class, u64> = BTreeMap::new();
        for record in &messages {
            *counts.entry(record.fate).or_default() += 1;
            let chosen = !matches!(record.fate, Fate::Skipped | Fate::BeyondMax);
            if let (true, Some(class)) = (chosen, record.class) {
                *chosen_by_class.entry(class).or_default() += 1;
            }
        }
        Collected {
            queues,
            basis,
            dry_run: task.dry_run,
            delete: task.delete,
            seen: ending.seen,
            counts,
            chosen_by_class,
            undecided: ending.undecided,
            missing: ending.missing,
            reach: ending.reach,
            repeated: ending.repeated,
            file: ending.file,
            duration_s: (ending.time.as_secs_f64() * 1000.0).round() / 1000.0,
            released,
            interrupted: ending.interrupted,
            limited: task.max.is_some(),
            messages,
        }
    }

    fn of(&self, fate: Fate) -> u64 {
        self.counts.get(&fate).copied().unwrap_or(0)
    }

    /// Returns the outcome. A run that could not reach every message is partial, unless only a
    /// number of messages was requested.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let missed = if self.limited { 0 } else { self.reach.missed() };
        let tally = Tally {
            done: self.of(Fate::Exported) + self.of(Fate::Deleted) + self.of(Fate::Planned),
            excluded: (self.of(Fate::Skipped) + self.of(Fate::BeyondMax))
                .saturating_sub(self.undecided),
            failed: self.of(Fate::Left) + self.of(Fate::Damaged) + self.released.invisible(),
            // Perhaps deleted; and what the expression failed on was perhaps meant.
            partly: self.of(Fate::NotDeleted) + self.undecided + missed,
            missing: self.missing.len() as u64,
        };
        tally.outcome(self.interrupted)
    }

    /// For people.
    #[must_use]
    pub fn render(&self, view: &View) -> String {
        let mut text = String::new();
        for (fate, messages) in &self.counts {
            text.push_str(&self.section(*fate, *messages, view));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.footer(view));
        text.push_str(&rows::basis(&self.basis, view));
        text
    }

    fn meaning(&self, fate: Fate) -> &'static str {
        match (fate, self.delete) {
            (Fate::Exported, _) => "in the file and still in the DLQ",
            (Fate::Deleted, _) if self.file.is_some() => "deleted from the DLQ; in the file",
            (Fate::Deleted, _) => "deleted from the DLQ, without a backup",
            (Fate::Planned, true) => "would be deleted",
            (Fate::Planned, false) => "would be exported",
            (Fate::Skipped, _) => "not selected; still in the DLQ",
            (Fate::BeyondMax, _) => "beyond --max; still in the DLQ",
            (Fate::NotDeleted, _) => "possibly still in the DLQ",
            (Fate::Left, _) => "still in the DLQ",
            (Fate::Damaged, _) => "corrupted in transit and left alone; still in the DLQ",
        }
    }

    fn section(&self, fate: Fate, messages: u64, view: &View) -> String {
        let name = view.palette.paint(fate.tone(), &format!("{:<12}", fate.name()));
        let mut text = format!("{name} {:>7}  {}\n", count(messages), self.meaning(fate));
        if matches!(fate, Fate::Exported | Fate::Deleted | Fate::Planned) {
            for (class, messages) in &self.chosen_by_class {
                let name = view.palette.paint(rows::tone(*class), &format!("{:<12}", class.name()));
                text.push_str(&format!("  {name} {:>5}\n", count(*messages)));
            }
        }
        if !fate.has_reason() {
            return text;
        }
        let named: Vec<&Record> =
            self.messages.iter().filter(|record| record.fate == fate).collect();
        for record in named.iter().take(NAMED) {
            let reason = escape_line(record.reason.as_deref().unwrap_or_default());
            let copy = if record.in_file { "; it is in the file" } else { "" };
            let id = escape_line(&record.message_id);
            text.push_str(&format!("  {id} {reason}{copy}\n"));
        }
        if named.len() > NAMED {
            let more = count((named.len() - NAMED) as u64);
            text.push_str(&format!("  and {more} more; use --output json for the full list\n"));
        }
        text
    }

    fn footer(&self, view: &View) -> String {
        let (dlq, seen) = (&self.queues.dlq, amount(self.seen, "message"));
        let mut text = match (self.seen, self.dry_run) {
            (0, _) => format!("no messages in {dlq}"),
            (_, true) => {
                format!("{seen} of {dlq} examined; nothing was done (--dry-run)")
            }
            (_, false) => format!("{seen} of {dlq} received"),
        };
        text.push_str(&format!("; {:.1} s", self.duration_s));
        if self.interrupted {
            text.push_str("; interrupted: messages in flight were finished, the rest released");
        }
        text.push('\n');
        if let Some(file) = &self.file {
            let (path, size) = (escape_line(&file.path), bytes(file.bytes));
            text.push_str(&format!("file {path}: {}, {size}\n", amount(file.messages, "message")));
            if !file.complete {
                let label = view.palette.paint(Tone::Warn, "note:");
                text.push_str(&format!("{label} the file is incomplete: this run was interrupted or did not reach every message; its messages can be imported\n"));
            }
        }
        text.push_str(&self.reach.words());
        if self.queues.in_flight_elsewhere > 0 {
            let others = was(self.queues.in_flight_elsewhere);
            text.push_str(&format!("{others} in flight elsewhere and not received\n"));
        }
        text
    }
}
