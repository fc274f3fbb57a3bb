//! Connections to one file, each used on a thread that may wait for the disk.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reco_core::facts::{FactsError, FactsStage};
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, InterruptHandle, OpenFlags};

use super::value::NoId;

/// Time that a connection waits for a writer to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Maximum size of a value or row, in bytes: as much as an answer of MySQL may have. SQLite itself
/// allows 1 GB, and a view can make one out of nothing. SQLite: "Limits In SQLite".
pub(in crate::facts) const LONGEST_VALUE: i32 = 64 << 20;

/// Memory for pages of the file that each connection keeps, in KiB. Users come at random, so what is
/// worth keeping are the pages that lead to them: those of 100,000 users take 2 MB.
const CACHE_KIB: i64 = 8 << 10;

/// Connections to one file.
#[derive(Debug)]
pub(super) struct Connections {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

/// Reason why work on a connection failed.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(super) enum Failure {
    Sqlite(#[from] rusqlite::Error),
    Facts(#[from] FactsError),
}

/// Ends a statement whose answer nobody waits for any more.
struct Interrupt(Option<InterruptHandle>);

impl Drop for Interrupt {
    fn drop(&mut self) {
        if let Some(handle) = &self.0 {
            handle.interrupt();
        }
    }
}

impl Connections {
    pub(super) fn new(path: &Path) -> Self {
        // A name that starts with a directory is never `:memory:`, nor anything else but a name.
        Connections { path: Path::new(".").join(path), idle: Mutex::default() }
    }

    /// Runs `work` on a connection of its own. `what` names it in errors.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        what: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, FactsError> {
        let (connection, is_new) = self.take().map_err(|error| failed(what, &error))?;
        let mut interrupt = Interrupt(Some(connection.get_interrupt_handle()));
        let done = tokio::task::spawn_blocking(move || {
            // One look at the file's locks for all statements, and one state of it.
            let done = || {
                if is_new {
                    set_up(&connection)?;
                }
                let open = connection.unchecked_transaction()?;
                let done = work(&connection)?;
                open.finish()?;
                Ok(done)
            };
            (done(), connection)
        });
        let (done, connection) = done.await.map_err(|error| FactsError {
            stage: FactsStage::Query,
            reason: format!("{what}: {error}"),
        })?;
        interrupt.0 = None;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        done.map_err(|failure| match failure {
            Failure::Sqlite(error) => failed(what, &error),
            Failure::Facts(error) => error,
        })
    }

    /// Returns an idle connection, or a new one that is not set up yet.
    fn take(&self) -> rusqlite::Result<(Connection, bool)> {
        if let Some(idle) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return Ok((idle, false));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok((Connection::open_with_flags(&self.path, flags)?, true))
    }
}

/// Sets up a new connection. A pragma reads the schema, and may wait for whoever has locked the file.
fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)
}

/// Sorts an error by the stage it belongs to. SQLite: "Result and Error Codes".
pub(super) fn failed(what: &str, error: &rusqlite::Error) -> FactsError {
    use ErrorCode as Code;
    let stage = match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked | Code::OperationInterrupted) => {
            FactsStage::Timeout
        }
        Some(Code::PermissionDenied | Code::AuthorizationForStatementDenied) => FactsStage::Auth,
        Some(Code::CannotOpen | Code::NotADatabase) => FactsStage::Connect,
        _ => FactsStage::Query,
    };
    FactsError { stage, reason: format!("{what}: {}", explain(error)) }
}

fn explain(error: &rusqlite::Error) -> String {
    match error {
        // Without the statement, which may hold users' ids.
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        rusqlite::Error::FromSqlConversionFailure(_, _, error) if error.is::<NoId>() => {
            error.to_string()
        }
        other => other.to_string(),
    }
}
