//! `recoctl user`: one user's list in the table, and what the filter makes of it with today's facts.

use super::*;
use crate::support::queues::plant_body;

/// User 1 has read 11, mutes author 6 and wrote 14; user 2 is not active, user 9 is not there.
const FACTS: &str = "
    CREATE TABLE users(id INTEGER PRIMARY KEY, status TEXT);
    CREATE TABLE articles(id INTEGER PRIMARY KEY, status TEXT, author_id INTEGER);
    CREATE TABLE reads(user_id INTEGER, article_id INTEGER, PRIMARY KEY (user_id, article_id));
    CREATE TABLE mutes(user_id INTEGER, author_id INTEGER, PRIMARY KEY (user_id, author_id));
    INSERT INTO users VALUES (1, 'active'), (2, 'gone'), (3, 'active');
    INSERT INTO articles VALUES (10, 'published', 5), (11, 'published', 5), (12, 'draft', 5),
        (13, 'published', 6), (14, 'published', 1), (15, 'published', 5);
    INSERT INTO reads VALUES (1, 11);
    INSERT INTO mutes VALUES (1, 6);";

fn with_facts() -> Harness {
    let mut harness = numbers();
    harness.add_facts(FACTS);
    harness
}

fn put_list(harness: &Harness, user: i64, ids: &[i64], more: &[(&str, AttributeValue)]) {
    let ids: Vec<_> = ids.iter().map(n).collect();
    let mut item = vec![("user_id", n(user)), ("recommended_note_ids", list(&ids))];
    item.extend(more.iter().cloned());
    put(harness, &item);
}

fn now() -> i64 {
    i64::try_from(support::now()).expect("a time")
}

#[test]
fn each_cause_is_told_apart() {
    let harness = with_facts();
    let hour_ago = [("generated_at", n(now() - 3600)), ("model", s("v7"))];
    put_list(&harness, 1, &[10, 11, 12, 13, 14, 15, 10, 99], &hour_ago);
    put_list(&harness, 2, &[10, 15], &hour_ago);
    put_list(&harness, 3, &[10, 15], &[("expires_at", n(now() - 60))]);
    put_list(&harness, 4, &[10], &[]);
    put(&harness, &[("user_id", n(5)), ("model", s("v7"))]);

    let told = |user: &str, code: i32| harness.json(code, ["user", user]);
    let dropped = told("1", 0);
    assert_eq!(dropped["standing"], "dropped-today", "{dropped}");
    assert!(
        dropped["sentence"]
            .as_str()
            .unwrap_or_default()
            .ends_with("6 of its 8 ids would be dropped today"),
        "{dropped}"
    );
    let fates: Vec<_> =
        dropped["articles"].as_array().expect("rows").iter().map(|row| &row["fate"]).collect();
    let expected = [
        "kept",
        "already-read",
        "unpublished-article",
        "muted-author",
        "own-article",
        "kept",
        "duplicate",
        "unknown-article",
    ];
    assert_eq!(fates, expected);
    assert_eq!((&dropped["user"], &dropped["articles"][0]["id"]), (&json!(1), &json!(10)));
    assert_eq!(dropped["item"]["attributes"]["model"], "v7");
    assert_eq!(dropped["user_in_facts"], "active");

    let inactive = told("2", 0);
    assert_eq!(inactive["standing"], "filtered-to-nothing", "{inactive}");
    assert_eq!(inactive["articles"][0]["fate"], "not-judged");
    assert!(inactive["sentence"].as_str().unwrap_or_default().ends_with("the user is inactive"));
    assert_eq!(told("3", 0)["standing"], "expired");
    let unknown = told("4", 0);
    assert!(unknown["sentence"].as_str().unwrap_or_default().ends_with("do not know the user"));
    assert_eq!(told("5", 0)["standing"], "no-list");
    let nothing = told("9", 5);
    assert_eq!((&nothing["standing"], &nothing["item"]), (&json!("no-item"), &Value::Null));

    let short = harness.run(["user", "1"]).stdout;
    assert!(short.starts_with("user 1 has a list from "), "{short}");
    assert!(short.contains("muted-author") && !short.contains("kept"), "{short}");
    harness.run(["user", "1", "--all"]).shows("kept");
}

#[test]
fn without_facts_the_rules_that_need_them_are_said_to_be_skipped() {
    let mut harness = with_facts();
    harness.set("RECOCTL_FACTS", "none");
    put_list(&harness, 2, &[10, 12], &[]);
    let report = harness.json(0, ["user", "2"]);
    assert_eq!((&report["standing"], &report["user_in_facts"]), (&json!("current"), &Value::Null));
    harness.run(["user", "2"]).shows("the rules that need facts are skipped");
}

#[test]
fn an_id_that_the_key_cannot_hold_is_an_error_that_names_the_table() {
    let harness = with_facts();
    let told =
        harness.run(["user", "x\u{1b}[31m"]).ended(2).says("cannot be a user of table recs").stderr;
    assert!(!told.contains('\u{1b}'), "{told:?}");
    harness.run(["user", "-7"]).ended(5);
}

/// Adds the queues `recs` and `recs-dlq`.
fn with_dlq(mut harness: Harness) -> Harness {
    crate::support::queues::add(&mut harness, "");
    harness
}

/// A line with a list of the user, generated so many seconds ago.
fn line(user: i64, ids: &str, ago: i64) -> String {
    let at = now() - ago;
    format!("{{\"user_id\":{user},\"recommended_note_ids\":{ids},\"generated_at\":{at}}}\n")
}

#[test]
fn six_planted_causes_are_told_apart_with_a_file_and_the_dlq() {
    let mut harness = with_dlq(with_facts());
    let ago = |seconds: i64| ("generated_at", n(now() - seconds));
    // 1: has a list of which some would be dropped; the file has the same.
    put_list(&harness, 1, &[10, 11, 15], &[ago(600)]);
    // 3: an older list won. 6: expired. 7: waits in the DLQ, with an older one in the table.
    put_list(&harness, 3, &[10, 15], &[ago(7200)]);
    put_list(&harness, 6, &[10], &[ago(7200), ("expires_at", n(now() - 60))]);
    put_list(&harness, 7, &[10], &[ago(7200)]);
    harness.add_facts(
        "INSERT INTO users VALUES (4, 'active'), (6, 'active'), (7, 'active'), (8, 'active');",
    );
    let recs = [
        line(1, "[10,11,15]", 900),
        line(2, "[10,15]", 600),
        line(3, "[15,10]", 9_000),
        line(3, "[10,15]", 600),
        line(4, "[10,15]", 600),
    ]
    .concat();
    harness.write("recs.jsonl", &recs);
    let waiting = plant_body(&harness, "recs-dlq", line(7, "[15]", 600));
    let absent = plant_body(&harness, "recs-dlq", line(8, "[10]", 600));
    plant_body(&harness, "recs-dlq", "{\"user_id\":6,\"recommended_note_ids\":\"x\"}");
    plant_body(&harness, "recs-dlq", line(1, "[10]", 90_000));

    let told = |user: &str, code: i32| {
        harness.json(code, ["user", user, "--in", "recs.jsonl", "--in-dlq"])
    };
    let place = |line: u64| format!("recs.jsonl:{line}");
    for (user, code, standing, parts) in [
        ("1", 0, "dropped-today", vec!["has a list from", "1 of its 3 ids would be dropped today"]),
        ("2", 5, "filtered-to-nothing", vec!["the user is inactive", &place(2)]),
        ("3", 0, "older-list-won", vec!["an older list won", &place(4)]),
        ("4", 5, "never-written", vec!["was never written", &place(5), "2 ids"]),
        ("6", 0, "expired", vec!["expired"]),
        ("7", 0, "waits-in-dlq", vec!["waits in the DLQ", &waiting[..8], "an older one"]),
        ("8", 5, "waits-in-dlq", vec!["waits in the DLQ", &absent[..8], "the table has none"]),
        ("99", 5, "never-written", vec!["has no list of the user"]),
    ] {
        let report = told(user, code);
        assert_eq!(report["standing"], standing, "{user}: {report}");
        for part in parts {
            assert!(report["sentence"].as_str().unwrap_or_default().contains(part), "{report}");
        }
    }
    let third = told("3", 0);
    let entries = third["in_files"]["entries"].as_array().expect("entries").clone();
    assert_eq!(entries.len(), 2, "{third}");
    assert_eq!((&entries[0]["line"], &entries[1]["line"]), (&json!(3), &json!(4)));
    assert_eq!((&entries[1]["fate"], &entries[1]["ids"]), (&json!("write"), &json!(2)));
    let sixth = told("6", 0);
    let messages = sixth["in_dlq"]["messages"].as_array().expect("messages").clone();
    assert_eq!((messages.len(), &messages[0]["waiting"]), (1, &json!(false)), "{sixth}");
    assert_eq!(sixth["in_dlq"]["scanned"], 4);
    // Every message is visible again, and nothing was moved or written.
    let depth = harness.the_sandbox().sqs().depth("recs-dlq").expect("there");
    assert_eq!((depth.visible, depth.in_flight), (4, 0));
    // What a redrive sent back is known from its journal.
    let redrive = ["dlq", "redrive", &absent, "--rate", "50", "--reason", "INC-8"];
    harness.json(0, redrive);
    let eighth = told("8", 5);
    let moved = &eighth["in_dlq"]["moved"][0];
    assert_eq!((&moved["message_id"], &moved["standing"]), (&json!(absent), &json!("deleted")));
    assert_eq!(moved["by"]["reason"], "INC-8", "{eighth}");
    assert_eq!(eighth["standing"], "no-item", "it was sent back: {eighth}");
    let text = harness.run(["user", "7", "--dlq", "recs-dlq", "--queue", "recs"]).stdout;
    assert!(text.starts_with("user 7 waits in the DLQ: message "), "{text}");
    assert!(text.contains("1 message of the user in recs-dlq, of 3 messages received"), "{text}");
}

#[test]
fn a_message_waits_only_for_the_users_for_whom_a_redrive_would_write() {
    let harness = with_dlq(with_facts());
    // 1 has read 11, 12 is a draft; 2 is not active; 10 for user 3 is fine. Twice user 3: either way.
    plant_body(&harness, "recs-dlq", "{\"data\":[[1,[11,12]],[2,[10]],[3,[10,15]],[3,[12]]]}");
    for (user, waiting, standing, why) in [
        ("1", false, "no-item", "nothing would be written for the user"),
        ("2", false, "no-item", "nothing would be written for the user"),
        ("3", true, "waits-in-dlq", ""),
    ] {
        let report = harness.json(5, ["user", user, "--in-dlq"]);
        assert_eq!(report["standing"], standing, "{report}");
        let message = &report["in_dlq"]["messages"][0];
        assert_eq!(message["waiting"], json!(waiting), "{report}");
        assert!(message["why"].as_str().unwrap_or_default().contains(why), "{report}");
    }
    harness.run(["user", "2", "--in-dlq"]).shows("nothing to write, retryable");
}

#[test]
fn files_are_read_as_a_backfill_reads_them_and_its_run_is_named() {
    let harness = with_facts();
    let recs = [line(3, "[10,12]", 600), "not JSON\n".to_owned(), line(1, "[15]", 600)].concat();
    harness.write("recs.gz", support::gzip(recs));
    // A line that cannot be read may be the user's: the search is not whole.
    let report = harness.json(4, ["user", "3", "--in", "recs.gz"]);
    assert_eq!(
        (&report["standing"], &report["in_files"]["unread"]),
        (&json!("never-written"), &json!(1))
    );
    let entry = &report["in_files"]["entries"][0];
    assert_eq!(
        (&entry["ids"], &entry["dropped"], &entry["file"]),
        (&json!(1), &json!(1), &json!("recs.gz"))
    );
    assert_eq!((&report["runs"], &report["in_dlq"]), (&json!([]), &Value::Null));

    harness.json(4, ["backfill", "recs.gz", "--reason", "INC-7"]);
    let report = harness.json(4, ["user", "3", "--in", "recs.gz"]);
    assert_eq!(report["standing"], "current", "{report}");
    let run = &report["runs"][0];
    assert_eq!(
        (&run["finished"], &run["changed_since"]),
        (&json!(true), &json!(false)),
        "{report}"
    );
    assert_eq!((&run["by"]["reason"], &run["up_to_line"]), (&json!("INC-7"), &Value::Null));
    harness
        .run(["user", "3", "--in", "recs.gz"])
        .shows("1 entry of the user in recs.gz")
        .shows("backfill of recs.gz on this machine")
        .shows("INC-7")
        .shows("1 line could not be read");
    // Without --in, files and queues are left alone.
    let alone = harness.json(0, ["user", "3"]);
    assert_eq!((&alone["in_files"], &alone["in_dlq"]), (&Value::Null, &Value::Null));
    harness.run(["user", "3", "--in", "absent.jsonl"]).ended(8);
}
