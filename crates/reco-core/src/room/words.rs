//! Figures of a rate in words.

use std::fmt;

use super::{Bounce, Excess, Load, Place, Proposal};
use crate::human::{amount, count};

impl Place {
    /// Returns `the table` or the index by name.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.index {
            None => "the table".to_owned(),
            Some(index) => format!("index {index}"),
        }
    }

    /// Returns what it has to spare, in words.
    #[must_use]
    pub fn spare_words(&self) -> String {
        let title = self.title();
        match self.used {
            Some(_) => format!("{title} has {}/s to spare", figure(self.spare())),
            None => format!("{title} accepts {}/s, its use is unknown", figure(self.limit)),
        }
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (needs, place) = (figure(self.needs), self.place.spare_words());
        let verb = if self.unlimited { "would need up to" } else { "would need" };
        write!(f, "{verb} {needs} WCU/s, but {place}: what is throttled comes back")
    }
}

impl Proposal {
    /// Returns the reason with the time it takes, as a comment after a command.
    #[must_use]
    pub fn comment(&self) -> String {
        match self.duration_s {
            Some(seconds) => format!("{}: about {}", self.why, about(seconds)),
            None => self.why.clone(),
        }
    }
}

pub(super) fn paced(
    load: &Load,
    place: &Place,
    bounce: Option<&Bounce>,
    function: Option<f64>,
) -> String {
    let spare = match function {
        None => place.spare_words(),
        Some(most) => format!("the function handles {}/s at most", figure(most)),
    };
    match bounce {
        None => format!("{} WCU; {spare}", count(load.wcu)),
        Some(bounce) => format!("{}; {spare}", came_back(bounce)),
    }
}

pub(super) fn full(load: &Load, place: &Place) -> String {
    let (title, limit) = (place.title(), figure(place.limit));
    format!(
        "{} WCU; {title} uses all of its {limit}/s: raise that first, or go slowly",
        count(load.wcu)
    )
}

pub(super) fn unknown(reason: Option<&str>, bounce: Option<&Bounce>) -> String {
    let reason = reason.unwrap_or("the table's capacity is unknown");
    match bounce {
        None => format!("{reason}: no rate to propose, so a guard"),
        Some(bounce) => format!("{}; {reason}: try a few first", came_back(bounce)),
    }
}

fn came_back(bounce: &Bounce) -> String {
    let of = if bounce.sent >= bounce.messages && bounce.sent > 0 {
        format!("{} of {}", count(bounce.messages), count(bounce.sent))
    } else {
        amount(bounce.messages, "message")
    };
    format!("{of} of the last run came back")
}

/// Formats a number of units per second: whole from 10 on, else with one decimal where needed.
#[must_use]
pub fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "unlimited".to_owned();
    }
    if value >= 10.0 || (value - value.round()).abs() < 0.05 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast to integer saturates"
        )]
        return count(value.round() as u64);
    }
    format!("{value:.1}")
}

/// Formats a duration that is only an estimate, in one unit.
fn about(seconds: u64) -> String {
    match seconds {
        0..90 => format!("{seconds} s"),
        90..5_400 => format!("{} min", (seconds + 30) / 60),
        5_400..172_800 => format!("{} h", (seconds + 1_800) / 3_600),
        _ => format!("{} days", count((seconds + 43_200) / 86_400)),
    }
}
