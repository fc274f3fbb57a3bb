//! Write settings of a run: order, rate, and type.

use reco_core::budget::{Budgets, Wanted};
use reco_store::writer::Writer;
use serde::Serialize;

use super::window::Order;
use crate::aws::ListType;

/// Write settings of a run.
#[derive(Debug, Clone)]
pub struct WriteOptions {
    /// Of which type lists are written, and why.
    pub list_type: ListType,
    /// In which order batches are drawn.
    pub order: Order,
    /// The budget that was asked for.
    pub wanted: Option<Wanted>,
    /// Resulting budgets for the table, with the indexes that items are in: each costs a write of its
    /// own.
    pub budgets: Budgets,
}

/// The write budget, and how it was spent. All figures are of the table and its indexes together,
/// as `ConsumedCapacity` counts them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BudgetReport {
    /// As asked for: `500`, `50%`, `auto`; `None` when no budget was.
    pub asked: Option<String>,
    /// WCU per second to begin with; `None` is no limit until the table throttles.
    pub wcu_per_s: Option<f64>,
    /// WCU per second at most; `None` where `auto` knows no limit.
    pub cap_wcu_per_s: Option<f64>,
    /// Source of the budget: `none`, `flag`, `provisioned`, `on-demand-max`, `warm-throughput`,
    /// `new-on-demand-table`.
    pub from: &'static str,
    /// WCU per second used, over the whole run.
    pub used_wcu_per_s: f64,
    /// WCU per second allowed at the end.
    pub last_wcu_per_s: Option<f64>,
    /// The least that throttling cut it to; `None` when it never did.
    pub lowest_wcu_per_s: Option<f64>,
    /// Final cost of a computed WCU: more than 1 if indexes are written or larger items replaced.
    pub price: f64,
    /// Indexes that items are in.
    pub indexes: usize,
}

impl WriteOptions {
    /// The budget's account, after `consumed` WCU in `seconds` for items of which this `share` had a
    /// time.
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
