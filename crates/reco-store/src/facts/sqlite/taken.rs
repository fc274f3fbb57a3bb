//! What a snapshot says of itself.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

/// The form of the snapshots that are written now. 1 had tables of pairs, and did not say so.
pub(in crate::facts) const SNAPSHOT_FORMAT: i64 = 2;

/// A snapshot, as far as it tells.
#[derive(Debug)]
pub(super) struct Taken {
    /// When, in seconds since the epoch; 0 if it does not say so, and so is not complete.
    pub(super) at: i64,
    format: i64,
    /// Bytes that are missing at its end.
    missing: u64,
}

/// Looks at a file; `None` if it is no snapshot.
pub(super) fn look(connection: &Connection, path: &Path) -> rusqlite::Result<Option<Taken>> {
    let columns =
        "SELECT count(*) FROM pragma_table_info('snapshot') WHERE name IN ('taken_at', 'format')";
    let columns: i64 = connection.query_row(columns, [], |row| row.get(0))?;
    let statement = match columns {
        0 => return Ok(None),
        1 => "SELECT taken_at, 1 FROM snapshot",
        _ => "SELECT taken_at, format FROM snapshot",
    };
    let said = connection.query_row(statement, [], |row| Ok((row.get(0)?, row.get(1)?)));
    let (at, format) = said.optional()?.unwrap_or((0, SNAPSHOT_FORMAT));
    let pages: u64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    let size: u64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    // What cannot be looked at is not found to be cut off.
    let bytes = std::fs::metadata(path).map_or(u64::MAX, |data| data.len());
    Ok(Some(Taken { at, format, missing: (pages * size).saturating_sub(bytes) }))
}

impl Taken {
    /// Itself, or why its facts are not to be used.
    pub(super) fn usable(self) -> Result<Self, String> {
        let again = "take it again with `recoctl facts snapshot`";
        if self.at == 0 {
            return Err(format!("the snapshot is not complete; {again}"));
        }
        if self.missing > 0 {
            return Err(format!(
                "the snapshot is cut off: {} bytes are missing at its end; copy it again",
                self.missing
            ));
        }
        if self.format > SNAPSHOT_FORMAT {
            return Err(format!(
                "the snapshot is of form {}, and this recoctl reads up to {SNAPSHOT_FORMAT}; use the \
                 recoctl that took it, or {again}",
                self.format
            ));
        }
        Ok(self)
    }

    /// Returns whether all facts of a user are in one row.
    pub(super) fn has_rows(&self) -> bool {
        self.format == SNAPSHOT_FORMAT
    }
}
