//! Judged lines and entries.

use std::sync::Arc;

use reco_core::filter::{DropCounts, SkipReason};
use reco_core::item::{Action, PlannedItem};
use reco_core::{Id, Recommendation};

use crate::backfill::fault::Fault;
use crate::backfill::lines::Place;

/// A chunk, judged.
#[derive(Debug)]
pub struct Prepared {
    /// The lines, in order.
    pub lines: Vec<PreparedLine>,
    /// Where the next chunk begins.
    pub end: Place,
    /// Bytes read so far, of all inputs.
    pub read: u64,
    /// Why the input ends here, where it broke off.
    pub failure: Option<String>,
}

/// A line, judged.
#[derive(Debug)]
pub struct PreparedLine {
    /// Where it begins.
    pub at: Place,
    /// Its bytes, where they were kept.
    pub text: Option<Arc<[u8]>>,
    /// Content found.
    pub found: Found,
}

/// Content found in a line.
#[derive(Debug)]
pub enum Found {
    /// So many lines one after the other with nothing but whitespace.
    Blank(u64),
    /// Nothing that can be read as entries.
    Bad(Fault),
    /// The same, and another shard reports it.
    OtherShard,
    /// Entries, in order.
    Entries(Vec<PreparedEntry>),
}

/// An entry, judged.
#[derive(Debug)]
pub struct PreparedEntry {
    /// Its index in the line's `data`, from 0.
    pub index: usize,
    /// Planned fate.
    pub fate: Fate,
    /// Articles that the filter dropped.
    pub dropped: DropCounts,
    /// On its way to the Lambda, whose filter will leave nothing of it by what is known here: it
    /// takes the place of no other list.
    pub weak: bool,
}

impl PreparedEntry {
    /// The user whose item it removes, if it does.
    pub(super) fn removes(&self) -> Option<&Id> {
        match &self.fate {
            Fate::Write(item) if item.action == Action::Delete => Some(&item.recommendation.user),
            _ => None,
        }
    }
}

/// Planned fate of an entry.
#[derive(Debug)]
pub enum Fate {
    /// It is to be written.
    Write(PlannedItem),
    /// The filter leaves nothing to write.
    Skip(SkipReason),
    /// It cannot be written.
    Reject(Fault),
    /// It is another shard's.
    OtherShard,
}

/// An entry on its way to its judgement.
pub(super) struct Waiting {
    pub(super) line: usize,
    pub(super) index: usize,
    pub(super) recommendation: Recommendation,
}

/// An entry that cannot be written.
pub(super) fn rejected(index: usize, fault: Fault) -> PreparedEntry {
    let (fate, dropped) = (Fate::Reject(fault), DropCounts::default());
    PreparedEntry { index, fate, dropped, weak: false }
}
