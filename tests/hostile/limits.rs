//! Limits that the operator's shell has set, as CI systems do: they hold, and recoctl runs within them.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::endpoint::{attributes, sqs};
use crate::kit::{Fake, Place, Ran, command_in, run_in};

/// A DLQ with so many messages.
fn queue(messages: usize) -> Fake {
    let received = std::sync::atomic::AtomicUsize::new(0);
    sqs(move |operation, request| {
        let message = |n: usize| {
            json!({
                "MessageId": format!("m-{n}"), "ReceiptHandle": format!("h-{n}"), "Body": "x",
                "MD5OfBody": "9dd4e461268c8034f5c8564e155c67a6",
                "Attributes": { "SentTimestamp": "1700000000000", "ApproximateReceiveCount": "1" },
            })
        };
        Some(match operation {
            "GetQueueAttributes" => {
                (200, json!({ "Attributes": attributes(&messages.to_string()) }))
            }
            "ReceiveMessage" => {
                let first = received.fetch_add(messages, std::sync::atomic::Ordering::SeqCst) == 0;
                let some: Vec<Value> = (0..messages).filter(|_| first).map(message).collect();
                (200, json!({ "Messages": some }))
            }
            "ChangeMessageVisibilityBatch" => {
                let body = request.split_once("\r\n\r\n").map_or("", |(_, body)| body);
                let body: Value = serde_json::from_str(body).unwrap();
                let entries = body["Entries"].as_array().unwrap();
                let done: Vec<Value> =
                    entries.iter().map(|entry| json!({ "Id": entry["Id"] })).collect();
                (200, json!({ "Successful": done, "Failed": [] }))
            }
            _ => return None,
        })
    })
}

fn peek(limits: &str, messages: usize, expression: &str) -> Ran {
    let (fake, most) = (queue(messages), messages.to_string());
    let args = ["dlq", "peek", "--dlq", "recs-dlq", "--max", &most, "--where", expression];
    let more = ["--output", "json", "--endpoint-url", &fake.url()].map(str::to_owned);
    let args: Vec<&str> = args.into_iter().chain(more.iter().map(String::as_str)).collect();
    run_in(&Place::new(), limits, &args)
}

#[test]
fn finite_limits_are_no_hindrance() {
    for limits in ["ulimit -v 400000", "ulimit -v 400000 -t 600", "ulimit -H -t 600", "ulimit -c 0"]
    {
        let report = peek(limits, 3, "true").ended(0).report();
        assert_eq!(report["messages"].as_array().map(Vec::len), Some(3), "{limits}: {report}");
    }
}

#[test]
fn what_the_shell_grants_bounds_an_expression() {
    let bomb = r#"reduce range(40) as $i ("xxxxxxxx"; . + .) | length"#;
    let ran = peek("ulimit -v 400000", 1, bomb).ended(4);
    let report = ran.report();
    assert_eq!(report["undecided"], 1, "{report}");
    let told = format!("{}{}", ran.stdout, ran.stderr);
    assert!(told.contains("jq used more than 390 MiB of memory (ulimit -v)"), "{told}");
}

/// Of root, too, who could.
#[test]
fn no_hard_limit_is_raised() {
    let (place, fake) = (Place::new(), queue(1));
    let url = fake.url();
    let args =
        ["dlq", "peek", "--dlq", "recs-dlq", "--where", "def f: f; f", "--endpoint-url", &url];
    let limits = "ulimit -v 500000 -t 300";
    let mut child = command_in(&place, limits, &args).stdout(Stdio::null()).spawn().unwrap();
    let mut jq = None;
    crate::support::eventually("a jq process", Duration::from_secs(60), || {
        jq = grandchild(child.id());
        jq.as_ref().is_some_and(|limits| limits.contains("Max file size             0"))
    });
    child.kill().unwrap();
    child.wait().unwrap();
    let jq = jq.unwrap();
    let hard = |name: &str| {
        let line = jq.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    assert_eq!(hard("Max cpu time"), 300, "{jq}");
    assert_eq!(hard("Max address space"), 500_000 << 10, "{jq}");
}

/// The limits of a process that this one has started.
fn grandchild(parent: u32) -> Option<String> {
    let children = Command::new("ps").args(["--ppid", &parent.to_string(), "-o", "pid="]).output();
    let children = String::from_utf8(children.ok()?.stdout).ok()?;
    let pid = children.split_whitespace().next()?.to_owned();
    std::fs::read_to_string(format!("/proc/{pid}/limits")).ok()
}

/// Each message takes its time; all together take more than the shell grants one process.
#[test]
fn messages_do_not_share_the_cpu_time_of_a_process() {
    let expression = "now as $start | [until(now - $start > 0.7; .)] | true";
    let ran = peek("ulimit -t 3", 8, expression).ended(0);
    let report = ran.report();
    assert_eq!(report["messages"].as_array().map(Vec::len), Some(8), "{ran:#?}");
}

#[test]
fn too_little_is_said_before_anything_is_done() {
    let (place, fake) = (Place::new(), queue(1));
    let args = ["dlq", "peek", "--dlq", "recs-dlq", "--endpoint-url", &fake.url()];
    let ran = run_in(&place, "ulimit -v 150000", &args).ended(3);
    ran.says("146 MiB of address space (ulimit -v)");
    assert_eq!(fake.heard(), [""; 0]);
}
