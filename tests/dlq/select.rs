//! Flags that select messages, through the real binary: only messages that meet every condition are
//! shown or moved, and nothing else is touched.

mod plan;

use std::collections::{BTreeMap, BTreeSet};

use crate::support::queues::{create, plant, queues};
use crate::support::{Harness, now};
use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::{AttributeValue, Planted, Sqs};
use serde_json::{Value, json};

const HOUR: u64 = 3_600;

/// The queues `recs` and `recs-dlq` (or their FIFO counterparts), with five messages in the DLQ
/// that are named by their attribute `name`.
struct Arranged {
    harness: Harness,
    suffix: &'static str,
    ids: BTreeMap<&'static str, String>,
}

fn arrange(suffix: &'static str) -> Arranged {
    let harness = queues(suffix, SandboxOptions::empty());
    let mut arranged = Arranged { harness, suffix, ids: BTreeMap::new() };
    // `older` has the user of `newer`, so it is superseded.
    for (name, body, age, tries) in [
        ("older", "[1, [10]]", 5 * HOUR, "1"),
        ("newer", "[1, [11]]", 4 * HOUR, "2"),
        ("young", "[2, [10]]", 60, "3"),
        ("broken", "{", 3 * HOUR, "4"),
        ("object", r#"{"data": [[3, [10]]]}"#, 2 * HOUR, "5"),
    ] {
        arranged.plant(name, body, age, tries);
    }
    arranged
}

impl Arranged {
    fn sqs(&self) -> &Sqs {
        self.harness.the_sandbox().sqs()
    }

    fn plant(&mut self, name: &'static str, body: &str, age_s: u64, tries: &str) {
        let attributes = [
            ("name".to_owned(), AttributeValue::string(name)),
            ("tries".to_owned(), AttributeValue::number(tries)),
        ];
        let planted = Planted {
            body: body.to_owned(),
            attributes: attributes.into(),
            sent_at_ms: Some((now() - age_s) * 1_000),
            group_id: (!self.suffix.is_empty()).then(|| name.to_owned()),
            deduplication_id: (!self.suffix.is_empty()).then(|| name.to_owned()),
            ..Planted::default()
        };
        let id = self.sqs().plant(&format!("recs-dlq{}", self.suffix), planted).expect("planted");
        self.ids.insert(name, id);
    }

    /// Returns the names of the messages in a queue, which must all be visible.
    fn names(&self, queue: &str) -> BTreeSet<String> {
        let queue = format!("{queue}{}", self.suffix);
        let snapshot = self.sqs().snapshot(&queue).expect("the queue exists");
        assert_eq!(snapshot.depth.in_flight, 0, "nothing stays hidden");
        let messages = snapshot.messages.iter();
        let names: Vec<String> = messages.map(|m| self.name_of(&m.attributes)).collect();
        let unique: BTreeSet<String> = names.iter().cloned().collect();
        assert_eq!(unique.len(), names.len(), "each once: {names:?}");
        unique
    }

    fn name_of(&self, attributes: &BTreeMap<String, AttributeValue>) -> String {
        let name =
            self.ids.keys().find(|name| attributes["name"] == AttributeValue::string(**name));
        (*name.expect("a name that was planted")).to_owned()
    }

    fn shown(&self, report: &Value) -> BTreeSet<String> {
        let by_id = |id: &str| self.ids.iter().find(|(_, known)| *known == id).expect("known").0;
        let messages = report["messages"].as_array().expect("messages").iter();
        messages.map(|m| (*by_id(m["message_id"].as_str().expect("an id"))).to_owned()).collect()
    }
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

#[test]
fn peek_and_classify_show_what_every_condition_names() {
    let arranged = arrange("");
    let file = arranged.harness.write("ids", format!("{}\n", arranged.ids["young"]));
    let from_file = format!("@{},{}", file.display(), arranged.ids["broken"]);
    let all = ["older", "newer", "young", "broken", "object"];
    for (flags, expected) in [
        (vec!["--class", "malformed,superseded"], set(["broken", "older"])),
        (vec!["--id", &from_file], set(["young", "broken"])),
        (vec!["--older-than", "1h"], set(["older", "newer", "broken", "object"])),
        (vec!["--newer-than", "2h30m"], set(["young", "object"])),
        (vec!["--where", ".attributes.tries >= 4"], set(["broken", "object"])),
        (
            vec!["--where", ".attributes.tries >= 2", "--older-than", "1h", "--class", "retryable"],
            set(["newer", "object"]),
        ),
    ] {
        let mut classify = vec!["dlq", "classify"];
        classify.extend(&flags);
        let report = arranged.harness.json(0, classify);
        assert_eq!(arranged.shown(&report), expected, "{flags:?}");
        assert_eq!(report["scanned"], 5, "{flags:?}");
        if !flags.contains(&"--where") {
            continue;
        }
        let mut peek = vec!["dlq", "peek", "--full"];
        peek.extend(&flags);
        let report = arranged.harness.json(0, peek);
        assert_eq!(arranged.shown(&report), expected, "{flags:?}");
        for message in report["messages"].as_array().expect("messages") {
            assert!(message["body_text"].is_string(), "--full shows bodies: {message}");
        }
    }
    assert_eq!(arranged.names("recs-dlq"), set(all));
    let max = ["dlq", "peek", "--where", "true", "--max", "2"];
    assert_eq!(arranged.shown(&arranged.harness.json(0, max)).len(), 2);
}

/// Starts a DLQ that two queues share, with messages of both and one that was sent to it directly.
fn shared() -> (Harness, BTreeMap<&'static str, String>) {
    let mut harness = Harness::sandbox(SandboxOptions::empty());
    let sqs = harness.the_sandbox().sqs().clone();
    create(&sqs, "shared-dlq", None);
    create(&sqs, "recs-a", Some("shared-dlq"));
    create(&sqs, "recs-b", Some("shared-dlq"));
    let mut ids = BTreeMap::new();
    for (name, user, source) in [
        ("a1", 1, Some("recs-a")),
        ("a2", 2, Some("recs-a")),
        ("b1", 3, Some("recs-b")),
        ("direct", 4, None),
    ] {
        let planted = Planted {
            body: format!("[{user}, [10]]"),
            dead_letter_source_arn: source.map(|source| sqs.queue_arn(source)),
            ..Planted::default()
        };
        ids.insert(name, sqs.plant("shared-dlq", planted).expect("planted"));
    }
    harness.set("RECOCTL_DLQ", "shared-dlq");
    (harness, ids)
}

#[test]
fn the_source_of_each_message_is_shown_and_chosen_by() {
    let (harness, ids) = shared();
    let sqs = harness.the_sandbox().sqs().clone();
    let named = |report: &Value| -> BTreeSet<&str> {
        let messages = report["messages"].as_array().expect("messages");
        let id = |message: &Value| message["message_id"].as_str().expect("an id").to_owned();
        let known = |message: &Value| ids.iter().find(|(_, known)| **known == id(message));
        messages.iter().map(|message| *known(message).expect("planted").0).collect()
    };
    let report = harness.json(0, ["dlq", "peek"]);
    for message in report["messages"].as_array().expect("messages") {
        let direct = message["message_id"] == json!(ids["direct"]);
        assert_eq!(message["source"].is_null(), direct, "{message}");
    }
    harness.run(["dlq", "peek"]).shows("SOURCE").shows("recs-a").shows("recs-b");
    let arn = sqs.queue_arn("recs-a");
    let by_arn = format!(".source == \"{arn}\"");
    for (flags, expected) in [
        (["--source", "recs-a"], BTreeSet::from(["a1", "a2"])),
        (["--source", arn.as_str()], BTreeSet::from(["a1", "a2"])),
        (["--source", &sqs.queue_url("recs-b")], BTreeSet::from(["b1"])),
        (["--source", "recs-a,recs-b"], BTreeSet::from(["a1", "a2", "b1"])),
        (["--where", &by_arn], BTreeSet::from(["a1", "a2"])),
        (["--where", ".source == null"], BTreeSet::from(["direct"])),
    ] {
        for command in ["peek", "classify"] {
            let report = harness.json(0, ["dlq", command, flags[0], flags[1]]);
            assert_eq!(named(&report), expected, "{command} {flags:?}");
        }
    }
    for command in ["peek", "classify", "redrive"] {
        let unknown = ["--queue", "recs-a", "dlq", command, "--source", "recs-c"];
        let words = ["no message came from --source", "recs-a", "recs-b", "directly"];
        harness.run(unknown).ended(5).says_all(words);
    }
    harness.run(["dlq", "peek", "--source", "a b"]).ended(2);
}

#[test]
fn export_purge_and_redrive_take_the_messages_of_one_source_only() {
    let (harness, ids) = shared();
    let sqs = harness.the_sandbox().sqs().clone();
    let file = harness.home.path().join("a.jsonl");
    let file = file.to_str().expect("a path");
    let report = harness.json(0, ["dlq", "export", file, "--source", "recs-a"]);
    assert_eq!(report["counts"], json!({"exported": 2, "skipped": 2}));
    let text = std::fs::read_to_string(file).expect("written");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let messages: Vec<Value> = lines.filter(|line| line["message"].is_object()).collect();
    assert_eq!(messages.len(), 2);
    for line in messages {
        assert_eq!(line["message"]["source"], json!(sqs.queue_arn("recs-a")));
    }
    let report = harness.json(0, ["dlq", "redrive", "--source", "recs-a", "--queue", "recs-a"]);
    assert_eq!(report["counts"], json!({"moved": 2, "skipped": 2}));
    let backup = harness.home.path().join("b.jsonl");
    let backup = backup.to_str().expect("a path");
    let report = harness.json(0, ["dlq", "purge", "--source", "recs-b", "--backup", backup]);
    assert_eq!(report["counts"], json!({"deleted": 1, "skipped": 1}));
    let left = sqs.snapshot("shared-dlq").expect("there").messages;
    assert_eq!(left.iter().map(|m| &m.id).collect::<Vec<_>>(), [&ids["direct"]]);
    // SQS's own purge cannot select messages.
    let all_now = ["dlq", "purge", "--all-now", "--source", "recs-b", "--yes"];
    harness.run(all_now).ended(2);
}

#[test]
fn a_redrive_moves_what_every_condition_names_on_both_kinds_of_queue() {
    for suffix in ["", ".fifo"] {
        let arranged = arrange(suffix);
        let report =
            arranged.harness.json(0, ["dlq", "redrive", "--where", ".attributes.tries >= 4"]);
        assert_eq!(report["counts"], json!({"moved": 2, "skipped": 3}), "{suffix}");
        assert_eq!(arranged.names("recs"), set(["broken", "object"]), "{suffix}");
        assert_eq!(arranged.names("recs-dlq"), set(["older", "newer", "young"]), "{suffix}");
        // Without --class, age narrows the default and does not widen it; superseded messages stay.
        arranged.harness.json(0, ["dlq", "redrive", "--older-than", "1h"]);
        assert_eq!(arranged.names("recs-dlq"), set(["older", "young"]), "{suffix}");
    }
}

#[test]
fn what_would_overwrite_newer_lists_moves_only_when_its_class_is_named() {
    let arranged = arrange("");
    let older = arranged.ids["older"].as_str();
    let report = arranged.harness.json(5, ["dlq", "redrive", "--id", older]);
    assert_eq!(report["skipped_by_class"]["superseded"], 1);
    assert_eq!(arranged.names("recs"), set([]));
    arranged.harness.json(0, ["dlq", "redrive", "--id", older, "--class", "superseded"]);
    assert_eq!(arranged.names("recs"), set(["older"]));
}

#[test]
fn a_wrong_expression_is_told_before_anything_is_received() {
    let arranged = arrange("");
    for command in ["peek", "classify", "redrive"] {
        arranged
            .harness
            .run(["dlq", command, "--where", ".class == nope"])
            .ended(2)
            .says("--where")
            .says("character 11");
    }
    let snapshot = arranged.sqs().snapshot("recs-dlq").expect("the queue");
    assert!(snapshot.messages.iter().all(|message| message.receive_count == 0));
}

#[test]
fn a_message_on_which_the_expression_fails_stays_and_is_told() {
    let arranged = arrange("");
    // `.data` of an array is an error; of null (a body that is not JSON) it is null.
    let args = ["dlq", "redrive", "--where", ".body.data", "--output", "json"];
    let report = arranged.harness.run(args).ended(4).says("--where failed on 2 messages").report();
    // `older` is superseded, so the expression was not evaluated on it.
    assert_eq!(report["undecided"], 2, "{report}");
    assert_eq!(arranged.names("recs"), set(["object"]));
    assert_eq!(arranged.names("recs-dlq"), set(["older", "newer", "young", "broken"]));
}

#[test]
fn an_id_that_is_not_there_is_told_and_the_others_move() {
    let arranged = arrange("");
    let ids = format!("{},gone", arranged.ids["young"]);
    let report = arranged.harness.json(4, ["dlq", "redrive", "--id", &ids]);
    assert_eq!(report["missing"], json!(["gone"]));
    assert_eq!(arranged.names("recs"), set(["young"]));
    let report = arranged.harness.json(5, ["dlq", "peek", "--id", "gone,nowhere"]);
    assert_eq!(report["missing"], json!(["gone", "nowhere"]));
}

#[test]
fn the_short_ids_of_tables_can_be_given_when_they_are_unique() {
    let harness = queues("", SandboxOptions::empty());
    let twins = ["0a1b2c3d-0000-4000-8000-000000000001", "0a1b2c3d-0000-4000-8000-000000000002"];
    let alone = "99999999-0000-4000-8000-000000000003";
    for (user, id) in [twins[0], twins[1], alone].into_iter().enumerate() {
        let body = format!("[{user}, [10]]");
        let planted = Planted { body, message_id: Some(id.to_owned()), ..Planted::default() };
        plant(&harness, "recs-dlq", planted);
    }
    let file = harness.home.path().join("copy").display().to_string();
    for args in [
        &["dlq", "peek", "--id", "0a1b2c3d"][..],
        &["dlq", "classify", "--id", "0a1b2c3d"],
        &["dlq", "redrive", "--id", "0a1b2c3d"],
        &["dlq", "purge", "--id", "0a1b2c3d", "--backup", &file],
        &["dlq", "export", &file, "--id", "0a1b2c3d"],
    ] {
        harness.run(args).ended(7).says_all(twins);
        let depth = harness.the_sandbox().sqs().depth("recs-dlq").expect("there");
        assert_eq!((depth.visible, depth.in_flight), (3, 0), "{args:?}");
    }
    let shown = harness.run(["dlq", "peek"]).stdout;
    let short = shown.lines().find_map(|line| {
        line.split(' ').next().filter(|id| alone.starts_with(id) && !id.is_empty())
    });
    let report = harness.json(0, ["dlq", "redrive", "--id", short.expect("it is shown")]);
    assert_eq!(report["counts"], json!({"moved": 1, "skipped": 2}));
    let report =
        harness.json(0, ["dlq", "redrive", "--id", "0a1b2c3d-0000-4000-8000-000000000001"]);
    assert_eq!(report["counts"], json!({"moved": 1, "skipped": 1}));
    // Now that one of them is gone, the prefix is unique.
    let report = harness.json(0, ["dlq", "redrive", "--id", "0a1b2c3d"]);
    assert_eq!(report["counts"], json!({"moved": 1}));
}
