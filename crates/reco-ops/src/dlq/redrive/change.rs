//! Body changes of a redrive, as reported.

use std::collections::BTreeMap;

use reco_core::classify::Class;
use serde::Serialize;

use crate::dlq::repair::{Changed, RepairPlan, Step};

/// Changes to the body of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Applied repairs, in order.
    pub steps: Vec<Step>,
    /// Class of the changed message.
    pub class: Class,
    /// Size of the changed message in bytes, including attributes.
    pub size_bytes: usize,
    /// SHA-256 of the changed body and attributes, as in the journal.
    pub digest: String,
    /// Entries that are not sent.
    pub rejected: usize,
    /// Names of message attributes lost with a removed envelope.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes_left: Vec<String>,
}

impl From<&Changed> for Change {
    fn from(changed: &Changed) -> Self {
        Change {
            steps: changed.steps.clone(),
            class: changed.class,
            size_bytes: changed.size,
            digest: changed.digest.to_string(),
            rejected: changed.rejected,
            attributes_left: changed.left_behind.clone(),
        }
    }
}

/// Summary of the changes to message bodies.
#[derive(Debug, Default, Serialize)]
pub struct Changes {
    /// Requested repairs; null if there are none.
    pub repair: Option<RepairPlan>,
    /// Messages moved (or planned to be moved) with a changed body.
    pub changed: u64,
    /// Entries of these messages that were not sent.
    pub rejected_entries: u64,
    /// File with these entries; null if there are none.
    pub rejects: Option<String>,
    /// Names of message attributes lost with envelopes, and the number of messages for each.
    pub attributes_left: BTreeMap<String, u64>,
}

impl Changes {
    /// Sums up the changes of messages.
    #[must_use]
    pub fn of<'a>(
        repair: Option<RepairPlan>,
        rejects: Option<String>,
        changes: impl Iterator<Item = &'a Change>,
    ) -> Self {
        let attributes_left = BTreeMap::new();
        let none = Changes { repair, changed: 0, rejected_entries: 0, rejects, attributes_left };
        changes.fold(none, |mut sum, change| {
            for name in &change.attributes_left {
                *sum.attributes_left.entry(name.clone()).or_default() += 1;
            }
            Changes {
                changed: sum.changed + 1,
                rejected_entries: sum.rejected_entries + change.rejected as u64,
                ..sum
            }
        })
    }
}
