//! Formats numbers for people.

/// Formats seconds in at most two units: `45s`, `3m 20s`, `5h 10m`, `2d 4h`. Negative values get a
/// minus.
#[must_use]
pub fn duration(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let s = seconds.unsigned_abs();
    let two = |big: u64, big_unit: &str, small: u64, small_unit: &str| {
        if small == 0 {
            format!("{sign}{big}{big_unit}")
        } else {
            format!("{sign}{big}{big_unit} {small}{small_unit}")
        }
    };
    match s {
        0..60 => format!("{sign}{s}s"),
        60..3600 => two(s / 60, "m", s % 60, "s"),
        3600..86_400 => two(s / 3600, "h", s % 3600 / 60, "m"),
        _ => two(s / 86_400, "d", s % 86_400 / 3600, "h"),
    }
}

/// Formats bytes with a binary unit: `812 B`, `1.2 KiB`, `3.0 MiB`.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
pub fn bytes(bytes: u64) -> String {
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in ["KiB", "MiB", "GiB", "TiB"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

/// An unknown count. It is the maximum, so that sums and comparisons treat it as large, never as
/// zero.
pub const UNKNOWN: u64 = u64::MAX;

/// Serialises a count, or null if it is unknown.
///
/// # Errors
/// Errors of the serialiser.
pub fn known<S: serde::Serializer>(count: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    match *count {
        UNKNOWN => serializer.serialize_none(),
        count => serializer.serialize_u64(count),
    }
}

/// Formats a count with thousands separators: `12,345`.
#[must_use]
pub fn count(number: u64) -> String {
    if number == UNKNOWN {
        return "an unknown number of".to_owned();
    }
    grouped(&number.to_string())
}

/// Separates the thousands of a whole number's digits: `12,345`.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Formats a count with its noun: `1 message`, `3 messages`, `3 entries`, `3 batches`.
#[must_use]
pub fn amount(number: u64, one: &str) -> String {
    if number == 1 {
        return format!("1 {one}");
    }
    let many = match one.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if one.ends_with("ch") || one.ends_with('s') || one.ends_with('x') => format!("{one}es"),
        _ => format!("{one}s"),
    };
    format!("{} {many}", count(number))
}

/// Formats a count of messages with its verb: `1 message was`, `3 messages were`.
#[must_use]
pub fn was(messages: u64) -> String {
    format!("{} {}", amount(messages, "message"), form(messages, "was", "were"))
}

/// Returns the form of a word that goes with a number, such as `is` or `are`.
#[must_use]
pub fn form<'a>(number: u64, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

/// Returns an RFC 3339 time without its fraction of a second, and without the zone behind it.
#[must_use]
pub fn to_the_second(time: &str) -> &str {
    time.split(['.', 'Z']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let shown: Vec<String> =
            [0, 59, 60, 200, 3600, 18_600, 86_400, 187_200, -5].into_iter().map(duration).collect();
        assert_eq!(shown, ["0s", "59s", "1m", "3m 20s", "1h", "5h 10m", "1d", "2d 4h", "-5s"]);
    }

    #[test]
    fn amounts_have_their_plural() {
        let told = |number| {
            ["message", "entry", "batch", "day", "index"].map(|one| amount(number, one)).join(", ")
        };
        assert_eq!(told(1), "1 message, 1 entry, 1 batch, 1 day, 1 index");
        assert_eq!(told(0), "0 messages, 0 entries, 0 batches, 0 days, 0 indexes");
        assert_eq!(
            told(1234),
            "1,234 messages, 1,234 entries, 1,234 batches, 1,234 days, 1,234 indexes"
        );
        assert_eq!((form(1, "is", "are"), form(0, "is", "are")), ("is", "are"));
    }

    #[test]
    fn sizes_and_counts() {
        assert_eq!(
            [bytes(0), bytes(1023), bytes(1229), bytes(3 << 20)],
            ["0 B", "1023 B", "1.2 KiB", "3.0 MiB"]
        );
        assert_eq!(
            [count(7), count(999), count(1000), count(1_234_567)],
            ["7", "999", "1,000", "1,234,567"]
        );
    }
}
