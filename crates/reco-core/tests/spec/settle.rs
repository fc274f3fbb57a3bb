//! Only an acknowledged send with matching digests makes a message deletable.

use std::collections::BTreeMap;

use proptest::prelude::*;
use reco_core::message::{
    Attribute, AttributeValue, Message, forbidden_character, md5_of_attributes, md5_of_body,
};
use reco_core::settle::{
    Copy, EntryFault, Flushed, Outgoing, SendAck, SendResult, Settled, Waiver, backed_up, settle,
    waived,
};

fn text(data_type: &str, value: &str) -> Attribute {
    Attribute { data_type: data_type.to_owned(), value: AttributeValue::Text(value.to_owned()) }
}

fn binary(data_type: &str, value: &[u8]) -> Attribute {
    Attribute { data_type: data_type.to_owned(), value: AttributeValue::Binary(value.to_vec()) }
}

fn attributes<'a>(
    of: impl IntoIterator<Item = (&'a str, Attribute)>,
) -> BTreeMap<String, Attribute> {
    of.into_iter().map(|(name, attribute)| (name.to_owned(), attribute)).collect()
}

fn message(id: usize, with_attributes: bool) -> Message {
    Message {
        id: format!("m{id}"),
        receipt_handle: format!("r{id}"),
        body: format!("body {id}"),
        attributes: attributes(with_attributes.then(|| ("k", text("String", "v")))),
        ..Message::default()
    }
}

fn good_ack(entry: usize, sent: &Message) -> SendAck {
    SendAck {
        entry,
        message_id: format!("new-{}", sent.id),
        md5_of_body: md5_of_body(&sent.body),
        md5_of_attributes: md5_of_attributes(&sent.attributes),
    }
}

fn fault(entry: usize, sender_fault: bool) -> EntryFault {
    EntryFault { entry, code: "Code".to_owned(), message: "words".to_owned(), sender_fault }
}

fn as_received(message: &Message) -> Outgoing<'_> {
    Outgoing { original: message, body: &message.body }
}

fn ids(unsent: &[reco_core::settle::Unsent<Message>]) -> Vec<&str> {
    unsent.iter().map(|unsent| unsent.message.id.as_str()).collect()
}

/// The first two are from SQS responses printed in AWS's SDK documentation; the others were
/// computed by another implementation of the documented algorithm (Python's hashlib).
#[test]
fn digests_are_those_of_sqs() {
    let book = attributes([
        ("Title", text("String", "The Whistler")),
        ("Author", text("String", "John Grisham")),
        ("WeeksOn", text("Number", "6")),
    ]);
    let body = "Information about current NY Times fiction bestseller for week of 12/11/2016.";
    assert_eq!(md5_of_body(body), "bbdc5fdb8be7251f5c910905db994bab");
    let mixed = attributes([
        ("score", text("Number.float", "3.25")),
        ("Kind", text("String.json", "{\"a\":1}")),
        ("blob", binary("Binary.png", b"\x89PNG")),
        ("trace-id", text("String", "ünï ☃ 😀")),
    ]);
    for (attributes, md5) in [
        (book, "d25a6aea97eb8f585bfa92d314504a92"),
        (
            attributes([("timestamp", text("Number", "1493147359900"))]),
            "235c5c510d26fb653d073faed50ae77c",
        ),
        (attributes([("attr", text("String", "value"))]), "0a3eacc505c2c642f442010ddab0e8dc"),
        (
            attributes([("b", binary("Binary", &[0, 1, 254, 255]))]),
            "7f77be0594d2e7b10186d2f6f3d61d90",
        ),
        (mixed, "6764d4425e7d975528cb475fce588dbb"),
    ] {
        assert_eq!(md5_of_attributes(&attributes).as_deref(), Some(md5));
    }
    assert_eq!(md5_of_attributes(&BTreeMap::new()), None);
    assert_eq!(md5_of_body("ü☃😀"), "5b09342c068dc9377f1ac019d5b344e3");
}

#[test]
fn each_answer_leads_to_its_list() {
    let sent: Vec<Message> = (0..8).map(|id| message(id, id % 2 == 0)).collect();
    let mut result = SendResult {
        acks: [0, 1, 4, 5, 6].map(|entry| good_ack(entry, &sent[entry])).to_vec(),
        faults: vec![fault(2, true), fault(3, false), fault(6, false)],
    };
    result.acks[2].md5_of_attributes = None;
    result.acks[3].md5_of_body = md5_of_body("another body");
    let settled = settle(sent, as_received, &result);
    let deletable: Vec<_> =
        settled.deletable.iter().map(|(d, _)| (d.message_id(), d.receipt_handle())).collect();
    assert_eq!(deletable, [("m0", "r0"), ("m1", "r1")]);
    assert_eq!(settled.deletable[0].0.copy(), &Copy::Sent("new-m0".to_owned()));
    assert_eq!(ids(&settled.refused), ["m2"]);
    assert_eq!(ids(&settled.faulted), ["m3"]);
    assert_eq!(ids(&settled.uncertain), ["m4", "m5", "m6", "m7"]);
    assert!(settled.retry.is_empty());
    let all = [settled.refused, settled.faulted, settled.uncertain].concat();
    let reasons: Vec<String> =
        all.iter().map(|u| format!("{}: {}", u.message.id, u.reason)).collect();
    insta::assert_snapshot!(reasons.join("\n"));
}

#[test]
fn attributes_that_appear_from_nowhere_are_a_mismatch() {
    let sent = vec![message(0, false)];
    let mut ack = good_ack(0, &sent[0]);
    ack.md5_of_attributes = Some("0a3eacc505c2c642f442010ddab0e8dc".to_owned());
    let settled = settle(sent, as_received, &SendResult { acks: vec![ack], faults: vec![] });
    assert_eq!((settled.deletable.len(), settled.uncertain.len()), (0, 1));
}

#[test]
fn a_rewritten_body_is_settled_by_what_was_sent() {
    let sent = message(0, false);
    let rewritten = "rewritten";
    let settled = |body: &str| -> Settled<Message> {
        let ack = SendAck { md5_of_body: md5_of_body(body), ..good_ack(0, &sent) };
        settle(
            vec![sent.clone()],
            |m| Outgoing { original: m, body: rewritten },
            &SendResult { acks: vec![ack], faults: vec![] },
        )
    };
    assert_eq!(settled(rewritten).deletable.len(), 1);
    assert_eq!(settled(&sent.body).uncertain.len(), 1);
}

#[test]
fn two_acknowledgements_of_one_entry_are_uncertain() {
    let sent = vec![message(0, false)];
    let acks = vec![good_ack(0, &sent[0]), good_ack(0, &sent[0])];
    let settled = settle(sent, as_received, &SendResult { acks, faults: vec![] });
    assert_eq!((settled.deletable.len(), settled.uncertain.len()), (0, 1));
}

#[test]
fn a_backup_counts_once_it_is_flushed() {
    let failed = Flushed::from_sync(Err(std::io::Error::other("disk full")));
    assert!(failed.is_err(), "no flush, no proof, nothing deletable");
    let flushed = Flushed::from_sync(Ok(())).unwrap();
    let deletable = backed_up(["m1", "m2"], &flushed);
    assert_eq!(deletable.iter().map(|d| d.message_id()).collect::<Vec<_>>(), ["m1", "m2"]);
    assert_eq!(deletable[0].copy(), &Copy::BackedUp);
}

#[test]
fn no_copy_takes_the_operators_wish_and_confirmation() {
    for (no_copy_wanted, confirmed) in [(false, false), (true, false), (false, true)] {
        assert!(Waiver::new(no_copy_wanted, confirmed).is_none());
    }
    let waiver = Waiver::new(true, true).unwrap();
    assert_eq!(waived(["m1"], &waiver)[0].copy(), &Copy::Waived);
}

#[test]
fn bodies_are_checked_for_characters_that_sqs_refuses() {
    for body in ["", "tab\tline\r\n", "\u{d7ff}\u{e000}\u{fffd}\u{10000}\u{10ffff}", "\u{7f}\u{85}"]
    {
        assert_eq!(forbidden_character(body), None, "{body:?}");
    }
    for (body, at, found) in [
        ("a\0", 1, '\0'),
        ("ü\u{1b}[31m", 2, '\u{1b}'),
        ("\u{fffe}", 0, '\u{fffe}'),
        ("\u{ffff}", 0, '\u{ffff}'),
    ] {
        assert_eq!(forbidden_character(body), Some((at, found)));
    }
}

#[test]
fn a_message_counts_body_names_labels_and_values() {
    let attributes =
        attributes([("name", text("String", "ü")), ("b", binary("Binary", &[1, 2, 3]))]);
    let message = Message { body: "ü".to_owned(), attributes, ..message(0, false) };
    assert_eq!(message.size(), 2 + (4 + 6 + 2) + (1 + 6 + 3));
}

#[test]
fn a_service_that_gave_up_says_why() {
    let told = |said: &[(&str, &str)]| {
        let said = said.iter().map(|(name, value)| (*name, text("String", value)));
        Message { attributes: attributes(said), ..message(1, false) }.failure()
    };
    let event_bridge = [("ERROR_CODE", "NO_PERMISSIONS"), ("ERROR_MESSAGE", " denied\n")];
    assert_eq!(told(&event_bridge).as_deref(), Some("NO_PERMISSIONS: denied"));
    let lambda = [("ErrorCode", "200"), ("ErrorMessage", "timed out"), ("RequestID", "r")];
    assert_eq!(told(&lambda).as_deref(), Some("200: timed out"));
    assert_eq!(told(&[("ErrorMessage", "timed out")]).as_deref(), Some("timed out"));
    assert_eq!(told(&[("ErrorMessage", " "), ("RequestID", "r")]), None);
    let attributes = attributes([("ErrorMessage", binary("Binary", &[1]))]);
    assert_eq!(Message { attributes, ..message(1, false) }.failure(), None);
}

#[test]
fn system_attributes_are_read_as_numbers_where_they_are() {
    let mut message = message(0, false);
    assert_eq!(
        (message.sent_at_ms(), message.receive_count(), message.group_id()),
        (None, 0, None)
    );
    for (name, value) in [
        ("SentTimestamp", "1700000000123"),
        ("ApproximateReceiveCount", "4"),
        ("MessageGroupId", "g"),
    ] {
        message.system.insert(name.to_owned(), value.to_owned());
    }
    assert_eq!(message.sent_at_ms(), Some(1_700_000_000_123));
    assert_eq!((message.receive_count(), message.group_id()), (4, Some("g")));
    message.system.insert("ApproximateReceiveCount".to_owned(), "-1".to_owned());
    assert_eq!(message.receive_count(), 0);
}

/// Possible responses of the service to one entry.
#[derive(Debug, Clone, Copy)]
enum Answer {
    Ack,
    AckTwice,
    WrongBody,
    WrongAttributes,
    Sender,
    Service,
    Throttle,
    Both,
    Silence,
}

proptest! {
    #[test]
    fn every_message_is_in_exactly_one_list(
        answers in prop::collection::vec(prop::sample::select(vec![
            Answer::Ack, Answer::AckTwice, Answer::WrongBody, Answer::WrongAttributes,
            Answer::Sender, Answer::Service, Answer::Throttle, Answer::Both, Answer::Silence,
        ]), 0..10),
        stray in prop::option::of(10usize..1000),
        reverse in any::<bool>(),
    ) {
        let sent: Vec<Message> = (0..answers.len()).map(|id| message(id, id % 2 == 0)).collect();
        let mut result = SendResult::default();
        for (entry, answer) in answers.iter().enumerate() {
            let ack = good_ack(entry, &sent[entry]);
            match answer {
                Answer::Ack => result.acks.push(ack),
                Answer::AckTwice => result.acks.extend([ack.clone(), ack]),
                Answer::WrongBody => result.acks.push(SendAck { md5_of_body: String::new(), ..ack }),
                Answer::WrongAttributes => result.acks.push(SendAck { md5_of_attributes: Some("0".into()), ..ack }),
                Answer::Sender => result.faults.push(fault(entry, true)),
                Answer::Service => result.faults.push(fault(entry, false)),
                Answer::Throttle => result.faults.push(EntryFault {
                    code: "com.amazonaws.sqs#RequestThrottled".to_owned(),
                    ..fault(entry, entry % 2 == 0)
                }),
                Answer::Both => { result.acks.push(ack); result.faults.push(fault(entry, false)); }
                Answer::Silence => {}
            }
        }
        result.acks.extend(stray.map(|entry| good_ack(entry, &message(entry, false))));
        if reverse { result.acks.reverse(); result.faults.reverse(); }
        let settled = settle(sent, as_received, &result);
        let list = |wanted: fn(&Answer) -> bool| -> Vec<String> {
            answers.iter().enumerate().filter(|(_, a)| wanted(a)).map(|(id, _)| format!("m{id}")).collect()
        };
        let deletable: Vec<&str> = settled.deletable.iter().map(|(d, _)| d.message_id()).collect();
        prop_assert_eq!(deletable, list(|a| matches!(a, Answer::Ack)));
        prop_assert_eq!(ids(&settled.refused), list(|a| matches!(a, Answer::Sender)));
        prop_assert_eq!(ids(&settled.retry), list(|a| matches!(a, Answer::Throttle)));
        prop_assert_eq!(ids(&settled.faulted), list(|a| matches!(a, Answer::Service)));
        prop_assert_eq!(ids(&settled.uncertain), list(|a| matches!(a, Answer::AckTwice | Answer::WrongBody | Answer::WrongAttributes | Answer::Both | Answer::Silence)));
    }
}
