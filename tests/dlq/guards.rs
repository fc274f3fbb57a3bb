//! Rate and guards of a redrive, through the real binary: rate, backlog, throttles, and messages
//! that come back.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Child;
use std::time::{Duration, Instant};

use crate::incident::kit::Consumer;
use crate::support::queues::{STANDARD, count, create, create_with, plant_body, sqs};
use crate::support::{Harness, eventually, finished};
use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::{Planted, QueueDepth};
use serde_json::{Value, json};

/// Starts a sandbox with `recs` and `recs-dlq`, with `messages` retryable messages in the DLQ.
fn with_messages(messages: u32) -> Harness {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    create(sqs(&harness), "recs-dlq", None);
    create_with(sqs(&harness), "recs", Some(("recs-dlq", 1)), &[]);
    for user in 0..messages {
        plant_body(&harness, "recs-dlq", format!("[{user},[2]]"));
    }
    harness.set("RECOCTL_QUEUE", "recs");
    harness
}

/// When each message of the source queue was sent, by the sandbox's clock, in order.
fn sent_at_ms(harness: &Harness) -> Vec<u64> {
    let messages = sqs(harness).snapshot("recs").expect("the queue exists").messages;
    let mut times: Vec<u64> = messages.iter().map(|message| message.sent_at_ms).collect();
    times.sort_unstable();
    times
}

#[test]
fn the_rate_is_kept() {
    let harness = with_messages(2_400);
    let report = harness.json(0, ["dlq", "redrive", "--rate", "200"]);
    assert_eq!(count(&report, "moved"), 2_400);
    let times = sent_at_ms(&harness);
    // The tests of the pace check how evenly messages go, with simulated time. Checked here is only
    // what no busy machine can change: all together they take as long as the rate says, but for a
    // second at either end.
    let took_ms = times.last().zip(times.first()).map_or(0, |(last, first)| last - first);
    assert!(took_ms >= 10_000, "2,400 messages at 200/s went in {took_ms} ms");
}

#[test]
fn a_ramp_begins_slowly_and_ends_at_the_rate() {
    let harness = with_messages(300);
    let report = harness.json(0, ["dlq", "redrive", "--rate", "50", "--ramp", "6s"]);
    assert_eq!(count(&report, "moved"), 300);
    let times = sent_at_ms(&harness);
    // The tests of the pace check the line from 2.5/s to 50/s, with simulated time. Without a ramp
    // 300 messages at 50/s take 6 s; with it some 3 s more, however busy the machine is.
    let took_ms = times.last().zip(times.first()).map_or(0, |(last, first)| last - first);
    assert!(took_ms >= 7_500, "300 messages went in {took_ms} ms");
}

fn depth(harness: &Harness, queue: &str) -> QueueDepth {
    sqs(harness).depth(queue).expect("the queue exists")
}

fn plant(harness: &Harness, queue: &str, messages: u32) {
    for user in 0..messages {
        plant_body(harness, queue, format!("[{user},[3]]"));
    }
}

/// Takes up to 10 messages off the source queue, as a consumer does.
fn consume(harness: &Harness) {
    let client = harness.sqs();
    let url = sqs(harness).queue_url("recs");
    harness.runtime.block_on(async {
        let receive = client.receive_message().queue_url(&url).max_number_of_messages(10);
        for message in receive.send().await.expect("received").messages.unwrap_or_default() {
            let handle = message.receipt_handle.expect("a handle");
            let delete = client.delete_message().queue_url(&url).receipt_handle(handle);
            delete.send().await.expect("deleted");
        }
    });
}

/// Reads stderr until a line contains `words`.
fn reads(child: &mut Child, words: &str) {
    let stderr = BufReader::new(child.stderr.as_mut().expect("a pipe"));
    let mut seen = Vec::new();
    for line in stderr.lines() {
        seen.push(line.expect("UTF-8"));
        if seen.last().is_some_and(|line| line.contains(words)) {
            return;
        }
    }
    panic!("no {words:?} in {seen:?}");
}

/// Interrupts a paused command and returns its report.
fn interrupted(child: Child) -> Value {
    crate::support::interrupt(&child);
    finished(child).ended(130).report()
}

#[test]
fn a_deep_destination_holds_the_redrive_back_until_it_is_drained() {
    let harness = with_messages(150);
    plant(&harness, "recs", 50);
    let args = ["dlq", "redrive", "--max-backlog", "100", "--output", "json"];
    let mut child = crate::support::spawn(&harness, &args);
    reads(&mut child, "pausing (--max-backlog): recs holds about");
    assert!(depth(&harness, "recs").visible >= 100);
    let (mut deepest, began) = (0, Instant::now());
    while child.try_wait().expect("a child").is_none() {
        assert!(began.elapsed() < Duration::from_secs(90), "it never ends");
        let now = depth(&harness, "recs");
        deepest = deepest.max(now.visible + now.in_flight);
        consume(&harness);
    }
    // The limit, plus less than a batch.
    assert!((100..110).contains(&deepest), "{deepest}");
    let report = finished(child).ended(0).report();
    assert_eq!(count(&report, "moved"), 150);
    let guard = &report["guards"]["max-backlog"];
    assert!(guard["pauses"].as_u64() >= Some(1), "{guard}");
    assert!(guard["paused_s"].as_f64() > Some(0.0), "{guard}");
    assert_eq!(report["stopped"], Value::Null);
}

#[test]
fn an_interrupted_pause_ends_at_once_and_hides_nothing() {
    let harness = with_messages(40);
    plant(&harness, "recs", 30);
    let args = ["dlq", "redrive", "--max-backlog", "20", "--output", "json"];
    let mut child = crate::support::spawn(&harness, &args);
    reads(&mut child, "pausing (--max-backlog)");
    let report = interrupted(child);
    assert_eq!((count(&report, "moved"), count(&report, "left")), (0, 40));
    assert_eq!(report["guards"]["max-backlog"]["pauses"], 1);
    assert_eq!((depth(&harness, "recs-dlq").visible, depth(&harness, "recs").visible), (40, 30));
}

#[test]
fn throttles_hold_the_redrive_back() {
    let harness = with_messages(5);
    let function = [("FunctionName", "recs-writer")];
    let minute = i64::try_from(crate::support::now()).expect("in range") / 60 * 60;
    let metrics = harness.the_sandbox().cloudwatch();
    // Whichever minute the command looks at, the value is above the limit.
    for at in [minute - 60, minute, minute + 60] {
        metrics.record("AWS/Lambda", "Throttles", &function, at, 31.0);
    }
    let args = ["dlq", "redrive", "--function", "recs-writer", "--output", "json"];
    let mut child =
        crate::support::spawn(&harness, &[&args[..], &["--max-throttles", "30/min"]].concat());
    reads(
        &mut child,
        "pausing (--max-throttles): 31 invocations of function recs-writer were throttled in a \
         minute, more than 30",
    );
    let report = interrupted(child);
    assert_eq!((count(&report, "moved"), count(&report, "left")), (0, 5));
    assert_eq!(depth(&harness, "recs-dlq").visible, 5);
    // 31 does not exceed 31.
    let report = harness.json(0, [&args[..3], &["recs-writer", "--max-throttles", "31"]].concat());
    assert_eq!(count(&report, "moved"), 5);
}

#[test]
fn a_guard_that_sees_nothing_stops_the_redrive() {
    let mut harness = with_messages(5);
    // Neither table nor function is named.
    harness.run(["dlq", "redrive", "--max-throttles", "1"]).ended(3).says("--table or --function");

    let denied = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = denied.local_addr().expect("an address");
    harness.set("AWS_ENDPOINT_URL_CLOUDWATCH", &format!("http://{address}"));
    std::thread::spawn(move || {
        for mut stream in denied.incoming().flatten() {
            let _ = stream.read(&mut [0; 65_536]);
            let answer = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    let args = ["dlq", "redrive", "--function", "recs-writer", "--max-throttles", "1"];
    let report = harness.json(1, args);
    assert_eq!((count(&report, "moved"), count(&report, "left")), (0, 5));
    let stopped = report["stopped"].as_str().expect("a reason");
    assert!(stopped.contains("could not read throttles in CloudWatch 3 times"), "{stopped}");
    assert_eq!(depth(&harness, "recs-dlq").visible, 5);
}

/// Starts a DLQ with this many sound messages, and then malformed ones.
fn with_malformed(sound: u32, malformed: u32) -> Harness {
    let harness = with_messages(sound);
    for number in 0..malformed {
        let body = format!("malformed {number}");
        plant_body(&harness, "recs-dlq", body);
    }
    harness
}

/// Starts a consumer of the source queue that fails at what is malformed.
fn consumer(harness: &Harness) -> Consumer {
    Consumer::start(harness, STANDARD, |body| body.starts_with("malformed"))
}

/// The destination is never more than 20 messages ahead of its consumer: however slow the machine
/// is, most of what was sent is back before the last message is sent.
#[test]
fn messages_that_come_back_stop_the_redrive() {
    let harness = with_malformed(0, 200);
    let consumer = consumer(&harness);
    let args = ["dlq", "redrive", "--class", "malformed", "--rate", "15", "--max-backlog", "20"];
    let report = harness.json(9, args);
    consumer.stop();
    let bounces = &report["bounces"];
    assert_eq!(bounces["stopped"], true);
    assert!(bounces["sent"].as_u64() >= Some(20), "{bounces}");
    assert!(bounces["percent"].as_f64() >= Some(20.0), "{bounces}");
    assert!(report["stopped"].as_str().expect("a reason").contains("came back"));
    let (moved, left) = (count(&report, "moved"), count(&report, "left"));
    assert!(moved < 200 && moved + left == 200, "{}", report["counts"]);
    // Messages named as returned are among those sent.
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let messages = report["messages"].as_array().expect("messages").iter();
    let sent: BTreeSet<String> =
        messages.filter(|one| one["fate"] == "moved").map(|one| text(&one["sent_as"])).collect();
    let returned = bounces["messages"].as_array().expect("messages");
    let returned: BTreeSet<String> = returned.iter().map(|one| text(&one["message_id"])).collect();
    assert!(!returned.is_empty() && returned.is_subset(&sent));
    assert_eq!(bounces["by_class"]["malformed"].as_u64(), Some(returned.len() as u64));
    // All of them are in one queue or the other, and visible, once each.
    let (dlq, source) = (depth(&harness, "recs-dlq"), depth(&harness, "recs"));
    assert_eq!(dlq.visible + source.visible + source.in_flight, 200);
    assert_eq!(dlq.in_flight, 0);
}

#[test]
fn a_few_that_come_back_do_not_stop_the_redrive() {
    // A share is judged from 20 messages on, of which 3 are 15 %: never enough, however soon they
    // return.
    let harness = with_malformed(97, 3);
    let consumer = consumer(&harness);
    let args = ["dlq", "redrive", "--class", "retryable,malformed", "--rate", "25"];
    let report = harness.json(0, args);
    let bounces = &report["bounces"];
    assert_eq!((count(&report, "moved"), &bounces["stopped"]), (100, &Value::Bool(false)));
    assert!(bounces["bounced"].as_u64() <= Some(3), "{bounces}");
    eventually("they are back", Duration::from_secs(120), || {
        depth(&harness, "recs-dlq").visible == 3
    });
    consumer.stop();
}

#[test]
fn what_was_in_the_dlq_all_along_has_not_come_back() {
    let harness = with_messages(30);
    // Twins of the messages that move, which stay because they are older.
    let now = 1_000 * crate::support::now();
    for user in 0..30 {
        let sent_at_ms = Some(now - 7_200_000);
        let planted = Planted { body: format!("[{user},[2]]"), sent_at_ms, ..Planted::default() };
        sqs(&harness).plant("recs-dlq", planted).expect("planted");
    }
    let args = ["dlq", "redrive", "--newer-than", "1h", "--rate", "5", "--output", "json"];
    let child = crate::support::spawn(&harness, &args);
    eventually("some are moved", Duration::from_secs(60), || depth(&harness, "recs").visible > 5);
    // Other messages arrive, so that the DLQ is inspected.
    plant(&harness, "recs-dlq", 3);
    let report = finished(child).ended(0).report();
    assert_eq!((count(&report, "moved"), &report["bounces"]["bounced"]), (30, &json!(0)));
    let dlq = depth(&harness, "recs-dlq");
    assert_eq!((dlq.visible, dlq.in_flight), (33, 0));
}

#[test]
fn a_fifo_run_moves_no_message_twice() {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    create(sqs(&harness), "recs-dlq.fifo", None);
    create_with(sqs(&harness), "recs.fifo", Some(("recs-dlq.fifo", 1)), &[]);
    for number in 0..60 {
        let planted = Planted {
            body: format!("[{number},[2]]"),
            group_id: Some(format!("group-{}", number % 3)),
            ..Planted::default()
        };
        sqs(&harness).plant("recs-dlq.fifo", planted).expect("planted");
    }
    harness.set("RECOCTL_QUEUE", "recs.fifo");
    let args = ["dlq", "redrive", "--rate", "20", "--output", "json"];
    let mut child = crate::support::spawn(&harness, &args);
    let (client, url) = (harness.sqs(), sqs(&harness).queue_url("recs.fifo"));
    let began = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        assert!(began.elapsed() < Duration::from_secs(90), "it goes round and round");
        // A failing consumer: the second receive exceeds `maxReceiveCount`.
        let receive = client.receive_message().queue_url(&url).max_number_of_messages(10);
        let failing = receive.visibility_timeout(0).send();
        harness.runtime.block_on(failing).expect("received");
        std::thread::sleep(Duration::from_millis(20));
    }
    let report = finished(child).ended(9).report();
    let messages = report["messages"].as_array().expect("messages");
    let of = |fate: &str| -> BTreeSet<&str> {
        let key = if fate == "moved" { "sent_as" } else { "message_id" };
        let with = messages.iter().filter(|one| one["fate"] == fate);
        with.map(|one| one[key].as_str().expect("an id")).collect()
    };
    assert!(!of("came-back").is_empty() && of("came-back").is_subset(&of("moved")));
    let originals: BTreeSet<&str> = messages
        .iter()
        .filter(|one| one["fate"] == "moved")
        .map(|one| one["message_id"].as_str().expect("an id"))
        .collect();
    assert!(originals.is_disjoint(&of("moved")), "none is moved that this run had sent");
    let all = sqs(&harness).snapshot("recs-dlq.fifo").expect("the queue exists").messages.len()
        + sqs(&harness).snapshot("recs.fifo").expect("the queue exists").messages.len();
    assert_eq!(all, 60, "none is lost or doubled");
}
