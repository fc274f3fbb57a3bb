//! Messages keep arriving: every command ends, and leaves later arrivals alone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reco_sandbox::SandboxOptions;
use serde_json::json;

use super::kit::*;
use crate::support::{Harness, eventually};

/// Pauses between two arrivals: 0.5, 3 and 50 per second.
const PAUSES_MS: [u64; 3] = [2_000, 333, 20];

/// Asserts that nothing is lost, doubled or left invisible.
fn all_in_one_place(harness: &Harness, suffix: &str, messages: usize, arrived: &[String]) {
    let copies = copies(harness, suffix);
    for body in (0..messages).map(sound).chain(arrived.iter().cloned()) {
        let (source, dlq) = copies.get(&body).copied().unwrap_or_default();
        assert_eq!(source + dlq, 1, "{body}: {source} in the source queue, {dlq} in the DLQ");
    }
    assert_eq!(in_flight(harness, &format!("recs-dlq{suffix}")), 0, "all are visible");
}

/// A command that never ends would run into the harness's limit of 120 s.
#[test]
fn looking_ends_while_messages_arrive() {
    for pause in PAUSES_MS {
        for suffix in [STANDARD, FIFO] {
            let harness = with_messages(suffix, 40);
            let arrivals = Arrivals::start(&harness, suffix, Duration::from_millis(pause), true);
            harness.run(["dlq", "classify"]).ended_in([0, 4]);
            let peeked = harness.run(["dlq", "peek", "--class", "stale"]);
            assert!(peeked.code.is_some(), "{peeked:#?}");
            let arrived = arrivals.stop();
            all_in_one_place(&harness, suffix, 40, &arrived);
        }
    }
}

#[test]
fn a_redrive_moves_what_was_there_and_ends_while_messages_arrive() {
    for pause in PAUSES_MS {
        for poison in [false, true] {
            let harness = with_messages(STANDARD, 200);
            // Slow enough for some to arrive at any rate.
            let rate = if pause < 1_000 { "200" } else { "20" };
            let pause = Duration::from_millis(pause);
            let arrivals = Arrivals::start(&harness, STANDARD, pause, poison);
            let report = harness.json(0, ["dlq", "redrive", "--rate", rate]);
            let arrived = arrivals.stop();
            assert!(arrived.len() >= 3, "{} arrived", arrived.len());
            let moved = count(&report, "moved");
            // SQS does not say which of them were there when it began, only how many.
            assert!(moved >= 150, "{moved} of 200 moved: {report}");
            all_in_one_place(&harness, STANDARD, 200, &arrived);
        }
    }
}

#[test]
fn a_fifo_redrive_ends_while_messages_arrive() {
    for poison in [false, true] {
        let harness = with_messages(FIFO, 60);
        let pause = Duration::from_millis(100);
        let arrivals = Arrivals::start(&harness, FIFO, pause, poison);
        harness.run(["dlq", "redrive"]).ended_in([0, 4]);
        let arrived = arrivals.stop();
        all_in_one_place(&harness, FIFO, 60, &arrived);
        let left = bodies(&harness, "recs-dlq.fifo");
        assert!((0..60).map(sound).all(|body| !left.contains(&body)), "all that was there moved");
    }
}

/// Each message is behind another one, so that a redrive takes front after front while many arrive.
/// It moves what was there and what came with the first fronts, and leaves the rest alone.
#[test]
fn a_fifo_redrive_leaves_arrivals_alone_and_counts_them() {
    let harness = queues(FIFO, SandboxOptions::empty());
    (0..60).for_each(|user| drop(plant(&harness, FIFO, &sound(user), 0)));
    let arrivals = Arrivals::start(&harness, FIFO, Duration::from_millis(20), false);
    let report = harness.json(0, ["dlq", "redrive", "--rate", "40"]);
    let arrived = arrivals.stop();
    all_in_one_place(&harness, FIFO, 60, &arrived);
    let left = bodies(&harness, "recs-dlq.fifo");
    assert!((0..60).map(sound).all(|body| !left.contains(&body)), "all that was there moved");
    assert!(report["arrived"].as_u64() > Some(0), "{}", report["arrived"]);
    let seen: u64 =
        report["counts"].as_object().expect("counts").values().filter_map(|n| n.as_u64()).sum();
    assert_eq!(report["seen"], seen, "every message that was received has one record");
}

/// Arrivals that a FIFO run holds are let go however it ends: by an error, or by a refusal.
#[test]
fn held_arrivals_are_let_go_when_the_run_fails() {
    let mut harness = queues(FIFO, SandboxOptions::empty());
    (0..60).for_each(|user| drop(plant(&harness, FIFO, &sound(user), 0)));
    let sent = AtomicBool::new(false);
    behind(&mut harness, move |action, before| match action {
        "SendMessageBatch" => {
            sent.store(before >= 20, Ordering::Relaxed);
            crate::faults::Fault::None
        }
        "ReceiveMessage" if sent.load(Ordering::Relaxed) => crate::faults::Fault::Deny,
        _ => crate::faults::Fault::None,
    });
    let arrivals = Arrivals::start(&harness, FIFO, Duration::from_millis(20), false);
    harness
        .run(["dlq", "redrive", "--rate", "40"])
        .says("cannot receive from queue recs-dlq.fifo")
        .says("recoctl dlq journal resume");
    all_in_one_place(&harness, FIFO, 60, &arrivals.stop());
    let source = bodies(&harness, "recs.fifo");
    let moved = (0..60).map(sound).filter(|body| source.contains(body)).count();
    assert!((1..60).contains(&moved), "{moved} moved before it failed");
}

#[test]
fn held_arrivals_are_let_go_when_the_run_is_refused() {
    let harness = with_messages(FIFO, 60);
    let arrivals = Arrivals::start(&harness, FIFO, Duration::from_millis(10), true);
    eventually("some arrive", Duration::from_secs(60), || {
        bodies(&harness, "recs-dlq.fifo").len() > 70
    });
    // A second message whose id begins in the same way.
    let ids = sqs(&harness).snapshot("recs-dlq.fifo").expect("there").messages;
    let first = ids.first().map(|message| message.id.clone()).expect("an id");
    let twin = format!("{}{}", &first[..8], "-twin");
    let planted = reco_sandbox::sqs::Planted {
        body: sound(2_000_000),
        group_id: Some("twin".to_owned()),
        message_id: Some(twin),
        ..Default::default()
    };
    sqs(&harness).plant("recs-dlq.fifo", planted).expect("planted");
    let args = ["dlq", "redrive", "--id", &first[..8]];
    harness.run(args).ended(7);
    let arrived = arrivals.stop();
    all_in_one_place(&harness, FIFO, 60, &arrived);
    assert!(bodies(&harness, "recs.fifo").is_empty(), "nothing was moved");
}

/// What arrives in other groups is no message that was there: those behind a poisoned one are missed.
#[test]
fn arrivals_do_not_count_for_what_a_fifo_group_keeps_back() {
    for command in [&["dlq", "redrive", "--class", "retryable"][..], &["dlq", "classify"]] {
        let harness = queues(FIFO, SandboxOptions::empty());
        drop(plant(&harness, FIFO, "poison", 0));
        (1..20).for_each(|user| drop(plant(&harness, FIFO, &sound(user), 0)));
        let arrivals = Arrivals::start(&harness, FIFO, Duration::from_millis(10), false);
        let report = harness.json(4, command.to_vec());
        drop(arrivals);
        assert_eq!(report["exhausted"], json!(false), "{report}");
        // About 10: what arrived while the depth was read may have been there or not.
        assert!(report["unreached"].as_u64() >= Some(5), "{}", report["unreached"]);
        assert_eq!(in_flight(&harness, "recs-dlq.fifo"), 0);
    }
}

#[test]
fn exports_and_purges_end_while_messages_arrive() {
    let harness = with_messages(STANDARD, 50);
    let arrivals = Arrivals::start(&harness, STANDARD, Duration::from_millis(50), true);
    let exported = harness.json(0, ["dlq", "export", "out.jsonl"]);
    assert!(count(&exported, "exported") >= 50, "{exported}");
    let purged = harness.json(0, ["dlq", "purge", "--class", "retryable", "--backup", "b.jsonl"]);
    let arrived = arrivals.stop();
    let left = bodies(&harness, "recs-dlq");
    assert_eq!(left.len() as u64, 50 + arrived.len() as u64 - count(&purged, "deleted"));
    assert_eq!(in_flight(&harness, "recs-dlq"), 0);
}

#[test]
fn a_resume_ends_while_messages_arrive() {
    let mut harness = with_messages(STANDARD, 60);
    // Sent but not deleted; then deletes work again, but the run's receipt handles are gone.
    let wrong = behind(&mut harness, |action, before| match action {
        "DeleteMessageBatch" if before > 0 => crate::faults::Fault::Deny,
        _ => crate::faults::Fault::None,
    });
    let report = harness.json(4, ["dlq", "redrive"]);
    assert!(count(&report, "not-deleted") > 0, "{report}");
    wrong.heal();
    let arrivals = Arrivals::start(&harness, STANDARD, Duration::from_millis(100), false);
    let journal = report["journal"].as_str().expect("a journal");
    let resumed = harness.run(["dlq", "journal", "resume", journal]);
    assert!(resumed.code.is_some(), "it ends");
    let arrived = arrivals.stop();
    all_in_one_place(&harness, STANDARD, 60, &arrived);
}

#[test]
fn what_arrived_meanwhile_is_told() {
    let harness = with_messages(STANDARD, 30);
    let arrivals = Arrivals::start(&harness, STANDARD, Duration::from_millis(10), true);
    eventually("they arrive", Duration::from_secs(20), || bodies(&harness, "recs-dlq").len() > 40);
    let report = harness.json(0, ["dlq", "classify"]);
    drop(arrivals);
    assert_eq!(report["exhausted"], json!(true), "all that was there was seen");
    assert!(report["arrived"].as_u64() > Some(0), "{}", report["arrived"]);
}
