//! Intake of filtered lines into the line tracker, and of their items into the window.

use std::sync::Arc;

use reco_core::Id;
use reco_core::item::Action;
use reco_store::writer::Kept;

use super::Run;
use crate::backfill::fault::Fault;
use crate::backfill::line_tracker::{Entering, EntryOutcome};
use crate::backfill::lines::LineStart;
use crate::backfill::prepare::{self, Found, Prepared, PreparedEntry, PreparedLine};
use crate::backfill::rejects::Reject;
use crate::backfill::report::{InputFailure, StopCause};
use crate::backfill::window::Pending;

impl Run {
    /// Takes in a chunk, line by line.
    pub(super) fn take_in(&mut self, chunk: Prepared) {
        self.slots.prepared(chunk.spent.all, chunk.spent.facts);
        for line in chunk.lines {
            self.end = line.at;
            if let Some(reason) =
                self.max_rejects.and_then(|max| max.exceeded(self.line_tracker.run_counts(), false))
            {
                return self.stop(StopCause::TooManyRejects, reason);
            }
            self.take_in_line(line);
        }
        if let Some(reason) = chunk.failure
            && let Some(input) = self.inputs.get_mut(chunk.end.file)
        {
            input.failure = Some(InputFailure { line: chunk.end.line, reason });
        }
        self.end = chunk.end;
        self.keep_rejects();
    }

    fn take_in_line(&mut self, line: PreparedLine) {
        let PreparedLine { at, text, found } = line;
        let entries = match found {
            Found::Blank(lines) => return self.line_tracker.blank(at, lines),
            Found::OtherShard => return self.line_tracker.other_shard(at),
            Found::Bad(fault) => {
                let reason = fault.reason;
                let reject = self.reject(at, None, fault, text.as_ref());
                return self.line_tracker.reject_line(at, reason, reject);
            }
            Found::Entries(entries) => entries,
        };
        let mut entering = self.line_tracker.begin(at, text.clone());
        let mut coming = Vec::with_capacity(entries.len());
        let whole = entries.len() == 1;
        for PreparedEntry { index, fate, dropped, weak, .. } in entries {
            let kept = match &fate {
                prepare::PlannedFate::Write(item) => item.recommendation.articles.len(),
                _ => 0,
            };
            entering.articles(kept, dropped);
            match fate {
                prepare::PlannedFate::Skip(reason) => {
                    self.line_tracker.settled(&mut entering, EntryOutcome::Skipped(reason));
                }
                prepare::PlannedFate::OtherShard => {
                    self.line_tracker.settled(&mut entering, EntryOutcome::OtherShard);
                }
                prepare::PlannedFate::Write(item) => {
                    let user = &item.recommendation.user;
                    if let Some(decided) = self.decided(user, at, index) {
                        self.line_tracker.settled(&mut entering, decided);
                        continue;
                    }
                    if item.action == Action::Put {
                        self.dated.all += 1;
                        self.dated.dated += u64::from(item.recommendation.generated_at.is_some());
                    }
                    let line = self.line_tracker.waits(&mut entering);
                    coming.push(Pending { item, line, index, weak });
                }
                prepare::PlannedFate::Reject(fault) => {
                    let index = (!whole).then_some(index);
                    self.reject_entry(&mut entering, at, index, fault, text.as_ref());
                }
            }
        }
        self.line_tracker.entered(entering);
        for pending in coming {
            if let Some(older) = self.window.push(pending) {
                self.line_tracker.settle(older.line, EntryOutcome::Coalesced);
            }
        }
    }

    /// Returns the fate of an entry that is not to be written, whatever the table holds.
    fn decided(&mut self, user: &Id, at: LineStart, index: usize) -> Option<EntryOutcome> {
        let outdone = self.chosen.as_ref().map(|chosen| chosen.outdoes(user, at, index));
        let listed = self.formers.as_ref().map(|formers| formers.has(user));
        match (outdone.unwrap_or(Ok(false)), listed.unwrap_or(Ok(true))) {
            (Ok(false), Ok(true)) => None,
            (Ok(true), Ok(_)) => Some(EntryOutcome::Coalesced),
            (Ok(false), Ok(false)) => Some(EntryOutcome::Kept(Kept::NotListed)),
            (Err(error), _) | (_, Err(error)) => {
                self.stop(StopCause::Files, error.to_string());
                Some(EntryOutcome::Left)
            }
        }
    }

    /// Rejects an entry; `index` is `Some` if its line has others.
    fn reject_entry(
        &mut self,
        entering: &mut Entering,
        at: LineStart,
        index: Option<usize>,
        mut fault: Fault,
        text: Option<&Arc<[u8]>>,
    ) {
        if let (Some(index), None) = (index, &fault.text) {
            fault.text = self.own_text(text, index);
        }
        let reason = fault.reason;
        let reject = self.reject(at, index, fault, text);
        self.line_tracker.reject(entering, reason, reject);
    }

    /// Creates the reject for the line or entry at a place.
    pub(super) fn reject(
        &self,
        at: LineStart,
        entry: Option<usize>,
        fault: Fault,
        line: Option<&Arc<[u8]>>,
    ) -> Reject {
        let name = self.inputs.get(at.file).map(|i| i.name.as_str()).unwrap_or_default();
        Reject::new(name, at, entry, fault, line)
    }
}
