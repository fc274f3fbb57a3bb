//! The command line as types. Doc comments here are the help, the completions and the man pages.

mod examples;
mod help;
mod suggest;

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, CommandFactory, FromArgMatches, Parser};

use crate::commands::Command;
use crate::config::GlobalArgs;

pub use examples::of as examples;

/// Operate a recommendation pipeline: SQS, Lambda, DynamoDB and a dead-letter queue.
///
/// Inspect the dead-letter queue (DLQ) without disturbing it, see why each message failed, redrive
/// the messages that can succeed, load files into DynamoDB with the Lambda's own filtering, and
/// check throttling and write capacity.
#[derive(Debug, Parser)]
#[command(name = "recoctl", version, arg_required_else_help = true, propagate_version = true)]
#[command(
    after_help = format!(
        "Exit codes: {}.\n\
         Run `recoctl sandbox demo` for a tour on an embedded local AWS; no account needed.",
        crate::exit::list()
    )
)]
pub struct Cli {
    /// Global options.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// Subcommand.
    #[command(subcommand)]
    pub command: Command,
    /// Words of the command, e.g. `dlq peek`; filled by [`parse`] only.
    #[arg(skip)]
    pub path: String,
    /// Global flags on the command line; filled by [`parse`] only.
    #[arg(skip)]
    pub given: Vec<String>,
}

/// Returns the command tree, in which each command shows only the options that affect it.
#[must_use]
pub fn tree() -> clap::Command {
    help::relevant(Cli::command())
}

/// Returns the command tree with examples in its help.
#[must_use]
pub fn command() -> clap::Command {
    help::with_examples(tree())
}

/// Parses a command line.
///
/// # Errors
/// Usage errors, with the command that was probably meant; also the text of `--help` and
/// `--version`.
pub fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(args);
    let matches = matches.map_err(|error| suggest::improved(error, args, &tree()))?;
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    let is_given = |arg: &&Arg| {
        arg.is_global_set()
            && matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
    };
    let given = command.get_arguments().filter(is_given).map(help::flag).collect();
    Ok(Cli { path: path(&matches), given, ..cli })
}

/// Returns the words of the command that was given.
fn path(matches: &ArgMatches) -> String {
    let below = std::iter::successors(matches.subcommand(), |(_, matches)| matches.subcommand());
    below.map(|(name, _)| name).collect::<Vec<_>>().join(" ")
}
