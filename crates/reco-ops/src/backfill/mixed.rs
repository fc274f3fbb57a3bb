//! Lines mixed with multi-line values: each value is detected at its first line and read whole;
//! lines follow again after it.

use super::layout::{self, LOOK_AHEAD};
use super::lines::{InputLine, LineContent, LineStart, Splitter};
use super::values::Values;
use crate::files::input::{blank_lines, without_bom};

/// Bytes first examined after an incomplete line. Doubled until its kind is certain, so that a long
/// value is not parsed from its start again for each of its lines.
const FIRST_LOOK: usize = 256;

/// Splits one input incrementally. Holds at most one unfinished line or value.
#[derive(Debug)]
pub struct Mixed {
    state: State,
    /// True if lines are mapped, so that a one-line array counts as a line.
    mapped: bool,
}

#[derive(Debug)]
enum State {
    Lines(Splitter),
    /// Line that may start a value, and the bytes after it.
    Opened(Opened),
    Values(Box<Values>),
}

#[derive(Debug)]
struct Opened {
    line: InputLine,
    /// Start of the following line.
    next: LineStart,
    /// The line with its line break, and the bytes after it.
    text: Vec<u8>,
    /// Length of the line, including its line break.
    own: usize,
    /// Length of the text at which it is examined next.
    look_at: usize,
}

impl Mixed {
    /// Creates a splitter for an input that is read from `next` on.
    pub fn at(next: LineStart, mapped: bool) -> Self {
        Mixed { state: State::Lines(Splitter::at(next)), mapped }
    }

    /// Returns the place where the next line or value starts, or may start.
    pub fn next(&self) -> LineStart {
        match &self.state {
            State::Lines(splitter) => splitter.next(),
            State::Opened(opened) => opened.line.at,
            State::Values(values) => values.next(),
        }
    }

    /// Consumes bytes and appends the lines and values that they complete.
    pub fn feed(&mut self, mut bytes: &[u8], lines: &mut Vec<InputLine>) {
        while !bytes.is_empty() {
            bytes = match &mut self.state {
                State::Lines(splitter) => {
                    let (opened, rest) = take_lines(splitter, self.mapped, bytes, lines);
                    if let Some(state) = opened {
                        self.state = state;
                    }
                    rest
                }
                State::Opened(opened) => {
                    let room = opened.look_at.saturating_sub(opened.text.len()).max(1);
                    let (now, rest) = bytes.split_at(room.min(bytes.len()));
                    opened.text.extend_from_slice(now);
                    self.look(false, lines);
                    rest
                }
                State::Values(values) => {
                    let end = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1);
                    values.feed(&bytes[..end], lines);
                    if bytes[..end].ends_with(b"\n") && values.is_between() {
                        self.state = State::Lines(Splitter::at(values.next()));
                    }
                    &bytes[end..]
                }
            };
        }
    }

    /// Finishes the input; returns a description of what is missing, if anything.
    pub fn finish(&mut self, lines: &mut Vec<InputLine>) -> Option<String> {
        self.look_at_all(lines);
        match &mut self.state {
            State::Lines(splitter) => {
                splitter.finish(lines);
                None
            }
            State::Opened(_) => None,
            State::Values(values) => values.finish(lines),
        }
    }

    /// Appends what is left of an input that broke off, so that it is not lost.
    pub fn cut(&mut self, lines: &mut Vec<InputLine>) {
        self.look_at_all(lines);
        match &mut self.state {
            State::Lines(splitter) => splitter.cut(lines),
            State::Opened(_) => {}
            State::Values(values) => values.cut(lines),
        }
    }

    /// Classifies the pending line with the bytes at hand, because no more will come.
    fn look_at_all(&mut self, lines: &mut Vec<InputLine>) {
        // An array or object whose last line has no line break is not an unfinished line.
        while matches!(self.state, State::Opened(_)) {
            self.look(true, lines);
        }
    }

    /// Classifies the pending line if that is possible yet.
    fn look(&mut self, at_end: bool, lines: &mut Vec<InputLine>) {
        let State::Opened(opened) = &mut self.state else { return };
        let (line, rest) = opened.text.split_at(opened.own);
        let Some(whole) = layout::goes_on(line, rest, at_end) else {
            if opened.text.len() >= opened.look_at {
                opened.look_at = opened.text.len() * 2;
            }
            return;
        };
        let after = Splitter::at(opened.next);
        let State::Opened(opened) = std::mem::replace(&mut self.state, State::Lines(after)) else {
            return;
        };
        if whole {
            self.state = State::Values(Box::new(Values::at(opened.line.at)));
            return self.feed(&opened.text, lines);
        }
        lines.push(opened.line);
        // Recursion is no deeper than JSON may be nested: each line examined here was inside this
        // one.
        self.feed(&opened.text[opened.own..], lines);
    }
}

/// Splits lines until one may start a value; returns the bytes left to read.
fn take_lines<'b>(
    splitter: &mut Splitter,
    mapped: bool,
    mut bytes: &'b [u8],
    lines: &mut Vec<InputLine>,
) -> (Option<State>, &'b [u8]) {
    while !bytes.is_empty() {
        // Skips megabytes of blank lines at once.
        let blank = if splitter.is_between() { blank_lines(bytes).bytes } else { 0 };
        let end = match blank {
            0 => memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1),
            blank => blank,
        };
        let before = lines.len();
        splitter.feed(&bytes[..end], lines);
        bytes = &bytes[end..];
        let added = blank == 0 && lines.len() > before;
        if let Some(line) = lines.pop_if(|line| added && is_opened(line, mapped)) {
            return (Some(opened(line, splitter.next())), bytes);
        }
        if let Some(line) = lines.last_mut().filter(|_| added) {
            take_commas(line);
        }
        if let Some((at, text)) = splitter.take_if(|text| is_long_array(without_bom(text))) {
            let mut values = Values::at(at);
            values.feed(&text, lines);
            return (Some(State::Values(Box::new(values))), bytes);
        }
    }
    (None, bytes)
}

/// Returns whether a line holds array values or starts a value.
fn is_opened(line: &InputLine, mapped: bool) -> bool {
    match &line.content {
        LineContent::Text(text) => {
            let text = without_bom(text);
            layout::is_begun(text)
                || (!mapped && layout::is_array(text) && layout::is_complete(text))
        }
        _ => false,
    }
}

/// Strips the comma around a line that is otherwise one value: an element of an array whose
/// brackets stand on lines that are not JSON (`var recs = [`). Otherwise only the last element
/// would be read.
fn take_commas(line: &mut InputLine) {
    let LineContent::Text(text) = &line.content else { return };
    let (start, end) = (text.trim_ascii_start(), text.trim_ascii_end());
    if !start.starts_with(b",") && !end.ends_with(b",") {
        return;
    }
    let value = start.strip_prefix(b",").unwrap_or(start).trim_ascii();
    let value = value.strip_suffix(b",").unwrap_or(value).trim_ascii();
    let is_value = value.starts_with(b"[") || value.starts_with(b"{");
    if is_value && layout::is_whole(value) {
        let before = (value.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        line.at.offset += before as u64;
        line.content = LineContent::Text(value.into());
    }
}

/// Returns whether an unfinished line is an array of values too long to examine whole.
fn is_long_array(text: &[u8]) -> bool {
    text.len() >= LOOK_AHEAD && layout::is_array(text)
}

fn opened(mut line: InputLine, next: LineStart) -> State {
    let mut text = match &line.content {
        LineContent::Text(whole) => {
            // Byte order mark of a file that was appended to another.
            let text = without_bom(whole).to_vec();
            line.at.offset += (whole.len() - text.len()) as u64;
            text
        }
        _ => Vec::new(),
    };
    // Accounts for a removed carriage return.
    let breaks = next.offset.saturating_sub(line.at.offset + text.len() as u64);
    text.extend_from_slice(if breaks > 1 { b"\r\n" } else { b"\n" });
    let own = text.len();
    State::Opened(Opened { line, next, text, own, look_at: own + FIRST_LOOK })
}

#[cfg(test)]
#[path = "mixed/tests.rs"]
mod tests;
