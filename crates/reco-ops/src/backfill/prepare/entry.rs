//! Filtered lines and entries.

use std::sync::Arc;
use std::time::Duration;

use reco_core::filter::{DropCounts, SkipReason};
use reco_core::item::{Action, Former, PlannedItem};
use reco_core::{Id, Recommendation, Time};

use crate::backfill::fault::Fault;
use crate::backfill::lines::LineStart;

/// Filtered chunk.
#[derive(Debug)]
pub struct Prepared {
    /// Lines, in input order.
    pub lines: Vec<PreparedLine>,
    /// Start of the next chunk.
    pub end: LineStart,
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
    pub at: LineStart,
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
    pub fate: PlannedFate,
    /// Articles that the filter dropped.
    pub dropped: DropCounts,
    /// True if the Lambda's filter is expected to keep nothing of the list, so that it must not
    /// replace another list.
    pub weak: bool,
    /// When the message of the entry was sent, if the line is one of an export.
    pub sent: Option<Time>,
}

impl PreparedEntry {
    /// Creates an entry whose fate is known without the filter.
    pub(super) fn settled(index: usize, fate: PlannedFate) -> Self {
        PreparedEntry { index, fate, dropped: DropCounts::default(), weak: false, sent: None }
    }

    /// Returns the user whose item the entry removes, if any.
    pub(super) fn removes(&self) -> Option<&Id> {
        match &self.fate {
            PlannedFate::Write(item) if item.action == Action::Delete => {
                Some(&item.recommendation.user)
            }
            _ => None,
        }
    }
}

/// Planned fate of an entry.
#[derive(Debug)]
pub enum PlannedFate {
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
    pub(super) message: Option<Arc<ExportOrigin>>,
}

/// Message of an export that an entry comes from.
#[derive(Debug)]
pub(super) struct ExportOrigin {
    pub(super) id: String,
    pub(super) sent: Option<Time>,
}

impl Waiting {
    /// Returns the id of the message.
    pub(super) fn message_id(&self) -> Option<&str> {
        self.message.as_ref().map(|message| message.id.as_str())
    }

    /// Returns when the message was sent.
    pub(super) fn sent(&self) -> Option<Time> {
        self.message.as_ref().and_then(|message| message.sent)
    }
}

/// Lists of a chunk before and after the filter.
#[derive(Debug, Default)]
pub struct Listed {
    /// Users with their lists or deletions, in input order.
    pub lists: Vec<(Id, Former)>,
    /// Lines and entries that cannot be read or written.
    pub faults: u64,
    /// Lines and entries of other shards.
    pub other_shards: u64,
}

impl Listed {
    /// Adds an entry: its list as `given`, unless it is a deletion, and what the filter made of it.
    pub(super) fn take(&mut self, given: Option<(Id, Vec<Id>, Option<Time>)>, fate: PlannedFate) {
        match (fate, given) {
            (PlannedFate::Write(item), given)
                if item.action == Action::Delete || given.is_none() =>
            {
                let Recommendation { user, generated_at: time, .. } = item.recommendation;
                let removal = Former { given: Vec::new(), kept: None, time, removal: true };
                self.lists.push((user, removal));
            }
            (PlannedFate::Write(item), Some((user, given, _))) => {
                let Recommendation { articles, generated_at: time, .. } = item.recommendation;
                let former = Former { given, kept: Some(articles), time, removal: false };
                self.lists.push((user, former));
            }
            (PlannedFate::Skip(_), Some((user, given, time))) => {
                self.lists.push((user, Former { given, kept: None, time, removal: false }));
            }
            (PlannedFate::Reject(_), _) => self.faults += 1,
            (PlannedFate::OtherShard, _) => self.other_shards += 1,
            (PlannedFate::Write(_) | PlannedFate::Skip(_), _) => {}
        }
    }
}

/// Returns an entry that cannot be written.
pub(super) fn rejected(index: usize, fault: Fault) -> PreparedEntry {
    PreparedEntry::settled(index, PlannedFate::Reject(fault))
}
