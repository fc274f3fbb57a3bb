//! Recorded causes: what ended each attempt at a message, by the function's log.
//!
//! [`read`] makes a line of the log data, [`Record`] joins the lines of one request, whatever order they
//! come in, [`Silence`] says why a message has no line, and [`Advice`] what that means for what to do.

mod advice;
mod line;
mod record;
mod silence;

pub use advice::{Advice, Ended, Look, RECENT_MS, Recorded, Use};
pub use line::{End, FunctionVersion, Line, Returned, read};
pub use record::{Attempt, Evidence, Record};
pub use silence::{Logs, Silence, Throttles, Unknown};

use serde::Serialize;

/// `message` of the line that names the messages of a batch before it is handled.
pub const BATCH_RECEIVED: &str = "batch received";
/// `message` of the line about a message that is returned for retry.
pub const MESSAGE_RETURNED: &str = "message returned";
/// `message` of the line about a batch that fails as a whole.
pub const BATCH_FAILED: &str = "batch failed whole";
/// `message` of the line of a function that cannot start.
pub const INIT_FAILED: &str = "init failed";

/// Cause of the end of one attempt at a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Cause {
    /// The function received the message and reported no failure of it.
    NoFailureReported,
    /// The batch was returned whole, for another reason than its messages.
    BatchFailed {
        /// Error of the function.
        error: Option<String>,
    },
    /// The function's process ended in the middle.
    Crashed {
        /// Error as the platform reports it.
        error: Option<String>,
    },
    /// The function was stopped at its timeout.
    FunctionTimeout,
    /// The function was killed because it used all of its memory.
    OutOfMemory,
    /// Returned for a reason that this version does not know.
    Other {
        /// The reason as logged.
        reason: String,
    },
    /// Returned because an earlier message of its FIFO group failed.
    BehindFailure,
    /// The type of the table's lists could not be read.
    NoLayout {
        /// Error of the read.
        error: Option<String>,
    },
    /// Lists could not be written, for another reason than capacity.
    NotWritten {
        /// Error of the write.
        error: Option<String>,
    },
    /// Writes were throttled until there was no time left.
    ThrottledWrites {
        /// AWS's reason and the ARN of the table or index, as far as DynamoDB said.
        by: Vec<String>,
    },
    /// Facts were unavailable.
    Facts {
        /// Stage: `connect`, `auth`, `query` or `timeout`.
        stage: String,
        /// Error of the lookup.
        error: Option<String>,
    },
    /// Some of its entries do not decode.
    BadEntries {
        /// Number of entries that do not decode.
        bad: u64,
        /// Number of entries that the table cannot hold.
        rejected: u64,
    },
    /// An item that the table cannot hold, or that DynamoDB refuses.
    RefusedItem {
        /// Error of the write.
        error: Option<String>,
    },
    /// Not a message of this pipeline.
    Foreign,
    /// It does not decode.
    Malformed {
        /// Position of the fault in the body.
        at: String,
    },
}

impl Cause {
    /// Returns the name used in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// Returns a description in which only what differs between messages is left out, so that equal ones
    /// can be counted.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Cause::NoFailureReported => "the function reported no failure".to_owned(),
            Cause::BatchFailed { .. } => "the batch failed as a whole".to_owned(),
            Cause::Crashed { .. } => "the function's process ended".to_owned(),
            Cause::FunctionTimeout => "the function timed out".to_owned(),
            Cause::OutOfMemory => "the function ran out of memory".to_owned(),
            Cause::Other { reason } => format!("returned: {reason}"),
            Cause::BehindFailure => "an earlier message of its group failed".to_owned(),
            Cause::NoLayout { .. } => "the table's lists could not be read".to_owned(),
            Cause::NotWritten { .. } => "not written".to_owned(),
            Cause::ThrottledWrites { by } => {
                let by: Vec<String> = by.iter().map(|by| resource(by)).collect();
                match by.is_empty() {
                    true => "throttled writes".to_owned(),
                    false => format!("throttled writes to {}", by.join(" and ")),
                }
            }
            Cause::Facts { stage, .. } => match stage.as_str() {
                "connect" => "facts database unreachable".to_owned(),
                "auth" => "facts database refused the login".to_owned(),
                "query" => "facts query failed".to_owned(),
                "timeout" => "facts database timed out".to_owned(),
                _ => "facts unavailable".to_owned(),
            },
            Cause::BadEntries { .. } => "some entries are bad".to_owned(),
            Cause::RefusedItem { .. } => "an item was refused".to_owned(),
            Cause::Foreign => "not a recommendation message".to_owned(),
            Cause::Malformed { .. } => "malformed body".to_owned(),
        }
    }

    /// Returns what the log says beyond [`Cause::words`]: an error, a position.
    #[must_use]
    pub fn detail(&self) -> Option<String> {
        match self {
            Cause::BatchFailed { error }
            | Cause::Crashed { error }
            | Cause::NoLayout { error }
            | Cause::NotWritten { error }
            | Cause::RefusedItem { error }
            | Cause::Facts { error, .. } => error.clone(),
            Cause::Malformed { at } => Some(format!("at {at}")),
            Cause::BadEntries { bad, rejected } => {
                Some(format!("{bad} that do not decode, {rejected} that the table cannot hold"))
            }
            Cause::ThrottledWrites { by } => {
                let reasons: Vec<&str> = by.iter().filter_map(|by| by.split(' ').next()).collect();
                (!reasons.is_empty()).then(|| reasons.join(", "))
            }
            _ => None,
        }
    }
}

/// Returns the table or index of a throttling reason, `REASON ARN`.
///
/// AWS: `ThrottlingReasons`; the ARN of an index is `.../table/NAME/index/NAME`.
fn resource(by: &str) -> String {
    let (reason, arn) = by.split_once(' ').unwrap_or((by, ""));
    let named = arn.split_once("table/").map(|(_, rest)| rest);
    match named.map(|named| named.split_once("/index/").ok_or(named)) {
        Some(Ok((table, index))) => format!("index {index} of table {table}"),
        Some(Err(table)) => format!("table {table}"),
        None if reason.starts_with("Index") => "an index".to_owned(),
        None => "the table".to_owned(),
    }
}

#[cfg(test)]
mod tests;
