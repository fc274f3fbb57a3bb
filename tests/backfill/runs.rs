//! `recoctl backfill` through the real binary, against the sandbox.

use std::collections::BTreeMap;
use std::io::Write;

use crate::support::table::{
    assert_balanced, create_plain as create_table, expected, plain, plain_of, scanned, shown,
};
use crate::support::{Harness, Ran, finished, gzip, zstd};
use aws_sdk_dynamodb::types::ScalarAttributeType;
use reco_sandbox::SandboxOptions;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use serde_json::Value;

fn harness() -> Harness {
    plain(SandboxOptions::empty())
}

fn limited(wcu_per_s: f64) -> Harness {
    let write_capacity = Some(WriteCapacity::per_second(wcu_per_s));
    plain(SandboxOptions { write_capacity, ..SandboxOptions::empty() })
}

/// The table's items: key to list (and time, where there is one).
fn items(harness: &Harness) -> BTreeMap<String, String> {
    scanned(harness, "recs")
        .iter()
        .map(|item| {
            let list = shown(&item["recommended_note_ids"]);
            let time = item.get("generated_at").map(|time| format!("@{}", shown(time)));
            (shown(&item["user_id"]), format!("{list}{}", time.unwrap_or_default()))
        })
        .collect()
}

#[test]
fn all_shapes_are_written_in_rank_order() {
    let harness = harness();
    let lines = concat!(
        "\u{feff}[1,[30,10,20,10]]\r\n",
        "\n",
        r#"{"user_id":"2","recommended_note_ids":["5",4],"generated_at":1768446000}"#,
        "\r\n",
        r#"{"data":[[3,[1]],[9007199254740993,[2]]],"generated_at":"2026-01-15T03:00:00Z"}"#,
    );
    harness.write("recs.jsonl", lines);
    let report = harness.json(0, ["backfill", "recs.jsonl"]);
    let expected = expected(&[
        ("1", "[30,10,20]"),
        ("2", "[\"5\",4]@1768446000"),
        ("3", "[1]@1768446000"),
        ("9007199254740993", "[2]@1768446000"),
    ]);
    assert_eq!(items(&harness), expected);
    assert_balanced(&report);
    assert_eq!(report["lines"]["read"], 4);
    assert_eq!(report["lines"]["blank"], 1);
    assert_eq!(report["entries"]["written"], 4);
    assert_eq!(report["dropped_articles"]["duplicate"], 1);
    assert_eq!(report["rules_skipped"], true);
    assert_eq!(report["writes"]["consumed_wcu"], 4.0);
    assert_eq!(report["items"]["wcu"], 4);
}

#[test]
fn compression_is_told_by_content_and_stdin_is_an_input() {
    let lines: String = (0..1000).map(|user| format!("[{user},[{},7]]\n", user + 10)).collect();
    let (half, rest) = lines.split_at(lines.len() / 2);
    // Two concatenated members are one stream (RFC 1952, 2.2; RFC 8878, 3.1).
    let gzip = [gzip(half), gzip(rest)].concat();
    let zstd = [zstd(half), zstd(rest)].concat();
    let mut found = Vec::new();
    for input in [lines.clone().into_bytes(), gzip, zstd] {
        let harness = harness();
        harness.write("misleading.zst", &input);
        let report = harness.json(0, ["backfill", "misleading.zst"]);
        assert_eq!(report["entries"]["written"], 1000);
        let from_file = items(&harness);

        let harness = self::harness();
        let mut command = harness.recoctl(["backfill", "-", "--quiet"]);
        command.write_stdin(input).assert().success();
        assert_eq!(items(&harness), from_file);
        found.push(from_file);
    }
    assert_eq!(found[0].len(), 1000);
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0], found[2]);
}

#[test]
fn what_cannot_be_written_is_kept_and_counted() {
    let harness = harness();
    let mut input = b"[1,[10]]\n[2,[20\nnot json\n".to_vec();
    input.extend(b"{\"order\":17}\n[3,[\xff]]\n[\"bob\",[5]]\n[4,[]]\n");
    input.extend(br#"{"data":[[5,[50]],["x",[51]],[6,"no"],[7,[70]]]}"#);
    harness.write("in.jsonl", &input);
    let report = harness.json(4, ["backfill", "in.jsonl", "--rejects", "out.jsonl"]);
    assert_eq!(items(&harness), expected(&[("1", "[10]"), ("5", "[50]"), ("7", "[70]")]));
    assert_balanced(&report);
    let rejected = serde_json::json!({
        "bad-entry": 1, "foreign": 1, "malformed": 2, "not-utf8": 1, "wrong-type": 2,
    });
    assert_eq!(report["rejected"], rejected);
    assert_eq!(report["skipped"], serde_json::json!({ "too-few": 1 }));
    assert_eq!(report["outcome"], "partial");

    let rejects = harness.read_lines("out.jsonl");
    assert_eq!(rejects.len(), 7);
    for reject in &rejects {
        // The offset and the text identify the exact bytes of the input.
        let offset = reject["offset"].as_u64().expect("an offset") as usize;
        if reject.get("entry").is_none()
            && let Some(text) = reject["text"].as_str()
        {
            assert_eq!(&input[offset..offset + text.len()], text.as_bytes());
        }
    }
    let entry = |index: u64| rejects.iter().find(|r| r["entry"] == index).expect("an entry");
    assert_eq!(entry(1)["text"], r#"["x",[51]]"#);
    assert_eq!(entry(2)["text"], r#"[6,"no"]"#);

    // A second run does not overwrite the first one's rejects.
    insta::assert_snapshot!(
        harness.run(["backfill", "in.jsonl", "--rejects", "out.jsonl"]).ended(8).told()
    );
}

#[test]
fn rejects_are_shown_when_no_file_keeps_them() {
    let harness = harness();
    harness.write("in.jsonl", format!("[1,[10]]\n{}", "[2,[20\u{1b}[31m\n".repeat(7)));
    insta::assert_snapshot!(harness.run(["backfill", "in.jsonl"]).ended(4).told());
}

#[test]
fn inputs_are_checked_before_anything_is_written() {
    let harness = harness();
    harness.write("good.jsonl", "[1,[10]]\n");
    harness.write("archive.jsonl", b"BZh91AY&SY\x96\x02");
    std::fs::create_dir(harness.home.path().join("dir")).expect("created");
    let cases = [
        (vec!["good.jsonl", "absent.jsonl"], 8),
        (vec!["good.jsonl", "dir"], 8),
        (vec!["good.jsonl", "archive.jsonl"], 8),
        (vec!["good.jsonl", "./good.jsonl"], 2),
    ];
    let errors = cases
        .map(|(files, code)| Ran::of(harness.recoctl(["backfill"]).args(files)).ended(code).told());
    insta::assert_snapshot!(errors.join("\n"));
    assert!(items(&harness).is_empty());
}

#[test]
fn an_empty_input_is_nothing_to_do() {
    let harness = harness();
    harness.write("empty", "");
    harness.write("blank", "\n  \n");
    let report = harness.json(5, ["backfill", "empty", "blank"]);
    assert_eq!(report["lines"]["read"], 2);
    assert_eq!(report["outcome"], "nothing-to-do");
}

#[test]
fn a_broken_archive_is_reported_after_its_good_part() {
    let harness = harness();
    let lines: String = (0..20_000).map(|user| format!("[{user},[{}]]\n", user * 7 + 1)).collect();
    let archive = gzip(lines);
    harness.write("cut.gz", &archive[..archive.len() / 2]);
    harness.write("other.jsonl", "[999999,[1]]");
    let report = harness.json(4, ["backfill", "cut.gz", "other.jsonl"]);
    assert_balanced(&report);
    let written = report["entries"]["written"].as_u64().expect("a count");
    assert!(written > 1000, "{written}");
    let found = items(&harness);
    assert_eq!(found.len() as u64, written);
    assert!(found.contains_key("999999"), "the other input is written all the same");
    assert_eq!(report["rejected"], serde_json::json!({ "cut-off": 1 }));
    assert_eq!(report["inputs"][0]["failure"]["line"], report["lines"]["read"]);
    assert!(report["inputs"][0]["failure"]["reason"].is_string());
}

#[test]
fn a_dry_run_writes_nothing_and_needs_no_table() {
    let harness = harness();
    harness.write("in.jsonl", "[1,[10,11,10]]\n[2,[20]]\nbad\n");
    let report = harness.json(4, ["backfill", "in.jsonl", "--dry-run"]);
    assert!(items(&harness).is_empty());
    assert_eq!(report["entries"]["written"], 2);
    assert_eq!(report["items"]["wcu"], 2);
    assert_eq!(report["dropped_articles"]["duplicate"], 1);

    let mut command = harness.recoctl(["backfill", "in.jsonl", "--dry-run", "--output", "json"]);
    let without = Ran::of(command.env_remove("RECOCTL_TABLE")).report();
    assert_eq!(without["items"], report["items"]);
    assert_eq!(without["table"], Value::Null);
}

#[test]
fn tables_that_cannot_hold_recommendations_are_refused() {
    let number = ScalarAttributeType::N;
    let harness = harness();
    create_table(&harness, "sorted", &[("user_id", number.clone()), ("at", number.clone())]);
    create_table(&harness, "other", &[("uid", number)]);
    harness.write("in.jsonl", "[1,[10]]\n");
    let errors = ["absent", "sorted", "other"]
        .map(|table| harness.run(["backfill", "in.jsonl", "--table", table]).ended(3).told());
    insta::assert_snapshot!(errors.join("\n"));
}

#[test]
fn keys_are_of_the_tables_type_and_ids_in_lists_as_they_came() {
    let harness = plain_of(ScalarAttributeType::S, SandboxOptions::empty());
    harness.write("in.jsonl", "[1,[10]]\n[\"ann\",[\"x\"]]\n");
    harness.json(0, ["backfill", "in.jsonl"]);
    let expected = expected(&[("\"1\"", "[10]"), ("\"ann\"", "[\"x\"]")]);
    assert_eq!(items(&harness), expected);
}

#[test]
fn the_last_list_of_a_user_wins() {
    let harness = harness();
    let lines: String =
        (1..=6000).map(|n| format!("[{},[{n}]]\n", if n % 3 == 0 { 0 } else { n % 40 })).collect();
    harness.write("in.jsonl", lines);
    let report = harness.json(0, ["backfill", "in.jsonl", "--concurrency", "64"]);
    assert_balanced(&report);
    let mut last = BTreeMap::new();
    for n in 1..=6000_u32 {
        let user = if n % 3 == 0 { 0 } else { n % 40 };
        last.insert(user.to_string(), format!("[{n}]"));
    }
    assert_eq!(items(&harness), last);
    let entries = &report["entries"];
    assert!(entries["coalesced"].as_u64() > Some(0), "{entries}");
}

#[test]
fn throttling_is_waited_out_and_reported() {
    let harness = limited(60.0);
    let lines: String = (0..240).map(|user| format!("[{user},[1]]\n")).collect();
    harness.write("in.jsonl", lines);
    let report = harness.json(0, ["backfill", "in.jsonl"]);
    assert_eq!(items(&harness).len(), 240);
    assert_eq!(report["entries"]["written"], 240);
    let writes = &report["writes"];
    assert!(writes["retries"].as_u64() > Some(0), "{writes}");
    assert_eq!(writes["consumed_wcu"], 240.0);
    assert_eq!(
        writes["throttling"][0]["reason"], "TableWriteProvisionedThroughputExceeded",
        "{writes}"
    );
}

#[test]
fn an_interrupted_run_says_where_to_go_on() {
    let harness = limited(50.0);
    let lines: String = (0..20_000).map(|user| format!("[{user},[1]]\n")).collect();
    harness.write("in.jsonl", lines);
    let child =
        harness.process(&["backfill", "in.jsonl", "--output", "json"]).spawn().expect("runs");
    let within = std::time::Duration::from_secs(60);
    crate::support::eventually("items arrive", within, || items(&harness).len() > 60);
    crate::support::interrupt(&child);
    let report = finished(child).ended(130).report();
    assert_balanced(&report);
    assert_eq!(report["outcome"], "interrupted");

    let found = items(&harness);
    assert_eq!(found.len() as u64, report["entries"]["written"].as_u64().expect("a count"));
    let line = |at: &str| report["stopped"][at]["line"].as_u64().expect("a line");
    // Line n holds user n - 1.
    let missing = (0..).find(|user: &u64| !found.contains_key(&user.to_string())).expect("one");
    assert_eq!(line("resume_from"), missing + 1);
    let beyond =
        |user: &String| user.parse::<u64>().expect("a number") + 1 >= line("untouched_from");
    assert!(!found.keys().any(beyond));
}

#[test]
fn an_interrupt_does_not_wait_for_a_silent_pipe() {
    let harness = harness();
    let mut child = harness.process(&["backfill", "-", "--quiet"]).spawn().expect("runs");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(b"[1,[10]]\n[2,[20]]\n").expect("fed");
    let within = std::time::Duration::from_secs(30);
    crate::support::eventually("what came is written", within, || items(&harness).len() == 2);
    crate::support::interrupt(&child);
    crate::support::eventually("it ends", within, || {
        child.try_wait().expect("its state").is_some()
    });
    assert_eq!(child.wait().expect("ended").code(), Some(130));
    drop(stdin);
}
