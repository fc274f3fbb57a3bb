//! Additional facts about a run, one per line.

use reco_core::concurrency::{Concurrency, SpeedLimit};

use super::{elsewhere, plan, reasons, rounded};
use crate::render::rows::fingerprint;
use crate::ui::{amount, bytes, count, escape_line};
use reco_ops::backfill::report::{BackfillDestination, BackfillReport, ItemSizes};

/// Duration of a run, in seconds, from which it has a speed worth a line.
const WORTH_A_LINE: f64 = 2.0;

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
        facts.push(("calls", planned_calls(report)));
    } else if report.destination == BackfillDestination::Table {
        facts.push(("budget", budget(report)));
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
    if let Some(limit) = limit(report) {
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
    facts.push(("policy", fingerprint(&report.policy_fingerprint)));
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

/// Describes the planned calls of a dry run: guarded writes take one call per item and cost the
/// same.
fn planned_calls(report: &BackfillReport) -> String {
    let items = report.counts.entries.written + report.counts.entries.deleted;
    let (batches, singles) = (count(report.batches), count(items));
    let wcu = count(report.counts.items.wcu);
    if report.replaced.is_some() {
        let plural = if items == 1 { "" } else { "s" };
        format!(
            "{singles} conditional write{plural} of one item, {wcu} WCU whether it is replaced or not"
        )
    } else if report.if_newer {
        format!(
            "{singles} of one item for --if-newer, {wcu} WCU whether stale or not; in batches \
             {batches}"
        )
    } else {
        format!(
            "{batches} of up to 25 items; with --if-newer {singles} of one item, for the same \
             {wcu} WCU, stale or not"
        )
    }
}

/// Describes the budget and its use.
fn budget(report: &BackfillReport) -> String {
    let budget = &report.budget;
    let from = match (budget.from, budget.asked.as_deref()) {
        ("provisioned", Some("auto")) => " (auto: as provisioned)".to_owned(),
        ("provisioned", Some(share)) => format!(" ({share} of what is provisioned)"),
        ("on-demand-max", Some("auto")) => " (auto: the table's maximum)".to_owned(),
        ("on-demand-max", Some(share)) => format!(" ({share} of the table's maximum)"),
        ("warm-throughput", _) => " at first (auto: the table's warm throughput)".to_owned(),
        ("new-on-demand-table", _) => " at first (auto: the limit of a new table)".to_owned(),
        _ => String::new(),
    };
    let allowed = match budget.wcu_per_s {
        Some(wcu) => format!("{} WCU/s{from}", rounded(wcu)),
        None => "none".to_owned(),
    };
    if report.dry_run {
        return allowed;
    }
    let used = rounded(budget.used_wcu_per_s);
    let cut = match (budget.lowest_wcu_per_s, budget.last_wcu_per_s) {
        (Some(lowest), Some(last)) => {
            format!("; cut to {} by throttling, {} at the end", rounded(lowest), rounded(last))
        }
        _ => String::new(),
    };
    format!("{allowed}; {used} WCU/s used{cut}")
}

/// Describes the limit; `None` if the run was too short to tell.
fn limit(report: &BackfillReport) -> Option<String> {
    let of = &report.concurrency;
    let limit = of.limit.filter(|_| report.duration_s >= WORTH_A_LINE)?;
    let what = match limit {
        SpeedLimit::Table => "the table: it throttled or failed writes",
        SpeedLimit::Budget => "the budget (--wcu)",
        SpeedLimit::Network => "the way to the table: calls took their time",
        SpeedLimit::Machine => "this machine: its processors were busy",
        SpeedLimit::Facts => "the lookup of facts",
        SpeedLimit::Input => "reading the input",
    };
    if of.highest == 0 {
        return Some(what.to_owned());
    }
    let pinned = match of.asked {
        Concurrency::Auto => "",
        Concurrency::Fixed(_) => " (--concurrency)",
    };
    let took = of.call_ms.map(|ms| format!(", {ms:.1} ms a call")).unwrap_or_default();
    let batches = amount(of.last as u64, "batch");
    Some(format!("{what}; up to {batches} in flight{pinned}{took}"))
}
