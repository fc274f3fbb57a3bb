//! The event source mapping, with stand-ins for the function.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use reco_sandbox::sqs::Planted;
use reco_sandbox::worker::{Answer, Function, Source, Worker, WorkerOptions};
use reco_sandbox::{Sandbox, SandboxOptions};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Creates a queue that delivers a message twice, a second apart, and then moves it to the DLQ.
async fn queues() -> Sandbox {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.unwrap();
    let sqs = sandbox.sqs();
    sqs.create_queue("dlq", &[]).unwrap();
    let arn = sqs.queue_arn("dlq");
    let redrive = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":2}}"#);
    sqs.create_queue("q", &[("RedrivePolicy", &redrive), ("VisibilityTimeout", "1")]).unwrap();
    sandbox
}

fn plant(sandbox: &Sandbox, bodies: impl Iterator<Item = String>) {
    for body in bodies {
        sandbox.sqs().plant("q", Planted { body, ..Planted::default() }).unwrap();
    }
}

fn start(sandbox: &Sandbox, function: Function, options: WorkerOptions) -> Worker {
    let source = Source {
        client: aws_sdk_sqs::Client::new(&common::sdk_config(sandbox)),
        queue_url: sandbox.sqs().queue_url("q"),
        queue_arn: sandbox.sqs().queue_arn("q"),
        function_name: "f".to_owned(),
    };
    let metrics = sandbox.cloudwatch().clone();
    Worker::start(source, function, metrics, options, CancellationToken::new())
}

fn function<F, A>(body: F) -> Function
where
    F: Fn(SqsEvent) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    Arc::new(move |event, _| Box::pin(body(event)))
}

/// Runs a function on the messages of the queue until it is empty.
async fn drain(sandbox: &Sandbox, function: Function, options: WorkerOptions) {
    let worker = start(sandbox, function, options);
    let empty = async || {
        let depth = sandbox.sqs().depth("q").unwrap();
        depth.visible + depth.in_flight + depth.delayed == 0
    };
    common::eventually("an empty queue", empty).await;
    worker.stop().await;
}

#[tokio::test]
async fn what_is_handled_is_deleted_and_poison_reaches_the_dlq() {
    let sandbox = queues().await;
    let bodies = |range: std::ops::Range<i32>| range.map(|n| n.to_string());
    plant(&sandbox, bodies(0..35));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = seen.clone();
    let poison = function(move |event| {
        let bodies = event.records.iter().filter_map(|record| record.body.clone());
        noted.lock().unwrap().extend(bodies);
        assert!(event.records.len() <= 10);
        let mut response = SqsBatchResponse::default();
        for record in &event.records {
            if record.body.as_deref().is_some_and(|body| body.ends_with('7')) {
                response.add_failure(record.message_id.as_deref().unwrap());
            }
        }
        async { Ok(response) }
    });
    drain(&sandbox, poison, WorkerOptions::default()).await;
    let dead = sandbox.sqs().snapshot("dlq").unwrap().messages;
    let dead: HashSet<_> = dead.into_iter().map(|message| message.body).collect();
    assert_eq!(dead, HashSet::from(["7", "17", "27"].map(str::to_owned)));
    let mut seen = seen.lock().unwrap().clone();
    seen.sort();
    let mut expected: Vec<String> =
        bodies(0..35).chain(["7", "17", "27"].map(str::to_owned)).collect();
    expected.sort();
    assert_eq!(seen, expected, "each once, the poison twice");
}

#[tokio::test]
async fn errors_timeouts_and_panics_fail_the_batch_and_nothing_else() {
    let sandbox = queues().await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let unlucky = function(move |_| {
        let call = counted.fetch_add(1, Ordering::Relaxed);
        async move {
            match call {
                0 => Err("no".to_owned()),
                1 => std::future::pending().await,
                2 => panic!("the stand-in panics on purpose"),
                _ => Ok(SqsBatchResponse::default()),
            }
        }
    });
    plant(&sandbox, ["a", "b", "c", "d"].iter().map(ToString::to_string));
    let options = WorkerOptions {
        batch_size: 1,
        concurrency: 1,
        timeout: Duration::from_millis(100),
        ..WorkerOptions::default()
    };
    drain(&sandbox, unlucky, options).await;
    assert_eq!(calls.load(Ordering::Relaxed), 7, "three failed and came again");
    assert!(sandbox.sqs().snapshot("dlq").unwrap().messages.is_empty());
}

#[tokio::test]
async fn stopping_finishes_what_runs_and_receives_no_more() {
    let sandbox = queues().await;
    let begun = Arc::new(AtomicUsize::new(0));
    let counted = begun.clone();
    let slow = function(move |event| {
        counted.fetch_add(event.records.len(), Ordering::Relaxed);
        async {
            tokio::time::sleep(Duration::from_millis(400)).await;
            Ok(SqsBatchResponse::default())
        }
    });
    plant(&sandbox, (0..30).map(|n| n.to_string()));
    let options = WorkerOptions { concurrency: 2, ..WorkerOptions::default() };
    let worker = start(&sandbox, slow, options);
    let running = async || begun.load(Ordering::Relaxed) == 20;
    common::eventually("two running invocations", running).await;
    let started = Instant::now();
    worker.stop().await;
    assert!(started.elapsed() < Duration::from_millis(900), "{:?}", started.elapsed());
    assert_eq!(begun.load(Ordering::Relaxed), 20);
    let left = sandbox.sqs().snapshot("q").unwrap().messages;
    assert_eq!(left.len(), 10, "what was handled is deleted, the rest is untouched");
    assert!(left.iter().all(|message| message.receive_count == 0));
}

#[tokio::test]
async fn an_idle_worker_stops_at_once() {
    let sandbox = queues().await;
    let nothing = function(|_| async { Ok(SqsBatchResponse::default()) });
    let worker = start(&sandbox, nothing, WorkerOptions::default());
    tokio::time::sleep(Duration::from_millis(200)).await;
    let started = Instant::now();
    worker.stop().await;
    assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_window_gathers_a_larger_batch() {
    let sandbox = queues().await;
    let sizes = Arc::new(Mutex::new(Vec::new()));
    let noted = sizes.clone();
    let sized = function(move |event| {
        noted.lock().unwrap().push(event.records.len());
        async { Ok(SqsBatchResponse::default()) }
    });
    plant(&sandbox, (0..25).map(|n| n.to_string()));
    let window = Duration::from_millis(300);
    drain(&sandbox, sized, WorkerOptions { batch_size: 100, window, ..Default::default() }).await;
    assert_eq!(*sizes.lock().unwrap(), [25]);
}

/// Messages that were received for invocations that the function does not have are not handled, and
/// are a receive the poorer: good ones end in the DLQ.
#[tokio::test]
async fn throttled_invocations_use_up_receives() {
    let sandbox = queues().await;
    let slow = function(|_| async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        Ok(SqsBatchResponse::default())
    });
    plant(&sandbox, (0..40).map(|n| n.to_string()));
    let options = WorkerOptions {
        batch_size: 1,
        concurrency: 8,
        reserved: Some(1),
        ..WorkerOptions::default()
    };
    drain(&sandbox, slow, options).await;
    let dead = sandbox.sqs().snapshot("dlq").unwrap().messages.len();
    assert!((1..40).contains(&dead), "{dead} of 40 good messages in the DLQ");
}

#[tokio::test]
async fn a_batch_is_cut_at_the_payload_of_an_invocation() {
    let sandbox = queues().await;
    let sizes = Arc::new(Mutex::new(Vec::new()));
    let noted = sizes.clone();
    let sized = function(move |event| {
        let payload = serde_json::to_vec(&event).unwrap().len();
        noted.lock().unwrap().push((event.records.len(), payload));
        async { Ok(SqsBatchResponse::default()) }
    });
    // 900 KB each: six fit into 6 MB with what is around them, seven do not.
    plant(&sandbox, (0..10).map(|n| format!("{n}{}", "x".repeat(900 * 1024))));
    drain(&sandbox, sized, WorkerOptions { concurrency: 1, ..WorkerOptions::default() }).await;
    let sizes = sizes.lock().unwrap().clone();
    assert_eq!(sizes.iter().map(|(records, _)| records).sum::<usize>(), 10);
    assert!(sizes.len() > 1, "{sizes:?}");
    assert!(sizes.iter().all(|(_, payload)| *payload <= 6 * 1024 * 1024 + 100), "{sizes:?}");
}

#[tokio::test]
async fn a_dlq_takes_only_the_sources_that_it_allows() {
    let sandbox = Sandbox::start(SandboxOptions::empty()).await.unwrap();
    let sqs = sandbox.sqs();
    let allowed = sqs.queue_arn("allowed");
    let by_queue = format!(r#"{{"redrivePermission":"byQueue","sourceQueueArns":["{allowed}"]}}"#);
    for (dlq, policy) in
        [("listed", by_queue.as_str()), ("closed", r#"{"redrivePermission":"denyAll"}"#)]
    {
        sqs.create_queue(dlq, &[("RedriveAllowPolicy", policy)]).unwrap();
    }
    let to = |dlq: &str| {
        format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":2}}"#, sqs.queue_arn(dlq))
    };
    sqs.create_queue("allowed", &[("RedrivePolicy", &to("listed"))]).unwrap();
    for (queue, dlq) in [("another", "listed"), ("allowed-not", "closed")] {
        let refused = sqs.create_queue(queue, &[("RedrivePolicy", &to(dlq))]).unwrap_err();
        assert!(refused.to_string().contains("redrive allow policy"), "{refused}");
    }
}
