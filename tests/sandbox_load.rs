//! `recoctl sandbox load` through the real binary.

mod support;

use std::io::{BufRead, BufReader};
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;
use support::{Ran, finished, interrupt};

fn load(args: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("recoctl"));
    command.env_clear().timeout(Duration::from_secs(180)).args(["sandbox", "load"]).args(args);
    command
}

fn report(args: &[&str]) -> Value {
    Ran::of(load(args).args(["--output", "json"])).ended(0).report()
}

fn row<'a>(report: &'a Value, subject: &str, measure: &str) -> &'a Value {
    let sections = report["sections"].as_array().expect("a list");
    let section = sections.iter().find(|section| section["subject"] == subject).expect(subject);
    let rows = section["rows"].as_array().expect("a list");
    rows.iter().find(|row| row["measure"] == measure).expect(measure)
}

#[test]
fn a_small_table_gives_out_first_and_nothing_is_lost() {
    let report = report(&[
        "--users=600",
        "--per-message=10",
        "--list=20",
        "--reads=5",
        "--wcu=40",
        "--concurrency=2",
    ]);
    assert_eq!((&report["kind"], &report["ended"]), (&"sandbox.load".into(), &"drained".into()));
    let measured = &report["measured"];
    assert_eq!((&measured["sent"], &measured["left"]), (&600.into(), &0.into()));
    assert_eq!(measured["dead"], 0, "{measured}");
    // Written once each, unless an invocation timed out and was repeated.
    assert!(measured["written"].as_u64() >= Some(600), "{measured}");
    assert!(measured["throttled"].as_u64() > Some(0), "{measured}");
    assert_eq!(report["verdict"]["stage"], "table", "{}", report["verdict"]);
    // 600 lists of 1 WCU at 40 WCU per second, with one second's worth banked.
    assert!(measured["elapsed_s"].as_f64() >= Some(13.5), "{measured}");
    let consumed = row(&report, "table", "consumed-wcu");
    assert_eq!(consumed["total"].as_f64(), measured["wcu"].as_f64());
    assert!(consumed["points"].as_array().expect("a list").len() >= 14, "a point a second");
    assert!(row(&report, "function", "facts-mean")["max"].is_number());
    assert!(row(&report, "queue", "visible")["max"].as_f64() > Some(0.0));
}

#[test]
fn what_is_slow_enough_is_kept_up_with() {
    let report = report(&["--users=60", "--per-message=5", "--list=10", "--reads=5", "--rate=20"]);
    assert_eq!(report["verdict"]["stage"], "none", "{report:#}");
    let measured = &report["measured"];
    assert!(measured["sending_s"].as_f64() >= Some(2.0), "the rate is held: {measured}");
    assert_eq!((&measured["written"], &measured["throttled"]), (&60.into(), &0.into()));
}

#[test]
fn ctrl_c_ends_it_with_what_was_measured_so_far() {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("recoctl"))
        .env_clear()
        .args(["sandbox", "load", "--users=5000", "--per-message=5", "--list=10", "--reads=0"])
        .args(["--rate=50", "--for=10m", "--output=json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("recoctl runs");
    let stderr = BufReader::new(child.stderr.take().expect("piped"));
    let mut lines = stderr.lines().map(|line| line.expect("text"));
    assert!(lines.any(|line| line.contains("Ctrl-C")), "it says how to end it");
    interrupt(&child);
    let report = finished(child).ended(130).report();
    assert_eq!(report["ended"], "interrupted");
    let sent = report["measured"]["sent"].as_u64().expect("a count");
    assert!((1..5_000).contains(&sent), "{sent}");
}

#[test]
fn what_cannot_be_sent_or_gathered_is_refused_before_anything_starts() {
    for (args, said) in [
        (["--per-message=2000", "--list=100"], "too large"),
        (["--batch-size=50", "--list=10"], "needs a --window"),
    ] {
        Ran::of(&mut load(&args)).ended(2).says(said).says("hint:");
    }
}
