//! How fast a redrive goes, and what makes it pause or stop.

use std::str::FromStr;
use std::time::Duration;

use clap::Args;

use crate::commands::metrics::seconds;
use reco_ops::dlq::redrive::{Limit, Rate};

const HEADING: &str = "Rate and guards";

/// How fast, and when to pause or stop.
#[derive(Debug, Clone, Default, Args)]
pub struct GuardArgs {
    /// Move at most so many messages a second (may be a fraction); without it, as fast as SQS takes them
    #[arg(long, value_name = "N", help_heading = HEADING)]
    pub rate: Option<Rate>,
    /// Begin slowly and reach --rate over this time, e.g. 1m
    #[arg(long, value_name = "DURATION", value_parser = seconds, requires = "rate", help_heading = HEADING)]
    pub ramp: Option<i64>,
    /// Pause while the destination holds so many messages: visible, in flight and delayed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = HEADING)]
    pub max_backlog: Option<u64>,
    /// Pause while CloudWatch has more than so many throttles in a minute, of --table's writes or of --function
    #[arg(long, value_name = "N[/min]", help_heading = HEADING)]
    pub max_throttles: Option<PerMinute>,
    /// Stop when this share of what was moved is back in the DLQ, once 20 messages are moved; `off` never stops. Without it, 20%
    #[arg(long, value_name = "PERCENT", help_heading = HEADING)]
    pub stop_on_bounce: Option<Limit>,
}

/// A number a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerMinute(u64);

impl PerMinute {
    pub(super) fn number(self) -> u64 {
        self.0
    }
}

impl FromStr for PerMinute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix("/min").unwrap_or(text).parse();
        number.map(PerMinute).map_err(|_| "a number a minute, such as 100 or 100/min".to_owned())
    }
}

impl GuardArgs {
    /// Over how long the rate grows.
    pub(super) fn ramp(&self) -> Duration {
        Duration::from_secs(self.ramp.unwrap_or(0).unsigned_abs())
    }

    /// What is asked for beside a rate, which is all that a move task of SQS's own knows.
    pub(super) fn beyond_rate(&self) -> Option<&'static str> {
        // Without `..`, so that whoever adds a guard decides here, too.
        let GuardArgs { rate: _, ramp, max_backlog, max_throttles, stop_on_bounce } = self;
        let watches = stop_on_bounce.is_some_and(|limit| limit.percent().is_some());
        let reasons = [
            (ramp.is_some(), "--ramp changes the rate"),
            (max_backlog.is_some(), "--max-backlog pauses it"),
            (max_throttles.is_some(), "--max-throttles pauses it"),
            (watches, "--stop-on-bounce watches the DLQ"),
        ];
        reasons.into_iter().find(|(asked, _)| *asked).map(|(_, reason)| reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttles_are_a_number_with_or_without_its_unit() {
        assert_eq!("100/min".parse(), Ok(PerMinute(100)));
        assert_eq!("0".parse(), Ok(PerMinute(0)));
        for wrong in ["", "/min", "-1", "1.5", "5/s"] {
            assert!(wrong.parse::<PerMinute>().is_err(), "{wrong}");
        }
    }
}
