//! Redrive policies on messages that were received too often.

use aws_sdk_sqs::types::{
    MessageSystemAttributeNameForSends as ForSends, MessageSystemAttributeValue,
};

use super::super::kit::*;

/// AWS: on standard queues the move keeps the enqueue time.
pub async fn a_worn_message_moves_with_all_it_has(kit: &Kit) -> Outcome {
    let (source, dlq) = kit.pair(false, 2).await?;
    let header = MessageSystemAttributeValue::builder().data_type("String").string_value("Root=1");
    let send = kit.sqs.send_message().queue_url(&source).message_body("poison");
    let send = send
        .set_message_attributes(Some(every_kind()?))
        .message_system_attributes(ForSends::AwsTraceHeader, header.build()?)
        .message_group_id("tenant")
        .send()
        .await?;
    let before = kit.receive_one(&source, 0).await?;
    pause(20).await;
    same("second receive", kit.receive(&source, 10, 0).await?.len(), 1)?;
    same("not yet moved", kit.counts(&dlq).await?, [0, 0, 0])?;
    same("third receive", kit.receive(&source, 10, 0).await?.len(), 0)?;
    same("left the source", kit.counts(&source).await?, [0, 0, 0])?;
    let moved = kit.receive_one(&dlq, 30).await?;
    same("id", moved.message_id(), send.message_id())?;
    same("body", moved.body(), Some("poison"))?;
    same("attributes", moved.message_attributes(), Some(&every_kind()?))?;
    same("trace header", system(&moved, "AWSTraceHeader").as_deref(), Some("Root=1"))?;
    same("group", system(&moved, "MessageGroupId").as_deref(), Some("tenant"))?;
    let sent = |message| system(message, "SentTimestamp");
    same("the time of sending stays", sent(&moved), sent(&before))?;
    let arn = kit.arn(&source).await?;
    same("where it was", system(&moved, "DeadLetterQueueSourceArn"), Some(arn))
}

/// The count is of "how many times a message has been received across all queues but not deleted"
/// (AWS, ReceiveMessage: `ApproximateReceiveCount`).
pub async fn the_receive_count_goes_on(kit: &Kit) -> Outcome {
    let (source, dlq) = kit.pair(false, 2).await?;
    kit.send(&source, "x").await?;
    kit.wear_out(&source, 2).await?;
    let moved = kit.receive_one(&dlq, 30).await?;
    let count = system(&moved, "ApproximateReceiveCount");
    same("receives", count.as_deref(), Some("3"))
}

/// AWS: FIFO queues reset the enqueue time on the move, and replace the deduplication id with the
/// original message id.
pub async fn a_fifo_move_resets_time_and_deduplication(kit: &Kit) -> Outcome {
    let (source, dlq) = kit.pair(true, 1).await?;
    kit.send_group(&source, "g", &["first", "second"]).await?;
    let before = kit.receive_one(&source, 0).await?;
    pause(20).await;
    kit.wear_out(&source, 1).await?;
    let moved = kit.receive(&dlq, 10, 30).await?;
    same("in order", bodies(&moved), vec!["first", "second"])?;
    let deduplication = system(&moved[0], "MessageDeduplicationId");
    same("deduplication id", deduplication.as_deref(), before.message_id())?;
    same("group", system(&moved[0], "MessageGroupId").as_deref(), Some("g"))?;
    let sent = |message| system(message, "SentTimestamp");
    holds("the time of sending is that of the move", sent(&moved[0]) > sent(&before))
}
