//! Cost of the core alone: decoding a line, and judging it (filter, size), on one thread, the best
//! of several rounds. Prints nanoseconds per line as JSON.
#![expect(clippy::print_stdout, reason = "the figures are this program's data")]

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use reco_core::decode::decode;
use reco_core::facts::FactSet;
use reco_core::item::{KeyType, Schema};
use reco_core::judge::judge;
use reco_core::policy::Policy;

/// Few enough that a round fits between two time slices of other programs on the same core.
const LINES: usize = 500;
const ROUNDS: usize = 400;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: core-stages FILE")?;
    let lines = BufReader::new(File::open(path)?).lines().take(LINES);
    let lines = lines.collect::<Result<Vec<String>, _>>()?;
    let (policy, schema) = (Policy::default(), Schema::with_key_type(KeyType::N));
    let (mut decoding, mut judging) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let decoded = lines.iter().map(|line| decode(line)).collect::<Result<Vec<_>, _>>()?;
        decoding = decoding.min(begun.elapsed());
        let begun = Instant::now();
        for entry in decoded.into_iter().flat_map(|decoded| decoded.entries) {
            black_box(judge(entry.recommendation, &FactSet::Unavailable, &policy, &schema));
        }
        judging = judging.min(begun.elapsed());
    }
    let each = |spent: Duration| spent.as_nanos() as usize / lines.len().max(1);
    println!("{}", serde_json::json!({"decode_ns": each(decoding), "judge_ns": each(judging)}));
    Ok(())
}
