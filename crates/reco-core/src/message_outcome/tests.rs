//! Each message has one outcome, each user is counted once, and no order matters.

use std::collections::HashSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::Id;
use crate::journal::{Ack, Intent, Record, Replay};
use crate::message::Message;
use crate::supersede::user_digest;

const BEGAN_MS: i64 = 1_800_000_000_000;

fn message(id: &str, body: &str, sent_at_ms: i64) -> Message {
    let system = [
        ("SentTimestamp".to_owned(), sent_at_ms.to_string()),
        ("ApproximateReceiveCount".to_owned(), "6".to_owned()),
    ];
    Message {
        id: id.to_owned(),
        body: body.to_owned(),
        system: system.into(),
        ..Message::default()
    }
}

fn original(at: usize, body: &str) -> Message {
    message(&format!("m{at}"), body, BEGAN_MS - 1_000)
}

/// Returns a tracker of messages with these bodies: `m0` was sent as `c0`, and so on.
fn tracker(bodies: &[&str]) -> Tracker {
    let mut lines = br#"{"header":{"version":1,"run_id":"r","started_at":"","source":"arn","fifo":false,"recoctl":"","policy":""}}"#.to_vec();
    lines.push(b'\n');
    for (at, body) in bodies.iter().enumerate() {
        let sent = original(at, body);
        let (message_id, sent_as) = (sent.id.clone(), format!("c{at}"));
        let sent = Record::Intent(Intent::new(&sent, None, 1, 0));
        for record in [sent, Record::Ack(Ack { message_id, sent_as, batch: 1 })] {
            record.write_line(&mut lines).expect("a line");
        }
    }
    let mut replay = Replay::new();
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        replay.line(line).expect("a line of a journal");
    }
    Tracker::of(&replay.finish(), BEGAN_MS)
}

fn user(number: i64) -> UserDigest {
    user_digest(None, &Id::from(number))
}

fn held(number: i64, held: InTable) -> UserFate {
    (user(number), ListFate::InTable(held))
}

/// Looks once; each element is what there is to say of a message, by its number.
fn look(tracker: &mut Tracker, entries: &[(usize, Vec<UserFate>)], destinations: Destinations) {
    tracker.begin();
    for (at, entries) in entries {
        tracker.enter(&format!("m{at}"), entries, false, None);
    }
    tracker.settle(destinations);
}

fn outcomes(tracker: &Tracker) -> Vec<MessageOutcome> {
    tracker.messages().map(|message| message.outcome).collect()
}

#[test]
fn one_list_ends_as_the_table_says() {
    use Destinations::{Busy, Drained, Empty};
    use InTable::{Newer, Nothing, Older, Other, Same, SameTime};
    use MessageOutcome::{NothingToWrite, StillWaiting, Superseded, Unknown, Written};
    let skipped = ListFate::Skipped(SkipReason::InactiveUser);
    let all = [
        (ListFate::InTable(Same), [Written; 3]),
        (ListFate::InTable(SameTime), [StillWaiting, Written, Written]),
        (ListFate::InTable(Newer), [Superseded; 3]),
        (ListFate::InTable(Older), [StillWaiting, StillWaiting, Unknown]),
        (ListFate::InTable(Nothing), [StillWaiting, StillWaiting, Unknown]),
        (ListFate::InTable(Other), [StillWaiting, StillWaiting, Unknown]),
        (ListFate::Refused, [StillWaiting, StillWaiting, Unknown]),
        (ListFate::Unread, [Unknown; 3]),
        (ListFate::Unreadable, [Unknown; 3]),
        (skipped, [NothingToWrite; 3]),
    ];
    for (fate, expected) in all {
        for (destinations, expected) in [Busy, Empty, Drained].into_iter().zip(expected) {
            let mut tracker = tracker(&["a"]);
            look(&mut tracker, &[(0, vec![(user(1), fate)])], destinations);
            assert_eq!(outcomes(&tracker), [expected], "{fate:?} {destinations:?}");
        }
    }
}

#[test]
fn a_message_is_written_only_with_all_of_its_lists() {
    use InTable::{Newer, Nothing, Same};
    let cases = [
        (vec![held(1, Same), held(2, Newer)], MessageOutcome::Written),
        (vec![held(1, Newer), held(2, Newer)], MessageOutcome::Superseded),
        (vec![held(1, Same), held(2, Nothing)], MessageOutcome::StillWaiting),
        (
            vec![held(1, Same), (user(2), ListFate::Skipped(SkipReason::TooFew))],
            MessageOutcome::Written,
        ),
        (vec![held(1, Same), (user(2), ListFate::Refused)], MessageOutcome::StillWaiting),
        (vec![], MessageOutcome::NothingToWrite),
    ];
    for (entries, expected) in cases {
        let mut tracker = tracker(&["a"]);
        look(&mut tracker, &[(0, entries.clone())], Destinations::Busy);
        assert_eq!(outcomes(&tracker), [expected], "{entries:?}");
    }
}

#[test]
fn of_two_lists_without_a_time_the_other_one_supersedes_once_the_queue_is_empty() {
    let entries = [(0, vec![held(1, InTable::Same)]), (1, vec![held(1, InTable::Other)])];
    let mut tracker = tracker(&["a", "b"]);
    look(&mut tracker, &entries, Destinations::Busy);
    let waiting = [MessageOutcome::Written, MessageOutcome::StillWaiting];
    assert_eq!(outcomes(&tracker), waiting);
    look(&mut tracker, &entries[1..], Destinations::Empty);
    assert_eq!(outcomes(&tracker), [MessageOutcome::Written, MessageOutcome::Superseded]);
    let users = UserCounts { users: 1, have_list: 1, ..UserCounts::default() };
    assert_eq!(tracker.users(), users);
}

#[test]
fn what_is_in_the_dlq_again_came_back_even_if_its_lists_are_in_the_table() {
    let mut tracker = tracker(&["a", "b", "b"]);
    let entries: Vec<_> = (0..3).map(|at| (at, vec![held(at as i64, InTable::Same)])).collect();
    look(&mut tracker, &entries, Destinations::Busy);
    // By its id; an original and a twin from before the run are none of ours.
    assert!(tracker.returned(&message("c0", "changed", 0)));
    assert!(!tracker.returned(&message("m1", "b", BEGAN_MS + 1)), "not deleted, not back");
    assert!(!tracker.returned(&message("x", "b", BEGAN_MS - 1)), "a twin");
    assert!(!tracker.returned(&message("y", "c", BEGAN_MS + 1)), "another");
    // By its content, each once however often it is received.
    for _ in 0..2 {
        assert!(tracker.returned(&message("z", "b", BEGAN_MS + 1)));
    }
    use MessageOutcome::{CameBack, Written};
    assert_eq!(outcomes(&tracker), [CameBack, CameBack, Written]);
    assert!(tracker.returned(&message("z2", "b", BEGAN_MS + 1)));
    assert!(!tracker.returned(&message("z3", "b", BEGAN_MS + 1)), "only two were sent");
    assert_eq!(outcomes(&tracker), [CameBack; 3]);
    let reason = tracker.message("m0").and_then(|message| message.reason.map(str::to_owned));
    assert_eq!(reason.as_deref(), Some("in the DLQ again as c0, received 6 times"));
}

#[test]
fn what_an_earlier_look_found_stays_found() {
    let mut tracker = tracker(&["a", "b"]);
    tracker.begin();
    let reason: Arc<str> = "no permission".into();
    tracker.enter("m0", &[(user(1), ListFate::Unread)], false, Some(&reason));
    tracker.enter("m1", &[held(2, InTable::Same)], false, None);
    let newly: Vec<_> = tracker.settle(Destinations::Busy);
    assert_eq!(newly, [("m1", MessageOutcome::Written)]);
    assert_eq!((tracker.open(), tracker.message("m0").expect("known").reason), (1, Some(&*reason)));
    tracker.begin();
    assert_eq!(tracker.wanted("m0"), Wanted::Lists);
    assert_eq!(tracker.wanted("m1"), Wanted::Nothing);
    assert_eq!(tracker.wanted("m2"), Wanted::Nothing);
    tracker.enter("m0", &[held(1, InTable::Same)], false, None);
    tracker.settle(Destinations::Busy);
    assert_eq!((tracker.open(), tracker.message("m0").expect("known").reason), (0, None));
    let users = UserCounts { users: 2, have_list: 2, ..UserCounts::default() };
    assert_eq!(tracker.users(), users);
}

#[test]
fn a_canary_trusts_a_list_that_was_there_before_only_once_the_queue_is_empty() {
    use Destinations::{Busy, Drained, Empty};
    use MessageOutcome::{NothingToWrite, StillWaiting, Superseded, Written};
    let skipped = ListFate::Skipped(SkipReason::InactiveUser);
    let all = [
        (ListFate::InTable(InTable::Same), Written),
        (ListFate::InTable(InTable::SameTime), Written),
        (ListFate::InTable(InTable::Newer), Superseded),
        (skipped, NothingToWrite),
    ];
    for (fate, expected) in all {
        for (destinations, expected) in
            [(Busy, StillWaiting), (Empty, expected), (Drained, expected)]
        {
            let mut tracker = tracker(&["a"]);
            tracker.trusts_only([]);
            look(&mut tracker, &[(0, vec![(user(1), fate)])], destinations);
            assert_eq!(outcomes(&tracker), [expected], "{fate:?} {destinations:?}");
            assert_eq!(tracker.open(), usize::from(destinations == Busy));
        }
    }
    // What was missing before it was sent was written since; a newer list is another message's. What is
    // missing at a look only may be written by another message.
    let mut tracker = tracker(&["a", "b", "c"]);
    tracker.trusts_only(["m0"]);
    let entries = |of_b| [(0, vec![held(1, InTable::Same)]), (1, vec![held(2, of_b)])];
    look(&mut tracker, &entries(InTable::Older), Busy);
    assert_eq!(outcomes(&tracker), [Written, StillWaiting, StillWaiting]);
    look(&mut tracker, &entries(InTable::Same)[1..], Busy);
    assert_eq!(outcomes(&tracker), [Written, StillWaiting, StillWaiting]);
    let mut tracker = self::tracker(&["a"]);
    tracker.trusts_only(["m0"]);
    look(&mut tracker, &[(0, vec![held(1, InTable::Newer)])], Busy);
    assert_eq!(outcomes(&tracker), [StillWaiting]);
}

#[test]
fn a_failure_to_read_that_may_pass_is_asked_again_to_the_end() {
    use Destinations::{Busy, Drained, Empty};
    let open = |fate, destinations| {
        let mut tracker = tracker(&["a"]);
        look(&mut tracker, &[(0, vec![(user(1), fate)])], destinations);
        tracker.open()
    };
    assert_eq!([Busy, Empty, Drained].map(|at| open(ListFate::Unread, at)), [1, 1, 0]);
    assert_eq!([Busy, Empty, Drained].map(|at| open(ListFate::Unreadable, at)), [1, 0, 0]);
}

fn any_fate() -> impl Strategy<Value = ListFate> {
    prop_oneof![
        Just(ListFate::InTable(InTable::Same)),
        Just(ListFate::InTable(InTable::SameTime)),
        Just(ListFate::InTable(InTable::Newer)),
        Just(ListFate::InTable(InTable::Older)),
        Just(ListFate::InTable(InTable::Other)),
        Just(ListFate::InTable(InTable::Nothing)),
        Just(ListFate::Unread),
        Just(ListFate::Unreadable),
        Just(ListFate::Refused),
        Just(ListFate::Skipped(SkipReason::InactiveUser)),
        Just(ListFate::Skipped(SkipReason::UnknownUser)),
        Just(ListFate::Skipped(SkipReason::TooFew)),
    ]
}

/// Returns a tracker of as many messages, each with a body of its own.
fn tracker_of(messages: usize) -> Tracker {
    let bodies: Vec<String> = (0..messages).map(|at| at.to_string()).collect();
    tracker(&bodies.iter().map(String::as_str).collect::<Vec<_>>())
}

fn fates(entries: &[(i64, ListFate)]) -> Vec<UserFate> {
    entries.iter().map(|(number, fate)| (user(*number), *fate)).collect()
}

fn any_destinations() -> impl Strategy<Value = Destinations> {
    prop_oneof![Just(Destinations::Busy), Just(Destinations::Empty), Just(Destinations::Drained)]
}

proptest! {
    /// Whatever the evidence: one outcome each, each user once, the same in any order.
    #[test]
    fn every_message_and_every_user_is_counted_once_in_any_order(
        entries in prop::collection::vec(prop::collection::vec((0_i64..6, any_fate()), 0..4), 1..9),
        back in prop::collection::hash_set(0_usize..9, 0..4),
        destinations in any_destinations(),
        order in Just((0..9_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let run = |order: &[usize]| {
            let mut tracker = tracker_of(entries.len());
            tracker.begin();
            for at in order.iter().filter(|at| **at < entries.len()) {
                tracker.enter(&format!("m{at}"), &fates(&entries[*at]), false, None);
            }
            for at in order.iter().filter(|at| back.contains(at)) {
                tracker.returned(&message(&format!("c{at}"), "", 0));
            }
            tracker.settle(destinations);
            tracker
        };
        let in_order: Vec<usize> = (0..9).collect();
        let (one, other) = (run(&in_order), run(&order));
        prop_assert_eq!(outcomes(&one), outcomes(&other));
        prop_assert_eq!(one.users(), other.users());
        let counts = one.counts();
        prop_assert_eq!(counts.values().sum::<u64>(), entries.len() as u64);
        for at in back.iter().filter(|at| **at < entries.len()) {
            let outcome = one.message(&format!("m{at}")).expect("it was sent").outcome;
            prop_assert_eq!(outcome, MessageOutcome::CameBack);
        }
        let users: HashSet<i64> = entries.iter().flatten().map(|(number, _)| *number).collect();
        let UserCounts {
            users: all, have_list, without_list, inactive, unknown_user, too_few, refused, not_read,
        } = one.users();
        prop_assert_eq!(all, users.len() as u64);
        let parts = have_list + without_list + inactive + unknown_user + too_few + refused + not_read;
        prop_assert_eq!(parts, all);
        if destinations == Destinations::Drained {
            prop_assert_eq!(one.open(), 0);
            prop_assert!(!counts.contains_key(&MessageOutcome::StillWaiting));
        }
    }

    /// A look that finds nothing new changes nothing, and never takes a good outcome back.
    #[test]
    fn looking_again_changes_nothing(
        entries in prop::collection::vec(prop::collection::vec((0_i64..6, any_fate()), 0..4), 1..9),
        destinations in any_destinations(),
    ) {
        let mut tracker = tracker_of(entries.len());
        let mut looks = Vec::new();
        for _ in 0..2 {
            tracker.begin();
            for (at, entries) in entries.iter().enumerate() {
                let id = format!("m{at}");
                if tracker.wanted(&id) != Wanted::Nothing {
                    tracker.enter(&id, &fates(entries), false, None);
                }
            }
            tracker.settle(destinations);
            looks.push((outcomes(&tracker), tracker.users()));
        }
        prop_assert_eq!(&looks[0], &looks[1]);
    }
}

#[test]
fn what_a_log_says_is_a_reason_and_changes_no_outcome() {
    let mut tracker = tracker(&["[1,[2]]", "[2,[2]]"]);
    let missing = |number| vec![held(number, InTable::Nothing)];
    look(&mut tracker, &[(0, missing(1)), (1, missing(2))], Destinations::Drained);
    let before = outcomes(&tracker);
    assert_eq!(before, [MessageOutcome::Unknown; 2]);
    tracker.explain("m0", "by the log: the function reported no failure");
    tracker.explain("other", "nothing");
    assert_eq!(outcomes(&tracker), before);
    let reason = |tracker: &Tracker, id| {
        tracker.message(id).and_then(|one| one.reason.map(str::to_owned)).unwrap_or_default()
    };
    let gone = "it left the queue, and neither the table nor the DLQ has it";
    assert_eq!(reason(&tracker, "m1"), gone);
    assert_eq!(
        reason(&tracker, "m0"),
        format!("{gone}; by the log: the function reported no failure")
    );
    assert_eq!(tracker.counts(), [(MessageOutcome::Unknown, 2)].into());
}
