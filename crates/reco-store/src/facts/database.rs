//! Interface of the databases behind the facts.

use std::future::Future;

use reco_core::facts::{ArticleFacts, FactsError};
use reco_core::{Id, IdMap};

use super::ids::Quoting;
use super::sql::FactsSql;

/// Most rows of one answer: more than 5,000 users times 400 articles, and 100 MB.
pub(super) const MOST_ROWS: usize = 2_000_000;

/// Longest id that is read.
pub(super) const LONGEST_ID: usize = 4 << 10;

/// Most bytes of one answer's ids: of longer ids there are fewer.
pub(super) const MOST_BYTES: usize = 256 << 20;

/// The first columns of a row, nulls and columns that are not there as `None`. No statement of
/// ours reads more than three.
pub(super) type Row = [Option<Id>; 3];

/// What is read of a row, and kept until the answer is whole.
pub(super) trait Kept {
    /// Bytes that it takes beside its own.
    fn bytes(&self) -> usize;
}

impl Kept for Row {
    fn bytes(&self) -> usize {
        let text = |id: &Id| if let Id::Str(text) = id { text.len() } else { 0 };
        self.iter().flatten().map(text).sum()
    }
}

impl Kept for Vec<Column> {
    fn bytes(&self) -> usize {
        self.iter().map(|column| column.name.len() + column.kind.len()).sum()
    }
}

impl Kept for String {
    fn bytes(&self) -> usize {
        self.len()
    }
}

impl Kept for Option<String> {
    fn bytes(&self) -> usize {
        self.as_ref().map_or(0, String::len)
    }
}

/// The rows of an answer, as far as they came: no server fills the memory.
#[derive(Debug)]
pub(super) struct Rows<T> {
    rows: Vec<T>,
    bytes: usize,
    most: (usize, usize),
}

impl<T: Kept> Rows<T> {
    pub(super) fn new() -> Self {
        Rows::at_most(MOST_ROWS, MOST_BYTES)
    }

    fn at_most(rows: usize, bytes: usize) -> Self {
        Rows { rows: Vec::new(), bytes: 0, most: (rows, bytes) }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What there is too much of.
    pub(super) fn push(&mut self, row: T) -> Result<(), String> {
        let (rows, bytes) = self.most;
        self.bytes += row.bytes();
        if self.rows.len() >= rows {
            return Err(format!("more than {rows} rows"));
        }
        if self.bytes > bytes {
            return Err(format!("more than {} MiB", bytes >> 20));
        }
        self.rows.push(row);
        Ok(())
    }

    /// All of them.
    pub(super) fn into_vec(self) -> Vec<T> {
        self.rows
    }
}

/// Articles whose facts are known already and need not be asked for again.
pub type KnownArticles = IdMap<ArticleFacts>;

/// A database that runs plain-text statements.
pub(super) trait Database: Send + Sync {
    /// Quoting of ids.
    const QUOTING: Quoting;

    /// Bytes of a statement's text at most.
    const MAX_STATEMENT: usize;

    /// The statements to ask it with.
    fn sql(&self) -> &FactsSql;

    /// Statements that one batch may have in flight. Those that wait for a connection would count as
    /// waiting for the database.
    fn at_once(&self) -> usize {
        1
    }

    /// Runs one statement to its end. `what` names it in errors.
    fn rows(
        &self,
        what: &'static str,
        statement: String,
    ) -> impl Future<Output = Result<Vec<Row>, FactsError>> + Send;

    /// The condition that a key is of the form that a lookup asks for it in, where there are others.
    fn is_asked_as(_key: &str) -> Option<String> {
        None
    }

    /// As [`Database::rows`], for reading a whole table by so many keys, the first columns.
    ///
    /// # Errors
    /// Also if a key is of a kind that no lookup asks for, and that no page can start after.
    fn page(
        &self,
        what: &'static str,
        statement: String,
        _keys: usize,
    ) -> impl Future<Output = Result<Vec<Row>, FactsError>> + Send {
        self.rows(what, statement)
    }

    /// The columns that a statement answers with, even when it finds no row.
    fn columns(
        &self,
        what: &'static str,
        statement: String,
    ) -> impl Future<Output = Result<Vec<Column>, FactsError>> + Send;

    /// Tables that the statement would read from end to end.
    fn read_whole(
        &self,
        what: &'static str,
        statement: String,
    ) -> impl Future<Output = Result<Vec<String>, FactsError>> + Send;
}

/// A column of an answer.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Its name, or the expression.
    pub(super) name: String,
    /// Its type in the database's words; empty if it has none.
    pub(super) kind: String,
}

impl Column {
    fn is_any_of(&self, kinds: &[&str]) -> bool {
        kinds.iter().any(|kind| self.kind.contains(kind))
    }

    /// Returns whether it may be 0 or 1.
    pub(super) fn may_be_flag(&self) -> bool {
        !self.is_any_of(&["CHAR", "TEXT", "BLOB", "BINARY", "DATE", "TIME", "ENUM", "SET", "JSON"])
    }

    /// Returns whether a value compares with what is shown of it as with itself.
    pub(super) fn compares_exactly(&self) -> bool {
        !self.is_any_of(&["FLOAT", "DOUBLE"])
    }

    /// Returns whether its values are told apart exactly by their text.
    pub(super) fn may_be_id(&self) -> bool {
        !self.is_any_of(&["FLOAT", "DOUBLE", "REAL", "BLOB", "BINARY", "DATE", "TIME", "JSON"])
    }
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind.as_str() {
            "" => f.write_str(&self.name),
            kind => write!(f, "{} ({kind})", self.name),
        }
    }
}

/// Gives every statement at least one row, whose columns can then be looked at.
pub(super) fn never_empty(statement: &str) -> String {
    format!("SELECT t.* FROM (SELECT 1 AS one) AS x LEFT JOIN ({statement}) AS t ON 1 = 1 LIMIT 1")
}

/// A comparison with null is null: not active, not published.
pub(super) fn is_true(flag: Option<&Id>) -> bool {
    flag.and_then(Id::as_integer).is_some_and(|flag| flag != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_bounded_by_its_rows_and_by_its_bytes() {
        let row = |text: &str| [Some(Id::from(text)), None, Some(Id::from(7_u64))];
        let mut rows = Rows::at_most(3, 1 << 20);
        for _ in 0..3 {
            rows.push(row("a")).expect("it fits");
        }
        assert_eq!(rows.push(row("a")), Err("more than 3 rows".to_owned()));
        let mut rows = Rows::at_most(MOST_ROWS, 1 << 20);
        let long = "x".repeat(LONGEST_ID);
        for _ in 0..256 {
            rows.push(row(&long)).expect("it fits");
        }
        assert_eq!(rows.push(row("a")), Err("more than 1 MiB".to_owned()));
        assert_eq!(rows.into_vec().len(), 256);
        // What the bounds come to together.
        assert!(MOST_ROWS * size_of::<Row>() + MOST_BYTES < 512 << 20);
    }
}
