//! Write options of a backfill: further attributes of an item, and the items that it may replace.

use std::collections::BTreeMap;

use clap::Args;
use reco_core::Time;
use reco_core::batch::Limits;
use reco_core::budget::{Budget, Budgets, Capacity, Wanted};
use reco_core::item::{Attribute, Constant, KeyType, Schema};

use reco_store::table::Expiry;

use crate::context::Context;
use reco_ops::aws::{BY_FLAG, ListType, Table};
use reco_ops::backfill::{Order, Times, WriteOptions};
use reco_ops::error::{Error, Kind, Result};

/// Write options.
#[derive(Debug, Args)]
pub struct WritingArgs {
    /// Maximum WCU per second, indexes included: a number, a percentage of the table's own limit
    /// such as 50%, or `auto` to adapt to what the table can take [default: no limit; slow down
    /// when throttled]
    #[arg(long, help_heading = "Writing", value_name = "N|NN%|auto")]
    pub wcu: Option<Wanted>,
    /// Shuffle writes in windows of N items, so that key-sorted input does not create a hot
    /// partition; 0 keeps the input order
    #[arg(long, help_heading = "Writing", value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(0..=65_536))]
    pub shuffle_window: u32,
    /// Keep items that are as new as the line or newer, by `generated_at`; takes one call per item
    #[arg(long, help_heading = "Writing")]
    pub if_newer: bool,
    /// Generation time of lists without a `generated_at`: ISO 8601 or epoch seconds
    #[arg(long, help_heading = "Writing", value_name = "TIME", value_parser = time)]
    pub generated_at: Option<Time>,
    /// Add this attribute to every item: a plain number becomes a Number, anything else a String;
    /// set the type with NAME:S=VALUE or NAME:N=VALUE
    #[arg(long = "attr", help_heading = "Writing", value_name = "NAME=VALUE")]
    pub attrs: Vec<Attribute>,
    /// Expire items this long after the start of the run, e.g. 30d
    #[arg(long, help_heading = "Writing", value_name = "DURATION", value_parser = crate::commands::metrics::seconds)]
    pub ttl: Option<i64>,
    /// TTL attribute of the table
    #[arg(
        long,
        help_heading = "Writing",
        value_name = "NAME",
        default_value = "expires_at",
        requires = "ttl"
    )]
    pub ttl_attribute: String,
    /// Write --ttl even if TTL is disabled on the table or uses another attribute
    #[arg(long, help_heading = "Writing", requires = "ttl")]
    pub ttl_anyway: bool,
    /// Write list ids as Numbers (N) or Strings (S), whatever the table holds [default: as in a
    /// sample of the table's lists; without any, as in the input]
    #[arg(long, help_heading = "Writing", value_name = "N|S", value_parser = list_type)]
    pub list_type: Option<KeyType>,
}

impl WritingArgs {
    /// The layout, with what every item has beside its list.
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

    /// Sets the time from which items expire to that at which the run began: a run that is resumed
    /// gives its items the same time as those before.
    pub fn expire_from(&self, schema: &mut Schema, began: i64) {
        let Some(ttl) = self.ttl else { return };
        for constant in &mut schema.constants {
            if constant.name == self.ttl_attribute {
                constant.value = Constant::seconds(began.saturating_add(ttl));
            }
        }
    }

    /// Returns the settings that affect the written items; a resumed run must have the same.
    pub fn settings(&self) -> BTreeMap<String, String> {
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
    pub fn times(&self) -> Times {
        Times { default: self.generated_at, required: self.if_newer }
    }

    /// Returns the way of writing to `table`, and completes its layout. A dry run may have no
    /// table.
    ///
    /// # Errors
    /// When the table holds sets, which have no order; when two attributes would have one name; and
    /// when there is nothing that a share could be of.
    pub async fn write_options(
        &self,
        context: &Context,
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
                self.check_expiry(context, table, writes).await?;
                let list_type = self.list_type(context, table).await?;
                table.schema = self.with_constants(table.schema.clone())?;
                *schema = table.schema.clone();
                let dated = [false, true];
                let capacity = dated.map(|dated| table.info.capacity_of(schema, dated));
                (list_type, capacity, dated.map(|dated| table.info.indexes_of(schema, dated)))
            }
        };
        let budget = |capacity| {
            Budget::of(self.wcu, capacity).map_err(|error| {
                Error::config("--wcu cannot be a percentage here")
                    .because(&error)
                    .hint("pass a number of WCU per second, e.g. --wcu 1000, or --wcu auto")
            })
        };
        let [undated_indexes, dated_indexes] =
            indexes.map(|indexes| u32::try_from(indexes).unwrap_or(u32::MAX));
        let [undated, dated] = &capacity;
        let (undated, dated) = (budget(undated)?, budget(dated)?);
        let budgets = Budgets { undated, dated, undated_indexes, dated_indexes };
        let order = Order {
            limits: Limits::BATCH_WRITE_ITEM,
            shuffle: usize::try_from(self.shuffle_window).unwrap_or(usize::MAX),
            newest: self.if_newer || only_newer,
            keep_all: false,
        };
        Ok(WriteOptions { list_type, order, wanted: self.wcu, budgets })
    }

    /// Checks that the table would expire items by what `--ttl` writes, now or once files are
    /// imported. A dry run, which `writes` nothing, is only warned.
    async fn check_expiry(&self, context: &Context, table: &Table, writes: bool) -> Result<()> {
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
            // Roles from before this was looked at may not ask.
            Err(error) => {
                context.ui.warn(format!("cannot read the TTL settings of table {name}: {error}"));
                return Ok(());
            }
        };
        if writes && !self.ttl_anyway {
            return Err(Error::refused(what)
                .hint(format!("did you mean {hint}? --ttl-anyway writes the attribute anyway")));
        }
        context.ui.warn(format!("{what}: the items would not expire"));
        Ok(())
    }

    /// Of which type lists are written, and why: as the table holds them.
    async fn list_type(&self, context: &Context, table: &mut Table) -> Result<ListType> {
        let chosen = table.adopt_list_type(BY_FLAG).await?;
        if let Some(warning) = &chosen.warning {
            context.ui.status(warning);
        }
        Ok(chosen)
    }
}

pub(in crate::commands) fn list_type(text: &str) -> Result<KeyType, String> {
    match text {
        "N" | "n" => Ok(KeyType::N),
        "S" | "s" => Ok(KeyType::S),
        _ => Err("must be N (Numbers) or S (Strings)".to_owned()),
    }
}

/// Epoch seconds, or an ISO 8601 time.
pub(in crate::commands) fn time(text: &str) -> Result<Time, String> {
    Time::from_text(text).map_err(|error| error.to_string())
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_seconds_or_rfc_3339() {
        let at = |millis| Ok(Time::from_millis(millis));
        assert_eq!(time("1768446000"), at(1_768_446_000_000));
        assert_eq!(time("1768446000.25"), at(1_768_446_000_250));
        assert_eq!(time("2026-01-15T03:00:00Z"), at(1_768_446_000_000));
        assert_eq!(time("2026-01-15T12:00:00.900+09:00"), at(1_768_446_000_900));
        for wrong in ["", "yesterday", "2026-01-15", "1768446000000", "20260115"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
