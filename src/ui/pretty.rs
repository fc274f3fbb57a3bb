//! Pretty-printer of JSON that keeps numbers and strings exactly as written.
//!
//! Parsing and reprinting would round numbers of more than 64 bits, and when examining a message
//! that failed, the exact bytes matter.

/// Formats valid JSON; `None` if the text is not JSON. Arrays and objects without nested ones stay
/// on one line, such as a list of a hundred ids.
#[must_use]
pub fn pretty_json(text: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    JsonLayout { text, at: 0, depth: 0, out: &mut out }.value();
    Some(out)
}

struct JsonLayout<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    out: &'a mut String,
}

impl JsonLayout<'_> {
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// Formats the value at the current position, token by token; the text is known to be valid.
    fn value(&mut self) {
        let mut flat: Vec<bool> = Vec::new();
        loop {
            self.skip_space();
            match self.peek() {
                0 => return,
                open @ (b'{' | b'[') => {
                    self.at += 1;
                    self.out.push(char::from(open));
                    flat.push(self.holds_only_scalars());
                    self.depth += 1;
                    self.skip_space();
                    if !matches!(self.peek(), b'}' | b']') {
                        self.line_break(&flat, "");
                    }
                }
                close @ (b'}' | b']') => {
                    self.at += 1;
                    self.depth = self.depth.saturating_sub(1);
                    let was_empty = self.out.ends_with(['{', '[']);
                    if flat.pop() == Some(false) && !was_empty {
                        self.indent();
                    }
                    self.out.push(char::from(close));
                }
                b',' => {
                    self.at += 1;
                    self.out.push(',');
                    self.line_break(&flat, " ");
                }
                b':' => {
                    self.at += 1;
                    self.out.push_str(": ");
                }
                b'"' => self.string(),
                _ => self.word(),
            }
        }
    }

    fn line_break(&mut self, flat: &[bool], otherwise: &str) {
        if flat.last() == Some(&false) { self.indent() } else { self.out.push_str(otherwise) }
    }

    fn indent(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }

    /// Returns whether the array or object that was just opened contains no other.
    fn holds_only_scalars(&self) -> bool {
        let mut in_string = false;
        let mut escaped = false;
        for byte in self.text.as_bytes()[self.at..].iter() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                _ if in_string => {}
                b'{' | b'[' => return false,
                b'}' | b']' => return true,
                _ => {}
            }
        }
        true
    }

    fn string(&mut self) {
        let start = self.at;
        self.at += 1;
        while !matches!(self.peek(), b'"' | 0) {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        self.out.push_str(self.text.get(start..self.at).unwrap_or_default());
    }

    fn word(&mut self) {
        let start = self.at;
        while !matches!(self.peek(), b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r' | 0) {
            self.at += 1;
        }
        self.out.push_str(self.text.get(start..self.at).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_values_are_indented_and_lists_of_ids_stay_whole() {
        let text =
            r#"{"data":[[1,[10, 11]],["u\"]",[]]],"n":123456789012345678901234567890,"e":{}}"#;
        let expected = r#"{
  "data": [
    [
      1,
      [10, 11]
    ],
    [
      "u\"]",
      []
    ]
  ],
  "n": 123456789012345678901234567890,
  "e": {}
}"#;
        assert_eq!(pretty_json(text).as_deref(), Some(expected));
    }

    #[test]
    fn what_is_no_json_is_left_to_the_caller() {
        assert_eq!(pretty_json("{\"data\": [[1,"), None);
        assert_eq!(pretty_json(""), None);
        assert_eq!(pretty_json(" [1,\n 2] ").as_deref(), Some("[1, 2]"));
    }
}
