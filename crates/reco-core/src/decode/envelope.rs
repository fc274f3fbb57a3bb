//! Recognises shapes and removes known envelopes.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::describe::describe;
use super::fault::clip;
use super::pointer::pointer;
use super::{
    BadEntry, DecodeError, Decoded, Envelope, Position, Shape, Top, entry, malformed, offset_in,
    present, start_of_value, syntax,
};

/// SNS inside EventBridge inside a Lambda destination is the deepest nesting that makes sense; the
/// bound keeps crafted bodies from exhausting the stack.
pub(super) const MAX_DEPTH: usize = 4;

/// Decodes a text nested in `depth` envelopes.
pub(super) fn decode_nested(text: &str, depth: usize) -> Result<Decoded, DecodeError> {
    let start = start_of_value(text);
    match text.as_bytes().get(start) {
        None => Err(malformed(text, start, "empty")),
        Some(b'[') => pointer(text).map_or_else(|| entry::lone_pair(text), Err),
        Some(b'{') => object(text, depth),
        Some(_) if text[start..].starts_with('\u{feff}') => {
            Err(malformed(text, start, "starts with a byte order mark; use UTF-8 without one"))
        }
        Some(_) => match serde_json::from_str::<&RawValue>(text) {
            Ok(value) => Err(bare_value(text, value, depth)),
            Err(error) => Err(syntax(text, &error)),
        },
    }
}

/// Returns the error for a bare string, number, boolean or null. A string that contains a message
/// points to a producer bug that an operator can name: it was encoded twice.
fn bare_value(text: &str, value: &RawValue, depth: usize) -> DecodeError {
    let inner = serde_json::from_str::<String>(value.get());
    if depth < MAX_DEPTH && inner.is_ok_and(|inner| decode_nested(&inner, depth + 1).is_ok()) {
        let reason = "a JSON string that contains a recommendation message: encoded as JSON twice";
        return malformed(text, start_of_value(text), reason);
    }
    DecodeError::Foreign { reason: format!("a bare JSON value, {}", clip(value.get())) }
}

fn object(text: &str, depth: usize) -> Result<Decoded, DecodeError> {
    let top: Top<'_> = serde_json::from_str(text).map_err(|error| syntax(text, &error))?;
    let lists = top.data.is_some() || top.recommended_note_ids.is_some();
    if lists && top.delete.is_some_and(|delete| delete.get() == "true") {
        let reason = "both `delete` and a list: use only one of them";
        return Err(malformed(text, start_of_value(text), reason));
    }
    match (top.data, top.user_id, top.recommended_note_ids) {
        (Some(data), _, None) => return entry::queue_message(text, &top, data),
        (Some(_), _, Some(_)) => {
            let reason = "both `data` and `recommended_note_ids`: use only one of them";
            return Err(malformed(text, start_of_value(text), reason));
        }
        (None, None, None) => {}
        (None, _, _) => return entry::item(text, &top),
    }
    if depth < MAX_DEPTH
        && let Some(unwrapped) = unwrap(text, &top, depth)
    {
        return unwrapped;
    }
    Err(pointer(text).unwrap_or_else(|| DecodeError::Foreign { reason: describe(text) }))
}

fn unwrap(text: &str, top: &Top<'_>, depth: usize) -> Option<Result<Decoded, DecodeError>> {
    if let (Some(kind), Some(message)) = (top.sns_type, top.sns_message)
        && kind.get() == r#""Notification""#
    {
        return Some(sns(text, message, depth));
    }
    if let (Some(_), Some(detail)) = (top.detail_type, top.detail) {
        return Some(inside(Envelope::EventBridge, decode_nested(detail.get(), depth + 1)));
    }
    if let Some(payload) = top.request_payload {
        return Some(inside(Envelope::LambdaDestination, decode_nested(payload.get(), depth + 1)));
    }
    top.records.map(|records| inside(Envelope::SqsEvent, sqs_event(records, depth)))
}

fn sns(text: &str, message: &RawValue, depth: usize) -> Result<Decoded, DecodeError> {
    let inner: String = serde_json::from_str(message.get()).map_err(|_| {
        malformed(text, offset_in(text, message.get()), "SNS `Message` is not a string")
    })?;
    inside(Envelope::Sns, decode_nested(&inner, depth + 1))
}

/// Adds the envelope to the result of decoding its content, so that an error's position makes
/// sense.
fn inside(envelope: Envelope, inner: Result<Decoded, DecodeError>) -> Result<Decoded, DecodeError> {
    let place = match envelope {
        Envelope::Sns => "the SNS `Message`",
        Envelope::EventBridge => "the EventBridge `detail`",
        Envelope::LambdaDestination => "the Lambda destination's `requestPayload`",
        Envelope::SqsEvent => "the SQS event's `Records`",
    };
    match inner {
        Ok(mut decoded) => {
            decoded.envelopes.insert(0, envelope);
            Ok(decoded)
        }
        Err(DecodeError::Malformed { position, reason }) => {
            Err(DecodeError::Malformed { position, reason: format!("inside {place}: {reason}") })
        }
        Err(DecodeError::Foreign { reason }) => {
            Err(DecodeError::Foreign { reason: format!("inside {place}: {reason}") })
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Record<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) body: Option<&'a RawValue>,
}

/// Decodes `{"Records": [{"body": "..."}, ...]}`: the entries of all bodies, numbered
/// consecutively.
fn sqs_event(records: &RawValue, depth: usize) -> Result<Decoded, DecodeError> {
    let foreign = |reason: &str| DecodeError::Foreign { reason: reason.to_owned() };
    let records: Vec<Record<'_>> = serde_json::from_str(records.get())
        .map_err(|_| foreign("not a list of records with a body each"))?;
    if records.is_empty() {
        return Err(foreign("no records"));
    }
    let mut whole = Decoded {
        shape: Shape::QueueMessage,
        envelopes: Vec::new(),
        entries: Vec::new(),
        bad: Vec::new(),
    };
    let mut first_foreign = None;
    let mut all_foreign = true;
    for (number, record) in records.iter().enumerate() {
        let body = record.body.and_then(|body| serde_json::from_str::<String>(body.get()).ok());
        let body = body.ok_or_else(|| foreign("records without a body that is a string"))?;
        let part = decode_nested(&body, depth + 1);
        match &part {
            Err(error @ DecodeError::Foreign { .. }) => {
                first_foreign.get_or_insert_with(|| error.clone());
            }
            _ => all_foreign = false,
        }
        append(&mut whole, part, number, body);
    }
    match first_foreign {
        Some(error) if all_foreign => Err(error),
        _ => Ok(whole),
    }
}

fn append(whole: &mut Decoded, part: Result<Decoded, DecodeError>, number: usize, body: String) {
    let base = whole.entries.len() + whole.bad.len();
    let in_record = |reason: &dyn fmt::Display| format!("in record {}: {reason}", number + 1);
    match part {
        Ok(part) => {
            whole.entries.extend(part.entries.into_iter().map(|mut entry| {
                entry.index += base;
                entry
            }));
            whole.bad.extend(part.bad.into_iter().map(|mut bad| {
                bad.index += base;
                bad.reason = in_record(&bad.reason);
                bad
            }));
        }
        Err(error) => whole.bad.push(BadEntry {
            index: base,
            position: match &error {
                DecodeError::Malformed { position, .. } => *position,
                DecodeError::Foreign { .. } => Position::at(&body, 0),
            },
            reason: match &error {
                DecodeError::Malformed { reason, .. } => in_record(reason),
                DecodeError::Foreign { .. } => in_record(&error),
            },
            text: body,
            time: None,
        }),
    }
}
