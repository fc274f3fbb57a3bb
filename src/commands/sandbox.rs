//! `recoctl sandbox`: a local AWS with a seeded pipeline.

mod demo;
mod start;

use clap::Subcommand;
use reco_core::outcome::Outcome;

use crate::context::Context;
use crate::error::Result;

/// The commands on the sandbox.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Run a seeded local AWS until Ctrl-C, and print the variables that point at it
    Start(start::StartArgs),
    /// A guided tour: each command is shown, then really run
    Demo(demo::DemoArgs),
}

/// Runs one of them.
///
/// # Errors
/// What ended it before it had anything to report.
pub async fn run(context: &Context, command: SandboxCommand) -> Result<Outcome> {
    match command {
        SandboxCommand::Start(args) => start::run(context, &args).await,
        SandboxCommand::Demo(args) => demo::run(context, &args).await,
    }
}
