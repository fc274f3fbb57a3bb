//! `recoctl dlq peek` and `recoctl dlq classify` through the real binary: looking changes nothing.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use crate::support::queues::{self, plant, plant_body, queues};
use crate::support::{Harness, eventually};
use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::{AttributeValue, Planted};
use serde_json::{Value, json};

fn seeded() -> Harness {
    Harness::sandbox(SandboxOptions { worker: None, ..SandboxOptions::default() })
}

/// Starts a sandbox with the queues `recs` and `recs-dlq`, and this many messages in the DLQ.
fn with_messages(messages: usize) -> Harness {
    let harness = queues("", SandboxOptions::empty());
    for user in 0..messages {
        let body = format!("{{\"data\":[[{user},[1,2,3]]]}}");
        plant_body(&harness, "recs-dlq", body);
    }
    harness
}

fn depth(harness: &Harness, queue: &str) -> (usize, usize) {
    let depth = harness.the_sandbox().sqs().depth(queue).expect("the queue exists");
    (depth.visible, depth.in_flight)
}

fn ids(report: &Value) -> Vec<String> {
    let messages = report["messages"].as_array().expect("messages");
    messages.iter().map(|m| m["message_id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn a_peek_of_100_messages_leaves_all_100_visible() {
    let harness = with_messages(100);
    let report = harness.json(0, ["dlq", "peek", "--max", "100"]);
    assert_eq!(depth(&harness, "recs-dlq"), (100, 0));
    let ids = ids(&report);
    assert_eq!(ids.len(), 100);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 100, "no message is shown twice");
    assert_eq!(report["released"], 100);
    assert_eq!(report["unreleased"], json!([]));
}

#[test]
fn a_peek_receives_no_more_than_it_shows() {
    let harness = with_messages(30);
    let report = harness.json(0, ["dlq", "peek"]);
    assert_eq!(ids(&report).len(), 10);
    let snapshot = harness.the_sandbox().sqs().snapshot("recs-dlq").expect("the queue exists");
    let received: u32 = snapshot.messages.iter().map(|message| message.receive_count).sum();
    assert_eq!(received, 10);
    assert_eq!(depth(&harness, "recs-dlq"), (30, 0));
}

#[test]
fn a_peek_by_class_shows_that_class_only() {
    let harness = seeded();
    let report = harness.json(0, ["dlq", "peek", "--class", "malformed", "--full", "--max", "3"]);
    let messages = report["messages"].as_array().expect("messages");
    assert_eq!(messages.len(), 3);
    for message in messages {
        assert_eq!(message["class"], "malformed");
        assert!(message["body_text"].is_string(), "--full shows the body");
    }
    let (visible, in_flight) = depth(&harness, "recs-dlq");
    assert_eq!(
        (visible, in_flight),
        (harness.the_sandbox().seed().expect("a seed").messages.len(), 0)
    );
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let harness = with_messages(0);
    // ESC itself is not allowed in a body; U+009B is, and also starts a control sequence.
    let planted = Planted { body: "\u{9b}2J{\u{202e}".to_owned(), ..Planted::default() };
    plant(&harness, "recs-dlq", planted);
    let text = harness.run(["dlq", "peek", "--full"]).stdout;
    assert!(!text.contains('\u{9b}') && !text.contains('\u{202e}'), "{text}");
    assert!(text.contains("\\u{9b}2J{\\u{202e}"), "{text}");
}

#[test]
fn an_empty_dlq_is_a_sound_answer_unless_something_is_asked_for() {
    let harness = with_messages(0);
    assert_eq!(harness.json(0, ["dlq", "peek"])["messages"], json!([]));
    assert_eq!(harness.json(0, ["dlq", "classify"])["scanned"], 0);
    for command in ["peek", "classify"] {
        harness.json(5, ["dlq", command, "--class", "malformed"]);
    }
}

#[test]
fn a_dlq_with_a_redrive_policy_of_its_own_is_not_received_from() {
    let mut harness = with_messages(3);
    let sqs = harness.the_sandbox().sqs().clone();
    queues::create(&sqs, "other", None);
    queues::create(&sqs, "strange-dlq", Some("other"));
    plant_body(&harness, "strange-dlq", "x");
    harness.set("RECOCTL_QUEUE", "");
    harness.set("RECOCTL_DLQ", "strange-dlq");
    for command in ["peek", "classify"] {
        harness.run(["dlq", command]).ended(7).says("--force");
    }
    let received = sqs.snapshot("strange-dlq").expect("there").messages[0].receive_count;
    assert_eq!(received, 0, "a refusal receives nothing");
    harness.json(0, ["dlq", "peek", "--force"]);
}

#[test]
fn every_seeded_message_gets_the_class_it_was_made_for() {
    let harness = seeded();
    let report = harness.json(0, ["dlq", "classify"]);
    let classes: BTreeMap<String, String> = report["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|m| {
            let text = |key: &str| m[key].as_str().expect("text").to_owned();
            (text("message_id"), text("class"))
        })
        .collect();
    let seed = harness.the_sandbox().seed().expect("a seed");
    assert_eq!(classes.len(), seed.messages.len());
    for message in &seed.messages {
        assert_eq!(classes[&message.id], message.class.name(), "{}", message.about);
    }
    let counted: u64 = report["classes"]
        .as_array()
        .expect("classes")
        .iter()
        .map(|class| class["messages"].as_u64().expect("a count"))
        .sum();
    assert_eq!(counted, report["scanned"].as_u64().expect("a count"));
    assert_eq!(depth(&harness, "recs-dlq"), (seed.messages.len(), 0));
}

#[test]
fn fail_on_makes_a_class_a_finding() {
    let harness = seeded();
    let report = harness.json(6, ["dlq", "classify", "--fail-on", "malformed,stale"]);
    assert_eq!(report["findings"], json!(["malformed", "stale"]));
    let sound = with_messages(2);
    sound.json(0, ["dlq", "classify", "--fail-on", "malformed"]);
}

#[test]
fn jsonl_is_a_line_a_message_and_one_for_the_rest() {
    let harness = with_messages(4);
    let lines = harness.run(["dlq", "classify", "-o", "jsonl"]).lines();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0]["kind"], "dlq.classify.row");
    assert_eq!(lines[4]["kind"], "dlq.classify");
    assert_eq!(lines[4]["scanned"], 4);
}

#[test]
fn without_table_and_facts_the_report_says_what_was_not_checked() {
    let harness = with_messages(1);
    let report = harness.json(0, ["dlq", "classify"]);
    let limits = report["limits"].as_array().expect("limits");
    assert_eq!(limits.len(), 2, "{limits:?}");
    assert_eq!(report["messages"][0]["class"], "retryable");
}

#[test]
fn the_pair_is_found_from_either_queue() {
    let mut harness = with_messages(1);
    let from_source = harness.json(0, ["dlq", "peek"]);
    assert_eq!((&from_source["dlq"], &from_source["source"]), (&json!("recs-dlq"), &json!("recs")));
    harness.set("RECOCTL_QUEUE", "");
    let sqs = harness.the_sandbox().sqs().clone();
    for dlq in ["recs-dlq".to_owned(), sqs.queue_url("recs-dlq"), sqs.queue_arn("recs-dlq")] {
        let report = harness.json(0, ["dlq", "peek", "--dlq", &dlq]);
        assert_eq!(report["source"], "recs", "{dlq}");
    }
}

#[test]
fn what_cannot_be_found_is_a_config_error_that_says_what_to_do() {
    let mut harness = with_messages(1);
    let fails = |harness: &Harness, args: &[&str], words: &[&str]| {
        harness.run(args).ended(3).says_all(words);
    };
    fails(&harness, &["dlq", "peek", "--queue", "absent"], &["absent", "hint"]);
    let elsewhere = "arn:aws:sqs:eu-west-1:000000000000:recs";
    fails(&harness, &["dlq", "peek", "--queue", elsewhere], &["eu-west-1", "us-east-1"]);
    let foreign = "arn:aws:sqs:us-east-1:123456789012:recs";
    fails(&harness, &["dlq", "peek", "--queue", foreign], &["123456789012"]);
    let sqs = harness.the_sandbox().sqs().clone();
    sqs.create_queue("plain", &[]).expect("created");
    fails(&harness, &["dlq", "peek", "--queue", "plain"], &["no redrive policy", "--dlq"]);
    harness.set("RECOCTL_QUEUE", "");
    fails(&harness, &["dlq", "peek"], &["--queue", "recoctl.toml"]);
    fails(&harness, &["dlq", "redrive", "--dlq", "plain"], &["no queue names plain", "--queue"]);
}

#[test]
fn only_a_newer_message_that_can_pass_and_goes_to_the_same_queue_supersedes() {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    let sqs = harness.the_sandbox().sqs().clone();
    queues::create(&sqs, "dlq", None);
    for queue in ["recs", "others"] {
        queues::create_with(&sqs, queue, Some(("dlq", 5)), &[("MaximumMessageSize", "2048")]);
    }
    let plant = |body: &str, source: &str, age_s: u64| {
        let planted = Planted {
            body: body.to_owned(),
            sent_at_ms: Some((crate::support::now() - age_s) * 1000),
            dead_letter_source_arn: Some(sqs.queue_arn(source)),
            ..Planted::default()
        };
        sqs.plant("dlq", planted).expect("planted")
    };
    let articles: Vec<String> = (1_000..1_600).map(|id: u32| id.to_string()).collect();
    let sound = plant("[1, [10]]", "recs", 3_000);
    let oversize = plant(&format!("[1, [{}]]", articles.join(",")), "recs", 2_000);
    let older = plant("[2, [10]]", "recs", 3_000);
    let newer = plant("[2, [11]]", "recs", 2_000);
    let one = plant("[3, [10]]", "recs", 3_000);
    let other = plant("[3, [11]]", "others", 2_000);
    harness.set("RECOCTL_QUEUE", "recs");
    let report = harness.json(0, ["dlq", "classify"]);
    let classes: BTreeMap<&str, &str> = report["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|m| (m["message_id"].as_str().expect("an id"), m["class"].as_str().expect("a class")))
        .collect();
    for (id, class, why) in [
        (&sound, "retryable", "the newer one is oversize and can never pass"),
        (&oversize, "oversize", "it is too large"),
        (&older, "superseded", "a newer one can pass"),
        (&newer, "retryable", "it is the newest"),
        (&one, "retryable", "the newer one goes to another queue"),
        (&other, "retryable", "it is the newest"),
    ] {
        assert_eq!(classes[id.as_str()], class, "{why}");
    }
}

#[test]
fn message_attributes_are_shown_and_what_aws_says_of_the_failure_is_a_reason() {
    let harness = with_messages(0);
    let sqs = harness.the_sandbox().sqs().clone();
    let attributes = [
        ("ErrorMessage".to_owned(), AttributeValue::string("Task timed out\u{9b} after 3.00 s")),
        ("ErrorCode".to_owned(), AttributeValue::number("200")),
        ("long".to_owned(), AttributeValue::string("x".repeat(2_000))),
    ];
    let body = "[1, [2]]".to_owned();
    sqs.plant("recs-dlq", Planted { body, attributes: attributes.into(), ..Planted::default() })
        .expect("planted");
    let row = harness.json(0, ["dlq", "peek"])["messages"][0].clone();
    assert_eq!(row["attributes"]["ErrorMessage"], "Task timed out\u{9b} after 3.00 s");
    assert_eq!(row["attributes"]["ErrorCode"], 200);
    assert_eq!(row["attributes"]["long"].as_str().map(str::len), Some(2_000));
    assert!(row["body"].is_null(), "bodies only with --full");
    let told = |row: &Value| {
        row["reasons"].as_array().expect("reasons").iter().any(|reason| {
            reason.as_str().is_some_and(|reason| reason.contains("200: Task timed out"))
        })
    };
    assert!(told(&row));
    assert!(told(&harness.json(0, ["dlq", "classify"])["messages"][0]));
    harness
        .run(["dlq", "peek", "--full"])
        .shows("   ErrorMessage (String): Task timed out\\u{9b} after 3.00 s\n")
        .shows("   ErrorCode (Number): 200\n")
        .shows("…")
        .never_says(&"x".repeat(600));
    harness.run(["dlq", "peek"]).never_says("ErrorMessage (String)");
}

#[test]
fn a_pointer_to_s3_is_foreign_and_where_the_payload_is_can_be_read() {
    let harness = with_messages(0);
    for class in [
        "software.amazon.payloadoffloading.PayloadS3Pointer",
        "com.amazon.sqs.javamessaging.MessageS3Pointer",
    ] {
        let body = json!([class, {"s3BucketName": "b", "s3Key": "k"}]).to_string();
        plant_body(&harness, "recs-dlq", body);
    }
    let report = harness.json(0, ["dlq", "classify"]);
    for row in report["messages"].as_array().expect("messages") {
        assert_eq!(row["class"], "foreign");
        let reason = row["reasons"][0].as_str().expect("a reason");
        assert!(reason.contains(r#"bucket "b""#) && reason.contains(r#"key "k""#), "{reason}");
    }
}

#[test]
fn what_nothing_would_be_written_of_is_removed_with_a_copy() {
    let harness = seeded();
    let report = harness.json(0, ["dlq", "classify"]);
    let groups = report["classes"].as_array().expect("classes");
    let mut removed = 0;
    for class in ["empty", "unknown-user"] {
        let group = groups.iter().find(|group| group["class"] == class).expect("it is seeded");
        let next = group["next"].as_str().expect("a command");
        assert_eq!(next, format!("recoctl dlq purge --class {class} --backup {class}.jsonl"));
        let report = harness.json(0, next.split(' ').skip(1));
        assert_eq!(report["counts"]["deleted"], group["messages"], "{class}");
        assert!(harness.home.path().join(format!("{class}.jsonl")).is_file());
        removed += group["messages"].as_u64().expect("a count");
    }
    let left = report["scanned"].as_u64().expect("a count") - removed;
    assert_eq!(depth(&harness, "recs-dlq").0 as u64, left);
}

#[test]
fn fifo_messages_behind_a_held_one_are_not_lost_sight_of() {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    let sqs = harness.the_sandbox().sqs().clone();
    sqs.create_queue("recs-dlq.fifo", &[("FifoQueue", "true")]).expect("created");
    for n in 0..25 {
        let planted = Planted {
            body: format!("[{n},[1]]"),
            group_id: Some("one".to_owned()),
            ..Planted::default()
        };
        sqs.plant("recs-dlq.fifo", planted).expect("planted");
    }
    harness.set("RECOCTL_DLQ", "recs-dlq.fifo");
    let report = harness.json(4, ["dlq", "classify"]);
    let scanned = report["scanned"].as_u64().expect("a count");
    assert!((1..=25).contains(&scanned), "{scanned}");
    assert_eq!(report["approximate_messages"], 25);
    assert_eq!((&report["exhausted"], &report["unreached"]), (&json!(false), &json!(25 - scanned)));
    assert_eq!(depth(&harness, "recs-dlq.fifo").1, 0);
}

#[test]
fn an_independent_server_is_looked_into_just_the_same() {
    let mut harness = Harness::independent();
    let sound = (0..12).map(|user| format!("{{\"data\":[[{user},[1,2,3]]]}}"));
    let created = queues::at_server(&harness, sound.chain(["{".to_owned()]));
    harness.set("RECOCTL_DLQ", "recs-dlq");
    let report = harness.json(0, ["dlq", "classify"]);
    assert_eq!((&report["scanned"], &report["source"]), (&json!(13), &json!("recs")));
    let report = harness.json(0, ["dlq", "peek", "--max", "20"]);
    assert_eq!(ids(&report).len(), 13, "what was classified is visible again");
    harness.set("RECOCTL_DLQ", &created);
    harness.json(0, ["dlq", "peek"]);
}

#[test]
fn an_interrupted_classify_hides_nothing_and_exits_130() {
    let harness = seeded();
    // Once all are held, the scan waits for more with a long poll: that is when it is interrupted.
    let mut child = crate::support::spawn(&harness, &["dlq", "classify"]);
    eventually("messages are held", Duration::from_secs(20), || depth(&harness, "recs-dlq").1 > 0);
    crate::support::interrupt(&child);
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
    assert_eq!(depth(&harness, "recs-dlq").1, 0, "nothing is left invisible");
}
