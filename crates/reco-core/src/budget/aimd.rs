//! The rate: up by a little while all is taken, down by a share when something is not.

use std::time::Duration;

/// Of the start rate, or of what the last throttle left, added each second in which no write is
/// throttled.
const STEP: f64 = 0.02;

/// So long without a throttle, and the step doubles with every further second: one throttle on a
/// table that another writer had just used up must not slow a run down for hours.
const PATIENCE_S: f64 = 3.0;

/// Of the rate: the most that is added in a second.
const LARGEST_STEP: f64 = 0.2;

/// Share of the rate that remains after a throttle, at most and at least. In between, the observed
/// throughput of the table decides.
const MOST_KEPT: f64 = 0.9;
const LEAST_KEPT: f64 = 0.5;

/// Of what the table was seen to take: leaves it room to recover.
const OF_TAKEN: f64 = 0.95;

/// Of what was asked for when the first throttle came. What was taken by then is no measure: the
/// table may have been used up by others a moment ago.
const OF_ASKED: f64 = 0.5;

/// Throttles of one moment count once: all that is in flight meets the same limit.
const ONE_EVENT: Duration = Duration::from_secs(1);

/// The least rate: one item a second, so that a run always goes on.
const FLOOR: f64 = 1.0;

/// Additive increase, multiplicative decrease.
/// Chiu and Jain, 1989: "Analysis of the increase and decrease algorithms for congestion avoidance".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aimd {
    /// WCU per second; `None` as long as nothing was throttled and no budget is set.
    rate: Option<f64>,
    cap: Option<f64>,
    /// Added a second.
    step: f64,
    /// When the rate was last looked at.
    grown: Duration,
    /// When it was last cut.
    cut: Option<Duration>,
    /// Since when nothing was throttled.
    quiet: Duration,
}

impl Aimd {
    /// Begins at `start`, and never goes above `cap`.
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

    /// Writes were throttled while `asked` WCU per second were asked for and the table took
    /// `taken`.
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

    /// Nothing was throttled. `busy` says whether the rate was used: a rate that nobody asks for
    /// does not grow.
    pub fn went_well(&mut self, busy: bool, now: Duration) {
        let elapsed = now.saturating_sub(self.grown).as_secs_f64();
        self.grown = self.grown.max(now);
        let Some(rate) = self.rate.filter(|_| busy) else { return };
        let quiet = now.saturating_sub(self.quiet).as_secs_f64() - PATIENCE_S;
        let step = self.step * 2_f64.powf(quiet.clamp(0.0, 60.0));
        // A pause is no proof of more capacity.
        let grown = rate + step.min(rate * LARGEST_STEP) * elapsed.min(1.0);
        self.rate = Some(self.cap.map_or(grown, |cap| grown.min(cap)));
    }
}
