//! When something happened: in which periods, from when to when, and how long it has been quiet.

use jiff::Timestamp;
use reco_core::human::amount;

use crate::metrics::report::MeasureRow;
use crate::metrics::span::shown;

/// Seconds of a day, from which on a time needs its date.
const DAY: i64 = 86_400;

/// Formatter of periods.
pub(super) struct Periods {
    /// Length of a period in seconds.
    pub(super) length: i64,
}

impl Periods {
    /// Returns a share of periods, such as `3 of 10 minutes`.
    pub(super) fn of(&self, some: usize, all: usize) -> String {
        match self.length {
            60 => format!("{some} of {}", amount(all as u64, "minute")),
            3600 => format!("{some} of {}", amount(all as u64, "hour")),
            86_400 => format!("{some} of {}", amount(all as u64, "day")),
            length => format!("{some} of {} of {}", amount(all as u64, "period"), shown(length)),
        }
    }

    /// Describes when the row had a value above zero: `in 3 of 10 minutes, 02:10 to 02:13 UTC, none
    /// for 7 min`.
    pub(super) fn when(&self, row: &MeasureRow) -> String {
        let happened = |point: &&_| {
            let point: &crate::metrics::report::Point = point;
            point.value.is_some_and(|value| value > 0.0)
        };
        let some = row.points.iter().filter(happened).count();
        let share = format!("in {}", self.of(some, row.points.len()));
        let times = row.points.iter().filter(happened).map(|point| point.time);
        let (Some(first), Some(last)) = (times.clone().min(), times.max()) else { return share };
        let (start, end) = match (row.points.first(), row.points.last()) {
            (Some(start), Some(end)) => (start.time, end.time + self.length),
            _ => return share,
        };
        let dated = end - start > DAY;
        let until = last + self.length;
        let since = match end - until {
            ..=0 => "still going on".to_owned(),
            quiet => format!("none for {}", long(quiet)),
        };
        format!("{share}, {} to {} UTC, {since}", clock(first, dated), clock(until, dated))
    }
}

/// Formats a time as `02:10`, or as `11-28 02:10` if it is `dated`; in UTC.
pub fn clock(seconds: i64, dated: bool) -> String {
    let format = if dated { "%m-%d %H:%M" } else { "%H:%M" };
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    time.strftime(format).to_string()
}

/// Formats a time without an event in one unit.
fn long(seconds: i64) -> String {
    match seconds {
        ..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / DAY),
    }
}
