//! Results of batches that do not go to the table.

use super::super::write::Entry;

/// A batch that was handed on.
#[derive(Debug)]
pub struct Handed {
    /// Entries, each with its result.
    pub entries: Vec<(Entry, Handing)>,
    /// Reason why no further batch can fare better, when that is so.
    pub hopeless: Option<String>,
}

/// Result of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handing {
    /// It arrived.
    Done,
    /// It did not, or the outcome is unknown.
    Failed(String),
    /// It was not tried.
    Left,
}
