//! Kit of the CloudWatch checks: a client, namespaces of their own, and queries.

use std::time::SystemTime;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::operation::get_metric_data::builders::GetMetricDataFluentBuilder;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::builders::MetricDatumBuilder;
use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDataResult, MetricDatum, MetricStat, ScanBy,
};

use super::super::check::sdk_config;
pub use super::super::check::{Failure, Outcome, holds, refused, same, unique};

pub const INVALID: &str = "InvalidParameterValueException";
pub const COMBINATION: &str = "InvalidParameterCombinationException";
/// AWS, common errors: the input fails to satisfy the constraints of the service.
pub const VALIDATION: &str = "ValidationError";

/// A client of the server under test.
#[derive(Clone)]
pub struct Kit {
    pub cloudwatch: Client,
    /// Start of a whole hour, one to two hours ago, in seconds since the epoch, with which every
    /// period up to an hour is aligned.
    pub start: i64,
}

impl Kit {
    pub async fn new(endpoint: &str) -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = since.as_secs().cast_signed();
        let cloudwatch = Client::new(&sdk_config(endpoint).await);
        Self { cloudwatch, start: now - now % 3_600 - 3_600 }
    }

    /// Puts data, or returns the SDK's error.
    pub async fn put(&self, namespace: &str, data: Vec<MetricDatum>) -> Outcome {
        let put = self.cloudwatch.put_metric_data().namespace(namespace);
        put.set_metric_data(Some(data)).send().await?;
        Ok(())
    }

    /// Puts a value of the metric "m" for each offset in seconds from the start; returns the
    /// namespace.
    pub async fn values(&self, values: &[(i64, f64)]) -> Result<String, Failure> {
        let namespace = unique("Check");
        let one = |(offset, value): &(i64, f64)| self.datum("m", *offset).value(*value).build();
        self.put(&namespace, values.iter().map(one).collect()).await?;
        Ok(namespace)
    }

    /// Returns a datum at an offset in seconds from the start.
    pub fn datum(&self, metric: &str, offset: i64) -> MetricDatumBuilder {
        MetricDatum::builder().metric_name(metric).timestamp(self.at(offset))
    }

    pub fn at(&self, offset: i64) -> DateTime {
        DateTime::from_secs(self.start + offset)
    }

    /// Returns a request for the span between two offsets in seconds, oldest point first.
    pub fn request(&self, from: i64, to: i64) -> GetMetricDataFluentBuilder {
        let request = self.cloudwatch.get_metric_data().scan_by(ScanBy::TimestampAscending);
        request.start_time(self.at(from)).end_time(self.at(to))
    }

    /// Returns the points of one query, oldest first, with their offsets from the start.
    pub async fn get(
        &self,
        query: MetricDataQuery,
        from: i64,
        to: i64,
    ) -> Result<Vec<(i64, f64)>, Failure> {
        let answer = self.request(from, to).metric_data_queries(query).send().await?;
        same("results", answer.metric_data_results().len(), 1)?;
        Ok(self.points(&answer.metric_data_results()[0]))
    }

    /// Checks statistics of the first minute of the metric "m".
    pub async fn has(&self, namespace: &str, statistics: &[(&str, f64)]) -> Outcome {
        for (stat, expected) in statistics {
            let found = self.get(query("q", namespace, stat, 60), 0, 60).await?;
            same(stat, found, vec![(0, *expected)])?;
        }
        Ok(())
    }

    /// Returns a result's points, with their offsets from the start.
    pub fn points(&self, result: &MetricDataResult) -> Vec<(i64, f64)> {
        let offsets = result.timestamps().iter().map(|time| time.secs() - self.start);
        offsets.zip(result.values().iter().copied()).collect()
    }
}

pub fn metric(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Metric {
    let metric = Metric::builder().namespace(namespace).metric_name(name);
    metric.set_dimensions(Some(self::dimensions(dimensions))).build()
}

pub fn dimensions(pairs: &[(&str, &str)]) -> Vec<Dimension> {
    let one = |(name, value): &(&str, &str)| Dimension::builder().name(*name).value(*value).build();
    pairs.iter().map(one).collect()
}

/// Returns a query of the metric `m` without dimensions.
pub fn query(id: &str, namespace: &str, stat: &str, period_s: i32) -> MetricDataQuery {
    query_of(id, metric(namespace, "m", &[]), stat, period_s)
}

pub fn query_of(id: &str, metric: Metric, stat: &str, period_s: i32) -> MetricDataQuery {
    let stat = MetricStat::builder().metric(metric).stat(stat).period(period_s);
    MetricDataQuery::builder().id(id).metric_stat(stat.build()).build()
}
