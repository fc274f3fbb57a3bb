//! Write settings of a run: order, rate, and type.

use reco_core::budget::{Budgets, Wanted};
use reco_store::writer::Writer;
use serde::Serialize;

use super::window::Order;
use crate::aws::ListType;

/// Write settings of a run.
#[derive(Debug, Clone)]
pub struct WriteOptions {
    /// Type of the ids in lists, and its source.
    pub list_type: ListType,
    /// Order in which batches are drawn.
    pub order: Order,
    /// Requested budget.
    pub wanted: Option<Wanted>,
    /// Resulting budgets of the table, including the indexes that items are in, each of which costs
    /// a separate write.
    pub budgets: Budgets,
}

/// Write budget and its use. All figures include the table's indexes, as `ConsumedCapacity` does.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BudgetReport {
    /// As given: `500`, `50%`, `auto`; `None` if no budget was requested.
    pub asked: Option<String>,
    /// Initial WCU per second; `None` is no limit until the table throttles.
    pub wcu_per_s: Option<f64>,
    /// Maximum WCU per second; `None` if `auto` knows no limit.
    pub cap_wcu_per_s: Option<f64>,
    /// Source of the budget: `none`, `flag`, `provisioned`, `on-demand-max`, `warm-throughput`,
    /// `new-on-demand-table`.
    pub from: &'static str,
    /// WCU per second used, averaged over the run.
    pub used_wcu_per_s: f64,
    /// WCU per second allowed at the end.
    pub last_wcu_per_s: Option<f64>,
    /// Lowest limit after throttling; `None` if never reduced.
    pub lowest_wcu_per_s: Option<f64>,
    /// Final cost of a computed WCU: more than 1 if indexes are written or larger items replaced.
    pub price: f64,
    /// Number of indexes that items are in.
    pub indexes: usize,
}

impl WriteOptions {
    /// Returns the report on the budget after `consumed` WCU in `seconds`, with this `share` of
    /// items having a generation time.
    pub fn account(
        &self,
        writer: Option<&Writer>,
        consumed: f64,
        seconds: f64,
        share: f64,
    ) -> BudgetReport {
        let budget = self.budgets.at(share);
        let spent = writer.and_then(|writer| writer.pace()).map(|pace| pace.spent());
        BudgetReport {
            asked: self.wanted.map(|wanted| wanted.to_string()),
            wcu_per_s: budget.start,
            cap_wcu_per_s: budget.cap,
            from: budget.from,
            used_wcu_per_s: if seconds > 0.0 { consumed / seconds } else { 0.0 },
            last_wcu_per_s: spent.map_or(budget.start, |spent| spent.last_rate),
            lowest_wcu_per_s: spent.and_then(|spent| spent.lowest_rate),
            price: spent.map_or(1.0, |spent| spent.price),
            indexes: self.budgets.indexes(share) as usize,
        }
    }
}
