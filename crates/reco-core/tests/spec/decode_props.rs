//! Properties of decoding for arbitrary input.

use proptest::prelude::*;
use reco_core::Id;
use reco_core::decode::{DecodeError, Position, decode, decode_bytes};
use serde_json::{Value, json};

fn id() -> impl Strategy<Value = Id> {
    prop_oneof![
        any::<i64>().prop_map(Id::from),
        any::<u64>().prop_map(Id::from),
        "\\PC{1,12}".prop_map(|text| Id::from(text.as_str())),
        any::<String>()
            .prop_filter("not empty", |s| !s.is_empty())
            .prop_map(|s| Id::from(s.as_str())),
    ]
}

fn lists() -> impl Strategy<Value = Vec<(Id, Vec<Id>)>> {
    prop::collection::vec((id(), prop::collection::vec(id(), 0..8)), 0..6)
}

/// Any JSON, with known keys more likely than by chance.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("Notification")),
        Just(json!("{\"data\": [[1, [2]], 5]}")),
    ];
    let key = prop_oneof![
        prop::sample::select(vec![
            "data",
            "user_id",
            "recommended_note_ids",
            "generated_at",
            "Type",
            "Message",
            "detail-type",
            "detail",
            "requestPayload",
            "Records",
            "body",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Returns line and column as an editor counts them, in the slow, obvious way.
fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let lines: Vec<&str> = text[..offset].split('\n').collect();
    (lines.len(), lines.last().map_or(0, |line| line.chars().count()) + 1)
}

fn check_position(text: &str, position: Position) {
    assert!(position.offset <= text.len() && text.is_char_boundary(position.offset));
    let expected = line_and_column(text, position.offset);
    assert_eq!((position.line, position.column), expected);
}

/// Checks positions in the text itself, not those inside an envelope.
fn check(text: &str) {
    match decode(text) {
        Ok(decoded) => {
            let indexes = decoded.entries.iter().map(|e| e.index);
            let mut indexes: Vec<usize> =
                indexes.chain(decoded.bad.iter().map(|b| b.index)).collect();
            indexes.sort_unstable();
            assert_eq!(indexes, (0..indexes.len()).collect::<Vec<_>>(), "each index once");
            if decoded.envelopes.is_empty() {
                for bad in &decoded.bad {
                    check_position(text, bad.position);
                    assert!(text.contains(&bad.text));
                }
            }
        }
        Err(DecodeError::Malformed { position, reason }) => {
            assert!(!reason.is_empty() && position.line >= 1 && position.column >= 1);
            if !reason.starts_with("inside ") {
                check_position(text, position);
            }
        }
        Err(DecodeError::Foreign { reason }) => assert!(!reason.is_empty()),
    }
}

proptest! {
    #[test]
    fn lists_survive_every_shape(lists in lists(), time in prop::option::of(100_000_000i64..2_000_000_000)) {
        let message = json!({"data": lists, "generated_at": time});
        for text in [message.to_string(), serde_json::to_string_pretty(&message).unwrap()] {
            let decoded = decode(&text).unwrap();
            prop_assert!(decoded.bad.is_empty());
            let got = decoded.entries.into_iter().map(|e| e.recommendation);
            let got: Vec<_> = got.map(|r| { assert_eq!(r.generated_at, time.map(Into::into)); (r.user, r.articles) }).collect();
            prop_assert_eq!(&got, &lists);
        }
        for (user, articles) in &lists {
            let pair = decode(&json!([user, articles]).to_string()).unwrap();
            let item = json!({"user_id": user, "recommended_note_ids": articles});
            let item = decode(&item.to_string()).unwrap();
            for decoded in [pair, item] {
                let got = &decoded.entries[0].recommendation;
                prop_assert_eq!((&got.user, &got.articles), (user, articles));
            }
        }
    }

    #[test]
    fn good_entries_are_the_same_beside_a_bad_one(lists in lists(), at in 0usize..6) {
        let mut data: Vec<Value> = lists.iter().map(|pair| json!(pair)).collect();
        let at = at.min(data.len());
        data.insert(at, json!([1, [2, null]]));
        let decoded = decode(&json!({"data": data}).to_string()).unwrap();
        let got: Vec<_> = decoded.entries.into_iter()
            .map(|e| (e.recommendation.user, e.recommendation.articles)).collect();
        prop_assert_eq!(got, lists);
        prop_assert_eq!(decoded.bad.len(), 1);
        prop_assert_eq!(decoded.bad[0].index, at);
    }

    #[test]
    fn any_bytes_decode_or_fail(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode_bytes(&bytes);
    }

    #[test]
    fn any_text_is_located(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_json_is_located(value in any_json()) {
        check(&value.to_string());
        check(&serde_json::to_string_pretty(&value).unwrap());
    }

    #[test]
    fn a_broken_message_is_located(lists in lists(), cut in any::<prop::sample::Index>(), junk in "\\PC|\n") {
        let text = serde_json::to_string_pretty(&json!({"data": lists})).unwrap();
        let mut cut = cut.index(text.len());
        while !text.is_char_boundary(cut) { cut -= 1; }
        check(&text[..cut]);
        check(&format!("{}{junk}{}", &text[..cut], &text[cut..]));
        let told = decode(&text[..cut]);
        prop_assert!(matches!(told, Err(DecodeError::Malformed { .. })), "{told:?}");
    }

    #[test]
    fn any_offset_has_a_position(text in "(\\PC|\n|ü|😀){0,40}", offset in 0usize..200) {
        let position = Position::at(&text, offset);
        check_position(&text, position);
        prop_assert!(position.offset <= offset && offset.min(text.len()) - position.offset < 4);
    }
}
