//! Detection of the input layout: one value per line, or other JSON.

use serde::de::IgnoredAny;

/// Bytes that are looked at before an input is taken for what it seems to be.
const LOOK_AHEAD: usize = 64 * 1024;

/// Layout of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// JSON lines: one value per line.
    Lines,
    /// An array of values, or values that each take several lines.
    Values,
}

impl Layout {
    /// Tells it by the beginning of an input, with or without more to come; `None` when that is not
    /// enough.
    pub fn of(head: &[u8], at_end: bool) -> Option<Self> {
        let text = crate::input::without_bom(head);
        let enough = at_end || head.len() >= LOOK_AHEAD;
        let otherwise = enough.then_some(Layout::Lines);
        let Some(start) = first(text) else { return otherwise };
        let text = &text[start..];
        match text {
            [b'[', inner @ ..] => match first(inner).map(|at| inner[at]) {
                // No line of ours begins so: a pair has its user's id there.
                Some(b'[' | b'{') => return Some(Layout::Values),
                None if !enough => return None,
                _ => {}
            },
            [b'{', ..] => {}
            _ => return Some(Layout::Lines),
        }
        let Some(end) = memchr::memchr(b'\n', text) else { return otherwise };
        let (line, rest) = text.split_at(end);
        if !is_begun(line) {
            return Some(Layout::Lines);
        }
        match first(rest) {
            None => otherwise,
            Some(_) if is_complete(text) => Some(Layout::Values),
            // A first line that is cut off is not gone on with by the lines after it.
            Some(_) if !is_begun(text) => Some(Layout::Lines),
            Some(_) => enough.then_some(Layout::Values),
        }
    }
}

fn first(text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| !byte.is_ascii_whitespace())
}

/// Returns whether a text is the beginning of a JSON value and not a whole one.
fn is_begun(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

/// Returns whether a text begins with a whole JSON value.
fn is_complete(text: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    matches!(values.next(), Some(Ok(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_lines() {
        for text in [
            "[1,[2]]\n[3,[4]]\n",
            "{\"user_id\":1,\"recommended_note_ids\":[2]}\n",
            "\u{feff}[1,[2]]\n",
            "\n\n[1,[2]]\n[3,[4]]",
            "not json\n[\n",
            "\"text\"\n",
            // Cut off, or wrong: the lines after it are no part of it.
            "[1,[2\n[3,[4]]\n",
            "[1,[2,\n[3,[4]]\n[5,[6]]\n",
            "{\"user_id\":1,\n{\"user_id\":2,\"recommended_note_ids\":[2]}\n",
            "[\"ab\n[3,[4]]\n",
            "[1,[2",
            "{\n",
            "[]\n[1,[2]]\n",
            "",
            "  \n ",
        ] {
            assert_eq!(Layout::of(text.as_bytes(), true), Some(Layout::Lines), "{text:?}");
        }
    }

    #[test]
    fn arrays_and_indented_values_are_not() {
        for text in [
            "[\n[1,[2]],\n[3,[4]]\n]\n",
            "[[1,[2]],\n[3,[4]]]",
            "[[1,[2]],[3,[4]]]",
            "[{\"user_id\":1,\"recommended_note_ids\":[2]}]",
            "\u{feff}  [\n\n  {\n",
            "[\n  1,\n  [\n    2\n  ]\n]\n[\n 3,\n",
            "{\n  \"user_id\": 1,\n  \"recommended_note_ids\": [2]\n}\n",
            "{\"data\": [\n[1,[2]],\n[3,[4]]\n]}",
            // It breaks off.
            "{\n  \"user_id\": 1,\n",
            "[\n]\n",
        ] {
            assert_eq!(Layout::of(text.as_bytes(), true), Some(Layout::Values), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_certain_yet_waits_for_more() {
        for text in ["", " ", "[", "[ \n", "{", "[1,[2", "{\n \"user_id\"", "{\n"] {
            assert_eq!(Layout::of(text.as_bytes(), false), None, "{text:?}");
        }
        for text in ["[1,[2]]\n", "x", "[1,[2\n[3"] {
            assert_eq!(Layout::of(text.as_bytes(), false), Some(Layout::Lines), "{text:?}");
        }
        let long = format!("{{\n \"data\": [{}", "[1,[2]],\n".repeat(LOOK_AHEAD / 8));
        assert_eq!(Layout::of(long.as_bytes(), false), Some(Layout::Values));
        let line = format!("[1,[{}", "2,".repeat(LOOK_AHEAD));
        assert_eq!(Layout::of(line.as_bytes(), false), Some(Layout::Lines));
    }
}
