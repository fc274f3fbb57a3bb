//! Finds the number of calls in flight by trying: a few more, and if the throughput rises, more
//! again.
//!
//! While all slots are in use, the throughput is the number of slots divided by the duration of a
//! call (Little's law). More slots are therefore worth it as long as calls take hardly longer with
//! them; where calls take longer in proportion, something else is the limit, and the number goes
//! back. From time to time a higher and a lower number are tried again. Throttled and failed calls
//! reduce it at once.

use std::time::Duration;

/// Growth of one trial.
const STEP: f64 = 1.5;

/// Growth of one trial for a while after trouble.
const SMALL_STEP: f64 = 1.125;

/// Share of the additional slots that must show in the throughput.
const WORTH: f64 = 0.2;

/// Share of the throughput that fewer slots must keep.
const KEPT: f64 = 0.97;

/// Remaining share after trouble.
const AFTER_TROUBLE: f64 = 0.7;

/// Time without trials after trouble, and the time for which steps are small afterwards.
const QUIET: Duration = Duration::from_secs(1);
const CAREFUL: Duration = Duration::from_secs(10);

/// Time until a failed trial is repeated: at first, and at most.
const FIRST_HOLD: Duration = Duration::from_secs(2);
const LONGEST_HOLD: Duration = Duration::from_secs(32);

/// Minimum length of a measurement: calls, and time.
const FEWEST_CALLS: usize = 16;
const SHORTEST: Duration = Duration::from_millis(50);

/// Durations kept of one measurement.
const MOST_KEPT: usize = 2048;

/// Share of calls that found all slots in use, from which the slots count as the limit.
const FULL: f64 = 0.8;

/// Share of the time that calls waited for a budget, from which the budget counts as the limit.
const PACED: f64 = 0.1;

/// Limits of the number of calls in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Minimum, also after trouble.
    pub least: usize,
    /// Initial number. It is only reduced by trouble.
    pub first: usize,
    /// Maximum.
    pub most: usize,
}

/// A finished call.
#[derive(Debug, Clone, Copy)]
pub struct FinishedCall {
    /// Start of the call, on the clock of `now`.
    pub begun: Duration,
    /// Duration, without waiting for a budget and without the delays of retries.
    pub took: Duration,
    /// Time that it waited for a budget.
    pub paced: Duration,
    /// True if all slots were in use when it finished.
    pub full: bool,
    /// True if it was throttled, timed out or failed in transit, even if a retry succeeded.
    pub trouble: bool,
}

/// Finds the number of calls in flight.
#[derive(Debug, Clone)]
pub struct Controller {
    bounds: Bounds,
    limit: usize,
    /// Time of the last change: calls from before say nothing about the present number.
    changed: Duration,
    /// Time of the last cut.
    cut: Option<Duration>,
    /// Number and duration of calls before the trial that is under way.
    before: Option<Measured>,
    /// Next time for a trial, and the pause after it if it fails.
    next: Duration,
    hold: Duration,
    /// True if the next trial is of a lower number.
    down: bool,
    sample: Sample,
    last: Option<Duration>,
}

/// Duration of calls with a number of slots.
#[derive(Debug, Clone, Copy)]
struct Measured {
    limit: usize,
    took: Duration,
}

/// Calls of a measurement.
#[derive(Debug, Clone, Default)]
struct Sample {
    begun: Duration,
    calls: usize,
    full: usize,
    paced: Duration,
    spent: Duration,
    took: Vec<Duration>,
}

impl Controller {
    /// Creates a controller that starts at the initial number.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        let least = bounds.least.max(1);
        let most = bounds.most.max(least);
        let bounds = Bounds { least, most, first: bounds.first.clamp(least, most) };
        Controller {
            bounds,
            limit: bounds.first,
            changed: Duration::ZERO,
            cut: None,
            before: None,
            next: Duration::ZERO,
            hold: FIRST_HOLD,
            down: false,
            sample: Sample::default(),
            last: None,
        }
    }

    /// Returns the number of calls that may be in flight now.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Returns the usual duration of a call, as last measured.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        self.last
    }

    /// Takes note of a finished call.
    pub fn finished(&mut self, call: FinishedCall, now: Duration) {
        if call.trouble {
            return self.trouble(call, now);
        }
        if call.begun < self.changed {
            return;
        }
        self.sample.add(call);
        if self.sample.is_complete(self.limit, now) {
            let sample = std::mem::take(&mut self.sample);
            self.sample.begun = now;
            self.judge(sample, now);
        }
    }

    /// Reduces the number. Calls that were in flight at the last cut are no reason for another.
    fn trouble(&mut self, call: FinishedCall, now: Duration) {
        if self.cut.is_some_and(|cut| call.begun < cut) {
            return;
        }
        self.cut = Some(now);
        self.before = None;
        self.hold = FIRST_HOLD;
        self.next = now + QUIET;
        self.down = false;
        self.set(scaled(self.limit, AFTER_TROUBLE), now);
    }

    /// Decides on the next number after a measurement.
    fn judge(&mut self, sample: Sample, now: Duration) {
        let limits = sample.slots_are_the_limit();
        let Some(took) = sample.usual() else { return };
        self.last = Some(took);
        let measured = Measured { limit: self.limit, took };
        match self.before.take() {
            Some(before) if !limits || !measured.is_worth_it(before) => {
                self.next = now + self.hold;
                self.hold = (self.hold * 2).min(LONGEST_HOLD);
                self.down = before.limit < self.limit;
                self.set(before.limit, now);
            }
            Some(before) => {
                // A trial that succeeded is followed by the next one in the same direction.
                self.hold = FIRST_HOLD;
                self.down = before.limit > self.limit;
                self.attempt(measured, now);
            }
            None if limits && now >= self.next => self.attempt(measured, now),
            None => {}
        }
    }

    /// Tries another number.
    fn attempt(&mut self, measured: Measured, now: Duration) {
        let careful = self.cut.is_some_and(|cut| now < cut + CAREFUL);
        let step = if careful { SMALL_STEP } else { STEP };
        let lower = scaled(self.limit, 1.0 / step).max(self.bounds.first);
        let higher = scaled(self.limit, step).max(self.limit + 1).min(self.bounds.most);
        let next = match self.down && lower < self.limit {
            true => lower,
            false => higher,
        };
        if next == self.limit {
            // At the maximum: only fewer can be tried.
            self.down = true;
            self.next = now + self.hold;
            return;
        }
        self.before = Some(measured);
        self.set(next, now);
    }

    fn set(&mut self, limit: usize, now: Duration) {
        self.limit = limit.clamp(self.bounds.least, self.bounds.most);
        self.changed = now;
        self.sample = Sample { begun: now, ..Sample::default() };
    }
}

impl Measured {
    /// Returns whether the throughput with this number justifies it, compared with another one.
    fn is_worth_it(&self, before: Measured) -> bool {
        let slots = number(self.limit) / number(before.limit);
        let longer = self.took.as_secs_f64() / before.took.as_secs_f64().max(f64::MIN_POSITIVE);
        let throughput = slots / longer.max(f64::MIN_POSITIVE);
        match slots > 1.0 {
            true => throughput >= 1.0 + (slots - 1.0) * WORTH,
            false => throughput >= KEPT,
        }
    }
}

impl Sample {
    fn add(&mut self, call: FinishedCall) {
        self.calls += 1;
        self.full += usize::from(call.full);
        self.paced += call.paced;
        self.spent += call.took;
        if self.took.len() < MOST_KEPT {
            self.took.push(call.took);
        }
    }

    /// Returns whether every slot was used once, and long enough.
    fn is_complete(&self, limit: usize, now: Duration) -> bool {
        self.calls >= limit.max(FEWEST_CALLS) && now.saturating_sub(self.begun) >= SHORTEST
    }

    fn slots_are_the_limit(&self) -> bool {
        let all = (self.paced + self.spent).as_secs_f64();
        number(self.full) >= number(self.calls) * FULL && self.paced.as_secs_f64() <= all * PACED
    }

    /// Returns the median: connecting and the slowest calls say nothing about the others.
    fn usual(mut self) -> Option<Duration> {
        let middle = self.took.len().checked_sub(1)? / 2;
        Some(*self.took.select_nth_unstable(middle).1)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
fn scaled(limit: usize, factor: f64) -> usize {
    (number(limit) * factor).floor() as usize
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
