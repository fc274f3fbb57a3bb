//! An environment that the function cannot start with.

use reco_core::facts::FactsError;
use reco_store::lists::ListsError;
use reco_store::table::TableError;

/// Configuration error of a variable.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A variable that has no default is missing.
    #[error("environment variable {name} is not set; {hint}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// Hint on the expected value.
        hint: &'static str,
    },
    /// A number that is none.
    #[error("environment variable {name} is {value:?}; expected a whole number of {unit}")]
    NotANumber {
        /// The variable.
        name: &'static str,
        /// Current value.
        value: String,
        /// Counted unit.
        unit: &'static str,
    },
    /// A file that a variable names cannot be read.
    #[error("file {path:?} (from {name}) cannot be read: {reason}")]
    File {
        /// The variable.
        name: &'static str,
        /// The path.
        path: String,
        /// Reason.
        reason: std::io::Error,
    },
    /// TOML that is not valid, inline or in a file.
    #[error("{name}: {reason}")]
    Toml {
        /// The variable.
        name: &'static str,
        /// Description of the fault, with line and column.
        reason: String,
    },
    /// The policy is another than the deployer meant.
    #[error(
        "{name} is {meant}, but the policy's fingerprint is {actual}; `recoctl config show` prints the fingerprint of a policy; deploy both together"
    )]
    OtherPolicy {
        /// The variable.
        name: &'static str,
        /// The fingerprint that was given.
        meant: String,
        /// The policy's own.
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
