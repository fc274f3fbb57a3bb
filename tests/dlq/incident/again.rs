//! A run is repeated: no message is sent twice if a journal knows it.

use std::time::Duration;

use serde_json::{Value, json};

use super::kit::*;
use crate::faults::{Fault, always};
use crate::support::{Harness, eventually, spawn};

/// Asserts that no body is in the source queue twice, and none is lost.
fn never_twice(harness: &Harness, suffix: &str, messages: usize) {
    let copies = copies(harness, suffix);
    for body in (0..messages).map(sound) {
        let (source, dlq) = copies.get(&body).copied().unwrap_or_default();
        assert!(source + dlq >= 1, "{body} is lost");
        assert!(source <= 1, "{body} is in the source queue {source} times");
    }
}

/// Kills a redrive once its journal has this many acknowledged messages and none of them is
/// deleted.
fn killed(suffix: &str, messages: usize, acked: usize) -> Harness {
    let mut harness = with_messages(suffix, messages);
    // The first delete proves that deletes work, so it must be answered.
    let wrong = behind(&mut harness, move |action, before| match (action, before) {
        ("DeleteMessageBatch", 1..) => Fault::Hang,
        _ => Fault::None,
    });
    let mut child = spawn(&harness, &["dlq", "redrive"]);
    eventually("they are acknowledged", Duration::from_secs(60), || {
        let journal = journals(&harness).pop().and_then(|path| std::fs::read_to_string(path).ok());
        journal.is_some_and(|text| text.matches("{\"ack\":").count() >= acked)
    });
    child.kill().expect("killed");
    child.wait().expect("it ends");
    wrong.heal();
    // The messages it held come back when their visibility timeout ends.
    sqs(&harness).end_visibility(&format!("recs-dlq{suffix}"));
    harness
}

#[test]
fn what_a_killed_run_sent_is_deleted_by_the_next_and_not_sent_again() {
    let harness = killed(STANDARD, 200, 100);
    // The unfinished run is told of.
    harness
        .run(["dlq", "classify"])
        .shows("was interrupted")
        .shows("next: recoctl dlq journal resume");
    let report =
        harness.run(["dlq", "redrive", "--output", "json"]).says("was interrupted").report();
    assert!(count(&report, "already-sent") > 0, "{}", report["counts"]);
    never_twice(&harness, STANDARD, 200);
    let list = harness.json(0, ["dlq", "journal", "list"]);
    let conditions: Vec<&Value> = list["journals"]
        .as_array()
        .expect("journals")
        .iter()
        .map(|run| &run["condition"])
        .collect();
    assert!(conditions.iter().all(|condition| **condition == "finished"), "{conditions:?}");
}

#[test]
fn a_resume_that_finds_nothing_left_to_do_ends_the_run() {
    let harness = with_messages(STANDARD, 3);
    harness.json(0, ["dlq", "redrive"]);
    let path = journals(&harness).pop().expect("a journal");
    let text = std::fs::read_to_string(&path).expect("there");
    let mut lines: Vec<&str> = text.lines().collect();
    assert!(lines.pop().expect("an end").contains("end"), "{text}");
    std::fs::write(&path, lines.join("\n") + "\n").expect("written");
    let condition =
        || harness.json(0, ["dlq", "journal", "list"])["journals"][0]["condition"].clone();
    assert_eq!(condition(), "unfinished");
    let path = path.display().to_string();
    harness.json(5, ["dlq", "journal", "resume", &path]);
    assert_eq!(condition(), "finished");
}

#[test]
fn what_is_already_sent_is_never_sent_whatever_is_chosen() {
    let harness = killed(STANDARD, 60, 30);
    for args in [&["--class", "all", "--yes", "--engine", "client"][..], &["--class", "retryable"]]
    {
        let command = [&["dlq", "redrive"], args].concat();
        harness.run(command);
        never_twice(&harness, STANDARD, 60);
    }
}

#[test]
fn a_killed_fifo_run_is_tried_again_without_a_duplicate() {
    let harness = killed(FIFO, 60, 7);
    harness.run(["dlq", "redrive"]);
    never_twice(&harness, FIFO, 60);
    assert!(bodies(&harness, "recs-dlq.fifo").is_empty(), "all moved");
}

#[test]
fn what_was_perhaps_sent_is_left_out_until_that_is_said() {
    let mut harness = with_messages(STANDARD, 20);
    let wrong = behind(&mut harness, always("SendMessageBatch", Fault::DropAfter));
    let first = harness.json(4, ["dlq", "redrive"]);
    let uncertain = count(&first, "uncertain");
    assert!(uncertain > 0, "{first}");
    wrong.heal();
    // Also when selected by class or id.
    let rows = first["messages"].as_array().expect("messages");
    let row = rows.iter().find(|row| row["fate"] == "uncertain").expect("one");
    let id = row["message_id"].as_str().expect("an id").to_owned();
    harness.json(4, ["dlq", "redrive", "--id", &id]);
    let second = harness.json(4, ["dlq", "redrive"]);
    assert_eq!(count(&second, "uncertain"), uncertain);
    assert_eq!(count(&second, "moved"), 20 - uncertain);
    never_twice(&harness, STANDARD, 20);
    let third = harness.json(0, ["dlq", "redrive", "--resend-uncertain"]);
    assert_eq!(count(&third, "moved"), uncertain, "the operator's word counts");
    assert!(bodies(&harness, "recs-dlq").is_empty());
}

#[test]
fn refused_deletes_stop_the_run_with_its_first_message() {
    let mut harness = with_messages(STANDARD, 100);
    let wrong = behind(&mut harness, always("DeleteMessageBatch", Fault::Deny));
    let first = harness.json(4, ["dlq", "redrive"]);
    assert_eq!((count(&first, "not-deleted"), count(&first, "left")), (1, 99));
    assert_eq!(bodies(&harness, "recs").len(), 1);
    let second = harness.json(4, ["dlq", "redrive"]);
    assert_eq!(count(&second, "moved"), 0, "{}", second["counts"]);
    assert!(bodies(&harness, "recs").len() <= 2, "one a run at most, until deletes work");
    wrong.heal();
    harness.json(0, ["dlq", "redrive"]);
    never_twice(&harness, STANDARD, 100);
    assert!(bodies(&harness, "recs-dlq").is_empty());
}

#[test]
fn deletes_that_are_refused_on_the_way_stop_the_run() {
    let mut harness = with_messages(STANDARD, 1_000);
    behind(&mut harness, |action, before| match (action, before) {
        ("DeleteMessageBatch", 3..) => Fault::Deny,
        _ => Fault::None,
    });
    let report = harness.json(4, ["dlq", "redrive"]);
    let sent = bodies(&harness, "recs").len();
    assert!(sent < 400, "{sent} of 1000 were sent: {}", report["counts"]);
    assert!(count(&report, "left") > 500, "{}", report["counts"]);
}

#[test]
fn a_restore_is_done_once() {
    for suffix in [STANDARD, FIFO] {
        let harness = with_messages(suffix, 12);
        let report = harness.json(0, ["dlq", "redrive"]);
        let path = report["journal"].as_str().expect("a path").to_owned();
        let restore = ["dlq", "journal", "restore", &path, "--yes"];
        assert_eq!(harness.json(0, restore)["restored"], 12);
        let second = harness.json(5, restore);
        assert_eq!((&second["restored"], &second["already_restored"]), (&json!(0), &json!(12)));
        assert_eq!(bodies(&harness, &format!("recs-dlq{suffix}")).len(), 12);
        let third = harness.json(0, [&restore[..], &["--again"]].concat());
        assert_eq!(third["restored"], 12, "the operator's word counts");
        assert_eq!(bodies(&harness, &format!("recs-dlq{suffix}")).len(), 24);
    }
}

#[test]
fn a_run_that_sent_nothing_is_not_unfinished() {
    // Killed during its scan.
    let mut harness = with_messages(STANDARD, 20);
    let wrong = behind(&mut harness, always("ReceiveMessage", Fault::Hang));
    let mut child = spawn(&harness, &["dlq", "redrive"]);
    eventually("it has begun", Duration::from_secs(60), || !journals(&harness).is_empty());
    child.kill().expect("killed");
    child.wait().expect("it ends");
    wrong.heal();
    // The rejects file exists already.
    harness.write("there.jsonl", "precious");
    let args = ["dlq", "redrive", "--salvage", "--rejects", "there.jsonl"];
    harness.run(args).ended(8);
    let list = harness.json(0, ["dlq", "journal", "list"]);
    for run in list["journals"].as_array().expect("journals") {
        assert_eq!(run["condition"], "finished", "{run}");
    }
    let text = harness.run(["dlq", "classify"]).stdout;
    assert!(!text.contains("was interrupted"), "{text}");
}

#[test]
fn a_journal_elsewhere_is_known_as_well() {
    let mut harness = with_messages(STANDARD, 10);
    let wrong = behind(&mut harness, always("DeleteMessageBatch", Fault::Deny));
    harness.json(4, ["dlq", "redrive", "--journal", "mine.jsonl"]);
    wrong.heal();
    let report = harness.json(0, ["dlq", "redrive"]);
    assert_eq!((count(&report, "already-sent"), count(&report, "moved")), (1, 9));
    never_twice(&harness, STANDARD, 10);
}

/// The hints print the run's id, whatever the file is called.
#[test]
fn a_journal_elsewhere_is_named_by_its_run() {
    let mut harness = with_messages(STANDARD, 10);
    behind(&mut harness, always("DeleteMessageBatch", Fault::Deny));
    harness.json(4, ["dlq", "redrive", "--journal", "mine.jsonl"]);
    let list = harness.json(0, ["dlq", "journal", "list"]);
    let run = list["journals"][0]["run_id"].as_str().expect("a run").to_owned();
    let shown = harness.json(0, ["dlq", "journal", "show", &run]);
    assert_eq!(shown["counts"]["acked"], 1, "{shown}");
    harness.recoctl(["dlq", "journal", "show", "mine"]).assert().code(8);
}

/// A run that is refused leaves nothing in the way of the next one.
#[test]
fn a_journal_that_cannot_be_made_leaves_no_file_of_rejects() {
    let harness = with_messages(STANDARD, 3);
    let taken = harness.write("taken.jsonl", "here already");
    let taken = taken.to_str().expect("a path");
    let args = ["dlq", "redrive", "--salvage", "--rejects", "r.jsonl", "--journal", taken];
    for _ in 0..2 {
        harness.recoctl(args).assert().code(7);
    }
}

#[test]
fn journals_of_other_queues_are_not_read() {
    let harness = with_messages(STANDARD, 3);
    harness.json(0, ["dlq", "redrive"]);
    let path = journals(&harness).pop().expect("a journal");
    let text = std::fs::read_to_string(&path).expect("there");
    let (header, rest) = text.split_once('\n').expect("lines");
    let other = header.replace("recs-dlq", "other-dlq");
    // Broken after its header, so that reading on would cause a warning.
    let name = "20260101T000000Z-00000000000000aa.jsonl";
    let broken = format!("{other}\n{{\"broken\n{rest}");
    std::fs::write(path.with_file_name(name), broken).expect("written");
    plant(&harness, STANDARD, &sound(100), 0);
    let stderr = harness.run(["dlq", "peek"]).ended(0).stderr;
    assert!(!stderr.contains("journal") && !stderr.contains(name), "not a word: {stderr}");
}

#[test]
fn a_journal_of_the_queue_that_cannot_be_read_is_named_before_anything_is_sent() {
    let harness = with_messages(STANDARD, 3);
    harness.json(0, ["dlq", "redrive"]);
    let path = journals(&harness).pop().expect("a journal");
    let text = std::fs::read_to_string(&path).expect("there");
    let (header, rest) = text.split_once('\n').expect("lines");
    std::fs::write(&path, format!("{header}\n{{\"broken\n{rest}")).expect("written");
    plant(&harness, STANDARD, &sound(100), 0);
    let name = path.file_name().and_then(|name| name.to_str()).expect("UTF-8");
    harness.run(["dlq", "redrive"]).says(name).says("may be sent again");
}

#[test]
fn one_queue_has_one_lock_however_its_endpoint_is_spelled() {
    let mut harness = with_messages(STANDARD, 60);
    let mut child = spawn(&harness, &["dlq", "redrive", "--rate", "2"]);
    eventually("it moves", Duration::from_secs(60), || !bodies(&harness, "recs").is_empty());
    let spelled = harness.the_sandbox().endpoint().replace("127.0.0.1", "localhost");
    harness.set("AWS_ENDPOINT_URL", &spelled);
    harness.set("AWS_ENDPOINT_URL_SQS", &spelled);
    harness.run(["dlq", "redrive"]).ended(7);
    child.kill().expect("killed");
    child.wait().expect("it ends");
}
