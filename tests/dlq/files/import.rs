//! Importing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::kit::*;
use crate::support::{Harness, spawn};

/// Starts a harness whose DLQ was exported to `e.jsonl` and is empty.
fn moved_out(suffix: &str, messages: usize, faults: &[&str]) -> Harness {
    let harness = with_messages(suffix, messages, faults);
    harness.json(0, ["dlq", "export", "e.jsonl", "--and-delete", "--yes"]);
    harness
}

#[test]
fn importing_asks_goes_where_it_is_told_and_sends_nothing_twice() {
    for suffix in [STANDARD, FIFO] {
        let harness = moved_out(suffix, 25, &[]);
        let (source, dlq) = (format!("recs{suffix}"), format!("recs-dlq{suffix}"));
        harness.run(["dlq", "import", "e.jsonl"]).ended(7);
        let plan = harness.json(0, ["dlq", "import", "e.jsonl", "--dry-run"]);
        assert_eq!((count(&plan, "planned"), &plan["journal"]), (25, &Value::Null));
        assert!(bodies(&harness, &dlq).is_empty());
        let report = harness.json(0, ["dlq", "import", "e.jsonl", "--yes"]);
        adds_up(&report);
        assert_eq!((count(&report, "sent"), bodies(&harness, &dlq).len()), (25, 25));
        let again = harness.json(5, ["dlq", "import", "e.jsonl", "--yes"]);
        assert_eq!((count(&again, "already-sent"), bodies(&harness, &dlq).len()), (25, 25));
        // Another queue has not received them.
        let other = harness.json(0, ["dlq", "import", "e.jsonl", "--to", &source, "--yes"]);
        assert_eq!((count(&other, "sent"), bodies(&harness, &source).len()), (25, 25));
        harness.json(0, ["dlq", "import", "e.jsonl", "--again", "--yes"]);
        assert_eq!(bodies(&harness, &dlq).len(), 50, "--again is taken at its word");
    }
}

#[test]
fn restore_takes_an_export_too() {
    let harness = moved_out(STANDARD, 5, &[]);
    let report = harness.json(0, ["dlq", "journal", "restore", "e.jsonl", "--yes"]);
    assert_eq!((&report["kind"], count(&report, "sent")), (&json!("dlq.import"), 5));
    assert_eq!(bodies(&harness, "recs-dlq").len(), 5);
    let list = harness.json(0, ["dlq", "journal", "list"]);
    assert_eq!(list["journals"], json!([]), "an import is no redrive");
    let classified = harness.json(0, ["dlq", "classify"]);
    assert!(classified["messages"][0]["redriven"].is_null(), "and marks nothing as redriven");
    let journal = report["journal"].as_str().expect("a path");
    assert_eq!(harness.json(0, ["dlq", "journal", "show", journal])["counts"]["acked"], 5);
    for verb in ["resume", "restore"] {
        harness.run(["dlq", "journal", verb, journal]).ended(8).says("import the same file again");
    }
    let again = harness.json(5, ["dlq", "journal", "restore", "e.jsonl", "--all", "--yes"]);
    assert_eq!(count(&again, "already-sent"), 5, "only --again sends again");
}

#[test]
fn an_export_that_left_its_messages_says_that_they_will_be_there_twice() {
    let harness = with_messages(STANDARD, 3, &[]);
    harness.json(0, ["dlq", "export", "e.jsonl"]);
    harness.run(["dlq", "import", "e.jsonl", "--yes"]).ended(0).says("will be duplicated");
}

#[test]
fn a_broken_file_is_refused_with_its_line_before_anything_is_sent() {
    let harness = moved_out(STANDARD, 12, &[]);
    let whole = harness.read("e.jsonl");
    let lines: Vec<&str> = whole.lines().collect();
    let with = |at: usize, line: &str| {
        let mut lines = lines.clone();
        lines[at] = line;
        lines.join("\n") + "\n"
    };
    let changed = lines[7].replacen("[2]", "[3]", 1);
    let newer = lines[0].replace("\"version\":1", "\"version\":9");
    for (content, words) in [
        (with(11, "{\"message\":"), "line 12 is broken"),
        (with(5, "{\"message\":{}}"), "line 6 is broken: missing field `id`"),
        (with(7, &changed), "line 8: the body of message"),
        (with(13, "{\"end\":{\"messages\":11}}"), "line 14 says that the export has 11 messages"),
        (with(0, &newer), "format 9"),
        (whole.clone() + &whole, "line 15 starts another export"),
        ("[1,[2]]\n".to_owned(), "line 1 is not an export header"),
        (String::new(), "line 1 is not an export header"),
    ] {
        harness.write("bad.jsonl", &content);
        harness.run(["dlq", "import", "bad.jsonl", "--yes"]).ended(8).says(words).says("bad.jsonl");
    }
    assert!(bodies(&harness, "recs-dlq").is_empty());
    harness.run(["dlq", "import", "/nowhere.jsonl", "--yes"]).ended(8);
    harness.run(["dlq", "import", "-", "--yes"]).ended(8);
}

#[test]
fn a_file_that_was_cut_off_gives_what_it_has_and_says_so() {
    let harness = moved_out(STANDARD, 12, &[]);
    let path = harness.home.path().join("e.jsonl");
    let whole = std::fs::read_to_string(&path).expect("there");
    let cut = whole.match_indices('\n').nth(8).expect("lines").0 + 20;
    std::fs::write(&path, &whole[..cut]).expect("written");
    let report = harness.json(0, ["dlq", "import", "e.jsonl", "--yes"]);
    assert_eq!((count(&report, "sent"), &report["torn_line"]), (8, &json!(10)));
    assert_eq!(report["file_complete"], false);
    // The whole file, found later, is the same export, so only the rest is sent.
    std::fs::write(&path, &whole).expect("written");
    let rest = harness.json(0, ["dlq", "import", "e.jsonl", "--yes"]);
    assert_eq!((count(&rest, "sent"), count(&rest, "already-sent")), (4, 8));
    assert_eq!(bodies(&harness, "recs-dlq").len(), 12);
}

#[test]
fn what_the_queue_cannot_take_is_named_before_any_send() {
    let harness = queues(STANDARD, &[]);
    let sqs = harness.the_sandbox().sqs();
    sqs.create_queue("small", &[("MaximumMessageSize", "1024")]).expect("created");
    sqs.create_queue("other.fifo", &[("FifoQueue", "true")]).expect("created");
    for body in [format!("[1,[\"{}\"]]", "x".repeat(2_000)), body(2)] {
        plant(&harness, STANDARD, reco_sandbox::sqs::Planted { body, ..Default::default() });
    }
    harness.json(0, ["dlq", "export", "e.jsonl"]);
    let report = harness.json(4, ["dlq", "import", "e.jsonl", "--to", "small", "--yes"]);
    adds_up(&report);
    assert_eq!((count(&report, "sent"), count(&report, "failed")), (1, 1));
    assert!(report.to_string().contains("the destination queue accepts at most 1024"), "{report}");
    let report = harness.json(1, ["dlq", "import", "e.jsonl", "--to", "other.fifo", "--yes"]);
    assert!(report.to_string().contains("no message group id"), "{report}");
}

#[test]
fn a_rate_is_held() {
    let harness = moved_out(STANDARD, 60, &[]);
    let start = std::time::Instant::now();
    let report = harness.json(0, ["dlq", "import", "e.jsonl", "--yes", "--rate", "30"]);
    assert_eq!(count(&report, "sent"), 60);
    let took = start.elapsed();
    assert!(took.as_secs_f64() > 1.9, "60 messages at 30 a second, not in {took:?}");
}

/// Kills an import at a point, imports again, and accounts for sent and uncertain messages.
fn kill_and_import_again(suffix: &str, point: u64) {
    const MESSAGES: usize = 60;
    let harness = moved_out(suffix, MESSAGES, &["SendMessageBatch:slow:0.5:20"]);
    let dlq = format!("recs-dlq{suffix}");
    let imports = || {
        let root = harness.home.path().join(".local/state/recoctl/journal");
        let endpoints = std::fs::read_dir(root).into_iter().flatten().flatten();
        endpoints
            .flat_map(|entry| std::fs::read_dir(entry.path().join("imports")).into_iter().flatten())
            .flatten()
            .filter_map(|file| std::fs::read(file.path()).ok())
            .map(|bytes| bytes.iter().filter(|byte| **byte == b'\n').count() as u64)
            .sum::<u64>()
    };
    let mut child = spawn(&harness, &["dlq", "import", "e.jsonl", "--yes"]);
    kill_when(&mut child, || imports() >= point);
    let args = ["dlq", "import", "e.jsonl", "--yes", "--output", "json"];
    let report = harness.run(args).ended_in([0, 1, 4, 5]).report();
    adds_up(&report);
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for body in bodies(&harness, &dlq) {
        *times.entry(body).or_default() += 1;
    }
    assert!(times.values().all(|times| *times == 1), "point {point}: sent twice: {times:?}");
    let uncertain = count(&report, "uncertain");
    let missing = (0..MESSAGES).filter(|user| !times.contains_key(&body(*user))).count() as u64;
    assert!(missing <= uncertain, "point {point}: {missing} missing, {uncertain} uncertain");
    if suffix == FIFO {
        assert_eq!(uncertain, 0, "point {point}: FIFO sends them again under the same id");
    }
    let ids: BTreeSet<&str> = report["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .filter_map(|row| row["message_id"].as_str())
        .collect();
    assert_eq!(ids.len(), MESSAGES, "every message has a row");
}

#[test]
fn killed_at_any_point_and_imported_again_nothing_is_doubled_and_what_is_not_known_is_named() {
    for point in [1, 5, 40, 90, 115] {
        kill_and_import_again(STANDARD, point);
    }
}

#[test]
fn killed_at_any_point_and_imported_again_fifo_has_every_message_once() {
    for point in [1, 5, 40, 90, 115] {
        kill_and_import_again(FIFO, point);
    }
}

#[test]
fn sends_that_go_wrong_are_tried_again_or_named() {
    for suffix in [STANDARD, FIFO] {
        let faults = [
            "SendMessageBatch:entry-fail:0.2",
            "SendMessageBatch:throttle:0.1",
            "SendMessageBatch:error-after:0.1",
            "SendMessageBatch:wrong-md5:0.05",
        ];
        let harness = moved_out(suffix, 60, &faults);
        let args = ["dlq", "import", "e.jsonl", "--yes", "--output", "json"];
        let report = harness.run(args).report();
        adds_up(&report);
        let there: BTreeSet<String> =
            bodies(&harness, &format!("recs-dlq{suffix}")).into_iter().collect();
        let unsure =
            count(&report, "uncertain") + count(&report, "failed") + count(&report, "left");
        assert!(there.len() as u64 + unsure >= 60, "{report}");
        assert!(there.len() as u64 >= count(&report, "sent"), "what is said to be sent is there");
    }
}
