//! Input formats: archives of every kind, JSON in every layout, and output of other tools, through
//! the real binary.

mod archives;
mod layouts;
mod limits;
mod shapes;
mod verify;

use std::collections::BTreeMap;

use crate::support::Harness;
use crate::support::table::{create_plain, expected, n, plain, scanned};
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use reco_sandbox::SandboxOptions;

/// Starts a sandbox with one empty table `recs` with a Number key, without facts.
fn harness() -> Harness {
    plain(SandboxOptions::empty())
}

fn create(harness: &Harness, table: &str) {
    create_plain(harness, table, &[("user_id", ScalarAttributeType::N)]);
}

/// Puts an item without recoctl.
/// Returns the table's items: key to list.
fn items(harness: &Harness, table: &str) -> BTreeMap<String, String> {
    let text = |value: &AttributeValue| match value {
        AttributeValue::N(text) => text.clone(),
        AttributeValue::S(text) => format!("{text:?}"),
        other => panic!("no id: {other:?}"),
    };
    let list = |value: &AttributeValue| {
        let ids: Vec<String> = value.as_l().expect("a list").iter().map(text).collect();
        format!("[{}]", ids.join(","))
    };
    let items = scanned(harness, table).into_iter();
    items.map(|item| (text(&item["user_id"]), list(&item["recommended_note_ids"]))).collect()
}
