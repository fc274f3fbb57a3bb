//! Reads and writes generation times, in the forms of messages, lines, flags and tables.
//!
//! Input has epoch seconds, with or without a fraction, or ISO 8601 with a time zone. A table may
//! hold the forms of other writers: milliseconds, or text. A value that cannot be a time, or is
//! most likely in another form, is rejected with a reason and never compared as if it were seconds.

use std::fmt;

use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::item::KeyType;

/// Latest time in seconds (the year 5138). A larger number must have a finer unit.
pub const LATEST_SECONDS: i64 = 100_000_000_000;

/// Numbers from here to [`EARLIEST_PLAUSIBLE`] are times from 12 January 1970 to March 1973, before
/// any producer existed. Smaller ones are accepted, since some producers use them as versions.
pub const FIRST_IMPLAUSIBLE: i64 = 1_000_000;
/// Earliest plausible time: March 1973.
pub const EARLIEST_PLAUSIBLE: i64 = 100_000_000;

/// In a table of milliseconds, numbers from here on (ten digits, September 2001) are read as
/// seconds if they can be seconds.
const OWN_SECONDS: i64 = 1_000_000_000;

const NANOS: i128 = 1_000_000_000;

/// A moment in seconds since the epoch, exact to the nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    seconds: i64,
    nanos: u32,
}

/// Form of a table's time attribute.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum TimeForm {
    /// A Number of epoch seconds, with a fraction if there is one.
    #[default]
    Seconds,
    /// A Number of epoch milliseconds.
    Milliseconds,
    /// A String in ISO 8601, in UTC.
    #[serde(rename = "iso-8601")]
    #[strum(serialize = "iso-8601")]
    Iso8601,
}

impl TimeForm {
    /// Returns the name used in policies.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Returns the type of the attribute.
    #[must_use]
    pub fn kind(self) -> KeyType {
        match self {
            TimeForm::Seconds | TimeForm::Milliseconds => KeyType::N,
            TimeForm::Iso8601 => KeyType::S,
        }
    }

    /// Returns the attribute's text for a time.
    #[must_use]
    pub fn text(self, time: Time) -> String {
        match self {
            TimeForm::Seconds => time.to_string(),
            TimeForm::Milliseconds => decimal(time.total_nanos(), 6),
            TimeForm::Iso8601 => time.iso(),
        }
    }
}

/// Reason why a value is not a valid time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Text that is neither a number nor a time.
    #[error("is neither epoch seconds nor an ISO 8601 time")]
    NotATime,
    /// A time without a time zone, which is ambiguous.
    #[error("has no time zone; use e.g. 2026-01-15T03:00:00Z")]
    NoZone,
    /// A number in a finer unit.
    #[error("looks like {0}; write epoch seconds")]
    Unit(&'static str),
    /// The digits of a date.
    #[error("looks like the digits of a date; write epoch seconds or e.g. 2026-01-15T03:00:00Z")]
    Date,
    /// A time in the early 1970s.
    #[error("would be a time in the early 1970s; write epoch seconds")]
    TooEarly,
    /// A time past the year 5138.
    #[error("is past the year 5138")]
    TooLate,
    /// A fraction finer than nanoseconds.
    #[error("has more than nine decimal places")]
    TooFine,
}

impl Time {
    /// Creates a time from whole seconds since the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Time { seconds, nanos: 0 }
    }

    /// Creates a time from whole milliseconds since the epoch.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Time { seconds: millis.div_euclid(1000), nanos: millis.rem_euclid(1000) as u32 * 1_000_000 }
    }

    /// Creates a time from the parts that [`Time::parts`] returned.
    #[must_use]
    pub const fn from_parts(seconds: i64, nanos: u32) -> Self {
        Time { seconds, nanos: if nanos < 1_000_000_000 { nanos } else { 999_999_999 } }
    }

    /// Returns whole seconds and the nanoseconds after them.
    #[must_use]
    pub const fn parts(self) -> (i64, u32) {
        (self.seconds, self.nanos)
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        let seconds = i64::try_from(nanos.div_euclid(NANOS)).ok()?;
        Some(Time { seconds, nanos: nanos.rem_euclid(NANOS) as u32 })
    }

    /// Reads the text of a JSON number: epoch seconds with or without a fraction (Python's
    /// `time.time()`).
    ///
    /// # Errors
    /// [`TimeError`] if it is not a number, or is most likely another form of time.
    pub fn from_number(text: &str) -> Result<Self, TimeError> {
        let nanos = nanos_of(text)?;
        let seconds = nanos.div_euclid(NANOS);
        look_plausible(seconds)?;
        if is_finer(seconds) {
            return Err(TimeError::Unit(unit_of(seconds).0));
        }
        Time::from_nanos(nanos).ok_or(TimeError::NotATime)
    }

    /// Reads an ISO 8601 time with a time zone.
    ///
    /// # Errors
    /// [`TimeError`] for anything else.
    pub fn from_iso(text: &str) -> Result<Self, TimeError> {
        match text.parse::<jiff::Timestamp>() {
            Ok(time) if time.as_second() > LATEST_SECONDS => Err(TimeError::TooLate),
            Ok(time) => Ok(of_timestamp(time)),
            Err(_) if text.parse::<jiff::civil::DateTime>().is_ok() => Err(TimeError::NoZone),
            Err(_) => Err(TimeError::NotATime),
        }
    }

    /// Reads a time as a command line gives it: epoch seconds or ISO 8601.
    ///
    /// # Errors
    /// [`TimeError`] for anything else.
    pub fn from_text(text: &str) -> Result<Self, TimeError> {
        match Time::from_number(text) {
            Err(TimeError::NotATime) => Time::from_iso(text),
            read => read,
        }
    }

    /// Reads a time from a table, whichever program wrote it: a Number of seconds, milliseconds,
    /// microseconds or nanoseconds, distinguished by magnitude, or a String with such a number or
    /// in ISO 8601. An ambiguous magnitude is read in the table's own form, so that every time
    /// written in that form reads back unchanged.
    ///
    /// # Errors
    /// [`TimeError`] for anything else.
    pub fn from_stored(form: TimeForm, kind: KeyType, text: &str) -> Result<Self, TimeError> {
        match (kind, stored_nanos(text, form)) {
            (_, Ok(nanos)) => Time::from_nanos(nanos).ok_or(TimeError::NotATime),
            (KeyType::S, Err(TimeError::NotATime)) => Time::from_iso(text),
            (_, Err(error)) => Err(error),
        }
    }

    /// Returns whole seconds since the epoch, without the fraction.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Returns whole milliseconds since the epoch, without the fraction.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.seconds.saturating_mul(1000).saturating_add(i64::from(self.nanos / 1_000_000))
    }

    /// Returns whether it has no fraction.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.nanos == 0
    }

    fn total_nanos(self) -> i128 {
        i128::from(self.seconds) * NANOS + i128::from(self.nanos)
    }

    /// Returns the time in ISO 8601, in UTC.
    #[must_use]
    pub fn iso(self) -> String {
        let nanos = i32::try_from(self.nanos).unwrap_or_default();
        jiff::Timestamp::new(self.seconds, nanos)
            .map_or_else(|_| self.to_string(), |time| time.to_string())
    }
}

fn of_timestamp(time: jiff::Timestamp) -> Time {
    // Before the epoch, both parts of a jiff timestamp are negative.
    let (seconds, nanos) = (time.as_second(), time.subsec_nanosecond());
    match u32::try_from(nanos) {
        Ok(nanos) => Time { seconds, nanos },
        Err(_) => Time { seconds: seconds - 1, nanos: nanos.rem_euclid(1_000_000_000) as u32 },
    }
}

impl From<i64> for Time {
    fn from(seconds: i64) -> Self {
        Time::from_seconds(seconds)
    }
}

impl fmt::Display for Time {
    /// Writes seconds since the epoch, in decimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nanos {
            0 => write!(f, "{}", self.seconds),
            _ => f.write_str(&decimal(self.total_nanos(), 9)),
        }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_whole() {
            return serializer.serialize_i64(self.seconds);
        }
        // A float cannot hold current times to the nanosecond.
        RawValue::from_string(self.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// Formats a number with its last `places` digits after the decimal point, without trailing zeros.
fn decimal(number: i128, places: u32) -> String {
    let unit = 10_i128.pow(places);
    let sign = if number < 0 { "-" } else { "" };
    let magnitude = number.unsigned_abs();
    let (whole, rest) = (magnitude / unit.unsigned_abs(), magnitude % unit.unsigned_abs());
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let fraction = format!("{rest:0width$}", width = places as usize);
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

/// Converts a decimal number of seconds to nanoseconds.
fn nanos_of(text: &str) -> Result<i128, TimeError> {
    let (nanos, exact) = scaled(text, 9).ok_or(TimeError::NotATime)?;
    if exact { Ok(nanos) } else { Err(TimeError::TooFine) }
}

/// Converts a table's number, in any unit, to nanoseconds. Finer fractions are cut off: the result
/// is only compared, and where two times are that close DynamoDB itself compares them.
fn stored_nanos(text: &str, form: TimeForm) -> Result<i128, TimeError> {
    let (nanos, _) = scaled(text, 9).ok_or(TimeError::NotATime)?;
    let count = nanos.div_euclid(NANOS);
    let a_second = if form == TimeForm::Milliseconds && is_own_milliseconds(count) {
        3
    } else {
        look_plausible(count)?;
        if !is_finer(count) {
            return Ok(nanos);
        }
        unit_of(count).1
    };
    let (finer, _) = scaled(text, 9 - a_second).ok_or(TimeError::NotATime)?;
    Ok(finer)
}

/// Returns whether a count is too large for seconds, before the epoch or after it.
fn is_finer(count: i128) -> bool {
    count.unsigned_abs() > LATEST_SECONDS.unsigned_abs().into()
}

/// Returns whether a count in a table of milliseconds is in milliseconds although its magnitude
/// suggests another unit: a version number (whole seconds), the earliest plausible time or the
/// latest time. Other counts of ten or eleven digits are another writer's seconds.
fn is_own_milliseconds(count: i128) -> bool {
    let (magnitude, latest) = (count.unsigned_abs(), LATEST_SECONDS.unsigned_abs());
    let versions = magnitude < OWN_SECONDS.unsigned_abs().into() && magnitude.is_multiple_of(1000);
    versions || magnitude == latest.into() || magnitude / 1000 == u128::from(latest)
}

/// Rejects numbers that are most likely not a count of seconds.
fn look_plausible(seconds: i128) -> Result<(), TimeError> {
    if is_date(seconds) {
        return Err(TimeError::Date);
    }
    let early = i128::from(FIRST_IMPLAUSIBLE)..i128::from(EARLIEST_PLAUSIBLE);
    if early.contains(&seconds) { Err(TimeError::TooEarly) } else { Ok(()) }
}

/// Returns the unit of a count that is too large for seconds, and its decimal places below the
/// second.
fn unit_of(count: i128) -> (&'static str, i32) {
    let count = count.unsigned_abs();
    if count < 100_000_000_000_000 {
        ("milliseconds", 3)
    } else if count < 100_000_000_000_000_000 {
        ("microseconds", 6)
    } else {
        ("nanoseconds", 9)
    }
}

/// Returns whether a number's digits are those of a date: `20260115`, or with the minute, second or
/// millisecond. Ten digits (`2026011503`, with the hour) always count as seconds: from 2033 to
/// 2036, one valid time in a hundred looks like that.
fn is_date(number: i128) -> bool {
    let Ok(number) = u64::try_from(number) else { return false };
    let digits = crate::record::digits(number);
    let (date, hour_on) = match digits {
        8 => (number, 0),
        12 => (number / 10_000, number / 100 % 100),
        14 => (number / 1_000_000, number / 10_000 % 100),
        17 => (number / 1_000_000_000, number / 10_000_000 % 100),
        _ => return false,
    };
    let [year, month, day] = [date / 10_000, date / 100 % 100, date % 100].map(|part| part as i16);
    let real = jiff::civil::Date::new(year, month as i8, day as i8).is_ok();
    (1900..=2199).contains(&year) && real && hour_on < 24
}

/// Returns a JSON number times ten to the power of `places`, cut to an integer, and whether that is
/// exact. `None` if it is not a number or is too large.
fn scaled(text: &str, places: i32) -> Option<(i128, bool)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let unsigned = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let digits = [whole, fraction].concat();
    let digits = digits.trim_start_matches('0');
    // Position of the decimal point, from the end of `digits`.
    let behind = i32::try_from(fraction.len()).ok()?;
    let shift = exponent.checked_add(places)?.checked_sub(behind)?;
    let (kept, cut) = if digits.is_empty() {
        ("0".to_owned(), "")
    } else if shift >= 0 {
        // An `i128` holds 38 digits.
        let zeros = usize::try_from(shift).ok().filter(|zeros| *zeros <= 38)?;
        (format!("{digits}{}", "0".repeat(zeros)), "")
    } else {
        let drop = usize::try_from(shift.unsigned_abs()).ok()?;
        let (kept, cut) = digits.split_at(digits.len().saturating_sub(drop));
        (if kept.is_empty() { "0".to_owned() } else { kept.to_owned() }, cut)
    };
    let exact = cut.bytes().all(|digit| digit == b'0');
    let number = kept.parse::<i128>().ok()?;
    let negative = unsigned.len() < mantissa.len();
    // Cut towards the past, like everything else.
    let number = if negative { -number - i128::from(!exact) } else { number };
    Some((number, exact))
}

#[cfg(test)]
mod tests;
