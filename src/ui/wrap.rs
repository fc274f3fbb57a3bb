//! Breaks long lines between words.

use super::escape::columns;

/// Breaks a text between words so that its lines fit `width` columns; lines after the first are
/// indented. A word that is longer than a line stays whole. Without a width, nothing is broken.
#[must_use]
pub fn wrap(text: &str, width: Option<usize>, indent: usize) -> String {
    let Some(width) = width else { return text.to_owned() };
    let rest = text.trim_start_matches(' ');
    let (mut lines, mut line) = (Vec::new(), " ".repeat(text.len() - rest.len()));
    let mut first = true;
    for word in rest.split(' ') {
        if first {
            line.push_str(word);
        } else if columns(&line) + 1 + columns(word) > width {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent) + word));
        } else {
            line.push(' ');
            line.push_str(word);
        }
        first = false;
    }
    lines.push(line);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_break_between_words_and_are_indented() {
        assert_eq!(
            wrap("reason    one two three", Some(16), 10),
            "reason    one\n          two\n          three"
        );
        assert_eq!(wrap("one two", Some(7), 2), "one two");
        assert_eq!(wrap("  hint: one two", Some(12), 4), "  hint: one\n    two");
        assert_eq!(wrap("one two", None, 2), "one two");
        assert_eq!(wrap("unbreakable x", Some(4), 1), "unbreakable\n x");
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_line_with_a_break_is_too_long(
            words in prop::collection::vec("[a-zé]{1,9}", 1..30), width in 12_usize..40,
        ) {
            let wrapped = wrap(&words.join(" "), Some(width), 2);
            let again: Vec<&str> = wrapped.split_whitespace().collect();
            prop_assert_eq!(again, words);
            prop_assert!(wrapped.lines().all(|line| line.chars().count() <= width));
        }
    }
}
