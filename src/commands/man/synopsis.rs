//! Synopsis of a man page.

use clap::{Arg, ArgAction, Command};

/// Returns the synopsis in the order of the page's sections, with value names. `clap_mangen` would
/// sort the options of all sections as one list and omit value names.
pub(super) fn synopsis(command: &Command, name: &str) -> String {
    let mut words = vec![bold(command.get_bin_name().unwrap_or(name))];
    words.extend(options_by_section(command).into_iter().map(option));
    words.extend(command.get_positionals().filter(|arg| !arg.is_hide_set()).map(positional));
    if command.has_subcommands() {
        let value = italic(command.get_subcommand_value_name().unwrap_or("COMMAND"));
        words.push(optional(&value, command.is_subcommand_required_set()));
    }
    format!("{}\n", words.join(" "))
}

/// Returns the options as the page's sections list them: those without a heading, then by heading,
/// each in clap's own order.
fn options_by_section(command: &Command) -> Vec<&Arg> {
    let shown = || command.get_arguments().filter(|arg| !arg.is_hide_set());
    let mut headings = vec![None];
    for arg in shown() {
        if !headings.contains(&arg.get_help_heading()) {
            headings.push(arg.get_help_heading());
        }
    }
    let mut options: Vec<&Arg> = shown().filter(|arg| !arg.is_positional()).collect();
    options.sort_by_key(|arg| {
        let section = headings.iter().position(|known| *known == arg.get_help_heading());
        (section, arg.get_display_order())
    });
    options
}

/// Formats an option as `[-o|--output FORMAT]`; the space before a value does not break the line.
fn option(arg: &Arg) -> String {
    let short = arg.get_short().map(|short| bold(&format!("-{short}")));
    let long = arg.get_long().map(|long| bold(&format!("--{long}")));
    let mut text = short.into_iter().chain(long).collect::<Vec<_>>().join("|");
    if let Some(range) = arg.get_num_args().filter(clap::builder::ValueRange::takes_values) {
        text.push_str(&match (range.min_values(), arg.is_require_equals_set()) {
            (0, true) => format!("[={}]", value(arg)),
            (0, false) => format!("\\ [{}]", value(arg)),
            (_, true) => format!("={}", value(arg)),
            (_, false) => format!("\\ {}", value(arg)),
        });
    }
    let repeats = if matches!(arg.get_action(), ArgAction::Count) { "..." } else { "" };
    optional(&text, arg.is_required_set()) + repeats
}

/// Formats an argument as `FILE...`, or as `[FILE]` if it is optional.
fn positional(arg: &Arg) -> String {
    let many = arg.get_num_args().is_some_and(|range| range.max_values() > 1);
    optional(&value(arg), arg.is_required_set()) + if many { "..." } else { "" }
}

fn value(arg: &Arg) -> String {
    match arg.get_value_names() {
        Some(names) => names.iter().map(|name| italic(name)).collect::<Vec<_>>().join("\\ "),
        None => italic(arg.get_id().as_str()),
    }
}

fn optional(text: &str, required: bool) -> String {
    if required { text.to_owned() } else { format!("[{text}]") }
}

fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escaped(text))
}

fn italic(text: &str) -> String {
    format!("\\fI{}\\fR", escaped(text))
}

/// Escapes text for roff.
pub(super) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('-', "\\-").replace('\'', "\\(aq")
}

#[cfg(test)]
mod tests {
    use super::super::{SYNOPSIS, collect};
    use crate::exit;

    fn pages() -> Vec<(String, String)> {
        let mut recoctl = crate::cli::tree().disable_help_subcommand(true);
        recoctl.build();
        let mut pages = Vec::new();
        collect(&recoctl, "recoctl", &mut pages).expect("pages are rendered");
        pages
    }

    /// Returns the long options in `text`, in order, in roff syntax: `\-\-dry\-run`.
    fn long_options(text: &str) -> Vec<&str> {
        text.match_indices(r"\fB\-\-")
            .filter_map(|(at, _)| text.get(at + 3..)?.split_once(r"\fR"))
            .map(|(option, _)| option)
            .collect()
    }

    fn synopsis_of(page: &str) -> &str {
        let (_, rest) = page.split_once(SYNOPSIS).unwrap_or_default();
        rest.split_once(".SH ").unwrap_or_default().0
    }

    #[test]
    fn a_synopsis_lists_the_options_in_the_order_of_the_sections() {
        for (name, page) in pages() {
            let headers: String = page
                .split(".TP\n")
                .skip(1)
                .filter_map(|entry| entry.lines().next().filter(|line| line.starts_with(r"\fB\-")))
                .collect();
            let described = long_options(&headers);
            assert!(described.contains(&r"\-\-help"), "{name}");
            assert_eq!(long_options(synopsis_of(&page)), described, "{name}");
        }
    }

    #[test]
    fn a_synopsis_names_values_and_what_must_be_given() {
        let pages = pages();
        let page = |name: &str| pages.iter().find(|page| page.0 == name).map(|page| &*page.1);
        let backfill = synopsis_of(page("recoctl-backfill").unwrap_or_default());
        assert!(backfill.starts_with(r"\fBrecoctl backfill\fR [\fB\-\-"), "{backfill}");
        assert!(backfill.contains(r"[\fB\-o\fR|\fB\-\-output\fR\ \fIFORMAT\fR]"), "{backfill}");
        assert!(backfill.contains(r"[\fB\-v\fR|\fB\-\-verbose\fR]... "), "{backfill}");
        assert!(backfill.ends_with(" \\fIFILE\\fR...\n"), "{backfill}");
        let dlq = synopsis_of(page("recoctl-dlq").unwrap_or_default());
        assert!(dlq.ends_with(" \\fICOMMAND\\fR\n"), "{dlq}");
        let man = synopsis_of(page("recoctl-man").unwrap_or_default());
        assert!(man.ends_with(" [\\fICOMMAND\\fR]...\n"), "{man}");
    }

    #[test]
    fn every_page_has_every_exit_code() {
        for (name, page) in pages() {
            let (_, section) = page.split_once(".SH \"EXIT STATUS\"\n").unwrap_or_default();
            for (code, meaning, _) in exit::TABLE {
                let entry = format!("\\fB{code}\\fR\n{meaning}: ");
                assert!(section.contains(&entry), "{name} lacks {code}");
            }
        }
    }
}
