use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Returns the line, offset and text of each line or value.
fn split(pieces: &[&[u8]], mapped: bool) -> (Vec<(u64, u64, String)>, Option<String>) {
    let mut mixed = Mixed::at(LineStart::start(0), mapped);
    let mut lines = Vec::new();
    for piece in pieces {
        mixed.feed(piece, &mut lines);
    }
    let missing = mixed.finish(&mut lines);
    (lines.iter().map(InputLine::shown).collect(), missing)
}

/// Returns the texts without blanks between tokens; omits blank lines.
fn texts(text: &str) -> Vec<String> {
    let (whole, missing) = split(&[text.as_bytes()], false);
    assert_eq!(missing, None, "{text}");
    let single: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
    assert_eq!(split(&single, false), (whole.clone(), None), "{text}: byte by byte");
    let squeeze = |text: &String| text.replace(' ', "");
    whole.iter().map(|(.., text)| squeeze(text)).filter(|text| !text.ends_with("blank")).collect()
}

#[test]
fn an_array_after_lines_is_read_whole_and_lines_follow_it() {
    let expected = ["[3,[30]]", "[10,[1]]", "[11,[2]]", "[4,[40]]"];
    for text in [
        "[3,[30]]\n[\n[10,[1]],\n[11,[2]]\n]\n[4,[40]]\n",
        "[3,[30]]\n[[10,[1]],\n[11,[2]]]\n[4,[40]]",
        "[3,[30]]\n[[10,[1]],[11,[2]]]\n[4,[40]]\n",
        "[3,[30]]\n\n \n[ \r\n  [10,[1]]\r\n, [11,\n[2\n]\n]\n]\r\n\n[4,[40]]\n",
        "[3,[30]]\n[[10,[1]]] [[11,[2]]]\n[4,[40]]\n",
        "[3,[30]]\n[[10,[1]]]\n[\n[11,[2]]\n]\n[4,[40]]\n",
        "[3,[30]]\n[\n]\n[]\n[[10,[1]],\n[11,[2]]]\n[4,[40]]\n",
        "\u{feff}[3,[30]]\n[\n[10,[1]],\n[11,[2]]\n]\n[\n4,\n[40]]",
    ] {
        let found = texts(text);
        let found: Vec<&String> = found.iter().filter(|text| *text != "[]").collect();
        assert_eq!(found, expected, "{text}");
    }
    assert_eq!(texts("# all\n[\n[1,[2]],\n[3,[4]]\n]\n"), ["#all", "[1,[2]]", "[3,[4]]"]);
}

#[test]
fn elements_are_read_though_what_opens_their_array_is_no_json() {
    for text in [
        "var recs = [\n[1,[2]],\n [3,[4]] ,\r\n[5,[6]]\n];\n",
        "\"recs\": [\n[1,[2]]\n, [3,[4]]\n,[5,[6]]\n]\n",
        "x\n[1,[2]],\n\u{feff}[\n[3,[4]],\n[5,[6]]\n]\ny",
        "],\n[1,[2]],\n,[3,[4]],\n[5,[6]]\n,",
    ] {
        let found = texts(text);
        let lists: Vec<&String> = found.iter().filter(|text| text.ends_with("]]")).collect();
        assert_eq!(lists, ["[1,[2]]", "[3,[4]]", "[5,[6]]"], "{text}");
        assert_eq!(found.len(), 5, "what is no JSON is told: {found:?}");
    }
    let (found, _) = split(&[b"x\n , [1,[2]] ,\n"], false);
    assert_eq!(found[1], (2, 5, "[1,[2]]".to_owned()));
}

#[test]
fn an_object_over_several_lines_is_one_value() {
    assert_eq!(
        texts("[1,[2]]\n{\"data\": [\n[3,[4]],\n[5,[6]]\n]}\n{\n\"user_id\":7\n}\n[8,[9]]\n"),
        ["[1,[2]]", "{\"data\":[[3,[4]],[5,[6]]]}", "{\"user_id\":7}", "[8,[9]]"]
    );
}

#[test]
fn a_line_that_is_cut_off_stands_alone() {
    for (text, expected) in [
        ("[1,[2]]\n[3,[4\n[5,[6]]\n[7,[8]]\n", vec!["[1,[2]]", "[3,[4", "[5,[6]]", "[7,[8]]"]),
        ("{\"data\": [[1, [2\n[5,[6]]\n", vec!["{\"data\":[[1,[2", "[5,[6]]"]),
        ("[1,[2]]\n{\n{\n[\"ab\n[5,[6]]\n{", vec!["[1,[2]]", "{", "{", "[\"ab", "[5,[6]]", "{"]),
        ("[1,[2]]\n[3,[4\n\n\n", vec!["[1,[2]]", "[3,[4"]),
        ("[1,[2]]\n[[3,[4]]\n[5,[6]]\n", vec!["[1,[2]]", "[[3,[4]]", "[5,[6]]"]),
        ("[1,[2]]\n[[3,[4]],,x\n[5,[6]]\n", vec!["[1,[2]]", "[[3,[4]],,x", "[5,[6]]"]),
        ("[1,[2]]\n[[3,[4\n\n{\"a\":1}", vec!["[1,[2]]", "[[3,[4", "{\"a\":1}"]),
    ] {
        assert_eq!(texts(text), expected, "{text}");
    }
}

#[test]
fn many_lines_that_are_cut_off_are_as_many_lines() {
    for line in ["{\"a\":1,\n", "{\n", "[7,\n", "[7,[\"x\",\n"] {
        let text = "[1,[2]]\n".to_owned() + &line.repeat(2_000) + "[3,[4]]\nx\n";
        let (found, missing) = split(&[text.as_bytes()], false);
        // Beyond the maximum JSON depth, they are lines too.
        assert!(missing.is_none() && found.len() == 2_003, "{line:?}: {}", found.len());
    }
}

#[test]
fn an_array_that_is_not_closed_says_where_it_begins() {
    for text in
        ["[1,[2]]\n[\n[3,[4]],\n[5,[6]]\n", "[1,[2]]\n[[3,[4]],\n[5,[6]],\n", "[1,[2]]\n[\n[3,[4"]
    {
        let (_, missing) = split(&[text.as_bytes()], false);
        let missing = missing.expect("not closed");
        assert!(missing.contains("begins in line 2"), "{missing}");
    }
}

#[test]
fn a_long_array_in_one_line_is_not_held() {
    let element = "[123456,[1,2,3]],";
    let text = "[1,[2]]\n[".to_owned() + &element.repeat(1_000_000) + "[3,[4]]]\n[5,[6]]\n";
    for mapped in [false, true] {
        let (mut mixed, mut lines) = (Mixed::at(LineStart::start(0), mapped), Vec::new());
        for piece in text.as_bytes().chunks(16 * 1024) {
            mixed.feed(piece, &mut lines);
        }
        assert_eq!(mixed.finish(&mut lines), None);
        assert_eq!(lines.len(), 1_000_003);
    }
}

#[test]
fn for_a_mapping_an_array_in_one_line_stays_a_line() {
    let text = b"{\"u\":3}\n[{\"u\":1},{\"u\":2}]\n[\n{\"u\":4},\n{\"u\":5}\n]\n{\n\"u\":6}\n";
    let (found, missing) = split(&[text], true);
    let found: Vec<&str> = found.iter().map(|(.., text)| text.as_str()).collect();
    assert_eq!(missing, None);
    assert_eq!(
        found,
        ["{\"u\":3}", "[{\"u\":1},{\"u\":2}]", "{\"u\":4}", "{\"u\":5}", "{ \"u\":6}"]
    );
}

/// Formats a value in one of the ways in which it may stand between lines.
fn written(value: &Value, way: u8) -> String {
    match way {
        0 => value.to_string() + "\n",
        1 => serde_json::to_string_pretty(value).expect("JSON") + "\n",
        2 => format!("[{value}]\n"),
        3 => format!("[\n{value}\n]\n"),
        _ => format!("[{value},\r\n{value}]\r\n"),
    }
}

proptest! {
    /// For lines, arrays and indented values in any order, fed in pieces of any size, each value
    /// comes out once. The rest can be read again from the place of each, as a resumed run does.
    #[test]
    fn every_value_comes_out_once(
        values in prop::collection::vec((0_u8..3, 0_u8..5), 1..12),
        piece in 1_usize..40,
    ) {
        let (mut text, mut expected) = (String::new(), Vec::new());
        for (number, (shape, way)) in values.into_iter().enumerate() {
            let value = match shape {
                0 => json!([number, [number, "]\"}"]]),
                1 => json!({"user_id": number, "recommended_note_ids": [1, "["]}),
                _ => json!({"data": [[number, [1]], [2, []]], "generated_at": "2026"}),
            };
            text += &written(&value, way);
            expected.extend(std::iter::repeat_n(value, if way > 3 { 2 } else { 1 }));
        }
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(piece).collect();
        let (mut mixed, mut lines) = (Mixed::at(LineStart::start(0), false), Vec::new());
        pieces.iter().for_each(|piece| mixed.feed(piece, &mut lines));
        prop_assert_eq!(mixed.finish(&mut lines), None);
        let read: Result<Vec<Value>, _> =
            lines.iter().map(|line| serde_json::from_str(&line.shown().2)).collect();
        prop_assert_eq!(read.expect("JSON"), expected);
        for (number, from) in lines.iter().enumerate() {
            if from.at.inside {
                continue;
            }
            let (mut mixed, mut rest) = (Mixed::at(from.at, false), Vec::new());
            mixed.feed(&text.as_bytes()[from.at.offset as usize..], &mut rest);
            mixed.finish(&mut rest);
            prop_assert_eq!(&rest[..], &lines[number..]);
        }
    }
}
