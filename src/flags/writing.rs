//! Write options of a backfill: additional attributes, and which items may be replaced.

use std::path::PathBuf;

use clap::Args;
use reco_core::Time;
use reco_core::budget::Wanted;
use reco_core::item::{Attribute, KeyType};
use reco_ops::backfill::{Replace, Writing};

/// Write options.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing")]
pub struct WritingArgs {
    /// Maximum WCU per second, indexes included: a number, a percentage of the table's own limit
    /// such as 50%, or `auto` to adapt to what the table can take [default: no limit; slow down
    /// when throttled]
    #[arg(long, value_name = "N|NN%|auto")]
    pub wcu: Option<Wanted>,
    /// Shuffle writes in windows of N items, so that key-sorted input does not create a hot
    /// partition; 0 keeps the input order
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(0..=65_536))]
    pub shuffle_window: u32,
    /// Keep items that are as new as the line or newer, by `generated_at`; takes one call per item
    #[arg(long)]
    pub if_newer: bool,
    /// Replace only what this file wrote: write an item only where the table still holds the list
    /// that a backfill of FILE gives the user; takes one conditional call per item. Repeat for
    /// several files
    #[arg(long, value_name = "FILE",
        conflicts_with_all = ["if_newer", "replace_written_between"])]
    pub only_where_table_holds: Vec<PathBuf>,
    /// Replace only items whose `generated_at` in the table is in this period, both ends included
    #[arg(long, value_names = ["FROM", "TO"], num_args = 2,
        value_parser = time, conflicts_with = "if_newer")]
    pub replace_written_between: Option<Vec<Time>>,
    /// Generation time of lists without a `generated_at`: ISO 8601 or epoch seconds
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub generated_at: Option<Time>,
    /// Add this attribute to every item: a plain number becomes a Number, anything else a String;
    /// set the type with NAME:S=VALUE or NAME:N=VALUE
    #[arg(long = "attr", value_name = "NAME=VALUE")]
    pub attrs: Vec<Attribute>,
    /// Expire items this long after the start of the run, e.g. 30d
    #[arg(long, value_name = "DURATION", value_parser = crate::flags::seconds)]
    pub ttl: Option<i64>,
    /// TTL attribute of the table
    #[arg(long, value_name = "NAME", default_value = "expires_at", requires = "ttl")]
    pub ttl_attribute: String,
    /// Write --ttl even if TTL is disabled on the table or uses another attribute
    #[arg(long, requires = "ttl")]
    pub ttl_anyway: bool,
    /// Write list ids as Numbers (N) or Strings (S), whatever the table holds [default: as in a
    /// sample of the table's lists; without any, as in the input]
    #[arg(long, value_name = "N|S", value_parser = list_type)]
    pub list_type: Option<KeyType>,
}

impl WritingArgs {
    /// Returns which items of the table may be replaced; `None` for all.
    pub fn replace(&self) -> Option<Replace> {
        match self.replace_written_between.as_deref() {
            Some([from, to]) => Some(Replace::WrittenBetween { from: *from, to: *to }),
            _ if self.only_where_table_holds.is_empty() => None,
            _ => Some(Replace::WhereTableHolds(self.only_where_table_holds.clone())),
        }
    }

    /// Converts the flags to options.
    pub fn options(&self) -> Writing {
        Writing {
            wcu: self.wcu,
            shuffle_window: usize::try_from(self.shuffle_window).unwrap_or(usize::MAX),
            if_newer: self.if_newer,
            generated_at: self.generated_at,
            attrs: self.attrs.clone(),
            ttl: self.ttl,
            ttl_attribute: self.ttl_attribute.clone(),
            ttl_anyway: self.ttl_anyway,
        }
    }
}

pub fn list_type(text: &str) -> Result<KeyType, String> {
    match text {
        "N" | "n" => Ok(KeyType::N),
        "S" | "s" => Ok(KeyType::S),
        _ => Err("must be N (Numbers) or S (Strings)".to_owned()),
    }
}

/// Parses epoch seconds or an ISO 8601 time.
pub fn time(text: &str) -> Result<Time, String> {
    Time::from_text(text).map_err(|error| error.to_string())
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
