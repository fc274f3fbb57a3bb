//! Deleting by receipt handle.

use aws_sdk_sqs::types::DeleteMessageBatchRequestEntry;

use super::super::kit::*;

/// AWS DeleteMessage: it succeeds even when the message is already deleted.
pub async fn deleting_twice_succeeds(kit: &Kit) -> Outcome {
    let (url, message) = kit.held(30).await?;
    kit.delete(&url, handle(&message)).await?;
    same("counts", kit.counts(&url).await?, [0, 0, 0])?;
    kit.delete(&url, handle(&message)).await
}

/// AWS DeleteMessage: with a handle that is not the latest, the request succeeds but the message
/// might not be deleted. A client must not rely on the deletion, so a server should not delete.
pub async fn an_old_handle_does_not_delete(kit: &Kit) -> Outcome {
    let (url, old) = kit.held(0).await?;
    let new = kit.receive_one(&url, 30).await?;
    kit.delete(&url, handle(&old)).await?;
    same("still there", kit.counts(&url).await?, [0, 1, 0])?;
    kit.delete(&url, handle(&new)).await?;
    same("gone", kit.counts(&url).await?, [0, 0, 0])
}

/// AWS: an expired handle deletes as long as the message was not received again.
pub async fn the_latest_handle_deletes_after_its_timeout(kit: &Kit) -> Outcome {
    let (url, message) = kit.held(0).await?;
    kit.delete(&url, handle(&message)).await?;
    same("gone", kit.counts(&url).await?, [0, 0, 0])
}

pub async fn a_foreign_handle_is_refused(kit: &Kit) -> Outcome {
    let (url, other) = (kit.queue(&[]).await?, kit.queue(&[]).await?);
    kit.send(&other, "x").await?;
    let delete =
        |handle: &str| kit.sqs.delete_message().queue_url(&url).receipt_handle(handle).send();
    refused("nonsense", delete("nonsense").await, "ReceiptHandleIsInvalid")?;
    let foreign = kit.receive_one(&other, 30).await?;
    refused("another queue's", delete(handle(&foreign)).await, "ReceiptHandleIsInvalid")
}

pub async fn a_batch_fails_entry_by_entry(kit: &Kit) -> Outcome {
    let (url, message) = kit.held(30).await?;
    let entry = |id: &str, handle: &str| {
        DeleteMessageBatchRequestEntry::builder().id(id).receipt_handle(handle).build()
    };
    let batch = kit.sqs.delete_message_batch().queue_url(&url);
    let batch = batch.entries(entry("bad", "nonsense")?);
    let reply = batch.entries(entry("good", handle(&message))?).send().await?;
    let done: Vec<_> = reply.successful().iter().map(|entry| entry.id()).collect();
    same("deleted", done, vec!["good"])?;
    let failed: Vec<_> =
        reply.failed().iter().map(|e| (e.id(), e.code(), e.sender_fault())).collect();
    same("failed", failed, vec![("bad", "ReceiptHandleIsInvalid", true)])?;
    let empty = kit.sqs.delete_message_batch().queue_url(&url).set_entries(Some(vec![]));
    refused("none", empty.send().await, "AWS.SimpleQueueService.EmptyBatchRequest")
}
