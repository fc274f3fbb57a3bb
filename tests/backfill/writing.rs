//! Write options of `recoctl backfill`: constants, deletes, list types, and only newer lists.

use crate::support::table::{assert_balanced, expected, harness, items, n, put, s};
use crate::support::{Harness, now};
use aws_sdk_dynamodb::types::{AttributeValue, ScalarAttributeType};
use serde_json::json;

fn numbers() -> Harness {
    harness(ScalarAttributeType::N, None)
}

fn list(ids: &[AttributeValue]) -> AttributeValue {
    AttributeValue::L(ids.to_vec())
}

#[test]
fn every_item_has_the_attributes_of_the_run() {
    let harness = numbers();
    harness.write("in.jsonl", "[1,[10]]\n[2,[20]]\n");
    let plain = harness.json(0, ["backfill", "in.jsonl", "--dry-run"]);
    let begun = now();
    let args =
        ["--attr", "model=v7", "--attr", "weight=0.50", "--attr", "zip:S=007", "--ttl", "30d"];
    let report = harness.json(0, ["backfill", "in.jsonl"].into_iter().chain(args));
    let found = items(&harness);
    for (user, ids) in [("1", "[10]"), ("2", "[20]")] {
        let (head, zip) = found[user].split_once(" model=\"v7\"").expect("the model");
        let (list, expires) = head.split_once(" expires_at=").expect("an expiry");
        assert_eq!((list, zip), (ids, " weight=0.5 zip=\"007\""));
        let expires: u64 = expires.parse().expect("whole seconds");
        assert!((begun..=now()).contains(&(expires - 30 * 86_400)), "{expires}");
    }
    // Names and values: the String's bytes, 1 + 1 for 0.5; and a time of 10 digits.
    let added = ("model".len() + 2) + ("weight".len() + 2) + ("zip".len() + 3);
    let size = |report: &serde_json::Value| report["items"]["max_bytes"].as_u64().expect("bytes");
    let time = size(&report) - size(&plain) - added as u64 - "expires_at".len() as u64;
    assert!((4..=6).contains(&time), "{time}");
}

#[test]
fn attributes_that_cannot_be_are_refused_before_anything_is_written() {
    let harness = numbers();
    harness.write("in.jsonl", "[1,[10]]\n");
    let errors = [
        &["--attr", "user_id=9"][..],
        &["--attr", "a=1", "--attr", "a=2"],
        &["--attr", "expires_at=1", "--ttl", "1d"],
        &["--attr", "a:N=x"],
        &["--attr", "novalue"],
        &["--ttl-attribute", "x"],
    ]
    .map(|args| harness.run(["backfill", "in.jsonl"].iter().chain(args)).ended(2).told());
    insta::assert_snapshot!(errors.join("\n"));
    assert!(items(&harness).is_empty());
}

#[test]
fn deletes_go_beside_puts_and_the_last_word_counts() {
    let harness = numbers();
    let before: String = (0..60).map(|user| format!("[{user},[1]]\n")).collect();
    harness.write("before.jsonl", before);
    harness.json(0, ["backfill", "before.jsonl"]);
    let mut lines: String = (0..50)
        .map(|user| match user % 2 {
            0 => format!("{{\"user_id\":{user},\"delete\":true}}\n"),
            _ => format!("[{user},[2]]\n"),
        })
        .collect();
    // Deleted then written, written then deleted, never in the table, and three ambiguous deletes.
    lines.push_str("[0,[3]]\n[51,[3]]\n{\"user_id\":\"51\",\"delete\":true}\n");
    lines.push_str("{\"user_id\":777,\"delete\":true}\n");
    lines.push_str("{\"user_id\":52,\"delete\":false}\n{\"user_id\":53,\"delete\":\"yes\"}\n");
    lines.push_str("{\"user_id\":54,\"delete\":true,\"recommended_note_ids\":[1]}\n");
    harness.write("in.jsonl", lines);
    let plan = harness.json(4, ["backfill", "in.jsonl", "--dry-run"]);
    assert_balanced(&plan);
    let report = harness.json(4, ["backfill", "in.jsonl"]);
    assert_balanced(&report);
    let found = items(&harness);
    for user in 0..60 {
        let expected = match user {
            0 => Some("[3]"),
            51 => None,
            user if user < 50 && user % 2 == 0 => None,
            user if user < 50 => Some("[2]"),
            _ => Some("[1]"),
        };
        assert_eq!(found.get(&user.to_string()).map(String::as_str), expected, "{user}");
    }
    let entries = &report["entries"];
    assert_eq!(entries["written"], 26, "{entries}");
    assert_eq!(entries["deleted"], 26, "{entries}");
    assert_eq!(entries["coalesced"], 2, "{entries}");
    assert_eq!(report["rejected"], json!({ "malformed": 3 }));
    // 26 puts and 26 deletes of small items: one WCU each.
    assert_eq!(report["writes"]["consumed_wcu"], 52.0);
    assert_eq!(plan["items"]["wcu"], 52);
    assert_eq!(plan["entries"], report["entries"]);
}

#[test]
fn a_run_of_deletes_alone_is_a_success() {
    let harness = numbers();
    harness.write("in.jsonl", "[1,[10]]\n");
    harness.json(0, ["backfill", "in.jsonl"]);
    harness.write("out.jsonl", "{\"user_id\":1,\"delete\":true}\n");
    let report = harness.json(0, ["backfill", "out.jsonl"]);
    assert_eq!(report["lines"]["deleted"], 1);
    assert!(items(&harness).is_empty());
}

#[test]
fn lists_are_written_as_the_table_has_them() {
    let harness = numbers();
    harness.write("in.jsonl", "[1,[10]]\n");
    let report = harness.json(0, ["backfill", "in.jsonl", "--dry-run"]);
    assert_eq!((&report["list_type"], &report["list_type_from"]), (&json!(null), &json!("ids")));

    put(&harness, &[("user_id", n(5)), ("recommended_note_ids", list(&[s("50")]))]);
    let report = harness.json(0, ["backfill", "in.jsonl"]);
    assert_eq!((&report["list_type"], &report["list_type_from"]), (&json!("S"), &json!("table")));
    assert_eq!(items(&harness), expected(&[("1", "[\"10\"]"), ("5", "[\"50\"]")]));

    let report = harness.json(0, ["backfill", "in.jsonl", "--list-type", "N"]);
    assert_eq!((&report["list_type"], &report["list_type_from"]), (&json!("N"), &json!("config")));
    assert_eq!(items(&harness), expected(&[("1", "[10]"), ("5", "[\"50\"]")]));

    // Now the table holds both types.
    let ran = harness.run(["backfill", "in.jsonl", "--output", "json"]);
    let report = ran.says("mixes list types").report();
    assert_eq!((&report["list_type"], &report["list_type_from"]), (&json!(null), &json!("ids")));
}

#[test]
fn a_table_of_sets_is_refused() {
    let harness = numbers();
    let set = AttributeValue::Ns(vec!["1".to_owned(), "2".to_owned()]);
    put(&harness, &[("user_id", n(5)), ("recommended_note_ids", set)]);
    harness.write("in.jsonl", "[5,[10]]\n");
    insta::assert_snapshot!(harness.run(["backfill", "in.jsonl"]).ended(3).told());
    harness.json(0, ["backfill", "in.jsonl", "--list-type", "N"]);
    assert_eq!(items(&harness), expected(&[("5", "[10]")]));
}

#[test]
fn only_what_is_newer_replaces_what_the_table_holds() {
    let harness = numbers();
    for (user, time) in [(1, Some(100)), (2, Some(300)), (3, None), (4, Some(100)), (5, Some(300))]
    {
        let mut item = vec![("user_id", n(user)), ("recommended_note_ids", list(&[n(1)]))];
        item.extend(time.map(|time| ("generated_at", n(time))));
        put(&harness, &item);
    }
    let lines = concat!(
        "[1,[2]]\n[2,[2]]\n[3,[2]]\n[6,[2]]\n",
        r#"{"user_id":4,"delete":true}"#,
        "\n",
        r#"{"user_id":5,"delete":true,"generated_at":299}"#,
        "\n",
        r#"{"user_id":7,"recommended_note_ids":[2],"generated_at":"1970-01-01T00:10:00Z"}"#,
        "\n",
    );
    harness.write("in.jsonl", lines);
    let args = ["backfill", "in.jsonl", "--if-newer", "--generated-at", "200"];
    let report = harness.json(0, args);
    assert_balanced(&report);
    let expected = expected(&[
        ("1", "[2] generated_at=200"),
        ("2", "[1] generated_at=300"),
        ("3", "[2] generated_at=200"),
        ("5", "[1] generated_at=300"),
        ("6", "[2] generated_at=200"),
        ("7", "[2] generated_at=600"),
    ]);
    assert_eq!(items(&harness), expected);
    let entries = &report["entries"];
    assert_eq!((&entries["written"], &entries["deleted"]), (&json!(4), &json!(1)), "{entries}");
    assert_eq!(entries["stale"], 2, "{entries}");
    assert_eq!(report["writes"]["calls"], 7);

    // Run again: the lists are in the table already; a delete leaves nothing to compare with.
    let again = harness.json(0, args);
    assert_eq!(again["entries"]["stale"], 6);
    assert_eq!(items(&harness), expected);
}

#[test]
fn a_list_of_unknown_time_replaces_nothing() {
    let harness = numbers();
    let lines = concat!(
        "[1,[2]]\n",
        r#"{"user_id":2,"delete":true}"#,
        "\n",
        r#"{"data":[[3,[2]],[4,[2]]]}"#,
        "\n",
        r#"{"data":[[5,[2]]],"generated_at":9}"#,
        "\n",
    );
    harness.write("in.jsonl", lines);
    let args = ["backfill", "in.jsonl", "--if-newer", "--rejects", "out.jsonl"];
    let report = harness.json(4, args);
    assert_balanced(&report);
    assert_eq!(report["rejected"], json!({ "undated": 4 }));
    assert_eq!(items(&harness), expected(&[("5", "[2] generated_at=9")]));
    let rejects = harness.read_lines("out.jsonl");
    let texts: Vec<&str> =
        rejects.iter().map(|reject| reject["text"].as_str().expect("a text")).collect();
    assert_eq!(texts, ["[1,[2]]", r#"{"user_id":2,"delete":true}"#, "[3,[2]]", "[4,[2]]"]);
    // The rejects are repaired and used as input.
    harness.write("again.jsonl", texts.join("\n"));
    harness.json(0, ["backfill", "again.jsonl", "--if-newer", "--generated-at", "8"]);
    assert_eq!(items(&harness).len(), 4);
}
