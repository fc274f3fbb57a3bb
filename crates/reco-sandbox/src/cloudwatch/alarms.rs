//! `PutMetricAlarm`, `DescribeAlarms`, `DeleteAlarms`. An alarm's state is computed on request,
//! from the data of its last periods.

use super::error::CloudwatchError;
use super::statistic::{Statistic, checked_period};
use super::store::{Dimension, SeriesKey, Store};
use super::wire::{AnyNumber, Epoch, Nothing};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// AWS: default and maximum page size of DescribeAlarms.
const DEFAULT_PAGE: usize = 50;
const MAX_PAGE: i64 = 100;

/// The alarms by name.
#[derive(Debug, Default)]
pub struct Alarms {
    alarms: BTreeMap<String, Alarm>,
}

#[derive(Debug)]
struct Alarm {
    definition: AlarmDefinition,
    updated_s: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmDefinition {
    #[serde(default)]
    alarm_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_description: Option<String>,
    actions_enabled: Option<bool>,
    #[serde(rename = "OKActions", default)]
    ok_actions: Vec<String>,
    #[serde(default)]
    alarm_actions: Vec<String>,
    #[serde(default)]
    insufficient_data_actions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_statistic: Option<String>,
    #[serde(default)]
    dimensions: Vec<Dimension>,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    evaluation_periods: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    datapoints_to_alarm: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "plain_number")]
    threshold: Option<AnyNumber>,
    comparison_operator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    treat_missing_data: Option<String>,
    #[serde(default, skip_serializing)]
    metrics: Vec<ciborium::Value>,
}

fn plain_number<S: serde::Serializer>(
    number: &Option<AnyNumber>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    number.map(|number| number.0).serialize(serializer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAlarms {
    #[serde(default)]
    alarm_names: Vec<String>,
    alarm_name_prefix: Option<String>,
    state_value: Option<String>,
    max_records: Option<i64>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteAlarms {
    #[serde(default)]
    alarm_names: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribedAlarms {
    metric_alarms: Vec<DescribedAlarm>,
    composite_alarms: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DescribedAlarm {
    #[serde(flatten)]
    definition: AlarmDefinition,
    alarm_arn: String,
    alarm_configuration_updated_timestamp: Epoch,
    state_updated_timestamp: Epoch,
    state_value: &'static str,
    state_reason: String,
}

impl Alarms {
    /// Creates an alarm or replaces the one of that name.
    pub fn put(
        &mut self,
        mut definition: AlarmDefinition,
        now_s: i64,
    ) -> Result<Nothing, CloudwatchError> {
        check(&definition)?;
        definition.actions_enabled.get_or_insert(true);
        let alarm = Alarm { updated_s: now_s, definition };
        self.alarms.insert(alarm.definition.alarm_name.clone(), alarm);
        Ok(Nothing {})
    }

    /// Deletes alarms; unknown names are ignored.
    pub fn delete(&mut self, input: &DeleteAlarms) -> Nothing {
        for name in &input.alarm_names {
            self.alarms.remove(name);
        }
        Nothing {}
    }

    /// Describes the matching alarms, one page at a time.
    pub fn describe(
        &self,
        input: &DescribeAlarms,
        store: &Store,
        now_s: i64,
    ) -> Result<DescribedAlarms, CloudwatchError> {
        let page = match input.max_records {
            None => DEFAULT_PAGE,
            Some(page @ 1..=MAX_PAGE) => page as usize,
            Some(other) => {
                return Err(CloudwatchError::validation(format!(
                    "MaxRecords must be from 1 to {MAX_PAGE}; it is {other}"
                )));
            }
        };
        let after = input.next_token.as_deref().unwrap_or_default();
        let wanted = |name: &str| {
            name > after
                && (input.alarm_names.is_empty() || input.alarm_names.iter().any(|n| n == name))
                && input.alarm_name_prefix.as_ref().is_none_or(|prefix| name.starts_with(prefix))
        };
        let mut matching = self
            .alarms
            .iter()
            .filter(|(name, _)| wanted(name))
            .map(|(_, alarm)| alarm.shown(store, now_s))
            .filter(|shown| input.state_value.as_ref().is_none_or(|s| s == shown.state_value));
        let metric_alarms: Vec<_> = matching.by_ref().take(page).collect();
        let more = matching.next().is_some();
        let last = metric_alarms.last().map(|shown| shown.definition.alarm_name.clone());
        let next_token = last.filter(|_| more);
        Ok(DescribedAlarms { metric_alarms, composite_alarms: [], next_token })
    }
}

impl Alarm {
    fn shown(&self, store: &Store, now_s: i64) -> DescribedAlarm {
        let (state_value, state_reason) = state(&self.definition, store, now_s);
        DescribedAlarm {
            alarm_arn: format!(
                "arn:aws:cloudwatch:us-east-1:000000000000:alarm:{}",
                self.definition.alarm_name
            ),
            alarm_configuration_updated_timestamp: Epoch(self.updated_s as f64),
            state_updated_timestamp: Epoch(self.updated_s as f64),
            state_value,
            state_reason,
            definition: self.definition.clone(),
        }
    }
}

fn check(definition: &AlarmDefinition) -> Result<(), CloudwatchError> {
    if definition.alarm_name.is_empty() {
        return Err(CloudwatchError::missing("AlarmName"));
    }
    if !definition.metrics.is_empty() {
        return Err(CloudwatchError::validation(
            "the sandbox's CloudWatch has no alarms on metric math (Metrics)",
        ));
    }
    if definition.metric_name.is_none() || definition.namespace.is_none() {
        return Err(CloudwatchError::missing("MetricName and Namespace"));
    }
    statistic(definition)?;
    checked_period(definition.period.ok_or_else(|| CloudwatchError::missing("Period"))?)?;
    let periods = definition
        .evaluation_periods
        .ok_or_else(|| CloudwatchError::missing("EvaluationPeriods"))?;
    if periods < 1 || !(1..=periods).contains(&definition.datapoints_to_alarm.unwrap_or(periods)) {
        return Err(CloudwatchError::validation(
            "EvaluationPeriods must be at least 1 and DatapointsToAlarm from 1 up to it",
        ));
    }
    definition.threshold.ok_or_else(|| CloudwatchError::missing("Threshold"))?;
    let operator = definition.comparison_operator.as_deref();
    comparison(operator.ok_or_else(|| CloudwatchError::missing("ComparisonOperator"))?)?;
    match definition.treat_missing_data.as_deref() {
        None | Some("missing" | "ignore" | "breaching" | "notBreaching") => Ok(()),
        Some(other) => {
            Err(CloudwatchError::validation(format!("{other} is no value of TreatMissingData")))
        }
    }
}

fn statistic(definition: &AlarmDefinition) -> Result<Statistic, CloudwatchError> {
    match (&definition.statistic, &definition.extended_statistic) {
        (Some(name), None) | (None, Some(name)) => Statistic::parse(name),
        (None, None) => Err(CloudwatchError::missing("Statistic")),
        (Some(_), Some(_)) => Err(CloudwatchError::invalid_combination(
            "Statistic and ExtendedStatistic exclude each other",
        )),
    }
}

fn comparison(operator: &str) -> Result<fn(&f64, &f64) -> bool, CloudwatchError> {
    match operator {
        "GreaterThanThreshold" => Ok(f64::gt),
        "GreaterThanOrEqualToThreshold" => Ok(f64::ge),
        "LessThanThreshold" => Ok(f64::lt),
        "LessThanOrEqualToThreshold" => Ok(f64::le),
        other => Err(CloudwatchError::validation(format!(
            "the sandbox's CloudWatch does not evaluate the ComparisonOperator {other}"
        ))),
    }
}

/// Returns state and reason, from the last complete periods.
fn state(definition: &AlarmDefinition, store: &Store, now_s: i64) -> (&'static str, String) {
    let no_data = || ("INSUFFICIENT_DATA", "no data in the period".to_owned());
    let (Ok(statistic), Some(period), Some(periods), Some(threshold)) = (
        statistic(definition),
        definition.period,
        definition.evaluation_periods,
        definition.threshold,
    ) else {
        return no_data();
    };
    let Ok(breaches) = comparison(definition.comparison_operator.as_deref().unwrap_or_default())
    else {
        return no_data();
    };
    let end = now_s - now_s.rem_euclid(period);
    let key = SeriesKey::of(
        definition.namespace.as_deref().unwrap_or_default(),
        definition.metric_name.as_deref().unwrap_or_default(),
        definition.dimensions.clone(),
    );
    let values: Vec<f64> = store
        .periods(&key, end - period * periods, end, period)
        .values()
        .filter_map(|summary| statistic.of(summary))
        .collect();
    let missing = periods - values.len() as i64;
    let treatment = definition.treat_missing_data.as_deref();
    if values.is_empty() && !matches!(treatment, Some("breaching" | "notBreaching")) {
        return no_data();
    }
    let found = values.iter().filter(|v| breaches(v, &threshold.0)).count() as i64;
    let counted = found + if treatment == Some("breaching") { missing } else { 0 };
    let needed = definition.datapoints_to_alarm.unwrap_or(periods);
    let reason = format!(
        "{found} of {} datapoints {values:?} breach the threshold {}, {missing} missing",
        values.len(),
        threshold.0
    );
    (if counted >= needed { "ALARM" } else { "OK" }, reason)
}
