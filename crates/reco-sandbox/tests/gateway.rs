//! One endpoint for every client, and its start and stop.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use reco_sandbox::sqs::Planted;
use reco_sandbox::{Sandbox, SandboxError, SandboxOptions};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn one_endpoint_serves_every_client() {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.unwrap();
    let config = common::sdk_config(&sandbox);
    let sqs = aws_sdk_sqs::Client::new(&config);
    let queue = sqs.create_queue().queue_name("q").send().await.unwrap();
    let url = queue.queue_url().unwrap();
    assert!(url.starts_with(&sandbox.endpoint()), "{url}");
    sqs.send_message().queue_url(url).message_body("x").send().await.unwrap();
    assert_eq!(sandbox.sqs().depth("q").unwrap().visible, 1);
    let dynamodb = aws_sdk_dynamodb::Client::new(&config);
    let missing = dynamodb.describe_table().table_name("none").send().await;
    let missing = missing.unwrap_err();
    assert_eq!(missing.code(), Some("ResourceNotFoundException"));
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&config);
    let metrics = cloudwatch.list_metrics().send().await.unwrap();
    // Metrics published so far, if any, are about the queue.
    assert!(metrics.metrics().iter().all(|metric| metric.namespace() == Some("AWS/SQS")));
}

#[tokio::test]
async fn calls_it_does_not_have_get_an_error_their_client_can_read() {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.unwrap();
    let config = common::sdk_config(&sandbox);
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&config);
    let error = cloudwatch.list_dashboards().send().await.unwrap_err();
    assert_eq!(error.code(), Some("UnknownOperationException"), "{error:?}");
    let json = post(&sandbox, "X-Amz-Target: Kinesis_20131202.ListStreams\r\n", "").await;
    assert!(json.starts_with("HTTP/1.1 400"), "{json}");
    assert!(json.contains("UnknownOperationException") && json.contains("ListStreams"), "{json}");
    let query = post(&sandbox, "Content-Type: application/x-www-form-urlencoded\r\n", "").await;
    assert!(query.contains("<Code>InvalidAction</Code>"), "{query}");
}

#[tokio::test]
async fn cloudwatch_speaks_json_to_those_who_ask_for_it() {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.unwrap();
    sandbox.cloudwatch().record("n", "m", &[], 1_800_000_000, 5.0);
    let query = r#"{"MetricDataQueries":[{"Id":"q","MetricStat":{"Metric":{"Namespace":"n",
        "MetricName":"m"},"Period":60,"Stat":"Sum"}}],"StartTime":1800000000,"EndTime":1800000060}"#;
    let target = "X-Amz-Target: GraniteServiceVersion20100801.GetMetricData\r\n";
    let answer = post(&sandbox, target, query).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let point = r#""Timestamps":[1800000000.0],"Values":[5.0]"#;
    assert!(answer.contains(point), "{answer}");
    let refused = post(&sandbox, target, "{}").await;
    assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
    assert!(refused.contains("MetricDataQueries is required"), "{refused}");
}

#[tokio::test]
async fn a_taken_port_is_said_and_a_stopped_sandbox_frees_its_port() {
    let first = Sandbox::start(SandboxOptions::empty()).await.unwrap();
    let port: u16 = first.endpoint().rsplit(':').next().unwrap().parse().unwrap();
    let again = || SandboxOptions { port, ..SandboxOptions::empty() };
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
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.unwrap();
    let address = sandbox.endpoint().replace("http://", "");
    let mut idle = TcpStream::connect(&address).await.unwrap();
    idle.write_all(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf").await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    sandbox.shutdown().await;
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_long_poll_does_not_hold_up_the_shutdown() {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.unwrap();
    let sqs = aws_sdk_sqs::Client::new(&common::sdk_config(&sandbox));
    let queue = sqs.create_queue().queue_name("q").send().await.unwrap();
    let poll = sqs.receive_message().queue_url(queue.queue_url().unwrap()).wait_time_seconds(20);
    let poll = tokio::spawn(poll.send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = Instant::now();
    sandbox.shutdown().await;
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    assert!(poll.await.unwrap().is_err(), "the poll was cut off");
}

#[tokio::test]
async fn queues_show_in_cloudwatch() {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.unwrap();
    sandbox.sqs().create_queue("q", &[]).unwrap();
    sandbox.sqs().plant("q", Planted::default()).unwrap_err();
    sandbox.sqs().plant("q", Planted { body: "x".to_owned(), ..Planted::default() }).unwrap();
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&common::sdk_config(&sandbox));
    let depths = cloudwatch.list_metrics().metric_name("ApproximateNumberOfMessagesVisible");
    let sampled = async || !depths.clone().send().await.unwrap().metrics().is_empty();
    common::eventually("a sampled depth", sampled).await;
    let listed = depths.send().await.unwrap();
    assert_eq!(listed.metrics()[0].dimensions()[0].value(), Some("q"));
}

#[tokio::test]
async fn dropping_a_sandbox_closes_its_port() {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.unwrap();
    let address = sandbox.endpoint().replace("http://", "");
    drop(sandbox);
    common::eventually("a closed port", async || TcpStream::connect(&address).await.is_err()).await;
}

/// Posts a body with one extra header and returns the whole answer.
async fn post(sandbox: &Sandbox, header: &str, body: &str) -> String {
    let address = sandbox.endpoint().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\
         {header}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
