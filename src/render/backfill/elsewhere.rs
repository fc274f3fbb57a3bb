//! Report sections for items that do not go to the table directly, and for shards.

use super::{escape_line, rounded, spent};
use crate::ui::{Palette, Tone, amount, bytes};
use reco_ops::backfill::report::{BackfillDestination, BackfillReport, EmitReport, QueueReport};

/// Returns the first line; `None` if the destination is the table.
pub fn headline(report: &BackfillReport, palette: Palette) -> Option<String> {
    let spent = spent(report.duration_s);
    if let Some(queue) = &report.queue {
        let QueueReport { queue, messages, users, .. } = queue;
        let (messages, lists) = (amount(*messages, "message"), amount(*users, "list"));
        let queue = escape_line(queue);
        if report.dry_run {
            let label = palette.paint(Tone::Heading, "dry run");
            let what = format!("{lists} would be sent to {queue} in {messages}");
            return Some(format!("{label}: {what} ({spent})\n"));
        }
        let label = palette.paint(super::tone(report), &format!("{lists} sent"));
        return Some(format!("{label} to {queue} in {messages} in {spent}\n"));
    }
    if report.destination != BackfillDestination::Files {
        return None;
    }
    let Some(EmitReport { items, parts, directory, .. }) = &report.emit else {
        let label = palette.paint(super::tone(report), "nothing emitted");
        let why = if report.stopped.is_some() {
            "files are published all or none, and the run did not finish"
        } else {
            "no items to emit"
        };
        return Some(format!("{label}: {why} ({spent})\n"));
    };
    let emitted = format!("{} emitted", amount(*items, "item"));
    let label = palette.paint(super::tone(report), &emitted);
    let (parts, directory) = (amount(*parts, "part"), escape_line(directory));
    let speed = rounded(report.items_per_s);
    Some(format!("{label} to {directory} in {parts} in {spent} ({speed} items/s)\n"))
}

/// Returns the verb for a delivered entry.
pub fn done(report: &BackfillReport) -> &'static str {
    match (report.destination, report.dry_run) {
        (BackfillDestination::Queue, true) => "would be sent",
        (BackfillDestination::Queue, false) => "sent",
        (BackfillDestination::Files, _) => "emitted",
        (BackfillDestination::Table, true) => "would be written",
        (BackfillDestination::Table, false) => "written",
    }
}

/// Returns the name of the service that did not accept an entry.
pub fn taker(report: &BackfillReport) -> &'static str {
    match report.destination {
        BackfillDestination::Queue => "by the queue",
        BackfillDestination::Table | BackfillDestination::Files => "by DynamoDB",
    }
}

/// Returns additional facts, one per line.
pub fn facts(report: &BackfillReport) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(shard) = report.shard {
        facts.push(("shard", shard.to_string()));
    }
    if let Some(queue) = &report.queue {
        facts.extend(of_queue(queue));
    }
    if let Some(emit) = &report.emit {
        let (lines, stored) = (bytes(emit.bytes), bytes(emit.stored_bytes));
        facts.push(("files", format!("{lines} of lines, {stored} as stored")));
        facts.push(("manifest", escape_line(&emit.manifest)));
        if emit.removals > 0 {
            let removals = amount(emit.removals, "removal");
            let what = format!(
                "{removals}: these users' lists are not in the files, but importing does not delete"
            );
            facts.push(("removed", what));
            facts.push(("", "existing items".to_owned()));
        }
    }
    facts
}

fn of_queue(queue: &QueueReport) -> Vec<(&'static str, String)> {
    let mut facts =
        vec![("messages", format!("{} in {}", bytes(queue.bytes), amount(queue.calls, "call")))];
    if queue.perhaps_twice > 0 {
        let messages = amount(queue.perhaps_twice, "message");
        let what = format!("{messages}, because the first response was lost; harmless");
        facts.push(("sent twice?", what));
    }
    if queue.repeated_users > 0 {
        let times = amount(queue.repeated_users, "list");
        let what = format!("{times} or more follow another of the same user, in no fixed order:");
        facts.push(("order", what));
        let advice = "add generated_at, and set writes.only_newer in the Lambda's policy";
        facts.push(("", advice.to_owned()));
    }
    facts
}

/// Returns the next steps outside of recoctl.
pub fn next_steps(report: &BackfillReport, palette: Palette) -> String {
    let Some(EmitReport { commands, .. }) = &report.emit else { return String::new() };
    let label = |text: &str| palette.paint(Tone::Heading, text);
    format!(
        "\n{}\n  {}\n{}\n  {}\n  {}\n{}\n  {}\n  {}\n",
        label("upload the parts to S3"),
        commands.upload,
        label("then import them into a new table"),
        commands.import_table,
        commands.describe_import,
        label("or load them into an existing table"),
        commands.start_bulk_put_items,
        commands.describe_bulk_operation,
    )
}

#[cfg(test)]
mod tests;
