//! `ListMetrics`.

use super::error::Error;
use super::now_s;
use super::store::{Dimension, SeriesKey, Store};
use super::wire::Format;
use serde::{Deserialize, Serialize};

/// AWS: 500 metrics per answer.
const PAGE: usize = 500;
/// AWS: `PT3H`, the only value of `RecentlyActive`, in seconds.
const RECENT_S: i64 = 3 * 3_600;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Input {
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Vec<Filter>,
    next_token: Option<String>,
    recently_active: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    name: String,
    value: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Output<'a> {
    metrics: Vec<Metric<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric<'a> {
    namespace: &'a str,
    metric_name: &'a str,
    dimensions: &'a [Dimension],
}

/// Lists the matching series, one page at a time.
pub fn list_metrics(format: Format, store: &Store, input: &Input) -> Result<Vec<u8>, Error> {
    let skipped: usize = match &input.next_token {
        Some(token) => token.parse().map_err(|_| Error::invalid_token())?,
        None => 0,
    };
    let oldest = match input.recently_active.as_deref() {
        None => i64::MIN,
        Some("PT3H") => now_s() - RECENT_S,
        Some(other) => {
            return Err(Error::invalid_value(format!(
                "RecentlyActive takes PT3H only; it is {other}"
            )));
        }
    };
    let mut matching = store
        .keys()
        .filter(|(key, newest)| *newest >= oldest && matches(input, key))
        .skip(skipped)
        .map(|(key, _)| Metric {
            namespace: &key.namespace,
            metric_name: &key.metric,
            dimensions: &key.dimensions,
        });
    let metrics: Vec<_> = matching.by_ref().take(PAGE).collect();
    let next_token = matching.next().map(|_| (skipped + PAGE).to_string());
    format.write(&Output { metrics, next_token })
}

fn matches(input: &Input, key: &SeriesKey) -> bool {
    let same = |asked: &Option<String>, held: &str| asked.as_deref().is_none_or(|a| a == held);
    let holds = |filter: &Filter| {
        key.dimensions
            .iter()
            .any(|held| held.name == filter.name && same(&filter.value, &held.value))
    };
    same(&input.namespace, &key.namespace)
        && same(&input.metric_name, &key.metric)
        && input.dimensions.iter().all(holds)
}
