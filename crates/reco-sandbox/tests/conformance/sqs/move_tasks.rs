//! SQS's own redrive: StartMessageMoveTask and its companions.

use std::time::{Duration, Instant};

use aws_sdk_sqs::operation::start_message_move_task::StartMessageMoveTaskOutput;
use aws_sdk_sqs::types::ListMessageMoveTasksResultEntry as Task;

use super::super::kit::*;

async fn start(kit: &Kit, source: &str) -> Result<StartMessageMoveTaskOutput, Failure> {
    Ok(kit.sqs.start_message_move_task().source_arn(source).send().await?)
}

async fn list(kit: &Kit, source: &str) -> Result<Vec<Task>, Failure> {
    let list = kit.sqs.list_message_move_tasks().source_arn(source).max_results(10);
    Ok(list.send().await?.results.unwrap_or_default())
}

/// Returns the latest task once it has ended.
async fn ended(kit: &Kit, source: &str) -> Result<Task, Failure> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let latest = list(kit, source).await?.into_iter().next();
        let latest = latest.ok_or_else(|| Failure("no task is listed".into()))?;
        if !matches!(latest.status(), Some("RUNNING" | "CANCELLING")) {
            return Ok(latest);
        }
        if Instant::now() > deadline {
            return Err(Failure(format!("the task did not end: {latest:?}")));
        }
        pause(30).await;
    }
}

/// AWS: moved messages get new ids and enqueue times; without a destination they go to the queue
/// they came from.
pub async fn messages_go_home(kit: &Kit) -> Outcome {
    let (source, dlq) = kit.pair(false, 1).await?;
    let send = kit.sqs.send_message().queue_url(&source).message_body("a");
    let sent = send.set_message_attributes(Some(every_kind()?)).send().await?;
    kit.send(&source, "b").await?;
    let before = kit.receive(&source, 10, 0).await?;
    kit.receive(&source, 10, 0).await?;
    same("in the DLQ", kit.counts(&dlq).await?, [2, 0, 0])?;
    let arn = kit.arn(&dlq).await?;
    start(kit, &arn).await?;
    let task = ended(kit, &arn).await?;
    same("status", task.status(), Some("COMPLETED"))?;
    same("moved", task.approximate_number_of_messages_moved(), 2)?;
    same("to move", task.approximate_number_of_messages_to_move(), Some(2))?;
    same("no handle once ended", task.task_handle(), None)?;
    same("the DLQ is empty", kit.counts(&dlq).await?, [0, 0, 0])?;
    let home = kit.receive(&source, 10, 30).await?;
    same("all are home", home.len(), 2)?;
    let of_a = |messages: &[aws_sdk_sqs::types::Message]| {
        messages.iter().find(|message| message.body() == Some("a")).cloned()
    };
    let (Some(old), Some(new)) = (of_a(&before), of_a(&home)) else {
        return Err(Failure("message a is missing".into()));
    };
    holds("a new id", new.message_id() != sent.message_id())?;
    let time = |message| system(message, "SentTimestamp");
    holds("a new time", time(&new) > time(&old))?;
    same("attributes", new.message_attributes(), Some(&every_kind()?))?;
    same("receives", system(&new, "ApproximateReceiveCount").as_deref(), Some("1"))?;
    same("no DLQ source any more", system(&new, "DeadLetterQueueSourceArn"), None)
}

/// AWS: a task handle is listed only while RUNNING, a source has one active task, and cancelling
/// does not move messages back.
pub async fn a_task_goes_at_its_rate_and_can_be_cancelled(kit: &Kit) -> Outcome {
    let (source, dlq) = kit.pair(false, 1).await?;
    for _ in 0..3 {
        let batch = kit.sqs.send_message_batch().queue_url(&source);
        let entries = (0..10).map(|i| entry(&i.to_string(), "x")).collect::<Result<_, _>>()?;
        batch.set_entries(Some(entries)).send().await?;
    }
    for _ in 0..6 {
        kit.receive(&source, 10, 0).await?;
    }
    let in_dlq = kit.counts(&dlq).await?[0];
    same("worn out", in_dlq, 30)?;
    let (arn, home) = (kit.arn(&dlq).await?, kit.queue(&[]).await?);
    let task = kit.sqs.start_message_move_task().source_arn(&arn);
    let task = task.destination_arn(kit.arn(&home).await?).max_number_of_messages_per_second(10);
    let started = task.send().await?;
    let listed = list(kit, &arn).await?;
    same("running", listed[0].status(), Some("RUNNING"))?;
    same("its handle", listed[0].task_handle(), started.task_handle())?;
    same("its rate", listed[0].max_number_of_messages_per_second(), Some(10))?;
    same("to move", listed[0].approximate_number_of_messages_to_move(), Some(30))?;
    let second = kit.sqs.start_message_move_task().source_arn(&arn).send().await;
    refused("a second task", second, INVALID)?;
    pause(1000).await;
    let handle = started.task_handle().unwrap_or_default();
    kit.sqs.cancel_message_move_task().task_handle(handle).send().await?;
    let task = ended(kit, &arn).await?;
    same("status", task.status(), Some("CANCELLED"))?;
    let moved = task.approximate_number_of_messages_moved();
    holds(&format!("about 10 a second, not {moved}"), (5..=20).contains(&moved))?;
    let moved = u32::try_from(moved)?;
    same("what moved stays", kit.counts(&home).await?, [moved, 0, 0])?;
    same("the rest is left", kit.counts(&dlq).await?, [30 - moved, 0, 0])?;
    let again = kit.sqs.cancel_message_move_task().task_handle(handle).send().await;
    holds("cancelled once only", again.is_err())
}

/// AWS: `CouldNotDetermineMessageSource` when messages were sent directly to the DLQ.
pub async fn a_message_without_a_source_fails_the_task(kit: &Kit) -> Outcome {
    let (_, dlq) = kit.pair(false, 1).await?;
    kit.send(&dlq, "direct").await?;
    let arn = kit.arn(&dlq).await?;
    start(kit, &arn).await?;
    let task = ended(kit, &arn).await?;
    same("status", task.status(), Some("FAILED"))?;
    same("reason", task.failure_reason(), Some("CouldNotDetermineMessageSource"))?;
    same("it is left", kit.counts(&dlq).await?, [1, 0, 0])
}

pub async fn a_destination_may_be_named(kit: &Kit) -> Outcome {
    let ((_, dlq), other) = (kit.pair(false, 1).await?, kit.queue(&[]).await?);
    kit.send(&dlq, "direct").await?;
    let arn = kit.arn(&dlq).await?;
    let task = kit.sqs.start_message_move_task().source_arn(&arn);
    task.destination_arn(kit.arn(&other).await?).send().await?;
    same("status", ended(kit, &arn).await?.status(), Some("COMPLETED"))?;
    same("moved", kit.counts(&other).await?, [1, 0, 0])
}

/// AWS: the source is a DLQ of an SQS queue, the destination another queue of the same type, and
/// the rate 1 to 500 messages per second.
pub async fn what_cannot_start(kit: &Kit) -> Outcome {
    let (source, dlq) = kit.pair(false, 1).await?;
    let (source, dlq) = (kit.arn(&source).await?, kit.arn(&dlq).await?);
    let fifo = kit.arn(&kit.fifo(&[]).await?).await?;
    let task = |from: &str| kit.sqs.start_message_move_task().source_arn(from);
    refused("not a DLQ", task(&source).send().await, INVALID)?;
    let missing = task(&format!("{dlq}-missing")).send().await;
    refused("missing", missing, "ResourceNotFoundException")?;
    refused("another type", task(&dlq).destination_arn(fifo).send().await, INVALID)?;
    refused("onto itself", task(&dlq).destination_arn(&dlq).send().await, INVALID)?;
    for rate in [0, 501] {
        let task = task(&dlq).max_number_of_messages_per_second(rate).send().await;
        refused(&format!("rate {rate}"), task, INVALID)?;
    }
    let cancel = kit.sqs.cancel_message_move_task().task_handle("nonsense").send().await;
    refused("no such task", cancel, "ResourceNotFoundException")
}
