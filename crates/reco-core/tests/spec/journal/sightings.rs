//! Messages that are met again, and those that are put back: recognised by id and by content.

use super::*;

#[test]
fn digests_tell_contents_apart_and_leave_out_what_the_queue_adds() {
    let text = |value: &str| AttributeValue::Text(value.to_owned());
    let of = |body: &str, attributes: &[(&str, &str, AttributeValue)]| {
        let attributes = attributes.iter().map(|(name, data_type, value)| {
            let data_type = (*data_type).to_owned();
            ((*name).to_owned(), Attribute { data_type, value: value.clone() })
        });
        Digest::of(body, &attributes.collect())
    };
    let all = [
        of("ab", &[]),
        of("a", &[("b", "String", text("c"))]),
        of("a", &[("b", "String", text("d"))]),
        of("a", &[("b", "String.x", text("c"))]),
        of("a", &[("b", "String", AttributeValue::Binary(b"c".to_vec()))]),
        of("a", &[("bS", "tring", text("c"))]),
        of("a", &[("b", "String", text("c")), ("e", "String", text(""))]),
    ];
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    // `printf '\0\0\0\0\0\0\0\002ab' | sha256sum`
    let known = "9caccc24b5d7e06c21c0277b6530d66664273e11f326515c58eaa3691afccfff";
    assert_eq!(all[0].to_string(), known);
    assert!(serde_json::from_str::<Digest>("\"ab\"").is_err());
    assert!(serde_json::from_str::<Digest>(&format!("\"{}\"", "ü".repeat(32))).is_err());
}

#[test]
fn what_comes_back_is_recognised_by_id_and_by_content() {
    let records = [
        intent("a", 1),
        ack("a", 1),
        deleted("a"),
        intent("b", 1),
        intent("c", 1),
        refused("c", 1),
    ];
    let mut seen = SentMessages::default();
    seen.add(&replay(false, &records));
    let found = |id: &str, body: &str| Message { body: body.to_owned(), ..message(id) };
    let run_id = "run-1";
    let sightings = [
        (found("new-a", "changed on the way"), Some(Sighting::CameBack { run_id })),
        (found("a", "body of a"), Some(Sighting::StillHere { run_id, acked: true })),
        (found("b", "body of b"), Some(Sighting::StillHere { run_id, acked: false })),
        (found("x", "body of a"), Some(Sighting::SameContent { run_id })),
        (found("c", "body of c"), None),
        (found("new-c", "anything"), None),
    ];
    for (message, expected) in sightings {
        assert_eq!(seen.recognise(&message), expected, "{}", message.id);
    }
    let sent = message("z");
    seen.sent("run-2", "z", "new-z", &Digest::of(&sent.body, &sent.attributes));
    let back = found("new-z", "body of z");
    assert_eq!(seen.recognise(&back), Some(Sighting::CameBack { run_id: "run-2" }));
}

/// Whatever the order of their journals: a doubt is no news about a message that was acknowledged.
#[test]
fn a_doubt_does_not_take_back_an_acknowledgement() {
    let doubtful = replay(false, &[intent("a", 1)]);
    let acked = replay(false, &[intent("a", 1), ack("a", 1)]);
    for order in [[&doubtful, &acked], [&acked, &doubtful]] {
        let mut seen = SentMessages::default();
        order.into_iter().for_each(|state| seen.add(state));
        let here = Sighting::StillHere { run_id: "run-1", acked: true };
        assert_eq!(seen.recognise(&message("a")), Some(here));
    }
}

/// A message came back under the id of its copy, and a second run sent that and did not delete it.
#[test]
fn a_copy_that_was_sent_again_is_still_here_and_not_only_back() {
    let mut seen = SentMessages::default();
    let body = message("a");
    let digest = Digest::of(&body.body, &body.attributes);
    seen.sent("run-1", "a", "b", &digest);
    assert_eq!(seen.recognise(&message("b")), Some(Sighting::CameBack { run_id: "run-1" }));
    seen.sent("run-2", "b", "c", &digest);
    let here = Sighting::StillHere { run_id: "run-2", acked: true };
    assert_eq!(seen.recognise(&message("b")), Some(here));
    assert_eq!(seen.recognise(&message("c")), Some(Sighting::CameBack { run_id: "run-2" }));
}

#[test]
fn restore_gives_each_message_once_with_what_was_sent() {
    let original = message("a");
    let changed = begun(&original, Some("other"), 1);
    let digest = Digest::of("other", &original.attributes);
    assert!(matches!(&changed, Record::Intent(intent) if intent.digest == digest));
    let mut restore = Restore::new();
    let mut kept = Vec::new();
    for line in journal(false, &[changed, ack("a", 1), intent("a", 2), intent("b", 3)]) {
        kept.extend(restore.line(&line).unwrap());
    }
    assert_eq!(kept.len(), 2);
    assert_eq!((&kept[0].message, kept[0].out.as_deref()), (&original, Some("other")));
    assert_eq!((&kept[1].message, &kept[1].out), (&message("b"), &None));
    assert_eq!(restore.header().unwrap().run_id, "run-1");
    assert!(restore.finish().torn.is_none());
}
