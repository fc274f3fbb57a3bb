//! Interprets the depth and age of queues.

use reco_core::human::amount;

use super::{Meaning, number, plural};
use crate::metrics::plan::Measure;
use crate::metrics::report::{Level, MeasureRow, Section};

/// Age in seconds from which a backlog deserves attention.
const OLD: f64 = 600.0;

/// Age in seconds up to which messages only pass through.
const FRESH: f64 = 60.0;

/// Number of messages that are no backlog, however it changes.
const FEW: f64 = 10.0;

/// Growth from which on a queue is growing: its depth varies by itself.
const GROWTH: f64 = 1.5;

/// AWS: "Amazon SQS queue quotas": at most about 120,000 messages of a standard queue are in flight.
const MOST_IN_FLIGHT: f64 = 120_000.0;

const SLOW: &str = "the function is too slow, throttled or stopped: see its rows above";

pub(super) fn queue(section: &Section) -> Meaning {
    let visible = section.row(Measure::Visible);
    let age = section.row(Measure::OldestAge).and_then(|row| row.last);
    let now = live_depth(section).or(visible.and_then(|row| row.last));
    let peak = visible.and_then(|row| row.max).unwrap_or(0.0);
    let held = now.map_or("an unknown number of".to_owned(), number);
    let wait =
        now.map_or("messages waiting", |now| plural(now, "message waiting", "messages waiting"));
    let oldest = age.map(|age| format!(", the oldest for {}", minutes(age))).unwrap_or_default();
    if let Some(full) = in_flight(section).filter(|held| *held >= MOST_IN_FLIGHT * 0.9) {
        let text = format!("full: {} messages in flight of at most 120,000", number(full));
        return (Level::Bad, text, Some(SLOW.to_owned()));
    }
    let old = age.is_some_and(|age| age > OLD);
    let grown = match (visible.and_then(first), now) {
        (Some(first), Some(now)) if now > first.max(FEW) * GROWTH => Some(now - first),
        // An age beyond what is normal makes any growth one.
        (Some(first), Some(now)) if old && now > first => Some(now - first),
        _ => None,
    };
    match grown {
        Some(_) if old => {
            let text = format!("falling behind: {held} {wait}{oldest}");
            (Level::Bad, text, Some(SLOW.to_owned()))
        }
        Some(grown) => {
            let more = number(grown);
            let text = format!("growing: {held} {wait}, {more} more than at the start{oldest}");
            (Level::Warn, text, Some(SLOW.to_owned()))
        }
        None if old => (Level::Warn, format!("catching up: {held} {wait}{oldest}"), None),
        None if age.map_or(now > Some(FEW), |age| age > FRESH && now > Some(FEW)) => {
            (Level::Warn, format!("working through a backlog: {held} {wait}{oldest}"), None)
        }
        None => (Level::Good, format!("keeping up: {held} {wait}, {} at most", number(peak)), None),
    }
}

pub(super) fn dlq(section: &Section) -> Meaning {
    let visible = section.row(Measure::Visible);
    let now = live_depth(section).or(visible.and_then(|row| row.last)).unwrap_or(0.0);
    let grown = visible.and_then(first).map(|first| now - first);
    if now <= 0.0 {
        return (Level::Good, "empty".to_owned(), None);
    }
    let advice = Some("run `recoctl dlq classify` for causes and next steps".to_owned());
    let count = plural(now, "message", "messages");
    match grown {
        Some(grown) if grown > 0.0 => {
            let text = format!("{} {count}, {} more than at the start", number(now), number(grown));
            (Level::Bad, text, advice)
        }
        _ => (Level::Warn, format!("{} {count}, no more than at the start", number(now)), advice),
    }
}

pub(super) fn without_history(held: u64) -> Meaning {
    if held == 0 {
        return (Level::Good, "empty".to_owned(), None);
    }
    let advice = "run `recoctl dlq classify` for causes and next steps".to_owned();
    (Level::Warn, format!("{}; no history in CloudWatch", amount(held, "message")), Some(advice))
}

fn live_depth(section: &Section) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "queue depths are far below 2^52")]
    section.live.map(|live| live.visible.saturating_add(live.in_flight) as f64)
}

fn in_flight(section: &Section) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "queue depths are far below 2^52")]
    let live = section.live.map(|live| live.in_flight as f64);
    live.or(section.row(Measure::InFlight).and_then(|row| row.last))
}

fn first(row: &MeasureRow) -> Option<f64> {
    row.values().flatten().next()
}

fn minutes(seconds: f64) -> String {
    if seconds < 120.0 {
        return format!("{seconds:.0} s");
    }
    format!("{:.0} minutes", seconds / 60.0)
}
