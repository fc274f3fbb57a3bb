//! Gate on sends: any guard can engage it, and all of them must release it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;

/// Guard that can engage the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// Backlog of the destination (`--max-backlog`).
    MaxBacklog,
    /// Throttling of the table or function (`--max-throttles`).
    MaxThrottles,
}

impl Guard {
    /// Returns the flag that enables the guard.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Guard::MaxBacklog => "--max-backlog",
            Guard::MaxThrottles => "--max-throttles",
        }
    }
}

/// Time that a guard held a run back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Pauses {
    /// Number of pauses.
    pub pauses: u64,
    /// Total duration, in seconds.
    pub paused_s: f64,
}

/// Gate that pauses sends or stops them for good.
#[derive(Debug)]
pub struct Gate {
    state: watch::Sender<State>,
}

#[derive(Debug, Default)]
struct State {
    guards: BTreeMap<Guard, GuardState>,
    /// Number of messages that may be sent before the destination is checked again.
    room: Option<i64>,
    departed: u64,
    arrived: u64,
    stopped: Option<String>,
}

/// State of one guard on the gate.
#[derive(Debug, Default)]
struct GuardState {
    hold: Hold,
    pauses: u64,
    paused: Duration,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Hold {
    /// Not checked yet; blocks sends.
    #[default]
    Unsure,
    Off,
    On(Instant),
}

impl GuardState {
    fn paused(&self) -> Duration {
        match self.hold {
            Hold::On(since) => self.paused + since.elapsed(),
            Hold::Unsure | Hold::Off => self.paused,
        }
    }
}

impl State {
    fn is_clear(&self) -> bool {
        self.guards.values().all(|guard_state| guard_state.hold == Hold::Off)
            && self.room.is_none_or(|room| room > 0)
    }
}

impl Default for Gate {
    fn default() -> Self {
        Gate { state: watch::Sender::new(State::default()) }
    }
}

impl Gate {
    /// Registers a guard; nothing is sent before its first check.
    pub fn await_first_look(&self, guard: Guard) {
        self.state.send_modify(|state| {
            state.guards.entry(guard).or_default();
        });
    }

    /// Pauses sends. Returns false if this guard has already paused them.
    pub fn pause(&self, guard: Guard) -> bool {
        self.state.send_if_modified(|state| {
            let guard_state = state.guards.entry(guard).or_default();
            if matches!(guard_state.hold, Hold::On(_)) {
                return false;
            }
            (guard_state.hold, guard_state.pauses) =
                (Hold::On(Instant::now()), guard_state.pauses + 1);
            true
        })
    }

    /// Ends this guard's pause; returns how long it lasted, if there was one.
    pub fn resume(&self, guard: Guard) -> Option<Duration> {
        let mut held = None;
        self.state.send_modify(|state| {
            let guard_state = state.guards.entry(guard).or_default();
            if let Hold::On(since) = guard_state.hold {
                held = Some(since.elapsed());
            }
            (guard_state.paused, guard_state.hold) = (guard_state.paused(), Hold::Off);
        });
        held
    }

    /// Allows `messages` more to be sent until the next call. Messages in flight when `arrived` had
    /// arrived count against it.
    pub fn make_room(&self, messages: u64, arrived: u64) {
        self.state.send_modify(|state| {
            let since = state.departed.saturating_sub(arrived);
            let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            state.room = Some(signed(messages).saturating_sub(signed(since)));
        });
    }

    /// Stops sends for good; the first reason is kept.
    pub fn stop(&self, reason: String) {
        self.state.send_modify(|state| {
            state.stopped.get_or_insert(reason);
        });
    }

    /// Returns the reason why sends were stopped, if so.
    #[must_use]
    pub fn stopped(&self) -> Option<String> {
        self.state.borrow().stopped.clone()
    }

    /// Records that the call for these messages has ended, whatever its result.
    pub fn arrive(&self, messages: usize) {
        self.state.send_modify(|state| state.arrived += messages as u64);
    }

    /// Returns the number of messages whose call has ended. The destination's depth does not
    /// include those still in flight.
    #[must_use]
    pub fn arrived(&self) -> u64 {
        self.state.borrow().arrived
    }

    /// Waits until `messages` may be sent.
    ///
    /// # Errors
    /// Returns the reason if sends are stopped.
    pub async fn acquire(&self, messages: usize) -> Result<(), String> {
        let mut watching = self.state.subscribe();
        loop {
            let mut may_go = false;
            let mut stopped = None;
            self.state.send_if_modified(|state| {
                stopped = state.stopped.clone();
                may_go = stopped.is_none() && state.is_clear();
                if may_go {
                    state.departed += messages as u64;
                    let gone = i64::try_from(messages).unwrap_or(i64::MAX);
                    state.room = state.room.map(|room| room.saturating_sub(gone));
                }
                may_go
            });
            match (stopped, may_go) {
                (Some(reason), _) => return Err(reason),
                (None, true) => return Ok(()),
                // The sender lives at least as long as this borrow.
                (None, false) => {
                    let _ = watching
                        .wait_for(|state| state.stopped.is_some() || state.is_clear())
                        .await;
                }
            }
        }
    }

    /// Waits until the messages allowed by [`Gate::make_room`] have been sent.
    pub async fn out_of_room(&self) {
        let mut watching = self.state.subscribe();
        let _ = watching.wait_for(|state| state.room.is_some_and(|room| room <= 0)).await;
    }

    /// Returns how often and how long each guard has paused sends so far.
    #[must_use]
    pub fn pauses(&self) -> BTreeMap<Guard, Pauses> {
        let state = self.state.borrow();
        let of = |guard_state: &GuardState| {
            let tenths = (guard_state.paused().as_secs_f64() * 10.0).round();
            Pauses { pauses: guard_state.pauses, paused_s: tenths / 10.0 }
        };
        state.guards.iter().map(|(guard, guard_state)| (*guard, of(guard_state))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn goes(gate: &Gate, messages: usize) -> bool {
        let wait = tokio::time::timeout(Duration::from_millis(50), gate.acquire(messages));
        wait.await.is_ok_and(|departed| departed.is_ok())
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_goes_before_every_guard_has_looked_and_let_go() {
        let gate = Gate::default();
        assert!(goes(&gate, 1).await);
        gate.await_first_look(Guard::MaxBacklog);
        gate.await_first_look(Guard::MaxThrottles);
        assert!(!goes(&gate, 1).await);
        assert_eq!(gate.resume(Guard::MaxBacklog), None, "waiting for a look is no pause");
        assert!(gate.pause(Guard::MaxThrottles) && !gate.pause(Guard::MaxThrottles));
        assert!(!goes(&gate, 1).await);
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert!(gate.resume(Guard::MaxThrottles) > Some(Duration::from_secs(3)));
        assert!(goes(&gate, 1).await);
        let pauses = gate.pauses();
        assert_eq!(pauses[&Guard::MaxBacklog], Pauses::default());
        assert_eq!(pauses[&Guard::MaxThrottles], Pauses { pauses: 1, paused_s: 3.1 });
    }

    #[tokio::test(start_paused = true)]
    async fn room_counts_what_went_while_it_was_measured() {
        let gate = Gate::default();
        assert!(goes(&gate, 7).await);
        // They are in flight: the destination does not count them yet.
        gate.make_room(20, gate.arrived());
        // 13 are left: two batches of 10, the second of which exceeds the limit by less than a
        // batch.
        assert!(goes(&gate, 10).await && goes(&gate, 10).await);
        assert!(!goes(&gate, 1).await);
        gate.out_of_room().await;
        gate.arrive(27);
        gate.make_room(1, gate.arrived());
        assert!(goes(&gate, 1).await && !goes(&gate, 1).await);
    }

    #[tokio::test]
    async fn a_stop_is_final_and_its_first_reason_counts() {
        let gate = Gate::default();
        gate.pause(Guard::MaxBacklog);
        let waiting = gate.acquire(1);
        gate.stop("first".to_owned());
        gate.stop("second".to_owned());
        assert_eq!(waiting.await, Err("first".to_owned()));
        assert_eq!(gate.acquire(1).await, Err("first".to_owned()));
    }
}
