//! Statistics that a query or an alarm may ask for.

use super::error::CloudwatchError;
use super::store::Summary;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    Sum,
    Average,
    Minimum,
    Maximum,
    SampleCount,
    /// `pNN` or `pNN.N`.
    Percentile(f64),
}

impl Statistic {
    /// Parses the name of a statistic.
    ///
    /// # Errors
    /// A validation error for a name CloudWatch does not know, and for the trimmed statistics
    /// (`tm90`, `IQM`, ...), which the sandbox does not compute.
    pub fn parse(name: &str) -> Result<Self, CloudwatchError> {
        let percentile = || {
            let percent: f64 = name.strip_prefix('p')?.parse().ok()?;
            (0.0..=100.0).contains(&percent).then_some(Self::Percentile(percent))
        };
        match name {
            "Sum" => Ok(Self::Sum),
            "Average" => Ok(Self::Average),
            "Minimum" => Ok(Self::Minimum),
            "Maximum" => Ok(Self::Maximum),
            "SampleCount" => Ok(Self::SampleCount),
            _ => percentile().ok_or_else(|| {
                CloudwatchError::validation(format!(
                    "the statistic {name} is not one that the sandbox's CloudWatch computes: \
                     Sum, Average, Minimum, Maximum, SampleCount, p0 to p100"
                ))
            }),
        }
    }

    /// Returns the statistic of a period, or `None` when its samples do not determine it.
    pub fn of(self, summary: &Summary) -> Option<f64> {
        match self {
            Self::Sum => Some(summary.sum),
            Self::Average => Some(summary.sum / summary.count),
            Self::Minimum => Some(summary.minimum),
            Self::Maximum => Some(summary.maximum),
            Self::SampleCount => Some(summary.count),
            Self::Percentile(percent) => summary.percentile(percent),
        }
    }
}

/// Checks a period in seconds (AWS: 1, 5, 10, 20, 30 or a multiple of 60).
pub fn checked_period(period: i64) -> Result<i64, CloudwatchError> {
    if matches!(period, 1 | 5 | 10 | 20 | 30) || (period > 0 && period % 60 == 0) {
        return Ok(period);
    }
    Err(CloudwatchError::validation(format!(
        "Period must be 1, 5, 10, 20, 30 or a multiple of 60; it is {period}"
    )))
}
