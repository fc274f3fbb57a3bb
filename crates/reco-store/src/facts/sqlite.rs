//! Facts from an SQLite file, opened read-only.

use std::path::Path;
use std::time::Duration;

use futures::TryStreamExt;
use reco_core::Id;
use reco_core::facts::{FactSet, FactsError, FactsRequest, FactsStage};
use sqlx::sqlite::{SqliteColumn, SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Column as _, ConnectOptions, Row as _, TypeInfo, ValueRef};

use super::database::{Column, Database, Kept, KnownArticles, Row, Rows, ask, hex, never_empty};
use super::ids::Quoting;
use super::source::without_password;
use super::sql::FactsSql;

/// A lookup that takes longer than this has failed: the file is locked or the index is missing.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(10);

/// Time that a connection waits for a writer to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Facts from the tables `users`, `articles`, `reads` and `mutes` of an SQLite file.
#[derive(Debug, Clone)]
pub(super) struct SqliteFacts {
    pool: SqlitePool,
    sql: FactsSql,
}

impl SqliteFacts {
    /// Opens `sqlite:PATH` or a plain path, read-only; a missing file is never created.
    ///
    /// # Errors
    /// [`FactsError`] at stage connect when there is no such file or it is no SQLite database.
    pub async fn open(url: &str, sql: FactsSql) -> Result<Self, FactsError> {
        let path = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))
            .map_or(Path::new(url), Path::new);
        // What is no such file may be a database's URL with a slip in it, and hold a password.
        let shown = without_password(&path.to_string_lossy());
        if let Ok(data) = std::fs::metadata(path)
            && !data.is_file()
        {
            return Err(connect(format!("cannot open {shown}: not a regular file")));
        }
        // SQLite itself says only "unable to open database file", for this and for everything else.
        if let Err(error) = std::fs::File::open(path) {
            return Err(connect(format!("cannot open {shown}: {error}")));
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            .create_if_missing(false)
            .busy_timeout(BUSY_TIMEOUT)
            // Rows come from a thread of their own; a short buffer makes the two wait in turns.
            .row_buffer_size(4096)
            // Statements hold users' ids, which belong into no log.
            .disable_statement_logging();
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .acquire_timeout(LOOKUP_TIMEOUT)
            .connect_lazy_with(options);
        // The header is read only by the first query, so a file of another kind shows here.
        sqlx::raw_sql("SELECT count(*) FROM sqlite_master")
            .execute(&pool)
            .await
            .map_err(|error| connect(format!("{shown}: {}", explain(&error))))?;
        Ok(SqliteFacts { pool, sql })
    }

    /// Answers a request, where the facts of some articles are `known`.
    ///
    /// # Errors
    /// [`FactsError`], at stage timeout when the answer takes too long.
    pub(super) async fn lookup(
        &self,
        request: &FactsRequest,
        known: KnownArticles,
    ) -> Result<FactSet, FactsError> {
        let answer = tokio::time::timeout(LOOKUP_TIMEOUT, ask(self, request, known)).await;
        answer.unwrap_or_else(|_| {
            let seconds = LOOKUP_TIMEOUT.as_secs();
            let reason = format!("no response within {seconds} s; check the indexes of its tables");
            Err(FactsError { stage: FactsStage::Timeout, reason })
        })
    }

    /// Reads rows one by one, so that a statement without an end does not fill the memory.
    async fn fetch<T: Kept>(
        &self,
        what: &str,
        statement: String,
        read: fn(&SqliteRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, FactsError> {
        // Safe: the template is configuration, and the lists hold validated literals only.
        let mut answer = sqlx::raw_sql(AssertSqlSafe(statement)).fetch(&self.pool);
        let mut rows = Rows::new();
        while let Some(row) = answer.try_next().await.map_err(|error| failed(what, &error))? {
            let row = read(&row).map_err(|error| failed(what, &error))?;
            rows.push(row).map_err(|more| FactsError {
                stage: FactsStage::Query,
                reason: format!("{what}: a statement returned {more}"),
            })?;
        }
        Ok(rows.into_vec())
    }
}

impl Database for SqliteFacts {
    const QUOTING: Quoting = Quoting::Strings;

    /// SQLite by default takes statements of up to a million bytes.
    const MAX_STATEMENT: usize = 512 * 1024;

    fn exact_literal(id: &Id) -> String {
        match id {
            Id::Int(number) => number.to_string(),
            Id::Uint(number) => number.to_string(),
            Id::Str(text) => format!("CAST(x'{}' AS TEXT)", hex(text)),
        }
    }

    fn sql(&self) -> &FactsSql {
        &self.sql
    }

    async fn columns(
        &self,
        what: &'static str,
        statement: String,
    ) -> Result<Vec<Column>, FactsError> {
        let columns = |row: &SqliteRow| {
            let column = |column: &SqliteColumn| {
                // What is no plain column has no type.
                let kind = column.type_info().name().replace("NULL", "");
                Column { name: column.name().to_owned(), kind }
            };
            Ok(row.columns().iter().map(column).collect::<Vec<_>>())
        };
        let rows = self.fetch(what, never_empty(&statement), columns).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// SQLite: "EXPLAIN QUERY PLAN": `SCAN table` reads all of it, `SEARCH` uses an index.
    async fn read_whole(
        &self,
        what: &'static str,
        statement: String,
    ) -> Result<Vec<String>, FactsError> {
        let detail = |row: &SqliteRow| row.try_get::<String, _>("detail");
        let mut tables = Vec::new();
        for detail in self.fetch(what, format!("EXPLAIN QUERY PLAN {statement}"), detail).await? {
            if let Some(table) = detail.strip_prefix("SCAN ") {
                tables.push(table.split(' ').next().unwrap_or(table).to_owned());
            }
        }
        Ok(tables)
    }

    async fn rows(&self, what: &'static str, statement: String) -> Result<Vec<Row>, FactsError> {
        self.fetch(what, statement, read).await
    }
}

fn read(row: &SqliteRow) -> Result<Row, sqlx::Error> {
    let mut cells = Row::default();
    for (column, cell) in cells.iter_mut().enumerate().take(row.len()) {
        *cell = id_at(row, column)?;
    }
    Ok(cells)
}

fn id_at(row: &SqliteRow, column: usize) -> Result<Option<Id>, sqlx::Error> {
    let value = row.try_get_raw(column)?;
    if value.is_null() {
        return Ok(None);
    }
    if value.type_info().name() == "INTEGER" {
        return row.try_get_unchecked::<i64, _>(column).map(|number| Some(Id::from(number)));
    }
    row.try_get_unchecked::<String, _>(column).map(|text| Some(Id::from(text.as_str())))
}

fn connect(reason: String) -> FactsError {
    FactsError { stage: FactsStage::Connect, reason }
}

/// Sorts an error by the stage it belongs to. SQLite: "Result and Error Codes".
fn failed(what: &str, error: &sqlx::Error) -> FactsError {
    let primary = match error {
        sqlx::Error::Database(error) => error.code().and_then(|code| code.parse::<u32>().ok()),
        _ => None,
    };
    let stage = match (error, primary.map(|code| code & 0xff)) {
        (sqlx::Error::PoolTimedOut, _) | (_, Some(5 | 6)) => FactsStage::Timeout,
        (_, Some(3 | 23)) => FactsStage::Auth,
        (sqlx::Error::Io(_), _) | (_, Some(14 | 26)) => FactsStage::Connect,
        _ => FactsStage::Query,
    };
    FactsError { stage, reason: format!("{what}: {}", explain(error)) }
}

fn explain(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    }
}
