//! Human-readable report of a backfill.

mod elsewhere;
mod facts;
mod plan;
mod replace;

use reco_core::outcome::Outcome;

use crate::render::verify::verification;
use crate::render::{by, rows};
use crate::ui::{
    Align, Palette, Report, TextTable, Tone, View, amount, count, duration, escape_line,
};
use reco_ops::backfill::report::{At, BackfillDestination, BackfillReport, Stopped};

impl Report for BackfillReport {
    const KIND: &'static str = "backfill";

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn render(&self, view: &View) -> String {
        let palette = view.palette;
        let mut text = headline(self, palette);
        text.push('\n');
        text.push_str(&run_counts(self, view));
        text.push('\n');
        text.push_str(&rows::facts(facts::facts(self), view));
        text.push_str(&by::line(&self.by, view));
        if let Some(compare) = &self.compare {
            text.push_str(&replace::compared(self, compare, view));
        }
        if let Some(plan) = &self.plan {
            text.push_str(&plan::render(plan, &self.counts.items, view));
        }
        for input in &self.inputs {
            if let Some(failure) = &input.failure {
                let label = palette.paint(Tone::Bad, "input incomplete");
                let (name, line) = (escape_line(&input.name), failure.line);
                text.push_str(&format!(
                    "{label} {name}:{line}: {}\n",
                    escape_line(&failure.reason)
                ));
            }
        }
        if let Some(stopped) = &self.stopped {
            text.push_str(&ending(self, stopped, palette));
        }
        if let Some(found) = &self.verification {
            let table = self.table.as_deref().unwrap_or_default();
            text.push_str(&format!("\n{}", verification(found, table, view)));
        }
        text.push_str(&elsewhere::next_steps(self, palette));
        text
    }
}

fn headline(report: &BackfillReport, palette: Palette) -> String {
    if let Some(headline) = elsewhere::headline(report, palette) {
        return headline;
    }
    let written = amount(report.counts.entries.written, "item");
    let table = report.table.as_deref().unwrap_or("a table with Number keys");
    let spent = spent(report.duration_s);
    if report.dry_run {
        let wcu = count(report.counts.items.wcu);
        let label = palette.paint(Tone::Heading, "dry run");
        let deletes = match report.counts.entries.deleted {
            0 => String::new(),
            deleted => format!(" with {}", amount(deleted, "delete")),
        };
        return format!(
            "{label}: {written} would be written to {table} for {wcu} WCU{deletes} ({spent})\n"
        );
    }
    let done = match (report.counts.entries.written, report.counts.entries.deleted) {
        (_, 0) => format!("{written} written to {table}"),
        (0, deleted) => format!("{} deleted from {table}", amount(deleted, "item")),
        (_, deleted) => {
            format!("{written} written to {table} and {} deleted from it", count(deleted))
        }
    };
    let label = palette.paint(tone(report), &done);
    format!("{label} in {spent} ({} items/s)\n", rounded(report.items_per_s))
}

fn tone(report: &BackfillReport) -> Tone {
    match report.outcome {
        Outcome::Success | Outcome::NothingToDo => Tone::Good,
        Outcome::Partial | Outcome::Findings | Outcome::Bounced | Outcome::Interrupted => {
            Tone::Warn
        }
        Outcome::Failed => Tone::Bad,
    }
}

/// Renders the counts: every line and every entry in exactly one row.
fn run_counts(report: &BackfillReport, view: &View) -> String {
    let (lines, entries) = (&report.counts.lines, &report.counts.entries);
    let (written, deleted) =
        (elsewhere::done(report), if report.dry_run { "would be deleted" } else { "deleted" });
    let newer = "the table holds a list as new or newer".to_owned();
    let skipped = reasons(report.counts.skipped.iter().map(|(reason, n)| (reason.as_ref(), *n)));
    let kept = replace::kept(report);
    let rejected = reasons(report.counts.rejected.iter().map(|(reason, n)| (reason.as_ref(), *n)));
    let later = "by a later list of the same user".to_owned();
    let rows = [
        (written, Some(lines.written), Some(entries.written), String::new(), Tone::Good),
        (deleted, Some(lines.deleted), Some(entries.deleted), String::new(), Tone::Good),
        ("stale", Some(lines.stale), Some(entries.stale), newer, Tone::Faint),
        ("kept", Some(lines.kept), Some(entries.kept), kept, Tone::Faint),
        ("skipped", Some(lines.skipped), Some(entries.skipped), skipped, Tone::Faint),
        ("replaced", None, Some(entries.coalesced), later, Tone::Faint),
        (
            "other shards'",
            Some(lines.other_shard),
            Some(entries.other_shard),
            String::new(),
            Tone::Faint,
        ),
        ("rejected", Some(lines.rejected), Some(entries.rejected), rejected, Tone::Bad),
        (
            "not accepted",
            Some(lines.failed),
            Some(entries.failed),
            elsewhere::taker(report).to_owned(),
            Tone::Bad,
        ),
        ("not reached", Some(lines.left), Some(entries.left), String::new(), Tone::Warn),
        ("blank", Some(lines.blank), None, String::new(), Tone::Faint),
    ];
    let columns = [
        ("", Align::Left),
        ("LINES", Align::Right),
        ("ENTRIES", Align::Right),
        ("WHY", Align::Left),
    ];
    let mut table = TextTable::new(view, &columns);
    table.never_narrow(&[0, 1, 2]);
    for (name, lines, entries, why, tone) in rows {
        let occurs = lines.unwrap_or(0) > 0 || entries.unwrap_or(0) > 0;
        if !occurs && name != written {
            continue;
        }
        let number = |number: Option<u64>| number.map(count).unwrap_or_default();
        let name = (name.to_owned(), occurs.then_some(tone));
        table.toned_row([name, (number(lines), None), (number(entries), None), (why, None)]);
    }
    let total = Some(Tone::Heading);
    table.toned_row([
        ("read".to_owned(), total),
        (count(lines.read), total),
        (count(entries.read), total),
        (String::new(), None),
    ]);
    table.finish()
}

fn ending(report: &BackfillReport, stopped: &Stopped, palette: Palette) -> String {
    let label = palette.paint(Tone::Warn, "stopped");
    let kept = report.checkpoint.as_ref().is_some_and(|kept| kept.failure.is_none());
    let (from, untouched) = (&stopped.resume_from, &stopped.untouched_from);
    let place = |at: &At| format!("{}:{}", escape_line(&at.file), at.line);
    if report.destination == BackfillDestination::Files {
        let reason = escape_line(&stopped.reason);
        return format!(
            "{label} {reason}\n  run it again: the directory holds no partial output\n"
        );
    }
    let entries = &report.counts.entries;
    let done = match (report.dry_run, report.destination) {
        (true, _) => String::new(),
        (_, BackfillDestination::Queue) => format!("  {} sent\n", amount(entries.written, "list")),
        (_, _) => format!("  {} written\n", amount(entries.written + entries.deleted, "item")),
    };
    let next = report.next.as_ref().map(|next| palette.paint(Tone::Command, &escape_line(next)));
    let again = match (kept, next) {
        (true, Some(next)) => format!("  to continue: {next}\n"),
        (true, None) => {
            let flag = palette.paint(Tone::Command, "--resume");
            format!("  run the same command with {flag} to continue from there\n")
        }
        (false, next) => {
            let next = next.map(|next| format!(": {next}")).unwrap_or_default();
            format!(
                "  run it again from {}{next}\n  writing a line twice is harmless\n",
                place(from)
            )
        }
    };
    format!(
        "{label} {}\n{done}  all lines before {} are done; no line from {} on was written\n{again}",
        escape_line(&stopped.reason),
        place(from),
        place(untouched),
    )
}

/// Formats counts by reason as `12 unknown-user, 3 too-few`, most frequent first.
fn reasons<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> String {
    let mut counts: Vec<(&str, u64)> = counts.collect();
    counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    counts
        .iter()
        .map(|(reason, n)| format!("{} {reason}", count(*n)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn spent(seconds: f64) -> String {
    if seconds < 10.0 { format!("{seconds:.2} s") } else { duration(whole(seconds)) }
}

/// Rounds a number.
#[expect(clippy::cast_possible_truncation, reason = "durations and metrics fit")]
pub(super) fn whole(seconds: f64) -> i64 {
    seconds.round() as i64
}

fn rounded(number: f64) -> String {
    count(whole(number).unsigned_abs())
}

#[cfg(test)]
mod tests;
