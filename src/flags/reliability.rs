//! Reliability flags of `recoctl backfill`: checkpoints, resuming, rejects.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use reco_ops::backfill::Reliability;
use reco_ops::backfill::limit::MaxRejects;
use reco_ops::backfill::verify::Scope;

/// Reliability options of a backfill: checkpoints, limits and verification.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reliability")]
pub struct ReliabilityArgs {
    /// Resume an interrupted run from its checkpoint (same inputs, same table)
    #[arg(long, conflicts_with = "dry_run")]
    pub resume: bool,
    /// Checkpoint file [default: a file in the state directory, found again by the same command]
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub checkpoint: Option<PathBuf>,
    /// Seconds between checkpoints
    #[arg(long, value_name = "SECONDS", default_value = "1", hide = true, value_parser = interval)]
    pub checkpoint_every: Duration,
    /// Stop when more lines than this are rejected: a count, or a percentage such as 1% (checked
    /// from 1,000 lines on, and at the end)
    #[arg(long, value_name = "N|N%")]
    pub max_rejects: Option<MaxRejects>,
    /// Read back what was written: a random sample of N users (1000 if no number is given), or
    /// `all`
    #[arg(long, value_name = "N|all", num_args = 0..=1, default_missing_value = "1000",
        conflicts_with_all = ["dry_run", "only_where_table_holds", "replace_written_between"],
        group = "reads")]
    pub verify: Option<Scope>,
    /// Maximum read capacity units per second for --verify and --compare [default: no limit]
    #[arg(long, value_name = "N", requires = "reads", value_parser = per_second)]
    pub rcu: Option<f64>,
    /// With --dry-run: read what the table holds, and count what would change: a random sample of N
    /// users (1000 if no number is given), or `all`
    #[arg(long, value_name = "N|all", num_args = 0..=1, default_missing_value = "1000",
        requires = "dry_run", group = "reads")]
    pub compare: Option<Scope>,
    /// With --dry-run: estimate the cost at this price per million write request units
    #[arg(long, value_name = "PRICE", requires = "dry_run", value_parser = positive)]
    pub price_per_million_wru: Option<f64>,
}

impl ReliabilityArgs {
    /// Converts the flags to options.
    pub fn options(&self) -> Reliability {
        Reliability {
            resume: self.resume,
            checkpoint: self.checkpoint.clone(),
            checkpoint_every: self.checkpoint_every,
            max_rejects: self.max_rejects,
            rcu: self.rcu,
            price_per_million_wru: self.price_per_million_wru,
        }
    }
}

/// Parses a number above zero.
pub fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("must be a number greater than 0".to_owned()),
    }
}

/// Parses a positive number of units per second, such as 500 or 500/s.
pub fn per_second(text: &str) -> Result<f64, String> {
    positive(text.strip_suffix("/s").unwrap_or(text))
}

/// Parses seconds, with fractions.
fn interval(text: &str) -> Result<Duration, String> {
    let interval =
        Duration::try_from_secs_f64(positive(text)?).map_err(|error| error.to_string())?;
    if interval.is_zero() { Err("must be greater than 0".to_owned()) } else { Ok(interval) }
}
