//! The journal through the real binary: its content, its lock, and the resumption of a run that was
//! cut off.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use crate::files::kit::{gets_there, kill_when, with_messages};
use crate::incident::kit::journals;
use crate::support::queues::{FIFO, STANDARD, bodies, count, plant, snapshot};
use crate::support::{Harness, eventually};
use reco_sandbox::sqs::Planted;
use serde_json::{Value, json};

#[test]
fn a_redrive_leaves_a_journal_that_knows_every_message() {
    for suffix in [STANDARD, FIFO] {
        let harness = with_messages(suffix, 25, &[]);
        let report = harness.json(0, ["dlq", "redrive"]);
        let path = PathBuf::from(report["journal"].as_str().expect("a path"));
        assert_eq!(journals(&harness), std::slice::from_ref(&path));
        #[cfg(unix)]
        assert_eq!(
            (
                crate::support::mode(&path),
                crate::support::mode(path.parent().expect("a directory"))
            ),
            (0o600, 0o700)
        );
        let list = harness.json(0, ["dlq", "journal", "list"]);
        let run = &list["journals"][0];
        assert_eq!((&run["condition"], &run["outcome"]), (&json!("finished"), &json!("success")));
        assert_eq!(run["counts"]["deleted"], 25);
        let id = run["run_id"].as_str().expect("an id");
        let shown = harness.json(0, ["dlq", "journal", "show", &id[..6]]);
        assert_eq!(shown["messages"].as_array().map(Vec::len), Some(25));
        assert_eq!(shown["anomalies"], json!([]));
        let resumed = harness.json(5, ["dlq", "journal", "resume", id]);
        assert_eq!(resumed["finished"], true, "there is nothing to resume");
    }
}

#[test]
fn runs_that_send_nothing_leave_no_journal() {
    let harness = with_messages(STANDARD, 3, &[]);
    harness.json(0, ["dlq", "redrive", "--dry-run"]);
    assert!(journals(&harness).is_empty());
    let report = harness.json(5, ["dlq", "redrive", "--class", "malformed"]);
    assert_eq!(report["journal"], Value::Null);
    assert!(journals(&harness).is_empty());
}

#[test]
fn without_a_journal_nothing_is_sent() {
    let harness = with_messages(STANDARD, 3, &[]);
    let there = harness.write("there.jsonl", "precious");
    for path in ["/nonexistent/journal.jsonl", there.to_str().expect("UTF-8")] {
        harness
            .run(["dlq", "redrive", "--journal", path])
            .ended(7)
            .says("cannot write the journal");
    }
    assert_eq!(std::fs::read_to_string(there).expect("there"), "precious");
    assert!(bodies(&harness, "recs").is_empty());
    assert_eq!(snapshot(&harness, "recs-dlq").depth.in_flight, 0);
}

#[test]
fn a_journal_whose_disk_is_full_stops_the_run_and_nothing_is_lost() {
    let harness = with_messages(STANDARD, 40, &[]);
    // The spool fits, the journal does not.
    let args = ["dlq", "redrive", "--output", "json"];
    let report = harness.run_on_a_full_disk(32, &args).ended_in([1, 4]).report();
    assert!(count(&report, "left") > 0, "{report}");
    let (source, dlq) = (bodies(&harness, "recs"), bodies(&harness, "recs-dlq"));
    assert_each_somewhere(40, &source, &dlq);
    assert_eq!(snapshot(&harness, "recs-dlq").depth.in_flight, 0);
}

#[test]
fn two_runs_on_one_dlq_are_kept_apart() {
    let harness = with_messages(STANDARD, 30, &[]);
    let mut child = crate::support::spawn(&harness, &["dlq", "redrive", "--rate", "5"]);
    eventually("the first moves", Duration::from_secs(30), || !bodies(&harness, "recs").is_empty());
    harness.run(["dlq", "redrive"]).ended(7).says(format!("process {}", child.id()));
    let list = harness.json(0, ["dlq", "journal", "list"]);
    let run = list["journals"][0].clone();
    assert_eq!(run["condition"], "running");
    let id = run["run_id"].as_str().expect("an id");
    // A run that goes on is not resumed.
    harness.run(["dlq", "journal", "resume", id]).ended(7);
    crate::support::interrupt(&child);
    child.wait().expect("it ends");
    // The lock is released when its process ends.
    harness.json(0, ["dlq", "redrive"]);
    assert!(bodies(&harness, "recs-dlq").is_empty());
}

#[test]
fn a_torn_last_line_is_tolerated_and_said() {
    let harness = with_messages(STANDARD, 5, &[]);
    let report = harness.json(0, ["dlq", "redrive"]);
    let path = report["journal"].as_str().expect("a path");
    let whole = std::fs::read(path).expect("there");
    // Cut within the last deletion: half of it and the end record are missing.
    let text = String::from_utf8(whole).expect("UTF-8");
    let at = text.rfind("{\"deleted\"").expect("deletions") + 7;
    std::fs::write(path, &text[..at]).expect("written");
    let shown = harness.json(0, ["dlq", "journal", "show", path]);
    assert!(shown["torn_line"].is_u64() && shown["outcome"].is_null(), "{shown}");
    assert_eq!(shown["counts"]["acked"], 1);
    let resumed = harness.json(0, ["dlq", "journal", "resume", path]);
    assert_eq!((count(&resumed, "gone"), &resumed["finished"]), (1, &json!(true)));
    let again = harness.json(0, ["dlq", "journal", "show", path]);
    assert_eq!((&again["condition"], &again["torn_line"]), (&json!("finished"), &Value::Null));
    assert_eq!(bodies(&harness, "recs").len(), 5, "nothing was sent twice");
}

#[test]
fn what_was_redriven_can_be_put_back() {
    for suffix in [STANDARD, FIFO] {
        let harness = with_messages(suffix, 12, &[]);
        let dlq = format!("recs-dlq{suffix}");
        let before = bodies(&harness, &dlq);
        let report = harness.json(0, ["dlq", "redrive"]);
        let path = report["journal"].as_str().expect("a path");
        assert!(bodies(&harness, &dlq).is_empty());
        // Nobody confirmed.
        harness.run(["dlq", "journal", "restore", path]).ended(7);
        assert!(bodies(&harness, &dlq).is_empty());
        let restored = harness.json(0, ["dlq", "journal", "restore", path, "--yes"]);
        assert_eq!(restored["restored"], 12);
        assert_eq!(bodies(&harness, &dlq), before);
    }
}

#[test]
fn a_message_that_was_redriven_before_is_marked() {
    let harness = with_messages(STANDARD, 3, &[]);
    let report = harness.json(0, ["dlq", "redrive"]);
    let sent_as = report["messages"][0]["sent_as"].as_str().expect("an id");
    // One returns as the redrive policy moves it, one has the same content, one is new.
    let returned = bodies(&harness, "recs");
    let planted = |body: &str, message_id: Option<&str>| {
        let message_id = message_id.map(str::to_owned);
        let planted = Planted { body: body.to_owned(), message_id, ..Planted::default() };
        plant(&harness, "recs-dlq", planted)
    };
    let came_back = planted("[7,[7]]", Some(sent_as));
    let same = planted(&returned[0], None);
    let fresh = planted("[8,[8]]", None);
    let classified = harness.json(0, ["dlq", "classify"]);
    let list = harness.json(0, ["dlq", "journal", "list"]);
    let of = |id: &str| {
        let rows = classified["messages"].as_array().expect("messages");
        rows.iter().find(|row| row["message_id"] == id).expect("it is there").clone()
    };
    assert_eq!(of(&came_back)["redriven"]["sign"], "came-back");
    assert_eq!(of(&came_back)["redriven"]["run_id"], list["journals"][0]["run_id"]);
    assert_eq!(of(&same)["redriven"]["sign"], "same-content");
    assert!(of(&fresh)["redriven"].is_null());
    let reasons = of(&came_back)["reasons"].to_string();
    assert!(reasons.contains("was redriven and came back"), "{reasons}");
}

/// Kills a run at a point, resumes it, and checks the outcome.
fn kill_and_resume(suffix: &str, point: u64) {
    const MESSAGES: usize = 60;
    let faults = ["SendMessageBatch:slow:0.5:15", "DeleteMessageBatch:slow:0.7:25"];
    let harness = with_messages(suffix, MESSAGES, &faults);
    let mut child = crate::support::spawn(&harness, &["dlq", "redrive"]);
    kill_when(&mut child, || lines(&harness) >= point);
    let (source, dlq) = (format!("recs{suffix}"), format!("recs-dlq{suffix}"));
    let Some(path) = journals(&harness).pop() else {
        assert!(
            bodies(&harness, &source).is_empty(),
            "nothing is sent before the journal is there"
        );
        return;
    };
    let path = path.to_str().expect("UTF-8");
    let resumed = resume(&harness, path);
    let (sent, kept) = (bodies(&harness, &source), bodies(&harness, &dlq));
    assert_each_somewhere(MESSAGES, &sent, &kept);
    let distinct: BTreeSet<&String> = sent.iter().collect();
    assert_eq!(distinct.len(), sent.len(), "point {point}: sent twice");
    let ids: BTreeSet<String> = snapshot(&harness, &dlq)
        .messages
        .into_iter()
        .filter(|message| distinct.contains(&message.body))
        .map(|message| message.id)
        .collect();
    let uncertain: BTreeSet<String> = resumed["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter(|message| message["fate"] == "uncertain")
        .map(|message| message["message_id"].as_str().expect("an id").to_owned())
        .collect();
    assert!(ids.is_subset(&uncertain), "point {point}: in both queues and not reported: {ids:?}");
    if suffix == FIFO {
        assert!(ids.is_empty() && uncertain.is_empty(), "point {point}: {resumed}");
    }
    let again = resume(&harness, path);
    assert_eq!(count(&again, "deleted") + count(&again, "resent"), 0, "point {point}: {again}");
    assert_eq!(bodies(&harness, &source), sent, "a second resume sends nothing");
}

fn resume(harness: &Harness, path: &str) -> Value {
    let args = ["dlq", "journal", "resume", path, "--output", "json"];
    harness.run(args).ended_in([0, 4, 5]).report()
}

/// Returns the number of lines of the only journal so far.
fn lines(harness: &Harness) -> u64 {
    let Some(path) = journals(harness).pop() else { return 0 };
    let bytes = std::fs::read(path).unwrap_or_default();
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn assert_each_somewhere(messages: usize, source: &[String], dlq: &[String]) {
    for user in 0..messages {
        let body = format!("[{user},[2]]");
        assert!(source.contains(&body) || dlq.contains(&body), "{body} is lost");
    }
}

/// Returns the points of a matrix: few by default, all when `RECOCTL_FULL_MATRIX` is set.
fn points(few: u64, all: u64) -> u64 {
    if std::env::var_os("RECOCTL_FULL_MATRIX").is_some() { all } else { few }
}

/// Runs the points of a matrix, four at a time.
fn matrix(points: u64, run: impl Fn(u64) + Sync) {
    let next = std::sync::atomic::AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let point = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if point >= points {
                        return;
                    }
                    run(point);
                }
            });
        }
    });
}

/// Sends Ctrl-C at a point: calls in flight finish, nothing is left invisible, and every message is
/// in exactly one queue.
fn interrupt(suffix: &str, point: u64) {
    const MESSAGES: usize = 60;
    let faults = ["SendMessageBatch:slow:0.5:15", "DeleteMessageBatch:slow:0.7:25"];
    let harness = with_messages(suffix, MESSAGES, &faults);
    let mut child = crate::support::spawn(&harness, &["dlq", "redrive"]);
    if gets_there(&mut child, || lines(&harness) >= point) {
        crate::support::interrupt(&child);
    }
    let code = child.wait().expect("it ends").code();
    assert!(matches!(code, Some(0 | 130)), "point {point}: {code:?}");
    let (source, dlq) = (format!("recs{suffix}"), format!("recs-dlq{suffix}"));
    assert_eq!(snapshot(&harness, &dlq).depth.in_flight, 0, "point {point}");
    let mut all = bodies(&harness, &source);
    all.extend(bodies(&harness, &dlq));
    all.sort();
    let mut expected: Vec<String> = (0..MESSAGES).map(|user| format!("[{user},[2]]")).collect();
    expected.sort();
    assert_eq!(all, expected, "point {point}: each message is in exactly one queue");
}

#[test]
fn interrupted_at_any_point_nothing_is_left_invisible() {
    let all = points(8, 50);
    matrix(all, |point| {
        interrupt(if point % 2 == 0 { STANDARD } else { FIFO }, 1 + point * 180 / all);
    });
}

/// A journal of 60 messages has about 182 lines: the points are spread over all of them.
#[test]
fn killed_at_any_point_and_resumed_nothing_is_lost_or_doubled_unnamed() {
    let all = points(6, 100);
    matrix(all, |point| kill_and_resume(STANDARD, 1 + point * 180 / all));
}

#[test]
fn killed_at_any_point_and_resumed_fifo_has_neither_loss_nor_duplicate() {
    let all = points(6, 100);
    matrix(all, |point| kill_and_resume(FIFO, 1 + point * 180 / all));
}
