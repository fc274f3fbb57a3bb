//! Output format of results.

use clap::ValueEnum;

/// Output format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum OutputFormat {
    /// Human-readable tables and text
    #[default]
    Table,
    /// A single JSON document
    Json,
    /// JSON Lines: one document per message or row
    Jsonl,
}
