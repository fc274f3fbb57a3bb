//! Shared by `dlq export` and `dlq purge`: the prompt before a deletion, and the report.

use crate::context::Context;
use crate::flags::select::SelectArgs;
use crate::render::{by, rows};
use crate::ui::{Tone, View, amount, break_lines, bytes, count, escape_line, was};
use reco_ops::dlq::collect::{self, Collected, Fate, Task};
use reco_ops::dlq::session::Ask;
use reco_ops::error::Result;

/// Carries out a task on the messages that `select` selects. If it deletes and nothing narrows the
/// selection, it asks first, unless `yes`.
///
/// # Errors
/// Same as [`collect::collect`].
pub async fn collect<'a>(
    context: &'a Context,
    (select, yes): (&SelectArgs, bool),
    task: Task<'a>,
) -> Result<Collected> {
    let must_confirm = task.delete && !select.narrows() && !yes && !task.dry_run;
    if must_confirm {
        // Refuses before anything is received.
        context.ui.check_may_ask(&task.question())?;
    }
    let task = Task { ask: must_confirm.then_some(context as &dyn Ask), ..task };
    collect::collect(async |options| context.session(options).await, &task).await
}

const fn tone(fate: Fate) -> Tone {
    match fate {
        Fate::Exported | Fate::Deleted | Fate::Planned => Tone::Good,
        Fate::Skipped | Fate::BeyondMax => Tone::Faint,
        Fate::Left => Tone::Warn,
        Fate::NotDeleted | Fate::Damaged => Tone::Bad,
    }
}

/// Renders the report as text.
#[must_use]
pub fn render(report: &Collected, view: &View) -> String {
    let mut text = String::new();
    for (fate, messages) in &report.counts {
        text.push_str(&section(report, *fate, *messages, view));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&footer(report, view));
    text.push_str(&rows::basis(&report.basis, view));
    break_lines(&text, view.width)
}

fn meaning(report: &Collected, fate: Fate) -> &'static str {
    match (fate, report.delete) {
        (Fate::Exported, _) => "in the file and still in the DLQ",
        (Fate::Deleted, _) if report.file.is_some() => "deleted from the DLQ; in the file",
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

fn section(report: &Collected, fate: Fate, messages: u64, view: &View) -> String {
    let name = view.palette.paint(tone(fate), &format!("{:<12}", fate.name()));
    let mut text = format!("{name} {:>7}  {}\n", count(messages), meaning(report, fate));
    if matches!(fate, Fate::Exported | Fate::Deleted | Fate::Planned) {
        text.push_str(&rows::by_class(&report.chosen_by_class, view));
    }
    if !fate.has_reason() {
        return text;
    }
    let named = report.messages.iter().filter(|record| record.fate == fate);
    text + &rows::first(rows::NAMED, named, |record| {
        let reason = escape_line(record.reason.as_deref().unwrap_or_default());
        let copy = if record.in_file { "; it is in the file" } else { "" };
        format!("{} {reason}{copy}", escape_line(&record.message_id))
    })
}

fn footer(report: &Collected, view: &View) -> String {
    let (dlq, seen) = (&report.queues.dlq, amount(report.seen, "message"));
    let mut text = match (report.seen, report.dry_run) {
        (0, _) => format!("no messages in {dlq}"),
        (_, true) => {
            format!("{seen} of {dlq} examined; nothing was done (--dry-run)")
        }
        (_, false) => format!("{seen} of {dlq} received"),
    };
    text.push_str(&format!("; {:.1} s", report.duration_s));
    if report.interrupted {
        text.push_str("; interrupted: messages in flight were finished, the rest released");
    }
    text.push('\n');
    if let Some(file) = &report.file {
        let (path, size) = (escape_line(&file.path), bytes(file.bytes));
        text.push_str(&format!("file {path}: {}, {size}\n", amount(file.messages, "message")));
        if !file.complete {
            text.push_str(&rows::note("the file is incomplete: this run was interrupted or did not reach every message; its messages can be imported", view));
        }
    }
    text.push_str(&by::line(&report.by, view));
    text.push_str(&report.reach.words());
    if report.queues.in_flight_elsewhere > 0 {
        let others = was(report.queues.in_flight_elsewhere);
        text.push_str(&format!("{others} in flight elsewhere and not received\n"));
    }
    text
}
