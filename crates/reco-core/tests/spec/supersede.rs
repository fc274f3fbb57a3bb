//! Messages superseded by newer ones of the same scan.

use reco_core::Id;
use reco_core::supersede::{Newest, UserDigest, user_digest};

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
