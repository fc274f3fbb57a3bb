//! Limit of the speed of a run, in words.

use reco_core::concurrency::{Concurrency, SpeedLimit};

use crate::ui::amount;
use reco_ops::backfill::report::BackfillReport;

/// Duration of a run, in seconds, from which it has a speed worth a line.
const WORTH_A_LINE: f64 = 2.0;

/// Describes the limit; `None` if the run was too short to tell.
pub(super) fn shown(report: &BackfillReport) -> Option<String> {
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
