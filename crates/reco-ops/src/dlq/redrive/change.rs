//! Body changes of a redrive, as reported.

use std::collections::BTreeMap;

use reco_core::classify::Class;
use serde::Serialize;

use crate::dlq::repair::{Changed, RepairPlan, Step};

/// Changes to the body of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// In their order.
    pub steps: Vec<Step>,
    /// Its class as it goes out.
    pub class: Class,
    /// Its size as it goes out, attributes included.
    pub size_bytes: usize,
    /// SHA-256 of body and attributes as they go out, as the journal has it.
    pub digest: String,
    /// Entries of it that do not go out.
    pub rejected: usize,
    /// Names of message attributes that stay behind with the envelope that was taken off.
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

/// Changes to message bodies.
#[derive(Debug, Serialize)]
pub struct Changes {
    /// Requested repairs; null without any.
    pub repair: Option<RepairPlan>,
    /// Messages that were moved (or are planned) with another body.
    pub changed: u64,
    /// Entries of them that were not sent.
    pub rejected_entries: u64,
    /// The file that has these entries; null when there are none.
    pub rejects: Option<String>,
    /// Names of message attributes that stayed behind with envelopes, and how many messages each.
    pub attributes_left: BTreeMap<String, u64>,
}

impl Changes {
    /// Sums them up.
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
