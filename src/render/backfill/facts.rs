//! Additional facts about a run, one per line.

use super::{budget, elsewhere, limit, plan, reasons, rounded};
use crate::ui::{amount, bytes, count, escape_line};
use reco_ops::backfill::report::{BackfillDestination, BackfillReport, ItemSizes};

/// Returns the names and values.
pub(super) fn facts(report: &BackfillReport) -> Vec<(&'static str, String)> {
    let mut facts = elsewhere::facts(report);
    if report.destination == BackfillDestination::Queue {
        return facts;
    }
    facts.extend(super::replace::facts(report));
    let dropped = report.counts.dropped_articles.iter().map(|(reason, n)| (reason.name(), n));
    let dropped = reasons(dropped);
    let dropped =
        if dropped.is_empty() { "none dropped".to_owned() } else { format!("dropped {dropped}") };
    facts.push(("articles", format!("{} kept, {dropped}", count(report.counts.kept_articles))));
    if report.counts.entries.written > 0 {
        facts.push(("item size", sizes(&report.counts.items)));
    }
    if let Some(plan) = &report.plan {
        facts.extend(plan::facts(plan, report.counts.items.wcu));
    }
    if report.dry_run {
        facts.push(("calls", budget::planned_calls(report)));
    } else if report.destination == BackfillDestination::Table {
        facts.push(("budget", budget::shown(report)));
        let writes = &report.writes;
        let consumed = rounded(writes.consumed_wcu);
        let computed = count(report.counts.items.wcu);
        facts.push(("WCU", format!("{consumed} consumed, {computed} computed")));
        facts.push((
            "calls",
            format!(
                "{}, {} retried, {} came back, {} throttled",
                count(writes.calls),
                count(writes.retries),
                amount(writes.returned_items, "item"),
                amount(writes.throttled_calls, "call"),
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
    if let Some(limit) = limit::shown(report) {
        facts.push(("limit", limit));
    }
    if report.waited_for_key > 0 {
        let waited = amount(report.waited_for_key, "item");
        facts.push(("same user", format!("{waited} waited for another write of the same user")));
    }
    let because = match report.list_type.from {
        "config" => "as configured",
        "table" => "as in the table's lists",
        _ => "as in the table's key",
    };
    let lists = match report.list_type.list_type {
        Some(kind) => format!("of type {kind:?}, {because}"),
        None => "numbers as N and strings as S, as in the input".to_owned(),
    };
    facts.push(("lists", lists));
    let skipped = if report.rules_skipped { " (rules that need facts were skipped)" } else { "" };
    facts.push(("facts", format!("{}{skipped}", report.facts)));
    let fingerprint = report.policy_fingerprint.get(..12).unwrap_or(&report.policy_fingerprint);
    facts.push(("policy", fingerprint.to_owned()));
    if let Some(path) = &report.rejects_file {
        facts.push(("rejects", escape_line(path)));
    }
    if let Some(resumed) = &report.resumed {
        let (lines, written) = (amount(resumed.lines, "line"), amount(resumed.written, "item"));
        let runs = if resumed.runs == 1 { "the previous run" } else { "previous runs" };
        let done = format!("{lines} and {written} were done by {runs}");
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
