//! How results are written.

use clap::ValueEnum;

/// How results are written to stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum OutputFormat {
    /// For people: tables and sentences.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// One JSON document a line: a line a message or row.
    Jsonl,
}
