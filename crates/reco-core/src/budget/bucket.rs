//! A token bucket that may go into debt.
//!
//! The cost of a write is known only afterwards, because indexes and replaced larger items count.
//! The expected cost is therefore taken in advance and corrected later. Cell-rate limiters (such as
//! `governor`) cannot refund and have a fixed rate.

use std::time::Duration;

/// Savings limit while idle, in seconds of the rate. AWS keeps 300 s of a provisioned table's
/// unused capacity, but a run that relies on it is throttled once it is gone.
const SAVED_S: f64 = 0.5;

/// Token bucket of WCU.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// WCU per second.
    rate: f64,
    /// WCU supplied since the start, including corrections.
    supplied: f64,
    /// WCU taken since the start; the excess over `supplied` is debt.
    asked: f64,
    refilled: Duration,
}

/// A place in the queue for WCU, first come, first served: the total supply at which it is due.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn(f64);

impl Bucket {
    /// Creates an empty bucket, so that a run does not start with a burst.
    #[must_use]
    pub fn new(rate: f64, now: Duration) -> Self {
        let rate = rate.max(f64::MIN_POSITIVE);
        Bucket { rate, supplied: 0.0, asked: 0.0, refilled: now }
    }

    /// Returns the rate in WCU per second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Changes the rate from `now` on. Debt remains.
    pub fn set_rate(&mut self, rate: f64, now: Duration) {
        self.refill(now);
        self.rate = rate.max(f64::MIN_POSITIVE);
        self.cap();
    }

    /// Takes `cost` WCU; [`Bucket::wait`] tells when they may be spent.
    pub fn take(&mut self, cost: f64, now: Duration) -> Turn {
        self.refill(now);
        self.asked += cost.max(0.0);
        Turn(self.asked)
    }

    /// Returns the current waiting time for a turn. Rate changes and settlements of other calls
    /// affect it.
    pub fn wait(&mut self, turn: Turn, now: Duration) -> Duration {
        self.refill(now);
        let missing = turn.0 - self.supplied;
        // Less than a millionth of a WCU is a rounding error.
        if missing <= 1e-6 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(missing / self.rate).unwrap_or(Duration::MAX)
    }

    /// Corrects an earlier [`Bucket::take`] of `paid` WCU to the WCU actually `spent`.
    pub fn settle(&mut self, paid: f64, spent: f64, now: Duration) {
        self.refill(now);
        self.supplied += paid - spent;
        self.cap();
    }

    fn refill(&mut self, now: Duration) {
        let elapsed = now.saturating_sub(self.refilled).as_secs_f64();
        self.refilled = self.refilled.max(now);
        self.supplied += elapsed * self.rate;
        self.cap();
    }

    fn cap(&mut self) {
        self.supplied = self.supplied.min(self.asked + self.rate * SAVED_S);
    }
}
