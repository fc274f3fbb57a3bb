//! Budgets of a table whose indexes hold some of the items only: an item without an attribute of an
//! index's key costs the index nothing.
//! AWS: "Take advantage of sparse indexes" (Amazon DynamoDB Developer Guide).

use super::Budget;

/// Share of items by which a budget is set anew: less is not worth a change.
const WORTH: f64 = 0.02;

/// Budgets for items without a time, and for items with one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budgets {
    /// Budget for items without a time.
    pub undated: Budget,
    /// Budget for items with a time.
    pub dated: Budget,
    /// Indexes that items without a time are in.
    pub undated_indexes: u32,
    /// Indexes that items with a time are in.
    pub dated_indexes: u32,
}

impl Budgets {
    /// One budget, whatever the items are.
    #[must_use]
    pub const fn one(budget: Budget, indexes: u32) -> Self {
        Budgets { undated: budget, dated: budget, undated_indexes: indexes, dated_indexes: indexes }
    }

    /// Returns the budget where this share of the items has a time, from 0 to 1. With any of them,
    /// as many items are written as the tightest of all indexes takes, and each costs what it is in.
    #[must_use]
    pub fn at(&self, share: f64) -> Budget {
        if share <= 0.0 {
            return self.undated;
        }
        if self.undated == self.dated {
            return self.dated;
        }
        let scale = self.price(share) / self.price(1.0);
        let scaled = |wcu: Option<f64>| wcu.map(|wcu| wcu * scale);
        Budget { start: scaled(self.dated.start), cap: scaled(self.dated.cap), ..self.dated }
    }

    /// Returns the expected cost of a computed WCU: 1, and 1 for each index that items are in.
    #[must_use]
    pub fn price(&self, share: f64) -> f64 {
        let (undated, dated) = (f64::from(self.undated_indexes), f64::from(self.dated_indexes));
        1.0 + undated + (dated - undated) * share.clamp(0.0, 1.0)
    }

    /// Returns the number of indexes that any of the items are in.
    #[must_use]
    pub fn indexes(&self, share: f64) -> u32 {
        if share > 0.0 { self.dated_indexes } else { self.undated_indexes }
    }
}

/// Items seen so far, by what they cost.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SeenItems {
    dated: f64,
    all: f64,
    /// Share that the budget is set for.
    share: f64,
}

impl SeenItems {
    pub(super) fn share(&self) -> f64 {
        self.share
    }

    /// Notes items of `all` computed WCU, those with a time of `dated`; true where the budget is to
    /// be set anew.
    pub(super) fn note(&mut self, dated: f64, all: f64) -> bool {
        self.dated += dated;
        self.all += all;
        let share = if self.all > 0.0 { self.dated / self.all } else { 0.0 };
        let first = self.share <= 0.0 && share > 0.0;
        if !first && (share - self.share).abs() < WORTH {
            return false;
        }
        self.share = share;
        true
    }
}
