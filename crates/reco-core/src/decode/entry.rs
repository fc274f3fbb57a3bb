//! One user's entry: a pair, an item, or one element of a queue message's `data`.

use serde_json::value::RawValue;

use super::describe::describe;
use super::fault::{clip, elements, id_fault, kind};
use super::ids::Ids;
use super::position::{Cursor, offset_of, reason_of};
use super::{BadEntry, DecodeError, Decoded, Entry, Shape, Top, malformed, offset_in, syntax};
use crate::time::TimeError;
use crate::{Id, Recommendation, Time};

/// A fault: its byte offset in the text that was read, and what is wrong.
type Fault = (usize, String);

/// `[user, [id, ...]]`.
type Pair = (Id, Ids);

/// Decodes `{"data": [[user, [id, ...]], ...]}`. A valid message is parsed in one pass; only one
/// with a fault is parsed entry by entry.
pub(super) fn queue_message(
    text: &str,
    top: &Top<'_>,
    data: &RawValue,
) -> Result<Decoded, DecodeError> {
    if let Ok(pairs) = serde_json::from_str::<Vec<Pair>>(data.get()) {
        let generated_at = generated_at(text, top)?;
        let entries = pairs.into_iter().enumerate();
        return Ok(Decoded {
            shape: Shape::QueueMessage,
            envelopes: Vec::new(),
            entries: entries.map(|(index, pair)| entry(index, pair, generated_at)).collect(),
            bad: Vec::new(),
        });
    }
    let Some(elements) = elements(data.get()) else {
        let found = kind(data.get());
        let reason = format!("`data` must be a list of [user, [ids...]], found {found}");
        return Err(malformed(text, offset_in(text, data.get()), reason));
    };
    let generated_at = generated_at(text, top)?;
    let time = generated_at.and(top.generated_at).map(RawValue::get);
    Ok(entry_by_entry(text, elements, generated_at, time))
}

/// `time` is the original text of `generated_at`, if present; rejected entries keep it.
fn entry_by_entry(
    text: &str,
    elements: Vec<&RawValue>,
    generated_at: Option<Time>,
    time: Option<&str>,
) -> Decoded {
    let (mut entries, mut bad) = (Vec::new(), Vec::new());
    let mut cursor = Cursor::new(text);
    for (index, element) in elements.into_iter().map(RawValue::get).enumerate() {
        match serde_json::from_str(element) {
            Ok(pair) => entries.push(entry(index, pair, generated_at)),
            Err(error) => {
                let (offset, reason) = explain_pair(element, &error);
                let position = cursor.at(offset_in(text, element) + offset);
                let (text, time) = (element.to_owned(), time.map(str::to_owned));
                bad.push(BadEntry { index, position, reason, text, time });
            }
        }
    }
    Decoded { shape: Shape::QueueMessage, envelopes: Vec::new(), entries, bad }
}

fn entry(index: usize, (user, Ids(articles)): Pair, generated_at: Option<Time>) -> Entry {
    Entry { index, recommendation: Recommendation { user, articles, generated_at } }
}

/// Decodes a text that is a single `[user, [id, ...]]`. Only a bad pair is parsed again, to tell
/// broken JSON from valid JSON that is not a pair.
pub(super) fn lone_pair(text: &str) -> Result<Decoded, DecodeError> {
    let pair = serde_json::from_str(text).map_err(|error| {
        if let Err(error) = serde_json::from_str::<&RawValue>(text) {
            return syntax(text, &error);
        }
        let (offset, reason) = explain_pair(text, &error);
        malformed(text, offset, reason)
    })?;
    Ok(single(Shape::Pair, entry(0, pair, None)))
}

/// Decodes `{"user_id": ..., "recommended_note_ids": [...]}`.
pub(super) fn item(text: &str, top: &Top<'_>) -> Result<Decoded, DecodeError> {
    let start = super::start_of_value(text);
    let missing =
        |name| malformed(text, start, format!("item without `{name}`; it is {}", describe(text)));
    let user = top.user_id.ok_or_else(|| missing("user_id"))?.get();
    let list = top.recommended_note_ids.ok_or_else(|| missing("recommended_note_ids"))?.get();
    let user = self::user(text, user)?;
    let articles = serde_json::from_str(list).map_err(|error| {
        let (offset, reason) = explain_ids(list, &error);
        malformed(text, offset_in(text, list) + offset, format!("`recommended_note_ids`: {reason}"))
    })?;
    let generated_at = generated_at(text, top)?;
    Ok(single(Shape::Item, entry(0, (user, articles), generated_at)))
}

/// Parses the value of `user_id`.
pub(super) fn user(text: &str, raw: &str) -> Result<Id, DecodeError> {
    serde_json::from_str(raw).map_err(|error| {
        let reason = id_fault(raw).unwrap_or_else(|| reason_of(&error));
        malformed(text, offset_in(text, raw), format!("`user_id`: {reason}"))
    })
}

fn single(shape: Shape, entry: Entry) -> Decoded {
    Decoded { shape, envelopes: Vec::new(), entries: vec![entry], bad: Vec::new() }
}

/// Explains the fault of a pair that is valid JSON.
fn explain_pair(text: &str, error: &serde_json::Error) -> Fault {
    let start = super::start_of_value(text);
    let expected = |found: String| (start, format!("expected [user, [ids...]], found {found}"));
    let Some(parts) = elements(text) else { return expected(kind(&text[start..]).to_owned()) };
    match parts[..] {
        [] => expected("an empty list".to_owned()),
        [first, ..] if kind(first.get()) == "a list" => expected(
            "a list of lists; write one pair per line, or wrap them in {\"data\": [...]}"
                .to_owned(),
        ),
        [user, articles] => {
            if let Some(fault) = id_fault(user.get()) {
                return (offset_in(text, user.get()), format!("user id: {fault}"));
            }
            let (offset, reason) = explain_ids(articles.get(), error);
            (offset_in(text, articles.get()) + offset, reason)
        }
        _ => expected(format!(
            "a list of {}; the article ids must be in a list of their own",
            parts.len()
        )),
    }
}

/// Explains the fault of a list of article ids that is valid JSON.
fn explain_ids(text: &str, error: &serde_json::Error) -> Fault {
    let Some(ids) = elements(text) else {
        return (0, format!("article ids must be a list, found {}", kind(text)));
    };
    let fault = ids.into_iter().enumerate().find_map(|(rank, id)| {
        let reason = format!("article id at rank {}: {}", rank + 1, id_fault(id.get())?);
        Some((offset_in(text, id.get()), reason))
    });
    fault.unwrap_or_else(|| (offset_of(text, error), reason_of(error)))
}

/// Parses the `generated_at` of a message or an item: epoch seconds, as a number or a string, or an
/// ISO 8601 time.
pub(super) fn generated_at(text: &str, top: &Top<'_>) -> Result<Option<Time>, DecodeError> {
    let Some(raw) = top.generated_at.map(RawValue::get) else { return Ok(None) };
    let time = match raw.as_bytes() {
        b"null" => return Ok(None),
        [b'"', ..] => match serde_json::from_str::<String>(raw) {
            // Some producers serialise a Decimal as a string.
            Ok(time) => Time::from_text(&time),
            Err(_) => Err(TimeError::NotATime),
        },
        _ => Time::from_number(raw),
    };
    time.map(Some).map_err(|error| {
        let reason = format!("`generated_at`: {} {error}", clip(raw));
        malformed(text, offset_in(text, raw), reason)
    })
}
