//! Queue messages as plain data: everything that a redrive must preserve, independent of any SDK.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use md5::{Digest, Md5};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The system attribute that names the queue a message comes from.
const SOURCE_ARN: &str = "DeadLetterQueueSourceArn";

/// A received message with all of its attributes. It reads back exactly from JSON, including binary
/// values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Message id assigned by the queue; cannot be kept on another queue.
    pub id: String,
    /// Receipt handle of this receive; invalid after a later receive.
    pub receipt_handle: String,
    /// The body, byte for byte.
    pub body: String,
    /// User attributes by name (10 at most).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Attribute>,
    /// System attributes by name, as text (`SentTimestamp`, `AWSTraceHeader`, ...).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub system: BTreeMap<String, String>,
}

/// One user attribute. The type label may be custom (`Number.float`, `String.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// The full type label; begins with `String`, `Number` or `Binary`.
    pub data_type: String,
    /// Value of the attribute.
    pub value: AttributeValue,
}

/// An attribute's value, by its transport type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeValue {
    /// `String` and `Number` labels.
    Text(String),
    /// `Binary` labels; base64 in JSON.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    Binary(Vec<u8>),
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = Cow::<str>::deserialize(deserializer)?;
    BASE64.decode(&*text).map_err(serde::de::Error::custom)
}

impl AttributeValue {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            AttributeValue::Text(text) => text.as_bytes(),
            AttributeValue::Binary(bytes) => bytes,
        }
    }
}

impl Message {
    /// Returns a system attribute as an integer.
    #[must_use]
    pub fn system_number(&self, name: &str) -> Option<i64> {
        self.system.get(name)?.parse().ok()
    }

    /// Returns the time of the first send, in milliseconds since the epoch. On a standard queue, a
    /// move to the DLQ keeps it.
    #[must_use]
    pub fn sent_at_ms(&self) -> Option<i64> {
        // A time before 1970 or after 9999 cannot be true and counts as unknown.
        self.system_number("SentTimestamp").filter(|ms| (0..253_402_300_800_000).contains(ms))
    }

    /// Returns the receive count, including this receive.
    #[must_use]
    pub fn receive_count(&self) -> u64 {
        self.system_number("ApproximateReceiveCount")
            .and_then(|n| u64::try_from(n).ok())
            // AWS: a redrive policy moves it after at most 1,000 receives; without one, it can be
            // received for 14 days.
            .filter(|n| *n <= 100_000_000)
            .unwrap_or(0)
    }

    /// Returns `MessageGroupId`: the message group on FIFO queues, the tenant on fair standard
    /// queues.
    #[must_use]
    pub fn group_id(&self) -> Option<&str> {
        self.system.get("MessageGroupId").map(String::as_str)
    }

    /// Returns `SequenceNumber`: the position in the message group, on FIFO queues.
    #[must_use]
    pub fn sequence(&self) -> Option<u128> {
        self.system.get("SequenceNumber")?.parse().ok()
    }

    /// Returns the ARN of the queue that a redrive policy moved the message from (AWS:
    /// `DeadLetterQueueSourceArn`). `None` if it was sent to the DLQ directly.
    #[must_use]
    pub fn source_arn(&self) -> Option<&str> {
        self.system.get(SOURCE_ARN).map(String::as_str)
    }

    /// Returns the error that the service recorded when it gave up on the message: EventBridge sets
    /// `ERROR_CODE` and `ERROR_MESSAGE`, Lambda and SNS set `ErrorCode` and `ErrorMessage`.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        let text = |names: [&str; 2]| {
            let attribute = names.into_iter().find_map(|name| self.attributes.get(name))?;
            match &attribute.value {
                AttributeValue::Text(text) if !text.trim().is_empty() => Some(text.trim()),
                _ => None,
            }
        };
        let code = text(["ERROR_CODE", "ErrorCode"]);
        let message = text(["ERROR_MESSAGE", "ErrorMessage"]);
        let words: Vec<&str> = code.into_iter().chain(message).collect();
        if words.is_empty() { None } else { Some(words.join(": ")) }
    }

    /// Returns the size that counts towards the limits of a message and of a batch: body, and
    /// names, type labels and values of user attributes (AWS: SendMessageBatch).
    #[must_use]
    pub fn size(&self) -> usize {
        let attributes = self.attributes.iter().map(|(name, attribute)| {
            name.len() + attribute.data_type.len() + attribute.value.bytes().len()
        });
        self.body.len() + attributes.sum::<usize>()
    }
}

/// Returns the first character of a body that SQS rejects, with its byte offset. Allowed are `#x9`,
/// `#xA`, `#xD`, `#x20` to `#xD7FF`, `#xE000` to `#xFFFD` and `#x10000` to `#x10FFFF` (AWS:
/// SendMessage).
#[must_use]
pub fn forbidden_character(body: &str) -> Option<(usize, char)> {
    // Plain ASCII, as nearly all bodies are, is told byte by byte in a tenth of the time.
    if body.bytes().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7F)) {
        return None;
    }
    body.char_indices().find(|(_, c)| {
        !matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
    })
}

/// Returns `MD5OfMessageBody` in lower-case hex.
#[must_use]
pub fn md5_of_body(body: &str) -> String {
    hex(&Md5::digest(body.as_bytes()))
}

/// Returns `MD5OfMessageAttributes`, by the documented algorithm: attributes sorted by name; for
/// each the length-prefixed name, type label and value, with a byte that tells text (1) from binary
/// (2). `None` without attributes, as in the SQS response.
/// AWS: "Amazon SQS message metadata", Calculating the MD5 message digest for message attributes.
#[must_use]
pub fn md5_of_attributes(attributes: &BTreeMap<String, Attribute>) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut md5 = Md5::new();
    for (name, attribute) in attributes {
        let kind = match attribute.value {
            AttributeValue::Text(_) => 1,
            AttributeValue::Binary(_) => 2,
        };
        update_prefixed(&mut md5, name.as_bytes());
        update_prefixed(&mut md5, attribute.data_type.as_bytes());
        md5.update([kind]);
        update_prefixed(&mut md5, attribute.value.bytes());
    }
    Some(hex(&md5.finalize()))
}

fn update_prefixed(md5: &mut Md5, bytes: &[u8]) {
    // A message is at most 1 MiB, so a length always fits.
    md5.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    md5.update(bytes);
}

fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
