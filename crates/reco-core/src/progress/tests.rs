//! The line of every state, and the rate.

use proptest::prelude::*;

use super::*;

fn state() -> WorkProgress {
    WorkProgress {
        what: "writing".to_owned(),
        unit: Unit::Items,
        done: 138,
        total: Total::Exactly(600),
        rate: Some(20.4),
        note: Some("budget 20 WCU/s".to_owned()),
        pause: None,
        idle: Duration::from_secs(1),
        elapsed: Duration::from_secs(7),
    }
}

fn throttled(seconds: u64) -> WorkProgress {
    let why = "130 write throttles per minute, more than the 100 of --max-throttles".to_owned();
    let pause = Some(Pause { why, again_in: Duration::from_secs(seconds) });
    let (what, unit, note) = ("moving".to_owned(), Unit::Messages, None);
    WorkProgress { what, unit, note, done: 400, total: Total::Exactly(1_416), pause, ..state() }
}

#[test]
fn every_line_at_two_widths() {
    let states = [
        state(),
        WorkProgress { done: 600, rate: Some(19.96), ..state() },
        WorkProgress { done: 138, rate: Some(0.0), ..state() },
        WorkProgress { rate: Some(0.3), note: None, idle: Duration::from_secs(75), ..state() },
        WorkProgress { done: 0, rate: None, total: Total::Unknown, note: None, ..state() },
        WorkProgress { total: Total::About(61_234_567), rate: Some(1_234.0), ..state() },
        WorkProgress { total: Total::Unknown, note: None, rate: Some(0.533), ..state() },
        throttled(23),
        throttled(0),
        WorkProgress {
            what: "reading bad.jsonl".to_owned(),
            unit: Unit::Bytes,
            done: 12 << 20,
            total: Total::Exactly(30 << 20),
            rate: Some(4_567_890.0),
            note: None,
            ..state()
        },
        WorkProgress {
            what: "verifying".to_owned(),
            unit: Unit::Lists,
            total: Total::About(1_000),
            note: None,
            ..state()
        },
        WorkProgress {
            what: "scanning".to_owned(),
            unit: Unit::Messages,
            done: 2_004,
            total: Total::Exactly(2_000),
            note: None,
            ..state()
        },
    ];
    for columns in [80, 140, 40] {
        let lines: Vec<String> = states.iter().map(|s| s.line(columns).plain()).collect();
        insta::assert_snapshot!(format!("at_{columns}"), lines.join("\n"));
    }
    let texts: Vec<String> = states.iter().map(WorkProgress::text).collect();
    insta::assert_snapshot!("in_a_log", texts.join("\n"));
}

#[test]
fn rates_have_two_digits() {
    let rates = [0.0, 0.001, 0.0533, 0.533, 0.996, 5.33, 9.96, 53.3, 99.6, 533.0, 5_349.0];
    let shown = rates.map(two_digits);
    let expected = ["0", "0", "0.05", "0.53", "1.0", "5.3", "10", "53", "100", "530", "5,300"];
    assert_eq!(shown, expected);
}

#[test]
fn the_rate_is_that_of_the_last_seconds() {
    let at = Duration::from_secs;
    let mut rate = Rate::default();
    assert_eq!(rate.per_second(at(9)), None);
    rate.note(100, at(0));
    assert_eq!(rate.per_second(Duration::from_millis(100)), None);
    for second in 1..=60 {
        rate.note(100 + 10 * second, at(second));
    }
    let now = rate.per_second(at(60)).expect("a rate");
    assert!((now - 10.0).abs() < 0.01, "what was done before the start does not count: {now}");
    // A stall shows.
    let later = rate.per_second(at(90)).expect("a rate");
    assert!(later < 4.0, "{later}");
    for second in 91..=120 {
        rate.note(700 + 100 * (second - 90), at(second));
    }
    let now = rate.per_second(at(120)).expect("a rate");
    assert!((now - 100.0).abs() < 1.0, "{now}");
}

proptest! {
    #[test]
    fn no_line_is_longer_than_the_terminal(
        done in 0_u64..1 << 40,
        total in prop::option::of(0_u64..1 << 40),
        about in any::<bool>(),
        rate in prop::option::of(0.0_f64..1e9),
        why in prop::option::of(".{0,200}"),
        columns in 1_usize..200,
    ) {
        let total = match (total, about) {
            (None, _) => Total::Unknown,
            (Some(total), true) => Total::About(total),
            (Some(total), false) => Total::Exactly(total),
        };
        let again_in = Duration::from_secs(7);
        let pause = why.map(|why| Pause { why, again_in });
        let state = WorkProgress { done, total, rate, pause, ..state() };
        let line = state.line(columns).plain();
        prop_assert!(width(&line) <= columns, "{line:?} in {columns}");
    }

    /// A rate is never more than what was done in the time that it is measured over.
    #[test]
    fn rates_are_within_what_was_done(steps in prop::collection::vec((1_u64..5_000, 0_u64..1_000), 2..60)) {
        let (mut rate, mut now, mut done, mut most) = (Rate::default(), 0, 0, 0.0_f64);
        for (millis, more) in steps {
            (now, done) = (now + millis, done + more);
            rate.note(done, Duration::from_millis(now));
            most += more as f64;
        }
        if let Some(rate) = rate.per_second(Duration::from_millis(now)) {
            prop_assert!((0.0..=most / 0.5).contains(&rate));
        }
    }
}
