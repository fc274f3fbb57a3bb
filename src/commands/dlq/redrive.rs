//! Being written.

use clap::Args;
use reco_core::outcome::Outcome;

use crate::context::Context;
use crate::error::{Error, Result};

/// Arguments.
#[derive(Debug, Args)]
pub struct RedriveArgs {}

/// Runs it.
///
/// # Errors
/// Always, for now.
pub async fn run(_context: &Context, _args: RedriveArgs) -> Result<Outcome> {
    Err(Error::service("not written yet"))
}
