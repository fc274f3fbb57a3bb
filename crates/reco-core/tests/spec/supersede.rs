//! Messages superseded by newer ones of the same scan.

use proptest::prelude::*;
use reco_core::Id;
use reco_core::supersede::{Lists, Newest, UserDigest, user_digest};

fn ids(ids: &[u64]) -> Vec<UserDigest> {
    ids.iter().map(|id| user_digest(None, &Id::from(*id))).collect()
}

#[test]
fn a_message_is_superseded_when_newer_ones_carry_all_its_users() {
    let mut newest = Newest::default();
    for (users, time) in [(ids(&[1, 2]), 10), (ids(&[1]), 20), (ids(&[2, 3]), 30)] {
        newest.observe(&users, time);
    }
    assert!(newest.supersedes(&ids(&[1, 2]), 10), "1 at 20, 2 at 30");
    assert!(!newest.supersedes(&ids(&[1]), 20), "it is the newest itself");
    assert!(!newest.supersedes(&ids(&[1, 2]), 20), "1 stands in none newer");
    assert!(!newest.supersedes(&ids(&[1, 4]), 10), "4 was never seen");
    assert!(!newest.supersedes(&[], 0), "no users, nothing to be outdone");
}

#[test]
fn the_order_of_the_scan_does_not_matter_and_equal_ages_supersede_nothing() {
    let messages = [(ids(&[1]), 30), (ids(&[1]), 10), (ids(&[1]), 30)];
    let mut newest = Newest::default();
    for (users, time) in &messages {
        newest.observe(users, *time);
    }
    let superseded = messages.map(|(users, time)| newest.supersedes(&users, time));
    assert_eq!(superseded, [false, true, false]);
}

#[test]
fn an_id_is_the_same_user_written_as_number_or_string() {
    let mut newest = Newest::default();
    newest.observe(&[user_digest(None, &Id::from("7"))], 20);
    assert!(newest.supersedes(&ids(&[7]), 10));
    assert!(!newest.supersedes(&[user_digest(None, &Id::from("07"))], 10));
}

#[test]
fn a_user_of_another_queue_is_another_user() {
    let id = Id::from(7u64);
    let homes = [None, Some("arn:aws:sqs:r:1:a"), Some("arn:aws:sqs:r:1:b")];
    for one in homes {
        let mut newest = Newest::default();
        newest.observe(&[user_digest(one, &id)], 20);
        for other in homes {
            let outdone = newest.supersedes(&[user_digest(other, &id)], 10);
            assert_eq!(outdone, one == other, "{one:?} {other:?}");
        }
    }
}

/// Some digests agree in the part by which they are sorted, and a user may be in a message twice.
fn any_users() -> impl Strategy<Value = Vec<UserDigest>> {
    let half = || prop::sample::select(vec![0, 1, 1 << 32, u64::MAX]);
    prop::collection::vec([half(), half()], 0..4)
}

proptest! {
    #[test]
    fn the_lists_of_a_scan_are_compared_as_each_by_itself(
        scan in prop::collection::vec((any_users(), 0_i64..4, any::<bool>()), 0..12),
    ) {
        let (mut lists, mut newest) = (Lists::with_room(2), Newest::default());
        for (users, made_ms, can_pass) in &scan {
            lists.add(users, *made_ms, *can_pass);
            if *can_pass {
                newest.observe(users, *made_ms);
            }
        }
        let expected: Vec<bool> =
            scan.iter().map(|(users, made_ms, _)| newest.supersedes(users, *made_ms)).collect();
        prop_assert_eq!(lists.superseded(), expected);
        let known = lists.newest();
        for (users, made_ms, _) in &scan {
            for time in [made_ms - 1, *made_ms] {
                let both = (known.supersedes(users, time), newest.supersedes(users, time));
                prop_assert_eq!(both.0, both.1);
            }
        }
    }
}
