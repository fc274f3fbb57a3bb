//! Report of CloudWatch data, row by row.

use serde::{Serialize, Serializer};

use super::plan::{Live, Measure, MeasureUnit, Subject};
use crate::aws::{Series, Span};

/// Report of everything that was read.
#[derive(Debug, Clone, Serialize)]
pub struct MetricsReport {
    /// Start of the first period, in epoch seconds.
    pub start: i64,
    /// End of the last period, in epoch seconds.
    pub end: i64,
    /// Length of a period, in seconds.
    pub period_s: i32,
    /// Findings, worst first.
    pub findings: Vec<Finding>,
    /// Table, indexes, function and queues, as far as configured.
    pub sections: Vec<Section>,
    /// Omitted sections, with the reason.
    pub left_out: Vec<String>,
}

/// Finding about one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Severity of the finding.
    pub level: Level,
    /// Kind of resource.
    pub subject: Subject,
    /// Name of the resource.
    pub name: String,
    /// Description of the finding.
    pub text: String,
    /// Recommended action, if any.
    pub advice: Option<String>,
}

/// Severity of a finding, from bad to good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Problem: work is lost or late.
    Bad,
    /// Warning that needs a look.
    Warn,
    /// Normal.
    Good,
}

/// Rows of one resource.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Kind of resource.
    pub subject: Subject,
    /// Name of the resource.
    pub name: String,
    /// Current counts, if the resource is a queue.
    pub live: Option<Live>,
    /// Rows, in display order.
    pub rows: Vec<MeasureRow>,
}

/// One measure over time.
#[derive(Debug, Clone, Serialize)]
pub struct MeasureRow {
    /// Measure shown in the row.
    pub measure: Measure,
    /// CloudWatch's name for the metric.
    pub metric: &'static str,
    /// Statistic of the points.
    pub statistic: String,
    /// Unit of the numbers.
    pub unit: MeasureUnit,
    /// Value in the section's latest period with any data.
    #[serde(serialize_with = "short")]
    pub last: Option<f64>,
    /// Largest value.
    #[serde(serialize_with = "short")]
    pub max: Option<f64>,
    /// Mean over the periods with data.
    #[serde(serialize_with = "short")]
    pub avg: Option<f64>,
    /// Sum, for units that add up.
    #[serde(serialize_with = "short")]
    pub total: Option<f64>,
    /// Reason why points that CloudWatch has may be missing.
    pub incomplete: Option<String>,
    /// Points, one per period.
    pub points: Vec<Point>,
}

/// Point of one period; `value` is `None` without data, which is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// Start of the period, in epoch seconds.
    pub time: i64,
    /// Value in the row's unit.
    #[serde(serialize_with = "short")]
    pub value: Option<f64>,
}

/// Serializes a value with at most six decimals, and whole numbers without a decimal point; more
/// would be rounding noise.
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

impl MeasureRow {
    /// Spreads a series over the periods.
    pub fn new(measure: Measure, series: &Series, span: &Span) -> Self {
        let (metric, statistic) = measure.metric();
        let unit = measure.unit();
        let period = f64::from(span.period);
        let scale = if unit == MeasureUnit::PerSecond { 1.0 / period } else { 1.0 };
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
            MeasureUnit::PerSecond => Some(sum * period),
            MeasureUnit::Count => Some(sum),
            MeasureUnit::Level | MeasureUnit::Milliseconds | MeasureUnit::Seconds => None,
        };
        MeasureRow {
            measure,
            metric,
            statistic: statistic.as_str().to_owned(),
            unit,
            last: None,
            max: values().reduce(f64::max),
            avg: (known > 0).then(|| sum / count(known)),
            total,
            incomplete: series.incomplete.clone(),
            points,
        }
    }

    /// Returns the values, one per period.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = Option<f64>> + '_ {
        self.points.iter().map(|point| point.value)
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn count(number: usize) -> f64 {
    number as f64
}

impl Section {
    /// Creates a section. The latest period is determined over all of its rows: a row of events has
    /// no data for periods without events, and its last event may be long ago.
    pub fn new(
        subject: Subject,
        name: String,
        live: Option<Live>,
        mut rows: Vec<MeasureRow>,
    ) -> Self {
        let known = |row: &MeasureRow| row.points.iter().rposition(|point| point.value.is_some());
        if let Some(latest) = rows.iter().filter_map(known).max() {
            for row in &mut rows {
                row.last = match row.measure {
                    // Reported every five minutes; in between, the last value holds.
                    Measure::ProvisionedWcu => row.values().flatten().last(),
                    _ => row.points.get(latest).and_then(|point| point.value),
                };
            }
        }
        Section { subject, name, live, rows }
    }

    /// Returns the row of a measure.
    pub fn row(&self, measure: Measure) -> Option<&MeasureRow> {
        self.rows.iter().find(|row| row.measure == measure)
    }

    /// Returns whether CloudWatch has any data for the section.
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
        let row =
            MeasureRow::new(Measure::ConsumedWcu, &Series { points, incomplete: None }, &span);
        let values: Vec<Option<f64>> = row.values().collect();
        assert_eq!(values, [Some(100.0), None, Some(50.0), None]);
        assert_eq!((row.max, row.avg, row.total), (Some(100.0), Some(75.0), Some(9000.0)));
    }

    #[test]
    fn last_is_the_latest_period_in_which_anything_is_known() {
        let span = Span { start: 0, end: 180, period: 60 };
        let row = |measure, points: &[(i64, f64)]| {
            let points = points.iter().copied().collect();
            MeasureRow::new(measure, &Series { points, incomplete: None }, &span)
        };
        let rows = vec![
            row(Measure::Invocations, &[(0, 5.0), (60, 7.0)]),
            row(Measure::Errors, &[(0, 2.0)]),
        ];
        let section = Section::new(Subject::Function, "f".to_owned(), None, rows);
        assert_eq!([section.rows[0].last, section.rows[1].last], [Some(7.0), None]);
    }
}
