//! The command line as types. Doc comments here are the help, the completions and the man pages.

use clap::Parser;

use crate::commands::Command;
use crate::config::GlobalArgs;

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
