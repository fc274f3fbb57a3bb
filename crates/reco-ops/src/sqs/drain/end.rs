//! Interpretation of an empty poll in the light of the queue's message counts.

use std::time::{Duration, SystemTime};

use super::{Drain, Run};
use crate::aws::sqs::QueueState;
use crate::error::Result;

/// Consecutive empty long polls after which polling stops, whatever the counts say, unless it is to
/// wait for them.
pub(super) const EMPTIES: u32 = 3;

/// AWS: the counts are approximate, and right about a minute after the last change.
const LAG: Duration = Duration::from_secs(60);

/// Consecutive empty polls after which the counts are believed even sooner: a long poll of SQS waits for a
/// second, and an endpoint that answers at once should not be asked thousands of times.
const PATIENCE: u32 = 60;

/// Reason why a drain ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DrainEnd {
    /// Received as many messages as requested.
    Enough,
    /// The queue is empty: a poll returned nothing, and the counts agree.
    Empty,
    /// Received as many messages as were there at the start; any others arrived since.
    Depth,
    /// FIFO: received the front of each group; about this many messages are behind it.
    Front(u64),
    /// Some messages were there but were not delivered.
    Hidden(Hidden),
    /// Cancelled by the caller.
    #[default]
    Cancelled,
}

/// Messages that were in the queue but were not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    /// Visible by the counts, but not delivered.
    pub visible: u64,
    /// In flight, but not ours: held by another consumer, or part of a lost response.
    pub in_flight: u64,
    /// Time at which the messages of lost responses become visible again; `None` if none was lost.
    pub until: Option<SystemTime>,
}

impl DrainEnd {
    /// Returns whether the drain received everything that was there at the start.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self, DrainEnd::Empty | DrainEnd::Depth)
    }
}

impl Drain {
    /// After an empty poll, with no other under way: ends the drain, or lets it continue.
    pub(super) async fn decide(&self, run: &mut Run) -> Result<()> {
        run.dry = false;
        if run.reached.is_some() {
            run.end = Some(DrainEnd::Empty);
            return Ok(());
        }
        run.empties += 1;
        let (sqs, queue) = self.lease.queue();
        let state = sqs.state(queue).await?;
        let held = self.lease.held() as u64;
        run.end = meaning(run, queue.fifo, held, &state);
        Ok(())
    }
}

/// Interprets an empty poll when fewer messages were received than counted; `None` if it is too
/// early to tell.
fn meaning(run: &Run, fifo: bool, held: u64, now: &QueueState) -> Option<DrainEnd> {
    let missing = run.bound.depth.saturating_sub(run.came());
    // A FIFO queue counts messages behind held ones of their group as visible but does not deliver
    // them.
    if fifo && now.visible > 0 {
        return Some(DrainEnd::Front(now.visible));
    }
    let visible = now.visible.min(missing);
    let elsewhere = now.in_flight.saturating_sub(held).max(10 * run.lost).min(missing - visible);
    if now.visible == 0 && elsewhere == 0 {
        return Some(DrainEnd::Empty);
    }
    let sure = now.visible == 0
        || run.full
        || match run.bound.awaits_counts {
            true => run.empties >= PATIENCE || run.last_hit.elapsed() >= LAG,
            false => run.empties >= EMPTIES,
        };
    sure.then_some(DrainEnd::Hidden(Hidden {
        visible,
        in_flight: elsewhere,
        until: run.lost_until,
    }))
}

#[cfg(test)]
mod tests {
    use super::super::Bound;
    use super::*;

    fn state(visible: u64, in_flight: u64) -> QueueState {
        QueueState { visible, in_flight, ..QueueState::default() }
    }

    fn run(depth: u64, received: u64, empties: u32) -> Run {
        let (at_most, front_only, awaits_counts) = (1_000, false, false);
        let mut run = Run::new(Bound { at_most, depth, front_only, awaits_counts });
        (run.received, run.empties) = (received, empties);
        run
    }

    fn hidden(visible: u64, in_flight: u64) -> Option<DrainEnd> {
        Some(DrainEnd::Hidden(Hidden { visible, in_flight, until: None }))
    }

    #[test]
    fn a_queue_is_empty_when_nothing_is_visible_and_all_in_flight_is_ours() {
        assert_eq!(meaning(&run(200, 170, 1), false, 170, &state(0, 170)), Some(DrainEnd::Empty));
    }

    #[test]
    fn what_is_in_flight_and_not_ours_is_hidden() {
        assert_eq!(meaning(&run(200, 170, 1), false, 170, &state(0, 200)), hidden(0, 30));
        // Others already held 50; 30 of the visible ones are missing, not 80.
        assert_eq!(meaning(&run(200, 170, 1), false, 170, &state(0, 250)), hidden(0, 30));
    }

    #[test]
    fn a_lost_answer_hides_messages_even_when_the_counts_lag() {
        let mut lagging = run(200, 170, 1);
        lagging.lost = 3;
        assert_eq!(meaning(&lagging, false, 170, &state(0, 100)), hidden(0, 30));
    }

    #[test]
    fn visible_messages_that_are_not_given_out_are_polled_for_before_they_count_as_hidden() {
        assert_eq!(meaning(&run(200, 0, 1), false, 0, &state(200, 120_000)), None);
        assert_eq!(meaning(&run(200, 0, 3), false, 0, &state(200, 120_000)), hidden(200, 0));
    }

    #[test]
    fn counts_that_lag_are_waited_for_unless_the_queue_is_at_its_limit() {
        let mut patient = run(200, 0, 30);
        patient.bound.awaits_counts = true;
        assert_eq!(meaning(&patient, false, 0, &state(200, 0)), None);
        assert_eq!(meaning(&patient, false, 0, &state(0, 0)), Some(DrainEnd::Empty));
        patient.full = true;
        assert_eq!(meaning(&patient, false, 0, &state(200, 5)), hidden(200, 0));
        patient.full = false;
        patient.empties = PATIENCE;
        assert_eq!(meaning(&patient, false, 0, &state(200, 0)), hidden(200, 0));
        patient.empties = 30;
        patient.last_hit = patient.last_hit.checked_sub(LAG).expect("a minute ago");
        assert_eq!(meaning(&patient, false, 0, &state(200, 0)), hidden(200, 0));
    }

    #[test]
    fn behind_the_front_of_a_fifo_group_is_more() {
        assert_eq!(
            meaning(&run(200, 10, 1), true, 10, &state(190, 10)),
            Some(DrainEnd::Front(190))
        );
    }
}
