//! Write budget and calls in words.

use super::rounded;
use crate::ui::count;
use reco_ops::backfill::report::BackfillReport;

/// Describes the planned calls of a dry run: guarded writes take one call per item and cost the
/// same.
pub(super) fn planned_calls(report: &BackfillReport) -> String {
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
pub(super) fn shown(report: &BackfillReport) -> String {
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
