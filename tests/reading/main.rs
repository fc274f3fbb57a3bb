//! Input formats: archives of every kind, JSON in every layout, and output of other tools, through
//! the real binary.

mod archives;
mod layouts;
mod limits;
mod shapes;
#[path = "../support/mod.rs"]
mod support;
mod verify;

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use reco_sandbox::SandboxOptions;
use support::Harness;

/// Starts a sandbox with one empty table `recs` with a Number key, without facts.
fn harness() -> Harness {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    harness.set("RECOCTL_TABLE", "recs");
    create(&harness, "recs");
    harness
}

fn create(harness: &Harness, table: &str) {
    let key = KeySchemaElement::builder().attribute_name("user_id").key_type(KeyType::Hash).build();
    let definition = AttributeDefinition::builder()
        .attribute_name("user_id")
        .attribute_type(ScalarAttributeType::N)
        .build();
    let create = harness
        .dynamodb()
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key.expect("a key element"))
        .attribute_definitions(definition.expect("a definition"));
    harness.runtime.block_on(create.send()).expect("the table is created");
}

/// Puts an item without recoctl.
fn put(harness: &Harness, user: u64, rest: &[(&str, AttributeValue)]) {
    let own = ("user_id".to_owned(), n(user));
    let rest = rest.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let item = rest.chain([own]).collect();
    let put = harness.dynamodb().put_item().table_name("recs").set_item(Some(item)).send();
    harness.runtime.block_on(put).expect("put");
}

fn n(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn list(ids: &[u64]) -> AttributeValue {
    AttributeValue::L(ids.iter().copied().map(n).collect())
}

/// Returns the table's items: key to list.
fn items(harness: &Harness, table: &str) -> BTreeMap<String, String> {
    let scan = harness.dynamodb().scan().table_name(table).consistent_read(true);
    let pages = scan.into_paginator().items().send().try_collect();
    let items = harness.runtime.block_on(pages).expect("the table can be read");
    let text = |value: &AttributeValue| match value {
        AttributeValue::N(text) => text.clone(),
        AttributeValue::S(text) => format!("{text:?}"),
        other => panic!("no id: {other:?}"),
    };
    let list = |value: &AttributeValue| {
        let ids: Vec<String> = value.as_l().expect("a list").iter().map(text).collect();
        format!("[{}]", ids.join(","))
    };
    items.iter().map(|item| (text(&item["user_id"]), list(&item["recommended_note_ids"]))).collect()
}

fn expected(items: &[(&str, &str)]) -> BTreeMap<String, String> {
    items.iter().map(|(key, list)| ((*key).to_owned(), (*list).to_owned())).collect()
}

/// Returns the stderr of a command that must exit with `code`.
fn stderr<S: AsRef<str>>(
    harness: &Harness,
    code: i32,
    args: impl IntoIterator<Item = S>,
) -> String {
    let output = harness.recoctl(args).output().expect("recoctl runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    text
}
