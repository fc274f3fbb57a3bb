//! `recoctl sandbox load`: load test of a local pipeline, to tune its parameters before production.

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use reco_core::outcome::Outcome;

use crate::context::Context;
use crate::flags::seconds;
use crate::load::numbers::LoadParameters;
use crate::load::run::{self, LoadOptions};
use crate::ui::Unit;
use reco_ops::error::{Error, Kind, Result};

/// Arguments of `recoctl sandbox load`.
///
/// A producer sends lists for made-up users into a queue; the Lambda's own handler takes them in
/// batches, filters them by facts and writes them into a table with a write limit. Everything runs
/// in this process and in memory: no account, and nothing is left behind. Durations are this
/// machine's, so use a release build, and read them beside those of your own function.
#[derive(Debug, Args)]
pub struct LoadArgs {
    /// Number of users to send, one list each
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = number(1, 10_000_000))]
    pub users: u64,
    /// Users to send per second [default: as fast as the queue accepts them]
    #[arg(long, value_name = "USERS", value_parser = rate)]
    pub rate: Option<f64>,
    /// Write capacity units per second of the table [default: no limit]
    #[arg(long, value_name = "N", value_parser = number(1, 10_000_000))]
    pub wcu: Option<u64>,
    /// Maximum concurrent invocations (MaximumConcurrency of the event source mapping)
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = number(1, 1_000))]
    pub concurrency: u64,
    /// Stop after this time even if the queue is not empty, e.g. 60s, 5m
    #[arg(long = "for", value_name = "DURATION", default_value = "2m", value_parser = seconds)]
    pub at_most: i64,
    /// Users per message
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = number(1, 10_000))]
    pub per_message: u64,
    /// Articles per list
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = number(1, 10_000))]
    pub list: u64,
    /// Articles read per user; determines the load on the facts database
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = number(0, 20_000))]
    pub reads: u64,
    /// Messages per batch (BatchSize of the event source mapping)
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = number(1, 10_000))]
    pub batch_size: u64,
    /// Batching window in seconds; required if --batch-size is above 10
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = number(0, 300))]
    pub window: u64,
    /// Function timeout in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = number(2, 900))]
    pub timeout: u64,
    /// Run this Lambda binary (bootstrap) instead of the built-in handler
    #[arg(long, value_name = "PATH")]
    pub lambda_bin: Option<PathBuf>,
}

fn number(least: u64, most: u64) -> RangedU64ValueParser {
    RangedU64ValueParser::new().range(least..=most)
}

/// Runs the load test.
///
/// # Errors
/// Fails if the pipeline cannot start, or if a message would be too large for its queue.
pub async fn run(context: &Context, args: &LoadArgs) -> Result<Outcome> {
    if args.batch_size > 10 && args.window == 0 {
        let message = format!("--batch-size {} needs a --window", args.batch_size);
        return Err(Error::new(Kind::Usage, message)
            .cause("Lambda requires a batching window for batches of more than 10 messages")
            .hint("pass --window 1 or more"));
    }
    let options = LoadOptions {
        parameters: parameters(args),
        window: Duration::from_secs(args.window),
        policy: context.policy().await?,
        lambda_bin: args.lambda_bin.clone(),
        at_most: Duration::from_secs(args.at_most.unsigned_abs()),
    };
    context.ui.status(format!("creating facts for {}", crate::ui::amount(args.users, "user")));
    let progress = context.ui.progress("sending", Some(args.users), Unit::Users);
    let running = Once::new();
    let sent = |users| {
        running.call_once(|| {
            context
                .ui
                .status("load test running; press Ctrl-C to stop it and report the results so far");
        });
        progress.advance(users);
    };
    let report = run::run(&options, &context.cancel, sent).await?;
    drop(progress);
    context.ui.report(&report)
}

fn parameters(args: &LoadArgs) -> LoadParameters {
    #[expect(clippy::cast_precision_loss, reason = "must be at most 10000000")]
    let wcu = args.wcu.map(|wcu| wcu as f64);
    LoadParameters {
        users: args.users,
        rate: args.rate,
        wcu,
        concurrency: args.concurrency,
        batch_size: args.batch_size,
        per_message: args.per_message,
        list: args.list,
        reads: args.reads,
        timeout_s: args.timeout,
        processors: std::thread::available_parallelism().map_or(1, NonZero::get) as u64,
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.1..=10_000_000.0).contains(&rate) => Ok(rate),
        Ok(_) => Err("must be from 0.1 to 10000000 users per second".to_owned()),
        Err(_) => Err("must be a number of users per second".to_owned()),
    }
}
