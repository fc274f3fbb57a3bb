//! Removes known envelopes, so that the message inside can be sent on its own.
//!
//! Envelopes are recognised by structure alone, by the same rules and precedence as in decoding.
//! Whether the content decodes is up to the caller to check.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::envelope::{MAX_DEPTH, Record};
use super::{Envelope, Top};

/// A message without its envelopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stripped {
    /// The innermost text, byte for byte as its envelope held it.
    pub body: String,
    /// Removed envelopes, outermost first; never empty.
    pub envelopes: Vec<Envelope>,
    /// Names of message attributes in the envelopes. They are not part of the body and go with the
    /// envelope.
    pub attributes: Vec<String>,
}

/// An envelope that cannot be removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StripError {
    /// It contains several messages.
    #[error("an SQS event of {records} messages: only one of a single message can be unwrapped")]
    Several {
        /// Number of records.
        records: usize,
    },
}

/// Removes all known envelopes from a body. Returns `None` if there are none.
///
/// # Errors
/// [`StripError`] if an envelope contains several messages.
pub fn strip(text: &str) -> Result<Option<Stripped>, StripError> {
    let mut inner: Option<String> = None;
    let mut envelopes = Vec::new();
    let mut attributes = Vec::new();
    while envelopes.len() < MAX_DEPTH {
        let whole = inner.as_deref().unwrap_or(text);
        let Some((envelope, body)) = outermost(whole)? else { break };
        attributes.extend(attributes_of(envelope, whole));
        envelopes.push(envelope);
        inner = Some(body);
    }
    Ok(inner.map(|body| Stripped { body, envelopes, attributes }))
}

fn outermost(text: &str) -> Result<Option<(Envelope, String)>, StripError> {
    let Ok(top) = serde_json::from_str::<Top<'_>>(text) else { return Ok(None) };
    if top.data.is_some() || top.user_id.is_some() || top.recommended_note_ids.is_some() {
        return Ok(None);
    }
    if let (Some(kind), Some(message)) = (top.sns_type, top.sns_message)
        && kind.get() == r#""Notification""#
    {
        return Ok(text_of(message).map(|body| (Envelope::Sns, body)));
    }
    if let (Some(_), Some(detail)) = (top.detail_type, top.detail) {
        return Ok(Some((Envelope::EventBridge, detail.get().to_owned())));
    }
    if let Some(payload) = top.request_payload {
        return Ok(Some((Envelope::LambdaDestination, payload.get().to_owned())));
    }
    match top.records {
        Some(records) => Ok(only_record(records)?.map(|body| (Envelope::SqsEvent, body))),
        None => Ok(None),
    }
}

/// Returns the names of an envelope's message attributes: `MessageAttributes` of an SNS
/// notification, `messageAttributes` of a record of an SQS event.
fn attributes_of(envelope: Envelope, whole: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Holder {
        #[serde(default, rename = "MessageAttributes", alias = "messageAttributes")]
        attributes: BTreeMap<String, IgnoredAny>,
    }
    #[derive(Deserialize)]
    struct Event {
        #[serde(rename = "Records")]
        records: Vec<Holder>,
    }
    let names = |holder: Holder| holder.attributes.into_keys();
    match envelope {
        Envelope::Sns => {
            serde_json::from_str::<Holder>(whole).into_iter().flat_map(names).collect()
        }
        Envelope::SqsEvent => {
            let event = serde_json::from_str::<Event>(whole).into_iter();
            event.flat_map(|event| event.records).flat_map(names).collect()
        }
        Envelope::EventBridge | Envelope::LambdaDestination => Vec::new(),
    }
}

fn only_record(records: &RawValue) -> Result<Option<String>, StripError> {
    let Ok(records) = serde_json::from_str::<Vec<Record<'_>>>(records.get()) else {
        return Ok(None);
    };
    match &records[..] {
        [] => Ok(None),
        [record] => Ok(record.body.and_then(text_of)),
        several => Err(StripError::Several { records: several.len() }),
    }
}

fn text_of(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}
