//! Messages that are visible when they should not be, or not when they should be: duplicates,
//! visibility timeouts that end early, and short polls that miss.

use super::dice::Roll;
use super::spec::FaultKind;
use crate::sqs::wire::{ReceiveMessage, SqsCall, SqsReply};
use crate::sqs::{ErrorKind, Sqs, SqsError};

/// Receives messages; faults may add one that is in flight, or end a visibility timeout early.
pub(super) async fn receive(
    sqs: &Sqs,
    mut call: ReceiveMessage,
    roll: &Roll<'_>,
) -> Result<SqsReply, SqsError> {
    let url = call.queue_url.clone();
    let again = match roll.strikes(FaultKind::Duplicate) {
        Some(strike) => sqs.receive_in_flight(&call, strike.luck)?,
        None => None,
    };
    if sqs.polls_short(&call)?
        && let Some(strike) = roll.inject(FaultKind::Miss)
    {
        if strike.coin() {
            return Ok(SqsReply::Received { messages: again.into_iter().collect() });
        }
        call.max_number_of_messages = Some(1);
    }
    let max = call.max_number_of_messages.unwrap_or(1);
    let mut reply = if again.is_none() {
        sqs.perform(SqsCall::ReceiveMessage(call)).await?
    } else if max > 1 {
        // There is a message to return, so do not wait for more.
        call.max_number_of_messages = Some(max - 1);
        let waited = !sqs.polls_short(&call)?;
        call.wait_time_seconds = Some(0);
        match sqs.perform(SqsCall::ReceiveMessage(call)).await {
            // A long poll is not refused at the quota of messages in flight.
            Err(error) if waited && error.kind == ErrorKind::OverLimit => {
                SqsReply::Received { messages: Vec::new() }
            }
            reply => reply?,
        }
    } else {
        SqsReply::Received { messages: Vec::new() }
    };
    if let SqsReply::Received { messages } = &mut reply {
        if let Some(again) = again {
            roll.count(FaultKind::Duplicate);
            messages.push(again);
        }
        for message in messages {
            if let Some(strike) = roll.inject(FaultKind::Lapse) {
                sqs.show_in(&url, &message.receipt_handle, strike.argument_ms);
            }
        }
    }
    Ok(reply)
}

/// Makes receipt handles of a delete or visibility change stale before it takes effect.
pub(super) fn lapse_before(sqs: &Sqs, call: &SqsCall, roll: &Roll<'_>) {
    let lapse = |url: &str, handle: &str| {
        if roll.strikes(FaultKind::Lapse).is_some() && sqs.outdate(url, handle) {
            roll.count(FaultKind::Lapse);
        }
    };
    match call {
        SqsCall::DeleteMessage(call) => lapse(&call.queue_url, &call.entry.receipt_handle),
        SqsCall::ChangeMessageVisibility(call) => {
            lapse(&call.queue_url, &call.entry.receipt_handle);
        }
        SqsCall::DeleteMessageBatch(call) => {
            call.entries.iter().for_each(|entry| lapse(&call.queue_url, &entry.receipt_handle));
        }
        SqsCall::ChangeMessageVisibilityBatch(call) => {
            call.entries.iter().for_each(|entry| lapse(&call.queue_url, &entry.receipt_handle));
        }
        _ => {}
    }
}
