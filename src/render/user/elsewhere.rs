//! Where else a user stands: files, the DLQ, and runs of this machine.

use reco_core::Time;
use reco_core::classify::Class;
use reco_core::human::to_the_second;
use reco_ops::backfill::{EntryFate, UserEntries, UserEntry};
use reco_ops::user::{DlqMessage, InDlq, MovedBy, RunOf};

use super::UserReport;
use crate::render::{by, rows};
use crate::ui::{Tone, View, amount, break_text, count, escape_line, form};

/// Maximum lines and messages in the text; JSON has more.
const SHOWN: usize = 10;

/// Renders what was found outside the table; empty if nothing else was looked into.
pub(super) fn text(report: &UserReport, view: &View) -> String {
    let mut text = String::new();
    if let Some(found) = &report.in_files {
        text.push_str(&in_files(found, view));
    }
    for run in &report.runs {
        text.push_str(&run_text(run, view));
    }
    if let Some(found) = &report.in_dlq {
        text.push_str(&in_dlq(found, view));
    }
    text
}

fn dated(time: Option<Time>) -> String {
    time.map_or_else(|| "of unknown time".to_owned(), |at| format!("from {}", at.iso()))
}

fn line(text: &str, view: &View) -> String {
    format!("{}\n", break_text(text, view.width, "  "))
}

fn in_files(found: &UserEntries, view: &View) -> String {
    let files = escape_line(&found.files.join(", "));
    let entries = found.entries.len() as u64 + found.more;
    let entry = form(entries, "entry", "entries");
    let heading = format!("{} {entry} of the user in {files}", count(entries));
    let mut text = format!("\n{}\n", view.palette.paint(Tone::Heading, &heading));
    // The last ones count.
    let hidden = entries.saturating_sub(SHOWN as u64);
    if hidden > 0 {
        text.push_str(&format!("  {} earlier; use --output json\n", count(hidden)));
    }
    let skipped = found.entries.len().saturating_sub(SHOWN);
    for UserEntry { at, fate, generated_at, .. } in found.entries.iter().skip(skipped) {
        let what = match fate {
            EntryFate::Write { ids, dropped: 0 } => {
                format!("a list of {} {}", amount(*ids as u64, "id"), dated(*generated_at))
            }
            EntryFate::Write { ids, dropped } => format!(
                "a list {}: {} left, {} dropped today",
                dated(*generated_at),
                amount(*ids as u64, "id"),
                count(*dropped)
            ),
            EntryFate::Delete => "deletes the user's item".to_owned(),
            EntryFate::Skip { why } => {
                format!(
                    "a list {}, filtered to nothing today: {}",
                    dated(*generated_at),
                    why.name()
                )
            }
            EntryFate::Reject { why } => format!("cannot be written: {}", escape_line(why)),
        };
        text.push_str(&line(&format!("  {}:{} {what}", escape_line(&at.file), at.line), view));
    }
    if found.unread > 0 {
        let (lines, them) = (amount(found.unread, "line"), form(found.unread, "it", "any of them"));
        let note = format!("{lines} could not be read, and {them} may be of the user");
        text.push_str(&rows::note(&note, view));
    }
    for broken in &found.broken {
        let label = view.palette.paint(Tone::Bad, "not read:");
        text.push_str(&line(&format!("{label} {}", escape_line(broken)), view));
    }
    text
}

fn run_text(run: &RunOf, view: &View) -> String {
    let to = match (run.up_to_line, run.finished) {
        (_, true) => "finished".to_owned(),
        (None, false) => "all of it was processed; other inputs were not".to_owned(),
        (Some(line), false) => format!("unfinished: processed up to line {line}"),
    };
    let changed = if run.changed_since { "; the file has changed since" } else { "" };
    let started = to_the_second(&run.started_at);
    let (file, started) = (escape_line(&run.file), escape_line(started));
    let text = format!("  backfill of {file} on this machine, begun {started}: {to}{changed}");
    let by = by::line(&run.by, view);
    let by = if by.is_empty() { by } else { format!("  {by}") };
    format!("{}{by}", line(&text, view))
}

fn in_dlq(found: &InDlq, view: &View) -> String {
    let (dlq, messages) = (escape_line(&found.dlq), found.messages.len() as u64);
    let of = amount(found.scanned, "message");
    let heading = format!("{} of the user in {dlq}, of {of} received", amount(messages, "message"));
    let mut text = format!("\n{}\n", view.palette.paint(Tone::Heading, &heading));
    for message in found.messages.iter().take(SHOWN) {
        let DlqMessage { message_id, class, waiting, why, generated_at, .. } = message;
        let id = rows::short(message_id);
        let state = match (waiting, class) {
            (true, _) => "waiting",
            (false, Class::Retryable | Class::Partial) => "nothing to write",
            (false, _) => "dead",
        };
        let class = view.palette.paint(rows::tone(*class), class.name());
        let why = why.as_deref().map(|why| format!(": {}", escape_line(why)));
        let why = why.unwrap_or_default();
        text.push_str(&line(
            &format!("  {id} {state}, {class}, {}{why}", dated(*generated_at)),
            view,
        ));
    }
    if let more @ 1.. = messages.saturating_sub(SHOWN as u64) {
        text.push_str(&format!("  {}", rows::hidden(more)));
    }
    for moved in found.moved.iter().take(SHOWN) {
        let MovedBy { run_id, started_at, message_id, standing, by } = moved;
        let started = escape_line(to_the_second(started_at));
        let (id, run_id) = (rows::short(message_id), escape_line(run_id));
        let mut words = format!("  {id} was sent back by run {run_id} of {started} ({standing})");
        let by = by::short(by);
        if !by.is_empty() {
            words.push_str(&format!(", {by}"));
        }
        text.push_str(&line(&words, view));
    }
    text.push_str(&found.reach.words());
    text
}
