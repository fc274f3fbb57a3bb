use std::collections::VecDeque;

use super::*;

fn steady(rate: Option<Rate>) -> Pace {
    Pace::new(rate, Duration::ZERO)
}

/// Returns the maximum number of messages sent in any period of `length`.
fn most(sends: &[(Instant, usize)], length: Duration) -> usize {
    let (mut window, mut sum, mut most) = (VecDeque::new(), 0, 0);
    for (at, messages) in sends {
        window.push_back((*at, *messages));
        sum += messages;
        while let Some((_, gone)) = window.front().copied().filter(|w| *at - w.0 >= length) {
            window.pop_front();
            sum -= gone;
        }
        most = most.max(sum);
    }
    most
}

/// Sends for `seconds`; `stall` gives the delay between schedule and send of each batch.
async fn send(
    pace: &Pace,
    seconds: u64,
    stall: impl Fn(usize) -> Duration,
) -> Vec<(Instant, usize)> {
    pace.begin();
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut sends = Vec::new();
    while Instant::now() < end {
        pace.wait(pace.batch()).await.expect("no guard stops it");
        tokio::time::sleep(stall(sends.len())).await;
        pace.admit(pace.batch()).await;
        sends.push((Instant::now(), pace.batch()));
    }
    sends
}

fn total(sends: &[(Instant, usize)]) -> usize {
    sends.iter().map(|(_, messages)| messages).sum()
}

#[test]
fn rates_are_positive_numbers() {
    assert_eq!("50".parse::<Rate>().map(Rate::per_second), Ok(50.0));
    assert_eq!("0.5".parse::<Rate>().map(Rate::per_second), Ok(0.5));
    assert_eq!("50/s".parse::<Rate>().map(Rate::per_second), Ok(50.0));
    for wrong in ["0", "-1", "NaN", "inf", "fast", ""] {
        assert!(wrong.parse::<Rate>().is_err(), "{wrong}");
    }
}

#[test]
fn a_slow_rate_moves_small_batches() {
    let batch = |rate: f64| steady(Some(Rate(rate))).batch();
    assert_eq!([batch(0.5), batch(9.9), batch(10.0), batch(49.0), batch(500.0)], [1, 1, 2, 9, 10]);
    assert_eq!(steady(None).batch(), 10);
}

#[tokio::test(start_paused = true)]
async fn an_even_rate_is_kept_from_both_sides_over_any_10_seconds() {
    for rate in [5_u32, 30, 200, 999] {
        let pace = steady(Some(Rate(f64::from(rate))));
        let rate = rate as usize;
        let sends = send(&pace, 30, |_| Duration::ZERO).await;
        let (a_second, ten) = (Duration::from_secs(1), Duration::from_secs(10));
        assert!(most(&sends, a_second) <= rate + pace.batch(), "{rate}/s");
        assert!(most(&sends, ten) * 100 <= 10 * rate * 102, "{rate}/s");
        // 2 % below, and the batch that the end cuts off.
        assert!(total(&sends) * 100 + pace.batch() * 100 >= 30 * rate * 98, "{rate}/s");
    }
}

#[tokio::test(start_paused = true)]
async fn stalls_are_made_up_for_and_never_burst() {
    let pace = steady(Some(Rate(200.0)));
    let stall = |batch: usize| Duration::from_millis(if batch % 40 == 7 { 190 } else { 0 });
    let sends = send(&pace, 60, stall).await;
    assert!(
        most(&sends, Duration::from_secs(1)) <= 210,
        "{}",
        most(&sends, Duration::from_secs(1))
    );
    assert!(most(&sends, Duration::from_secs(10)) <= 2_040);
    assert!(total(&sends) >= 60 * 200 * 98 / 100, "{}", total(&sends));
}

#[tokio::test(start_paused = true)]
async fn batches_that_a_stall_piled_up_go_apart_again() {
    let pace = steady(Some(Rate(200.0)));
    pace.begin();
    // All of them were scheduled while the disk was busy.
    let mut sends = Vec::new();
    for _ in 0..60 {
        pace.admit(10).await;
        sends.push((Instant::now(), 10));
    }
    assert!(most(&sends, Duration::from_secs(1)) <= 210);
}

#[tokio::test(start_paused = true)]
async fn a_ramp_grows_linearly_to_the_rate() {
    let pace = Pace::new(Some(Rate(200.0)), Duration::from_secs(60));
    let began = Instant::now();
    let sends = send(&pace, 90, |_| Duration::ZERO).await;
    let between = |from: u64, to: u64| {
        let (from, to) = (Duration::from_secs(from), Duration::from_secs(to));
        let within = sends.iter().filter(|(at, _)| (from..to).contains(&(*at - began)));
        within.map(|(_, messages)| *messages).sum::<usize>()
    };
    // Area below a line from 10/s to 200/s.
    assert!((140..=150).contains(&between(0, 7)), "{}", between(0, 7));
    assert!((3_640..=3_660).contains(&between(0, 45)), "{}", between(0, 45));
    assert!((6_280..=6_304).contains(&between(0, 60)), "{}", between(0, 60));
    assert!((1_960..=2_040).contains(&between(70, 80)), "{}", between(70, 80));
}

#[tokio::test(start_paused = true)]
async fn what_was_saved_up_is_forgotten_at_a_new_beginning() {
    let pace = steady(Some(Rate(200.0)));
    pace.begin();
    tokio::time::sleep(Duration::from_secs(60)).await;
    pace.begin();
    let began = Instant::now();
    pace.wait(10).await.expect("no guard stops it");
    assert!(began.elapsed() >= Duration::from_millis(49), "{:?}", began.elapsed());
}
