//! `dlq rehearse`: what messages would end as, without writing to any table of AWS.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use reco_sandbox::SandboxOptions;
use serde_json::Value;

use crate::support::Harness;
use crate::support::queues::{plant_body, queues};

/// Endings by message id.
type Endings = BTreeMap<String, String>;

fn endings(report: &Value) -> Endings {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let rows = report["messages"].as_array().expect("messages").iter();
    rows.map(|row| (text(&row["message_id"]), text(&row["actual"]))).collect()
}

fn items(harness: &Harness) -> usize {
    let table = harness.the_sandbox().env();
    let table = table.iter().find(|(name, _)| *name == "RECOCTL_TABLE").expect("a table");
    let scan = harness.dynamodb().scan().table_name(&table.1).send();
    harness.runtime.block_on(scan).expect("scanned").count() as usize
}

/// The seeded DLQ: what comes back after a redrive of everything is what the rehearsal said would.
#[test]
fn the_seeded_dlq_ends_as_rehearsed() {
    let harness = Harness::sandbox(SandboxOptions::default());
    let before = (items(&harness), harness.the_sandbox().depths()[1].expect("a DLQ").visible);
    let report = harness.json(0, ["dlq", "rehearse"]);
    let after = (items(&harness), harness.the_sandbox().depths()[1].expect("a DLQ").visible);
    assert_eq!(before, after, "a rehearsal changes nothing");
    assert_eq!(report["disagreements"], 0);
    let rehearsed = endings(&report);
    assert_eq!(rehearsed.len(), before.1);
    let kinds: BTreeSet<&str> = rehearsed.values().map(String::as_str).collect();
    let all = ["not-sendable", "nothing-to-write", "partly-written", "returned", "written"];
    assert_eq!(kinds, BTreeSet::from(all));

    // An export ends as the queue does.
    harness.json(0, ["dlq", "export", "dlq.jsonl.gz"]);
    let of_export = endings(&harness.json(0, ["dlq", "rehearse", "dlq.jsonl.gz"]));
    // Which queue a message would go to is not known there, nor how large it may be.
    let sendable = |endings: &Endings| -> Endings {
        let oversize = |id: &String| rehearsed[id] == "not-sendable";
        endings.clone().into_iter().filter(|(id, _)| !oversize(id)).collect()
    };
    assert_eq!(sendable(&of_export), sendable(&rehearsed));

    let everything = "retryable,partial,superseded,stale,empty,unknown-user,malformed,foreign";
    let moved = ["dlq", "redrive", "--engine", "client", "--class", everything, "--yes"];
    let moved = harness.json(0, [&moved[..], &["--stop-on-bounce", "off"]].concat());
    let sent_as: BTreeMap<&str, &str> = moved["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter_map(|row| Some((row["sent_as"].as_str()?, row["message_id"].as_str()?)))
        .collect();
    assert!(harness.the_sandbox().idle(Duration::from_secs(120)).await_in(&harness));
    let left = harness.json(0, ["dlq", "classify"]);
    let came_back: BTreeSet<&str> = left["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter_map(|row| sent_as.get(row["message_id"].as_str()?).copied())
        .collect();
    let expected: BTreeSet<&str> = rehearsed
        .iter()
        .filter(|(_, ending)| matches!(ending.as_str(), "returned" | "partly-written"))
        .map(|(id, _)| id.as_str())
        .collect();
    assert_eq!(came_back, expected);
}

/// Waits for a future on the harness's runtime.
trait Awaited: Future + Sized {
    fn await_in(self, harness: &Harness) -> Self::Output {
        harness.runtime.block_on(self)
    }
}

impl<F: Future> Awaited for F {}

/// A table whose index wants a text where the function writes a number: no class can tell.
fn with_an_unfit_index() -> Harness {
    let mut harness = queues("", SandboxOptions::empty());
    let key = |name: &str| {
        KeySchemaElement::builder().attribute_name(name).key_type(KeyType::Hash).build()
    };
    let attribute = |name: &str, kind| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build()
    };
    let index = GlobalSecondaryIndex::builder()
        .index_name("by_time")
        .key_schema(key("generated_at").expect("a key"))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build());
    let create = harness
        .dynamodb()
        .create_table()
        .table_name("unfit")
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key("user_id").expect("a key"))
        .attribute_definitions(attribute("user_id", ScalarAttributeType::N).expect("one"))
        .attribute_definitions(attribute("generated_at", ScalarAttributeType::S).expect("one"))
        .global_secondary_indexes(index.build().expect("an index"));
    harness.runtime.block_on(create.send()).expect("created");
    harness.set("RECOCTL_TABLE", "unfit");
    for body in
        [r#"{"data":[[1,[10]],[2,[11]]],"generated_at":1768435200}"#, r#"{"data":[[3,[10]]]}"#]
    {
        plant_body(&harness, "recs-dlq", body);
    }
    harness
}

#[test]
fn what_ends_other_than_expected_comes_first_and_is_a_finding() {
    let harness = with_an_unfit_index();
    let classes = harness.json(0, ["dlq", "classify"]);
    let classes: Vec<&str> = classes["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|row| row["class"].as_str().expect("a class"))
        .collect();
    assert_eq!(classes, ["retryable", "retryable"]);
    let report = harness.json(6, ["dlq", "rehearse"]);
    assert_eq!(report["disagreements"], 1);
    let rows = report["messages"].as_array().expect("messages");
    let differs: Vec<&Value> = rows.iter().filter(|row| row["agrees"] == false).collect();
    assert_eq!(
        (&differs[0]["expected"], &differs[0]["actual"]),
        (&"written".into(), &"returned".into())
    );
    let reason = differs[0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("generated_at"), "{reason}");
    let text = harness.run(["dlq", "rehearse"]).stdout;
    assert!(text.starts_with("differs: 1 message does not end as its class predicts\n"), "{text}");
}

#[test]
fn a_binary_that_does_not_start_is_told_and_nothing_else_is_done() {
    let harness = queues("", SandboxOptions::default());
    for (program, why) in [("missing", "No such file"), ("no-program", "ermission denied")] {
        harness.write("no-program", "#!/bin/sh\n");
        let program = harness.home.path().join(program).display().to_string();
        harness
            .run(["dlq", "rehearse", "--lambda-bin", &program])
            .ended(3)
            .says("cannot start the function's binary")
            .says(why);
    }
}

#[test]
fn without_a_table_or_with_flags_of_the_other_kind_it_is_refused() {
    let mut harness = Harness::sandbox(SandboxOptions::default());
    harness.json(0, ["dlq", "export", "dlq.jsonl"]);
    for (code, args) in [
        (2, vec!["dlq", "rehearse", "dlq.jsonl", "--dlq", "recs-dlq"]),
        (2, vec!["dlq", "rehearse", "dlq.jsonl", "--force"]),
        (8, vec!["dlq", "rehearse", "missing.jsonl"]),
    ] {
        harness.run(args.clone()).ended(code);
    }
    let two = harness.json(0, ["dlq", "rehearse", "dlq.jsonl", "-n", "2"]);
    assert_eq!(two["messages"].as_array().expect("messages").len(), 2);
    harness.unset("RECOCTL_TABLE");
    harness.run(["dlq", "rehearse"]).ended(3);
}
