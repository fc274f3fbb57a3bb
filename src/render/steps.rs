//! Commands to run next, with the reason as a comment, so that whole lines can be pasted.

use crate::ui::{Tone, View, break_command, break_text, escape_line};

/// Columns before a command.
const INDENT: &str = "  ";

/// Renders a command and why: on one line if they fit, else the reason on lines of its own below.
#[must_use]
pub fn step(command: &str, why: &str, view: &View) -> String {
    let (command, why) = (escape_line(command), escape_line(why));
    let room = view.width.map(|width| width.saturating_sub(INDENT.len()));
    let paint = |tone, text: &str| view.palette.paint(tone, text);
    let columns = console::measure_text_width(&command) + console::measure_text_width(&why) + 5;
    if room.is_none_or(|room| columns <= room) {
        let why = paint(Tone::Faint, &format!("# {why}"));
        return format!("{INDENT}{}   {why}\n", paint(Tone::Command, &command));
    }
    let command = break_command(&command, room);
    let last = command.lines().last().map_or(0, console::measure_text_width);
    let lines = |text: &str, indent: &str, tone| -> Vec<String> {
        text.lines().map(|line| format!("{indent}{}", paint(tone, line))).collect()
    };
    let mut shown = lines(&command, INDENT, Tone::Command);
    let broken = shown.len() > 1;
    let beside = last + console::measure_text_width(&why) + 5;
    match shown.last_mut() {
        Some(line) if broken && room.is_none_or(|room| beside <= room) => {
            line.push_str(&format!("   {}", paint(Tone::Faint, &format!("# {why}"))));
        }
        _ => {
            let width = room.map(|room| room.saturating_sub(4));
            shown.extend(lines(
                &break_text(&format!("# {why}"), width, "# "),
                "      ",
                Tone::Faint,
            ));
        }
    }
    shown.join("\n") + "\n"
}

/// Returns a name like the preferred one that no file in the current directory has.
#[must_use]
pub fn unused_here(preferred: &str) -> String {
    first_unused(preferred, |name| std::fs::symlink_metadata(name).is_ok())
}

/// Returns the first of `NAME.EXT`, `NAME-2.EXT`, ... that is not taken.
fn first_unused(preferred: &str, taken: impl Fn(&str) -> bool) -> String {
    let (name, ext) = preferred.split_once('.').unwrap_or((preferred, ""));
    let numbered = (2..10_000).map(|number| format!("{name}-{number}.{ext}"));
    let mut names = std::iter::once(preferred.to_owned()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_else(|| preferred.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Palette;

    #[test]
    fn a_file_that_is_taken_is_not_proposed_again() {
        let taken = ["oversize.jsonl", "oversize-2.jsonl"];
        let unused = |name| first_unused(name, |name| taken.contains(&name));
        assert_eq!(
            [unused("oversize.jsonl"), unused("stale.jsonl")],
            ["oversize-3.jsonl", "stale.jsonl"]
        );
    }

    #[test]
    fn the_reason_is_a_comment_beside_or_below_the_command() {
        let view = |width| View { width, palette: Palette::new(false) };
        let (command, why) =
            ("recoctl dlq redrive --rate 5", "4,000 WCU; the table has 20/s to spare");
        assert_eq!(step(command, why, &view(None)), format!("  {command}   # {why}\n"));
        assert_eq!(step(command, why, &view(Some(60))), format!("  {command}\n      # {why}\n"));
        assert_eq!(
            step(command, why, &view(Some(40))),
            "  recoctl dlq redrive --rate 5\n      # 4,000 WCU; the table has 20/s to\n      # spare\n"
        );
    }
}
