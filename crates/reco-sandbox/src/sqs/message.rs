//! A message as the queue stores it.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::md5;

/// A message attribute: a type, perhaps with a custom label (`Number.int`), and one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeValue {
    /// `String`, `Number` or `Binary`, perhaps followed by `.label`.
    pub data_type: String,
    /// Value of a `String` or `Number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// Value of a `Binary`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "to_base64",
        deserialize_with = "from_base64"
    )]
    pub binary_value: Option<Vec<u8>>,
}

impl AttributeValue {
    /// Returns a `String` attribute.
    pub fn string(value: impl Into<String>) -> Self {
        Self::labelled("String", value)
    }

    /// Returns a `Number` attribute; SQS keeps the digits as they were written.
    pub fn number(value: impl Into<String>) -> Self {
        Self::labelled("Number", value)
    }

    /// Returns a text attribute of type `data_type`, for custom labels such as `Number.int`.
    pub fn labelled(data_type: impl Into<String>, value: impl Into<String>) -> Self {
        Self { data_type: data_type.into(), string_value: Some(value.into()), binary_value: None }
    }

    /// Returns a `Binary` attribute.
    pub fn binary(value: impl Into<Vec<u8>>) -> Self {
        Self {
            data_type: "Binary".to_owned(),
            string_value: None,
            binary_value: Some(value.into()),
        }
    }

    /// Returns the bytes that type and value add to the size of a message.
    pub(crate) fn size(&self) -> usize {
        self.data_type.len()
            + self.string_value.as_ref().map_or(0, String::len)
            + self.binary_value.as_ref().map_or(0, Vec::len)
    }
}

fn to_base64<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    bytes.as_ref().map(|bytes| BASE64.encode(bytes)).serialize(serializer)
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    Option::<String>::deserialize(deserializer)?
        .map(|text| BASE64.decode(text).map_err(serde::de::Error::custom))
        .transpose()
}

/// The part of a message that never changes once it is sent, shared by every copy.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StoredContent {
    pub body: String,
    pub body_md5: String,
    pub attributes: BTreeMap<String, AttributeValue>,
    pub attributes_md5: Option<String>,
    pub trace_header: Option<String>,
    pub group_id: Option<String>,
}

impl StoredContent {
    pub fn new(
        body: String,
        attributes: BTreeMap<String, AttributeValue>,
        trace_header: Option<String>,
        group_id: Option<String>,
    ) -> Self {
        Self {
            body_md5: md5::hex(body.as_bytes()),
            attributes_md5: md5::attributes(&attributes),
            body,
            attributes,
            trace_header,
            group_id,
        }
    }
}

/// A message, with the state that changes on its way through queues. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct StoredMessage {
    pub id: Arc<str>,
    pub content: Arc<StoredContent>,
    pub deduplication_id: Option<Arc<str>>,
    /// Rises with each message of the queue; FIFO only.
    pub sequence: Option<u64>,
    /// Send time, in milliseconds since 1970; retention counts from here.
    pub sent_ms: u64,
    pub first_received_ms: Option<u64>,
    /// Receives over the message's whole life; a move to a dead-letter queue does not reset it.
    pub receive_count: u32,
    /// ARN of the queue a redrive policy moved it from.
    pub dead_letter_source: Option<Arc<str>>,
}

impl StoredMessage {
    /// Returns a message with a new id that was never received.
    pub fn fresh(
        content: Arc<StoredContent>,
        deduplication_id: Option<Arc<str>>,
        now: u64,
    ) -> Self {
        Self {
            id: new_id(),
            content,
            deduplication_id,
            sequence: None,
            sent_ms: now,
            first_received_ms: None,
            receive_count: 0,
            dead_letter_source: None,
        }
    }
}

/// Returns a new message id.
pub(crate) fn new_id() -> Arc<str> {
    uuid::Uuid::new_v4().to_string().into()
}

/// A message with a history, for seeding and tests; a send cannot create one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planted {
    /// Message body, under the same rules as in a send.
    pub body: String,
    /// User attributes, at most 10.
    pub attributes: BTreeMap<String, AttributeValue>,
    /// Send time, in milliseconds since 1970; `None` means now.
    pub sent_at_ms: Option<u64>,
    /// Number of earlier receives.
    pub receive_count: u32,
    /// Time of the first receive, in milliseconds since 1970.
    pub first_received_ms: Option<u64>,
    /// Message group; required on FIFO queues.
    pub group_id: Option<String>,
    /// Deduplication id, FIFO queues only. Planting never deduplicates.
    pub deduplication_id: Option<String>,
    /// The `AWSTraceHeader` system attribute.
    pub trace_header: Option<String>,
    /// `DeadLetterQueueSourceArn`: the queue whose redrive policy supposedly moved the message.
    pub dead_letter_source_arn: Option<String>,
    /// Message id; `None` generates one.
    pub message_id: Option<String>,
}
