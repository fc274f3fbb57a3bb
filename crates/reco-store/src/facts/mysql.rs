//! Facts from MySQL or MariaDB: RDS, Aurora, or RDS Proxy before them.
//!
//! Nothing here leaves state in a session, because RDS Proxy then pins the session to one client
//! (AWS: "Avoiding pinning an RDS Proxy"): statements are plain text, never prepared, and what the
//! driver would set after connecting (`SET NAMES`, `sql_mode`, `time_zone`) is turned off. The
//! handshake already says utf8mb4, and no statement of ours depends on the other two.

mod error;
mod iam;
mod password;
mod pool;
mod relay;
pub(super) mod secret;
pub(super) mod url;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::{FutureExt, TryStreamExt};
use reco_core::Id;
use reco_core::facts::FactsError;
use sqlx::mysql::{MySqlColumn, MySqlConnection, MySqlRow};
use sqlx::{AssertSqlSafe, Column as _, Row as _, TypeInfo, ValueRef};

use self::error::{Failure, of_query};
use self::pool::{Links, Target};
use self::secret::SecretUrl;
use super::database::{Column, Database, Kept, LONGEST_ID, Row, Rows, never_empty};
use super::ids::Quoting;
use super::sql::FactsSql;

pub(super) use iam::iam_password;
pub(super) use password::{Login, Password, PasswordError};
pub(super) use url::{Authentication, MySqlUrl};

/// Bytes of a statement's text at most. RDS Proxy pins a session at any statement over 16 KB (AWS:
/// "Avoiding pinning an RDS Proxy"), and a pinned session is one client's until it ends.
const MAX_STATEMENT: usize = 16_000;

/// Pool size and timeouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MySqlOptions {
    /// Most connections at once.
    pub pool_size: usize,
    /// For a new connection: name lookup, TCP, TLS and authentication together.
    pub connect_timeout: Duration,
    /// For one of the pool's connections to come free.
    pub wait_timeout: Duration,
    /// For one statement.
    pub query_timeout: Duration,
}

impl MySqlOptions {
    /// For a long run on one machine.
    pub const RUN: MySqlOptions = MySqlOptions {
        pool_size: 4,
        connect_timeout: Duration::from_secs(3),
        wait_timeout: Duration::from_secs(5),
        query_timeout: Duration::from_secs(5),
    };

    /// For a Lambda function: it handles one batch at a time, and a hundred of them may share the
    /// database, so each has one connection unless the URL says more.
    pub const FUNCTION: MySqlOptions = MySqlOptions { pool_size: 1, ..MySqlOptions::RUN };
}

impl Default for MySqlOptions {
    fn default() -> Self {
        MySqlOptions::RUN
    }
}

/// Facts from a MySQL or MariaDB database.
#[derive(Debug, Clone)]
pub(super) struct MySqlFacts {
    links: Links,
    sql: FactsSql,
    /// True if the statements are configured, and run in transactions that cannot write. Ours only
    /// read, and need not wait for a transaction's two round trips.
    in_transactions: bool,
    query_timeout: Duration,
}

impl MySqlFacts {
    /// A database that is connected to, with the password that `password` gives, whenever the
    /// pool needs a connection; not before.
    ///
    /// # Errors
    /// [`FactsError`] at stage query when a configured statement is not one that reads.
    pub fn new(url: &MySqlUrl, password: Password, sql: FactsSql) -> Result<Self, FactsError> {
        let target = Target::Known(Box::new(url.connect_options()), password);
        Self::at(target, url.options, sql)
    }

    /// Facts from the database that a secret names. The secret is read before every connection, the
    /// first included: one that cannot be read now may be readable at the next lookup.
    pub(in crate::facts) fn by_secret(
        secret: SecretUrl,
        sql: FactsSql,
    ) -> Result<Self, FactsError> {
        let options = secret.mysql_options();
        Self::at(Target::Secret(secret), options, sql)
    }

    fn at(target: Target, options: MySqlOptions, sql: FactsSql) -> Result<Self, FactsError> {
        sql.validate_for(MAX_STATEMENT).map_err(error::bad_statement)?;
        let links = Links::new(target, options)?;
        let in_transactions =
            sql != FactsSql { ids_per_statement: sql.ids_per_statement, ..FactsSql::default() };
        Ok(MySqlFacts { links, sql, in_transactions, query_timeout: options.query_timeout })
    }

    /// Connects, unless a connection is open already.
    ///
    /// # Errors
    /// [`FactsError`] at stage connect, authenticate or timeout.
    pub async fn connect(&self) -> Result<(), FactsError> {
        drop(self.links.get().await?);
        Ok(())
    }

    /// Opens the two connections that a batch of the Lambda uses, unless they are open already.
    ///
    /// # Errors
    /// [`FactsError`] at stage connect, authenticate or timeout.
    pub async fn warm_up(&self) -> Result<(), FactsError> {
        if self.links.size() < 2 {
            return self.connect().await;
        }
        let (one, two) = tokio::try_join!(self.links.get(), self.links.get())?;
        drop((one, two));
        Ok(())
    }

    async fn fetch<T: Kept + Send>(
        &self,
        what: &str,
        statement: &str,
        read: Read<T>,
    ) -> Result<Vec<T>, FactsError> {
        self.run(statement, read).await.map_err(|failure| failure.on(what))
    }

    /// Runs a statement, and once more on a fresh connection when the connection turns out to be
    /// lost: after a failover, or when the server closed it while it was idle. Every statement
    /// reads only, so a repetition changes nothing.
    async fn run<T: Kept + Send>(&self, statement: &str, read: Read<T>) -> Result<Vec<T>, Failure> {
        let first = self.attempt(statement, read).await;
        match first {
            Err(failure) if failure.lost => {
                self.links.forget_idle();
                self.attempt(statement, read).await
            }
            settled => settled,
        }
    }

    async fn attempt<T: Kept + Send>(
        &self,
        statement: &str,
        read: Read<T>,
    ) -> Result<Vec<T>, Failure> {
        let mut link = self.links.get().await?;
        let connection = link.begin();
        let work = async {
            if !self.in_transactions {
                return fetch(connection, statement, read).await;
            }
            command(connection, "START TRANSACTION READ ONLY").await?;
            let rows = fetch(connection, statement, read).await?;
            command(connection, "COMMIT").await?;
            Ok(rows)
        };
        // The driver panics at some answers that are not of the protocol.
        let work = AssertUnwindSafe(work).catch_unwind();
        let rows = tokio::time::timeout(self.query_timeout, work).await;
        let rows = rows.map_err(|_| Failure::slow_query(self.query_timeout))?;
        let rows = rows.map_err(|_| Failure::not_mysql())?;
        if let Some(more) = link.too_much().filter(|_| rows.is_err()) {
            return Err(Failure::too_much(&more));
        }
        // A transaction that failed is still open: its connection is not used again.
        let reusable = !self.in_transactions || rows.is_ok();
        if reusable && rows.as_ref().err().is_none_or(|failure| !failure.lost && !failure.unread) {
            link.settled();
        }
        rows
    }
}

type Read<T> = fn(&MySqlRow) -> Result<T, sqlx::Error>;

async fn command(connection: &mut MySqlConnection, text: &'static str) -> Result<(), Failure> {
    let done = sqlx::raw_sql(text).execute(connection).await;
    done.map(|_| ()).map_err(|error| of_query(&error))
}

/// Reads rows one by one, so that a server that has no end of them does not fill the memory.
async fn fetch<T: Kept>(
    connection: &mut MySqlConnection,
    statement: &str,
    read: Read<T>,
) -> Result<Vec<T>, Failure> {
    // Safe: the template is configuration, and the lists hold validated literals only.
    let query = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
    let mut answer = query.fetch(connection);
    let mut rows = Rows::new();
    while let Some(row) = answer.try_next().await.map_err(|error| of_query(&error))? {
        let row = read(&row).map_err(|error| of_query(&error).leaving_rows())?;
        rows.push(row).map_err(|more| Failure::too_much(&more))?;
    }
    Ok(rows.into_vec())
}

impl Database for MySqlFacts {
    const QUOTING: Quoting = Quoting::All;

    const MAX_STATEMENT: usize = MAX_STATEMENT;

    fn sql(&self) -> &FactsSql {
        &self.sql
    }

    fn at_once(&self) -> usize {
        self.links.size()
    }

    async fn columns(
        &self,
        what: &'static str,
        statement: String,
    ) -> Result<Vec<Column>, FactsError> {
        let columns = |row: &MySqlRow| {
            let column = |column: &MySqlColumn| Column {
                name: column.name().to_owned(),
                kind: column.type_info().name().to_owned(),
            };
            Ok(row.columns().iter().map(column).collect::<Vec<_>>())
        };
        let rows = self.fetch(what, &never_empty(&statement), columns).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// MySQL manual, "EXPLAIN Output Format": type `ALL` with no possible key. A small table is
    /// read whole even where an index would serve it; then there is a possible key.
    async fn read_whole(
        &self,
        what: &'static str,
        statement: String,
    ) -> Result<Vec<String>, FactsError> {
        let whole = |row: &MySqlRow| {
            let text = |column: &str| row.try_get_unchecked::<Option<String>, _>(column);
            Ok(match (text("table")?, text("type")?, text("possible_keys")?) {
                (Some(table), Some(access), None) if access == "ALL" => Some(table),
                _ => None,
            })
        };
        let tables = self.fetch(what, &format!("EXPLAIN {statement}"), whole).await?;
        Ok(tables.into_iter().flatten().collect())
    }

    async fn rows(&self, what: &'static str, statement: String) -> Result<Vec<Row>, FactsError> {
        self.fetch(what, &statement, read).await
    }
}

fn read(row: &MySqlRow) -> Result<Row, sqlx::Error> {
    let mut cells = Row::default();
    for (column, cell) in cells.iter_mut().enumerate().take(row.len()) {
        *cell = id_at(row, column)?;
    }
    Ok(cells)
}

/// A cell as the id it stands for. Integers are read as numbers, so that `ZEROFILL` columns show
/// no leading zeros; everything else is the text that the server sends, kept exactly.
fn id_at(row: &MySqlRow, column: usize) -> Result<Option<Id>, sqlx::Error> {
    let value = row.try_get_raw(column)?;
    if value.is_null() {
        return Ok(None);
    }
    let (bits, integer) = {
        let info = value.type_info();
        let kind = info.name();
        let integer = ["BOOLEAN", "DECIMAL"].contains(&kind)
            || kind.trim_end_matches(" UNSIGNED").ends_with("INT");
        (kind == "BIT", integer)
    };
    if bits {
        let bytes: Vec<u8> = row.try_get_unchecked(column)?;
        // 64 bits at most.
        return Ok(Some(Id::from(bytes.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte)))));
    }
    // Borrowed: a cell may be as long as an answer.
    let text: &str = row.try_get_unchecked(column)?;
    if text.len() > LONGEST_ID {
        return Err(sqlx::Error::Protocol(format!("an id of {} bytes", text.len())));
    }
    if !integer {
        return Ok(Some(Id::from(text)));
    }
    if let Ok(number) = text.parse::<i64>() {
        return Ok(Some(Id::from(number)));
    }
    Ok(Some(text.parse::<i128>().map_or_else(|_| Id::from(text), Id::from)))
}
