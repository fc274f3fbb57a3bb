//! Snapshots of the facts as SQLite files.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use reco_core::facts::{FactSet, Facts};
use reco_core::{Id, Recommendation};
use reco_store::facts::{
    FactsOptions, FactsSource, FactsTables, Level, SnapshotError, SnapshotOptions, SnapshotReport,
    check, snapshot,
};

use crate::kit::{Kind, TABLES, World, asking, both, ids, known, series, text_tables, up_to, user};

both! {
    a_snapshot_answers_as_its_source
    string_ids_of_any_kind_are_paged_past
    a_failure_leaves_the_older_file
    only_a_snapshot_is_replaced
}

fn options(page_size: usize) -> SnapshotOptions {
    SnapshotOptions {
        tables: FactsTables::default(),
        page_size,
        taken_at: 1_700_000_000,
        source: "a test".to_owned(),
    }
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

/// What a check says of a snapshot's content, if anything.
async fn content(source: &FactsSource) -> Option<Level> {
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
    taken(&older, 100).await.unwrap();
    std::fs::copy(older.file("snapshot.sqlite"), &out).unwrap();
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
    // Another database, which may be the source itself.
    let other = rusqlite::Connection::open(&out).unwrap();
    other.execute_batch("CREATE TABLE invoices(x); INSERT INTO invoices VALUES (1)").unwrap();
    let error = taken(&world, 100).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("is not a snapshot"), "{error}");
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
    let whole = SnapshotOptions { tables, ..options(9) };
    let out = world.file("x.sqlite");
    let error = snapshot(&world.open().await, &whole, &out, &|_, _| {}).await.unwrap_err();
    assert!(error.to_string().contains("[mutes] uses a custom statement"), "{error}");
    let none = FactsSource::from_url("none").await.unwrap();
    let error = snapshot(&none, &options(9), &out, &|_, _| {}).await.unwrap_err();
    assert!(error.to_string().contains("nothing to copy"), "{error}");
    let (source, directory) = (world.open().await, world.directory.path());
    let error = snapshot(&source, &options(9), directory, &|_, _| {}).await.unwrap_err();
    assert!(error.to_string().contains("not a regular file"), "{error}");
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

#[cfg(unix)]
#[tokio::test]
async fn a_name_that_no_setting_can_say_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::new(Kind::Sqlite, TABLES).await;
    for name in [&b"x\xff.sqlite"[..], b"\xff\xfe/y.sqlite"] {
        let out = world.directory.path().join(std::ffi::OsStr::from_bytes(name));
        let source = world.open().await;
        let error = snapshot(&source, &options(9), &out, &|_, _| {}).await.unwrap_err();
        assert!(error.to_string().contains("UTF-8"), "{error}");
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
    let error = taken(&world, 10).await.map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("64 MiB"), "{error}");
    assert!(files(&world).is_empty());
}

#[tokio::test]
async fn a_table_of_ones_own_is_no_snapshot() {
    let own =
        "CREATE TABLE snapshot(id INTEGER, format TEXT); INSERT INTO snapshot VALUES (1, 'x');
        INSERT INTO users VALUES (1, 'active');";
    let world = World::new(Kind::Sqlite, &format!("{TABLES}{own}")).await;
    let source = world.open().await;
    assert_eq!(source.taken_at(), None);
    assert_eq!(known(&source, &asking(&ids(&[1]), &[])).await.0.len(), 1);
}

/// A snapshot of two users, and what it answers.
async fn small() -> (World, PathBuf) {
    let rows = "INSERT INTO users VALUES (1, 'active'), (2, 'gone');
        INSERT INTO articles VALUES (10, 'published', 5), (11, 'draft', NULL);
        INSERT INTO `reads` VALUES (1, 10), (1, 11), (3, 10); INSERT INTO mutes VALUES (1, 5);";
    let world = World::new(Kind::Sqlite, &format!("{TABLES}{rows}")).await;
    taken(&world, 100).await.unwrap();
    let path = world.file("snapshot.sqlite");
    (world, path)
}

fn changed(path: &Path, sql: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

async fn refusal(path: &Path) -> String {
    FactsSource::from_url(path.to_str().unwrap()).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_snapshot_says_what_it_is() {
    let (world, path) = small().await;
    let text = |sql: &str| -> Vec<String> {
        let connection = rusqlite::Connection::open(&path).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(text("SELECT source FROM snapshot"), ["a test"]);
    assert!(text("SELECT statements FROM snapshot")[0].contains("status = 'published'"));
    // For other programs, the tables are as they were; who is no user has read nothing.
    assert_eq!(text("SELECT user_id || ' ' || article_id FROM reads"), ["1 10", "1 11"]);
    assert_eq!(text("SELECT user_id || ' ' || author_id FROM mutes"), ["1 5"]);
    assert_eq!(text("SELECT id || ' ' || status FROM users ORDER BY 1"), ["1 active", "2 other"]);
    let first = text("SELECT digest FROM snapshot");
    assert_eq!(first[0].len(), 64);
    let source = FactsSource::from_url(path.to_str().unwrap()).await.unwrap();
    assert_eq!(source.taken_at(), Some(1_700_000_000));
    // The same facts have the same digest, from wherever they are copied.
    let out = world.file("again.sqlite");
    let later = SnapshotOptions { taken_at: 1_800_000_000, ..options(1) };
    let report = snapshot(&source, &later, &out, &|_, _| {}).await.unwrap();
    assert_eq!(report.digest, first[0]);
    changed(Path::new(&world.url), "DELETE FROM mutes");
    let (_, report) = taken(&world, 100).await.unwrap();
    assert_ne!(report.digest, first[0]);
}

#[tokio::test]
async fn what_is_no_whole_snapshot_is_refused() {
    let (_world, path) = small().await;
    changed(&path, "DELETE FROM snapshot");
    let text = refusal(&path).await;
    assert!(text.contains("not complete") && text.contains("recoctl facts snapshot"), "{text}");

    let (_world, path) = small().await;
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let bytes = file.metadata().unwrap().len();
    file.set_len(bytes - 4096).unwrap();
    let text = refusal(&path).await;
    assert!(text.contains("4096 bytes are missing"), "{text}");
    // Cut off before the page that says that it is a snapshot.
    file.set_len(bytes / 2 / 4096 * 4096).unwrap();
    refusal(&path).await;

    let (_world, path) = small().await;
    changed(&path, "UPDATE snapshot SET format = 3");
    let text = refusal(&path).await;
    assert!(text.contains("of form 3") && text.contains("up to 2"), "{text}");
}

#[tokio::test]
async fn a_snapshot_of_an_older_version_is_read_as_it_is() {
    let rows = "INSERT INTO users VALUES (1, 'active'); INSERT INTO articles VALUES (10, 'published', 5);
        INSERT INTO `reads` VALUES (1, 10); INSERT INTO mutes VALUES (1, 5);
        CREATE TABLE snapshot(taken_at INTEGER NOT NULL); INSERT INTO snapshot VALUES (1700000000);";
    let world = World::new(Kind::Sqlite, &format!("{TABLES}{rows}")).await;
    let source = world.open().await;
    assert_eq!(source.taken_at(), Some(1_700_000_000));
    let (users, articles) = known(&source, &asking(&ids(&[1]), &ids(&[10]))).await;
    assert_eq!(users[&Id::from(1_i64)], user(true, &[5], &[10]));
    assert_eq!(articles.len(), 1);
}

/// As this form was written at first.
#[tokio::test]
async fn a_snapshot_whose_rows_are_kept_by_user_is_read_as_well() {
    let (_world, path) = small().await;
    let file = rusqlite::Connection::open(&path).unwrap();
    let mut views = file.prepare("SELECT sql FROM sqlite_schema WHERE type = 'view'").unwrap();
    let views: Vec<String> =
        views.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(views.len(), 3);
    changed(
        &path,
        &format!(
            "DROP VIEW users; DROP VIEW reads; DROP VIEW mutes;
            CREATE TABLE by_user(id PRIMARY KEY, active INTEGER NOT NULL, reads TEXT NOT NULL,
                mutes TEXT NOT NULL) WITHOUT ROWID;
            INSERT INTO by_user SELECT * FROM people; DROP TABLE people;
            ALTER TABLE by_user RENAME TO people; {};",
            views.join(";")
        ),
    );
    let facts = FactsSource::from_url(path.to_str().unwrap()).await.unwrap();
    assert_eq!(content(&facts).await, Some(Level::Ok));
    let (users, _) = known(&facts, &asking(&ids(&[1]), &ids(&[10]))).await;
    assert_eq!(users[&Id::from(1_i64)], user(true, &[5], &[10]));
}

#[tokio::test]
async fn a_snapshot_is_read_by_its_own_names() {
    let (_world, path) = small().await;
    let tables = FactsTables::from_toml("users = { table = 'accounts', id = 'no' }").unwrap();
    let options = FactsOptions { tables, ..FactsOptions::default() };
    let source = FactsSource::open(path.to_str().unwrap(), options).await.unwrap();
    let (users, _) = known(&source, &asking(&ids(&[1]), &ids(&[10]))).await;
    assert_eq!(users[&Id::from(1_i64)], user(true, &[5], &[10]));
}

#[tokio::test]
async fn lists_are_answered_as_their_users_and_articles_are() {
    let (world, path) = small().await;
    let lists: Vec<Recommendation> = [1_i64, 2, 3]
        .map(|user| Recommendation {
            user: Id::from(user),
            articles: ids(&[10, 11, 12]),
            generated_at: None,
        })
        .to_vec();
    let lists: Vec<&Recommendation> = lists.iter().collect();
    let path = path.to_str().unwrap().to_owned();
    for url in [&path, &world.url] {
        let options = FactsOptions { memory: Some(1 << 20), ..FactsOptions::default() };
        let facts = FactsSource::open(url, options).await.unwrap();
        // A short run reads no whole table, a long one does.
        let many = vec![lists[0]; 5_000];
        let short = facts.for_lists(&lists).await.unwrap();
        assert!(matches!(short, FactSet::Known { .. }));
        facts.for_lists(&many).await.unwrap();
        let long = facts.for_lists(&lists).await.unwrap();
        assert!(matches!(long, FactSet::Indexed { .. }));
        for id in ids(&[1, 2, 3]) {
            assert_eq!(short.user(&id), long.user(&id), "{url}: user {id}");
        }
        for id in ids(&[10, 11, 12]) {
            assert_eq!(short.article(&id), long.article(&id), "{url}: article {id}");
        }
        // What does not fit is asked for as it comes.
        let options = FactsOptions { memory: Some(10), ..FactsOptions::default() };
        let facts = FactsSource::open(url, options).await.unwrap();
        facts.for_lists(&many).await.unwrap();
        assert_eq!(facts.for_lists(&lists).await.unwrap(), short);
    }
}
