//! Removal of envelopes, and separation of good entries from bad ones.

use proptest::prelude::*;
use reco_core::decode::{Envelope, StripError, decode, strip};
use reco_core::facts::FactSet;
use reco_core::item::{KeyType, Schema};
use reco_core::policy::Policy;
use reco_core::salvage::{SalvageError, Salvaged, salvage};
use serde_json::{Value, json};

fn salvaged(body: &str) -> Result<Option<Salvaged>, SalvageError> {
    let schema = Schema::with_key_type(KeyType::N);
    salvage(decode(body).unwrap(), &FactSet::Unavailable, &Policy::default(), &schema)
}

fn wrapped(envelope: Envelope, inner: &str) -> String {
    let value: Value = serde_json::from_str(inner).unwrap_or_default();
    match envelope {
        Envelope::Sns => json!({"Type": "Notification", "Message": inner}),
        Envelope::EventBridge => json!({"detail-type": "t", "detail": value}),
        Envelope::LambdaDestination => json!({"requestPayload": value}),
        Envelope::SqsEvent => json!({"Records": [{"messageId": "m", "body": inner}]}),
    }
    .to_string()
}

#[test]
fn what_is_no_envelope_is_left_as_it_is() {
    for body in [
        "",
        "{",
        "[1,[2]]",
        "null",
        r#""text""#,
        r#"{"data":[],"Records":[{"body":"x"}]}"#,
        r#"{"Type":"SubscriptionConfirmation","Message":"x"}"#,
        r#"{"Type":"Notification","Message":7}"#,
        r#"{"Records":[]}"#,
        r#"{"Records":[{}]}"#,
    ] {
        assert_eq!(strip(body), Ok(None), "{body}");
    }
    let two = r#"{"Records":[{"body":"a"},{"body":"b"}]}"#;
    assert_eq!(strip(two), Err(StripError::Several { records: 2 }));
}

#[test]
fn what_is_inside_comes_out_byte_for_byte() {
    let inner = "{ \"data\": [[ 18446744073709551615, [1.0]]] }";
    let body = format!(r#"{{"detail-type":"t","detail":{inner}}}"#);
    assert_eq!(strip(&body).unwrap().unwrap().body, inner);
}

#[test]
fn good_entries_go_out_whole_and_the_others_are_named() {
    let body = r#"{"data":[[1,[2,3]],
        [123456789012345678901234567890,
         [2]],[4,[5]],"x",["seven",[8]]],"generated_at":1700000000}"#;
    let Salvaged { body, kept, rejected } = salvaged(body).unwrap().unwrap();
    assert_eq!(
        (body.as_str(), kept),
        (r#"{"data":[[1,[2,3]],[4,[5]]],"generated_at":1700000000}"#, 2)
    );
    let lines: Vec<String> = rejected.iter().map(|r| serde_json::to_string(r).unwrap()).collect();
    assert!(lines.iter().all(|line| !line.contains('\n')), "{lines:?}");
    let indices: Vec<usize> = rejected.iter().map(|rejected| rejected.index).collect();
    assert_eq!(indices, [1, 3, 4]);
    // Numbers beyond 64 bits stay as written.
    assert!(rejected[0].entry.get().starts_with("[123456789012345678901234567890,"), "{lines:?}");
    assert_eq!(rejected[1].entry.get(), r#""x""#);
    assert_eq!(rejected[2].entry.get(), r#"["seven",[8]]"#);
    assert!(rejected.iter().all(|rejected| !rejected.reason.is_empty()));
}

#[test]
fn sound_messages_and_hopeless_ones_are_not_parted() {
    for body in [r#"{"data":[[1,[2]]]}"#, r#"{"data":["x"]}"#, r#"{"data":[]}"#, "[1,[2]]"] {
        assert!(salvaged(body).unwrap().is_none(), "{body}");
    }
}

#[test]
fn entries_of_different_times_do_not_fit_one_message() {
    let records = [r#"{"data":[[1,[2]]],"generated_at":1}"#, r#"{"data":[[3,[2]]]}"#, "broken"];
    let records: Vec<Value> = records.iter().map(|body| json!({"body": body})).collect();
    let body = json!({"Records": records}).to_string();
    assert_eq!(salvaged(&body).unwrap_err(), SalvageError::SeveralTimes);
}

fn entry() -> impl Strategy<Value = Value> {
    let pair = (any::<u64>(), prop::collection::vec(any::<u64>(), 1..4));
    prop_oneof![
        3 => pair.prop_map(|(user, articles)| json!([user, articles])),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => ".*".prop_map(|text| json!({"lines\n": text})),
        1 => any::<u64>().prop_map(|user| json!([user, "no list"])),
    ]
}

#[test]
fn attributes_of_envelopes_are_named() {
    let attributes = json!({"a": {"Type": "String", "Value": "x"}, "b": {}});
    let sns = |inner: &str| json!({"Type": "Notification", "Message": inner, "MessageAttributes": attributes});
    let event =
        json!({"Records": [{"body": sns("[1, [2]]").to_string(), "messageAttributes": {"c": {}}}]});
    let names = |body: Value| strip(&body.to_string()).unwrap().unwrap().attributes;
    assert_eq!(names(sns("[1, [2]]")), ["a", "b"]);
    assert_eq!(names(event), ["c", "a", "b"]);
    assert_eq!(
        names(json!({"Type": "Notification", "Message": "x", "MessageAttributes": 5})),
        [""; 0]
    );
    assert_eq!(
        names(json!({"requestPayload": {"data": []}, "MessageAttributes": attributes})),
        [""; 0]
    );
}

proptest! {
    #[test]
    fn envelopes_come_off_in_the_order_in_which_they_were_put_on(
        envelopes in prop::collection::vec(prop::sample::select(vec![
            Envelope::Sns, Envelope::EventBridge, Envelope::LambdaDestination, Envelope::SqsEvent,
        ]), 1..=4),
        user in any::<u64>(),
    ) {
        let message = json!({"data": [[user, [1]]]}).to_string();
        let body = envelopes.iter().rev().fold(message.clone(), |inner, envelope| wrapped(*envelope, &inner));
        let stripped = strip(&body).unwrap().unwrap();
        prop_assert_eq!(stripped.body, message);
        prop_assert_eq!(stripped.envelopes, envelopes);
    }

    #[test]
    fn any_text_is_stripped_without_a_panic(text in ".*") {
        let _ = strip(&text);
    }

    /// Every entry is either sent or rejected, never both, and the sent body is valid.
    #[test]
    fn salvage_loses_and_doubles_no_entry(
        entries in prop::collection::vec(entry(), 0..12),
        generated_at in prop::option::of(100_000_000i64..2_000_000_000),
    ) {
        let mut message = json!({"data": entries});
        if let Some(seconds) = generated_at {
            message["generated_at"] = json!(seconds);
        }
        let body = message.to_string();
        let before = decode(&body).unwrap();
        let Some(Salvaged { body, kept, rejected }) = salvaged(&body).unwrap() else {
            prop_assert!(before.bad.is_empty() || before.entries.is_empty());
            return Ok(());
        };
        let after = decode(&body).unwrap();
        prop_assert!(after.bad.is_empty());
        prop_assert_eq!(after.entries.len(), kept);
        prop_assert_eq!(kept + rejected.len(), entries.len());
        let mut indices: Vec<usize> = rejected.iter().map(|rejected| rejected.index).collect();
        indices.dedup();
        prop_assert_eq!(indices.len(), rejected.len());
        let sent = before.entries.iter().filter(|entry| !indices.contains(&entry.index));
        let sent: Vec<_> = sent.map(|entry| entry.recommendation.clone()).collect();
        let got: Vec<_> = after.entries.into_iter().map(|entry| entry.recommendation).collect();
        prop_assert_eq!(got, sent);
        for rejected in rejected {
            let entry: Value = serde_json::from_str(rejected.entry.get()).unwrap();
            prop_assert_eq!(&entry, &entries[rejected.index]);
            let time = rejected.generated_at.map(|time| time.get().parse::<i64>().unwrap());
            prop_assert_eq!(time, generated_at);
        }
    }
}
