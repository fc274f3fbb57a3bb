//! What recoctl leaves of 2,000 lists, held list by list against the original pipeline's way: a
//! query a user and a list, in Python. `benches/facts --lists 100000 --odd` is the same at length.

#[path = "support/mariadb.rs"]
mod mariadb;
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use mariadb::{database, server};
use reco_sandbox::SandboxOptions;
use serde_json::Value;
use support::Ran;
use tempfile::TempDir;

/// Keys of this form hold any id.
const POLICY: &str = "[item]\nkey_prefix = \"u:\"\nlist_type = \"S\"\n";

type Lists = BTreeMap<String, Vec<String>>;

struct Made {
    directory: TempDir,
    expected: Lists,
}

/// Facts, lists, and what the naive filter leaves of them.
fn made(options: &[&str]) -> Made {
    let directory = tempfile::tempdir().expect("a directory");
    let script = support::repository().join("tests/data/facts_and_lists.py");
    let script = script.to_str().expect("UTF-8");
    python(directory.path(), &[&[script, "--out", "."], options].concat());
    std::fs::write(directory.path().join("policy.toml"), POLICY).expect("written");
    let text = std::fs::read_to_string(directory.path().join("expected.jsonl")).expect("is there");
    let mut expected = Lists::new();
    let mut nothing = 0;
    for line in text.lines() {
        let [user, list]: [Value; 2] = serde_json::from_str(line).expect("JSON");
        match list.as_array() {
            Some(list) => {
                let ids = list.iter().map(id).collect();
                assert!(expected.insert(id(&user), ids).is_none(), "{user} has two lists");
            }
            None => nothing += 1,
        }
    }
    assert!(expected.len() > 10 * nothing && nothing > 0, "{} and {nothing}", expected.len());
    Made { directory, expected }
}

/// Runs Python in a directory; returns what it wrote.
fn python(directory: &Path, args: &[&str]) -> String {
    let mut python = Command::new(support::python_bin().join("python"));
    let output = python.args(args).current_dir(directory).output().expect("python runs");
    Ran::from(output).ended(0).stdout
}

fn id(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Made {
    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn recoctl(&self, facts: &str) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("recoctl"));
        command.env_clear().env("HOME", self.directory.path()).current_dir(self.directory.path());
        command.args(["--facts", facts, "--quiet"]);
        command
    }

    /// What recoctl leaves of the lists, read from the files that it writes for an import.
    fn filtered(&self, facts: &str, options: &[&str]) -> Lists {
        let out = self.file("out");
        let mut command = self.recoctl(facts);
        command.args(["--policy", "policy.toml", "backfill", "lists.jsonl"]);
        command.args(["--emit", "dynamodb-json", "out", "--emit-compression", "none"]);
        command.args(options).assert().success();
        let lists = read(&out.join("data"));
        std::fs::remove_dir_all(out).expect("removed");
        lists
    }

    /// The URL of a server with the same facts.
    fn on_a_server(&self) -> String {
        server().url(&database(&python(self.directory.path(), &["-c", DUMP])))
    }

    /// Takes a snapshot of SQLite facts, with these options.
    fn snapshot(&self, facts: &str, out: &str, options: &[&str]) {
        let snapshot = ["facts", "snapshot", "--out", out];
        self.recoctl(facts).args(snapshot).args(options).assert().success();
    }

    fn assert_same(&self, facts: &str, options: &[&str]) {
        let found = self.filtered(facts, options);
        for (user, list) in &self.expected {
            assert_eq!(found.get(user), Some(list), "{facts} {options:?}: user {user}");
        }
        assert_eq!(found.len(), self.expected.len(), "{facts} {options:?}");
    }
}

fn read(directory: &Path) -> Lists {
    let mut lists = Lists::new();
    for file in std::fs::read_dir(directory).expect("a directory") {
        let path = file.expect("a file").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("UTF-8");
        if !name.starts_with("part-") {
            continue;
        }
        for line in std::fs::read_to_string(path).expect("text").lines() {
            let item: Value = serde_json::from_str(line).expect("JSON");
            let text = |value: &Value| value["S"].as_str().expect("a string").to_owned();
            let user = text(&item["Item"]["user_id"]);
            let list = item["Item"]["recommended_note_ids"]["L"].as_array().expect("a list");
            let user = user.strip_prefix("u:").expect("the prefix").to_owned();
            assert!(lists.insert(user, list.iter().map(text).collect()).is_none());
        }
    }
    lists
}

#[test]
fn ids_of_every_kind_are_filtered_as_by_a_query_a_user() {
    let made = made(&["--odd"]);
    made.snapshot("sqlite:facts.sqlite", "copy.sqlite", &[]);
    for facts in ["sqlite:facts.sqlite", "sqlite:copy.sqlite"] {
        made.assert_same(facts, &[]);
        // Articles that do not fit are asked for as they come.
        made.assert_same(facts, &["--facts-memory", "64K"]);
    }
    // A copy of a copy is one.
    made.snapshot("sqlite:copy.sqlite", "again.sqlite", &[]);
    made.assert_same("sqlite:again.sqlite", &[]);
}

/// Ids of kinds that no lookup asks for, and several rows for one user and article.
const STRANGE: &str = "import sqlite3; db = sqlite3.connect('facts.sqlite')
for table in ('users', 'articles', 'reads', 'mutes'):
    columns = [row[1] for row in db.execute(f'PRAGMA table_info({table})')]
    db.execute(f'CREATE TABLE plain AS SELECT * FROM {table}')
    db.execute(f'DROP TABLE {table}')
    db.execute(f'CREATE TABLE {table}(' + ', '.join(columns) + ')')
    db.execute(f'INSERT INTO {table} SELECT * FROM plain')
    db.execute('DROP TABLE plain')
    db.execute(f'CREATE INDEX {table}_key ON {table}({columns[0]}, {columns[1]})')
number = lambda start: f\"{start} || substr('0000000' || value, -7)\"
series = 'WITH RECURSIVE n(value) AS (SELECT 10 UNION ALL SELECT value + 10 FROM n WHERE value < 2000) '
# No number is asked for as a text: these change nothing.
db.execute(series + f\"INSERT INTO users SELECT {number(1)}, 'gone' FROM n\")
db.execute(series + f\"INSERT INTO articles SELECT {number(2)}, 'draft', NULL FROM n\")
# What is said twice is said.
db.execute(\"INSERT INTO users SELECT * FROM users WHERE typeof(id) = 'integer' AND id % 7 = 0\")
db.execute(\"INSERT INTO articles SELECT * FROM articles WHERE typeof(id) = 'integer' AND id % 7 = 0\")
db.commit()
";

#[test]
fn rows_that_no_lookup_finds_change_no_list() {
    let made = made(&["--odd"]);
    python(made.directory.path(), &["-c", STRANGE]);
    made.snapshot("sqlite:facts.sqlite", "copy.sqlite", &["--page-size", "999"]);
    for facts in ["sqlite:facts.sqlite", "sqlite:copy.sqlite"] {
        made.assert_same(facts, &[]);
        made.assert_same(facts, &["--facts-memory", "64K"]);
    }
}

#[test]
fn users_with_very_many_reads_are_filtered_the_same() {
    let many = ["--lists", "100", "--users", "110", "--reads", "2500", "--articles", "40000"];
    let made = made(&many);
    made.snapshot("sqlite:facts.sqlite", "copy.sqlite", &[]);
    for facts in ["sqlite:facts.sqlite", "sqlite:copy.sqlite", &made.on_a_server()] {
        made.assert_same(facts, &[]);
        // No page fits, and one but not all.
        made.assert_same(facts, &["--facts-memory", "64K"]);
        made.assert_same(facts, &["--facts-memory", "1M"]);
    }
}

#[test]
fn a_server_gives_the_same() {
    let made = made(&[]);
    let url = made.on_a_server();
    made.assert_same(&url, &[]);
    made.assert_same(&url, &["--facts-memory", "64K"]);
    made.snapshot(&url, "copy.sqlite", &[]);
    made.assert_same("sqlite:copy.sqlite", &[]);
}

/// Facts with a snapshot of eight days ago.
fn with_an_old_snapshot() -> Made {
    let made = made(&["--lists", "100", "--users", "110", "--articles", "500"]);
    made.snapshot("sqlite:facts.sqlite", "copy.sqlite", &[]);
    let older = "import sqlite3; db = sqlite3.connect('copy.sqlite'); \
        db.execute('UPDATE snapshot SET taken_at = taken_at - 8 * 86400'); db.commit()";
    python(made.directory.path(), &["-c", older]);
    made
}

#[test]
fn an_old_snapshot_says_its_age_where_messages_are_looked_at() {
    let made = with_an_old_snapshot();
    let harness = support::queues::queues("", SandboxOptions::empty());
    let body = r#"{"data":[[10000001,[20000001,20000002]]]}"#.to_owned();
    support::queues::plant_body(&harness, "recs-dlq", body);
    let facts = format!("sqlite:{}", made.file("copy.sqlite").display());
    let commands: [&[&str]; 4] = [
        &["dlq", "peek"],
        &["dlq", "classify"],
        &["dlq", "redrive", "--class", "all", "--engine", "client", "--dry-run"],
        &["dlq", "redrive", "--class", "all", "--engine", "client", "--yes"],
    ];
    for args in commands {
        Ran::of(harness.recoctl(args).args(["--facts", &facts]))
            .ended(0)
            .says("taken 8d")
            .says("recoctl facts snapshot");
    }
}

#[test]
fn what_the_lambda_leaves_is_not_foreseen_by_an_old_snapshot() {
    let made = with_an_old_snapshot();
    let harness = support::queues::queues("", SandboxOptions::empty());
    let facts = format!("sqlite:{}", made.file("copy.sqlite").display());
    let lists = made.file("lists.jsonl").display().to_string();
    let args = ["backfill", &lists, "--via", "queue", "--dry-run", "--facts", &facts];
    let ran = harness.run(args).ended(0).says("facts snapshot not used").says("8d");
    ran.never_says("database unavailable");
}

#[test]
fn an_old_snapshot_is_refused() {
    let made = with_an_old_snapshot();
    let mut command = made.recoctl("sqlite:copy.sqlite");
    let refused = Ran::of(command.args(["backfill", "lists.jsonl", "--dry-run"]));
    assert_ne!(refused.code, Some(0), "{refused:#?}");
    refused.says_all(["too old", "8d", "at most 7d", "recoctl facts snapshot"]);
    made.assert_same("sqlite:copy.sqlite", &["--facts-max-age", "9d"]);
}

/// The tables of an SQLite file as statements for MariaDB.
const DUMP: &str = r#"
import sqlite3
db = sqlite3.connect("facts.sqlite")
print("""CREATE TABLE users(id BIGINT PRIMARY KEY, status VARCHAR(20));
CREATE TABLE articles(id BIGINT PRIMARY KEY, status VARCHAR(20), author_id BIGINT);
CREATE TABLE `reads`(user_id BIGINT, article_id BIGINT, PRIMARY KEY (user_id, article_id));
CREATE TABLE mutes(user_id BIGINT, author_id BIGINT, PRIMARY KEY (user_id, author_id));""")
cell = lambda c: "NULL" if c is None else repr(c)
for table in ("users", "articles", "reads", "mutes"):
    rows = db.execute(f"SELECT * FROM {table}").fetchall()
    for at in range(0, len(rows), 1000):
        values = ",".join("(" + ",".join(map(cell, row)) + ")" for row in rows[at:at + 1000])
        print(f"INSERT INTO `{table}` VALUES {values};")
"#;
