//! Real input: MovieLens through `recoctl backfill`, compared with an independent computation of
//! the filter, on the sandbox and on the independent server.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::table::{create_plain, scanned};
use crate::support::{Harness, movielens};
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use reco_sandbox::SandboxOptions;
use serde_json::Value;

fn numbers(value: &AttributeValue) -> Vec<i64> {
    let list = value.as_l().expect("a list");
    list.iter().map(|id| id.as_n().expect("a number").parse().expect("whole")).collect()
}

fn items(harness: &Harness) -> BTreeMap<i64, Vec<i64>> {
    scanned(harness, "recs")
        .iter()
        .map(|item| {
            let user = item["user_id"].as_n().expect("a number").parse().expect("whole");
            (user, numbers(&item["recommended_note_ids"]))
        })
        .collect()
}

fn expected(data: &Path) -> BTreeMap<i64, Vec<i64>> {
    let text = std::fs::read_to_string(data.join("expected.jsonl")).expect("is there");
    let item = |line: &str| {
        let item: Value = serde_json::from_str(line).expect("JSON");
        let ids = item["recommended_note_ids"].as_array().expect("a list");
        let ids = ids.iter().map(|id| id.as_i64().expect("whole")).collect();
        (item["user_id"].as_i64().expect("whole"), ids)
    };
    text.lines().map(item).collect()
}

fn proves(mut harness: Harness, input: &str) {
    let data = movielens();
    create_plain(&harness, "recs", &[("user_id", ScalarAttributeType::N)]);
    harness.set("RECOCTL_TABLE", "recs");
    harness.set("RECOCTL_FACTS", &format!("sqlite:{}", data.join("facts.sqlite").display()));
    let file = data.join(input);
    let report = harness.json(0, ["backfill", &file.to_string_lossy()]);

    let (found, expected) = (items(&harness), expected(&data));
    assert_eq!(found.len(), expected.len());
    for (user, list) in &expected {
        assert_eq!(found.get(user), Some(list), "user {user}");
    }
    let drops = std::fs::read_to_string(data.join("expected-drops.json")).expect("is there");
    let drops: Value = serde_json::from_str(&drops).expect("JSON");
    assert_eq!(report["dropped_articles"], drops["dropped"]);
    assert_eq!(report["skipped"], drops["skipped"]);
    assert_eq!(report["kept_articles"], drops["ids_kept"]);
    assert_eq!(report["entries"]["read"], drops["entries"]);
    assert_eq!(report["entries"]["written"], expected.len());
}

#[test]
fn lines_fill_the_table_as_computed_independently() {
    proves(Harness::sandbox(SandboxOptions::empty()), "recs.jsonl");
}

#[test]
fn queue_messages_fill_the_table_as_computed_independently() {
    proves(Harness::sandbox(SandboxOptions::empty()), "messages.jsonl");
}

#[test]
fn an_independent_server_ends_up_with_the_same_table() {
    proves(Harness::independent(), "recs.jsonl");
}
