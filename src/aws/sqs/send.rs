//! SendMessageBatch, told apart by what is known of its effect.

use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchError;
use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::{
    MessageAttributeValue, MessageSystemAttributeNameForSends, MessageSystemAttributeValue,
    SendMessageBatchRequestEntry,
};
use reco_core::message::{Attribute, AttributeValue};
use reco_core::settle::{EntryFault, Outgoing, SendAck, SendResult, is_throttle};

use super::{Queue, Sqs};
use crate::aws::explain;
use crate::error::Error;

/// What is known of the effect of a send that failed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendTrouble {
    /// Nothing was sent, and the same call may succeed later.
    Passing,
    /// Nothing was sent, and the same call would fail again.
    Refused,
    /// It may have been sent: the answer was lost. Sending again may duplicate.
    Ambiguous,
}

/// A send that failed as a whole.
#[derive(Debug)]
pub struct SendFailure {
    /// What is known of its effect.
    pub trouble: SendTrouble,
    /// Why.
    pub error: Error,
}

impl Sqs {
    /// Sends up to 10 messages in one call, each as it was received but for its body, which may be
    /// another. A FIFO queue gets the original message id as deduplication id, so that a second
    /// send within 5 minutes does nothing.
    ///
    /// The SDK's own retries are off for this call: it would send again after a lost answer, which
    /// duplicates on a standard queue.
    ///
    /// # Errors
    /// [`SendFailure`] when the call failed as a whole. Entries fail inside a success.
    pub async fn send_batch(
        &self,
        queue: &Queue,
        messages: &[Outgoing<'_>],
    ) -> Result<SendResult, SendFailure> {
        let entries = messages
            .iter()
            .enumerate()
            .map(|(index, message)| entry(index, message, queue.fifo))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| SendFailure {
                trouble: SendTrouble::Refused,
                error: Error::service("cannot build the send").because(&error),
            })?;
        let answer = self
            .client
            .send_message_batch()
            .queue_url(&queue.url)
            .set_entries(Some(entries))
            .customize()
            .config_override(
                aws_sdk_sqs::config::Builder::new().retry_config(RetryConfig::disabled()),
            )
            .send()
            .await
            .map_err(|error| SendFailure {
                trouble: trouble(&error),
                error: explain(format!("cannot send to queue {}", queue.name), &error),
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
    fifo: bool,
) -> Result<SendMessageBatchRequestEntry, BuildError> {
    let message = outgoing.original;
    let mut entry = SendMessageBatchRequestEntry::builder()
        .id(index.to_string())
        .message_body(outgoing.body)
        .set_message_group_id(message.group_id().map(str::to_owned));
    if fifo {
        entry = entry.message_deduplication_id(&message.id);
    }
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

fn trouble(error: &SdkError<SendMessageBatchError>) -> SendTrouble {
    match error {
        SdkError::ConstructionFailure(_) => SendTrouble::Refused,
        // Credentials and the like fail before anything leaves.
        SdkError::DispatchFailure(failure) if failure.is_user() => SendTrouble::Refused,
        SdkError::DispatchFailure(_) if never_connected(error) => SendTrouble::Passing,
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            trouble_of(service.err().code().unwrap_or_default(), status)
        }
        _ => SendTrouble::Ambiguous,
    }
}

fn trouble_of(code: &str, status: u16) -> SendTrouble {
    match status {
        _ if is_throttle(code) => SendTrouble::Passing,
        429 => SendTrouble::Passing,
        // A 5xx says that the server failed, not at which point.
        500.. => SendTrouble::Ambiguous,
        _ => SendTrouble::Refused,
    }
}

fn never_connected(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| (*error).source()).any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| {
            matches!(
                error.kind(),
                std::io::ErrorKind::ConnectionRefused
                    | std::io::ErrorKind::HostUnreachable
                    | std::io::ErrorKind::NetworkUnreachable
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use reco_core::message::Message;

    use super::*;

    #[test]
    fn only_what_surely_had_no_effect_may_be_sent_again() {
        assert_eq!(trouble_of("RequestThrottled", 400), SendTrouble::Passing);
        assert_eq!(trouble_of("com.amazonaws.sqs#RequestThrottled", 403), SendTrouble::Passing);
        assert_eq!(trouble_of("AccessDeniedException", 400), SendTrouble::Refused);
        assert_eq!(trouble_of("BatchRequestTooLong", 400), SendTrouble::Refused);
        assert_eq!(trouble_of("ServiceUnavailable", 503), SendTrouble::Ambiguous);
        assert_eq!(trouble_of("InternalError", 500), SendTrouble::Ambiguous);
        assert_eq!(trouble_of("", 502), SendTrouble::Ambiguous);
    }

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
        let standard = entry(3, &outgoing, false).expect("an entry");
        assert_eq!(standard.message_body(), "rewritten");
        assert_eq!((standard.id(), standard.message_group_id()), ("3", Some("g")));
        assert_eq!(standard.message_deduplication_id(), None);
        let fifo = entry(0, &outgoing, true).expect("an entry");
        assert_eq!(fifo.message_deduplication_id(), Some("original"));
        let carried = &fifo.message_attributes().expect("attributes")["blob"];
        assert_eq!(carried.data_type(), "Binary.gzip");
        assert_eq!(carried.binary_value().map(|blob| blob.as_ref()), Some(&[0, 255][..]));
        let trace = fifo.message_system_attributes().expect("system attributes");
        assert_eq!(trace.len(), 1);
    }
}
