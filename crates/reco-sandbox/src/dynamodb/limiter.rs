//! Write capacity as a token bucket in WCU, one bucket per table and global secondary index.
//!
//! AWS banks up to 300 seconds of unused capacity; the sandbox banks little by default so that
//! throttling shows within seconds.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use parking_lot::Mutex;

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

    /// Returns this limit, or that of a described capacity if it is smaller.
    fn at_most(self, described: Option<f64>) -> Self {
        WriteCapacity { wcu: described.map_or(self.wcu, |wcu| wcu.min(self.wcu)), ..self }
    }
}

/// A table, or a global secondary index of it, with write capacity of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource {
    /// Name of the table.
    pub table: String,
    /// Name of the index.
    pub index: Option<String>,
}

impl Resource {
    /// Returns a table.
    #[must_use]
    pub fn table(name: &str) -> Self {
        Resource { table: name.to_owned(), index: None }
    }

    /// Returns an index of a table.
    #[must_use]
    pub fn index(table: &str, index: &str) -> Self {
        Resource { table: table.to_owned(), index: Some(index.to_owned()) }
    }
}

/// Cost of one write on a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// Table or index.
    pub resource: Resource,
    /// Write capacity units.
    pub units: f64,
    /// Units per second that the resource is described with; `None` without any.
    pub described: Option<f64>,
}

/// The buckets of all tables and indexes.
#[derive(Debug)]
pub struct WriteLimiter {
    capacity: WriteCapacity,
    buckets: Mutex<HashMap<Resource, CapacityBucket>>,
}

#[derive(Debug, Clone, Copy)]
struct CapacityBucket {
    capacity: WriteCapacity,
    tokens: f64,
    refilled: Instant,
}

impl WriteLimiter {
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

    /// Takes the cost of one write from the buckets of the table and its indexes; takes nothing and
    /// returns those without enough if there are any.
    ///
    /// AWS: "a write to the base table is throttled if a global secondary index has not enough
    /// capacity for it".
    ///
    /// An item that costs more than a full bucket passes when the bucket is full and leaves it in
    /// debt; otherwise it could never be written.
    pub fn take(&self, costs: &[Cost], now: Instant) -> Result<(), Vec<Resource>> {
        let mut buckets = self.buckets.lock();
        let mut lacking = Vec::new();
        for Cost { resource, units, described } in costs {
            let bucket = self.refill(&mut buckets, resource, *described, now);
            // Refills in floating point may stop a hair short of a whole unit.
            if bucket.tokens + 1e-9 < units.min(bucket.capacity.bank()) {
                lacking.push(resource.clone());
            }
        }
        if !lacking.is_empty() {
            return Err(lacking);
        }
        for Cost { resource, units, .. } in costs {
            if let Some(bucket) = buckets.get_mut(resource) {
                bucket.tokens -= units;
            }
        }
        Ok(())
    }

    /// Corrects earlier [`take`](Self::take)s once the engine has reported the actual cost: a
    /// positive number charges more (the old item was larger), a negative one refunds.
    pub fn settle(&self, extra: &BTreeMap<Resource, f64>, now: Instant) {
        let mut buckets = self.buckets.lock();
        for (resource, extra) in extra {
            // One that nothing was taken from is not limited.
            if let Some(bucket) = buckets.get_mut(resource) {
                bucket.refill(now);
                bucket.tokens = (bucket.tokens - extra).min(bucket.capacity.bank());
            }
        }
    }

    fn refill<'a>(
        &self,
        buckets: &'a mut HashMap<Resource, CapacityBucket>,
        resource: &Resource,
        described: Option<f64>,
        now: Instant,
    ) -> &'a mut CapacityBucket {
        let capacity = self.capacity.at_most(described);
        let full = CapacityBucket { capacity, tokens: capacity.bank(), refilled: now };
        let bucket = buckets.entry(resource.clone()).or_insert(full);
        bucket.capacity = capacity;
        bucket.refill(now);
        bucket
    }
}

impl CapacityBucket {
    fn refill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.refilled).as_secs_f64();
        self.tokens = (self.tokens + elapsed * self.capacity.wcu).min(self.capacity.bank());
        self.refilled = self.refilled.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    impl WriteLimiter {
        fn takes(&self, table: &str, units: f64, now: Instant) -> bool {
            let cost = Cost { resource: Resource::table(table), units, described: None };
            self.take(&[cost], now).is_ok()
        }

        fn corrects(&self, table: &str, extra: f64, now: Instant) {
            self.settle(&[(Resource::table(table), extra)].into(), now);
        }
    }

    #[test]
    fn a_write_passes_only_if_the_table_and_its_indexes_have_enough() {
        let limiter = WriteLimiter::new(WriteCapacity::per_second(10.0));
        let now = Instant::now();
        let cost = |index: Option<&str>, described| Cost {
            resource: Resource { table: "t".to_owned(), index: index.map(str::to_owned) },
            units: 1.0,
            described,
        };
        let write = [cost(None, Some(1_000.0)), cost(Some("by-time"), Some(2.0))];
        let passed = (0..50).filter(|_| limiter.take(&write, now).is_ok()).count();
        assert_eq!(passed, 2);
        let index = Resource::index("t", "by-time");
        assert_eq!(limiter.take(&write, now), Err(vec![index.clone()]));
        // What an index turns away costs the table nothing, and a write without the key passes.
        let passed = (0..50).filter(|_| limiter.take(&write[..1], now).is_ok()).count();
        assert_eq!(passed, 8, "the smaller of both limits, less the two writes");
        assert_eq!(limiter.take(&write, now), Err(vec![Resource::table("t"), index.clone()]));
        limiter.settle(&[(index, -1.0)].into(), now);
        let later = now + Duration::from_millis(100);
        assert!(limiter.take(&write, later).is_ok(), "refunded, and refilled");
    }

    #[test]
    fn a_full_bucket_passes_its_burst_and_no_more() {
        let limiter = WriteLimiter::new(WriteCapacity { wcu: 5.0, burst_seconds: 2.0 });
        let now = Instant::now();
        let passed = (0..50).filter(|_| limiter.takes("t", 1.0, now)).count();
        assert_eq!(passed, 10);
        assert!(limiter.takes("other", 1.0, now), "tables do not share");
    }

    #[test]
    fn the_rate_is_held_over_ten_seconds() {
        let limiter = WriteLimiter::new(WriteCapacity::per_second(7.0));
        let start = Instant::now();
        let passed = (0..10_000)
            .filter(|ms| limiter.takes("t", 1.0, start + Duration::from_millis(*ms)))
            .count();
        assert!((76..=77).contains(&passed), "{passed}");
    }

    #[test]
    fn an_item_above_the_bank_passes_and_is_paid_off() {
        let limiter = WriteLimiter::new(WriteCapacity::per_second(2.0));
        let start = Instant::now();
        assert!(limiter.takes("t", 10.0, start));
        assert!(!limiter.takes("t", 1.0, start + Duration::from_secs(4)));
        assert!(limiter.takes("t", 1.0, start + Duration::from_millis(4_600)));
    }

    #[test]
    fn settling_charges_and_refunds_within_the_bank() {
        let limiter = WriteLimiter::new(WriteCapacity::per_second(4.0));
        let now = Instant::now();
        assert!(limiter.takes("t", 1.0, now));
        limiter.corrects("t", 3.0, now);
        assert!(!limiter.takes("t", 1.0, now));
        limiter.corrects("t", -100.0, now);
        let passed = (0..50).filter(|_| limiter.takes("t", 1.0, now)).count();
        assert_eq!(passed, 4);
    }
}
