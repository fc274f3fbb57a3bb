//! Limits of a run, and the messages about them.

use super::{harness, items};

#[test]
fn a_share_of_rejects_is_judged_at_the_end_of_a_short_input() {
    let harness = harness();
    let lines: String = (0..90).map(|user| format!("[{user},[7]]\n")).collect();
    harness.write("in.jsonl", format!("{lines}{}", "bad\n".repeat(10)));
    let report = harness.json(4, ["backfill", "in.jsonl", "--max-rejects", "10%"]);
    assert_eq!(report["stopped"], serde_json::Value::Null);
    let stopped = harness.run(["backfill", "in.jsonl", "--max-rejects", "9%"]).ended_in([4, 8]);
    stopped.says_anywhere("10.0 % of 100 lines rejected, more than 9 %");
    // The last line counts as well.
    harness.write("last.jsonl", format!("{lines}bad\n"));
    let stopped = harness.run(["backfill", "last.jsonl", "--max-rejects", "0"]).ended_in([4, 8]);
    stopped.says_anywhere("--max-rejects");
}

#[test]
fn megabytes_of_an_id_make_a_screenful() {
    let harness = harness();
    let id = "x".repeat(3_000_000);
    harness.write("in.jsonl", format!("[\"{id}\",[1]]\n[1,[\"{id}\"]]\n{{\"user_id\":\"{id}\",\"delete\":true}}\n[1,[1.{id}]]\n"));
    for args in [
        &["backfill", "in.jsonl"][..],
        &["backfill", "in.jsonl", "--output", "json"],
        &["verify", "in.jsonl"],
        &["verify", "in.jsonl", "--output", "json"],
    ] {
        let ran = harness.run(args);
        assert_ne!(ran.code, Some(0), "{args:?}");
        let (stdout, stderr) = (ran.stdout.len(), ran.stderr.len());
        assert!(stdout < 12_000 && stderr < 8_000, "{args:?}: {stdout} and {stderr} bytes");
    }
    harness.json(8, ["backfill", "in.jsonl", "--rejects", "out.jsonl"]);
    let whole = &harness.read_lines("out.jsonl")[0];
    assert!(whole["text"].as_str().is_some_and(|text| text.len() > 3_000_000), "the line is kept");
    assert!(whole["detail"].as_str().is_some_and(|detail| detail.len() < 5_000));
    assert_eq!(items(&harness, "recs").len(), 0);
}
