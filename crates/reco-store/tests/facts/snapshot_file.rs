//! Snapshots as files: what they say of themselves, and which are read.

use std::path::{Path, PathBuf};

use reco_core::facts::{FactSet, Facts};
use reco_core::{Id, Recommendation};
use reco_store::facts::{FactsOptions, FactsSource, FactsTables, Level, SnapshotOptions, snapshot};

use crate::kit::{Kind, TABLES, World, asking, ids, known, open, opened, pages_of, user};
use crate::snapshot::{content, taken};

#[tokio::test]
async fn a_table_of_ones_own_is_no_snapshot() {
    let own =
        "CREATE TABLE snapshot(id INTEGER, format TEXT); INSERT INTO snapshot VALUES (1, 'x');
        INSERT INTO users VALUES (1, 'active');";
    let (_world, source) = opened(Kind::Sqlite, &format!("{TABLES}{own}")).await;
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

/// Asserts what is known of the first of these users, and that one article is.
async fn assert_first_user(source: &FactsSource) {
    let (users, articles) = known(source, &asking(&ids(&[1]), &ids(&[10]))).await;
    assert_eq!(users[&Id::from(1_i64)], user(true, &[5], &[10]));
    assert_eq!(articles.len(), 1);
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
    let source = open(&path).await;
    assert_eq!(source.taken_at(), Some(1_700_000_000));
    // The same facts have the same digest, from wherever they are copied.
    let out = world.file("again.sqlite");
    let later = SnapshotOptions { taken_at: 1_800_000_000, ..pages_of(1) };
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
    let (_world, source) = opened(Kind::Sqlite, &format!("{TABLES}{rows}")).await;
    assert_eq!(source.taken_at(), Some(1_700_000_000));
    assert_first_user(&source).await;
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
    let facts = open(&path).await;
    assert_eq!(content(&facts).await, Some(Level::Ok));
    assert_first_user(&facts).await;
}

#[tokio::test]
async fn a_snapshot_is_read_by_its_own_names() {
    let (_world, path) = small().await;
    let tables = FactsTables::from_toml("users = { table = 'accounts', id = 'no' }").unwrap();
    let options = FactsOptions { tables, ..FactsOptions::default() };
    let source = FactsSource::open(path.to_str().unwrap(), options).await.unwrap();
    assert_first_user(&source).await;
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
        // Users beyond the cache are looked up in the file.
        let options = FactsOptions { memory: Some(10), ..FactsOptions::default() };
        let facts = FactsSource::open(url, options).await.unwrap();
        facts.for_lists(&many).await.unwrap();
        assert_eq!(facts.for_lists(&lists).await.unwrap(), short);
    }
}
