//! `--via queue`: the Lambda filters and writes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use reco_sandbox::SandboxOptions;
use reco_sandbox::seed::{Mix, SeedOptions, TABLE};
use reco_sandbox::worker::WorkerOptions;
use serde_json::{Value, json};

use super::kit::{Items, assert_balanced, scan};
use crate::faults::{Calls, Fault, always};
use crate::support::{Harness, finished};

/// Starts a seeded pipeline, whose users and articles are in the facts.
fn pipeline(worker: Option<WorkerOptions>) -> Harness {
    // Long enough that a busy machine's function is not mistaken for a throttled one.
    let seed =
        SeedOptions { mix: Mix::of_total(200), visibility_timeout_s: 30, ..SeedOptions::default() };
    Harness::sandbox(SandboxOptions { seed: Some(seed), worker, ..SandboxOptions::default() })
}

/// Returns lists of known and unknown users, with articles that are withdrawn or repeated.
fn lines() -> String {
    let mut lines = String::new();
    for n in 0..300_i64 {
        let user = if n % 10 == 9 { 900_000_000 + n } else { 100_001 + n % 150 };
        let articles: Vec<i64> =
            (0..20).map(|rank| 50_000_000 + (n * 31 + rank * 13) % 1000).collect();
        let twice: Vec<i64> = articles.iter().chain(&articles[..3]).copied().collect();
        let line = match n % 3 {
            0 => json!([user, twice]),
            1 => json!({"data": [[user, twice]], "generated_at": 1_768_446_000 + n / 100}),
            _ => {
                json!({"user_id": user, "recommended_note_ids": twice, "generated_at": 1_768_446_000})
            }
        };
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    lines
}

#[test]
fn the_table_ends_as_a_direct_backfill_leaves_it() {
    let direct = pipeline(None);
    direct.write("in.jsonl", lines());
    let written = direct.json(0, ["backfill", "in.jsonl"]);
    assert!(written["entries"]["skipped"].as_u64() > Some(0), "the filter has something to do");

    let worker = WorkerOptions { timeout: Duration::from_secs(25), ..WorkerOptions::default() };
    let queued = pipeline(Some(worker));
    queued.write("in.jsonl", lines());
    let report =
        queued.json(0, ["backfill", "in.jsonl", "--via", "queue", "--users-per-message", "20"]);
    assert_balanced(&report);
    // The users recur after 150 lines, which is within the window.
    let queue = &report["queue"];
    assert_eq!(queue["users"], report["entries"]["written"]);
    assert_eq!(queue["perhaps_twice"], 0);
    assert!(queue["messages"].as_u64() > Some(5), "{queue}");
    let idle = queued.runtime.block_on(queued.the_sandbox().idle(Duration::from_secs(100)));
    assert!(idle, "the source queue is worked through");
    let (queued, direct) = (ours(&queued), ours(&direct));
    assert!(direct.len() > 100, "{}", direct.len());
    let differ = |key: &&String| queued.get(*key) != direct.get(*key);
    let differing: Vec<&String> = direct.keys().chain(queued.keys()).filter(differ).collect();
    assert!(differing.is_empty(), "{differing:?}");
}

/// Returns the items that came from [`lines`]; the seed's own items are more recent.
fn ours(harness: &Harness) -> Items {
    let mut items = scan(harness, TABLE);
    items.retain(|_, item| match item["generated_at"]["N"].as_str() {
        None => true,
        Some(at) => at.starts_with("17684460"),
    });
    items
}

/// Creates an empty source queue with this message size limit in bytes, behind a server with this
/// rule.
fn faulty(
    limit: usize,
    rule: impl Fn(&str, usize) -> Fault + Send + Sync + 'static,
) -> (Harness, Calls) {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    let sqs = harness.the_sandbox().sqs().clone();
    let limit = limit.to_string();
    sqs.create_queue("recs", &[("MaximumMessageSize", &limit)]).expect("created");
    sqs.create_queue("recs.fifo", &[("FifoQueue", "true")]).expect("created");
    let calls = crate::faults::in_front(&mut harness, rule);
    harness.set("RECOCTL_QUEUE", "recs");
    (harness, calls)
}

/// Returns the bodies in the source queue, and all their entries with the times of their messages.
fn bodies(harness: &Harness) -> (Vec<Value>, BTreeMap<String, (Value, Value)>) {
    let snapshot = harness.the_sandbox().sqs().snapshot("recs").expect("there");
    let bodies: Vec<Value> = snapshot
        .messages
        .iter()
        .map(|message| serde_json::from_str(&message.body).expect("JSON"))
        .collect();
    let mut entries = BTreeMap::new();
    for body in &bodies {
        for entry in body["data"].as_array().expect("a list") {
            let list = (entry[1].clone(), body["generated_at"].clone());
            entries.insert(entry[0].to_string(), list);
        }
    }
    (bodies, entries)
}

#[test]
fn lists_of_one_time_share_messages_within_every_limit() {
    let (harness, _) = faulty(2048, |_, _| Fault::None);
    let mut lines = String::new();
    for user in 0..500_u64 {
        let articles: Vec<u64> = (0..user % 40).map(|rank| 10_000_000 + rank).collect();
        let line = match user % 4 {
            0 => json!({"user_id": user, "recommended_note_ids": articles, "generated_at": 7}),
            _ => json!([user, articles]),
        };
        lines.push_str(&format!("{line}\n"));
    }
    lines.push_str(&format!("[501,{:?}]\n[\"\u{ffff}\",[1]]\n", vec![12_345_678; 300]));
    harness.write("in.jsonl", lines);
    let args = ["backfill", "in.jsonl", "--via", "queue", "--users-per-message", "7"];
    let dry = harness.json(4, args.iter().copied().chain(["--dry-run"]));
    let report = harness.json(4, args);
    assert_balanced(&report);
    assert_eq!(report["rejected"], json!({ "unsendable": 2 }));
    let (bodies, entries) = bodies(&harness);
    assert_eq!(entries.len(), 500);
    for (user, (list, at)) in &entries {
        let user: u64 = user.parse().expect("a number");
        assert_eq!(list.as_array().expect("a list").len() as u64, user % 40);
        assert_eq!(*at, if user.is_multiple_of(4) { json!(7) } else { Value::Null });
    }
    for body in &bodies {
        assert!(body.to_string().len() <= 2048);
        assert!((1..=7).contains(&body["data"].as_array().expect("a list").len()));
    }
    let queue = &report["queue"];
    assert_eq!(queue["messages"], bodies.len());
    assert_eq!(queue["users"], 500);
    let bytes: usize = bodies.iter().map(|body| body.to_string().len()).sum();
    assert_eq!(queue["bytes"], bytes);
    assert_eq!(dry["dry_run"], true);
    assert_eq!(dry["queue"]["users"], 500);
    assert_eq!(dry["queue"]["calls"], 0);
}

#[test]
fn what_was_perhaps_sent_twice_is_told_and_nothing_is_lost() {
    let (harness, calls) = faulty(1024 * 1024, |action, before| match (action, before) {
        ("SendMessageBatch", 0) => Fault::DropAfter,
        ("SendMessageBatch", 1) => Fault::Throttle,
        ("SendMessageBatch", 3) => Fault::FailEntries { entries: vec![0, 2], sender_fault: false },
        _ => Fault::None,
    });
    let lines: String = (0..100).map(|user| format!("[{user},[{user}]]\n")).collect();
    harness.write("in.jsonl", lines);
    let report = harness.json(
        0,
        [
            "backfill",
            "in.jsonl",
            "--via",
            "queue",
            "--users-per-message",
            "2",
            "--concurrency",
            "1",
        ],
    );
    assert_balanced(&report);
    let (bodies, entries) = bodies(&harness);
    assert_eq!(entries.len(), 100, "nobody is missing");
    let queue = &report["queue"];
    assert_eq!(queue["messages"], 50);
    // Ten whose answer was dropped; the two that failed by SQS's fault are uncertain, too.
    assert_eq!(queue["perhaps_twice"], 12);
    assert_eq!(bodies.len(), 60);
    assert_eq!(calls.count("SendMessageBatch") as u64, queue["calls"].as_u64().expect("a count"));
}

#[test]
fn lists_that_the_queue_refuses_are_rejected_and_kept() {
    let (harness, _) = faulty(
        1024 * 1024,
        always("SendMessageBatch", Fault::FailEntries { entries: vec![1], sender_fault: true }),
    );
    harness.write("in.jsonl", "[1,[1]]\n[2,[2]]\n[3,[3]]\n{\"user_id\":3,\"delete\":true}\n");
    let args = ["backfill", "in.jsonl", "--via", "queue", "--users-per-message", "1"];
    let report = harness.json(4, args.iter().copied().chain(["--rejects", "rejects.jsonl"]));
    assert_balanced(&report);
    assert_eq!(report["entries"]["failed"], 1);
    assert_eq!(report["rejected"], json!({ "delete-elsewhere": 1 }));
    let text = harness.read("rejects.jsonl");
    let refused = text.lines().find(|line| line.contains("not-written")).expect("is there");
    let reject: Value = serde_json::from_str(refused).expect("JSON");
    assert_eq!((&reject["reason"], &reject["text"]), (&json!("not-written"), &json!("[2,[2]]")));
}

#[test]
fn a_queue_that_refuses_everything_ends_the_run() {
    let (harness, calls) = faulty(1024 * 1024, always("SendMessageBatch", Fault::Deny));
    let lines: String = (0..5000).map(|user| format!("[{user},[{user}]]\n")).collect();
    harness.write("in.jsonl", lines);
    let report = harness.json(1, ["backfill", "in.jsonl", "--via", "queue", "--concurrency", "1"]);
    assert_balanced(&report);
    assert_eq!(report["stopped"]["cause"], "queue");
    assert_eq!(calls.count("SendMessageBatch"), 1);
}

#[test]
fn a_fifo_queue_is_refused_with_the_reason() {
    let (mut harness, _) = faulty(1024 * 1024, |_, _| Fault::None);
    harness.set("RECOCTL_QUEUE", "recs.fifo");
    harness.write("in.jsonl", "[1,[2]]\n");
    insta::assert_snapshot!(
        harness.run(["backfill", "in.jsonl", "--via", "queue"]).ended(3).told()
    );
}

#[test]
fn an_interrupt_leaves_whole_messages_and_balanced_books() {
    let (harness, _) = faulty(1024 * 1024, |_, _| Fault::None);
    let lines: String = (0..20_000).map(|user| format!("[{user},[1]]\n")).collect();
    harness.write("in.jsonl", lines);
    let args = ["backfill", "in.jsonl", "--via", "queue", "--rate", "20", "--output", "json"];
    let child = crate::support::spawn(&harness, &args);
    let sent = || bodies(&harness).0.len() > 5;
    crate::support::eventually("messages arrive", Duration::from_secs(60), sent);
    crate::support::interrupt(&child);
    let report = finished(child).ended(130).report();
    assert_balanced(&report);
    let (bodies, entries) = bodies(&harness);
    assert_eq!(report["queue"]["messages"], bodies.len());
    assert_eq!(report["entries"]["written"], entries.len());
    let line = report["stopped"]["resume_from"]["line"].as_u64().expect("a line");
    // Line n holds user n - 1.
    let sent: BTreeSet<u64> = entries.keys().map(|user| user.parse().expect("a number")).collect();
    assert!((0..line - 1).all(|user| sent.contains(&user)));
}

#[test]
fn a_run_that_was_killed_goes_on_and_every_list_is_in_the_queue() {
    let (harness, _) = faulty(1024 * 1024, |_, _| Fault::None);
    let lines: String = (0..2_000).map(|user| format!("[{user},[1]]\n")).collect();
    harness.write("in.jsonl", lines);
    let args = ["backfill", "in.jsonl", "--via", "queue", "--users-per-message", "10"];
    let mut child = crate::support::spawn(&harness, &[&args[..], &["--rate", "20"]].concat());
    let sent = || bodies(&harness).0.len() > 20;
    crate::support::eventually("messages arrive", Duration::from_secs(60), sent);
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let report = harness.json(0, [&args[..], &["--resume"]].concat());
    assert_balanced(&report);
    assert_eq!((&report["lines"]["read"], &report["resumed"]["runs"]), (&json!(2_000), &json!(1)));
    let (_, entries) = bodies(&harness);
    assert_eq!(entries.len(), 2_000, "sent again perhaps, but none is missing");
}
