//! Positions of faults in a text.

use std::fmt;

use serde::Serialize;

/// A position in a text that an editor can jump to.
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
    /// Returns the position of a byte offset. An offset inside a character counts as that
    /// character; one past the end as the end.
    #[must_use]
    pub fn at(text: &str, offset: usize) -> Self {
        Cursor::new(text).at(offset)
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

/// Finds successive positions without counting from the start each time, which would take minutes
/// for a megabyte of bad entries.
pub(super) struct Cursor<'t> {
    text: &'t str,
    here: Position,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Cursor { text, here: Position { offset: 0, line: 1, column: 1 } }
    }

    /// Returns the position of a byte offset, as [`Position::at`] does.
    pub(super) fn at(&mut self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        if offset < self.here.offset {
            *self = Cursor::new(self.text);
        }
        let passed = &self.text[self.here.offset..offset];
        let on_last_line = match passed.rfind('\n') {
            Some(newline) => {
                self.here.line += passed.bytes().filter(|byte| *byte == b'\n').count();
                self.here.column = 1;
                &passed[newline + 1..]
            }
            None => passed,
        };
        self.here.column += on_last_line.chars().count();
        self.here.offset = offset;
        self.here
    }
}

/// Returns the byte offset of a serde_json error.
///
/// serde_json counts lines from 1, and columns in bytes from 1 to the last byte read. Column 0 is
/// the newline that ended the previous line. At the end of the input there is no byte to point to.
pub(super) fn offset_of(text: &str, error: &serde_json::Error) -> usize {
    if error.is_eof() {
        return text.len();
    }
    let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    let line_start = match error.line() {
        0 | 1 => 0,
        line => newlines.map(|(at, _)| at + 1).nth(line - 2).unwrap_or(text.len()),
    };
    (line_start + error.column()).saturating_sub(1).min(text.len())
}

/// Returns a serde_json error's message with the column only, for lines that are parsed on their own.
pub(crate) fn reason_in_line(error: &serde_json::Error) -> String {
    match error.line() {
        0 => error.to_string(),
        _ => format!("{} at column {}", reason_of(error), error.column()),
    }
}

/// Returns a serde_json error's message without its position, which is relative to a part of the
/// text.
pub(crate) fn reason_of(error: &serde_json::Error) -> String {
    let words = error.to_string();
    match words.rfind(" at line ") {
        Some(end) => words[..end].to_owned(),
        None => words,
    }
}
