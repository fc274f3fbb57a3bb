//! "Empty" when it is not: lost answers, a queue at its quota, fronts of FIFO groups.

use std::time::Duration;

use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::{Planted, SqsOptions};
use serde_json::json;

use super::kit::*;
use crate::faults::{Fault, always};

#[test]
fn lost_answers_hide_messages_and_that_is_told() {
    for command in [&["dlq", "classify"][..], &["dlq", "redrive"]] {
        let mut harness = with_messages(STANDARD, 200);
        behind(&mut harness, |action, before| match (action, before) {
            ("ReceiveMessage", 2 | 5 | 7) => Fault::DropAfter,
            _ => Fault::None,
        });
        let report = harness.json(4, command.to_vec());
        assert_eq!(report["exhausted"], json!(false));
        let hidden = &report["hidden"];
        assert_eq!(hidden["in_flight"], 30, "{hidden}");
        let seconds = hidden["visible_in_s"].as_u64().expect("seconds");
        assert!((1..=75).contains(&seconds), "{seconds}");
        assert!(hidden["visible_at"].is_string());
        assert_eq!(in_flight(&harness, "recs-dlq"), 30, "no others are invisible");
    }
}

#[test]
fn a_lost_answer_of_a_fifo_queue_hides_nothing() {
    let mut harness = with_messages(FIFO, 20);
    behind(&mut harness, |action, before| match (action, before) {
        ("ReceiveMessage", 0 | 1) => Fault::DropAfter,
        _ => Fault::None,
    });
    let report = harness.json(0, ["dlq", "redrive"]);
    assert_eq!(count(&report, "moved"), 20);
}

#[test]
fn a_fifo_receive_that_is_given_up_names_what_it_hides() {
    for command in ["classify", "redrive"] {
        let mut harness = with_messages(FIFO, 20);
        behind(&mut harness, always("ReceiveMessage", Fault::DropAfter));
        let ran = harness.run(["dlq", command]).says("SQS responses were lost: up to");
        assert_ne!(ran.code, Some(0), "{command}");
        let hidden = in_flight(&harness, &format!("recs-dlq{FIFO}"));
        assert!(hidden > 0, "the answers were lost after the messages were hidden");
    }
}

#[test]
fn a_queue_at_its_quota_is_not_empty() {
    let sqs_options = SqsOptions { in_flight_limit: 5, ..SqsOptions::default() };
    // No duplicates: one that recoctl got of the other client's messages and released would make room.
    let faults = vec!["ReceiveMessage:miss:0.03".parse().expect("a fault")];
    let options = SandboxOptions { sqs: sqs_options, faults, ..SandboxOptions::empty() };
    let harness = queues(STANDARD, options);
    (0..200).for_each(|user| drop(plant(&harness, STANDARD, &sound(user), user)));
    let client = harness.sqs();
    harness.runtime.block_on(async {
        let url = client.get_queue_url().queue_name("recs-dlq").send().await.expect("there");
        let receive = client.receive_message().set_queue_url(url.queue_url);
        receive.max_number_of_messages(5).send().await.expect("received");
    });
    for command in [&["dlq", "peek"][..], &["dlq", "classify"], &["dlq", "redrive"]] {
        let report = harness.json(4, command.to_vec());
        assert_eq!(report["exhausted"], json!(false), "{command:?}");
        assert_eq!(report["hidden"]["visible"], 195, "{command:?}: {}", report["hidden"]);
    }
}

/// AWS: the counts lag up to a minute. A queue that was just emptied still counts as full.
#[test]
fn an_emptied_queue_is_empty_although_its_counts_lag() {
    let sqs_options = SqsOptions { count_lag: Duration::from_secs(10), ..SqsOptions::default() };
    let options = SandboxOptions { sqs: sqs_options, ..SandboxOptions::empty() };
    let harness = queues(STANDARD, options);
    (0..20).for_each(|user| drop(plant(&harness, STANDARD, &sound(user), user)));
    let purge = ["dlq", "purge", "--no-backup", "--yes"];
    assert_eq!(count(&harness.json(0, purge), "deleted"), 20);
    for (command, code) in [(&purge[..], 5), (&["dlq", "redrive"], 5), (&["dlq", "classify"], 0)] {
        let report = harness.json(code, command.to_vec());
        assert_eq!((&report["exhausted"], &report["hidden"]), (&json!(true), &json!(null)));
    }
}

/// Queues 200 messages of one group, of which SQS returns ten at a time.
fn one_group(malformed_first: bool) -> crate::support::Harness {
    let harness = queues(FIFO, SandboxOptions::empty());
    for user in 0..200 {
        let body =
            if malformed_first && user < 10 { format!("broken {user}") } else { sound(user) };
        plant(&harness, FIFO, &body, 0);
    }
    harness
}

#[test]
fn what_stands_behind_the_front_of_a_group_is_told() {
    let harness = one_group(false);
    let classified = harness.json(4, ["dlq", "classify"]);
    assert_eq!(
        (&classified["scanned"], &classified["exhausted"], &classified["unreached"]),
        (&json!(10), &json!(false), &json!(190))
    );
    let exported = harness.json(4, ["dlq", "export", "out.jsonl"]);
    assert_eq!(exported["file"]["complete"], json!(false), "{}", exported["file"]);
    assert_eq!(exported["unreached"], 190);
    let moved = harness.json(0, ["dlq", "redrive"]);
    assert_eq!((count(&moved, "moved"), &moved["unreached"]), (200, &json!(0)));
}

#[test]
fn wanted_messages_that_are_not_reached_are_no_success() {
    let harness = one_group(true);
    let report = harness.json(4, ["dlq", "redrive"]);
    assert_eq!((count(&report, "moved"), count(&report, "skipped")), (0, 10));
    assert_eq!(report["unreached"], 190);
}

/// Queues this many messages, each in a group of its own; the first `broken` are malformed.
fn groups_of_one(messages: usize, broken: usize) -> crate::support::Harness {
    let harness = queues(FIFO, SandboxOptions::empty());
    for user in 0..messages {
        let body = if user < broken { format!("broken {user}") } else { sound(user) };
        let group_id = Some(format!("group-{user}"));
        let planted = Planted { body, group_id, ..Planted::default() };
        sqs(&harness).plant(&format!("recs-dlq{FIFO}"), planted).expect("planted");
    }
    harness
}

#[test]
fn a_fifo_redrive_that_can_hold_no_more_says_what_it_never_looked_at() {
    let harness = groups_of_one(100, 20);
    for dry_run in [&["--dry-run"][..], &[]] {
        let args = [&["dlq", "redrive", "--hold", "20", "--output", "json"][..], dry_run].concat();
        // 80 were never seen.
        let ran = harness.run(args).ended(4);
        let report = ran.report();
        let told = ran.told();
        assert_eq!((count(&report, "skipped"), &report["unreached"]), (20, &json!(80)));
        assert!(told.contains("warning: the DLQ has more messages"), "{told}");
    }
    assert_eq!(in_flight(&harness, &format!("recs-dlq{FIFO}")), 0);
}

#[test]
fn some_that_moved_before_the_room_was_used_up_make_no_success() {
    let harness = groups_of_one(100, 0);
    (100..120).for_each(|user| {
        let (body, group_id) = (format!("broken {user}"), Some(format!("group-{user}")));
        let planted = Planted { body, group_id, ..Planted::default() };
        drop(sqs(&harness).plant(&format!("recs-dlq{FIFO}"), planted).expect("planted"));
    });
    let report = harness.json(4, ["dlq", "redrive", "--hold", "10"]);
    assert_eq!((count(&report, "moved"), count(&report, "skipped")), (100, 10));
    assert_eq!(report["unreached"], 10);
    let whole = harness.json(5, ["dlq", "redrive", "--hold", "20"]);
    assert_eq!((count(&whole, "skipped"), &whole["unreached"]), (20, &json!(0)));
}

/// A selected message that cannot be moved holds back the later ones of its group, and of no other.
#[test]
fn what_cannot_be_sent_is_not_overtaken() {
    let harness = queues(FIFO, SandboxOptions::empty());
    let source = format!("recs{FIFO}");
    let small = [("MaximumMessageSize".to_owned(), "1024".to_owned())];
    harness.runtime.block_on(async {
        let client = harness.sqs();
        let url = client.get_queue_url().queue_name(&source).send().await.expect("there");
        let name = |name: &str| aws_sdk_sqs::types::QueueAttributeName::from(name);
        let [(key, value)] = &small;
        let set = client.set_queue_attributes().set_queue_url(url.queue_url);
        set.attributes(name(key), value).send().await.expect("set");
    });
    let articles: Vec<String> = (1..400).map(|article| article.to_string()).collect();
    let large = format!("[1,[{}]]", articles.join(","));
    assert!(large.len() > 1024);
    plant(&harness, FIFO, &sound(0), 0);
    plant(&harness, FIFO, &large, 0);
    (2..5).for_each(|user| drop(plant(&harness, FIFO, &sound(user), 0)));
    (5..8).for_each(|user| drop(plant(&harness, FIFO, &sound(user), 1)));
    // Too large is a class of its own, which is not selected by default.
    let all = ["dlq", "redrive", "--class", "retryable,oversize", "--engine", "client"];
    let planned = harness.json(4, [&all[..], &["--dry-run"]].concat());
    let moved = harness.json(4, all);
    for (report, done) in [(&planned, "planned"), (&moved, "moved")] {
        assert_eq!((count(report, done), count(report, "failed")), (4, 1), "{report}");
        assert_eq!((count(report, "left"), &report["overtaking"]), (3, &json!(0)));
    }
    assert_eq!(moved["moved_to"][&source], 4);
    let left = moved["messages"].as_array().expect("messages").iter();
    let left: Vec<_> = left.filter(|one| one["fate"] == "left").collect();
    assert!(left.iter().all(|one| one["reason"].to_string().contains("earlier message of its")));
}

#[test]
fn what_overtakes_a_message_that_stays_is_counted() {
    let harness = queues(FIFO, SandboxOptions::empty());
    plant(&harness, FIFO, "broken", 0);
    (1..6).for_each(|user| drop(plant(&harness, FIFO, &sound(user), 0)));
    let report = harness.json(0, ["dlq", "redrive"]);
    assert_eq!((count(&report, "moved"), &report["overtaking"]), (5, &json!(5)));
}
