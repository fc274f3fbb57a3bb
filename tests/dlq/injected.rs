//! `recoctl dlq redrive` against an SQS that fails: no message is lost, and possible duplicates are
//! named.

use crate::faults::{Calls, Fault, always};
use crate::support::Harness;
use crate::support::queues::{count, plant_sound, queues, visible_bodies};
use reco_sandbox::SandboxOptions;
use serde_json::Value;

struct Faulty {
    harness: Harness,
    calls: Calls,
    suffix: &'static str,
}

/// Starts a DLQ with this many sound messages, behind a server with this rule.
fn faulty(
    suffix: &'static str,
    messages: usize,
    rule: impl Fn(&str, usize) -> Fault + Send + Sync + 'static,
) -> Faulty {
    let mut harness = queues(suffix, SandboxOptions::empty());
    plant_sound(&harness, suffix, messages, 3);
    let calls = crate::faults::in_front(&mut harness, rule);
    Faulty { harness, calls, suffix }
}

impl Faulty {
    fn redrive(&self, code: i32) -> Value {
        let report = self.harness.json(code, ["dlq", "redrive"]);
        let counts = report["counts"].as_object().expect("counts");
        let sum: u64 = counts.values().map(|count| count.as_u64().expect("a count")).sum();
        assert_eq!(Some(sum), report["seen"].as_u64(), "{counts:?}");
        report
    }

    fn bodies(&self, queue: &str) -> Vec<String> {
        visible_bodies(&self.harness, &format!("{queue}{}", self.suffix))
    }

    /// Counts messages that are in both queues, and asserts that all of `messages` are in at least
    /// one.
    fn twice(&self, messages: usize) -> usize {
        let (source, dlq) = (self.bodies("recs"), self.bodies("recs-dlq"));
        for user in 0..messages {
            let body = format!("[{user},[2]]");
            assert!(source.contains(&body) || dlq.contains(&body), "{body} is lost");
        }
        let mut distinct = source.clone();
        distinct.dedup();
        assert_eq!(distinct, source, "no message is in the source queue twice");
        source.iter().filter(|body| dlq.contains(body)).count()
    }
}

#[test]
fn a_throttled_send_is_sent_again() {
    let run = faulty("", 5, |action, before| match (action, before) {
        ("SendMessageBatch", 0..3) => Fault::Throttle,
        _ => Fault::None,
    });
    let report = run.redrive(0);
    assert_eq!(count(&report, "moved"), 5);
    // The first message goes alone: three refusals, its send, and then the rest.
    assert_eq!(run.calls.count("SendMessageBatch"), 5);
    assert_eq!(run.twice(5), 0);
}

#[test]
fn a_send_whose_answer_is_lost_is_never_repeated_on_a_standard_queue() {
    for fault in [Fault::FailAfter, Fault::DropAfter] {
        let run = faulty("", 5, always("SendMessageBatch", fault));
        let report = run.redrive(4);
        // One at a time, since no send and delete has succeeded yet; after three the rest is left.
        assert_eq!((count(&report, "uncertain"), count(&report, "left")), (3, 2));
        assert_eq!(run.calls.count("SendMessageBatch"), 3);
        assert_eq!(run.calls.count("DeleteMessageBatch"), 0, "what is uncertain is not deleted");
        assert_eq!(run.twice(5), 3, "each of them is named as uncertain");
    }
}

#[test]
fn fifo_repeats_a_send_whose_answer_is_lost_without_a_duplicate() {
    let run = faulty(".fifo", 6, |action, before| match (action, before) {
        ("SendMessageBatch", 0) => Fault::DropAfter,
        ("SendMessageBatch", 1) => Fault::FailAfter,
        _ => Fault::None,
    });
    let report = run.redrive(0);
    assert_eq!(count(&report, "moved"), 6);
    assert_eq!(run.twice(6), 0);
}

#[test]
fn entries_that_fail_inside_a_success_are_sent_again_or_reported() {
    let run = faulty("", 5, |action, before| match (action, before) {
        ("SendMessageBatch", 1) => Fault::FailEntries { entries: vec![1, 3], sender_fault: false },
        ("SendMessageBatch", 2) => Fault::FailEntries { entries: vec![0], sender_fault: true },
        _ => Fault::None,
    });
    let report = run.redrive(4);
    // SQS was at fault for two entries and may have accepted them; one was then refused for good.
    assert_eq!((count(&report, "moved"), count(&report, "uncertain")), (4, 1));
    assert_eq!(report["perhaps_twice"], 1);
    assert_eq!(run.twice(5), 0);
    assert_eq!(run.bodies("recs-dlq").len(), 1);
}

#[test]
fn a_fifo_group_stops_at_its_first_failure() {
    let run = faulty(".fifo", 9, |action, before| match (action, before) {
        // After the first message, which goes alone: one message of each group, one of which fails
        // for good.
        ("SendMessageBatch", 1) => Fault::FailEntries { entries: vec![0], sender_fault: true },
        _ => Fault::None,
    });
    let report = run.redrive(4);
    assert_eq!(
        (count(&report, "moved"), count(&report, "failed"), count(&report, "left")),
        (6, 1, 2)
    );
    assert_eq!(run.bodies("recs-dlq").len(), 3);
    assert_eq!(run.twice(9), 0);
}

#[test]
fn a_delete_that_fails_for_good_is_reported_as_a_possible_duplicate() {
    let run = faulty(
        "",
        4,
        always("DeleteMessageBatch", Fault::FailEntries { entries: vec![2], sender_fault: true }),
    );
    let report = run.redrive(4);
    assert_eq!((count(&report, "moved"), count(&report, "not-deleted")), (3, 1));
    assert_eq!(run.twice(4), 1);
}

#[test]
fn a_wrong_digest_in_the_acknowledgement_keeps_the_original() {
    let run = faulty("", 3, |action, before| match (action, before) {
        ("SendMessageBatch", 1) => Fault::WrongMd5,
        _ => Fault::None,
    });
    let report = run.redrive(4);
    assert_eq!((count(&report, "moved"), count(&report, "uncertain")), (2, 1));
    assert_eq!(run.twice(3), 1);
}

#[test]
fn a_refused_send_stops_the_run_and_says_why() {
    let run = faulty("", 200, always("SendMessageBatch", Fault::Deny));
    let report = run.redrive(1);
    assert_eq!(count(&report, "failed") + count(&report, "left"), 200);
    assert!(count(&report, "left") > 0, "what is hopeless is not tried to the end");
    let reasons = report["messages"].to_string();
    assert!(reasons.contains("AccessDenied"), "{reasons}");
    assert_eq!(run.bodies("recs-dlq").len(), 200);
}

#[test]
fn receives_and_releases_outlive_passing_faults() {
    let run = faulty("", 30, |action, before| match (action, before) {
        ("ReceiveMessage", 1) | ("ChangeMessageVisibilityBatch", 0) => Fault::Throttle,
        ("ChangeMessageVisibilityBatch", 1) => {
            Fault::FailEntries { entries: vec![0, 5], sender_fault: false }
        }
        _ => Fault::None,
    });
    run.harness.json(0, ["dlq", "peek", "--max", "30"]);
    assert_eq!(run.bodies("recs-dlq").len(), 30);
}

#[test]
fn messages_that_cannot_be_released_are_named_with_when_they_come_back() {
    let run = faulty("", 3, always("ChangeMessageVisibilityBatch", Fault::Deny));
    let report = run.harness.json(4, ["dlq", "peek"]);
    let unreleased = report["unreleased"].as_array().expect("a list");
    assert_eq!(unreleased.len(), 3);
    let seconds = unreleased[0]["visible_in_s"].as_u64().expect("seconds");
    assert!((1..=61).contains(&seconds), "{seconds}");
}
