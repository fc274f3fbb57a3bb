//! The parse limit: a bare typed parse of the file on one thread. Prints lines, ids and seconds as
//! JSON.
#![expect(clippy::print_stdout, reason = "the figures are this program's data")]

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: parse-limit FILE")?;
    let mut input = BufReader::with_capacity(1 << 20, File::open(path)?);
    let (mut line, mut lines, mut ids) = (Vec::new(), 0_u64, 0_u64);
    let begun = Instant::now();
    while input.read_until(b'\n', &mut line)? > 0 {
        let (_user, list): (u64, Vec<u64>) = serde_json::from_slice(&line)?;
        lines += 1;
        ids += list.len() as u64;
        line.clear();
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{}", serde_json::json!({"items": lines, "ids": ids, "seconds": seconds}));
    Ok(())
}
