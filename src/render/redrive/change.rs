//! Changes made by a redrive, in words.

use crate::ui::{amount, count, escape_line, form};
use reco_ops::dlq::redrive::report::Changes;

/// Maximum attributes in the table; JSON has all.
const NAMED: usize = 10;

/// Renders the changes for the end of the table.
pub fn changes(changes: &Changes, dry_run: bool) -> String {
    let Some(repair) = &changes.repair else { return String::new() };
    let verb = match dry_run {
        true => "would be changed",
        false => form(changes.changed, "was changed", "were changed"),
    };
    let mut text = format!(
        "{} {verb} by the repair ({})",
        amount(changes.changed, "body"),
        escape_line(&repair.words())
    );
    if changes.rejected_entries > 0 {
        let entries = amount(changes.rejected_entries, "entry");
        let verb = if dry_run { "would be skipped" } else { "left out" };
        text.push_str(&format!("; {entries} {verb}"));
    }
    if let Some(rejects) = &changes.rejects {
        text.push_str(&format!("; rejects {}", escape_line(rejects)));
    }
    text.push('\n');
    if !changes.attributes_left.is_empty() {
        let names: Vec<String> = changes
            .attributes_left
            .iter()
            .take(NAMED)
            .map(|(name, messages)| format!("{} ({})", escape_line(name), count(*messages)))
            .collect();
        let more = if changes.attributes_left.len() > NAMED { ", ..." } else { "" };
        let verb = if dry_run { "would stay" } else { "stayed" };
        text.push_str(&format!(
            "message attributes {verb} behind with their envelopes: {}{more}\n",
            names.join(", ")
        ));
    }
    text
}
