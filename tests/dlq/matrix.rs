//! Every kind of SQS fault during a redrive, with both types of queue: no message is lost, and one
//! that is in both queues is named.

use std::collections::BTreeSet;

use crate::support::Harness;
use crate::support::queues::{FIFO, STANDARD, plant_sound, queues, snapshot};
use reco_sandbox::SandboxOptions;
use reco_sandbox::faults::{Fault, FaultKind};
use serde_json::Value;

const MESSAGES: usize = 60;
/// What a redrive calls for each message; faults of the calls before only end it early.
const ACTIONS: [&str; 4] =
    ["ReceiveMessage", "SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"];

fn harness(kind: FaultKind, suffix: &str, fault_seed: u64) -> Harness {
    let actions = ACTIONS.iter().filter(|action| kind.actions().contains(action));
    let faults: Vec<Fault> = actions
        .map(|action| {
            let argument = if kind == FaultKind::Slow { ":50" } else { "" };
            let fault = format!("{action}:{}:0.2{argument}", kind.name());
            fault.parse().unwrap_or_else(|error| panic!("{fault}: {error}"))
        })
        .collect();
    assert!(!faults.is_empty(), "{} befalls a redrive", kind.name());
    let options = SandboxOptions { faults, fault_seed, ..SandboxOptions::empty() };
    let harness = queues(suffix, options);
    plant_sound(&harness, suffix, MESSAGES, 20);
    harness
}

/// Returns the message id and body of each message in a queue.
fn messages(harness: &Harness, queue: &str) -> Vec<(String, String)> {
    let messages = snapshot(harness, queue).messages;
    messages.into_iter().map(|message| (message.id, message.body)).collect()
}

fn run(kind: FaultKind, suffix: &str, seed: u64) {
    let at = format!("{}{suffix}, seed {seed}", kind.name());
    let harness = harness(kind, suffix, seed);
    let ran = harness.run(["dlq", "redrive", "--output", "json"]);
    assert!(matches!(ran.code, Some(0 | 1 | 4)), "{at}: {ran:#?}");
    // A run that ended in its scan has no report, and sent nothing.
    let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    let source = messages(&harness, &format!("recs{suffix}"));
    let dlq = messages(&harness, &format!("recs-dlq{suffix}"));
    let sent: BTreeSet<&String> = source.iter().map(|(_, body)| body).collect();
    let named: BTreeSet<&str> = report["messages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|row| ["uncertain", "not-deleted"].iter().any(|fate| row["fate"] == *fate))
        .map(|row| row["message_id"].as_str().expect("an id"))
        .collect();
    assert_twice_is_named(&report, &source, &at);
    let mut unnamed = Vec::new();
    for user in 0..MESSAGES {
        let body = format!("[{user},[2]]");
        let kept = dlq.iter().find(|(_, kept)| *kept == body);
        assert!(sent.contains(&body) || kept.is_some(), "{at}: {body} is lost");
        if let Some((id, _)) = kept.filter(|_| sent.contains(&body))
            && !named.contains(id.as_str())
        {
            unnamed.push(id.as_str());
        }
    }
    assert_eq!(unnamed, Vec::<&str>::new(), "{at}: in both queues and not named");
}

/// Asserts that a body that is in the destination more than once belongs to a message that the
/// report names.
fn assert_twice_is_named(report: &Value, source: &[(String, String)], at: &str) {
    let rows = report["messages"].as_array().into_iter().flatten();
    let named = rows.filter(|row| row["perhaps_twice"] == true || row["fate"] == "uncertain");
    let named: BTreeSet<&str> =
        named.map(|row| row["message_id"].as_str().expect("an id")).collect();
    for (_, body) in source {
        let copies: Vec<&str> =
            source.iter().filter(|(_, other)| other == body).map(|(id, _)| id.as_str()).collect();
        let rows = report["messages"].as_array().into_iter().flatten();
        let original = rows.filter(|row| copies.iter().any(|copy| row["sent_as"] == *copy));
        let mut ids = original.map(|row| row["message_id"].as_str().expect("an id"));
        assert!(
            copies.len() == 1 || ids.any(|id| named.contains(id)),
            "{at}: {body} is twice, unnamed"
        );
    }
}

fn seeds() -> u64 {
    if std::env::var_os("RECOCTL_FULL_MATRIX").is_some() { 10 } else { 1 }
}

fn matrix(suffix: &str) {
    std::thread::scope(|scope| {
        for kinds in FaultKind::ALL.chunks(3) {
            scope.spawn(move || {
                for kind in kinds {
                    (0..seeds()).for_each(|seed| run(*kind, suffix, seed));
                }
            });
        }
    });
}

#[test]
fn whatever_goes_wrong_nothing_is_lost_or_doubled_unnamed() {
    matrix(STANDARD);
}

#[test]
fn whatever_goes_wrong_fifo_loses_and_doubles_nothing_unnamed() {
    matrix(FIFO);
}
