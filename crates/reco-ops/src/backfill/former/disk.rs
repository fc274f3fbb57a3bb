//! Index on disk that goes with the process: an SQLite file without a name.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::error::{Error, Result};

/// Bytes of the file that SQLite keeps in memory, in KiB as `cache_size` takes them.
const CACHE_KIB: i64 = 16 * 1024;

/// SQLite file in the system's temporary directory. Only its owner can open it, and on Unix it has no
/// name, so that it disappears however the process ends.
#[derive(Debug)]
pub(super) struct Disk {
    connection: Mutex<Connection>,
    /// Keeps the name until the end where a file cannot be open without one.
    _named: Option<tempfile::NamedTempFile>,
}

impl Disk {
    /// Creates an empty index with these tables.
    ///
    /// # Errors
    /// Fails if the file cannot be created.
    pub fn create(tables: &str) -> Result<Self> {
        let file = tempfile::Builder::new().prefix("recoctl-").tempfile().map_err(|error| {
            Error::input("cannot create a temporary file")
                .because(&error)
                .hint("set TMPDIR to a writable directory")
        })?;
        let open = || -> rusqlite::Result<Connection> {
            let connection = Connection::open(file.path())?;
            // Nothing of it is needed after a crash.
            connection.pragma_update(None, "journal_mode", "OFF")?;
            connection.pragma_update(None, "synchronous", "OFF")?;
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
            connection.execute_batch(tables)?;
            connection.execute_batch("BEGIN")?;
            Ok(connection)
        };
        let connection = Mutex::new(open().map_err(|error| failed(&error))?);
        let named = if cfg!(unix) {
            file.close()
                .map_err(|error| Error::input("cannot unlink a temporary file").because(&error))?;
            None
        } else {
            Some(file)
        };
        Ok(Disk { connection, _named: named })
    }

    /// Works with the connection.
    ///
    /// # Errors
    /// Fails if the disk is full or fails.
    pub fn with<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        work(&self.lock()).map_err(|error| failed(&error))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed(error: &rusqlite::Error) -> Error {
    Error::input("cannot use the temporary index")
        .because(error)
        .hint("free disk space, or set TMPDIR to a directory on another disk")
}
