//! Subcommands, one per file: arguments and a `run` function.

pub mod backfill;
mod backfill_rate;
pub mod completions;
pub mod config;
pub mod dlq;
pub mod facts;
pub mod man;
pub mod metrics;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod user;
pub mod verify;

use clap::Subcommand;
use futures::future::LocalBoxFuture;
use reco_core::outcome::Outcome;

use crate::context::Context;
use reco_ops::error::Result;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Inspect, classify, redrive and purge the dead-letter queue
    #[command(subcommand)]
    Dlq(dlq::DlqCommand),
    /// Load files of recommendations into DynamoDB
    Backfill(Box<backfill::BackfillArgs>),
    /// Compare the table with files of recommendations
    Verify(verify::VerifyArgs),
    /// Show one user's list, what the filter makes of it today, and where else the user stands
    User(user::UserArgs),
    /// Show throttling, write capacity and queue depth from CloudWatch
    Metrics(metrics::MetricsArgs),
    /// Check or snapshot the facts database (users and articles)
    #[command(subcommand)]
    Facts(facts::FactsCommand),
    /// Show the effective configuration and manage trusted config files
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Try recoctl on a local AWS with a seeded pipeline
    #[cfg(feature = "sandbox")]
    #[command(subcommand)]
    Sandbox(sandbox::SandboxCommand),
    /// Print a shell completion script
    Completions(completions::CompletionsArgs),
    /// Print a man page, or write all of them to a directory
    Man(man::ManArgs),
}

/// Runs a command to its outcome. Boxed futures keep this stack frame, which creates all of them,
/// off the stack while one is polled.
///
/// # Errors
/// Fails if the command ended before it had a report.
pub fn run(
    context: &Context,
    command: Command,
    recoctl: fn() -> clap::Command,
) -> LocalBoxFuture<'_, Result<Outcome>> {
    match command {
        Command::Dlq(command) => dlq::run(context, command),
        Command::Backfill(args) => Box::pin(backfill::run(context, *args)),
        Command::Verify(args) => Box::pin(verify::run(context, args)),
        // Only reads, so a signal ends it at once.
        Command::Metrics(args) => Box::pin(context.before_all(metrics::run(context, args))),
        // Looking through the DLQ holds messages, which a signal must not leave hidden.
        Command::User(args) => Box::pin(user::run(context, args)),
        Command::Facts(command) => Box::pin(facts::run(context, command)),
        Command::Config(command) => Box::pin(async move { config::run(context, &command).await }),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(command) => Box::pin(sandbox::run(context, command)),
        Command::Completions(args) => {
            Box::pin(std::future::ready(completions::run(&context.ui, &args, recoctl())))
        }
        Command::Man(args) => Box::pin(std::future::ready(man::run(&context.ui, &args, recoctl()))),
    }
}
