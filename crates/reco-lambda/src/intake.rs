//! Decodes the records of an event. Bodies are taken as strings and decoded one by one, so that a
//! poison body fails only its own message.

use std::collections::HashMap;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use reco_core::decode::{DecodeError, Decoded, decode};

use crate::HandlerError;

/// A message of the batch.
pub(crate) struct Incoming {
    /// Message id, never empty.
    pub(crate) id: String,
    /// Receives of the message, this one included (AWS: `ApproximateReceiveCount`).
    pub(crate) attempt: Option<u64>,
    /// Message group, on FIFO queues only.
    pub(crate) group: Option<String>,
    /// Content.
    pub(crate) decoded: Result<Decoded, DecodeError>,
}

/// Decodes all records, in order.
pub(crate) fn intake(event: SqsEvent) -> Result<Vec<Incoming>, HandlerError> {
    event.records.into_iter().enumerate().map(|(index, record)| incoming(index, record)).collect()
}

fn incoming(index: usize, record: SqsMessage) -> Result<Incoming, HandlerError> {
    let id = record
        .message_id
        .filter(|id| !id.is_empty())
        .ok_or(HandlerError::MissingMessageId { index })?;
    let fifo = record.event_source_arn.is_some_and(|arn| arn.ends_with(".fifo"));
    // On FIFO queues a group is ordered; on standard queues it only names a tenant.
    let group = fifo.then(|| record.attributes.get("MessageGroupId").cloned().unwrap_or_default());
    let attempt = attempt(&record.attributes);
    let decoded = decode(record.body.as_deref().unwrap_or_default());
    Ok(Incoming { id, attempt, group, decoded })
}

/// Receives of a message, this one included, by its system attributes.
pub(crate) fn attempt(attributes: &HashMap<String, String>) -> Option<u64> {
    attributes.get("ApproximateReceiveCount")?.parse().ok()
}
