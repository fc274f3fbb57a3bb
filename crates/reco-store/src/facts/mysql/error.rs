//! Database errors, classified by what the operator checks first.

use std::time::Duration;

use reco_core::facts::{FactsError, FactsStage};
use sqlx::mysql::MySqlDatabaseError;

/// A failure before it is known which statement it belongs to.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    stage: FactsStage,
    reason: String,
    /// True if the connection is gone, so that a fresh one may do better.
    pub(super) lost: bool,
    /// True if rows of an answer are left on the wire.
    pub(super) unread: bool,
}

impl Failure {
    pub(super) fn new(stage: FactsStage, reason: impl Into<String>) -> Self {
        Failure { stage, reason: reason.into(), lost: false, unread: false }
    }

    pub(super) fn slow_query(after: Duration) -> Self {
        let reason = format!(
            "no response to a statement within {} ms; check the indexes of its table and the load on the database, or raise query-timeout-ms",
            after.as_millis()
        );
        Failure::new(FactsStage::Timeout, reason)
    }

    /// The driver could not go on with what the server sent.
    pub(super) fn not_mysql() -> Self {
        Failure::new(FactsStage::Connect, "the server's answer is not of the MySQL protocol")
    }

    pub(super) fn too_much(more: &str) -> Self {
        let reason = format!(
            "a statement returned {more}; it must select by the ids that it is \
             given, or ids_per_statement must be smaller"
        );
        Failure::new(FactsStage::Query, reason).leaving_rows()
    }

    /// The failure, with rows that were not read.
    pub(super) fn leaving_rows(self) -> Self {
        Failure { unread: true, ..self }
    }

    pub(super) fn slow_connect(after: Duration) -> Self {
        let reason = format!(
            "no connection within {} ms; check host, port, security group and subnet, or raise \
             connect-timeout-ms",
            after.as_millis()
        );
        Failure::new(FactsStage::Timeout, reason)
    }

    pub(super) fn all_busy(pool_size: usize, after: Duration) -> Self {
        let reason = format!(
            "all connections ({pool_size}) were busy for {} ms; raise pool-size or wait-timeout-ms",
            after.as_millis()
        );
        Failure::new(FactsStage::Timeout, reason)
    }

    /// The error, naming the facts that were asked for.
    pub(super) fn on(self, what: &str) -> FactsError {
        FactsError { stage: self.stage, reason: format!("{what}: {}", self.reason) }
    }
}

impl From<Failure> for FactsError {
    fn from(failure: Failure) -> Self {
        FactsError { stage: failure.stage, reason: failure.reason }
    }
}

pub(super) fn bad_statement(reason: String) -> FactsError {
    FactsError { stage: FactsStage::Query, reason }
}

/// Sorts an error of connecting.
pub(super) fn of_connect(error: &sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Database(error) => of_server(error.as_ref()),
        // The driver says so when it would have to send the password over an open connection.
        sqlx::Error::Configuration(reason) if reason.to_string().contains("RSA") => Failure::new(
            FactsStage::Auth,
            "the server asks for the password in clear text, which requires TLS; set ssl-mode to verify-full",
        ),
        sqlx::Error::Tls(reason) => Failure::new(FactsStage::Connect, tls(&reason.to_string())),
        sqlx::Error::Io(error) if error.to_string().contains("certificate") => {
            Failure::new(FactsStage::Connect, tls(&error.to_string()))
        }
        sqlx::Error::Io(error) => Failure::new(FactsStage::Connect, error.to_string()),
        other => Failure::new(FactsStage::Connect, other.to_string()),
    }
}

fn tls(reason: &str) -> String {
    format!(
        "TLS: {reason}; RDS certificates are signed by an AWS CA: download its bundle and set ssl-ca=FILE (not needed for RDS Proxy)"
    )
}

/// Sorts an error of a statement.
pub(super) fn of_query(error: &sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Database(error) => of_server(error.as_ref()),
        sqlx::Error::Io(error) => lost(format!("the connection was lost: {error}")),
        sqlx::Error::Protocol(reason) => lost(format!("the connection is out of step: {reason}")),
        sqlx::Error::ColumnDecode { index, source } => Failure::new(
            FactsStage::Query,
            format!(
                "column {index} is not readable as text ({source}); select it as text, as with \
                 HEX() or BIN_TO_UUID()"
            ),
        ),
        other => Failure::new(FactsStage::Query, other.to_string()),
    }
}

fn lost(reason: String) -> Failure {
    Failure { stage: FactsStage::Connect, reason, lost: true, unread: false }
}

fn of_server(error: &dyn sqlx::error::DatabaseError) -> Failure {
    let number = error.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number);
    let number = number.unwrap_or_default();
    let (stage, gone) = sort(number);
    Failure {
        stage,
        reason: format!("{} (error {number})", error.message()),
        lost: gone,
        unread: false,
    }
}

/// MySQL: "Server Error Message Reference"; MariaDB: "MariaDB Error Code Reference".
fn sort(number: u16) -> (FactsStage, bool) {
    match number {
        // Server shutdown, connection killed (MariaDB), closed for inactivity (MySQL).
        1053 | 1927 | 4031 => (FactsStage::Connect, true),
        // Too many connections, unknown database, host refused or blocked, a user's limit.
        1040 | 1049 | 1129 | 1130 | 1203 | 1226 => (FactsStage::Connect, false),
        // Access denied: to the server, to the database, to a table, to a column, to a statement.
        1044 | 1045 | 1142 | 1143 | 1227 | 1251 | 1370 | 1698 | 1820 => (FactsStage::Auth, false),
        // Lock wait, and the statement's time limit (MariaDB, MySQL).
        1205 | 1969 | 3024 => (FactsStage::Timeout, false),
        _ => (FactsStage::Query, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_sorted_by_what_to_check() {
        let cases = [
            (1045, FactsStage::Auth, false),
            (1142, FactsStage::Auth, false),
            (1049, FactsStage::Connect, false),
            (1927, FactsStage::Connect, true),
            (1146, FactsStage::Query, false),
            (1054, FactsStage::Query, false),
            (1969, FactsStage::Timeout, false),
        ];
        for (number, stage, lost) in cases {
            assert_eq!(sort(number), (stage, lost), "{number}");
        }
    }

    #[test]
    fn only_a_broken_connection_is_worth_a_fresh_one() {
        let broken = sqlx::Error::Io(std::io::ErrorKind::UnexpectedEof.into());
        assert!(of_query(&broken).lost);
        assert!(!of_query(&sqlx::Error::RowNotFound).lost);
        assert!(!Failure::slow_query(Duration::from_secs(1)).lost);
    }
}
