//! Who answers: a proxy, a queue that is no DLQ, a server that is not AWS, a clock that is wrong.

use super::*;
use crate::support::Ran;
use crate::support::queues::{create, plant_body};

fn with_message() -> Harness {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    create(harness.the_sandbox().sqs(), "dlq", None);
    create(harness.the_sandbox().sqs(), "recs", Some("dlq"));
    plant_body(&harness, "dlq", "[1, [2]]");
    harness.set("RECOCTL_QUEUE", "recs");
    harness
}

const PROXIES: [&str; 6] =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

#[test]
fn what_is_on_this_machine_never_goes_through_a_proxy() {
    let mut harness = with_message();
    let proxy = Recorder::start();
    for name in PROXIES {
        harness.set(name, &proxy.endpoint);
        assert_eq!(harness.json(0, ["dlq", "peek"])["messages"].as_array().map(Vec::len), Some(1));
        harness.set(name, "");
    }
    for name in PROXIES {
        harness.set(name, &proxy.endpoint);
    }
    // Calls of the sandbox, its function and recoctl all stay on this machine.
    let report = harness.json(0, ["--sandbox", "dlq", "classify"]);
    assert!(report["scanned"].as_u64().is_some_and(|scanned| scanned > 0));
    assert_eq!(proxy.count(), 0, "nothing went out");
    // Calls to other hosts do use the proxy.
    let away = ["dlq", "peek", "--endpoint-url", "http://sqs.recoctl.invalid"];
    // The proxy answered that the queue does not exist.
    harness.run(away).ended(3);
    assert!(proxy.count() > 0);
}

#[test]
fn a_live_source_queue_is_never_emptied_as_if_it_were_the_dlq() {
    let mut harness = with_message();
    let sqs = harness.the_sandbox().sqs().clone();
    plant_body(&harness, "recs", "[7, [8]]");
    // Both are live source queues: the second has a consumer but no redrive policy.
    sqs.create_queue("orders", &[]).expect("created");
    plant_body(&harness, "orders", "[7, [8]]");
    harness.set("RECOCTL_QUEUE", "");
    let file = harness.home.path().join("f").display().to_string();
    for args in [
        &["dlq", "purge", "--all-now", "--yes"][..],
        &["dlq", "purge", "--no-backup", "--yes"],
        &["dlq", "export", &file, "--and-delete", "--yes"],
        &["dlq", "redrive", "--to", "orders", "--class", "all", "--yes"],
        &["dlq", "redrive", "--to", "orders", "--class", "all", "--yes", "--engine", "native"],
        &["dlq", "redrive", "--to", "orders", "--class", "all", "--yes", "--engine", "client"],
    ] {
        Ran::of(harness.recoctl(["--dlq", "recs"]).args(args))
            .ended(7)
            .says("recs has a redrive policy of its own");
    }
    let all_now = ["dlq", "purge", "--all-now", "--yes", "--dlq", "orders"];
    harness.run(all_now).ended(7).says("no queue names orders as its DLQ");
    for queue in ["recs", "orders"] {
        let snapshot = sqs.snapshot(queue).expect("there");
        assert_eq!(snapshot.messages.len(), 1, "{queue}");
        assert_eq!(snapshot.messages[0].receive_count, 0, "{queue}: nothing was received");
    }
    let report: Value = harness.json(0, ["dlq", "purge", "--all-now", "--yes", "--dlq", "dlq"]);
    assert_eq!(report["purged"], true);
    assert_eq!(sqs.snapshot("dlq").expect("there").messages.len(), 0);
    harness.json(0, ["dlq", "purge", "--all-now", "--yes", "--dlq", "orders", "--force"]);
    assert_eq!(sqs.snapshot("orders").expect("there").messages.len(), 0);
}

/// Runs a peek against a server with one answer.
fn told(answer: (&str, &str, &str)) -> Ran {
    let mut harness = bare();
    harness.set("AWS_REGION", "us-east-1");
    harness.set("AWS_ACCESS_KEY_ID", "x");
    harness.set("AWS_SECRET_ACCESS_KEY", "x");
    let server = Recorder::answering(answer.0, answer.1, answer.2);
    let peek = ["dlq", "peek", "--queue", "recs", "--endpoint-url", &server.endpoint];
    harness.run(peek)
}

#[test]
fn an_answer_that_is_not_awss_shows_what_it_is() {
    let page = "<html>\n<head><title>Hotel Wi-Fi</title></head></html>";
    for status in ["200 OK", "302 Found", "403 Forbidden"] {
        told((status, "content-type: text/html\r\n", page)).ended(1).says_all([
            "not from AWS",
            &status[..3],
            "text/html",
            "<html> <head><title>Hotel Wi-Fi",
        ]);
    }
    let json = "content-type: application/json\r\n";
    let unknown = told(("401 Unauthorized", json, r#"{"error":"who are you"}"#));
    unknown.ended(1).says("401").says("who are you");
    told(("404 Not Found", "", "no route")).ended(1).says("404").says("no route");
}

#[test]
fn a_clock_that_is_wrong_is_named_with_how_far_it_is_off() {
    let refused = r#"{"__type":"InvalidSignatureException","message":"Signature expired: 20260101T000000Z is now earlier than 20260101T000900Z (20260101T001400Z - 5 min.)"}"#;
    let date = |off_s: i64| {
        let now = i64::try_from(support::now()).expect("a time") + off_s;
        let time = jiff::Timestamp::from_second(now).expect("a time");
        time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    // The server's clock stands still during retries, so allow a minute either way.
    for (off_s, minutes, way) in
        [(14 * 60, [14, 13, 12], "behind"), (-14 * 60, [14, 15, 16], "ahead of")]
    {
        let headers =
            format!("content-type: application/x-amz-json-1.0\r\ndate: {}\r\n", date(off_s));
        let ran = told(("403 Forbidden", &headers, refused)).ended(3);
        let stderr = ran.says("fix the system clock").stderr;
        let is_named = |minutes: &i32| {
            stderr.contains(&format!("the system clock is {minutes} min {way} AWS's"))
        };
        assert!(minutes.iter().any(is_named), "{stderr}");
    }
    let wrong_key = r#"{"__type":"InvalidSignatureException","message":"The request signature we calculated does not match"}"#;
    let headers = format!("content-type: application/x-amz-json-1.0\r\ndate: {}\r\n", date(0));
    told(("403 Forbidden", &headers, wrong_key)).ended(3).never_says("clock");
}
