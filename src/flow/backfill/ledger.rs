//! The books: what became of every line and every entry.
//!
//! Each entry has exactly one fate, and a line has the gravest fate of its entries. A line stays
//! open while entries of it wait to be written; all lines before the first open one are settled.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use reco_core::filter::SkipReason;
use serde::Serialize;

use super::fault::Reason;
use super::lines::Place;

/// What became of an entry, from light to grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// The filter leaves nothing to write.
    Skipped(SkipReason),
    /// A later list of the same user took its place before it was written.
    Coalesced,
    /// It is in the table (in a dry run: it would be).
    Written,
    /// It cannot be written.
    Rejected(Reason),
    /// DynamoDB did not take it.
    Failed,
    /// The run ended before its turn.
    Left,
}

/// Lines by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LineCounts {
    /// All that were read.
    pub read: u64,
    /// At least one entry was written, and none failed.
    pub written: u64,
    /// Nothing was to be written.
    pub skipped: u64,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct EntryCounts {
    /// All that were found; a line that cannot be decoded counts as one.
    pub read: u64,
    /// Written.
    pub written: u64,
    /// The filter left nothing to write.
    pub skipped: u64,
    /// Replaced by a later list of the same user before they were written.
    pub coalesced: u64,
    /// Cannot be written.
    pub rejected: u64,
    /// DynamoDB did not take them.
    pub failed: u64,
    /// Not reached before the run ended.
    pub left: u64,
}

impl LineCounts {
    /// Whether every line is in exactly one place.
    pub fn balances(&self) -> bool {
        let LineCounts { read, written, skipped, rejected, failed, left, blank } = *self;
        read == written + skipped + rejected + failed + left + blank
    }
}

impl EntryCounts {
    /// Whether every entry is in exactly one place.
    pub fn balances(&self) -> bool {
        let EntryCounts { read, written, skipped, coalesced, rejected, failed, left } = *self;
        read == written + skipped + coalesced + rejected + failed + left
    }
}

/// The books of a run.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Lines that have entries waiting to be written, the oldest first.
    open: VecDeque<Open>,
    /// The number of the first line in `open`.
    base: u64,
    /// The first line with an entry that was left.
    left: Option<Place>,
    /// Lines by fate.
    pub lines: LineCounts,
    /// Entries by fate.
    pub entries: EntryCounts,
    /// Skipped entries by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Rejected entries and lines by reason.
    pub rejected: BTreeMap<&'static str, u64>,
}

#[derive(Debug)]
struct Open {
    at: Place,
    /// Kept for the rejects, should a write fail.
    text: Option<Arc<[u8]>>,
    waiting: usize,
    gravest: Option<Fate>,
}

/// A line whose entries are being entered.
#[derive(Debug)]
pub struct Entering {
    open: Open,
}

impl Ledger {
    /// Enters a blank line.
    pub fn blank(&mut self) {
        self.lines.read += 1;
        self.lines.blank += 1;
    }

    /// Enters a line that is rejected as a whole.
    pub fn reject_line(&mut self, reason: Reason) {
        self.lines.read += 1;
        self.lines.rejected += 1;
        self.entries.read += 1;
        self.count(Fate::Rejected(reason));
    }

    /// Begins a line with entries; give it back to [`Ledger::entered`].
    pub fn begin(&mut self, at: Place, text: Option<Arc<[u8]>>) -> Entering {
        self.lines.read += 1;
        Entering { open: Open { at, text, waiting: 0, gravest: None } }
    }

    /// An entry that is settled at once.
    pub fn settled(&mut self, line: &mut Entering, fate: Fate) {
        self.entries.read += 1;
        self.count(fate);
        line.open.gravest = line.open.gravest.max(Some(fate));
    }

    /// An entry that waits to be written; the answer is its line's number.
    pub fn waits(&mut self, line: &mut Entering) -> u64 {
        self.entries.read += 1;
        line.open.waiting += 1;
        self.base + self.open.len() as u64
    }

    /// All entries of the line are entered.
    pub fn entered(&mut self, line: Entering) {
        if line.open.waiting == 0 {
            self.count_line(line.open.gravest);
        } else {
            self.open.push_back(line.open);
        }
    }

    /// Settles an entry that waited, by its line's number.
    pub fn settle(&mut self, line: u64, fate: Fate) {
        self.count(fate);
        let Some(open) = self.line_mut(line) else { return };
        open.waiting -= 1;
        open.gravest = open.gravest.max(Some(fate));
        let at = open.at;
        if fate == Fate::Left {
            self.left = Some(self.left.map_or(at, |first| first.min(at)));
        }
        let Some(open) = self.line_mut(line) else { return };
        if open.waiting > 0 {
            return;
        }
        open.text = None;
        let gravest = open.gravest;
        self.count_line(gravest);
        while self.open.front().is_some_and(|open| open.waiting == 0) {
            self.open.pop_front();
            self.base += 1;
        }
    }

    /// Where a line with waiting entries begins, and its text.
    pub fn line(&self, line: u64) -> Option<(Place, Option<Arc<[u8]>>)> {
        let open = self.open.get(usize::try_from(line.checked_sub(self.base)?).ok()?)?;
        Some((open.at, open.text.clone()))
    }

    /// The first line that has entries waiting or left: every line before it is dealt with.
    pub fn first_open(&self) -> Option<Place> {
        let waiting = self.open.front().map(|open| open.at);
        waiting.into_iter().chain(self.left).min()
    }

    fn line_mut(&mut self, line: u64) -> Option<&mut Open> {
        self.open.get_mut(usize::try_from(line.checked_sub(self.base)?).ok()?)
    }

    fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Skipped(reason) => {
                self.entries.skipped += 1;
                *self.skipped.entry(reason.name()).or_default() += 1;
            }
            Fate::Coalesced => self.entries.coalesced += 1,
            Fate::Written => self.entries.written += 1,
            Fate::Rejected(reason) => {
                self.entries.rejected += 1;
                *self.rejected.entry(reason.name()).or_default() += 1;
            }
            Fate::Failed => self.entries.failed += 1,
            Fate::Left => self.entries.left += 1,
        }
    }

    fn count_line(&mut self, gravest: Option<Fate>) {
        let counter = match gravest {
            None | Some(Fate::Skipped(_) | Fate::Coalesced) => &mut self.lines.skipped,
            Some(Fate::Written) => &mut self.lines.written,
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

    fn at(line: u64) -> Place {
        Place { file: 0, line, offset: line * 10 }
    }

    /// A line with this many waiting entries; its number.
    fn line_of(ledger: &mut Ledger, number: u64, waiting: usize) -> u64 {
        let mut entering = ledger.begin(at(number), Some(Arc::from(b"text".as_slice())));
        let numbers: Vec<u64> = (0..waiting).map(|_| ledger.waits(&mut entering)).collect();
        ledger.entered(entering);
        numbers[0]
    }

    #[test]
    fn a_line_has_the_gravest_fate_of_its_entries() {
        let mut ledger = Ledger::default();
        let mut entering = ledger.begin(at(1), None);
        ledger.settled(&mut entering, Fate::Rejected(Reason::BadEntry));
        ledger.settled(&mut entering, Fate::Skipped(SkipReason::TooFew));
        let line = ledger.waits(&mut entering);
        ledger.entered(entering);
        ledger.settle(line, Fate::Written);
        assert_eq!(ledger.lines, LineCounts { read: 1, rejected: 1, ..LineCounts::default() });
        let expected =
            EntryCounts { read: 3, written: 1, skipped: 1, rejected: 1, ..<_>::default() };
        assert_eq!(ledger.entries, expected);
        assert!(ledger.lines.balances() && ledger.entries.balances());
    }

    #[test]
    fn the_first_open_line_moves_past_settled_ones_only() {
        let mut ledger = Ledger::default();
        let [first, second, third] = [1, 2, 3].map(|n| line_of(&mut ledger, n, 2));
        ledger.blank();
        for line in [second, second, first] {
            ledger.settle(line, Fate::Written);
        }
        assert_eq!(ledger.first_open(), Some(at(1)));
        ledger.settle(first, Fate::Failed);
        assert_eq!(ledger.first_open(), Some(at(3)));
        assert_eq!(ledger.line(third).map(|(at, _)| at), Some(at(3)));
        ledger.settle(third, Fate::Left);
        ledger.settle(third, Fate::Coalesced);
        assert_eq!(ledger.first_open(), Some(at(3)), "what was left is not dealt with");
        let expected =
            LineCounts { read: 4, written: 1, failed: 1, left: 1, blank: 1, ..<_>::default() };
        assert_eq!(ledger.lines, expected);
        assert!(ledger.lines.balances() && ledger.entries.balances());
    }

    #[test]
    fn lines_without_anything_to_write_are_skipped() {
        let mut ledger = Ledger::default();
        let empty = ledger.begin(at(1), None);
        ledger.entered(empty);
        ledger.reject_line(Reason::Malformed);
        let expected = LineCounts { read: 2, skipped: 1, rejected: 1, ..LineCounts::default() };
        assert_eq!(ledger.lines, expected);
        assert_eq!(ledger.rejected, BTreeMap::from([("malformed", 1)]));
        assert!(ledger.lines.balances() && ledger.entries.balances());
    }

    #[test]
    fn books_that_do_not_balance_are_noticed() {
        assert!(!LineCounts { read: 2, written: 1, ..LineCounts::default() }.balances());
        assert!(!EntryCounts { written: 1, ..EntryCounts::default() }.balances());
    }
}
