//! What a snapshot says of itself.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

/// The form of the snapshots that are written now. 1 had tables of pairs, and did not say so.
pub(in crate::facts) const SNAPSHOT_FORMAT: i64 = 2;

/// A snapshot, as far as it tells.
#[derive(Debug)]
pub(in crate::facts) struct Taken {
    /// When, in seconds since the epoch; 0 if it does not say so, and so is not complete.
    pub(super) at: i64,
    format: i64,
}

/// Bytes that are missing at the end of a file, as far as its header tells: SQLite itself only says
/// that it is malformed. SQLite: "Database File Format", The Database Header.
pub(super) fn missing(path: &Path) -> u64 {
    let mut header = [0; 100];
    let read = File::open(path).and_then(|mut file| {
        file.read_exact(&mut header)?;
        Ok(file.metadata()?.len())
    });
    let Ok(bytes) = read else { return 0 };
    let word = |at: usize| {
        u64::from_be_bytes([0, 0, 0, 0, header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let page = match u64::from(u16::from_be_bytes([header[16], header[17]])) {
        1 => 65_536,
        size => size,
    };
    // The number of pages counts only where it is as new as the last change.
    let counts = header.starts_with(b"SQLite format 3\0") && word(24) == word(92);
    if counts { (word(28) * page).saturating_sub(bytes) } else { 0 }
}

/// Looks at a file; `None` if it is no snapshot. A table of somebody else may have that name.
pub(in crate::facts) fn look(connection: &Connection) -> rusqlite::Result<Option<Taken>> {
    let columns = "SELECT coalesce(sum(name = 'taken_at'), 0), coalesce(sum(name = 'format'), 0) \
                   FROM pragma_table_info('snapshot')";
    let columns: (i64, i64) =
        connection.query_row(columns, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let statement = match columns {
        (0, _) => return Ok(None),
        (_, 0) => "SELECT taken_at, 1 FROM snapshot",
        (_, _) => "SELECT taken_at, format FROM snapshot",
    };
    let said = connection.query_row(statement, [], |row| Ok((row.get(0)?, row.get(1)?)));
    let (at, format) = said.optional()?.unwrap_or((0, SNAPSHOT_FORMAT));
    Ok(Some(Taken { at, format }))
}

impl Taken {
    /// Itself, or why its facts are not to be used.
    pub(super) fn usable(self) -> Result<Self, String> {
        let again = "take it again with `recoctl facts snapshot`";
        if self.at == 0 {
            return Err(format!("the snapshot is not complete; {again}"));
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
