//! A token bucket that may go into debt.
//!
//! The cost of a write is known only after it was made, because replaced larger items and indexes
//! count. The known price is therefore paid in advance and settled afterwards. Cell-rate limiters
//! (such as `governor`) cannot refund and have a fixed rate.

use std::time::Duration;

/// Seconds of the rate that may be saved up while nothing is sent. AWS keeps 300 s of a provisioned
/// table's unused capacity; a run that lives on those is throttled when they are gone.
const SAVED_S: f64 = 0.5;

/// WCU that may be spent, refilled at a rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// WCU per second.
    rate: f64,
    /// WCU that have come in since the beginning.
    supplied: f64,
    /// WCU that were asked for since the beginning; more than `supplied` is spent in advance.
    asked: f64,
    refilled: Duration,
}

/// A turn: it comes when so much has come in. Whoever asks first goes first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn(f64);

impl Bucket {
    /// An empty bucket, so that the first second holds no more than any other.
    #[must_use]
    pub fn new(rate: f64, now: Duration) -> Self {
        let rate = rate.max(f64::MIN_POSITIVE);
        Bucket { rate, supplied: 0.0, asked: 0.0, refilled: now }
    }

    /// WCU per second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Changes the rate from now on. Debts stay.
    pub fn set_rate(&mut self, rate: f64, now: Duration) {
        self.refill(now);
        self.rate = rate.max(f64::MIN_POSITIVE);
        self.cap();
    }

    /// Takes `cost`; [`Bucket::wait`] says when it may be spent.
    pub fn take(&mut self, cost: f64, now: Duration) -> Turn {
        self.refill(now);
        self.asked += cost.max(0.0);
        Turn(self.asked)
    }

    /// Returns the time to wait for a turn, as things are. A rate that changes, and what others
    /// settle, change that.
    pub fn wait(&mut self, turn: Turn, now: Duration) -> Duration {
        self.refill(now);
        let missing = turn.0 - self.supplied;
        // Less than a millionth of a WCU is a rounding error.
        if missing <= 1e-6 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(missing / self.rate).unwrap_or(Duration::MAX)
    }

    /// Corrects an earlier [`Bucket::take`] of `paid` to what was spent.
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
