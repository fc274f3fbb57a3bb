//! Changing the visibility timeout of received messages.

use aws_sdk_sqs::operation::change_message_visibility::builders::ChangeMessageVisibilityFluentBuilder;
use aws_sdk_sqs::types::{ChangeMessageVisibilityBatchRequestEntry, Message};

use super::super::kit::*;

fn change(kit: &Kit, url: &str, message: &Message, s: i32) -> ChangeMessageVisibilityFluentBuilder {
    let change = kit.sqs.change_message_visibility().queue_url(url).visibility_timeout(s);
    change.receipt_handle(handle(message))
}

pub async fn zero_shows_a_message_at_once(kit: &Kit) -> Outcome {
    let (url, message) = kit.held(600).await?;
    change(kit, &url, &message, 0).send().await?;
    same("counts", kit.counts(&url).await?, [1, 0, 0])?;
    same("received", kit.receive(&url, 1, 0).await?.len(), 1)
}

pub async fn an_extension_counts_from_now(kit: &Kit) -> Outcome {
    let (url, message) = kit.held(1).await?;
    change(kit, &url, &message, 3).send().await?;
    pause(1500).await;
    same("past the first timeout", kit.receive(&url, 1, 0).await?.len(), 0)?;
    pause(1900).await;
    same("past the second", kit.receive(&url, 1, 0).await?.len(), 1)
}

/// AWS ChangeMessageVisibility: `MessageNotInflight`, the message is not in flight.
pub async fn a_visible_message_is_not_in_flight(kit: &Kit) -> Outcome {
    let (url, message) = kit.held(0).await?;
    let again = change(kit, &url, &message, 5).send().await;
    refused("visible", again, "AWS.SimpleQueueService.MessageNotInflight")?;
    let message = kit.receive_one(&url, 30).await?;
    kit.delete(&url, handle(&message)).await?;
    refused("deleted", change(kit, &url, &message, 5).send().await, INVALID)
}

/// AWS: a message is in flight for at most 12 hours, counted from its receive.
pub async fn twelve_hours_are_the_limit(kit: &Kit) -> Outcome {
    let (url, message) = kit.held(30).await?;
    let change = |seconds| change(kit, &url, &message, seconds).send();
    refused("a second more", change(43_201).await, INVALID)?;
    pause(1100).await;
    refused("12 hours, a second after the receive", change(43_200).await, INVALID)?;
    change(43_190).await?;
    Ok(())
}

pub async fn a_batch_fails_entry_by_entry(kit: &Kit) -> Outcome {
    let (url, message) = kit.held(30).await?;
    let entry = |id: &str, handle: &str| {
        let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(id);
        entry.receipt_handle(handle).visibility_timeout(0).build()
    };
    let batch = kit.sqs.change_message_visibility_batch().queue_url(&url);
    let batch = batch.entries(entry("bad", "nonsense")?);
    let reply = batch.entries(entry("good", handle(&message))?).send().await?;
    let done: Vec<_> = reply.successful().iter().map(|entry| entry.id()).collect();
    same("changed", done, vec!["good"])?;
    let failed: Vec<_> =
        reply.failed().iter().map(|e| (e.id(), e.code(), e.sender_fault())).collect();
    same("failed", failed, vec![("bad", "ReceiptHandleIsInvalid", true)])?;
    same("counts", kit.counts(&url).await?, [1, 0, 0])
}
