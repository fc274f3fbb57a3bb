//! Rate limit: one token per message. governor spaces the batches; two sliding windows, checked
//! right before a send, guarantee the limit even after a stall has piled up batches.
//!
//! No second has more messages than the rate plus one batch; no 10 seconds have more than 2 % over
//! the rate. Within these bounds, stalls of up to a fifth of a second are made up for, so that the
//! average does not fall below the rate either.

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

/// Seconds of the rate that may be saved up: 2 % of the 10 seconds over which it is guaranteed.
const SAVED_S: f64 = 0.2;

/// Rate in messages per second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

impl Rate {
    /// Returns the messages per second.
    #[must_use]
    pub fn per_second(self) -> f64 {
        self.0
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_suffix("/s").unwrap_or(text).parse::<f64>() {
            Ok(rate) if (0.001..=1_000_000.0).contains(&rate) => Ok(Rate(rate)),
            Ok(_) => Err("must be from 0.001 to 1000000 messages per second".to_owned()),
            Err(_) => Err("must be a number of messages per second, such as 50 or 50/s".to_owned()),
        }
    }
}

/// Paces messages at a rate; `None` sends them at once.
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
    /// Creates a pace of at most `rate` messages per second, growing from a twentieth of it to all
    /// of it over `ramp`.
    ///
    /// Batches hold at most 10 messages and a fifth of a second's worth, so that a slow rate is
    /// even too.
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

    /// Returns the gate that guards can engage.
    #[must_use]
    pub fn gate(&self) -> &Arc<Gate> {
        &self.gate
    }

    /// Returns the maximum number of messages per batch.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.batch.get() as usize
    }

    /// Discards capacity saved up while nothing was sent, so that the first batch waits its turn
    /// too. A ramp starts with the first call.
    pub fn begin(&self) {
        if let Some(schedule) = &self.schedule {
            schedule.clock.begin();
            while schedule.limiter.check().is_ok() {}
        }
    }

    /// Waits until the guards and the rate allow `messages`; call [`Pace::begin`] first.
    ///
    /// # Errors
    /// Returns the reason if a guard has stopped the run.
    pub async fn wait(&self, messages: usize) -> Result<(), String> {
        self.gate.acquire(messages).await?;
        let (Some(schedule), Some(messages)) = (&self.schedule, self.counted(messages)) else {
            return Ok(());
        };
        // No batch exceeds what may be saved up, so there will always be capacity for one.
        while let Ok(Err(not_yet)) = schedule.limiter.check_n(messages) {
            sleep_until(schedule.clock.instant_of(not_yet.earliest_possible())).await;
        }
        // A guard may have stopped the run meanwhile.
        self.gate.stopped().map_or(Ok(()), Err)
    }

    /// Waits right before a send, after [`Pace::wait`], if the send would exceed the limit per
    /// second or per 10 seconds. This happens only after a stall.
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

/// Returns the integer part, but at least 1.
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
