//! Snapshots of the facts as SQLite files.

use std::sync::Mutex;

use reco_core::Id;
use reco_core::facts::Facts;
use reco_store::facts::{
    FactsSource, FactsTables, SnapshotError, SnapshotOptions, SnapshotReport, snapshot,
};

use crate::kit::{Kind, TABLES, World, asking, both, ids, known, series, text_tables, up_to};

both! {
    a_snapshot_answers_as_its_source
    string_ids_of_any_kind_are_paged_past
    a_failure_leaves_the_older_file
    only_a_snapshot_is_replaced
}

fn options(page_size: usize) -> SnapshotOptions {
    SnapshotOptions { tables: FactsTables::default(), page_size, taken_at: 1_700_000_000 }
}

async fn taken(
    world: &World,
    page_size: usize,
) -> Result<(FactsSource, SnapshotReport), SnapshotError> {
    let out = world.file("snapshot.sqlite");
    let report = snapshot(&world.open().await, &options(page_size), &out, &|_, _| {}).await?;
    let copy = FactsSource::from_url(out.to_str().unwrap()).await.unwrap();
    Ok((copy, report))
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
        let report = snapshot(&source, &options(page_size), &out, &progress).await.unwrap();
        let reads: i64 = (1..=40).map(|user| 300 / user).sum();
        let counts = (report.users, report.articles, report.reads, report.mutes);
        assert_eq!(counts, (40, 300, u64::try_from(reads).unwrap(), 40));
        assert_eq!(report.bytes, std::fs::metadata(&out).unwrap().len());
        assert!(seen.lock().unwrap().contains(&("articles", 300)));
        let copy = FactsSource::from_url(out.to_str().unwrap()).await.unwrap();
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
    std::fs::copy(&older.url, &out).unwrap();
    let before = std::fs::read(&out).unwrap();
    let error = taken(&world, 100).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("articles"), "{error}");
    assert_eq!(std::fs::read(&out).unwrap(), before);
    assert_eq!(files(&world), ["snapshot.sqlite"]);
}

async fn only_a_snapshot_is_replaced(kind: Kind) {
    let world = World::new(kind, TABLES).await;
    let out = world.file("snapshot.sqlite");
    std::fs::write(&out, "the operator's notes, which are not to be lost").unwrap();
    let error = taken(&world, 100).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("not an SQLite file"), "{error}");
    assert_eq!(files(&world), ["snapshot.sqlite"]);
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
    let whole = SnapshotOptions { tables, ..options(9) };
    let out = world.file("x.sqlite");
    let error = snapshot(&world.open().await, &whole, &out, &|_, _| {}).await.unwrap_err();
    assert!(error.to_string().contains("[mutes] uses a custom statement"), "{error}");
    let none = FactsSource::from_url("none").await.unwrap();
    let error = snapshot(&none, &options(9), &out, &|_, _| {}).await.unwrap_err();
    assert!(error.to_string().contains("nothing to copy"), "{error}");
    let missing = world.file("no-such-directory/x.sqlite");
    let error = snapshot(&world.open().await, &options(9), &missing, &|_, _| {}).await.unwrap_err();
    assert!(error.to_string().contains("cannot write"), "{error}");
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
