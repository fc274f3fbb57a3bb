//! Interpretation of an empty poll with the queue's own counts.

use std::time::SystemTime;

use super::{Drain, Run};
use crate::aws::sqs::QueueState;
use crate::error::Result;

/// Empty long polls in a row after which it is no use polling on, whatever the counts say: they
/// are approximate, lag up to a minute, and at the in-flight quota SQS gives nothing out.
const EMPTIES: u32 = 3;

/// Reason why a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrainEnd {
    /// It received what was asked for.
    Enough,
    /// The queue is empty: a poll brought nothing, and the counts agree.
    Empty,
    /// It received all that was there when it began; what is there now arrived since.
    Depth,
    /// FIFO: it received the front of each group; so many stand behind, about.
    Front(u64),
    /// Some of what was there did not come.
    Hidden(Hidden),
    /// It was cancelled.
    Cancelled,
}

/// Messages that were there and did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    /// Visible by the counts, and not given out.
    pub visible: u64,
    /// In flight, and not ours: another consumer has them, or an answer with them was lost.
    pub in_flight: u64,
    /// When those of lost responses are visible again, where any answer was lost.
    pub until: Option<SystemTime>,
}

impl DrainEnd {
    /// Returns whether everything came that was there when the drain began.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self, DrainEnd::Empty | DrainEnd::Depth)
    }
}

impl Drain {
    /// After a poll that brought nothing, with no other out: ends the drain, or lets it poll on.
    pub(super) async fn decide(&self, run: &mut Run) -> Result<()> {
        run.dry = false;
        if run.reached.is_some() {
            run.end = Some(DrainEnd::Empty);
            return Ok(());
        }
        run.empties += 1;
        let state = self.sqs.state(&self.queue).await?;
        let held = self.lease.held() as u64;
        run.end = meaning(run, self.queue.fifo, held, &state);
        Ok(())
    }
}

/// Interprets an empty poll if fewer messages were received than counted; `None` if it is not yet
/// certain.
fn meaning(run: &Run, fifo: bool, held: u64, now: &QueueState) -> Option<DrainEnd> {
    let missing = run.bound.depth.saturating_sub(run.came());
    // A FIFO queue counts messages behind held ones of their group as visible, and gives none out.
    if fifo && now.visible > 0 {
        return Some(DrainEnd::Front(now.visible));
    }
    let visible = now.visible.min(missing);
    let elsewhere = now.in_flight.saturating_sub(held).max(10 * run.lost).min(missing - visible);
    if now.visible == 0 && elsewhere == 0 {
        return Some(DrainEnd::Empty);
    }
    let sure = now.visible == 0 || run.empties >= EMPTIES;
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
        QueueState {
            visible,
            in_flight,
            delayed: 0,
            redrive: None,
            retention_s: 0,
            max_message_bytes: 0,
            visibility_timeout_s: 0,
            read_ms: 0,
        }
    }

    fn run(depth: u64, received: u64, empties: u32) -> Run {
        let mut run = Run::new(Bound { at_most: 1_000, depth, front_only: false });
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
        // Others held 50 before; 30 of those that were visible are missing, not 80.
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
    fn behind_the_front_of_a_fifo_group_is_more() {
        assert_eq!(
            meaning(&run(200, 10, 1), true, 10, &state(190, 10)),
            Some(DrainEnd::Front(190))
        );
    }
}
