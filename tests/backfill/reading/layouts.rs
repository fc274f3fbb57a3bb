//! JSON that is not JSON lines.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::{create, expected, harness, items};
use crate::support::{Harness, Ran, eventually, finished, gzip, interrupt, spawn};

fn records() -> Vec<Value> {
    let item = |user: u64| json!({ "user_id": user, "recommended_note_ids": [user * 10, 7] });
    vec![json!([1, [10, 7]]), item(2), json!({ "data": [[3, [30, 7]]] }), item(4)]
}

const LISTS: [(&str, &str); 4] =
    [("1", "[10,7]"), ("2", "[20,7]"), ("3", "[30,7]"), ("4", "[40,7]")];

#[test]
fn arrays_and_indented_json_are_read_whole() {
    let pretty = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");
    let whole = Value::from(records());
    let lines: Vec<String> = records().iter().map(Value::to_string).collect();
    let values: Vec<String> = records().iter().map(pretty).collect();
    for (what, text) in [
        ("one line", whole.to_string()),
        ("indented", pretty(&whole)),
        ("an element a line", format!("[\n{}\n]\n", lines.join(",\n"))),
        ("commas first", format!("[ {}\n]", lines.join("\n, "))),
        (
            "carriage returns and a byte order mark",
            format!("\u{feff}[\r\n{}\r\n]\r\n", lines.join(",\r\n")),
        ),
        ("values one after the other", values.join("\n")),
        (
            "jq's slurp of lines and arrays",
            format!("[{}]\n[{}]\n", lines[..2].join(","), lines[2..].join(",")),
        ),
    ] {
        let harness = harness();
        harness.write("in.json", &text);
        let report = harness.json(0, ["backfill", "in.json", "--verify", "all"]);
        assert_eq!(items(&harness, "recs"), expected(&LISTS), "{what}");
        assert_eq!(report["lines"]["read"], 4, "{what}");
        assert_eq!(report["verification"]["compared"], 4, "{what}");
        let mut command = harness.recoctl(["backfill", "-", "--dry-run"]);
        command.write_stdin(text).assert().success();
    }
}

#[test]
fn what_is_wrong_in_an_array_is_rejected_by_its_place_and_the_rest_is_written() {
    let harness = harness();
    harness.write("in.json", "[\n  [1, [10]],\n  [2, \"x\"],\n  {\"user_id\": 3,\n   \"recommended_note_ids\": [\n    30]}\n]\n");
    let report = harness.json(4, ["backfill", "in.json", "--rejects", "out.jsonl"]);
    assert_eq!(items(&harness, "recs"), expected(&[("1", "[10]"), ("3", "[30]")]));
    let reject = &report["first_rejects"][0];
    assert_eq!((&reject["line"], &reject["offset"]), (&3.into(), &17.into()));
    assert_eq!(reject["text"], "[2, \"x\"]");
}

#[test]
fn an_array_that_breaks_off_is_no_success() {
    let harness = harness();
    for (text, written) in
        [("[\n[1,[10]],\n[2,[20", 1), ("[\n[1,[10]],\n[2,[20]]\n", 2), ("[[1,[10]]", 1)]
    {
        harness.write("in.json", text);
        let report = harness.json(4, ["backfill", "in.json"]);
        assert_eq!(report["entries"]["written"], written, "{text}");
        assert!(report["inputs"][0]["failure"]["reason"].is_string(), "{report}");
        harness.json(4, ["verify", "in.json"]);
    }
}

#[test]
fn lines_stay_lines_whatever_the_first_looks_like() {
    let harness = harness();
    for text in ["[5,[50\n[1,[10]]\n[2,[20]]\n", "{\n[1,[10]]\n[2,[20]]\n", "]\n[1,[10]]\n[2,[20]]"]
    {
        harness.write("in.jsonl", text);
        let report = harness.json(4, ["backfill", "in.jsonl"]);
        assert_eq!(report["lines"]["read"], 3, "{text}");
        assert_eq!(report["entries"]["written"], 2, "{text}");
    }
}

/// Interrupts a slow run after this many lists were written; returns its report.
fn stopped_midway(harness: &Harness, written: usize) -> Value {
    let child = spawn(harness, &["backfill", "in.json", "--wcu", "100", "--output", "json"]);
    let some = || items(harness, "recs").len() >= written;
    eventually("some are written", Duration::from_secs(60), some);
    interrupt(&child);
    finished(child).ended(130).report()
}

/// A run of a large array resumes from its checkpoint, as one of lines does.
#[test]
fn a_run_of_an_array_is_resumed() {
    let harness = harness();
    let lines: Vec<String> = (0..3000).map(|user| format!("[{user},[{},7]]", user + 10)).collect();
    let mut broken = lines.clone();
    broken[2000..2100].fill("[\"x\"]".to_owned());
    harness.write("in.json", format!("[\n{}\n]", broken.join(",\n")));
    let stopped = stopped_midway(&harness, 1);
    let from = &stopped["stopped"]["resume_from"];
    assert!(from["line"].as_u64() > Some(1), "{from}");
    let report = harness.json(4, ["backfill", "in.json", "--resume"]);
    assert_eq!(report["lines"]["read"], 3000);
    assert_eq!(report["entries"]["rejected"], 100);
    assert_eq!(items(&harness, "recs").len(), 2900);
}

/// An array or an indented value behind lines was written in part: its last element only.
#[test]
fn values_over_several_lines_are_read_whole_wherever_they_stand() {
    let lists: BTreeMap<_, _> =
        expected(&[("3", "[30]"), ("4", "[40]"), ("10", "[1]"), ("11", "[2]")]);
    let array = "[\n[10,[1]],\n[11,[2]]\n]\n";
    let object = "{\"data\": [\n[10,[1]],\n[11,[2]]\n]}\n";
    let item = |user: u64, id: u64| {
        format!("{{\n  \"user_id\": {user},\n  \"recommended_note_ids\": [\n    {id}\n  ]\n}}\n")
    };
    let (first, last) = ("[3,[30]]\n", "[4,[40]]\n");
    for text in [
        format!("{first}{array}{last}"),
        format!("{first}\n \n{array}\n{last}"),
        format!("\u{feff}{first}{}{last}", array.replace('\n', "\r\n")),
        format!("{first}{last}{array}"),
        format!("{first}{last}{}", array.trim_end()),
        format!("{first}{object}{last}"),
        format!("{first}{}{last}{}", item(10, 1), item(11, 2)),
        format!("{first}[\n[10,[1]]\n]\n[\n[11,[2]]\n]\n{last}"),
        format!("{first}[[10,[1]],[11,[2]]]\n{last}"),
        format!("{first}[[10,[1]]] [[11,[2]]]\n[]\n{last}").replace("[]\n", ""),
    ] {
        let harness = harness();
        harness.write("in.jsonl", &text);
        harness.write("in.jsonl.gz", gzip(&text));
        let mut piped = harness.recoctl(["backfill", "-", "--output", "json"]);
        Ran::of(piped.write_stdin(text.clone())).ended(0);
        assert_eq!(items(&harness, "recs"), lists, "{text}");
        let report = harness.json(0, ["verify", "in.jsonl", "--users", "all"]);
        assert_eq!((&report["compared"], &report["unread"]), (&json!(4), &json!(0)), "{report}");
        create(&harness, "other");
        harness.json(0, ["backfill", "in.jsonl.gz", "--table", "other"]);
        assert_eq!(items(&harness, "other"), lists, "{text}");
    }
}

#[test]
fn an_array_behind_a_line_that_is_none_is_read_whole_too() {
    let harness = harness();
    harness.write("in.jsonl", "# exported today\n[\n[10,[1]],\n[11,[2]]\n]\n");
    let report = harness.json(4, ["backfill", "in.jsonl"]);
    assert_eq!(report["first_rejects"][0]["line"], 1);
    assert_eq!(items(&harness, "recs"), expected(&[("10", "[1]"), ("11", "[2]")]));
    // Not even its brackets need be JSON.
    harness.write("in.js", "var recs = [\n[1,[10]],\n[2,[20]]\n];\n");
    let report = harness.json(4, ["backfill", "in.js"]);
    assert_eq!(
        (&report["entries"]["written"], &report["lines"]["rejected"]),
        (&json!(2), &json!(2))
    );
    let written = items(&harness, "recs");
    assert!(written["1"] == "[10]" && written["2"] == "[20]", "{written:?}");
}

#[test]
fn an_array_in_the_middle_that_is_not_closed_is_named_by_its_line() {
    let harness = harness();
    for text in ["[3,[30]]\n[\n[10,[1]],\n[11,[2]]\n", "[3,[30]]\n[\n[10,[1]],\n[11,[2"] {
        harness.write("in.jsonl", text);
        let report = harness.json(4, ["backfill", "in.jsonl"]);
        let reason = report["inputs"][0]["failure"]["reason"].as_str().expect("a reason");
        assert!(reason.contains("begins in line 2"), "{reason}");
        let report = harness.json(4, ["verify", "in.jsonl"]);
        let broken = report["broken_inputs"][0].as_str().expect("a reason");
        assert!(broken.contains("begins in line 2"), "{broken}");
    }
}

#[test]
fn a_mapping_takes_values_over_several_lines_behind_lines() {
    let harness = harness();
    harness.write(
        "in.json",
        "{\"u\":3,\"r\":[30]}\n[\n{\"u\":10,\"r\":[1]},\n{\"u\":11,\n\"r\":[2]}\n]\n{\n\"u\":4,\n\"r\":[40]\n}\n",
    );
    harness.json(0, ["backfill", "in.json", "--map", "[.u, .r]", "--verify", "all"]);
    let lists = [("3", "[30]"), ("4", "[40]"), ("10", "[1]"), ("11", "[2]")];
    assert_eq!(items(&harness, "recs"), expected(&lists));
}

/// As [`a_run_of_an_array_is_resumed`], of an array behind lines.
#[test]
fn a_run_of_an_array_behind_lines_is_resumed() {
    let harness = harness();
    let mut lines: Vec<String> =
        (5..3000).map(|user| format!("[{user},[{},7]]", user + 10)).collect();
    lines[2000..2100].fill("[\"x\"]".to_owned());
    let before: String = (0..5).map(|user| format!("[{user},[1]]\n")).collect();
    harness.write("in.json", format!("{before}[\n{}\n]\n[3000,[1]]\n", lines.join(",\n")));
    stopped_midway(&harness, 6);
    let report = harness.json(4, ["backfill", "in.json", "--resume"]);
    assert_eq!(report["lines"]["read"], 3001);
    assert_eq!(report["entries"]["rejected"], 100);
    assert_eq!(items(&harness, "recs").len(), 2901);
}
