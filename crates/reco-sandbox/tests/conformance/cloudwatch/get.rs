//! `GetMetricData`: statistics, periods, order, labels and pages.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{ScanBy, StatusCode};

use super::kit::*;

pub async fn every_statistic_is_computed(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(0, 1.0), (30, 3.0), (60, 10.0), (119, 20.0)]).await?;
    let statistics = [
        ("Sum", [4.0, 30.0]),
        ("Average", [2.0, 15.0]),
        ("Minimum", [1.0, 10.0]),
        ("Maximum", [3.0, 20.0]),
        ("SampleCount", [2.0, 2.0]),
    ];
    for (stat, [first, second]) in statistics {
        let found = kit.get(query("q", &namespace, stat, 60), 0, 120).await?;
        same(stat, found, vec![(0, first), (60, second)])?;
    }
    Ok(())
}

/// A point has the time at which its period starts; a period without samples has no point.
pub async fn samples_are_gathered_by_period(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(0, 1.0), (299, 2.0), (300, 4.0), (1_800, 8.0)]).await?;
    let spans = [
        (60, vec![(0, 1.0), (240, 2.0), (300, 4.0), (1_800, 8.0)]),
        (300, vec![(0, 3.0), (300, 4.0), (1_800, 8.0)]),
        (3_600, vec![(0, 15.0)]),
    ];
    for (period_s, expected) in spans {
        let found = kit.get(query("q", &namespace, "Sum", period_s), 0, 3_600).await?;
        same(&format!("{period_s} s"), found, expected)?;
    }
    Ok(())
}

/// AWS GetMetricData, `StartTime` and `EndTime`.
pub async fn the_start_is_inclusive_and_the_end_exclusive(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(0, 1.0), (60, 2.0), (120, 4.0), (180, 8.0)]).await?;
    let found = kit.get(query("q", &namespace, "Sum", 60), 60, 180).await?;
    same("points", found, vec![(60, 2.0), (120, 4.0)])
}

/// AWS GetMetricData, `StartTime`: less than 15 days ago it is rounded down to the whole minute.
pub async fn a_start_within_a_minute_is_rounded_down(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(0, 1.0), (60, 2.0)]).await?;
    let found = kit.get(query("q", &namespace, "Sum", 60), 34, 120).await?;
    same("points", found, vec![(0, 1.0), (60, 2.0)])
}

/// AWS GetMetricData, `ScanBy`: `TimestampDescending` is the default.
pub async fn the_newest_point_comes_first(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(0, 1.0), (60, 2.0), (120, 4.0)]).await?;
    for scan_by in [None, Some(ScanBy::TimestampDescending)] {
        let request = kit.request(0, 180).metric_data_queries(query("q", &namespace, "Sum", 60));
        let answer = request.set_scan_by(scan_by.clone()).send().await?;
        let points: Vec<_> = answer.metric_data_results().iter().map(|r| kit.points(r)).collect();
        let expected = vec![vec![(120, 4.0), (60, 2.0), (0, 1.0)]];
        same(&format!("{scan_by:?}"), points, expected)?;
    }
    Ok(())
}

pub async fn the_oldest_point_comes_first_when_asked(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(120, 4.0), (0, 1.0), (60, 2.0)]).await?;
    let found = kit.get(query("q", &namespace, "Sum", 60), 0, 180).await?;
    same("points", found, vec![(0, 1.0), (60, 2.0), (120, 4.0)])
}

/// No data must not look like zero to an operator.
pub async fn no_data_is_empty_and_not_zero(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(0, 1.0)]).await?;
    let silent = query("silent", &namespace, "Sum", 60);
    let absent = query_of("absent", metric(&namespace, "none", &[]), "SampleCount", 60);
    let request = kit.request(60, 600).metric_data_queries(silent).metric_data_queries(absent);
    let answer = request.send().await?;
    let seen = answer.metric_data_results().iter().map(|r| (r.id(), kit.points(r)));
    let expected = vec![(Some("silent"), vec![]), (Some("absent"), vec![])];
    same("results", seen.collect(), expected)?;
    let complete = |r: &aws_sdk_cloudwatch::types::MetricDataResult| {
        r.status_code() == Some(&StatusCode::Complete)
    };
    holds("complete", answer.metric_data_results().iter().all(complete))
}

/// Two statistics of one metric differ by id and label only.
pub async fn queries_are_told_apart_by_id_and_label(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(0, 1.0), (1, 3.0)]).await?;
    let mut sum = query("total_1", &namespace, "Sum", 60);
    sum.label = Some("all of them".into());
    let mut maximum = query("peak", &namespace, "Maximum", 60);
    maximum.label = Some("the largest".into());
    let request = kit.request(0, 60).metric_data_queries(sum).metric_data_queries(maximum);
    let answer = request.send().await?;
    let results = answer.metric_data_results();
    let seen = results.iter().map(|r| (r.id().unwrap_or_default(), (r.label(), kit.points(r))));
    let expected = [
        ("peak", (Some("the largest"), vec![(0, 3.0)])),
        ("total_1", (Some("all of them"), vec![(0, 4.0)])),
    ];
    same("results", seen.collect(), BTreeMap::from(expected))
}

/// AWS MetricDataQuery: without `Label` CloudWatch picks one, undocumented. An id tells a reader
/// nothing, the metric's name does.
pub async fn a_label_is_the_metrics_name_by_default(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(0, 1.0)]).await?;
    let request = kit.request(0, 60).metric_data_queries(query("q", &namespace, "Sum", 60));
    let answer = request.send().await?;
    let labels: Vec<_> = answer.metric_data_results().iter().map(|r| r.label()).collect();
    same("label", labels, vec![Some("m")])
}

/// AWS MetricDataQuery, `ReturnData`: whether data is returned; true by default.
pub async fn data_that_is_not_wanted_is_not_returned(kit: &Kit) -> Outcome {
    let namespace = kit.values(&[(0, 1.0)]).await?;
    let mut hidden = query("hidden", &namespace, "Sum", 60);
    hidden.return_data = Some(false);
    let mut shown = query("shown", &namespace, "Sum", 60);
    shown.return_data = Some(true);
    let request = kit.request(0, 60).metric_data_queries(hidden).metric_data_queries(shown);
    let answer = request.send().await?;
    let ids: Vec<_> = answer.metric_data_results().iter().map(|r| r.id()).collect();
    same("ids", ids, vec![Some("shown")])
}

/// AWS GetMetricData, `MaxDatapoints`: maximum number of points in an answer, which has a token for
/// the rest. Together the pages hold every point once.
pub async fn a_limit_makes_pages(kit: &Kit) -> Outcome {
    let values: Vec<_> = (0_i32..7).map(|minute| (i64::from(minute) * 60, minute.into())).collect();
    let namespace = kit.values(&values).await?;
    let mut found = BTreeMap::<String, Vec<(i64, f64)>>::new();
    let mut token = None;
    // Twice the pages needed, so that the check fails on tokens that never end.
    for _ in 0..10 {
        let request = kit.request(0, 600).max_datapoints(3).set_next_token(token);
        let request = request.metric_data_queries(query("a", &namespace, "Sum", 60));
        let request = request.metric_data_queries(query("b", &namespace, "Maximum", 60));
        let answer = request.send().await?;
        let mut points = 0;
        for result in answer.metric_data_results() {
            points += result.values().len();
            let id = result.id().unwrap_or_default().to_owned();
            found.entry(id).or_default().extend(kit.points(result));
        }
        holds("points within the limit", points <= 3)?;
        token = answer.next_token;
        if token.is_none() {
            break;
        }
    }
    let expected = [("a".to_owned(), values.clone()), ("b".to_owned(), values)];
    same("the pages together", found, BTreeMap::from(expected))
}
