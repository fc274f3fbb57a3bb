//! Times, and which of two lists is newer.

use super::*;

/// What becomes of `held`, an item's time in the table, when a list of this time is written.
fn after(held: AttributeValue, time: &str) -> (String, Value) {
    let harness = numbers();
    let old = list(&[n(1)]);
    put(&harness, &[("user_id", n(7)), ("recommended_note_ids", old), ("generated_at", held)]);
    let line = format!("{{\"user_id\":7,\"recommended_note_ids\":[2],\"generated_at\":{time}}}\n");
    harness.write("in.jsonl", line);
    harness.write("policy.toml", "[writes]\nonly_newer = true\n");
    let args = ["backfill", "in.jsonl", "--policy", "policy.toml", "--output", "json"];
    let report = serde_json::from_str(&harness.run(args).stdout).unwrap_or_default();
    let list = items(&harness)["7"].split(' ').next().expect("a list").to_owned();
    (list, report)
}

#[test]
fn the_tables_times_are_read_as_what_they_are() {
    let cases = [
        // 2026-01-15T03:00:00Z, in several forms.
        (n(1_768_446_000), "1768446001", "[2]"),
        (n(1_768_446_000), "1768446000", "[1]"),
        (n(1_768_446_000), "1768446000.0", "[1]"),
        (n("1768446000.1"), "\"2026-01-15T03:00:00.900Z\"", "[2]"),
        (n("1768446000.9"), "\"2026-01-15T03:00:00.100Z\"", "[1]"),
        (n(1_768_446_000_000_i64), "1768446001", "[2]"),
        (n(1_768_446_000_000_i64), "1768445999", "[1]"),
        (n(1_768_446_000_000_000_i64), "1768446001", "[2]"),
        (s("2026-01-15T03:00:00Z"), "1768446001", "[2]"),
        (s("2026-01-15T12:00:00+09:00"), "1768445999", "[1]"),
        (s("1768446000"), "1768446001", "[2]"),
        (AttributeValue::Null(true), "1768446001", "[2]"),
        (AttributeValue::Null(true), "null", "[2]"),
        (n(1_768_446_000), "null", "[1]"),
        // Ten digits are seconds, though these are a date and an hour: of 2034, and of 2036.
        (n(2_026_011_503), "2026011504", "[2]"),
        (n(2_026_011_503), "2026011502", "[1]"),
        (n(1_768_446_000), "2099123123", "[2]"),
        (n(-5), "-4.5", "[2]"),
    ];
    for (held, time, expected) in cases {
        let (list, report) = after(held.clone(), time);
        assert_eq!(list, expected, "{time} over {held:?}: {report}");
    }
}

#[test]
fn what_cannot_be_read_is_left_alone_with_a_sentence() {
    for held in
        [n(20_260_115), s("yesterday"), s("2026-01-15T03:00:00"), AttributeValue::Bool(true)]
    {
        let harness = numbers();
        let old = list(&[n(1)]);
        put(&harness, &[("user_id", n(7)), ("recommended_note_ids", old), ("generated_at", held)]);
        harness.write(
            "in.jsonl",
            "{\"user_id\":7,\"recommended_note_ids\":[2],\"generated_at\":1768446000}\n[8,[3]]\n",
        );
        harness.write("policy.toml", "[writes]\nonly_newer = true\n");
        let args = ["backfill", "in.jsonl", "--policy", "policy.toml", "--rejects", "r.jsonl"];
        let report = harness.json(4, args);
        assert_balanced(&report);
        assert_eq!(report["entries"]["failed"], 1, "{report}");
        let rejects = harness.read("r.jsonl");
        assert!(rejects.contains("so it cannot be compared"), "{rejects}");
        assert!(items(&harness)["7"].starts_with("[1]"));
        assert_eq!(items(&harness)["8"], "[3]", "the others are written");
    }
}

#[test]
fn times_that_are_none_make_their_line_malformed() {
    let harness = numbers();
    let line = |time: &str| {
        format!("{{\"user_id\":1,\"recommended_note_ids\":[2],\"generated_at\":{time}}}\n")
    };
    let wrong = [
        "20260115",
        "\"20260115\"",
        "1768446000000",
        "\"1768446000000\"",
        "\"2026-01-15T03:00:00\"",
        "\"soon\"",
        "true",
    ];
    for right in
        ["1768446000.5", "\"1768446000.5\"", "1.7684460005e9", "\"2026-01-15T03:00:00.5Z\""]
    {
        harness.write("in.jsonl", wrong.map(line).concat() + &line(right));
        let report = harness.json(4, ["backfill", "in.jsonl"]);
        assert_eq!(report["rejected"], json!({ "malformed": 7 }));
        assert_eq!(items(&harness)["1"], "[2] generated_at=1768446000.5");
    }
}

#[test]
fn an_age_is_the_same_however_far_apart_lines_are() {
    let put = |at: i64, id: i64| {
        format!("{{\"user_id\":7,\"recommended_note_ids\":[{id}],\"generated_at\":{at}}}\n")
    };
    let gone = |at: i64| format!("{{\"user_id\":7,\"delete\":true,\"generated_at\":{at}}}\n");
    let far: String = (100..400).map(|user| format!("[{user},[1]]\n")).collect();
    let sequences = [
        vec![put(5, 1), gone(9), put(7, 2)],
        vec![put(5, 1), gone(4), put(5, 2)],
        vec![gone(9), put(3, 1), put(6, 2), put(9, 3)],
        vec![put(5, 1), gone(6)],
    ];
    for sequence in sequences {
        let mut tables = Vec::new();
        for between in ["", far.as_str()] {
            let harness = numbers();
            harness.write("in.jsonl", sequence.join(between));
            let args = [
                "--if-newer",
                "--generated-at",
                "1",
                "--shuffle-window",
                "2",
                "--concurrency",
                "1",
            ];
            let args = ["backfill", "in.jsonl"].into_iter().chain(args);
            harness.json(0, args);
            tables.push(items(&harness).get("7").cloned());
        }
        assert_eq!(tables[0], tables[1], "{sequence:?}");
    }
}

/// What is written in a form reads back as that time, however odd it is.
#[test]
fn a_table_of_milliseconds_is_read_as_it_was_written() {
    let policy = "[writes]\nonly_newer = true\n[item]\ntime_form = \"milliseconds\"\n";
    let cases = [
        // A count of versions, and one in the eleven digits that could be seconds.
        ("5", "6", "4", "6000"),
        ("999998", "999999", "999997", "999999000"),
        ("1768446000.25", "1768446000.5", "1768446000", "1768446000500"),
        // Seconds whose digits are a date and an hour, in 2034.
        ("2026011503", "2026011504", "2026011502", "2026011504000"),
        ("4102444800", "4102444801", "4102444799", "4102444801000"),
    ];
    for (first, newer, older, held) in cases {
        let harness = numbers();
        harness.write("policy.toml", policy);
        let line = |id: u64, time: &str| {
            format!("{{\"user_id\":7,\"recommended_note_ids\":[{id}],\"generated_at\":{time}}}\n")
        };
        for (id, time, written) in [(1, first, 1), (2, newer, 1), (3, older, 0), (4, newer, 0)] {
            harness.write("in.jsonl", line(id, time));
            let code = if written == 1 { 0 } else { 5 };
            let report = harness.json(code, ["backfill", "in.jsonl", "--policy", "policy.toml"]);
            assert_eq!(report["entries"]["written"], written, "{time} after {first}: {report}");
        }
        assert_eq!(items(&harness)["7"], format!("[2] generated_at={held}"));
        harness.write("in.jsonl", line(2, newer));
        harness.json(0, ["verify", "in.jsonl", "--policy", "policy.toml"]);
    }
}

#[test]
fn a_reject_keeps_the_time_of_its_message() {
    let harness = numbers();
    let message = r#"{"data":[[1,[5]],["x",[6]],[2,"y"]],"generated_at":1768446000.25}"#;
    harness.write("in.jsonl", format!("{message}\n"));
    harness.json(4, ["backfill", "in.jsonl", "--rejects", "r.jsonl"]);
    let rejects = harness.read_lines("r.jsonl");
    let texts: Vec<&str> =
        rejects.iter().map(|reject| reject["text"].as_str().expect("text")).collect();
    let with = |entry: &str| format!(r#"{{"data":[{entry}],"generated_at":1768446000.25}}"#);
    assert_eq!(texts, [with(r#"["x",[6]]"#), with(r#"[2,"y"]"#)]);
}
