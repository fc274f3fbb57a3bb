//! What became of a batch that did not go to the table.

use super::super::write::Entry;

/// A batch that was handed on.
#[derive(Debug)]
pub struct Handed {
    /// What was in it, each with what became of it.
    pub entries: Vec<(Entry, Handing)>,
    /// Why no further batch can fare better, when that is so.
    pub hopeless: Option<String>,
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handing {
    /// It arrived.
    Done,
    /// It did not, or nobody knows.
    Failed(String),
    /// It was not tried.
    Left,
}
