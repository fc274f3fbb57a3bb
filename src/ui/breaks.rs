//! Line breaks between words.

use super::escape::columns as columns_of;

/// Breaks a text into lines of at most `width` columns, between words; a longer word has a line of its
/// own. Without a width, it is one line. `indent` starts every line but the first.
#[must_use]
pub fn break_text(text: &str, width: Option<usize>, indent: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let is_unit = UNITS.contains(&word.trim_end_matches([';', ',', ':', '.', ')']));
        match words.last_mut() {
            Some(last) if is_unit && last.ends_with(|c: char| c.is_ascii_digit()) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    wrap_words(words.into_iter(), width, "", indent)
}

/// Breaks a text as [`break_text`] does, to stand behind as many columns as `indent` has.
#[must_use]
pub fn break_beside(text: &str, width: Option<usize>, indent: &str) -> String {
    let width = width.map(|width| width.saturating_sub(indent.len()));
    break_text(text, width, "").replace('\n', &format!("\n{indent}"))
}

/// Units that stay with their number.
const UNITS: [&str; 8] = ["s", "ms", "min", "h", "days", "%", "WCU", "UTC"];

/// Breaks the lines of a text that are wider, each as [`break_text`] does; what follows a break is indented
/// by two more columns than its line.
#[must_use]
pub fn break_lines(text: &str, width: Option<usize>) -> String {
    let line = |line: &str| {
        if width.is_none_or(|width| columns_of(line) <= width) {
            return line.to_owned();
        }
        let spaces = line.len() - line.trim_start_matches(' ').len();
        let indent = " ".repeat(spaces + 2);
        let width = width.map(|width| width.saturating_sub(spaces));
        format!("{}{}", " ".repeat(spaces), break_text(&line[spaces..], width, &indent))
    };
    text.split_inclusive('\n')
        .map(|whole| match whole.strip_suffix('\n') {
            Some(text) => format!("{}\n", line(text)),
            None => line(whole),
        })
        .collect()
}

/// Breaks a line as [`break_text`] does; it keeps its leading spaces, and the lines that follow start with
/// `indent` spaces.
#[must_use]
pub fn wrap(line: &str, width: Option<usize>, indent: usize) -> String {
    let rest = line.trim_start_matches(' ');
    let lead = line.len() - rest.len();
    let width = width.map(|width| width.saturating_sub(lead));
    format!("{}{}", " ".repeat(lead), break_text(rest, width, &" ".repeat(indent)))
}

/// Breaks a command line so that it can still be pasted: a flag stays with its value, and a line that
/// goes on ends in a backslash.
#[must_use]
pub fn break_command(command: &str, width: Option<usize>) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in command.split(' ') {
        let starts = word.starts_with('-') || word == "&&";
        match words.last_mut() {
            // The value of a flag, the words of a command's name, and what is quoted.
            Some(last) if !starts || last.matches('\'').count() % 2 == 1 => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    wrap_words(words.into_iter(), width, " \\", "    ")
}

fn wrap_words(
    words: impl Iterator<Item = String>,
    width: Option<usize>,
    end: &str,
    indent: &str,
) -> String {
    let Some(width) = width else { return words.collect::<Vec<_>>().join(" ") };
    let words: Vec<String> = words.collect();
    let (mut text, mut column) = (String::new(), 0);
    for (at, word) in words.iter().enumerate() {
        let columns = columns_of(word);
        // Room for the mark, unless nothing follows.
        let reserved = if at + 1 < words.len() { end.len() } else { 0 };
        if column > 0 && column + 1 + columns + reserved > width {
            text.push_str(end);
            text.push('\n');
            text.push_str(indent);
            column = indent.len();
        } else if at > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += columns;
    }
    text
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

    #[test]
    fn lines_break_between_words_only() {
        assert_eq!(
            break_text("raise the table's WCU", Some(12), "  "),
            "raise the\n  table's\n  WCU"
        );
        assert_eq!(break_text("raise the table's WCU", None, "  "), "raise the table's WCU");
        assert_eq!(break_text("it took 1.2 s; done", Some(11), ""), "it took\n1.2 s; done");
        assert_eq!(break_text("x incomprehensible y", Some(6), ""), "x\nincomprehensible\ny");
    }

    #[test]
    fn only_lines_that_are_too_wide_are_broken() {
        let text = "short\n  one two three four\nend";
        assert_eq!(break_lines(text, Some(12)), "short\n  one two\n    three\n    four\nend");
        assert_eq!(break_lines(text, None), text);
    }

    #[test]
    fn styles_take_no_room() {
        let palette = crate::ui::Palette::new(true);
        let styled = palette.paint(crate::ui::Tone::Bad, "bad");
        let text = format!("{styled} one two");
        assert_eq!(break_lines(&text, Some(11)), text);
        assert_eq!(break_lines(&text, Some(7)), format!("{styled} one\n  two"));
    }

    #[test]
    fn a_broken_command_is_still_one_command() {
        let command = "recoctl dlq purge --class malformed,foreign --backup set-aside.jsonl";
        assert_eq!(
            break_command(command, Some(60)),
            "recoctl dlq purge --class malformed,foreign \\\n    --backup set-aside.jsonl"
        );
        assert_eq!(break_command(command, Some(80)), command);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_is_wider(
            words in prop::collection::vec("[a-z-]{1,12}", 1..30),
            width in 20_usize..100,
        ) {
            let text = words.join(" ");
            let wrapped = break_text(&text, Some(width), "  ");
            prop_assert!(wrapped.lines().all(|line| line.len() <= width));
            prop_assert_eq!(wrapped.split_whitespace().collect::<Vec<_>>().join(" "), text.clone());
            let pasted = break_command(&text, Some(width)).replace("\\\n", "");
            prop_assert_eq!(pasted.split_whitespace().collect::<Vec<_>>().join(" "), text);
        }
    }
}
