//! Message move tasks: StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask.

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::ListMessageMoveTasksResultEntry;
use serde::Serialize;

use super::queue::MOST_MESSAGES;
use super::{Queue, Sqs};
use crate::aws::explain;
use crate::error::{Error, Result};
use reco_core::human::{UNKNOWN, known};

/// AWS: StartMessageMoveTask: up to 500 messages per second.
pub const MOST_PER_SECOND: u32 = 500;
/// AWS: ListMessageMoveTasks: up to 10 tasks per source.
const MOST_LISTED: i32 = 10;

/// Status of a move task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum MoveStatus {
    /// Moving messages.
    Running,
    /// All messages moved.
    Completed,
    /// Cancellation requested, not stopped yet.
    Cancelling,
    /// Stopped by a cancellation.
    Cancelled,
    /// Stopped by an error.
    Failed,
    /// Status that this version does not know.
    Unknown,
}

impl MoveStatus {
    /// Returns whether the task moves messages, or may still do so.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, MoveStatus::Running | MoveStatus::Cancelling)
    }

    /// Returns the status in lower case, as reports show it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    fn of(status: Option<&str>) -> Self {
        match status {
            Some("RUNNING") => MoveStatus::Running,
            Some("COMPLETED") => MoveStatus::Completed,
            Some("CANCELLING") => MoveStatus::Cancelling,
            Some("CANCELLED") => MoveStatus::Cancelled,
            Some("FAILED") => MoveStatus::Failed,
            _ => MoveStatus::Unknown,
        }
    }
}

/// Message move task, running or ended. AWS documents its counts as approximate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MoveTask {
    /// Status reported by SQS.
    pub status: MoveStatus,
    /// Handle to cancel the task; AWS returns it only while the task is running.
    pub handle: Option<String>,
    /// ARN of the destination queue; `None` if each message goes back to its source queue.
    pub destination: Option<String>,
    /// Requested maximum of messages per second.
    pub rate_limit: Option<u32>,
    /// Messages moved so far.
    #[serde(serialize_with = "known")]
    pub moved: u64,
    /// Number of messages to move when the task started.
    pub to_move: Option<u64>,
    /// Failure reason from SQS.
    pub failure: Option<String>,
    /// Start time, in epoch milliseconds; 0 if implausible.
    pub started_at_ms: i64,
}

/// Reason why a task did not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartTrouble {
    /// Missing permission for StartMessageMoveTask.
    Denied,
    /// Action not supported by the server.
    Unsupported,
    /// Request rejected by SQS.
    Refused,
    /// Response lost, so the task may have started.
    Ambiguous,
}

/// Error of a task that failed to start.
#[derive(Debug)]
pub struct StartFailure {
    /// Kind of failure.
    pub trouble: StartTrouble,
    /// Error to show the operator.
    pub error: Error,
}

impl Sqs {
    /// Starts moving all messages of a DLQ to `to`, or each to its source queue if `None`, at no
    /// more than `rate` per second; returns the task's handle. The SDK's retries are off: after a
    /// lost response they would find the task that the first attempt started.
    ///
    /// # Errors
    /// Returns a `StartFailure` that says what is known about its effect.
    pub async fn start_move(
        &self,
        from: &Queue,
        to: Option<&Queue>,
        rate: Option<u32>,
    ) -> Result<String, StartFailure> {
        let answer = self
            .once
            .start_message_move_task()
            .source_arn(&from.arn)
            .set_destination_arn(to.map(|to| to.arn.clone()))
            .set_max_number_of_messages_per_second(rate.and_then(|rate| i32::try_from(rate).ok()))
            .send()
            .await
            .map_err(|error| StartFailure {
                trouble: trouble(&error),
                error: explain(format!("cannot start a move task on {}", from.name), &error),
            })?;
        Ok(answer.task_handle.unwrap_or_default())
    }

    /// Returns the latest tasks of a DLQ, newest first.
    ///
    /// # Errors
    /// Fails if the call to SQS fails.
    pub async fn moves(&self, dlq: &Queue) -> Result<Vec<MoveTask>> {
        let call = self.client.list_message_move_tasks().source_arn(&dlq.arn);
        let answer = call.max_results(MOST_LISTED).send().await.map_err(|error| {
            explain(format!("cannot list the move tasks of {}", dlq.name), &error)
        })?;
        let listed = usize::try_from(MOST_LISTED).unwrap_or(0);
        let mut tasks: Vec<MoveTask> =
            answer.results.unwrap_or_default().into_iter().take(listed).map(read).collect();
        tasks.sort_by_key(|task| std::cmp::Reverse(task.started_at_ms));
        Ok(tasks)
    }

    /// Cancels a running task; returns how many messages it had moved, if known. They stay moved.
    ///
    /// # Errors
    /// Fails if the call to SQS fails.
    pub async fn cancel_move(&self, handle: &str) -> Result<Option<u64>> {
        let call = self.client.cancel_message_move_task().task_handle(handle);
        let answer =
            call.send().await.map_err(|error| explain("cannot cancel the move task", &error))?;
        Ok(messages(answer.approximate_number_of_messages_moved))
    }
}

/// Converts a message count; `None` if implausible.
fn messages(number: i64) -> Option<u64> {
    u64::try_from(number).ok().filter(|number| *number <= MOST_MESSAGES)
}

/// Returns whether a start time is plausible: SQS dates from 2004, and a clock past 2200 is wrong.
fn can_be(ms: i64) -> bool {
    (1_000_000_000_000..7_258_118_400_000).contains(&ms)
}

fn read(entry: ListMessageMoveTasksResultEntry) -> MoveTask {
    MoveTask {
        status: MoveStatus::of(entry.status.as_deref()),
        handle: entry.task_handle,
        destination: entry.destination_arn,
        rate_limit: entry.max_number_of_messages_per_second.and_then(|n| u32::try_from(n).ok()),
        moved: messages(entry.approximate_number_of_messages_moved).unwrap_or(UNKNOWN),
        to_move: entry.approximate_number_of_messages_to_move.and_then(messages),
        failure: entry.failure_reason,
        started_at_ms: Some(entry.started_timestamp).filter(|ms| can_be(*ms)).unwrap_or(0),
    }
}

fn trouble<E: ProvideErrorMetadata>(error: &SdkError<E>) -> StartTrouble {
    match error {
        SdkError::ConstructionFailure(_) => StartTrouble::Refused,
        SdkError::DispatchFailure(failure) if failure.is_user() => StartTrouble::Refused,
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or_default();
            trouble_of(code, service.raw().status().as_u16())
        }
        _ => StartTrouble::Ambiguous,
    }
}

fn trouble_of(code: &str, status: u16) -> StartTrouble {
    let has = |words: &[&str]| words.iter().any(|word| code.contains(word));
    if has(&["AccessDenied", "UnauthorizedOperation", "NotAuthorized"]) {
        StartTrouble::Denied
    } else if has(&["InvalidAction", "UnknownOperation", "UnsupportedOperation", "NotImplemented"])
        || status == 501
    {
        StartTrouble::Unsupported
    } else if status >= 500 {
        StartTrouble::Ambiguous
    } else {
        StartTrouble::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_cannot_be_are_unknown() {
        let task = |number: i64| {
            let entry = ListMessageMoveTasksResultEntry::builder()
                .approximate_number_of_messages_moved(number)
                .approximate_number_of_messages_to_move(number)
                .started_timestamp(number);
            let MoveTask { moved, to_move, started_at_ms, .. } = read(entry.build());
            (moved, to_move, started_at_ms)
        };
        for absurd in [-1, i64::MIN, i64::MAX] {
            assert_eq!(task(absurd), (UNKNOWN, None, 0), "{absurd}");
        }
        assert_eq!(task(7), (7, Some(7), 0));
        assert_eq!(task(1_700_000_000_000).2, 1_700_000_000_000);
    }

    #[test]
    fn what_another_engine_can_do_instead_is_told_from_what_it_cannot() {
        assert_eq!(trouble_of("AccessDeniedException", 400), StartTrouble::Denied);
        assert_eq!(
            trouble_of("com.amazonaws.sqs#UnknownOperationException", 404),
            StartTrouble::Unsupported
        );
        assert_eq!(
            trouble_of("AWS.SimpleQueueService.UnsupportedOperation", 400),
            StartTrouble::Unsupported
        );
        assert_eq!(trouble_of("InvalidParameterValue", 400), StartTrouble::Refused);
        assert_eq!(trouble_of("InternalFailure", 500), StartTrouble::Ambiguous);
    }
}
