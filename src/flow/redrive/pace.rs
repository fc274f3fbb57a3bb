//! The rate: one token a message, never a burst beyond one batch.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::aws::sqs::BATCH;

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
            Ok(_) => Err("a rate is from 0.001 to 1000000 messages a second".to_owned()),
            Err(_) => Err("not a number of messages a second".to_owned()),
        }
    }
}

/// Lets messages go at a rate, or at once without one.
#[derive(Debug, Clone)]
pub struct Pace {
    limiter: Option<Arc<DefaultDirectRateLimiter>>,
    batch: NonZeroU32,
}

impl Pace {
    /// At most `rate` messages a second; a second's worth and 10 messages at most go together, so
    /// that a slow rate is even, too.
    #[must_use]
    pub fn new(rate: Option<Rate>) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 1 to 10 before"
        )]
        let whole = rate.map_or(BATCH as u32, |Rate(rate)| rate.clamp(1.0, BATCH as f64) as u32);
        let batch = NonZeroU32::new(whole).unwrap_or(NonZeroU32::MIN);
        let quota = rate
            .and_then(|Rate(rate)| Quota::with_period(Duration::from_secs_f64(1.0 / rate)))
            .map(|quota| quota.allow_burst(batch));
        Pace { limiter: quota.map(|quota| Arc::new(RateLimiter::direct(quota))), batch }
    }

    /// How many messages may go together.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.batch.get() as usize
    }

    /// Forgets what was saved up while nothing was sent, so that the first batch waits its turn,
    /// too, and no second sees more than the rate.
    pub fn begin(&self) {
        if let Some(limiter) = &self.limiter {
            while limiter.check().is_ok() {}
        }
    }

    /// Waits until `messages` may go.
    pub async fn wait(&self, messages: usize) {
        let Some(limiter) = &self.limiter else { return };
        let Some(messages) = u32::try_from(messages).ok().and_then(NonZeroU32::new) else { return };
        // No batch is larger than the burst, so there is always capacity for one.
        let _ = limiter.until_n_ready(messages.min(self.batch)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn rates_are_positive_numbers() {
        assert_eq!("50".parse::<Rate>().map(Rate::per_second), Ok(50.0));
        assert_eq!("0.5".parse::<Rate>().map(Rate::per_second), Ok(0.5));
        for wrong in ["0", "-1", "NaN", "inf", "fast", ""] {
            assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_slow_rate_moves_small_batches() {
        let batch = |rate: f64| Pace::new(Some(Rate(rate))).batch();
        assert_eq!([batch(0.5), batch(2.9), batch(10.0), batch(500.0)], [1, 2, 10, 10]);
        assert_eq!(Pace::new(None).batch(), 10);
    }

    #[tokio::test]
    async fn messages_go_at_the_rate_from_the_first_batch_on() {
        let pace = Pace::new(Some(Rate(200.0)));
        pace.begin();
        let start = Instant::now();
        for _ in 0..6 {
            pace.wait(10).await;
        }
        // 60 messages at 200 a second.
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(290), "{took:?}");
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
}
