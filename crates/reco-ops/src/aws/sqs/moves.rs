//! Message move tasks: StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask.

use aws_sdk_sqs::config::retry::RetryConfig;
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
/// AWS: ListMessageMoveTasks: up to 10 tasks of a source.
const MOST_LISTED: i32 = 10;

/// Status of a move task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoveStatus {
    /// It moves messages.
    Running,
    /// It moved all of them.
    Completed,
    /// It is about to stop.
    Cancelling,
    /// It stopped when it was told to.
    Cancelled,
    /// It stopped for a reason of its own.
    Failed,
    /// SQS says something that this code does not know.
    Unknown,
}

impl MoveStatus {
    /// Returns whether it moves messages, or may.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, MoveStatus::Running | MoveStatus::Cancelling)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            MoveStatus::Running => "running",
            MoveStatus::Completed => "completed",
            MoveStatus::Cancelling => "cancelling",
            MoveStatus::Cancelled => "cancelled",
            MoveStatus::Failed => "failed",
            MoveStatus::Unknown => "unknown",
        }
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

/// A task, running or ended. Counts are approximate by AWS's own word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MoveTask {
    /// Status.
    pub status: MoveStatus,
    /// By what it is cancelled; AWS names it only while the task is running.
    pub handle: Option<String>,
    /// ARN of the queue that messages go to; `None` when each goes where it came from.
    pub destination: Option<String>,
    /// Messages a second that were asked for.
    pub rate_limit: Option<u32>,
    /// Messages moved so far.
    #[serde(serialize_with = "known")]
    pub moved: u64,
    /// Messages that were to be moved when it began.
    pub to_move: Option<u64>,
    /// Reason why it failed.
    pub failure: Option<String>,
    /// When it began, milliseconds since the epoch; 0 where that cannot be.
    pub started_at_ms: i64,
}

/// Reason why a task did not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartTrouble {
    /// The credentials do not allow it.
    Denied,
    /// The server has no such action.
    Unsupported,
    /// SQS refused it.
    Refused,
    /// It may have started: the answer was lost.
    Ambiguous,
}

/// A start that failed.
#[derive(Debug)]
pub struct StartFailure {
    /// Details of the failure.
    pub trouble: StartTrouble,
    /// Reason.
    pub error: Error,
}

impl Sqs {
    /// Starts moving all messages of a DLQ to `to`, or each to the queue that it came from where
    /// that is `None`, at most `rate` a second; answers with the task's handle. The SDK's own
    /// retries are off: after a lost response they would meet the task that the first attempt
    /// started.
    ///
    /// # Errors
    /// `StartFailure`, told apart by what is known of the effect.
    pub async fn start_move(
        &self,
        from: &Queue,
        to: Option<&Queue>,
        rate: Option<u32>,
    ) -> Result<String, StartFailure> {
        let answer = self
            .client
            .start_message_move_task()
            .source_arn(&from.arn)
            .set_destination_arn(to.map(|to| to.arn.clone()))
            .set_max_number_of_messages_per_second(rate.and_then(|rate| i32::try_from(rate).ok()))
            .customize()
            .config_override(
                aws_sdk_sqs::config::Builder::new().retry_config(RetryConfig::disabled()),
            )
            .send()
            .await
            .map_err(|error| StartFailure {
                trouble: trouble(&error),
                error: explain(format!("cannot start a move task on {}", from.name), &error),
            })?;
        Ok(answer.task_handle.unwrap_or_default())
    }

    /// The latest tasks of a DLQ, newest first.
    ///
    /// # Errors
    /// In the service's own words.
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

    /// Cancels a running task; answers with how many messages it moved until then, where that is known.
    /// They stay where they are.
    ///
    /// # Errors
    /// In the service's own words.
    pub async fn cancel_move(&self, handle: &str) -> Result<Option<u64>> {
        let call = self.client.cancel_message_move_task().task_handle(handle);
        let answer =
            call.send().await.map_err(|error| explain("cannot cancel the move task", &error))?;
        Ok(messages(answer.approximate_number_of_messages_moved))
    }
}

/// A number of messages; `None` for what can be none.
fn messages(number: i64) -> Option<u64> {
    u64::try_from(number).ok().filter(|number| *number <= MOST_MESSAGES)
}

/// Whether a queue can have begun anything then: SQS is of 2004, and clocks of 2200 are wrong.
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
