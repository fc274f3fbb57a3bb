//! Snapshots of the facts as SQLite files.

use std::sync::Mutex;

use reco_core::Id;
use reco_core::facts::Facts;
use reco_store::facts::{
    FactsSource, FactsTables, Level, SnapshotError, SnapshotOptions, SnapshotReport, check,
    snapshot,
};

use crate::kit::{
    Kind, TABLES, World, asking, both, failed_snapshot, ids, known, open, pages_of, series,
    text_tables, up_to,
};

both! {
    a_snapshot_answers_as_its_source
    string_ids_of_any_kind_are_paged_past
    a_failure_leaves_the_older_file
    only_a_snapshot_is_replaced
}

pub async fn taken(
    world: &World,
    page_size: usize,
) -> Result<(FactsSource, SnapshotReport), SnapshotError> {
    let out = world.file("snapshot.sqlite");
    let report = snapshot(&world.open().await, &pages_of(page_size), &out, &|_, _| {}).await?;
    Ok((open(&out).await, report))
}

/// Takes a snapshot that is to fail; returns the error.
async fn not_taken(world: &World) -> String {
    taken(world, 100).await.map(|_| ()).unwrap_err().to_string()
}

/// What a check says of a snapshot's content, if anything.
pub async fn content(source: &FactsSource) -> Option<Level> {
    let findings = check(source).await.unwrap();
    findings.into_iter().find(|finding| finding.facts == "snapshot").map(|finding| finding.level)
}

#[tokio::test]
async fn a_check_compares_a_snapshot_with_its_digest() {
    let facts = format!(
        "{TABLES} INSERT INTO users VALUES (1, 'active'); INSERT INTO articles VALUES (7, 'published', 1);
        INSERT INTO `reads` VALUES (1, 7);"
    );
    let world = World::new(Kind::Sqlite, &facts).await;
    let (copy, _) = taken(&world, 100).await.unwrap();
    assert_eq!(content(&copy).await, Some(Level::Ok));
    assert_eq!(content(&world.open().await).await, None, "no snapshot");
    for change in [
        "UPDATE people SET reads = '[8]'",
        "UPDATE people SET reads = '[7]', mutes = '[2]'",
        "DELETE FROM articles",
    ] {
        let file = rusqlite::Connection::open(world.file("snapshot.sqlite")).unwrap();
        assert_eq!(file.execute(change, []).unwrap(), 1);
        assert_eq!(content(&copy).await, Some(Level::Error), "{change}");
    }
}

/// Returns the names of the files in the directory.
fn files(world: &World) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(world.directory.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "facts.sqlite")
        .collect();
    names.sort();
    names
}

async fn a_snapshot_answers_as_its_source(kind: Kind) {
    let (forty, many) = (series(40), series(300));
    let world = World::new(
        kind,
        &format!(
            "{TABLES}
            INSERT INTO users SELECT s.value - 3, CASE s.value % 3 WHEN 0 THEN 'active' WHEN 1 THEN 'x' END
                FROM {forty} s;
            INSERT INTO articles SELECT s.value, CASE s.value % 4 WHEN 0 THEN 'draft' ELSE 'published' END,
                CASE WHEN s.value % 7 > 0 THEN s.value % 7 END FROM {many} s;
            INSERT INTO `reads` SELECT u.value, a.value FROM {forty} u, {many} a
                WHERE a.value % u.value = 0;
            INSERT INTO mutes SELECT s.value, s.value % 5 FROM {forty} s;"
        ),
    )
    .await;
    let source = world.open().await;
    let seen = Mutex::new(Vec::new());
    let out = world.file("copy.sqlite");
    // Pages of 7 rows split the reads of one user, and 20 divides the number of users.
    for page_size in [7, 20, 10_000] {
        seen.lock().unwrap().clear();
        let progress = |table, rows| seen.lock().unwrap().push((table, rows));
        let report = snapshot(&source, &pages_of(page_size), &out, &progress).await.unwrap();
        let reads: i64 = (1..=40).map(|user| 300 / user).sum();
        let counts = (report.users, report.articles, report.reads, report.mutes);
        assert_eq!(counts, (40, 300, u64::try_from(reads).unwrap(), 40));
        assert_eq!(report.bytes, std::fs::metadata(&out).unwrap().len());
        assert!(seen.lock().unwrap().contains(&("articles", 300)));
        let copy = open(&out).await;
        let mut users = up_to(50);
        users.extend(ids(&[-2, -1, 0]));
        let request = asking(&users, &up_to(320));
        let answer = source.lookup(&request).await.unwrap();
        assert_eq!(copy.lookup(&request).await.unwrap(), answer, "pages of {page_size}");
    }
    assert_eq!(files(&world), ["copy.sqlite"]);
}

async fn string_ids_of_any_kind_are_paged_past(kind: Kind) {
    let world = World::new(
        kind,
        &format!(
            "{}
            INSERT INTO users VALUES ('x''y', 'active'), ('caf\u{e9}', 'active'), ('7', 'active'),
                ('u-1', 'active'), ('010', 'active'), ('\u{65e5}\u{672c}', 'active'), ('-- ', 'x'),
                ('18446744073709551615', 'active');
            INSERT INTO `reads` VALUES ('x''y', 'a''b'), ('x''y', 'a-2'), ('u-1', 'a-2'), ('7', '10');",
            text_tables()
        ),
    )
    .await;
    let (copy, report) = taken(&world, 1).await.unwrap();
    assert_eq!((report.users, report.reads), (8, 4));
    let asked = ["7", "u-1", "010", "10", "18446744073709551615"].map(Id::from);
    let request = asking(&asked, &[Id::from("a-2"), Id::from(10_i64)]);
    let (users, _) = known(&copy, &request).await;
    assert_eq!(users.len(), 4);
    assert_eq!(users, known(&world.open().await, &request).await.0);
    assert!(users[&Id::from(7_i64)].read.contains(&Id::from("10")));
}

async fn a_failure_leaves_the_older_file(kind: Kind) {
    let users = "CREATE TABLE users(id INTEGER PRIMARY KEY, status VARCHAR(20));
        INSERT INTO users VALUES (1, 'active');";
    let world = World::new(kind, users).await;
    let out = world.file("snapshot.sqlite");
    let older = World::new(Kind::Sqlite, TABLES).await;
    taken(&older, 100).await.unwrap();
    std::fs::copy(older.file("snapshot.sqlite"), &out).unwrap();
    let before = std::fs::read(&out).unwrap();
    let error = not_taken(&world).await;
    assert!(error.contains("articles"), "{error}");
    assert_eq!(std::fs::read(&out).unwrap(), before);
    assert_eq!(files(&world), ["snapshot.sqlite"]);
}

async fn only_a_snapshot_is_replaced(kind: Kind) {
    let world = World::new(kind, TABLES).await;
    let out = world.file("snapshot.sqlite");
    std::fs::write(&out, "the operator's notes, which are not to be lost").unwrap();
    let error = not_taken(&world).await;
    assert!(error.contains("not an SQLite file"), "{error}");
    assert_eq!(files(&world), ["snapshot.sqlite"]);
    std::fs::remove_file(&out).unwrap();
    // Another database, which may be the source itself.
    let other = rusqlite::Connection::open(&out).unwrap();
    other.execute_batch("CREATE TABLE invoices(x); INSERT INTO invoices VALUES (1)").unwrap();
    let error = not_taken(&world).await;
    assert!(error.contains("is not a snapshot"), "{error}");
    let kept: i64 = other.query_row("SELECT x FROM invoices", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 1);
    drop(other);
    std::fs::remove_file(&out).unwrap();
    taken(&world, 100).await.unwrap();
    taken(&world, 100).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_copied_says_why() {
    let world = World::new(Kind::Sqlite, TABLES).await;
    let tables = FactsTables::from_toml(
        "mutes.statement = 'SELECT 1, 2 FROM m WHERE u IN ({users}) AND a IN ({authors})'",
    )
    .unwrap();
    let whole = SnapshotOptions { tables, ..pages_of(9) };
    let out = world.file("x.sqlite");
    let source = world.open().await;
    let none = FactsSource::from_url("none").await.unwrap();
    let missing = world.file("no-such-directory/x.sqlite");
    for (source, options, out, told) in [
        (&source, &whole, out.as_path(), "[mutes] uses a custom statement"),
        (&none, &pages_of(9), &out, "nothing to copy"),
        (&source, &pages_of(9), world.directory.path(), "not a regular file"),
        (&source, &pages_of(9), &missing, "cannot write"),
    ] {
        let error = failed_snapshot(source, options, out).await;
        assert!(error.contains(told), "{error}");
    }
    assert!(files(&world).is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new(Kind::Sqlite, TABLES).await;
    taken(&world, 100).await.unwrap();
    let mode = std::fs::metadata(world.file("snapshot.sqlite")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(unix)]
#[tokio::test]
async fn a_name_that_no_setting_can_say_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::new(Kind::Sqlite, TABLES).await;
    for name in [&b"x\xff.sqlite"[..], b"\xff\xfe/y.sqlite"] {
        let out = world.directory.path().join(std::ffi::OsStr::from_bytes(name));
        let error = failed_snapshot(&world.open().await, &pages_of(9), &out).await;
        assert!(error.contains("UTF-8"), "{error}");
        assert!(files(&world).is_empty(), "{:?}", files(&world));
    }
}

/// A run that was killed leaves its files, and in a container the next one has the same id.
#[tokio::test]
async fn what_a_killed_run_left_is_in_nobodys_way() {
    let world = World::new(Kind::Sqlite, TABLES).await;
    let own = format!("snapshot.sqlite.{}", std::process::id());
    let left = [format!("{own}.partial"), format!("{own}.staging")];
    let dead = ["snapshot.sqlite.recoctl-aB3xYz.partial", "snapshot.sqlite.recoctl-aB3xYz.staging"];
    let others = [
        "other.sqlite.recoctl-aB3xYz.partial",
        "snapshot.sqlite.backup.partial",
        "snapshot.sqlite.partial",
    ];
    let left = left.iter().map(String::as_str);
    for name in left.chain(dead).chain(others).chain(["snapshot.sqlite.recoctl-111111.partial"]) {
        std::fs::write(world.file(name), "").unwrap();
    }
    let alive = std::fs::File::open(world.file("snapshot.sqlite.recoctl-111111.partial")).unwrap();
    alive.lock().unwrap();
    taken(&world, 100).await.unwrap();
    let files = files(&world);
    assert!(files.contains(&"snapshot.sqlite".to_owned()), "{files:?}");
    for name in others.iter().chain(&["snapshot.sqlite.recoctl-111111.partial"]) {
        assert!(files.contains(&(*name).to_owned()), "{name} is of somebody else: {files:?}");
    }
    for name in dead {
        assert!(!files.contains(&name.to_owned()), "{name} holds facts for ever: {files:?}");
    }
}

#[tokio::test]
async fn a_list_that_could_not_be_read_is_not_written() {
    let reads = "INSERT INTO users VALUES (1, 'active');
        INSERT INTO `reads` SELECT 1, printf('%01000000d', value) FROM ";
    let sql = format!("{}{reads}{};", text_tables(), series(70));
    let world = World::new(Kind::Sqlite, &sql).await;
    let error = not_taken(&world).await;
    assert!(error.contains("64 MiB"), "{error}");
    assert!(files(&world).is_empty());
}
