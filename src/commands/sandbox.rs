//! Being written.

use clap::Subcommand;
use reco_core::outcome::Outcome;

use crate::context::Context;
use crate::error::Result;

/// Commands.
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {}

/// Runs it.
///
/// # Errors
/// Always, for now.
pub async fn run(_context: &Context, command: SandboxCommand) -> Result<Outcome> {
    match command {}
}
