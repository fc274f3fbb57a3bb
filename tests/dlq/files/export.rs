//! Exporting.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::kit::*;
use crate::support::{interrupt, spawn};

#[test]
fn an_export_leaves_the_queue_as_it_was_and_has_every_message_whole() {
    for name in ["e.jsonl", "e.jsonl.gz", "e.jsonl.zst"] {
        let harness = queues(STANDARD, &[]);
        plant_every_kind(&harness, STANDARD);
        let before = contents(&harness, "recs-dlq");
        let report = harness.json(0, ["dlq", "export", name]);
        adds_up(&report);
        assert_eq!((count(&report, "exported"), &report["file"]["complete"]), (5, &json!(true)));
        assert_eq!(contents(&harness, "recs-dlq"), before);
        assert_eq!(snapshot(&harness, "recs-dlq").depth.in_flight, 0);
        let path = harness.home.path().join(name);
        #[cfg(unix)]
        assert_eq!(crate::support::mode(&path), 0o600);
        let text = text(&harness, &path);
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!((&lines[0]["export"]["version"], lines.len()), (&json!(1), 7));
        assert_eq!(lines[6], json!({"end": {"messages": 5}}));
        assert!(!text.contains("receipt_handle"));
        let of = |line: &Value| line["message"]["body"].as_str().expect("a body").to_owned();
        let found: Vec<String> = lines[1..6].iter().map(of).collect();
        assert_eq!(sorted(found), before.iter().map(|(body, ..)| body.clone()).collect::<Vec<_>>());
        assert!(lines[1]["message"]["system"]["SentTimestamp"].is_string());
    }
}

#[test]
fn what_is_there_is_never_overwritten_and_nothing_leaves_no_file() {
    let harness = with_messages(STANDARD, 2, &[]);
    let there = harness.write("there.jsonl", "precious");
    harness
        .run(["dlq", "export", "there.jsonl", "--and-delete", "--yes"])
        .ended(8)
        .says("never overwritten");
    assert_eq!(std::fs::read_to_string(there).expect("there"), "precious");
    harness.run(["dlq", "export", "-"]).ended(2).says("to stdout");
    assert_eq!(bodies(&harness, "recs-dlq").len(), 2);
    let report = harness.json(5, ["dlq", "export", "none.jsonl", "--class", "malformed"]);
    assert_eq!((count(&report, "skipped"), &report["file"]), (2, &Value::Null));
    assert!(!harness.home.path().join("none.jsonl").exists());
}

#[test]
fn the_flags_choose_what_is_exported_and_only_that_is_deleted() {
    let harness = queues(STANDARD, &[]);
    plant_every_kind(&harness, STANDARD);
    let args = [
        "dlq",
        "export",
        "bad.jsonl",
        "--class",
        "malformed,foreign",
        "--max",
        "2",
        "--and-delete",
    ];
    let report = harness.json(0, args);
    adds_up(&report);
    assert_eq!((count(&report, "deleted"), count(&report, "skipped")), (2, 2));
    assert_eq!(count(&report, "beyond-max"), 1);
    let kept = exported(&harness, &harness.home.path().join("bad.jsonl"));
    let left = bodies(&harness, "recs-dlq");
    assert_eq!((kept.len(), left.len()), (2, 3));
    assert!(kept.iter().all(|body| !left.contains(body)), "{kept:?} {left:?}");
}

#[test]
fn deleting_everything_needs_a_yes_and_fifo_queues_empty_in_waves() {
    for suffix in [STANDARD, FIFO] {
        let harness = with_messages(suffix, 60, &[]);
        let dlq = format!("recs-dlq{suffix}");
        harness.run(["dlq", "export", "all.jsonl.gz", "--and-delete"]).ended(7).says("--yes");
        let received =
            snapshot(&harness, &dlq).messages.iter().any(|message| message.receive_count > 0);
        assert!(!received, "a refusal receives nothing");
        let before = bodies(&harness, &dlq);
        let report = harness.json(0, ["dlq", "export", "all.jsonl.gz", "--and-delete", "--yes"]);
        adds_up(&report);
        assert_eq!(count(&report, "deleted"), 60);
        assert!(bodies(&harness, &dlq).is_empty());
        let kept = exported(&harness, &harness.home.path().join("all.jsonl.gz"));
        assert_eq!(sorted(kept), sorted(before));
    }
}

#[test]
fn a_fifo_queue_that_shows_only_its_fronts_is_not_exported_whole() {
    let harness = queues(FIFO, &[]);
    for user in 0..40 {
        let group_id = Some("one".to_owned());
        plant(
            &harness,
            FIFO,
            reco_sandbox::sqs::Planted { body: body(user), group_id, ..Default::default() },
        );
    }
    let report = harness.json(4, ["dlq", "export", "part.jsonl"]);
    let (exported, unreached) = (count(&report, "exported"), report["unreached"].as_u64());
    assert!(exported > 0 && exported < 40, "{exported}");
    assert_eq!(unreached, Some(40 - exported));
    assert_eq!(bodies(&harness, "recs-dlq.fifo").len(), 40);
}

/// After `kill -9` between the flush of the file and the deletes, or during them, nothing is lost.
#[test]
fn killed_between_flush_and_delete_every_message_is_in_the_file_or_in_the_queue() {
    for (name, suffix) in [("e.jsonl", STANDARD), ("e.jsonl.gz", FIFO), ("e.jsonl.zst", STANDARD)] {
        let harness = with_messages(suffix, 40, &["DeleteMessageBatch:slow:1:400"]);
        let dlq = format!("recs-dlq{suffix}");
        let path = harness.home.path().join(name);
        let args = ["dlq", "export", name, "--and-delete", "--yes"];
        let mut child = spawn(&harness, &args);
        let killed =
            kill_when(&mut child, || path.exists() && !exported(&harness, &path).is_empty());
        assert!(killed, "a slow delete leaves time to kill");
        let kept: BTreeSet<String> = exported(&harness, &path).into_iter().collect();
        let left: BTreeSet<String> =
            snapshot(&harness, &dlq).messages.into_iter().map(|message| message.body).collect();
        for user in 0..40 {
            assert!(kept.contains(&body(user)) || left.contains(&body(user)), "{user} is lost");
        }
        assert!(kept.len() + left.len() > 40, "it was killed before its deletes were through");
        // The file is usable even though it is cut off.
        let checked =
            harness.json(0, ["dlq", "import", name, "--dry-run", "--to", &format!("recs{suffix}")]);
        assert_eq!(count(&checked, "planned") as usize, kept.len());
        assert_eq!(checked["file_complete"], false);
    }
}

#[test]
fn interrupted_it_keeps_and_releases_the_rest() {
    let harness = with_messages(STANDARD, 300, &["DeleteMessageBatch:slow:1:300"]);
    let path = harness.home.path().join("e.jsonl");
    let mut child = spawn(&harness, &["dlq", "export", "e.jsonl", "--and-delete", "--yes"]);
    crate::support::eventually("it writes", std::time::Duration::from_secs(60), || {
        path.exists() && exported(&harness, &path).len() == 300
    });
    interrupt(&child);
    let code = child.wait().expect("it ends").code();
    assert_eq!(code, Some(130));
    let left = bodies(&harness, "recs-dlq");
    assert!(!left.is_empty(), "it was interrupted before the last of 30 slow deletes");
    assert_eq!(exported(&harness, &path).len(), 300);
}

#[test]
fn a_full_disk_deletes_nothing_that_is_not_in_the_file() {
    let harness = with_messages(STANDARD, 400, &[]);
    let whole = harness.json(0, ["dlq", "export", "whole.jsonl"]);
    let bytes = whole["file"]["bytes"].as_u64().expect("a size");
    // The spool, which has no digests, fits, and the file does not.
    let args = ["dlq", "export", "e.jsonl", "--and-delete", "--yes", "--output", "json"];
    let ran = harness.run_on_a_full_disk(bytes / 512 - 12, &args).ended(1);
    let report = ran.report();
    adds_up(&report);
    assert_eq!((count(&report, "left"), count(&report, "deleted")), (400, 0), "{ran:#?}");
    assert!(report["messages"][0]["reason"].to_string().contains("cannot write export"));
    assert_eq!(bodies(&harness, "recs-dlq").len(), 400);
}

#[test]
fn a_run_that_deletes_is_kept_apart_from_others() {
    let harness = with_messages(STANDARD, 30, &[]);
    let mut child = spawn(&harness, &["dlq", "redrive", "--rate", "5"]);
    crate::support::eventually("the redrive moves", std::time::Duration::from_secs(60), || {
        !bodies(&harness, "recs").is_empty()
    });
    for args in [
        &["dlq", "export", "e.jsonl", "--and-delete", "--yes"][..],
        &["dlq", "purge", "--class", "malformed", "--backup", "b.jsonl"],
        &["dlq", "purge", "--all-now", "--yes"],
    ] {
        harness.run(args).ended(7).says(format!("process {}", child.id()));
    }
    interrupt(&child);
    child.wait().expect("it ends");
}
