//! Help: only options that have an effect, global ones folded in `-h`, and examples.

use clap::{Arg, Command};

use super::examples;
use crate::applies;

/// Global options that `-h` names, if they apply; the others are only counted.
const NAMED: [&str; 4] = ["--queue", "--table", "--env", "--output"];

/// Hides the global options that do not affect a command, and all of them in the short help.
pub(super) fn relevant(recoctl: Command) -> Command {
    let folded = |arg: Arg| if arg.is_global_set() { arg.hide_short_help(true) } else { arg };
    let recoctl = recoctl.mut_args(folded);
    let globals: Vec<Arg> =
        recoctl.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    recoctl.mut_subcommands(|sub| without_idle(sub, "", &globals))
}

fn path_of(parent: &str, command: &Command) -> String {
    format!("{parent} {}", command.get_name()).trim_start().to_owned()
}

/// Gives a command copies of the global options, hidden if they do not affect it. Those are still
/// parsed, and refused with a reason. All are copied, so that their order stays.
fn without_idle(command: Command, parent: &str, globals: &[Arg]) -> Command {
    let path = path_of(parent, &command);
    let copies = globals.iter().map(|arg| {
        let is_idle = !applies::takes_within(&path, &flag(arg));
        if is_idle { arg.clone().hide(true) } else { arg.clone() }
    });
    let command = command.args(copies);
    command.mut_subcommands(|sub| without_idle(sub, &path, globals))
}

/// Returns the name of a flag with its dashes.
pub(super) fn flag(arg: &Arg) -> String {
    format!("--{}", arg.get_long().unwrap_or_default())
}

/// Adds examples to the help of every command, and the folded global options to the short help.
pub(super) fn with_examples(recoctl: Command) -> Command {
    let globals: Vec<String> =
        recoctl.get_arguments().filter(|arg| arg.is_global_set()).map(flag).collect();
    with_tail(recoctl, None, &globals)
}

fn with_tail(command: Command, parent: Option<&str>, globals: &[String]) -> Command {
    let path = parent.map_or(String::new(), |parent| path_of(parent, &command));
    let own = command.get_after_help().map(|own| format!("{own}\n\n")).unwrap_or_default();
    let heading = command.get_styles().get_header();
    let heading = format!("{heading}Examples:{heading:#}");
    let examples = format!("{own}{heading}\n{}", text(&path));
    let short = format!("{examples}\n{}", folded(&path, globals));
    command
        .after_help(short)
        .after_long_help(examples)
        .mut_subcommands(|sub| with_tail(sub, Some(&path), globals))
}

/// Returns the examples of a command, aligned.
fn text(path: &str) -> String {
    let examples = examples::of(path);
    let width = examples.iter().map(|(line, _)| line.len()).max().unwrap_or_default();
    examples.iter().map(|(line, purpose)| format!("  {line:<width$}  # {purpose}\n")).collect()
}

/// Returns the global options that apply, in one line.
fn folded(path: &str, globals: &[String]) -> String {
    let applying: Vec<&str> = globals
        .iter()
        .map(String::as_str)
        .filter(|flag| path.is_empty() || applies::takes_within(path, flag))
        .collect();
    let named: Vec<&str> = NAMED.into_iter().filter(|flag| applying.contains(flag)).collect();
    let named = if named.is_empty() { applying.iter().take(2).copied().collect() } else { named };
    let more = applying.len().saturating_sub(named.len());
    format!("Global options: {} and {more} more; see --help", named.join(", "))
}

#[cfg(test)]
mod tests;
