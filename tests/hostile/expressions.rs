//! A single body or expression does not end the run.

use std::time::Duration;

use reco_sandbox::SandboxOptions;
use serde_json::Value;

use crate::kit::{ended_within, signal};
use crate::support::queues::queues;
use crate::support::{Harness, Ran, spawn};

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
    let report = Ran::of(command.timeout(Duration::from_secs(500))).ended(4).report();
    assert_eq!((&report["undecided"], &report["exhausted"]), (&300.into(), &true.into()));
}

#[test]
fn expressions_see_neither_files_nor_the_environment() {
    let harness = queue(&["{}"]);
    for expression in ["env.HOME", "$ENV.HOME", r#"import "x" as $d; ."#, r#"include "x"; ."#] {
        let args = ["dlq", "peek", "--where", expression];
        harness.run(args).ended(2).says("jq expression");
    }
}

#[test]
fn a_transform_that_ends_its_process_leaves_the_message() {
    let (deep, sound) = ("[".repeat(200_000), "[[1,[10]]]");
    let harness = queue(&[sound, &deep]);
    let transform =
        r#"if type == "string" then reduce range(1000000) as $i (0; [.]) | tojson else .[0] end"#;
    let args = ["dlq", "redrive", "--class", "all", "--transform", transform, "--dry-run"];
    let report = Ran::of(harness.recoctl(args).args(["--output", "json"])).report();
    let messages = report["messages"].as_array().unwrap();
    let kept = messages.iter().find(|row| row["reason"].as_str().is_some_and(|r| r.contains("jq")));
    assert!(kept.is_some(), "{report}");
    assert_eq!(messages.iter().filter(|row| row["fate"] == "planned").count(), 1, "{report}");
}
