//! The digest of a snapshot's facts.

use reco_core::hex;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

/// All facts, in the order of their ids. What was taken when, and from where, is not among them.
const FACTS: [(&str, &str); 2] =
    [("id, active, reads, mutes", "people"), ("id, status, author_id", "articles")];

/// SHA-256 of the facts in a database, such as `main`: each cell by its kind, length and bytes.
pub(in crate::facts) fn digest(connection: &Connection, of: &str) -> rusqlite::Result<String> {
    let mut hash = Sha256::new();
    for (columns, table) in FACTS {
        let statement = format!("SELECT {columns} FROM {of}.{table} ORDER BY id");
        let mut statement = connection.prepare(&statement)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                match row.get_ref(column)? {
                    ValueRef::Null => add(&mut hash, b'n', &[]),
                    ValueRef::Integer(number) => add(&mut hash, b'i', &number.to_be_bytes()),
                    ValueRef::Real(number) => add(&mut hash, b'r', &number.to_be_bytes()),
                    ValueRef::Text(text) => add(&mut hash, b't', text),
                    ValueRef::Blob(bytes) => add(&mut hash, b'b', bytes),
                }
            }
        }
    }
    Ok(hex(&hash.finalize()))
}

fn add(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
