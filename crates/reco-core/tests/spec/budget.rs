//! Write budget: parsing, limits, and that runs keep to it.

use std::time::Duration;

use proptest::prelude::*;
use reco_core::budget::{Aimd, Bucket, Budget, Budgets, Capacity, NoLimit, Throttle, Wanted};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn wanted(text: &str) -> Option<Wanted> {
    Some(text.parse().unwrap())
}

#[test]
fn budgets_as_people_write_them() {
    assert_eq!("500".parse(), Ok(Wanted::Wcu(500.0)));
    assert_eq!("500/s".parse(), Ok(Wanted::Wcu(500.0)));
    assert_eq!("2.5".parse(), Ok(Wanted::Wcu(2.5)));
    assert_eq!("50%".parse(), Ok(Wanted::Share(0.5)));
    assert_eq!("0.5 %".parse(), Ok(Wanted::Share(0.005)));
    assert_eq!("auto".parse(), Ok(Wanted::Auto));
    for text in ["500", "2.5", "50%", "0.5%", "33.3333%", "auto"] {
        assert_eq!(text.parse::<Wanted>().unwrap().to_string(), text);
    }
    for wrong in ["", "0", "0.5", "-5", "+5", "1e5", "inf", "NaN", "0%", "101%", "-1%", "%", "fast"]
    {
        assert!(wrong.parse::<Wanted>().is_err(), "{wrong}");
    }
}

#[test]
fn a_budget_is_of_what_the_table_allows() {
    let provisioned = Capacity { provisioned: Some(200.0), warm: Some(4000.0), ..<_>::default() };
    let limited = Capacity { on_demand_max: Some(1000.0), warm: Some(4000.0), ..<_>::default() };
    let warm = Capacity { warm: Some(12_000.0), ..<_>::default() };
    let unknown = Capacity::default();
    let of = |text: &str, capacity| {
        let budget = Budget::of(wanted(text), capacity).unwrap();
        (budget.start, budget.cap, budget.from)
    };
    assert_eq!(of("70", &provisioned), (Some(70.0), Some(70.0), "flag"));
    assert_eq!(of("50%", &provisioned), (Some(100.0), Some(100.0), "provisioned"));
    assert_eq!(of("50%", &limited), (Some(500.0), Some(500.0), "on-demand-max"));
    assert_eq!(of("0.1%", &provisioned), (Some(1.0), Some(1.0), "provisioned"));
    assert_eq!(Budget::of(wanted("50%"), &warm), Err(NoLimit));
    assert_eq!(of("auto", &provisioned), (Some(200.0), Some(200.0), "provisioned"));
    assert_eq!(of("auto", &limited), (Some(1000.0), Some(1000.0), "on-demand-max"));
    let generous = Capacity { on_demand_max: Some(50_000.0), ..warm };
    assert_eq!(of("auto", &generous), (Some(12_000.0), Some(50_000.0), "warm-throughput"));
    assert_eq!(of("auto", &warm), (Some(12_000.0), None, "warm-throughput"));
    assert_eq!(of("auto", &unknown), (Some(4_000.0), None, "new-on-demand-table"));
    assert_eq!(Budget::of(None, &provisioned), Ok(Budget::NONE));
}

/// Only items with a time are in an index on the time.
#[test]
fn a_share_needs_a_limit_of_one_kind_of_items() {
    let limited = Capacity { on_demand_max: Some(1000.0), ..<_>::default() };
    let none = Capacity::default();
    let of = |text: &str, both: [Capacity; 2]| Budget::of_each(wanted(text), &both);
    let half = Budget::of(wanted("50%"), &limited).unwrap();
    assert_eq!(of("50%", [none, limited]), Ok([Budget::NONE, half]));
    assert_eq!(of("50%", [limited, none]), Ok([half, Budget::NONE]));
    assert_eq!(of("50%", [limited, limited]), Ok([half, half]));
    assert_eq!(of("50%", [none, none]), Err(NoLimit));
    let seventy = Budget::of(wanted("70"), &none).unwrap();
    assert_eq!(of("70", [none, limited]), Ok([seventy, seventy]));
}

/// A simulated table with a write rate and savings of up to one second.
struct Table {
    rate: f64,
    tokens: f64,
    at: Duration,
}

impl Table {
    fn takes(&mut self, wcu: f64, now: Duration) -> bool {
        let elapsed = (now - self.at).as_secs_f64();
        (self.tokens, self.at) = ((self.tokens + elapsed * self.rate).min(self.rate), now);
        let enough = self.tokens >= wcu;
        if enough {
            self.tokens -= wcu;
        }
        enough
    }
}

/// Writes batches of 25 sequentially for `seconds`. Returns the WCU written and the throttled
/// calls.
fn run(budget: &Budget, price: f64, capacity: f64, seconds: u64) -> (f64, u32) {
    run_on(Table { rate: capacity, tokens: capacity, at: ms(0) }, budget, price, seconds)
}

fn run_on(mut table: Table, budget: &Budget, price: f64, seconds: u64) -> (f64, u32) {
    let mut throttle = Throttle::new(Budgets::one(*budget, 0), ms(0));
    let (mut now, mut written, mut throttled) = (ms(0), 0.0, 0);
    while now < Duration::from_secs(seconds) {
        let paid = throttle.pay(25.0, now);
        now += throttle.wait(&paid, now) + ms(2);
        let taken = table.takes(25.0 * price, now);
        let spent = if taken { 25.0 * price } else { 0.0 };
        throttle.settle(paid, if taken { 25.0 } else { 0.0 }, spent, !taken, now);
        written += spent;
        throttled += u32::from(!taken);
    }
    (written, throttled)
}

#[test]
fn a_budget_at_the_tables_limit_is_used_whole_and_never_throttled() {
    let budget = Budget::of(wanted("500"), &Capacity::default()).unwrap();
    for price in [1.0, 2.0, 3.0] {
        let (written, throttled) = run(&budget, price, 500.0, 60);
        assert!((written / 60.0 - 500.0).abs() < 5.0, "{written} at price {price}");
        assert_eq!(throttled, 0, "at price {price}");
    }
}

#[test]
fn a_rate_that_is_too_high_finds_the_tables_own() {
    for budget in [Budget::of(wanted("auto"), &Capacity::default()).unwrap(), Budget::NONE] {
        let (written, throttled) = run(&budget, 1.0, 300.0, 120);
        let share = written / (120.0 * 300.0);
        assert!(share > 0.9, "{share} of the table's capacity under {budget:?}");
        let calls = written / 25.0;
        // `auto` starts 13 times too high and is cut at most by half per second.
        assert!(f64::from(throttled) < calls * 0.12, "{throttled} throttles in {calls} calls");
    }
}

#[test]
fn auto_grows_where_the_table_takes_more() {
    let capacity = Capacity { warm: Some(400.0), ..<_>::default() };
    let budget = Budget::of(wanted("auto"), &capacity).unwrap();
    let (written, throttled) = run(&budget, 1.0, 1_000_000.0, 60);
    // 400 plus 8 each second would average 640 over a minute; after 3 s growth accelerates.
    assert!(written / 60.0 > 1_000.0, "{written}");
    assert_eq!(throttled, 0);
    let capped = Budget { cap: Some(450.0), ..budget };
    let (written, _) = run(&capped, 1.0, 1_000_000.0, 60);
    assert!(written / 60.0 < 451.0, "{written}");
}

/// A killed run had used up the table's capacity; the next run must not crawl because of it.
#[test]
fn a_throttle_at_the_very_beginning_does_not_slow_a_run_down_for_long() {
    let used_up = Table { rate: 500.0, tokens: -50.0, at: ms(0) };
    let (written, _) = run_on(used_up, &Budget::NONE, 1.0, 60);
    assert!(written / 60.0 > 250.0, "{written} in a minute of a table of 500 WCU");
}

/// A turn waits for earlier turns, at the current rate.
#[test]
fn a_wait_gets_shorter_with_a_rate_that_grows() {
    let mut bucket = Bucket::new(10.0, ms(0));
    let (first, second) = (bucket.take(100.0, ms(0)), bucket.take(100.0, ms(0)));
    assert_eq!(bucket.wait(first, ms(0)), ms(10_000));
    assert_eq!(bucket.wait(second, ms(0)), ms(20_000));
    bucket.set_rate(100.0, ms(1_000));
    assert_eq!(bucket.wait(first, ms(1_000)), ms(900));
    bucket.settle(100.0, 10.0, ms(1_000));
    assert_eq!(bucket.wait(first, ms(1_000)), ms(0));
    assert_eq!(bucket.wait(second, ms(1_000)), ms(1_000));
}

#[test]
fn batches_are_small_where_the_rate_is() {
    let batch = |wcu: f64| {
        let budget = Budget::of(Some(Wanted::Wcu(wcu)), &Capacity::default()).unwrap();
        Throttle::new(Budgets::one(budget, 1), ms(0)).batch()
    };
    assert_eq!((batch(500.0), batch(10.0)), (Some(50.0), Some(1.0)));
    assert_eq!(Throttle::new(Budgets::one(Budget::NONE, 0), ms(0)).batch(), None);
}

proptest! {
    /// A caller that waits as told never exceeds the rate plus the savings.
    #[test]
    fn a_bucket_keeps_its_rate(
        rate in 1.0..10_000.0_f64,
        asks in proptest::collection::vec((0.0..500.0_f64, 0..2_000_u64), 1..60),
    ) {
        let mut bucket = Bucket::new(rate, ms(0));
        let (mut now, mut spent) = (ms(0), 0.0);
        for (cost, idle) in asks {
            now += ms(idle);
            let turn = bucket.take(cost, now);
            now += bucket.wait(turn, now);
            spent += cost;
            let allowed = rate * (now.as_secs_f64() + 0.5);
            prop_assert!(spent <= allowed * 1.000_001 + 1e-6, "{spent} of {allowed}");
        }
    }

    /// A settled cost counts as if it had been known in advance.
    #[test]
    fn what_was_paid_too_much_or_too_little_is_settled(
        rate in 10.0..10_000.0_f64,
        calls in proptest::collection::vec((0.1..100.0_f64, 0.0..3.0_f64), 1..50),
    ) {
        let mut bucket = Bucket::new(rate, ms(0));
        let (mut now, mut spent, mut last) = (ms(0), 0.0, 0.0);
        for (cost, price) in calls {
            let turn = bucket.take(cost, now);
            now += bucket.wait(turn, now);
            last = cost * price;
            spent += last;
            bucket.settle(cost, last, now);
        }
        // All but the last call's excess is paid for by waiting.
        let allowed = rate * (now.as_secs_f64() + 0.5);
        prop_assert!(spent - last <= allowed * 1.000_001 + 1e-6, "{spent} of {allowed}");
    }

    /// The rate stays between floor and cap, is at most halved by a cut, and grows slowly.
    #[test]
    fn a_rate_keeps_within_bounds(
        start in proptest::option::of(1.0..50_000.0_f64),
        cap in proptest::option::of(1.0..50_000.0_f64),
        events in proptest::collection::vec((any::<bool>(), 0..3_000_u64, 0.0..50_000.0_f64), 1..200),
    ) {
        let mut aimd = Aimd::new(start, cap.filter(|_| start.is_some()), ms(0));
        let cap = cap.filter(|_| start.is_some());
        let mut now = ms(0);
        for (throttled, pause, taken) in events {
            now += ms(pause);
            let before = aimd.rate();
            if throttled {
                aimd.throttled(taken * 2.0, taken, now);
            } else {
                aimd.went_well(true, now);
            }
            let after = aimd.rate();
            prop_assert!(before.is_none() || after.is_some());
            prop_assert_eq!(after.is_none(), before.is_none() && !throttled);
            let Some(after) = after else { continue };
            prop_assert!(after >= 1.0);
            prop_assert!(cap.is_none_or(|cap| after <= cap.max(1.0)));
            if let Some(before) = before {
                prop_assert!(after >= (before * 0.5).min(before).max(1.0) - 1e-9);
                prop_assert!(throttled || after >= before);
                prop_assert!(!throttled || after <= before);
            }
        }
    }
}

fn fixed(wcu: f64) -> Budget {
    Budget { start: Some(wcu), cap: Some(wcu), from: "provisioned" }
}

#[test]
fn an_index_on_the_time_costs_only_what_items_with_a_time_cost() {
    // A table of 100 WCU, and an index on the time of 20.
    let budgets =
        Budgets { undated: fixed(100.0), dated: fixed(40.0), undated_indexes: 0, dated_indexes: 1 };
    let start = |share: f64| budgets.at(share).start.unwrap();
    assert_eq!((start(0.0), budgets.price(0.0), budgets.indexes(0.0)), (100.0, 1.0, 0));
    assert_eq!((start(1.0), budgets.price(1.0), budgets.indexes(0.01)), (40.0, 2.0, 1));
    // 20 items a second, half of them written twice.
    assert_eq!((start(0.5), budgets.price(0.5)), (30.0, 1.5));

    let mut throttle = Throttle::new(budgets, ms(0));
    assert_eq!((throttle.spent().last_rate, throttle.spent().price), (Some(100.0), 1.0));
    throttle.note(0.0, 500.0, ms(1));
    assert_eq!(throttle.spent().last_rate, Some(100.0), "none has a time so far");
    throttle.note(500.0, 500.0, ms(2));
    let spent = throttle.spent();
    assert_eq!((spent.last_rate, spent.price, spent.lowest_rate), (Some(30.0), 1.5, None));
}

#[test]
fn a_budget_that_was_given_as_a_number_stays_that_number() {
    let mut throttle =
        Throttle::new(Budgets { dated_indexes: 2, ..Budgets::one(fixed(500.0), 0) }, ms(0));
    throttle.note(25.0, 25.0, ms(1));
    assert_eq!((throttle.spent().last_rate, throttle.spent().price), (Some(500.0), 3.0));
    let mut free = Throttle::new(Budgets::one(Budget::NONE, 0), ms(0));
    free.note(25.0, 25.0, ms(1));
    assert_eq!(free.spent().last_rate, None);
}

proptest! {
    /// However many of the items have a time, neither the table nor an index gets more than its own.
    #[test]
    fn no_share_of_items_with_a_time_gets_more_than_table_and_index_take(
        table in 1.0_f64..10_000.0,
        index in 1.0_f64..10_000.0,
        share in 0.0_f64..=1.0,
    ) {
        let budgets = Budgets {
            undated: fixed(table),
            dated: fixed(table.min(index) * 2.0),
            undated_indexes: 0,
            dated_indexes: 1,
        };
        let items = budgets.at(share).start.unwrap() / budgets.price(share);
        prop_assert!(items <= table * (1.0 + 1e-9), "{items} items for the table");
        prop_assert!(items * share <= index * (1.0 + 1e-9), "{items} items for the index");
    }
}
