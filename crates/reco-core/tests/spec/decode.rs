//! Decoding: the result for each text, and the wording of faults.

use reco_core::Id;
use reco_core::decode::{DecodeError, Decoded, Deletion, Shape, decode, decode_bytes, deletion};

/// Lists each text with its decoded form, or the error as an operator sees it.
fn told(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("{text:?}\n  {}\n", tell(decode(text)))).collect()
}

fn tell(decoded: Result<Decoded, DecodeError>) -> String {
    let decoded = match decoded {
        Ok(decoded) => decoded,
        Err(error) => return error.to_string(),
    };
    let entries = decoded.entries.iter().map(|entry| {
        let rec = &entry.recommendation;
        let at = rec.generated_at.map(|at| format!(" at {at}")).unwrap_or_default();
        format!("{}: {:?} -> {:?}{at}", entry.index, rec.user, rec.articles)
    });
    let bad = decoded.bad.iter().map(|bad| format!("BAD {bad} <{}>", bad.text));
    let all: Vec<String> = entries.chain(bad).collect();
    format!("{:?} {:?} {}", decoded.shape, decoded.envelopes, all.join("; "))
}

#[test]
fn the_three_shapes() {
    insta::assert_snapshot!(told(&[
        r#"{"data": [[1, [2, 3]], ["u", ["a", 4]]]}"#,
        r#"{"generated_at": 1700000000, "data": [[1, [2]]], "producer": {"v": 1}}"#,
        r#"{"data": []}"#,
        r#"[1, [2, 3]]"#,
        r#"[1, []]"#,
        " \t[1, [2]] \r\n",
        r#"{"user_id": "u", "recommended_note_ids": [1, "x"], "generated_at": null}"#,
        r#"{"recommended_note_ids": [], "user_id": 1, "more": [1]}"#,
    ]));
}

#[test]
fn ids_are_kept_or_refused_never_changed() {
    insta::assert_snapshot!(told(&[
        "[18446744073709551615, [-9223372036854775808, 9007199254740993]]",
        "[18446744073709551616, [1]]",
        "[1, [-9223372036854775809]]",
        "[1.0, [1]]",
        "[1, [1, 1e3]]",
        "[1, [1e999]]",
        "[-0, [1]]",
        "[true, [1]]",
        "[null, [1]]",
        r#"["", [1]]"#,
        r#"["\u0000", ["a\u0000b"]]"#,
        r#"["07", [7, "7", "07"]]"#,
        r#"["\ud800", [1]]"#,
        r#"[{"id": 1}, [1]]"#,
        r#"[1, [[2]]]"#,
    ]));
}

#[test]
fn lists_that_are_no_pairs_get_a_hint() {
    insta::assert_snapshot!(told(&[
        "[]",
        "[1]",
        "[1, 2]",
        "[1, 2, 3]",
        "[1, [2], 3]",
        "[[1, [2]]]",
        "[[1, [2]], [3, [4]]]",
        r#"[1, {"a": 2}]"#,
        r#"["a", "b"]"#,
    ]));
}

#[test]
fn broken_json_is_malformed_where_it_breaks() {
    insta::assert_snapshot!(told(&[
        "",
        "   \n ",
        "\u{feff}[1, [2]]",
        "hello",
        "[1, [2]",
        "[1, [2]] x",
        "[1, [2]][3, [4]]",
        "[1, [NaN]]",
        "[1, [2,]]",
        "[07, [2]]",
        r#"{"data": [[1, [2]]"#,
        r#"{"data": [[1, [2]], [é, [2]]]}"#,
        r#"{"dätä": "ü", "data": [[1, [x]]]}"#,
        "{\"data\":\n [\n  [1, [2]],\n  [ä, [2]]\n ]\n}",
        "{\"data\": \"two\nlines\"}",
        r#"{"data": [], "data": []}"#,
        r#"{"user_id": 1, "user_id": 2, "recommended_note_ids": []}"#,
        "\u{a0}[1, [2]]",
    ]));
}

#[test]
fn our_keys_with_the_wrong_values_are_malformed() {
    insta::assert_snapshot!(told(&[
        r#"{"data": null}"#,
        r#"{"data": 5}"#,
        r#"{"data": {}}"#,
        r#"{"data": "[[1, [2]]]"}"#,
        r#"{"user_id": 1}"#,
        r#"{"recommended_note_ids": [1]}"#,
        r#"{"user_id": null, "recommended_note_ids": [1]}"#,
        r#"{"user_id": 1, "recommended_note_ids": null}"#,
        r#"{"user_id": 1, "recommended_note_ids": [1, "", 2.5]}"#,
        r#"{"user_id": 1, "recommended_note_ids": [1], "data": []}"#,
    ]));
}

#[test]
fn somebody_elses_messages_are_foreign() {
    insta::assert_snapshot!(told(&[
        "5",
        "null",
        r#""hello""#,
        r#""{\"data\": [[1, [2]]]}""#,
        "{}",
        r#"{"zebra": 1, "order": {"deep": [1]}, "apple": null}"#,
        r#"{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7}"#,
        r#"{"\u001b[31m": 1}"#,
    ]));
}

#[test]
fn generated_at_is_epoch_seconds_or_rfc_3339() {
    let with = |value: &str| format!(r#"{{"data": [[1, [2]]], "generated_at": {value}}}"#);
    let values = [
        "1700000000",
        "null",
        r#""2023-11-14T22:13:20Z""#,
        r#""2023-11-15T07:13:20.999+09:00""#,
        "1700000000000",
        "1700000000.5",
        "true",
        r#""yesterday""#,
        r#""2023-11-14""#,
        "99999999999999999999",
        r#""\ud800""#,
    ];
    let texts: Vec<String> = values.into_iter().map(with).collect();
    insta::assert_snapshot!(told(&texts.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn a_bad_entry_hides_no_good_one_and_is_found_in_a_pretty_printed_body() {
    let body = "{\n  \"data\": [\n    [1, [10, 11]],\n    [\"ü\", [20, null, 22]],\n    5,\n    [3, [30]]\n  ]\n}";
    let decoded = decode(body).unwrap();
    assert_eq!(decoded.shape, Shape::QueueMessage);
    let good: Vec<_> = decoded.entries.iter().map(|e| (e.index, &e.recommendation.user)).collect();
    assert_eq!(good, [(0, &Id::from(1u64)), (3, &Id::from(3u64))]);
    let at = decoded.bad[0].position;
    assert!(body[at.offset..].starts_with("null"));
    assert_eq!((at.line, at.column), (4, 16));
    let at = decoded.bad[1].position;
    assert!(body[at.offset..].starts_with("5,"));
    assert_eq!((decoded.bad[1].index, at.line, at.column), (2, 5, 5));
    assert_eq!(decoded.bad[0].text, "[\"ü\", [20, null, 22]]");
}

#[test]
fn deep_nesting_is_an_error_not_an_overflow() {
    let deep = 1_000_000;
    for (open, close) in [("[", "]"), ("{\"detail-type\":1,\"detail\":", "}"), ("{\"a\":", "}")] {
        let cut = open.repeat(deep / open.len());
        assert!(matches!(decode(&cut), Err(DecodeError::Malformed { .. })));
        let closed = format!("{cut}1{}", close.repeat(deep / open.len()));
        assert!(decode(&closed).is_err());
        assert!(decode(&format!("{{\"data\": [{closed}]}}")).is_ok_and(|d| d.bad.len() == 1));
    }
}

#[test]
fn a_megabyte_of_bad_entries_takes_no_minutes() {
    let body = format!("{{\"data\": [{}0]}}", "0,".repeat(500_000));
    let started = std::time::Instant::now();
    let decoded = decode(&body).unwrap();
    assert_eq!((decoded.entries.len(), decoded.bad.len()), (0, 500_001));
    assert!(started.elapsed().as_secs() < 30, "positions are counted from the start each time");
}

#[test]
fn reasons_stay_short_whatever_the_input() {
    let long = "9".repeat(100_000);
    for text in [
        format!("[{long}, [1]]"),
        format!("[1, [{long}]]"),
        format!("\"{long}\""),
        format!("{{\"{long}\": 1}}"),
        format!("{{\"data\": \"{long}\"}}"),
        format!("{{\"data\": [], \"generated_at\": \"{long}\"}}"),
    ] {
        let told = decode(&text).unwrap_err().to_string();
        assert!(told.len() < 300, "{told}");
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_malformed_at_the_first_bad_byte() {
    let error = decode_bytes(b"[\"a\xc3\xbc\xff\", [1]]").unwrap_err();
    assert_eq!(error.to_string(), "malformed at byte 5 (column 5): not UTF-8");
    assert!(decode_bytes(b"[1, [2]]\r").is_ok());
}

#[test]
fn removals_are_read_from_lines_only() {
    let line = r#" {"user_id":"ann","delete":true,"generated_at":5,"why":"gone"}"#;
    let expected = Deletion { user: Id::from("ann"), generated_at: Some(5.into()) };
    assert_eq!(deletion(line), Ok(Some(expected)));
    // As a message body, it is still an item without its list.
    assert!(decode(line).unwrap_err().to_string().contains("without `recommended_note_ids`"));
    for other in [
        "[1,[2]]",
        r#"{"user_id":1,"recommended_note_ids":["delete"]}"#,
        r#"{"delete":true}"#,
        r#"{"user_id":1,"delete":true"#,
    ] {
        assert_eq!(deletion(other), Ok(None), "{other}");
    }
    for unsure in [
        r#"{"user_id":1,"delete":false}"#,
        r#"{"user_id":1,"delete":null}"#,
        r#"{"user_id":1,"delete":1,"recommended_note_ids":[1]}"#,
        r#"{"user_id":1,"delete":true,"recommended_note_ids":[]}"#,
        r#"{"user_id":1.5,"delete":true}"#,
        r#"{"data":[],"delete":true}"#,
        r#"{"data":[[1,[2]]],"delete":true}"#,
        r#"{"user_id":1,"data":[[1,[2]]],"delete":true}"#,
        r#"{"user_id":1,"delete":true,"delete":true}"#,
        r#"{"user_id":1,"recommended_note_ids":[1],"delete":false,"delete":true}"#,
        r#"{"user_id":1,"delete":true,"generated_at":"soon"}"#,
    ] {
        assert!(matches!(deletion(unsure), Err(DecodeError::Malformed { .. })), "{unsure}");
    }
}

#[test]
fn a_message_that_writes_and_removes_is_malformed() {
    for both in [
        r#"{"data":[[1,[2]]],"delete":true}"#,
        r#"{"user_id":1,"recommended_note_ids":[2],"delete":true}"#,
        r#"{"data":[[1,[2]]],"delete":false,"delete":true}"#,
    ] {
        assert!(matches!(decode(both), Err(DecodeError::Malformed { .. })), "{both}");
    }
    // Fields that producers add are ignored.
    assert!(decode(r#"{"data":[[1,[2]]],"delete":false}"#).is_ok());
}

#[test]
fn a_bad_entry_alone_keeps_the_time_of_its_message() {
    let decoded = decode(r#"{"generated_at": "2026-01-15T03:00:00.5Z", "data": [[1,[2]], [3]]}"#);
    let alone = decoded.unwrap().bad[0].alone();
    assert_eq!(alone, r#"{"data":[[3]],"generated_at":"2026-01-15T03:00:00.5Z"}"#);
    let decoded = decode(r#"{"data": [[1,[2]], [3]]}"#).unwrap();
    assert_eq!(decoded.bad[0].alone(), "[3]");
}
