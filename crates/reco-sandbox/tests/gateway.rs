//! One endpoint for every client, and its start and stop.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use reco_sandbox::{Sandbox, SandboxError, SandboxOptions};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn one_endpoint_serves_every_client() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let config = common::sdk_config(&sandbox).await;
    let dynamodb = aws_sdk_dynamodb::Client::new(&config);
    let missing = dynamodb.describe_table().table_name("none").send().await;
    let missing = missing.unwrap_err();
    assert_eq!(missing.code(), Some("ResourceNotFoundException"));
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&config);
    let metrics = cloudwatch.list_metrics().send().await.unwrap();
    assert!(metrics.metrics().is_empty());
    sandbox.shutdown().await;
}

#[tokio::test]
async fn calls_it_does_not_have_get_an_error_their_client_can_read() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let config = common::sdk_config(&sandbox).await;
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&config);
    let error = cloudwatch.list_dashboards().send().await.unwrap_err();
    assert_eq!(error.code(), Some("UnknownOperationException"), "{error:?}");
    let json = raw(&sandbox, "X-Amz-Target: Kinesis_20131202.ListStreams\r\n").await;
    assert!(json.starts_with("HTTP/1.1 400"), "{json}");
    assert!(json.contains("UnknownOperationException") && json.contains("ListStreams"), "{json}");
    let query = raw(&sandbox, "Content-Type: application/x-www-form-urlencoded\r\n").await;
    assert!(query.contains("<Code>InvalidAction</Code>"), "{query}");
    sandbox.shutdown().await;
}

#[tokio::test]
async fn a_taken_port_is_said_and_a_stopped_sandbox_frees_its_port() {
    let first = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let port: u16 = first.endpoint().rsplit(':').next().unwrap().parse().unwrap();
    let again = || SandboxOptions { port, ..SandboxOptions::default() };
    let Err(error) = Sandbox::start(again()).await else {
        panic!("two sandboxes on one port");
    };
    assert!(matches!(error, SandboxError::Bind { .. }));
    assert!(error.to_string().contains(&port.to_string()), "{error}");
    first.shutdown().await;
    Sandbox::start(again()).await.unwrap().shutdown().await;
}

#[tokio::test]
async fn an_open_connection_does_not_hold_up_the_shutdown() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let address = sandbox.endpoint().replace("http://", "");
    let mut idle = TcpStream::connect(&address).await.unwrap();
    idle.write_all(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf").await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    sandbox.shutdown().await;
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[tokio::test]
async fn dropping_a_sandbox_closes_its_port() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let address = sandbox.endpoint().replace("http://", "");
    drop(sandbox);
    let deadline = Instant::now() + Duration::from_secs(5);
    while TcpStream::connect(&address).await.is_ok() {
        assert!(Instant::now() < deadline, "the port is still open");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Posts an empty body with one more header and returns the whole answer.
async fn raw(sandbox: &Sandbox, header: &str) -> String {
    let address = sandbox.endpoint().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n{header}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
