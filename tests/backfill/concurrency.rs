//! `recoctl backfill --concurrency`: finds itself, is pinned by a number, and the report says what
//! the limit was.

use std::time::Duration;

use aws_sdk_dynamodb::types::ScalarAttributeType;
use reco_sandbox::SandboxOptions;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::Harness;
use crate::support::table::{assert_balanced, harness, items, plain};

/// A table on a long way: every answer takes 400 ms more.
fn slow() -> Harness {
    let mut harness = plain(SandboxOptions::empty());
    let endpoint = harness.the_sandbox().endpoint();
    let to = endpoint.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let listener = harness.runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("an address");
    harness.runtime.spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(&to).await else { return };
            tokio::spawn(pass_slowly(client, server));
        }
    });
    harness.set("AWS_ENDPOINT_URL_DYNAMODB", &format!("http://{address}"));
    harness
}

/// Passes what is asked at once, and answers later. A client waits for one answer at a time.
async fn pass_slowly(client: TcpStream, server: TcpStream) {
    let (mut questions, mut to_client) = client.into_split();
    let (mut answers, mut to_server) = server.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut questions, &mut to_server).await });
    let mut block = vec![0; 64 * 1024];
    while let Ok(n @ 1..) = answers.read(&mut block).await {
        tokio::time::sleep(Duration::from_millis(400)).await;
        if to_client.write_all(&block[..n]).await.is_err() {
            return;
        }
    }
}

fn lines(users: u32) -> String {
    (0..users).map(|user| format!("[{user},[1,2,3]]\n")).collect()
}

#[test]
fn it_grows_while_calls_take_their_time_on_the_way() {
    let harness = slow();
    harness.write("in.jsonl", lines(4000));
    let report = harness.json(0, ["backfill", "in.jsonl"]);
    assert_balanced(&report);
    assert_eq!(items(&harness).len(), 4000);
    let found = &report["concurrency"];
    assert_eq!(found["asked"], "auto");
    assert!(found["highest"].as_u64() > Some(16), "{found}");
    assert!(found["call_ms"].as_f64() >= Some(400.0), "{found}");
}

#[test]
fn a_number_pins_it() {
    let harness = slow();
    harness.write("in.jsonl", lines(300));
    let report = harness.json(0, ["backfill", "in.jsonl", "--concurrency", "3"]);
    let found = &report["concurrency"];
    assert_eq!(
        (&found["asked"], &found["last"], &found["highest"]),
        (&"3".into(), &3.into(), &3.into())
    );
    assert!(found["full"].as_f64() > Some(0.5), "{found}");
    // What else keeps this machine busy cannot be told here.
    assert!(["network", "machine"].iter().any(|limit| found["limit"] == **limit), "{found}");
    for wrong in ["0", "513", "fast"] {
        let args = ["backfill", "in.jsonl", "--concurrency", wrong];
        harness.run(args).ended(2).says("must be `auto` or a number from 1 to 512");
    }
}

#[test]
fn a_budget_that_is_used_up_is_the_limit_and_needs_no_more_batches() {
    let harness = harness(ScalarAttributeType::N, Some(WriteCapacity::per_second(100_000.0)));
    harness.write("in.jsonl", lines(400));
    let report = harness.json(0, ["backfill", "in.jsonl", "--wcu", "100"]);
    let found = &report["concurrency"];
    assert_eq!(found["limit"], "budget", "{found}");
    assert!(found["highest"].as_u64() <= Some(16), "{found}");
}

#[test]
fn a_table_that_throttles_is_the_limit_and_gets_fewer_batches() {
    let harness = harness(ScalarAttributeType::N, Some(WriteCapacity::per_second(100.0)));
    harness.write("in.jsonl", lines(1000));
    let report = harness.json(0, ["backfill", "in.jsonl"]);
    assert_eq!(items(&harness).len(), 1000);
    let found = &report["concurrency"];
    assert_eq!(found["limit"], "table", "{found}");
    assert!(found["last"].as_u64() < Some(16), "{found}");
    let text = harness.run(["backfill", "in.jsonl"]).stdout;
    let line = text.lines().find(|line| line.starts_with("limit")).unwrap_or(&text);
    assert!(line.contains("the table: it throttled or failed writes; up to "), "{text}");
}

#[test]
fn a_dry_run_is_never_limited_by_a_table() {
    let harness = harness(ScalarAttributeType::N, None);
    harness.write("in.jsonl", lines(100));
    let report = harness.json(0, ["backfill", "in.jsonl", "--dry-run"]);
    let found = &report["concurrency"];
    assert_eq!((&found["highest"], &found["call_ms"]), (&0.into(), &Value::Null));
    assert!(["machine", "input"].iter().any(|limit| found["limit"] == **limit), "{found}");
}
