//! Counts of a run: lines and entries by outcome. A checkpoint keeps them, so that a run
//! that is resumed accounts for the whole input.

use std::borrow::Cow;
use std::collections::BTreeMap;

use reco_core::filter::{DropCounts, SkipReason};
use serde::{Deserialize, Serialize};

use super::fault::Reason;
use super::sizes::ItemSizes;

/// Counts by the name of a reason.
pub type Reasons = BTreeMap<Cow<'static, str>, u64>;

/// Fate of an entry, from mild to severe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Another shard's.
    OtherShard,
    /// The filter leaves nothing to write.
    Skipped(SkipReason),
    /// A later list of the same user took its place before it was written.
    Coalesced,
    /// The table holds what is as new or newer.
    Stale,
    /// The user has no item any more (in a dry run: would have none).
    Deleted,
    /// It is in the table (in a dry run: it would be).
    Written {
        /// The item's size in bytes.
        bytes: usize,
    },
    /// It cannot be written.
    Rejected(Reason),
    /// DynamoDB did not take it.
    Failed,
    /// The run ended before its turn.
    Left,
}

/// Lines by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineCounts {
    /// All that were read.
    pub read: u64,
    /// At least one entry was written, and none failed.
    pub written: u64,
    /// An item was removed, none was written, and none failed.
    #[serde(default)]
    pub deleted: u64,
    /// The table holds what is newer than all that was to be written.
    #[serde(default)]
    pub stale: u64,
    /// Nothing was to be written.
    pub skipped: u64,
    /// Other shards' as a whole.
    pub other_shard: u64,
    /// The line, or an entry of it, is rejected.
    pub rejected: u64,
    /// DynamoDB did not take an entry of it.
    pub failed: u64,
    /// An entry of it was not reached before the run ended.
    pub left: u64,
    /// Nothing but whitespace.
    pub blank: u64,
}

/// Entries by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryCounts {
    /// All that were found; a line that cannot be decoded counts as one.
    pub read: u64,
    /// Written.
    pub written: u64,
    /// The user's item was removed.
    #[serde(default)]
    pub deleted: u64,
    /// Not written, since the table holds what is as new or newer.
    #[serde(default)]
    pub stale: u64,
    /// The filter left nothing to write.
    pub skipped: u64,
    /// Replaced by a later list of the same user before they were written.
    pub coalesced: u64,
    /// Other shards'.
    pub other_shard: u64,
    /// Cannot be written.
    pub rejected: u64,
    /// DynamoDB did not take them.
    pub failed: u64,
    /// Not reached before the run ended.
    pub left: u64,
}

impl LineCounts {
    /// Returns whether every line is in exactly one place.
    pub fn balances(&self) -> bool {
        let LineCounts {
            read,
            written,
            deleted,
            stale,
            skipped,
            other_shard,
            rejected,
            failed,
            left,
            blank,
        } = *self;
        let settled = written + deleted + stale + skipped + other_shard;
        read == settled + rejected + failed + left + blank
    }
}

impl EntryCounts {
    /// Returns whether every entry is in exactly one place.
    pub fn balances(&self) -> bool {
        let EntryCounts {
            read,
            written,
            deleted,
            stale,
            skipped,
            coalesced,
            other_shard,
            rejected,
            failed,
            left,
        } = *self;
        let settled = written + deleted + stale + skipped + coalesced + other_shard;
        read == settled + rejected + failed + left
    }
}

/// Fates of a set of lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCounts {
    /// Lines by fate.
    pub lines: LineCounts,
    /// Entries by fate.
    pub entries: EntryCounts,
    /// Skipped entries by reason.
    pub skipped: Reasons,
    /// Rejected entries and lines by reason.
    pub rejected: Reasons,
    /// Article ids in the lists to write.
    pub kept_articles: u64,
    /// Article ids that the filter dropped, by reason.
    pub dropped_articles: DropCounts,
    /// Sizes of the items written.
    pub items: ItemSizes,
}

impl RunCounts {
    /// Returns whether every line and every entry is in exactly one place.
    pub fn balances(&self) -> bool {
        self.lines.balances() && self.entries.balances()
    }

    /// So many entries that were counted as written were replaced by later ones after all; `items`
    /// are those that remain. Their lines stay where they are: it is not known any more which they
    /// were.
    pub(super) fn replaced(&mut self, entries: u64, items: ItemSizes) {
        let entries = entries.min(self.entries.written);
        self.entries.written -= entries;
        self.entries.coalesced += entries;
        self.items = items;
    }

    /// Nothing of what was counted as written came to anything: all of it is left.
    pub(super) fn undone(&mut self) {
        let EntryCounts { written, deleted, .. } = &mut self.entries;
        self.entries.left += std::mem::take(written) + std::mem::take(deleted);
        let LineCounts { written, deleted, .. } = &mut self.lines;
        self.lines.left += std::mem::take(written) + std::mem::take(deleted);
        self.items = ItemSizes::default();
    }

    /// Counts an entry that has met its fate.
    pub(super) fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Skipped(reason) => {
                self.entries.skipped += 1;
                *self.skipped.entry(Cow::Borrowed(reason.name())).or_default() += 1;
            }
            Fate::Coalesced => self.entries.coalesced += 1,
            Fate::Stale => self.entries.stale += 1,
            Fate::Deleted => {
                self.entries.deleted += 1;
                self.items.add_delete();
            }
            Fate::OtherShard => self.entries.other_shard += 1,
            Fate::Written { bytes } => {
                self.entries.written += 1;
                self.items.add(bytes);
            }
            Fate::Rejected(reason) => {
                self.entries.rejected += 1;
                *self.rejected.entry(Cow::Borrowed(reason.name())).or_default() += 1;
            }
            Fate::Failed => self.entries.failed += 1,
            Fate::Left => self.entries.left += 1,
        }
    }

    /// Counts a line by the gravest fate of its entries.
    pub(super) fn count_line(&mut self, gravest: Option<Fate>) {
        let counter = match gravest {
            None | Some(Fate::Skipped(_) | Fate::Coalesced) => &mut self.lines.skipped,
            Some(Fate::Stale) => &mut self.lines.stale,
            Some(Fate::Deleted) => &mut self.lines.deleted,
            Some(Fate::OtherShard) => &mut self.lines.other_shard,
            Some(Fate::Written { .. }) => &mut self.lines.written,
            Some(Fate::Rejected(_)) => &mut self.lines.rejected,
            Some(Fate::Failed) => &mut self.lines.failed,
            Some(Fate::Left) => &mut self.lines.left,
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
        for fate in [Fate::Written { bytes: 2000 }, Fate::Rejected(Reason::Foreign)] {
            run_counts.count(fate);
            run_counts.count_line(Some(fate));
        }
        run_counts.count(Fate::Skipped(SkipReason::TooFew));
        let text = serde_json::to_string(&run_counts).expect("serialises");
        let again: RunCounts = serde_json::from_str(&text).expect("reads back");
        assert_eq!(again, run_counts);
    }
}
