//! Decodes message bodies and file lines into recommendations.
//!
//! Three shapes are distinguished by their content, never by configuration:
//!
//! | shape | looks like |
//! |---|---|
//! | queue message | `{"data": [[user, [id, ...]], ...]}`, optionally with `generated_at` |
//! | pair | `[user, [id, ...]]` |
//! | item | `{"user_id": ..., "recommended_note_ids": [...]}`, optionally with `generated_at` |
//!
//! Envelopes that other services wrap around a queue message are recognised and named (see
//! [`crate::decode::Envelope`]). One bad entry never hides the good ones beside it.

mod deletion;
mod describe;
mod entry;
mod envelope;
mod fault;
mod ids;
mod pointer;
mod position;
mod strip;
mod users;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::Recommendation;
pub use deletion::{Deletion, deletion};
pub use position::Position;
pub(crate) use position::{reason_in_line, reason_of};
pub use strip::{StripError, Stripped, strip};
pub use users::{Users, users};

/// Layout of the recommendations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// `{"data": [[user, [id, ...]], ...]}`.
    QueueMessage,
    /// `[user, [id, ...]]`.
    Pair,
    /// `{"user_id": ..., "recommended_note_ids": [...]}`.
    Item,
}

/// Envelope that another service puts around a queue message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Envelope {
    /// An SNS notification: the message is the string `Message`.
    Sns,
    /// An EventBridge event: the message is the object `detail`.
    EventBridge,
    /// A Lambda on-failure destination record: the message is `requestPayload`.
    LambdaDestination,
    /// An SQS event (inside a Lambda destination record): the messages are `Records[].body`.
    SqsEvent,
}

/// A decoded entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its index in `data`, from 0 (always 0 for a pair or an item).
    pub index: usize,
    /// User, articles and generation time.
    pub recommendation: Recommendation,
}

/// An entry that did not decode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {index} at {position}: {reason}")]
pub struct BadEntry {
    /// Its index in `data`, from 0.
    pub index: usize,
    /// Position of the fault in the innermost text (the body without its envelopes).
    pub position: Position,
    /// Description of the fault.
    pub reason: String,
    /// The entry's original text, so that nothing is lost when it is rejected.
    pub text: String,
    /// The message's `generated_at`, exactly as written.
    pub time: Option<String>,
}

impl BadEntry {
    /// Returns the entry as a text of its own, with the message's `generated_at` if it has one.
    #[must_use]
    pub fn alone(&self) -> String {
        match &self.time {
            None => self.text.clone(),
            Some(time) => format!(r#"{{"data":[{}],"generated_at":{time}}}"#, self.text),
        }
    }
}

/// A recommendation message or line, with its good and bad entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Shape of the text.
    pub shape: Shape,
    /// Envelopes around it, outermost first.
    pub envelopes: Vec<Envelope>,
    /// The good entries, in order.
    pub entries: Vec<Entry>,
    /// The bad entries, in order.
    pub bad: Vec<BadEntry>,
}

/// A body or line that is not a recommendation message, or is broken as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not JSON, truncated, or a known shape with the wrong types.
    #[error("malformed at {position}: {reason}")]
    Malformed {
        /// Position of the fault in the innermost text (the body without its envelopes).
        position: Position,
        /// Description of the fault.
        reason: String,
    },
    /// Valid JSON of an unknown shape.
    #[error("not a recommendation message: {reason}")]
    Foreign {
        /// Description of the object found.
        reason: String,
    },
}

/// Decodes a message body or a line's text.
///
/// # Errors
/// [`DecodeError`] if nothing in it can be read as recommendations. Faults of single entries are in
/// [`Decoded::bad`] instead.
pub fn decode(text: &str) -> Result<Decoded, DecodeError> {
    envelope::decode_nested(text, 0)
}

/// Decodes a line of bytes, which need not be UTF-8.
///
/// # Errors
/// As [`decode`]; bytes that are not UTF-8 are malformed, with the offset of the first bad byte.
pub fn decode_bytes(line: &[u8]) -> Result<Decoded, DecodeError> {
    let text = std::str::from_utf8(line).map_err(|error| DecodeError::Malformed {
        position: Position::at(&String::from_utf8_lossy(line), error.valid_up_to()),
        reason: "not UTF-8".to_owned(),
    })?;
    decode(text)
}

/// Keys that identify an object's shape or envelope. Others are ignored, so that producers may add
/// fields.
#[derive(Deserialize)]
struct Top<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    data: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    user_id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    recommended_note_ids: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    generated_at: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    delete: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Type", deserialize_with = "present")]
    sns_type: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Message", deserialize_with = "present")]
    sns_message: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "detail-type", deserialize_with = "present")]
    detail_type: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    detail: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "requestPayload", deserialize_with = "present")]
    request_payload: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "Records", deserialize_with = "present")]
    records: Option<&'a RawValue>,
}

/// Distinguishes `null` from absent: `{"data": null}` is malformed, not foreign.
pub(crate) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

fn malformed(text: &str, offset: usize, reason: impl Into<String>) -> DecodeError {
    DecodeError::Malformed { position: Position::at(text, offset), reason: reason.into() }
}

fn syntax(text: &str, error: &serde_json::Error) -> DecodeError {
    malformed(text, position::offset_of(text, error), reason_of(error))
}

/// Returns the offset of a text's first value, after JSON white space.
fn start_of_value(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

/// Returns the offset of `part` in `whole`. `RawValue`s borrow from the text they were read from,
/// so the difference of the two addresses is the offset.
fn offset_in(whole: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize).min(whole.len())
}
