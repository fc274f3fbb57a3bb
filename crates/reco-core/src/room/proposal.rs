//! Proposal of a rate, or of a guard where no rate can be derived.

use super::{Load, Place, Room, float, round_down};

/// Messages per second beyond which a proposal does not go: whether the function keeps up with more
/// is known only once it is tried.
const MOST: f64 = 100.0;

/// Lowest rate that is worth proposing: a message in about 17 minutes.
const LEAST: f64 = 0.001;

/// Share of a full table's capacity that a redrive may try for.
const TRICKLE: f64 = 0.05;

/// Messages of a trial, after others came back.
const TRIAL: u64 = 20;

/// Messages of the latest redrive that came back to the DLQ.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bounce {
    /// Number that came back.
    pub messages: u64,
    /// Number that the run sent.
    pub sent: u64,
    /// Id of the run.
    pub run_id: String,
    /// Messages per second that it sent; `None` if unknown.
    pub rate: Option<f64>,
}

/// Guard of a redrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// `--max-throttles`.
    MaxThrottles,
    /// `--max-backlog`.
    MaxBacklog,
}

impl Guard {
    /// Returns the flag with its value.
    #[must_use]
    pub const fn flag(self) -> &'static str {
        match self {
            Guard::MaxThrottles => "--max-throttles 10/min",
            Guard::MaxBacklog => "--max-backlog 100",
        }
    }
}

/// Proposal of how to redrive.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposal {
    /// Messages per second; `None` if no number can be derived.
    pub rate: Option<f64>,
    /// Guard in addition to the rate, or instead of it.
    pub guard: Option<Guard>,
    /// Number of messages to try first; `None` for all.
    pub max: Option<u64>,
    /// Reason, in words of a comment.
    pub why: String,
    /// Time it takes, in seconds.
    pub duration_s: Option<u64>,
}

impl Proposal {
    /// Returns the flags, such as `--rate 5`; empty if none is needed.
    #[must_use]
    pub fn flags(&self) -> String {
        let max = self.max.map(|max| format!("--max {max}"));
        let rate = self.rate.map(|rate| format!("--rate {rate}"));
        let guard = self.guard.map(|guard| guard.flag().to_owned());
        [max, rate, guard].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Proposes how to send these messages through the pipeline. `bounce` describes messages of the
/// latest redrive that came back.
#[must_use]
pub fn propose(load: &Load, room: &Room, bounce: Option<&Bounce>) -> Proposal {
    let bounce = bounce.filter(|bounce| bounce.messages > 0);
    let Some(place) = room.tightest(load) else {
        return without_knowledge(room, bounce);
    };
    let spare = place.spare() * place.share() / place.cost(load);
    let function = room.function.map(|most| most * super::SHARE);
    let slower = bounce.and_then(|bounce| bounce.rate).map(|rate| rate / 2.0);
    let bounds = [Some(spare), function, slower, Some(MOST)];
    let rate = round_down(bounds.into_iter().flatten().fold(f64::INFINITY, f64::min));
    if rate < LEAST {
        return when_full(load, room, place, slower);
    }
    let troubled = bounce.is_some() || room.places.iter().any(|place| place.throttled);
    let guard = match room.watchable {
        true if troubled => Some(Guard::MaxThrottles),
        false if troubled => Some(Guard::MaxBacklog),
        _ if rate >= MOST => Some(Guard::MaxBacklog),
        _ => None,
    };
    let duration_s = duration(load, rate);
    let binding = function.is_some_and(|function| function < spare);
    let why = super::words::paced(load, place, bounce, room.function.filter(|_| binding));
    Proposal { rate: Some(rate), guard, max: None, why, duration_s: Some(duration_s) }
}

/// Proposes for a table of which nothing is left: as slow as it gets, whenever it does not throttle.
fn when_full(load: &Load, room: &Room, place: &Place, slower: Option<f64>) -> Proposal {
    let trickle = place.limit * TRICKLE / place.cost(load);
    let rate = round_down(trickle.min(slower.unwrap_or(MOST)).min(MOST)).max(LEAST);
    let guard = if room.watchable { Guard::MaxThrottles } else { Guard::MaxBacklog };
    Proposal {
        rate: Some(rate),
        guard: Some(guard),
        max: None,
        why: super::words::full(load, place),
        duration_s: Some(duration(load, rate)),
    }
}

fn without_knowledge(room: &Room, bounce: Option<&Bounce>) -> Proposal {
    let guard = if room.watchable { Guard::MaxThrottles } else { Guard::MaxBacklog };
    let max = bounce.map(|_| TRIAL);
    let why = super::words::unknown(room.unknown.as_deref(), bounce);
    Proposal { rate: None, guard: Some(guard), max, why, duration_s: None }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast to integer saturates"
)]
fn duration(load: &Load, rate: f64) -> u64 {
    (float(load.messages) / rate).ceil() as u64
}
