//! Counts of `verify`, and the items that it accepts.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use super::{harness, n};
use crate::support::table::{ids, put};

#[test]
fn lines_that_cannot_be_read_are_counted_and_named() {
    let harness = harness();
    harness.write(
        "in.jsonl",
        "[1,[10]]\nnot json\n[\"x\",[1]]\n{\"data\":[[2,[20]],[3,\"x\"]]}\n[4,[]]\n",
    );
    harness.json(4, ["backfill", "in.jsonl"]);
    for users in ["all", "1000"] {
        let report = harness.json(4, ["verify", "in.jsonl", "--users", users]);
        assert_eq!(
            (&report["unread"], &report["differing"], &report["compared"]),
            (&3.into(), &0.into(), &2.into())
        );
        let named: Vec<(u64, Value, String)> = report["unread_lines"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|line| {
                (
                    line["line"].as_u64().expect("a line"),
                    line["entry"].clone(),
                    line["reason"].as_str().expect("a reason").to_owned(),
                )
            })
            .collect();
        let expected = [
            (2, Value::Null, "malformed"),
            (3, json!(0), "wrong-type"),
            (4, json!(1), "bad-entry"),
        ];
        assert_eq!(named, expected.map(|(line, entry, reason)| (line, entry, reason.to_owned())));
        assert_eq!(report["outcome"], "partial");
    }
    harness.run(["verify", "in.jsonl"]).shows("3 lines could not be read").shows("in.jsonl:2");
    harness.write("none.jsonl", "not json\n");
    harness
        .run(["verify", "none.jsonl"])
        .ended(8)
        .says("1 line could not be read, the first none.jsonl:1");
    // Lines that were written are verified as before.
    let report = harness.json(4, ["backfill", "in.jsonl", "--verify", "all"]);
    assert_eq!(report["verification"]["unread"], 3);
}

/// Each line counts in one pass only, however many passes there are.
#[test]
fn many_passes_count_each_line_once() {
    let harness = harness();
    let round =
        |round: u64| move |user: u64| format!("[{user},[{round}]]\n[\"x{user}\",[1]]\nbad\n");
    let lines: String = (1..=3).flat_map(|r| (0..100).map(round(r))).collect();
    harness.write("in.jsonl", lines);
    harness.json(4, ["backfill", "in.jsonl"]);
    let report = harness.json(4, ["verify", "in.jsonl", "--users", "all", "--max-suspects", "20"]);
    assert!(report["passes"].as_u64() > Some(1), "{report}");
    assert_eq!((&report["unread"], &report["differing"]), (&600.into(), &0.into()));
}

#[test]
fn where_only_what_is_newer_was_written_equals_are_no_alarm() {
    let harness = harness();
    let item = |user: u64, article: u64, at: u64| {
        format!(
            "{{\"user_id\":{user},\"recommended_note_ids\":[{article}],\"generated_at\":{at}}}\n"
        )
    };
    // The first of equal times stands; the newest counts wherever it is; the table may have been
    // newer.
    let lines = [
        item(1, 10, 5),
        item(1, 11, 5),
        item(2, 20, 9),
        item(2, 21, 4),
        item(3, 30, 4),
        item(3, 31, 9),
        item(4, 40, 5),
        item(5, 50, 5),
    ]
    .concat();
    harness.write("in.jsonl", lines);
    put(
        &harness,
        &[("user_id", n(4)), ("recommended_note_ids", ids(&[7])), ("generated_at", n(5))],
    );
    put(
        &harness,
        &[("user_id", n(5)), ("recommended_note_ids", ids(&[7])), ("generated_at", n(6))],
    );
    for (code, window) in [(0, "0"), (5, "512")] {
        let report = harness.json(
            code,
            ["backfill", "in.jsonl", "--if-newer", "--verify", "all", "--shuffle-window", window],
        );
        assert_eq!(report["verification"]["differing"], 0, "{report}");
    }
    let report = harness.json(0, ["verify", "in.jsonl", "--users", "all", "--if-newer"]);
    assert_eq!((&report["differing"], &report["as_new"]), (&0.into(), &1.into()), "{report}");
    // A missing newest list is reported, whatever older lists there are.
    put(
        &harness,
        &[("user_id", n(2)), ("recommended_note_ids", ids(&[21])), ("generated_at", n(4))],
    );
    put(
        &harness,
        &[("user_id", n(3)), ("recommended_note_ids", ids(&[30])), ("generated_at", n(4))],
    );
    let report = harness.json(6, ["verify", "in.jsonl", "--users", "all", "--if-newer"]);
    let users: Vec<&Value> = report["differences"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|wrong| &wrong["user"])
        .collect();
    assert_eq!(users, [&json!(2), &json!(3)]);
}

#[test]
fn verify_knows_how_the_files_were_written() {
    let harness = harness();
    let lines: String = (0..60).map(|user| format!("[{user},[7,8]]\n")).collect();
    harness.write("in.jsonl", lines);
    let how = [
        "--attr",
        "model=v7",
        "--ttl",
        "30d",
        "--generated-at",
        "2026-01-15T03:00:00Z",
        "--list-type",
        "S",
    ];
    let half = ["--shard", "1/2"];
    let report = harness.json(
        0,
        [&["backfill", "in.jsonl", "--verify", "all", "--ttl-anyway"][..], &how, &half].concat(),
    );
    let written = report["entries"]["written"].as_u64().expect("a count");
    assert!(written > 0 && written < 60, "{written}");
    let verify = |code: i32, how: &[&str]| {
        harness.json(code, [&["verify", "in.jsonl", "--users", "all"][..], how].concat())
    };
    let report = verify(0, &[&how[..], &half].concat());
    assert_eq!(report["compared"], written);
    let report =
        harness.json(0, [&["verify", "in.jsonl", "--users", "20"][..], &how, &half].concat());
    assert_eq!(report["users"], 20);
    assert_eq!(verify(6, &how)["differing"], 60 - written);
    for (wrong, told) in [
        (["--attr", "model=v8"], "model"),
        (["--attr", "colour=red"], "colour"),
        (["--ttl", "29d"], "expires_at"),
        (["--generated-at", "1768446001"], "time"),
        (["--list-type", "N"], "list"),
    ] {
        let report = verify(6, &[&wrong[..], &half].concat());
        assert_eq!(report["differing"], written, "{wrong:?}");
        let detail = report["differences"][0]["difference"]["detail"].as_str().expect("words");
        assert!(detail.contains(told), "{wrong:?}: {detail}");
    }
    // An item that has expired, or never will, is reported.
    let user = report["differences"].as_array().map(Vec::len);
    assert_eq!(user, Some(0));
    for at in [n(1_000_000), AttributeValue::S("never".to_owned()), n(4_000_000_000_000_u64)] {
        put(
            &harness,
            &[
                ("user_id", n(1)),
                ("recommended_note_ids", ids(&[7, 8])),
                ("expires_at", at.clone()),
            ],
        );
        harness.write("one.jsonl", "[1,[7,8]]\n");
        let report = harness.json(6, ["verify", "one.jsonl", "--list-type", "N", "--ttl", "30d"]);
        assert_eq!(report["differences"][0]["difference"]["name"], "expires_at", "{at:?}");
    }
    harness.run(["verify", "in.jsonl", "--attr", "user_id=1"]).ended(2).says("user_id");
}
