//! Read-only views of a queue, for tests and metrics.

use std::collections::BTreeMap;

use super::message::AttributeValue;
use super::queue::{MessagePosition, QueueEntry};
use super::state::Cell;

/// A queue at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueSnapshot {
    /// Counts and ages of its messages.
    pub depth: QueueDepth,
    /// Every message, in order of arrival.
    pub messages: Vec<SnapshotMessage>,
}

/// Depth and traffic of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueDepth {
    /// Messages that may be received.
    pub visible: usize,
    /// Messages received and neither deleted nor visible again.
    pub in_flight: usize,
    /// Messages whose delay is not over.
    pub delayed: usize,
    /// Age of the oldest message in milliseconds, from its arrival in **this** queue: CloudWatch
    /// counts the age of a dead-letter queue's messages from their move.
    pub oldest_age_ms: Option<u64>,
    /// Earliest send time, in milliseconds since 1970; retention counts from it.
    pub oldest_sent_ms: Option<u64>,
    /// Totals since the queue was created.
    pub traffic: Traffic,
}

/// Traffic of a queue since it was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Messages sent by a client or a move task. AWS: moves by a redrive policy are not counted.
    pub sent: u64,
    /// Bytes of the bodies sent.
    pub sent_bytes: u64,
    /// Messages handed out by receives.
    pub received: u64,
    /// Messages deleted with a valid receipt handle.
    pub deleted: u64,
    /// Receives that returned no messages.
    pub empty_receives: u64,
}

/// One message of a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotMessage {
    /// SQS message id.
    pub id: String,
    /// Message body.
    pub body: String,
    /// User attributes.
    pub attributes: BTreeMap<String, AttributeValue>,
    /// State of the message.
    pub state: MessagePosition,
    /// `ApproximateReceiveCount`.
    pub receive_count: u32,
    /// `SentTimestamp`, milliseconds since 1970.
    pub sent_at_ms: u64,
    /// `MessageGroupId`.
    pub group_id: Option<String>,
    /// `MessageDeduplicationId`.
    pub deduplication_id: Option<String>,
    /// `AWSTraceHeader`.
    pub trace_header: Option<String>,
    /// `DeadLetterQueueSourceArn`.
    pub dead_letter_source_arn: Option<String>,
}

impl Cell {
    pub(crate) fn depth(&mut self, now: u64) -> QueueDepth {
        let counts = self.queue.counts(now);
        QueueDepth {
            visible: counts.visible,
            in_flight: counts.in_flight,
            delayed: counts.delayed,
            oldest_age_ms: self.queue.oldest_arrival_ms().map(|at| now.saturating_sub(at)),
            oldest_sent_ms: self.queue.oldest_sent_ms(),
            traffic: self.traffic,
        }
    }

    pub(crate) fn snapshot(&mut self, now: u64) -> QueueSnapshot {
        let depth = self.depth(now);
        QueueSnapshot { depth, messages: self.queue.entries().map(SnapshotMessage::from).collect() }
    }
}

impl From<&QueueEntry> for SnapshotMessage {
    fn from(entry: &QueueEntry) -> Self {
        let message = &entry.message;
        let content = &message.content;
        Self {
            id: message.id.to_string(),
            body: content.body.clone(),
            attributes: content.attributes.clone(),
            state: entry.state,
            receive_count: message.receive_count,
            sent_at_ms: message.sent_ms,
            group_id: content.group_id.clone(),
            deduplication_id: message.deduplication_id.as_deref().map(str::to_owned),
            trace_header: content.trace_header.clone(),
            dead_letter_source_arn: message.dead_letter_source.as_deref().map(str::to_owned),
        }
    }
}
