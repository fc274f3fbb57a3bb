//! Plan of a dry run: duration and cost of writing, and the largest items.

use reco_core::Id;
use reco_core::budget::Budgets;
use serde::Serialize;

use super::inputs::{At, InputReport};
use super::lines::LineStart;
use super::sizes::ItemSizes;

/// Maximum number of largest items listed.
const LARGEST: usize = 10;

/// Options of the plan.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PlanOptions {
    /// Write capacity units per second that may be used, including the indexes that items are in,
    /// which are written with each item; `None` without a table.
    pub budgets: Option<Budgets>,
    /// Price of a million write request units, in any currency.
    pub price_per_million_wru: Option<f64>,
    /// Number of secondary indexes of the table.
    pub indexes: usize,
}

/// Plan for writing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BackfillPlan {
    /// Write capacity units per second that may be used; `None` when no limit is known.
    pub budget_wcu: Option<f64>,
    /// Estimated duration of the writes at that budget, in seconds.
    pub duration_s: Option<f64>,
    /// Price of a million write request units, as given.
    pub price_per_million_wru: Option<f64>,
    /// Write cost at that price, in the same currency.
    pub cost: Option<f64>,
    /// Number of secondary indexes of the table. Each index that an item touches costs additional
    /// write units, which are not included here.
    pub indexes: usize,
    /// Largest items, in descending order.
    pub largest: Vec<Large>,
}

/// Item among the largest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Large {
    /// User whose item it is.
    pub user: Id,
    /// Item size in bytes.
    pub bytes: usize,
    /// Write cost in WCU.
    pub wcu: u64,
    /// Line that it comes from.
    #[serde(flatten)]
    pub at: At,
}

/// Collector of the largest items.
#[derive(Debug, Default)]
pub(super) struct Largest {
    /// Size, place and user, in descending order of size.
    items: Vec<(usize, LineStart, Id)>,
}

impl Largest {
    /// Returns whether an item of `bytes` would be listed.
    pub fn wants(&self, bytes: usize) -> bool {
        self.items.len() < LARGEST || self.items.last().is_some_and(|(least, ..)| bytes > *least)
    }

    /// Adds an item if it is large enough.
    pub fn add(&mut self, bytes: usize, at: LineStart, user: Id) {
        let position = self.items.partition_point(|(other, ..)| *other >= bytes);
        self.items.insert(position, (bytes, at, user));
        self.items.truncate(LARGEST);
    }

    fn into_report(self, inputs: &[InputReport]) -> Vec<Large> {
        let large = |(bytes, at, user)| {
            let wcu = reco_core::item::wcu(bytes);
            Large { user, bytes, wcu, at: At::new(inputs, at) }
        };
        self.items.into_iter().map(large).collect()
    }
}

impl BackfillPlan {
    /// Creates the plan; `dated` is the share of items with a generation time.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub(super) fn new(
        options: PlanOptions,
        items: &ItemSizes,
        dated: f64,
        largest: Largest,
        inputs: &[InputReport],
    ) -> Self {
        let PlanOptions { budgets, price_per_million_wru, indexes } = options;
        let budget_wcu = budgets.and_then(|budgets| budgets.at(dated).start);
        let budget_wcu = budget_wcu.filter(|budget| *budget > 0.0);
        let price = budgets.map_or(1.0, |budgets| budgets.price(dated));
        let wcu = items.wcu as f64;
        BackfillPlan {
            budget_wcu,
            duration_s: budget_wcu.map(|budget| wcu * price / budget),
            price_per_million_wru,
            cost: price_per_million_wru.map(|price| wcu * price / 1e6),
            indexes,
            largest: largest.into_report(inputs),
        }
    }
}

#[cfg(test)]
mod tests {
    use reco_core::budget::Budget;

    use super::*;

    #[test]
    fn the_ten_largest_stay_and_of_equals_the_first() {
        let mut largest = Largest::default();
        for line in 1..=30_u64 {
            let bytes = usize::try_from(line % 13).expect("small");
            if largest.wants(bytes) {
                let at = LineStart { line, ..LineStart::start(0) };
                largest.add(bytes, at, Id::from(line));
            }
        }
        let lines: Vec<u64> =
            largest.into_report(&[]).into_iter().map(|large| large.at.line).collect();
        assert_eq!(lines, [12, 25, 11, 24, 10, 23, 9, 22, 8, 21]);
    }

    #[test]
    fn time_and_cost_follow_from_the_write_units() {
        let mut items = ItemSizes::default();
        (0..3000).for_each(|_| items.add(1500));
        let budget = Budget { start: Some(500.0), cap: Some(500.0), from: "flag" };
        let options = PlanOptions {
            budgets: Some(Budgets { dated_indexes: 1, ..Budgets::one(budget, 0) }),
            price_per_million_wru: Some(0.625),
            indexes: 1,
        };
        let plan = BackfillPlan::new(options, &items, 0.0, Largest::default(), &[]);
        assert_eq!(plan.duration_s, Some(12.0));
        assert_eq!(plan.cost, Some(0.00375));
        let plan = BackfillPlan::new(options, &items, 1.0, Largest::default(), &[]);
        assert_eq!(plan.duration_s, Some(24.0), "an index on the time is written, too");
        let plan = BackfillPlan::new(PlanOptions::default(), &items, 0.0, Largest::default(), &[]);
        assert_eq!((plan.duration_s, plan.cost), (None, None));
    }
}
