//! Figures of the incident that asked for them, and laws for all others.

use proptest::prelude::*;

use super::*;

fn table(limit: f64, used: Option<f64>) -> Place {
    Place { index: None, limit, used, throttled: false, writes: 1.0 }
}

fn room(places: Vec<Place>) -> Room {
    Room { places, watchable: true, ..Room::default() }
}

/// 2,000 messages of 2 WCU each.
const LOAD: Load = Load { messages: 2_000, wcu: 4_000 };

fn bounce(rate: Option<f64>) -> Bounce {
    Bounce { messages: 572, sent: 2_000, run_id: "7".to_owned(), rate }
}

#[test]
fn twenty_units_to_spare_take_five_messages_of_two_units_a_second() {
    let proposal = propose(&LOAD, &room(vec![table(20.0, Some(0.0))]), None);
    assert_eq!(proposal.flags(), "--rate 5");
    assert_eq!(proposal.comment(), "4,000 WCU; the table has 20/s to spare: about 7 min");
}

#[test]
fn what_others_use_is_not_to_spare() {
    let proposal = propose(&LOAD, &room(vec![table(100.0, Some(80.0))]), None);
    assert_eq!(proposal.flags(), "--rate 5");
    let unknown = propose(&LOAD, &room(vec![table(20.0, None)]), None);
    assert_eq!(unknown.flags(), "--rate 2.5");
    assert_eq!(
        unknown.comment(),
        "4,000 WCU; the table accepts 20/s, its use is unknown: about 13 min"
    );
}

#[test]
fn the_tightest_of_table_and_indexes_decides() {
    let index = Place { index: Some("by_time".to_owned()), ..table(10.0, Some(2.0)) };
    let proposal = propose(&LOAD, &room(vec![table(1_000.0, Some(0.0)), index]), None);
    assert_eq!(proposal.flags(), "--rate 2");
    assert!(proposal.comment().contains("index by_time has 8/s to spare"), "{proposal:?}");
    // A local index is written with the table's capacity.
    let local = Place { writes: 2.0, ..table(20.0, Some(0.0)) };
    assert_eq!(propose(&LOAD, &room(vec![local]), None).flags(), "--rate 2.5");
}

#[test]
fn a_function_that_is_out_of_concurrency_decides_too() {
    let narrow = Room { function: Some(3.0), ..room(vec![table(1_000.0, Some(0.0))]) };
    let proposal = propose(&LOAD, &narrow, None);
    assert_eq!(proposal.flags(), "--rate 1.5");
    assert!(proposal.comment().contains("the function handles 3/s at most"), "{proposal:?}");
}

#[test]
fn after_a_bounce_it_is_another_line() {
    let spare = room(vec![table(20.0, Some(0.0))]);
    let first = propose(&LOAD, &spare, None);
    let second = propose(&LOAD, &spare, Some(&bounce(Some(5.0))));
    assert_eq!(second.flags(), "--rate 2.5 --max-throttles 10/min");
    assert!(second.comment().starts_with("572 of 2,000 of the last run came back"), "{second:?}");
    let third = propose(&LOAD, &spare, Some(&bounce(Some(2.0))));
    assert_eq!(third.flags(), "--rate 1 --max-throttles 10/min");
    assert_ne!(first.flags(), second.flags());
    let blind = Room { unknown: Some("no table configured".to_owned()), ..Room::default() };
    assert_eq!(propose(&LOAD, &blind, None).flags(), "--max-backlog 100");
    assert_eq!(propose(&LOAD, &blind, Some(&bounce(None))).flags(), "--max 20 --max-backlog 100");
}

#[test]
fn without_knowledge_it_says_so_and_proposes_a_guard() {
    let blind = Room { unknown: Some("no table configured".to_owned()), ..Room::default() };
    let proposal = propose(&LOAD, &blind, None);
    assert_eq!(proposal.rate, None);
    assert_eq!(proposal.comment(), "no table configured: no rate to propose, so a guard");
    let watched = Room { watchable: true, ..blind };
    assert_eq!(propose(&LOAD, &watched, None).flags(), "--max-throttles 10/min");
}

#[test]
fn a_full_table_gets_a_trickle_and_a_guard() {
    let full = propose(&LOAD, &room(vec![table(20.0, Some(25.0))]), None);
    assert_eq!(full.flags(), "--rate 0.5 --max-throttles 10/min");
    assert!(full.comment().contains("the table uses all of its 20/s"), "{full:?}");
}

#[test]
fn throttling_that_goes_on_adds_a_guard() {
    let throttled = Place { throttled: true, ..table(20.0, Some(0.0)) };
    assert_eq!(
        propose(&LOAD, &room(vec![throttled]), None).flags(),
        "--rate 5 --max-throttles 10/min"
    );
}

#[test]
fn a_rate_beyond_is_told_with_its_figures() {
    let spare = room(vec![table(20.0, Some(0.0))]);
    let excess = spare.excess(&LOAD, Some(50.0)).expect("too fast");
    assert_eq!(
        excess.to_string(),
        "would need 100 WCU/s, but the table has 20/s to spare: what is throttled comes back"
    );
    assert_eq!(spare.excess(&LOAD, Some(10.0)), None);
    assert!(spare.excess(&LOAD, None).is_some_and(|excess| excess.unlimited));
    let few = Load { messages: 10, wcu: 20 };
    assert_eq!(spare.excess(&few, None), None, "a second's worth is no burst");
}

#[test]
fn rates_are_round() {
    let round = |value: f64| round_down(value).to_string();
    assert_eq!(
        [0.0, 0.0377, 0.5, 1.999, 9.99, 10.0, 57.3, 99.9, 123.0, 4_567.0].map(round),
        ["0", "0.037", "0.5", "1.9", "9.9", "10", "57", "99", "120", "4500"]
    );
}

fn places() -> impl Strategy<Value = Vec<Place>> {
    let place = (1.0..100_000.0, prop::option::of(0.0..120_000.0), any::<bool>(), 1..4_u8);
    prop::collection::vec(place, 0..4).prop_map(|places| {
        let place = |(at, (limit, used, throttled, writes)): (usize, (f64, _, _, u8))| Place {
            index: (at > 0).then(|| format!("index{at}")),
            limit,
            used,
            throttled,
            writes: f64::from(writes),
        };
        places.into_iter().enumerate().map(place).collect()
    })
}

proptest! {
    #[test]
    fn no_proposed_rate_exceeds_what_any_place_has_to_spare(
        places in places(),
        messages in 1..1_000_000_u64,
        per_message in 1..500_u64,
        function in prop::option::of(0.01..10_000.0),
        rate in prop::option::of(0.01..1_000.0),
    ) {
        let load = Load { messages, wcu: messages * per_message };
        let room = Room { places, function, watchable: true, unknown: None };
        let bounce = Bounce { messages: 1, sent: 1, run_id: String::new(), rate };
        for bounce in [None, Some(&bounce)] {
            let proposal = propose(&load, &room, bounce);
            let full = room.places.iter().any(|place| place.spare() <= 0.1);
            match proposal.rate {
                None => prop_assert!(proposal.guard.is_some()),
                Some(proposed) => {
                    prop_assert!(proposed > 0.0);
                    let trickles = proposal.why.contains("uses all of its");
                    prop_assert!(full || trickles || room.excess(&load, Some(proposed)).is_none());
                    // Without a guard, only where half is left over.
                    prop_assert!(proposal.guard.is_some() || function.is_none_or(|most| proposed <= most));
                    if let (Some(rate), Some(_)) = (rate, bounce) {
                        prop_assert!(proposed <= (rate / 2.0).max(0.001) + 1e-9);
                    }
                }
            }
            prop_assert!(!proposal.flags().is_empty());
            prop_assert!(!proposal.comment().is_empty());
        }
    }

    #[test]
    fn more_to_spare_is_never_slower(limit in 1.0..10_000.0, more in 0.0..10_000.0, wcu in 1..500_u64) {
        let load = Load { messages: 100, wcu: wcu * 100 };
        let rate = |limit| propose(&load, &room(vec![table(limit, Some(0.0))]), None).rate;
        prop_assert!(rate(limit) <= rate(limit + more));
    }

    #[test]
    fn rounding_never_raises_and_takes_less_than_half(value in 0.001..100_000.0) {
        let rounded = round_down(value);
        prop_assert!(rounded <= value + 1e-9 && rounded > value / 2.0, "{rounded}");
    }
}
