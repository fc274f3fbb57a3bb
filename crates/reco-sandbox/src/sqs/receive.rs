//! ReceiveMessage: short and long polls, and the parts of a message that they return.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::check::in_range;
use super::error::{ErrorKind, SqsError};
use super::handle::ReceiptClaim;
use super::message::{AttributeValue, StoredContent, StoredMessage};
use super::queue::{ReceiveLimits, ReceivedBatch};
use super::send::sequence_text;
use super::state::{Cell, SqsState};
use super::wire::{ReceiveMessage, ReceivedMessage, SqsReply};
use super::{Sqs, SqsOptions, md5, now_ms};

/// A receive with its parameters checked.
struct Poll {
    max: usize,
    visibility_s: Option<u64>,
    wait: Option<Duration>,
}

impl Sqs {
    pub(super) async fn receive_message(&self, call: ReceiveMessage) -> Result<SqsReply, SqsError> {
        let poll = Poll::check(&call)?;
        let (first, wait, changed) = {
            let mut state = self.inner.state.lock();
            let cell = state.by_url(&call.queue_url, &self.inner.options)?;
            let wait = poll.wait.unwrap_or(Duration::from_secs(cell.settings.wait_s));
            let changed = cell.changed.clone();
            (self.try_receive(&mut state, &call, &poll, wait.is_zero())?, wait, changed)
        };
        if !first.is_empty() || wait.is_zero() {
            return self.received(&call, first);
        }
        let deadline = Instant::now() + wait;
        loop {
            // Listen before looking at the queue, so that no change in between is missed.
            let notified = changed.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            let (messages, next) = {
                let mut state = self.inner.state.lock();
                let messages = self.try_receive(&mut state, &call, &poll, false)?;
                let cell = state.by_url(&call.queue_url, &self.inner.options)?;
                (messages, cell.queue.next_waking())
            };
            if !messages.is_empty() || Instant::now() >= deadline {
                return self.received(&call, messages);
            }
            let until = next.map_or(deadline, |at| deadline.min(instant_of(at)));
            tokio::select! {
                () = notified => {}
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    fn received(
        &self,
        call: &ReceiveMessage,
        messages: Vec<(String, StoredMessage)>,
    ) -> Result<SqsReply, SqsError> {
        let mut cell = self.queue(&call.queue_url)?;
        cell.traffic.received += messages.len() as u64;
        cell.traffic.empty_receives += u64::from(messages.is_empty());
        drop(cell);
        let show = ShownParts::of(call, &self.inner.options);
        let messages = messages.into_iter().map(|(handle, message)| show.message(handle, message));
        Ok(SqsReply::Received { messages: messages.collect() })
    }

    /// Receives once, without waiting; returns messages with their receipt handles.
    fn try_receive(
        &self,
        state: &mut SqsState,
        call: &ReceiveMessage,
        poll: &Poll,
        short: bool,
    ) -> Result<Vec<(String, StoredMessage)>, SqsError> {
        let now = now_ms();
        let options = &self.inner.options;
        let target = state.by_url(&call.queue_url, options)?.settings.redrive.clone();
        let max_receives = target
            .as_ref()
            .filter(|policy| state.name_by_arn(&policy.dead_letter_target_arn).is_some())
            .map(|policy| policy.max_receive_count);
        let cell = state.by_url(&call.queue_url, options)?;
        let ask = ReceiveLimits {
            max: poll.max,
            visibility_ms: poll.visibility_s.unwrap_or(cell.settings.visibility_timeout_s) * 1000,
            max_receives,
            in_flight_limit: options.in_flight_limit,
        };
        let full = cell.queue.counts(now).in_flight >= options.in_flight_limit;
        // AWS: at the limit, long polls and all polls of FIFO queues return no messages instead.
        if full && short && !cell.settings.fifo {
            return Err(SqsError::new(
                ErrorKind::OverLimit,
                format!("too many messages in flight: the limit is {}", options.in_flight_limit),
            ));
        }
        let batch = cell.receive(ask, call.receive_request_attempt_id.as_deref(), now);
        let (arn, uid) = (cell.arn.clone(), cell.uid);
        if let Some(policy) = target.filter(|_| !batch.dead.is_empty()) {
            state.bury(&arn, policy.target_name(), batch.dead, now);
        }
        let handle = |(claim, message): (ReceiptClaim, StoredMessage)| (claim.encode(uid), message);
        Ok(batch.messages.into_iter().map(handle).collect())
    }
}

impl Cell {
    /// Receives, or on a FIFO queue repeats the receive of the same attempt id.
    ///
    /// AWS: within 5 minutes the same `ReceiveRequestAttemptId` returns the same messages and
    /// receipt handles, as long as none of them was deleted or became visible.
    fn receive(&mut self, ask: ReceiveLimits, attempt: Option<&str>, now: u64) -> ReceivedBatch {
        let Some(attempt) = attempt.filter(|_| self.settings.fifo) else {
            return self.queue.receive(ask, now);
        };
        if let Some(claims) = self.attempts.get(attempt, now)
            && let Some(batch) = self.queue.repeat(&claims, ask.visibility_ms, now)
        {
            return batch;
        }
        let batch = self.queue.receive(ask, now);
        if !batch.messages.is_empty() {
            let claims = batch.messages.iter().map(|(claim, _)| *claim).collect();
            self.attempts.insert(attempt.to_owned(), claims, now);
        }
        batch
    }
}

impl Poll {
    fn check(call: &ReceiveMessage) -> Result<Self, SqsError> {
        let max = call.max_number_of_messages.unwrap_or(1);
        let max = in_range("MaxNumberOfMessages", max, 1..=10)?;
        let visibility = call.visibility_timeout;
        let visibility = visibility.map(|s| in_range("VisibilityTimeout", s, 0..=43_200));
        let wait = call.wait_time_seconds.map(|s| in_range("WaitTimeSeconds", s, 0..=20));
        Ok(Self {
            max: usize::try_from(max).unwrap_or(1),
            visibility_s: visibility.transpose()?,
            wait: wait.transpose()?.map(Duration::from_secs),
        })
    }
}

/// Parts of each message that the call requested; by default only id, handle and body are returned.
pub(super) struct ShownParts<'a> {
    system: Vec<&'a str>,
    all_system: bool,
    user: &'a [String],
    sender_id: &'a str,
}

impl<'a> ShownParts<'a> {
    pub(super) fn of(call: &'a ReceiveMessage, options: &'a SqsOptions) -> Self {
        let names = call.attribute_names.iter().chain(&call.message_system_attribute_names);
        let system: Vec<_> = names.map(String::as_str).collect();
        Self {
            all_system: system.contains(&"All"),
            system,
            user: &call.message_attribute_names,
            sender_id: &options.sender_id,
        }
    }

    pub(super) fn message(
        &self,
        receipt_handle: String,
        message: StoredMessage,
    ) -> ReceivedMessage {
        let message_attributes = self.user_attributes(&message.content);
        let md5_of_attributes = if message_attributes.len() == message.content.attributes.len() {
            message.content.attributes_md5.clone()
        } else {
            md5::attributes(&message_attributes)
        };
        ReceivedMessage {
            message_id: message.id.to_string(),
            receipt_handle,
            md5_of_body: message.content.body_md5.clone(),
            attributes: self.system_attributes(&message),
            md5_of_attributes,
            message_attributes,
            content: message.content,
        }
    }

    fn system_attributes(&self, message: &StoredMessage) -> BTreeMap<&'static str, String> {
        let mut shown = BTreeMap::new();
        let mut show = |name: &'static str, value: Option<String>| {
            if let Some(value) = value
                && (self.all_system || self.system.contains(&name))
            {
                shown.insert(name, value);
            }
        };
        let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().map(str::to_owned);
        show("SenderId", Some(self.sender_id.to_owned()));
        show("SentTimestamp", Some(message.sent_ms.to_string()));
        show("ApproximateReceiveCount", Some(message.receive_count.to_string()));
        let first = message.first_received_ms.map(|at| at.to_string());
        show("ApproximateFirstReceiveTimestamp", first);
        show("AWSTraceHeader", message.content.trace_header.clone());
        show("MessageGroupId", message.content.group_id.clone());
        show("MessageDeduplicationId", text(&message.deduplication_id));
        show("SequenceNumber", message.sequence.map(sequence_text));
        show("DeadLetterQueueSourceArn", text(&message.dead_letter_source));
        shown
    }

    /// AWS: `All` and `.*` ask for every attribute, `prefix.*` for those with that prefix.
    fn user_attributes(&self, content: &StoredContent) -> BTreeMap<String, AttributeValue> {
        let wanted = |name: &str| {
            self.user.iter().any(|asked| match asked.as_str() {
                "All" | ".*" => true,
                asked => match asked.strip_suffix(".*") {
                    Some(prefix) => name.starts_with(prefix),
                    None => name == asked,
                },
            })
        };
        let attributes = content.attributes.iter().filter(|(name, _)| wanted(name));
        attributes.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

/// Converts a wall-clock time to a timer instant, at least 1 ms ahead so that rounding does not
/// make a poll spin.
fn instant_of(at_ms: u64) -> Instant {
    Instant::now() + Duration::from_millis(at_ms.saturating_sub(now_ms()).max(1))
}
