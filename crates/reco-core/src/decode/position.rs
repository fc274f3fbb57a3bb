//! Where in a text a fault is.

use std::fmt;

use serde::Serialize;

/// A place in a text: what an editor needs to jump there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Byte offset from the start, from 0.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Position {
    /// The position of a byte offset. An offset inside a character counts as that character; one
    /// past the end as the end.
    #[must_use]
    pub fn at(text: &str, offset: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            offset,
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 1 {
            write!(f, "byte {} (column {})", self.offset, self.column)
        } else {
            write!(f, "byte {} (line {}, column {})", self.offset, self.line, self.column)
        }
    }
}

/// The byte offset of a serde_json error. Its columns count bytes, from 1, and name the last byte
/// read; at the end of the input that is the last byte there is.
pub(super) fn offset_of(text: &str, error: &serde_json::Error) -> usize {
    let line = error.line().max(1);
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let start = starts.take(line).last().unwrap_or(0);
    let offset = start + error.column().saturating_sub(1);
    if error.is_eof() { text.len() } else { offset.min(text.len()) }
}

/// A serde_json error's words without its own position, which is relative to a part of the text.
pub(super) fn reason_of(error: &serde_json::Error) -> String {
    let words = error.to_string();
    match words.rfind(" at line ") {
        Some(end) => words[..end].to_owned(),
        None => words,
    }
}
