//! Facts from an SQLite file, opened read-only.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use reco_core::Id;
use reco_core::facts::{
    ArticleFacts, FactSet, Facts, FactsError, FactsRequest, FactsStage, UserFacts,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Row, TypeInfo, ValueRef};

use super::ids::lists;
use super::sql::{Binding, FactsSql, statements};

/// A lookup that takes longer than this has failed: the file is locked or the index is missing.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection waits for a writer to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Facts from the tables `users`, `articles`, `reads` and `mutes` of an SQLite file.
#[derive(Debug, Clone)]
pub struct SqliteFacts {
    pool: SqlitePool,
    sql: FactsSql,
}

impl SqliteFacts {
    /// Opens `sqlite:PATH` or a plain path with the default statements.
    ///
    /// # Errors
    /// As [`SqliteFacts::open_with`].
    pub async fn open(url: &str) -> Result<Self, FactsError> {
        Self::open_with(url, FactsSql::default()).await
    }

    /// Opens `sqlite:PATH` or a plain path, read-only; a missing file is never created.
    ///
    /// # Errors
    /// [`FactsError`] at stage connect when there is no such file or it is no SQLite database.
    pub async fn open_with(url: &str, sql: FactsSql) -> Result<Self, FactsError> {
        let path = url
            .strip_prefix("sqlite://")
            .or_else(|| url.strip_prefix("sqlite:"))
            .map_or(Path::new(url), Path::new);
        // SQLite itself says only "unable to open database file", for this and for everything else.
        if let Err(error) = std::fs::File::open(path) {
            return Err(connect(format!("cannot open {}: {error}", path.display())));
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
            .map_err(|error| connect(format!("{}: {}", path.display(), explain(&error))))?;
        Ok(SqliteFacts { pool, sql })
    }

    async fn rows(
        &self,
        what: &str,
        template: &str,
        bindings: &[Binding<'_>],
    ) -> Result<Vec<SqliteRow>, FactsError> {
        let mut rows = Vec::new();
        for statement in statements(template, bindings) {
            // Safe: the template is configuration, and the lists hold validated literals only.
            let more = sqlx::raw_sql(AssertSqlSafe(statement)).fetch_all(&self.pool).await;
            rows.extend(more.map_err(|error| failed(what, &error))?);
        }
        Ok(rows)
    }

    async fn articles(
        &self,
        asked: &HashSet<Id>,
        articles: &Binding<'_>,
    ) -> Result<HashMap<Id, ArticleFacts>, FactsError> {
        let bindings = [Binding { ..*articles }];
        let mut known = HashMap::with_capacity(asked.len());
        for row in self.rows("articles", &self.sql.articles, &bindings).await? {
            let read = || Ok((id_at(&row, 0)?, flag_at(&row, 1)?, id_at(&row, 2)?));
            let (id, published, author) = read().map_err(|error| failed("articles", &error))?;
            // A database may take '07' for 7: only what was asked, letter for letter, is an answer.
            if let Some(id) = id.filter(|id| asked.contains(id)) {
                known.insert(id, ArticleFacts { published, author });
            }
        }
        Ok(known)
    }

    async fn users(
        &self,
        asked: &HashSet<Id>,
        users: &Binding<'_>,
    ) -> Result<HashMap<Id, UserFacts>, FactsError> {
        let mut known = HashMap::with_capacity(asked.len());
        for row in self.rows("users", &self.sql.users, &[Binding { ..*users }]).await? {
            let read = || Ok((id_at(&row, 0)?, flag_at(&row, 1)?));
            let (id, active) = read().map_err(|error| failed("users", &error))?;
            if let Some(id) = id.filter(|id| asked.contains(id)) {
                known.insert(id, UserFacts { active, ..UserFacts::default() });
            }
        }
        Ok(known)
    }

    async fn pairs(
        &self,
        what: &str,
        template: &str,
        bindings: &[Binding<'_>],
    ) -> Result<Vec<(Id, Id)>, FactsError> {
        let mut pairs = Vec::new();
        for row in self.rows(what, template, bindings).await? {
            let read = || Ok((id_at(&row, 0)?, id_at(&row, 1)?));
            if let (Some(user), Some(other)) = read().map_err(|error| failed(what, &error))? {
                pairs.push((user, other));
            }
        }
        Ok(pairs)
    }

    async fn ask(&self, request: &FactsRequest) -> Result<FactSet, FactsError> {
        let size = self.sql.ids_per_statement.max(1);
        let (user_lists, article_lists) =
            (lists(&request.users, size), lists(&request.articles, size));
        let asked_users = Binding { name: "{users}", lists: &user_lists };
        let asked_articles = Binding { name: "{articles}", lists: &article_lists };
        let (mut users, articles) = tokio::try_join!(
            self.users(&request.users, &asked_users),
            self.articles(&request.articles, &asked_articles)
        )?;
        let authors: HashSet<&Id> = articles.values().filter_map(|a| a.author.as_ref()).collect();
        let author_lists = lists(authors.iter().copied(), size);
        let known_lists = lists(users.keys(), size);
        let known_users = Binding { name: "{users}", lists: &known_lists };
        let of_articles = [Binding { ..known_users }, asked_articles];
        let of_authors = [known_users, Binding { name: "{authors}", lists: &author_lists }];
        let (reads, mutes) = tokio::try_join!(
            self.pairs("reads", &self.sql.reads, &of_articles),
            self.pairs("mutes", &self.sql.mutes, &of_authors)
        )?;
        for (user, article) in reads {
            if let Some(user) = users.get_mut(&user).filter(|_| request.articles.contains(&article))
            {
                user.read.insert(article);
            }
        }
        for (user, author) in mutes {
            if let Some(user) = users.get_mut(&user) {
                user.muted_authors.insert(author);
            }
        }
        Ok(FactSet::Known { users, articles })
    }
}

impl Facts for SqliteFacts {
    async fn lookup(&self, request: &FactsRequest) -> Result<FactSet, FactsError> {
        tokio::time::timeout(LOOKUP_TIMEOUT, self.ask(request)).await.unwrap_or_else(|_| {
            let seconds = LOOKUP_TIMEOUT.as_secs();
            let reason = format!("no answer within {seconds} s; check the indexes of its tables");
            Err(FactsError { stage: FactsStage::Timeout, reason })
        })
    }
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

/// A comparison with null is null: not active, not published.
fn flag_at(row: &SqliteRow, column: usize) -> Result<bool, sqlx::Error> {
    Ok(row.try_get_unchecked::<Option<i64>, _>(column)?.is_some_and(|flag| flag != 0))
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
