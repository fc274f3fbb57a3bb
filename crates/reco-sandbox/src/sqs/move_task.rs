//! Message move tasks: SQS's own redrive, as a background task at a limited rate.
//!
//! A task moves the messages that were in the queue when it started. Messages that return to the
//! dead-letter queue meanwhile stay there, so a task over poison messages ends.

use std::sync::{Arc, Weak};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Serialize;
use tokio::time::Instant;

use super::check::in_range;
use super::error::{ErrorKind, SqsError};
use super::message::{StoredMessage, new_id};
use super::state::SqsState;
use super::wire::{CancelMessageMoveTask, ListMessageMoveTasks, SqsReply, StartMessageMoveTask};
use super::{Sqs, SqsServer, now_ms};

/// AWS: ListMessageMoveTasks returns up to 10 tasks of a source.
const MAX_LISTED: usize = 10;
/// Longest pause between two steps, within which a cancel is noticed.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// A task, running or ended, as ListMessageMoveTasks shows it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MoveTask {
    #[serde(rename = "TaskHandle", skip_serializing_if = "Option::is_none")]
    handle: Option<String>,
    status: Status,
    source_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_number_of_messages_per_second: Option<u32>,
    #[serde(rename = "ApproximateNumberOfMessagesMoved")]
    moved: u64,
    #[serde(rename = "ApproximateNumberOfMessagesToMove")]
    to_move: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<MoveFailure>,
    #[serde(rename = "StartedTimestamp")]
    started_ms: u64,
    /// Messages of the source queue with a key below this one belong to the task.
    #[serde(skip)]
    mark: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "&'static str")]
enum Status {
    Running,
    Completed,
    Cancelling,
    Cancelled,
    Failed,
}

impl From<Status> for &'static str {
    fn from(status: Status) -> Self {
        match status {
            Status::Running => "RUNNING",
            Status::Completed => "COMPLETED",
            Status::Cancelling => "CANCELLING",
            Status::Cancelled => "CANCELLED",
            Status::Failed => "FAILED",
        }
    }
}

impl Status {
    fn is_active(self) -> bool {
        matches!(self, Self::Running | Self::Cancelling)
    }
}

impl Sqs {
    pub(super) fn start_message_move_task(
        &self,
        call: &StartMessageMoveTask,
    ) -> Result<SqsReply, SqsError> {
        let asked_rate = match call.max_number_of_messages_per_second {
            Some(rate) => Some(in_range("MaxNumberOfMessagesPerSecond", rate, 1..=500)?),
            None => None,
        };
        let asked_rate = asked_rate.and_then(|rate| u32::try_from(rate).ok());
        let mut state = self.inner.state.lock();
        state.check_move(&call.source_arn, call.destination_arn.as_deref())?;
        let now = now_ms();
        let cell = state.queue_by_arn(&call.source_arn)?;
        let task_handle = BASE64.encode(format!("{}/{}", new_id(), call.source_arn));
        let task = MoveTask {
            handle: Some(task_handle.clone()),
            status: Status::Running,
            source_arn: call.source_arn.clone(),
            destination_arn: call.destination_arn.clone(),
            max_number_of_messages_per_second: asked_rate,
            moved: 0,
            to_move: cell.queue.counts(now).visible as u64,
            failure_reason: None,
            started_ms: now,
            mark: cell.queue.mark(),
        };
        state.remember_task(task);
        drop(state);
        let rate = asked_rate.unwrap_or(self.inner.options.move_rate).max(1);
        tokio::spawn(run(Arc::downgrade(&self.inner), task_handle.clone(), rate));
        Ok(SqsReply::TaskStarted { task_handle })
    }

    pub(super) fn list_message_move_tasks(
        &self,
        call: &ListMessageMoveTasks,
    ) -> Result<SqsReply, SqsError> {
        let max = in_range("MaxResults", call.max_results.unwrap_or(1), 1..=10)?;
        let mut state = self.inner.state.lock();
        state.queue_by_arn(&call.source_arn)?;
        let of_source = state.tasks.iter().rev().filter(|task| task.source_arn == call.source_arn);
        let max = usize::try_from(max).unwrap_or(MAX_LISTED);
        let mut results: Vec<MoveTask> = of_source.take(max).cloned().collect();
        // AWS: the handle of a task is listed only while its status is RUNNING.
        for task in results.iter_mut().filter(|task| task.status != Status::Running) {
            task.handle = None;
        }
        Ok(SqsReply::Tasks { results })
    }

    pub(super) fn cancel_message_move_task(
        &self,
        call: &CancelMessageMoveTask,
    ) -> Result<SqsReply, SqsError> {
        let mut state = self.inner.state.lock();
        let handle = Some(&call.task_handle);
        let task = state.tasks.iter_mut().find(|task| task.handle.as_ref() == handle);
        let task = task.ok_or_else(|| {
            SqsError::new(ErrorKind::ResourceNotFound, "the task handle names no task")
        })?;
        // AWS: a task can be cancelled only while its status is RUNNING.
        if task.status != Status::Running {
            return Err(SqsError::new(
                ErrorKind::UnsupportedOperation,
                format!(
                    "only running tasks can be cancelled; this one is {}",
                    <&str>::from(task.status)
                ),
            ));
        }
        task.status = Status::Cancelling;
        Ok(SqsReply::TaskCancelled { approximate_number_of_messages_moved: task.moved })
    }
}

/// Moves `rate` messages per second until the task ends or the server is gone.
async fn run(server: Weak<SqsServer>, handle: String, rate: u32) {
    let start = Instant::now();
    let pause = Duration::from_secs(1)
        .div_f64(f64::from(rate))
        .clamp(Duration::from_millis(5), LONGEST_PAUSE);
    loop {
        tokio::time::sleep(pause).await;
        let Some(server) = server.upgrade() else { return };
        let due = start.elapsed().as_millis() * u128::from(rate) / 1000;
        let mut state = server.state.lock();
        if state.step(&handle, u64::try_from(due).unwrap_or(u64::MAX)).is_none() {
            return;
        }
    }
}

/// Reason why a move cannot continue.
type MoveFailure = &'static str;

impl SqsState {
    /// AWS: the source must be the dead-letter queue of an SQS queue, source and destination
    /// differ and are of one type, and a source has one active task.
    fn check_move(&mut self, source: &str, destination: Option<&str>) -> Result<(), SqsError> {
        let fifo = self.queue_by_arn(source)?.settings.fifo;
        if self.sources_of(source).next().is_none() {
            let reason = "source queue must be configured as a dead letter queue";
            return Err(SqsError::invalid("SourceArn", source, reason));
        }
        if let Some(arn) = destination {
            let refuse = |reason| Err(SqsError::invalid("DestinationArn", arn, reason));
            if arn == source {
                return refuse("the destination queue must not be the source queue");
            }
            if self.queue_by_arn(arn)?.settings.fifo != fifo {
                return refuse("source and destination must be of the same type");
            }
        }
        if self.tasks.iter().any(|task| task.source_arn == source && task.status.is_active()) {
            let reason = "there is already a task running; only one active task is allowed for a \
                          source queue at a given time";
            return Err(SqsError::invalid("SourceArn", source, reason));
        }
        Ok(())
    }

    fn queue_by_arn(&mut self, arn: &str) -> Result<&mut super::state::Cell, SqsError> {
        let name = self.name_by_arn(arn).map(str::to_owned);
        name.and_then(|name| self.queues.get_mut(&name)).ok_or_else(|| {
            SqsError::new(
                ErrorKind::ResourceNotFound,
                format!("the resource that you specified does not exist: {arn:?}"),
            )
        })
    }

    /// Stores a task, and drops the oldest of its source beyond those that ListMessageMoveTasks
    /// shows.
    fn remember_task(&mut self, task: MoveTask) {
        let source = task.source_arn.clone();
        self.tasks.push(task);
        let of_source = |task: &MoveTask| task.source_arn == source;
        if self.tasks.iter().filter(|task| of_source(task)).count() > MAX_LISTED
            && let Some(oldest) = self.tasks.iter().position(of_source)
        {
            self.tasks.remove(oldest);
        }
    }

    /// Moves messages until the task's count is `due` or none is left. Returns `None` once it
    /// ended.
    fn step(&mut self, handle: &str, due: u64) -> Option<()> {
        let at = self.tasks.iter().position(|task| task.handle.as_deref() == Some(handle))?;
        let mut task = self.tasks.get(at)?.clone();
        if task.status == Status::Running {
            task.status = self.advance_task(&mut task, due);
        } else if task.status == Status::Cancelling {
            task.status = Status::Cancelled;
        }
        let active = task.status.is_active();
        *self.tasks.get_mut(at)? = task;
        active.then_some(())
    }

    fn advance_task(&mut self, task: &mut MoveTask, due: u64) -> Status {
        while task.moved < due {
            match self.move_one(task) {
                Ok(true) => task.moved += 1,
                Ok(false) => return Status::Completed,
                Err(reason) => {
                    task.failure_reason = Some(reason);
                    return Status::Failed;
                }
            }
        }
        Status::Running
    }

    /// Moves the next message; returns `false` when none is left.
    ///
    /// AWS: the moved message has a new message id and enqueue time, and its retention restarts.
    fn move_one(&mut self, task: &MoveTask) -> Result<bool, MoveFailure> {
        const NO_QUEUE: MoveFailure = "AWS.SimpleQueueService.NonExistentQueue";
        let now = now_ms();
        let source = self.queue_by_arn(&task.source_arn).map_err(|_| NO_QUEUE)?;
        let Some(next) = source.queue.peek_before(task.mark, now) else { return Ok(false) };
        let arn = task.destination_arn.as_deref().or(next.dead_letter_source.as_deref());
        // AWS: a message sent directly to the dead-letter queue has no source to return to.
        let arn = arn.ok_or("CouldNotDetermineMessageSource")?.to_owned();
        self.queue_by_arn(&arn).map_err(|_| NO_QUEUE)?;
        let source = self.queue_by_arn(&task.source_arn).map_err(|_| NO_QUEUE)?;
        let Some(old) = source.queue.take_before(task.mark, now) else { return Ok(false) };
        let destination = self.queue_by_arn(&arn).map_err(|_| NO_QUEUE)?;
        let message = StoredMessage::fresh(old.content, old.deduplication_id, now);
        destination.traffic.sent += 1;
        destination.traffic.sent_bytes += message.content.body.len() as u64;
        destination.queue.put(message, 0, now);
        destination.changed.notify_waiters();
        Ok(true)
    }
}
