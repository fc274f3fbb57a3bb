//! The file of a snapshot while it is being written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use reco_core::Id;
use rusqlite::limits::Limit;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, params};
use tokio::sync::Mutex;

use super::digest::digest;
use super::names::{Beside, is_sqlite};
use super::{Provenance, SnapshotError};
use crate::facts::database::{Row, is_true};
use crate::facts::sqlite::{Key, LONGEST_VALUE, SNAPSHOT_FORMAT, json_of, look};

/// What comes from the source, as it comes. Ids have no type, so that an integer is found as an
/// integer and any other text as text.
const STAGING: &str = "
    CREATE TABLE users(id PRIMARY KEY, active INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE reads(id PRIMARY KEY, others TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE mutes(id PRIMARY KEY, others TEXT NOT NULL) WITHOUT ROWID;";

/// One row a user, so that all facts of one are found together. These rows are found by row ids: a
/// tree by the users' ids would keep whole rows in its inner pages, and so have many of them, of
/// which a lookup of any user reads several. The views are for other programs, and for recoctl from
/// before there was this form.
const SCHEMA: &str = "
    CREATE TABLE snapshot.people(
        id PRIMARY KEY, active INTEGER NOT NULL, reads TEXT NOT NULL, mutes TEXT NOT NULL
    );
    CREATE TABLE snapshot.articles(id PRIMARY KEY, status TEXT NOT NULL, author_id) WITHOUT ROWID;
    CREATE TABLE snapshot.snapshot(
        taken_at INTEGER NOT NULL, format INTEGER NOT NULL, source TEXT NOT NULL,
        statements TEXT NOT NULL, digest TEXT NOT NULL
    );
    CREATE VIEW snapshot.users AS
        SELECT id, CASE WHEN active THEN 'active' ELSE 'other' END AS status FROM people;
    CREATE VIEW snapshot.reads AS SELECT people.id AS user_id, each.value AS article_id
        FROM people, json_each(people.reads) AS each;
    CREATE VIEW snapshot.mutes AS SELECT people.id AS user_id, each.value AS author_id
        FROM people, json_each(people.mutes) AS each;";

const FILL: &str = "
    INSERT INTO snapshot.people
        SELECT id, active, coalesce(reads.others, '[]'), coalesce(mutes.others, '[]')
        FROM main.users LEFT JOIN main.reads USING (id) LEFT JOIN main.mutes USING (id)
        ORDER BY id;";

const ADD_USER: &str = "INSERT OR IGNORE INTO main.users VALUES (?1, ?2)";

const ADD_ARTICLE: &str = "
    INSERT OR IGNORE INTO snapshot.articles
    VALUES (?1, CASE WHEN ?2 THEN 'published' ELSE 'other' END, ?3)";

/// What several rows say together, as `agreed` has it.
const JOIN_USER: &str = "UPDATE main.users SET active = min(active, ?2) WHERE id = ?1";

const JOIN_ARTICLE: &str = "
    UPDATE snapshot.articles SET status = CASE WHEN ?2 THEN status ELSE 'other' END,
        author_id = coalesce(min(author_id, ?3), author_id, ?3)
    WHERE id = ?1";

/// Ids of a user that are held at most before they are written.
const MOST_HELD: usize = 100_000;

/// Bytes of a row beside its lists.
const ROW: i32 = 64 << 10;

/// A file that is being written, on threads that may wait for the disk.
pub(super) struct SnapshotFile {
    out: PathBuf,
    partial: Beside,
    writing: Arc<Mutex<Writing>>,
    // Last: the connection that uses it is closed first.
    _staging: Beside,
}

struct Writing {
    connection: Connection,
    /// The user whose rows come, in the table that is written.
    group: Option<Group>,
}

struct Group {
    table: &'static str,
    user: Id,
    others: Vec<Id>,
}

impl SnapshotFile {
    pub(super) async fn create(out: &Path) -> Result<Self, SnapshotError> {
        refuse_other_files(out)?;
        let made = |error| failed(out, &error);
        let partial = Beside::new(out, "partial").map_err(made)?;
        let staging = Beside::new(out, "staging").map_err(made)?;
        let file = |error: rusqlite::Error| failed(partial.path(), &error);
        // Neither name is ever a URI of SQLite, whatever it starts with.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(staging.path(), flags).map_err(file)?;
        let name = ValueRef::Text(partial.path().as_os_str().as_encoded_bytes());
        connection
            .execute("ATTACH DATABASE ? AS snapshot", [ToSqlOutput::Borrowed(name)])
            .map_err(file)?;
        // What is longer could be written, and not be read.
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE - ROW).map_err(file)?;
        // No journal and no waiting for the disk: a file that is not finished is thrown away.
        for schema in ["main", "snapshot"] {
            let quick =
                format!("PRAGMA {schema}.synchronous = OFF; PRAGMA {schema}.journal_mode = OFF;");
            connection.execute_batch(&quick).map_err(file)?;
        }
        connection.execute_batch(STAGING).map_err(file)?;
        connection.execute_batch(SCHEMA).map_err(file)?;
        let writing = Arc::new(Mutex::new(Writing { connection, group: None }));
        Ok(SnapshotFile { out: out.to_owned(), partial, writing, _staging: staging })
    }

    /// Writes rows of one table; how many were new.
    pub(super) async fn insert(
        &mut self,
        table: &'static str,
        rows: Vec<Row>,
    ) -> Result<u64, SnapshotError> {
        self.work(move |writing| match table {
            "users" | "articles" => writing.insert(table, &rows),
            _ => writing.insert_pairs(table, rows),
        })
        .await
    }

    /// Makes the file last and gives it its name; its size in bytes, and its digest.
    pub(super) async fn finish(
        self,
        provenance: Provenance,
    ) -> Result<(u64, String), SnapshotError> {
        let digest = self.work(move |writing| writing.finish(&provenance)).await?;
        let path = self.partial.path();
        // What SQLite wrote elsewhere is not given a name as if it were here.
        match is_sqlite(path) {
            Ok(true) => {}
            Ok(false) => {
                let reason = "the facts are not in this file".to_owned();
                return Err(SnapshotError::File { path: path.to_owned(), reason });
            }
            Err(error) => return Err(failed(path, &error)),
        }
        self.partial.sync().map_err(|error| failed(path, &error))?;
        let bytes = std::fs::metadata(path).map_err(|error| failed(path, &error))?.len();
        self.partial.rename(&self.out).map_err(|error| failed(&self.out, &error))?;
        Ok((bytes, digest))
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writing) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, SnapshotError> {
        let mut writing = Arc::clone(&self.writing).lock_owned().await;
        let done = tokio::task::spawn_blocking(move || work(&mut writing)).await;
        let path = self.partial.path();
        done.map_err(|error| failed(path, &error))?.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::TooBig) => SnapshotError::Refused(format!(
                "the reads or mutes of a user take more than the {} MiB of one row of a snapshot",
                LONGEST_VALUE >> 20
            )),
            _ => failed(path, &error),
        })
    }
}

impl Writing {
    fn insert(&mut self, table: &str, rows: &[Row]) -> rusqlite::Result<u64> {
        let transaction = self.connection.unchecked_transaction()?;
        // A join may bring a row twice.
        let (add, join) = match table {
            "users" => (ADD_USER, JOIN_USER),
            _ => (ADD_ARTICLE, JOIN_ARTICLE),
        };
        let mut statement = transaction.prepare_cached(add)?;
        let mut again = transaction.prepare_cached(join)?;
        let mut written = 0;
        for [id, flag, author] in rows {
            let (Some(id), flag) = (id, is_true(flag.as_ref())) else { continue };
            let run = |statement: &mut Statement<'_>| match table {
                "users" => statement.execute(params![Key(id), flag]),
                _ => statement.execute(params![Key(id), flag, author.as_ref().map(Key)]),
            };
            match run(&mut statement)? {
                0 => run(&mut again)?,
                new => {
                    written += new;
                    new
                }
            };
        }
        drop(again);
        drop(statement);
        transaction.commit()?;
        Ok(written as u64)
    }

    /// Rows come ordered by user and other, so equal ones stand together. In a collation that
    /// tells fewer ids apart than we do, a user may come again later.
    fn insert_pairs(&mut self, table: &'static str, rows: Vec<Row>) -> rusqlite::Result<u64> {
        self.connection.execute_batch("BEGIN")?;
        let mut count = 0;
        for [user, other, _] in rows {
            let (Some(user), Some(other)) = (user, other) else { continue };
            // No list can hold it, and no lookup asks for it.
            if other.text_len() == 0 {
                continue;
            }
            let goes_on = |group: &Group| {
                group.table == table && group.user == user && group.others.len() < MOST_HELD
            };
            if !self.group.as_ref().is_some_and(goes_on) {
                self.flush()?;
            }
            let group = self.group.get_or_insert(Group { table, user, others: Vec::new() });
            if group.others.last() != Some(&other) {
                group.others.push(other);
                count += 1;
            }
        }
        self.connection.execute_batch("COMMIT")?;
        Ok(count)
    }

    fn flush(&mut self) -> rusqlite::Result<()> {
        let Some(Group { table, user, others }) = self.group.take() else { return Ok(()) };
        // Two lists of JSON, neither of them empty, are one.
        let append = format!(
            "INSERT INTO main.{table} VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE
                SET others = rtrim(others, ']') || ',' || ltrim(excluded.others, '[')"
        );
        let mut append = self.connection.prepare_cached(&append)?;
        append.execute(params![Key(&user), json_of(&others)])?;
        Ok(())
    }

    fn finish(&mut self, provenance: &Provenance) -> rusqlite::Result<String> {
        self.flush()?;
        let transaction = self.connection.unchecked_transaction()?;
        transaction.execute_batch(FILL)?;
        let digest = digest(&transaction, "snapshot")?;
        let Provenance { at, source, statements } = provenance;
        transaction.execute(
            "INSERT INTO snapshot.snapshot VALUES (?, ?, ?, ?, ?)",
            params![at, SNAPSHOT_FORMAT, source, statements, digest],
        )?;
        transaction.commit()?;
        self.connection.execute("DETACH DATABASE snapshot", [])?;
        Ok(digest)
    }
}

/// A snapshot may replace a snapshot, and nothing else; and its name must be one that a setting can
/// say.
fn refuse_other_files(out: &Path) -> Result<(), SnapshotError> {
    let refused = |why: &str| Err(SnapshotError::Refused(format!("{} {why}", out.display())));
    if out.to_str().is_none() {
        return refused("is not valid UTF-8, so no setting could name it; use another name");
    }
    match std::fs::metadata(out) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(out, &error)),
        Ok(data) if !data.is_file() => return refused("exists and is not a regular file"),
        Ok(data) if data.len() == 0 => return Ok(()),
        Ok(_) => {}
    }
    match is_sqlite(out) {
        Ok(true) if is_snapshot(out) => Ok(()),
        Ok(true) => refused("exists and is not a snapshot; use another file or remove it"),
        Ok(false) => refused("exists and is not an SQLite file; use another file or remove it"),
        Err(error) => Err(failed(out, &error)),
    }
}

/// Returns whether an SQLite file is a snapshot, whole or not.
fn is_snapshot(path: &Path) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // An absolute path is never taken for a URI or `:memory:`.
    let Ok(path) = path.canonicalize() else { return false };
    match Connection::open_with_flags(path, flags).and_then(|file| look(&file)) {
        Ok(found) => found.is_some(),
        // A snapshot that was cut off; a locked or unknown database is somebody's.
        Err(error) => matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        ),
    }
}

fn failed(path: &Path, error: &dyn std::error::Error) -> SnapshotError {
    SnapshotError::File { path: path.to_owned(), reason: error.to_string() }
}
