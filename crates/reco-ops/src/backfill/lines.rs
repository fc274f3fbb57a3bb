//! Splits bytes into numbered lines of any length.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::files::input::{BlankLines, blank_lines};

/// Maximum length of a line that is read into memory, in bytes. A queue message holds at most 1 MiB
/// and an item 400 KB, so a longer line cannot be valid.
pub const MAX_LINE: usize = 16 * 1024 * 1024;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineStart {
    /// Index of the input, from 0.
    pub file: usize,
    /// Line number, from 1.
    pub line: u64,
    /// Byte offset in the decompressed input, from 0.
    pub offset: u64,
    /// True inside an array, whose values can be found only by reading from its start.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inside: bool,
}

/// Line with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputLine {
    /// Start of the line.
    pub at: LineStart,
    /// Content, classified.
    pub content: LineContent,
}

/// Content of a line, without its line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineContent {
    /// Number of consecutive lines that hold only whitespace.
    Blank(u64),
    /// Bytes that are not decoded yet.
    Text(Arc<[u8]>),
    /// Length of a line beyond [`MAX_LINE`], whose bytes were not kept.
    TooLong(u64),
    /// Partial line in which the input broke off.
    Cut(Arc<[u8]>),
}

/// Splits one input incrementally. Holds at most one unfinished line.
#[derive(Debug)]
pub struct Splitter {
    next: LineStart,
    partial: Vec<u8>,
    /// Bytes dropped from a line that is too long.
    dropped: u64,
    limit: usize,
}

impl LineStart {
    /// Returns the start of an input.
    pub const fn start(file: usize) -> Self {
        LineStart { file, line: 1, offset: 0, inside: false }
    }
}

impl Default for LineStart {
    fn default() -> Self {
        LineStart::start(0)
    }
}

impl Splitter {
    /// Creates a splitter for an input that is read from `next` on.
    pub fn at(next: LineStart) -> Self {
        Self::with_limit(next, MAX_LINE)
    }

    fn with_limit(next: LineStart, limit: usize) -> Self {
        Splitter { next, partial: Vec::new(), dropped: 0, limit }
    }

    /// Returns the start of the next line.
    pub fn next(&self) -> LineStart {
        self.next
    }

    /// Returns whether no line is unfinished.
    pub fn is_between(&self) -> bool {
        self.partial.is_empty() && self.dropped == 0
    }

    /// Removes the unfinished line if it is `wanted`; returns it with its place.
    pub fn take_if(&mut self, wanted: impl Fn(&[u8]) -> bool) -> Option<(LineStart, Vec<u8>)> {
        let taken = self.dropped == 0 && wanted(&self.partial);
        taken.then(|| (self.next, std::mem::take(&mut self.partial)))
    }

    /// Consumes bytes and appends the lines that they complete.
    pub fn feed(&mut self, mut bytes: &[u8], lines: &mut Vec<InputLine>) {
        loop {
            bytes = &bytes[self.skip_blank(bytes, lines)..];
            let Some(end) = memchr::memchr(b'\n', bytes) else { break };
            if self.partial.is_empty() && self.dropped == 0 && end <= self.limit {
                self.complete(&bytes[..end], 1, lines);
            } else {
                self.hold(&bytes[..end]);
                self.flush(1, lines);
            }
            bytes = &bytes[end + 1..];
        }
        self.hold(bytes);
    }

    /// Appends the blank lines at the start of the bytes; returns their length.
    fn skip_blank(&mut self, bytes: &[u8], lines: &mut Vec<InputLine>) -> usize {
        let BlankLines { lines: count, bytes: length } = blank_lines(bytes);
        // Unfinished lines, and lines that may be too long, are handled one by one.
        if count == 0 || !self.partial.is_empty() || self.dropped > 0 || length > self.limit {
            return 0;
        }
        self.blank(count, lines);
        self.next.offset += length as u64;
        length
    }

    /// Appends blank lines. Consecutive ones share one entry, so that there are no more entries
    /// than for other lines.
    fn blank(&mut self, count: u64, lines: &mut Vec<InputLine>) {
        match lines.last_mut() {
            Some(InputLine { content: LineContent::Blank(before), .. }) => *before += count,
            _ => lines.push(InputLine { at: self.next, content: LineContent::Blank(count) }),
        }
        self.next.line += count;
    }

    /// Finishes the input: a last line needs no line break.
    pub fn finish(&mut self, lines: &mut Vec<InputLine>) {
        if !self.partial.is_empty() || self.dropped > 0 {
            self.flush(0, lines);
        }
    }

    /// Appends the partial line of an input that broke off, so that it is not lost.
    pub fn cut(&mut self, lines: &mut Vec<InputLine>) {
        if self.dropped > 0 {
            return self.flush(0, lines);
        }
        let text = std::mem::take(&mut self.partial);
        if text.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let at = self.next;
        self.next.line += 1;
        // Further reads must not find the same text and report it twice.
        self.next.offset += text.len() as u64;
        lines.push(InputLine { at, content: LineContent::Cut(text.into()) });
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.dropped == 0 && self.partial.len() + bytes.len() <= self.limit {
            self.partial.extend_from_slice(bytes);
        } else {
            self.dropped += (self.partial.len() + bytes.len()) as u64;
            self.partial = Vec::new();
        }
    }

    fn flush(&mut self, line_break: u64, lines: &mut Vec<InputLine>) {
        if self.dropped > 0 {
            let length = std::mem::take(&mut self.dropped);
            lines.push(InputLine { at: self.next, content: LineContent::TooLong(length) });
            self.next.line += 1;
            self.next.offset += length + line_break;
            return;
        }
        let mut partial = std::mem::take(&mut self.partial);
        self.complete(&partial, line_break, lines);
        partial.clear();
        self.partial = partial;
    }

    fn complete(&mut self, bytes: &[u8], line_break: u64, lines: &mut Vec<InputLine>) {
        let mut at = self.next;
        let mut text = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if at.line == 1
            && let Some(rest) = text.strip_prefix(BOM)
        {
            text = rest;
            at.offset += BOM.len() as u64;
        }
        if text.iter().all(u8::is_ascii_whitespace) {
            self.blank(1, lines);
        } else {
            lines.push(InputLine { at, content: LineContent::Text(text.into()) });
            self.next.line += 1;
        }
        self.next.offset += bytes.len() as u64 + line_break;
    }
}

#[cfg(test)]
impl InputLine {
    /// Returns the line's number, offset and content as text.
    pub(super) fn shown(&self) -> (u64, u64, String) {
        let text = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        let content = match &self.content {
            LineContent::Blank(lines) => format!("{lines} blank"),
            LineContent::Text(bytes) => text(bytes),
            LineContent::TooLong(bytes) => format!("too long: {bytes}"),
            LineContent::Cut(bytes) => format!("cut: {}", text(bytes)),
        };
        (self.at.line, self.at.offset, content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pieces: &[&[u8]], limit: usize) -> Vec<(u64, u64, String)> {
        let mut splitter = Splitter::with_limit(LineStart::start(0), limit);
        let mut lines = Vec::new();
        for piece in pieces {
            splitter.feed(piece, &mut lines);
        }
        splitter.finish(&mut lines);
        shown(&lines)
    }

    fn shown(lines: &[InputLine]) -> Vec<(u64, u64, String)> {
        lines.iter().map(InputLine::shown).collect()
    }

    fn line(number: u64, offset: u64, content: &str) -> (u64, u64, String) {
        (number, offset, content.to_owned())
    }

    #[test]
    fn a_last_line_needs_no_line_break() {
        let expected = [line(1, 0, "ab"), line(2, 3, "c")];
        assert_eq!(split(&[b"ab\nc"], 100), expected);
        assert_eq!(split(&[b"ab\nc\n"], 100), expected);
    }

    #[test]
    fn pieces_make_no_difference() {
        let text = b"first\r\n\n  \nsecond line\nthird";
        let whole = split(&[text], 100);
        let single: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(split(&single, 100), whole);
        let expected = [
            line(1, 0, "first"),
            line(2, 7, "2 blank"),
            line(4, 11, "second line"),
            line(5, 23, "third"),
        ];
        assert_eq!(whole, expected);
    }

    #[test]
    fn read_from_any_line_on_the_rest_is_the_same() {
        let text = b"\xef\xbb\xbffirst\r\n\nthird\n\xef\xbb\xbffourth";
        let whole = split(&[text], 100);
        let mut splitter = Splitter::at(LineStart::start(0));
        let mut lines = Vec::new();
        splitter.feed(text, &mut lines);
        splitter.finish(&mut lines);
        for (number, from) in lines.iter().enumerate() {
            let mut rest = Vec::new();
            let mut splitter = Splitter::at(from.at);
            splitter.feed(&text[usize::try_from(from.at.offset).expect("small")..], &mut rest);
            splitter.finish(&mut rest);
            assert_eq!(shown(&rest), whole[number..]);
        }
    }

    #[test]
    fn megabytes_of_blank_lines_are_one_entry_and_are_counted() {
        for (blank, lines_each) in [(&b"\n"[..], 1), (b"\r\n", 1), (b" \t\n", 1), (b"\n \n\r\n", 3)]
        {
            let times = 4 * 1024 * 1024 / blank.len();
            let mut splitter = Splitter::at(LineStart::start(0));
            let mut lines = Vec::new();
            splitter.feed(b"first\n", &mut lines);
            for step in blank.repeat(times).chunks(16 * 1024) {
                splitter.feed(step, &mut lines);
                assert!(lines.len() <= 2 && lines.capacity() <= 4, "{}", lines.len());
            }
            splitter.feed(b"last", &mut lines);
            splitter.finish(&mut lines);
            let (count, offset) = ((times * lines_each) as u64, (times * blank.len()) as u64);
            let blank = format!("{count} blank");
            let expected =
                [line(1, 0, "first"), line(2, 6, &blank), line(2 + count, 6 + offset, "last")];
            assert_eq!(shown(&lines), expected);
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_content() {
        assert_eq!(split(&[b"\xef\xbb\xbfx\ny"], 100), [line(1, 3, "x"), line(2, 5, "y")]);
    }

    #[test]
    fn a_line_over_the_limit_is_not_kept_and_the_next_is_found() {
        let expected = [line(1, 0, "too long: 7"), line(2, 8, "abc")];
        assert_eq!(split(&[b"1234567\nabc\n"], 4), expected);
        assert_eq!(split(&[b"123", b"45", b"67\nabc"], 4), expected);
    }

    #[test]
    fn a_line_of_just_the_limit_is_kept() {
        assert_eq!(split(&[b"1234\n12", b"34"], 4), [line(1, 0, "1234"), line(2, 5, "1234")]);
    }

    #[test]
    fn what_was_cut_off_is_kept_apart() {
        let mut splitter = Splitter::at(LineStart::start(0));
        let mut lines = Vec::new();
        splitter.feed(b"good\n[1,[2", &mut lines);
        splitter.cut(&mut lines);
        assert_eq!(shown(&lines), [line(1, 0, "good"), line(2, 5, "cut: [1,[2")]);
        assert_eq!(splitter.next(), LineStart { line: 3, offset: 10, ..LineStart::start(0) });
    }
}
