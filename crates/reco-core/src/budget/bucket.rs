//! A token bucket that may go into debt.
//!
//! What a write costs is known only when it has been made: a larger item that it replaces and
//! indexes count. So the price is paid in advance as far as it is known and settled afterwards.
//! Cell-rate limiters (such as `governor`) can give nothing back and keep one rate for life.

use std::time::Duration;

/// Seconds of the rate that may be saved up while nothing is sent. AWS keeps 300 s of a provisioned
/// table's unused capacity; a run that lives on those is throttled when they are gone.
const SAVED_S: f64 = 0.5;

/// WCU that may be spent, refilled at a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// WCU a second.
    rate: f64,
    /// Negative: what is spent in advance.
    tokens: f64,
    refilled: Duration,
}

impl Bucket {
    /// An empty bucket, so that the first second holds no more than any other.
    #[must_use]
    pub fn new(rate: f64, now: Duration) -> Self {
        Bucket { rate: rate.max(f64::MIN_POSITIVE), tokens: 0.0, refilled: now }
    }

    /// WCU a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Changes the rate from now on. Debts stay.
    pub fn set_rate(&mut self, rate: f64, now: Duration) {
        self.refill(now);
        self.rate = rate.max(f64::MIN_POSITIVE);
        self.tokens = self.tokens.min(self.bank());
    }

    /// Takes `cost` and answers how long to wait until that much has come in: whoever asks first
    /// goes first.
    pub fn take(&mut self, cost: f64, now: Duration) -> Duration {
        self.refill(now);
        self.tokens -= cost.max(0.0);
        if self.tokens >= 0.0 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(-self.tokens / self.rate).unwrap_or(Duration::MAX)
    }

    /// Corrects an earlier [`Bucket::take`] of `paid` to what was spent.
    pub fn settle(&mut self, paid: f64, spent: f64, now: Duration) {
        self.refill(now);
        self.tokens = (self.tokens + paid - spent).min(self.bank());
    }

    fn bank(&self) -> f64 {
        self.rate * SAVED_S
    }

    fn refill(&mut self, now: Duration) {
        let elapsed = now.saturating_sub(self.refilled).as_secs_f64();
        self.refilled = self.refilled.max(now);
        self.tokens = (self.tokens + elapsed * self.rate).min(self.bank());
    }
}
