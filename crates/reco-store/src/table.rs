//! Table description from DynamoDB, and the item layout derived from it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    BillingMode, KeySchemaElement, KeyType as KeyRole, ScalarAttributeType, TableDescription,
    TimeToLiveStatus,
};
use reco_core::Id;
use reco_core::budget::{Capacity, NEW_ON_DEMAND_WCU};
use reco_core::item::{Beside, DescriptionError, ItemDescription, KeyType, Schema};
use serde::{Deserialize, Serialize};

use crate::retry::{self, RetryOptions};
use crate::service::ServiceError;

/// The properties of a table that matter for writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableInfo {
    /// Table name.
    pub name: String,
    /// Table ARN; empty if the server gives none.
    pub arn: String,
    /// Table status; `ACTIVE` if it can be written.
    pub status: String,
    /// The partition key attribute.
    pub key_name: String,
    /// The partition key's type; `None` for Binary.
    pub key_type: Option<KeyType>,
    /// Sort key attribute, if the table has one.
    pub sort_key: Option<String>,
    /// The sort key's type; `None` for Binary or without a sort key.
    pub sort_type: Option<KeyType>,
    /// `TableId`, which changes when the table is deleted and recreated with its name. Empty if the
    /// server gives none.
    pub id: String,
    /// Billing mode, which determines the limits.
    pub billing: Billing,
    /// `WarmThroughput` in write units per second: the rate that it accepts immediately, if
    /// reported.
    pub warm_wcu: Option<i64>,
    /// Secondary indexes; each consumes write capacity of its own.
    pub indexes: Vec<IndexInfo>,
    /// Number of items; DynamoDB updates this about every six hours.
    pub item_count: Option<i64>,
}

/// Billing mode with its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "mode", rename_all = "kebab-case")]
pub enum Billing {
    /// A fixed number of units per second.
    Provisioned {
        /// Write capacity units per second, if DynamoDB gives a plausible number.
        wcu: Option<i64>,
        /// Read capacity units per second, likewise.
        rcu: Option<i64>,
    },
    /// Billed by request.
    OnDemand {
        /// `MaxWriteRequestUnits`, if the table has this limit.
        max_wcu: Option<i64>,
    },
}

/// A secondary index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexInfo {
    /// Index name.
    pub name: String,
    /// Key attributes; the index contains only items that have all of them.
    pub keys: Vec<String>,
    /// True for a global index, which has its own capacity; a local one uses the table's.
    pub global: bool,
    /// Provisioned write capacity units per second; `None` on demand and for local indexes.
    pub wcu: Option<i64>,
    /// `MaxWriteRequestUnits`, if an on-demand index has this limit.
    pub max_wcu: Option<i64>,
    /// `WarmThroughput` in write units per second: the rate that it accepts immediately, if
    /// reported.
    pub warm_wcu: Option<i64>,
}

/// Attribute names and list type configured outside the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SchemaNames {
    /// The partition key attribute.
    pub user_attr: String,
    /// The list attribute.
    pub list_attr: String,
    /// The time attribute.
    pub generated_at_attr: String,
    /// Type of the list's elements, if configured.
    pub list_type: Option<KeyType>,
}

impl Default for SchemaNames {
    fn default() -> Self {
        let item = ItemDescription::default();
        SchemaNames {
            user_attr: item.key().to_owned(),
            list_attr: item.list().to_owned(),
            generated_at_attr: item.time().to_owned(),
            list_type: None,
        }
    }
}

impl SchemaNames {
    /// Returns the policy's item description, with these names where it sets none.
    ///
    /// # Errors
    /// [`DescriptionError`] if both set an attribute name and the names differ.
    pub fn over(self, item: &ItemDescription) -> Result<ItemDescription, DescriptionError> {
        let default = SchemaNames::default();
        let named = |name: String, default: &str| Some(name).filter(|name| name != default);
        item.clone().beside(Beside {
            key: named(self.user_attr, &default.user_attr),
            list: named(self.list_attr, &default.list_attr),
            time: named(self.generated_at_attr, &default.generated_at_attr),
            list_type: self.list_type,
        })
    }
}

/// A table that cannot be described, or cannot hold recommendations.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The table could not be described.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The table is being created or deleted, or is otherwise unusable.
    #[error("table {table:?} is {}", .status.in_words())]
    NotReady {
        /// Table name.
        table: String,
        /// Reason why it is not ready.
        status: NotReady,
    },
    /// The description lacks the partition key.
    #[error("table {table:?} has no readable partition key in its description")]
    NoKey {
        /// Table name.
        table: String,
    },
    /// A user may have many items, and the policy does not say which one is the list.
    #[error(
        "table {table:?} has the sort key {sort_key:?}; set in the policy which items are lists: [item] sort_key = {sort_key:?} and sort_value, e.g. \"RECS\""
    )]
    SortKey {
        /// Table name.
        table: String,
        /// Its sort key attribute.
        sort_key: String,
    },
    /// The sort key has another name, or there is none.
    #[error(
        "table {table:?} has {}, but the policy's item.sort_key is {configured:?}",
        .actual.as_ref().map_or("no sort key".to_owned(), |name| format!("the sort key {name:?}"))
    )]
    SortKeyName {
        /// Table name.
        table: String,
        /// Its sort key attribute.
        actual: Option<String>,
        /// The policy's sort key attribute.
        configured: String,
    },
    /// The policy's prefix or value does not fit a Number key.
    #[error("table {table:?} has the Number key {key:?}, and the policy's {what} is {value:?}")]
    NotNumeric {
        /// Table name.
        table: String,
        /// Its key attribute.
        key: String,
        /// The policy's setting.
        what: &'static str,
        /// Value in the policy.
        value: String,
    },
    /// The sort key is Binary.
    #[error("table {table:?} has a Binary sort key {key:?}; it needs to be Number or String")]
    BinarySortKey {
        /// Table name.
        table: String,
        /// Its sort key attribute.
        key: String,
    },
    /// The partition key has another name.
    #[error(
        "table {table:?} has the partition key {actual:?}, but the user attribute is configured as {configured:?}; configure the same attribute, or the right table"
    )]
    KeyName {
        /// Table name.
        table: String,
        /// Its partition key attribute.
        actual: String,
        /// The configured user attribute.
        configured: String,
    },
    /// The partition key is Binary, but ids are numbers or strings.
    #[error("table {table:?} has a Binary partition key {key:?}; user ids need Number or String")]
    BinaryKey {
        /// Table name.
        table: String,
        /// Its partition key attribute.
        key: String,
    },
    /// The configured item description is invalid.
    #[error(transparent)]
    Item(#[from] DescriptionError),
}

/// Reason why a table can be neither read nor written.
/// AWS: "TableDescription", `TableStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    /// `CREATING`: temporary.
    Creating,
    /// `DELETING`: will be gone soon.
    Deleting,
    /// `ARCHIVING` or `ARCHIVED`: its KMS key was inaccessible for seven days.
    Archived,
    /// `INACCESSIBLE_ENCRYPTION_CREDENTIALS`: its KMS key cannot be used.
    KeyInaccessible,
}

impl NotReady {
    fn of(status: &str) -> Option<Self> {
        Some(match status {
            "CREATING" => NotReady::Creating,
            "DELETING" => NotReady::Deleting,
            "ARCHIVING" | "ARCHIVED" => NotReady::Archived,
            "INACCESSIBLE_ENCRYPTION_CREDENTIALS" => NotReady::KeyInaccessible,
            _ => return None,
        })
    }

    fn in_words(self) -> &'static str {
        match self {
            NotReady::Creating => "still being created; it can be used when its status is ACTIVE",
            NotReady::Deleting => "being deleted",
            NotReady::Archived => "archived; restore it from its backup",
            NotReady::KeyInaccessible => "not accessible: its KMS key cannot be used",
        }
    }
}

/// Describes a table (`DescribeTable`).
///
/// # Errors
/// [`TableError::Service`] if the call fails; [`TableError::NoKey`] if the description has no
/// partition key.
pub async fn describe(client: &Client, table: &str) -> Result<TableInfo, TableError> {
    // Fewer attempts than usual, so that a status command does not hang for 15 seconds.
    let retry = RetryOptions { max_attempts: 5, ..RetryOptions::default() };
    let answer = retry::read("DescribeTable", table, &retry, || {
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
    /// Items expire by epoch seconds in this attribute.
    By(String),
    /// Items never expire.
    Never,
}

/// Reads the TTL settings of a table (`DescribeTimeToLive`).
///
/// # Errors
/// The service's error.
pub async fn describe_expiry(client: &Client, table: &str) -> Result<Expiry, ServiceError> {
    let retry = RetryOptions { max_attempts: 5, ..RetryOptions::default() };
    let answer = retry::read("DescribeTimeToLive", table, &retry, || {
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
        item_count: from.item_count().filter(|count| *count >= 0),
    })
}

/// Returns the key's type: `None` if the attribute is not defined, `Some(None)` if it is Binary.
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

/// Units per second that no table has; larger values are ignored.
const ABSURD_UNITS: i64 = 1 << 40;

/// Returns a limit, if there is one. DynamoDB writes "no limit" as -1; implausible numbers count as
/// unknown.
fn limited(units: Option<i64>) -> Option<i64> {
    units.filter(|units| (1..ABSURD_UNITS).contains(units))
}

/// Returns the consumed capacity units of a response; 0 if the number is implausible.
pub(crate) fn consumed(units: Option<f64>) -> f64 {
    // A call has at most 16 MB, and a unit is at least half a KB.
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
    global.chain(local).collect()
}

impl TableInfo {
    /// Returns the reason if the table can be neither read nor written.
    #[must_use]
    pub fn not_ready(&self) -> Option<NotReady> {
        NotReady::of(&self.status)
    }

    /// Returns the layout of the described items in this table.
    ///
    /// # Errors
    /// [`TableError`] if the table is not usable, or its keys do not match the description.
    pub fn schema(&self, item: &ItemDescription) -> Result<Schema, TableError> {
        item.check()?;
        let table = || self.name.clone();
        if let Some(status) = self.not_ready() {
            return Err(TableError::NotReady { table: table(), status });
        }
        let sort_type = self.check_sort_key(item)?;
        if self.key_name != item.key() {
            let (actual, configured) = (self.key_name.clone(), item.key().to_owned());
            return Err(TableError::KeyName { table: table(), actual, configured });
        }
        let Some(key_type) = self.key_type else {
            return Err(TableError::BinaryKey { table: table(), key: self.key_name.clone() });
        };
        if key_type == KeyType::N && !item.key_prefix.is_empty() {
            return Err(TableError::NotNumeric {
                table: table(),
                key: self.key_name.clone(),
                what: "item.key_prefix",
                value: item.key_prefix.clone(),
            });
        }
        Ok(item.schema(key_type, sort_type))
    }

    /// Returns the sort key's type after checking that the table has the described sort key.
    fn check_sort_key(&self, item: &ItemDescription) -> Result<KeyType, TableError> {
        let table = self.name.clone();
        match (&self.sort_key, &item.sort_key) {
            (None, None) => return Ok(KeyType::S),
            (Some(sort_key), None) => {
                return Err(TableError::SortKey { table, sort_key: sort_key.clone() });
            }
            (actual, Some(configured)) if actual.as_ref() != Some(configured) => {
                let (actual, configured) = (actual.clone(), configured.clone());
                return Err(TableError::SortKeyName { table, actual, configured });
            }
            _ => {}
        }
        let key = self.sort_key.clone().unwrap_or_default();
        let Some(kind) = self.sort_type else {
            return Err(TableError::BinarySortKey { table, key });
        };
        let number = |text: &str| Id::from(text).as_integer().is_some();
        let (what, value, fits) = match (&item.sort_value, &item.sort_prefix) {
            (Some(value), _) => ("item.sort_value", value.clone(), number(value)),
            (None, prefix) => {
                let prefix = prefix.clone().unwrap_or_default();
                let fits = prefix.is_empty();
                ("item.sort_prefix", prefix, fits)
            }
        };
        match kind {
            KeyType::N if !fits => Err(TableError::NotNumeric { table, key, what, value }),
            kind => Ok(kind),
        }
    }

    /// Returns its write capacity limit.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "capacities are far below 2^52")]
    pub fn capacity(&self) -> Capacity {
        let warm = self.warm_wcu.map(|units| units as f64);
        match self.billing {
            Billing::Provisioned { wcu, .. } => {
                let provisioned = wcu.map(|units| units as f64);
                Capacity { provisioned, on_demand_max: None, warm }
            }
            Billing::OnDemand { max_wcu } => Capacity {
                provisioned: None,
                on_demand_max: max_wcu.map(|units| units as f64),
                warm,
            },
        }
    }

    /// Returns the number of indexes that contain an item of this layout with a time: those whose
    /// key attributes the item has. Each costs a separate write.
    #[must_use]
    pub fn indexes_of(&self, schema: &Schema) -> usize {
        self.written_indexes(schema).count()
    }

    fn written_indexes<'a>(&'a self, schema: &'a Schema) -> impl Iterator<Item = &'a IndexInfo> {
        let has = |key: &String| {
            let sort = schema.sort.as_ref().map(|sort| &sort.name);
            let own = [&schema.user_attr, &schema.generated_at_attr];
            let constant = || schema.constants.iter().any(|constant| constant.name == *key);
            own.contains(&key) || sort == Some(key) || constant()
        };
        self.indexes.iter().filter(move |index| index.keys.iter().all(has))
    }

    /// Returns the write capacity limit for items of this layout, for the table and the indexes
    /// that contain them together. Each global index has its own capacity and holds back the table
    /// when it throttles, so the tightest one determines the number of items per second. A local
    /// index uses the table's capacity. AWS: "Using Global Secondary Indexes in DynamoDB",
    /// Provisioned throughput considerations.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "capacities are far below 2^52")]
    pub fn capacity_of(&self, schema: &Schema) -> Capacity {
        let own = self.capacity();
        let written: Vec<&IndexInfo> = self.written_indexes(schema).collect();
        let global: Vec<&IndexInfo> =
            written.iter().copied().filter(|index| index.global).collect();
        let local = (written.len() - global.len()) as f64;
        let price = 1.0 + written.len() as f64;
        // Items per second, with one unit per item in the table and each index.
        let tightest = |table: Option<f64>, of: fn(&IndexInfo) -> Option<i64>| {
            let table = table.map(|units| units / (1.0 + local));
            let indexes = global.iter().filter_map(|index| of(index)).map(|units| units as f64);
            table.into_iter().chain(indexes).reduce(f64::min).map(|items| items * price)
        };
        let default = (price > 1.0).then_some(NEW_ON_DEMAND_WCU);
        let on_demand = matches!(self.billing, Billing::OnDemand { .. });
        let warm = own.warm.or(default.filter(|_| on_demand));
        Capacity {
            provisioned: match own.provisioned {
                Some(units) => tightest(Some(units), |index| index.wcu),
                None => None,
            },
            on_demand_max: tightest(own.on_demand_max, |index| index.max_wcu).filter(|_| on_demand),
            warm: tightest(warm, |index| index.warm_wcu),
        }
    }

    /// Returns the table's own limit in write capacity units per second, if it has one.
    #[must_use]
    pub fn write_limit(&self) -> Option<i64> {
        match self.billing {
            Billing::Provisioned { wcu, .. } => wcu,
            Billing::OnDemand { max_wcu } => max_wcu,
        }
    }
}
