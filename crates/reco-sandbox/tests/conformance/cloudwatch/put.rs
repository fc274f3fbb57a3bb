//! `PutMetricData`: the kinds of value, and refusals.

use aws_sdk_cloudwatch::types::StatisticSet;

use super::kit::*;

pub async fn values_of_a_minute_are_one_sample_each(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(0, 2.5), (0, -1.0), (59, 4.0)]).await?;
    kit.has(&namespace, &[("Sum", 5.5), ("SampleCount", 3.0)]).await
}

/// A set is merged with samples put one by one. AWS PutMetricData: percentiles need raw values, or
/// a set whose minimum and maximum are equal.
pub async fn a_statistic_set_counts_as_its_samples(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(0, 30.0)]).await?;
    let set = StatisticSet::builder().sample_count(4.0).sum(40.0).minimum(1.0).maximum(20.0);
    kit.put(&namespace, vec![kit.datum("m", 0).statistic_values(set.build()).build()]).await?;
    let statistics = [
        ("SampleCount", 5.0),
        ("Sum", 70.0),
        ("Average", 14.0),
        ("Minimum", 1.0),
        ("Maximum", 30.0),
    ];
    kit.has(&namespace, &statistics).await?;
    same("p50", kit.get(query("q", &namespace, "p50", 60), 0, 60).await?, vec![])
}

pub async fn values_weigh_by_their_counts(kit: &Kit) -> Outcome {
    let namespace = unique("Check");
    let datum = kit.datum("m", 0).set_values(Some(vec![1.0, 5.0])).set_counts(Some(vec![9.0, 1.0]));
    kit.put(&namespace, vec![datum.build()]).await?;
    let statistics = [("SampleCount", 10.0), ("Sum", 14.0), ("Average", 1.4), ("Maximum", 5.0)];
    kit.has(&namespace, &statistics).await
}

/// AWS MetricDatum: without `Counts` each value counts once.
pub async fn values_without_counts_count_once(kit: &Kit) -> Outcome {
    let namespace = unique("Check");
    let datum = kit.datum("m", 0).set_values(Some(vec![1.0, 5.0]));
    kit.put(&namespace, vec![datum.build()]).await?;
    kit.has(&namespace, &[("Average", 3.0)]).await
}

/// AWS MetricDatum: a `StorageResolution` of 1 keeps seconds, the default keeps minutes.
pub async fn high_resolution_is_kept_by_the_second(kit: &Kit) -> Outcome {
    let namespace = unique("Check");
    let fine = |offset, value| kit.datum("m", offset).value(value).storage_resolution(1).build();
    kit.put(&namespace, vec![fine(0, 1.0), fine(1, 2.0), fine(9, 4.0), fine(10, 8.0)]).await?;
    let seconds = kit.get(query("q", &namespace, "Sum", 1), 0, 3).await?;
    same("by the second", seconds, vec![(0, 1.0), (1, 2.0)])?;
    let tens = kit.get(query("q", &namespace, "Sum", 10), 0, 60).await?;
    same("by ten seconds", tens, vec![(0, 7.0), (10, 8.0)])
}

/// AWS PutMetricData: a datum has a value, values with counts, or a set.
pub async fn kinds_of_value_exclude_each_other(kit: &Kit) -> Outcome {
    let set = StatisticSet::builder().sample_count(1.0).sum(1.0).minimum(1.0).maximum(1.0).build();
    let data = [
        ("a value and values", kit.datum("m", 0).value(1.0).values(1.0)),
        ("a value and a set", kit.datum("m", 0).value(1.0).statistic_values(set)),
    ];
    for (what, datum) in data {
        let put = kit.cloudwatch.put_metric_data().namespace(unique("Check"));
        refused(what, put.metric_data(datum.build()).send().await, COMBINATION)?;
    }
    Ok(())
}

/// AWS MetricDatum: `Counts`, if present, has as many entries as `Values`.
pub async fn counts_are_as_many_as_values(kit: &Kit) -> Outcome {
    let datum = kit.datum("m", 0).values(1.0).values(2.0).counts(1.0).build();
    let put = kit.cloudwatch.put_metric_data().namespace(unique("Check")).metric_data(datum);
    refused("one count for two values", put.send().await, INVALID)
}

/// AWS MetricDatum: values lie between -2^360 and 2^360, and are numbers.
pub async fn values_have_a_range(kit: &Kit) -> Outcome {
    let limit = 2.0_f64.powi(360);
    let namespace = kit.values(&[(0, limit), (60, -limit)]).await?;
    let found = kit.get(query("q", &namespace, "Sum", 60), 0, 120).await?;
    same("the limits", found, vec![(0, limit), (60, -limit)])?;
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, limit * 2.0, -limit * 2.0] {
        let put = kit.cloudwatch.put_metric_data().namespace(&namespace);
        let put = put.metric_data(kit.datum("m", 0).value(value).build());
        refused(&format!("{value:e}"), put.send().await, INVALID)?;
    }
    Ok(())
}

/// AWS PutMetricData: timestamps from two weeks before the current time to two hours after it.
pub async fn times_have_a_range(kit: &Kit) -> Outcome {
    const HOUR: i64 = 3_600;
    kit.values(&[(-13 * 24 * HOUR, 1.0), (2 * HOUR, 1.0)]).await?;
    for (what, offset) in [("15 days ago", -15 * 24 * HOUR), ("3 hours ahead", 5 * HOUR)] {
        let put = kit.cloudwatch.put_metric_data().namespace(unique("Check"));
        let put = put.metric_data(kit.datum("m", offset).value(1.0).build());
        refused(what, put.send().await, INVALID)?;
    }
    Ok(())
}
