//! Detection of the input layout: one value per line, or other JSON.

use serde::de::IgnoredAny;

/// Maximum bytes examined to detect the layout.
pub const LOOK_AHEAD: usize = 64 * 1024;

/// Layout of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// JSON lines: one value per line.
    Lines,
    /// An array of values, or values that each take several lines.
    Values,
}

impl Layout {
    /// Detects the layout of an input whose lines are mapped. A one-line array counts as a line,
    /// wherever it stands, and is left to the `--map` expression. Only an array over several lines,
    /// or one too long to examine, is split here.
    pub fn of_mapped(head: &[u8], at_end: bool) -> Option<Self> {
        let text = crate::files::input::without_bom(head);
        let text = first(text).map_or(&text[..0], |start| &text[start..]);
        let enough = at_end || head.len() >= LOOK_AHEAD;
        let line = memchr::memchr(b'\n', text).map_or(text, |end| &text[..end]);
        if !is_begun(line) && (line.len() < text.len() || at_end) {
            return Some(Layout::Lines);
        }
        if line.len() == text.len() && !enough {
            return None;
        }
        Layout::of(head, at_end)
    }

    /// Detects the layout from the start of an input; `None` if that is not enough and more may
    /// come.
    pub fn of(head: &[u8], at_end: bool) -> Option<Self> {
        let text = crate::files::input::without_bom(head);
        let enough = at_end || head.len() >= LOOK_AHEAD;
        let otherwise = enough.then_some(Layout::Lines);
        let Some(start) = first(text) else { return otherwise };
        let text = &text[start..];
        match text {
            [b'[', inner @ ..] => match first(inner).map(|at| inner[at]) {
                // No valid line starts like this: a pair has the user id there.
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
            // A truncated first line is not continued by the lines after it.
            Some(_) if !is_begun(text) => Some(Layout::Lines),
            Some(_) => enough.then_some(Layout::Values),
        }
    }
}

/// Returns whether an incomplete line continues in the lines after it, as a line of whole value
/// arrays does; `None` if more lines are needed to decide.
pub fn goes_on(line: &[u8], after: &[u8], at_end: bool) -> Option<bool> {
    if is_array(line) && is_complete(line) {
        return Some(true);
    }
    let Some(start) = first(after) else {
        return (at_end || after.len() >= LOOK_AHEAD).then_some(false);
    };
    if is_array(line) {
        // Errors further on belong to the element; a line that does not continue at once stands
        // alone.
        let joined = [line, &after[..=start]].concat();
        return Some(is_begun(&joined) || is_complete(&joined));
    }
    let text = [line, after].concat();
    // A lone "[": what follows distinguishes an array of values from a pair.
    if is_array(&text) || is_complete(&text) {
        return Some(true);
    }
    if !is_begun_value(&text) {
        return Some(false);
    }
    (at_end || after.len() >= LOOK_AHEAD).then_some(true)
}

/// Like [`is_begun`], but limited to the depth that is read in the end: consecutive lines that are
/// truncated at the same place are not one value.
fn is_begun_value(text: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(text).is_err_and(|error| error.is_eof())
}

/// Returns whether a text starts like an array of arrays or objects. No valid line does: a pair has
/// the user id there.
pub fn is_array(text: &[u8]) -> bool {
    let inner = first(text).and_then(|start| text[start..].strip_prefix(b"["));
    inner.is_some_and(|inner| matches!(first(inner).map(|at| inner[at]), Some(b'[' | b'{')))
}

fn first(text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| !byte.is_ascii_whitespace())
}

/// Returns whether a text is an incomplete JSON value.
pub fn is_begun(text: &[u8]) -> bool {
    !is_closed(text)
        && serde_json::from_slice::<IgnoredAny>(text).is_err_and(|error| error.is_eof())
}

/// Returns whether a text starts with a bracket, holds no strings, and closes as many brackets as it
/// opens: a parser that comes to its end is in none. Every line of a file is asked, and counting
/// takes a tenth of the time of parsing.
fn is_closed(text: &[u8]) -> bool {
    let count = |byte| memchr::memchr_iter(byte, text).count();
    first(text).is_some_and(|start| matches!(text[start], b'[' | b'{'))
        && memchr::memchr(b'"', text).is_none()
        && count(b'[') + count(b'{') <= count(b']') + count(b'}')
}

/// Returns whether a text is exactly one JSON value.
pub fn is_whole(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

/// Returns whether a text starts with a complete JSON value.
pub fn is_complete(text: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    matches!(values.next(), Some(Ok(_)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counting_brackets_finds_what_parsing_finds(
            text in r#"[\[\]{},:"\\ 1a-]{0,12}|(\[|\]|1|,|\{|\}| ){0,12}"#
        ) {
            let parsed = serde_json::from_str::<IgnoredAny>(&text);
            prop_assert_eq!(is_begun(text.as_bytes()), parsed.is_err_and(|error| error.is_eof()));
        }
    }

    #[test]
    fn lines_are_lines() {
        for text in [
            "[1,[2]]\n[3,[4]]\n",
            "{\"user_id\":1,\"recommended_note_ids\":[2]}\n",
            "\u{feff}[1,[2]]\n",
            "\n\n[1,[2]]\n[3,[4]]",
            "not json\n[\n",
            "\"text\"\n",
            // Truncated or invalid: the lines after it are separate.
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
            // Breaks off.
            "{\n  \"user_id\": 1,\n",
            "[\n]\n",
        ] {
            assert_eq!(Layout::of(text.as_bytes(), true), Some(Layout::Values), "{text:?}");
        }
    }

    #[test]
    fn for_a_mapping_an_array_in_one_line_is_a_line() {
        let array = "[{\"u\":1},{\"u\":2}]";
        for text in [
            array.to_owned(),
            format!("{array}\n"),
            format!("{array}\n{{\"u\":3}}\n"),
            format!("{{\"u\":3}}\n{array}\n"),
            format!("\u{feff}\n{array}\n[1,[2]]\n"),
            "[[1,[2\n[3,[4]]\n".to_owned(),
            "not json\n".to_owned(),
            String::new(),
        ] {
            let layout = Layout::of_mapped(text.as_bytes(), true);
            // An array's first line that breaks off belongs to the array, as without a mapping.
            let broken = text.starts_with("[[1,[2\n");
            let expected = if broken { Layout::Values } else { Layout::Lines };
            assert_eq!(layout, Some(expected), "{text:?}");
        }
        for text in ["[\n{\"u\":1},\n{\"u\":2}\n]\n", "{\n \"u\": 1\n}\n"] {
            assert_eq!(Layout::of_mapped(text.as_bytes(), true), Some(Layout::Values), "{text:?}");
        }
        let long = format!("[{}", "{\"u\":1},".repeat(LOOK_AHEAD));
        assert_eq!(Layout::of_mapped(long.as_bytes(), false), Some(Layout::Values));
        assert_eq!(Layout::of_mapped(b"[{\"u\":1},", false), None);
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
