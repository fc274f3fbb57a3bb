//! Exports of a queue as input: the lists in their messages are written straight into the table.

use crate::support::queues::{create, create_with, plant_body, sqs};
use crate::support::table::{assert_balanced, create_plain, items};
use crate::support::{Harness, Ran};
use aws_sdk_dynamodb::types::ScalarAttributeType;
use reco_sandbox::SandboxOptions;
use serde_json::{Value, json};

/// A sandbox with the table `recs`, the queue `recs`, which takes messages up to 64 KiB, and its DLQ.
fn harness() -> Harness {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    harness.set("RECOCTL_TABLE", "recs");
    harness.set("RECOCTL_QUEUE", "recs");
    create_plain(&harness, "recs", &[("user_id", ScalarAttributeType::N)]);
    create(sqs(&harness), "recs-dlq", None);
    let limit = [("MaximumMessageSize", "65536")];
    create_with(sqs(&harness), "recs", Some(("recs-dlq", 5)), &limit);
    harness
}

fn body(users: impl Iterator<Item = u64>, ids: u64) -> String {
    let data: Vec<Value> = users
        .map(|user| json!([user, (1..=ids).map(|n| user * 1000 + n).collect::<Vec<_>>()]))
        .collect();
    json!({ "data": data }).to_string()
}

/// The incident: messages too large for the queue that they came from, with 289 lists.
#[test]
fn the_lists_of_oversize_messages_are_written_from_their_export() {
    for name in ["big.jsonl", "big.jsonl.gz", "big.jsonl.zst"] {
        let harness = harness();
        plant_body(&harness, "recs-dlq", body(1..=144, 90));
        plant_body(&harness, "recs-dlq", body(145..=289, 90));
        plant_body(&harness, "recs-dlq", body(500..=501, 3));
        let report = harness.json(0, ["dlq", "classify"]);
        let classes = report["classes"].as_array().expect("classes");
        let of = |name: &str| classes.iter().find(|class| class["class"] == name).expect(name);
        assert_eq!(
            (&of("oversize")["messages"], &of("retryable")["messages"]),
            (&json!(2), &json!(1))
        );
        harness.json(0, ["dlq", "purge", "--class", "oversize", "--backup", name, "--yes"]);
        let plan = harness.json(0, ["backfill", name, "--dry-run"]);
        assert_eq!(plan["entries"]["written"], 289);
        let report = harness.json(0, ["backfill", name, "--verify", "all"]);
        assert_balanced(&report);
        assert_eq!(
            (&report["entries"]["written"], &report["verification"]["compared"]),
            (&json!(289), &json!(289))
        );
        assert_eq!(items(&harness).len(), 289);
        assert!(items(&harness)["289"].starts_with("[289001,289002,"));
        let found = harness.json(0, ["verify", name, "--users", "all"]);
        assert_eq!((&found["same"], &found["differing"]), (&json!(289), &json!(0)));
        // And the messages are no bad batch any more once the right lists are there.
        harness.write("good.jsonl", "[7,[1,2]]\n");
        let report = harness.json(0, ["backfill", "good.jsonl", "--only-where-table-holds", name]);
        assert_eq!(report["entries"]["written"], 1);
        assert_eq!(harness.json(0, ["verify", name, "--same"])["holding"], 288);
    }
}

fn line(id: &str, sent: u64, body: &str) -> String {
    json!({"message": {"id": id, "body": body, "system": {"SentTimestamp": sent.to_string()}}})
        .to_string()
}

fn export(messages: &[String]) -> String {
    let header = json!({"export": {"version": 1, "export_id": "x", "queue": "arn:aws:sqs:us-east-1:000000000000:q",
        "exported_at": "2026-11-28T00:00:00Z", "recoctl": "0.1.0"}});
    let end = json!({"end": {"messages": messages.len()}});
    format!("{header}\n{}\n{end}\n", messages.join("\n"))
}

/// A standard queue gives its messages in any order: of two lists of a user, the one that was sent
/// last counts.
#[test]
fn the_list_that_was_sent_last_counts_wherever_it_is() {
    let harness = harness();
    let lines = [
        line("late", 1_790_000_002_000, "[1,[2]]"),
        line("early", 1_790_000_001_000, r#"{"data":[[1,[9]],[2,[3]]]}"#),
        line("latest", 1_790_000_009_000, r#"{"data":[[3,"x"]]}"#),
        line("empty", 1_790_000_009_000, "[1,[]]"),
    ];
    harness.write("e.jsonl", export(&lines));
    let report = harness.json(4, ["backfill", "e.jsonl"]);
    assert_balanced(&report);
    let of = |name: &str| report["entries"][name].as_u64().expect("a count");
    assert_eq!((of("written"), of("coalesced"), of("rejected"), of("skipped")), (2, 1, 1, 1));
    assert_eq!(items(&harness)["1"], "[2]");
    // The verification knows which one counts, too.
    let report = harness.json(4, ["verify", "e.jsonl", "--users", "all"]);
    assert_eq!((&report["differing"], &report["same"]), (&json!(0), &json!(2)));
    // Where a time decides, lists without one have that of their message.
    let report = harness.json(4, ["backfill", "e.jsonl", "--if-newer"]);
    assert_eq!(report["entries"]["written"], 2);
    assert_eq!(items(&harness)["1"], "[2] generated_at=1790000002");
}

/// The same by way of the queue, and where the policy alone asks for newer lists: lists without a time
/// are told apart by their messages' times.
#[test]
fn the_list_that_was_sent_last_counts_on_every_way() {
    let lines = [
        line("late", 1_790_000_002_000, "[1,[2]]"),
        line("early", 1_790_000_001_000, "[1,[9]]"),
        line("empty", 1_790_000_009_000, "[1,[]]"),
    ];
    let rules = "[rules]\nuser_known = false\nuser_active = false\narticle_known = false\n\
        article_published = false\nnot_own_article = false\nnot_muted_author = false\n\
        not_already_read = false\n[limits]\nmin_len = 1\n";
    let sent_of = |policy: &str, args: &[&str]| {
        let harness = harness();
        harness.write("policy.toml", policy);
        harness.write("e.jsonl", export(&lines));
        let args = [&["backfill", "e.jsonl", "--policy", "policy.toml"], args].concat();
        let report = harness.json(0, args);
        assert_balanced(&report);
        harness
    };
    let by_queue = sent_of(rules, &["--via", "queue"]);
    let bodies: Vec<String> = sqs(&by_queue)
        .snapshot("recs")
        .expect("there")
        .messages
        .into_iter()
        .map(|m| m.body)
        .collect();
    let bodies = bodies.concat();
    assert!(bodies.contains("[1,[2]]") && !bodies.contains("[9]"), "{bodies}");
    let newer = sent_of(&format!("{rules}[writes]\nonly_newer = true\n"), &[]);
    assert_eq!(items(&newer)["1"], "[2]");
}

#[test]
fn faults_name_the_message_that_they_are_in() {
    let harness = harness();
    let mut changed: Value = serde_json::from_str(&line("m4", 1, "[4,[4]]")).expect("JSON");
    changed["message"]["md5_of_body"] = json!("00000000000000000000000000000000");
    let lines = [
        line("m1", 1, "not json"),
        line("m2", 1, r#"{"data":[[1,[2]],[2,"x"]]}"#),
        line("m3", 1, r#"["x",[3]]"#),
        changed.to_string(),
        line("m5", 1, r#"{"order": 5}"#),
    ];
    harness.write("e.jsonl", export(&lines));
    let args = ["backfill", "e.jsonl", "--rejects", "rejects.jsonl"];
    let report = harness.json(4, args);
    assert_balanced(&report);
    assert_eq!(
        (&report["entries"]["written"], &report["entries"]["rejected"]),
        (&json!(1), &json!(5))
    );
    let rejects = harness.read_lines("rejects.jsonl");
    for (number, reject) in rejects.iter().enumerate() {
        let detail = reject["detail"].as_str().expect("a detail");
        assert!(detail.contains(&format!("m{}", number + 1)), "{detail}");
    }
    assert_eq!(rejects[1]["text"], r#"[2,"x"]"#, "the entry alone can be fixed and read again");
    assert!(rejects[3]["detail"].as_str().expect("words").contains("remove its `md5_of_body`"));
    let report = harness.json(4, ["verify", "e.jsonl"]);
    assert!(report["unread_lines"][0]["detail"].as_str().expect("words").contains("m1"));
    // An export of another version is not guessed at.
    harness.write("e2.jsonl", export(&[]).replace("\"version\":1", "\"version\":2"));
    harness.run(["backfill", "e2.jsonl"]).says("format 2");
}

/// With `--map`, the expression receives the line as it is, so that nothing is guessed.
#[test]
fn an_expression_receives_the_lines_of_an_export_as_they_are() {
    let harness = harness();
    let body = r#"{"who":5,"what":[6,7]}"#;
    harness.write("e.jsonl", export(&[line("m1", 1, body)]));
    let map = "select(.message) | .message.body | fromjson | [.who, .what]";
    harness.json(0, ["backfill", "e.jsonl", "--map", map]);
    assert_eq!(items(&harness)["5"], "[6,7]");
    // An export without its frame, through a pipe.
    let text = line("m1", 1, "[8,[9]]");
    Ran::of(harness.recoctl(["backfill", "-", "--output", "json"]).write_stdin(text)).ended(0);
    assert_eq!(items(&harness)["8"], "[9]");
}

/// The runbook's way out for oversize messages.
#[test]
fn the_runbook_writes_the_lists_of_oversize_messages() {
    let harness = harness();
    plant_body(&harness, "recs-dlq", body(1..=144, 90));
    plant_body(&harness, "recs-dlq", body(145..=289, 90));
    let blocks = crate::bad_batch::runbook("Messages that should not be redriven");
    let block = blocks.iter().find(|block| block.iter().any(|line| line.contains("oversize")));
    for command in block.expect("the block") {
        let yes = command.starts_with("dlq purge").then_some("--yes");
        harness.run(command.split(' ').chain(yes)).ended(0);
    }
    assert_eq!(items(&harness).len(), 289);
    assert_eq!(crate::support::queues::bodies(&harness, "recs-dlq"), [""; 0]);
}
