//! `--max-throttles`: throttled writes of the table and throttled invocations of the function.

use std::time::Duration;

use super::{Verdict, Watch};
use crate::aws::{Cloudwatch, Series, SeriesQuery, Span};
use crate::error::{Error, Result};
use crate::journal::now_ms;
use crate::metrics::plan::{Measure, MetricsPlan, Subject};
use crate::rate::{Gate, Guard};
use reco_core::human::count;

/// Period of the metrics, in seconds.
const MINUTE: i64 = 60;

/// Complete minutes that are read. CloudWatch often delivers the newest a minute late, and missing
/// data may mean that it is still to come, so the minute before counts as well.
const MINUTES: i64 = 2;

/// Watches the throttles per minute.
#[derive(Debug)]
pub struct Throttles {
    cloudwatch: Cloudwatch,
    watched: Vec<Watched>,
    most: u64,
}

/// Metrics whose throttles are summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// Name for messages, e.g. `writes of table recs`.
    pub name: String,
    queries: Vec<SeriesQuery>,
}

impl Watched {
    /// Returns the throttle metrics of the plans. A table is summed with its indexes, which
    /// CloudWatch counts separately.
    #[must_use]
    pub fn of(plans: &[MetricsPlan]) -> Vec<Self> {
        let queries = |plan: &MetricsPlan| -> Vec<SeriesQuery> {
            let throttles = |measure| matches!(measure, Measure::Throttled | Measure::Throttles);
            let pairs = plan.measures().iter().zip(plan.queries());
            pairs.filter(|(measure, _)| throttles(**measure)).map(|(_, query)| query).collect()
        };
        let mut all: Vec<Watched> = Vec::new();
        for plan in plans {
            let name = match plan.subject {
                Subject::Table => format!("writes of table {}", plan.name),
                Subject::Function => format!("invocations of function {}", plan.name),
                Subject::Index => {
                    if let Some(table) = all.last_mut() {
                        table.queries.extend(queries(plan));
                    }
                    continue;
                }
                Subject::Queue | Subject::Dlq => continue,
            };
            all.push(Watched { name, queries: queries(plan) });
        }
        all
    }
}

impl Throttles {
    /// Returns a guard that pauses while any of `watched` has more than `most` throttles per
    /// minute.
    #[must_use]
    pub fn new(cloudwatch: Cloudwatch, watched: Vec<Watched>, most: u64) -> Self {
        Throttles { cloudwatch, watched, most }
    }
}

impl Watch for Throttles {
    const GUARD: Guard = Guard::MaxThrottles;
    const WHAT: &'static str = "throttles in CloudWatch";
    const EVERY: Duration = Duration::from_secs(15);

    async fn look(&mut self, _: &Gate) -> Result<Verdict> {
        let queries: Vec<SeriesQuery> =
            self.watched.iter().flat_map(|watched| watched.queries.iter().cloned()).collect();
        let series = self.cloudwatch.read(&queries, &last_minutes(now_ms() / 1_000)).await?;
        let mut series = series.into_iter();
        let mut counts = Vec::with_capacity(self.watched.len());
        for watched in &self.watched {
            let of: Vec<Series> = series.by_ref().take(watched.queries.len()).collect();
            if let Some(why) = of.iter().find_map(|series| series.incomplete.as_ref()) {
                let name = &watched.name;
                return Err(Error::service(format!("throttled {name} are incomplete: {why}")));
            }
            counts.push((watched.name.as_str(), worst_minute(&of)));
        }
        Ok(verdict(&counts, self.most))
    }
}

/// Returns the last complete minutes before `now`, in epoch seconds.
fn last_minutes(now: i64) -> Span {
    let end = now - now.rem_euclid(MINUTE);
    Span { start: end - MINUTES * MINUTE, end, period: 60 }
}

/// Returns the highest per-minute sum of all series; missing data counts as no throttles.
fn worst_minute(series: &[Series]) -> u64 {
    let starts: std::collections::BTreeSet<i64> =
        series.iter().flat_map(|series| series.points.keys().copied()).collect();
    let sum = |start: &i64| -> f64 {
        series.iter().filter_map(|series| series.points.get(start)).sum::<f64>()
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count; a cast to integer saturates"
    )]
    starts.iter().map(|start| sum(start) as u64).max().unwrap_or(0)
}

fn verdict(counts: &[(&str, u64)], most: u64) -> Verdict {
    let too_many = counts.iter().filter(|(_, throttles)| *throttles > most);
    let too_many: Vec<String> = too_many
        .map(|(name, throttles)| format!("{} {name} were throttled", count(*throttles)))
        .collect();
    if too_many.is_empty() {
        return Verdict::Go;
    }
    let (what, most) = (too_many.join(" and "), count(most));
    Verdict::Pause(format!("{what} in a minute, more than {most}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[(i64, f64)]) -> Series {
        Series { points: points.iter().copied().collect(), incomplete: None }
    }

    #[test]
    fn the_last_complete_minutes_are_looked_at() {
        assert_eq!(last_minutes(179), Span { start: 0, end: 120, period: 60 });
        assert_eq!(last_minutes(180), Span { start: 60, end: 180, period: 60 });
    }

    #[test]
    fn a_table_counts_with_its_indexes_minute_by_minute() {
        assert_eq!(worst_minute(&[]), 0);
        let (table, index) = (series(&[(0, 5.0), (60, 1.0)]), series(&[(60, 3.0)]));
        assert_eq!(worst_minute(&[table, index]), 5);
        let plans = [
            MetricsPlan::table("recs"),
            MetricsPlan::index("recs", "by-day"),
            MetricsPlan::function("recs-writer"),
        ];
        let watched = Watched::of(&plans);
        let sizes: Vec<(&str, usize)> =
            watched.iter().map(|watched| (watched.name.as_str(), watched.queries.len())).collect();
        let expected = [("writes of table recs", 2), ("invocations of function recs-writer", 1)];
        assert_eq!(sizes, expected);
    }

    #[test]
    fn only_more_than_the_limit_is_a_pause() {
        assert_eq!(verdict(&[("writes of table t", 7), ("invocations", 0)], 7), Verdict::Go);
        let Verdict::Pause(why) = verdict(&[("writes of table t", 8), ("invocations", 2)], 7)
        else {
            panic!("8 are more than 7")
        };
        assert_eq!(why, "8 writes of table t were throttled in a minute, more than 7");
    }
}
