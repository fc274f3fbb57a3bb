//! `recoctl facts`: the database behind the filter's rules.

pub mod check;
pub mod snapshot;

use clap::{Args, Subcommand};
use reco_core::outcome::Outcome;
use reco_store::facts::FactsSource;

use super::backfill::size;
use super::metrics::seconds;
use crate::context::Context;
use reco_ops::error::Result;

/// How a long run holds facts.
#[derive(Debug, Args)]
pub struct FactsArgs {
    /// Memory for facts about articles, such as 256M: if all fit, they are read once; otherwise
    /// they are read on demand
    #[arg(long = "facts-memory", value_name = "SIZE", default_value = "256M", value_parser = size)]
    pub memory: u64,
    /// Refuse facts snapshots older than this, such as 36h or 7d
    #[arg(long = "facts-max-age", value_name = "AGE", default_value = "7d", value_parser = seconds)]
    pub max_age_s: i64,
}

impl FactsArgs {
    /// Opens the configured source for a long run.
    ///
    /// # Errors
    /// As [`Context::facts_for_long_run`].
    pub async fn open(&self, context: &Context) -> Result<FactsSource> {
        context.facts_for_long_run(self.memory, self.max_age_s).await
    }
}

/// The commands on the facts.
#[derive(Debug, Subcommand)]
pub enum FactsCommand {
    /// Check the configured tables and columns against the database schema
    Check(check::CheckArgs),
    /// Copy users, articles, reads and mutes to an SQLite file
    Snapshot(snapshot::SnapshotArgs),
}

/// Runs one of them.
///
/// # Errors
/// Fails if the command ended before it had a report.
pub async fn run(context: &Context, command: FactsCommand) -> Result<Outcome> {
    match command {
        // It only reads: a signal ends it at once.
        FactsCommand::Check(args) => context.before_all(check::run(context, args)).await,
        FactsCommand::Snapshot(args) => snapshot::run(context, args).await,
    }
}
