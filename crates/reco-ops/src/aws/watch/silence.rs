//! Detection of silent endpoints: calls are in flight and none has been answered for long.

use std::time::{Duration, Instant};

/// Time without a complete response before a silence is reported.
pub(super) const NAMED_AFTER: Duration = Duration::from_secs(25);

/// Longer than any pause before a retry: a call after a longer gap begins a new silence.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Calls in flight, and when the last one was answered.
#[derive(Debug, Default)]
pub(super) struct Silence {
    open: usize,
    since: Option<Instant>,
    given_up: Option<Instant>,
    told: bool,
    what: String,
}

impl Silence {
    /// Records the start of a call; `what` names its endpoint and operation.
    pub fn begins(&mut self, now: Instant, what: &str) {
        let repeated = self.given_up.is_some_and(|at| now.duration_since(at) < LONGEST_PAUSE);
        if self.open == 0 && !repeated {
            (self.since, self.told) = (None, false);
        }
        if self.since.is_none() {
            self.since = Some(now);
            what.clone_into(&mut self.what);
        }
        self.open += 1;
    }

    /// Records a complete response.
    pub fn answered(&mut self, now: Instant) {
        self.open = self.open.saturating_sub(1);
        self.since = (self.open > 0).then_some(now);
        (self.given_up, self.told) = (None, false);
    }

    /// Records a call that ended without a complete response.
    pub fn gave_up(&mut self, now: Instant) {
        self.open = self.open.saturating_sub(1);
        self.given_up = Some(now);
    }

    /// Returns the message about a silence, once per silence.
    pub fn untold(&mut self, now: Instant) -> Option<String> {
        let silent = now.duration_since(self.since.filter(|_| self.open > 0 && !self.told)?);
        (silent >= NAMED_AFTER).then(|| {
            self.told = true;
            let (what, s) = (&self.what, silent.as_secs());
            format!("no response from {what} for {s} s; a signal (Ctrl-C) ends the wait")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: Instant, s: u64) -> Instant {
        start + Duration::from_secs(s)
    }

    #[test]
    fn a_call_without_an_answer_is_told_once() {
        let (mut silence, start) = (Silence::default(), Instant::now());
        assert_eq!(silence.untold(at(start, 500)), None, "nothing was asked");
        silence.begins(at(start, 1_000), "http://x Receive");
        assert_eq!(silence.untold(at(start, 1_024)), None);
        let told = silence.untold(at(start, 1_025)).unwrap_or_default();
        assert!(told.contains("http://x Receive for 25 s"), "{told}");
        assert_eq!(silence.untold(at(start, 1_099)), None, "once");
    }

    #[test]
    fn attempts_that_are_given_up_and_repeated_are_one_silence() {
        let (mut silence, start) = (Silence::default(), Instant::now());
        for s in [0, 20] {
            silence.begins(at(start, s), if s == 0 { "a" } else { "b" });
            assert_eq!(silence.untold(at(start, s + 4)), None, "{s}");
            silence.gave_up(at(start, s + 15));
        }
        assert_eq!(silence.untold(at(start, 38)), None, "nothing is under way");
        silence.begins(at(start, 40), "c");
        assert!(silence.untold(at(start, 40)).is_some_and(|told| told.contains("a for 40 s")));
        silence.gave_up(at(start, 55));
        silence.begins(at(start, 60), "d");
        assert_eq!(silence.untold(at(start, 90)), None, "once");
    }

    #[test]
    fn an_answer_or_another_matter_begins_anew() {
        let (mut silence, start) = (Silence::default(), Instant::now());
        silence.begins(start, "a");
        silence.begins(start, "b");
        silence.answered(at(start, 20));
        assert_eq!(silence.untold(at(start, 44)), None);
        assert!(silence.untold(at(start, 45)).is_some(), "the other one is still open");
        silence.gave_up(at(start, 50));
        silence.begins(at(start, 600), "c");
        assert_eq!(silence.untold(at(start, 601)), None);
        assert!(silence.untold(at(start, 625)).is_some_and(|told| told.contains("c for 25 s")));
    }
}
