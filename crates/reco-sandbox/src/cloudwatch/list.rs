//! `ListMetrics`.

use super::error::CloudwatchError;
use super::now_s;
use super::store::{Dimension, SeriesKey, Store};
use serde::{Deserialize, Serialize};

/// AWS: 500 metrics per answer.
const PAGE: usize = 500;
/// AWS: `PT3H`, the only value of `RecentlyActive`, in seconds.
const RECENT_S: i64 = 3 * 3_600;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListMetrics {
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Vec<DimensionFilter>,
    next_token: Option<String>,
    recently_active: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DimensionFilter {
    name: String,
    value: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListedMetrics<'a> {
    metrics: Vec<ListedMetric<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListedMetric<'a> {
    namespace: &'a str,
    metric_name: &'a str,
    dimensions: &'a [Dimension],
}

/// Lists the matching series, one page at a time.
pub fn list_metrics<'a>(
    store: &'a Store,
    input: &ListMetrics,
) -> Result<ListedMetrics<'a>, CloudwatchError> {
    let skipped: usize = match &input.next_token {
        Some(token) => token.parse().map_err(|_| CloudwatchError::invalid_token())?,
        None => 0,
    };
    let oldest = match input.recently_active.as_deref() {
        None => i64::MIN,
        Some("PT3H") => now_s() - RECENT_S,
        Some(other) => {
            return Err(CloudwatchError::invalid_value(format!(
                "RecentlyActive takes PT3H only; it is {other}"
            )));
        }
    };
    let mut matching = store
        .keys()
        .filter(|(key, newest)| *newest >= oldest && matches(input, key))
        .skip(skipped)
        .map(|(key, _)| ListedMetric {
            namespace: &key.namespace,
            metric_name: &key.metric,
            dimensions: &key.dimensions,
        });
    let metrics: Vec<_> = matching.by_ref().take(PAGE).collect();
    let next_token = matching.next().map(|_| (skipped + PAGE).to_string());
    Ok(ListedMetrics { metrics, next_token })
}

fn matches(input: &ListMetrics, key: &SeriesKey) -> bool {
    let same = |asked: &Option<String>, held: &str| asked.as_deref().is_none_or(|a| a == held);
    let holds = |filter: &DimensionFilter| {
        key.dimensions
            .iter()
            .any(|held| held.name == filter.name && same(&filter.value, &held.value))
    };
    same(&input.namespace, &key.namespace)
        && same(&input.metric_name, &key.metric)
        && input.dimensions.iter().all(holds)
}
