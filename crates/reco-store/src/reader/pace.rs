//! A budget of read capacity units per second.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Spreads calls so that consumption stays within the budget on average. The cost of a call is
/// known only from its response, so each call reserves one unit per key and is corrected
/// afterwards.
#[derive(Debug)]
pub(super) struct ReadPace {
    rate: Option<f64>,
    begun: Instant,
    /// Seconds from `begun` until all reservations are paid for.
    paid_s: Mutex<f64>,
}

/// Capacity reserved for a call, and the time to wait before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reserved {
    pub wait: Duration,
    rcu: f64,
}

impl ReadPace {
    pub fn new(rate: Option<f64>) -> Self {
        ReadPace { rate, begun: Instant::now(), paid_s: Mutex::new(0.0) }
    }

    /// Reserves capacity for a call with this number of keys.
    #[expect(clippy::cast_precision_loss, reason = "100 at most")]
    pub fn reserve(&self, keys: usize) -> Reserved {
        let rcu = keys as f64;
        let Some(rate) = self.rate else { return Reserved { wait: Duration::ZERO, rcu } };
        let now = self.begun.elapsed().as_secs_f64();
        let mut paid = self.paid_s.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = paid.max(now);
        *paid = begin + rcu / rate;
        let wait = Duration::try_from_secs_f64(begin - now).unwrap_or_default();
        Reserved { wait, rcu }
    }

    /// Corrects a reservation to the actual consumption.
    pub fn correct(&self, reserved: &Reserved, used: f64) {
        if let Some(rate) = self.rate {
            let mut paid = self.paid_s.lock().unwrap_or_else(PoisonError::into_inner);
            *paid += (used - reserved.rcu) / rate;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_wait_for_what_those_before_them_consumed() {
        let pace = ReadPace::new(Some(100.0));
        let first = pace.reserve(100);
        assert_eq!(first.wait, Duration::ZERO);
        // Large items that consume three times the reservation.
        pace.correct(&first, 300.0);
        let wait = pace.reserve(50).wait.as_secs_f64();
        assert!((2.5..=3.0).contains(&wait), "{wait}");
        let wait = pace.reserve(1).wait.as_secs_f64();
        assert!((3.0..=3.5).contains(&wait), "{wait}");
        assert_eq!(ReadPace::new(None).reserve(100).wait, Duration::ZERO);
    }
}
