//! Counts of lines and entries by outcome. A checkpoint keeps them, so that a resumed run accounts
//! for the whole input.

use std::borrow::Cow;
use std::collections::BTreeMap;

use reco_core::filter::{DropCounts, SkipReason};
use reco_store::writer::Kept;
use serde::{Deserialize, Serialize};

use super::fault::FaultReason;
use super::sizes::ItemSizes;

/// Counts by name of the reason.
pub type Reasons = BTreeMap<Cow<'static, str>, u64>;

/// Fate of an entry, from mild to severe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryOutcome {
    /// Belongs to another shard.
    OtherShard,
    /// Left empty by the filter, so nothing to write.
    Skipped(SkipReason),
    /// Replaced by a later list of the same user before it was written.
    Coalesced,
    /// Not written because the table holds a list as new or newer.
    Stale,
    /// Not written because the table does not hold what is to be replaced.
    Kept(Kept),
    /// Removed from the table (in a dry run: would be).
    Deleted,
    /// Written to the table (in a dry run: would be).
    Written {
        /// Item size in bytes.
        bytes: usize,
    },
    /// Rejected because it cannot be written.
    Rejected(FaultReason),
    /// Not accepted by the destination.
    Failed,
    /// Not reached before the run ended.
    Left,
}

/// Lines by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineCounts {
    /// Lines read.
    pub read: u64,
    /// Lines with at least one written entry and no failures.
    pub written: u64,
    /// Lines that removed an item, with nothing written and no failures.
    #[serde(default)]
    pub deleted: u64,
    /// Lines whose lists are all no newer than what the table holds.
    #[serde(default)]
    pub stale: u64,
    /// Lines whose lists were all not written, because the table does not hold what is to be
    /// replaced.
    #[serde(default)]
    pub kept: u64,
    /// Lines with nothing to write.
    pub skipped: u64,
    /// Lines that belong entirely to other shards.
    pub other_shard: u64,
    /// Lines that are rejected or have a rejected entry.
    pub rejected: u64,
    /// Lines with an entry that the destination did not accept.
    pub failed: u64,
    /// Lines with an entry that was not reached before the run ended.
    pub left: u64,
    /// Lines with only whitespace.
    pub blank: u64,
}

/// Entries by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryCounts {
    /// Entries found; a line that cannot be decoded counts as one.
    pub read: u64,
    /// Lists written.
    pub written: u64,
    /// Removed items.
    #[serde(default)]
    pub deleted: u64,
    /// Lists not written because the table holds a list as new or newer.
    #[serde(default)]
    pub stale: u64,
    /// Lists not written because the table does not hold what is to be replaced.
    #[serde(default)]
    pub kept: u64,
    /// Lists of which the filter kept nothing.
    pub skipped: u64,
    /// Lists replaced by a later list of the same user before they were written.
    pub coalesced: u64,
    /// Entries of other shards.
    pub other_shard: u64,
    /// Entries that cannot be written.
    pub rejected: u64,
    /// Entries that the destination did not accept.
    pub failed: u64,
    /// Entries not reached before the run ended.
    pub left: u64,
}

impl LineCounts {
    /// Returns whether every line is counted exactly once.
    pub fn balances(&self) -> bool {
        let LineCounts {
            read,
            written,
            deleted,
            stale,
            kept,
            skipped,
            other_shard,
            rejected,
            failed,
            left,
            blank,
        } = *self;
        let settled = written + deleted + stale + kept + skipped + other_shard;
        read == settled + rejected + failed + left + blank
    }
}

impl EntryCounts {
    /// Returns whether every entry is counted exactly once.
    pub fn balances(&self) -> bool {
        let EntryCounts {
            read,
            written,
            deleted,
            stale,
            kept,
            skipped,
            coalesced,
            other_shard,
            rejected,
            failed,
            left,
        } = *self;
        let settled = written + deleted + stale + kept + skipped + coalesced + other_shard;
        read == settled + rejected + failed + left
    }
}

/// Counts of a set of lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCounts {
    /// Lines by outcome.
    pub lines: LineCounts,
    /// Entries by outcome.
    pub entries: EntryCounts,
    /// Skipped entries by reason.
    pub skipped: Reasons,
    /// Entries that were not written because the table does not hold what is to be replaced, by
    /// what it holds.
    #[serde(default, rename = "kept_because")]
    pub kept: Reasons,
    /// Rejected entries and lines by reason.
    pub rejected: Reasons,
    /// Article ids in the lists to write.
    pub kept_articles: u64,
    /// Article ids dropped by the filter, by reason.
    pub dropped_articles: DropCounts,
    /// Sizes of the items written.
    pub items: ItemSizes,
}

impl RunCounts {
    /// Returns whether every line and every entry is counted exactly once.
    pub fn balances(&self) -> bool {
        self.lines.balances() && self.entries.balances()
    }

    /// Counts as coalesced the entries that later ones replaced although they were counted as
    /// written; `items` are the sizes of those that remain. Line counts stay, because it is no
    /// longer known which lines they came from.
    pub(super) fn replaced(&mut self, entries: u64, items: ItemSizes) {
        let entries = entries.min(self.entries.written);
        self.entries.written -= entries;
        self.entries.coalesced += entries;
        self.items = items;
    }

    /// Counts all written entries as left, because none of the writes took effect.
    pub(super) fn undone(&mut self) {
        let EntryCounts { written, deleted, .. } = &mut self.entries;
        self.entries.left += std::mem::take(written) + std::mem::take(deleted);
        let LineCounts { written, deleted, .. } = &mut self.lines;
        self.lines.left += std::mem::take(written) + std::mem::take(deleted);
        self.items = ItemSizes::default();
    }

    /// Counts the fate of an entry.
    pub(super) fn count(&mut self, fate: EntryOutcome) {
        match fate {
            EntryOutcome::Skipped(reason) => {
                self.entries.skipped += 1;
                *self.skipped.entry(Cow::Borrowed(reason.name())).or_default() += 1;
            }
            EntryOutcome::Coalesced => self.entries.coalesced += 1,
            EntryOutcome::Stale => self.entries.stale += 1,
            EntryOutcome::Kept(kept) => {
                self.entries.kept += 1;
                *self.kept.entry(Cow::Borrowed(kept.name())).or_default() += 1;
            }
            EntryOutcome::Deleted => {
                self.entries.deleted += 1;
                self.items.add_delete();
            }
            EntryOutcome::OtherShard => self.entries.other_shard += 1,
            EntryOutcome::Written { bytes } => {
                self.entries.written += 1;
                self.items.add(bytes);
            }
            EntryOutcome::Rejected(reason) => {
                self.entries.rejected += 1;
                *self.rejected.entry(Cow::Borrowed(reason.name())).or_default() += 1;
            }
            EntryOutcome::Failed => self.entries.failed += 1,
            EntryOutcome::Left => self.entries.left += 1,
        }
    }

    /// Counts a line by the most severe fate of its entries.
    pub(super) fn count_line(&mut self, gravest: Option<EntryOutcome>) {
        let counter = match gravest {
            None | Some(EntryOutcome::Skipped(_) | EntryOutcome::Coalesced) => {
                &mut self.lines.skipped
            }
            Some(EntryOutcome::Stale) => &mut self.lines.stale,
            Some(EntryOutcome::Kept(_)) => &mut self.lines.kept,
            Some(EntryOutcome::Deleted) => &mut self.lines.deleted,
            Some(EntryOutcome::OtherShard) => &mut self.lines.other_shard,
            Some(EntryOutcome::Written { .. }) => &mut self.lines.written,
            Some(EntryOutcome::Rejected(_)) => &mut self.lines.rejected,
            Some(EntryOutcome::Failed) => &mut self.lines.failed,
            Some(EntryOutcome::Left) => &mut self.lines.left,
        };
        *counter += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn books_that_do_not_balance_are_noticed() {
        assert!(!LineCounts { read: 2, written: 1, ..LineCounts::default() }.balances());
        assert!(!EntryCounts { written: 1, ..EntryCounts::default() }.balances());
    }

    #[test]
    fn books_read_back_as_they_were_kept() {
        let mut run_counts = RunCounts::default();
        for fate in
            [EntryOutcome::Written { bytes: 2000 }, EntryOutcome::Rejected(FaultReason::Foreign)]
        {
            run_counts.count(fate);
            run_counts.count_line(Some(fate));
        }
        run_counts.count(EntryOutcome::Skipped(SkipReason::TooFew));
        let text = serde_json::to_string(&run_counts).expect("serialises");
        let again: RunCounts = serde_json::from_str(&text).expect("reads back");
        assert_eq!(again, run_counts);
    }
}
