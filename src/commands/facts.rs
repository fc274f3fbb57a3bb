//! `recoctl facts`: database behind the filter's rules.

pub mod check;
pub mod snapshot;

use clap::Subcommand;
use reco_core::outcome::Outcome;

use crate::context::Context;
use reco_ops::error::Result;

/// The commands on the facts.
#[derive(Debug, Subcommand)]
pub enum FactsCommand {
    /// Check the configured tables and columns against the database schema
    Check(check::CheckArgs),
    /// Copy users, articles, reads and mutes to an SQLite file
    Snapshot(snapshot::SnapshotArgs),
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: FactsCommand) -> Result<Outcome> {
    match command {
        // Only reads, so a signal ends it at once.
        FactsCommand::Check(args) => context.before_all(check::run(context, args)).await,
        FactsCommand::Snapshot(args) => snapshot::run(context, args).await,
    }
}
