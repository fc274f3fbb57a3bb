//! `GetMetricData`: statistics by period, without metric math.

use super::error::CloudwatchError;
use super::statistic::{Statistic, checked_period};
use super::store::{Dimension, MINUTE, SeriesKey, Store};
use super::wire::Epoch;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// AWS: 500 queries per request.
const MAX_QUERIES: usize = 500;
/// AWS: 100,800 points per answer.
const MAX_POINTS: i64 = 100_800;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetMetricData {
    #[serde(default)]
    metric_data_queries: Vec<MetricDataQuery>,
    start_time: Option<Epoch>,
    end_time: Option<Epoch>,
    next_token: Option<String>,
    scan_by: Option<String>,
    max_datapoints: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDataQuery {
    #[serde(default)]
    id: String,
    metric_stat: Option<MetricStat>,
    expression: Option<String>,
    label: Option<String>,
    return_data: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MetricStat {
    metric: QueriedMetric,
    period: i64,
    stat: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueriedMetric {
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    metric_name: String,
    #[serde(default)]
    dimensions: Vec<Dimension>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricData {
    metric_data_results: Vec<MetricDataResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
    messages: [(); 0],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDataResult {
    id: String,
    label: String,
    timestamps: Vec<Epoch>,
    values: Vec<f64>,
    status_code: &'static str,
}

/// A request that passed the checks.
struct Checked<'a> {
    start: i64,
    end: i64,
    newest_first: bool,
    limit: usize,
    queries: Vec<CheckedQuery<'a>>,
}

struct CheckedQuery<'a> {
    id: &'a str,
    label: &'a str,
    key: SeriesKey,
    period: i64,
    statistic: Statistic,
}

/// Answers a query page by page: a page holds whole results while they fit into the limit, then
/// part of one (`PartialData`), and a token for the rest.
/// Points of before `newest`, and of that second; later ones are not there yet.
pub fn get_metric_data(
    store: &Store,
    input: &GetMetricData,
    newest: i64,
) -> Result<MetricData, CloudwatchError> {
    let mut request = checked(input)?;
    request.end = request.end.min(newest.saturating_add(1)).max(request.start);
    let digest = digest(input);
    let (first, skipped) = match &input.next_token {
        Some(token) => read_token(token, digest, request.queries.len())?,
        None => (0, 0),
    };
    let mut room = request.limit;
    let mut results = Vec::new();
    let mut next_token = None;
    for (index, query) in request.queries.iter().enumerate().skip(first) {
        let offset = if index == first { skipped } else { 0 };
        let points = points(store, &request, query);
        let rest = points.get(offset..).unwrap_or_default();
        if room == 0 && !rest.is_empty() {
            next_token = Some(write_token(index, offset, digest));
            break;
        }
        let taken = &rest[..rest.len().min(room)];
        let complete = taken.len() == rest.len();
        results.push(found(query, taken, complete));
        room -= taken.len();
        if !complete {
            next_token = Some(write_token(index, offset + taken.len(), digest));
            break;
        }
    }
    Ok(MetricData { metric_data_results: results, next_token, messages: [] })
}

fn found(query: &CheckedQuery<'_>, points: &[(i64, f64)], complete: bool) -> MetricDataResult {
    MetricDataResult {
        id: query.id.to_owned(),
        label: query.label.to_owned(),
        timestamps: points.iter().map(|(time, _)| Epoch(*time as f64)).collect(),
        values: points.iter().map(|(_, value)| *value).collect(),
        status_code: if complete { "Complete" } else { "PartialData" },
    }
}

fn points(store: &Store, request: &Checked<'_>, query: &CheckedQuery<'_>) -> Vec<(i64, f64)> {
    let mut points: Vec<_> = store
        .periods(&query.key, request.start, request.end, query.period)
        .iter()
        .filter_map(|(time, summary)| Some((*time, query.statistic.of(summary)?)))
        .collect();
    if request.newest_first {
        points.reverse();
    }
    points
}

fn checked(input: &GetMetricData) -> Result<Checked<'_>, CloudwatchError> {
    let given = input.metric_data_queries.len();
    if given == 0 {
        return Err(CloudwatchError::missing("MetricDataQueries"));
    }
    if given > MAX_QUERIES {
        return Err(CloudwatchError::validation(format!(
            "MetricDataQueries takes at most {MAX_QUERIES} entries; there are {given}"
        )));
    }
    let start = input.start_time.ok_or_else(|| CloudwatchError::missing("StartTime"))?;
    let end = input.end_time.ok_or_else(|| CloudwatchError::missing("EndTime"))?;
    if start >= end {
        return Err(CloudwatchError::validation(
            "The parameter StartTime must be less than the parameter EndTime.",
        ));
    }
    let limit = input.max_datapoints.unwrap_or(MAX_POINTS);
    if !(1..=MAX_POINTS).contains(&limit) {
        return Err(CloudwatchError::validation(format!(
            "MaxDatapoints must be from 1 to {MAX_POINTS}; it is {limit}"
        )));
    }
    let newest_first = match input.scan_by.as_deref() {
        None | Some("TimestampDescending") => true,
        Some("TimestampAscending") => false,
        Some(other) => {
            return Err(CloudwatchError::validation(format!("{other} is no order for ScanBy")));
        }
    };
    let queries = checked_queries(&input.metric_data_queries)?;
    // AWS rounds the start down: to the period if that is below a minute, else to the minute.
    let finest = queries.iter().map(|query| query.period).min();
    let unit = finest.unwrap_or(MINUTE).min(MINUTE);
    let start = start.seconds();
    Ok(Checked {
        start: start - start.rem_euclid(unit),
        end: end.0.ceil() as i64,
        newest_first,
        limit: limit as usize,
        queries,
    })
}

fn checked_queries(queries: &[MetricDataQuery]) -> Result<Vec<CheckedQuery<'_>>, CloudwatchError> {
    let mut ids = HashSet::new();
    let mut checked = Vec::with_capacity(queries.len());
    for query in queries {
        check_id(&query.id)?;
        if !ids.insert(query.id.as_str()) {
            return Err(CloudwatchError::validation(format!(
                "The value {} for parameter Id is used by more than one query.",
                query.id
            )));
        }
        let stat = match (&query.expression, &query.metric_stat) {
            (Some(expression), _) => {
                return Err(CloudwatchError::validation(format!(
                    "query {}: the sandbox's CloudWatch computes no metric math, \
                     so the Expression {expression:?} cannot be answered",
                    query.id
                )));
            }
            (None, None) => {
                return Err(CloudwatchError::missing(&format!("{}.MetricStat", query.id)));
            }
            (None, Some(stat)) => stat,
        };
        let one = CheckedQuery {
            id: &query.id,
            label: query.label.as_deref().unwrap_or(&stat.metric.metric_name),
            key: SeriesKey::of(
                &stat.metric.namespace,
                &stat.metric.metric_name,
                stat.metric.dimensions.clone(),
            ),
            period: checked_period(stat.period)?,
            statistic: Statistic::parse(&stat.stat)?,
        };
        if query.return_data != Some(false) {
            checked.push(one);
        }
    }
    Ok(checked)
}

/// AWS: an id begins with a lower-case letter, followed by letters, digits and underscores.
fn check_id(id: &str) -> Result<(), CloudwatchError> {
    let mut characters = id.chars();
    let valid = characters.next().is_some_and(|c| c.is_ascii_lowercase())
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if valid {
        return Ok(());
    }
    Err(CloudwatchError::validation(format!(
        "The value {id:?} for parameter Id is not valid: it must begin with a lower-case letter \
         and hold letters, digits and underscores only"
    )))
}

/// Returns a digest of the request: a token is valid only for the request it was issued for.
fn digest(input: &GetMetricData) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!(
        "{:?}{:?}{:?}{:?}",
        input.metric_data_queries, input.start_time, input.end_time, input.scan_by
    )
    .hash(&mut hasher);
    hasher.finish()
}

fn write_token(query: usize, offset: usize, digest: u64) -> String {
    URL_SAFE_NO_PAD.encode(format!("{query}.{offset}.{digest}"))
}

fn read_token(token: &str, digest: u64, queries: usize) -> Result<(usize, usize), CloudwatchError> {
    let parse = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let mut parts = text.split('.');
        let query = parts.next()?.parse().ok()?;
        let offset = parts.next()?.parse().ok()?;
        let of: u64 = parts.next()?.parse().ok()?;
        (of == digest && query < queries).then_some((query, offset))
    };
    parse().ok_or_else(CloudwatchError::invalid_token)
}
