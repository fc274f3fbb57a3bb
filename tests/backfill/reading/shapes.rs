//! Shapes that other tools write, and our own files read back.

use super::{create, expected, harness, items};
use crate::support::table::{ids, n, put};

#[test]
fn emitted_files_are_read_back() {
    let harness = harness();
    create(&harness, "copy");
    let lines: String = (0..500).map(|user| format!("{{\"user_id\":{user},\"recommended_note_ids\":[{},7],\"generated_at\":1768446000}}\n", user + 10)).collect();
    harness.write("in.jsonl", lines);
    harness.json(0, ["backfill", "in.jsonl"]);
    for compression in ["gzip", "none"] {
        let directory = format!("out-{compression}");
        harness.json(
            0,
            [
                "backfill",
                "in.jsonl",
                "--emit",
                "dynamodb-json",
                &directory,
                "--emit-compression",
                compression,
                "--part-size",
                "16K",
            ],
        );
        let mut parts: Vec<String> = Vec::new();
        for entry in
            std::fs::read_dir(harness.home.path().join(&directory).join("data")).expect("listed")
        {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                parts.push(path.to_string_lossy().into_owned());
            }
        }
        assert!(!parts.is_empty());
        let args = ["backfill", "--table", "copy", "--verify", "all"].map(str::to_owned);
        let report = harness.json(0, args.into_iter().chain(parts));
        assert_eq!(report["entries"]["written"], 500);
        assert_eq!(report["verification"]["differing"], 0);
        assert_eq!(items(&harness, "copy"), items(&harness, "recs"));
    }
}

#[test]
fn exports_and_batch_inference_are_read() {
    let harness = harness();
    harness.write("in.jsonl", concat!(
        r#"{"Item":{"user_id":{"N":"1"},"recommended_note_ids":{"L":[{"N":"10"},{"N":"7"}]},"other":{"SS":["x"]}}}"#, "\n",
        r#"{"Item":{"user_id":{"N":"2"},"recommended_note_ids":{"NS":["1"]}}}"#, "\n",
        r#"{"input":{"userId":"4638"},"output":{"recommendedItems":["63992","115149"],"scores":[0.1,0.05]},"error":null}"#, "\n",
        r#"{"input":{"userId":"4639"},"output":null,"error":"Internal error"}"#, "\n",
        r#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"user_id":{"N":"9"}},"OldImage":{}}"#, "\n",
    ));
    put(&harness, &[("user_id", n(9)), ("recommended_note_ids", ids(&[1]))]);
    let report =
        harness.json(4, ["backfill", "in.jsonl", "--list-type", "N", "--rejects", "out.jsonl"]);
    assert_eq!(items(&harness, "recs"), expected(&[("1", "[10,7]"), ("4638", "[63992,115149]")]));
    assert_eq!(report["entries"]["deleted"], 1);
    let rejected = serde_json::json!({ "malformed": 1, "reported-error": 1 });
    assert_eq!(report["rejected"], rejected);
    let rejects = harness.read("out.jsonl");
    assert!(rejects.contains("Internal error") && rejects.contains("a set (NS)"), "{rejects}");
    // Verification finds them as well, also in a sample.
    for users in ["all", "100"] {
        let report = harness.json(4, ["verify", "in.jsonl", "--users", users, "--list-type", "N"]);
        assert_eq!((&report["compared"], &report["differing"]), (&3.into(), &0.into()));
        assert_eq!(report["unread"], 2);
    }
}

#[test]
fn any_other_shape_is_mapped() {
    let harness = harness();
    let lines = concat!(
        "{\"who\":1,\"picks\":[{\"id\":10},{\"id\":7}]}\n",
        "{\"who\":2,\"picks\":[{\"id\":20}]}\n",
        "{\"who\":3,\"picks\":null}\n",
        "{\"who\":4,\"picks\":\"x\"}\n",
        "not json\n",
    );
    harness.write("in.jsonl", lines);
    let map = "select(.picks != null) | [.who, [.picks[].id]]";
    let args = ["backfill", "in.jsonl", "--map", map];
    let report = harness.json(4, [&args[..], &["--rejects", "out.jsonl"]].concat());
    assert_eq!(items(&harness, "recs"), expected(&[("1", "[10,7]"), ("2", "[20]")]));
    assert_eq!(report["rejected"], serde_json::json!({ "map-failed": 2 }));
    assert_eq!(report["lines"]["skipped"], 1);
    let report = harness.json(4, ["verify", "in.jsonl", "--map", map]);
    assert_eq!((&report["compared"], &report["unread"]), (&2.into(), &2.into()));

    // One value yields many users, and the text of a reject can be mapped again.
    harness
        .write("all.json", r#"{"users":[{"id":5,"r":[50]},{"id":6,"r":"x"},{"id":7,"r":[70]}]}"#);
    let map = ".users[] | [.id, .r]";
    let report =
        harness.json(4, ["backfill", "all.json", "--map", map, "--rejects", "again.jsonl"]);
    assert_eq!(
        (&report["entries"]["written"], &report["entries"]["rejected"]),
        (&2.into(), &1.into())
    );
    let reject = &report["first_rejects"][0];
    assert_eq!(reject["entry"], 1);
    assert!(reject["text"].as_str().is_some_and(|text| text.starts_with("{\"users\"")), "{reject}");

    // So can the text of an entry that the mapping moved and the table refuses.
    harness.write("moved.jsonl", "{\"data\":[[\"x\",[1]],[2,[3]]]}\n");
    let moved = ["backfill", "moved.jsonl", "--map", ".data |= reverse"];
    let report = harness.json(4, [&moved[..], &["--rejects", "moved.rejects"]].concat());
    let text = &report["first_rejects"][0]["text"];
    assert!(text.as_str().is_some_and(|text| text.contains("\"x\"")), "{report}");

    // A resumed run must use the same expression.
    harness.run(["backfill", "all.json", "--resume", "--map", "."]).ended(7).says("--map");
    harness.run(["backfill", "all.json", "--map", ".a | nope"]).ended(2).says("at character 6");
}

/// Lines that are objects, lists of objects, or pairs, in any order, and the same as one array.
#[test]
fn a_mapping_takes_lines_in_any_mix() {
    let one = |who: u64| format!("{{\"who\":{who},\"picks\":[{}]}}", who * 10);
    let (single, both) = (one(1), format!("[{},{}]", one(2), one(3)));
    let map = "[.who, .picks]";
    let array = format!("[{},{},{}]", one(1), one(2), one(3));
    for text in [
        format!("{single}\n{both}\n"),
        format!("{both}\n{single}\n"),
        format!("\n{both}\n\n{single}"),
        format!("{both}\n[{single}]\n"),
        array.clone(),
        format!("{array}\n"),
        array.replace("},{", "},\n{"),
        format!("[\n{}\n]\n", [one(1), one(2), one(3)].join(",\n")),
    ] {
        let harness = harness();
        harness.write("in.jsonl", &text);
        let report = harness.json(0, ["backfill", "in.jsonl", "--map", map, "--verify", "all"]);
        let lists = expected(&[("1", "[10]"), ("2", "[20]"), ("3", "[30]")]);
        assert_eq!(items(&harness, "recs"), lists, "{text}");
        assert_eq!(report["verification"]["compared"], 3, "{text}");
        harness.json(0, ["verify", "in.jsonl", "--map", map]);
    }
    // An expression for whole lines gets whole lines, wherever they are.
    let record = |who: u64| format!("[{{\"who\":{who}}},[{}]]\n", who * 10);
    for text in [record(1) + &record(2), record(1), record(2) + "[9,[90]]\n"] {
        let harness = harness();
        harness.write("in.jsonl", &text);
        let map = "[(.[0].who? // .[0]), .[1]]";
        harness.json(0, ["backfill", "in.jsonl", "--map", map]);
        assert_eq!(items(&harness, "recs").len(), text.lines().count(), "{text}");
    }
    // A part of a line that fails is rejected with its own text.
    let harness = harness();
    harness.write("in.jsonl", format!("[{},{{\"who\":5,\"picks\":4}}]\n", one(4)));
    let args = ["backfill", "in.jsonl", "--map", "[.who, (.picks | map(.))]"];
    let report = harness.json(4, args);
    assert_eq!(items(&harness, "recs"), expected(&[("4", "[40]")]));
    let reject = &report["first_rejects"][0];
    assert_eq!((&reject["entry"], &reject["text"]), (&1.into(), &r#"{"who":5,"picks":4}"#.into()));
}

#[test]
fn a_line_of_two_shapes_is_ambiguous() {
    let item = r#""Item":{"user_id":{"N":"7"},"recommended_note_ids":{"L":[{"N":"1"}]}}"#;
    let output = r#""input":{"userId":"7"},"output":{"recommendedItems":["1"]},"error":null"#;
    let change = r#""Metadata":{},"Keys":{"user_id":{"N":"7"}}"#;
    let own = r#""user_id":7,"recommended_note_ids":[1]"#;
    let data = r#""data":[[7,[1]]]"#;
    let delete = r#""user_id":7,"delete":true"#;
    let lines = [
        format!("{{{delete},{item}}}"),
        format!("{{{delete},{output}}}"),
        format!("{{{delete},\"output\":{{\"recommendedItems\":[\"1\"]}}}}"),
        format!("{{{delete},{change}}}"),
        format!("{{\"delete\":true,{item}}}"),
        format!("{{\"delete\":false,{output}}}"),
        format!("{{{data},{item}}}"),
        format!("{{{data},{output}}}"),
        format!("{{{own},{item}}}"),
        format!("{{{own},{output}}}"),
        format!("{{{item},{output}}}"),
        format!("{{{change},{output}}}"),
        format!("{{{item},{change}}}"),
    ];
    for table_has in [false, true] {
        let harness = harness();
        if table_has {
            put(&harness, &[("user_id", n(7)), ("recommended_note_ids", ids(&[9]))]);
        }
        let before = items(&harness, "recs");
        harness.write("in.jsonl", lines.join("\n") + "\n[1,[2]]\n");
        let report = harness.json(4, ["backfill", "in.jsonl", "--rejects", "rejects.jsonl"]);
        let counts = &report["entries"];
        assert_eq!((&counts["written"], &counts["deleted"]), (&1.into(), &0.into()), "{report}");
        let rejects = harness.read("rejects.jsonl");
        assert_eq!(rejects.lines().count(), lines.len(), "{rejects}");
        for reject in rejects.lines() {
            assert!(reject.contains("use only one of them"), "{reject}");
        }
        let mut after = items(&harness, "recs");
        after.remove("1");
        assert_eq!(after, before);
    }
}
