//! `recoctl facts` through the real binary, against a MariaDB server.

#[path = "support/mariadb.rs"]
mod mariadb;
#[path = "support/ran.rs"]
mod ran;

use std::path::PathBuf;

use assert_cmd::Command;
use mariadb::{database, server};
use ran::Ran;
use serde_json::Value;
use tempfile::TempDir;

const TABLES: &str = "
    CREATE TABLE users(id BIGINT PRIMARY KEY, status VARCHAR(20));
    CREATE TABLE articles(id BIGINT PRIMARY KEY, status VARCHAR(20), author_id BIGINT);
    CREATE TABLE `reads`(user_id BIGINT, article_id BIGINT, PRIMARY KEY (user_id, article_id));
    CREATE TABLE mutes(user_id BIGINT, author_id BIGINT, PRIMARY KEY (user_id, author_id));
    INSERT INTO users SELECT seq, IF(seq % 7 = 0, 'gone', 'active') FROM seq_1_to_1000;
    INSERT INTO articles SELECT seq, 'published', seq % 50 FROM seq_1_to_2000;
    INSERT INTO `reads` SELECT u.seq, u.seq + a.seq FROM seq_1_to_1000 u, seq_1_to_20 a;
    INSERT INTO mutes VALUES (1, 2), (3, 4);";

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Home(tempfile::tempdir().expect("a temporary directory can be made"))
    }

    fn recoctl(&self, facts: &str, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("recoctl"));
        command.env_clear().env("HOME", self.0.path()).current_dir(self.0.path());
        command.env("RECOCTL_FACTS", facts).args(args);
        command
    }

    fn json(&self, facts: &str, code: i32, args: &[&str]) -> Value {
        Ran::of(self.recoctl(facts, args).args(["-o", "json"])).ended(code).report()
    }

    fn run(&self, facts: &str, args: &[&str]) -> Ran {
        Ran::of(&mut self.recoctl(facts, args))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

#[test]
fn a_snapshot_is_taken_and_serves_as_facts() {
    let home = Home::new();
    let facts = server().url(&database(TABLES));
    let report =
        home.json(&facts, 0, &["facts", "snapshot", "--out", "f.sqlite", "--page-size", "999"]);
    let rows = ["users", "articles", "reads", "mutes"].map(|table| report[table].as_u64());
    assert_eq!(rows, [Some(1000), Some(2000), Some(20_000), Some(2)]);
    assert_eq!(report["kind"], "facts.snapshot");
    let size = std::fs::metadata(home.file("f.sqlite")).expect("it is there").len();
    assert_eq!(report["bytes"].as_u64(), Some(size));

    let report = home.json("sqlite:f.sqlite", 0, &["facts", "check"]);
    let levels: Vec<_> = report["findings"].as_array().expect("a list").iter().collect();
    assert!(levels.iter().all(|finding| finding["level"] == "ok"), "{report}");
}

/// SQLite takes some names for something else than a file.
#[cfg(unix)]
#[test]
fn a_name_is_only_ever_the_name_of_a_file() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let facts = server().url(&database(TABLES));
    let names =
        ["file:x.sqlite", "file:y.sqlite?mode=memory", ":memory:", "-z", "sub/file:x.sqlite"];
    std::fs::create_dir(home.file("sub")).expect("created");
    for name in names {
        let out = format!("--out={name}");
        let report = home.json(&facts, 0, &["facts", "snapshot", &out]);
        let written = std::fs::metadata(home.file(name)).expect(name);
        assert!(written.len() > 100_000, "{name}: {}", written.len());
        assert_eq!(report["bytes"].as_u64(), Some(written.len()), "{name}");
        assert_eq!(written.permissions().mode() & 0o777, 0o600, "{name}");
        let report = home.json(&format!("sqlite:{name}"), 0, &["facts", "check"]);
        assert!(report["findings"].to_string().contains("ok"), "{name}: {report}");
    }
    let mut found: Vec<String> = std::fs::read_dir(&home.0)
        .expect("a directory")
        .map(|entry| entry.expect("a file").file_name().into_string().expect("UTF-8"))
        .collect();
    found.sort();
    assert_eq!(found, ["-z", ":memory:", "file:x.sqlite", "file:y.sqlite?mode=memory", "sub"]);
}

/// No setting could name such a file.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_not_utf_8_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    let facts = server().url(&database(TABLES));
    let mut command = home.recoctl(&facts, &["facts", "snapshot", "--out"]);
    let name = std::ffi::OsStr::from_bytes(b"x\xff.sqlite");
    Ran::of(command.arg(name)).ended(7).says("UTF-8");
    assert_eq!(std::fs::read_dir(&home.0).expect("a directory").count(), 0);
}

#[test]
fn a_check_names_what_does_not_fit() {
    let home = Home::new();
    let facts = server().url(&database(
        &TABLES.replace("author_id BIGINT);", "writer BIGINT);").replace("INSERT", "-- INSERT"),
    ));
    let told = home.run(&facts, &["facts", "check"]).ended(6).stdout;
    insta::assert_snapshot!("facts-check", told);

    std::fs::write(home.file("tables.toml"), "articles.author = 'writer'").expect("written");
    let mut corrected = home.recoctl(&facts, &["facts", "check"]);
    corrected.env("RECOCTL_FACTS_TABLES", "tables.toml").assert().success();
}

#[test]
fn failures_say_what_to_do_and_hide_the_password() {
    let home = Home::new();
    let url = server().url(&database(TABLES)).replace("root@", "nobody:hunter2@");
    let snapshot = ["facts", "snapshot", "--out", "f.sqlite"];
    let denied = home.run(&url, &snapshot).ended(3).says("Access denied for user 'nobody'");
    denied.never_says("hunter2");
    home.run("none", &snapshot).ended(7).says("nothing to copy");
    home.run("none", &["facts", "check"]).ended(3).says("nothing to check");
    std::fs::write(home.file("tables.toml"), "[user]\nid = 'x'").expect("written");
    let mut wrong = home.recoctl(&url, &["facts", "check"]);
    Ran::of(wrong.env("RECOCTL_FACTS_TABLES", "tables.toml"))
        .says("line 1, column 2: unknown field");
    assert!(!home.file("f.sqlite").exists());
}

#[test]
fn config_show_hides_the_password() {
    Home::new()
        .run("mysql://ro:hunter2@db.example/app", &["config", "show"])
        .shows("mysql://ro:***@db.example/app")
        .never_says("hunter2");
}
