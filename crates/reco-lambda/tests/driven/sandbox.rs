//! The sandbox's worker with the real binary instead of the built-in handler.

use std::path::PathBuf;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use reco_core::classify::Class;
use reco_sandbox::seed::{DLQ, Mix, QUEUE, SeedOptions, TABLE};
use reco_sandbox::sqs::Planted;
use reco_sandbox::worker::WorkerOptions;
use reco_sandbox::{Sandbox, SandboxError, SandboxOptions};

fn options(lambda_bin: Option<PathBuf>) -> SandboxOptions {
    // With users in several messages, the outcome would depend on the batches.
    let mix = Mix::default().with(Class::Superseded, 0).with(Class::Oversize, 0);
    let seed = SeedOptions {
        mix,
        visibility_timeout_s: 20,
        max_receive_count: 1,
        ..SeedOptions::default()
    };
    // Long enough for a busy machine: a message that is late would count as poison.
    let worker = WorkerOptions { timeout: Duration::from_secs(15), ..WorkerOptions::default() };
    SandboxOptions {
        seed: Some(seed),
        worker: Some(worker),
        lambda_bin,
        ..SandboxOptions::default()
    }
}

/// Runs everything in the DLQ through the pipeline. Returns the table and the messages that are
/// dead again, by number, since two sandboxes seed different times into the same messages.
async fn outcome(sandbox: &Sandbox) -> (Vec<(String, Vec<String>)>, Vec<usize>) {
    let bodies = |name: &str| {
        let messages = sandbox.sqs().snapshot(name).unwrap().messages;
        messages.into_iter().map(|message| message.body).collect::<Vec<_>>()
    };
    let seeded = bodies(DLQ);
    for body in &seeded {
        sandbox.sqs().plant(QUEUE, Planted { body: body.clone(), ..Planted::default() }).unwrap();
    }
    assert!(sandbox.idle(Duration::from_secs(120)).await, "the queue never drained");
    let mut dead = bodies(DLQ);
    dead.drain(..seeded.len());
    let number = |body: &String| seeded.iter().position(|other| other == body).unwrap();
    let mut dead: Vec<usize> = dead.iter().map(number).collect();
    dead.sort_unstable();

    let text = |value: &AttributeValue| value.as_n().unwrap().clone();
    let mut table = Vec::new();
    let client = Client::new(&sandbox.sdk_config());
    let mut items = client.scan().table_name(TABLE).into_paginator().items().send();
    while let Some(item) = items.next().await {
        let item = item.unwrap();
        let list = item["recommended_note_ids"].as_l().unwrap();
        table.push((text(&item["user_id"]), list.iter().map(text).collect()));
    }
    table.sort();
    (table, dead)
}

#[tokio::test]
async fn the_binary_does_what_the_handler_does() {
    let built_in = Sandbox::start(options(None)).await.unwrap();
    let expected = outcome(&built_in).await;
    built_in.shutdown().await;
    assert!(expected.0.len() > 100 && !expected.1.is_empty());

    let bootstrap = PathBuf::from(env!("CARGO_BIN_EXE_bootstrap"));
    let with_binary = Sandbox::start(options(Some(bootstrap))).await.unwrap();
    let actual = outcome(&with_binary).await;
    with_binary.shutdown().await;
    assert_eq!(actual.1, expected.1, "what is dead");
    assert!(actual.0 == expected.0, "the tables differ");
}

#[tokio::test]
async fn what_is_no_function_is_refused_at_the_start() {
    let error = |path: &str| {
        let options = options(Some(PathBuf::from(path)));
        async move {
            let Err(SandboxError::Binary(error)) = Sandbox::start(options).await else {
                panic!("it started")
            };
            error.to_string()
        }
    };
    assert!(error("/no/such/bootstrap").await.contains("cannot run /no/such/bootstrap"));
    assert!(error("/bin/true").await.contains("its process ended"));
}
