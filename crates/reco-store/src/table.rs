//! Table description from DynamoDB, and the item layout derived from it.

mod description;
mod error;

use reco_core::Id;
use reco_core::budget::{Capacity, NEW_ON_DEMAND_WCU};
use reco_core::item::{Beside, DescriptionError, ItemDescription, KeyType, Schema};
use serde::{Deserialize, Serialize};

pub(crate) use description::consumed;
pub use description::{Expiry, describe, describe_expiry};
pub use error::{NotReady, TableError};

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

    /// Returns the number of indexes that an item of this layout is in: those of whose key it has
    /// every attribute, the time where it is `dated`. Each of them costs a write of its own.
    #[must_use]
    pub fn indexes_of(&self, schema: &Schema, dated: bool) -> usize {
        self.written_indexes(schema, dated).count()
    }

    /// Returns the indexes that an item of this layout is in, as [`TableInfo::indexes_of`] counts them.
    pub fn written_indexes<'a>(
        &'a self,
        schema: &'a Schema,
        dated: bool,
    ) -> impl Iterator<Item = &'a IndexInfo> {
        let has = move |key: &String| {
            let sort = schema.sort.as_ref().map(|sort| &sort.name);
            let time = dated.then_some(&schema.generated_at_attr);
            let constant = || schema.constants.iter().any(|constant| constant.name == *key);
            schema.user_attr == *key || time == Some(key) || sort == Some(key) || constant()
        };
        self.indexes.iter().filter(move |index| index.keys.iter().all(has))
    }

    /// Returns the write capacity limit for items of this layout, with a time where they are `dated`,
    /// for the table and the indexes that they are in together. Each global index has its own capacity, and one that throttles
    /// holds back the table: the tightest one determines the number of items per second. A local
    /// index uses the table's capacity. AWS: "Using Global Secondary Indexes in DynamoDB",
    /// Provisioned throughput considerations.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "capacities are far below 2^52")]
    pub fn capacity_of(&self, schema: &Schema, dated: bool) -> Capacity {
        let own = self.capacity();
        let written: Vec<&IndexInfo> = self.written_indexes(schema, dated).collect();
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
}
