//! Table of classified messages.

use std::collections::BTreeSet;

use reco_core::classify::Class;
use reco_core::human::to_the_second;
use reco_core::queue_lock::QueueLock;

use crate::ui::{
    Align, TextTable, Tone, View, amount, break_text, bytes, count, duration, escape_line, wrap,
};
use reco_ops::aws::sqs::Damaged;
use reco_ops::dlq::journal::{Holder, Unfinished};
use reco_ops::dlq::judge::{Provenance, Row};

/// Width in columns below which the least important column is dropped.
const WIDE: usize = 100;

/// Maximum messages of a kind that are named in the text; JSON has all.
pub const NAMED: usize = 10;

/// Returns the first 8 characters of an id, enough to distinguish the messages of one listing.
#[must_use]
pub fn short(id: &str) -> String {
    escape_line(&id.chars().take(8).collect::<String>())
}

/// Returns the style of a class.
#[must_use]
pub fn tone(class: Class) -> Tone {
    match class {
        Class::Retryable => Tone::Good,
        Class::Partial | Class::Stale | Class::Superseded => Tone::Warn,
        Class::Malformed | Class::Foreign | Class::Oversize => Tone::Bad,
        Class::UnknownUser | Class::Empty => Tone::Faint,
    }
}

/// Formats the remaining time, highlighted if short.
#[must_use]
pub fn time_left(seconds: Option<i64>) -> (String, Option<Tone>) {
    match seconds {
        None => ("?".to_owned(), None),
        Some(seconds) => {
            let tone = match seconds {
                ..3_600 => Some(Tone::Bad),
                3_600..86_400 => Some(Tone::Warn),
                _ => None,
            };
            (duration(seconds.max(0)), tone)
        }
    }
}

/// Formats an age; `?` if the message does not state its time.
#[must_use]
pub fn age(seconds: Option<i64>) -> String {
    seconds.map_or("?".to_owned(), |seconds| duration(seconds.max(0)))
}

/// Renders the messages, one per line.
#[must_use]
pub fn table(rows: &[Box<Row>], view: &View) -> String {
    let with_size = view.width.is_none_or(|width| width >= WIDE);
    let mut columns = vec![
        ("ID", Align::Left),
        ("CLASS", Align::Left),
        ("AGE", Align::Right),
        ("LEFT", Align::Right),
        ("RECV", Align::Right),
        ("USERS", Align::Right),
    ];
    if with_size {
        columns.push(("SIZE", Align::Right));
    }
    let with_source = shows_sources(rows, with_size);
    if with_source {
        columns.push(("SOURCE", Align::Left));
    }
    columns.push(("REASON", Align::Left));
    let mut table = TextTable::new(view, &columns);
    table.never_narrow(&(0..columns.len() - 1).collect::<Vec<_>>());
    for row in rows {
        table.toned_row(cells(row, with_size, with_source));
    }
    table.finish()
}

/// Returns whether to show sources: if the terminal is wide, when any are known; otherwise only
/// when they differ and so distinguish messages.
fn shows_sources(rows: &[Box<Row>], wide: bool) -> bool {
    let sources: BTreeSet<Option<&str>> = rows.iter().map(|row| row.source.as_deref()).collect();
    sources.len() > 1 || (wide && sources.iter().any(Option::is_some))
}

/// Returns the queue name in an ARN.
#[must_use]
pub fn queue_name(arn: &str) -> String {
    escape_line(arn.rsplit(':').next().unwrap_or(arn))
}

/// Returns the queue name in an ARN; `-` for a message that was sent to the DLQ directly.
#[must_use]
pub fn source_name(arn: Option<&str>) -> String {
    arn.map_or("-".to_owned(), queue_name)
}

/// Formats the receive count. A received message has at least 1, so 0 stands for an implausible
/// count.
fn received(times: u64) -> String {
    if times == 0 { "unknown".to_owned() } else { times.to_string() }
}

fn cells(row: &Row, with_size: bool, with_source: bool) -> Vec<(String, Option<Tone>)> {
    let class = row.verdict.class;
    let mut cells = vec![
        (short(&row.message_id), Some(Tone::Faint)),
        (class.to_string(), Some(tone(class))),
        (age(row.age_s), None),
        time_left(row.time_left_s),
        (received(row.receive_count), None),
        (count(row.verdict.users as u64), None),
    ];
    if with_size {
        cells.push((bytes(row.size_bytes as u64), None));
    }
    if with_source {
        cells.push((source_name(row.source.as_deref()), None));
    }
    let reason = row.verdict.reasons.first().map(|reason| escape_line(reason));
    cells.push((reason.unwrap_or_default(), None));
    cells
}

/// Tells of messages in flight and who likely holds them; empty if there are none.
#[must_use]
pub fn elsewhere(
    messages: u64,
    (holder, locked_by): (Option<&Holder>, Option<&QueueLock>),
    unfinished: &[Unfinished],
    view: &View,
) -> String {
    if messages == 0 {
        return String::new();
    }
    let who = match (holder, locked_by, unfinished.first()) {
        (Some(Holder { pid, run_id, since, .. }), ..) => {
            let (run_id, since) = (escape_line(run_id), escape_line(to_the_second(since)));
            format!("likely held by run {run_id} (process {pid} of this machine, since {since})")
        }
        (None, Some(lock), _) => {
            format!("likely held by a run on another machine: {}", escape_line(&lock.words()))
        }
        (None, None, Some(run)) => {
            let run_id = escape_line(&run.run_id);
            format!("likely held by run {run_id}, which was interrupted: visible within 15 minutes")
        }
        (None, None, None) => {
            "held by another consumer, or by recoctl on another machine".to_owned()
        }
    };
    let text = format!("{} in flight, {who}", amount(messages, "message"));
    format!("{}\n", break_text(&text, view.width, "  "))
}

/// Renders the messages that were corrupted in transit, one a line.
#[must_use]
pub fn damaged(messages: &[Damaged], view: &View) -> String {
    let label = view.palette.paint(Tone::Bad, "damaged:");
    let line = |one: &Damaged| format!("{label} {} {}\n", one.message_id, one.reason);
    messages.iter().map(line).collect()
}

/// Renders interrupted redrives, and the command to finish them.
#[must_use]
pub fn unfinished(runs: &[Unfinished], view: &View) -> String {
    let mut text = String::new();
    for run in runs {
        text.push_str(&note(&run.words(), view));
        text.push_str(&format!("  {}", resume(&escape_line(&run.run_id), view)));
    }
    text
}

/// Renders the command that finishes an interrupted run.
#[must_use]
pub fn resume(run: &str, view: &View) -> String {
    next(&format!("recoctl dlq journal resume {run}"), view)
}

/// Renders the command to run next.
#[must_use]
pub fn next(command: &str, view: &View) -> String {
    format!("next: {}\n", view.palette.paint(Tone::Command, command))
}

/// Renders a note, broken between words.
#[must_use]
pub fn note(text: &str, view: &View) -> String {
    const LABEL: &str = "note:";
    let wrapped = break_text(&format!("{LABEL} {}", escape_line(text)), view.width, "  ");
    let rest = wrapped.strip_prefix(LABEL).unwrap_or(&wrapped);
    format!("{}{rest}\n", view.palette.paint(Tone::Warn, LABEL))
}

/// Renders notes, such as the checks that were not possible.
#[must_use]
pub fn notes(texts: &[String], view: &View) -> String {
    texts.iter().map(|text| note(text, view)).collect()
}

/// Renders what is known of a run, one fact a line, behind a column of names.
pub fn facts<'a>(facts: impl IntoIterator<Item = (&'a str, String)>, view: &View) -> String {
    let line = |(name, value): (&str, String)| {
        format!("{} {value}\n", view.palette.paint(Tone::Faint, &format!("{name:<11}")))
    };
    facts.into_iter().map(line).collect()
}

/// Renders a field of a message: what does not fit its line stands below the value's beginning.
#[must_use]
pub fn field(name: &str, value: &str, view: &View) -> String {
    let name = view.palette.paint(Tone::Heading, &format!("{name:<9}"));
    wrap(&format!("{name} {value}"), view.width, 10) + "\n"
}

/// Returns the beginning of a policy's fingerprint, enough to compare it by eye.
#[must_use]
pub fn fingerprint(policy: &str) -> String {
    policy.get(..12).unwrap_or(policy).to_owned()
}

/// Renders the first `most` items, one an indented line, and how many more JSON has.
pub fn first<T>(
    most: usize,
    items: impl IntoIterator<Item = T>,
    line: impl FnMut(T) -> String,
) -> String {
    let mut items = items.into_iter();
    let lines: Vec<String> = items.by_ref().take(most).map(line).collect();
    let mut text: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    if let more @ 1.. = items.count() {
        text.push_str(&format!("  {}", hidden(more as u64)));
    }
    text
}

/// Returns a line that says how many more JSON has; empty if there are none.
#[must_use]
pub fn hidden(more: u64) -> String {
    match more {
        0 => String::new(),
        more => format!("and {} more; use --output json for the full list\n", count(more)),
    }
}

/// Renders the number of messages of each class, one an indented line.
pub fn by_class<'a>(counts: impl IntoIterator<Item = (&'a Class, &'a u64)>, view: &View) -> String {
    let line = |(class, messages): (&Class, &u64)| {
        let name = view.palette.paint(tone(*class), &format!("{:<12}", class.name()));
        format!("  {name} {:>5}\n", count(*messages))
    };
    counts.into_iter().map(line).collect()
}

/// Renders that the last line of a journal is incomplete.
#[must_use]
pub fn torn(line: u64, view: &View) -> String {
    note(&format!("the last line ({line}) is incomplete and was never acted on"), view)
}

/// Returns the basis of the classification, one line each.
#[must_use]
pub fn basis(basis: &Provenance, view: &View) -> String {
    let table = basis.table.as_deref().unwrap_or("none");
    let fingerprint = fingerprint(&basis.policy_fingerprint);
    let line = format!("policy {fingerprint} · facts {} · table {table}", basis.facts);
    format!("{}\n{}", view.palette.paint(Tone::Faint, &line), notes(&basis.limits, view))
}

#[cfg(test)]
pub mod sample {
    //! Messages for tests of reports, classified by the real code at a fixed time.

    use reco_core::policy::Policy;

    use crate::ui::{Palette, View};
    pub use reco_ops::dlq::judge::sample::row;
    use reco_ops::dlq::judge::{Provenance, Row};
    use reco_ops::dlq::session::Queues;

    pub fn rows() -> Vec<Box<Row>> {
        let rows = vec![
            row(
                "11111111-0000-4000-8000-000000000001",
                "{\"data\":[[1,[10,11]],[2,[12]]]}",
                93_600,
                252_000,
            ),
            row("22222222-0000-4000-8000-000000000002", "{\"data\":[[1,[10", 3_700, 3_000),
            row(
                "33333333-0000-4000-8000-000000000003",
                "{\"data\":[[1,[10]],[\"\\u001b[2J\",[\"x\"]]]}",
                59,
                80_000,
            ),
            row("44444444-0000-4000-8000-000000000004", "{\"alarm\":\"disk\"}", 600, 345_000),
        ];
        rows.into_iter().map(Box::new).collect()
    }

    pub fn queues() -> Queues {
        Queues {
            dlq: "recs-dlq".to_owned(),
            source: Some("recs".to_owned()),
            approximate_messages: 1_234,
            in_flight_elsewhere: 3,
        }
    }

    pub fn basis() -> Provenance {
        Provenance {
            policy_fingerprint: Policy::default().fingerprint(),
            facts: "sqlite".to_owned(),
            table: Some("recommendations".to_owned()),
            limits: vec![],
        }
    }

    pub fn view(width: usize) -> View {
        View { width: Some(width), palette: Palette::new(false) }
    }
}
