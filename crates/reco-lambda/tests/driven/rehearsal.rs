//! `dlq rehearse --lambda-bin` with the real binary, and what that binary then does as the function.

use std::collections::BTreeMap;
use std::time::Duration;

use reco_core::classify::Class;
use reco_sandbox::seed::SeedOptions;
use reco_sandbox::worker::WorkerOptions;
use reco_sandbox::{Sandbox, SandboxOptions};
use serde_json::Value;

use crate::cli::Operator;

const BOOTSTRAP: &str = env!("CARGO_BIN_EXE_bootstrap");

/// A text of each message of a report.
fn of_messages<'a>(report: &'a Value, member: &str) -> BTreeMap<&'a str, &'a str> {
    let text = |row: &'a Value, name: &str| row[name].as_str();
    let rows = report["messages"].as_array().unwrap().iter();
    rows.filter_map(|row| Some((text(row, "message_id")?, text(row, member)?))).collect()
}

/// Whether the outcome of a moved message fits its ending in the rehearsal.
fn fits(ending: &str, outcome: &str) -> bool {
    match ending {
        // Until the function replaces it, the table may have a newer list.
        "written" => matches!(outcome, "written" | "superseded"),
        "nothing-to-write" => outcome == "nothing-to-write",
        "partly-written" | "returned" => outcome == "came-back",
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_binary_rehearses_is_what_it_does_message_by_message() {
    let seed =
        SeedOptions { visibility_timeout_s: 5, max_receive_count: 1, ..SeedOptions::default() };
    // Long enough for a busy machine: a message that is late would come back.
    let worker = WorkerOptions { timeout: Duration::from_secs(4), ..WorkerOptions::default() };
    let options = SandboxOptions {
        seed: Some(seed),
        worker: Some(worker),
        lambda_bin: Some(BOOTSTRAP.into()),
        ..SandboxOptions::default()
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    let seeded = sandbox.seed().unwrap().messages.len();
    let operator = Operator::of(&sandbox, &[]);

    let with_binary = ["dlq", "rehearse", "--lambda-bin", BOOTSTRAP];
    let rehearsed = operator.json(0, &with_binary).await;
    assert_eq!(rehearsed["disagreements"], 0);
    assert_eq!(rehearsed["handler"], BOOTSTRAP);
    let endings = of_messages(&rehearsed, "actual");
    assert_eq!(endings.len(), seeded);
    // The built-in handler ends each message alike, and for the same reason.
    let built_in = operator.json(0, &["dlq", "rehearse"]).await;
    assert_eq!(endings, of_messages(&built_in, "actual"));
    assert_eq!(of_messages(&rehearsed, "reason"), of_messages(&built_in, "reason"));

    // Not those superseded: in one run with the newer ones, which of the lists stays is up to their order.
    let classes = "retryable,partial,stale,empty,unknown-user,malformed,foreign";
    let redrive = ["dlq", "redrive", "--engine", "client", "--class", classes, "--yes"];
    let redrive = [&redrive[..], &["--stop-on-bounce", "off", "--wait", "15s"]].concat();
    let moved = operator.json(4, &redrive).await;
    let outcomes = of_messages(&moved, "outcome");
    for (id, outcome) in &outcomes {
        let ending = endings[id];
        assert!(fits(ending, outcome), "{id}: rehearsed {ending}, was {outcome}");
    }
    let unmoved = endings.keys().filter(|id| !outcomes.contains_key(*id)).count();
    let aside = |class: &Class| matches!(class, Class::Superseded | Class::Oversize);
    let expected = sandbox.seed().unwrap().messages.iter().filter(|one| aside(&one.class)).count();
    assert_eq!(unmoved, expected);
    sandbox.shutdown().await;
}
