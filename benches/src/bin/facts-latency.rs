//! How long the facts of a message take, as the Lambda asks for them: p50 and p99, cold and warm.
//!
//! Cold is a function that has just started: a new source, connected as at init, and no article
//! remembered. Warm are the messages after it, through the same source.
#![expect(clippy::print_stdout, reason = "the figures are this program's data")]

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use reco_core::Recommendation;
use reco_core::decode::decode;
use reco_core::facts::{FactSet, Facts};
use reco_core::filter::filter;
use reco_core::policy::Policy;
use reco_store::facts::{CacheOptions, FactsOptions, FactsSource, MySqlOptions};

/// Latency of the facts of one message.
#[derive(Debug, Parser)]
struct Args {
    /// Source of the facts.
    facts: String,
    /// File of lists, one a line.
    lists: PathBuf,
    /// Users a message.
    #[arg(long, default_value_t = 50)]
    users: usize,
    /// Messages to a warm function.
    #[arg(long, default_value_t = 400)]
    messages: usize,
    /// Functions that start.
    #[arg(long, default_value_t = 100)]
    starts: usize,
    /// Connections of a function.
    #[arg(long, default_value_t = MySqlOptions::FUNCTION.pool_size)]
    connections: usize,
    /// Remember no articles between messages.
    #[arg(long)]
    no_cache: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let messages = messages(&args)?;
    if messages.is_empty() {
        return Err("no message has enough lists".into());
    }
    let mut cold = Vec::with_capacity(args.starts);
    for message in messages.iter().cycle().take(args.starts) {
        cold.push(timed(&open(&args).await?, message).await?);
    }
    let source = open(&args).await?;
    timed(&source, &messages[0]).await?;
    let mut warm = Vec::with_capacity(args.messages);
    for message in messages.iter().cycle().skip(1).take(args.messages) {
        warm.push(timed(&source, message).await?);
    }
    let report = serde_json::json!({ "cold": shares(cold), "warm": shares(warm) });
    println!("{report}");
    Ok(())
}

async fn open(args: &Args) -> Result<FactsSource, Box<dyn Error>> {
    let options = FactsOptions {
        cache: (!args.no_cache).then(CacheOptions::default),
        mysql: MySqlOptions { pool_size: args.connections, ..MySqlOptions::FUNCTION },
        lazy: true,
        ..FactsOptions::default()
    };
    let source = FactsSource::open(&args.facts, options).await?;
    source.warm_up().await?;
    Ok(source)
}

/// The facts of a message, and the filter, as between decoding and writing.
async fn timed(source: &FactsSource, lists: &[Recommendation]) -> Result<Duration, Box<dyn Error>> {
    let asked: Vec<&Recommendation> = lists.iter().collect();
    let begun = Instant::now();
    let facts = source.for_lists(&asked).await?;
    let took = begun.elapsed();
    if !matches!(facts, FactSet::Known { .. } | FactSet::Indexed { .. }) {
        return Err("no facts".into());
    }
    let policy = Policy::default();
    let kept = lists.iter().filter(|list| filter((*list).clone(), &facts, &policy).verdict.is_ok());
    if kept.count() == 0 {
        return Err("the filter leaves nothing of a message".into());
    }
    Ok(took)
}

fn messages(args: &Args) -> Result<Vec<Vec<Recommendation>>, Box<dyn Error>> {
    let mut lists = Vec::new();
    for line in BufReader::new(std::fs::File::open(&args.lists)?).lines() {
        let decoded = decode(&line?)?;
        lists.extend(decoded.entries.into_iter().map(|entry| entry.recommendation));
    }
    let whole = lists.chunks(args.users.max(1)).filter(|message| message.len() == args.users);
    Ok(whole.map(<[_]>::to_vec).collect())
}

/// Figures in milliseconds.
fn shares(mut times: Vec<Duration>) -> serde_json::Value {
    times.sort();
    let at = |percent: usize| {
        let rank = (times.len() * percent).div_ceil(100).clamp(1, times.len().max(1)) - 1;
        times.get(rank).map(|time| (time.as_secs_f64() * 1e5).round() / 100.0)
    };
    serde_json::json!({ "messages": times.len(), "p50_ms": at(50), "p99_ms": at(99) })
}
