//! Tests that only the sandbox's own SQS allows: small limits, bytes on the wire, many clients,
//! boto3, and messages planted with a history.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::Request;
use reco_sandbox::sqs::{AttributeValue, ErrorKind, MessagePosition, Planted, Sqs, SqsOptions};
use reco_sandbox::{Sandbox, SandboxOptions};

use super::independent::python_environment;
use super::kit::{self, Kit, bodies, handle, now_ms, refused, system};

async fn start(sqs: SqsOptions) -> (Sandbox, Kit) {
    let options = SandboxOptions { sqs, ..SandboxOptions::empty() };
    let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
    let kit = Kit::new(&sandbox.endpoint()).await;
    (sandbox, kit)
}

/// AWS: at the limit, a short poll of a standard queue returns OverLimit; a long poll, or any poll
/// of a FIFO queue, returns no messages.
#[tokio::test]
async fn the_in_flight_limit_is_an_error_on_short_polls_only() {
    let options = SqsOptions { in_flight_limit: 2, ..SqsOptions::default() };
    let (_sandbox, kit) = start(options).await;
    let standard = kit.queue(&[]).await.expect("a queue");
    for body in ["a", "b", "c"] {
        kit.send(&standard, body).await.expect("sent");
    }
    let held = kit.receive(&standard, 10, 30).await.expect("received");
    assert_eq!(bodies(&held), ["a", "b"]);
    let receive = || kit.sqs.receive_message().queue_url(&standard);
    refused("short", receive().wait_time_seconds(0).send().await, "OverLimit").expect("refused");
    let long = receive().wait_time_seconds(1).send().await.expect("no error");
    assert!(long.messages().is_empty());
    let poll = receive().wait_time_seconds(10).send();
    let room = async {
        kit::pause(200).await;
        kit.delete(&standard, handle(&held[0])).await.expect("deleted");
    };
    let (poll, ()) = tokio::join!(poll, room);
    assert_eq!(bodies(poll.expect("received").messages()), ["c"], "a delete makes room");

    let fifo = kit.fifo(&[]).await.expect("a queue");
    kit.send_group(&fifo, "g", &["1", "2", "3"]).await.expect("sent");
    assert_eq!(kit.receive(&fifo, 10, 30).await.expect("received").len(), 2);
    assert_eq!(kit.receive(&fifo, 10, 30).await.expect("no error").len(), 0);
}

async fn raw(sqs: &Sqs, action: &str, body: &str) -> (u16, BTreeMap<String, String>, String) {
    let request = Request::post("/")
        .header("x-amz-target", format!("AmazonSQS.{action}"))
        .body(Bytes::from(body.to_owned()))
        .expect("a request");
    let response = sqs.handle(request).await;
    let header = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap_or_default().to_owned())
    };
    let headers = response.headers().iter().map(header).collect();
    let status = response.status().as_u16();
    (status, headers, String::from_utf8_lossy(response.body()).into_owned())
}

#[tokio::test]
async fn errors_name_shape_and_query_code() {
    let sqs = Sqs::new(SqsOptions::default());
    let url = sqs.queue_url("nowhere");
    let body = format!(r#"{{"QueueUrl":"{url}"}}"#);
    let (status, headers, body) = raw(&sqs, "ReceiveMessage", &body).await;
    assert_eq!(status, 400);
    assert_eq!(headers["content-type"], "application/x-amz-json-1.0");
    assert_eq!(headers["x-amzn-query-error"], "AWS.SimpleQueueService.NonExistentQueue;Sender");
    let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(body["__type"], "com.amazonaws.sqs#QueueDoesNotExist");
    assert!(body["message"].as_str().is_some_and(|message| message.contains("nowhere")));

    for (action, body, code) in [
        ("Nonsense", "{}", "InvalidAction;Sender"),
        ("SendMessage", "{", "MalformedInput;Sender"),
        ("SendMessage", "{}", "MissingParameter;Sender"),
        ("SendMessage", r#"{"QueueUrl":"nowhere"}"#, "InvalidAddress;Sender"),
        ("SendMessage", r#"{"QueueUrl":"x","MessageBody":"\ud800"}"#, "MalformedInput;Sender"),
        ("CreateQueue", "", "MissingParameter;Sender"),
    ] {
        let (status, headers, _) = raw(&sqs, action, body).await;
        assert_eq!(
            (status, headers["x-amzn-query-error"].as_str()),
            (400, code),
            "{action} {body}"
        );
    }
    let (status, _, body) = raw(&sqs, "ListQueues", "").await;
    assert_eq!((status, body.as_str()), (200, r#"{"QueueUrls":[]}"#));
}

#[tokio::test]
async fn a_planted_message_has_its_past() {
    let (sandbox, kit) = start(SqsOptions::default()).await;
    let sqs = sandbox.sqs();
    let url = sqs.create_queue("planted", &[]).expect("a queue");
    let planted = Planted {
        body: "x".into(),
        attributes: BTreeMap::from([("n".into(), AttributeValue::number("7"))]),
        sent_at_ms: Some(now_ms() - 3_600_000),
        receive_count: 4,
        first_received_ms: Some(now_ms() - 3_000_000),
        group_id: Some("tenant".into()),
        trace_header: Some("Root=1".into()),
        dead_letter_source_arn: Some(sqs.queue_arn("source")),
        message_id: Some("an-id".into()),
        ..Planted::default()
    };
    assert_eq!(sqs.plant("planted", planted.clone()).as_deref(), Ok("an-id"));
    let message = kit.receive_one(&url, 30).await.expect("received");
    assert_eq!(message.message_id(), Some("an-id"));
    let expected = [
        ("SentTimestamp", planted.sent_at_ms.map(|at| at.to_string())),
        ("ApproximateReceiveCount", Some("5".into())),
        ("ApproximateFirstReceiveTimestamp", planted.first_received_ms.map(|at| at.to_string())),
        ("AWSTraceHeader", Some("Root=1".into())),
        ("MessageGroupId", Some("tenant".into())),
        ("DeadLetterQueueSourceArn", Some(sqs.queue_arn("source"))),
    ];
    for (name, value) in expected {
        assert_eq!(system(&message, name), value, "{name}");
    }
    let snapshot = sqs.snapshot("planted").expect("a queue");
    assert_eq!((snapshot.depth.visible, snapshot.depth.in_flight), (0, 1));
    assert_eq!(snapshot.depth.oldest_sent_ms, planted.sent_at_ms);
    assert!(snapshot.depth.oldest_age_ms.is_some_and(|age| age < 60_000), "counted from arrival");
    assert!(matches!(snapshot.messages[0].state, MessagePosition::InFlight(_)));

    let past = now_ms() - 345_600_000 - 1;
    let expired = Planted { body: "old".into(), sent_at_ms: Some(past), ..Planted::default() };
    sqs.plant("planted", expired).expect("planted");
    assert_eq!(sqs.depth("planted").map(|depth| depth.visible), Some(0), "retention deletes it");
    let control = Planted { body: "\u{1}".into(), ..Planted::default() };
    let kind = |planted, queue| sqs.plant(queue, planted).map_err(|error| error.kind);
    assert_eq!(kind(control.clone(), "planted"), Err(ErrorKind::InvalidMessageContents));
    assert_eq!(kind(Planted::default(), "planted"), Err(ErrorKind::MissingParameter), "no body");
    assert_eq!(kind(planted, "nowhere"), Err(ErrorKind::QueueDoesNotExist));
}

/// With many senders and receivers, every message is received and deleted exactly once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_lose_and_double_nothing() {
    const SENDERS: usize = 4;
    const BATCHES: usize = 25;
    let (sandbox, kit) = start(SqsOptions::default()).await;
    let url = sandbox.sqs().create_queue("busy", &[]).expect("a queue");
    let senders = (0..SENDERS).map(|sender| {
        let (kit, url) = (kit.clone(), url.clone());
        tokio::spawn(async move {
            for batch in 0..BATCHES {
                let entry = |i: usize| kit::entry(&i.to_string(), &format!("{sender}/{batch}/{i}"));
                let entries = (0..10).map(entry).collect::<Result<Vec<_>, _>>().expect("entries");
                let send = kit.sqs.send_message_batch().queue_url(&url).set_entries(Some(entries));
                assert_eq!(send.send().await.expect("sent").successful().len(), 10);
            }
        })
    });
    let receivers = (0..SENDERS).map(|_| {
        let (kit, url) = (kit.clone(), url.clone());
        tokio::spawn(async move {
            let mut seen = Vec::new();
            loop {
                let receive = kit.sqs.receive_message().queue_url(&url).max_number_of_messages(10);
                let messages = receive.wait_time_seconds(1).send().await.expect("received");
                if messages.messages().is_empty() {
                    return seen;
                }
                for message in messages.messages() {
                    seen.extend(message.body().map(str::to_owned));
                    kit.delete(&url, handle(message)).await.expect("deleted");
                }
            }
        })
    });
    let (senders, receivers): (Vec<_>, Vec<_>) = (senders.collect(), receivers.collect());
    for sender in senders {
        sender.await.expect("a sender");
    }
    let mut seen = Vec::new();
    for receiver in receivers {
        seen.extend(receiver.await.expect("a receiver"));
    }
    assert_eq!(seen.len(), SENDERS * BATCHES * 10, "received");
    let distinct: BTreeSet<_> = seen.into_iter().collect();
    assert_eq!(distinct.len(), SENDERS * BATCHES * 10, "distinct");
    let depth = sandbox.sqs().depth("busy").expect("a queue");
    assert_eq!((depth.visible, depth.in_flight, depth.traffic.deleted), (0, 0, 1000));
}

/// Deleting a queue ends its long polls.
#[tokio::test]
async fn a_long_poll_notices_that_its_queue_is_deleted() {
    let (_sandbox, kit) = start(SqsOptions::default()).await;
    let url = kit.queue(&[]).await.expect("a queue");
    let start = Instant::now();
    let poll = kit.sqs.receive_message().queue_url(&url).wait_time_seconds(20).send();
    let delete = async {
        kit::pause(200).await;
        kit.sqs.delete_queue().queue_url(&url).send().await.expect("deleted");
    };
    let (poll, ()) = tokio::join!(poll, delete);
    refused("poll", poll, kit::NO_QUEUE).expect("refused");
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn boto3_is_satisfied() {
    let (sandbox, _) = start(SqsOptions::default()).await;
    let endpoint = sandbox.endpoint();
    let run = move || {
        let bin = python_environment().expect("a python environment");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/boto3_smoke.py");
        Command::new(format!("{bin}/python")).arg(script).arg(endpoint).output().expect("it runs")
    };
    let output = tokio::task::spawn_blocking(run).await.expect("it ends");
    let (out, error) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.is_empty(), "{error}");
}
