//! How a long run holds facts.

use clap::Args;
use reco_ops::error::Result;
use reco_store::facts::FactsSource;

use super::{scale_out::size, seconds};
use crate::context::Context;

/// Facts options of a long run.
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
