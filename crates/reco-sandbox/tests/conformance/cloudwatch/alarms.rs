//! Alarms: put, described, replaced, deleted.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::operation::put_metric_alarm::builders::PutMetricAlarmFluentBuilder;
use aws_sdk_cloudwatch::types::{
    ComparisonOperator, MetricAlarm, StandardUnit, StateValue, Statistic,
};

use super::kit::*;

/// Returns a complete alarm on a metric without data.
pub fn alarm(kit: &Kit, name: &str) -> PutMetricAlarmFluentBuilder {
    let put = kit.cloudwatch.put_metric_alarm().alarm_name(name).namespace("Check/Silent");
    put.metric_name("Depth")
        .set_dimensions(Some(dimensions(&[("QueueName", "dlq")])))
        .statistic(Statistic::Maximum)
        .period(60)
        .evaluation_periods(5)
        .threshold(0.5)
        .comparison_operator(ComparisonOperator::GreaterThanThreshold)
}

pub async fn described(kit: &Kit, name: &str) -> Result<Vec<MetricAlarm>, Failure> {
    let answer = kit.cloudwatch.describe_alarms().alarm_names(name).send().await?;
    Ok(answer.metric_alarms.unwrap_or_default())
}

pub async fn an_alarm_is_described_as_it_was_put(kit: &Kit) -> Outcome {
    let name = unique("alarm");
    let put = alarm(kit, &name).alarm_description("the DLQ holds messages").datapoints_to_alarm(3);
    let put = put.treat_missing_data("notBreaching").unit(StandardUnit::Count);
    let topic = "arn:aws:sns:us-east-1:000000000000:oncall";
    put.alarm_actions(topic).ok_actions(topic).actions_enabled(false).send().await?;
    let alarms = described(kit, &name).await?;
    same("alarms", alarms.len(), 1)?;
    let seen = &alarms[0];
    same("name", seen.alarm_name(), Some(name.as_str()))?;
    same("description", seen.alarm_description(), Some("the DLQ holds messages"))?;
    same("namespace", seen.namespace(), Some("Check/Silent"))?;
    same("metric", seen.metric_name(), Some("Depth"))?;
    same("dimensions", seen.dimensions(), &dimensions(&[("QueueName", "dlq")]))?;
    same("statistic", seen.statistic(), Some(&Statistic::Maximum))?;
    let periods = (seen.period(), seen.evaluation_periods(), seen.datapoints_to_alarm());
    same("periods", periods, (Some(60), Some(5), Some(3)))?;
    same("threshold", seen.threshold(), Some(0.5))?;
    let operator = Some(&ComparisonOperator::GreaterThanThreshold);
    same("operator", seen.comparison_operator(), operator)?;
    same("missing data", seen.treat_missing_data(), Some("notBreaching"))?;
    same("unit", seen.unit(), Some(&StandardUnit::Count))?;
    same("enabled", seen.actions_enabled(), Some(false))?;
    same("actions", (seen.alarm_actions(), seen.ok_actions()), (&[topic.into()], &[topic.into()]))?;
    holds("ARN", seen.alarm_arn().is_some_and(|arn| arn.ends_with(&format!(":alarm:{name}"))))
}

/// AWS PutMetricAlarm: updating an alarm overwrites its whole configuration.
pub async fn an_alarm_is_replaced_by_its_name(kit: &Kit) -> Outcome {
    let name = unique("alarm");
    alarm(kit, &name).alarm_description("old").datapoints_to_alarm(2).send().await?;
    alarm(kit, &name).threshold(7.0).send().await?;
    let alarms = described(kit, &name).await?;
    same("thresholds", alarms.iter().map(MetricAlarm::threshold).collect(), vec![Some(7.0)])?;
    let seen = &alarms[0];
    same("description", seen.alarm_description().unwrap_or_default(), "")?;
    same("datapoints", seen.datapoints_to_alarm(), None)?;
    same("enabled by default", seen.actions_enabled(), Some(true))
}

/// AWS PutMetricAlarm: a new alarm's state is `INSUFFICIENT_DATA`.
pub async fn alarms_are_found_by_name_prefix_and_state(kit: &Kit) -> Outcome {
    let stem = unique("alarm");
    let names = [format!("{stem}-a"), format!("{stem}-b")];
    for name in &names {
        alarm(kit, name).send().await?;
    }
    let one = described(kit, &names[1]).await?;
    let one: Vec<_> = one.iter().filter_map(MetricAlarm::alarm_name).collect();
    same("by name", one, vec![names[1].as_str()])?;
    let states = [(StateValue::InsufficientData, 2), (StateValue::Alarm, 0)];
    for (state, expected) in states {
        let describe = kit.cloudwatch.describe_alarms().alarm_name_prefix(format!("{stem}-"));
        let found = describe.state_value(state.clone()).send().await?;
        same(&format!("{state:?}"), found.metric_alarms().len(), expected)?;
    }
    Ok(())
}

/// AWS DescribeAlarms, `MaxRecords` and `NextToken`.
pub async fn descriptions_page(kit: &Kit) -> Outcome {
    let stem = unique("alarm");
    let names: BTreeSet<_> = (0..5).map(|i| format!("{stem}-{i}")).collect();
    for name in &names {
        alarm(kit, name).send().await?;
    }
    let mut found = Vec::new();
    let mut token = None;
    for _ in 0..6 {
        let describe = kit.cloudwatch.describe_alarms().alarm_name_prefix(format!("{stem}-"));
        let page = describe.max_records(2).set_next_token(token).send().await?;
        holds("a page of two", page.metric_alarms().len() <= 2)?;
        found.extend(
            page.metric_alarms().iter().filter_map(MetricAlarm::alarm_name).map(str::to_owned),
        );
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    same("alarms", found.len(), names.len())?;
    same("names", found.into_iter().collect(), names)
}

pub async fn a_deleted_alarm_is_gone(kit: &Kit) -> Outcome {
    let name = unique("alarm");
    alarm(kit, &name).send().await?;
    kit.cloudwatch.delete_alarms().alarm_names(&name).send().await?;
    same("alarms", described(kit, &name).await?.len(), 0)
}

/// AWS PutMetricAlarm: name, operator and number of periods are required; without metric math, so
/// are metric, statistic, period and threshold.
pub async fn an_incomplete_alarm_is_refused(kit: &Kit) -> Outcome {
    let name = unique("alarm");
    let alarms = [
        ("no statistic", alarm(kit, &name).set_statistic(None)),
        ("no period", alarm(kit, &name).set_period(None)),
        ("no threshold", alarm(kit, &name).set_threshold(None)),
        ("no metric", alarm(kit, &name).set_metric_name(None)),
        ("a period of 7 s", alarm(kit, &name).period(7)),
        ("6 of 5 periods", alarm(kit, &name).datapoints_to_alarm(6)),
    ];
    for (what, put) in alarms {
        let result = put.send().await;
        holds(&format!("{what} is refused"), result.is_err())?;
    }
    same("alarms", described(kit, &name).await?.len(), 0)
}
