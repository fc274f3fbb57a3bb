//! Flags for the outcome of moved messages.

use std::time::Duration;

use clap::Args;

use crate::flags::seconds;

const HEADING: &str = "Outcome";

/// Value of `--wait` that is given without one; the help texts name it.
pub const WAIT: &str = "10m";

/// Flags for the outcome of moved messages.
#[derive(Debug, Clone, Default, Args)]
pub struct OutcomeArgs {
    /// After the move, wait until each moved message is in the table or back in the DLQ, at most this
    /// long [default without a value: 10m]
    #[arg(long, value_name = "DURATION", value_parser = seconds, num_args = 0..=1, default_missing_value = WAIT, conflicts_with = "dry_run", help_heading = HEADING)]
    pub wait: Option<i64>,
    /// Move N messages and wait for their outcome (--wait, or 10m), then the next N; stop with exit
    /// code 9 unless every message ends well
    #[arg(long, value_name = "N,N,...", value_parser = stage_size, value_delimiter = ',', conflicts_with = "dry_run", help_heading = HEADING)]
    pub canary: Vec<u64>,
}

/// Parses a number of messages in a stage.
fn stage_size(text: &str) -> Result<u64, String> {
    match text.trim().parse() {
        Ok(size @ 1..=100_000) => Ok(size),
        _ => Err("must be numbers of messages from 1 to 100,000, such as 1,10,100".to_owned()),
    }
}

impl OutcomeArgs {
    /// Returns the time to wait after the move; `None` does not wait.
    pub fn wait(&self) -> Option<Duration> {
        self.wait.map(|seconds| Duration::from_secs(seconds.unsigned_abs()))
    }

    /// Returns the flag that was given, if any.
    pub fn given(&self) -> Option<&'static str> {
        // No `..`, so that whoever adds a flag must decide here too.
        let OutcomeArgs { wait, canary } = self;
        match (wait, canary.is_empty()) {
            (Some(_), _) => Some("--wait"),
            (None, false) => Some("--canary"),
            (None, true) => None,
        }
    }

    /// Returns the objection of an SQS move task.
    pub fn beyond_native(&self) -> Option<&'static str> {
        self.given().map(|flag| match flag {
            "--wait" => "an SQS move task leaves no record of each message (--wait)",
            _ => "a move task moves all messages at once (--canary)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_numbers_of_messages() {
        assert_eq!(stage_size("10"), Ok(10));
        for wrong in ["", "0", "-1", "1.5", "100001", "1 0", "a"] {
            assert!(stage_size(wrong).is_err(), "{wrong}");
        }
    }
}
