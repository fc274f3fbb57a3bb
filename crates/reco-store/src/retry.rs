//! Retries: how long to wait, and when to stop.

use std::future::Future;
use std::time::Duration;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::http;
use crate::service::ServiceError;

/// Number of attempts and the delays between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryOptions {
    /// Maximum consecutive attempts without progress, including the first.
    pub max_attempts: u32,
    /// Upper bound of the first delay, doubled for each further one.
    pub base_delay: Duration,
    /// Upper bound of all delays.
    pub max_delay: Duration,
}

impl Default for RetryOptions {
    fn default() -> Self {
        RetryOptions::LONG
    }
}

impl RetryOptions {
    /// About 15 seconds of waiting in total, which outlasts a burst and a partition split.
    const LONG: RetryOptions = RetryOptions {
        max_attempts: 12,
        base_delay: Duration::from_millis(50),
        max_delay: Duration::from_secs(5),
    };

    /// For a question about the table, which should not keep its asker waiting for so long.
    pub(crate) const BRIEF: RetryOptions = RetryOptions { max_attempts: 5, ..RetryOptions::LONG };

    /// Returns the delay after `failed` attempts without progress: full jitter, a random share of a
    /// doubling, capped span, so that many writers do not retry at once.
    #[must_use]
    pub fn delay(&self, failed: u32) -> Duration {
        self.span(failed).mul_f64(fastrand::f64()).max(Duration::from_millis(1))
    }

    fn span(&self, failed: u32) -> Duration {
        let doublings = failed.saturating_sub(1).min(20);
        self.base_delay.saturating_mul(1 << doublings).min(self.max_delay)
    }
}

/// Stop conditions of a retry loop: a deadline and a cancellation.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// No call runs past this time.
    pub deadline: Option<Instant>,
    /// Once cancelled, no new call starts; a call in flight is finished.
    pub cancel: CancellationToken,
}

/// Reason why retries ended before the work was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// The deadline passed, or the next delay would outlast it.
    Deadline,
    /// Cancelled by the caller.
    Cancelled,
}

impl Stop {
    /// Stops at `deadline`.
    #[must_use]
    pub fn at(deadline: Instant) -> Self {
        Stop { deadline: Some(deadline), cancel: CancellationToken::new() }
    }

    /// Stops when `cancel` is cancelled.
    #[must_use]
    pub fn on(cancel: CancellationToken) -> Self {
        Stop { deadline: None, cancel }
    }

    /// Returns whether another call may begin.
    ///
    /// # Errors
    /// [`Halt`] with the reason why not.
    pub fn check(&self) -> Result<(), Halt> {
        if self.cancel.is_cancelled() {
            return Err(Halt::Cancelled);
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(Halt::Deadline),
            _ => Ok(()),
        }
    }

    /// Waits before the next call. A wait that would outlast the deadline is not started, so that
    /// the work can be handed back early.
    ///
    /// # Errors
    /// [`Halt`] if the next call would be too late or the caller cancelled.
    pub async fn pause(&self, delay: Duration) -> Result<(), Halt> {
        self.check()?;
        if self.deadline.is_some_and(|deadline| Instant::now() + delay >= deadline) {
            return Err(Halt::Deadline);
        }
        tokio::select! {
            () = self.cancel.cancelled() => Err(Halt::Cancelled),
            () = tokio::time::sleep(delay) => Ok(()),
        }
    }

    /// Waits for a future until the deadline or a cancellation.
    ///
    /// # Errors
    /// [`Halt`] if it was not ready by then.
    pub async fn wait<F: Future>(&self, until: F) -> Result<F::Output, Halt> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Halt::Cancelled),
            came = self.bound(until) => came,
        }
    }

    /// Runs a call until the deadline. Cancellation does not interrupt it: a call in flight may
    /// take effect, so its response must be known.
    ///
    /// # Errors
    /// [`Halt::Deadline`] if there was no response in time; whether the call took effect is
    /// unknown.
    pub async fn bound<F: Future>(&self, call: F) -> Result<F::Output, Halt> {
        match self.deadline {
            Some(deadline) => {
                tokio::time::timeout_at(deadline, call).await.map_err(|_| Halt::Deadline)
            }
            None => Ok(call.await),
        }
    }
}

/// Repeats a read-only call until it succeeds, is rejected, or attempts run out.
pub(crate) async fn read<T, E, F, Fut>(
    operation: &'static str,
    table: &str,
    retry: &RetryOptions,
    call: F,
) -> Result<T, ServiceError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
{
    let mut failed = 0;
    loop {
        let (error, stopped) = match call().await {
            Ok(answer) => return Ok(answer),
            Err(error) => {
                (ServiceError::from_sdk(operation, table, &error), http::is_stopped(&error))
            }
        };
        failed += 1;
        if stopped || !error.kind.is_transient() || failed >= retry.max_attempts {
            return Err(error);
        }
        tokio::time::sleep(retry.delay(failed)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap() {
        let retry = RetryOptions::default();
        let spans: Vec<u128> = (1..=9).map(|n| retry.span(n).as_millis()).collect();
        assert_eq!(spans, [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(retry.span(u32::MAX), retry.max_delay);
    }

    #[test]
    fn jitter_spreads_over_the_whole_span_and_never_is_zero() {
        let retry = RetryOptions::default();
        let delays: Vec<Duration> = (0..2000).map(|_| retry.delay(5)).collect();
        assert!(delays.iter().all(|d| *d >= Duration::from_millis(1) && *d <= retry.span(5)));
        assert!(delays.iter().any(|d| *d < retry.span(5) / 5));
        assert!(delays.iter().any(|d| *d > retry.span(5) * 4 / 5));
    }

    #[tokio::test]
    async fn a_wait_that_outlasts_the_deadline_is_not_begun() {
        let stop = Stop::at(Instant::now() + Duration::from_millis(200));
        let begun = Instant::now();
        assert_eq!(stop.pause(Duration::from_secs(60)).await, Err(Halt::Deadline));
        assert!(begun.elapsed() < Duration::from_millis(150));
        assert_eq!(stop.pause(Duration::from_millis(1)).await, Ok(()));
    }

    #[tokio::test]
    async fn cancelling_ends_a_wait_but_not_a_call() {
        let stop = Stop::default();
        let cancel = stop.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            cancel.cancel();
        });
        let call = async {
            tokio::time::sleep(Duration::from_millis(60)).await;
            "answer"
        };
        let (pause, answer) = tokio::join!(stop.pause(Duration::from_secs(60)), stop.bound(call));
        assert_eq!((pause, answer), (Err(Halt::Cancelled), Ok("answer")));
        assert_eq!(stop.check(), Err(Halt::Cancelled));
    }
}
