//! Plan of a write call: its tables, the cost of each item, and the admitted part.

use super::limiter::{Cost, Resource, WriteLimiter};
use dynoxide::actions::batch_write_item::WriteRequest;
use dynoxide::storage::TableMetadata;
use dynoxide::types::{
    AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, ProvisionedThroughput,
    ScalarAttributeType,
};
use dynoxide::{AttributeValue, Database, Item};
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
pub type WriteBatch = BTreeMap<String, Vec<Box<RawValue>>>;

/// A write call after the limiter.
#[derive(Debug, Default)]
pub struct Admission {
    /// Writes of a batch that are passed to the engine.
    pub admitted: WriteBatch,
    /// Writes of a batch that are returned as `UnprocessedItems`.
    pub throttled: WriteBatch,
    /// Expected WCU by table and index, taken from their buckets if there is a limit.
    pub expected: BTreeMap<Resource, f64>,
    /// Throttled writes by the table or index that had no capacity for them.
    pub lacking: BTreeMap<Resource, usize>,
}

/// What a write to a table costs, and where.
pub struct Pricing {
    table: Resource,
    described: Option<f64>,
    indexes: Vec<Index>,
}

/// Global secondary index.
struct Index {
    resource: Resource,
    keys: Vec<String>,
    described: Option<f64>,
}

impl Pricing {
    /// Reads how a table and its global secondary indexes are described.
    fn of(table: &TableMetadata) -> Self {
        let provisioned = table.billing_mode.as_deref() != Some("PAY_PER_REQUEST");
        let units = |throughput: Option<ProvisionedThroughput>| {
            let units = throughput?.write_capacity_units?;
            (provisioned && units > 0).then_some(units as f64)
        };
        let name = table.table_name.as_str();
        let described = table.provisioned_throughput.as_deref();
        let described = described.and_then(|text| serde_json::from_str(text).ok());
        let indexes = table.gsi_definitions.as_deref();
        let indexes: Vec<GlobalSecondaryIndex> =
            indexes.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let index = |index: GlobalSecondaryIndex| Index {
            resource: Resource::index(name, &index.index_name),
            keys: index.key_schema.into_iter().map(|key| key.attribute_name).collect(),
            described: units(index.provisioned_throughput),
        };
        Pricing {
            table: Resource::table(name),
            described: units(described),
            indexes: indexes.into_iter().map(index).collect(),
        }
    }

    /// Returns the pricing of a table, or `None` if there is no such table.
    #[must_use]
    pub fn of_table(table: &str, database: &Database) -> Option<Self> {
        Some(Pricing::of(&database.get_table_metadata(table).ok()??))
    }

    /// Returns the expected cost of a write: `units` of the table, and as many of each index that the
    /// item is in. AWS: an item without an index's key attributes is not in it; what is deleted from an
    /// index is known, and settled, only afterwards.
    #[must_use]
    pub fn costs(&self, item: Option<&Item>, units: f64) -> Vec<Cost> {
        let is_in = |index: &&Index| {
            item.is_some_and(|item| index.keys.iter().all(|key| item.contains_key(key)))
        };
        let of = |index: &Index| Cost {
            resource: index.resource.clone(),
            units,
            described: index.described,
        };
        let table = Cost { resource: self.table.clone(), units, described: self.described };
        std::iter::once(table).chain(self.indexes.iter().filter(is_in).map(of)).collect()
    }
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
pub fn split(
    batch: &WriteBatch,
    database: &Database,
    limiter: &WriteLimiter,
    now: Instant,
) -> Option<Admission> {
    let total: usize = batch.values().map(Vec::len).sum();
    if total == 0 || total > MAX_BATCH {
        return None;
    }
    let costs = batch
        .iter()
        .map(|(table, writes)| costs(table_name(table), writes, database))
        .collect::<Option<Vec<_>>>()?;
    let mut split = Admission::default();
    for ((table, writes), costs) in batch.iter().zip(costs) {
        for (write, costs) in writes.iter().zip(costs) {
            let side = match limiter.take(&costs, now) {
                Ok(()) => {
                    for Cost { resource, units, .. } in costs {
                        *split.expected.entry(resource).or_default() += units;
                    }
                    &mut split.admitted
                }
                Err(lacking) => {
                    for resource in lacking {
                        *split.lacking.entry(resource).or_default() += 1;
                    }
                    &mut split.throttled
                }
            };
            side.entry(table.clone()).or_default().push(write.clone());
        }
    }
    Some(split)
}

/// Returns the costs of each write to a table, or `None` when any of them is invalid.
fn costs(table: &str, writes: &[Box<RawValue>], database: &Database) -> Option<Vec<Vec<Cost>>> {
    let metadata = database.get_table_metadata(table).ok()??;
    let (keys, pricing) = (key_attributes(&metadata)?, Pricing::of(&metadata));
    let mut seen = HashSet::new();
    let mut costs = Vec::with_capacity(writes.len());
    for write in writes {
        let write: WriteRequest = serde_json::from_str(write.get()).ok()?;
        let (item, cost) = match (&write.put_request, &write.delete_request) {
            (Some(put), None) => (&put.item, pricing.costs(Some(&put.item), item_wcu(&put.item))),
            (None, Some(delete)) => (&delete.key, pricing.costs(None, 1.0)),
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
fn key_attributes(table: &TableMetadata) -> Option<Vec<AttributeDefinition>> {
    let keys: Vec<KeySchemaElement> = serde_json::from_str(&table.key_schema).ok()?;
    let definitions: Vec<AttributeDefinition> =
        serde_json::from_str(&table.attribute_definitions).ok()?;
    let definition = |key: KeySchemaElement| {
        definitions.iter().find(|one| one.attribute_name == key.attribute_name).cloned()
    };
    keys.into_iter().map(definition).collect()
}

fn key_of(item: &Item, keys: &[AttributeDefinition]) -> Option<Vec<String>> {
    keys.iter()
        .map(|key| {
            let value = item.get(&key.attribute_name)?;
            let fits = matches!(
                (value, &key.attribute_type),
                (AttributeValue::S(_), ScalarAttributeType::S)
                    | (AttributeValue::N(_), ScalarAttributeType::N)
                    | (AttributeValue::B(_), ScalarAttributeType::B)
            );
            if fits { value.to_key_string() } else { None }
        })
        .collect()
}
