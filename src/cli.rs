//! The command line as types. Doc comments here are the help, the completions and the man pages.

mod examples;
mod help;
mod suggest;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::commands::Command;
use crate::config::GlobalArgs;

pub use examples::{Example, of as examples};

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
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}
