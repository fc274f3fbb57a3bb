//! Test facts for either database.

use std::path::{Path, PathBuf};

use reco_core::facts::{ArticleFacts, FactSet, Facts, FactsRequest, FactsStage, UserFacts};
use reco_core::{Id, IdMap};
use reco_store::facts::{
    FactsOptions, FactsSource, FactsTables, KnownArticles, SnapshotOptions, snapshot,
};
use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use tempfile::TempDir;

use crate::mariadb;

/// Tables with integer ids; both databases have the type `INTEGER`.
pub const TABLES: &str = "
    CREATE TABLE users(id INTEGER PRIMARY KEY, status VARCHAR(20));
    CREATE TABLE articles(id INTEGER PRIMARY KEY, status VARCHAR(20), author_id INTEGER);
    CREATE TABLE `reads`(user_id INTEGER, article_id INTEGER, PRIMARY KEY (user_id, article_id));
    CREATE TABLE mutes(user_id INTEGER, author_id INTEGER, PRIMARY KEY (user_id, author_id));";

/// Returns the same tables with string ids.
pub fn text_tables() -> String {
    TABLES.replace("INTEGER", "VARCHAR(64)")
}

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Sqlite,
    MySql,
}

impl Kind {
    /// Returns a backslash as written in a literal.
    pub fn backslash(self) -> &'static str {
        match self {
            Kind::Sqlite => "\\",
            Kind::MySql => "\\\\",
        }
    }
}

/// A facts database of its own.
pub struct World {
    pub url: String,
    pub directory: TempDir,
}

impl World {
    pub async fn new(kind: Kind, sql: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = match kind {
            Kind::Sqlite => sqlite(directory.path(), sql).await.display().to_string(),
            Kind::MySql => mariadb::server().url(&mariadb::database(sql)),
        };
        World { url, directory }
    }

    pub async fn open(&self) -> FactsSource {
        FactsSource::from_url(&self.url).await.unwrap()
    }

    pub async fn open_with(&self, tables: FactsTables) -> FactsSource {
        let options = FactsOptions { tables, ..FactsOptions::default() };
        FactsSource::open(&self.url, options).await.unwrap()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

/// Opens an SQLite file.
pub async fn open(path: &Path) -> FactsSource {
    FactsSource::from_url(path.to_str().unwrap()).await.unwrap()
}

/// Options of a snapshot with pages of this size.
pub fn pages_of(page_size: usize) -> SnapshotOptions {
    SnapshotOptions {
        tables: FactsTables::default(),
        page_size,
        taken_at: 1_700_000_000,
        source: "a test".to_owned(),
    }
}

/// Takes a snapshot that is to fail; returns the error.
pub async fn failed_snapshot(
    source: &FactsSource,
    options: &SnapshotOptions,
    out: &Path,
) -> String {
    snapshot(source, options, out, &|_, _| {}).await.unwrap_err().to_string()
}

/// Opens a database of its own with these tables and rows.
pub async fn opened(kind: Kind, sql: &str) -> (World, FactsSource) {
    let world = World::new(kind, sql).await;
    let source = world.open().await;
    (world, source)
}

/// Looks up a user, which is to fail; returns the stage and the message.
pub async fn failed(facts: &FactsSource) -> (FactsStage, String) {
    let error = facts.lookup(&asking(&ids(&[1]), &[])).await.unwrap_err();
    (error.stage, error.to_string())
}

pub async fn sqlite(directory: &Path, sql: &str) -> PathBuf {
    let path = directory.join("facts.sqlite");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&pool).await.unwrap();
    pool.close().await;
    path
}

pub fn asking(users: &[Id], articles: &[Id]) -> FactsRequest {
    FactsRequest {
        users: users.iter().cloned().collect(),
        articles: articles.iter().cloned().collect(),
    }
}

pub fn ids(numbers: &[i64]) -> Vec<Id> {
    numbers.iter().copied().map(Id::from).collect()
}

pub fn up_to(last: i64) -> Vec<Id> {
    (1..=last).map(Id::from).collect()
}

pub async fn known(
    facts: &impl Facts,
    request: &FactsRequest,
) -> (IdMap<UserFacts>, KnownArticles) {
    match facts.lookup(request).await.unwrap() {
        FactSet::Known { users, articles } => (users, articles),
        FactSet::Indexed { .. } | FactSet::Unavailable => panic!("the database knows"),
    }
}

pub fn user(active: bool, muted: &[i64], read: &[i64]) -> UserFacts {
    UserFacts {
        active,
        muted_authors: ids(muted).into_iter().collect(),
        read: ids(read).into_iter().collect(),
    }
}

pub fn article(published: bool, author: Option<i64>) -> ArticleFacts {
    ArticleFacts { published, author: author.map(Id::from) }
}

/// Returns a subquery for rows `(1), (2), ...` named `n(value)`, in either database.
pub fn series(last: i64) -> String {
    format!(
        "(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n \
         WHERE value < {last}) SELECT value FROM n)"
    )
}

/// Runs each test once for SQLite and once for MariaDB.
macro_rules! both {
    ($($name:ident)*) => {
        mod sqlite {
            $(#[tokio::test] async fn $name() { super::$name(crate::kit::Kind::Sqlite).await; })*
        }
        mod mysql {
            $(#[tokio::test] async fn $name() { super::$name(crate::kit::Kind::MySql).await; })*
        }
    };
}
pub(crate) use both;
