//! Descriptions of faults in the operator's terms, not the parser's.

use serde_json::value::RawValue;

/// Maximum characters of quoted input: a body may be a megabyte of digits.
const SHOWN_CHARS: usize = 40;

/// Returns why a JSON value is not a valid id; `None` for a valid one.
pub(super) fn id_fault(raw: &str) -> Option<String> {
    let error = serde_json::from_str::<crate::Id>(raw).err()?;
    let found = match raw.as_bytes() {
        b"\"\"" => "an empty string".to_owned(),
        // The string itself cannot be parsed: a lone surrogate.
        [b'"', ..] => return Some(super::position::reason_of(&error)),
        [b'-' | b'0'..=b'9', ..] => return Some(number_fault(raw)),
        _ => kind(raw).to_owned(),
    };
    Some(format!("{found} is not a valid id; expected an integer or a non-empty string"))
}

/// Shows the original digits: the parser would round them, which gives another id.
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

/// Returns a list's elements unparsed; `None` if the value is not a list.
pub(super) fn elements(raw: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(raw).ok()
}

/// Clips input to `SHOWN_CHARS`.
pub(super) fn clip(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
