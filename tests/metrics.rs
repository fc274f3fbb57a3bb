//! `recoctl metrics` through the real binary.

mod support;

use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum};
use aws_sdk_dynamodb::types::ScalarAttributeType;
use reco_sandbox::SandboxOptions;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use serde_json::Value;
use support::Harness;
use support::table::create_indexed;

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(now.as_secs()).expect("in range")
}

fn section<'a>(report: &'a Value, subject: &str) -> &'a Value {
    let sections = report["sections"].as_array().expect("a list");
    sections.iter().find(|section| section["subject"] == subject).expect("the section is there")
}

fn row<'a>(section: &'a Value, measure: &str) -> &'a Value {
    let rows = section["rows"].as_array().expect("a list");
    rows.iter().find(|row| row["measure"] == measure).expect("the row is there")
}

fn finding<'a>(report: &'a Value, subject: &str) -> &'a Value {
    let findings = report["findings"].as_array().expect("a list");
    findings.iter().find(|finding| finding["subject"] == subject).expect("the finding is there")
}

fn values(row: &Value) -> Vec<Option<f64>> {
    let points = row["points"].as_array().expect("a list");
    points.iter().map(|point| point["value"].as_f64()).collect()
}

fn seeded() -> Harness {
    let write_capacity = Some(WriteCapacity::per_second(120.0));
    Harness::sandbox(SandboxOptions { write_capacity, ..SandboxOptions::default() })
}

#[test]
fn a_seeded_incident_is_seen_and_explained() {
    let harness = seeded();
    let report = harness.json(0, ["metrics", "--since", "3h"]);
    assert_eq!(report["period_s"], 60);
    assert_eq!(report["left_out"], serde_json::json!([]));

    let table = section(&report, "table");
    assert_eq!(values(row(table, "consumed-wcu")).len(), 180);
    let max = |measure: &str| row(table, measure)["max"].as_f64().expect("a number");
    assert!((119.0..=120.0).contains(&max("consumed-wcu")), "the limit is 120 WCU/s");
    assert_eq!(max("provisioned-wcu"), 120.0);
    assert_eq!(row(table, "provisioned-wcu")["last"], 120);
    let throttled = row(table, "throttled");
    assert!(throttled["total"].as_f64() > Some(0.0));
    assert!(values(throttled).contains(&None), "periods without an event are missing, not zero");

    let said = finding(&report, "table");
    assert_eq!(said["level"], "bad");
    let text = said["text"].as_str().expect("a text");
    assert!(text.contains("all WriteProvisionedThroughput"), "{text}");
    assert_eq!(finding(&report, "function")["level"], "bad");
    let text = finding(&report, "function")["text"].as_str().expect("a text");
    assert!(text.contains("mostly while writes were throttled"), "{text}");

    let seeded = harness.the_sandbox().seed().expect("seeded").messages.len();
    let dlq = section(&report, "dlq");
    let depth = |state: &str| dlq["live"][state].as_u64().expect("a count");
    assert_eq!(depth("visible") + depth("in_flight"), seeded as u64);
    assert_eq!(finding(&report, "dlq")["level"], "bad");
}

#[test]
fn people_get_sparklines_and_programs_get_lines() {
    let harness = seeded();
    let text = harness.run(["metrics"]).ended(0).stdout;
    let consumed = text.lines().find(|line| line.starts_with("consumed WCU/s")).expect("the row");
    assert!(consumed.contains(['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']), "{consumed}");
    assert!(!text.contains('\u{1b}'), "no colour where there is no terminal");

    let lines = harness.run(["metrics", "-o", "jsonl"]).lines();
    assert_eq!(lines.len(), 5, "table, function, queue, DLQ, and the rest");
    assert!(lines[..4].iter().all(|line| line["kind"] == "metrics.row"));
    assert_eq!(lines[4]["kind"], "metrics");
}

#[test]
fn what_is_not_configured_is_left_out_and_the_dlq_is_found() {
    let mut harness = seeded();
    for name in ["RECOCTL_TABLE", "RECOCTL_FUNCTION", "RECOCTL_DLQ"] {
        harness.unset(name);
    }
    let report = harness.json(0, ["metrics"]);
    let subjects: Vec<&Value> =
        report["sections"].as_array().expect("a list").iter().map(|s| &s["subject"]).collect();
    assert_eq!(subjects, ["queue", "dlq"]);
    assert_eq!(section(&report, "dlq")["name"], "recs-dlq");
    insta::assert_json_snapshot!(report["left_out"]);
}

#[test]
fn mistakes_are_told_before_anything_is_asked() {
    let harness = Harness::sandbox(SandboxOptions::empty());
    let cases = [
        (vec!["metrics"], 3),
        (vec!["metrics", "--table", "recs", "--period", "90s"], 2),
        (vec!["metrics", "--table", "recs", "--since", "20d", "--period", "1m"], 2),
        (vec!["metrics", "--table", "recs", "--since", "soon"], 2),
    ];
    let errors = cases.map(|(args, code)| harness.run(args).ended(code).stderr);
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn an_index_has_capacity_of_its_own() {
    let harness = Harness::sandbox(SandboxOptions::empty());
    create_indexed(&harness, ScalarAttributeType::N, None);

    let at = now() / 60 * 60 - 600;
    let dimensions = [("TableName", "recs"), ("GlobalSecondaryIndexName", "by_time")];
    let cloudwatch = harness.the_sandbox().cloudwatch();
    for (metric, value) in
        [("ConsumedWriteCapacityUnits", 6000.0), ("WriteKeyRangeThroughputThrottleEvents", 12.0)]
    {
        cloudwatch.record("AWS/DynamoDB", metric, &dimensions, at, value);
    }
    cloudwatch.record("AWS/DynamoDB", "WriteThrottleEvents", &dimensions, at, 12.0);

    let report = harness.json(0, ["metrics", "--table", "recs"]);
    let index = section(&report, "index");
    assert_eq!(index["name"], "by_time");
    assert_eq!(row(index, "consumed-wcu")["max"], 100);
    assert_eq!(row(index, "consumed-wcu")["total"], 6000);
    let text = finding(&report, "index")["text"].as_str().expect("a text");
    assert!(text.starts_with("12 throttled writes (in 1 of 60 minutes, "), "{text}");
    assert!(text.contains(" UTC, none for ") && text.contains("all WriteKeyRange"), "{text}");
    assert_eq!(row(section(&report, "table"), "consumed-wcu")["max"], Value::Null);
}

#[test]
fn a_long_stretch_is_read_over_many_pages() {
    let harness = Harness::sandbox(SandboxOptions::empty());
    let minute = now() / 60 * 60;
    let cloudwatch = harness.the_sandbox().cloudwatch();
    let minutes = 14 * 24 * 60;
    for ago in 1..=minutes {
        let (at, value) = (minute - ago * 60, (ago % 7) as f64);
        cloudwatch.record("AWS/Lambda", "Invocations", &[("FunctionName", "f")], at, value);
    }
    let args = ["metrics", "--function", "f", "--since", "13d", "--period", "1m"];
    let report = harness.json(0, args);
    let invocations = values(row(section(&report, "function"), "invocations"));
    assert_eq!(invocations.len(), 13 * 24 * 60);
    assert!(invocations.iter().all(Option::is_some));
    // The value repeats every seven minutes: 3 on average.
    let sum: f64 = invocations.iter().flatten().sum();
    assert!((sum / invocations.len() as f64 - 3.0).abs() < 0.01, "{sum}");
}

#[test]
fn an_independent_server_is_read_alike() {
    let mut harness = Harness::independent();
    harness.set("RECOCTL_FUNCTION", "f");
    let minute = now() / 60 * 60;
    let dimension = Dimension::builder().name("FunctionName").value("f").build();
    let datum = |ago: i64, value: f64| {
        MetricDatum::builder()
            .metric_name("Invocations")
            .dimensions(dimension.clone())
            .timestamp(DateTime::from_secs(minute - ago * 60))
            .value(value)
            .build()
    };
    let endpoint = harness.env().iter().find(|(name, _)| name == "AWS_ENDPOINT_URL");
    let endpoint = endpoint.expect("an endpoint").1.clone();
    let config = aws_sdk_cloudwatch::Config::builder()
        .behavior_version(aws_sdk_cloudwatch::config::BehaviorVersion::latest())
        .region(aws_sdk_cloudwatch::config::Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(aws_sdk_cloudwatch::config::Credentials::new(
            "test", "test", None, None, "test",
        ))
        .build();
    let put = aws_sdk_cloudwatch::Client::from_conf(config)
        .put_metric_data()
        .namespace("AWS/Lambda")
        .set_metric_data(Some(vec![datum(3, 5.0), datum(3, 2.0), datum(10, 1.0)]));
    harness.runtime.block_on(put.send()).expect("the points are put");

    let report = harness.json(0, ["metrics"]);
    let invocations = row(section(&report, "function"), "invocations");
    let values = values(invocations);
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    assert_eq!(known, [1.0, 7.0]);
    assert_eq!(invocations["total"], 8);
}

#[test]
fn what_does_not_exist_is_an_error_and_not_no_data() {
    let harness = Harness::sandbox(SandboxOptions::default());
    for flag in ["--table", "--queue", "--dlq", "--function"] {
        let name = "nowhere";
        let shown = harness.run(["metrics", flag, name]).ended(3).says("nowhere").stdout;
        assert_eq!(shown, "", "{flag}");
    }
}

#[test]
fn a_function_that_was_quiet_for_a_while_is_no_error() {
    let harness = Harness::sandbox(SandboxOptions::empty());
    let at = now() / 60 * 60 - 9 * 24 * 3600;
    let cloudwatch = harness.the_sandbox().cloudwatch();
    cloudwatch.record("AWS/Lambda", "Throttles", &[("FunctionName", "f")], at, 1.0);
    let report = harness.json(0, ["metrics", "--function", "f"]);
    assert_eq!(row(section(&report, "function"), "invocations")["max"], Value::Null);
    harness
        .run(["metrics", "--function", "g"])
        .ended(3)
        .says("no metric of a function named g has been seen in two weeks");
}
