//! FIFO queues: groups, deduplication, handles.

use super::super::kit::*;

pub async fn group_and_deduplication_id_are_required(kit: &Kit) -> Outcome {
    let url = kit.fifo(&[]).await?;
    let send = || kit.sqs.send_message().queue_url(&url).message_body("x");
    refused("no group", send().message_deduplication_id("d").send().await, MISSING)?;
    refused("no deduplication id", send().message_group_id("g").send().await, INVALID)?;
    let bad = send().message_group_id("a b").message_deduplication_id("d").send().await;
    refused("a space in the group", bad, INVALID)
}

/// AWS: no more messages of a group while some of its messages are in flight.
pub async fn a_group_is_ordered_and_blocks(kit: &Kit) -> Outcome {
    let url = kit.fifo(&[]).await?;
    kit.send_group(&url, "g", &["1", "2", "3", "4"]).await?;
    let first = kit.receive(&url, 2, 30).await?;
    same("in order", bodies(&first), vec!["1", "2"])?;
    same("blocked", kit.receive(&url, 10, 30).await?.len(), 0)?;
    let sequence = |at: usize| system(&first[at], "SequenceNumber").unwrap_or_default();
    holds("sequence numbers have 20 digits", sequence(0).len() == 20)?;
    holds("sequence numbers rise", sequence(0) < sequence(1))?;
    kit.delete(&url, handle(&first[0])).await?;
    same("blocked by the second", kit.receive(&url, 10, 30).await?.len(), 0)?;
    kit.delete(&url, handle(&first[1])).await?;
    let rest = kit.receive(&url, 10, 30).await?;
    same("open again", bodies(&rest), vec!["3", "4"])
}

pub async fn groups_do_not_block_each_other(kit: &Kit) -> Outcome {
    let url = kit.fifo(&[]).await?;
    kit.send_group(&url, "g", &["g1", "g2"]).await?;
    kit.send_group(&url, "h", &["h1"]).await?;
    same("one of g", bodies(&kit.receive(&url, 1, 30).await?), vec!["g1"])?;
    same("only h", bodies(&kit.receive(&url, 10, 30).await?), vec!["h1"])
}

/// AWS: within 5 minutes a repeated send is accepted but not delivered.
pub async fn a_repeated_send_is_swallowed(kit: &Kit) -> Outcome {
    let url = kit.fifo(&[]).await?;
    let send = |body: &str| {
        let send = kit.sqs.send_message().queue_url(&url).message_body(body);
        send.message_group_id("g").message_deduplication_id("d").send()
    };
    let first = send("first").await?;
    let message = kit.receive_one(&url, 30).await?;
    kit.delete(&url, handle(&message)).await?;
    let second = send("second").await?;
    same("id", second.message_id(), first.message_id())?;
    same("sequence number", second.sequence_number(), first.sequence_number())?;
    same("counts, after the first is deleted", kit.counts(&url).await?, [0, 0, 0])
}

/// AWS: deduplicates by the SHA-256 of the body, not of the attributes.
pub async fn deduplication_by_content(kit: &Kit) -> Outcome {
    let url = kit.fifo(&[("ContentBasedDeduplication", "true")]).await?;
    for (body, attribute) in [("x", "1"), ("x", "2"), ("y", "1")] {
        let send = kit.sqs.send_message().queue_url(&url).message_body(body);
        let send = send.message_attributes("a", text("String", attribute)?);
        send.message_group_id("g").send().await?;
    }
    let messages = kit.receive(&url, 10, 30).await?;
    same("bodies", bodies(&messages), vec!["x", "y"])?;
    let sha256_of_x = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    let shown = system(&messages[0], "MessageDeduplicationId");
    same("deduplication id", shown.as_deref(), Some(sha256_of_x))
}

/// AWS SendMessage: `DelaySeconds` cannot be set per message on a FIFO queue.
pub async fn a_message_may_not_have_its_own_delay(kit: &Kit) -> Outcome {
    let url = kit.fifo(&[]).await?;
    let send = kit.sqs.send_message().queue_url(&url).message_body("x").delay_seconds(1);
    let send = send.message_group_id("g").message_deduplication_id("d");
    refused("a delay", send.send().await, INVALID)
}

/// AWS DeleteMessage: on FIFO queues it fails once the visibility timeout is over.
pub async fn a_lapsed_handle_does_not_delete(kit: &Kit) -> Outcome {
    let url = kit.fifo(&[]).await?;
    kit.send_group(&url, "g", &["x"]).await?;
    let message = kit.receive_one(&url, 1).await?;
    pause(1300).await;
    let delete = kit.sqs.delete_message().queue_url(&url).receipt_handle(handle(&message));
    refused("lapsed", delete.send().await, INVALID)?;
    same("still there", kit.counts(&url).await?, [1, 0, 0])
}

/// AWS: the same `ReceiveRequestAttemptId` returns the same messages and receipt handles.
pub async fn a_receive_attempt_repeats(kit: &Kit) -> Outcome {
    let url = kit.fifo(&[]).await?;
    kit.send_group(&url, "g", &["1", "2"]).await?;
    let receive = |attempt: &str| {
        let receive = kit.sqs.receive_message().queue_url(&url).visibility_timeout(30);
        receive.receive_request_attempt_id(attempt).send()
    };
    let first = receive("attempt-1").await?;
    let again = receive("attempt-1").await?;
    same("messages and handles", again.messages(), first.messages())?;
    same("bodies", bodies(again.messages()), vec!["1"])?;
    same("another attempt", receive("attempt-2").await?.messages().len(), 0)
}
