//! Outcomes of all lines and entries, in input order.
//!
//! Each entry has exactly one fate, and a line has the most severe fate of its entries. A line
//! stays open while any of its entries waits to be written. The lines before the first open one are
//! settled: a checkpoint keeps their counts, and only their rejects are released, so that rejects
//! file and checkpoint cover the same lines.

use std::collections::VecDeque;
use std::sync::Arc;

use reco_core::filter::DropCounts;

use super::fault::FaultReason;
use super::lines::LineStart;
use super::rejects::Reject;
pub use super::run_counts::EntryOutcome;
use super::run_counts::RunCounts;
use super::sizes::ItemSizes;

/// Maximum lines from the first open one on: what one slow write may hold up, and what a resumed
/// run repeats.
const MAX_LINES: usize = 32 * 1024;

/// Maximum bytes of rejects that wait for earlier lines to be settled.
const MAX_REJECT_BYTES: usize = 4 * 1024 * 1024;

/// Maximum bytes of lines whose entries wait to be written. They are kept for rejects, and a line
/// may be far larger than the items it produces.
const MAX_TEXT_BYTES: usize = 64 * 1024 * 1024;

/// Tracks the lines of a run.
#[derive(Debug, Default)]
pub struct LineTracker {
    /// Lines from the first one with waiting or unreached entries on.
    open: VecDeque<TrackedLine>,
    /// Number of the first line in `open`.
    base: u64,
    /// Counts of all lines and entries so far.
    all: RunCounts,
    /// Counts of the lines before the first one in `open`.
    settled: RunCounts,
    /// Rejects of settled lines that have not been taken yet.
    ready: Vec<Reject>,
    /// Total bytes of the rejects in `open`.
    held: usize,
    /// Total bytes of the texts in `open`.
    texts: usize,
    /// Number of entries that wait to be written.
    waiting: u64,
    /// True if the counted writes had no effect.
    undone: bool,
}

#[derive(Debug, Default)]
struct TrackedLine {
    at: LineStart,
    /// Text for the rejects if a write fails.
    text: Option<Arc<[u8]>>,
    waiting: usize,
    gravest: Option<EntryOutcome>,
    /// Number of blank lines that this stands for.
    blank: u64,
    kept_articles: u64,
    dropped: DropCounts,
    /// Fate of the first settled entry; most lines have only one.
    first: Option<EntryOutcome>,
    more: Vec<EntryOutcome>,
    rejects: Vec<Reject>,
}

/// Line whose entries are being added.
#[derive(Debug)]
pub struct Entering {
    line: TrackedLine,
}

impl LineTracker {
    /// Creates a line tracker that continues after the `settled` lines.
    pub fn after(settled: RunCounts) -> Self {
        LineTracker { all: settled.clone(), settled, ..LineTracker::default() }
    }

    /// Adds consecutive blank lines.
    pub fn blank(&mut self, at: LineStart, count: u64) {
        self.all.lines.read += count;
        self.all.lines.blank += count;
        self.open.push_back(TrackedLine { at, blank: count, ..TrackedLine::default() });
        self.advance();
    }

    /// Adds a line that is rejected as a whole.
    pub fn reject_line(&mut self, at: LineStart, reason: FaultReason, reject: Reject) {
        let mut entering = self.begin(at, None);
        self.reject(&mut entering, reason, reject);
        self.entered(entering);
    }

    /// Adds a line that belongs entirely to other shards.
    pub fn other_shard(&mut self, at: LineStart) {
        let mut entering = self.begin(at, None);
        self.settled(&mut entering, EntryOutcome::OtherShard);
        self.entered(entering);
    }

    /// Same as [`RunCounts::replaced`].
    pub fn replaced(&mut self, entries: u64, items: ItemSizes) {
        self.all.replaced(entries, items);
    }

    /// Same as [`RunCounts::undone`]; settled lines become open again.
    pub fn undone(&mut self) {
        self.all.undone();
        self.undone = true;
    }

    /// Starts a line with entries, to be passed to [`LineTracker::entered`].
    pub fn begin(&mut self, at: LineStart, text: Option<Arc<[u8]>>) -> Entering {
        self.all.lines.read += 1;
        Entering { line: TrackedLine { at, text, ..TrackedLine::default() } }
    }

    /// Adds an entry whose fate is known.
    pub fn settled(&mut self, entering: &mut Entering, fate: EntryOutcome) {
        self.all.entries.read += 1;
        self.all.count(fate);
        entering.line.meet(fate);
    }

    /// Adds a rejected entry.
    pub fn reject(&mut self, entering: &mut Entering, reason: FaultReason, reject: Reject) {
        self.settled(entering, EntryOutcome::Rejected(reason));
        self.held += reject.bytes();
        entering.line.rejects.push(reject);
    }

    /// Adds an entry that waits to be written; returns its line number.
    pub fn waits(&mut self, entering: &mut Entering) -> u64 {
        self.all.entries.read += 1;
        entering.line.waiting += 1;
        self.waiting += 1;
        self.base + self.open.len() as u64
    }

    /// Adds a line that has all of its entries.
    pub fn entered(&mut self, Entering { mut line }: Entering) {
        self.all.kept_articles += line.kept_articles;
        self.all.dropped_articles += line.dropped;
        if line.waiting == 0 {
            // No write of this line can fail, and it may wait behind an open line for long.
            line.text = None;
            self.all.count_line(line.gravest);
        }
        self.texts += line.text_bytes();
        self.open.push_back(line);
        self.advance();
    }

    /// Settles a waiting entry, by its line number.
    pub fn settle(&mut self, number: u64, fate: EntryOutcome) {
        self.all.count(fate);
        let Some(line) = self.line_mut(number) else { return };
        line.waiting -= 1;
        line.meet(fate);
        let open = line.waiting > 0;
        self.waiting -= 1;
        if open {
            return;
        }
        let Some(line) = self.line_mut(number) else { return };
        let text = line.text_bytes();
        line.text = None;
        let gravest = line.gravest;
        self.texts -= text;
        self.all.count_line(gravest);
        self.advance();
    }

    /// Settles a waiting entry that the destination did not accept.
    pub fn fail(&mut self, number: u64, reject: Reject) {
        self.held += reject.bytes();
        if let Some(line) = self.line_mut(number) {
            line.rejects.push(reject);
        }
        self.settle(number, EntryOutcome::Failed);
    }

    /// Returns the place and text of a line with waiting entries.
    pub fn line(&self, number: u64) -> Option<(LineStart, Option<Arc<[u8]>>)> {
        let line = self.open.get(usize::try_from(number.checked_sub(self.base)?).ok()?)?;
        Some((line.at, line.text.clone()))
    }

    /// Returns the place of the first line with waiting or unreached entries; every line before it
    /// is settled.
    pub fn first_open(&self) -> Option<LineStart> {
        if self.undone {
            return Some(LineStart::start(0));
        }
        self.open.front().map(|line| line.at)
    }

    /// Returns the number of entries that wait to be written.
    pub fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Returns whether more lines may be added.
    pub fn has_room(&self) -> bool {
        self.open.len() < MAX_LINES && self.held < MAX_REJECT_BYTES && self.texts < MAX_TEXT_BYTES
    }

    /// Returns the counts of all lines so far.
    pub fn run_counts(&self) -> &RunCounts {
        &self.all
    }

    /// Returns the counts of the lines before [`LineTracker::first_open`].
    pub fn settled_counts(&self) -> &RunCounts {
        &self.settled
    }

    /// Returns the rejects of the lines before [`LineTracker::first_open`] in input order, each
    /// once.
    pub fn take_rejects(&mut self) -> Vec<Reject> {
        std::mem::take(&mut self.ready)
    }

    /// Returns the rejects of all other lines at the end of the run.
    pub fn remaining_rejects(&mut self) -> Vec<Reject> {
        self.held = 0;
        self.open.iter_mut().flat_map(|line| std::mem::take(&mut line.rejects)).collect()
    }

    fn line_mut(&mut self, number: u64) -> Option<&mut TrackedLine> {
        self.open.get_mut(usize::try_from(number.checked_sub(self.base)?).ok()?)
    }

    /// Advances past settled lines. A line left at the end of the run is not settled, because its
    /// entries are yet to be written.
    fn advance(&mut self) {
        while let Some(line) = self.open.front() {
            if line.waiting > 0 || line.gravest == Some(EntryOutcome::Left) {
                return;
            }
            let Some(line) = self.open.pop_front() else { return };
            self.base += 1;
            line.enter_into(&mut self.settled);
            self.held = self.held.saturating_sub(line.rejects.iter().map(Reject::bytes).sum());
            self.ready.extend(line.rejects);
        }
    }
}

impl TrackedLine {
    fn text_bytes(&self) -> usize {
        self.text.as_ref().map_or(0, |text| text.len())
    }

    fn meet(&mut self, fate: EntryOutcome) {
        self.gravest = self.gravest.max(Some(fate));
        match self.first {
            None => self.first = Some(fate),
            Some(_) => self.more.push(fate),
        }
    }

    fn enter_into(&self, run_counts: &mut RunCounts) {
        if self.blank > 0 {
            run_counts.lines.read += self.blank;
            run_counts.lines.blank += self.blank;
            return;
        }
        run_counts.lines.read += 1;
        for fate in self.first.iter().chain(&self.more) {
            run_counts.entries.read += 1;
            run_counts.count(*fate);
        }
        run_counts.count_line(self.gravest);
        run_counts.kept_articles += self.kept_articles;
        run_counts.dropped_articles += self.dropped;
    }
}

impl Entering {
    /// Adds what the filter kept and dropped of an entry's list.
    pub fn articles(&mut self, kept: usize, dropped: DropCounts) {
        self.line.kept_articles += kept as u64;
        self.line.dropped += dropped;
    }
}

#[cfg(test)]
mod tests;
