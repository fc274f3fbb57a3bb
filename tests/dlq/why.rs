//! Recorded causes through the real binary: what the function's log and Lambda's own lines say, and why
//! nothing is known where nothing is.

mod kit;

use std::collections::BTreeMap;

use reco_sandbox::SandboxOptions;
use reco_sandbox::permissions::Grant;
use reco_sandbox::sqs::Planted;
use serde_json::{Value, json};

use self::kit::{CAUSES, GROUP, MINUTE, id, plant, planted, started, write};
use crate::support::queues::queues;
use crate::support::{Harness, now};
use crate::users::on_a_terminal;

/// Returns what `dlq why` says of each message: its last cause in words, or the reason why none is known.
fn told(report: &Value) -> BTreeMap<String, String> {
    let messages = report["messages"].as_array().expect("messages").iter();
    let told = |message: &Value| {
        let recorded = &message["recorded"];
        let attempts = recorded["attempts"].as_array().expect("attempts");
        let numbers: Vec<u64> = attempts.iter().filter_map(|a| a["attempt"].as_u64()).collect();
        let said = match recorded["not_known"].as_str() {
            Some(reason) => {
                assert!(attempts.is_empty(), "{message}");
                reason.to_owned()
            }
            None => {
                assert_eq!(numbers, [1, 2, 3], "{message}");
                attempts[2]["cause"].as_str().expect("a cause").to_owned()
            }
        };
        (message["message_id"].as_str().expect("an id").to_owned(), said)
    };
    messages.map(told).collect()
}

fn all_ids(harness: &Harness, per: usize) -> String {
    let ids = (0..CAUSES.len()).flat_map(|cause| (0..per).map(move |number| id(cause, number)));
    harness.write("ids", ids.collect::<Vec<_>>().join("\n"));
    "@ids".to_owned()
}

#[test]
fn each_of_200_messages_has_the_cause_that_was_planted() {
    let harness = planted(20, SandboxOptions::empty());
    let report = harness.json(0, ["dlq", "why", &all_ids(&harness, 20)]);
    assert_eq!(report["log"]["problem"], Value::Null);
    let told = told(&report);
    assert_eq!(told.len(), 200);
    let names = [
        "throttled-writes",
        "throttled-writes",
        "facts",
        "facts",
        "facts",
        "function-timeout",
        "out-of-memory",
        "function-throttled",
        "malformed",
        "refused-item",
    ];
    for (cause, name) in names.iter().enumerate() {
        for number in 0..20 {
            assert_eq!(told[&id(cause, number)], *name, "{}", CAUSES[cause].0);
        }
    }
    counted(&harness.json(0, ["dlq", "classify", "--logs"]), 20);
}

/// More messages than are asked for by their ids.
#[test]
fn many_messages_are_read_by_their_failures() {
    let harness = planted(70, SandboxOptions::empty());
    counted(&harness.json(0, ["dlq", "classify", "--logs"]), 70);
}

/// Asserts that the report of `classify --logs` counts each cause.
fn counted(report: &Value, per: u64) {
    let mut counts = BTreeMap::new();
    for class in report["classes"].as_array().expect("classes") {
        for cause in class["causes"].as_array().expect("causes") {
            let known = cause["cause"].is_string();
            let name = if known { &cause["text"] } else { &cause["not_known"] };
            let name = name.as_str().expect("a name").to_owned();
            *counts.entry(name).or_insert(0) += cause["messages"].as_u64().expect("a count");
            if known {
                let last = cause["last_at_ms"].as_u64().expect("a time");
                assert!(last <= now() * 1_000 - 26 * MINUTE, "{cause}");
            }
        }
    }
    let expected = CAUSES.iter().map(|(_, said)| ((*said).to_owned(), per)).collect();
    assert_eq!(counts, expected);
}

#[test]
fn the_screen_says_when_by_what_and_by_which_lines() {
    let harness = planted(1, SandboxOptions::empty());
    let text = harness.run(["dlq", "why", &id(1, 0), &id(7, 0)]).ended(0).stdout;
    for said in [
        "try 1",
        "try 3",
        "throttled writes to index by-time of table recs",
        "(IndexWriteProvisionedThroughputExceeded)",
        "by the function's line about the message, request",
        "policy f00d",
        "published as 7",
        "the function was probably throttled (3 throttles then)",
        "retryable:",
    ] {
        assert!(unfolded(&text).contains(said), "{said}: {text}");
    }
    harness
        .run(["dlq", "classify", "--logs"])
        .shows("recorded causes of the last attempts, by log group")
        .shows("throttled writes to table recs, 20");
}

/// A text without its line breaks.
fn unfolded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Why nothing is known, of a message that is there and no line about it.
fn reason(harness: &Harness, id: &str, more: &[&str]) -> String {
    let report = harness.json(0, ["dlq", "why", id].iter().chain(more));
    report["messages"][0]["recorded"]["not_known"].as_str().unwrap_or("known").to_owned()
}

#[test]
fn what_is_not_known_is_said_with_the_reason() {
    let mut harness = planted(1, SandboxOptions::empty());
    let (throttled, known) = (id(7, 0), id(0, 0));
    assert_eq!(reason(&harness, &known, &[]), "known");
    assert_eq!(reason(&harness, &throttled, &["--since", "1m"]), "before-since");
    let logs = harness.the_sandbox().logs().clone();
    logs.put(
        GROUP,
        "stream",
        started() + MINUTE,
        r#"{"message":"init failed","error":"no table"}"#,
    );
    assert_eq!(reason(&harness, &throttled, &[]), "function-throttled");

    let sqs = harness.the_sandbox().sqs();
    let queue = sqs.queue_arn("recs");
    for (id, sent, source) in [
        ("aaaaaaaa-0000-4000-8000-000000000000", started(), None),
        (
            "bbbbbbbb-0000-4000-8000-000000000000",
            started() + 20 * MINUTE,
            Some(sqs.queue_arn("other")),
        ),
        (
            "cccccccc-0000-4000-8000-000000000000",
            started() - 3 * 24 * 60 * MINUTE,
            Some(queue.clone()),
        ),
        ("dddddddd-0000-4000-8000-000000000000", started() + 20 * MINUTE, Some(queue.clone())),
        ("eeeeeeee-0000-4000-8000-000000000000", started() - 120 * MINUTE, Some(queue)),
    ] {
        let message = Planted {
            body: "[1,[2]]".to_owned(),
            message_id: Some(id.to_owned()),
            sent_at_ms: Some(sent),
            dead_letter_source_arn: source,
            ..Planted::default()
        };
        sqs.plant("recs-dlq", message).expect("planted");
    }
    logs.create_group(GROUP, Some(1));
    assert_eq!(reason(&harness, "aaaaaaaa", &[]), "sent-directly");
    assert_eq!(reason(&harness, "bbbbbbbb", &[]), "other-queue");
    assert_eq!(reason(&harness, "cccccccc", &[]), "retention-over");
    // What was throttled before it was sent, or long after, was not it.
    assert_eq!(reason(&harness, "dddddddd", &[]), "other-consumer");
    assert_eq!(reason(&harness, "eeeeeeee", &[]), "other-consumer");
    harness.set("RECOCTL_LOG_GROUP", "/other");
    assert_eq!(reason(&harness, &known, &[]), "no-log-group");
    harness.set("RECOCTL_LOG_GROUP", GROUP);
    harness.unset("RECOCTL_FUNCTION");
    assert_eq!(reason(&harness, &known, &[]), "known");
    assert_eq!(reason(&harness, &throttled, &[]), "not-started");
    harness.unset("RECOCTL_LOG_GROUP");
    assert_eq!(reason(&harness, &known, &[]), "no-function");
}

#[test]
fn a_log_that_may_not_be_read_is_a_reason_and_no_failure() {
    let document = r#"{"Statement": [
        {"Effect": "Allow", "Action": ["sqs:*", "dynamodb:*", "cloudwatch:*"], "Resource": "*"}
    ]}"#;
    let document = document.parse().expect("a document");
    let grants = vec![Grant { key: "reader".to_owned(), document }];
    let mut harness = planted(1, SandboxOptions { grants, ..SandboxOptions::empty() });
    harness.set("AWS_ACCESS_KEY_ID", "reader");
    let report = harness.json(0, ["dlq", "why", &id(0, 0)]);
    let recorded = &report["messages"][0]["recorded"];
    assert_eq!(recorded["not_known"], "no-permission");
    assert!(recorded["error"].as_str().expect("an error").contains("logs:FilterLogEvents"));
    let report = harness.json(0, ["dlq", "classify", "--logs"]);
    assert!(report["log"]["problem"].is_string() && report["classes"].is_array());
}

/// A redriven message has another id, which the journal knows.
#[test]
fn a_redriven_message_is_followed_to_its_earlier_id() {
    let mut harness = queues("", SandboxOptions::empty());
    harness.set("RECOCTL_FUNCTION", "recs-writer");
    let before = id(0, 0);
    plant(&harness, &before, "table throttled");
    write(&harness, "table throttled", "r-before", std::slice::from_ref(&before), 1);
    let redriven = harness.json(0, ["dlq", "redrive", "--rate", "100"]);
    let now = redriven["messages"][0]["sent_as"].as_str().expect("a new id").to_owned();
    // It failed again, and SQS moved it under its id.
    plant(&harness, &now, "facts down");
    write(&harness, "facts down", "r-now", std::slice::from_ref(&now), 1);
    let report = harness.json(0, ["dlq", "why", &now]);
    let message = &report["messages"][0];
    assert_eq!(message["redriven"]["sign"], "came-back");
    let recorded = &message["recorded"];
    assert_eq!(recorded["former_ids"][0]["message_id"], before);
    let told = |at: usize| {
        let attempt = &recorded["attempts"][at];
        (attempt["message_id"].as_str(), attempt["cause"].as_str())
    };
    assert_eq!(told(0), (Some(before.as_str()), Some("throttled-writes")));
    assert_eq!(told(1), (Some(now.as_str()), Some("facts")));
    assert_eq!(recorded["attempts"].as_array().map(Vec::len), Some(2));
    let text = unfolded(&harness.run(["dlq", "why", &now]).stdout);
    assert!(text.contains(&format!("before {before}, redriven by run")), "{text}");
}

/// The lines of the sandbox's own worker.
#[test]
fn what_the_worker_returns_is_explained_by_its_log() {
    // Duplicates would be attempts of the same number.
    let faults = vec!["ReceiveMessage:miss:0.01".parse().expect("a fault")];
    let harness = Harness::sandbox(SandboxOptions { faults, ..SandboxOptions::default() });
    let sandbox = harness.the_sandbox();
    let poison = Planted { body: "{".to_owned(), message_id: Some(id(8, 1)), ..Planted::default() };
    sandbox.sqs().plant("recs", poison).expect("planted");
    assert!(harness.runtime.block_on(sandbox.idle(std::time::Duration::from_secs(60))));
    let report = harness.json(0, ["dlq", "why", &id(8, 1)]);
    let attempts = &report["messages"][0]["recorded"]["attempts"];
    let attempts = attempts.as_array().expect("attempts");
    assert!(attempts.len() >= 3, "{attempts:?}");
    for (number, attempt) in (1..).zip(attempts) {
        assert_eq!((&attempt["cause"], &attempt["attempt"]), (&json!("malformed"), &json!(number)));
        assert_eq!(attempt["evidence"], "message-returned");
    }
}

/// A text without its times, which may have one to three decimals, and without the ids of requests:
/// which messages share one depends on the minute.
fn without_times(text: &str) -> String {
    let masked = |word: &str| {
        let is_time = word.ends_with('Z') && word.contains('T') && word.contains(':');
        let is_request = word.len() == 37 && word.ends_with(';') && word.matches('-').count() == 4;
        match (is_time, is_request) {
            (true, _) => "TIME".to_owned(),
            (false, true) => "REQUEST;".to_owned(),
            (false, false) => word.to_owned(),
        }
    };
    let line = |line: &str| line.split(' ').map(masked).collect::<Vec<_>>().join(" ");
    // The answer that is typed to any prompt.
    let lines = text.lines().filter(|line| *line != "n");
    lines.map(line).collect::<Vec<_>>().join("\n")
}

/// On a sandbox as a newcomer starts it.
#[test]
fn the_seeded_dlq_has_a_log_that_says_why_each_message_is_there() {
    let harness = Harness::sandbox(SandboxOptions::default());
    let seeded = harness.the_sandbox().seed().expect("a seed").messages.clone();
    let report = harness.json(0, ["dlq", "classify", "--logs"]);
    assert_eq!(report["log"]["problem"], Value::Null);
    let mut told: BTreeMap<String, u64> = BTreeMap::new();
    let mut messages = 0;
    for class in report["classes"].as_array().expect("classes") {
        for cause in class["causes"].as_array().expect("causes") {
            let name = cause["cause"].as_str().or(cause["not_known"].as_str()).expect("a name");
            let number = cause["messages"].as_u64().expect("a number");
            let class = class["class"].as_str().expect("a class");
            *told.entry(format!("{class}: {name}")).or_default() += number;
            messages += number;
        }
    }
    assert_eq!(messages, seeded.len() as u64, "{told:?}");
    insta::assert_json_snapshot!("seeded-causes", told);
    // What it died of is over.
    let steps = report["steps"].as_array().expect("steps");
    assert!(steps[0]["command"].as_str().expect("a command").contains("dlq redrive"), "{steps:?}");

    let id = |about: &str| {
        let one = seeded.iter().rev().find(|message| message.about == about).expect(about);
        one.id.clone()
    };
    for (name, about) in
        [("retryable", "throttled in the incident"), ("malformed", "a stack trace")]
    {
        for columns in [80, 140] {
            let text =
                on_a_terminal(&harness, columns, 60, &format!("dlq why {} --quiet", id(about)));
            for line in text.lines() {
                assert!(line.chars().count() <= columns, "{line:?}");
            }
            insta::assert_snapshot!(format!("why-{name}-{columns}"), without_times(&text));
        }
    }
}

/// Lines of 1,000 messages, several of each: a call reads many of them.
#[test]
fn a_thousand_messages_are_read_in_few_calls() {
    let harness = planted(100, SandboxOptions::empty());
    let report = harness.json(0, ["dlq", "classify", "--logs"]);
    let log = &report["log"];
    assert_eq!((&log["problem"], report["scanned"].as_u64()), (&Value::Null, Some(1_000)));
    let calls = log["calls"].as_u64().expect("calls");
    assert!(calls <= 20, "{log}");
    counted(&report, 100);
}
