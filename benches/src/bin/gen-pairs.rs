//! Writes the input of the backfill benchmark to stdout: lines of `[user,[ids...]]`.

use std::io::{self, BufWriter};

use clap::Parser;
use reco_bench::pairs;

/// Writes lines of users with lists of distinct ids.
#[derive(Debug, Parser)]
struct Args {
    /// Lines, one a user.
    #[arg(long, default_value_t = 1_000_000)]
    lines: u64,
    /// Ids a line.
    #[arg(long, default_value_t = 100)]
    ids: u64,
}

fn main() -> io::Result<()> {
    let Args { lines, ids } = Args::parse();
    pairs::write(&mut BufWriter::with_capacity(1 << 20, io::stdout().lock()), lines, ids)
}
