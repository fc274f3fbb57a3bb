//! The write budget: how many WCU per second a run may spend, and how it spends them.
//!
//! Pure arithmetic; the caller passes the current time. [`Wanted`] is the operator's request,
//! [`Budget`] the resulting limits for one table, and [`Throttle`] enforces them during the run.

mod aimd;
mod bucket;
mod sparse;
mod throttle;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

pub use aimd::Aimd;
pub use bucket::{Bucket, Turn};
pub use sparse::Budgets;
pub use throttle::{Paid, Spent, Throttle};

/// Initial rate for an on-demand table whose warm throughput is unknown. AWS: "DynamoDB on-demand
/// capacity mode", Initial throughput: a new table takes up to 4,000 writes per second.
pub const NEW_ON_DEMAND_WCU: f64 = 4_000.0;

/// Budget requested by the operator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wanted {
    /// A fixed number of WCU per second.
    Wcu(f64),
    /// A share of the table's limit, from 0 to 1.
    Share(f64),
    /// As much as the table accepts.
    Auto,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Wanted::Auto);
        }
        let (number, percent) = match text.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (text.strip_suffix("/s").unwrap_or(text), false),
        };
        let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let number = number.parse::<f64>().ok().filter(|_| plain);
        match (number, percent) {
            (None, _) => {
                Err("must be WCU per second such as 500, a percentage such as 50%, or auto"
                    .to_owned())
            }
            (Some(share), true) if share > 0.0 && share <= 100.0 => {
                Ok(Wanted::Share(share / 100.0))
            }
            (Some(_), true) => Err("a percentage must be above 0% and at most 100%".to_owned()),
            (Some(wcu), false) if (1.0..=100_000_000.0).contains(&wcu) => Ok(Wanted::Wcu(wcu)),
            (Some(_), false) => Err("must be from 1 to 100000000 WCU per second".to_owned()),
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wanted::Wcu(wcu) => write!(f, "{wcu}"),
            Wanted::Share(share) => write!(f, "{}%", (share * 1e6).round() / 1e4),
            Wanted::Auto => f.write_str("auto"),
        }
    }
}

/// Write capacity limit of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Capacity {
    /// Provisioned WCU per second; `None` for an on-demand table.
    pub provisioned: Option<f64>,
    /// `OnDemandMaxWriteRequestUnits` of an on-demand table, if set.
    pub on_demand_max: Option<f64>,
    /// `WarmThroughput.WriteUnitsPerSecond`: the rate that the table accepts immediately.
    pub warm: Option<f64>,
}

impl Capacity {
    /// Returns the table's configured limit, if it has one.
    #[must_use]
    pub fn limit(&self) -> Option<f64> {
        self.provisioned.or(self.on_demand_max).filter(|limit| *limit > 0.0)
    }
}

/// Write capacity budget of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Budget {
    /// Initial WCU per second; `None` means unlimited until the table throttles.
    pub start: Option<f64>,
    /// Maximum WCU per second; the rate never grows beyond it.
    pub cap: Option<f64>,
    /// Source of these values, such as `flag` or `provisioned`.
    pub from: &'static str,
}

/// A percentage requested for a table without a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a percentage needs a table with a limit: this table is on-demand without OnDemandMaxWriteRequestUnits"
)]
pub struct NoLimit;

impl Budget {
    /// No budget: write as fast as the table accepts.
    pub const NONE: Budget = Budget { start: None, cap: None, from: "none" };

    /// Returns the budget for a table of this capacity.
    ///
    /// # Errors
    /// [`NoLimit`] if a share is requested and the table has no limit.
    pub fn of(wanted: Option<Wanted>, capacity: &Capacity) -> Result<Budget, NoLimit> {
        let fixed = |wcu: f64, from| Budget { start: Some(wcu), cap: Some(wcu), from };
        let limited_by =
            if capacity.provisioned.is_some() { "provisioned" } else { "on-demand-max" };
        Ok(match (wanted, capacity.limit()) {
            (None, _) => Budget::NONE,
            (Some(Wanted::Wcu(wcu)), _) => fixed(wcu, "flag"),
            (Some(Wanted::Share(share)), Some(limit)) => {
                fixed((limit * share).max(1.0), limited_by)
            }
            (Some(Wanted::Share(_)), None) => return Err(NoLimit),
            (Some(Wanted::Auto), Some(limit)) if capacity.provisioned.is_some() => {
                fixed(limit, limited_by)
            }
            (Some(Wanted::Auto), limit) => {
                let (warm, from) = match capacity.warm.filter(|warm| *warm > 0.0) {
                    Some(warm) => (warm, "warm-throughput"),
                    None => (NEW_ON_DEMAND_WCU, "new-on-demand-table"),
                };
                let start = limit.map_or(warm, |limit| warm.min(limit));
                let from = if limit.is_some_and(|limit| limit <= warm) { limited_by } else { from };
                Budget { start: Some(start), cap: limit, from }
            }
        })
    }

    /// Returns the budgets for items of two kinds, in the indexes that each is in. One kind may be in
    /// an index with a limit where the other is in nothing that has one: it then has no budget.
    ///
    /// # Errors
    /// [`NoLimit`] if a share is requested and neither kind has a limit.
    pub fn of_each(
        wanted: Option<Wanted>,
        capacities: &[Capacity; 2],
    ) -> Result<[Budget; 2], NoLimit> {
        let [one, other] = capacities.each_ref().map(|capacity| Budget::of(wanted, capacity));
        match (one, other) {
            (Err(none), Err(_)) => Err(none),
            (one, other) => Ok([one, other].map(|budget| budget.unwrap_or(Budget::NONE))),
        }
    }
}
