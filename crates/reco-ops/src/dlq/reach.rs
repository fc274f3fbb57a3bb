//! Coverage of a scan: the part of a queue that a command received, and the messages it missed.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::sqs::{DrainEnd, Hidden};
use reco_core::human::{UNKNOWN, amount, count, form, was};

/// Coverage of the messages that were there when the command started.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// True if every message that was there at the start was received.
    pub exhausted: bool,
    /// Approximate number of messages that arrived later and were left alone.
    pub arrived: u64,
    /// Approximate number of messages that SQS did not deliver because they are behind others of
    /// their FIFO group, or because no more could be held at once.
    pub unreached: u64,
    /// Number of messages that could be held at once, if that is why others were not reached.
    #[serde(skip)]
    pub held_at_most: Option<u64>,
    /// Messages that were there but were not received; null if all were.
    pub hidden: Option<HiddenRow>,
}

/// Messages that were there but were not received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HiddenRow {
    /// Visible by the queue's counts, but not delivered.
    pub visible: u64,
    /// In flight: held by another consumer, or part of a lost response.
    pub in_flight: u64,
    /// Maximum seconds until messages of lost responses are visible again; null if none was lost.
    pub visible_in_s: Option<u64>,
    /// Time at which they are visible again, RFC 3339.
    pub visible_at: Option<String>,
}

impl From<Hidden> for HiddenRow {
    fn from(Hidden { visible, in_flight, until }: Hidden) -> Self {
        let left = |until: SystemTime| {
            until.duration_since(SystemTime::now()).unwrap_or_default().as_secs() + 1
        };
        let visible_at = until.and_then(|until| {
            let since = until.duration_since(UNIX_EPOCH).ok()?;
            let seconds = i64::try_from(since.as_secs()).ok()? + 1;
            Some(jiff::Timestamp::from_second(seconds).ok()?.to_string())
        });
        HiddenRow { visible, in_flight, visible_in_s: until.map(left), visible_at }
    }
}

impl Reach {
    /// Returns the reach of a drain; `arrived` is the number of known later arrivals.
    #[must_use]
    pub fn of(end: DrainEnd, arrived: u64) -> Self {
        Reach {
            exhausted: end.is_whole(),
            arrived,
            unreached: match end {
                DrainEnd::Front(behind) => behind,
                _ => 0,
            },
            hidden: match end {
                DrainEnd::Hidden(hidden) => Some(hidden.into()),
                _ => None,
            },
            held_at_most: None,
        }
    }

    /// Returns the reach of a drain of a FIFO queue that ended as a whole one, after `early` of the
    /// `depth` messages that were there were received; `visible` are there now, if that is known.
    /// Arrivals may have come in place of messages behind a front that stays.
    #[must_use]
    pub fn of_fronts(end: DrainEnd, (depth, early): (u64, u64), visible: Option<u64>) -> Self {
        let missed = if depth == UNKNOWN { 0 } else { depth.saturating_sub(early) };
        let missed = missed.min(visible.unwrap_or(u64::MAX));
        let arrived = visible.map_or(0, |visible| visible - missed);
        Reach::of(if missed > 0 { DrainEnd::Front(missed) } else { end }, arrived)
    }

    /// Returns this reach for a scan that ended because no more than `limit` messages could be held
    /// at once, after `seen` of `depth` were received.
    #[must_use]
    pub fn out_of_room(self, limit: usize, depth: u64, seen: u64) -> Self {
        let left = if depth == UNKNOWN { 0 } else { depth.saturating_sub(seen) };
        let held_at_most = Some(limit as u64);
        Reach { exhausted: false, unreached: left.max(1), held_at_most, ..self }
    }

    /// Returns the number of messages that were there but were not reached.
    #[must_use]
    pub fn missed(&self) -> u64 {
        let hidden = self
            .hidden
            .as_ref()
            .map_or(0, |hidden| hidden.visible.saturating_add(hidden.in_flight));
        self.unreached.saturating_add(hidden)
    }

    /// Returns a description for the end of a table, one line per finding.
    #[must_use]
    pub fn words(&self) -> String {
        let mut text = String::new();
        if let Some(limit) = self.held_at_most {
            text.push_str(&format!(
                "about {} not reached: at most {} can be held at once; move or delete some of those that stay, then run again for the rest\n",
                was(self.unreached),
                count(limit)
            ));
        } else if self.unreached > 0 {
            text.push_str(&format!(
                "about {} not reached: SQS delivers only the front of each FIFO message group until it is deleted\n",
                was(self.unreached)
            ));
        }
        if let Some(hidden) = &self.hidden {
            text.push_str(&words_of(hidden));
        }
        if self.arrived > 0 {
            text.push_str(&format!(
                "about {} arrived during the run and {} left alone\n",
                amount(self.arrived, "message"),
                form(self.arrived, "was", "were")
            ));
        }
        text
    }
}

fn words_of(hidden: &HiddenRow) -> String {
    let mut text = String::new();
    if hidden.visible > 0 {
        text.push_str(&format!(
            "about {} counted as visible by SQS but not delivered: another consumer may have them, or the queue is at its limit of 120,000 in flight; run again later\n",
            amount(hidden.visible, "message")
        ));
    }
    if hidden.in_flight > 0 {
        let when = match (&hidden.visible_at, hidden.visible_in_s) {
            (Some(at), Some(seconds)) => {
                format!("an SQS response was lost; visible again by {at} (within {seconds} s)")
            }
            _ => "another consumer has them or lost a response".to_owned(),
        };
        text.push_str(&format!(
            "about {} were not received and {} in flight: {when}; run again then\n",
            amount(hidden.in_flight, "message"),
            form(hidden.in_flight, "is", "are")
        ));
    }
    text
}

/// Returns the number of messages that arrived while `taken` of `depth` were received, given that
/// `visible` are there now.
#[must_use]
pub fn arrived(depth: u64, taken: u64, visible: u64) -> u64 {
    visible.saturating_add(taken).saturating_sub(depth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_reached_is_counted_and_said() {
        let front = Reach::of(DrainEnd::Front(190), 0);
        assert_eq!((front.exhausted, front.missed()), (false, 190));
        assert!(front.words().contains("190 messages"), "{}", front.words());
        let until = Some(SystemTime::now() + std::time::Duration::from_secs(50));
        let hidden = Reach::of(DrainEnd::Hidden(Hidden { visible: 0, in_flight: 30, until }), 0);
        assert_eq!((hidden.exhausted, hidden.missed()), (false, 30));
        assert!(hidden.words().contains("30 messages") && hidden.words().contains("within 5"));
        let whole = Reach::of(DrainEnd::Depth, 7);
        assert_eq!((whole.exhausted, whole.missed()), (true, 0));
        assert!(whole.words().contains("7 messages arrived during the run"), "{}", whole.words());
        assert_eq!(Reach::of(DrainEnd::Empty, 0).words(), "");
    }

    #[test]
    fn arrivals_do_not_hide_what_a_group_keeps_back_even_if_the_queue_does_not_answer() {
        let of = |counts, visible| {
            let reach = Reach::of_fronts(DrainEnd::Depth, counts, visible);
            (reach.exhausted, reach.unreached, reach.arrived)
        };
        assert_eq!(of((20, 20), Some(3)), (true, 0, 3));
        assert_eq!(of((20, 12), Some(10)), (false, 8, 2));
        assert_eq!(of((20, 12), Some(5)), (false, 5, 0));
        assert_eq!(of((20, 12), None), (false, 8, 0), "how many are there now is not known");
        assert_eq!(of((20, 20), None), (true, 0, 0));
        assert_eq!(of((UNKNOWN, 12), Some(2)), (true, 0, 2));
    }

    #[test]
    fn what_found_no_room_was_not_reached() {
        let reach = Reach::of(DrainEnd::Enough, 0).out_of_room(100_000, 130_000, 100_000);
        assert_eq!((reach.exhausted, reach.missed()), (false, 30_000));
        assert!(reach.words().contains("30,000 messages were not reached"), "{}", reach.words());
        assert!(reach.words().contains("100,000 can be held"), "{}", reach.words());
        // The counts are approximate: it ended because of the room, so there may be more.
        for depth in [100_000, 99_998, UNKNOWN] {
            let reach = Reach::of(DrainEnd::Enough, 0).out_of_room(100_000, depth, 100_000);
            assert_eq!(reach.missed(), 1, "{depth}");
        }
    }

    #[test]
    fn what_arrived_is_what_is_there_beyond_what_was() {
        assert_eq!(arrived(200, 200, 13), 13);
        assert_eq!(arrived(200, 180, 13), 0, "some of them may be those that did not come");
        assert_eq!(arrived(200, 205, 0), 5);
    }
}
