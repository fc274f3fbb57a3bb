//! Message classes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Reason why a message is in the DLQ, judged by its content, the facts and the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    pub const ALL: [Class; 9] = [
        Class::Retryable,
        Class::Partial,
        Class::Malformed,
        Class::Foreign,
        Class::UnknownUser,
        Class::Empty,
        Class::Oversize,
        Class::Stale,
        Class::Superseded,
    ];

    /// Returns the name used on the command line, in tables and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Class::Retryable => "retryable",
            Class::Partial => "partial",
            Class::Malformed => "malformed",
            Class::Foreign => "foreign",
            Class::UnknownUser => "unknown-user",
            Class::Empty => "empty",
            Class::Oversize => "oversize",
            Class::Stale => "stale",
            Class::Superseded => "superseded",
        }
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
            Class::Retryable => "redrive it",
            Class::Partial => {
                "redrive to write the good entries; fix the producer for the bad ones"
            }
            Class::Malformed => "back it up, fix the producer, then purge it",
            Class::Foreign => "find out who sent it here, then purge it",
            Class::UnknownUser => "nothing to write; purge it, or wait if the users are new",
            Class::Empty => "nothing to write; purge it",
            Class::Oversize => "have the producer split it; it cannot succeed as is",
            Class::Stale => "leave it: redriving would overwrite newer lists",
            Class::Superseded => "leave it: redrive the newer message instead",
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
        Class::ALL.into_iter().find(|class| class.name() == name).ok_or_else(|| {
            let names: Vec<&str> = Class::ALL.iter().map(|class| class.name()).collect();
            format!("unknown class {name:?}; classes are {}", names.join(", "))
        })
    }
}
