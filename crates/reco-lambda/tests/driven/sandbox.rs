//! The sandbox's worker with the real binary instead of the built-in handler.

use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use reco_core::classify::Class;
use reco_sandbox::permissions::Grant;
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

/// The access key of the function, to which its policy is given.
const KEY: &str = "function";

/// Makes a program that runs the function's binary with an access key of its own.
fn as_function(directory: &tempfile::TempDir) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = directory.path().join("bootstrap");
    let script =
        format!("#!/bin/sh\nAWS_ACCESS_KEY_ID={KEY} exec '{}'\n", env!("CARGO_BIN_EXE_bootstrap"));
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}

/// The policy of the function's role in the template, for the sandbox's queue and table.
fn function_policy() -> String {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let run = |command: &mut std::process::Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let bin = run(std::process::Command::new(repository.join("deploy/lint.sh")).arg("--print-bin"));
    let program = repository.join("deploy/tests/sandboxed.py");
    let python = Path::new(bin.trim()).join("python");
    run(std::process::Command::new(python).arg(program).env("PYTHONDONTWRITEBYTECODE", "1"))
}

fn granted(document: impl AsRef<str>) -> Grant {
    Grant { key: KEY.to_owned(), document: document.as_ref().parse().unwrap() }
}

/// Starts a sandbox that its binary keeps from starting; returns the error.
async fn refused(options: SandboxOptions) -> String {
    let Err(SandboxError::Binary(error)) = Sandbox::start(options).await else {
        panic!("it started")
    };
    error.to_string()
}

#[tokio::test]
async fn a_function_without_its_policy_is_told_what_it_lacks() {
    let directory = tempfile::tempdir().unwrap();
    let nothing = r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}"#;
    let options = options(Some(as_function(&directory)));
    let options = SandboxOptions { grants: vec![granted(nothing)], ..options };
    let error = refused(options).await;
    assert!(error.contains("dynamodb:DescribeTable"), "{error}");
}

/// The binary runs under the policy that the template gives it, so that it also shows that the policy
/// is enough.
#[tokio::test]
async fn the_binary_does_what_the_handler_does() {
    let built_in = Sandbox::start(options(None)).await.unwrap();
    let expected = outcome(&built_in).await;
    built_in.shutdown().await;
    assert!(expected.0.len() > 100 && !expected.1.is_empty());

    let directory = tempfile::tempdir().unwrap();
    let grants = vec![granted(function_policy())];
    let options = SandboxOptions { grants, ..options(Some(as_function(&directory))) };
    let with_binary = Sandbox::start(options).await.unwrap();
    let actual = outcome(&with_binary).await;
    with_binary.shutdown().await;
    assert_eq!(actual.1, expected.1, "what is dead");
    assert!(actual.0 == expected.0, "the tables differ");
}

#[tokio::test]
async fn what_is_no_function_is_refused_at_the_start() {
    let error = |path: &str| refused(options(Some(PathBuf::from(path))));
    assert!(error("/no/such/bootstrap").await.contains("cannot run /no/such/bootstrap"));
    assert!(error("/bin/true").await.contains("its process ended"));
}
