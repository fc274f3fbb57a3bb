//! A judged message, as reports and selections see it.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reco_core::classify::Classification;
use reco_core::message::{Attribute, AttributeValue, Message, forbidden_character};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::dlq::journal::Redriven;

/// One message of the DLQ, judged. A hundred thousand may be held at once, so what few have is on the
/// heap, and what many share is shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The queue's id for it.
    pub message_id: String,
    /// Its class and what backs it up.
    #[serde(flatten)]
    pub verdict: Classification,
    /// When it was first sent, milliseconds since the epoch.
    pub sent_at_ms: Option<i64>,
    /// Seconds since it was first sent.
    pub age_s: Option<i64>,
    /// Seconds until retention deletes it.
    pub time_left_s: Option<i64>,
    /// Number of times that it was received, this time included.
    pub receive_count: u64,
    /// Body and user attributes in bytes.
    pub size_bytes: usize,
    /// Its order group or tenant.
    pub group_id: Option<Box<str>>,
    /// ARN of the queue that it came from; absent when it was sent to the DLQ directly.
    #[serde(serialize_with = "shared_text")]
    pub source: Option<Arc<str>>,
    /// Its place in its order group, on FIFO queues.
    #[serde(skip)]
    pub sequence: Option<Box<u128>>,
    /// Why SQS would not take it again, where that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsendable: Option<Box<str>>,
    /// That an earlier run has already redriven it, by the word of its journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redriven: Option<Box<Redriven>>,
    /// What it carries, where that was kept.
    #[serde(flatten)]
    pub carried: Option<Box<Carried>>,
}

/// What a message carries, as far as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// User attributes by name.
    #[serde(serialize_with = "attribute_values")]
    pub attributes: BTreeMap<String, Attribute>,
    /// The body, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// Attributes as `--where` sees them: numbers as numbers, binary values as base64.
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

/// The values of attributes: numbers as numbers, so that they compare as such; binary values as
/// base64.
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
    /// A row with nothing but what a test is about.
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

/// Returns the reason why SQS would refuse to take a message: known before any send. `limit` is the
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
