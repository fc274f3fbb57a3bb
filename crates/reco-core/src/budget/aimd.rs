//! Rate control: small steps up while writes succeed, a cut by a share when the table throttles.

use std::time::Duration;

/// Share of the base rate added per second without a throttle. The base is the start rate, or the
/// rate after the last cut.
const STEP: f64 = 0.02;

/// After this many seconds without a throttle, the step doubles every second: one throttle caused
/// by another writer must not slow a run down for hours.
const PATIENCE_S: f64 = 3.0;

/// Maximum growth per second, as a share of the rate.
const LARGEST_STEP: f64 = 0.2;

/// Bounds on the share of the rate that remains after a throttle. Between them, the table's
/// measured throughput decides.
const MOST_KEPT: f64 = 0.9;
const LEAST_KEPT: f64 = 0.5;

/// Share of the measured throughput to continue at, so that the table can recover.
const OF_TAKEN: f64 = 0.95;

/// Minimum share of the requested rate that remains after the first throttle without a budget. The
/// measured throughput says little then: another writer may have just used up the capacity.
const OF_ASKED: f64 = 0.5;

/// Throttles within this time count once, since all calls in flight hit the same limit.
const ONE_EVENT: Duration = Duration::from_secs(1);

/// Minimum rate of one WCU per second, so that a run always makes progress.
const FLOOR: f64 = 1.0;

/// Additive increase, multiplicative decrease (Chiu and Jain, 1989: "Analysis of the increase and
/// decrease algorithms for congestion avoidance").
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aimd {
    /// WCU per second; `None` without a budget until the first throttle.
    rate: Option<f64>,
    cap: Option<f64>,
    /// WCU per second added each second.
    step: f64,
    /// Time of the last rate update.
    grown: Duration,
    /// Time of the last cut.
    cut: Option<Duration>,
    /// Time of the last throttle, or of the start.
    quiet: Duration,
}

impl Aimd {
    /// Creates a control that starts at `start` and never exceeds `cap`.
    #[must_use]
    pub fn new(start: Option<f64>, cap: Option<f64>, now: Duration) -> Self {
        let rate = start.map(|start| cap.map_or(start, |cap| start.min(cap)));
        Aimd { rate, cap, step: rate.unwrap_or(0.0) * STEP, grown: now, cut: None, quiet: now }
    }

    /// Another budget is in force: the rate keeps its proportion to it.
    pub fn scale(&mut self, old: Option<f64>, new: Option<f64>, cap: Option<f64>) {
        let (Some(rate), Some(old), Some(new)) = (self.rate, old, new) else { return };
        if old <= 0.0 {
            return;
        }
        let factor = new / old;
        let scaled = (rate * factor).max(FLOOR);
        (self.cap, self.step) = (cap, self.step * factor);
        self.rate = Some(cap.map_or(scaled, |cap| scaled.min(cap)));
    }

    /// WCU per second; `None` is as fast as it goes.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        self.rate
    }

    /// Cuts the rate after a throttle, while `asked` WCU per second were requested and the table
    /// accepted `taken`.
    pub fn throttled(&mut self, asked: f64, taken: f64, now: Duration) {
        self.quiet = now;
        if self.cut.is_some_and(|cut| now.saturating_sub(cut) < ONE_EVENT) {
            return;
        }
        let rate = match self.rate {
            Some(rate) => (taken * OF_TAKEN).clamp(rate * LEAST_KEPT, rate * MOST_KEPT),
            None => (taken * OF_TAKEN).max(asked * OF_ASKED),
        };
        let rate = rate.max(FLOOR);
        self.step = rate * STEP;
        self.rate = Some(rate);
        (self.cut, self.grown) = (Some(now), now);
    }

    /// Raises the rate after a call without a throttle. `busy` is true if the current rate was used
    /// up; an unused rate does not grow.
    pub fn went_well(&mut self, busy: bool, now: Duration) {
        let elapsed = now.saturating_sub(self.grown).as_secs_f64();
        self.grown = self.grown.max(now);
        let Some(rate) = self.rate.filter(|_| busy) else { return };
        let quiet = now.saturating_sub(self.quiet).as_secs_f64() - PATIENCE_S;
        let step = self.step * 2_f64.powf(quiet.clamp(0.0, 60.0));
        // A pause does not prove more capacity.
        let grown = rate + step.min(rate * LARGEST_STEP) * elapsed.min(1.0);
        self.rate = Some(self.cap.map_or(grown, |cap| grown.min(cap)));
    }
}
