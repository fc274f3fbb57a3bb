//! `--max-backlog`: the depth of the destinations.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::{Verdict, Watch};
use crate::aws::sqs::{Queue, Sqs};
use crate::error::Result;
use crate::rate::{Gate, Guard};
use reco_core::human::{amount, count};

/// Watches the depth of the destinations (visible, in flight and delayed). The deepest one decides.
#[derive(Debug)]
pub struct Backlog {
    sqs: Sqs,
    queues: Arc<Mutex<Vec<Queue>>>,
    most: u64,
    paused: bool,
}

impl Backlog {
    /// Returns a guard that pauses while any of `queues` holds `most` messages or more.
    #[must_use]
    pub fn new(sqs: Sqs, queues: Arc<Mutex<Vec<Queue>>>, most: u64) -> Self {
        Backlog { sqs, queues, most, paused: false }
    }
}

impl Watch for Backlog {
    const GUARD: Guard = Guard::MaxBacklog;
    const WHAT: &'static str = "the depth of the destination";
    const EVERY: Duration = Duration::from_secs(1);
    const SOONER: bool = true;

    /// Messages in flight, or sent between two checks, are subtracted from the room found by the
    /// check. A fast redrive thus exceeds the limit by less than a batch, plus the lag of SQS's
    /// counts.
    async fn look(&mut self, gate: &Gate) -> Result<Verdict> {
        let arrived = gate.arrived();
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (mut name, mut depth) = (String::new(), 0);
        for queue in queues {
            let state = self.sqs.state(&queue).await?;
            let holds = state.holds();
            if holds >= depth {
                (name, depth) = (queue.name, holds);
            }
        }
        gate.make_room(self.most.saturating_sub(depth), arrived);
        self.paused = is_too_deep(depth, self.most, self.paused);
        if !self.paused {
            return Ok(Verdict::Go);
        }
        let (depth, most) = (amount(depth, "message"), count(self.most));
        Ok(Verdict::Pause(format!("{name} holds about {depth}, limit {most}")))
    }
}

/// Returns whether to pause. A pause ends a tenth below the limit, so that the next batch does not
/// trigger it again.
fn is_too_deep(depth: u64, most: u64, paused: bool) -> bool {
    let below = if paused { (most / 10).max(1) - 1 } else { 0 };
    depth + below >= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_begins_at_the_limit_and_ends_a_tenth_below() {
        let deep = |depth, paused| is_too_deep(depth, 100, paused);
        assert!(!deep(99, false) && deep(100, false));
        assert!(deep(91, true) && !deep(90, true));
        // Limits below ten, such as the minimum, end a pause where they begin it.
        assert!(is_too_deep(1, 1, true) && !is_too_deep(0, 1, true));
        assert!(is_too_deep(5, 5, true) && !is_too_deep(4, 5, true));
    }
}
