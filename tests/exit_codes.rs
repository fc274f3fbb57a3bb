//! Exit codes through the real binary: each code of the table occurs in the case that the table
//! describes.

#[path = "support/faults.rs"]
#[allow(dead_code, reason = "not every fault ends in a code of its own")]
mod faults;
mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use faults::{Fault, always};
use reco_sandbox::SandboxOptions;
use serde_json::{Value, json};
use support::queues::{STANDARD, plant_body, queues};
use support::{Harness, eventually, interrupt, spawn};

/// Starts the queues `recs` and `recs-dlq`, with messages of these bodies in the DLQ.
fn with_bodies(bodies: &[&str]) -> Harness {
    let harness = queues(STANDARD, SandboxOptions::empty());
    for body in bodies {
        plant_body(&harness, "recs-dlq", *body);
    }
    harness
}

fn code(harness: &Harness, args: &[&str]) -> u8 {
    u8::try_from(harness.run(args).code.expect("it exits")).expect("a code")
}

const SOUND: [&str; 2] = ["[1, [10]]", "[2, [10]]"];

#[test]
fn every_code_of_the_table_is_had_by_what_the_table_says() {
    let harness = with_bodies(&["[1, [10]]", "{"]);
    let mut broken = with_bodies(&SOUND);
    broken.unset("AWS_ENDPOINT_URL");
    let empty = with_bodies(&[]);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let endpoint = format!("http://{}", silent.local_addr().expect("an address"));
    let mut seen = BTreeSet::new();
    let refused = format!("http://127.0.0.1:{}", free_port());
    for (expected, harness, args) in [
        (0, &harness, &["dlq", "peek"][..]),
        (1, &broken, &["dlq", "peek", "--endpoint-url", &refused]),
        (2, &harness, &["dlq", "peak"]),
        (2, &harness, &["dlq", "peek", "--where", "]"]),
        (3, &harness, &["dlq", "peek", "--queue", "absent"]),
        (4, &harness, &["dlq", "peek", "--where", ".body.data"]),
        (5, &empty, &["dlq", "redrive"]),
        (6, &harness, &["dlq", "classify", "--fail-on", "malformed"]),
        (7, &harness, &["dlq", "purge"]),
        (8, &harness, &["dlq", "import", "absent.jsonl"]),
    ] {
        assert_eq!(code(harness, args), expected, "{args:?}");
        seen.insert(expected);
    }
    let mut child = spawn(&empty, &["dlq", "peek", "--endpoint-url", &endpoint]);
    let _call = silent.accept().expect("a call");
    interrupt(&child);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    seen.insert(130);
    let table: BTreeSet<u8> = recoctl::exit::TABLE.iter().map(|(code, _, _)| *code).collect();
    let unseen: Vec<u8> = table.difference(&seen).copied().collect();
    // `dlq::guards` has a run that bounces; a bug cannot be had on purpose.
    assert_eq!(unseen, [recoctl::exit::BOUNCED, recoctl::exit::INTERNAL]);
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

#[test]
fn help_lists_every_code() {
    let harness = with_bodies(&[]);
    let help = harness.run(["--help"]).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for (code, name, _) in recoctl::exit::TABLE {
        assert!(help.contains(&format!("{code} {name}")), "no {code} {name} in {help}");
    }
}

#[test]
fn an_empty_dlq_is_0_to_who_looks_and_5_to_who_does_something() {
    let harness = with_bodies(&[]);
    let file = harness.home.path().join("f").display().to_string();
    for (expected, args) in [
        (0, &["dlq", "peek"][..]),
        (0, &["dlq", "classify"]),
        (0, &["dlq", "classify", "--fail-on", "malformed"]),
        (5, &["dlq", "redrive"]),
        (5, &["dlq", "redrive", "--class", "all", "--yes"]),
        (5, &["dlq", "redrive", "--dry-run"]),
        (5, &["dlq", "export", &file]),
        (5, &["dlq", "purge", "--backup", &file, "--yes"]),
        (5, &["dlq", "peek", "--class", "malformed"]),
    ] {
        assert_eq!(code(&harness, args), expected, "{args:?}");
    }
}

#[test]
fn an_id_that_is_nowhere_is_5_and_4_beside_one_that_is_there() {
    let harness = with_bodies(&SOUND);
    let there = harness.json(0, ["dlq", "peek"])["messages"][0]["message_id"].clone();
    let both = format!("{},00000000-0000-4000-8000-000000000000", there.as_str().expect("an id"));
    let file = harness.home.path().join("f").display().to_string();
    for args in [
        &["dlq", "peek"][..],
        &["dlq", "classify"],
        &["dlq", "redrive", "--dry-run"],
        &["dlq", "redrive"],
        &["dlq", "export", &file],
        &["dlq", "purge", "--no-backup", "--yes"],
    ] {
        assert_eq!(code(&harness, &[args, &["--id", "absent-id"]].concat()), 5, "{args:?}");
    }
    for args in [&["dlq", "peek"][..], &["dlq", "redrive"]] {
        assert_eq!(code(&harness, &[args, &["--id", &both]].concat()), 4, "{args:?}");
    }
}

#[test]
fn an_expression_that_fails_is_4_even_if_it_fails_on_everything() {
    let harness = with_bodies(&SOUND);
    let file = harness.home.path().join("f").display().to_string();
    for args in [
        &["dlq", "peek"][..],
        &["dlq", "classify"],
        &["dlq", "redrive"],
        &["dlq", "export", &file],
        &["dlq", "purge", "--no-backup", "--yes"],
    ] {
        assert_eq!(code(&harness, &[args, &["--where", ".body.data"]].concat()), 4, "{args:?}");
        assert_eq!(code(&harness, &[args, &["--where", "error(\"no\")"]].concat()), 4, "{args:?}");
        assert_eq!(code(&harness, &[args, &["--where", "false"]].concat()), 5, "{args:?}");
    }
    assert_eq!(code(&harness, &["dlq", "redrive", "--transform", "error(\"no\")"]), 4);
}

#[test]
fn what_was_sent_and_cannot_be_deleted_is_4() {
    let mut harness = with_bodies(&SOUND);
    faults::in_front(&mut harness, always("DeleteMessageBatch", Fault::Deny));
    // The permission to delete is tried on the first message, so no second one is sent.
    let report: Value = harness.json(4, ["dlq", "redrive"]);
    assert_eq!(report["counts"], json!({"not-deleted": 1, "left": 1}), "{report}");
    let mut harness = with_bodies(&SOUND[..1]);
    faults::in_front(&mut harness, always("DeleteMessageBatch", Fault::Deny));
    let report: Value = harness.json(4, ["dlq", "redrive"]);
    assert_eq!(report["counts"], json!({"not-deleted": 1}), "nothing else, and not 1: {report}");
    let file = harness.home.path().join("f").display().to_string();
    let report: Value = harness.json(4, ["dlq", "purge", "--backup", &file, "--yes"]);
    assert_eq!(report["counts"], json!({"not-deleted": 1}), "{report}");
}

#[test]
fn what_was_perhaps_sent_is_4() {
    let mut harness = with_bodies(&SOUND);
    faults::in_front(&mut harness, always("SendMessageBatch", Fault::DropAfter));
    let report: Value = harness.json(4, ["dlq", "redrive"]);
    assert_eq!(report["counts"], json!({"uncertain": 2}), "{report}");
    eventually("all are visible", Duration::from_secs(5), || {
        harness.the_sandbox().sqs().depth("recs-dlq").expect("there").in_flight == 0
    });
}
