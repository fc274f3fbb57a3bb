//! ReceiveMessage: keeps everything that a redrive must carry over and checks every digest.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_sqs::types::{
    Message as SdkMessage, MessageAttributeValue, MessageSystemAttributeName as SystemName,
};
use reco_core::message::{Attribute, AttributeValue, Message, md5_of_attributes, md5_of_body};
use serde::Serialize;

use super::{BATCH, CallEffect, CallFailure, Queue, Sqs};
use crate::error::Error;

/// Result of one receive.
#[derive(Debug, Default)]
pub struct Received {
    /// Messages with matching digests.
    pub messages: Vec<Message>,
    /// Messages whose digests do not match.
    pub damaged: Vec<Damaged>,
}

/// Message that was damaged in transit and must be left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damaged {
    /// SQS message id.
    pub message_id: String,
    /// Receipt handle of this receive.
    #[serde(skip)]
    pub receipt_handle: String,
    /// Description of the mismatch.
    pub reason: String,
}

/// Options of a receive.
#[derive(Debug, Clone)]
pub struct ReceiveOptions {
    /// Maximum number of messages (1 to 10).
    pub max: usize,
    /// Wait time; above zero it is a long poll, which queries all of the queue's servers.
    pub wait: Duration,
    /// Visibility timeout of the received messages.
    pub hide: Duration,
    /// Attempt id on a FIFO queue (AWS: ReceiveRequestAttemptId): a retry with the same id returns
    /// the same messages, so that none stays hidden after a lost response.
    pub attempt: String,
}

impl Sqs {
    /// Receives messages with all attributes, which AWS returns only on request.
    ///
    /// The SDK's retries are off for this call: after a lost response they would receive other
    /// messages, and the first ones would stay hidden unnoticed.
    ///
    /// # Errors
    /// [`CallFailure`]; with [`CallEffect::Unknown`], messages that never arrived here may be
    /// hidden.
    pub async fn receive(
        &self,
        queue: &Queue,
        ask: &ReceiveOptions,
    ) -> Result<Received, CallFailure> {
        let mut call = self
            .once
            .receive_message()
            .queue_url(&queue.url)
            .max_number_of_messages(whole(ask.max.clamp(1, BATCH) as u64))
            .wait_time_seconds(whole(ask.wait.as_secs()))
            .visibility_timeout(whole(ask.hide.as_secs()))
            .message_system_attribute_names(SystemName::All)
            .message_attribute_names("All");
        if queue.fifo {
            call = call.receive_request_attempt_id(&ask.attempt);
        }
        let answer = call.send().await.map_err(|error| {
            CallFailure::of(format!("cannot receive from queue {}", queue.name), &error)
        })?;
        let asked = ask.max.clamp(1, BATCH);
        let came = answer.messages.as_ref().map_or(0, Vec::len);
        if came > asked {
            let what = format!(
                "queue {} returned {came} messages, but at most {asked} were requested",
                queue.name
            );
            let error = Error::service(what)
                .hint("check --endpoint-url: the endpoint does not behave like SQS; no message was touched");
            return Err(CallFailure { effect: CallEffect::Refused, error });
        }
        let mut received = Received::default();
        for message in answer.messages.unwrap_or_default() {
            match read(message) {
                Ok(message) => received.messages.push(message),
                Err(damaged) => received.damaged.push(damaged),
            }
        }
        Ok(received)
    }
}

fn whole(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn read(message: SdkMessage) -> Result<Message, Damaged> {
    let (md5, attributes_md5) = (message.md5_of_body, message.md5_of_message_attributes);
    let body = message.body.unwrap_or_default();
    let attributes: BTreeMap<String, Attribute> = message
        .message_attributes
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| (name, attribute(value)))
        .collect();
    let system = message.attributes.unwrap_or_default();
    let message = Message {
        id: message.message_id.unwrap_or_default(),
        receipt_handle: message.receipt_handle.unwrap_or_default(),
        system: system.into_iter().map(|(name, value)| (name.as_str().to_owned(), value)).collect(),
        attributes,
        body,
    };
    match mismatch(&message, md5.as_deref(), attributes_md5.as_deref()) {
        None => Ok(message),
        Some(reason) => {
            Err(Damaged { message_id: message.id, receipt_handle: message.receipt_handle, reason })
        }
    }
}

/// Describes a digest mismatch. The SDK does not check digests, so a body corrupted in transit
/// would be sent on as if it were intact.
fn mismatch(message: &Message, body: Option<&str>, attributes: Option<&str>) -> Option<String> {
    let expected = md5_of_body(&message.body);
    if body != Some(&expected) {
        return Some(differs("body", body, Some(&expected)));
    }
    let expected = md5_of_attributes(&message.attributes);
    (attributes != expected.as_deref())
        .then(|| differs("attributes", attributes, expected.as_deref()))
}

fn differs(part: &str, said: Option<&str>, is: Option<&str>) -> String {
    let (said, is) = (said.unwrap_or("none"), is.unwrap_or("none"));
    format!(
        "MD5 of the {part} is {is}, but SQS reports {said}: the {part} was corrupted in transit"
    )
}

fn attribute(value: MessageAttributeValue) -> Attribute {
    let content = match value.binary_value {
        Some(bytes) => AttributeValue::Binary(bytes.into_inner()),
        None => AttributeValue::Text(value.string_value.unwrap_or_default()),
    };
    Attribute { data_type: value.data_type, value: content }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sdk(body: &str, md5: &str) -> SdkMessage {
        SdkMessage::builder()
            .message_id("m")
            .receipt_handle("h")
            .body(body)
            .md5_of_body(md5)
            .build()
    }

    #[test]
    fn a_wrong_body_digest_sets_the_message_apart() {
        assert!(read(sdk("body", &md5_of_body("body"))).is_ok());
        let damaged = read(sdk("body", &md5_of_body("other"))).expect_err("digests differ");
        assert_eq!((damaged.message_id.as_str(), damaged.receipt_handle.as_str()), ("m", "h"));
        assert!(damaged.reason.contains("MD5 of the body"), "{}", damaged.reason);
    }

    #[test]
    fn a_missing_attribute_digest_sets_the_message_apart() {
        let value = MessageAttributeValue::builder()
            .data_type("Number.int")
            .string_value("7")
            .build()
            .expect("a type is set");
        let mut message = sdk("body", &md5_of_body("body"));
        message.message_attributes = Some([("n".to_owned(), value)].into());
        let damaged = read(message).expect_err("no digest of attributes");
        assert!(damaged.reason.contains("MD5 of the attributes"), "{}", damaged.reason);
    }
}
