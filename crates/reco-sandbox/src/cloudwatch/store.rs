//! The store: one series per metric and set of dimensions, aggregated into buckets of time.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Standard resolution, in seconds.
pub const MINUTE: i64 = 60;
/// CloudWatch keeps one-minute data for 15 days.
const RETENTION_S: i64 = 15 * 24 * 3_600;

/// A dimension as the API carries it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension {
    /// Name, such as `TableName`.
    pub name: String,
    /// Value, such as the table's name.
    pub value: String,
}

/// Identity of a series. Dimensions are sorted, because their order has no meaning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeriesKey {
    /// Namespace, such as `AWS/SQS`.
    pub namespace: String,
    /// Metric name.
    pub metric: String,
    /// Dimensions by name.
    pub dimensions: Vec<Dimension>,
}

impl SeriesKey {
    /// Returns the key of a metric with dimensions given as pairs.
    pub fn new(namespace: &str, metric: &str, dimensions: &[(&str, &str)]) -> Self {
        let dimension = |(name, value): &(&str, &str)| Dimension {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        };
        Self::of(namespace, metric, dimensions.iter().map(dimension).collect())
    }

    /// Returns the key of a metric with dimensions as the API carries them.
    pub fn of(namespace: &str, metric: &str, mut dimensions: Vec<Dimension>) -> Self {
        dimensions.sort();
        Self { namespace: namespace.to_owned(), metric: metric.to_owned(), dimensions }
    }
}

/// Aggregate of the samples in a span of time.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Number of samples.
    pub count: f64,
    /// Sum of the samples.
    pub sum: f64,
    /// Smallest sample; meaningless without samples.
    pub minimum: f64,
    /// Largest sample; meaningless without samples.
    pub maximum: f64,
    /// Number of samples by value, from which percentiles are computed.
    values: BTreeMap<Ordered, f64>,
    /// True if some samples are known only as a statistic set.
    has_sets: bool,
}

/// A float with a total order, usable as a key.
#[derive(Debug, Clone, Copy)]
struct Ordered(f64);

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Ordered {}
impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Summary {
    /// Returns a summary of samples of which only the statistics are known.
    pub fn of_set(count: f64, sum: f64, minimum: f64, maximum: f64) -> Self {
        let mut set = Self { count, sum, minimum, maximum, ..Self::default() };
        // AWS: percentiles need raw values, unless minimum and maximum are the same.
        if minimum == maximum {
            set.values.insert(Ordered(minimum), count);
        } else {
            set.has_sets = true;
        }
        set
    }

    fn of_value(value: f64, count: f64) -> Self {
        Self::of_set(count, value * count, value, value)
    }

    /// Adds the samples of another span.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0.0 {
            return;
        }
        if self.count == 0.0 {
            *self = other.clone();
            return;
        }
        self.count += other.count;
        self.sum += other.sum;
        self.minimum = self.minimum.min(other.minimum);
        self.maximum = self.maximum.max(other.maximum);
        self.has_sets |= other.has_sets;
        for (value, count) in &other.values {
            *self.values.entry(*value).or_default() += count;
        }
    }

    /// Returns the value below which `percent` per cent of the samples lie (nearest rank), if
    /// known.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        if self.has_sets {
            return None;
        }
        let rank = self.count * percent / 100.0;
        let mut seen = 0.0;
        for (value, count) in &self.values {
            seen += count;
            if seen >= rank {
                return Some(value.0);
            }
        }
        self.values.keys().next_back().map(|value| value.0)
    }
}

type Buckets = BTreeMap<i64, Summary>;

#[derive(Debug, Default)]
pub struct Store {
    series: BTreeMap<SeriesKey, Buckets>,
}

impl Store {
    /// Adds `count` samples of `value` to the bucket of `resolution` seconds that holds `timestamp`.
    pub fn add(&mut self, key: SeriesKey, resolution: i64, timestamp: i64, value: f64, count: f64) {
        self.add_summary(key, resolution, timestamp, &Summary::of_value(value, count));
    }

    /// Adds a summary to the bucket of `resolution` seconds that holds `timestamp`.
    pub fn add_summary(
        &mut self,
        key: SeriesKey,
        resolution: i64,
        timestamp: i64,
        summary: &Summary,
    ) {
        let bucket = timestamp - timestamp.rem_euclid(resolution);
        let series = self.series.entry(key).or_default();
        series.entry(bucket).or_default().merge(summary);
        if let Some(newest) = series.keys().next_back().copied() {
            while let Some(oldest) = series.first_entry() {
                if *oldest.key() >= newest - RETENTION_S {
                    break;
                }
                oldest.remove();
            }
        }
    }

    /// Returns the samples of a series from `start` (inclusive) to `end` (exclusive), aggregated by
    /// period and keyed by the start of each period. Periods without samples are left out.
    pub fn periods(
        &self,
        key: &SeriesKey,
        start: i64,
        end: i64,
        period: i64,
    ) -> BTreeMap<i64, Summary> {
        let mut periods = BTreeMap::<i64, Summary>::new();
        let Some(series) = self.series.get(key).filter(|_| start < end) else {
            return periods;
        };
        for (time, summary) in series.range(start..end) {
            let begin = time - (time - start).rem_euclid(period);
            periods.entry(begin).or_default().merge(summary);
        }
        periods
    }

    /// Returns all keys with the time of their newest bucket.
    pub fn keys(&self) -> impl Iterator<Item = (&SeriesKey, i64)> {
        self.series.iter().filter_map(|(key, series)| Some((key, *series.keys().next_back()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_inclusive_at_the_start_and_exclusive_at_the_end() {
        let mut store = Store::default();
        let key = SeriesKey::new("n", "m", &[("b", "2"), ("a", "1")]);
        for (time, value) in [(0, 1.0), (59, 2.0), (60, 4.0), (119, 8.0), (120, 16.0)] {
            store.add(key.clone(), MINUTE, time, value, 1.0);
        }
        let same = SeriesKey::new("n", "m", &[("a", "1"), ("b", "2")]);
        let sums: Vec<_> = store
            .periods(&same, 0, 120, 60)
            .into_iter()
            .map(|(time, summary)| (time, summary.sum))
            .collect();
        assert_eq!(sums, [(0, 3.0), (60, 12.0)]);
        let two_minutes = store.periods(&same, 60, 180, 120);
        assert_eq!(two_minutes.len(), 1);
        assert_eq!(two_minutes[&60].sum, 28.0);
        assert_eq!(two_minutes[&60].minimum, 4.0);
    }

    #[test]
    fn percentiles_need_raw_values() {
        let mut summary = Summary::default();
        for value in 1..=100 {
            summary.merge(&Summary::of_value(f64::from(value), 1.0));
        }
        assert_eq!(summary.percentile(50.0), Some(50.0));
        assert_eq!(summary.percentile(99.0), Some(99.0));
        assert_eq!(summary.percentile(100.0), Some(100.0));
        summary.merge(&Summary::of_set(3.0, 9.0, 1.0, 5.0));
        assert_eq!(summary.percentile(50.0), None);
    }

    #[test]
    fn data_older_than_the_retention_is_dropped() {
        let mut store = Store::default();
        let key = SeriesKey::new("n", "m", &[]);
        store.add(key.clone(), MINUTE, 0, 1.0, 1.0);
        store.add(key.clone(), MINUTE, RETENTION_S + 60, 1.0, 1.0);
        assert_eq!(store.periods(&key, 0, RETENTION_S + 120, 60).len(), 1);
    }
}
