//! Ids as SQLite has them.

use std::borrow::Cow;

use reco_core::Id;
use rusqlite::types::{ToSql, ToSqlOutput, Type, Value, ValueRef};
use rusqlite::{Error, Result};

use crate::facts::database::Row;

/// An id as a parameter: an integer within 64 bits as one, everything else as text, as the id is
/// written in a statement.
pub(in crate::facts) struct Key<'a>(pub(in crate::facts) &'a Id);

impl ToSql for Key<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        if let Id::Int(number) = self.0 {
            return Ok(ToSqlOutput::from(*number));
        }
        Ok(match (self.0.as_integer().map(i64::try_from), self.0.text()) {
            (Some(Ok(number)), _) => ToSqlOutput::from(number),
            (_, Cow::Borrowed(text)) => ToSqlOutput::from(text),
            (_, Cow::Owned(text)) => ToSqlOutput::Owned(Value::Text(text)),
        })
    }
}

/// The first columns of a row.
pub(super) fn row(row: &rusqlite::Row<'_>) -> Result<Row> {
    let mut cells = Row::default();
    let count = row.as_ref().column_count();
    for (column, cell) in cells.iter_mut().enumerate().take(count) {
        *cell = id_at(row, column)?;
    }
    Ok(cells)
}

/// A key that is no id: its column, and what it is.
#[derive(Debug, thiserror::Error)]
#[error("{column} {cell} is stored as {kind}, and ids are integers or texts")]
pub(super) struct NoId {
    column: String,
    cell: String,
    kind: &'static str,
}

/// The first columns of a row, of which so many are its key.
///
/// # Errors
/// [`NoId`] for a key that no lookup finds: a page that ends with it has no place to go on from.
pub(super) fn keyed<const KEYS: usize>(row: &rusqlite::Row<'_>) -> Result<Row> {
    for column in 0..KEYS {
        let (cell, kind) = match row.get_ref(column)? {
            ValueRef::Real(number) => (format!("{number:?}"), "REAL"),
            ValueRef::Blob(bytes) => {
                let hex = bytes.iter().take(64).map(|byte| format!("{byte:02x}"));
                (format!("x'{}'", hex.collect::<String>()), "BLOB")
            }
            _ => continue,
        };
        let name = row.as_ref().column_name(column)?.to_owned();
        let error = Box::new(NoId { column: name, cell, kind });
        let kind = row.get_ref(column)?.data_type();
        return Err(Error::FromSqlConversionFailure(column, kind, error));
    }
    self::row(row)
}

/// A cell as the id it stands for.
pub(super) fn id_at(row: &rusqlite::Row<'_>, column: usize) -> Result<Option<Id>> {
    let text = |text: &[u8], kind| match std::str::from_utf8(text) {
        Ok(text) => Ok(Some(Id::from(text))),
        Err(error) => Err(Error::FromSqlConversionFailure(column, kind, Box::new(error))),
    };
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(number) => Ok(Some(Id::from(number))),
        // No id is asked for by such a number's text, but a row with one is no failure.
        ValueRef::Real(number) => Ok(Some(Id::from(format!("{number:?}").as_str()))),
        ValueRef::Text(bytes) => text(bytes, Type::Text),
        ValueRef::Blob(bytes) => text(bytes, Type::Blob),
    }
}
