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
    /// The destination is too deep.
    MaxBacklog,
    /// Table or function are throttled.
    MaxThrottles,
}

impl Guard {
    /// The flag that asks for it.
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
    /// Seconds in all.
    pub paused_s: f64,
}

/// Holds departures back, or ends them for good.
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

/// One guard's guard_state on the gate.
#[derive(Debug, Default)]
struct GuardState {
    hold: Hold,
    pauses: u64,
    paused: Duration,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Hold {
    /// It has not looked yet, and nothing goes before.
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
    /// Announces a guard: nothing goes before it has looked.
    pub fn await_first_look(&self, guard: Guard) {
        self.state.send_modify(|state| {
            state.guards.entry(guard).or_default();
        });
    }

    /// Holds departures back. False when this guard does so already.
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

    /// Lets departures go again, as far as this guard is concerned. Answers with how long it held
    /// them back, if it did.
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

    /// Lets no more than `messages` go beside those that had not arrived yet when `arrived` had,
    /// until it is called again.
    pub fn make_room(&self, messages: u64, arrived: u64) {
        self.state.send_modify(|state| {
            let since = state.departed.saturating_sub(arrived);
            let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            state.room = Some(signed(messages).saturating_sub(signed(since)));
        });
    }

    /// Ends departures for good; the first reason counts.
    pub fn stop(&self, reason: String) {
        self.state.send_modify(|state| {
            state.stopped.get_or_insert(reason);
        });
    }

    /// Returns the reason why nothing goes any more.
    #[must_use]
    pub fn stopped(&self) -> Option<String> {
        self.state.borrow().stopped.clone()
    }

    /// Notes that the call for messages that may go has ended, whatever became of them.
    pub fn arrive(&self, messages: usize) {
        self.state.send_modify(|state| state.arrived += messages as u64);
    }

    /// Returns the number of messages whose call has ended: of those that are under way, the
    /// destination's depth says nothing yet.
    #[must_use]
    pub fn arrived(&self) -> u64 {
        self.state.borrow().arrived
    }

    /// Waits until `messages` may go.
    ///
    /// # Errors
    /// The reason, when nothing goes any more.
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
                // The sender lives as long as this borrow of it.
                (None, false) => {
                    let _ = watching
                        .wait_for(|state| state.stopped.is_some() || state.is_clear())
                        .await;
                }
            }
        }
    }

    /// Waits until what [`Gate::make_room`] allowed has gone.
    pub async fn out_of_room(&self) {
        let mut watching = self.state.subscribe();
        let _ = watching.wait_for(|state| state.room.is_some_and(|room| room <= 0)).await;
    }

    /// Returns the time that each guard held departures back until now.
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
        // They are under way: the destination does not count them yet.
        gate.make_room(20, gate.arrived());
        // 13 are left: two batches of 10, the second of which goes beyond by less than a batch.
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
