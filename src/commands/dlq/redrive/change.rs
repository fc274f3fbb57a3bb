//! Body changes of a redrive, as reported.

use std::collections::BTreeMap;

use reco_core::classify::Class;
use serde::Serialize;

use super::repair::RepairPlan;
use crate::flow::repair::{Changed, Step};
use crate::ui::{amount, count, escape_line, form};

/// Attributes named in the table; JSON has all.
const NAMED: usize = 10;

/// Changes to the body of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Change {
    /// In their order.
    steps: Vec<Step>,
    /// Its class as it goes out.
    class: Class,
    /// Its size as it goes out, attributes included.
    size_bytes: usize,
    /// SHA-256 of body and attributes as they go out, as the journal has it.
    digest: String,
    /// Entries of it that do not go out.
    rejected: usize,
    /// Names of message attributes that stay behind with the envelope that was taken off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes_left: Vec<String>,
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
pub(super) struct Changes {
    /// Requested repairs; null without any.
    repair: Option<RepairPlan>,
    /// Messages that were moved (or are planned) with another body.
    changed: u64,
    /// Entries of them that were not sent.
    rejected_entries: u64,
    /// The file that has these entries; null when there are none.
    rejects: Option<String>,
    /// Names of message attributes that stayed behind with envelopes, and how many messages each.
    attributes_left: BTreeMap<String, u64>,
}

impl Changes {
    pub(super) fn of<'a>(
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

    /// For the end of the table.
    pub(super) fn words(&self, dry_run: bool) -> String {
        let Some(repair) = &self.repair else { return String::new() };
        let verb = match dry_run {
            true => "would be changed",
            false => form(self.changed, "was changed", "were changed"),
        };
        let mut text = format!(
            "{} {verb} by the repair ({})",
            amount(self.changed, "body"),
            escape_line(&repair.words())
        );
        if self.rejected_entries > 0 {
            let entries = amount(self.rejected_entries, "entry");
            let verb = if dry_run { "would be skipped" } else { "left out" };
            text.push_str(&format!("; {entries} {verb}"));
        }
        if let Some(rejects) = &self.rejects {
            text.push_str(&format!("; rejects {}", escape_line(rejects)));
        }
        text.push('\n');
        if !self.attributes_left.is_empty() {
            let names: Vec<String> = self
                .attributes_left
                .iter()
                .take(NAMED)
                .map(|(name, messages)| format!("{} ({})", escape_line(name), count(*messages)))
                .collect();
            let more = if self.attributes_left.len() > NAMED { ", ..." } else { "" };
            let verb = if dry_run { "would stay" } else { "stayed" };
            text.push_str(&format!(
                "message attributes {verb} behind with their envelopes: {}{more}\n",
                names.join(", ")
            ));
        }
        text
    }
}
