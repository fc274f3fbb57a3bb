//! Message classes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Reason why a message is in the DLQ, judged by its content, the facts and the table.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Would succeed now: it failed for a temporary reason.
    Retryable,
    /// Some entries are bad, others would be written.
    Partial,
    /// Broken, or with ids of a type that the table cannot hold.
    Malformed,
    /// Not a message of this pipeline.
    Foreign,
    /// All of its users are unknown or inactive.
    UnknownUser,
    /// The filter leaves nothing to write.
    Empty,
    /// Too large for the destination queue or for an item.
    Oversize,
    /// The table holds newer lists for all of its users.
    Stale,
    /// Newer messages of the same scan contain all of its users.
    Superseded,
}

impl Class {
    /// All classes, in display order.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Returns the name used on the command line, in tables and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Returns whether the function would write any of it after a redrive. Only such a message
    /// supersedes an older one.
    #[must_use]
    pub fn can_pass(self) -> bool {
        match self {
            Class::Retryable | Class::Partial | Class::Stale | Class::Superseded => true,
            Class::Malformed
            | Class::Foreign
            | Class::UnknownUser
            | Class::Empty
            | Class::Oversize => false,
        }
    }

    /// Returns the recommended action in a sentence.
    #[must_use]
    pub fn action(self) -> &'static str {
        match self {
            Class::Retryable => "redrive it at a rate that the table can take",
            Class::Partial => {
                "salvage it: send the good entries, save the bad ones for the producer"
            }
            Class::Malformed => "purge it with a backup for the producer, who must send it again",
            Class::Foreign => "purge it with a backup, and find out who sends it here",
            Class::UnknownUser => {
                "purge it with a backup: nothing to write; import it once the users exist"
            }
            Class::Empty => "purge it with a backup: nothing to write",
            Class::Oversize => {
                "save it and write its lists with backfill; the producer must split it"
            }
            Class::Stale => "purge it with a backup: the table has newer lists",
            Class::Superseded => "purge it with a backup: newer messages have its users",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Class {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Class::ALL.iter().copied().find(|class| class.name() == name).ok_or_else(|| {
            let names: Vec<&str> = Class::ALL.iter().map(|class| class.name()).collect();
            format!("unknown class {name:?}; classes are {}", names.join(", "))
        })
    }
}
