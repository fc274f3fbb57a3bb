//! Shapes that only files have.

use proptest::prelude::*;
use reco_core::decode::{DecodeError, decode};
use reco_core::item::{KeyType, Schema};
use reco_core::shapes::{ShapeError, Shaped, check_one, read};
use serde_json::{Value, json};

fn schema() -> Schema {
    Schema::with_key_type(KeyType::N)
}

/// Returns user, articles and time of a line as debug text, or its error.
fn shown(text: &str) -> String {
    match read(text, &schema()) {
        None => "foreign".to_owned(),
        Some(Err(error)) => format!("error: {error}"),
        Some(Ok(Shaped::Other)) => "other".to_owned(),
        Some(Ok(Shaped::Deletion(gone))) => format!("delete {}", gone.user),
        Some(Ok(Shaped::Decoded(decoded))) => {
            let list = &decoded.entries[0].recommendation;
            json!([list.user, list.articles]).to_string()
        }
    }
}

#[test]
fn items_of_exports_are_lists() {
    for (line, expected) in [
        (
            r#"{"Item":{"user_id":{"N":"7"},"recommended_note_ids":{"L":[{"N":"30"},{"N":"10"}]}}}"#,
            "[7,[30,10]]",
        ),
        (
            r#"{"Item":{"user_id":{"S":"7"},"recommended_note_ids":{"L":[{"S":"n01"},{"S":"5"}]},"expires_at":{"N":"9"},"m":{"M":{}}}}"#,
            r#"["7",["n01","5"]]"#,
        ),
        (
            r#"{"Item":{"user_id":{"N":"18446744073709551615"},"recommended_note_ids":{"L":[]}}}"#,
            "[18446744073709551615,[]]",
        ),
        (
            r#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"user_id":{"N":"7"}},"NewImage":{"user_id":{"N":"7"},"recommended_note_ids":{"L":[{"N":"1"}]}}}"#,
            "[7,[1]]",
        ),
        (
            r#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"user_id":{"N":"7"}},"OldImage":{}}"#,
            "delete 7",
        ),
    ] {
        assert!(matches!(decode(line), Err(DecodeError::Foreign { .. })), "no message: {line}");
        assert_eq!(shown(line), expected, "{line}");
    }
}

#[test]
fn times_of_exports_are_kept() {
    for (time, expected) in [
        (r#"{"N":"1768446000"}"#, Some("1768446000")),
        (r#"{"N":"1768446000.5"}"#, Some("1768446000.5")),
        (r#"{"N":"1768446000.123456789"}"#, Some("1768446000.123456789")),
        (r#"{"N":"1768446000500"}"#, Some("1768446000.5")),
        (r#"{"S":"2026-01-15T03:00:00Z"}"#, Some("1768446000")),
        (r#"{"NULL":true}"#, None),
    ] {
        let line = format!(
            r#"{{"Item":{{"user_id":{{"N":"7"}},"recommended_note_ids":{{"L":[{{"N":"1"}}]}},"generated_at":{time}}}}}"#
        );
        let Some(Ok(Shaped::Decoded(decoded))) = read(&line, &schema()) else { panic!("{line}") };
        let found = decoded.entries[0].recommendation.generated_at.map(|time| time.to_string());
        assert_eq!(found.as_deref(), expected, "{time}");
    }
}

#[test]
fn items_that_hold_no_list_say_what_they_hold() {
    for (line, expected) in [
        (r#"{"Item":{"pk":{"S":"USER#7"},"list":{"L":[]}}}"#, "\"user_id\"; it has \""),
        (r#"{"Item":{"user_id":{"N":"7"}}}"#, "\"recommended_note_ids\""),
        (r#"{"Item":{"user_id":{"B":"AA=="},"recommended_note_ids":{"L":[]}}}"#, "of type B"),
        (r#"{"Item":{"user_id":{"N":"7"},"recommended_note_ids":{"NS":["1"]}}}"#, "a set (NS)"),
        (r#"{"Item":{"user_id":{"N":"7"},"recommended_note_ids":{"S":"[1]"}}}"#, "of type S"),
        (r#"{"Item":{"user_id":{"N":"7"},"recommended_note_ids":[1]}}"#, "not in DynamoDB JSON"),
        (
            r#"{"Item":{"user_id":{"N":"7"},"recommended_note_ids":{"L":[{"N":"1"},{"M":{}}]}}}"#,
            "rank 2 is of type M",
        ),
        (
            r#"{"Item":{"user_id":{"N":"7"},"recommended_note_ids":{"L":[]},"generated_at":{"BOOL":true}}}"#,
            "\"generated_at\" is of type BOOL",
        ),
    ] {
        let shown = shown(line);
        assert!(shown.starts_with("error:") && shown.contains(expected), "{line}: {shown}");
    }
}

#[test]
fn batch_inference_of_personalize_is_a_list() {
    let line = r#"{"input":{"userId":"4638"},"output":{"recommendedItems":["63992","115149"],"scores":[0.1,0.05]},"error":null}"#;
    assert_eq!(shown(line), r#"["4638",["63992","115149"]]"#);
    let ranked =
        r#"{"input":{"userId":"891","itemList":["27"]},"output":{"recommendedItems":["27"]}}"#;
    assert_eq!(shown(ranked), r#"["891",["27"]]"#);
    let failed = r#"{"input":{"userId":"1"},"output":null,"error":"User \"1\" is unknown"}"#;
    assert_eq!(
        read(failed, &schema()),
        Some(Err(ShapeError::Reported {
            service: "Amazon Personalize",
            error: "User \"1\" is unknown".to_owned()
        }))
    );
    let both = r#"{"input":{"userId":"1"},"output":{"recommendedItems":["2"]},"error":{"code":4}}"#;
    assert!(shown(both).contains("{\"code\":4}"), "{}", shown(both));
    let similar =
        r#"{"input":{"itemId":"105"},"output":{"recommendedItems":["106"]},"error":null}"#;
    assert!(shown(similar).contains("userId"), "{}", shown(similar));
}

#[test]
fn everything_else_stays_foreign() {
    for line in [
        r#"{"order":1}"#,
        r#"{"Item":1}"#,
        r#"{"Keys":{"user_id":{"N":"7"}}}"#,
        r#"{"input":{"userId":"1"}}"#,
        r#"{"input":1,"output":{"recommendedItems":[]}}"#,
        "[1,[2]]",
        "{",
        "",
    ] {
        assert_eq!(shown(line), "foreign", "{line}");
    }
}

fn any_id() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(|id| json!({ "N": id.to_string() })),
        any::<u64>().prop_map(|id| json!({ "N": id.to_string() })),
        "\\PC{1,9}".prop_map(|id| json!({ "S": id })),
    ]
}

proptest! {
    /// Every id keeps its text and order.
    #[test]
    fn items_lose_nothing(user in any_id(), list in prop::collection::vec(any_id(), 0..9)) {
        let line = json!({ "Item": { "user_id": user, "recommended_note_ids": { "L": list } } });
        let Some(Ok(Shaped::Decoded(decoded))) = read(&line.to_string(), &schema()) else {
            panic!("{line}")
        };
        let text = |id: &Value| id.get("N").or(id.get("S")).unwrap().as_str().unwrap().to_owned();
        let found = &decoded.entries[0].recommendation;
        prop_assert_eq!(found.user.text(), text(&user));
        let articles: Vec<String> = found.articles.iter().map(|id| id.text().into_owned()).collect();
        prop_assert_eq!(articles, list.iter().map(text).collect::<Vec<_>>());
    }

    #[test]
    fn no_text_breaks_it(text in "\\PC{0,60}") {
        let _ = read(&text, &schema());
        let _ = read(&format!("{{\"Item\":{text}"), &schema());
    }
}

/// A body of each shape that a line may have, by the key that tells it.
const BODIES: [(&str, &str); 8] = [
    ("delete", r#""user_id":7,"delete":true"#),
    ("data", r#""data":[[1,[2]]]"#),
    ("recommended_note_ids", r#""user_id":7,"recommended_note_ids":[2]"#),
    ("Item", r#""Item":{"user_id":{"N":"1"},"recommended_note_ids":{"L":[]}}"#),
    ("NewImage", r#""Metadata":{},"Keys":{"user_id":{"N":"1"}},"NewImage":{}"#),
    ("Keys", r#""Metadata":{},"Keys":{"user_id":{"N":"1"}}"#),
    ("output", r#""input":{"userId":"1"},"output":{"recommendedItems":["2"]},"error":null"#),
    ("Records", r#""Records":[{"body":"[1,[2]]"}]"#),
];

#[test]
fn a_line_is_of_one_shape() {
    for (number, (key, body)) in BODIES.iter().enumerate() {
        let line = format!("{{{body}}}");
        assert_eq!(check_one(&line), Ok(()), "{line}");
        for (other, more) in &BODIES[number + 1..] {
            // The same keys again, or the decoder's matter: `data` is read before its envelope.
            let keys = [*key, *other];
            let decoders = ["data", "recommended_note_ids", "Records"];
            let image = ["NewImage", "Keys"];
            if keys.iter().all(|key| image.contains(key) || key == &"user_id")
                || keys.iter().all(|key| decoders.contains(key))
            {
                continue;
            }
            let more = more.trim_start_matches(r#""user_id":7,"#);
            for line in [format!("{{{body},{more}}}"), format!("{{{more},{body}}}")] {
                let error = check_one(&line).expect_err(&line).to_string();
                let named = |key: &str| error.contains(&format!("`{key}`"));
                assert!(named(key) && named(other), "{line}: {error}");
                let escaped = line.replace("\"Item\"", "\"\\u0049tem\"");
                assert!(check_one(&escaped).is_err(), "{escaped}");
            }
        }
    }
}

#[test]
fn a_removal_stands_beside_nothing_that_may_be_a_list() {
    for more in [
        r#""output":{"x":1}"#,
        r#""input":{"userId":"7"}"#,
        r#""output":null"#,
        r#""Item":null"#,
        r#""Keys":{}"#,
        r#""data":null"#,
        r#""recommended_note_ids":null"#,
        r#""output":{"x":1},"output":{"x":1}"#,
        r#""Item":{},"Item":{}"#,
    ] {
        let line = format!(r#"{{"user_id":7,"delete":true,{more}}}"#);
        assert!(check_one(&line).is_err(), "{line}");
        let line = format!(r#"{{"delete":false,{more}}}"#);
        assert!(check_one(&line).is_err(), "{line}");
    }
    // Fields of a producer's own that are of no shape stay what they are.
    for line in [
        r#"{"user_id":7,"recommended_note_ids":[1],"output":{"job":"a"},"input":"s3://b/k"}"#,
        r#"{"data":[[1,[2]]],"Item":"x","Keys":3,"input":{"job":1}}"#,
        r#"{"user_id":7,"delete":true,"reason":"gone","Metadata":{}}"#,
        r#"[7,["Item"]]"#,
        r#"{"Item":{"#,
    ] {
        assert_eq!(check_one(line), Ok(()), "{line}");
    }
}
