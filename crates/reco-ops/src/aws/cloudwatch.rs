//! CloudWatch: metric series.

use std::collections::{BTreeMap, HashMap};

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::Builder;
use aws_sdk_cloudwatch::primitives::DateTime;
pub use aws_sdk_cloudwatch::types::Statistic;
use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, ScanBy, StatusCode,
};

use super::{explain, retry_partition};
use crate::error::{Error, Result};

/// AWS: `GetMetricData` takes 500 queries per call.
const QUERIES: usize = 500;
/// AWS: `GetMetricData` returns 100,800 points per call.
const POINTS: usize = 100_800;
/// Maximum pages per answer; each call asks only for what fits into one page.
const PAGES: usize = 100;
/// Upper bound of plausible samples: larger values are discarded.
const ABSURD: f64 = 1e15;
/// Maximum characters kept of CloudWatch's message about a series.
const SAID: usize = 300;
/// Number of attempts for a series that CloudWatch failed to compute.
const ATTEMPTS: u32 = 3;

/// Query for one series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesQuery {
    /// CloudWatch namespace, e.g. `AWS/DynamoDB`.
    pub namespace: &'static str,
    /// CloudWatch metric name.
    pub metric: &'static str,
    /// Name and value of each dimension; must be all that the metric has, or nothing is found.
    pub dimensions: Vec<(&'static str, String)>,
    /// Statistic that aggregates samples into points.
    pub statistic: Statistic,
}

/// Time range from `start` up to but excluding `end`, one point per `period`; in epoch seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Start of the first period.
    pub start: i64,
    /// End of the last period, exclusive.
    pub end: i64,
    /// Length of a period, in seconds.
    pub period: i32,
}

impl Span {
    /// Returns the number of periods in the range.
    pub fn periods(&self) -> usize {
        usize::try_from((self.end - self.start) / i64::from(self.period)).unwrap_or(0)
    }
}

/// Points of one series. A period without data is absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// Points by the start of their period, in epoch seconds.
    pub points: BTreeMap<i64, f64>,
    /// Reason why points that CloudWatch has may be missing.
    pub incomplete: Option<String>,
}

/// CloudWatch client.
#[derive(Debug, Clone)]
pub struct Cloudwatch {
    client: Client,
}

impl Cloudwatch {
    /// Creates a client with its own retry settings.
    pub fn new(sdk: &SdkConfig) -> Self {
        let config =
            Builder::from(sdk).retry_partition(retry_partition("recoctl-cloudwatch")).build();
        Cloudwatch { client: Client::from_conf(config) }
    }

    /// Reads series; the result is in the order of the queries.
    ///
    /// # Errors
    /// Fails if a call to CloudWatch fails.
    pub async fn read(&self, queries: &[SeriesQuery], span: &Span) -> Result<Vec<Series>> {
        let mut all = vec![Series::default(); queries.len()];
        let numbers: Vec<usize> = (0..queries.len()).collect();
        for chunk in numbers.chunks(chunk_size(span.periods())) {
            let mut pending = chunk.to_vec();
            for attempt in 1..=ATTEMPTS {
                self.fill(queries, &pending, span, &mut all).await?;
                pending.retain(|number| all[*number].incomplete.is_some());
                if pending.is_empty() {
                    break;
                }
                tracing::debug!(attempt, series = pending.len(), "series came back incomplete");
            }
        }
        Ok(all)
    }

    /// Sends the numbered queries and follows the pages.
    async fn fill(
        &self,
        queries: &[SeriesQuery],
        numbers: &[usize],
        span: &Span,
        all: &mut [Series],
    ) -> Result<()> {
        let data: Vec<MetricDataQuery> =
            numbers.iter().map(|number| data_query(*number, &queries[*number], span)).collect();
        let ids: HashMap<String, usize> = numbers.iter().map(|n| (id(*n), *n)).collect();
        let mut token = None;
        for _ in 0..PAGES {
            let page = self
                .client
                .get_metric_data()
                .set_metric_data_queries(Some(data.clone()))
                .start_time(DateTime::from_secs(span.start))
                .end_time(DateTime::from_secs(span.end))
                .scan_by(ScanBy::TimestampAscending)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| explain("cannot read metrics from CloudWatch", &error))?;
            for result in page.metric_data_results() {
                if let Some(number) = result.id().and_then(|id| ids.get(id)) {
                    take(result, span, &mut all[*number]);
                }
            }
            token = page.next_token;
            if token.is_none() {
                return Ok(());
            }
        }
        Err(Error::service("cannot read metrics from CloudWatch")
            .cause(format!("the response does not end: more than {PAGES} pages"))
            .hint("check --endpoint-url: this is not CloudWatch"))
    }
}

fn chunk_size(periods: usize) -> usize {
    (POINTS / periods.max(1)).clamp(1, QUERIES)
}

fn id(number: usize) -> String {
    format!("m{number}")
}

fn data_query(number: usize, query: &SeriesQuery, span: &Span) -> MetricDataQuery {
    let dimensions = query
        .dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(*name).value(value).build())
        .collect();
    let metric = Metric::builder()
        .namespace(query.namespace)
        .metric_name(query.metric)
        .set_dimensions(Some(dimensions))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(span.period)
        .stat(query.statistic.as_str())
        .build();
    MetricDataQuery::builder().id(id(number)).metric_stat(stat).build()
}

/// Adds a page's points. The last page that names a series says whether it is complete:
/// `PartialData` on an earlier one only means that more follows. Implausible values and points
/// outside the range are dropped, so that they count as unknown and not as zero.
fn take(result: &MetricDataResult, span: &Span, series: &mut Series) {
    let times = result.timestamps().iter().map(DateTime::secs);
    let points = times.zip(result.values().iter().copied());
    let can_be = |(time, value): &(i64, f64)| {
        (span.start..span.end).contains(time) && (0.0..ABSURD).contains(value)
    };
    series.points.extend(points.filter(can_be));
    series.incomplete = match result.status_code() {
        None | Some(StatusCode::Complete) => None,
        Some(status) => {
            let words = result.messages().iter().filter_map(|message| message.value());
            let words: Vec<&str> = std::iter::once(status.as_str()).chain(words).collect();
            Some(reco_core::clip::clip(&words.join(": "), SAID).into_owned())
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span { start: 0, end: 600, period: 60 };

    fn page(status: StatusCode, points: &[(i64, f64)]) -> MetricDataResult {
        MetricDataResult::builder()
            .id("m0")
            .status_code(status)
            .set_timestamps(Some(points.iter().map(|(t, _)| DateTime::from_secs(*t)).collect()))
            .set_values(Some(points.iter().map(|(_, value)| *value).collect()))
            .build()
    }

    #[test]
    fn a_series_is_as_complete_as_its_last_page() {
        let mut series = Series::default();
        take(&page(StatusCode::PartialData, &[(60, 1.0)]), &SPAN, &mut series);
        assert_eq!(series.incomplete.as_deref(), Some("PartialData"));
        take(&page(StatusCode::Complete, &[(120, 2.0)]), &SPAN, &mut series);
        let points = BTreeMap::from([(60, 1.0), (120, 2.0)]);
        assert_eq!(series, Series { points, incomplete: None });
        take(&page(StatusCode::InternalError, &[]), &SPAN, &mut series);
        assert_eq!(series.incomplete.as_deref(), Some("InternalError"));
    }

    #[test]
    fn numbers_that_cannot_be_are_left_out() {
        let mut series = Series::default();
        let absurd = [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, f64::MAX];
        let points: Vec<(i64, f64)> = (0..).map(|n| n * 60).zip(absurd).collect();
        take(&page(StatusCode::Complete, &points), &SPAN, &mut series);
        take(
            &page(StatusCode::Complete, &[(-60, 1.0), (600, 1.0), (i64::MAX / 2, 1.0)]),
            &SPAN,
            &mut series,
        );
        assert_eq!(series.points, BTreeMap::new());
        take(&page(StatusCode::Complete, &[(0, 0.0), (60, 1e9)]), &SPAN, &mut series);
        assert_eq!(series.points, BTreeMap::from([(0, 0.0), (60, 1e9)]));
    }

    #[test]
    fn calls_stay_within_both_limits() {
        assert_eq!(chunk_size(60), 500);
        assert_eq!(chunk_size(21_600), 4);
        assert_eq!(chunk_size(0), 500);
    }
}
