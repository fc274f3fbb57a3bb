//! Guard tasks: each checks a metric at intervals, and pauses the gate while it is too high.
//!
//! A guard that cannot read its metric also pauses the run, and stops it after three consecutive
//! failures: an unwatched run must not continue.

mod backlog;
mod throttles;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use backlog::Backlog;
pub use throttles::{Throttles, Watched};

use crate::error::{Error, Result};
use crate::event::Events;
use crate::rate::{Gate, Guard};

/// Consecutive failed checks after which the run is stopped.
const FAILURES: u32 = 3;

/// Pause before the next check after a failed one.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Timeout of a check.
const WITHIN: Duration = Duration::from_secs(10);

/// Minimum interval between checks.
const BETWEEN: Duration = Duration::from_millis(250);

/// Time after reporting a pause during which further pauses are not reported.
const QUIET: Duration = Duration::from_secs(30);

/// Result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Continue.
    Go,
    /// Pause, for this reason.
    Pause(String),
}

/// Metric checked by a guard.
pub trait Watch: Send + 'static {
    /// Guard that it belongs to.
    const GUARD: Guard;
    /// Human-readable name of the watched metric.
    const WHAT: &'static str;
    /// Interval between checks.
    const EVERY: Duration;
    /// True to check earlier once the gate has no room left.
    const SOONER: bool = false;

    /// Checks once; `gate` knows how many messages have passed, and is told how many more may.
    fn look(&mut self, gate: &Gate) -> impl Future<Output = Result<Verdict>> + Send;
}

/// Guards of a run. Must be ended with [`GuardTasks::finish`].
#[derive(Debug, Default)]
pub struct GuardTasks {
    tasks: JoinSet<()>,
    end: CancellationToken,
}

impl GuardTasks {
    /// Starts a guard; no message is sent before its first check.
    pub fn set(&mut self, watch: impl Watch, gate: &Arc<Gate>, events: &Events) {
        fn guard_of<W: Watch>(_: &W) -> Guard {
            W::GUARD
        }
        gate.await_first_look(guard_of(&watch));
        let (gate, events, end) = (Arc::clone(gate), events.clone(), self.end.clone());
        self.tasks.spawn(keep_looking(watch, gate, events, end));
    }

    /// Ends all guards and waits for them.
    pub async fn finish(&mut self) {
        self.end.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a guard failed unexpectedly");
            }
        }
    }
}

async fn keep_looking<W: Watch>(
    mut watch: W,
    gate: Arc<Gate>,
    events: Events,
    end: CancellationToken,
) {
    let (mut voice, mut failures) = (Voice { events, last: None }, 0);
    // The pause ends with the guard, however that ends.
    let _over = Over { events: voice.events.clone(), by: W::GUARD.flag() };
    while let Some(verdict) = end.run_until_cancelled(look(&mut watch, &gate)).await {
        let rest = match verdict {
            Ok(Verdict::Go) => {
                failures = 0;
                if let Some(paused) = gate.resume(W::GUARD) {
                    voice.events.go_on(W::GUARD.flag());
                    voice.goes_on(W::GUARD, paused);
                }
                rest(&gate, W::EVERY, W::SOONER)
            }
            Ok(Verdict::Pause(why)) => {
                failures = 0;
                voice.events.pause(W::GUARD.flag(), &why, W::EVERY);
                if gate.pause(W::GUARD) {
                    voice.pauses(W::GUARD, &why);
                }
                rest(&gate, W::EVERY, false)
            }
            Err(error) => {
                failures += 1;
                gate.pause(W::GUARD);
                let why = format!("cannot read {}", W::WHAT);
                voice.events.pause(W::GUARD.flag(), why, AFTER_FAILURE);
                voice.cannot_see(W::GUARD, W::WHAT, &error);
                if failures >= FAILURES {
                    let (flag, what) = (W::GUARD.flag(), W::WHAT);
                    gate.stop(format!(
                        "{flag} could not read {what} {failures} times in a row: {error}"
                    ));
                    return;
                }
                rest(&gate, AFTER_FAILURE, false)
            }
        };
        if end.run_until_cancelled(rest).await.is_none() {
            return;
        }
    }
}

/// Ends the pause of a guard when dropped.
struct Over {
    events: Events,
    by: &'static str,
}

impl Drop for Over {
    fn drop(&mut self) {
        self.events.go_on(self.by);
    }
}

/// Checks with a timeout: the SDK's own retries can take a minute.
async fn look<W: Watch>(watch: &mut W, gate: &Gate) -> Result<Verdict> {
    let within = WITHIN.as_secs();
    let late = |_| Err(Error::service(format!("no response within {within} s")));
    tokio::time::timeout(WITHIN, watch.look(gate)).await.unwrap_or_else(late)
}

/// Waits for `every`; if `sooner`, only until the gate has no room left.
async fn rest(gate: &Gate, every: Duration, sooner: bool) {
    let out_of_room = async {
        tokio::time::sleep(BETWEEN).await;
        gate.out_of_room().await;
    };
    tokio::select! {
        () = tokio::time::sleep(every) => {}
        () = out_of_room, if sooner => {}
    }
}

/// Reports pauses on stderr. A redrive to a queue that drains as fast as it fills pauses many times
/// a minute, so not every pause is reported.
struct Voice {
    events: Events,
    /// Time of the last reported pause, and whether its end was reported.
    last: Option<(Instant, bool)>,
}

impl Voice {
    fn pauses(&mut self, guard: Guard, why: &str) {
        if self.last.is_none_or(|(at, _)| at.elapsed() >= QUIET) {
            self.last = Some((Instant::now(), false));
            self.events.status(format!("pausing ({}): {why}", guard.flag()));
        }
    }

    fn goes_on(&mut self, guard: Guard, paused: Duration) {
        if let Some((_, over @ false)) = &mut self.last {
            *over = true;
            let (flag, seconds) = (guard.flag(), paused.as_secs_f64());
            self.events.status(format!("continuing ({flag}) after {seconds:.0} s"));
        }
    }

    fn cannot_see(&mut self, guard: Guard, what: &str, error: &Error) {
        self.last = Some((Instant::now(), false));
        let flag = guard.flag();
        self.events.warn(format!("pausing: {flag} cannot read {what}: {error}"));
    }
}

#[cfg(test)]
mod tests;
