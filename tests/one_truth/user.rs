//! `recoctl user`: one user's list in the table, and what the filter makes of it with today's facts.

use super::*;

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
    let make = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])";
    let path = harness.home.path().join("facts.sqlite");
    let made =
        std::process::Command::new("python3").args(["-c", make]).arg(&path).arg(FACTS).status();
    assert!(made.expect("python3 runs").success());
    harness.set("RECOCTL_FACTS", &format!("sqlite:{}", path.display()));
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
    let fates: Vec<_> = dropped["articles"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["fate"].clone())
        .collect();
    assert_eq!(
        json!(fates),
        json!([
            "kept",
            "already-read",
            "unpublished-article",
            "muted-author",
            "own-article",
            "kept",
            "duplicate",
            "unknown-article"
        ])
    );
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

    let text = |args: &[&str]| {
        let output = harness.recoctl(args.iter().copied()).output().expect("it runs");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let short = text(&["user", "1"]);
    assert!(short.starts_with("user 1 has a list from "), "{short}");
    assert!(short.contains("muted-author") && !short.contains("kept"), "{short}");
    assert!(text(&["user", "1", "--all"]).contains("kept"));
}

#[test]
fn without_facts_the_rules_that_need_them_are_said_to_be_skipped() {
    let mut harness = with_facts();
    harness.set("RECOCTL_FACTS", "none");
    put_list(&harness, 2, &[10, 12], &[]);
    let report = harness.json(0, ["user", "2"]);
    assert_eq!((&report["standing"], &report["user_in_facts"]), (&json!("current"), &Value::Null));
    let output = harness.recoctl(["user", "2"]).output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("the rules that need facts are skipped"), "{told}");
}

#[test]
fn an_id_that_the_key_cannot_hold_is_an_error_that_names_the_table() {
    let harness = with_facts();
    let output = harness.recoctl(["user", "x\u{1b}[31m"]).output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("cannot be a user of table recs"), "{told}");
    assert!(!told.contains('\u{1b}'), "{told:?}");
    assert_eq!(harness.recoctl(["user", "-7"]).output().expect("it runs").status.code(), Some(5));
}
