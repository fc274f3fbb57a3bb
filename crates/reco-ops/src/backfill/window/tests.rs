use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;
use reco_core::Recommendation;
use reco_core::item::{Action, KeyType, Schema};

use super::*;

fn pending(user: i64, line: u64) -> Pending {
    of(Id::from(user), vec![Id::from(1_i64)], line)
}

fn of(user: Id, articles: Vec<Id>, line: u64) -> Pending {
    let recommendation = Recommendation { user, articles, generated_at: None };
    let schema = Schema::with_key_type(KeyType::S);
    Pending { item: schema.plan(recommendation).expect("fits"), line, index: 0, weak: false }
}

/// A list of user 7 with this time, which also guards its write.
fn dated(time: i64, line: u64) -> Pending {
    let mut pending = pending(7, line);
    pending.item.recommendation.generated_at = Some(time.into());
    pending.item.guard = pending.item.recommendation.generated_at;
    pending
}

/// A window with a list of each user; its line is the user's number.
fn filled(order: Order, users: std::ops::Range<i64>) -> Window {
    let mut window = Window::new(order);
    for user in users {
        assert_eq!(window.push(pending(user, user.unsigned_abs())), None);
    }
    window
}

fn lines(batch: Option<Vec<Pending>>) -> Vec<u64> {
    batch.unwrap_or_default().iter().map(|pending| pending.line).collect()
}

#[test]
fn batches_are_full_unless_flushed() {
    let mut window = filled(Order::default(), 0..30);
    assert_eq!(lines(window.batch(false, None)), (0..25).collect::<Vec<_>>());
    assert_eq!(window.batch(false, None), None);
    assert_eq!(lines(window.batch(true, None)), [25, 26, 27, 28, 29]);
    assert_eq!(window.batch(true, None), None);
    assert!(window.is_empty());
}

#[test]
fn the_last_list_of_a_waiting_user_wins() {
    let mut window = Window::default();
    window.push(pending(7, 1));
    let same_user = of(Id::from("7"), vec![Id::from(2_i64)], 2);
    assert_eq!(window.push(same_user).map(|older| older.line), Some(1));
    assert_eq!(lines(window.batch(true, None)), [2]);
}

#[test]
fn a_user_in_flight_is_waited_for() {
    let mut window = Window::default();
    window.push(pending(7, 1));
    assert_eq!(lines(window.batch(true, None)), [1]);
    window.push(pending(7, 2));
    window.push(pending(8, 3));
    assert_eq!(lines(window.batch(true, None)), [3], "7 is in flight");
    assert!(!window.is_empty());
    window.push(pending(7, 4));
    window.done([&Id::from(7_i64)]);
    assert_eq!(lines(window.batch(true, None)), [4], "and 2 was replaced meanwhile");
}

#[test]
fn a_call_is_bounded_by_what_goes_over_the_wire() {
    let articles: Vec<Id> = (0..70_000_i64).map(|n| Id::from(1000 + n % 1000)).collect();
    let mut window = Window::default();
    for user in 0..25_i64 {
        window.push(of(Id::from(user), articles.clone(), 0));
    }
    let first = window.batch(false, None).expect("full");
    let bytes: usize = first.iter().map(|pending| call_bytes(&pending.item)).sum();
    assert!(bytes <= Limits::BATCH_WRITE_ITEM.bytes, "{bytes}");
    assert_eq!(first.len() + window.batch(true, None).expect("rest").len(), 25);
    assert_eq!(window.bytes, 0);
}

#[test]
fn a_key_sorted_input_is_drawn_from_all_over_the_window() {
    let shuffled = |users| filled(Order { shuffle: 1000, ..Order::default() }, users);
    let mut window = shuffled(0..999);
    assert_eq!(window.batch(false, None), None, "there could be more to draw from");
    window.push(pending(999, 999));
    assert!(!window.has_room());
    let drawn = lines(window.batch(false, None));
    assert_eq!(drawn.len(), 25);
    // The chance that 25 of 1,000 random items fall within a tenth of the range is 1 in 10^24.
    let spread = drawn.iter().max().expect("some") - drawn.iter().min().expect("some");
    assert!(spread > 100, "{drawn:?}");
    let again = lines(shuffled(0..1000).batch(false, None));
    assert_eq!(again, drawn, "the same input is drawn the same way");
}

/// A checkpoint waits for the oldest line, so shuffling must not let others overtake it without
/// end.
#[test]
fn no_item_is_left_behind() {
    let mut window = Window::new(Order { shuffle: 100, ..Order::default() });
    for line in 0..10_000_i64 {
        window.push(pending(line, line.unsigned_abs()));
        while !window.has_room() {
            let batch = window.batch(false, None).expect("without room something goes");
            for gone in &batch {
                assert!(gone.line + 300 > line.unsigned_abs(), "{} at {line}", gone.line);
            }
            window.done(batch.iter().map(|gone| &gone.item.recommendation.user));
        }
    }
}

#[test]
fn a_batch_costs_no_more_than_it_should() {
    let mut window = filled(Order::default(), 0..30);
    assert_eq!(lines(window.batch(false, Some(4.9))), [0, 1, 2, 3]);
    assert_eq!(lines(window.batch(false, Some(0.1))), [4], "one item always goes");
    assert_eq!(window.batch(true, Some(100.0)).map(|batch| batch.len()), Some(25));
}

#[test]
fn the_newest_list_wins_where_times_decide() {
    let mut window = Window::new(Order { newest: true, ..Order::default() });
    assert_eq!(window.push(dated(5, 1)), None);
    assert_eq!(window.push(dated(4, 2)).map(|gone| gone.line), Some(2));
    assert_eq!(window.push(dated(5, 3)).map(|gone| gone.line), Some(3), "as in the table");
    assert_eq!(window.push(dated(6, 4)).map(|gone| gone.line), Some(1));
    assert_eq!(lines(window.batch(true, None)), [4]);
}

#[test]
fn a_list_after_a_newer_removal_is_written_wherever_the_removal_was() {
    let mut window = Window::new(Order { newest: true, ..Order::default() });
    let mut removal = dated(9, 2);
    removal.item.action = Action::Delete;
    window.push(dated(5, 1));
    assert_eq!(window.push(removal).map(|gone| gone.line), Some(1));
    assert_eq!(window.push(dated(7, 3)).map(|gone| gone.line), Some(2));
    let batch = window.batch(true, None).expect("one");
    assert_eq!((batch[0].line, batch[0].item.guard), (3, Some(9.into())), "as if it had waited");
}

#[test]
fn where_all_are_kept_lists_of_a_user_keep_their_order() {
    let mut window = Window::new(Order { keep_all: true, newest: true, ..Order::default() });
    for pending in [dated(5, 1), dated(5, 2), dated(4, 3), pending(8, 4)] {
        assert_eq!(window.push(pending), None);
    }
    assert_eq!(lines(window.batch(true, None)), [1, 2, 4], "one time goes in one message");
    assert_eq!(lines(window.batch(true, None)), [0_u64; 0], "the first are on their way");
    window.done(&[Id::from(7_i64), Id::from(8_i64)]);
    assert_eq!(lines(window.batch(true, None)), [3]);
    assert_eq!(window.push(dated(9, 5)), None);
    assert_eq!(window.push(dated(9, 6)), None);
    window.done(&[Id::from(7_i64)]);
    assert_eq!(lines(window.batch(true, None)), [5, 6]);
    assert!(window.is_empty());
}

#[derive(Debug, Clone)]
enum Step {
    Push(i64),
    Batch(bool, Option<f64>),
    Done(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..40_i64).prop_map(Step::Push),
        2 => (any::<bool>(), proptest::option::of(0.0..30.0_f64))
            .prop_map(|(flush, wcu)| Step::Batch(flush, wcu)),
        2 => any::<usize>().prop_map(Step::Done),
    ]
}

proptest! {
    /// Whatever comes in and in whatever order batches end: no key is in flight twice, the writes
    /// of a key are in input order, the last one ends up in the table, and no item is lost.
    #[test]
    fn writes_of_a_key_keep_their_order(
        steps in proptest::collection::vec(step(), 0..400),
        shuffle in prop_oneof![Just(0_usize), Just(1), 2..60_usize],
    ) {
        let mut window = Window::new(Order { shuffle, ..Order::default() });
        let mut flying: Vec<Vec<Pending>> = Vec::new();
        let mut last: BTreeMap<i64, u64> = BTreeMap::new();
        let mut table: BTreeMap<String, u64> = BTreeMap::new();
        let (mut pushed, mut replaced, mut written) = (0, 0, 0);
        let drains = (0..200).flat_map(|_| [Step::Batch(true, None), Step::Done(0)]);
        for step in steps.into_iter().chain(drains) {
            match step {
                Step::Push(user) => {
                    pushed += 1;
                    let older = window.push(pending(user, pushed));
                    if let Some(older) = older {
                        prop_assert!(older.line < pushed);
                        replaced += 1;
                    }
                    last.insert(user, pushed);
                }
                Step::Batch(flush, wcu) => {
                    let Some(batch) = window.batch(flush, wcu) else { continue };
                    prop_assert!((1..=25).contains(&batch.len()));
                    let users = |batch: &[Pending]| -> Vec<String> {
                        batch.iter().map(|p| p.item.recommendation.user.to_string()).collect()
                    };
                    let mut all: Vec<String> = flying.iter().flat_map(|b| users(b)).collect();
                    all.extend(users(&batch));
                    let unique: HashSet<&String> = all.iter().collect();
                    prop_assert_eq!(unique.len(), all.len(), "a key is in flight twice");
                    flying.push(batch);
                }
                Step::Done(which) => {
                    if flying.is_empty() {
                        continue;
                    }
                    let batch = flying.swap_remove(which % flying.len());
                    window.done(batch.iter().map(|p| &p.item.recommendation.user));
                    for pending in batch {
                        written += 1;
                        let user = pending.item.recommendation.user.to_string();
                        let before = table.insert(user, pending.line);
                        prop_assert!(before.is_none_or(|before| before < pending.line));
                    }
                }
            }
        }
        prop_assert!(window.is_empty() && flying.is_empty());
        prop_assert_eq!(window.bytes, 0);
        prop_assert_eq!(pushed, replaced + written);
        let last: BTreeMap<String, u64> =
            last.into_iter().map(|(user, line)| (user.to_string(), line)).collect();
        prop_assert_eq!(table, last);
    }
}
