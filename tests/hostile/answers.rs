//! Endless answers, impossible numbers, and answers that break off.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::endpoint::sqs;
use crate::kit::{Fake, Place, Ran, ended_within, http, signal};

fn run(fake: &Fake, args: &[&str]) -> Ran {
    Place::new().run(&[args, &["--endpoint-url", &fake.url()]].concat())
}

/// Encodes text, numbers, lists and maps as CBOR, as CloudWatch answers.
fn cbor(value: &Value) -> Vec<u8> {
    let head = |kind: u8, length: usize| {
        let length = u32::try_from(length).unwrap();
        [vec![kind << 5 | 26], length.to_be_bytes().to_vec()].concat()
    };
    match value {
        Value::String(text) => [head(3, text.len()), text.as_bytes().to_vec()].concat(),
        Value::Array(list) => [head(4, list.len()), list.iter().flat_map(cbor).collect()].concat(),
        Value::Object(map) => {
            let members = map.iter().flat_map(|(key, value)| [cbor(&json!(key)), cbor(value)]);
            [head(5, map.len()), members.flatten().collect()].concat()
        }
        // A whole number is a time, any other a sample.
        Value::Number(number) => match number.as_i64() {
            Some(time) => [vec![0xc1, 27], time.to_be_bytes().to_vec()].concat(),
            None => [vec![0xfb], number.as_f64().unwrap().to_be_bytes().to_vec()].concat(),
        },
        other => panic!("no {other}"),
    }
}

/// Starts a CloudWatch that answers each call with `answer` of its number.
fn cloudwatch(answer: impl Fn(usize) -> Value + Send + Sync + 'static) -> Fake {
    let calls = AtomicUsize::new(0);
    Fake::http(move |_, stream| {
        let body = cbor(&answer(calls.fetch_add(1, Ordering::SeqCst)));
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/cbor\r\nsmithy-protocol: rpc-v2-cbor\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(&[head.into_bytes(), body].concat());
    })
}

const METRICS: [&str; 5] = ["metrics", "--function", "f", "--output", "json"];

#[test]
fn pages_of_metrics_without_an_end_are_given_up() {
    let token: [fn(usize) -> String; 2] = [|_| "same".to_owned(), |n| format!("t{n}")];
    for token in token {
        let fake = cloudwatch(move |n| json!({ "MetricDataResults": [], "NextToken": token(n) }));
        run(&fake, &METRICS).ended(1).says("does not end");
        assert!(fake.heard().len() < 300, "{}", fake.heard().len());
    }
}

#[test]
fn samples_that_cannot_be_are_unknown() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let minute = i64::try_from(now.as_secs()).unwrap() / 60 * 60;
    // And one that can be, of last week: the function exists.
    let mut times: Vec<i64> = (10..16).map(|n| minute - n * 60).collect();
    times.push(minute - 7 * 24 * 3600);
    let fake = cloudwatch(move |_| {
        let series = |n: usize| {
            json!({
                "Id": format!("m{n}"), "StatusCode": "Complete", "Timestamps": times,
                "Values": [-1.5, 1e300, -1e300, 1.7e308, -0.5, 1e15, 1.0],
                "Messages": [],
            })
        };
        json!({ "MetricDataResults": (0..20).map(series).collect::<Vec<_>>() })
    });
    let report = run(&fake, &METRICS).ended(0).report();
    for row in report["sections"][0]["rows"].as_array().unwrap() {
        assert_eq!((&row["max"], &row["total"]), (&Value::Null, &Value::Null), "{row}");
    }
}

#[test]
fn lists_of_queues_without_an_end_are_given_up() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let fake = sqs(move |operation, _| {
        let n = count.fetch_add(1, Ordering::SeqCst);
        let url = "http://sqs.local/123456789012/q";
        let list = |key: &str| json!({ key: vec![url; 50], "NextToken": format!("t{n}") });
        match operation {
            "ListDeadLetterSourceQueues" => Some((200, list("queueUrls"))),
            _ => None,
        }
    });
    let args = ["dlq", "redrive", "--dlq", "recs-dlq", "--dry-run"];
    run(&fake, &args).ended_by_itself().says("does not end");
    assert!(calls.load(Ordering::SeqCst) < 300, "{calls:?}");
}

#[test]
fn a_list_of_move_tasks_is_as_long_as_was_asked_and_its_numbers_can_be() {
    let fake = sqs(|operation, _| {
        let task = json!({
            "Status": "RUNNING", "TaskHandle": "h", "SourceArn": "arn:aws:sqs:r:1:recs-dlq",
            "ApproximateNumberOfMessagesMoved": -5,
            "ApproximateNumberOfMessagesToMove": i64::MAX,
            "MaxNumberOfMessagesPerSecond": -7,
            "StartedTimestamp": i64::MIN, "FailureReason": "\u{1b}[2J\n".repeat(10_000),
        });
        match operation {
            "ListMessageMoveTasks" => Some((200, json!({ "Results": vec![task; 30] }))),
            "CancelMessageMoveTask" => {
                Some((200, json!({ "ApproximateNumberOfMessagesMoved": -5 })))
            }
            _ => None,
        }
    });
    let list = ["dlq", "tasks", "list", "--dlq", "recs-dlq"];
    let ran = run(&fake, &list).ended(0);
    assert!(!ran.stdout.contains("-5") && !ran.stdout.contains("9,223"), "{}", ran.stdout);
    let report = run(&fake, &[&list[..], &["--output", "json"]].concat()).ended(0).report();
    let tasks = report["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 10);
    for key in ["moved", "to_move", "rate_limit", "age_s"] {
        assert_eq!(tasks[0][key], Value::Null, "{key}: {}", tasks[0][key]);
    }
    let cancel = ["dlq", "tasks", "cancel", "--dlq", "recs-dlq"];
    run(&fake, &cancel).ended(0).shows("an unknown number of");
}

/// Runs a peek whose receive gets this answer; the calls before it are answered correctly.
fn receiving(text: String) -> Ran {
    let fake = Fake::http(move |request, stream| {
        let is = |operation: &str| request.contains(&format!("AmazonSQS.{operation}"));
        let _ = if is("ReceiveMessage") {
            stream.write_all(text.as_bytes())
        } else if is("GetQueueUrl") {
            let url = json!({ "QueueUrl": "http://sqs.local/123456789012/recs-dlq" });
            stream.write_all(&http(200, &url.to_string()))
        } else {
            let attributes = json!({ "Attributes": crate::endpoint::attributes("1") });
            stream.write_all(&http(200, &attributes.to_string()))
        };
    });
    run(&fake, &["dlq", "peek", "--dlq", "recs-dlq"])
}

#[test]
fn headers_without_an_end_and_answers_that_break_off_are_told_as_such() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\n";
    let many: String = (0..100_000).map(|n| format!("x-{n}: 1\r\n")).collect();
    let cases = [
        (format!("{head}x-long: {}\r\n\r\n", "x".repeat(20 << 20)), ""),
        (format!("{head}{many}\r\n"), ""),
        (format!("{head}content-length: 500\r\n\r\n{{\"Mess"), "dropped in the middle"),
        (format!("{head}transfer-encoding: chunked\r\n\r\n5\r\n{{\"Me"), "dropped in the middle"),
        ("HTTP/1.1 403 X\r\ncontent-length: 500\r\n\r\n<html>".to_owned(), "dropped in the middle"),
    ];
    let runs = cases.map(|(text, words)| (std::thread::spawn(|| receiving(text)), words));
    for (ran, words) in runs {
        let ran = ran.join().unwrap().ended(1).never_says("not from AWS");
        let ran = ran.says("cannot receive").says(words);
        assert!(ran.stderr.len() < 20_000, "{}", ran.stderr.len());
    }
}

/// Starts a correct SQS with one message, which misbehaves from the second receive on.
fn that_stops_answering(how: fn(&mut std::net::TcpStream)) -> Fake {
    let receives = AtomicUsize::new(0);
    Fake::http(move |request, stream| {
        let is = |operation: &str| request.contains(&format!("AmazonSQS.{operation}"));
        if is("ReceiveMessage") && receives.fetch_add(1, Ordering::SeqCst) > 0 {
            return how(stream);
        }
        let body = if is("ReceiveMessage") {
            json!({ "Messages": [{
                "MessageId": "m-1", "ReceiptHandle": "h-1", "Body": "x",
                "MD5OfBody": "9dd4e461268c8034f5c8564e155c67a6",
                "Attributes": { "SentTimestamp": "1700000000000", "ApproximateReceiveCount": "1" },
            }] })
        } else if is("ChangeMessageVisibilityBatch") {
            json!({ "Successful": [{ "Id": "0" }], "Failed": [] })
        } else if is("GetQueueUrl") {
            json!({ "QueueUrl": "http://sqs.local/123456789012/recs-dlq" })
        } else {
            json!({ "Attributes": {
                "QueueArn": "arn:aws:sqs:eu-west-1:123456789012:recs-dlq",
                "ApproximateNumberOfMessages": "500",
                "ApproximateNumberOfMessagesNotVisible": "0",
                "ApproximateNumberOfMessagesDelayed": "0",
            } })
        };
        let _ = stream.write_all(&http(200, &body.to_string()));
    })
}

fn silent(_: &mut std::net::TcpStream) {
    std::thread::sleep(Duration::from_secs(300));
}

fn drips(stream: &mut std::net::TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
    while stream.write_all(b" ").is_ok() {
        std::thread::sleep(Duration::from_millis(300));
    }
}

fn receives(fake: &Fake) -> usize {
    fake.heard().iter().filter(|request| request.contains("AmazonSQS.ReceiveMessage")).count()
}

/// They wait together, since each takes its time to be named.
#[test]
fn a_call_that_is_never_answered_is_named_and_ends_at_a_signal() {
    let first = FirstAnswers::ask();
    receives_are_named();
    first.are_named();
}

fn receives_are_named() {
    let place = Place::new();
    let children: Vec<_> = [silent, drips]
        .into_iter()
        .map(|how: fn(&mut std::net::TcpStream)| {
            let fake = that_stops_answering(how);
            let url = fake.url();
            let args = ["dlq", "peek", "--dlq", "recs-dlq", "--max", "50", "--endpoint-url", &url];
            let mut command = place.command(&args);
            let stderr = tempfile::NamedTempFile::new().unwrap();
            command.stderr(stderr.reopen().unwrap()).stdout(std::process::Stdio::piped());
            (command.spawn().unwrap(), fake, stderr)
        })
        .collect();
    for (child, fake, stderr) in children {
        let told = || std::fs::read_to_string(stderr.path()).unwrap();
        let named = format!("no response from {} ReceiveMessage", fake.url());
        crate::support::eventually(&named, Duration::from_secs(60), || told().contains(&named));
        assert!(receives(&fake) > 1);
        signal(&child, "INT");
        ended_within(child, Duration::from_secs(60)).ended(130);
    }
}

/// Runs whose first call is answered with silence, or in drips.
struct FirstAnswers {
    children: Vec<(std::process::Child, Fake)>,
    _place: Place,
}

impl FirstAnswers {
    fn ask() -> Self {
        let place = Place::new();
        let children = [silent, drips].into_iter().map(|how: fn(&mut std::net::TcpStream)| {
            let fake = Fake::http(move |_, stream| how(stream));
            let args = ["dlq", "peek", "--dlq", "recs-dlq", "--endpoint-url", &fake.url()];
            let child = place.command(&args).stderr(std::process::Stdio::piped()).spawn().unwrap();
            (child, fake)
        });
        FirstAnswers { children: children.collect(), _place: place }
    }

    /// More than the 30 s that an endpoint may take to be named, on a busy machine.
    fn are_named(self) {
        for (child, fake) in self.children {
            let ran = ended_within(child, Duration::from_secs(60)).ended(1);
            ran.says(format!("no response from {} GetQueueUrl", fake.url()));
        }
    }
}
