//! Faults in the terms of the person who reads them, not of the parser.

use serde_json::value::RawValue;

/// Longer pieces of input than this are cut in messages: a body may be a megabyte of digits.
const SHOWN_CHARS: usize = 40;

/// Returns why a JSON value is not a valid id; `None` for a valid one.
pub(super) fn id_fault(raw: &str) -> Option<String> {
    let error = serde_json::from_str::<crate::Id>(raw).err()?;
    let found = match raw.as_bytes() {
        b"\"\"" => "an empty string".to_owned(),
        // Not a value that is refused but a string that cannot be read: a lone surrogate.
        [b'"', ..] => return Some(super::position::reason_of(&error)),
        [b'-' | b'0'..=b'9', ..] => return Some(number_fault(raw)),
        _ => kind(raw).to_owned(),
    };
    Some(format!("{found} is not a valid id; expected an integer or a non-empty string"))
}

/// The number's own digits are shown: the parser would show them rounded, which names another id.
fn number_fault(raw: &str) -> String {
    let shown = clip(raw);
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    if digits != "0" && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{shown} does not fit in 64 bits and would be rounded; write it as a string")
    } else {
        format!("{shown} is not written as a whole number")
    }
}

/// Returns the kind of a JSON value, by its first character.
pub(super) fn kind(raw: &str) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        Some(b'"') => "a string",
        Some(b'[') => "a list",
        Some(b'{') => "an object",
        _ => "a number",
    }
}

/// A list's elements, unread; `None` when the value is no list.
pub(super) fn elements(raw: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(raw).ok()
}

/// A piece of input short enough for a message.
pub(super) fn clip(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
