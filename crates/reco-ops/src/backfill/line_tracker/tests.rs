use std::collections::BTreeMap;

use proptest::prelude::*;
use reco_core::filter::SkipReason;

use super::super::fault::Fault;
use super::super::run_counts::{EntryCounts, LineCounts};
use super::*;

const WRITTEN: EntryOutcome = EntryOutcome::Written { bytes: 100 };

fn at(line: u64) -> LineStart {
    LineStart { line, offset: line * 10, ..LineStart::start(0) }
}

fn reject(line: u64) -> Reject {
    let fault = Fault { reason: FaultReason::Malformed, detail: "why".to_owned(), text: None };
    Reject::new("in", at(line), None, fault, None)
}

/// Adds a line with this many waiting entries; returns its number.
fn line_of(line_tracker: &mut LineTracker, number: u64, waiting: usize) -> u64 {
    let mut entering = line_tracker.begin(at(number), Some(Arc::from(b"text".as_slice())));
    let numbers: Vec<u64> = (0..waiting).map(|_| line_tracker.waits(&mut entering)).collect();
    line_tracker.entered(entering);
    numbers[0]
}

fn lines_of(rejects: &[Reject]) -> Vec<u64> {
    rejects.iter().map(|reject| reject.line).collect()
}

#[test]
fn a_line_has_the_gravest_fate_of_its_entries() {
    let mut line_tracker = LineTracker::default();
    let mut entering = line_tracker.begin(at(1), None);
    line_tracker.reject(&mut entering, FaultReason::BadEntry, reject(1));
    line_tracker.settled(&mut entering, EntryOutcome::Skipped(SkipReason::TooFew));
    let line = line_tracker.waits(&mut entering);
    line_tracker.entered(entering);
    line_tracker.settle(line, WRITTEN);
    let RunCounts { lines, entries, .. } = line_tracker.run_counts();
    assert_eq!(*lines, LineCounts { read: 1, rejected: 1, ..LineCounts::default() });
    let expected = EntryCounts { read: 3, written: 1, skipped: 1, rejected: 1, ..<_>::default() };
    assert_eq!(*entries, expected);
    assert!(line_tracker.run_counts().balances());
    assert_eq!(line_tracker.run_counts(), line_tracker.settled_counts());
}

#[test]
fn the_first_open_line_moves_past_settled_ones_only() {
    let mut line_tracker = LineTracker::default();
    let [first, second, third] = [1, 2, 3].map(|n| line_of(&mut line_tracker, n, 2));
    line_tracker.blank(at(4), 1);
    for line in [second, second, first] {
        line_tracker.settle(line, WRITTEN);
    }
    assert_eq!(line_tracker.first_open(), Some(at(1)));
    line_tracker.fail(first, reject(1));
    assert_eq!(line_tracker.first_open(), Some(at(3)));
    assert_eq!(line_tracker.line(third).map(|(at, _)| at), Some(at(3)));
    let settled = LineCounts { read: 2, written: 1, failed: 1, ..LineCounts::default() };
    assert_eq!(line_tracker.settled_counts().lines, settled);
    line_tracker.settle(third, EntryOutcome::Left);
    line_tracker.settle(third, EntryOutcome::Coalesced);
    assert_eq!(line_tracker.first_open(), Some(at(3)), "what was left is not dealt with");
    let expected =
        LineCounts { read: 4, written: 1, failed: 1, left: 1, blank: 1, ..<_>::default() };
    assert_eq!(line_tracker.run_counts().lines, expected);
    assert_eq!(line_tracker.settled_counts().lines, settled);
    assert!(line_tracker.run_counts().balances() && line_tracker.settled_counts().balances());
}

#[test]
fn rejects_are_handed_out_in_order_and_not_before_the_lines_before_them_are_settled() {
    let mut line_tracker = LineTracker::default();
    let first = line_of(&mut line_tracker, 1, 1);
    line_tracker.reject_line(at(2), FaultReason::Malformed, reject(2));
    let third = line_of(&mut line_tracker, 3, 1);
    assert_eq!(lines_of(&line_tracker.take_rejects()), [0; 0]);
    line_tracker.fail(first, reject(1));
    assert_eq!(lines_of(&line_tracker.take_rejects()), [1, 2]);
    line_tracker.reject_line(at(4), FaultReason::Malformed, reject(4));
    line_tracker.settle(third, EntryOutcome::Left);
    assert_eq!(lines_of(&line_tracker.take_rejects()), [0; 0]);
    assert_eq!(lines_of(&line_tracker.remaining_rejects()), [4]);
}

#[test]
fn lines_without_anything_to_write_are_skipped() {
    let mut line_tracker = LineTracker::default();
    let empty = line_tracker.begin(at(1), None);
    line_tracker.entered(empty);
    line_tracker.reject_line(at(2), FaultReason::Malformed, reject(2));
    let expected = LineCounts { read: 2, skipped: 1, rejected: 1, ..LineCounts::default() };
    assert_eq!(line_tracker.run_counts().lines, expected);
    assert_eq!(line_tracker.run_counts().rejected, BTreeMap::from([("malformed".into(), 1)]));
    assert!(line_tracker.run_counts().balances());
}

/// Thousands of lines may wait behind one slow write; their texts are needed for rejects only.
#[test]
fn a_text_is_kept_only_while_a_write_of_its_line_may_fail() {
    let mut line_tracker = LineTracker::default();
    let slow = line_of(&mut line_tracker, 1, 1);
    let text: Arc<[u8]> = Arc::from(b"text".as_slice());
    let mut entering = line_tracker.begin(at(2), Some(Arc::clone(&text)));
    line_tracker.settled(&mut entering, EntryOutcome::Skipped(SkipReason::TooFew));
    line_tracker.entered(entering);
    assert_eq!(Arc::strong_count(&text), 1, "nothing of it waits");
    assert!(
        line_tracker.line(slow).is_some_and(|(_, text)| text.is_some()),
        "a write of it may fail"
    );
}

#[test]
fn what_waits_behind_a_slow_write_is_bounded() {
    let mut line_tracker = LineTracker::default();
    let slow = line_of(&mut line_tracker, 1, 1);
    for line in 2..=MAX_LINES as u64 {
        assert!(line_tracker.has_room(), "line {line}");
        line_tracker.blank(at(line), 1);
    }
    assert!(!line_tracker.has_room());
    line_tracker.settle(slow, WRITTEN);
    assert!(line_tracker.has_room());

    let slow = line_of(&mut line_tracker, 1, 1);
    let fault = Fault { reason: FaultReason::Malformed, detail: String::new(), text: None };
    let text: Arc<[u8]> = vec![b'x'; MAX_REJECT_BYTES].into();
    let large = Reject::new("in", at(2), None, fault, Some(&text));
    line_tracker.reject_line(at(2), FaultReason::Malformed, large);
    assert!(!line_tracker.has_room());
    line_tracker.settle(slow, WRITTEN);
    assert!(line_tracker.has_room());
}

/// Lines of waiting entries are kept, and may be far larger than the items they produce.
#[test]
fn the_text_of_what_waits_is_bounded_by_bytes() {
    let mut line_tracker = LineTracker::default();
    let text: Arc<[u8]> = vec![b'x'; MAX_TEXT_BYTES / 4].into();
    let enter = |line_tracker: &mut LineTracker, line: u64, entries: usize| {
        let mut entering = line_tracker.begin(at(line), Some(Arc::clone(&text)));
        let numbers: Vec<u64> = (0..entries).map(|_| line_tracker.waits(&mut entering)).collect();
        if entries == 0 {
            line_tracker.settled(&mut entering, EntryOutcome::Skipped(SkipReason::TooFew));
        }
        line_tracker.entered(entering);
        numbers
    };
    let first = enter(&mut line_tracker, 1, 2);
    for line in 2..=4 {
        assert!(line_tracker.has_room(), "line {line}");
        enter(&mut line_tracker, line, 1);
        // None of its entries wait, so its text is not kept.
        enter(&mut line_tracker, 10 + line, 0);
    }
    assert!(!line_tracker.has_room());
    line_tracker.settle(first[0], WRITTEN);
    assert!(!line_tracker.has_room(), "an entry of the line still waits");
    line_tracker.fail(first[1], reject(1));
    assert!(line_tracker.has_room());
}

/// Kind of line in the property test below.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Blank,
    Rejected,
    Skipped,
    Written(usize),
}

fn kinds() -> impl Strategy<Value = Vec<(Kind, usize)>> {
    let kind = prop_oneof![
        Just(Kind::Blank),
        Just(Kind::Rejected),
        Just(Kind::Skipped),
        (1..4_usize).prop_map(Kind::Written),
    ];
    prop::collection::vec((kind, any::<usize>()), 1..60)
}

/// Adds a line, and its number to `waiting` for each entry that waits.
fn enter(line_tracker: &mut LineTracker, number: u64, kind: Kind, waiting: &mut Vec<u64>) {
    match kind {
        Kind::Blank => line_tracker.blank(at(number), 1),
        Kind::Rejected => {
            line_tracker.reject_line(at(number), FaultReason::Foreign, reject(number))
        }
        Kind::Skipped => {
            let mut entering = line_tracker.begin(at(number), None);
            entering.articles(0, DropCounts::default());
            line_tracker.settled(&mut entering, EntryOutcome::Skipped(SkipReason::TooFew));
            line_tracker.entered(entering);
        }
        Kind::Written(entries) => {
            let mut entering = line_tracker.begin(at(number), None);
            entering.articles(entries, DropCounts::default());
            waiting.extend((0..entries).map(|_| line_tracker.waits(&mut entering)));
            line_tracker.entered(entering);
        }
    }
}

proptest! {
    /// Wherever the run is cut off and in whatever order writes end, the settled counts and those
    /// of the rest add up to the whole: this is what a resumed run reports.
    #[test]
    fn books_of_a_run_cut_in_two_are_those_of_the_whole(lines in kinds(), cut in 0..100_usize) {
        let mut whole = LineTracker::default();
        let mut first = LineTracker::default();
        let mut waiting = Vec::new();
        for (number, (kind, _)) in lines.iter().enumerate() {
            enter(&mut first, number as u64, *kind, &mut waiting);
            let mut now = Vec::new();
            enter(&mut whole, number as u64, *kind, &mut now);
            now.into_iter().for_each(|line| whole.settle(line, WRITTEN));
        }
        // Some of the writes end in any order; then the process dies.
        let mut order: Vec<usize> = (0..waiting.len()).collect();
        order.sort_by_key(|at| lines[at % lines.len()].1.rotate_left(*at as u32));
        for at in order.iter().take(waiting.len() * cut / 100) {
            first.settle(waiting[*at], WRITTEN);
        }
        let mut kept = first.take_rejects();
        let from = first.first_open().map_or(lines.len(), |at| at.line as usize);
        let mut second = LineTracker::after(first.settled_counts().clone());
        let mut waiting = Vec::new();
        for (number, (kind, _)) in lines.iter().enumerate().skip(from) {
            enter(&mut second, number as u64, *kind, &mut waiting);
        }
        waiting.into_iter().for_each(|line| second.settle(line, WRITTEN));
        kept.extend(second.take_rejects());
        prop_assert_eq!(second.run_counts(), whole.run_counts());
        prop_assert_eq!(second.settled_counts(), whole.run_counts());
        prop_assert_eq!(kept, whole.take_rejects());
    }
}
