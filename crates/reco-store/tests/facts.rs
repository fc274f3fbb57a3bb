//! Facts from SQLite files.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::{Path, PathBuf};

use reco_core::Id;
use reco_core::facts::{ArticleFacts, FactSet, Facts, FactsRequest, FactsStage, UserFacts};
use reco_store::facts::{FactsSource, FactsSql, SqliteFacts};
use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

const TABLES: &str = "
    CREATE TABLE users(id INTEGER PRIMARY KEY, status TEXT);
    CREATE TABLE articles(id INTEGER PRIMARY KEY, status TEXT, author_id INTEGER);
    CREATE TABLE reads(user_id INTEGER, article_id INTEGER, PRIMARY KEY (user_id, article_id));
    CREATE TABLE mutes(user_id INTEGER, author_id INTEGER, PRIMARY KEY (user_id, author_id));";

async fn database(directory: &Path, sql: &str) -> PathBuf {
    let path = directory.join("facts.sqlite");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&pool).await.unwrap();
    pool.close().await;
    path
}

fn asking(users: &[Id], articles: &[Id]) -> FactsRequest {
    FactsRequest {
        users: users.iter().cloned().collect(),
        articles: articles.iter().cloned().collect(),
    }
}

fn ids(numbers: &[i64]) -> Vec<Id> {
    numbers.iter().copied().map(Id::from).collect()
}

#[tokio::test]
async fn everything_asked_is_answered_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = database(
        directory.path(),
        &format!(
            "{TABLES}
            INSERT INTO users VALUES (1, 'active'), (2, 'suspended'), (3, NULL), (4, 'active');
            INSERT INTO articles VALUES (10, 'published', 1), (11, 'draft', 9), (12, 'published', NULL),
                (13, NULL, 8), (14, 'published', 7);
            INSERT INTO reads VALUES (1, 10), (1, 14), (2, 11), (4, 10);
            INSERT INTO mutes VALUES (1, 9), (1, 7), (4, 9);"
        ),
    )
    .await;
    let facts = SqliteFacts::open(&format!("sqlite:{}", path.display())).await.unwrap();
    let request = asking(&ids(&[1, 2, 3, 99]), &ids(&[10, 11, 12, 13, 98]));

    let FactSet::Known { users, articles } = facts.lookup(&request).await.unwrap() else {
        panic!("SQLite knows")
    };

    let user = |active, muted: &[i64], read: &[i64]| UserFacts {
        active,
        muted_authors: ids(muted).into_iter().collect(),
        read: ids(read).into_iter().collect(),
    };
    // Author 7 is muted too, but wrote none of the asked articles; article 14 was not asked.
    assert_eq!(users[&Id::from(1_i64)], user(true, &[9], &[10]));
    assert_eq!(users[&Id::from(2_i64)], user(false, &[], &[11]));
    assert_eq!(users[&Id::from(3_i64)], user(false, &[], &[]));
    assert_eq!(users.len(), 3);
    let article =
        |published, author: Option<i64>| ArticleFacts { published, author: author.map(Id::from) };
    assert_eq!(articles[&Id::from(10_i64)], article(true, Some(1)));
    assert_eq!(articles[&Id::from(11_i64)], article(false, Some(9)));
    assert_eq!(articles[&Id::from(12_i64)], article(true, None));
    assert_eq!(articles[&Id::from(13_i64)], article(false, Some(8)));
    assert_eq!(articles.len(), 4);
}

#[tokio::test]
async fn string_ids_and_look_alikes() {
    let directory = tempfile::tempdir().unwrap();
    let path = database(
        directory.path(),
        &format!(
            "{}
            INSERT INTO users VALUES ('u-1', 'active'), ('7', 'active'), ('x''y', 'active'),
                ('18446744073709551615', 'active');
            INSERT INTO articles VALUES ('a:1', 'published', 'u-1');
            INSERT INTO reads VALUES ('u-1', 'a:1');",
            TABLES.replace("INTEGER", "TEXT")
        ),
    )
    .await;
    let facts = SqliteFacts::open(path.to_str().unwrap()).await.unwrap();
    let asked = [
        Id::from("u-1"),
        Id::from(7_i64),
        Id::from("07"),
        Id::from("U-1"),
        Id::from("x'y"),
        Id::from("' OR 1=1 --"),
        Id::from(u64::MAX),
    ];
    let FactSet::Known { users, .. } =
        facts.lookup(&asking(&asked, &[Id::from("a:1")])).await.unwrap()
    else {
        panic!("SQLite knows")
    };
    let mut known: Vec<String> = users.keys().map(ToString::to_string).collect();
    known.sort();
    assert_eq!(known, ["18446744073709551615", "7", "u-1"]);
    assert!(users[&Id::from("u-1")].read.contains(&Id::from("a:1")));
}

#[tokio::test]
async fn a_number_that_is_only_like_an_id_is_not_it() {
    let directory = tempfile::tempdir().unwrap();
    let sql = format!("{TABLES} INSERT INTO users VALUES (7, 'active');");
    let path = database(directory.path(), &sql).await;
    let facts = SqliteFacts::open(path.to_str().unwrap()).await.unwrap();
    let request = asking(&[Id::from("07"), Id::from("7.0"), Id::from("+7")], &[]);
    let answer = facts.lookup(&request).await.unwrap();
    let FactSet::Known { users, .. } = answer else { panic!("SQLite knows") };
    assert!(users.is_empty(), "{users:?}");
}

#[tokio::test]
async fn many_ids_go_in_chunks_with_the_same_answer() {
    let directory = tempfile::tempdir().unwrap();
    let path = database(
        directory.path(),
        &format!(
            "{TABLES}
            INSERT INTO users SELECT value, 'active' FROM generate_series(1, 40);
            INSERT INTO articles SELECT value, 'published', value % 5 FROM generate_series(1, 300);
            INSERT INTO reads SELECT u.value, a.value FROM generate_series(1, 40) u,
                generate_series(1, 300) a WHERE a.value % u.value = 0;
            INSERT INTO mutes SELECT value, value % 5 FROM generate_series(1, 40);"
        )
        .replace(
            "generate_series(1, 40)",
            "(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 40) SELECT value FROM n)",
        )
        .replace(
            "generate_series(1, 300)",
            "(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 300) SELECT value FROM n)",
        ),
    )
    .await;
    let path = path.to_str().unwrap();
    let request = asking(
        &(1..=50_i64).map(Id::from).collect::<Vec<_>>(),
        &(1..=320_i64).map(Id::from).collect::<Vec<_>>(),
    );
    let whole = SqliteFacts::open(path).await.unwrap().lookup(&request).await.unwrap();
    let sql = FactsSql { ids_per_statement: 7, ..FactsSql::default() };
    let pieces = SqliteFacts::open_with(path, sql).await.unwrap().lookup(&request).await.unwrap();
    assert_eq!(whole, pieces);
    let FactSet::Known { users, articles } = whole else { panic!("SQLite knows") };
    assert_eq!((users.len(), articles.len()), (40, 300));
    assert_eq!(users[&Id::from(7_i64)].read.len(), 300 / 7);
    assert_eq!(users[&Id::from(7_i64)].muted_authors, [Id::from(2_i64)].into());
}

#[tokio::test]
async fn an_empty_request_asks_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = database(directory.path(), "CREATE TABLE unrelated(x);").await;
    let facts = SqliteFacts::open(path.to_str().unwrap()).await.unwrap();
    let answer = facts.lookup(&FactsRequest::default()).await.unwrap();
    assert_eq!(answer, FactSet::Known { users: [].into(), articles: [].into() });
}

#[tokio::test]
async fn failures_name_their_stage() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing.sqlite");
    let error = SqliteFacts::open(missing.to_str().unwrap()).await.unwrap_err();
    assert_eq!(error.stage, FactsStage::Connect);
    assert!(error.to_string().contains("missing.sqlite"), "{error}");
    assert!(!missing.exists(), "a missing file is never created");

    let other = directory.path().join("other.txt");
    std::fs::write(
        &other,
        "this is no database, and long enough to be read as a header of one. ".repeat(9),
    )
    .unwrap();
    let error = SqliteFacts::open(other.to_str().unwrap()).await.unwrap_err();
    assert_eq!(error.stage, FactsStage::Connect);

    let path = database(directory.path(), "CREATE TABLE users(id);").await;
    let facts = SqliteFacts::open(path.to_str().unwrap()).await.unwrap();
    let error = facts.lookup(&asking(&ids(&[1]), &[])).await.unwrap_err();
    assert_eq!(error.stage, FactsStage::Query);
    assert!(error.to_string().contains("users: no such column"), "{error}");
}

#[tokio::test]
async fn the_file_is_never_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = database(directory.path(), TABLES).await;
    let sql = FactsSql {
        users: "DELETE FROM users WHERE id IN ({users})".to_owned(),
        ..FactsSql::default()
    };
    let facts = SqliteFacts::open_with(path.to_str().unwrap(), sql).await.unwrap();
    let error = facts.lookup(&asking(&ids(&[1]), &[])).await.unwrap_err();
    assert!(error.to_string().contains("readonly"), "{error}");
}

#[tokio::test]
async fn sources_are_chosen_by_url_and_credentials_stay_out_of_errors() {
    let none = FactsSource::from_url("none").await.unwrap();
    assert_eq!(none.lookup(&asking(&ids(&[1]), &[])).await.unwrap(), FactSet::Unavailable);
    let error = FactsSource::from_url("postgres://admin:hunter2@db/x").await.unwrap_err();
    assert!(error.to_string().contains("postgres"), "{error}");
    assert!(!error.to_string().contains("hunter2"), "{error}");

    let directory = tempfile::tempdir().unwrap();
    let path = database(directory.path(), TABLES).await;
    for url in [format!("sqlite:{}", path.display()), format!("sqlite://{}", path.display())] {
        let source = FactsSource::from_url(&url).await.unwrap();
        assert_eq!(source.kind(), "sqlite");
    }
}
