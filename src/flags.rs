//! Flags shared by several commands, and their conversion to plain options.

pub mod facts;
pub mod guards;
pub mod outcome;
pub mod reliability;
pub mod repair;
pub mod scale_out;
pub mod select;
pub mod writing;

use reco_ops::error::{Error, Kind};

/// Parses a duration such as `90m`, `1h30m` or `7d` into whole seconds.
pub fn seconds(text: &str) -> Result<i64, String> {
    let example = "use a duration such as 90m, 6h or 7d";
    let span: jiff::Span = text.parse().map_err(|_| example.to_owned())?;
    let duration = span
        .to_duration(jiff::SpanRelativeTo::days_are_24_hours())
        .map_err(|_| format!("months and years vary in length: {example}"))?;
    match duration.as_secs() {
        seconds if seconds > 0 => Ok(seconds),
        _ => Err(format!("duration {text:?} is zero: {example}")),
    }
}

/// Returns the error for a flag whose value is not a jq expression.
pub fn no_jq(flag: &str, text: &str, why: String, example: &str) -> Error {
    Error::new(Kind::Usage, format!("{flag} {text:?} is not a valid jq expression"))
        .cause(why)
        .hint(format!("use a jq expression such as '{example}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_people_write_them() {
        assert_eq!(seconds("1h"), Ok(3600));
        assert_eq!(seconds("90m"), Ok(5400));
        assert_eq!(seconds("1h30m"), Ok(5400));
        assert_eq!(seconds("7d"), Ok(7 * 86_400));
        assert_eq!(seconds("2w"), Ok(14 * 86_400));
        for wrong in ["", "60", "h", "-1h", "0s", "1 month", "soon"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
