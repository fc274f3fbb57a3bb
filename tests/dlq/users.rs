//! A user complains: following only the help and what is printed, an operator finds where the
//! user's lists stand in the DLQ.

use std::collections::BTreeSet;

use crate::support::queues::{plant, queues, sqs};
use crate::support::{Harness, Ran};
use reco_sandbox::SandboxOptions;
use reco_sandbox::sqs::Planted;
use serde_json::{Value, json};

/// Bodies with a list of user 42, in every shape and state, by the first characters of their ids.
const HERS: [(&str, &str); 6] = [
    ("aaaa0001", r#"{"data":[[1,[10]],[42,[11,12]]],"generated_at":1768435200}"#),
    ("aaaa0002", r#"{"user_id":"42","recommended_note_ids":[7]}"#),
    ("aaaa0003", "[42,[13]]"),
    ("aaaa0004", r#"{"Type":"Notification","Message":"{\"data\":[[42,[1]]]}"}"#),
    ("aaaa0005", r#"{"data":[[42,"broken"],[2,[1]]]}"#),
    ("aaaa0006", r#"{"data":[[42,[1,2]],[3,[1"#),
];

/// Bodies without one: 42 is an article, or stands in another system's message.
const OTHERS: [(&str, &str); 4] = [
    ("bbbb0001", "[1,[42]]"),
    ("bbbb0002", r#"{"data":[[420,[1]],[4,[2]]]}"#),
    ("bbbb0003", r#"{"alarm":42}"#),
    ("bbbb0004", "{"),
];

fn id(short: &str) -> String {
    format!("{short}-0000-4000-8000-000000000000")
}

/// A DLQ with all of them, sent at one time: none supersedes another by a millisecond.
fn arranged() -> Harness {
    let harness = queues("", SandboxOptions::empty());
    let sent_at_ms = u64::try_from(jiff::Timestamp::now().as_millisecond()).ok();
    for (short, body) in HERS.into_iter().chain(OTHERS) {
        let message_id = Some(id(short));
        let planted =
            Planted { body: body.to_owned(), message_id, sent_at_ms, ..Planted::default() };
        plant(&harness, "recs-dlq", planted);
    }
    harness
}

fn all(of: &[(&str, &str)]) -> BTreeSet<String> {
    of.iter().map(|(short, _)| id(short)).collect()
}

fn shown(report: &Value) -> BTreeSet<String> {
    let rows = report["messages"].as_array().expect("messages").iter();
    rows.map(|row| row["message_id"].as_str().expect("an id").to_owned()).collect()
}

/// Incident (d). Each command is taken from what the last one printed.
#[test]
fn a_complaint_is_answered_by_what_is_printed() {
    let harness = arranged();
    // "User 42 sees old recommendations." The help of the DLQ has an example for it.
    let help = harness.run(["dlq", "-h"]).stdout;
    let example = help.lines().find(|line| line.contains("a list of user 42")).expect("an example");
    let line = example.split('#').next().expect("a command").trim();
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    let Ran { stdout: table, stderr: told, .. } = harness.run(&words).ended(0);
    for (short, _) in HERS {
        assert!(table.contains(short), "{short}: {table}");
    }
    for (short, _) in OTHERS {
        assert!(!table.contains(short), "{short}: {table}");
    }
    // Two bodies cannot be read, which is said once, with their number.
    assert_eq!(told.matches("2 messages could not be read by --user").count(), 1, "{told}");
    // The table ends with the command for a whole message.
    let next = table.lines().find_map(|line| line.strip_prefix("a whole message: recoctl "));
    let next: Vec<&str> = next.expect("a command").split_whitespace().collect();
    let whole = harness.run(&next).ended(0).stdout;
    let users = whole.lines().find(|line| line.starts_with("users ")).expect("users");
    assert!(users.split([' ', ',']).any(|user| user == "42"), "{whole}");
    assert!(whole.contains("body\n"), "{whole}");
    let depth = sqs(&harness).depth("recs-dlq").expect("there");
    assert_eq!((depth.visible, depth.in_flight), (10, 0), "looking changes nothing");
}

#[test]
fn a_user_selects_in_every_command_and_with_every_other_condition() {
    let harness = arranged();
    let hers = all(&HERS);
    assert_eq!(shown(&harness.json(0, ["dlq", "peek", "--user", "42"])), hers);
    assert_eq!(shown(&harness.json(0, ["dlq", "classify", "--user", "42"])), hers);
    let by_where = ["dlq", "peek", "--where", r#"[.user_ids[] | tostring] | index("42")"#];
    assert_eq!(shown(&harness.json(0, by_where)), hers);
    harness.write("users", "42\n77\n");
    assert_eq!(shown(&harness.json(0, ["dlq", "peek", "--user", "@users"])), hers);
    let of = |more: &[&str]| {
        let args = [&["dlq", "peek", "--user", "42"], more].concat();
        shown(&harness.json(0, &args))
    };
    assert_eq!(of(&["--class", "malformed"]), all(&HERS[5..]));
    assert_eq!(of(&["aaaa0002"]), all(&HERS[1..2]));
    assert_eq!(of(&["--id", "aaaa0002,bbbb0001"]), all(&HERS[1..2]));
    assert_eq!(
        of(&["--where", ".users == 1"]),
        BTreeSet::from_iter([HERS[1], HERS[2], HERS[3]].map(|(short, _)| id(short)))
    );
    let none = harness.json(5, ["dlq", "peek", "--user", "4711"]);
    assert_eq!(shown(&none), BTreeSet::new());
    // Export, redrive and purge.
    harness.json(0, ["dlq", "export", "hers.jsonl", "--user", "42"]);
    let exported = harness.read("hers.jsonl");
    assert!(HERS.iter().all(|(short, _)| exported.contains(short)), "{exported}");
    assert!(OTHERS.iter().all(|(short, _)| !exported.contains(short)), "{exported}");
    let plan = harness.json(0, ["dlq", "redrive", "--user", "42", "--class", "all", "--dry-run"]);
    assert_eq!(plan["counts"]["planned"], 6);
    let purged = harness.json(0, ["dlq", "purge", "--user", "42", "--backup", "backup.jsonl"]);
    assert_eq!(purged["counts"], json!({"deleted": 6, "skipped": 4}));
    assert_eq!(shown(&harness.json(0, ["dlq", "peek"])), all(&OTHERS));
}

#[test]
fn rows_name_users_and_bodies_as_expressions_do() {
    let harness = arranged();
    let report = harness.json(0, ["dlq", "peek", "aaaa0001", "--full"]);
    let row = &report["messages"][0];
    assert_eq!(row["user_ids"], json!([1, 42]));
    assert_eq!(row["users"], 2);
    assert_eq!(row["body"]["data"][1], json!([42, [11, 12]]));
    assert_eq!(row["body_text"], HERS[0].1);
    let broken = harness.json(0, ["dlq", "peek", "aaaa0006", "--full"]);
    assert_eq!(broken["messages"][0]["body"], Value::Null);
    assert_eq!(broken["messages"][0]["body_text"], HERS[5].1);
    assert_eq!(broken["messages"][0]["user_ids"], json!([42, 3]));
    // Whatever a row has, an expression can ask for by the same name.
    let row = row.as_object().expect("an object");
    for (name, value) in row {
        // These change with every look.
        if ["age_s", "time_left_s", "receive_count"].contains(&name.as_str()) {
            continue;
        }
        let filter = format!(".{name} == {value}");
        let found = harness.json(0, ["dlq", "peek", "aaaa0001", "--where", &filter]);
        assert_eq!(shown(&found), all(&HERS[..1]), "{filter}");
    }
}

#[test]
fn a_message_is_given_by_a_prefix_in_place_of_a_flag() {
    let harness = arranged();
    for command in [&["dlq", "peek", "aaaa0003"][..], &["dlq", "classify", "aaaa0003"]] {
        assert_eq!(shown(&harness.json(0, command)), all(&HERS[2..3]), "{command:?}");
    }
    let got = harness.json(0, ["dlq", "get", "aaaa0003"]);
    assert_eq!(got["message"]["message_id"], id("aaaa0003"));
    assert_eq!(got["message"]["body"], json!([42, [13]]));
    assert_eq!(got["released"], 10);
    let whole = harness.json(0, ["dlq", "get", &id("aaaa0003")]);
    assert_eq!(whole["message"]["message_id"], id("aaaa0003"));
    harness
        .run(["dlq", "get", "aaaa"])
        .ended(7)
        .says("message id aaaa is ambiguous: 6 messages have this prefix")
        .says(id("aaaa0001"))
        .says("and 1 more");
    harness
        .run(["dlq", "get", "cccc"])
        .ended(5)
        .shows("no message cccc in recs-dlq among 10 received");
    harness.run(["dlq", "peek", "malformed"]).ended(2).says("use --class malformed");
    assert_eq!(harness.json(0, ["dlq", "redrive", "aaaa0003"])["counts"]["moved"], 1);
    let purge = ["dlq", "purge", "bbbb0004", "--backup", "one.jsonl"];
    assert_eq!(harness.json(0, purge)["counts"]["deleted"], 1);
}

#[test]
fn an_expression_says_once_how_many_messages_it_could_not_read() {
    let harness = arranged();
    let told = harness.run(["dlq", "peek", "--where", ".body.alarm? == 42"]).ended(0).stderr;
    assert_eq!(told.matches("could not be read").count(), 1, "{told}");
    assert!(told.contains("2 messages could not be read by --where"), "{told}");
    let told = harness.run(["dlq", "peek", "--where", r#".class == "foreign""#]).stderr;
    assert!(!told.contains("could not be read"), "it reads no body: {told}");
    // An expression that fails also says so once.
    let told = harness.run(["dlq", "peek", "--where", ".body.data.x"]).ended(4).stderr;
    assert_eq!(told.matches("--where failed on").count(), 1, "{told}");
}

/// Rows and summary of `--output jsonl` are told apart by the first member, as the docs show.
#[test]
fn lines_of_json_begin_with_their_kind() {
    let harness = arranged();
    let lines = harness.run(["dlq", "peek", "--output", "jsonl"]).stdout;
    let (rows, rest): (Vec<&str>, Vec<&str>) =
        lines.lines().partition(|line| line.starts_with(r#"{"kind":"dlq.peek.row","#));
    assert_eq!((rows.len(), rest.len()), (10, 1));
    assert!(rest[0].starts_with(r#"{"kind":"dlq.peek","schema_version":1,"#), "{}", rest[0]);
    let whole = harness.json(0, ["dlq", "peek"]);
    let first = whole.as_object().expect("an object").keys().next().map(String::as_str);
    assert!(whole["kind"] == "dlq.peek" && first.is_some());
}

/// On a terminal, tables, prompts and messages break between words.
#[test]
fn prompts_fit_the_terminal() {
    let harness = arranged();
    for (columns, rows) in [(80, 24), (140, 40)] {
        for (name, args) in [
            ("purge", "dlq purge --backup all.jsonl"),
            ("redrive", "dlq redrive --class all --engine client"),
            ("all-now", "dlq purge --all-now"),
        ] {
            let told = on_a_terminal(&harness, columns, rows, args);
            for line in told.lines() {
                assert!(line.chars().count() <= columns, "{line}");
            }
            let prompt = told.split("[y/N]").next().unwrap_or_default().to_owned() + "[y/N]";
            let prompt: Vec<&str> = prompt
                .lines()
                .filter(|line| {
                    *line != "n"
                        && !line.contains("requests go to")
                        && !line.contains("this machine")
                        && !line.contains("scanning")
                })
                .collect();
            insta::assert_snapshot!(format!("prompt-{name}-{columns}"), prompt.join("\n"));
        }
        let table = on_a_terminal(&harness, columns, rows, "dlq peek --user 42 --quiet --no-color");
        for line in table.lines() {
            assert!(line.chars().count() <= columns, "{line:?}");
        }
    }
}

pub fn on_a_terminal(harness: &Harness, columns: usize, rows: usize, args: &str) -> String {
    let binary = assert_cmd::cargo::cargo_bin!("recoctl").display().to_string();
    let line = format!("stty cols {columns} rows {rows}; exec {binary} --no-color {args}");
    // The answer to any prompt.
    let shown = crate::support::on_a_terminal(harness, &line, "n\n");
    // An answer ends its line where it is typed.
    let shown = shown.replace("[y/N] ", "[y/N]\n");
    // What a progress display erases is not seen.
    shown
        .lines()
        .map(|line| line.rsplit("\u{1b}[2K").next().unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}
