//! SendMessage, SendMessageBatch, and planting a message with a history.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::attributes::QueueSettings;
use super::check;
use super::dedup::FirstSend;
use super::error::{ErrorKind, SqsError};
use super::md5;
use super::message::{AttributeValue, Planted, StoredContent, StoredMessage};
use super::state::Cell;
use super::wire::{BatchReply, Outgoing, SentEntry, SentMessage, SqsReply, ToBatch, ToOne};
use super::{Sqs, now_ms};

/// Sequence numbers have 20 digits.
const SEQUENCE_BASE: u64 = 10_000_000_000_000_000_000;

/// A valid message, ready to be put into a queue.
struct Ready {
    content: Arc<StoredContent>,
    deduplication_id: Option<Arc<str>>,
    delay_ms: u64,
}

impl Sqs {
    pub(super) fn send_message(&self, call: ToOne<Outgoing>) -> Result<SqsReply, SqsError> {
        let settings = self.queue(&call.queue_url)?.settings.clone();
        let ready = Ready::check(call.entry, &settings)?;
        let mut cell = self.queue(&call.queue_url)?;
        let sent = cell.send(ready, now_ms());
        cell.changed.notify_waiters();
        Ok(SqsReply::Sent(sent))
    }

    pub(super) fn send_message_batch(&self, call: ToBatch<Outgoing>) -> Result<SqsReply, SqsError> {
        let settings = self.queue(&call.queue_url)?.settings.clone();
        check::batch(call.entries.iter().map(|entry| entry.id.as_str()))?;
        let size = |entry: &Outgoing| check::size(&entry.message_body, &entry.message_attributes);
        let total: usize = call.entries.iter().map(size).sum();
        if total > check::MAX_BYTES {
            return Err(SqsError::new(
                ErrorKind::BatchRequestTooLong,
                format!(
                    "batch requests cannot be longer than {} bytes; you have sent {total} bytes",
                    check::MAX_BYTES
                ),
            ));
        }
        let entries = call
            .entries
            .into_iter()
            .map(|mut entry| (std::mem::take(&mut entry.id), Ready::check(entry, &settings)));
        let entries: Vec<_> = entries.collect();
        let mut cell = self.queue(&call.queue_url)?;
        let now = now_ms();
        let reply = BatchReply::collect(entries, |id, ready| {
            Ok(SentEntry { id, sent: cell.send(ready?, now) })
        });
        cell.changed.notify_waiters();
        Ok(SqsReply::SentBatch(reply))
    }

    /// Puts a message with a history into a queue, for seeding and tests: visible at once, and not
    /// subject to deduplication or to the queue's `MaximumMessageSize`.
    ///
    /// # Errors
    /// When the queue does not exist, or SQS could not hold the message: over 1 MiB, forbidden
    /// characters, bad attributes, no group on a FIFO queue.
    pub fn plant(&self, queue: &str, planted: Planted) -> Result<String, SqsError> {
        check::body(&planted.body)?;
        check::attributes(&planted.attributes)?;
        let max = u64::try_from(check::MAX_BYTES).unwrap_or(u64::MAX);
        check_size(check::size(&planted.body, &planted.attributes), max)?;
        let now = now_ms();
        let mut state = self.inner.state.lock();
        let cell = state.queues.get_mut(queue).ok_or_else(|| SqsError::no_queue(queue))?;
        if cell.settings.fifo && planted.group_id.is_none() {
            return Err(SqsError::missing("MessageGroupId"));
        }
        let deduplication_id = planted.deduplication_id.map(Into::into);
        let content = StoredContent::new(
            planted.body,
            planted.attributes,
            planted.trace_header,
            planted.group_id,
        );
        let mut message = StoredMessage::fresh(
            Arc::new(content),
            deduplication_id,
            planted.sent_at_ms.unwrap_or(now),
        );
        message.receive_count = planted.receive_count;
        message.first_received_ms = planted.first_received_ms;
        message.dead_letter_source = planted.dead_letter_source_arn.map(Into::into);
        if let Some(id) = planted.message_id {
            message.id = id.into();
        }
        let id = message.id.to_string();
        cell.queue.put(message, 0, now);
        cell.changed.notify_waiters();
        Ok(id)
    }
}

impl Cell {
    /// Puts a valid message, unless it repeats one of the last 5 minutes; then the answer is that
    /// to the first.
    fn send(&mut self, ready: Ready, now: u64) -> SentMessage {
        let content = &ready.content;
        let scope = ready.deduplication_id.as_deref().map(|id| {
            let group =
                content.group_id.as_deref().filter(|_| self.settings.deduplication_per_group);
            format!("{}\n{id}", group.unwrap_or_default())
        });
        let earlier = scope.as_ref().and_then(|scope| self.sends.get(scope, now));
        let sent = earlier.unwrap_or_else(|| {
            let message = StoredMessage::fresh(content.clone(), ready.deduplication_id, now);
            let message_id = message.id.clone();
            let sequence = self.queue.put(message, ready.delay_ms, now);
            self.traffic.sent += 1;
            self.traffic.sent_bytes += content.body.len() as u64;
            let sent = FirstSend { message_id, sequence };
            if let Some(scope) = scope {
                self.sends.insert(scope, sent.clone(), now);
            }
            sent
        });
        SentMessage {
            message_id: sent.message_id.to_string(),
            md5_of_body: content.body_md5.clone(),
            md5_of_attributes: content.attributes_md5.clone(),
            md5_of_system_attributes: content.trace_header.as_deref().and_then(trace_md5),
            sequence_number: sent.sequence.map(sequence_text),
        }
    }
}

impl Ready {
    fn check(message: Outgoing, settings: &QueueSettings) -> Result<Self, SqsError> {
        check::body(&message.message_body)?;
        check::attributes(&message.message_attributes)?;
        let trace_header = check::trace_header(&message.message_system_attributes)?;
        let size = check::size(&message.message_body, &message.message_attributes);
        check_size(size, settings.max_message_bytes)?;
        let delay_ms = delay_ms(message.delay_seconds, settings)?;
        if let Some(group) = &message.message_group_id {
            check::short_id("MessageGroupId", group)?;
        }
        let deduplication_id = deduplication_id(&message, settings)?;
        let content = StoredContent::new(
            message.message_body,
            message.message_attributes,
            trace_header,
            message.message_group_id,
        );
        Ok(Self { content: Arc::new(content), deduplication_id, delay_ms })
    }
}

fn check_size(size: usize, max: u64) -> Result<(), SqsError> {
    if size as u64 <= max {
        return Ok(());
    }
    Err(SqsError::new(
        ErrorKind::InvalidParameterValue,
        format!(
            "one or more parameters are invalid; reason: message must be shorter than {max} bytes, \
             this one has {size}"
        ),
    ))
}

/// AWS: a FIFO queue delays all its messages alike and refuses a delay per message.
fn delay_ms(asked: Option<i64>, settings: &QueueSettings) -> Result<u64, SqsError> {
    let Some(asked) = asked else { return Ok(settings.delay_s * 1000) };
    let delay = check::in_range("DelaySeconds", asked, 0..=900)?;
    if settings.fifo && delay > 0 {
        let reason = "the request includes a parameter that is not valid for this queue type";
        return Err(SqsError::invalid("DelaySeconds", asked, reason));
    }
    Ok(if settings.fifo { settings.delay_s * 1000 } else { delay * 1000 })
}

/// Returns the deduplication id: as given, or the body's SHA-256 on a queue that deduplicates by
/// content.
fn deduplication_id(
    message: &Outgoing,
    settings: &QueueSettings,
) -> Result<Option<Arc<str>>, SqsError> {
    let given = message.message_deduplication_id.as_deref();
    if let Some(id) = given {
        check::short_id("MessageDeduplicationId", id)?;
    }
    match (settings.fifo, given) {
        (false, None) => Ok(None),
        (false, Some(id)) => {
            let reason = "the request includes a parameter that is not valid for this queue type";
            Err(SqsError::invalid("MessageDeduplicationId", id, reason))
        }
        (true, _) if message.message_group_id.is_none() => Err(SqsError::missing("MessageGroupId")),
        (true, Some(id)) => Ok(Some(id.into())),
        (true, None) if settings.content_based_deduplication => {
            let digest = Sha256::digest(message.message_body.as_bytes());
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            Ok(Some(hex.into()))
        }
        (true, None) => Err(SqsError::new(
            ErrorKind::InvalidParameterValue,
            "the queue should either have ContentBasedDeduplication enabled or \
             MessageDeduplicationId provided explicitly",
        )),
    }
}

fn trace_md5(header: &str) -> Option<String> {
    md5::attributes(&[("AWSTraceHeader".to_owned(), AttributeValue::string(header))].into())
}

/// Formats a sequence number as SQS does, with 20 digits.
pub(super) fn sequence_text(sequence: u64) -> String {
    (SEQUENCE_BASE + sequence).to_string()
}
