//! Stages: a canary moves a few messages first, and stops at the stage that shows a failure.

use std::time::Duration;

use reco_sandbox::SandboxOptions;
use serde_json::{Value, json};

use super::kit::{arranged, arranged_with, consumer, every_50th, stop};
use crate::support::queues::{FIFO, count, plant_body, sqs, visible_bodies};
use crate::support::table::{ids, n};
use crate::support::{eventually, finished, interrupt, spawn, table};

#[test]
fn a_canary_moves_no_more_than_the_stage_that_shows_a_failure() {
    let harness = arranged(300);
    let (worker, _consumed) = consumer(&harness, every_50th);
    let report = harness.json(9, ["dlq", "redrive", "--canary", "1,10,100", "--wait", "1m"]);
    stop(&harness, worker);
    assert_eq!((count(&report, "moved"), count(&report, "left")), (111, 189));
    let stages = report["canary"]["stages"].as_array().expect("stages");
    let counts: Vec<&Value> = stages.iter().map(|stage| &stage["counts"]).collect();
    let expected =
        [json!({"written": 1}), json!({"written": 10}), json!({"written": 98, "came-back": 2})];
    assert_eq!(counts, expected.iter().collect::<Vec<_>>());
    assert_eq!(report["canary"]["stopped"], true);
    let culprits = report["messages"].as_array().expect("rows").iter();
    let culprits: Vec<&Value> = culprits.filter(|row| row["outcome"] == "came-back").collect();
    assert_eq!(culprits.len(), 2);
    for culprit in culprits {
        let reason = culprit["reason"].as_str().expect("a reason");
        assert!(reason.starts_with("in the DLQ again as "), "{reason}");
    }
    // Messages that were not moved or came back are visible to the next command.
    assert_eq!(visible_bodies(&harness, "recs-dlq").len(), 189 + 2);
}

#[test]
fn a_canary_that_ends_well_goes_on_with_the_rest_at_the_rate_and_within_the_limit() {
    let harness = arranged(40);
    let (worker, _consumed) = consumer(&harness, |_, _| false);
    let args =
        ["dlq", "redrive", "--canary", "1,5", "--max", "30", "--hold", "10", "--rate", "100"];
    harness
        .run(args)
        .ended(0)
        .shows("canary stage 1, 1 message: 1 written")
        .shows("canary stage 2, 5 messages: 5 written")
        .shows("moved             30")
        .says("canary stage 1 (1 message): 1 written");
    stop(&harness, worker);
    assert_eq!(visible_bodies(&harness, "recs-dlq").len(), 10);
}

#[test]
fn a_canary_does_not_trust_lists_that_were_in_the_table_before() {
    let harness = arranged(1);
    for (user, articles) in [(1, &[11, 12][..]), (2, &[12])] {
        let made = ("generated_at", n(1_768_435_200));
        let item = [("user_id", n(user)), ("recommended_note_ids", ids(articles)), made];
        table::put(&harness, &item);
    }
    let report = harness.json(9, ["dlq", "redrive", "--canary", "1", "--wait", "3s"]);
    let stage = &report["canary"]["stages"][0];
    assert_eq!(stage["counts"], json!({"still-waiting": 1}), "{:#}", report["canary"]);
    assert_eq!(report["outcomes"]["counts"], json!({"still-waiting": 1}));
    // Without stages the table decides.
    let run = report["run_id"].as_str().expect("a run");
    let later = harness.json(0, ["dlq", "journal", "outcome", run]);
    assert_eq!(later["counts"], json!({"written": 1}), "{later:#}");
}

#[test]
fn a_fifo_canary_stops_too_and_its_culprits_are_named_once_the_rest_is_released() {
    let harness = arranged_with(FIFO, 40, SandboxOptions::empty());
    let (worker, _consumed) = consumer(&harness, |number, _| number == 5);
    let report = harness.json(9, ["dlq", "redrive", "--canary", "1,10,20", "--wait", "20s"]);
    assert_eq!(count(&report, "moved"), 11, "{:#}", report["counts"]);
    assert_eq!(report["canary"]["stages"].as_array().expect("stages").len(), 2);
    let run = report["run_id"].as_str().expect("a run");
    eventually("the culprit is named", Duration::from_secs(60), || {
        let later = harness.json(4, ["dlq", "journal", "outcome", run]);
        later["counts"]["came-back"] == 1
    });
    stop(&harness, worker);
    let bodies = visible_bodies(&harness, "recs-dlq.fifo");
    assert_eq!(bodies.len(), 30, "29 were not moved, one came back");
}

#[test]
fn on_a_terminal_stages_are_proposed_for_many_messages() {
    let harness = arranged(1_001);
    let told = |args: &str| {
        let binary = assert_cmd::cargo::cargo_bin!("recoctl").display();
        let words = crate::support::on_a_terminal(&harness, &format!("{binary} {args}"), "");
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let hint = "--canary 1,10,100 moves a few first";
    let few = told("dlq redrive --max 1");
    assert!(few.contains("moved") && !few.contains(hint), "{few}");
    let again = harness.json(0, ["dlq", "redrive", "--max", "1"]);
    assert_eq!(count(&again, "moved"), 1, "no terminal, no proposal, and no difference");
    for user in [3_001, 3_003, 3_005] {
        plant_body(&harness, "recs-dlq", format!("[{user},[11]]"));
    }
    let many = told("dlq redrive --facts none");
    assert!(many.contains(hint), "{many}");
}

#[test]
fn ctrl_c_during_a_stage_moves_no_more_and_hides_nothing() {
    let harness = arranged(20);
    let child = spawn(&harness, &["dlq", "redrive", "--canary", "2,10"]);
    eventually("the stage is moved", Duration::from_secs(60), || {
        sqs(&harness).depth("recs").expect("the queue exists").visible == 2
    });
    interrupt(&child);
    finished(child).ended(130).shows("recoctl dlq journal outcome ");
    assert_eq!(visible_bodies(&harness, "recs-dlq").len(), 18);
    assert_eq!(sqs(&harness).depth("recs").expect("the queue exists").visible, 2);
}
