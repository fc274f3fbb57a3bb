//! SendMessageBatch.

use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::{
    MessageAttributeValue, MessageSystemAttributeNameForSends, MessageSystemAttributeValue,
    SendMessageBatchRequestEntry,
};
use reco_core::message::{Attribute, AttributeValue};
use reco_core::settle::{EntryFault, Outgoing, SendAck, SendResult};

use super::{CallEffect, CallFailure, Queue, Sqs};
use crate::error::Error;

impl Sqs {
    /// Sends up to 10 messages in one call, each as it was received except that the body may be
    /// replaced. On a FIFO queue the deduplication id is the original message id, followed by `/`
    /// and `stamp` if there is one, so that sending it again within 5 minutes does nothing.
    ///
    /// The SDK's retries are off for this call: after a lost response they would send again and
    /// create duplicates on a standard queue.
    ///
    /// # Errors
    /// [`CallFailure`] if the call failed as a whole. Failures of single entries are in the result.
    pub async fn send_batch(
        &self,
        queue: &Queue,
        messages: &[Outgoing<'_>],
        stamp: Option<&str>,
    ) -> Result<SendResult, CallFailure> {
        let entries = messages
            .iter()
            .enumerate()
            .map(|(index, message)| {
                let deduplication = queue.fifo.then(|| match stamp {
                    Some(stamp) => format!("{}/{stamp}", message.original.id),
                    None => message.original.id.clone(),
                });
                entry(index, message, deduplication)
            })
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| CallFailure {
                effect: CallEffect::Refused,
                error: Error::service("cannot build the send request").because(&error),
            })?;
        let answer = self
            .once
            .send_message_batch()
            .queue_url(&queue.url)
            .set_entries(Some(entries))
            .send()
            .await
            .map_err(|error| {
                CallFailure::of(format!("cannot send to queue {}", queue.name), &error)
            })?;
        let acks = answer.successful.into_iter().filter_map(|done| {
            Some(SendAck {
                entry: done.id.parse().ok()?,
                message_id: done.message_id,
                md5_of_body: done.md5_of_message_body,
                md5_of_attributes: done.md5_of_message_attributes,
            })
        });
        let faults = answer.failed.into_iter().filter_map(|failed| {
            Some(EntryFault {
                entry: failed.id.parse().ok()?,
                code: failed.code,
                message: failed.message.unwrap_or_default(),
                sender_fault: failed.sender_fault,
            })
        });
        Ok(SendResult { acks: acks.collect(), faults: faults.collect() })
    }
}

type BuildError = aws_sdk_sqs::error::BuildError;

fn entry(
    index: usize,
    outgoing: &Outgoing<'_>,
    deduplication: Option<String>,
) -> Result<SendMessageBatchRequestEntry, BuildError> {
    let message = outgoing.original;
    let mut entry = SendMessageBatchRequestEntry::builder()
        .id(index.to_string())
        .message_body(outgoing.body)
        .set_message_group_id(message.group_id().map(str::to_owned))
        .set_message_deduplication_id(deduplication);
    for (name, value) in &message.attributes {
        entry = entry.message_attributes(name, attribute(value)?);
    }
    if let Some(trace) = message.system.get("AWSTraceHeader") {
        let value = MessageSystemAttributeValue::builder()
            .data_type("String")
            .string_value(trace)
            .build()?;
        entry = entry
            .message_system_attributes(MessageSystemAttributeNameForSends::AwsTraceHeader, value);
    }
    entry.build()
}

fn attribute(attribute: &Attribute) -> Result<MessageAttributeValue, BuildError> {
    let value = MessageAttributeValue::builder().data_type(&attribute.data_type);
    match &attribute.value {
        AttributeValue::Text(text) => value.string_value(text),
        AttributeValue::Binary(bytes) => value.binary_value(Blob::new(bytes.clone())),
    }
    .build()
}

#[cfg(test)]
mod tests {
    use reco_core::message::Message;

    use super::*;

    #[test]
    fn everything_that_can_be_carried_over_is() {
        let binary = Attribute {
            data_type: "Binary.gzip".to_owned(),
            value: AttributeValue::Binary(vec![0, 255]),
        };
        let message = Message {
            id: "original".to_owned(),
            receipt_handle: "h".to_owned(),
            body: "body".to_owned(),
            attributes: [("blob".to_owned(), binary)].into(),
            system: [("AWSTraceHeader", "Root=1"), ("MessageGroupId", "g")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        };
        let outgoing = Outgoing { original: &message, body: "rewritten" };
        let standard = entry(3, &outgoing, None).expect("an entry");
        assert_eq!(standard.message_body(), "rewritten");
        assert_eq!((standard.id(), standard.message_group_id()), ("3", Some("g")));
        assert_eq!(standard.message_deduplication_id(), None);
        let fifo = entry(0, &outgoing, Some("original".to_owned())).expect("an entry");
        assert_eq!(fifo.message_deduplication_id(), Some("original"));
        let carried = &fifo.message_attributes().expect("attributes")["blob"];
        assert_eq!(carried.data_type(), "Binary.gzip");
        assert_eq!(carried.binary_value().map(|blob| blob.as_ref()), Some(&[0, 255][..]));
        let trace = fifo.message_system_attributes().expect("system attributes");
        assert_eq!(trace.len(), 1);
    }
}
