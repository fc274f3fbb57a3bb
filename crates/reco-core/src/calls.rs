//! Number of calls in flight, found by measuring them.
//!
//! More calls at once are faster only while each of them takes no longer. So the number grows while
//! latency holds, stays once it does not, and shrinks when the service throttles or does not answer.

use std::time::Duration;

/// Calls in flight at the start. Latency alone never makes it fewer.
pub const START: usize = 16;

/// Maximum calls in flight. Each has a connection of its own, and after a crash up to ten messages
/// of each may be in both queues.
pub const MOST: usize = 64;

/// Maximum bytes of messages in flight.
const BYTES: usize = 64 << 20;

/// Number of calls in flight that adapts to the service and the network.
#[derive(Debug, Clone)]
pub struct CallsInFlight {
    calls: usize,
    /// True until growing has once not paid off; it doubles until then.
    opening: bool,
    /// Least mean latency of a round.
    best: Option<Duration>,
    /// Calls of this round, as many as are in flight at once, and the sum of their latencies.
    round: (usize, Duration),
    /// Size of the largest call in bytes.
    largest: usize,
    /// Calls that were in flight at the last cut: further failures among them say nothing new.
    settling: usize,
}

impl Default for CallsInFlight {
    fn default() -> Self {
        CallsInFlight {
            calls: START,
            opening: true,
            best: None,
            round: (0, Duration::ZERO),
            largest: 1,
            settling: 0,
        }
    }
}

impl CallsInFlight {
    /// Returns the number of calls that may be in flight.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.calls.min(BYTES / self.largest).max(1)
    }

    /// Notes a call that took `took` for `bytes` of messages, while `in_flight` calls were under
    /// way with it.
    pub fn answered(&mut self, took: Duration, bytes: usize, in_flight: usize) {
        self.largest = self.largest.max(bytes);
        self.settling = self.settling.saturating_sub(1);
        // The latency of few calls says nothing about that of many.
        if in_flight < self.limit() {
            return;
        }
        self.round = (self.round.0 + 1, self.round.1 + took);
        if self.round.0 < self.limit() {
            return;
        }
        let (calls, sum) = std::mem::take(&mut self.round);
        let mean = sum / u32::try_from(calls).unwrap_or(u32::MAX);
        let best = self.best.map_or(mean, |best| best.min(mean));
        self.best = Some(best);
        if mean <= best * 3 / 2 {
            let more = if self.opening { self.calls } else { (self.calls / 8).max(1) };
            self.calls = (self.calls + more).min(MOST);
        } else {
            self.opening = false;
            if mean > best * 3 && self.calls > START {
                self.calls = (self.calls - self.calls / 4).max(START);
            }
        }
    }

    /// Halves the number after a call that was throttled or timed out, while `in_flight` calls were
    /// under way with it.
    pub fn failed(&mut self, in_flight: usize) {
        if self.settling > 0 {
            self.settling -= 1;
            return;
        }
        (self.calls, self.settling) = ((self.limit() / 2).max(1), in_flight.saturating_sub(1));
        (self.opening, self.round) = (false, (0, Duration::ZERO));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Runs rounds against a service that takes `latency` for up to `room` calls at once, and in
    /// proportion longer for more.
    fn settle(calls: &mut CallsInFlight, latency: Duration, room: usize, rounds: usize) {
        for _ in 0..rounds {
            let limit = calls.limit();
            let over = u32::try_from(limit.div_ceil(room).max(1)).expect("small");
            (0..limit).for_each(|_| calls.answered(latency * over, 10_000, limit));
        }
    }

    #[test]
    fn it_grows_while_latency_holds_and_no_further_than_it_may() {
        let mut calls = CallsInFlight::default();
        settle(&mut calls, Duration::from_millis(20), 1_000, 3);
        assert_eq!(calls.limit(), MOST);
        settle(&mut calls, Duration::from_millis(20), 1_000, 20);
        assert_eq!(calls.limit(), MOST);
    }

    #[test]
    fn it_stays_where_more_calls_only_take_longer() {
        let mut calls = CallsInFlight::default();
        settle(&mut calls, Duration::from_millis(20), 40, 30);
        assert!((START..=80).contains(&calls.limit()), "{}", calls.limit());
        let mut calls = CallsInFlight::default();
        settle(&mut calls, Duration::from_millis(1), 2, 30);
        assert!(calls.limit() <= 2 * START, "{}", calls.limit());
    }

    #[test]
    fn a_burst_of_throttles_halves_it_once_and_it_grows_again_slowly() {
        let mut calls = CallsInFlight::default();
        settle(&mut calls, Duration::from_millis(20), 1_000, 3);
        (0..MOST).for_each(|_| calls.failed(MOST));
        assert_eq!(calls.limit(), MOST / 2);
        (0..MOST / 2).for_each(|_| calls.failed(MOST / 2));
        assert_eq!(calls.limit(), MOST / 4);
        settle(&mut calls, Duration::from_millis(20), 1_000, 1);
        assert_eq!(calls.limit(), MOST / 4 + MOST / 32);
    }

    #[test]
    fn large_messages_are_fewer_at_a_time() {
        let mut calls = CallsInFlight::default();
        calls.answered(Duration::from_millis(20), 10 << 20, 1);
        assert_eq!(calls.limit(), 6);
    }

    #[test]
    fn few_calls_say_nothing_about_many() {
        let mut calls = CallsInFlight::default();
        (0..1_000).for_each(|_| calls.answered(Duration::from_millis(20), 1, 3));
        assert_eq!(calls.limit(), START);
    }

    proptest! {
        #[test]
        fn whatever_happens_a_call_may_go_and_no_more_than_the_most(
            events in prop::collection::vec((any::<bool>(), 0u64..5_000, 0usize..12 << 20, 0usize..200), 0..400)
        ) {
            let mut calls = CallsInFlight::default();
            for (fails, ms, bytes, in_flight) in events {
                match fails {
                    true => calls.failed(in_flight),
                    false => calls.answered(Duration::from_millis(ms), bytes, in_flight),
                }
                prop_assert!((1..=MOST).contains(&calls.limit()));
                prop_assert!(calls.limit() * calls.largest <= BYTES.max(calls.largest));
            }
        }
    }
}
