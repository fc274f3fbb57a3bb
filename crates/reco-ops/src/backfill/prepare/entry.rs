//! Filtered lines and entries.

use std::sync::Arc;
use std::time::Duration;

use reco_core::filter::{DropCounts, SkipReason};
use reco_core::item::{Action, PlannedItem};
use reco_core::{Id, Recommendation};

use crate::backfill::fault::Fault;
use crate::backfill::lines::Place;

/// Filtered chunk.
#[derive(Debug)]
pub struct Prepared {
    /// Lines, in input order.
    pub lines: Vec<PreparedLine>,
    /// Start of the next chunk.
    pub end: Place,
    /// Bytes read so far from all inputs, as stored.
    pub read: u64,
    /// Failure that ended the input early.
    pub failure: Option<String>,
    /// Time that it took.
    pub spent: Spent,
}

/// Time that a chunk took to decode and filter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// All of it.
    pub all: Duration,
    /// Of it, waiting for facts.
    pub facts: Duration,
}

/// Filtered line.
#[derive(Debug)]
pub struct PreparedLine {
    /// Start of the line.
    pub at: Place,
    /// Bytes of the line, if kept.
    pub text: Option<Arc<[u8]>>,
    /// Content found.
    pub found: Found,
}

/// Contents of a line.
#[derive(Debug)]
pub enum Found {
    /// Number of consecutive lines that hold only whitespace.
    Blank(u64),
    /// Line that cannot be decoded.
    Bad(Fault),
    /// Line that cannot be decoded and that another shard reports.
    OtherShard,
    /// Entries of the line.
    Entries(Vec<PreparedEntry>),
}

/// Filtered entry.
#[derive(Debug)]
pub struct PreparedEntry {
    /// Index in the line's `data`, from 0.
    pub index: usize,
    /// Planned fate.
    pub fate: Fate,
    /// Articles that the filter dropped.
    pub dropped: DropCounts,
    /// True if the Lambda's filter is expected to keep nothing of the list, so that it must not
    /// replace another list.
    pub weak: bool,
}

impl PreparedEntry {
    /// Returns the user whose item the entry removes, if any.
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
    /// Item to write or remove.
    Write(PlannedItem),
    /// List of which the filter keeps nothing.
    Skip(SkipReason),
    /// Entry that cannot be written.
    Reject(Fault),
    /// Entry of another shard.
    OtherShard,
}

/// Entry waiting to be filtered.
pub(super) struct Waiting {
    pub(super) line: usize,
    pub(super) index: usize,
    pub(super) recommendation: Recommendation,
}

/// Returns an entry that cannot be written.
pub(super) fn rejected(index: usize, fault: Fault) -> PreparedEntry {
    let (fate, dropped) = (Fate::Reject(fault), DropCounts::default());
    PreparedEntry { index, fate, dropped, weak: false }
}
