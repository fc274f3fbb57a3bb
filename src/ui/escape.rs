//! Makes all output safe to display.
//!
//! Bodies, responses, names and file contents are untrusted bytes: control characters could move
//! the cursor, change the terminal's settings or hide text (CWE-150), bidirectional controls could
//! reorder what is read, and a line break could start a line that looks like ours. All text passes
//! through [`shown`] or [`shown_in_line`] on its way to the terminal, and JSON through
//! [`Escaping`]. Our own colors pass because they are marked ([`styled`]); nothing else knows the
//! mark.

use std::collections::hash_map::RandomState;
use std::fmt::Write;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::sync::LazyLock;

use serde_json::ser::Formatter;

/// Mark that stands for the ESC of our own styles until they are written. It is random per process,
/// so external text cannot contain it.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let random = || RandomState::new().build_hasher().finish();
    format!("\u{1b}\u{1}{:016x}{:016x}\u{2}", random(), random())
});

/// Marks the escape sequences in a text as our own. Only for text without external parts.
pub(super) fn styled(own: &str) -> String {
    own.replace('\u{1b}', &MARK)
}

/// Returns the columns that a text takes, without its styles.
pub(super) fn columns(text: &str) -> usize {
    console::measure_text_width(&text.replace(MARK.as_str(), "\u{1b}"))
}

/// Makes a text of several lines safe for the terminal.
pub(super) fn shown(text: &str) -> String {
    by_parts(text, escape_text)
}

/// Makes a text safe for the terminal, in one line.
pub(super) fn shown_in_line(text: &str) -> String {
    by_parts(text, escape_line)
}

fn by_parts(text: &str, escape: fn(&str) -> String) -> String {
    let mut parts = text.split(MARK.as_str());
    let mut shown = escape(parts.next().unwrap_or_default());
    for part in parts {
        shown.push('\u{1b}');
        shown.push_str(&escape(part));
    }
    shown
}

/// Truncates a text that would fill the screen: endpoints and bodies may return megabytes.
pub(super) fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}… ({} more bytes)", &text[..at], text.len() - at),
        None => text.to_owned(),
    }
}

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

/// Returns whether a character is unsafe: C0 (with ESC and DEL) and C1 controls, bidirectional
/// controls, line separators, and zero-width characters, because ids that look alike must be equal.
/// Joiners and variation selectors are allowed, since scripts and emoji need them.
pub(super) fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}'
        | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// JSON formatter that escapes unsafe characters in strings; the values stay the same.
pub(super) struct Escaping<F>(pub(super) F);

impl<F> Escaping<F> {
    fn write<W: ?Sized + io::Write>(writer: &mut W, text: &str) -> io::Result<()> {
        let mut rest = text;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

macro_rules! as_inner {
    ($($name:ident($($arg:ident: $kind:ty),*);)*) => {$(
        fn $name<W: ?Sized + io::Write>(&mut self, writer: &mut W $(, $arg: $kind)*) -> io::Result<()> {
            self.0.$name(writer $(, $arg)*)
        }
    )*};
}

impl<F: Formatter> Formatter for Escaping<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        Self::write(writer, fragment)
    }

    // In text that already is JSON, such characters occur only in strings.
    fn write_raw_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        Self::write(writer, fragment)
    }

    as_inner! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }
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
    fn bidirectional_and_invisible_controls_become_visible() {
        assert_eq!(escape_text("x\u{202e}y\u{2066}z"), "x\\u{202e}y\\u{2066}z");
        assert_eq!(escape_text("\u{e0041}\u{2062}"), "\\u{e0041}\\u{2062}");
    }

    #[test]
    fn ordinary_text_of_any_script_stays() {
        let text = "añb 日本語 עברית ✓ 👩\u{200d}🔬";
        assert_eq!(escape_line(text), text);
    }

    #[test]
    fn our_own_styles_pass_and_nobody_elses() {
        let own = styled("\u{1b}[31m") + "x\u{1b}[31my\n" + &styled("\u{1b}[0m");
        assert_eq!(shown(&own), "\u{1b}[31mx\\u{1b}[31my\n\u{1b}[0m");
        assert_eq!(shown_in_line(&own), "\u{1b}[31mx\\u{1b}[31my\\n\u{1b}[0m");
        assert!(!shown("\u{1b}\u{1}0000000000000000\u{2}[31m").contains('\u{1b}'));
    }

    #[test]
    fn styles_take_no_columns() {
        let painted = styled("\u{1b}[1m\u{1b}[31m") + "añb" + &styled("\u{1b}[0m");
        assert_eq!(columns(&painted), 3);
        assert_eq!(columns(&shown(&painted)), 3);
    }

    #[test]
    fn what_is_too_long_is_clipped_and_says_so() {
        assert_eq!(clipped("äöü", 3), "äöü");
        assert_eq!(clipped("äöüß", 3), "äöü… (2 more bytes)");
    }
}
