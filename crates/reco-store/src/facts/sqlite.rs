//! Facts from an SQLite file, opened read-only.

mod connections;
mod people;
mod rows;
mod taken;
mod value;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reco_core::facts::{ArticleIndex, FactSet, FactsError, FactsRequest, FactsStage, UserFacts};
use reco_core::{IdMap, IdSet, Recommendation};
use rusqlite::Row as SqliteRow;

use self::connections::Connections;
use self::people::{Form, Heavy};
use super::ask::{ask, ask_users};
use super::database::{Column, Database, Kept, KnownArticles, Row, Rows, never_empty};
use super::ids::Quoting;
use super::snapshot::digest::digest;
use super::source::without_password;
use super::sql::FactsSql;
use super::tables::FactsTables;
pub(super) use connections::LONGEST_VALUE;
pub(super) use rows::json_of;
use taken::Taken;
pub(super) use taken::{SNAPSHOT_FORMAT, look};
pub(super) use value::Key;

/// A lookup that takes longer than this has failed: the file is locked or the index is missing.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(10);

/// Facts from the tables `users`, `articles`, `reads` and `mutes` of an SQLite file.
#[derive(Debug, Clone)]
pub(super) struct SqliteFacts {
    connections: Arc<Connections>,
    sql: Arc<FactsSql>,
    tables: Arc<FactsTables>,
    taken_at: Option<i64>,
    /// True for a snapshot that says by a digest what it holds.
    has_digest: bool,
    /// How users are asked for one by one; not where statements are configured as a whole.
    form: Option<Form>,
}

impl SqliteFacts {
    /// Opens `sqlite:PATH` or a plain path, read-only; a missing file is never created.
    ///
    /// # Errors
    /// [`FactsError`] at stage connect when there is no such file or it is no SQLite database.
    pub async fn open(url: &str, tables: &FactsTables) -> Result<Self, FactsError> {
        let path = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))
            .map_or(Path::new(url), Path::new);
        // What is no such file may be a database's URL with a slip in it, and hold a password.
        let shown = without_password(&path.to_string_lossy());
        check_file(path, &shown)?;
        let connections = Arc::new(Connections::new(path));
        // The header is read only by the first query, so a file of another kind shows here.
        let looked = connections.run("the file", |connection| Ok(taken::look(connection)?));
        let taken = looked.await.map_err(|error| connect(format!("{shown}: {}", error.reason)))?;
        let taken = match taken.map(|taken| taken.usable()).transpose() {
            Ok(taken) => taken,
            Err(refusal) => return Err(connect(format!("{shown}: {refusal}"))),
        };
        // A snapshot has its own names, whatever those of its source are.
        let tables = match &taken {
            Some(_) => {
                FactsTables { ids_per_statement: tables.ids_per_statement, ..Default::default() }
            }
            None => tables.clone(),
        };
        let sql = Arc::new(tables.sql());
        let form = match &taken {
            Some(taken) if taken.has_rows() => Some(Form::Rows),
            _ => Form::of(&sql),
        };
        let has_digest = taken.as_ref().is_some_and(Taken::has_rows);
        let (taken_at, tables) = (taken.map(|taken| taken.at), Arc::new(tables));
        Ok(SqliteFacts { connections, sql, tables, form, taken_at, has_digest })
    }

    /// The tables as the file has them.
    pub(super) fn tables(&self) -> &FactsTables {
        &self.tables
    }

    /// When the file was taken, in seconds since the epoch, if it is a snapshot.
    pub(super) fn taken_at(&self) -> Option<i64> {
        self.taken_at
    }

    /// Reads all of a snapshot, and returns whether its facts are those that its digest was made
    /// of; `None` if the file has no digest. Opening a snapshot does not: it would take as long as
    /// the file is large.
    ///
    /// # Errors
    /// [`FactsError`] if the file cannot be read to its end.
    pub(super) async fn is_intact(&self) -> Result<Option<bool>, FactsError> {
        if !self.has_digest {
            return Ok(None);
        }
        let work = |connection: &rusqlite::Connection| {
            let written: String =
                connection.query_row("SELECT digest FROM snapshot", [], |row| row.get(0))?;
            Ok(Some(digest(connection, "main")? == written))
        };
        self.connections.run("snapshot", work).await
    }

    /// Answers a request, where the facts of some articles are `known`.
    ///
    /// # Errors
    /// [`FactsError`], at stage timeout when the answer takes too long.
    pub(super) async fn lookup(
        &self,
        request: &FactsRequest,
        lists: &[&Recommendation],
        known: KnownArticles,
    ) -> Result<FactSet, FactsError> {
        in_time(ask(self, request, lists, known)).await
    }

    /// Answers for the users of lists, one ordered range each. What is known of articles is at
    /// hand.
    ///
    /// # Errors
    /// As [`SqliteFacts::lookup`].
    pub(super) async fn users(
        &self,
        lists: &[&Recommendation],
        articles: &ArticleIndex,
    ) -> Result<IdMap<UserFacts>, FactsError> {
        let Some(form) = self.form.clone() else {
            return in_time(ask_users(self, lists, articles)).await;
        };
        let users: IdSet = lists.iter().map(|list| list.user.clone()).collect();
        in_time(async {
            let asked = form.clone();
            let work = move |connection: &rusqlite::Connection| asked.ask(connection, users);
            let (mut users, heavy) = self.connections.run("users", work).await?;
            if !heavy.is_empty() {
                let heavy: Vec<Heavy> =
                    heavy.into_iter().map(|user| Heavy::of(user, lists, articles)).collect();
                let work = move |connection: &rusqlite::Connection| {
                    form.ask_by_pair(connection, heavy, &mut users)?;
                    Ok(users)
                };
                users = self.connections.run("reads", work).await?;
            }
            Ok(users)
        })
        .await
    }

    /// Reads rows one by one, so that a statement without an end does not fill the memory.
    async fn fetch<T: Kept + Send + 'static>(
        &self,
        what: &'static str,
        statement: String,
        read: fn(&SqliteRow<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, FactsError> {
        let work = move |connection: &rusqlite::Connection| {
            let mut prepared = connection.prepare(&statement)?;
            let mut answer = prepared.query([])?;
            let mut rows = Rows::new();
            while let Some(row) = answer.next()? {
                rows.push(read(row)?).map_err(|more| FactsError {
                    stage: FactsStage::Query,
                    reason: format!("{what}: a statement returned {more}"),
                })?;
            }
            Ok(rows.into_vec())
        };
        self.connections.run(what, work).await
    }
}

/// Ends work that takes longer than a lookup may.
pub(super) async fn in_time<T>(
    work: impl Future<Output = Result<T, FactsError>>,
) -> Result<T, FactsError> {
    let answer = tokio::time::timeout(LOOKUP_TIMEOUT, work).await;
    answer.unwrap_or_else(|_| {
        let seconds = LOOKUP_TIMEOUT.as_secs();
        let reason = format!("no response within {seconds} s; check the indexes of its tables");
        Err(FactsError { stage: FactsStage::Timeout, reason })
    })
}

impl Database for SqliteFacts {
    const QUOTING: Quoting = Quoting::Strings;

    /// SQLite by default takes statements of up to a million bytes.
    const MAX_STATEMENT: usize = 512 * 1024;

    fn sql(&self) -> &FactsSql {
        &self.sql
    }

    fn at_once(&self) -> usize {
        2
    }

    async fn columns(
        &self,
        what: &'static str,
        statement: String,
    ) -> Result<Vec<Column>, FactsError> {
        let work = move |connection: &rusqlite::Connection| {
            let prepared = connection.prepare(&never_empty(&statement))?;
            let columns = prepared.columns();
            // What is no plain column has no type.
            let kind =
                |column: &rusqlite::Column<'_>| column.decl_type().unwrap_or_default().into();
            let columns = columns.iter();
            let columns = columns.map(|c| Column { name: c.name().to_owned(), kind: kind(c) });
            Ok(columns.collect())
        };
        self.connections.run(what, work).await
    }

    /// SQLite: "EXPLAIN QUERY PLAN": `SCAN table` reads all of it, `SEARCH` uses an index.
    async fn read_whole(
        &self,
        what: &'static str,
        statement: String,
    ) -> Result<Vec<String>, FactsError> {
        let detail = |row: &SqliteRow<'_>| row.get::<_, String>("detail");
        let mut tables = Vec::new();
        for detail in self.fetch(what, format!("EXPLAIN QUERY PLAN {statement}"), detail).await? {
            // What a function makes of one row, as `json_each`, is no table.
            let scanned = detail.strip_prefix("SCAN ");
            if let Some(table) = scanned.filter(|table| !table.contains(" VIRTUAL TABLE ")) {
                tables.push(table.split(' ').next().unwrap_or(table).to_owned());
            }
        }
        Ok(tables)
    }

    async fn rows(&self, what: &'static str, statement: String) -> Result<Vec<Row>, FactsError> {
        self.fetch(what, statement, value::row).await
    }

    /// A column without a type keeps a text as it is, and there no number equals it; what has a type
    /// compares as it does with an id in a lookup, which is a number where it can be one. SQLite:
    /// "Datatypes In SQLite", Type Conversions Prior To Comparison; a plus takes the type away.
    fn is_asked_as(key: &str) -> Option<String> {
        Some(format!(
            "(typeof({key}) <> 'text' OR {key} = +CAST({key} AS INTEGER) \
             OR {key} COLLATE BINARY <> CAST(CAST({key} AS INTEGER) AS TEXT))"
        ))
    }

    async fn page(
        &self,
        what: &'static str,
        statement: String,
        keys: usize,
    ) -> Result<Vec<Row>, FactsError> {
        let read = if keys == 1 { value::keyed::<1> } else { value::keyed::<2> };
        self.fetch(what, statement, read).await
    }
}

fn connect(reason: String) -> FactsError {
    FactsError { stage: FactsStage::Connect, reason }
}

/// Says of a file why it cannot be used, as far as that shows before SQLite opens it.
fn check_file(path: &Path, shown: &str) -> Result<(), FactsError> {
    if let Ok(data) = std::fs::metadata(path)
        && !data.is_file()
    {
        return Err(connect(format!("cannot open {shown}: not a regular file")));
    }
    // SQLite itself says only "unable to open database file", for this and for everything else.
    if let Err(error) = std::fs::File::open(path) {
        return Err(connect(format!("cannot open {shown}: {error}")));
    }
    let missing = taken::missing(path);
    if missing > 0 {
        return Err(connect(format!(
            "{shown} is cut off: {missing} bytes are missing at its end; copy it again"
        )));
    }
    Ok(())
}
