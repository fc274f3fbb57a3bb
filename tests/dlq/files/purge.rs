//! Purging.

use serde_json::json;

use super::kit::*;
use crate::support::Harness;

fn mixed() -> Harness {
    let harness = with_messages(STANDARD, 6, &[]);
    for _ in 0..4 {
        let body = "{".to_owned();
        plant(&harness, STANDARD, reco_sandbox::sqs::Planted { body, ..Default::default() });
    }
    harness
}

#[test]
fn without_a_backup_it_is_refused_unless_that_is_said_and_confirmed() {
    let harness = mixed();
    for args in [
        &["dlq", "purge"][..],
        &["dlq", "purge", "--class", "malformed"],
        &["dlq", "purge", "--class", "malformed", "--yes"],
        &["dlq", "purge", "--class", "malformed", "--no-backup"],
        &["dlq", "purge", "--backup", "b.jsonl"],
        &["dlq", "purge", "--all-now"],
    ] {
        harness.run(args).ended(7);
    }
    let untouched = snapshot(&harness, "recs-dlq").messages;
    assert!(untouched.iter().all(|message| message.receive_count == 0), "nothing was received");
    let report = harness.json(0, ["dlq", "purge", "--class", "malformed", "--no-backup", "--yes"]);
    adds_up(&report);
    assert_eq!((count(&report, "deleted"), count(&report, "skipped")), (4, 6));
    assert_eq!(bodies(&harness, "recs-dlq").len(), 6);
}

#[test]
fn what_is_purged_can_be_imported_again() {
    for name in ["b.jsonl", "b.jsonl.gz", "b.jsonl.zst"] {
        let harness = queues(STANDARD, &[]);
        plant_every_kind(&harness, STANDARD);
        let before = contents(&harness, "recs-dlq");
        let report = harness.json(0, ["dlq", "purge", "--backup", name, "--yes"]);
        adds_up(&report);
        assert_eq!((count(&report, "deleted"), &report["file"]["messages"]), (5, &json!(5)));
        assert!(bodies(&harness, "recs-dlq").is_empty());
        let report = harness.json(0, ["dlq", "import", name, "--yes"]);
        adds_up(&report);
        assert_eq!(count(&report, "sent"), 5);
        assert_eq!(contents(&harness, "recs-dlq"), before);
    }
}

#[test]
fn a_fifo_queue_gets_its_messages_back_in_their_order() {
    let harness = with_messages(FIFO, 50, &[]);
    let before = bodies(&harness, "recs-dlq.fifo");
    harness.json(0, ["dlq", "purge", "--backup", "b.jsonl", "--yes"]);
    assert!(bodies(&harness, "recs-dlq.fifo").is_empty());
    // This is within the deduplication interval of the original sends.
    harness.json(0, ["dlq", "import", "b.jsonl", "--yes"]);
    let after = snapshot(&harness, "recs-dlq.fifo").messages;
    assert_eq!(after.len(), 50);
    for group in (0..7).map(|group| format!("group-{group}")) {
        let of_group = after.iter().filter(|message| message.group_id.as_deref() == Some(&group));
        let bodies: Vec<&String> = of_group.map(|message| &message.body).collect();
        let mut expected = before.clone();
        expected.retain(|body| bodies.contains(&body));
        assert_eq!(bodies, expected.iter().collect::<Vec<_>>(), "{group}");
    }
}

#[test]
fn a_dry_run_names_what_would_go_and_touches_nothing() {
    let harness = mixed();
    let report = harness.json(0, ["dlq", "purge", "--class", "malformed", "--dry-run"]);
    adds_up(&report);
    assert_eq!(count(&report, "planned"), 4);
    harness.json(0, ["dlq", "purge", "--backup", "b.jsonl", "--dry-run"]);
    assert!(!harness.home.path().join("b.jsonl").exists());
    let now = harness.json(0, ["dlq", "purge", "--all-now", "--dry-run"]);
    assert_eq!((&now["purged"], &now["approximate_messages"]), (&json!(false), &json!(10)));
    assert_eq!(bodies(&harness, "recs-dlq").len(), 10);
}

#[test]
fn all_now_is_sqs_s_own_purge_which_it_takes_once_a_minute() {
    let harness = mixed();
    // The race is said.
    harness.run(["dlq", "purge", "--all-now", "--yes"]).ended(0).says("may be deleted, too");
    assert!(bodies(&harness, "recs-dlq").is_empty());
    harness
        .run(["dlq", "purge", "--all-now", "--yes"])
        .ended(1)
        .says("PurgeQueueInProgress")
        .says("retry in a minute");
    for flag in [&["--class", "malformed"][..], &["--backup", "b"], &["--max", "1"]] {
        harness.run([&["dlq", "purge", "--all-now"], flag].concat()).ended(2);
    }
}

#[test]
fn messages_whose_delete_fails_are_named_and_in_the_backup() {
    let harness = with_messages(STANDARD, 20, &["DeleteMessageBatch:entry-fail-sender:0.3"]);
    let report = harness.json(4, ["dlq", "purge", "--backup", "b.jsonl", "--yes"]);
    adds_up(&report);
    let (deleted, not) = (count(&report, "deleted"), count(&report, "not-deleted"));
    assert!(deleted > 0 && not > 0 && deleted + not == 20, "{report}");
    let left = bodies(&harness, "recs-dlq");
    assert_eq!(left.len() as u64, not);
    let kept = exported(&harness, &harness.home.path().join("b.jsonl"));
    assert_eq!(kept.len(), 20);
}
