//! Results of batches for destinations other than the table.

use super::super::write::BatchEntry;

/// Result of a batch for a queue or file.
#[derive(Debug)]
pub struct Handed {
    /// Entries, each with its result.
    pub entries: Vec<(BatchEntry, Handing)>,
    /// Reason why no further batch can succeed, if so.
    pub hopeless: Option<String>,
}

/// Result of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handing {
    /// Delivered.
    Done,
    /// Not delivered or unknown, with the reason.
    Failed(String),
    /// Not tried.
    Left,
}
