use super::*;

#[test]
fn a_lease_lasts_longer_the_more_is_held_within_bounds() {
    assert_eq!(period_for(0), Duration::from_secs(60));
    assert_eq!(period_for(10_000), Duration::from_secs(260));
    assert_eq!(period_for(10_000_000), Duration::from_secs(900));
}

fn held(until: SystemTime, lapsed: bool) -> Held {
    Held { handle: "h".into(), until, lapsed, receives: 1, deleting: false }
}

#[test]
fn a_lease_lapses_by_time_and_by_word_of_the_queue() {
    let now = SystemTime::now();
    assert!(held(now, false).has_lapsed(now));
    assert!(held(now + Duration::from_secs(1), true).has_lapsed(now));
    assert!(!held(now + Duration::from_secs(1), false).has_lapsed(now));
}

#[test]
fn of_two_deliveries_the_later_counted_one_has_the_handle() {
    let (mut state, now) = (State::default(), SystemTime::now());
    assert!(matches!(state.put("m", "second", now, Some(2)), Put::Fresh));
    assert!(matches!(state.put("m", "first", now, Some(1)), Put::Repeated));
    assert_eq!(&*state.held["m"].handle, "second");
    assert!(matches!(state.put("m", "third", now, Some(3)), Put::Repeated));
    assert_eq!(&*state.held["m"].handle, "third");
}
