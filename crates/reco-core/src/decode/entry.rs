//! One user's entry: a pair, an item, or one element of a queue message's `data`.

use serde_json::value::RawValue;

use super::position::{offset_of, reason_of};
use super::{
    BadEntry, DecodeError, Decoded, Entry, Position, Shape, Top, malformed, offset_in, syntax,
};
use crate::{Id, Recommendation};

/// Past this many seconds (the year 5138) a time is surely in milliseconds.
const LATEST_PLAUSIBLE_SECONDS: i64 = 100_000_000_000;

/// `{"data": [[user, [id, ...]], ...]}`.
pub(super) fn queue_message(
    text: &str,
    top: &Top<'_>,
    data: &RawValue,
) -> Result<Decoded, DecodeError> {
    let base = offset_in(text, data.get());
    let elements: Vec<&RawValue> = serde_json::from_str(data.get()).map_err(|error| {
        malformed(
            text,
            base,
            format!("`data` must be a list of [user, [ids...]]: {}", reason_of(&error)),
        )
    })?;
    let generated_at = generated_at(text, top)?;
    let mut decoded = Decoded {
        shape: Shape::QueueMessage,
        envelopes: Vec::new(),
        entries: Vec::new(),
        bad: Vec::new(),
    };
    for (index, element) in elements.into_iter().enumerate() {
        match pair(element.get()) {
            Ok((user, articles)) => decoded.entries.push(Entry {
                index,
                recommendation: Recommendation { user, articles, generated_at },
            }),
            Err((offset, reason)) => decoded.bad.push(BadEntry {
                index,
                position: Position::at(text, offset_in(text, element.get()) + offset),
                reason,
                text: element.get().to_owned(),
            }),
        }
    }
    Ok(decoded)
}

/// `[user, [id, ...]]` as a whole text.
pub(super) fn lone_pair(text: &str) -> Result<Decoded, DecodeError> {
    let (user, articles) =
        pair(text).map_err(|(offset, reason)| malformed(text, offset, reason))?;
    Ok(single(Shape::Pair, Recommendation { user, articles, generated_at: None }))
}

/// `{"user_id": ..., "recommended_note_ids": [...]}`.
pub(super) fn item(text: &str, top: &Top<'_>) -> Result<Decoded, DecodeError> {
    let start = text.len() - text.trim_start().len();
    let missing = |name| malformed(text, start, format!("item without `{name}`"));
    let user = top.user_id.ok_or_else(|| missing("user_id"))?;
    let list = top.recommended_note_ids.ok_or_else(|| missing("recommended_note_ids"))?;
    let user = part(text, "user_id", user)?;
    let articles = part(text, "recommended_note_ids", list)?;
    let generated_at = generated_at(text, top)?;
    Ok(single(Shape::Item, Recommendation { user, articles, generated_at }))
}

fn single(shape: Shape, recommendation: Recommendation) -> Decoded {
    let entries = vec![Entry { index: 0, recommendation }];
    Decoded { shape, envelopes: Vec::new(), entries, bad: Vec::new() }
}

fn part<'a, T: serde::Deserialize<'a>>(
    text: &str,
    name: &str,
    raw: &'a RawValue,
) -> Result<T, DecodeError> {
    serde_json::from_str(raw.get()).map_err(|error| {
        let offset = offset_in(text, raw.get()) + offset_of(raw.get(), &error);
        malformed(text, offset, format!("`{name}`: {}", reason_of(&error)))
    })
}

/// Reads `[user, [id, ...]]`; a fault comes with its byte offset in `text`.
fn pair(text: &str) -> Result<(Id, Vec<Id>), (usize, String)> {
    serde_json::from_str::<(Id, Vec<Id>)>(text).map_err(|error| explain_pair(text, &error))
}

/// The slow path: says what is wrong in the pair's own terms, not in the parser's.
fn explain_pair(text: &str, error: &serde_json::Error) -> (usize, String) {
    let Ok(parts) = serde_json::from_str::<Vec<&RawValue>>(text) else {
        return (
            offset_of(text, error),
            format!("expected [user, [ids...]]: {}", reason_of(error)),
        );
    };
    let [user, articles] = parts[..] else {
        let reason = format!("expected [user, [ids...]], found a list of {}", parts.len());
        return (text.len() - text.trim_start().len(), reason);
    };
    if let Err(error) = serde_json::from_str::<Id>(user.get()) {
        return (offset_in(text, user.get()), format!("user id: {}", reason_of(&error)));
    }
    let base = offset_in(text, articles.get());
    let Ok(ids) = serde_json::from_str::<Vec<&RawValue>>(articles.get()) else {
        return (base, "article ids must be a list".to_owned());
    };
    for (rank, id) in ids.into_iter().enumerate() {
        if let Err(error) = serde_json::from_str::<Id>(id.get()) {
            let reason = format!("article id at rank {}: {}", rank + 1, reason_of(&error));
            return (offset_in(text, id.get()), reason);
        }
    }
    (offset_of(text, error), reason_of(error))
}

/// `generated_at` of a message or an item: whole epoch seconds, or an RFC 3339 time.
fn generated_at(text: &str, top: &Top<'_>) -> Result<Option<i64>, DecodeError> {
    let Some(raw) = top.generated_at else { return Ok(None) };
    let at = offset_in(text, raw.get());
    let fault = |reason: String| malformed(text, at, format!("`generated_at`: {reason}"));
    if raw.get() == "null" {
        return Ok(None);
    }
    let seconds = if raw.get().starts_with('"') {
        let time: String = serde_json::from_str(raw.get()).map_err(|error| syntax(text, &error))?;
        let time: jiff::Timestamp =
            time.parse().map_err(|_| fault(format!("{time:?} is not an RFC 3339 time")))?;
        time.as_second()
    } else {
        serde_json::from_str(raw.get())
            .map_err(|_| fault("expected whole epoch seconds or an RFC 3339 time".to_owned()))?
    };
    if seconds > LATEST_PLAUSIBLE_SECONDS {
        return Err(fault(format!("{seconds} looks like milliseconds; write epoch seconds")));
    }
    Ok(Some(seconds))
}
