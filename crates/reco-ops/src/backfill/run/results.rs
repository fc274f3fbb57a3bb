//! Results of batches: what they settle, and the rejects that are then written.

use std::sync::Arc;

use reco_core::item::PlannedItem;
use reco_store::writer::WriteFailure;

use super::Run;
use crate::backfill::fault::Fault;
use crate::backfill::line_tracker::EntryOutcome;
use crate::backfill::prepare;
use crate::backfill::rejects::Reject;
use crate::backfill::report::StopCause;
use crate::backfill::sink::{Delivered, Handed, Handing};
use crate::backfill::write::{self, BatchEntry, Written};

/// Refused items after which the run gives up if none was accepted.
const REFUSALS_BEFORE_GIVING_UP: u64 = 100;

impl Run {
    pub(super) fn delivered(&mut self, delivered: Delivered) {
        match delivered {
            Delivered::Written(written) => self.written(*written),
            Delivered::Handed(handed) => self.handed(handed),
        }
    }

    /// Records the result of a batch sent to a queue or file.
    fn handed(&mut self, handed: Handed) {
        let Handed { entries, hopeless } = handed;
        self.window.done(entries.iter().map(|(entry, _)| &entry.user));
        let later = hopeless.is_some() && self.saver.is_some();
        for (entry, handing) in entries {
            match handing {
                Handing::Done => {
                    self.line_tracker.settle(entry.line, entry.fate(false));
                }
                Handing::Failed(reason) if !later => self.failed(entry.line, entry.index, reason),
                Handing::Failed(_) | Handing::Left => {
                    self.line_tracker.settle(entry.line, EntryOutcome::Left)
                }
            }
        }
        self.keep_rejects();
        if let Some(reason) = hopeless {
            self.stop(self.sink.cause(), reason);
        }
    }

    /// Records the result of a batch.
    fn written(&mut self, written: Written) {
        let Written { entries, report, compared } = written;
        if let (Some(total), Some((foreseen, cost))) = (&mut self.compare, &compared) {
            total.add(foreseen, cost);
        }
        self.writes.add(&report);
        self.window.done(entries.iter().map(|entry| &entry.user));
        let failure = report.failure.as_ref();
        let hopeless = failure.filter(|f| write::is_hopeless(f));
        // If the table refuses everything, the item is not at fault: a resumed run tries it again.
        let later = hopeless.is_some() && self.saver.is_some();
        for entry in entries {
            let is_left = |item: &PlannedItem| item.recommendation.user == entry.user;
            if !report.left.iter().any(is_left) {
                let stale = report.stale_users.contains(&entry.user);
                let kept = report.kept_of(&entry.user);
                let fate = kept.map_or_else(|| entry.fate(stale), EntryOutcome::Kept);
                if matches!(fate, EntryOutcome::Written { .. }) {
                    self.note_size(&entry);
                }
                self.line_tracker.settle(entry.line, fate);
            } else if let Some(refusal) = report.refusal_of(&entry.user) {
                self.failed(entry.line, entry.index, refusal.to_string());
            } else if later || matches!(failure, None | Some(WriteFailure::Cancelled)) {
                self.line_tracker.settle(entry.line, EntryOutcome::Left);
            } else if let Some(failure) = failure {
                self.failed(entry.line, entry.index, failure.to_string());
            }
        }
        self.keep_rejects();
        if let Some(reason) = hopeless.map(ToString::to_string) {
            self.stop(StopCause::Table, reason);
        }
        let entries = &self.line_tracker.run_counts().entries;
        let taken = entries.written + entries.deleted + entries.stale + entries.kept;
        if taken == 0 && entries.failed >= REFUSALS_BEFORE_GIVING_UP {
            let reason = failure.map(ToString::to_string).unwrap_or_default();
            self.stop(StopCause::Table, reason);
        }
    }

    /// Records an item's size for the largest items of a dry run.
    fn note_size(&mut self, entry: &BatchEntry) {
        if self.sink.is_dry()
            && self.largest.wants(entry.bytes)
            && let Some((at, _)) = self.line_tracker.line(entry.line)
        {
            self.largest.add(entry.bytes, at, entry.user.clone());
        }
    }

    fn failed(&mut self, line: u64, index: usize, detail: String) {
        let Some((at, text)) = self.line_tracker.line(line) else { return };
        let own = self.own_text(text.as_ref(), index);
        let fault = Fault::not_written(detail, own);
        let reject = self.reject(at, Some(index), fault, text.as_ref());
        self.line_tracker.fail(line, reject);
    }

    /// Returns the text of an entry to keep instead of its line; `None` if only the line can be
    /// read again.
    pub(super) fn own_text(&self, line: Option<&Arc<[u8]>>, index: usize) -> Option<String> {
        let line = line.filter(|_| !self.mapped)?;
        prepare::entry_text(std::str::from_utf8(line).ok()?, index)
    }

    /// Records the rejects of settled lines.
    pub(super) fn keep_rejects(&mut self) {
        let rejects = self.line_tracker.take_rejects();
        self.write_rejects(rejects);
    }

    pub(super) fn write_rejects(&mut self, rejects: Vec<Reject>) {
        for reject in rejects {
            if let Err(error) = self.rejects.add(reject) {
                return self.rejects_fail(&error);
            }
        }
    }

    pub(super) fn rejects_fail(&mut self, error: &std::io::Error) {
        self.rejects_broken = true;
        self.stop(StopCause::Rejects, format!("cannot write the rejects file: {error}"));
    }
}
