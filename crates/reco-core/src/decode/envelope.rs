//! Telling shapes apart, and taking known envelopes off.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    BadEntry, DecodeError, Decoded, Envelope, Position, Shape, Top, entry, malformed, offset_in,
    present, syntax,
};

/// SNS inside EventBridge inside a Lambda destination is the deepest nesting that makes sense;
/// a bound keeps crafted bodies from exhausting the stack.
const MAX_DEPTH: usize = 4;

/// Decodes a text that is itself inside `depth` envelopes.
pub(super) fn decode_nested(text: &str, depth: usize) -> Result<Decoded, DecodeError> {
    let start = text.len() - text.trim_start().len();
    match text.as_bytes().get(start) {
        None => Err(malformed(text, start, "empty")),
        Some(b'[') => {
            serde_json::from_str::<&RawValue>(text).map_err(|error| syntax(text, &error))?;
            entry::lone_pair(text)
        }
        Some(b'{') => object(text, depth),
        Some(_) => match serde_json::from_str::<&RawValue>(text) {
            Ok(_) => Err(DecodeError::Foreign { reason: "a bare JSON value".to_owned() }),
            Err(error) => Err(syntax(text, &error)),
        },
    }
}

fn object(text: &str, depth: usize) -> Result<Decoded, DecodeError> {
    let top: Top<'_> = serde_json::from_str(text).map_err(|error| syntax(text, &error))?;
    if let Some(data) = top.data {
        return entry::queue_message(text, &top, data);
    }
    if top.user_id.is_some() || top.recommended_note_ids.is_some() {
        return entry::item(text, &top);
    }
    if depth < MAX_DEPTH
        && let Some(unwrapped) = unwrap(text, &top, depth)
    {
        return unwrapped;
    }
    Err(DecodeError::Foreign { reason: describe(text) })
}

/// What an unknown object looks like: its first keys, which is what tells the operator whose it is.
fn describe(text: &str) -> String {
    let keys: Vec<String> =
        serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)
            .map(|map| map.keys().take(5).map(|key| format!("{key:?}")).collect())
            .unwrap_or_default();
    if keys.is_empty() {
        "an empty object".to_owned()
    } else {
        format!("an object with {}", keys.join(", "))
    }
}

fn unwrap(text: &str, top: &Top<'_>, depth: usize) -> Option<Result<Decoded, DecodeError>> {
    if let (Some(kind), Some(message)) = (top.sns_type, top.sns_message)
        && kind.get() == r#""Notification""#
    {
        return Some(sns(text, message, depth));
    }
    if let (Some(_), Some(detail)) = (top.detail_type, top.detail) {
        return Some(named(Envelope::EventBridge, decode_nested(detail.get(), depth + 1)));
    }
    if let Some(payload) = top.request_payload {
        return Some(named(Envelope::LambdaDestination, decode_nested(payload.get(), depth + 1)));
    }
    top.records.map(|records| named(Envelope::SqsEvent, sqs_event(text, records, depth)))
}

fn sns(text: &str, message: &RawValue, depth: usize) -> Result<Decoded, DecodeError> {
    let inner: String = serde_json::from_str(message.get()).map_err(|_| {
        malformed(text, offset_in(text, message.get()), "SNS `Message` is not a string")
    })?;
    named(Envelope::Sns, decode_nested(&inner, depth + 1))
}

fn named(envelope: Envelope, inner: Result<Decoded, DecodeError>) -> Result<Decoded, DecodeError> {
    inner.map(|mut decoded| {
        decoded.envelopes.insert(0, envelope);
        decoded
    })
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    body: Option<&'a RawValue>,
}

/// `{"Records": [{"body": "..."}, ...]}`: the bodies' entries one after another, numbered through.
fn sqs_event(text: &str, records: &RawValue, depth: usize) -> Result<Decoded, DecodeError> {
    let at = offset_in(text, records.get());
    let foreign =
        || DecodeError::Foreign { reason: "an event whose records have no body".to_owned() };
    let records: Vec<Record<'_>> = serde_json::from_str(records.get())
        .map_err(|_| malformed(text, at, "`Records` is not a list of objects"))?;
    let mut whole = Decoded {
        shape: Shape::QueueMessage,
        envelopes: Vec::new(),
        entries: Vec::new(),
        bad: Vec::new(),
    };
    for record in records {
        let body = record.body.ok_or_else(foreign)?;
        let offset = offset_in(text, body.get());
        let body: String = serde_json::from_str(body.get()).map_err(|_| foreign())?;
        append(&mut whole, decode_nested(&body, depth + 1), text, offset, &body);
    }
    match (whole.entries.is_empty(), whole.bad.first()) {
        (true, Some(bad)) => {
            Err(DecodeError::Malformed { position: bad.position, reason: bad.reason.clone() })
        }
        _ => Ok(whole),
    }
}

fn append(
    whole: &mut Decoded,
    part: Result<Decoded, DecodeError>,
    text: &str,
    offset: usize,
    body: &str,
) {
    let base = whole.entries.len() + whole.bad.len();
    match part {
        Ok(part) => {
            whole.entries.extend(part.entries.into_iter().map(|mut entry| {
                entry.index += base;
                entry
            }));
            whole.bad.extend(part.bad.into_iter().map(|mut bad| {
                bad.index += base;
                bad
            }));
        }
        Err(error) => whole.bad.push(BadEntry {
            index: base,
            position: Position::at(text, offset),
            reason: error.to_string(),
            text: body.to_owned(),
        }),
    }
}
