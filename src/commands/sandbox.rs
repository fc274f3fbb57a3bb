//! `recoctl sandbox`: a local AWS with a seeded pipeline.

mod demo;
mod load;
mod start;

use clap::Subcommand;
use reco_core::outcome::Outcome;

use crate::context::Context;
use reco_ops::error::Result;

/// The commands on the sandbox.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// Run a seeded local AWS until Ctrl-C, and print the environment variables that point to it
    Start(start::StartArgs),
    /// Take a guided tour that shows and runs the main commands
    Demo(demo::DemoArgs),
    /// Load-test a local pipeline and report which part saturates first
    Load(load::LoadArgs),
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: SandboxCommand) -> Result<Outcome> {
    match command {
        SandboxCommand::Start(args) => start::run(context, &args).await,
        SandboxCommand::Demo(args) => demo::run(context, &args).await,
        SandboxCommand::Load(args) => load::run(context, &args).await,
    }
}
