//! `recoctl dlq redrive --engine` and `recoctl dlq tasks` through the real binary: which engine
//! moves the messages, why, and the life of a move task.

use std::time::{Duration, Instant};

use crate::faults::{Fault, always};
use crate::support::queues::{self, plant_body, plant_sound, queues};
use crate::support::{Harness, Ran, eventually, finished};
use reco_sandbox::SandboxOptions;
use serde_json::{Value, json};

const ALL: [&str; 5] = ["dlq", "redrive", "--class", "all", "--yes"];

/// Starts a DLQ with this many sound messages, behind a server with this rule.
fn with_rule(
    suffix: &str,
    messages: usize,
    rule: impl Fn(&str, usize) -> Fault + Send + Sync + 'static,
) -> Harness {
    let mut harness = queues(suffix, SandboxOptions::empty());
    plant_sound(&harness, suffix, messages, 7);
    crate::faults::in_front(&mut harness, rule);
    harness
}

fn with_messages(suffix: &str, messages: usize) -> Harness {
    with_rule(suffix, messages, |_, _| Fault::None)
}

fn in_queue(harness: &Harness, queue: &str) -> usize {
    harness.the_sandbox().sqs().snapshot(queue).expect("there").messages.len()
}

fn rate(rate: &'static str) -> Vec<&'static str> {
    [&ALL[..], &["--rate", rate]].concat()
}

fn reason(report: &Value) -> String {
    report["engine_reason"].as_str().expect("a reason").to_owned()
}

#[test]
fn moving_everything_is_left_to_sqs_and_said() {
    for suffix in ["", ".fifo"] {
        let harness = with_messages(suffix, 40);
        let report = Ran::of(harness.recoctl(ALL).args(["--output", "json"]))
            .ended(0)
            .says("with an SQS move task (all messages are moved")
            .report();
        assert_eq!((&report["kind"], &report["engine"]), (&json!("dlq.redrive"), &json!("native")));
        assert_eq!((&report["counts"]["moved"], &report["journal"]), (&json!(40), &Value::Null));
        assert_eq!(report["task"]["status"], "completed");
        assert!(report["limits"][0].as_str().expect("a limit").contains("no journal"));
        assert_eq!(in_queue(&harness, &format!("recs{suffix}")), 40);
        assert_eq!(in_queue(&harness, &format!("recs-dlq{suffix}")), 0);
    }
}

#[test]
fn whatever_else_is_asked_for_is_done_by_recoctl_and_said() {
    let harness = with_messages("", 6);
    for (args, words) in [
        (&["--class", "all", "--dry-run"][..], "a dry run lists each message"),
        (&["--dry-run"], "a dry run"),
        (&["--class", "all", "--max", "1"], "--max"),
        (&["--class", "all", "--newer-than", "1h", "--max", "1"], "cannot select messages"),
        (&["--class", "all", "--yes", "--rate", "0.5", "--max", "1"], "--max"),
        (&["--max", "1"], "an SQS move task cannot select classes"),
        (&["--class", "all", "--yes", "--journal", "j.jsonl"], "--journal"),
    ] {
        let yes = if args.contains(&"all") { &["--yes"][..] } else { &[] };
        let mut line = vec!["dlq", "redrive"];
        line.extend(args);
        line.extend(yes.iter().filter(|_| !args.contains(&"--yes")));
        let report = harness.json(0, line);
        assert_eq!(report["engine"], "client", "{args:?}");
        assert!(reason(&report).contains(words), "{args:?}: {}", reason(&report));
    }
    assert_eq!(in_queue(&harness, "recs-dlq"), 0);
    let empty = harness.json(5, ALL);
    assert!(reason(&empty).contains("looks empty"), "{empty}");
}

#[test]
fn native_by_name_refuses_what_it_cannot_do_and_asks_first() {
    let harness = with_messages("", 4);
    for args in [&["--class", "retryable"][..], &[], &["--class", "all", "--max", "1"]] {
        let mut line = vec!["dlq", "redrive", "--engine", "native", "--yes"];
        line.extend(args);
        harness.run(line).ended(2).says("--engine client");
    }
    for engine in ["native", "auto"] {
        let line = ["dlq", "redrive", "--engine", engine, "--class", "all"];
        // Nobody confirmed.
        harness.run(line).ended(7);
    }
    assert_eq!(in_queue(&harness, "recs-dlq"), 4);
    let client = harness.json(0, [&ALL[..], &["--engine", "client"]].concat());
    assert_eq!((&client["engine"], &client["counts"]["moved"]), (&json!("client"), &json!(4)));
    assert!(client["journal"].is_string());
}

/// A move task does not classify, so flags for classification exclude it.
#[test]
fn native_goes_by_no_facts_policy_or_table() {
    let harness = with_messages("", 4);
    harness.write("policy.toml", "[limits]\nmax_len = 100\n");
    for flag in [["--facts", "none"], ["--policy", "policy.toml"], ["--table", "recs"]] {
        let line = [&ALL[..], &["--engine", "native"], &flag].concat();
        let expected = format!("{} has no effect on `recoctl dlq redrive` with --engine", flag[0]);
        harness.run(line).ended(2).says(expected);
    }
    assert_eq!(in_queue(&harness, "recs-dlq"), 4);
    let report = harness.json(0, [&ALL[..], &["--facts", "none"]].concat());
    assert_eq!((&report["engine"], &report["counts"]["moved"]), (&json!("client"), &json!(4)));
    assert!(reason(&report).contains("classify messages (--facts)"), "{report}");
}

#[test]
fn where_a_task_may_not_be_started_recoctl_moves_the_messages() {
    let deny = always("StartMessageMoveTask", Fault::Deny);
    let harness = with_rule("", 5, deny);
    let line = [&ALL[..], &["--engine", "native"]].concat();
    harness.run(line).ended(3);
    assert_eq!(in_queue(&harness, "recs-dlq"), 5);
    let report = harness.json(0, ALL);
    assert_eq!((&report["engine"], &report["counts"]["moved"]), (&json!("client"), &json!(5)));
    assert!(reason(&report).contains("AccessDenied"), "{}", reason(&report));
}

#[test]
fn a_dlq_of_no_queue_is_not_for_a_move_task() {
    let mut harness = with_messages("", 3);
    let sqs = harness.the_sandbox().sqs().clone();
    sqs.create_queue("other", &[]).expect("created");
    sqs.create_queue("stray", &[]).expect("created");
    plant_body(&harness, "stray", "[1,[2]]");
    harness.set("RECOCTL_QUEUE", "");
    harness.set("RECOCTL_DLQ", "stray");
    let report = harness.json(0, [&ALL[..], &["--to", "other"]].concat());
    assert!(reason(&report).contains("no queue names stray as its DLQ"), "{}", reason(&report));
    assert_eq!(in_queue(&harness, "other"), 1);
}

#[test]
fn a_destination_of_smaller_messages_is_not_for_a_move_task_unless_by_name() {
    let harness = with_messages("", 3);
    let sqs = harness.the_sandbox().sqs().clone();
    sqs.create_queue("small", &[("MaximumMessageSize", "1024")]).expect("created");
    let body = format!("[1,[{}]]", ["2"; 1_000].join(","));
    plant_body(&harness, "recs-dlq", body);
    let report = harness.json(4, [&ALL[..], &["--to", "small"]].concat());
    assert!(reason(&report).contains("up to 1024 bytes"), "{}", reason(&report));
    assert_eq!((&report["counts"]["moved"], &report["counts"]["failed"]), (&json!(3), &json!(1)));
    let line = [&ALL[..], &["--to", "recs", "--engine", "native"]].concat();
    harness
        .run(line)
        .shows("move task completed: 1 of about 1 message")
        .shows("engine native: --engine native");
}

#[test]
fn a_rate_goes_with_the_task_and_messages_to_another_queue_too() {
    let harness = with_messages("", 40);
    harness.the_sandbox().sqs().create_queue("other", &[]).expect("created");
    let start = Instant::now();
    let report = harness.json(0, [rate("20"), vec!["--to", "other"]].concat());
    assert!(start.elapsed() >= Duration::from_millis(1_800), "{:?}", start.elapsed());
    assert_eq!((&report["engine"], &report["task"]["rate_limit"]), (&json!("native"), &json!(20)));
    assert_eq!((in_queue(&harness, "other"), in_queue(&harness, "recs")), (40, 0));
}

#[test]
fn a_running_task_is_not_joined_by_another_and_can_be_cancelled() {
    let harness = with_messages("", 500);
    let idle = harness.json(5, ["dlq", "tasks", "cancel"]);
    assert_eq!(idle["cancelled"], false);
    let child = crate::support::spawn(&harness, &rate("10"));
    let running = || harness.json(0, ["dlq", "tasks", "list"])["tasks"][0].clone();
    eventually("the move task is running", Duration::from_secs(30), || {
        running()["status"] == "running"
    });
    assert!(running()["handle"].is_string());
    // The lock keeps off another recoctl on this machine; one on another machine sees the task.
    let state = harness.home.path().join("elsewhere");
    Ran::of(harness.recoctl(ALL).env("XDG_STATE_HOME", state)).ended(7).says("dlq tasks cancel");
    // Ctrl-C where nobody can be asked: it goes on.
    crate::support::interrupt(&child);
    finished(child).ended(130).says("the move task continues; see `recoctl dlq tasks list`");
    assert_eq!(running()["status"], "running");
    let cancelled = harness.json(0, ["dlq", "tasks", "cancel"]);
    let moved = cancelled["moved"].as_u64().expect("a number");
    eventually("it stops", Duration::from_secs(30), || running()["status"] == "cancelled");
    let ended = running();
    assert!(ended["handle"].is_null() && ended["moved"].as_u64() >= Some(moved), "{ended}");
    let (source, dlq) = (in_queue(&harness, "recs"), in_queue(&harness, "recs-dlq"));
    assert_eq!(source + dlq, 500, "what moved stays moved, the rest is left");
    assert_eq!(Some(source as u64), ended["moved"].as_u64());
    assert!(dlq > 0);
}

/// Ctrl-C while SQS does not answer: the report has what was last seen, if anything was.
#[test]
fn an_interrupt_while_the_task_cannot_be_seen_is_an_interrupt() {
    // The first call is the check before the start; each is tried several times.
    for (seen, report) in [(3, true), (1, false)] {
        let harness = with_rule("", 500, move |action, before| match action {
            "ListMessageMoveTasks" if before >= seen => Fault::Deny,
            _ => Fault::None,
        });
        let mut line = rate("10");
        line.extend(["--output", "json"]);
        let child = crate::support::spawn(&harness, &line);
        eventually("it moves", Duration::from_secs(30), || in_queue(&harness, "recs") > 20);
        crate::support::interrupt(&child);
        let ran = crate::support::finished(child).ended(130);
        if report {
            let report = ran.report();
            assert_eq!(
                (&report["interrupted"], &report["task"]["status"]),
                (&json!(true), &json!("running"))
            );
        } else {
            ran.says("it may still be running");
        }
    }
}

#[test]
fn a_task_that_is_cancelled_by_somebody_else_is_a_partial_success() {
    let harness = with_messages("", 500);
    let mut line = rate("10");
    line.extend(["--output", "json"]);
    let child = crate::support::spawn(&harness, &line);
    let task = || harness.json(0, ["dlq", "tasks", "list"])["tasks"][0].clone();
    eventually("it moves", Duration::from_secs(30), || task()["moved"].as_u64() > Some(0));
    harness.json(0, ["dlq", "tasks", "cancel"]);
    let report = finished(child).ended(4).report();
    assert_eq!(report["task"]["status"], "cancelled");
}

#[test]
fn a_start_whose_answer_is_lost_is_not_started_twice() {
    let lose = always("StartMessageMoveTask", Fault::FailAfter);
    let harness = with_rule("", 60, lose);
    let report = harness.json(0, rate("20"));
    assert_eq!((&report["engine"], &report["counts"]["moved"]), (&json!("native"), &json!(60)));
    let tasks = harness.json(0, ["dlq", "tasks", "list"]);
    assert_eq!(tasks["tasks"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_server_without_move_tasks_is_served_by_recoctl() {
    let mut harness = Harness::independent();
    queues::at_server(&harness, (0..5).map(queues::sound));
    harness.set("RECOCTL_QUEUE", "recs");
    let report = harness.json(0, ALL);
    assert_eq!((&report["engine"], &report["counts"]["moved"]), (&json!("client"), &json!(5)));
}
