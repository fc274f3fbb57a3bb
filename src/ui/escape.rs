//! Making message bodies safe to look at.
//!
//! A body is somebody else's bytes: control characters could move the cursor, change the
//! terminal's settings or hide text (CWE-150), and bidirectional controls could reorder what is
//! read. They are shown as escapes.

use std::fmt::Write;

/// Escapes a text for one line: line breaks and tabs are escaped too.
#[must_use]
pub fn escape_line(text: &str) -> String {
    escape(text, |c| is_unsafe(c) || matches!(c, '\n' | '\t'))
}

/// Escapes a text of several lines: line breaks and tabs stay.
#[must_use]
pub fn escape_text(text: &str) -> String {
    escape(text, is_unsafe)
}

fn escape(text: &str, unsafe_here: impl Fn(char) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if !unsafe_here(c) => safe.push(c),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c => {
                // Writing into a String cannot fail.
                let _ = write!(safe, "\\u{{{:02x}}}", u32::from(c));
            }
        }
    }
    safe
}

/// C0 (with ESC and DEL) and C1 controls, bidirectional controls and line separators.
fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_controls_become_visible() {
        assert_eq!(
            escape_line("a\u{1b}[2Jb\r\n\tc\u{9b}d\u{7f}"),
            "a\\u{1b}[2Jb\\r\\n\\tc\\u{9b}d\\u{7f}"
        );
        assert_eq!(escape_text("a\n\tb\u{1b}"), "a\n\tb\\u{1b}");
    }

    #[test]
    fn bidirectional_controls_become_visible() {
        assert_eq!(escape_text("x\u{202e}y\u{2066}z"), "x\\u{202e}y\\u{2066}z");
    }

    #[test]
    fn ordinary_text_of_any_script_stays() {
        let text = "añb 日本語 עברית ✓";
        assert_eq!(escape_line(text), text);
    }
}
