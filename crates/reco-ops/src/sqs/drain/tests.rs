//! Limits of a drain, tested without a queue.

use super::*;
use reco_core::calls::START;

fn run(at_most: usize, depth: u64) -> Run {
    Run::new(Bound { at_most, depth, front_only: false, awaits_counts: true })
}

fn brought(run: &Run, received: u64) -> Brought<()> {
    let polled = Polled { took: Duration::from_millis(20), bytes: 10_000, ..Polled::default() };
    Brought { began: run.last_hit, claim: 10, polled, received, cleared: vec![], work: None }
}

#[test]
fn no_more_is_asked_for_than_is_wanted() {
    let mut wanted = run(12, 100);
    assert_eq!([wanted.claim(0), wanted.claim(1), wanted.claim(2)], [Some(10), Some(2), None]);
    let seven = brought(&wanted, 7);
    wanted.note(seven, 1);
    assert_eq!([wanted.claim(1), wanted.claim(2)], [Some(3), None]);
}

#[test]
fn receivers_are_as_many_as_the_depth_needs() {
    assert_eq!((0..20).filter(|out| run(1_000, 45).claim(*out).is_some()).count(), 5);
    assert_eq!((0..20).filter(|out| run(10_000, 9_000).claim(*out).is_some()).count(), START);
    assert_eq!((0..20).filter(|out| run(1_000, 0).claim(*out).is_some()).count(), 1);
}

#[test]
fn receivers_grow_while_that_pays_but_never_hold_more_than_they_may() {
    let mut many = run(300, 10_000);
    let mut out = 0;
    while out < 200 && many.claim(out).is_some() {
        out += 1;
    }
    assert_eq!(out, START, "{} claimed", 300 - many.room);
    for _ in 0..START {
        let empty = brought(&many, 1);
        many.note(empty, out);
    }
    assert_eq!(many.concurrency.limit(), 2 * START);
    out = 0;
    while many.claim(out).is_some() {
        out += 1;
    }
    assert_eq!(many.room, 0, "all that may be held is claimed, and no more");
    let mut throttled = brought(&many, 10);
    throttled.polled.failures = 1;
    many.note(throttled, out);
    assert_eq!(many.concurrency.limit(), START);
}

/// All groups may be in the first response; a second, parallel long poll would wait its full second
/// at every front.
#[test]
fn a_front_is_asked_for_once_and_then_without_waiting() {
    let mut front = Run::new(Bound { front_only: true, ..run(1_000, 500).bound });
    assert_eq!([front.claim(0), front.claim(1)], [Some(10), None]);
    assert!(!front.polls_short());
    let ten = brought(&front, 10);
    front.note(ten, 1);
    assert!(front.polls_short() && front.claim(0).is_some() && front.claim(START - 1).is_some());
    assert_eq!(front.claim(START), None);
}

#[test]
fn a_drain_that_has_all_that_was_there_goes_on_for_a_grace_only() {
    let mut full = run(1_000, 10);
    let ten = brought(&full, 10);
    full.note(ten, 1);
    assert_eq!((full.claim(0), full.end), (Some(10), None), "the counts are approximate");
    full.reached = Instant::now().checked_sub(GRACE);
    assert_eq!((full.claim(1), full.end), (None, None), "one is out that may bring some");
    assert_eq!((full.claim(0), full.end), (None, Some(DrainEnd::Depth)));
}

#[test]
fn an_empty_poll_that_began_before_the_last_find_says_nothing() {
    let mut scan = run(1_000, 100);
    let mut early = brought(&scan, 0);
    early.began = Instant::now();
    std::thread::sleep(Duration::from_millis(2));
    let ten = brought(&scan, 10);
    scan.note(ten, 1);
    scan.note(early, 1);
    assert!(!scan.dry);
    let mut later = brought(&scan, 0);
    later.began = Instant::now();
    scan.note(later, 1);
    assert!(scan.dry);
    assert_eq!(scan.claim(0), None, "whoever is out comes back first");
}

#[test]
fn a_queue_that_gives_out_the_same_for_ever_is_left() {
    let mut round = run(100_000, 100_000);
    round.drained.repeated = 2_000;
    let hidden = Hidden { visible: 100_000, in_flight: 0, until: None };
    assert_eq!((round.claim(0), round.end), (None, Some(DrainEnd::Hidden(hidden))));
    let mut whole = run(100_000, 10);
    (whole.received, whole.drained.repeated) = (10, 2_000);
    assert_eq!((whole.claim(0), whole.end), (None, Some(DrainEnd::Depth)));
}
