//! Routing of entries: those of this run, and the filter applied to them.

use reco_core::Recommendation;
use reco_core::compose::{Composable, ComposeLimits};
use reco_core::filter::DropCounts;
use reco_core::item::{Action, PlannedItem};
use reco_core::shard::Shard;

use super::{Fate, Found, PreparedEntry, PreparedLine, Waiting};
use crate::backfill::fault::Fault;

/// Where entries go, and so who judges them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Into the table, by the filter.
    Table,
    /// Into files, by the filter.
    Files,
    /// Into the queue, by the Lambda, later: here is only checked that a message can carry them.
    Queue(ComposeLimits),
}

impl Route {
    /// Returns the reason why an item cannot be deleted that way.
    pub(super) fn refuses_deletes(self) -> Option<Fault> {
        match self {
            // Files leave out the lists that it removes.
            Route::Table | Route::Files => None,
            Route::Queue(_) => Some(Fault::delete_elsewhere("a queue message")),
        }
    }
}

/// Returns the planned fate of an entry sent to the Lambda.
pub(super) fn carry(recommendation: Recommendation, limits: ComposeLimits) -> Fate {
    match Composable::new(&recommendation, limits) {
        Ok(composable) => {
            let bytes = composable.bytes();
            let (action, guard) = (Action::Put, recommendation.generated_at);
            let (wire, list_type) = (bytes, None);
            Fate::Write(PlannedItem { recommendation, bytes, wire, action, guard, list_type })
        }
        Err(error) => Fate::Reject(error.into()),
    }
}

/// An entry that is left to another shard.
pub(super) fn other_shard(index: usize) -> PreparedEntry {
    PreparedEntry { index, fate: Fate::OtherShard, dropped: DropCounts::default(), weak: false }
}

/// Leaves other shards what is theirs: entries by their user, and what cannot be read by the number
/// of its line, so that one shard rejects it and not all.
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
                let bad = entries.iter_mut().filter(|e| matches!(e.fate, Fate::Reject(_)));
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
