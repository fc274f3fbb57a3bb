//! Rate and guards of a redrive.

use std::time::Duration;

use clap::Args;

use crate::flags::seconds;
use reco_ops::dlq::redrive::{Limit, Rate};

const HEADING: &str = "Rate and guards";

/// Rate limit and guards.
#[derive(Debug, Clone, Default, Args)]
pub struct GuardArgs {
    /// Maximum messages per second (fractions allowed) [default: as fast as SQS accepts them]
    #[arg(long, value_name = "N", help_heading = HEADING)]
    pub rate: Option<Rate>,
    /// Start slowly and reach --rate after this time, e.g. 1m
    #[arg(long, value_name = "DURATION", value_parser = seconds, requires = "rate", help_heading = HEADING)]
    pub ramp: Option<i64>,
    /// Pause while the destination holds N messages or more (visible, in flight and delayed)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = HEADING)]
    pub max_backlog: Option<u64>,
    /// Pause while CloudWatch reports more than N throttles per minute on writes to --table or on
    /// --function
    #[arg(long, value_name = "N[/min]", value_parser = per_minute, help_heading = HEADING)]
    pub max_throttles: Option<u64>,
    /// Stop when this percentage of the moved messages is back in the DLQ, checked from 20 messages
    /// on; `off` disables the check [default: 20%]
    #[arg(long, value_name = "PERCENT", help_heading = HEADING)]
    pub stop_on_bounce: Option<Limit>,
}

/// Parses a number of events per minute.
fn per_minute(text: &str) -> Result<u64, String> {
    let number = text.strip_suffix("/min").unwrap_or(text).parse();
    number.map_err(|_| "must be a number per minute, such as 100 or 100/min".to_owned())
}

impl GuardArgs {
    /// Returns the duration of the ramp; zero without `--ramp`.
    pub fn ramp(&self) -> Duration {
        Duration::from_secs(self.ramp.unwrap_or(0).unsigned_abs())
    }

    /// Returns the first requested guard other than a rate; an SQS move task supports only a rate.
    pub fn beyond_rate(&self) -> Option<&'static str> {
        // No `..`, so that whoever adds a guard must decide here too.
        let GuardArgs { rate: _, ramp, max_backlog, max_throttles, stop_on_bounce } = self;
        let watches = stop_on_bounce.is_some_and(|limit| limit.percent().is_some());
        let reasons = [
            (ramp.is_some(), "a move task does not support --ramp"),
            (max_backlog.is_some(), "a move task does not support --max-backlog"),
            (max_throttles.is_some(), "a move task does not support --max-throttles"),
            (watches, "a move task does not support --stop-on-bounce"),
        ];
        reasons.into_iter().find(|(asked, _)| *asked).map(|(_, reason)| reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttles_are_a_number_with_or_without_its_unit() {
        assert_eq!(per_minute("100/min"), Ok(100));
        assert_eq!(per_minute("0"), Ok(0));
        for wrong in ["", "/min", "-1", "1.5", "5/s"] {
            assert!(per_minute(wrong).is_err(), "{wrong}");
        }
    }
}
