//! `PutMetricData`.

use super::error::CloudwatchError;
use super::statistic::checked_period;
use super::store::{Dimension, MINUTE, SeriesKey, Store, Summary};
use super::wire::{AnyNumber, Epoch, Nothing};
use serde::Deserialize;

/// AWS: 1,000 metrics per request.
const MAX_DATA: usize = 1_000;
/// AWS: 30 dimensions per metric.
const MAX_DIMENSIONS: usize = 30;
/// AWS: 150 values per metric.
const MAX_VALUES: usize = 150;
/// AWS: values range from -2^360 to 2^360; NaN and infinities are rejected. The bits of a power of
/// two are its exponent alone.
const MAX_VALUE: f64 = f64::from_bits((1_023 + 360) << 52);
/// AWS: timestamps may be from two weeks ago to two hours ahead.
const MAX_AGE_S: i64 = 14 * 24 * 3_600;
const MAX_AHEAD_S: i64 = 2 * 3_600;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PutMetricData {
    namespace: Option<String>,
    #[serde(default)]
    metric_data: Vec<Datum>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Datum {
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Vec<Dimension>,
    timestamp: Option<Epoch>,
    value: Option<AnyNumber>,
    statistic_values: Option<StatisticSet>,
    values: Option<Vec<AnyNumber>>,
    counts: Option<Vec<AnyNumber>>,
    storage_resolution: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StatisticSet {
    sample_count: AnyNumber,
    sum: AnyNumber,
    minimum: AnyNumber,
    maximum: AnyNumber,
}

/// Stores all of a request's data, or none of it.
pub fn put_metric_data(
    store: &mut Store,
    input: &PutMetricData,
    now_s: i64,
) -> Result<Nothing, CloudwatchError> {
    let namespace = input
        .namespace
        .as_deref()
        .filter(|namespace| !namespace.is_empty())
        .ok_or_else(|| CloudwatchError::missing("Namespace"))?;
    if input.metric_data.is_empty() {
        return Err(CloudwatchError::missing("MetricData"));
    }
    if input.metric_data.len() > MAX_DATA {
        return Err(CloudwatchError::validation(format!(
            "MetricData takes at most {MAX_DATA} entries; there are {}",
            input.metric_data.len()
        )));
    }
    let mut accepted = Vec::with_capacity(input.metric_data.len());
    for (index, datum) in input.metric_data.iter().enumerate() {
        let at = format!("MetricData.member.{}", index + 1);
        accepted.push(checked(namespace, datum, &at, now_s)?);
    }
    for (key, resolution, time, summary) in accepted {
        store.add_summary(key, resolution, time, &summary);
    }
    Ok(Nothing {})
}

fn checked(
    namespace: &str,
    datum: &Datum,
    at: &str,
    now_s: i64,
) -> Result<(SeriesKey, i64, i64, Summary), CloudwatchError> {
    let metric = datum
        .metric_name
        .as_deref()
        .filter(|name| !name.is_empty())
        .ok_or_else(|| CloudwatchError::missing(&format!("{at}.MetricName")))?;
    if datum.dimensions.len() > MAX_DIMENSIONS {
        return Err(CloudwatchError::validation(format!(
            "{at}.Dimensions takes at most {MAX_DIMENSIONS} entries"
        )));
    }
    let resolution = match datum.storage_resolution {
        None | Some(MINUTE) => MINUTE,
        Some(1) => checked_period(1)?,
        Some(other) => {
            return Err(CloudwatchError::invalid_value(format!(
                "{at}.StorageResolution must be 1 or 60; it is {other}"
            )));
        }
    };
    let time = datum.timestamp.map_or(now_s, Epoch::seconds);
    if time < now_s - MAX_AGE_S || time > now_s + MAX_AHEAD_S {
        return Err(CloudwatchError::invalid_value(format!(
            "{at}.Timestamp must be from two weeks ago to two hours ahead"
        )));
    }
    let key = SeriesKey::of(namespace, metric, datum.dimensions.clone());
    Ok((key, resolution, time, samples(datum, at)?))
}

/// Returns the samples of a datum, which carries a value, values with counts, or a statistic set.
fn samples(datum: &Datum, at: &str) -> Result<Summary, CloudwatchError> {
    let in_range = |number: &AnyNumber| {
        // NaN fails this comparison.
        (number.0.abs() <= MAX_VALUE).then_some(number.0).ok_or_else(|| {
            CloudwatchError::invalid_value(format!(
                "{at}: a value must be a number from -2^360 to 2^360"
            ))
        })
    };
    match (&datum.value, &datum.values, &datum.statistic_values) {
        (Some(value), None, None) => {
            let value = in_range(value)?;
            Ok(Summary::of_set(1.0, value, value, value))
        }
        (None, Some(values), None) => weighted(values, datum.counts.as_deref(), at, in_range),
        (None, None, Some(set)) => {
            let count = in_range(&set.sample_count)?;
            let (minimum, maximum) = (in_range(&set.minimum)?, in_range(&set.maximum)?);
            if count <= 0.0 || minimum > maximum {
                return Err(CloudwatchError::invalid_value(format!(
                    "{at}.StatisticValues must have samples and a minimum up to its maximum"
                )));
            }
            Ok(Summary::of_set(count, in_range(&set.sum)?, minimum, maximum))
        }
        (None, None, None) => Err(CloudwatchError::missing(&format!("{at}.Value"))),
        _ => Err(CloudwatchError::invalid_combination(format!(
            "{at}: Value, Values and StatisticValues exclude each other"
        ))),
    }
}

fn weighted(
    values: &[AnyNumber],
    counts: Option<&[AnyNumber]>,
    at: &str,
    in_range: impl Fn(&AnyNumber) -> Result<f64, CloudwatchError>,
) -> Result<Summary, CloudwatchError> {
    if values.is_empty() || values.len() > MAX_VALUES {
        return Err(CloudwatchError::validation(format!(
            "{at}.Values takes 1 to {MAX_VALUES} entries; there are {}",
            values.len()
        )));
    }
    if counts.is_some_and(|counts| counts.len() != values.len()) {
        return Err(CloudwatchError::invalid_value(format!(
            "{at}: Counts must have as many entries as Values"
        )));
    }
    let mut all = Summary::default();
    for (index, value) in values.iter().enumerate() {
        let value = in_range(value)?;
        let count = counts.map_or(Ok(1.0), |counts| in_range(&counts[index]))?;
        all.merge(&Summary::of_set(count, value * count, value, value));
    }
    Ok(all)
}
