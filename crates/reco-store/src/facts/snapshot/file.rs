//! The file of a snapshot while it is being written.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};

use reco_core::Id;
use sqlx::query_builder::Separated;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Sqlite};

use super::SnapshotError;
use crate::facts::database::{Row, is_true};

/// Ids have no type, so that an integer is found as an integer and any other text as text.
const SCHEMA: &str = "
    CREATE TABLE users(id PRIMARY KEY, status TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE articles(id PRIMARY KEY, status TEXT NOT NULL, author_id) WITHOUT ROWID;
    CREATE TABLE reads(user_id, article_id, PRIMARY KEY (user_id, article_id)) WITHOUT ROWID;
    CREATE TABLE mutes(user_id, author_id, PRIMARY KEY (user_id, author_id)) WITHOUT ROWID;
    CREATE TABLE snapshot(taken_at INTEGER NOT NULL);";

/// SQLite takes at most 32,766 parameters a statement; a row has at most three.
const ROWS_PER_INSERT: usize = 5_000;

pub(super) struct SnapshotFile {
    out: PathBuf,
    partial: Partial,
    connection: SqliteConnection,
}

/// Removes the file unless it was renamed away.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        // Already renamed, or nothing more can be done about it.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl SnapshotFile {
    pub(super) async fn create(out: &Path) -> Result<Self, SnapshotError> {
        refuse_other_files(out)?;
        let mut name = out.as_os_str().to_owned();
        name.push(format!(".{}.partial", std::process::id()));
        let path = PathBuf::from(name);
        private_file(&path).map_err(|error| failed(&path, &error))?;
        let partial = Partial(path);
        // No journal and no waiting for the disk: a file that is not finished is thrown away.
        let options = SqliteConnectOptions::new()
            .filename(&partial.0)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .disable_statement_logging();
        let mut connection = options.connect().await.map_err(|error| failed(&partial.0, &error))?;
        let made = sqlx::raw_sql(SCHEMA).execute(&mut connection).await;
        made.map_err(|error| failed(&partial.0, &error))?;
        Ok(SnapshotFile { out: out.to_owned(), partial, connection })
    }

    /// Writes rows of one table; how many were new.
    pub(super) async fn insert(
        &mut self,
        table: &str,
        rows: Vec<Row>,
    ) -> Result<u64, SnapshotError> {
        let path = self.partial.0.clone();
        let mut written = 0;
        let failed = |error: sqlx::Error| failed(&path, &error);
        let mut transaction = self.connection.begin().await.map_err(failed)?;
        for chunk in rows.chunks(ROWS_PER_INSERT) {
            let mut insert = insert(table, chunk);
            let done = insert.build().persistent(false).execute(&mut *transaction).await;
            written += done.map_err(failed)?.rows_affected();
        }
        transaction.commit().await.map_err(failed)?;
        Ok(written)
    }

    /// Makes the file last and gives it its name; its size in bytes.
    pub(super) async fn finish(mut self, taken_at: i64) -> Result<u64, SnapshotError> {
        let path = &self.partial.0;
        let noted = sqlx::query("INSERT INTO snapshot VALUES (?)").bind(taken_at);
        noted.execute(&mut self.connection).await.map_err(|error| failed(path, &error))?;
        self.connection.close().await.map_err(|error| failed(path, &error))?;
        let file = File::open(path).map_err(|error| failed(path, &error))?;
        file.sync_all().map_err(|error| failed(path, &error))?;
        let bytes = file.metadata().map_err(|error| failed(path, &error))?.len();
        std::fs::rename(path, &self.out).map_err(|error| failed(&self.out, &error))?;
        Ok(bytes)
    }
}

fn insert(table: &str, rows: &[Row]) -> QueryBuilder<Sqlite> {
    // A join may bring a row twice: once is enough.
    let mut insert = QueryBuilder::new(format!("INSERT OR IGNORE INTO {table} "));
    insert.push_values(rows, |mut values, [one, two, three]| {
        bind(&mut values, one);
        match table {
            "users" => status(&mut values, two, "active"),
            "articles" => {
                status(&mut values, two, "published");
                bind(&mut values, three);
            }
            _ => bind(&mut values, two),
        }
    });
    insert
}

fn status(values: &mut Separated<'_, Sqlite, &'static str>, flag: &Option<Id>, yes: &'static str) {
    values.push_bind(if is_true(flag.as_ref()) { yes } else { "other" });
}

/// As lookups write ids: an integer within 64 bits as one, everything else as text.
fn bind(values: &mut Separated<'_, Sqlite, &'static str>, id: &Option<Id>) {
    match id.as_ref().map(|id| (id.as_integer().map(i64::try_from), id)) {
        None => values.push_bind(None::<i64>),
        Some((Some(Ok(number)), _)) => values.push_bind(number),
        Some((_, id)) => values.push_bind(id.text().into_owned()),
    };
}

/// A snapshot may replace a snapshot, and nothing else.
fn refuse_other_files(out: &Path) -> Result<(), SnapshotError> {
    let mut header = [0; 16];
    let read = match File::open(out) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        opened => opened.and_then(|mut file| file.read(&mut header)),
    };
    match read {
        Ok(_) if header == *b"SQLite format 3\0" => Ok(()),
        Ok(0) => Ok(()),
        Ok(_) => Err(SnapshotError::Refused(format!(
            "{} exists and is not an SQLite file; use another file or remove it",
            out.display()
        ))),
        Err(error) => Err(failed(out, &error)),
    }
}

/// Facts are personal data: no other user may read the file.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn failed(path: &Path, error: &dyn std::error::Error) -> SnapshotError {
    SnapshotError::File { path: path.to_owned(), reason: error.to_string() }
}
