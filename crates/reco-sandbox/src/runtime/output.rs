//! Output of a function, with metrics separated from other lines.

use crate::cloudwatch::Cloudwatch;
use crate::logs::FunctionLogs;
use std::io::Write;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::ChildStdout;

/// Reads until the function ends, logs all lines, records those of metrics and writes all others to
/// stderr.
pub(super) async fn sort(said: ChildStdout, metrics: Cloudwatch, log: FunctionLogs) {
    let mut lines = BufReader::new(said).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        log.line(line.as_str());
        let told = serde_json::from_str(&line).is_ok_and(|line| metrics.record_line(&line));
        if !told {
            // A closed stderr must not stop the function.
            drop(std::io::stderr().lock().write_all(format!("{line}\n").as_bytes()));
        }
    }
}
