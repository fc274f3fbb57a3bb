//! Sliding windows: number of messages sent in the last second and in the last 10.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::Instant;

/// Windows that enforce a rate.
#[derive(Debug)]
pub(super) struct Windows {
    second: Window,
    ten_seconds: Window,
}

#[derive(Debug)]
struct Window {
    length: Duration,
    most: u64,
    log: VecDeque<(Instant, u32)>,
    sum: u64,
}

impl Windows {
    /// Creates the windows for `rate` messages per second in batches of up to `batch`.
    pub(super) fn new(rate: f64, batch: NonZeroU32) -> Self {
        let batch = f64::from(batch.get());
        // A send arrives later than it starts. The margin for that is half the time between two
        // batches, at most 50 ms: more would slow down an evenly kept rate.
        let margin = Duration::from_secs_f64((batch / rate / 2.0).min(0.05));
        Windows {
            second: Window::new(Duration::from_secs(1) + margin, rate + batch),
            ten_seconds: Window::new(Duration::from_secs(10), 10.0 * rate + batch.max(rate * 0.2)),
        }
    }

    /// Records that `messages` are sent now, or returns when to ask again.
    pub(super) fn admit(&mut self, now: Instant, messages: u32) -> Result<(), Instant> {
        self.second.room(now, messages)?;
        self.ten_seconds.room(now, messages)?;
        self.second.note(now, messages);
        self.ten_seconds.note(now, messages);
        Ok(())
    }
}

impl Window {
    fn new(length: Duration, most: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "rates are far below the end of an integer"
        )]
        let most = most as u64;
        Window { length, most, log: VecDeque::new(), sum: 0 }
    }

    fn room(&mut self, now: Instant, messages: u32) -> Result<(), Instant> {
        while let Some((at, gone)) = self.log.front().copied() {
            if now.duration_since(at) < self.length {
                break;
            }
            self.log.pop_front();
            self.sum -= u64::from(gone);
        }
        match self.log.front() {
            Some((oldest, _)) if self.sum + u64::from(messages) > self.most => {
                Err(*oldest + self.length)
            }
            _ => Ok(()),
        }
    }

    fn note(&mut self, now: Instant, messages: u32) {
        self.log.push_back((now, messages));
        self.sum += u64::from(messages);
    }
}
