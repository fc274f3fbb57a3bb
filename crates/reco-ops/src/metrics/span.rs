//! Time range and period of a query.

use crate::aws::Span;
use crate::error::{Error, Kind, Result};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Retention of points in CloudWatch, and the unit that query periods must be multiples of, in
/// seconds. AWS: "CloudWatch metrics retention", and `GetMetricData`, `Period`.
const RETENTION: [(i64, i64); 3] = [(15 * DAY, MINUTE), (63 * DAY, 5 * MINUTE), (455 * DAY, HOUR)];

/// Maximum number of points if the period is chosen automatically.
const ENOUGH: i64 = 1440;

/// Returns the time range that ends with the last whole period before `now`, since a period in
/// progress would look like a drop. Without a period, uses the finest one that CloudWatch still has
/// and that gives a readable number of points. All in seconds.
///
/// # Errors
/// A usage error that suggests valid values.
pub fn span(now: i64, since: i64, period: Option<i64>) -> Result<Span> {
    let usage = |message: String| Error::new(Kind::Usage, message);
    let unit = RETENTION.iter().find(|(kept, _)| since <= *kept).map(|(_, unit)| *unit);
    let Some(unit) = unit else {
        return Err(usage(format!("--since {} is too long", shown(since)))
            .cause("CloudWatch keeps data points for 455 days")
            .hint("use at most --since 455d"));
    };
    if since < MINUTE {
        return Err(usage(format!("--since {} is too short", shown(since)))
            .hint("CloudWatch has one data point per minute: use at least --since 1m"));
    }
    let period = match period {
        Some(period) => period,
        None => [unit, 5 * MINUTE, HOUR, DAY]
            .into_iter()
            .find(|period| *period >= unit && since / period <= ENOUGH)
            .unwrap_or(DAY)
            .min(since),
    };
    if period < MINUTE || period % unit != 0 {
        let reason = match unit {
            MINUTE => "periods must be whole minutes".to_owned(),
            _ => format!("data points that old are only kept for periods of {}", shown(unit)),
        };
        let round = (period.max(1) + unit - 1) / unit * unit;
        return Err(usage(format!(
            "--period {} does not fit --since {}",
            shown(period),
            shown(since)
        ))
        .cause(reason)
        .hint(format!("use --period {}, or a shorter --since", shown(round))));
    }
    if period > since {
        return Err(usage(format!(
            "--period {} is longer than --since {}",
            shown(period),
            shown(since)
        ))
        .hint("use a shorter period"));
    }
    let end = now.div_euclid(period) * period;
    let start = end - since / period * period;
    let period = i32::try_from(period)
        .map_err(|_| usage(format!("--period {} is too long", shown(period))))?;
    Ok(Span { start, end, period })
}

/// Formats seconds in the largest whole unit, in the syntax of the flags.
pub fn shown(seconds: i64) -> String {
    match seconds {
        s if s != 0 && s % DAY == 0 => format!("{}d", s / DAY),
        s if s != 0 && s % HOUR == 0 => format!("{}h", s / HOUR),
        s if s != 0 && s % MINUTE == 0 => format!("{}m", s / MINUTE),
        s => format!("{s}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_030;

    fn refused(since: i64, period: Option<i64>) -> String {
        let error = span(NOW, since, period).expect_err("it is refused");
        assert_eq!(error.kind, Kind::Usage);
        format!("{error} | {}", error.hint.as_deref().unwrap_or_default())
    }

    #[test]
    fn the_period_under_way_is_left_out() {
        let span = span(NOW, HOUR, Some(MINUTE)).expect("fits");
        assert_eq!(span.end, 1_699_999_980, "the last whole minute ended then");
        assert_eq!((span.periods(), span.end - span.start), (60, HOUR));
    }

    #[test]
    fn a_period_is_chosen_that_cloudwatch_has() {
        let chosen = |since| span(NOW, since, None).expect("fits").period;
        assert_eq!(chosen(HOUR), 60);
        assert_eq!(chosen(DAY), 60);
        assert_eq!(chosen(2 * DAY), 300);
        assert_eq!(chosen(20 * DAY), 3600);
        assert_eq!(chosen(400 * DAY), 86_400);
    }

    #[test]
    fn what_cloudwatch_does_not_keep_is_refused_with_what_it_does() {
        insta::assert_snapshot!(
            [
                refused(30, None),
                refused(500 * DAY, None),
                refused(HOUR, Some(90)),
                refused(HOUR, Some(0)),
                refused(20 * DAY, Some(MINUTE)),
                refused(100 * DAY, Some(5 * MINUTE)),
                refused(HOUR, Some(2 * HOUR)),
            ]
            .join("\n")
        );
    }
}
