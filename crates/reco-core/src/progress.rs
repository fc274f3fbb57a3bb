//! Progress of long work as one line of text: what is done, how fast, and when it ends.
//!
//! Pure: the line is a function of its [`WorkProgress`], so that every case can be tested.

use std::collections::VecDeque;
use std::time::Duration;

use crate::human::{bytes, count, duration};

/// Time over which the rate is measured.
const WINDOW: Duration = Duration::from_secs(15);

/// Minimum time between two samples of the rate.
const SAMPLE: Duration = Duration::from_millis(250);

/// Minimum measured time before a rate is shown.
const EARLIEST: Duration = Duration::from_millis(500);

/// Time without progress after which that is shown instead of the remaining time.
const STALLED: Duration = Duration::from_secs(10);

/// Narrowest and widest bar, in columns.
const NARROWEST: usize = 8;
const WIDEST: usize = 40;

/// Narrowest part of a reason that is worth showing, in columns.
const REASON: usize = 12;

/// Unit of the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// SQS messages.
    Messages,
    /// Items of the table.
    Items,
    /// Lists compared with the table.
    Lists,
    /// Users sent by a load.
    Users,
    /// Rows of a database.
    Rows,
    /// Bytes of input, as stored.
    Bytes,
}

/// Number of units that there are to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// Not known.
    Unknown,
    /// Estimated from what was read so far.
    About(u64),
    /// Certain.
    Exactly(u64),
}

/// Pause of the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Reason.
    pub why: String,
    /// Time until it is checked whether the work goes on.
    pub again_in: Duration,
}

/// State of long work.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkProgress {
    /// Description of the work: a verb.
    pub what: String,
    /// Unit of the counts.
    pub unit: Unit,
    /// Units done.
    pub done: u64,
    /// Units to do.
    pub total: Total,
    /// Units per second, if known.
    pub rate: Option<f64>,
    /// Limit of the rate.
    pub note: Option<String>,
    /// Pause that holds the work up.
    pub pause: Option<Pause>,
    /// Time since the last unit was done.
    pub idle: Duration,
    /// Time since the work began.
    pub elapsed: Duration,
}

/// Line for a terminal; the bar is between two texts, so that it can be colored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgressLine {
    /// Text before the bar.
    pub before: String,
    /// Columns of the bar that are done, and those that are not; `None` without a bar.
    pub bar: Option<(usize, usize)>,
    /// Text after the bar.
    pub after: String,
}

impl ProgressLine {
    /// Returns the line without color.
    #[must_use]
    pub fn plain(&self) -> String {
        let bar = self.bar.map(|(done, left)| format!("{}{} ", "━".repeat(done), "╌".repeat(left)));
        format!("{}{}{}", self.before, bar.unwrap_or_default(), self.after)
    }
}

/// Rate of the work over the last seconds.
#[derive(Debug, Clone, Default)]
pub struct Rate {
    samples: VecDeque<(Duration, u64)>,
}

impl Rate {
    /// Records the units done at a time since the work began. Units of the first call were done
    /// before.
    pub fn note(&mut self, done: u64, now: Duration) {
        // The first sample stays: it is the start.
        let has_start = self.samples.len() > 1;
        match self.samples.back_mut() {
            Some((at, last)) if has_start && now < *at + SAMPLE => *last = done,
            _ => self.samples.push_back((now, done)),
        }
        while self.samples.len() > 2 && self.samples[1].0 + WINDOW <= now {
            self.samples.pop_front();
        }
    }

    /// Returns the units per second until now, stalls included.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "shown rounded")]
    pub fn per_second(&self, now: Duration) -> Option<f64> {
        let ((begun, before), (_, done)) = (self.samples.front()?, self.samples.back()?);
        let took = now.saturating_sub(*begun);
        (took >= EARLIEST).then(|| done.saturating_sub(*before) as f64 / took.as_secs_f64())
    }
}

/// Returns a number with two significant digits: `0.53`, `5.3`, `53`, `5,300`.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are positive")]
pub fn two_digits(number: f64) -> String {
    if number < 0.005 {
        return "0".to_owned();
    }
    let text = format!("{number:.1e}");
    let number: f64 = text.parse().unwrap_or(number);
    match number {
        _ if number < 0.995 => format!("{number:.2}"),
        _ if number < 9.95 => format!("{number:.1}"),
        _ => count(number.round() as u64),
    }
}

impl WorkProgress {
    /// Returns the line for a terminal of this many columns; it is never longer.
    #[must_use]
    pub fn line(&self, columns: usize) -> ProgressLine {
        let what = format!("{} ", self.what);
        let counts = self.counts();
        let tail = match &self.pause {
            Some(pause) => {
                let used = width(&what) + width(&counts);
                paused(pause, columns.saturating_sub(used))
            }
            None => {
                let used = width(&what) + width(&counts);
                let tail = self.speed(true);
                // The end is more urgent than the limit of the rate.
                if used + width(&tail) > columns { self.speed(false) } else { tail }
            }
        };
        let after = format!("{counts}{tail}");
        let room = columns.saturating_sub(width(&what) + width(&after) + 1).min(WIDEST);
        let bar = self.share().filter(|_| room >= NARROWEST).map(|share| {
            let done = filled(share, room);
            (done, room - done)
        });
        let before = clipped(&what, columns);
        let after = clipped(&after, columns.saturating_sub(width(&before)));
        ProgressLine { before, bar, after }
    }

    /// Returns the line for a log: without a bar, and as long as it needs to be.
    #[must_use]
    pub fn text(&self) -> String {
        let tail = match &self.pause {
            Some(pause) => paused(pause, usize::MAX),
            None => self.speed(true),
        };
        format!("{}: {}{tail}", self.what, self.counts())
    }

    fn counts(&self) -> String {
        let amount = |units: u64| match self.unit {
            Unit::Bytes => bytes(units),
            _ => count(units),
        };
        let name = match self.unit {
            Unit::Items => " items",
            Unit::Lists => " lists",
            Unit::Users => " users",
            Unit::Rows => " rows",
            Unit::Messages => " messages",
            Unit::Bytes => "",
        };
        let done = amount(self.done);
        match self.total {
            Total::Unknown => format!("{done}{name}"),
            Total::Exactly(total) => format!("{done} of {}{name}", amount(total.max(self.done))),
            Total::About(total) => {
                format!("{done} of about {}{name}", amount(rounded(total).max(self.done)))
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "shown rounded")]
    #[expect(clippy::cast_precision_loss, reason = "shown rounded")]
    fn speed(&self, noted: bool) -> String {
        let mut text = String::new();
        if let Some(rate) = self.rate {
            let rate = match self.unit {
                Unit::Bytes => bytes(rate.round() as u64),
                _ => two_digits(rate),
            };
            text.push_str(&format!("  {rate}/s"));
        }
        if let Some(note) = self.note.as_ref().filter(|_| noted) {
            text.push_str(&format!("  {note}"));
        }
        let left = match self.total {
            Total::Unknown => None,
            Total::About(total) | Total::Exactly(total) => total.checked_sub(self.done),
        };
        match (left, self.rate) {
            (None, _) => text.push_str(&format!("  {}", shown(self.elapsed.as_secs_f64()))),
            (Some(0), _) => {}
            (Some(_), _) if self.idle >= STALLED => {
                let idle = shown(self.idle.as_secs_f64());
                text.push_str(&format!("  stalled: nothing done for {idle}"));
            }
            (Some(_), None) => {}
            (Some(left), Some(rate)) if rate > 0.0 => {
                text.push_str(&format!("  eta {}", shown((left as f64 / rate).max(1.0))));
            }
            (Some(_), Some(_)) => text.push_str("  eta unknown"),
        }
        text
    }

    #[expect(clippy::cast_precision_loss, reason = "a share of a bar")]
    fn share(&self) -> Option<f64> {
        match self.total {
            Total::Unknown => None,
            Total::About(total) | Total::Exactly(total) if total.max(self.done) == 0 => Some(0.0),
            Total::About(total) | Total::Exactly(total) => {
                Some(self.done as f64 / total.max(self.done) as f64)
            }
        }
    }
}

/// Rounds an estimate to two significant digits.
fn rounded(number: u64) -> u64 {
    let digits = number.checked_ilog10().unwrap_or(0);
    let unit = 10_u64.pow(digits.saturating_sub(1));
    (number + unit / 2) / unit * unit
}

/// Returns the reason of a pause, cut to fit, and the time until the next check.
fn paused(pause: &Pause, columns: usize) -> String {
    let seconds = pause.again_in.as_secs_f64();
    let next = match seconds > 0.0 {
        true => format!("  next check in {}", shown(seconds.ceil())),
        false => "  checking now".to_owned(),
    };
    let head = "  paused: ";
    let room = columns.saturating_sub(width(head) + width(&next));
    if room < REASON {
        return format!("  paused{next}");
    }
    format!("{head}{}{next}", clipped(&pause.why, room))
}

#[expect(clippy::cast_possible_truncation, reason = "shown rounded")]
fn shown(seconds: f64) -> String {
    duration(seconds.round() as i64)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "columns of a bar")]
#[expect(clippy::cast_precision_loss, reason = "columns of a bar")]
fn filled(share: f64, columns: usize) -> usize {
    // Rounded down: only what is done completely fills the bar.
    ((share * columns as f64) as usize).min(columns)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

fn clipped(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let kept: String = text.chars().take(columns.saturating_sub(1)).collect();
    if columns == 0 { kept } else { format!("{}…", kept.trim_end()) }
}

#[cfg(test)]
mod tests;
