//! Queues with messages of every kind, and helpers to compare them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use reco_sandbox::SandboxOptions;
use reco_sandbox::faults::Fault;
use reco_sandbox::sqs::{AttributeValue, Planted, SnapshotMessage};
use serde_json::Value;
use tokio::io::AsyncReadExt;

use crate::support::Harness;
use crate::support::queues::plant_sound;
pub use crate::support::queues::{FIFO, STANDARD, count, snapshot, sound as body};

/// Starts the queues `recs` and `recs-dlq` (or their FIFO counterparts), with faults in front of
/// them.
pub fn queues(suffix: &str, faults: &[&str]) -> Harness {
    let faults: Vec<Fault> = faults.iter().map(|fault| fault.parse().expect("a fault")).collect();
    crate::support::queues::queues(suffix, SandboxOptions { faults, ..SandboxOptions::empty() })
}

/// Starts the same queues with this many messages in the DLQ.
pub fn with_messages(suffix: &str, messages: usize, faults: &[&str]) -> Harness {
    let harness = queues(suffix, faults);
    plant_sound(&harness, suffix, messages, 7);
    harness
}

pub fn plant(harness: &Harness, suffix: &str, planted: Planted) -> String {
    let dlq = format!("recs-dlq{suffix}");
    harness.the_sandbox().sqs().plant(&dlq, planted).expect("planted")
}

/// Plants messages with bodies and attributes that a careless copy would damage.
pub fn plant_every_kind(harness: &Harness, suffix: &str) {
    let bodies =
        ["{\"data\":[[1,[2]]]}", "{", "é\r\n\t \u{10fffd}\u{7f}", "\"\\u0000\"", "[2,[3]]"];
    for (at, body) in bodies.into_iter().enumerate() {
        let attributes: BTreeMap<String, AttributeValue> = [
            ("text", AttributeValue::string("a\nb é \u{202e}")),
            ("number", AttributeValue::number("007.50")),
            ("custom", AttributeValue::labelled("Number.float", "1e3")),
            ("binary", AttributeValue::binary([0u8, 255, 10, b'"', at as u8])),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        plant(
            harness,
            suffix,
            Planted {
                body: body.to_owned(),
                attributes,
                group_id: Some(format!("tenant-{}", at % 2)),
                trace_header: Some(format!("Root=1-5759e988-bd862e3fe1be46a99427279{at}")),
                ..Planted::default()
            },
        );
    }
}

/// Everything of a message that can be carried over.
pub type Content = (String, BTreeMap<String, AttributeValue>, Option<String>, Option<String>);

pub fn contents(harness: &Harness, queue: &str) -> Vec<Content> {
    let of = |message: SnapshotMessage| {
        (message.body, message.attributes, message.group_id, message.trace_header)
    };
    let mut contents: Vec<Content> =
        snapshot(harness, queue).messages.into_iter().map(of).collect();
    contents.sort_by(|a, b| (&a.0, &a.3).cmp(&(&b.0, &b.3)));
    contents
}

/// Returns the bodies of a queue in order; none may be hidden.
pub fn bodies(harness: &Harness, queue: &str) -> Vec<String> {
    let snapshot = snapshot(harness, queue);
    assert_eq!(snapshot.depth.in_flight, 0, "nothing is left invisible in {queue}");
    snapshot.messages.into_iter().map(|message| message.body).collect()
}

pub fn sorted(mut bodies: Vec<String>) -> Vec<String> {
    bodies.sort();
    bodies
}

/// Asserts that every received message has exactly one fate.
pub fn adds_up(report: &Value) {
    let counts = report["counts"].as_object().expect("counts");
    let sum: u64 = counts.values().map(|count| count.as_u64().expect("a count")).sum();
    assert_eq!(sum as usize, report["messages"].as_array().expect("messages").len(), "{report}");
    if let Some(seen) = report["seen"].as_u64() {
        assert_eq!(sum, seen, "{counts:?}");
    }
}

/// Returns the content of a file, as far as it can be read.
pub fn text(harness: &Harness, path: &Path) -> String {
    let stored = std::fs::read(path).expect("there");
    let mut text = Vec::new();
    harness.runtime.block_on(async {
        // A truncated stream yields the part before the break.
        let _ = match path.extension().and_then(|name| name.to_str()) {
            Some("gz") => GzipDecoder::new(&stored[..]).read_to_end(&mut text).await,
            Some("zst") => ZstdDecoder::new(&stored[..]).read_to_end(&mut text).await,
            _ => (&stored[..]).read_to_end(&mut text).await,
        };
    });
    String::from_utf8(text).expect("UTF-8")
}

/// Returns the bodies of the complete messages in a file.
pub fn exported(harness: &Harness, path: &Path) -> Vec<String> {
    let text = text(harness, path);
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter_map(|line| Some(line["message"]["body"].as_str()?.to_owned())).collect()
}

/// Waits until a process has come so far; returns `false` if it ended before.
pub fn gets_there(child: &mut Child, there: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while child.try_wait().expect("asked").is_none() {
        if there() {
            return true;
        }
        assert!(start.elapsed() < Duration::from_secs(90), "it neither ends nor gets there");
        std::thread::sleep(Duration::from_millis(1));
    }
    false
}

/// Kills a process (`kill -9`) once it has come so far; returns `false` if it ended before.
pub fn kill_when(child: &mut Child, there: impl Fn() -> bool) -> bool {
    let killed = gets_there(child, there);
    if killed {
        child.kill().expect("killed");
    }
    child.wait().expect("it ends");
    killed
}
