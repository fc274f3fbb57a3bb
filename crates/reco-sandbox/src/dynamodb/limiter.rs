//! Write capacity as a token bucket in WCU, one bucket per table.
//!
//! AWS banks up to 300 seconds of unused capacity; the sandbox banks little by default so that
//! throttling shows within seconds.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Write limit of each table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WriteCapacity {
    /// Write capacity units refilled per second.
    pub wcu: f64,
    /// Seconds of unused capacity to keep. AWS keeps 300.
    pub burst_seconds: f64,
}

impl WriteCapacity {
    /// Returns a limit of `wcu` units per second with one second of burst.
    #[must_use]
    pub const fn per_second(wcu: f64) -> Self {
        Self { wcu, burst_seconds: 1.0 }
    }

    fn bank(self) -> f64 {
        (self.wcu * self.burst_seconds).max(1.0)
    }
}

/// The buckets of all tables.
#[derive(Debug)]
pub struct Limiter {
    capacity: WriteCapacity,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    refilled: Instant,
}

impl Limiter {
    /// Returns a limiter with full buckets.
    #[must_use]
    pub fn new(capacity: WriteCapacity) -> Self {
        Self { capacity, buckets: Mutex::default() }
    }

    /// The configured capacity.
    #[must_use]
    pub const fn capacity(&self) -> WriteCapacity {
        self.capacity
    }

    /// Takes `cost` WCU from the table's bucket; takes nothing and returns `false` if there is not
    /// enough.
    ///
    /// An item that costs more than a full bucket passes when the bucket is full and leaves it in
    /// debt; otherwise it could never be written.
    pub fn take(&self, table: &str, cost: f64, now: Instant) -> bool {
        let bank = self.capacity.bank();
        let mut buckets = self.lock();
        let bucket = self.refill(&mut buckets, table, now);
        // Refills in floating point may stop a hair short of a whole unit.
        let enough = bucket.tokens + 1e-9 >= cost.min(bank);
        if enough {
            bucket.tokens -= cost;
        }
        enough
    }

    /// Corrects an earlier [`take`](Self::take) once the engine has reported the actual cost: a
    /// positive `extra` charges more (the old item was larger), a negative one refunds.
    pub fn settle(&self, table: &str, extra: f64, now: Instant) {
        let bank = self.capacity.bank();
        let mut buckets = self.lock();
        let bucket = self.refill(&mut buckets, table, now);
        bucket.tokens = (bucket.tokens - extra).min(bank);
    }

    fn refill<'a>(
        &self,
        buckets: &'a mut HashMap<String, Bucket>,
        table: &str,
        now: Instant,
    ) -> &'a mut Bucket {
        let bank = self.capacity.bank();
        let bucket =
            buckets.entry(table.to_owned()).or_insert(Bucket { tokens: bank, refilled: now });
        let elapsed = now.saturating_duration_since(bucket.refilled).as_secs_f64();
        bucket.tokens = (bucket.tokens + elapsed * self.capacity.wcu).min(bank);
        bucket.refilled = bucket.refilled.max(now);
        bucket
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_full_bucket_passes_its_burst_and_no_more() {
        let limiter = Limiter::new(WriteCapacity { wcu: 5.0, burst_seconds: 2.0 });
        let now = Instant::now();
        let passed = (0..50).filter(|_| limiter.take("t", 1.0, now)).count();
        assert_eq!(passed, 10);
        assert!(limiter.take("other", 1.0, now), "tables do not share");
    }

    #[test]
    fn the_rate_is_held_over_ten_seconds() {
        let limiter = Limiter::new(WriteCapacity::per_second(7.0));
        let start = Instant::now();
        let passed = (0..10_000)
            .filter(|ms| limiter.take("t", 1.0, start + Duration::from_millis(*ms)))
            .count();
        assert!((76..=77).contains(&passed), "{passed}");
    }

    #[test]
    fn an_item_above_the_bank_passes_and_is_paid_off() {
        let limiter = Limiter::new(WriteCapacity::per_second(2.0));
        let start = Instant::now();
        assert!(limiter.take("t", 10.0, start));
        assert!(!limiter.take("t", 1.0, start + Duration::from_secs(4)));
        assert!(limiter.take("t", 1.0, start + Duration::from_millis(4_600)));
    }

    #[test]
    fn settling_charges_and_refunds_within_the_bank() {
        let limiter = Limiter::new(WriteCapacity::per_second(4.0));
        let now = Instant::now();
        assert!(limiter.take("t", 1.0, now));
        limiter.settle("t", 3.0, now);
        assert!(!limiter.take("t", 1.0, now));
        limiter.settle("t", -100.0, now);
        let passed = (0..50).filter(|_| limiter.take("t", 1.0, now)).count();
        assert_eq!(passed, 4);
    }
}
