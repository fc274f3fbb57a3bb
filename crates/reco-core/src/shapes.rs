//! Shapes that only files have: what DynamoDB exports, and what Amazon Personalize infers.
//!
//! A queue message is never read so: for the Lambda such a body stays foreign.

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
    /// An item of another kind, of a table that is shared.
    Other,
    /// The removal of a user's item: a change record of an incremental export.
    Deletion(Deletion),
}

/// Reason why a line of another shape cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// It is of the shape, and wrong.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// Whoever wrote it reports that it failed for this user.
    #[error("{service} reports an error for this entry: {error}")]
    Reported {
        /// Author.
        service: &'static str,
        /// Content.
        error: String,
    },
}

/// Reads a line that [`crate::decode::decode`] takes for foreign; `None` when it is of no known
/// shape. Items are read by the attribute names of `schema`.
///
/// # Errors
/// [`ShapeError`] when the line is of a known shape and cannot be used.
pub fn read(text: &str, schema: &Schema) -> Option<Result<Shaped, ShapeError>> {
    if let Some(line) = dynamodb::line(text) {
        return Some(line.read(text, schema).map_err(ShapeError::from));
    }
    personalize::line(text).map(|line| line.read(text).map(Shaped::Decoded))
}

fn malformed(text: &str, reason: impl Into<String>) -> DecodeError {
    DecodeError::Malformed { position: Position::at(text, 0), reason: reason.into() }
}
