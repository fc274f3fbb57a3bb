//! Checkpoints: what they keep, when they are written, and what has none.

use super::*;
use crate::support::Ran;

#[test]
fn items_of_a_resumed_run_expire_with_those_before() {
    let harness = harness(Some(300.0));
    harness.write("in.jsonl", input(1500));
    let args = ["backfill", "in.jsonl", "--ttl", "1d", "--ttl-anyway", "--output", "json"];
    interrupted(&harness, &args);
    // Wait for another second, so that a newly taken time would differ.
    thread::sleep(Duration::from_millis(1100));
    harness.json(4, ["backfill", "in.jsonl", "--ttl", "1d", "--ttl-anyway", "--resume"]);
    let items = scanned(&harness, "recs");
    let times: std::collections::BTreeSet<_> =
        items.iter().map(|item| item["expires_at"].as_n().expect("a number").clone()).collect();
    assert!(items.len() > 500);
    assert_eq!(times.len(), 1, "{times:?}");
}

#[test]
fn what_cannot_be_resumed_is_said() {
    let harness = harness(None);
    harness.write("in.jsonl", "[1,[2]]\n");
    let errors = [
        vec!["backfill", "-", "--resume"],
        vec!["backfill", "-", "--checkpoint", "kept.json"],
        vec!["backfill", "in.jsonl", "--resume", "--checkpoint", "none.json"],
        vec!["backfill", "in.jsonl", "--resume", "--dry-run"],
        vec!["backfill", "in.jsonl", "--checkpoint", "in.jsonl/kept.json"],
    ];
    let told: Vec<String> = errors
        .into_iter()
        .map(|args| {
            let ran = Ran::of(harness.recoctl(args).write_stdin("[1,[2]]\n"));
            format!("exit {}: {}", ran.code.expect("a code"), ran.told())
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    assert!(items(&harness).is_empty());
}

#[test]
fn too_many_rejects_stop_the_run_with_what_was_done_safe() {
    let harness = harness(None);
    let good: String = (0..3000).map(|user| format!("[{user},[1]]\n")).collect();
    let bad: String = (0..500).map(|n| format!("bad {n}\n")).collect();
    harness.write("in.jsonl", format!("{good}{bad}{good}"));
    // Whether anything was written by then is chance, because spread items wait for a while.
    let stopped = |args: &[&str]| -> Value {
        let args = args.iter().chain(&["--output", "json"]);
        harness.run(args).ended_in([4, 8]).report()
    };
    let report =
        stopped(&["backfill", "in.jsonl", "--max-rejects", "20", "--rejects", "rejects.jsonl"]);
    assert_balanced(&report);
    assert_eq!(report["stopped"]["cause"], "too-many-rejects");
    assert_eq!(report["lines"]["rejected"], 21);
    assert_eq!(read(&harness, "rejects.jsonl").lines().count(), 21);
    assert_eq!(report["stopped"]["untouched_from"]["line"], 3022);
    let again = harness.json(4, ["backfill", "in.jsonl", "--resume"]);
    assert_eq!(again["lines"]["read"], 6500);
    assert_eq!(again["lines"]["rejected"], 500);
    assert_eq!(read(&harness, "rejects.jsonl").lines().count(), 500);
    assert_eq!(items(&harness).len(), 3000);

    let report = stopped(&["backfill", "in.jsonl", "--max-rejects", "2%"]);
    assert_eq!(report["stopped"]["cause"], "too-many-rejects", "after the thousandth line");
    harness.json(4, ["backfill", "in.jsonl", "--max-rejects", "15%"]);

    harness.write("bad.jsonl", bad);
    harness.run(["backfill", "bad.jsonl", "--max-rejects", "0"]).ended(8);
}

/// Only the user can read the file and its directory.
#[cfg(unix)]
#[test]
fn a_checkpoint_is_private() {
    use crate::support::mode;
    let harness = harness(None);
    harness.write("in.jsonl", "[1,[2]]\n");
    let report = harness.json(0, ["backfill", "in.jsonl"]);
    let path = Path::new(report["checkpoint"]["file"].as_str().expect("a path"));
    assert_eq!((mode(path), mode(path.parent().expect("a parent"))), (0o600, 0o700));
}
