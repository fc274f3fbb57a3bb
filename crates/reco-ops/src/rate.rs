//! The rate: one token a message. governor spaces the batches; two sliding windows, asked right
//! before a send, keep what is promised even after a stall has piled batches up.
//!
//! In no second go more than the rate and one batch; in no 10 seconds more than 2 % over the rate.
//! What a stall of up to a fifth of a second kept back is made up for within these bounds, so that
//! the rate is kept from below, too.

mod gate;
mod ramp;
mod window;

use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::{Instant, sleep_until};

use crate::aws::sqs::BATCH;
pub use gate::{Gate, Guard, Pauses};
use ramp::RampClock;
use window::Windows;

/// Seconds of the rate that may be saved up: 2 % of the 10 seconds over which it is promised.
const SAVED_S: f64 = 0.2;

/// Messages a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

impl Rate {
    /// Messages a second.
    #[must_use]
    pub fn per_second(self) -> f64 {
        self.0
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<f64>() {
            Ok(rate) if (0.001..=1_000_000.0).contains(&rate) => Ok(Rate(rate)),
            Ok(_) => Err("must be from 0.001 to 1000000 messages per second".to_owned()),
            Err(_) => Err("must be a number of messages per second".to_owned()),
        }
    }
}

/// Lets messages go at a rate, or at once without one.
#[derive(Debug, Clone)]
pub struct Pace {
    schedule: Option<Arc<Schedule>>,
    batch: NonZeroU32,
    gate: Arc<Gate>,
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, RampClock, NoOpMiddleware<Duration>>;

#[derive(Debug)]
struct Schedule {
    limiter: Limiter,
    clock: RampClock,
    windows: Mutex<Windows>,
}

impl Pace {
    /// At most `rate` messages per second, growing from a twentieth of it to all of it over `ramp`.
    ///
    /// A fifth of a second's worth and 10 messages at most go together, so that a slow rate is
    /// even, too.
    #[must_use]
    pub fn new(rate: Option<Rate>, ramp: Duration) -> Self {
        let Some(Rate(rate)) = rate else {
            return Pace { schedule: None, batch: whole(BATCH as f64), gate: Arc::default() };
        };
        let slowest = if ramp.is_zero() { rate } else { rate * ramp::FROM };
        let batch = whole((slowest * SAVED_S).min(BATCH as f64));
        let clock = RampClock::new(ramp);
        let saved = whole(rate * SAVED_S).max(batch);
        let quota = Quota::with_period(Duration::from_secs_f64(1.0 / rate));
        let schedule = quota.map(|quota| {
            let limiter = RateLimiter::direct_with_clock(quota.allow_burst(saved), clock.clone());
            Arc::new(Schedule { limiter, clock, windows: Mutex::new(Windows::new(rate, batch)) })
        });
        Pace { schedule, batch, gate: Arc::default() }
    }

    /// Returns the gate of the guards.
    #[must_use]
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Returns the number of messages that may go together.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.batch.get() as usize
    }

    /// Forgets what was saved up while nothing was sent, so that the first batch waits its turn,
    /// too. A ramp begins with the first call.
    pub fn begin(&self) {
        if let Some(schedule) = &self.schedule {
            schedule.clock.begin();
            while schedule.limiter.check().is_ok() {}
        }
    }

    /// Waits until `messages` may go, by every guard and by the rate; [`Pace::begin`] comes before.
    ///
    /// # Errors
    /// The reason, when a guard has stopped the run.
    pub async fn wait(&self, messages: usize) -> Result<(), String> {
        self.gate.acquire(messages).await?;
        let (Some(schedule), Some(messages)) = (&self.schedule, self.counted(messages)) else {
            return Ok(());
        };
        // No batch is larger than what may be saved up, so there is always capacity for one.
        while let Ok(Err(not_yet)) = schedule.limiter.check_n(messages) {
            sleep_until(schedule.clock.instant_of(not_yet.earliest_possible())).await;
        }
        // That may have taken a while.
        self.gate.stopped().map_or(Ok(()), Err)
    }

    /// Waits, right before a send for which [`Pace::wait`] has already waited, while it would make
    /// too many within a second or 10. It hardly ever does: only after a stall.
    pub async fn admit(&self, messages: usize) {
        let (Some(schedule), Some(messages)) = (&self.schedule, self.counted(messages)) else {
            return;
        };
        while let Err(room_at) = schedule.admit(messages) {
            sleep_until(room_at).await;
        }
    }

    fn counted(&self, messages: usize) -> Option<NonZeroU32> {
        u32::try_from(messages).ok().and_then(NonZeroU32::new).map(|some| some.min(self.batch))
    }
}

impl Schedule {
    fn admit(&self, messages: NonZeroU32) -> Result<(), Instant> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.admit(Instant::now(), messages.get())
    }
}

/// The whole part, and 1 at least.
fn whole(number: f64) -> NonZeroU32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast to integer saturates, and rates are far below its end"
    )]
    NonZeroU32::new(number as u32).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests;
