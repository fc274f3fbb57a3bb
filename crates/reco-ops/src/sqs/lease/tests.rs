use super::*;

#[test]
fn a_lease_lasts_longer_the_more_is_held_within_bounds() {
    assert_eq!(period_for(0), Duration::from_secs(60));
    assert_eq!(period_for(10_000), Duration::from_secs(260));
    assert_eq!(period_for(10_000_000), Duration::from_secs(900));
}

fn held(until: SystemTime, lapsed: bool) -> Held {
    Held { handle: "h".into(), until, lapsed, receives: 1, doubt_s: 0, deleting: false }
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

/// An extension whose answer was lost may have taken effect: the message is no longer surely held,
/// and not surely visible either.
#[test]
fn what_may_have_been_extended_is_not_visible_until_that_would_end_as_well() {
    let (now, s) = (SystemTime::now(), Duration::from_secs);
    let mut one = held(now + s(10), false);
    one.doubt(now, s(60));
    assert!(one.has_lapsed(now + s(10)) && !one.is_visible(now + s(10)));
    assert!(!one.is_visible(now + s(60)) && one.is_visible(now + s(62)));
    one.doubt(now + s(5), s(20));
    assert!(!one.is_visible(now + s(60)), "the longest of them counts");
    one.lapsed = true;
    assert!(one.is_visible(now), "the queue said so");
    assert!(held(now, false).is_visible(now), "every answer came");
}
