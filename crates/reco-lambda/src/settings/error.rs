//! Configuration errors that keep the function from starting.

use reco_core::facts::FactsError;
use reco_store::lists::ListsError;
use reco_store::table::TableError;

/// Configuration error of the function.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A required variable is missing.
    #[error("environment variable {name} is not set; {hint}")]
    Missing {
        /// Variable name.
        name: &'static str,
        /// Hint on the expected value.
        hint: &'static str,
    },
    /// The value is not a number.
    #[error("environment variable {name} is {value:?}; expected a whole number of {unit}")]
    NotANumber {
        /// Variable name.
        name: &'static str,
        /// Value of the variable.
        value: String,
        /// Expected unit.
        unit: &'static str,
    },
    /// The file that a variable names cannot be read.
    #[error("file {path:?} (from {name}) cannot be read: {reason}")]
    File {
        /// Variable name.
        name: &'static str,
        /// Path of the file.
        path: String,
        /// The I/O error.
        reason: std::io::Error,
    },
    /// Invalid TOML, inline or in a file.
    #[error("{name}: {reason}")]
    Toml {
        /// Variable name.
        name: &'static str,
        /// Description of the fault, with line and column.
        reason: String,
    },
    /// The policy does not have the expected fingerprint.
    #[error(
        "{name} is {meant}, but the policy's fingerprint is {actual}; `recoctl config show` prints the fingerprint of a policy; deploy both together"
    )]
    OtherPolicy {
        /// Variable name.
        name: &'static str,
        /// The expected fingerprint.
        meant: String,
        /// The policy's actual fingerprint.
        actual: String,
    },
    /// The facts source cannot be opened.
    #[error("RECO_FACTS: {0}")]
    Facts(#[from] FactsError),
    /// The table cannot be used.
    #[error("RECO_TABLE: {0}")]
    Table(#[from] TableError),
    /// DynamoDB did not answer while there was time to start.
    #[error(
        "RECO_TABLE: no response from DynamoDB about table {table:?} within {seconds} s; in a VPC, its subnets need a gateway endpoint for DynamoDB, and the function's security group has to let it out to DynamoDB's prefix list"
    )]
    TableSilent {
        /// The table.
        table: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The table's lists are none that could be written to.
    #[error("RECO_TABLE: {0}")]
    Lists(#[from] ListsError),
}
