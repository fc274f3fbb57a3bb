//! CloudWatch data, row by row.

use serde::{Serialize, Serializer};

use super::plan::{Live, Measure, Subject, Unit};
use crate::aws::{Series, Span};

/// Everything that was read.
#[derive(Debug, Clone, Serialize)]
pub struct MetricsReport {
    /// The beginning of the first period, in epoch seconds.
    pub start: i64,
    /// The end of the last period, in epoch seconds.
    pub end: i64,
    /// The length of a period, in seconds.
    pub period_s: i32,
    /// Findings, worst first.
    pub findings: Vec<Finding>,
    /// Table, indexes, function and queues, as far as they are configured.
    pub sections: Vec<Section>,
    /// Omitted sections, with the reason.
    pub left_out: Vec<String>,
}

/// Something worth knowing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Severity.
    pub level: Level,
    /// Subject.
    pub subject: Subject,
    /// The name of what it is about.
    pub name: String,
    /// Description.
    pub text: String,
    /// Recommended action.
    pub advice: Option<String>,
}

/// Severity of a finding, from bad to good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Wrong: work is lost or late.
    Bad,
    /// Needs a look.
    Warn,
    /// As it should be.
    Good,
}

/// Rows about one thing.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Subject.
    pub subject: Subject,
    /// Its name.
    pub name: String,
    /// Current counts of the queue.
    pub live: Option<Live>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// One measure over time.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Measure.
    pub measure: Measure,
    /// CloudWatch's name for the metric.
    pub metric: &'static str,
    /// Statistic of the points.
    pub statistic: &'static str,
    /// Unit of the numbers.
    pub unit: Unit,
    /// The value of the section's latest period with any data.
    #[serde(serialize_with = "short")]
    pub last: Option<f64>,
    /// The largest.
    #[serde(serialize_with = "short")]
    pub max: Option<f64>,
    /// The mean over the periods with data.
    #[serde(serialize_with = "short")]
    pub avg: Option<f64>,
    /// The sum, where a sum means something.
    #[serde(serialize_with = "short")]
    pub total: Option<f64>,
    /// Reason why points may be missing that CloudWatch has.
    pub incomplete: Option<String>,
    /// A point a period.
    pub points: Vec<Point>,
}

/// One period; `value` is `None` where CloudWatch has no data, which is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// The beginning of the period, in epoch seconds.
    pub time: i64,
    /// Its value.
    #[serde(serialize_with = "short")]
    pub value: Option<f64>,
}

/// Millionths at most, and whole numbers without a decimal point: what lies beyond is rounding noise.
fn short<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value.map(|value| (value * 1e6).round() / 1e6) {
        None => serializer.serialize_none(),
        Some(value) if value.fract() == 0.0 && value.abs() < 9e15 => {
            serializer.serialize_i64(whole(value))
        }
        Some(value) => serializer.serialize_f64(value),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked by the caller to be whole and small")]
fn whole(value: f64) -> i64 {
    value as i64
}

impl Row {
    /// Lays a series out over the periods.
    pub fn new(measure: Measure, series: &Series, span: &Span) -> Self {
        let (metric, statistic) = measure.metric();
        let unit = measure.unit();
        let period = f64::from(span.period);
        let scale = if unit == Unit::PerSecond { 1.0 / period } else { 1.0 };
        let times = (span.start..span.end).step_by(usize::try_from(span.period).unwrap_or(60));
        let points: Vec<Point> = times
            .map(|time| {
                let value = series.points.get(&time).map(|value| value * scale);
                Point { time, value }
            })
            .collect();
        let values = || points.iter().filter_map(|point| point.value);
        let known = values().count();
        let sum: f64 = values().sum();
        let total = match unit {
            _ if known == 0 => None,
            Unit::PerSecond => Some(sum * period),
            Unit::Count => Some(sum),
            Unit::Level | Unit::Milliseconds | Unit::Seconds => None,
        };
        Row {
            measure,
            metric,
            statistic: statistic.name(),
            unit,
            last: None,
            max: values().reduce(f64::max),
            avg: (known > 0).then(|| sum / count(known)),
            total,
            incomplete: series.incomplete.clone(),
            points,
        }
    }

    /// The values, a period each.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = Option<f64>> + '_ {
        self.points.iter().map(|point| point.value)
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

impl Section {
    /// A section. Which period is the latest is decided over all of its rows: a row of events has
    /// no data where nothing happened, and its last event may be long ago.
    pub fn new(subject: Subject, name: String, live: Option<Live>, mut rows: Vec<Row>) -> Self {
        let known = |row: &Row| row.points.iter().rposition(|point| point.value.is_some());
        if let Some(latest) = rows.iter().filter_map(known).max() {
            for row in &mut rows {
                row.last = match row.measure {
                    // Reported every five minutes; in between, the last one holds.
                    Measure::ProvisionedWcu => row.values().flatten().last(),
                    _ => row.points.get(latest).and_then(|point| point.value),
                };
            }
        }
        Section { subject, name, live, rows }
    }

    /// The row of a measure.
    pub fn row(&self, measure: Measure) -> Option<&Row> {
        self.rows.iter().find(|row| row.measure == measure)
    }

    /// Returns whether CloudWatch has anything at all.
    pub fn has_data(&self) -> bool {
        self.rows.iter().any(|row| row.max.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_the_sum_by_the_periods_length_and_missing_is_not_zero() {
        let span = Span { start: 600, end: 840, period: 60 };
        let points = [(600, 6000.0), (720, 3000.0)].into_iter().collect();
        let row = Row::new(Measure::ConsumedWcu, &Series { points, incomplete: None }, &span);
        let values: Vec<Option<f64>> = row.values().collect();
        assert_eq!(values, [Some(100.0), None, Some(50.0), None]);
        assert_eq!((row.max, row.avg, row.total), (Some(100.0), Some(75.0), Some(9000.0)));
    }

    #[test]
    fn last_is_the_latest_period_in_which_anything_is_known() {
        let span = Span { start: 0, end: 180, period: 60 };
        let row = |measure, points: &[(i64, f64)]| {
            let points = points.iter().copied().collect();
            Row::new(measure, &Series { points, incomplete: None }, &span)
        };
        let rows = vec![
            row(Measure::Invocations, &[(0, 5.0), (60, 7.0)]),
            row(Measure::Errors, &[(0, 2.0)]),
        ];
        let section = Section::new(Subject::Function, "f".to_owned(), None, rows);
        assert_eq!([section.rows[0].last, section.rows[1].last], [Some(7.0), None]);
    }
}
