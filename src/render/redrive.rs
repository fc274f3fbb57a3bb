//! Report of a redrive, as text and JSON.

mod native;

use reco_core::outcome::Outcome;

use super::outcome::{Named, outcomes};
use super::steps::step;
use super::{by, rows};
use crate::ui::{Report, Tone, View, amount, break_lines, count, escape_line, form, was};
use reco_ops::dlq::redrive::report::{Category, Changes, Engine, RedriveReport, Stage};
use reco_ops::dlq::redrive::{Bounced, Guard, Pauses};

impl Report for RedriveReport {
    const KIND: &'static str = "dlq.redrive";
    const ROWS: Option<&'static str> = Some("messages");

    fn outcome(&self) -> Outcome {
        RedriveReport::outcome(self)
    }

    fn render(&self, view: &View) -> String {
        break_lines(&text(self, view), view.width)
    }
}

/// Renders each category with its messages, then additional information.
fn text(report: &RedriveReport, view: &View) -> String {
    let mut text = String::new();
    for (category, messages) in &report.counts {
        text.push_str(&section(report, *category, *messages, view));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&footer(report, view));
    text.push_str(&guards(report));
    text.push_str(&became(report, view));
    text.push_str(&rows::basis(&report.basis, view));
    text.push_str(&next(report, view));
    text
}

/// Renders the stages, and outcome of the moved messages.
fn became(report: &RedriveReport, view: &View) -> String {
    let mut text = String::new();
    let stages = report.canary.iter().flat_map(|canary| &canary.stages);
    for (number, Stage { sent, counts, waited_s }) in (1..).zip(stages) {
        let outcomes = counts.iter().map(|(one, many)| format!("{} {}", count(*many), one.name()));
        let outcomes = outcomes.collect::<Vec<_>>().join(", ");
        let sent = amount(*sent, "message");
        text.push_str(&format!("canary stage {number}, {sent}: {outcomes} ({waited_s:.1} s)\n"));
    }
    if let Some(summary) = &report.outcomes {
        let heading = view.palette.paint(Tone::Heading, "outcome of the moved messages");
        let named = report.messages.iter().filter_map(|record| {
            let (message_id, reason) = (record.message_id(), record.reason.as_deref());
            Some(Named { message_id, outcome: record.outcome?, reason })
        });
        text.push_str(&format!("\n{heading}:\n{}\n", outcomes(summary, named, view)));
    }
    text
}

/// Renders what to do next, last on the screen; of a dry run, the rate to use.
fn next(report: &RedriveReport, view: &View) -> String {
    if report.next.is_empty() {
        return String::new();
    }
    let heading = if report.dry_run { "to move them, use" } else { "what to do next" };
    let lines = report.next.iter().map(|line| step(&line.command, &line.why, view));
    let heading = view.palette.paint(Tone::Heading, heading);
    format!("{heading}:\n{}", lines.collect::<String>())
}

fn section(report: &RedriveReport, category: Category, messages: u64, view: &View) -> String {
    let name = view.palette.paint(tone(category), &format!("{:<12}", category.name()));
    let text = format!("{name} {:>7}  {}\n", count(messages), category.meaning());
    if category == Category::Skipped {
        return text + &rows::by_class(&report.skipped_by_class, view);
    }
    if matches!(category, Category::Moved | Category::Planned | Category::BeyondMax) {
        return text;
    }
    let named = report.messages.iter().filter(|record| record.fate == category);
    text + &rows::first(rows::NAMED, named, |record| {
        let reason = escape_line(record.reason.as_deref().unwrap_or_default());
        format!("{} {reason}", escape_line(&record.message_id))
    })
}

/// Lists messages that may be duplicated.
fn twice(report: &RedriveReport) -> String {
    if report.perhaps_twice == 0 {
        return String::new();
    }
    let named = report.messages.iter().filter(|record| record.perhaps_twice).take(rows::NAMED);
    let named: Vec<String> = named.map(|record| escape_line(&record.message_id)).collect();
    let more = if report.perhaps_twice > rows::NAMED as u64 { ", ..." } else { "" };
    format!(
        "{} of the moved messages may be duplicated in the destination, since SQS reported a server-side failure when they were sent: {}{more}\n",
        count(report.perhaps_twice),
        named.join(", ")
    )
}

fn footer(report: &RedriveReport, view: &View) -> String {
    let dlq = &report.queues.dlq;
    let source = report.queues.source.as_deref().unwrap_or("the queue that each came from");
    let seen = amount(report.seen, "message");
    let mut text = match (report.seen, report.dry_run) {
        (0, _) => format!("no messages in {dlq}"),
        (_, true) => {
            format!("{seen} of {dlq} examined; nothing was moved (--dry-run)")
        }
        (_, false) => format!("{seen} of {dlq} received, destination {source}"),
    };
    if let Some(rate) = report.rate {
        text.push_str(&format!("; {rate:.1}/s"));
    }
    if let Some(limit) = report.rate_limit.filter(|_| report.rate.is_some()) {
        text.push_str(&format!(" of at most {limit}/s"));
    }
    text.push_str(&format!("; {:.1} s", report.duration_s));
    if report.wcu > 0 {
        let verb = if report.dry_run { "would cost" } else { "will cost" };
        text.push_str(&format!("; {verb} about {} WCU on the table", count(report.wcu)));
    }
    if report.interrupted {
        text.push_str("; interrupted: messages in flight were finished, the rest released");
    }
    text.push('\n');
    text.push_str(&changes(&report.changes, report.dry_run));
    text.push_str(&twice(report));
    let Engine { engine, engine_reason } = &report.engine;
    text.push_str(&format!("engine {engine}: {}\n", escape_line(engine_reason)));
    if let Some(journal) = &report.journal {
        text.push_str(&format!("journal {}\n", escape_line(journal)));
    }
    text.push_str(&by::line(&report.by, view));
    if report.moved_to.len() > 1 {
        for (queue, messages) in &report.moved_to {
            text.push_str(&format!(
                "to {}: {}\n",
                escape_line(queue),
                amount(*messages, "message")
            ));
        }
    }
    if report.overtaking > 0 {
        text.push_str(&format!(
            "{} moved ahead of earlier messages of the same FIFO message group that stay in the DLQ\n",
            amount(report.overtaking, "message")
        ));
    }
    text.push_str(&report.reach.words());
    if report.queues.in_flight_elsewhere > 0 {
        let others = was(report.queues.in_flight_elsewhere);
        text.push_str(&format!("{others} in flight elsewhere and not received\n"));
    }
    text
}

fn tone(category: Category) -> Tone {
    match category {
        Category::Moved | Category::Planned | Category::AlreadySent => Tone::Good,
        Category::Skipped | Category::BeyondMax | Category::OtherSource => Tone::Faint,
        Category::Left | Category::CameBack => Tone::Warn,
        _ => Tone::Bad,
    }
}

/// Renders the changes for the end of the table.
fn changes(changes: &Changes, dry_run: bool) -> String {
    let Some(repair) = &changes.repair else { return String::new() };
    let verb = match dry_run {
        true => "would be changed",
        false => form(changes.changed, "was changed", "were changed"),
    };
    let mut text = format!(
        "{} {verb} by the repair ({})",
        amount(changes.changed, "body"),
        escape_line(&repair.words())
    );
    if changes.rejected_entries > 0 {
        let entries = amount(changes.rejected_entries, "entry");
        let verb = if dry_run { "would be skipped" } else { "left out" };
        text.push_str(&format!("; {entries} {verb}"));
    }
    if let Some(rejects) = &changes.rejects {
        text.push_str(&format!("; rejects {}", escape_line(rejects)));
    }
    text.push('\n');
    if !changes.attributes_left.is_empty() {
        let names: Vec<String> = changes
            .attributes_left
            .iter()
            .take(rows::NAMED)
            .map(|(name, messages)| format!("{} ({})", escape_line(name), count(*messages)))
            .collect();
        let more = if changes.attributes_left.len() > rows::NAMED { ", ..." } else { "" };
        let verb = if dry_run { "would stay" } else { "stayed" };
        text.push_str(&format!(
            "message attributes {verb} behind with their envelopes: {}{more}\n",
            names.join(", ")
        ));
    }
    text
}

/// Describes pauses, a stop and bounced messages, as far as there are any.
fn guards(report: &RedriveReport) -> String {
    let mut text: String =
        report.guards.iter().map(|(guard, pauses)| paused(*guard, pauses)).collect();
    if let Some(reason) = &report.stopped {
        text.push_str(&format!(
            "stopped: {}; unprocessed messages were released\n",
            escape_line(reason)
        ));
    }
    text.push_str(&bounced(&report.bounces));
    text
}

fn paused(guard: Guard, pauses: &Pauses) -> String {
    let times = match pauses.pauses {
        0 => return String::new(),
        1 => "once".to_owned(),
        many => format!("{} times", count(many)),
    };
    format!("{} paused it {times}, {:.1} s in all\n", guard.flag(), pauses.paused_s)
}

fn bounced(bounced: &Bounced) -> String {
    if bounced.bounced == 0 {
        return String::new();
    }
    let classes: Vec<String> = bounced
        .by_class
        .iter()
        .map(|(class, messages)| format!("{} {}", count(*messages), class.name()))
        .collect();
    let mut text = format!(
        "{} came back to the DLQ while {} moved ({:.1} %): {}\n",
        amount(bounced.bounced, "message"),
        format_args!("{} {}", count(bounced.sent), form(bounced.sent, "was", "were")),
        bounced.percent.unwrap_or_default(),
        if classes.is_empty() { "of unknown class".to_owned() } else { classes.join(", ") }
    );
    text.push_str(&rows::first(rows::NAMED, &bounced.messages, |returned| {
        let class = returned.class.map_or("?", |class| class.name());
        let earlier = returned.run_id.as_deref().map(|run| format!(" of run {}", escape_line(run)));
        format!("{} {class}{}", escape_line(&returned.message_id), earlier.unwrap_or_default())
    }));
    text.push_str("  the reason of one: `recoctl dlq peek --full --id ID`\n");
    text
}

#[cfg(test)]
mod tests;
