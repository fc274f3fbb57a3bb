//! 200 messages that end by ten causes: each goes through queue, mapping and the real binary to the DLQ,
//! and `dlq why` and `classify --logs` say of each what ended it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_lambda_events::sqs::SqsEvent;
use aws_sdk_sqs::types::QueueAttributeName;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use reco_sandbox::logs::FunctionLogs;
use reco_sandbox::runtime::{Environment, FunctionBinary, FunctionLog};
use reco_sandbox::sqs::Planted;
use reco_sandbox::worker::{Function, Source, Worker, WorkerOptions};
use reco_sandbox::{Sandbox, SandboxOptions};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::cli::Operator;
use crate::kit::bootstrap;
use crate::mariadb;
use crate::starting::silent;

const FUNCTION: &str = "recs-writer";
const GROUP: &str = "/aws/lambda/recs-writer";
/// Messages of each cause.
const EACH: usize = 20;
/// Receives before a message goes to the DLQ.
const RECEIVES: u64 = 2;
/// Timeout of the function: it keeps a second for its answer.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Users of a message that is to be written: far more than a second's capacity.
const USERS: usize = 30;

/// One incident.
struct Cause {
    name: &'static str,
    /// What is said of its messages: a cause in words, or the reason why none is known.
    said: &'static str,
    facts: String,
    table: &'static str,
    body: fn(usize) -> String,
    /// Sent to the function once it has logged its batch.
    signal: Option<&'static str>,
    /// Concurrency that the function may have.
    reserved: Option<usize>,
    /// Seconds until a message is received again.
    visibility_s: u32,
}

fn sound(number: usize) -> String {
    let user = |at| json!([number * USERS + at + 1, [1, 2]]);
    json!({ "data": (0..USERS).map(user).collect::<Vec<_>>(), "generated_at": 1_700_000_000 })
        .to_string()
}

/// The ten causes, with the facts that do not answer.
fn causes(silent: &str) -> [Cause; 10] {
    let url = mariadb::server().url(&mariadb::database(&crate::expectation::sql()));
    let (_, rest) = url.split_once('@').unwrap();
    let plain = |name, said| Cause {
        name,
        said,
        facts: "none".to_owned(),
        table: "recs",
        body: sound,
        signal: None,
        reserved: None,
        visibility_s: 1,
    };
    let slow = |name, said, facts: &str| Cause {
        facts: facts.to_owned(),
        visibility_s: 3,
        ..plain(name, said)
    };
    let stranger = format!("mysql://stranger:wrong@{rest}");
    [
        slow("table throttled", "throttled writes to table recs", "none"),
        Cause {
            table: "indexed",
            ..slow("index throttled", "throttled writes to index by-time of table indexed", "none")
        },
        slow("facts down", "facts database unreachable", "mysql://u:p@127.0.0.1:1/d"),
        slow("facts slow", "facts database timed out", silent),
        slow("wrong password", "facts database refused the login", &stranger),
        Cause {
            signal: Some("-STOP"),
            ..slow("function timeout", "the function timed out", silent)
        },
        Cause {
            signal: Some("-KILL"),
            ..slow("killed for memory", "the function ran out of memory", silent)
        },
        Cause { reserved: Some(0), ..plain("function throttled", "function-throttled") },
        Cause { body: |_| "{poison".to_owned(), ..plain("poison body", "malformed body") },
        Cause {
            body: |_| r#"{"data":[["not-a-number",[5]]]}"#.to_owned(),
            ..plain("refused item", "an item was refused")
        },
    ]
}

/// A sandbox with a queue that gives up after [`RECEIVES`], and two tables: one whose own capacity runs
/// out, and one whose index is the bottleneck.
async fn pipeline() -> Sandbox {
    let write_capacity = Some(WriteCapacity::per_second(1_000.0));
    let sandbox = Sandbox::start(SandboxOptions { write_capacity, ..SandboxOptions::empty() });
    let sandbox = sandbox.await.unwrap();
    sandbox.sqs().create_queue("recs-dlq", &[]).unwrap();
    let redrive = json!({
        "deadLetterTargetArn": sandbox.sqs().queue_arn("recs-dlq"), "maxReceiveCount": RECEIVES,
    });
    let redrive = redrive.to_string();
    sandbox.sqs().create_queue("recs", &[("RedrivePolicy", &redrive)]).unwrap();
    sandbox.logs().create_group(GROUP, Some(30));
    table(&sandbox, "recs", 1, None);
    table(&sandbox, "indexed", 1_000, Some(1));
    sandbox
}

fn table(sandbox: &Sandbox, name: &str, wcu: u64, index: Option<u64>) {
    let key = |name| json!([{ "AttributeName": name, "KeyType": "HASH" }]);
    let number = |name: &&str| json!({ "AttributeName": name, "AttributeType": "N" });
    let units = |wcu| json!({ "ReadCapacityUnits": 100, "WriteCapacityUnits": wcu });
    let keys = if index.is_some() { &["user_id", "generated_at"][..] } else { &["user_id"] };
    let mut table = json!({
        "TableName": name,
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": units(wcu),
        "KeySchema": key("user_id"),
        "AttributeDefinitions": keys.iter().map(number).collect::<Vec<_>>(),
    });
    if let Some(wcu) = index {
        table["GlobalSecondaryIndexes"] = json!([{
            "IndexName": "by-time",
            "KeySchema": key("generated_at"),
            "Projection": { "ProjectionType": "KEYS_ONLY" },
            "ProvisionedThroughput": units(wcu),
        }]);
    }
    let request = serde_json::from_value(table).unwrap();
    sandbox.dynamodb().database().create_table(request).unwrap();
}

/// The real binary as it is deployed in an incident.
fn binary(sandbox: &Sandbox, cause: &Cause) -> FunctionBinary {
    let own = [
        ("AWS_LAMBDA_FUNCTION_NAME", FUNCTION),
        ("RECO_TABLE", cause.table),
        ("RECO_FACTS", &cause.facts),
    ];
    let log = FunctionLogs::of(sandbox.logs().clone(), FUNCTION);
    bootstrap(sandbox, &own, FunctionLog::Sandbox(sandbox.cloudwatch().clone(), log))
}

/// The binary as the function of a mapping; sends it `signal` in the middle of each batch.
async fn function(sandbox: &Sandbox, cause: &Cause) -> Function {
    let (binary, logs) = (binary(sandbox, cause), sandbox.logs().clone());
    // A start is no part of an invocation's time.
    let starts = if cause.reserved == Some(0) { 0 } else { 2 * RECEIVES };
    let mut starting = tokio::task::JoinSet::new();
    for _ in 0..starts {
        let binary = binary.clone();
        starting.spawn(async move { Environment::start(&binary).await.unwrap() });
    }
    let started = starting.join_all().await;
    let (started, signal) = (Arc::new(Mutex::new(started)), cause.signal);
    Arc::new(move |event: SqsEvent, stops_at: Instant| {
        let (started, logs, binary) = (Arc::clone(&started), logs.clone(), binary.clone());
        Box::pin(async move {
            let left = started.lock().unwrap().pop();
            let mut environment = match left {
                Some(environment) => environment,
                None => Environment::start(&binary).await.map_err(|error| error.to_string())?,
            };
            let first = &event.records[0];
            let id = first.message_id.clone().unwrap();
            let attempt: usize = first.attributes["ApproximateReceiveCount"].parse().unwrap();
            let pid = environment.pid().unwrap().to_string();
            let interfering = async {
                let Some(signal) = signal else { return };
                let named = |line: &String| line.contains("batch received") && line.contains(&id);
                while logs.lines(GROUP).iter().filter(|line| named(line)).count() < attempt {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                let status = std::process::Command::new("kill").args([signal, &pid]).status();
                assert!(status.unwrap().success());
            };
            let time = stops_at.saturating_duration_since(Instant::now());
            let event = serde_json::to_vec(&event).unwrap();
            let (answer, ()) = tokio::join!(environment.invoke(event, time), interfering);
            if answer.is_ok() {
                started.lock().unwrap().push(environment);
            }
            let answer = answer.map_err(|error| error.to_string())?;
            serde_json::from_slice(&answer).map_err(|error| error.to_string())
        })
    })
}

/// Sends the messages of a cause and lets the function fail at them until all are in the DLQ. Returns
/// their ids.
async fn incident(sandbox: &Sandbox, cause: &Cause) -> Vec<String> {
    let function = function(sandbox, cause).await;
    let client = aws_sdk_sqs::Client::new(&sandbox.sdk_config());
    let queue_url = sandbox.sqs().queue_url("recs");
    client
        .set_queue_attributes()
        .queue_url(&queue_url)
        .attributes(QueueAttributeName::VisibilityTimeout, cause.visibility_s.to_string())
        .send()
        .await
        .unwrap();
    let plant = |number| {
        let body = (cause.body)(number);
        sandbox.sqs().plant("recs", Planted { body, ..Planted::default() }).unwrap()
    };
    let ids: Vec<String> = (0..EACH).map(plant).collect();
    let source = Source {
        client,
        queue_url,
        queue_arn: sandbox.sqs().queue_arn("recs"),
        function_name: FUNCTION.to_owned(),
    };
    let options = WorkerOptions {
        concurrency: 2,
        reserved: cause.reserved,
        timeout: TIMEOUT,
        ..WorkerOptions::default()
    };
    let (metrics, stop) = (sandbox.cloudwatch().clone(), CancellationToken::new());
    let worker = Worker::start(source, function, metrics, options, stop);
    let waiting = || sandbox.sqs().depth("recs").map(|depth| depth.visible + depth.in_flight);
    let begun = Instant::now();
    while waiting() != Some(0) {
        assert!(begun.elapsed() < Duration::from_secs(90), "{}: {:?} wait", cause.name, waiting());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    worker.stop().await;
    ids
}

/// What is said of a message, with the numbers of its attempts.
fn told(message: &Value) -> (String, Vec<u64>) {
    let recorded = &message["recorded"];
    let attempts = recorded["attempts"].as_array().unwrap();
    let numbers = attempts.iter().map(|attempt| attempt["attempt"].as_u64().unwrap()).collect();
    let name = |value: &Value| value.as_str().unwrap().to_owned();
    let said = match attempts.last() {
        None => name(&recorded["not_known"]),
        Some(last) => {
            assert!(attempts.iter().all(|attempt| attempt["cause"] == last["cause"]), "{message}");
            name(&last["cause"])
        }
    };
    (said, numbers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_200_messages_is_told_the_cause_that_it_had() {
    let (_listener, address) = silent();
    let silent = format!("mysql://u:p@{}/d", address.strip_prefix("http://").unwrap());
    let causes = causes(&silent);
    let sandbox = pipeline().await;
    let mut of: BTreeMap<String, &Cause> = BTreeMap::new();
    for cause in &causes {
        of.extend(incident(&sandbox, cause).await.into_iter().map(|id| (id, cause)));
    }
    assert_eq!(sandbox.sqs().depth("recs-dlq").unwrap().visible, causes.len() * EACH);

    let names = [
        ("RECOCTL_QUEUE", "recs"),
        ("RECOCTL_TABLE", "recs"),
        ("RECOCTL_FUNCTION", FUNCTION),
        ("RECOCTL_FACTS", "none"),
    ];
    let operator = Operator::of(&sandbox, &names);
    let ids: Vec<&str> = of.keys().map(String::as_str).collect();
    let why = operator.json(0, &[&["dlq", "why"][..], &ids].concat()).await;
    assert_eq!(why["log"]["problem"], Value::Null);
    let messages = why["messages"].as_array().unwrap();
    assert_eq!(messages.len(), causes.len() * EACH);
    for message in messages {
        let cause = of[message["message_id"].as_str().unwrap()];
        let (said, attempts) = told(message);
        let expected = match cause.name {
            "table throttled" | "index throttled" => "throttled-writes",
            "facts down" | "facts slow" | "wrong password" => "facts",
            "function timeout" => "function-timeout",
            "killed for memory" => "out-of-memory",
            "poison body" => "malformed",
            "refused item" => "refused-item",
            _ => cause.said,
        };
        assert_eq!(said, expected, "{}: {message}", cause.name);
        let expected: Vec<u64> =
            if cause.reserved == Some(0) { Vec::new() } else { (1..=RECEIVES).collect() };
        assert_eq!(attempts, expected, "{}: {message}", cause.name);
        let stage = match cause.name {
            "facts down" => "connect",
            "facts slow" => "timeout",
            "wrong password" => "auth",
            _ => continue,
        };
        for attempt in message["recorded"]["attempts"].as_array().unwrap() {
            assert_eq!(attempt["stage"], stage, "{}: {message}", cause.name);
            assert!(attempt["error"].is_string(), "{}: {message}", cause.name);
        }
    }

    let classified = operator.json(0, &["dlq", "classify", "--logs"]).await;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for class in classified["classes"].as_array().unwrap() {
        for count in class["causes"].as_array().unwrap() {
            let known = count["cause"].is_string();
            let said = if known { &count["text"] } else { &count["not_known"] };
            *counts.entry(said.as_str().unwrap().to_owned()).or_default() +=
                count["messages"].as_u64().unwrap();
        }
    }
    let expected: BTreeMap<String, u64> =
        causes.iter().map(|cause| (cause.said.to_owned(), EACH as u64)).collect();
    assert_eq!(counts, expected);
    sandbox.shutdown().await;
}
