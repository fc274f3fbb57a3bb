//! Repairs during a redrive, through the real binary: what is sent instead, what is left, and that
//! the original is never lost.

use std::collections::BTreeMap;

use crate::support::Harness;
use crate::support::queues::{plant, queues, snapshot, visible_bodies as bodies};
use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::{AttributeValue, Planted};
use serde_json::{Value, json};

const SOUND: &str = r#"{"data": [[1, [2, 3]]]}"#;

/// Starts a sandbox whose DLQ has these bodies; returns their ids as well.
fn with_bodies(suffix: &str, bodies: &[&str]) -> (Harness, Vec<String>) {
    let harness = queues(suffix, SandboxOptions::empty());
    let dlq = format!("recs-dlq{suffix}");
    let attributes: BTreeMap<String, AttributeValue> =
        [("origin".to_owned(), AttributeValue::string("batch"))].into();
    let ids = bodies.iter().map(|body| {
        let planted = Planted {
            body: (*body).to_owned(),
            group_id: (!suffix.is_empty()).then(|| "group".to_owned()),
            attributes: attributes.clone(),
            ..Planted::default()
        };
        plant(&harness, &dlq, planted)
    });
    let ids = ids.collect();
    (harness, ids)
}

fn fates(report: &Value) -> BTreeMap<String, String> {
    let rows = report["messages"].as_array().expect("messages").iter();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    rows.map(|row| (text(&row["message_id"]), text(&row["fate"]))).collect()
}

#[test]
fn a_transform_rewrites_bodies_and_leaves_what_it_breaks() {
    let truncated = r#"{"data":[[5,[6]]"#;
    let (harness, ids) = with_bodies("", &[SOUND, truncated, r#"{"data":[[9,[9]]],"drop":1}"#]);
    let transform = r#"if type == "string" then . + "]}" elif .drop then "gone" else .data[0][1] |= reverse end"#;
    let args = ["dlq", "redrive", "--class", "all", "--yes", "--transform", transform];
    let plan = harness.json(4, [&args[..], &["--dry-run"]].concat());
    assert_eq!((&plan["changed"], &plan["counts"]["planned"]), (&json!(2), &json!(2)));
    let report = harness.json(4, args);
    assert_eq!(
        fates(&report),
        [(&ids[0], "moved"), (&ids[1], "moved"), (&ids[2], "unrepaired")]
            .map(|(id, fate)| (id.clone(), fate.to_owned()))
            .into()
    );
    assert_eq!(bodies(&harness, "recs"), [r#"{"data":[[1,[3,2]]]}"#, r#"{"data":[[5,[6]]]}"#]);
    assert_eq!(bodies(&harness, "recs-dlq"), [r#"{"data":[[9,[9]]],"drop":1}"#]);
    let sent = snapshot(&harness, "recs").messages;
    assert!(
        sent.iter().all(|message| message.attributes.contains_key("origin")),
        "attributes stay"
    );
    // The bytes that are sent are exactly the planned ones.
    let digests = |report: &Value| -> Vec<Value> {
        let rows = report["messages"].as_array().expect("messages").iter();
        rows.map(|row| row["changed"]["digest"].clone())
            .filter(|digest| !digest.is_null())
            .collect()
    };
    let (mut planned, mut done) = (digests(&plan), digests(&report));
    planned.sort_by_key(Value::to_string);
    done.sort_by_key(Value::to_string);
    assert_eq!((planned.len(), &planned), (2, &done));
}

#[test]
fn what_was_rewritten_is_put_back_as_it_was() {
    for suffix in ["", ".fifo"] {
        let (harness, _) = with_bodies(suffix, &[SOUND]);
        let report = harness.json(0, ["dlq", "redrive", "--transform", ".data[0][1] |= reverse"]);
        assert_eq!(bodies(&harness, &format!("recs{suffix}")), [r#"{"data":[[1,[3,2]]]}"#]);
        let journal = report["journal"].as_str().expect("a journal");
        harness.json(0, ["dlq", "journal", "restore", journal, "--yes"]);
        assert_eq!(bodies(&harness, &format!("recs-dlq{suffix}")), [SOUND]);
    }
}

#[test]
fn a_transform_that_fails_or_answers_twice_moves_nothing() {
    for (transform, why) in
        [(".data.x", "--transform failed"), ("., .", "more than one"), ("empty", "no value")]
    {
        let (harness, _) = with_bodies("", &[SOUND]);
        let report = harness.json(4, ["dlq", "redrive", "--transform", transform]);
        assert_eq!(report["counts"], json!({"unrepaired": 1}), "{transform}");
        let reason = report["messages"][0]["reason"].as_str().expect("a reason");
        assert!(reason.contains(why), "{transform}: {reason}");
        assert_eq!(bodies(&harness, "recs-dlq"), [SOUND]);
        assert!(bodies(&harness, "recs").is_empty());
    }
    let (harness, _) = with_bodies("", &[SOUND]);
    harness.run(["dlq", "redrive", "--transform", ".a |"]).ended(2).says("at character");
}

#[test]
fn a_changed_body_is_held_to_the_queues_limit() {
    let (harness, _) = with_bodies("", &[SOUND]);
    let sqs = harness.the_sandbox().sqs();
    sqs.create_queue("small", &[("MaximumMessageSize", "1024")]).expect("created");
    let pad = r#".pad = ("x" * 1100)"#;
    let report = harness.json(1, ["dlq", "redrive", "--to", "small", "--transform", pad]);
    assert_eq!(report["counts"], json!({"failed": 1}));
    assert_eq!(bodies(&harness, "recs-dlq"), [SOUND]);
    assert!(bodies(&harness, "small").is_empty());
    let reason = report["messages"][0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("accepts at most 1024"), "{reason}");
}

#[test]
fn attributes_that_stay_behind_with_an_envelope_are_named() {
    let attributes = json!({
        "tenant": {"Type": "String", "Value": "a"}, "priority": {"Type": "Number", "Value": "1"},
    });
    let sns = json!({"Type": "Notification", "Message": SOUND, "MessageAttributes": attributes});
    let record = json!({"body": "[7,[8]]", "messageAttributes": {"tenant": {"stringValue": "a"}}});
    let event = json!({"Records": [record]});
    let (harness, _) = with_bodies("", &[&sns.to_string(), &event.to_string(), "[9,[8]]"]);
    let left = json!({"tenant": 2, "priority": 1});
    let plan = harness.json(0, ["dlq", "redrive", "--unwrap", "--dry-run"]);
    assert_eq!(plan["attributes_left"], left);
    harness.run(["dlq", "redrive", "--unwrap", "--dry-run"]).shows(
        "message attributes would stay behind with their envelopes: priority (1), tenant (2)",
    );
    let report = harness.json(0, ["dlq", "redrive", "--unwrap"]);
    assert_eq!((&report["attributes_left"], &report["changed"]), (&left, &json!(2)));
    let named = report["messages"].as_array().expect("messages").iter();
    let named = named.filter_map(|row| row["changed"]["attributes_left"].as_array());
    assert_eq!(named.map(Vec::len).sum::<usize>(), 3);
}

#[test]
fn envelopes_come_off_when_asked() {
    let wrapped = json!({"Type": "Notification", "Message": SOUND}).to_string();
    let (harness, _) = with_bodies("", &[&wrapped, "[7,[8]]"]);
    let report = harness.json(0, ["dlq", "redrive", "--unwrap"]);
    assert_eq!(report["changed"], 1);
    assert_eq!(bodies(&harness, "recs"), ["[7,[8]]", SOUND], "the inside, byte for byte");
}

#[test]
fn salvage_sends_good_entries_and_writes_down_the_others_first() {
    let partial = r#"{"data": [[1, [2]], "bad", [3, [4]]], "generated_at": 1700000000}"#;
    let (harness, ids) = with_bodies("", &[partial, SOUND]);
    let rejects = harness.home.path().join("rejects.jsonl");
    let rejects = rejects.to_str().expect("UTF-8");
    // Without --rejects it is refused.
    harness.run(["dlq", "redrive", "--salvage"]).ended(2);
    let args = ["dlq", "redrive", "--salvage", "--rejects", rejects];
    let plan = harness.json(0, [&args[..], &["--dry-run"]].concat());
    assert_eq!((&plan["rejected_entries"], &plan["changed"]), (&json!(1), &json!(1)));
    assert!(!std::path::Path::new(rejects).exists(), "a dry run writes nothing");
    let report = harness.json(0, args);
    assert_eq!(report["counts"], json!({"moved": 2}));
    let salvaged = r#"{"data":[[1,[2]],[3,[4]]],"generated_at":1700000000}"#;
    let mut expected = [salvaged, SOUND];
    expected.sort_unstable();
    assert_eq!(bodies(&harness, "recs"), expected);
    assert!(bodies(&harness, "recs-dlq").is_empty());
    let lines = std::fs::read_to_string(rejects).expect("there");
    let line: Value = serde_json::from_str(lines.trim_end()).expect("one line");
    assert_eq!(
        (&line["message_id"], &line["index"], &line["entry"]),
        (&json!(ids[0]), &json!(1), &json!("bad"))
    );
    #[cfg(unix)]
    assert_eq!(crate::support::mode(rejects), 0o600);
    // Rejects of an earlier run are not overwritten.
    harness.run(args).ended(8);
}

#[test]
fn a_plan_is_carried_out_with_the_same_repair_only() {
    let (harness, _) = with_bodies("", &[SOUND]);
    let transform = ".data[0][1] |= reverse";
    let plan = harness.json(0, ["dlq", "redrive", "--dry-run", "--transform", transform]);
    let plan = harness.write("plan.json", plan.to_string());
    let plan = plan.to_str().expect("UTF-8");
    harness.run(["dlq", "redrive", "--plan", plan]).ended(7).says("a different repair");
    harness.json(0, ["dlq", "redrive", "--plan", plan, "--transform", transform]);
    assert_eq!(bodies(&harness, "recs"), [r#"{"data":[[1,[3,2]]]}"#]);
}

/// A repaired message is held back if the scan has a newer list of its user.
#[test]
fn a_repaired_message_does_not_outdo_a_newer_one() {
    let old = r#"{"data":[[1,[2]]],"generated_at":1600000000"#;
    let new = r#"{"data":[[1,[3]]],"generated_at":1700000000}"#;
    let (harness, ids) = with_bodies("", &[old, new]);
    let transform = r#"if type == "string" then . + "}" else . end"#;
    let args = ["dlq", "redrive", "--class", "malformed,retryable", "--transform", transform];
    let report = harness.json(4, args);
    assert_eq!(fates(&report)[&ids[0]], "unrepaired");
    assert_eq!(fates(&report)[&ids[1]], "moved");
    assert_eq!(bodies(&harness, "recs"), [new], "byte for byte, since nothing changed it");
    let args = ["dlq", "redrive", "--class", "malformed", "--transform", transform];
    harness.json(0, args);
    assert!(bodies(&harness, "recs-dlq").is_empty(), "alone in its scan nothing outdoes it");
}
