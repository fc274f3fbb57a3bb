//! Shapes that only files have: DynamoDB exports and Amazon Personalize output.
//!
//! Queue messages are never read this way: to the Lambda, such a body is foreign.

mod ambiguity;
mod dynamodb;
mod personalize;

pub use self::ambiguity::check_one;
use crate::decode::{DecodeError, Decoded, Deletion, Position};
use crate::item::Schema;

/// Content of a line in another format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shaped {
    /// Recommendations.
    Decoded(Decoded),
    /// An item of another kind in a shared table.
    Other,
    /// Deletion of a user's item, from a change record of an incremental export.
    Deletion(Deletion),
}

/// Reason why a line in another format cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// The line has a known shape and a fault.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The service reports an error for this user.
    #[error("{service} reports an error for this entry: {error}")]
    Reported {
        /// Service that wrote the line.
        service: &'static str,
        /// Error text of the service.
        error: String,
    },
}

/// Reads a line that [`crate::decode::decode`] reports as foreign. Returns `None` if its shape is
/// unknown. Items are read by the attribute names of `schema`.
///
/// # Errors
/// [`ShapeError`] if the line has a known shape and cannot be used.
pub fn read(text: &str, schema: &Schema) -> Option<Result<Shaped, ShapeError>> {
    if let Some(line) = dynamodb::line(text) {
        return Some(line.read(text, schema).map_err(ShapeError::from));
    }
    personalize::line(text).map(|line| line.read(text).map(Shaped::Decoded))
}

fn malformed(text: &str, reason: impl Into<String>) -> DecodeError {
    DecodeError::Malformed { position: Position::at(text, 0), reason: reason.into() }
}
