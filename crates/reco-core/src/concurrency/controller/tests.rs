use std::cmp::Reverse;
use std::collections::BinaryHeap;

use proptest::prelude::*;

use super::*;

const BOUNDS: Bounds = Bounds { least: 4, first: 16, most: 512 };

/// A service with a constant latency, up to a number of calls per second; beyond, calls queue.
#[derive(Debug, Clone, Copy)]
struct Service {
    latency_s: f64,
    calls_per_s: f64,
    /// Calls per second from which they are throttled.
    throttles_at: f64,
    /// Budget in calls per second.
    budget: f64,
    /// Calls per second that the input has work for.
    input: f64,
    /// Latencies vary by up to this share.
    noise: f64,
}

const FAST: Service = Service {
    latency_s: 0.05,
    calls_per_s: 1e9,
    throttles_at: f64::INFINITY,
    budget: f64::INFINITY,
    input: f64::INFINITY,
    noise: 0.0,
};

/// Result of a simulated run.
#[derive(Debug)]
struct Outcome {
    controller: Controller,
    /// Calls per second in the second half.
    rate: f64,
    lowest: usize,
    highest: usize,
}

/// Runs calls through a service; the number in flight is the controller's at every moment.
fn simulate(service: Service, seconds: f64, bounds: Bounds, seed: u64) -> Outcome {
    let mut controller = Controller::new(bounds);
    let mut state = seed;
    // SplitMix64, from 0 to 1.
    let mut random = move || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        f64::from((mixed >> 33) as u32) / f64::from(u32::MAX >> 1)
    };
    let mut in_flight = BinaryHeap::new();
    let (mut now, mut served, mut paid, mut given) = (0.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    let (mut late, mut lowest, mut highest) = (0_u32, usize::MAX, 0);
    let nanos = |s: f64| Duration::from_secs_f64(s.max(0.0));
    while now < seconds {
        while in_flight.len() < controller.limit() && given <= now {
            given = given.max(now - 0.05) + 1.0 / service.input;
            paid = paid.max(now) + 1.0 / service.budget;
            let sent = paid.max(now);
            served = served.max(sent) + 1.0 / service.calls_per_s;
            let latency = service.latency_s * (1.0 + service.noise * (random() - 0.5));
            let end = served.max(sent + latency);
            in_flight.push(Reverse((nanos(end), nanos(now), nanos(sent))));
        }
        let Some(Reverse((end, begun, sent))) = in_flight.pop() else {
            now = given;
            continue;
        };
        now = now.max(end.as_secs_f64());
        let full = in_flight.len() + 1 >= controller.limit();
        let rate = number(in_flight.len() + 1) / service.latency_s;
        let call = FinishedCall {
            begun,
            took: end.saturating_sub(sent),
            paced: sent.saturating_sub(begun),
            full,
            trouble: rate > service.throttles_at,
        };
        controller.finished(call, end);
        late += u32::from(now > seconds / 2.0);
        (lowest, highest) = (lowest.min(controller.limit()), highest.max(controller.limit()));
    }
    Outcome { controller, rate: f64::from(late) / (seconds / 2.0), lowest, highest }
}

/// A call that took the last free place, and did not wait for a budget.
fn full_call(begun: Duration, took: Duration, trouble: bool) -> FinishedCall {
    FinishedCall { begun, took, paced: Duration::ZERO, full: true, trouble }
}

#[test]
fn a_slow_way_to_the_table_gets_as_many_calls_as_it_needs() {
    // 40,000 items a second at 50 ms are 80 batches in flight; there is room for more.
    let within = simulate(FAST, 3.0, BOUNDS, 1);
    assert!(within.controller.limit() >= 160, "{within:?}");
    assert!(within.rate > 1_600.0, "{within:?}");
    assert!(within.controller.took().is_some_and(|took| took.as_millis() == 50), "{within:?}");
}

#[test]
fn where_more_calls_only_queue_their_number_stays() {
    // 16 calls are 10 times what the service takes: this machine is the limit.
    let busy = Service { latency_s: 0.001, calls_per_s: 1_600.0, ..FAST };
    let found = simulate(busy, 20.0, BOUNDS, 1);
    assert!(found.highest <= 24 && found.controller.limit() <= 24, "{found:?}");
    assert!(found.rate > 1_500.0);
}

#[test]
fn a_budget_that_is_used_up_is_not_met_with_more_calls() {
    let found = simulate(Service { budget: 200.0, ..FAST }, 10.0, BOUNDS, 1);
    assert_eq!(found.highest, BOUNDS.first, "{found:?}");
    let found = simulate(Service { budget: 20.0, ..FAST }, 10.0, BOUNDS, 1);
    assert_eq!(found.highest, BOUNDS.first, "{found:?}");
}

#[test]
fn slots_that_the_input_does_not_fill_do_not_grow_in_number() {
    let found = simulate(Service { input: 100.0, ..FAST }, 10.0, BOUNDS, 1);
    assert_eq!((found.highest, found.lowest), (16, 16), "{found:?}");
}

#[test]
fn throttles_and_timeouts_shrink_it_once_an_event() {
    let mut controller = Controller::new(BOUNDS);
    let at = Duration::from_millis;
    let call = |begun| full_call(at(begun), at(20), true);
    controller.finished(call(0), at(100));
    assert_eq!(controller.limit(), 11);
    // Fifteen others were in flight with it.
    (0..15).for_each(|n| controller.finished(call(90 + n % 10), at(101 + n)));
    assert_eq!(controller.limit(), 11);
    controller.finished(call(120), at(200));
    assert_eq!(controller.limit(), 7);
    (0..20).for_each(|n| controller.finished(call(200 + n * 100), at(250 + n * 100)));
    assert_eq!(controller.limit(), 4);
}

#[test]
fn after_trouble_it_grows_again_in_small_steps() {
    let found = simulate(Service { throttles_at: 1_200.0, ..FAST }, 60.0, BOUNDS, 1);
    // 1,200 calls a second are 60 in flight.
    assert!(found.rate > 700.0, "{found:?}");
    assert!(found.controller.limit() <= 81, "{found:?}");
}

#[test]
fn what_is_no_longer_needed_is_given_back() {
    let mut controller = Controller::new(BOUNDS);
    controller.set(400, Duration::ZERO);
    // A service that 40 calls fill.
    let (calls_per_s, mut now) = (800.0, 0.0);
    let mut in_flight = std::collections::VecDeque::new();
    let mut end = 0.0_f64;
    while now < 120.0 {
        while in_flight.len() < controller.limit() {
            end = end.max(now + 0.05).max(end + 1.0 / calls_per_s);
            in_flight.push_back((now, end));
        }
        let Some((begun, over)) = in_flight.pop_front() else { break };
        now = over;
        let seconds = Duration::from_secs_f64;
        controller.finished(full_call(seconds(begun), seconds(over - begun), false), seconds(now));
    }
    assert!(controller.limit() <= 120, "{}", controller.limit());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever happens, the number stays within its bounds.
    #[test]
    fn it_never_leaves_its_bounds(
        (least, first, most) in (0_usize..40, 0_usize..80, 0_usize..600),
        calls in prop::collection::vec((0_u64..400, 0_u64..400, 0_u64..200, any::<bool>(), 0_u8..20), 0..2_000),
    ) {
        let mut controller = Controller::new(Bounds { least, first, most });
        let (low, high) = (least.max(1), most.max(least.max(1)));
        let mut now = 0;
        for (after, took, paced, full, trouble) in calls {
            now += after;
            let call = FinishedCall {
                begun: Duration::from_millis(now.saturating_sub(took + paced)),
                took: Duration::from_millis(took),
                paced: Duration::from_millis(paced),
                full,
                trouble: trouble == 0,
            };
            controller.finished(call, Duration::from_millis(now));
            prop_assert!((low..=high).contains(&controller.limit()), "{controller:?}");
        }
    }

    /// It reaches most of what the service and the bounds allow, without many more calls than that
    /// needs.
    #[test]
    fn it_converges(
        latency_ms in 2_u32..200, calls_per_s in 100_u32..6_000, noise in 0.0_f64..0.3, seed: u64,
    ) {
        let (latency_s, calls_per_s) = (f64::from(latency_ms) / 1e3, f64::from(calls_per_s));
        let service = Service { latency_s, calls_per_s, noise, ..FAST };
        let found = simulate(service, 30.0, BOUNDS, seed);
        let possible = calls_per_s.min(512.0 / latency_s);
        prop_assert!(found.rate >= possible * 0.75, "{} of {possible}: {found:?}", found.rate);
        let needed = (possible * latency_s).max(16.0);
        let limit = number(found.controller.limit());
        prop_assert!(limit <= needed * 2.5, "{limit} of {needed}: {found:?}");
    }

    /// With a budget below what the initial number can do, it does not grow.
    #[test]
    fn it_does_not_grow_where_the_budget_is_the_limit(
        latency_ms in 10_u32..200, share in 0.05_f64..0.7, noise in 0.0_f64..0.3, seed: u64,
    ) {
        let latency_s = f64::from(latency_ms) / 1e3;
        let service = Service { latency_s, budget: 16.0 / latency_s * share, noise, ..FAST };
        let found = simulate(service, 15.0, BOUNDS, seed);
        prop_assert_eq!(found.highest, BOUNDS.first, "{:?}", found);
    }

    /// Every throttle of a call that began after the last cut reduces it, down to the minimum.
    #[test]
    fn it_shrinks_on_trouble(before in 1_u64..2_000, cuts in 1_usize..20) {
        let mut controller = Controller::new(BOUNDS);
        let mut now = before;
        for _ in 0..cuts {
            let limit = controller.limit();
            let (begun, at) = (Duration::from_millis(now), Duration::from_millis(now + 20));
            controller.finished(full_call(begun, Duration::from_millis(20), true), at);
            prop_assert!(controller.limit() < limit || limit == BOUNDS.least);
            now += 21;
        }
    }
}
