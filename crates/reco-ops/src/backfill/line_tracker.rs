//! Outcome of every line and every entry, in the order of the input.
//!
//! Each entry has exactly one fate, and a line has the gravest fate of its entries. A line stays
//! open while entries of it wait to be written. The lines before the first open one are settled:
//! they have counts of their own, which are what a checkpoint keeps, and only their rejects are
//! handed out, so that a rejects file and a checkpoint speak of the same lines.

use std::collections::VecDeque;
use std::sync::Arc;

use reco_core::filter::DropCounts;

use super::fault::Reason;
use super::lines::Place;
use super::rejects::Reject;
pub use super::run_counts::Fate;
use super::run_counts::RunCounts;
use super::sizes::ItemSizes;

/// Lines from the first open one on at most: what a single slow write may hold up, and what a
/// resumed run does again.
const MAX_LINES: usize = 32 * 1024;

/// Bytes of rejects that wait for the lines before them to be settled at most.
const MAX_REJECT_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of the lines whose entries wait to be written at most: they are kept for the rejects, and a
/// line may be far larger than what is written of it.
const MAX_TEXT_BYTES: usize = 64 * 1024 * 1024;

/// Tracks the lines of a run.
#[derive(Debug, Default)]
pub struct LineTracker {
    /// The lines from the first on that has entries waiting or left.
    open: VecDeque<Line>,
    /// The number of the first line in `open`.
    base: u64,
    /// Counts of all lines and entries so far.
    all: RunCounts,
    /// Counts of the lines before the first one in `open`.
    settled: RunCounts,
    /// Rejects of settled lines that were not handed out yet.
    ready: Vec<Reject>,
    /// Bytes of the rejects in `open`.
    held: usize,
    /// Bytes of the texts in `open`.
    texts: usize,
    /// Nothing of what was written came to anything.
    undone: bool,
}

#[derive(Debug)]
struct Line {
    at: Place,
    /// Kept for the rejects, should a write fail.
    text: Option<Arc<[u8]>>,
    waiting: usize,
    gravest: Option<Fate>,
    /// Lines of which it stands for so many, all blank.
    blank: u64,
    kept_articles: u64,
    dropped: DropCounts,
    /// The fate of the first entry that met one; most lines have no other.
    first: Option<Fate>,
    more: Vec<Fate>,
    rejects: Vec<Reject>,
}

/// A line whose entries are being entered.
#[derive(Debug)]
pub struct Entering {
    line: Line,
}

impl LineTracker {
    /// A line tracker that continues where `settled` ends.
    pub fn after(settled: RunCounts) -> Self {
        LineTracker { all: settled.clone(), settled, ..LineTracker::default() }
    }

    /// Enters so many blank lines, one after the other.
    pub fn blank(&mut self, at: Place, count: u64) {
        self.all.lines.read += count;
        self.all.lines.blank += count;
        let mut line = Line::new(at, None);
        line.blank = count;
        self.open.push_back(line);
        self.advance();
    }

    /// Enters a line that is rejected as a whole.
    pub fn reject_line(&mut self, at: Place, reason: Reason, reject: Reject) {
        let mut entering = self.begin(at, None);
        self.reject(&mut entering, reason, reject);
        self.entered(entering);
    }

    /// Enters a line of which nothing is this shard's.
    pub fn other_shard(&mut self, at: Place) {
        let mut entering = self.begin(at, None);
        self.settled(&mut entering, Fate::OtherShard);
        self.entered(entering);
    }

    /// As [`RunCounts::replaced`].
    pub fn replaced(&mut self, entries: u64, items: ItemSizes) {
        self.all.replaced(entries, items);
    }

    /// As [`RunCounts::undone`]: what was settled is not.
    pub fn undone(&mut self) {
        self.all.undone();
        self.undone = true;
    }

    /// Begins a line with entries; give it back to [`LineTracker::entered`].
    pub fn begin(&mut self, at: Place, text: Option<Arc<[u8]>>) -> Entering {
        self.all.lines.read += 1;
        Entering { line: Line::new(at, text) }
    }

    /// An entry that is settled at once.
    pub fn settled(&mut self, entering: &mut Entering, fate: Fate) {
        self.all.entries.read += 1;
        self.all.count(fate);
        entering.line.meet(fate);
    }

    /// An entry that is rejected.
    pub fn reject(&mut self, entering: &mut Entering, reason: Reason, reject: Reject) {
        self.settled(entering, Fate::Rejected(reason));
        self.held += reject.bytes();
        entering.line.rejects.push(reject);
    }

    /// An entry that waits to be written; the answer is its line's number.
    pub fn waits(&mut self, entering: &mut Entering) -> u64 {
        self.all.entries.read += 1;
        entering.line.waiting += 1;
        self.base + self.open.len() as u64
    }

    /// All entries of the line are entered.
    pub fn entered(&mut self, Entering { mut line }: Entering) {
        self.all.kept_articles += line.kept_articles;
        self.all.dropped_articles += line.dropped;
        if line.waiting == 0 {
            // No write of it can fail; it may stand behind an open line for long.
            line.text = None;
            self.all.count_line(line.gravest);
        }
        self.texts += line.text_bytes();
        self.open.push_back(line);
        self.advance();
    }

    /// Settles an entry that waited, by its line's number.
    pub fn settle(&mut self, number: u64, fate: Fate) {
        self.all.count(fate);
        let Some(line) = self.line_mut(number) else { return };
        line.waiting -= 1;
        line.meet(fate);
        if line.waiting > 0 {
            return;
        }
        let text = line.text_bytes();
        line.text = None;
        let gravest = line.gravest;
        self.texts -= text;
        self.all.count_line(gravest);
        self.advance();
    }

    /// Settles an entry that waited and that DynamoDB did not take.
    pub fn fail(&mut self, number: u64, reject: Reject) {
        self.held += reject.bytes();
        if let Some(line) = self.line_mut(number) {
            line.rejects.push(reject);
        }
        self.settle(number, Fate::Failed);
    }

    /// Where a line with waiting entries begins, and its text.
    pub fn line(&self, number: u64) -> Option<(Place, Option<Arc<[u8]>>)> {
        let line = self.open.get(usize::try_from(number.checked_sub(self.base)?).ok()?)?;
        Some((line.at, line.text.clone()))
    }

    /// The first line that has entries waiting or left: every line before it is dealt with.
    pub fn first_open(&self) -> Option<Place> {
        if self.undone {
            return Some(Place::start(0));
        }
        self.open.front().map(|line| line.at)
    }

    /// Returns whether further lines may be entered.
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

    /// Rejects of the lines before [`LineTracker::first_open`], each handed out once, in the input's
    /// order.
    pub fn take_rejects(&mut self) -> Vec<Reject> {
        std::mem::take(&mut self.ready)
    }

    /// The rejects of all other lines, once the run is over.
    pub fn remaining_rejects(&mut self) -> Vec<Reject> {
        self.held = 0;
        self.open.iter_mut().flat_map(|line| std::mem::take(&mut line.rejects)).collect()
    }

    fn line_mut(&mut self, number: u64) -> Option<&mut Line> {
        self.open.get_mut(usize::try_from(number.checked_sub(self.base)?).ok()?)
    }

    /// Moves past lines that are dealt with. One that was left is not: its entries are yet to be
    /// written.
    fn advance(&mut self) {
        while let Some(line) = self.open.front() {
            if line.waiting > 0 || line.gravest == Some(Fate::Left) {
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

impl Line {
    fn new(at: Place, text: Option<Arc<[u8]>>) -> Self {
        Line {
            at,
            text,
            waiting: 0,
            gravest: None,
            blank: 0,
            kept_articles: 0,
            dropped: DropCounts::default(),
            first: None,
            more: Vec::new(),
            rejects: Vec::new(),
        }
    }

    fn text_bytes(&self) -> usize {
        self.text.as_ref().map_or(0, |text| text.len())
    }

    fn meet(&mut self, fate: Fate) {
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
    /// Notes what the filter did to an entry's list.
    pub fn articles(&mut self, kept: usize, dropped: DropCounts) {
        self.line.kept_articles += kept as u64;
        self.line.dropped += dropped;
    }
}

#[cfg(test)]
mod tests;
