//! Splits the bytes of an array, or of indented JSON, into the text of each value, as if each were
//! on its own line.
//!
//! Only brackets and strings are examined; the decoder checks the values themselves.

use super::lines::{InputLine, LineContent, LineStart, MAX_LINE};
use crate::files::input::{blank_bytes, line_breaks, without_bom};

/// Splits one input incrementally. Holds at most one unfinished value.
#[derive(Debug)]
pub struct Values {
    /// Place of the next byte.
    here: LineStart,
    state: State,
    /// Start of the current value.
    at: LineStart,
    text: Vec<u8>,
    /// Line in which the outermost array or value starts.
    opened: u64,
    /// Bytes dropped from a value that is too long.
    dropped: u64,
    limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between values.
    Top,
    /// After a `[`: what follows distinguishes an array of values from a pair.
    Opened,
    /// In an array, between its values.
    Between,
    /// In a value; `nested` if the value is inside an array.
    Inside { depth: u32, string: Text, nested: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    No,
    In,
    Escaped,
}

impl Values {
    /// Creates a splitter for an input read from `here` on, with no array or value open.
    pub fn at(here: LineStart) -> Self {
        Values::with_limit(here, MAX_LINE)
    }

    fn with_limit(here: LineStart, limit: usize) -> Self {
        let (at, opened) = (here, here.line);
        Values { here, state: State::Top, at, text: Vec::new(), opened, dropped: 0, limit }
    }

    /// Returns whether no array or value is open.
    pub fn is_between(&self) -> bool {
        self.state == State::Top
    }

    /// Returns the place where the next value starts, or may start.
    pub fn next(&self) -> LineStart {
        match self.state {
            State::Top => self.here,
            State::Between => LineStart { inside: true, ..self.here },
            State::Opened | State::Inside { .. } => self.at,
        }
    }

    /// Consumes bytes and appends the values that they complete.
    pub fn feed(&mut self, bytes: &[u8], values: &mut Vec<InputLine>) {
        let text = if self.here.offset == 0 { without_bom(bytes) } else { bytes };
        self.here.offset += (bytes.len() - text.len()) as u64;
        let mut bytes = text;
        loop {
            bytes = &bytes[self.skip_blank(bytes)..];
            let Some((byte, rest)) = bytes.split_first() else { return };
            self.take(*byte, values);
            self.here.offset += 1;
            self.here.line += u64::from(*byte == b'\n');
            bytes = rest;
        }
    }

    /// Skips whitespace that is not part of a value; returns its length.
    fn skip_blank(&mut self, bytes: &[u8]) -> usize {
        let dropping = match self.state {
            State::Top | State::Between | State::Opened => false,
            State::Inside { depth, string: Text::No, nested }
                if self.dropped > 0 && (nested || depth > 0) =>
            {
                true
            }
            State::Inside { .. } => return 0,
        };
        let length = blank_bytes(bytes);
        if dropping {
            self.dropped += length as u64;
        }
        self.here.offset += length as u64;
        self.here.line += line_breaks(&bytes[..length]);
        length
    }

    /// Finishes the input; returns a description of what is missing, if anything.
    pub fn finish(&mut self, values: &mut Vec<InputLine>) -> Option<String> {
        match self.state {
            State::Top => return None,
            State::Inside { depth: 0, string: Text::No, nested: false } => {
                self.end(values);
                return None;
            }
            State::Opened | State::Between | State::Inside { .. } => self.cut(values),
        }
        let line = self.opened;
        Some(format!(
            "the input ends in the middle of a JSON array or object that begins in line {line}"
        ))
    }

    /// Appends what is left of an input that broke off, so that it is not lost.
    pub fn cut(&mut self, values: &mut Vec<InputLine>) {
        if self.is_whole() {
            self.end(values);
        } else if matches!(self.state, State::Inside { .. }) {
            let text = std::mem::take(&mut self.text);
            let content = match std::mem::take(&mut self.dropped) {
                0 => LineContent::Cut(text.into()),
                dropped => LineContent::TooLong(dropped),
            };
            values.push(InputLine { at: self.at, content });
        }
        self.state = State::Top;
    }

    /// Returns whether the current value is complete although nothing marks its end.
    fn is_whole(&self) -> bool {
        let closed = self.text.trim_ascii_end().ends_with(b"]")
            || self.text.trim_ascii_end().ends_with(b"}");
        let outside = matches!(self.state, State::Inside { depth: 0, string: Text::No, .. });
        outside && closed && self.dropped == 0
    }

    fn take(&mut self, byte: u8, values: &mut Vec<InputLine>) {
        let blank = byte.is_ascii_whitespace();
        match self.state {
            State::Top | State::Between | State::Opened if blank => {}
            State::Top if byte == b'[' => {
                self.at = self.here;
                self.opened = self.here.line;
                self.state = State::Opened;
            }
            State::Top => self.begin(byte, false, values),
            State::Opened => match byte {
                b'[' | b'{' => self.begin(byte, true, values),
                b']' => self.state = State::Top,
                _ => {
                    self.text.push(b'[');
                    self.state = State::Inside { depth: 1, string: Text::No, nested: false };
                    self.inside(byte, values);
                }
            },
            State::Between => match byte {
                b',' => {}
                b']' => self.state = State::Top,
                _ => self.begin(byte, true, values),
            },
            State::Inside { .. } => self.inside(byte, values),
        }
    }

    fn begin(&mut self, byte: u8, nested: bool, values: &mut Vec<InputLine>) {
        self.at = LineStart { inside: nested, ..self.here };
        if !nested {
            self.opened = self.here.line;
        }
        self.state = State::Inside { depth: 0, string: Text::No, nested };
        self.inside(byte, values);
    }

    fn inside(&mut self, byte: u8, values: &mut Vec<InputLine>) {
        let State::Inside { depth, string, nested } = self.state else { return };
        let within = |depth, string| State::Inside { depth, string, nested };
        let (state, kept, over) = match (string, byte) {
            // JSON strings contain no line breaks: a closing quote is missing, and the following
            // values must not be swallowed.
            (Text::In | Text::Escaped, b'\n') if nested => (State::Between, byte, true),
            (Text::In | Text::Escaped, b'\n') => (State::Top, byte, true),
            (Text::Escaped, _) => (within(depth, Text::In), byte, false),
            (Text::In, b'\\') => (within(depth, Text::Escaped), byte, false),
            (Text::In, b'"') => (within(depth, Text::No), byte, false),
            (Text::In, _) => (self.state, byte, false),
            (Text::No, b'"') => (within(depth, Text::In), byte, false),
            (Text::No, b'[' | b'{') => (within(depth + 1, Text::No), byte, false),
            (Text::No, b',') if nested && depth == 0 => (State::Between, byte, true),
            (Text::No, b']') if nested && depth == 0 => (State::Top, byte, true),
            (Text::No, b'\n') if !nested && depth == 0 => (State::Top, byte, true),
            (Text::No, b']' | b'}') if depth == 1 && !nested => {
                self.keep(byte);
                (State::Top, byte, true)
            }
            (Text::No, b']' | b'}') => (within(depth.saturating_sub(1), Text::No), byte, false),
            // A line break between tokens becomes a space, because each value is returned as one
            // line.
            (Text::No, b'\n' | b'\r') => (self.state, b' ', false),
            (Text::No, _) => (self.state, byte, false),
        };
        if over {
            self.end(values);
        } else {
            self.keep(kept);
        }
        self.state = state;
    }

    fn keep(&mut self, byte: u8) {
        if self.dropped == 0 && self.text.len() < self.limit {
            self.text.push(byte);
        } else {
            self.dropped += 1 + std::mem::take(&mut self.text).len() as u64;
        }
    }

    fn end(&mut self, values: &mut Vec<InputLine>) {
        let content = match std::mem::take(&mut self.dropped) {
            0 => LineContent::Text(self.text.trim_ascii_end().into()),
            dropped => LineContent::TooLong(dropped),
        };
        self.text.clear();
        values.push(InputLine { at: self.at, content });
        self.state = State::Top;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn split(pieces: &[&[u8]], limit: usize) -> (Vec<(u64, u64, String)>, Option<String>) {
        let mut splitter = Values::with_limit(LineStart::start(0), limit);
        let mut values = Vec::new();
        for piece in pieces {
            splitter.feed(piece, &mut values);
        }
        let missing = splitter.finish(&mut values);
        (values.iter().map(InputLine::shown).collect(), missing)
    }

    fn texts(text: &str) -> Vec<String> {
        let (values, missing) = split(&[text.as_bytes()], MAX_LINE);
        assert_eq!(missing, None, "{text}");
        values.into_iter().map(|(.., text)| text).collect()
    }

    #[test]
    fn arrays_are_taken_apart_wherever_their_lines_break() {
        let expected = ["[1,[2]]", "[3,[4]]", "{\"user_id\":5,\"x\":[{}]}"];
        for text in [
            "[[1,[2]],[3,[4]],{\"user_id\":5,\"x\":[{}]}]",
            "[\n[1,[2]],\n[3,[4]],\n{\"user_id\":5,\"x\":[{}]}\n]\n",
            "\u{feff}[\r\n[1,[2]]\r\n,[3,[4]]\r\n, {\"user_id\":5,\"x\":[{}]} ]",
            // Two consecutive arrays and a single value.
            "[[1,[2]]] [[3,[4]]]\n{\"user_id\":5,\"x\":[{}]}",
        ] {
            assert_eq!(texts(text), expected, "{text}");
        }
        assert_eq!(texts("[]"), [""; 0]);
        assert_eq!(texts("[\n]\n[ ]"), [""; 0]);
    }

    #[test]
    fn indented_values_become_one_line_each() {
        assert_eq!(
            texts("[\n  1,\n  [\n    2\n  ]\n]\n{\n  \"user_id\": 3,\n  \"x\": \"]\\\"}\"\n}\n"),
            ["[1,   [     2   ] ]", "{   \"user_id\": 3,   \"x\": \"]\\\"}\" }"]
        );
    }

    #[test]
    fn places_are_those_of_the_input() {
        let (values, _) = split(&[b"[\n  [1,\n[2]],\n  [3,[4]]]"], MAX_LINE);
        let places: Vec<(u64, u64)> = values.iter().map(|(line, at, _)| (*line, *at)).collect();
        assert_eq!(places, [(2, 4), (4, 16)]);
    }

    #[test]
    fn what_is_wrong_is_handed_on_and_the_rest_is_read() {
        assert_eq!(
            texts("[[1,[2]],\n[3,[\"x]],\n[5,[6]],\n[7,[8]]]\n[9,[10]]"),
            ["[1,[2]]", "[3,[\"x]],", "[5,[6]]", "[7,[8]]", "[9,[10]]"]
        );
        assert_eq!(texts("[[1,[2]], oops, [3,[4]]]"), ["[1,[2]]", "oops", "[3,[4]]"]);
        assert_eq!(texts("[[1,[2]] [3,[4]], [5,[6]]]"), ["[1,[2]] [3,[4]]", "[5,[6]]"]);
        assert_eq!(texts("[[1,[2]],,}]\nrest\n[3,[4]]"), ["[1,[2]]", "}", "rest", "[3,[4]]"]);
        let (values, missing) = split(&[b"[[1,[2]],\n[3,[4"], MAX_LINE);
        assert!(missing.is_some());
        assert_eq!(values[1].2, "cut: [3,[4");
        let (values, missing) = split(&[b"[[1,[2]],\n[3,[4]]\n"], MAX_LINE);
        assert!(missing.is_some());
        assert_eq!(values[1].2, "[3,[4]]", "it is whole, the array is not");
        for text in ["[[1,[2]]", "[[1,[2]],", "[", "[ \n"] {
            assert!(split(&[text.as_bytes()], MAX_LINE).1.is_some(), "{text}");
        }
        let (values, _) = split(&[b"[[1,[2]],[1234567,[4]],[5,[6]]]"], 9);
        let texts: Vec<&str> = values.iter().map(|(.., text)| text.as_str()).collect();
        assert_eq!(texts, ["[1,[2]]", "too long: 13", "[5,[6]]"]);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::from),
            "[\\[\\]{}\",\\\\a\n é]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c\\]\"]{1,3}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Whatever an array contains and wherever its bytes are cut, each value comes out once, in
        /// order, in one line and with its own place.
        #[test]
        fn every_value_of_an_array_comes_out_once(
            values in prop::collection::vec(any_value(), 0..6),
            pretty in any::<bool>(),
            piece in 1_usize..20,
        ) {
            // The first value distinguishes an array of values from a pair.
            let mut expected = vec![serde_json::json!([1, [2]])];
            expected.extend(values);
            let text = if pretty { serde_json::to_string_pretty(&expected) } else { serde_json::to_string(&expected) };
            let text = text.expect("JSON");
            let pieces: Vec<&[u8]> = text.as_bytes().chunks(piece).collect();
            let (found, missing) = split(&pieces, MAX_LINE);
            prop_assert_eq!(missing, None);
            let read: Result<Vec<Value>, _> = found.iter().map(|(.., text)| serde_json::from_str(text)).collect();
            prop_assert_eq!(read.expect("JSON"), expected);
            for (line, offset, value) in found {
                prop_assert!(!value.contains('\n'));
                let before = &text.as_bytes()[..offset as usize];
                prop_assert_eq!(before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1, line);
                prop_assert_eq!(text.as_bytes()[offset as usize], value.as_bytes()[0]);
            }
        }
    }
}
