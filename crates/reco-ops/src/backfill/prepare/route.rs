//! Routing of entries: those of this run, and the filter applied to them.

use reco_core::Recommendation;
use reco_core::compose::{Composable, ComposeLimits};
use reco_core::item::{Action, PlannedItem};
use reco_core::shard::Shard;

use super::{Found, PlannedFate, PreparedEntry, PreparedLine, Waiting};
use crate::backfill::fault::Fault;

/// Destination of entries, which determines where they are filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryRoute {
    /// To the table, filtered here.
    Table,
    /// To files, filtered here.
    Files,
    /// To the queue, filtered later by the Lambda; checked here only for fitting into a message.
    Queue(ComposeLimits),
}

impl EntryRoute {
    /// Returns the fault of removals if the route does not support them.
    pub(super) fn refuses_deletes(self) -> Option<Fault> {
        match self {
            // A removal drops the user's earlier lists from the files.
            EntryRoute::Table | EntryRoute::Files => None,
            EntryRoute::Queue(_) => Some(Fault::delete_elsewhere("a queue message")),
        }
    }
}

/// Returns the planned fate of an entry sent to the Lambda.
pub(super) fn carry(recommendation: Recommendation, limits: ComposeLimits) -> PlannedFate {
    match Composable::new(&recommendation, limits) {
        Ok(composable) => {
            let bytes = composable.bytes();
            let (action, guard) = (Action::Put, recommendation.generated_at);
            let (wire, list_type) = (bytes, None);
            PlannedFate::Write(PlannedItem {
                recommendation,
                bytes,
                wire,
                action,
                guard,
                list_type,
            })
        }
        Err(error) => PlannedFate::Reject(error.into()),
    }
}

/// Returns an entry that belongs to another shard.
pub(super) fn other_shard(index: usize) -> PreparedEntry {
    PreparedEntry::settled(index, PlannedFate::OtherShard)
}

/// Leaves other shards their entries: by user, or, for lines and entries that cannot be read, by
/// line number, so that exactly one shard rejects each.
pub(super) fn sifted(
    mut line: PreparedLine,
    number: usize,
    shard: Shard,
    waiting: &mut Vec<Waiting>,
) -> PreparedLine {
    let by_line = shard.has_number(line.at.line);
    match &mut line.found {
        Found::Bad(_) if !by_line => line.found = Found::OtherShard,
        Found::Entries(entries) => {
            if !by_line {
                let bad = entries.iter_mut().filter(|e| matches!(e.fate, PlannedFate::Reject(_)));
                bad.for_each(|bad| *bad = other_shard(bad.index));
            }
            let first =
                waiting.iter().rposition(|entry| entry.line != number).map_or(0, |at| at + 1);
            let theirs =
                waiting.extract_if(first.., |entry| !shard.has(&entry.recommendation.user));
            entries.extend(theirs.map(|entry| other_shard(entry.index)));
        }
        Found::Bad(_) | Found::Blank(_) | Found::OtherShard => {}
    }
    line
}
