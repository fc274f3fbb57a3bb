//! Plan of a write call: its tables, the cost of each item, and the admitted part.

use super::limiter::Limiter;
use dynoxide::{AttributeValue, Database};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

/// A batch takes at most 25 writes (AWS: BatchWriteItem).
const MAX_BATCH: usize = 25;
/// An item takes at most 400 KB (AWS: DynamoDB quotas).
const MAX_ITEM_BYTES: usize = 400 * 1024;

/// Body of a call, parsed only one level deep so that untouched fields are passed on verbatim.
pub type Fields = BTreeMap<String, Box<RawValue>>;
/// Writes of a batch, by table.
pub type Batch = BTreeMap<String, Vec<Box<RawValue>>>;

/// A batch after the limiter.
#[derive(Debug, Default)]
pub struct Split {
    /// Items passed to the engine.
    pub admitted: Batch,
    /// Items returned as `UnprocessedItems`.
    pub throttled: Batch,
    /// WCU taken from each table's bucket.
    pub taken: BTreeMap<String, f64>,
}

type Item = dynoxide::Item;

#[derive(Deserialize)]
struct Write {
    #[serde(rename = "PutRequest")]
    put: Option<Put>,
    #[serde(rename = "DeleteRequest")]
    delete: Option<Delete>,
}

#[derive(Deserialize)]
struct Put {
    #[serde(rename = "Item")]
    item: Item,
}

#[derive(Deserialize)]
struct Delete {
    #[serde(rename = "Key")]
    key: Item,
}

/// Returns the WCU of an item: its documented size, rounded up to 1 KB.
#[must_use]
pub fn item_wcu(item: &Item) -> f64 {
    dynoxide::types::write_capacity_units(dynoxide::types::item_size(item))
}

/// Returns the name of a table given by name or ARN; buckets and metrics are keyed by name.
#[must_use]
pub fn table_name(name_or_arn: &str) -> &str {
    name_or_arn
        .rsplit_once(":table/")
        .map_or(name_or_arn, |(_, rest)| rest.split('/').next().unwrap_or(rest))
}

/// Splits a batch by the capacity in the buckets; `None` means the engine should get it whole.
///
/// AWS validates a batch before it throttles any of it. The engine refuses an invalid batch as a
/// whole but can only judge what it is given, so a batch that breaks a rule across its items (more
/// than 25, two writes of one key, a missing key, an oversized item) goes to it undivided.
#[must_use]
pub fn split(batch: &Batch, database: &Database, limiter: &Limiter, now: Instant) -> Option<Split> {
    let total: usize = batch.values().map(Vec::len).sum();
    if total == 0 || total > MAX_BATCH {
        return None;
    }
    let costs = batch
        .iter()
        .map(|(table, writes)| costs(table_name(table), writes, database))
        .collect::<Option<Vec<_>>>()?;
    let mut split = Split::default();
    for ((table, writes), costs) in batch.iter().zip(costs) {
        let name = table_name(table);
        for (write, cost) in writes.iter().zip(costs) {
            let side = if limiter.take(name, cost, now) {
                *split.taken.entry(name.to_owned()).or_default() += cost;
                &mut split.admitted
            } else {
                &mut split.throttled
            };
            side.entry(table.clone()).or_default().push(write.clone());
        }
    }
    Some(split)
}

/// Returns the WCU of each write to a table, or `None` when any of them is invalid.
fn costs(table: &str, writes: &[Box<RawValue>], database: &Database) -> Option<Vec<f64>> {
    let keys = key_attributes(table, database)?;
    let mut seen = HashSet::new();
    let mut costs = Vec::with_capacity(writes.len());
    for write in writes {
        let write: Write = serde_json::from_str(write.get()).ok()?;
        let (item, cost) = match (&write.put, &write.delete) {
            (Some(put), None) => (&put.item, item_wcu(&put.item)),
            (None, Some(delete)) => (&delete.key, 1.0),
            _ => return None,
        };
        if dynoxide::types::item_size(item) > MAX_ITEM_BYTES || !seen.insert(key_of(item, &keys)?) {
            return None;
        }
        costs.push(cost);
    }
    Some(costs)
}

/// Returns the key attributes of a table with their types, partition key first.
fn key_attributes(table: &str, database: &Database) -> Option<Vec<(String, String)>> {
    #[derive(Deserialize)]
    struct Key {
        #[serde(rename = "AttributeName")]
        name: String,
    }
    #[derive(Deserialize)]
    struct Definition {
        #[serde(rename = "AttributeName")]
        name: String,
        #[serde(rename = "AttributeType")]
        kind: String,
    }
    let table = database.get_table_metadata(table).ok()??;
    let keys: Vec<Key> = serde_json::from_str(&table.key_schema).ok()?;
    let definitions: Vec<Definition> = serde_json::from_str(&table.attribute_definitions).ok()?;
    keys.into_iter()
        .map(|key| {
            let kind = definitions.iter().find(|d| d.name == key.name)?;
            Some((key.name, kind.kind.clone()))
        })
        .collect()
}

fn key_of(item: &Item, keys: &[(String, String)]) -> Option<Vec<String>> {
    keys.iter()
        .map(|(name, kind)| {
            let value = item.get(name)?;
            let fits = matches!(
                (value, kind.as_str()),
                (AttributeValue::S(_), "S")
                    | (AttributeValue::N(_), "N")
                    | (AttributeValue::B(_), "B")
            );
            if fits { value.to_key_string() } else { None }
        })
        .collect()
}
