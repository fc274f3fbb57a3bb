//! Limit on rejected lines before a run ends.

use std::str::FromStr;

use super::run_counts::RunCounts;
use reco_core::human::{amount, count, form};

/// Lines read before a percentage is checked: the first bad line is 100 % of them.
const LINES_FOR_A_SHARE: u64 = 1000;

/// Maximum rejects: a number of lines, or a percentage of the lines read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MaxRejects {
    /// Number of lines.
    Lines(u64),
    /// Percentage of the lines read, checked from 1,000 lines on and at the end.
    Percent(f64),
}

impl FromStr for MaxRejects {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let error = || format!("{text:?} is neither a number of lines nor a percentage such as 5%");
        match text.strip_suffix('%') {
            None => text.parse().map(MaxRejects::Lines).map_err(|_| error()),
            Some(share) => {
                let share: f64 = share.trim_end().parse().map_err(|_| error())?;
                if (0.0..=100.0).contains(&share) {
                    Ok(MaxRejects::Percent(share))
                } else {
                    Err(error())
                }
            }
        }
    }
}

impl MaxRejects {
    /// Returns the reason why the run must end if the limit is exceeded. Lines that DynamoDB did
    /// not accept count too. A percentage is checked once enough lines are read, and `at_end`
    /// regardless of their number.
    pub(super) fn exceeded(self, run_counts: &RunCounts, at_end: bool) -> Option<String> {
        let lines = &run_counts.lines;
        let rejected = lines.rejected + lines.failed;
        match self {
            MaxRejects::Lines(most) if rejected > most => {
                let are = form(rejected, "line is", "lines are");
                Some(format!(
                    "{} {are} rejected, more than {most} (--max-rejects)",
                    count(rejected)
                ))
            }
            MaxRejects::Percent(most)
                if at_end && lines.read > 0 || lines.read >= LINES_FOR_A_SHARE =>
            {
                #[expect(clippy::cast_precision_loss, reason = "a share")]
                let share = rejected as f64 / lines.read as f64 * 100.0;
                (share > most).then(|| {
                    let read = amount(lines.read, "line");
                    format!("{share:.1} % of {read} rejected, more than {most} % (--max-rejects)")
                })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exceeded(limit: &str, read: u64, rejected: u64, failed: u64) -> bool {
        judged(limit, read, rejected, failed, false)
    }

    fn judged(limit: &str, read: u64, rejected: u64, failed: u64, at_end: bool) -> bool {
        let mut run_counts = RunCounts::default();
        run_counts.lines.read = read;
        run_counts.lines.rejected = rejected;
        run_counts.lines.failed = failed;
        limit.parse::<MaxRejects>().expect("a limit").exceeded(&run_counts, at_end).is_some()
    }

    #[test]
    fn lines_are_judged_at_once_and_shares_after_a_thousand() {
        assert!(exceeded("0", 1, 1, 0));
        assert!(!exceeded("2", 10, 1, 1));
        assert!(exceeded("2", 10, 2, 1));
        assert!(!exceeded("1%", 999, 999, 0));
        assert!(!exceeded("1%", 1000, 10, 0));
        assert!(exceeded("1%", 1000, 10, 1));
        assert!(exceeded("0%", 1000, 1, 0));
        assert!(!exceeded("100%", 1000, 1000, 0));
    }

    #[test]
    fn at_the_end_shares_of_short_inputs_are_judged_too() {
        assert!(judged("1%", 999, 10, 0, true));
        assert!(!judged("1%", 999, 9, 0, true));
        assert!(judged("50%", 1, 1, 0, true));
        assert!(!judged("0%", 0, 0, 0, true));
        assert!(judged("2", 3, 3, 0, true));
    }

    #[test]
    fn other_limits_are_refused() {
        for text in ["", "%", "x", "-1", "-1%", "101%", "NaN%", "1.5"] {
            assert!(text.parse::<MaxRejects>().is_err(), "{text}");
        }
        assert_eq!("0.5%".parse(), Ok(MaxRejects::Percent(0.5)));
        assert_eq!("7".parse(), Ok(MaxRejects::Lines(7)));
    }
}
