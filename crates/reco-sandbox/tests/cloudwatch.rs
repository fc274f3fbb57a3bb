//! CloudWatch through the real SDK (rpc-v2-cbor).
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "cloudwatch/logs.rs"]
mod logs;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    ComparisonOperator, Dimension, Metric, MetricDataQuery, MetricDataResult, MetricDatum,
    MetricStat, ScanBy, StandardUnit, StateValue, Statistic, StatisticSet, StatusCode,
};
use reco_sandbox::{Sandbox, SandboxOptions};
use std::collections::BTreeMap;
use std::time::SystemTime;

const NAMESPACE: &str = "Test/Pipeline";

async fn sandbox() -> (Sandbox, Client) {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.unwrap();
    let client = Client::new(&common::sdk_config(&sandbox));
    (sandbox, client)
}

/// Returns the start of a whole hour some hours ago, with which every period up to an hour is
/// aligned.
fn base() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let now = now.as_secs() as i64;
    now - now % 3_600 - 6 * 3_600
}

fn at(seconds: i64) -> DateTime {
    DateTime::from_secs(seconds)
}

fn datum(metric: &str, time: i64) -> aws_sdk_cloudwatch::types::builders::MetricDatumBuilder {
    MetricDatum::builder()
        .metric_name(metric)
        .dimensions(Dimension::builder().name("Queue").value("a").build())
        .timestamp(at(time))
        .unit(StandardUnit::Count)
}

async fn put(client: &Client, data: Vec<MetricDatum>) {
    let call = client.put_metric_data().namespace(NAMESPACE);
    call.set_metric_data(Some(data)).send().await.unwrap();
}

fn query(id: &str, metric: &str, stat: &str, period: i32) -> MetricDataQuery {
    let metric = Metric::builder()
        .namespace(NAMESPACE)
        .metric_name(metric)
        .dimensions(Dimension::builder().name("Queue").value("a").build())
        .build();
    let stat = MetricStat::builder().metric(metric).stat(stat).period(period);
    MetricDataQuery::builder().id(id).metric_stat(stat.build()).build()
}

async fn get(client: &Client, query: MetricDataQuery, from: i64, to: i64) -> MetricDataResult {
    let answer = client
        .get_metric_data()
        .metric_data_queries(query)
        .start_time(at(from))
        .end_time(at(to))
        .scan_by(ScanBy::TimestampAscending)
        .send()
        .await
        .unwrap();
    assert!(answer.next_token().is_none());
    answer.metric_data_results()[0].clone()
}

#[tokio::test]
async fn every_statistic_is_computed_by_period() {
    let (sandbox, client) = sandbox().await;
    let start = base();
    let values = [(0, 1.0), (59, 3.0), (60, 10.0), (119, 20.0), (120, 7.0)];
    let data = values.map(|(offset, value)| datum("m", start + offset).value(value).build());
    put(&client, data.to_vec()).await;
    let expected = [
        ("Sum", [4.0, 30.0]),
        ("Average", [2.0, 15.0]),
        ("Minimum", [1.0, 10.0]),
        ("Maximum", [3.0, 20.0]),
        ("SampleCount", [2.0, 2.0]),
        ("p50", [1.0, 10.0]),
        ("p99.9", [3.0, 20.0]),
    ];
    for (stat, expected) in expected {
        // The third minute begins at EndTime, which is exclusive.
        let found = get(&client, query("q", "m", stat, 60), start, start + 120).await;
        assert_eq!(found.values(), expected, "{stat}");
        let times: Vec<_> = found.timestamps().iter().map(DateTime::secs).collect();
        assert_eq!(times, [start, start + 60], "{stat}");
        assert_eq!(found.status_code(), Some(&StatusCode::Complete));
        assert_eq!(found.label(), Some("m"));
    }
    let hour = get(&client, query("q", "m", "Sum", 3_600), start, start + 3_600).await;
    assert_eq!(hour.values(), [41.0]);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn sets_and_weighted_values_count_as_their_samples() {
    let (sandbox, client) = sandbox().await;
    let start = base();
    let set =
        StatisticSet::builder().sample_count(4.0).sum(40.0).minimum(1.0).maximum(20.0).build();
    let data = vec![
        datum("set", start).statistic_values(set).build(),
        datum("weighted", start)
            .set_values(Some(vec![1.0, 5.0]))
            .set_counts(Some(vec![9.0, 1.0]))
            .build(),
    ];
    put(&client, data).await;
    for (metric, stat, expected) in [
        ("set", "Average", vec![10.0]),
        ("set", "p50", vec![]),
        ("weighted", "Sum", vec![14.0]),
        ("weighted", "p90", vec![1.0]),
        ("weighted", "p91", vec![5.0]),
    ] {
        let found = get(&client, query("q", metric, stat, 60), start, start + 60).await;
        assert_eq!(found.values(), expected, "{metric} {stat}");
    }
    sandbox.shutdown().await;
}

#[tokio::test]
async fn pages_add_up_to_the_whole_whatever_their_size() {
    let (sandbox, client) = sandbox().await;
    let start = base();
    let mut data = Vec::new();
    for minute in 0..20_i64 {
        data.push(datum("a", start + minute * 60).value(minute as f64).build());
        data.push(datum("b", start + minute * 60).value(-minute as f64).build());
    }
    put(&client, data).await;
    for limit in [1, 7, 20, 39, 40, 100] {
        let mut found = BTreeMap::<String, Vec<f64>>::new();
        let mut token = None;
        let mut pages = 0;
        loop {
            let answer = client
                .get_metric_data()
                .metric_data_queries(query("a", "a", "Sum", 60))
                .metric_data_queries(query("none", "none", "Sum", 60))
                .metric_data_queries(query("b", "b", "Sum", 60))
                .start_time(at(start))
                .end_time(at(start + 3_600))
                .max_datapoints(limit)
                .set_next_token(token)
                .send()
                .await
                .unwrap();
            pages += 1;
            let mut points = 0;
            for result in answer.metric_data_results() {
                points += result.values().len();
                let values = found.entry(result.id().unwrap().to_owned()).or_default();
                values.extend(result.values());
                if result.status_code() == Some(&StatusCode::PartialData) {
                    assert!(answer.next_token().is_some());
                }
            }
            assert!(points <= limit as usize);
            token = answer.next_token;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(pages, 40_usize.div_ceil(limit as usize), "limit {limit}");
        let newest_first: Vec<f64> = (0..20).rev().map(f64::from).collect();
        assert_eq!(found["a"], newest_first);
        assert_eq!(found["b"], newest_first.iter().map(|v| -v).collect::<Vec<_>>());
        assert!(found["none"].is_empty());
    }
    sandbox.shutdown().await;
}

#[tokio::test]
async fn requests_that_break_a_rule_are_refused() {
    let (sandbox, client) = sandbox().await;
    let start = base();
    let call = || client.get_metric_data().start_time(at(start)).end_time(at(start + 60));
    let expression = MetricDataQuery::builder().id("e").expression("SUM(METRICS())").build();
    let many = (0..501).map(|n| query(&format!("q{n}"), "m", "Sum", 60)).collect();
    let one = || query("q", "m", "Sum", 60);
    let cases = [
        ("math", call().metric_data_queries(expression), "metric math"),
        ("501 queries", call().set_metric_data_queries(Some(many)), "at most 500"),
        (
            "one id twice",
            call().metric_data_queries(one()).metric_data_queries(one()),
            "more than one",
        ),
        ("an id in capitals", call().metric_data_queries(query("Q", "m", "Sum", 60)), "not valid"),
        ("an odd period", call().metric_data_queries(query("q", "m", "Sum", 61)), "multiple of 60"),
        (
            "an unknown statistic",
            call().metric_data_queries(query("q", "m", "Median", 60)),
            "Median",
        ),
        ("start at the end", call().end_time(at(start)).metric_data_queries(one()), "less than"),
        ("too many points", call().max_datapoints(100_801).metric_data_queries(one()), "100800"),
        ("a foreign token", call().next_token("x").metric_data_queries(one()), "token"),
    ];
    for (what, call, expected) in cases {
        let error = call.send().await.expect_err(what);
        let message = error.message().unwrap();
        assert!(message.contains(expected), "{what}: {message}");
        assert!(error.code().is_some(), "{what}");
    }
    let old = datum("m", start - 15 * 24 * 3_600).value(1.0).build();
    let call = client.put_metric_data().namespace(NAMESPACE).metric_data(old);
    assert!(call.send().await.is_err(), "data of 15 days ago");
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_large_request_arrives_compressed_and_whole() {
    let (sandbox, client) = sandbox().await;
    let start = base();
    // Far above the 10 KB from which the SDK compresses a body.
    let data = (0..900).map(|n| datum("m", start + n).value(1.0).build()).collect();
    put(&client, data).await;
    let found = get(&client, query("q", "m", "Sum", 3_600), start, start + 3_600).await;
    assert_eq!(found.values(), [900.0]);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn metrics_are_listed_with_their_dimensions() {
    let (sandbox, client) = sandbox().await;
    let start = base();
    put(&client, vec![datum("a", start).value(1.0).build(), datum("b", start).value(1.0).build()])
        .await;
    let all = client.list_metrics().namespace(NAMESPACE).send().await.unwrap();
    let names: Vec<_> = all.metrics().iter().filter_map(Metric::metric_name).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(all.metrics()[0].dimensions()[0].value(), Some("a"));
    let one = client.list_metrics().namespace(NAMESPACE).metric_name("b").send().await.unwrap();
    assert_eq!(one.metrics().len(), 1);
    sandbox.shutdown().await;
}

#[tokio::test]
async fn alarms_are_kept_and_their_state_follows_the_data() {
    let (sandbox, client) = sandbox().await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() as i64;
    let values = [("high", 9.0), ("low", 0.0)];
    let data = values.map(|(metric, value)| datum(metric, now - 90).value(value).build());
    put(&client, data.to_vec()).await;
    for metric in ["high", "low", "absent"] {
        client
            .put_metric_alarm()
            .alarm_name(format!("alarm-{metric}"))
            .namespace(NAMESPACE)
            .metric_name(metric)
            .dimensions(Dimension::builder().name("Queue").value("a").build())
            .statistic(Statistic::Maximum)
            .period(60)
            .evaluation_periods(5)
            .datapoints_to_alarm(1)
            .threshold(1.0)
            .comparison_operator(ComparisonOperator::GreaterThanOrEqualToThreshold)
            .send()
            .await
            .unwrap();
    }
    let described = client.describe_alarms().alarm_name_prefix("alarm-").send().await.unwrap();
    let states: BTreeMap<_, _> = described
        .metric_alarms()
        .iter()
        .map(|alarm| (alarm.metric_name().unwrap(), alarm.state_value().unwrap().clone()))
        .collect();
    assert_eq!(states["high"], StateValue::Alarm);
    assert_eq!(states["low"], StateValue::Ok);
    assert_eq!(states["absent"], StateValue::InsufficientData);
    let alarm = &described.metric_alarms()[1];
    assert_eq!(alarm.threshold(), Some(1.0));
    assert_eq!(alarm.period(), Some(60));
    assert_eq!(alarm.actions_enabled(), Some(true));
    let page = client.describe_alarms().max_records(2).send().await.unwrap();
    let rest = client.describe_alarms().set_next_token(page.next_token).send().await.unwrap();
    assert_eq!(rest.metric_alarms().len(), 1);
    let bad = client.put_metric_alarm().alarm_name("x").namespace("n").metric_name("m");
    assert!(bad.send().await.is_err(), "an alarm without a threshold");
    sandbox.shutdown().await;
}
