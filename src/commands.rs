//! One subcommand, one file: its arguments and one `run`.

pub mod backfill;
pub mod completions;
pub mod config;
pub mod dlq;
pub mod facts;
pub mod man;
pub mod metrics;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod verify;

use reco_core::outcome::Outcome;

use crate::cli::Command;
use crate::context::Context;
use crate::error::Result;

/// Runs a command to its outcome.
///
/// # Errors
/// What ended the command before it had anything to report.
pub async fn run(context: &Context, command: Command) -> Result<Outcome> {
    match command {
        Command::Dlq(command) => dlq::run(context, command).await,
        Command::Backfill(args) => backfill::run(context, *args).await,
        Command::Verify(args) => verify::run(context, args).await,
        Command::Metrics(args) => metrics::run(context, args).await,
        Command::Facts(command) => facts::run(context, command).await,
        Command::Config(command) => config::run(context, &command).await,
        #[cfg(feature = "sandbox")]
        Command::Sandbox(command) => sandbox::run(context, command).await,
        Command::Completions(args) => completions::run(&context.ui, &args),
        Command::Man(args) => man::run(&context.ui, &args),
    }
}
