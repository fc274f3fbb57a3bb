//! Kit of the SQS checks: a client, queues of their own, and messages.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::{
    Message, MessageAttributeValue, MessageSystemAttributeName, QueueAttributeName,
    SendMessageBatchRequestEntry,
};

use super::check::sdk_config;
pub use super::check::{Failure, Outcome, holds, refused, same, unique};

/// AWS's code for a queue that does not exist.
pub const NO_QUEUE: &str = "AWS.SimpleQueueService.NonExistentQueue";
pub const INVALID: &str = "InvalidParameterValue";
pub const MISSING: &str = "MissingParameter";

/// A client of the server under test.
#[derive(Clone)]
pub struct Kit {
    pub sqs: Client,
}

impl Kit {
    pub async fn new(endpoint: &str) -> Self {
        Self { sqs: Client::new(&sdk_config(endpoint).await) }
    }

    /// Creates a queue with a unique name.
    pub async fn queue(&self, attributes: &[(&str, &str)]) -> Result<String, Failure> {
        self.create(&unique("check"), attributes).await
    }

    pub async fn fifo(&self, attributes: &[(&str, &str)]) -> Result<String, Failure> {
        let mut all = vec![("FifoQueue", "true")];
        all.extend(attributes);
        self.create(&format!("{}.fifo", unique("check")), &all).await
    }

    pub async fn create(&self, name: &str, attributes: &[(&str, &str)]) -> Result<String, Failure> {
        let create = self.sqs.create_queue().queue_name(name);
        let create = create.set_attributes(Some(attribute_map(attributes))).send().await?;
        Ok(create.queue_url.unwrap_or_default())
    }

    /// Creates a dead-letter queue, and a source queue whose messages move there after `receives`.
    pub async fn pair(&self, fifo: bool, receives: u32) -> Result<(String, String), Failure> {
        let dlq = if fifo { self.fifo(&[]).await? } else { self.queue(&[]).await? };
        let policy = redrive(&self.arn(&dlq).await?, receives);
        let attributes = [("RedrivePolicy", policy.as_str())];
        let source =
            if fifo { self.fifo(&attributes).await? } else { self.queue(&attributes).await? };
        Ok((source, dlq))
    }

    pub async fn attribute(&self, url: &str, name: &str) -> Result<Option<String>, Failure> {
        let all = self.attributes(url, "All").await?;
        Ok(all.get(&QueueAttributeName::from(name)).cloned())
    }

    pub async fn attributes(
        &self,
        url: &str,
        name: &str,
    ) -> Result<HashMap<QueueAttributeName, String>, Failure> {
        let get = self.sqs.get_queue_attributes().queue_url(url).attribute_names(name.into());
        Ok(get.send().await?.attributes.unwrap_or_default())
    }

    pub async fn arn(&self, url: &str) -> Result<String, Failure> {
        Ok(self.attribute(url, "QueueArn").await?.unwrap_or_default())
    }

    /// Returns the counts of visible, in-flight and delayed messages.
    pub async fn counts(&self, url: &str) -> Result<[u32; 3], Failure> {
        let all = self.attributes(url, "All").await?;
        let count = |suffix: &str| {
            let name = format!("ApproximateNumberOfMessages{suffix}");
            let text = all.get(&QueueAttributeName::from(name.as_str()));
            text.and_then(|text| text.parse().ok()).unwrap_or(u32::MAX)
        };
        Ok([count(""), count("NotVisible"), count("Delayed")])
    }

    /// Sends a body and returns the message id.
    pub async fn send(&self, url: &str, body: &str) -> Result<String, Failure> {
        let sent = self.sqs.send_message().queue_url(url).message_body(body).send().await?;
        Ok(sent.message_id.unwrap_or_default())
    }

    /// Sends bodies to a group of a FIFO queue, each with its body as deduplication id.
    pub async fn send_group(&self, url: &str, group: &str, bodies: &[&str]) -> Outcome {
        for body in bodies {
            let send = self.sqs.send_message().queue_url(url).message_body(*body);
            send.message_group_id(group).message_deduplication_id(*body).send().await?;
        }
        Ok(())
    }

    /// Receives up to `max` messages with all attributes, hidden for `visibility_s`, without
    /// waiting.
    pub async fn receive(
        &self,
        url: &str,
        max: i32,
        visibility_s: i32,
    ) -> Result<Vec<Message>, Failure> {
        let receive = self.sqs.receive_message().queue_url(url).max_number_of_messages(max);
        let receive = receive
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .visibility_timeout(visibility_s)
            .wait_time_seconds(0);
        Ok(receive.send().await?.messages.unwrap_or_default())
    }

    /// Receives exactly one message.
    pub async fn receive_one(&self, url: &str, visibility_s: i32) -> Result<Message, Failure> {
        let mut messages = self.receive(url, 1, visibility_s).await?;
        messages.pop().ok_or_else(|| Failure("expected a message, the queue gave none".into()))
    }

    /// Creates a queue, sends it a message and receives that, hidden for `visibility_s`.
    pub async fn held(&self, visibility_s: i32) -> Result<(String, Message), Failure> {
        let url = self.queue(&[]).await?;
        self.send(&url, "x").await?;
        let message = self.receive_one(&url, visibility_s).await?;
        Ok((url, message))
    }

    pub async fn delete(&self, url: &str, handle: &str) -> Outcome {
        self.sqs.delete_message().queue_url(url).receipt_handle(handle).send().await?;
        Ok(())
    }

    /// Receives until the redrive policy moves everything, which it does after `receives`.
    pub async fn wear_out(&self, url: &str, receives: u32) -> Outcome {
        for _ in 0..=receives {
            self.receive(url, 10, 0).await?;
        }
        Ok(())
    }
}

pub fn attribute_map(attributes: &[(&str, &str)]) -> HashMap<QueueAttributeName, String> {
    let own = |(name, value): &(&str, &str)| (QueueAttributeName::from(*name), (*value).to_owned());
    attributes.iter().map(own).collect()
}

pub fn redrive(arn: &str, receives: u32) -> String {
    format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"{receives}"}}"#)
}

pub fn text(data_type: &str, value: &str) -> Result<MessageAttributeValue, Failure> {
    let value = MessageAttributeValue::builder().data_type(data_type).string_value(value);
    Ok(value.build()?)
}

pub fn binary(data_type: &str, value: &[u8]) -> Result<MessageAttributeValue, Failure> {
    let value =
        MessageAttributeValue::builder().data_type(data_type).binary_value(Blob::new(value));
    Ok(value.build()?)
}

/// Returns one attribute of each kind, custom labels included.
pub fn every_kind() -> Result<HashMap<String, MessageAttributeValue>, Failure> {
    Ok(HashMap::from([
        ("s".to_owned(), text("String", "grüße \t\n")?),
        ("s.label".to_owned(), text("String.json", "{\"a\": 1}")?),
        ("n".to_owned(), text("Number", "-12345678901234567890.5")?),
        ("n.label".to_owned(), text("Number.int", "007")?),
        ("b".to_owned(), binary("Binary", &[0, 1, 255, 128])?),
        ("b.label".to_owned(), binary("Binary.png", &[137, 80])?),
    ]))
}

pub fn entry(id: &str, body: &str) -> Result<SendMessageBatchRequestEntry, Failure> {
    Ok(SendMessageBatchRequestEntry::builder().id(id).message_body(body).build()?)
}

pub fn handle(message: &Message) -> &str {
    message.receipt_handle().unwrap_or_default()
}

pub fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().filter_map(Message::body).collect()
}

/// Returns a system attribute of a received message.
pub fn system(message: &Message, name: &str) -> Option<String> {
    message.attributes()?.get(&MessageSystemAttributeName::from(name)).cloned()
}

pub fn now_ms() -> u64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

pub async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
