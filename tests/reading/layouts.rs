//! JSON that is not JSON lines.

use std::time::Duration;

use serde_json::{Value, json};

use super::support::{eventually, interrupt, spawn, told};
use super::{expected, harness, items};

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

/// A run of a large array resumes from its checkpoint, as one of lines does.
#[test]
fn a_run_of_an_array_is_resumed() {
    let harness = harness();
    let lines: Vec<String> = (0..3000).map(|user| format!("[{user},[{},7]]", user + 10)).collect();
    let mut broken = lines.clone();
    broken[2000..2100].fill("[\"x\"]".to_owned());
    harness.write("in.json", format!("[\n{}\n]", broken.join(",\n")));
    // Slow enough to be stopped midway, once something is written.
    let child = spawn(&harness, &["backfill", "in.json", "--wcu", "100", "--output", "json"]);
    eventually("some are written", Duration::from_secs(60), || !items(&harness, "recs").is_empty());
    interrupt(&child);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", told(&output));
    let stopped: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let from = &stopped["stopped"]["resume_from"];
    assert!(from["line"].as_u64() > Some(1), "{from}");
    let report = harness.json(4, ["backfill", "in.json", "--resume"]);
    assert_eq!(report["lines"]["read"], 3000);
    assert_eq!(report["entries"]["rejected"], 100);
    assert_eq!(items(&harness, "recs").len(), 2900);
}
