//! Classified message, as used by reports and selections.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reco_core::Id;
use reco_core::classify::Classification;
use reco_core::message::{Attribute, AttributeValue, Message, forbidden_character};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::dlq::journal::Redriven;
use crate::jq::is_json;

/// Classified message of the DLQ. A hundred thousand may be held at once, so rare fields are boxed
/// and common values are shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Message id in the DLQ.
    pub message_id: String,
    /// Class with its reasons and figures.
    #[serde(flatten)]
    pub verdict: Classification,
    /// Time it was first sent, milliseconds since the epoch.
    pub sent_at_ms: Option<i64>,
    /// Seconds since it was first sent.
    pub age_s: Option<i64>,
    /// Seconds until retention deletes it.
    pub time_left_s: Option<i64>,
    /// Number of receives, including this one.
    pub receive_count: u64,
    /// Size of body and user attributes in bytes.
    pub size_bytes: usize,
    /// Message group id (FIFO order group or tenant).
    pub group_id: Option<Box<str>>,
    /// ARN of the queue it came from; absent if it was sent to the DLQ directly.
    #[serde(serialize_with = "shared_text")]
    pub source: Option<Arc<str>>,
    /// Sequence number, on FIFO queues.
    #[serde(skip)]
    pub sequence: Option<Box<u128>>,
    /// Reason why SQS would refuse to accept it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsendable: Option<Box<str>>,
    /// Earlier redrive of the message, as recorded in a journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redriven: Option<Box<Redriven>>,
    /// Attributes and body, if they were kept.
    #[serde(flatten)]
    pub carried: Option<Box<Carried>>,
}

/// Attributes and body of a message, as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// User attributes by name.
    #[serde(serialize_with = "attribute_values")]
    pub attributes: BTreeMap<String, Attribute>,
    /// User ids in the body, as far as they can be read.
    pub user_ids: Vec<Id>,
    /// Message body, if requested.
    #[serde(flatten)]
    pub body: Option<Body>,
}

/// Message body, as text and parsed: the same two members as `--where` has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body(pub String);

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(2))?;
        let raw = is_json(&self.0).then(|| serde_json::from_str::<&RawValue>(&self.0).ok());
        object.serialize_entry("body", &raw.flatten())?;
        object.serialize_entry("body_text", &self.0)?;
        object.end()
    }
}

/// Serializes attributes as `--where` sees them: numbers as numbers, binary values as base64.
fn attribute_values<S: Serializer>(
    attributes: &BTreeMap<String, Attribute>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    values(attributes).serialize(serializer)
}

fn shared_text<S: Serializer>(
    text: &Option<Arc<str>>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    text.as_deref().serialize(serializer)
}

/// Returns attribute values by name: numbers as numbers, so that they compare as such; binary
/// values as base64.
pub(crate) fn values(attributes: &BTreeMap<String, Attribute>) -> BTreeMap<&str, Value> {
    let value = |attribute: &Attribute| match &attribute.value {
        AttributeValue::Binary(bytes) => Value::String(BASE64.encode(bytes)),
        AttributeValue::Text(text) if attribute.data_type.starts_with("Number") => {
            serde_json::from_str(text)
                .ok()
                .filter(Value::is_number)
                .unwrap_or_else(|| Value::String(text.clone()))
        }
        AttributeValue::Text(text) => Value::String(text.clone()),
    };
    attributes.iter().map(|(name, attribute)| (name.as_str(), value(attribute))).collect()
}

#[cfg(any(test, feature = "fixtures"))]
impl Row {
    /// Returns a row in which only what a test needs is set.
    pub(crate) fn for_tests(id: &str, verdict: Classification, sent_at_ms: i64) -> Self {
        Row {
            message_id: id.to_owned(),
            verdict,
            sent_at_ms: Some(sent_at_ms),
            age_s: None,
            time_left_s: None,
            receive_count: 1,
            size_bytes: 0,
            group_id: None,
            source: None,
            sequence: None,
            unsendable: None,
            redriven: None,
            carried: None,
        }
    }
}

/// Returns the reason why SQS would refuse the message, as known before any send. `limit` is the
/// destination's `MaximumMessageSize` in bytes.
#[must_use]
pub fn unsendable(message: &Message, limit: Option<usize>) -> Option<String> {
    if let Some(limit) = limit.filter(|limit| message.size() > *limit) {
        let bytes = message.size();
        return Some(format!(
            "message is {bytes} bytes; the destination queue accepts at most {limit}"
        ));
    }
    let (at, character) = forbidden_character(&message.body)?;
    let code = u32::from(character);
    Some(format!("character U+{code:04X} at byte {at} of the body is not allowed by SQS"))
}
