//! DynamoDB's description of a table.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    BillingMode, KeySchemaElement, KeyType as KeyRole, ScalarAttributeType, TableDescription,
    TimeToLiveStatus,
};
use reco_core::item::KeyType;

use super::error::TableError;
use super::{Billing, IndexInfo, TableInfo};
use crate::retry::{self, RetryOptions};
use crate::service::ServiceError;

/// Asks DynamoDB about a table (`DescribeTable`).
///
/// # Errors
/// [`TableError::Service`] in the service's own words; [`TableError::NoKey`] when the description
/// names no partition key.
pub async fn describe(client: &Client, table: &str) -> Result<TableInfo, TableError> {
    let answer = retry::read("DescribeTable", table, &RetryOptions::BRIEF, || {
        client.describe_table().table_name(table).send()
    })
    .await?;
    let no_key = || TableError::NoKey { table: table.to_owned() };
    let description = answer.table.ok_or_else(no_key)?;
    read_description(table, &description).ok_or_else(no_key)
}

/// TTL settings of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expiry {
    /// A Number of epoch seconds in this attribute.
    By(String),
    /// Nothing: items stay.
    Never,
}

/// Asks DynamoDB by what a table expires its items (`DescribeTimeToLive`).
///
/// # Errors
/// In the service's own words.
pub async fn describe_expiry(client: &Client, table: &str) -> Result<Expiry, ServiceError> {
    let answer = retry::read("DescribeTimeToLive", table, &RetryOptions::BRIEF, || {
        client.describe_time_to_live().table_name(table).send()
    })
    .await?;
    let description = answer.time_to_live_description();
    let status = description.and_then(|d| d.time_to_live_status());
    let on = matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling));
    let attribute = description.and_then(|d| d.attribute_name()).filter(|_| on);
    Ok(attribute.map_or(Expiry::Never, |name| Expiry::By(name.to_owned())))
}

fn read_description(table: &str, from: &TableDescription) -> Option<TableInfo> {
    let key = |role: &KeyRole| from.key_schema().iter().find(|key| key.key_type() == role);
    let partition = key(&KeyRole::Hash)?;
    Some(TableInfo {
        name: from.table_name().unwrap_or(table).to_owned(),
        arn: from.table_arn().unwrap_or_default().to_owned(),
        status: from.table_status().map_or_else(String::new, |status| status.as_str().to_owned()),
        key_name: partition.attribute_name().to_owned(),
        key_type: scalar_type(from, partition)?,
        sort_key: key(&KeyRole::Range).map(|key| key.attribute_name().to_owned()),
        sort_type: key(&KeyRole::Range).and_then(|key| scalar_type(from, key).flatten()),
        id: from.table_id().unwrap_or_default().to_owned(),
        billing: billing(from),
        warm_wcu: limited(from.warm_throughput().and_then(|warm| warm.write_units_per_second())),
        indexes: indexes(from),
        item_count: from.item_count().filter(|count| (0..ABSURD_ITEMS).contains(count)),
    })
}

/// `None` when the attribute is not defined, `Some(None)` when it is Binary.
fn scalar_type(from: &TableDescription, key: &KeySchemaElement) -> Option<Option<KeyType>> {
    let mut definitions = from.attribute_definitions().iter();
    let definition = definitions.find(|d| d.attribute_name() == key.attribute_name())?;
    Some(match definition.attribute_type() {
        ScalarAttributeType::N => Some(KeyType::N),
        ScalarAttributeType::S => Some(KeyType::S),
        _ => None,
    })
}

fn billing(from: &TableDescription) -> Billing {
    // A table that was never on demand has no billing mode summary at all.
    let mode = from.billing_mode_summary().and_then(|summary| summary.billing_mode());
    if mode == Some(&BillingMode::PayPerRequest) {
        let limit = from.on_demand_throughput();
        return Billing::OnDemand {
            max_wcu: limited(limit.and_then(|l| l.max_write_request_units())),
        };
    }
    let units = from.provisioned_throughput();
    Billing::Provisioned {
        wcu: limited(units.and_then(|units| units.write_capacity_units())),
        rcu: limited(units.and_then(|units| units.read_capacity_units())),
    }
}

/// Units a second that no table has: an answer that says so says nothing.
const ABSURD_UNITS: i64 = 1 << 40;

/// Items that no table has, likewise.
const ABSURD_ITEMS: i64 = 1 << 50;

/// Secondary indexes that are read of a description. AWS: 20 global ones by default, and 5 local ones.
const MOST_INDEXES: usize = 200;

/// DynamoDB writes "no limit" as -1; other numbers that cannot be are unknown, too.
fn limited(units: Option<i64>) -> Option<i64> {
    units.filter(|units| (1..ABSURD_UNITS).contains(units))
}

/// Capacity that an answer says was consumed, in units; nothing where that cannot be.
pub(crate) fn consumed(units: Option<f64>) -> f64 {
    // A call takes 16 MB at most, and a unit is half a KB at least.
    units.filter(|units| (0.0..1e6).contains(units)).unwrap_or_default()
}

fn indexes(from: &TableDescription) -> Vec<IndexInfo> {
    let global = from.global_secondary_indexes().iter().map(|index| IndexInfo {
        name: index.index_name().unwrap_or_default().to_owned(),
        keys: index.key_schema().iter().map(|key| key.attribute_name().to_owned()).collect(),
        global: true,
        wcu: limited(index.provisioned_throughput().and_then(|units| units.write_capacity_units())),
        max_wcu: limited(index.on_demand_throughput().and_then(|l| l.max_write_request_units())),
        warm_wcu: limited(index.warm_throughput().and_then(|w| w.write_units_per_second())),
    });
    let local = from.local_secondary_indexes().iter().map(|index| IndexInfo {
        name: index.index_name().unwrap_or_default().to_owned(),
        keys: index.key_schema().iter().map(|key| key.attribute_name().to_owned()).collect(),
        global: false,
        wcu: None,
        max_wcu: None,
        warm_wcu: None,
    });
    global.chain(local).take(MOST_INDEXES).collect()
}
