//! Queue lookup and attributes.

use std::collections::HashMap;

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::QueueAttributeName as Name;
use serde::Serialize;

use super::Sqs;
use super::reference::QueueRef;
use crate::aws::explain;
use crate::error::{Error, Result};
use reco_core::human::UNKNOWN;

/// Existing queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// Name without region or account.
    pub name: String,
    /// URL for API calls.
    pub url: String,
    /// ARN from the queue's attributes.
    pub arn: String,
    /// True for a FIFO queue.
    pub fifo: bool,
}

/// Queue attributes at one moment. AWS documents its counts as approximate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(Default))]
pub struct QueueState {
    /// Messages that can be received.
    pub visible: u64,
    /// Messages received and still hidden.
    pub in_flight: u64,
    /// Messages whose delay has not expired.
    pub delayed: u64,
    /// Redrive policy, if the queue has one.
    pub redrive: Option<RedrivePolicy>,
    /// `MessageRetentionPeriod` in seconds.
    pub retention_s: i64,
    /// `MaximumMessageSize` in bytes.
    pub max_message_bytes: usize,
    /// Default visibility timeout in seconds.
    pub visibility_timeout_s: u64,
    /// Time of the read, in epoch milliseconds.
    pub read_ms: i64,
}

impl QueueState {
    /// Returns the total number of messages. An unknown count makes the total unknown.
    #[must_use]
    pub fn holds(&self) -> u64 {
        self.visible.saturating_add(self.in_flight).saturating_add(self.delayed)
    }
}

/// `RedrivePolicy` of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RedrivePolicy {
    /// ARN of the dead-letter queue.
    pub dead_letter_target_arn: String,
    /// Number of receives after which a message moves to the DLQ.
    pub max_receive_count: u64,
}

impl Sqs {
    /// Finds a queue by name, URL or ARN, and reads its attributes.
    ///
    /// # Errors
    /// Fails if the queue does not exist, or is in another region or account than given.
    pub async fn resolve(&self, given: &str) -> Result<(Queue, QueueState)> {
        let named = QueueRef::parse(given)?;
        named.check_region(given, &self.region)?;
        let url = match named.url.clone() {
            Some(url) => url,
            None => self.url_of(given, &named).await?,
        };
        let attributes = self.attributes(&named.name, &url).await?;
        let arn = attributes.get(&Name::QueueArn).cloned().unwrap_or_default();
        check_account(given, &named, &arn)?;
        let fifo = named.name.ends_with(".fifo");
        Ok((Queue { name: named.name, url, arn, fifo }, read_state(&attributes)))
    }

    async fn url_of(&self, given: &str, named: &QueueRef) -> Result<String> {
        let name = &named.name;
        let call = self
            .client
            .get_queue_url()
            .queue_name(name)
            .set_queue_owner_aws_account_id(named.account.clone());
        let answer = call
            .send()
            .await
            .map_err(|error| explain(format!("cannot find queue {given}"), &error))?;
        answer
            .queue_url
            .ok_or_else(|| Error::service(format!("SQS returned no URL for queue {name}")))
    }

    /// Reads a queue's attributes again.
    ///
    /// # Errors
    /// Fails if the call to SQS fails.
    pub async fn state(&self, queue: &Queue) -> Result<QueueState> {
        Ok(read_state(&self.attributes(&queue.name, &queue.url).await?))
    }

    async fn attributes(&self, name: &str, url: &str) -> Result<HashMap<Name, String>> {
        let call = self.client.get_queue_attributes().queue_url(url).attribute_names(Name::All);
        let answer = call.send().await.map_err(|error| {
            explain(format!("cannot read the attributes of queue {name}"), &error)
        })?;
        Ok(answer.attributes.unwrap_or_default())
    }

    /// Returns the queues whose redrive policy names this one, in a form that [`Sqs::resolve`]
    /// takes. On servers without ListDeadLetterSourceQueues, checks every queue.
    ///
    /// # Errors
    /// Fails if a call to SQS fails.
    pub async fn dead_letter_sources(&self, dlq: &Queue) -> Result<Vec<String>> {
        let mut pages = self
            .client
            .list_dead_letter_source_queues()
            .queue_url(&dlq.url)
            .into_paginator()
            .send();
        let (mut sources, mut bound) = (Vec::new(), Bound::default());
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => {
                    bound.add(page.queue_urls.len())?;
                    sources.extend(page.queue_urls);
                }
                Err(error) if is_unsupported(&error) => return self.search_sources(dlq).await,
                Err(error) => {
                    let what = format!("cannot list the source queues of {}", dlq.name);
                    return Err(explain(what, &error));
                }
            }
        }
        Ok(sources)
    }

    async fn search_sources(&self, dlq: &Queue) -> Result<Vec<String>> {
        let mut pages = self.client.list_queues().into_paginator().send();
        let (mut sources, mut bound) = (Vec::new(), Bound::default());
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| explain("cannot list queues", &error))?;
            bound.add(page.queue_urls.as_ref().map_or(0, Vec::len))?;
            for url in page.queue_urls.unwrap_or_default() {
                let name = url.rsplit('/').next().unwrap_or(&url).to_owned();
                let state = read_state(&self.attributes(&name, &url).await?);
                if state.redrive.is_some_and(|policy| policy.dead_letter_target_arn == dlq.arn) {
                    sources.push(url);
                }
            }
        }
        Ok(sources)
    }
}

/// Maximum pages of a queue listing. AWS returns up to 1,000 queues per page, more than feed any
/// real DLQ.
const MOST_PAGES: usize = 100;
const MOST_QUEUES: usize = 10_000;

/// Progress of a queue listing.
#[derive(Default)]
struct Bound {
    pages: usize,
    queues: usize,
}

impl Bound {
    fn add(&mut self, queues: usize) -> Result<()> {
        self.pages += 1;
        self.queues += queues;
        let why = match (self.pages > MOST_PAGES, self.queues > MOST_QUEUES) {
            (_, true) => format!("more than {MOST_QUEUES} queues"),
            (true, false) => format!("more than {MOST_PAGES} pages"),
            (false, false) => return Ok(()),
        };
        Err(Error::service("the list of queues does not end")
            .cause(why)
            .hint("check --endpoint-url, or pass both --queue and --dlq"))
    }
}

fn is_unsupported<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    let code = error.code().unwrap_or_default();
    ["InvalidAction", "UnsupportedOperation", "UnknownOperation", "NotImplemented"]
        .iter()
        .any(|known| code.contains(known))
}

fn check_account(given: &str, named: &QueueRef, arn: &str) -> Result<()> {
    let owner = arn.split(':').nth(4).unwrap_or_default();
    match &named.account {
        Some(account) if !owner.is_empty() && account != owner => Err(Error::config(format!(
            "queue {given} names account {account}, but the queue found belongs to account {owner}"
        ))
        .hint("check --profile and --endpoint-url: calls go to another account")),
        _ => Ok(()),
    }
}

fn read_state(attributes: &HashMap<Name, String>) -> QueueState {
    let number = |name: &Name, default: u64| {
        attributes.get(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let messages = |name: &Name| attributes.get(name).map_or(0, |text| read_count(text));
    QueueState {
        visible: messages(&Name::ApproximateNumberOfMessages),
        in_flight: messages(&Name::ApproximateNumberOfMessagesNotVisible),
        delayed: messages(&Name::ApproximateNumberOfMessagesDelayed),
        redrive: attributes.get(&Name::RedrivePolicy).and_then(|text| read_policy(text)),
        // AWS: SetQueueAttributes: 4 days unless set; 1 MiB unless set; 30 s unless set.
        retention_s: i64::try_from(number(&Name::MessageRetentionPeriod, 345_600))
            .unwrap_or(345_600),
        max_message_bytes: usize::try_from(number(&Name::MaximumMessageSize, 1024 * 1024))
            .unwrap_or(1024 * 1024),
        visibility_timeout_s: number(&Name::VisibilityTimeout, 30),
        read_ms: jiff::Timestamp::now().as_millisecond(),
    }
}

/// Largest plausible number of messages in a queue.
pub(super) const MOST_MESSAGES: u64 = 1_000_000_000_000;

/// Parses a message count; an implausible one counts as unknown.
fn read_count(text: &str) -> u64 {
    text.parse().ok().filter(|count| *count <= MOST_MESSAGES).unwrap_or(UNKNOWN)
}

/// Parses a redrive policy; `maxReceiveCount` may be a number or a string.
fn read_policy(text: &str) -> Option<RedrivePolicy> {
    let policy: serde_json::Value = serde_json::from_str(text).ok()?;
    let count = policy.get("maxReceiveCount")?;
    Some(RedrivePolicy {
        dead_letter_target_arn: policy.get("deadLetterTargetArn")?.as_str()?.to_owned(),
        max_receive_count: count.as_u64().or_else(|| count.as_str()?.parse().ok())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_read_whichever_way_the_count_is_written() {
        for count in ["5", "\"5\""] {
            let text = format!(
                r#"{{"deadLetterTargetArn":"arn:aws:sqs:r:1:dlq","maxReceiveCount":{count}}}"#
            );
            let policy = read_policy(&text).expect("a policy");
            assert_eq!(policy.max_receive_count, 5);
            assert_eq!(policy.dead_letter_target_arn, "arn:aws:sqs:r:1:dlq");
        }
        assert_eq!(read_policy(""), None);
    }

    #[test]
    fn the_account_that_answers_must_be_the_one_named() {
        let named = QueueRef::parse("arn:aws:sqs:r:1:q").expect("an ARN");
        assert!(check_account("q", &named, "arn:aws:sqs:r:1:q").is_ok());
        assert!(check_account("q", &named, "arn:aws:sqs:r:2:q").is_err());
    }
}
