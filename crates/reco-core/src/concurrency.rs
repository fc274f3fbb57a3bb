//! How many calls are in flight at once, and what the speed of a run was limited by.
//!
//! Pure arithmetic; the caller passes the current time. [`Concurrency`] is the operator's request,
//! [`Controller`] finds the number during a run, and [`Evidence`] tells afterwards what it waited
//! for.

mod controller;
mod evidence;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

pub use controller::{Bounds, Controller, FinishedCall};
pub use evidence::{Evidence, SpeedLimit};

/// Maximum that may be requested.
pub const MOST: u16 = 512;

/// Requested number of calls in flight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Concurrency {
    /// As many as are worth it.
    #[default]
    Auto,
    /// A fixed number.
    Fixed(u16),
}

impl FromStr for Concurrency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Concurrency::Auto);
        }
        let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
        let error = || format!("must be `auto` or a number from 1 to {MOST}");
        number.map(Concurrency::Fixed).ok_or_else(error)
    }
}

impl fmt::Display for Concurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Concurrency::Auto => f.write_str("auto"),
            Concurrency::Fixed(number) => write!(f, "{number}"),
        }
    }
}

impl Serialize for Concurrency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_or_auto_is_requested() {
        assert_eq!("auto".parse(), Ok(Concurrency::Auto));
        assert_eq!("1".parse(), Ok(Concurrency::Fixed(1)));
        assert_eq!("512".parse(), Ok(Concurrency::Fixed(512)));
        for text in ["", "0", "513", "-1", "Auto", "1.5", "16 ", "70000"] {
            let error = text.parse::<Concurrency>();
            assert_eq!(error, Err("must be `auto` or a number from 1 to 512".to_owned()), "{text}");
        }
        for concurrency in [Concurrency::Auto, Concurrency::Fixed(16)] {
            assert_eq!(concurrency.to_string().parse(), Ok(concurrency));
        }
    }
}
