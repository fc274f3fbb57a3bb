//! Combines bucket, rate and price: a writer pays before each call and settles after it.

use std::time::Duration;

use serde::Serialize;

use super::bucket::Turn;
use super::sparse::SeenItems;
use super::{Aimd, Bucket, Budgets};

/// Window for measuring throughput, in seconds.
const MEASURED_S: f64 = 1.0;

/// Weight of one call's price in the expected price.
const LEARNED: f64 = 0.05;

/// Share of the rate from which it counts as used up.
const BUSY: f64 = 0.7;

/// Maximum cost of a batch, in seconds of the rate.
const BATCH_S: f64 = 0.2;

/// Paces writes to a budget.
#[derive(Debug, Clone)]
pub struct Throttle {
    aimd: Aimd,
    /// `None` until there is a rate.
    bucket: Option<Bucket>,
    /// Actual cost per computed WCU, including indexes and replaced larger items.
    price: f64,
    taken: Meter,
    asked: Meter,
    spent: Spent,
    budgets: Budgets,
    seen: SeenItems,
}

/// Summary of how a budget was spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spent {
    /// Final rate in WCU per second; `None` if unlimited.
    pub last_rate: Option<f64>,
    /// Lowest rate after a cut, in WCU per second; `None` without a cut.
    pub lowest_rate: Option<f64>,
    /// Final cost per computed WCU.
    pub price: f64,
}

/// Advance payment, to be returned to [`Throttle::settle`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use = "what was paid must be settled"]
pub struct Paid {
    computed: f64,
    paid: f64,
    /// `None` if there was no rate yet.
    turn: Option<Turn>,
}

impl Throttle {
    /// A throttle for items without a time, until others are noted.
    #[must_use]
    pub fn new(budgets: Budgets, now: Duration) -> Self {
        let budget = budgets.at(0.0);
        let aimd = Aimd::new(budget.start, budget.cap, now);
        let bucket = aimd.rate().map(|rate| Bucket::new(rate, now));
        let (meter, price) = (Meter::new(now), budgets.price(0.0));
        let (spent, seen) = (Spent::default(), SeenItems::default());
        Throttle { aimd, bucket, price, taken: meter, asked: meter, spent, budgets, seen }
    }

    /// Notes items that are about to be paid for, of `all` computed WCU, those with a time of
    /// `dated`: the budget follows the share of items that are in indexes on the time.
    pub fn note(&mut self, dated: f64, all: f64, now: Duration) {
        let before = self.seen.share();
        if !self.seen.note(dated, all) {
            return;
        }
        let share = self.seen.share();
        // What is known of prices beside that stays known.
        self.price *= self.budgets.price(share) / self.budgets.price(before);
        let (old, new) = (self.budgets.at(before), self.budgets.at(share));
        let rate = self.aimd.rate();
        self.aimd.scale(old.start, new.start, new.cap);
        if let (Some(bucket), Some(changed)) = (&mut self.bucket, self.aimd.rate())
            && rate != Some(changed)
        {
            bucket.set_rate(changed, now);
        }
    }

    /// Pays for items of `computed` WCU; [`Throttle::wait`] tells when they may be written.
    pub fn pay(&mut self, computed: f64, now: Duration) -> Paid {
        let paid = computed * self.price;
        self.asked.add(paid, now);
        let turn = self.bucket.as_mut().map(|bucket| bucket.take(paid, now));
        Paid { computed, paid, turn }
    }

    /// Returns the current waiting time before paid items may be written. Call it again while
    /// waiting: the rate changes.
    pub fn wait(&mut self, paid: &Paid, now: Duration) -> Duration {
        match (&mut self.bucket, paid.turn) {
            (Some(bucket), Some(turn)) => bucket.wait(turn, now),
            _ => Duration::ZERO,
        }
    }

    /// Settles a call that wrote `written` computed WCU and consumed `spent` WCU. `throttled` is
    /// true if any part of it was throttled.
    pub fn settle(&mut self, paid: Paid, written: f64, spent: f64, throttled: bool, now: Duration) {
        if let (Some(bucket), Some(_)) = (&mut self.bucket, paid.turn) {
            // No refund for throttled items: the retry would spend it at once.
            bucket.settle(paid.paid, if throttled { spent.max(paid.paid) } else { spent }, now);
        }
        self.taken.add(spent, now);
        let written = written.min(paid.computed);
        // A response without consumed capacity says nothing about the price.
        if written > 0.0 && spent > 0.0 {
            self.price += (spent / written - self.price) * LEARNED;
        }
        let before = self.aimd.rate();
        if throttled {
            let (asked, taken) = (self.asked.per_second(now), self.taken.per_second(now));
            self.aimd.throttled(asked, taken, now);
        } else {
            let taken = self.taken.per_second(now);
            self.aimd.went_well(before.is_some_and(|rate| taken >= rate * BUSY), now);
        }
        self.follow(before, now);
    }

    /// Returns the maximum cost of a batch in computed WCU: at a low rate, 25 items at once would
    /// be a burst of many seconds. A batch always has at least one item.
    #[must_use]
    pub fn batch(&self) -> Option<f64> {
        self.aimd.rate().map(|rate| rate * BATCH_S / self.price)
    }

    /// Returns the spending so far.
    #[must_use]
    pub fn spent(&self) -> Spent {
        Spent { last_rate: self.aimd.rate(), price: self.price, ..self.spent }
    }

    /// Applies a changed rate to the bucket.
    fn follow(&mut self, before: Option<f64>, now: Duration) {
        let Some(rate) = self.aimd.rate() else { return };
        if before.is_none_or(|before| rate < before) {
            self.spent.lowest_rate = Some(self.spent.lowest_rate.map_or(rate, |low| low.min(rate)));
        }
        match &mut self.bucket {
            Some(bucket) if before != Some(rate) => bucket.set_rate(rate, now),
            Some(_) => {}
            None => self.bucket = Some(Bucket::new(rate, now)),
        }
    }
}

/// Moving average of the throughput.
#[derive(Debug, Clone, Copy)]
struct Meter {
    /// WCU per second over the last complete window.
    mean: f64,
    /// WCU since `begun`.
    sum: f64,
    begun: Duration,
}

impl Meter {
    fn new(now: Duration) -> Self {
        Meter { mean: 0.0, sum: 0.0, begun: now }
    }

    fn add(&mut self, wcu: f64, now: Duration) {
        let elapsed = now.saturating_sub(self.begun).as_secs_f64();
        if elapsed >= MEASURED_S {
            *self = Meter { mean: self.sum / elapsed, sum: 0.0, begun: now };
        }
        self.sum += wcu;
    }

    /// Returns the last window's mean, or the current window's if already higher.
    fn per_second(&self, now: Duration) -> f64 {
        let elapsed = now.saturating_sub(self.begun).as_secs_f64();
        // A burst at the start of a window is not a rate, so count at least a whole window.
        self.mean.max(self.sum / elapsed.max(MEASURED_S))
    }
}
