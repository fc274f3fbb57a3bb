//! Follows an SQS move task until it ends: SQS moves the messages and is polled for progress.

mod redrive;

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::aws::sqs::{MoveTask, Queue, Sqs};
use crate::error::{Error, Kind, Result};
use crate::event::Progress;

pub use redrive::{
    MoveOptions, MoveOutcome, MovePlan, MoveQuestions, MoveRedrive, MoveReport, plan_move,
};

/// Initial interval between polls.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Maximum interval between polls: a task can run for up to 36 h, and each poll costs a call.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// Consecutive failed polls after which polling stops.
const FAILURES: u32 = 10;

/// Follower of a running move task.
#[derive(Debug)]
pub struct Follower {
    sqs: Sqs,
    dlq: Queue,
    handle: String,
    /// Start of the task, once seen. AWS omits the handle of a task that has ended, so the task is
    /// identified by its start from then on.
    started_at_ms: Option<i64>,
}

impl Follower {
    /// Follows the task `handle` of a DLQ.
    #[must_use]
    pub fn new(sqs: Sqs, dlq: Queue, handle: String) -> Self {
        Follower { sqs, dlq, handle, started_at_ms: None }
    }

    /// Polls until the task has ended or `cancel` is triggered; in the latter case the returned
    /// task, as it was last seen, may still be active.
    ///
    /// # Errors
    /// When SQS repeatedly fails to answer or does not list the task; it may still be running.
    pub async fn follow(
        &mut self,
        cancel: &CancellationToken,
        progress: &Progress,
    ) -> Result<MoveTask> {
        let (mut pause, mut failures, mut last) = (FIRST_PAUSE, 0, None);
        loop {
            let stopped = cancel.run_until_cancelled(tokio::time::sleep(pause)).await.is_none();
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
            match self.look().await {
                Ok(Some(task)) => {
                    failures = 0;
                    progress.set(task.moved);
                    if !task.status.is_active() || stopped {
                        return Ok(task);
                    }
                    last = Some(task);
                }
                seen if stopped => {
                    let why = unseen(seen);
                    return last.ok_or_else(|| lost(&self.dlq, Kind::Interrupted, &why));
                }
                seen if failures >= FAILURES => {
                    return Err(lost(&self.dlq, Kind::Service, &unseen(seen)));
                }
                Ok(None) | Err(_) => failures += 1,
            }
        }
    }

    /// Asks SQS to cancel the task.
    ///
    /// # Errors
    /// When SQS refuses; a task that has ended cannot be cancelled.
    pub async fn cancel(&self) -> Result<Option<u64>> {
        self.sqs.cancel_move(&self.handle).await
    }

    async fn look(&mut self) -> Result<Option<MoveTask>> {
        let tasks = self.sqs.moves(&self.dlq).await?;
        let task = pick(tasks, &self.handle, self.started_at_ms);
        self.started_at_ms = task.as_ref().map(|task| task.started_at_ms).or(self.started_at_ms);
        Ok(task)
    }
}

/// Picks the followed task from a list, newest first. Before it was first seen, that is the one
/// with the handle, or the newest that has ended meanwhile.
fn pick(tasks: Vec<MoveTask>, handle: &str, started_at_ms: Option<i64>) -> Option<MoveTask> {
    let is_it = |task: &MoveTask| match (started_at_ms, &task.handle) {
        (Some(started), _) => task.started_at_ms == started,
        (None, Some(known)) => known == handle,
        (None, None) => true,
    };
    tasks.into_iter().find(is_it)
}

fn unseen(seen: Result<Option<MoveTask>>) -> String {
    seen.err().map_or_else(|| "SQS does not list it".to_owned(), |error| error.to_string())
}

fn lost(dlq: &Queue, kind: Kind, why: &str) -> Error {
    Error::new(kind, format!("lost track of the move task on {}", dlq.name))
        .cause(why)
        .hint("it may still be running: see `recoctl dlq tasks list`, or stop it with `recoctl dlq tasks cancel`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::sqs::MoveStatus;

    fn task(started_at_ms: i64, handle: Option<&str>) -> MoveTask {
        MoveTask {
            status: if handle.is_some() { MoveStatus::Running } else { MoveStatus::Completed },
            handle: handle.map(str::to_owned),
            destination: None,
            rate_limit: None,
            moved: 0,
            to_move: None,
            failure: None,
            started_at_ms,
        }
    }

    #[test]
    fn a_task_is_known_by_its_handle_and_later_by_its_beginning() {
        let of = |tasks: &[MoveTask], started| {
            pick(tasks.to_vec(), "mine", started).map(|task| task.started_at_ms)
        };
        assert_eq!(of(&[task(2, Some("mine")), task(1, None)], None), Some(2));
        assert_eq!(of(&[task(2, None), task(1, None)], None), Some(2), "it has ended already");
        assert_eq!(of(&[task(3, Some("other")), task(2, None)], Some(2)), Some(2));
        assert_eq!(of(&[], None), None);
    }
}
