//! Report of an import: every message of the file has exactly one fate.

use std::collections::BTreeMap;

use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use crate::ui::{Report, Tone, View, amount, count, escape_line, form};

/// Messages named in the table of each fate; JSON has all.
const NAMED: usize = 10;

/// Fate of a message of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fate {
    /// In the queue.
    Sent,
    /// Would be sent.
    Planned,
    /// An earlier import sent it.
    AlreadySent,
    /// Perhaps in the queue.
    Uncertain,
    /// The queue did not take it.
    Failed,
    /// Not tried.
    Left,
}

impl Fate {
    const fn name(self) -> &'static str {
        match self {
            Fate::Sent => "sent",
            Fate::Planned => "planned",
            Fate::AlreadySent => "already sent",
            Fate::Uncertain => "uncertain",
            Fate::Failed => "failed",
            Fate::Left => "left",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Fate::Sent => "acknowledged by the queue with matching digests",
            Fate::Planned => "would be sent",
            Fate::AlreadySent => "by an earlier import of this export; not sent again",
            Fate::Uncertain => "possibly in the queue: check before sending them with --again",
            Fate::Failed => "not accepted by the queue",
            Fate::Left => "not attempted: import the file again",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Fate::Sent | Fate::Planned => Tone::Good,
            Fate::AlreadySent => Tone::Faint,
            Fate::Left => Tone::Warn,
            Fate::Uncertain | Fate::Failed => Tone::Bad,
        }
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Row {
    /// Its id in the export.
    pub(super) message_id: String,
    pub(super) fate: Fate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// Its id in the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sent_as: Option<String>,
}

/// Where the messages came from.
#[derive(Debug, Serialize)]
pub(super) struct Origin {
    pub(super) file: String,
    /// ARN of the queue that was exported.
    pub(super) exported_from: String,
    pub(super) exported_at: String,
    /// True if the file has everything that it was to have.
    pub(super) file_complete: bool,
    /// A last line that was cut off while it was written.
    pub(super) torn_line: Option<u64>,
    /// Messages that stand in the file once more.
    pub(super) repeated: u64,
}

/// Report of an import.
#[derive(Debug, Serialize)]
pub(super) struct ImportReport {
    #[serde(flatten)]
    origin: Origin,
    queue: String,
    dry_run: bool,
    /// Messages by what became of them.
    counts: BTreeMap<Fate, u64>,
    interrupted: bool,
    /// The file that knows what was sent; null when nothing was.
    journal: Option<String>,
    messages: Vec<Row>,
}

impl ImportReport {
    pub(super) fn new(
        origin: Origin,
        queue: String,
        dry_run: bool,
        interrupted: bool,
        journal: Option<String>,
        messages: Vec<Row>,
    ) -> Self {
        let mut counts = BTreeMap::new();
        for row in &messages {
            *counts.entry(row.fate).or_default() += 1;
        }
        ImportReport { origin, queue, dry_run, counts, interrupted, journal, messages }
    }

    /// Returns the counts in the form of the journal's end record.
    pub(super) fn tally(&self) -> BTreeMap<String, u64> {
        self.counts.iter().map(|(fate, count)| (fate.name().to_owned(), *count)).collect()
    }

    fn of(&self, fate: Fate) -> u64 {
        self.counts.get(&fate).copied().unwrap_or(0)
    }
}

impl Report for ImportReport {
    const KIND: &'static str = "dlq.import";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        let tally = Tally {
            done: self.of(Fate::Sent) + self.of(Fate::Planned),
            excluded: self.of(Fate::AlreadySent),
            failed: self.of(Fate::Failed) + self.of(Fate::Left),
            partly: self.of(Fate::Uncertain),
            ..Tally::default()
        };
        tally.outcome(self.interrupted)
    }

    fn render(&self, view: &View) -> String {
        let mut text = String::new();
        for (fate, messages) in &self.counts {
            let name = view.palette.paint(fate.tone(), &format!("{:<12}", fate.name()));
            text.push_str(&format!("{name} {:>7}  {}\n", count(*messages), fate.meaning()));
            let named: Vec<(&Row, &String)> = self
                .messages
                .iter()
                .filter(|row| row.fate == *fate)
                .filter_map(|row| Some((row, row.reason.as_ref()?)))
                .collect();
            for (row, reason) in named.iter().take(NAMED) {
                let (id, reason) = (escape_line(&row.message_id), escape_line(reason));
                text.push_str(&format!("  {id} {reason}\n"));
            }
            if named.len() > NAMED {
                let more = count((named.len() - NAMED) as u64);
                text.push_str(&format!("  and {more} more; use --output json for the full list\n"));
            }
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.footer(view));
        text
    }
}

impl ImportReport {
    fn footer(&self, view: &View) -> String {
        let (file, queue) = (escape_line(&self.origin.file), escape_line(&self.queue));
        let messages = amount(self.messages.len() as u64, "message");
        let mut text = format!("{messages} of {file}, destination {queue}");
        if self.dry_run {
            text.push_str("; nothing was sent (--dry-run)");
        }
        if self.interrupted {
            text.push_str("; interrupted: import the file again for the rest");
        }
        text.push('\n');
        if !self.origin.file_complete {
            let label = view.palette.paint(Tone::Warn, "note:");
            let torn = match self.origin.torn_line {
                Some(line) => format!(", cut off in line {line}"),
                None => String::new(),
            };
            text.push_str(&format!(
                "{label} the file is incomplete{torn}: the run that wrote it was interrupted\n"
            ));
        }
        if self.origin.repeated > 0 {
            let repeated = amount(self.origin.repeated, "message");
            let stand = form(self.origin.repeated, "stands", "stand");
            text.push_str(&format!("{repeated} {stand} in the file more than once; sent once\n"));
        }
        if let Some(journal) = &self.journal {
            text.push_str(&format!("journal {}\n", escape_line(journal)));
        }
        text
    }
}
