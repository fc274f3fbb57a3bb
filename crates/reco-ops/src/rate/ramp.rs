//! Clock that turns a constant rate into a growing one.
//!
//! During the ramp the clock runs slowly at first and then ever faster, until it keeps up with real
//! time. A limiter on this clock allows a constant number of messages in each of its seconds, and
//! so a linearly growing number in each real second.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use governor::clock::Clock;
use tokio::time::Instant;

/// Share of the rate at which a ramp starts.
pub(super) const FROM: f64 = 0.05;

/// Virtual time since [`RampClock::begin`].
#[derive(Debug, Clone)]
pub(super) struct RampClock {
    began: Arc<OnceLock<Instant>>,
    ramp: f64,
}

impl RampClock {
    /// Creates a clock that reaches real-time speed after `ramp`; it stands still until it begins.
    pub(super) fn new(ramp: Duration) -> Self {
        RampClock { began: Arc::default(), ramp: ramp.as_secs_f64() }
    }

    /// Starts the clock if it is not running.
    pub(super) fn begin(&self) {
        self.began.get_or_init(Instant::now);
    }

    /// Returns the instant at which the clock will show `virtual_time`.
    pub(super) fn instant_of(&self, virtual_time: Duration) -> Instant {
        let real = Duration::try_from_secs_f64(self.real(virtual_time.as_secs_f64()));
        *self.began.get_or_init(Instant::now) + real.unwrap_or(virtual_time)
    }

    /// Returns the virtual seconds after `real` ones: the area below a speed that grows from
    /// [`FROM`] to 1.
    fn passed(&self, real: f64) -> f64 {
        if real >= self.ramp {
            return real - self.ramp * (1.0 - FROM) / 2.0;
        }
        FROM * real + (1.0 - FROM) * real * real / (2.0 * self.ramp)
    }

    /// Inverse of [`RampClock::passed`].
    fn real(&self, passed: f64) -> f64 {
        if passed >= self.passed(self.ramp) {
            return passed + self.ramp * (1.0 - FROM) / 2.0;
        }
        let growth = (1.0 - FROM) / self.ramp;
        ((FROM * FROM + 2.0 * growth * passed).sqrt() - FROM) / growth
    }
}

impl Clock for RampClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let Some(began) = self.began.get() else { return Duration::ZERO };
        if self.ramp == 0.0 {
            return began.elapsed();
        }
        let passed = self.passed(began.elapsed().as_secs_f64());
        Duration::try_from_secs_f64(passed).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_and_its_inverse_agree() {
        for ramp in [0, 1, 60, 10_000] {
            let clock = RampClock::new(Duration::from_secs(ramp));
            for real in [0.0, 1e-3, 0.7, 1.0, 59.0, 60.0, 61.0, 9_999.5, 1e5] {
                let there_and_back = clock.real(clock.passed(real));
                assert!((there_and_back - real).abs() < 1e-5, "{real} became {there_and_back}");
            }
        }
    }

    #[test]
    fn the_clock_never_jumps_where_the_ramp_ends() {
        let clock = RampClock::new(Duration::from_secs(60));
        let around = clock.passed(60.0 + 1e-6) - clock.passed(60.0 - 1e-6);
        assert!((around - 2e-6).abs() < 1e-9, "{around}");
    }
}
