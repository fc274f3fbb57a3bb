//! A sandbox with one table, and its items.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement,
    KeyType, Projection, ProjectionType, ProvisionedThroughput, ScalarAttributeType,
    TimeToLiveSpecification,
};
use reco_sandbox::SandboxOptions;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use serde_json::Value;

use super::Harness;

/// Starts a sandbox with one empty on-demand table `recs` whose key is `user_id`, without facts.
pub fn harness(kind: ScalarAttributeType, capacity: Option<WriteCapacity>) -> Harness {
    let options = SandboxOptions { write_capacity: capacity, ..SandboxOptions::empty() };
    let mut harness = Harness::sandbox(options);
    harness.set("RECOCTL_TABLE", "recs");
    create(&harness, kind);
    harness
}

/// A sandbox with one empty table `recs`, its key a Number, that expires no items; no facts.
pub fn plain(options: SandboxOptions) -> Harness {
    plain_of(ScalarAttributeType::N, options)
}

/// The same, with a key of this type.
pub fn plain_of(kind: ScalarAttributeType, options: SandboxOptions) -> Harness {
    let mut harness = Harness::sandbox(options);
    harness.set("RECOCTL_TABLE", "recs");
    create_plain(&harness, "recs", &[("user_id", kind)]);
    harness
}

/// Makes the table `recs`, which expires items by `expires_at`.
pub fn create(harness: &Harness, kind: ScalarAttributeType) {
    create_plain(harness, "recs", &[("user_id", kind)]);
    expire_by(harness, "expires_at", true);
}

/// Makes an on-demand table with these keys, the partition key first.
pub fn create_plain(harness: &Harness, name: &str, keys: &[(&str, ScalarAttributeType)]) {
    let roles = [KeyType::Hash, KeyType::Range];
    let mut create =
        harness.dynamodb().create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    for ((key, kind), role) in keys.iter().zip(roles) {
        let element = KeySchemaElement::builder().attribute_name(*key).key_type(role).build();
        let definition = AttributeDefinition::builder()
            .attribute_name(*key)
            .attribute_type(kind.clone())
            .build();
        create = create
            .key_schema(element.expect("a key element"))
            .attribute_definitions(definition.expect("a definition"));
    }
    harness.runtime.block_on(create.send()).expect("the table is created");
}

/// Makes the table `recs` with a Number `user_id` as its key and an index `by_time` on `generated_at`;
/// on demand, or with these write capacity units for the table and the index.
pub fn create_indexed(harness: &Harness, time: ScalarAttributeType, wcu: Option<[i64; 2]>) {
    let key = |name: &str| {
        let element = KeySchemaElement::builder().attribute_name(name).key_type(KeyType::Hash);
        element.build().expect("a key element")
    };
    let attribute = |name: &str, kind| {
        let definition = AttributeDefinition::builder().attribute_name(name).attribute_type(kind);
        definition.build().expect("a definition")
    };
    let units = wcu.map(|wcu| {
        wcu.map(|wcu| {
            let units = ProvisionedThroughput::builder().read_capacity_units(100);
            units.write_capacity_units(wcu).build().expect("both units")
        })
    });
    let [of_table, of_index] = units.map_or([None, None], |units| units.map(Some));
    let index = GlobalSecondaryIndex::builder()
        .index_name("by_time")
        .key_schema(key("generated_at"))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .set_provisioned_throughput(of_index);
    let billing = match wcu {
        None => BillingMode::PayPerRequest,
        Some(_) => BillingMode::Provisioned,
    };
    let client = harness.dynamodb();
    let create = client
        .create_table()
        .table_name("recs")
        .billing_mode(billing)
        .set_provisioned_throughput(of_table)
        .key_schema(key("user_id"))
        .attribute_definitions(attribute("user_id", ScalarAttributeType::N))
        .attribute_definitions(attribute("generated_at", time))
        .global_secondary_indexes(index.build().expect("an index"));
    harness.runtime.block_on(create.send()).expect("the table is created");
}

/// Returns the items of a table with all their attributes.
pub fn scanned(harness: &Harness, table: &str) -> Vec<HashMap<String, AttributeValue>> {
    let scan = harness.dynamodb().scan().table_name(table).consistent_read(true);
    let pages = scan.into_paginator().items().send().try_collect();
    harness.runtime.block_on(pages).expect("the table can be read")
}

/// Sets by what the table expires its items, or that it expires none any more.
pub fn expire_by(harness: &Harness, attribute: &str, enabled: bool) {
    let specification =
        TimeToLiveSpecification::builder().attribute_name(attribute).enabled(enabled);
    let update = harness
        .dynamodb()
        .update_time_to_live()
        .table_name("recs")
        .time_to_live_specification(specification.build().expect("a specification"));
    harness.runtime.block_on(update.send()).expect("the time to live is set");
}

/// Puts an item without recoctl.
pub fn put(harness: &Harness, item: &[(&str, AttributeValue)]) {
    let mut put = harness.dynamodb().put_item().table_name("recs");
    for (name, value) in item {
        put = put.item(*name, value.clone());
    }
    harness.runtime.block_on(put.send()).expect("the item is put");
}

/// Returns a Number attribute.
pub fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// Returns a list of Numbers.
pub fn ids(ids: &[u64]) -> AttributeValue {
    AttributeValue::L(ids.iter().map(n).collect())
}

/// Returns a String attribute.
pub fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A value as tests write it.
pub fn shown(value: &AttributeValue) -> String {
    match value {
        AttributeValue::N(text) => text.clone(),
        AttributeValue::S(text) => format!("{text:?}"),
        AttributeValue::L(list) => {
            format!("[{}]", list.iter().map(shown).collect::<Vec<_>>().join(","))
        }
        other => format!("{other:?}"),
    }
}

/// Returns the table's items: key to `list name=value...`, other attributes in alphabetical order.
pub fn items(harness: &Harness) -> BTreeMap<String, String> {
    let other = |name: &String| name != "user_id" && name != "recommended_note_ids";
    scanned(harness, "recs")
        .iter()
        .map(|item| {
            let mut text = shown(&item["recommended_note_ids"]);
            let others: BTreeMap<_, _> = item.iter().filter(|(name, _)| other(name)).collect();
            for (name, value) in others {
                text.push_str(&format!(" {name}={}", shown(value)));
            }
            (shown(&item["user_id"]), text)
        })
        .collect()
}

/// Returns items in the form of [`items`], from literals.
pub fn expected(items: &[(&str, &str)]) -> BTreeMap<String, String> {
    items.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

/// Asserts that every line and every entry is counted exactly once.
pub fn assert_balanced(report: &Value) {
    for books in ["lines", "entries"] {
        let counts = report[books].as_object().expect("an object");
        let of = |name: &str| counts[name].as_u64().expect("a count");
        let parts: u64 = counts.keys().filter(|name| *name != "read").map(|name| of(name)).sum();
        assert_eq!(of("read"), parts, "{books}: {counts:?}");
    }
}
