//! Tables, and their items.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use reco_sandbox::SandboxOptions;
use serde_json::{Value, json};

use crate::support::Harness;
pub use crate::support::table::assert_balanced;
use crate::support::table::{plain_of, scanned};

/// A table's items as DynamoDB JSON, by the JSON of their key.
pub type Items = BTreeMap<String, Value>;

/// Starts a sandbox with one empty table `recs` with a key of this type, without facts.
pub fn harness(kind: ScalarAttributeType) -> Harness {
    plain_of(kind, SandboxOptions::empty())
}

/// Returns all items of a table.
pub fn scan(harness: &Harness, table: &str) -> Items {
    let item = |item: std::collections::HashMap<String, AttributeValue>| {
        let sorted: BTreeMap<String, Value> =
            item.iter().map(|(name, value)| (name.clone(), typed(value))).collect();
        (sorted["user_id"].to_string(), json!(sorted))
    };
    scanned(harness, table).into_iter().map(item).collect()
}

fn typed(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::N(text) => json!({ "N": text }),
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(typed).collect::<Vec<_>>() }),
        other => panic!("not expected in this table: {other:?}"),
    }
}

/// Lines of every shape, with users that come again far away, and some that cannot be written.
pub fn mixed_lines() -> String {
    let mut lines = String::new();
    for n in 0..3000_u64 {
        let user = n * 7919 % 1900;
        let line = match n % 5 {
            0 => json!([user, [n, n + 1, n + 2]]),
            1 => {
                json!({"user_id": user.to_string(), "recommended_note_ids": [n], "generated_at": n})
            }
            2 => json!({"data": [[user, [n]], [5000 + n % 50, [n, "7"]]], "generated_at": 77}),
            3 if n % 100 == 3 => json!([user, "no list"]),
            3 if n % 100 == 8 => json!({"data": [[user, [n]], [[], [1]]]}),
            _ => json!([user.to_string(), [n + 3, n]]),
        };
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    lines.push_str("\nnot json\n");
    lines
}

/// Returns deletes of users with lists, of a user without one, and of a key that a Number table
/// cannot have.
pub fn deletes() -> String {
    let mut lines = String::new();
    for user in (0..60).map(|n| n * 31) {
        lines.push_str(&format!("{{\"user_id\":{user},\"delete\":true}}\n"));
    }
    lines + "{\"user_id\":777777,\"delete\":true}\n{\"user_id\":\"nobody\",\"delete\":true}\n"
}
