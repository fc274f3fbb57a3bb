//! Attributes written in addition to a list, and the order and rate of writes.

use std::collections::BTreeMap;

use reco_core::Time;
use reco_core::batch::Limits;
use reco_core::budget::{Budget, Budgets, Capacity, Wanted};
use reco_core::item::{Attribute, Constant, Schema};
use reco_store::table::Expiry;

use super::{Order, Times, WriteOptions};
use crate::aws::{BY_FLAG, ListType, Table};
use crate::error::{Error, Kind, Result};
use crate::event::Events;

/// Write options of a backfill, as asked for.
#[derive(Debug, Clone)]
pub struct Writing {
    /// Requested write budget.
    pub wcu: Option<Wanted>,
    /// Number of items shuffled together; 0 keeps the input order.
    pub shuffle_window: usize,
    /// True to keep items that are as new as the line or newer.
    pub if_newer: bool,
    /// Generation time of lists without their own.
    pub generated_at: Option<Time>,
    /// Constant attributes of every item.
    pub attrs: Vec<Attribute>,
    /// Lifetime of items in seconds, from the start of the run.
    pub ttl: Option<i64>,
    /// TTL attribute of the table.
    pub ttl_attribute: String,
    /// True to write it even if the table would not expire items by it.
    pub ttl_anyway: bool,
}

impl Writing {
    /// Returns the layout with the constant attributes of every item.
    fn with_constants(&self, schema: Schema) -> Result<Schema> {
        let expiry = self.ttl.map(|ttl| Attribute {
            name: self.ttl_attribute.clone(),
            // AWS: "Time to Live": a Number of epoch seconds.
            value: Constant::seconds(now().saturating_add(ttl)),
        });
        let constants = self.attrs.iter().cloned().chain(expiry);
        schema.with_constants(constants).map_err(|error| {
            Error::new(Kind::Usage, "invalid --attr or --ttl-attribute").because(&error)
        })
    }

    /// Computes the expiry time from the start of the first run, so that a resumed run gives its
    /// items the same time.
    pub(super) fn expire_from(&self, schema: &mut Schema, began: i64) {
        let Some(ttl) = self.ttl else { return };
        for constant in &mut schema.constants {
            if constant.name == self.ttl_attribute {
                constant.value = Constant::seconds(began.saturating_add(ttl));
            }
        }
    }

    /// Returns the settings that affect the written items; a resumed run must have the same.
    pub(super) fn settings(&self) -> BTreeMap<String, String> {
        let attrs: Vec<String> = self.attrs.iter().map(ToString::to_string).collect();
        let attrs = Some(attrs.join(", ")).filter(|attrs| !attrs.is_empty());
        let ttl = self.ttl.map(|ttl| format!("{ttl} s in {}", self.ttl_attribute));
        let none = || "none".to_owned();
        [
            ("--attr", attrs.unwrap_or_else(none)),
            ("--ttl", ttl.unwrap_or_else(none)),
            ("--if-newer", self.if_newer.to_string()),
            ("--generated-at", self.generated_at.map_or_else(none, |time| time.to_string())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Returns the rules for generation times.
    pub(super) fn times(&self) -> Times {
        Times { default: self.generated_at, required: self.if_newer }
    }

    /// Returns the write options for `table`, and completes its layout. A dry run may have no
    /// table.
    ///
    /// # Errors
    /// Fails if the table holds sets, which have no order; if two attributes have the same name; or
    /// if a percentage budget has no capacity to refer to.
    pub(super) async fn write_options(
        &self,
        events: &Events,
        table: Option<&mut Table>,
        schema: &mut Schema,
        only_newer: bool,
        writes: bool,
    ) -> Result<WriteOptions> {
        let (list_type, capacity, indexes) = match table {
            None => {
                let list_type = match schema.list_type {
                    Some(_) => ListType::configured(schema),
                    None => ListType::of_ids(),
                };
                *schema = self.with_constants(schema.clone())?;
                (list_type, [Capacity::default(); 2], [0; 2])
            }
            Some(table) => {
                self.check_expiry(events, table, writes).await?;
                let list_type = self.list_type(events, table).await?;
                table.schema = self.with_constants(table.schema.clone())?;
                *schema = table.schema.clone();
                let dated = [false, true];
                let capacity = dated.map(|dated| table.info.capacity_of(schema, dated));
                (list_type, capacity, dated.map(|dated| table.info.indexes_of(schema, dated)))
            }
        };
        let [undated_indexes, dated_indexes] =
            indexes.map(|indexes| u32::try_from(indexes).unwrap_or(u32::MAX));
        let [undated, dated] = Budget::of_each(self.wcu, &capacity).map_err(|error| {
            Error::config("--wcu cannot be a percentage here")
                .because(&error)
                .hint("pass a number of WCU per second, e.g. --wcu 1000, or --wcu auto")
        })?;
        let budgets = Budgets { undated, dated, undated_indexes, dated_indexes };
        let order = Order {
            limits: Limits::BATCH_WRITE_ITEM,
            shuffle: self.shuffle_window,
            newest: self.if_newer || only_newer,
            keep_all: false,
        };
        Ok(WriteOptions { list_type, order, wanted: self.wcu, budgets })
    }

    /// Checks that the table would expire items by the `--ttl` attribute, now or after an import of
    /// the files. In a dry run (`writes` is false), only warns.
    async fn check_expiry(&self, events: &Events, table: &Table, writes: bool) -> Result<()> {
        if self.ttl.is_none() {
            return Ok(());
        }
        let (name, own) = (&table.info.name, &self.ttl_attribute);
        let (what, hint) = match table.expiry().await {
            Ok(Expiry::By(attribute)) if attribute == *own => return Ok(()),
            Ok(Expiry::By(attribute)) => (
                format!(
                    "the TTL attribute of table {name} is {attribute:?}, but --ttl writes {own:?}"
                ),
                format!("--ttl-attribute {attribute}"),
            ),
            Ok(Expiry::Never) => (
                format!("TTL is disabled on table {name}"),
                format!("aws dynamodb update-time-to-live with the attribute {own}"),
            ),
            // Roles created for earlier versions may lack this permission.
            Err(error) => {
                events.warn(format!("cannot read the TTL settings of table {name}: {error}"));
                return Ok(());
            }
        };
        if writes && !self.ttl_anyway {
            return Err(Error::refused(what)
                .hint(format!("did you mean {hint}? --ttl-anyway writes the attribute anyway")));
        }
        events.warn(format!("{what}: the items would not expire"));
        Ok(())
    }

    /// Returns the type in which lists are written, and its source: as in the table.
    async fn list_type(&self, events: &Events, table: &mut Table) -> Result<ListType> {
        let chosen = table.adopt_list_type(BY_FLAG).await?;
        if let Some(warning) = &chosen.warning {
            events.status(warning);
        }
        Ok(chosen)
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
