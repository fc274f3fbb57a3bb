//! A single body or expression does not end the run.

use std::time::Duration;

use reco_sandbox::SandboxOptions;
use serde_json::Value;

use crate::kit::{ended_within, signal};
use crate::support::queues::queues;
use crate::support::{Harness, spawn};

/// Starts a DLQ with these bodies.
fn queue(bodies: &[&str]) -> Harness {
    let harness = queues("", SandboxOptions::empty());
    harness.runtime.block_on(async {
        let sqs = harness.sqs();
        let url = sqs.get_queue_url().queue_name("recs-dlq").send().await.unwrap();
        for body in bodies {
            let send = sqs.send_message().set_queue_url(url.queue_url.clone()).message_body(*body);
            send.send().await.unwrap();
        }
    });
    harness
}

fn peek(harness: &Harness, expression: &str) -> Value {
    harness.json(4, ["dlq", "peek", "--max", "50", "--where", expression])
}

#[test]
fn a_body_that_is_all_brackets_is_undecided_and_the_others_are_decided() {
    let (deep, sound) = ("[".repeat(200_000), r#"{"x": 1}"#);
    let harness = queue(&[sound, &deep, sound]);
    let expressions = [
        ".body_text | fromjson? | .x",
        r#"if (.body_text | length) > 1000 then reduce range(1000000) as $i (0; [.]) else .body.x end"#,
        r#"if (.body_text | length) > 1000 then [range(1e9)] | length else .body.x end"#,
        r#"if (.body_text | length) > 1000 then def f: f; f else .body.x end"#,
        r#"if (.body_text | length) > 1000 then def f: 1 + f; f else .body.x end"#,
        r#"if (.body_text | length) > 1000 then error(.body_text) else .body.x end"#,
    ];
    for expression in expressions {
        let report = peek(&harness, expression);
        assert_eq!(report["messages"].as_array().map(Vec::len), Some(2), "{expression}: {report}");
        assert_eq!(report["undecided"], 1, "{expression}: {report}");
        assert_eq!(report["unreleased"].as_array().map_or(0, Vec::len), 0, "{report}");
    }
}

#[test]
fn an_expression_that_never_ends_ends_at_the_first_signal() {
    let bodies = ["{}"; 40];
    let harness = queue(&bodies);
    let args = ["dlq", "peek", "--max", "50", "--where", "def f: f; f", "--output", "json"];
    for name in ["INT", "TERM"] {
        let child = spawn(&harness, &args);
        std::thread::sleep(Duration::from_secs(2));
        signal(&child, name);
        // Forty messages at two seconds each take more than a minute.
        let ran = ended_within(child, Duration::from_secs(30));
        assert_eq!(ran.code, Some(130), "{ran:#?}");
        let report = ran.report();
        assert!(report["undecided"].as_u64().is_some_and(|n| n > 0), "{report}");
    }
}

/// Three hundred messages take more than ten minutes at two seconds of CPU time each, however fast
/// the machine is.
#[test]
fn an_expression_that_never_ends_ends_by_itself() {
    let harness = queue(&["{}"; 300]);
    let args = ["dlq", "peek", "--where", "def f: f; f", "--output", "json"];
    let mut command = harness.recoctl(args);
    let output = command.timeout(Duration::from_secs(500)).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["undecided"], &report["exhausted"]), (&300.into(), &true.into()));
}

#[test]
fn expressions_see_neither_files_nor_the_environment() {
    let harness = queue(&["{}"]);
    for expression in ["env.HOME", "$ENV.HOME", r#"import "x" as $d; ."#, r#"include "x"; ."#] {
        let args = ["dlq", "peek", "--where", expression];
        let output = harness.recoctl(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{expression}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("jq expression"), "{stderr}");
    }
}

#[test]
fn a_transform_that_ends_its_process_leaves_the_message() {
    let (deep, sound) = ("[".repeat(200_000), "[[1,[10]]]");
    let harness = queue(&[sound, &deep]);
    let transform =
        r#"if type == "string" then reduce range(1000000) as $i (0; [.]) | tojson else .[0] end"#;
    let args = ["dlq", "redrive", "--class", "all", "--transform", transform, "--dry-run"];
    let output = harness.recoctl(args).args(["--output", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let messages = report["messages"].as_array().unwrap();
    let kept = messages.iter().find(|row| row["reason"].as_str().is_some_and(|r| r.contains("jq")));
    assert!(kept.is_some(), "{report}");
    assert_eq!(messages.iter().filter(|row| row["fate"] == "planned").count(), 1, "{report}");
}
