//! The command line as types. Doc comments here are the help, the completions and the man pages.

use clap::Parser;

use crate::commands::Command;
use crate::config::GlobalArgs;

/// The operator's command line for a recommendation pipeline.
///
/// Looks into the dead-letter queue without disturbing it, says why each message failed, sends
/// back what can succeed, writes files straight into DynamoDB with the Lambda's own filtering, and
/// shows throttling and write capacity.
#[derive(Debug, Parser)]
#[command(name = "recoctl", version, arg_required_else_help = true, propagate_version = true)]
#[command(
    after_help = format!(
        "Exit codes: {}.\n\
         `recoctl sandbox demo` is a tour on an embedded local AWS: no account needed.",
        crate::exit::list()
    )
)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}
