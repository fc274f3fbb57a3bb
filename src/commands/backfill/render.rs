//! The report of a backfill, for people.

mod budget;
mod elsewhere;
mod plan;

use reco_core::outcome::Outcome;

use crate::commands::verify::render::verification;
use crate::flow::backfill::report::{At, BackfillReport, ItemSizes, Stopped};
use crate::ui::{Align, Palette, Report, Table, Tone, View, bytes, count, duration, escape_line};

impl Report for BackfillReport {
    const KIND: &'static str = "backfill";

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn render(&self, view: &View) -> String {
        let palette = view.palette;
        let mut text = headline(self, palette);
        text.push('\n');
        text.push_str(&books(self, view));
        text.push('\n');
        for (name, value) in facts(self) {
            let name = palette.paint(Tone::Faint, &format!("{name:<11}"));
            text.push_str(&format!("{name} {value}\n"));
        }
        if let Some(plan) = &self.plan {
            text.push_str(&plan::render(plan, &self.items, view));
        }
        for input in &self.inputs {
            if let Some(failure) = &input.failure {
                let label = palette.paint(Tone::Bad, "input broke off");
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
    let written = count(report.entries.written);
    let table = report.table.as_deref().unwrap_or("a table with number keys");
    let spent = spent(report.duration_s);
    if report.dry_run {
        let wcu = count(report.items.wcu);
        let label = palette.paint(Tone::Heading, "dry run");
        let deletes = match report.entries.deleted {
            0 => String::new(),
            deleted => format!(" with {} deletes", count(deleted)),
        };
        return format!(
            "{label}: {written} items would be written to {table} for {wcu} WCU{deletes} ({spent})\n"
        );
    }
    let deleted = match report.entries.deleted {
        0 => String::new(),
        deleted => format!(", {} deleted", count(deleted)),
    };
    let label = palette.paint(tone(report), &format!("{written} items written{deleted}"));
    format!("{label} to {table} in {spent} ({} items/s)\n", rounded(report.items_per_s))
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

/// The accounts: every line and every entry in exactly one row.
fn books(report: &BackfillReport, view: &View) -> String {
    let (lines, entries) = (&report.lines, &report.entries);
    let (written, deleted) =
        (elsewhere::done(report), if report.dry_run { "would be deleted" } else { "deleted" });
    let newer = "the table holds what is as new or newer".to_owned();
    let skipped = reasons(report.skipped.iter().map(|(reason, n)| (reason.as_ref(), *n)));
    let rejected = reasons(report.rejected.iter().map(|(reason, n)| (reason.as_ref(), *n)));
    let later = "a later list of the same user took its place".to_owned();
    let rows = [
        (written, Some(lines.written), Some(entries.written), String::new(), Tone::Good),
        (deleted, Some(lines.deleted), Some(entries.deleted), String::new(), Tone::Good),
        ("stale", Some(lines.stale), Some(entries.stale), newer, Tone::Faint),
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
            "not taken",
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
    let mut table = Table::new(view, &columns);
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

/// What else there is to know, a line each.
fn facts(report: &BackfillReport) -> Vec<(&'static str, String)> {
    let mut facts = elsewhere::facts(report);
    if report.queue.is_some() {
        return facts;
    }
    let dropped = report.dropped_articles.iter().map(|(reason, n)| (reason.name(), n));
    let dropped = reasons(dropped);
    let dropped =
        if dropped.is_empty() { "none dropped".to_owned() } else { format!("dropped {dropped}") };
    facts.push(("articles", format!("{} kept, {dropped}", count(report.kept_articles))));
    if report.entries.written > 0 {
        facts.push(("item size", sizes(&report.items)));
    }
    if let Some(plan) = &report.plan {
        facts.extend(plan::facts(plan, report.items.wcu));
    }
    if report.dry_run {
        if report.queue.is_none() {
            facts.push(("calls", budget::planned_calls(report)));
        }
    } else if report.emit.is_none() && report.queue.is_none() {
        facts.push(("budget", budget::shown(report)));
    }
    if !report.dry_run && report.emit.is_none() {
        let writes = &report.writes;
        let consumed = rounded(writes.consumed_wcu);
        let computed = count(report.items.wcu);
        facts.push(("WCU", format!("{consumed} consumed, {computed} computed")));
        facts.push((
            "calls",
            format!(
                "{}, {} retried, {} items came back, {} calls throttled",
                count(writes.calls),
                count(writes.retries),
                count(writes.returned_items),
                count(writes.throttled_calls),
            ),
        ));
        for cause in &writes.throttling {
            let resource =
                cause.resource.rsplit_once(":table/").map_or(cause.resource.as_str(), |r| r.1);
            facts.push((
                "throttled",
                format!("{} × {} ({resource})", count(cause.count), cause.reason),
            ));
        }
    }
    if report.waited_for_key > 0 {
        let waited = count(report.waited_for_key);
        facts.push(("same user", format!("{waited} items waited for a write of the same user")));
    }
    let because = match report.list_type.from {
        "config" => "as --list-type says",
        "table" => "as the lists in the table are",
        _ => "as the table's key is",
    };
    facts.push(("lists", format!("of type {:?}, {because}", report.list_type.list_type)));
    let skipped = if report.rules_skipped { " (rules that need facts were skipped)" } else { "" };
    facts.push(("facts", format!("{}{skipped}", report.facts)));
    let fingerprint = report.policy_fingerprint.get(..12).unwrap_or(&report.policy_fingerprint);
    facts.push(("policy", fingerprint.to_owned()));
    if let Some(path) = &report.rejects_file {
        facts.push(("rejects", escape_line(path)));
    }
    if let Some(resumed) = &report.resumed {
        let (lines, written) = (count(resumed.lines), count(resumed.written));
        let runs = if resumed.runs == 1 { "the run" } else { "the runs" };
        let done = format!("{lines} lines and {written} items were done by {runs} before");
        facts.push((
            "resumed",
            format!("from {}:{}: {done}", escape_line(&resumed.from.file), resumed.from.line),
        ));
    }
    if let Some(kept) = &report.checkpoint {
        let file = escape_line(&kept.file);
        match &kept.failure {
            Some(failure) => {
                facts.push((
                    "checkpoint",
                    format!("{file} is NOT up to date: {}", escape_line(failure)),
                ));
            }
            None if !kept.finished => facts.push(("checkpoint", file)),
            None => {}
        }
    }
    facts
}

fn sizes(items: &ItemSizes) -> String {
    let ItemSizes { min_bytes, avg_bytes, max_bytes, .. } = *items;
    let size = |size: usize| bytes(size as u64);
    format!("min {}, avg {}, max {}", size(min_bytes), size(avg_bytes), size(max_bytes))
}

fn ending(report: &BackfillReport, stopped: &Stopped, palette: Palette) -> String {
    let label = palette.paint(Tone::Warn, "stopped");
    let kept = report.checkpoint.as_ref().is_some_and(|kept| kept.failure.is_none());
    let (from, untouched) = (&stopped.resume_from, &stopped.untouched_from);
    let place = |at: &At| format!("{}:{}", escape_line(&at.file), at.line);
    let again = if kept {
        let flag = palette.paint(Tone::Command, "--resume");
        format!("  the same command with {flag} goes on from there\n")
    } else {
        format!("  run it again from {}: writing a line twice does no harm\n", place(from))
    };
    format!(
        "{label} {}\n  all lines before {} are dealt with; nothing from {} on was written\n{again}",
        escape_line(&stopped.reason),
        place(from),
        place(untouched),
    )
}

/// `12 unknown-user, 3 too-few`, the most frequent first.
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

#[expect(clippy::cast_possible_truncation, reason = "durations of runs fit")]
fn whole(seconds: f64) -> i64 {
    seconds.round() as i64
}

fn rounded(number: f64) -> String {
    count(whole(number).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use reco_core::item::KeyType;

    use super::*;
    use crate::aws::ListType;
    use crate::flow::backfill::input::Compression;
    use crate::flow::backfill::plan::{Large, Plan};
    use crate::flow::backfill::report::{
        BudgetReport, Cause, CheckpointReport, EntryCounts, InputFailure, InputReport, LineCounts,
        Resumed, Throttling, Writes,
    };

    pub(super) fn report() -> BackfillReport {
        let mut items = ItemSizes::default();
        items.add(90);
        items.add(631);
        items.add(1500);
        BackfillReport {
            outcome: Outcome::Partial,
            dry_run: false,
            table: Some("recommendations".to_owned()),
            key_type: KeyType::N,
            list_type: ListType { list_type: KeyType::N, from: "table", warning: None },
            if_newer: true,
            policy_fingerprint: "cf2c930c04f04760a9ee84d39dc8b742".to_owned(),
            facts: "sqlite",
            rules_skipped: false,
            inputs: vec![InputReport {
                name: "recs.jsonl.gz".to_owned(),
                bytes: Some(1_234_567),
                compression: Compression::Gzip,
                failure: Some(InputFailure {
                    line: 12_500,
                    reason: "unexpected end of file".to_owned(),
                }),
            }],
            lines: LineCounts {
                other_shard: 0,
                read: 12_500,
                written: 11_900,
                deleted: 40,
                stale: 60,
                skipped: 400,
                rejected: 90,
                failed: 3,
                left: 2,
                blank: 5,
            },
            entries: EntryCounts {
                other_shard: 0,
                read: 12_600,
                written: 12_000,
                deleted: 40,
                stale: 60,
                skipped: 380,
                coalesced: 20,
                rejected: 95,
                failed: 3,
                left: 2,
            },
            skipped: BTreeMap::from([
                ("too-few".into(), 80),
                ("unknown-user".into(), 290),
                ("inactive-user".into(), 10),
            ]),
            rejected: BTreeMap::from([
                ("bad-entry".into(), 5),
                ("malformed".into(), 60),
                ("oversize".into(), 30),
            ]),
            kept_articles: 1_100_000,
            dropped_articles: reco_core::filter::DropCounts::default(),
            items,
            batches: 480,
            waited_for_key: 11,
            budget: BudgetReport {
                asked: Some("50%".to_owned()),
                wcu_per_s: Some(200.0),
                cap_wcu_per_s: Some(200.0),
                from: "provisioned",
                used_wcu_per_s: 197.8,
                last_wcu_per_s: Some(192.0),
                lowest_wcu_per_s: Some(171.3),
                price: 1.02,
                indexes: 0,
            },
            writes: Writes {
                consumed_wcu: 12_345.0,
                calls: 600,
                retries: 40,
                returned_items: 213,
                throttled_calls: 7,
                throttling: vec![Throttling {
                    reason: "TableWriteProvisionedThroughputExceeded".to_owned(),
                    resource: "arn:aws:dynamodb:us-east-1:000000000000:table/recommendations"
                        .to_owned(),
                    count: 7,
                }],
            },
            duration_s: 62.4,
            items_per_s: 193.9,
            rejects_file: Some("rejects.jsonl".to_owned()),
            first_rejects: Vec::new(),
            shard: None,
            queue: None,
            emit: None,
            stopped: Some(crate::flow::backfill::report::Stopped {
                cause: Cause::Interrupted,
                reason: "interrupted".to_owned(),
                resume_from: At { file: "recs.jsonl.gz".to_owned(), line: 12_300, offset: 1 },
                untouched_from: At { file: "recs.jsonl.gz".to_owned(), line: 12_501, offset: 2 },
            }),
            checkpoint: None,
            resumed: None,
            plan: None,
            verification: None,
        }
    }

    pub(super) fn rendered(report: &BackfillReport, width: usize) -> String {
        report.render(&View { width: Some(width), palette: Palette::new(false) })
    }

    #[test]
    fn a_run_with_everything_that_can_happen() {
        insta::assert_snapshot!("at_80", rendered(&report(), 80));
        insta::assert_snapshot!("at_140", rendered(&report(), 140));
    }

    #[test]
    fn a_dry_run_says_what_would_be() {
        let mut items = ItemSizes::default();
        for bytes in [90, 631, 700, 800, 1500, 1600, 6000, 300_000] {
            (0..1 + 9000 / bytes).for_each(|_| items.add(bytes));
        }
        let large = |user: i64, bytes: usize| Large {
            user: reco_core::Id::from(user),
            bytes,
            wcu: reco_core::item::wcu(bytes),
            at: At {
                file: "recs.jsonl.gz".to_owned(),
                line: user.unsigned_abs() % 1000,
                offset: 0,
            },
        };
        let plan = Plan {
            budget_wcu: Some(500.0),
            duration_s: Some(3725.0),
            price_per_million_wru: Some(0.625),
            cost: Some(1164.0625),
            indexes: 1,
            largest: vec![large(7_000_001, 300_000), large(42, 6000), large(9_000_077, 1600)],
        };
        let (stopped, inputs) = (None, vec![]);
        let report =
            BackfillReport { dry_run: true, stopped, inputs, items, plan: Some(plan), ..report() };
        insta::assert_snapshot!("dry_run_at_80", rendered(&report, 80));
        insta::assert_snapshot!("dry_run_at_140", rendered(&report, 140));
    }

    #[test]
    fn a_resumed_run_says_what_was_done_before() {
        let from = At { file: "recs.jsonl.gz".to_owned(), line: 12_000, offset: 1 };
        let resumed = Resumed {
            from,
            lines: 11_999,
            written: 11_500,
            duration_s: 40.0,
            runs: 1,
            was_finished: false,
        };
        let file = "/home/op/.local/state/recoctl/journal/backfills/recs-1f.json".to_owned();
        let checkpoint = CheckpointReport { file, finished: false, failure: None };
        let (resumed, checkpoint) = (Some(resumed), Some(checkpoint));
        let report = BackfillReport { resumed, checkpoint, ..report() };
        insta::assert_snapshot!(rendered(&report, 140));
    }
}
