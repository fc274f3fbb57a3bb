//! Records of a journal.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use crate::message::Message;
use crate::message_outcome::{MessageOutcome, UserCounts};
use crate::outcome::Outcome;
use crate::run_by::RunBy;

/// Format version that this code writes, and the only one it reads.
pub const VERSION: u32 = 1;

/// One line of a journal: an object whose only key names the kind. `I` is what is read of an intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record<'a, I = Intent<'a>> {
    /// The header, always the first line.
    Header(Header),
    /// A message is about to be sent for the first time.
    Intent(I),
    /// A message of an earlier intent is about to be sent again.
    Again(Again),
    /// The destination acknowledged it with matching digests.
    Ack(Ack),
    /// It was not sent, or the destination rejected it.
    Refused(Unacknowledged),
    /// It may have been sent: the response was lost or does not match.
    Uncertain(Unacknowledged),
    /// The source queue confirmed its delete.
    Deleted(Deleted),
    /// The run ended normally.
    End(End),
    /// Outcome of messages that were sent.
    Became(Became<'a>),
    /// Outcomes of all sent messages at one time.
    Outcomes(Outcomes),
}

impl Record<'_> {
    /// Appends the record as a line, including its newline.
    ///
    /// # Errors
    /// Cannot occur: every record serialises.
    pub fn write_line(&self, lines: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(&mut *lines, self)?;
        lines.push(b'\n');
        Ok(())
    }
}

/// Header of a journal: the run and its queues.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`VERSION`] of the writer.
    pub version: u32,
    /// Unique id of the run.
    pub run_id: String,
    /// Start of the run, in RFC 3339.
    pub started_at: String,
    /// ARN of the queue that messages are taken from.
    pub source: String,
    /// ARN of the destination queue; absent if there are several, which the intents name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// True if the destinations are FIFO queues: a message may then be sent again under its id.
    pub fifo: bool,
    /// The version of recoctl that wrote it.
    pub recoctl: String,
    /// Fingerprint of the policy by which messages were judged.
    pub policy: String,
    /// Who ran it, and why; unknown in journals of earlier versions.
    #[serde(default, skip_serializing_if = "RunBy::is_unknown")]
    pub by: RunBy,
}

/// A message about to be sent, with everything needed to restore it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent<'a> {
    /// Batch number, unique within a journal.
    pub batch: u64,
    /// Time in milliseconds since the epoch: a FIFO queue deduplicates for 5 minutes.
    pub at_ms: i64,
    /// Digest of the sent content, which identifies the message if it comes back.
    pub digest: Digest,
    /// The message as received.
    pub message: Cow<'a, Message>,
    /// The body as sent, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub out: Option<Cow<'a, str>>,
    /// ARN of the destination queue, if the header has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Cow<'a, str>>,
}

impl<'a> Intent<'a> {
    /// Creates the intent to send `message`, with the body `out` if given, in batch `batch` at
    /// `at_ms` milliseconds since the epoch.
    #[must_use]
    pub fn new(message: &'a Message, out: Option<&'a str>, batch: u64, at_ms: i64) -> Self {
        let body = out.unwrap_or(&message.body);
        let digest = Digest::of(body, &message.attributes);
        let message = Cow::Borrowed(message);
        Self { batch, at_ms, digest, message, out: out.map(Cow::Borrowed), to: None }
    }
}

/// Another attempt at a message whose content the journal already has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// The original message's id.
    pub message_id: String,
    /// The batch of this attempt.
    pub batch: u64,
    /// Time in milliseconds since the epoch.
    pub at_ms: i64,
}

/// The destination accepted the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// The original message's id.
    pub message_id: String,
    /// Message id assigned by the destination.
    pub sent_as: String,
    /// The batch that was acknowledged.
    pub batch: u64,
}

/// The destination did not acknowledge the message in this attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unacknowledged {
    /// The original message's id.
    pub message_id: String,
    /// The batch of this attempt.
    pub batch: u64,
    /// Reason, mostly given by the service.
    pub reason: String,
}

/// The source queue confirmed the delete of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// The original message's id.
    pub message_id: String,
}

/// End record of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The outcome that decided its exit code.
    pub outcome: Outcome,
    /// Counts by name.
    pub counts: BTreeMap<String, u64>,
}

/// Outcome of messages that were sent, once it stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Became<'a> {
    /// Their outcome.
    pub outcome: MessageOutcome,
    /// Original ids of the messages.
    pub message_ids: Vec<Cow<'a, str>>,
}

/// Outcomes of all sent messages at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// Time in milliseconds since the epoch.
    pub at_ms: i64,
    /// Number of messages by outcome.
    pub counts: BTreeMap<MessageOutcome, u64>,
    /// Users of the messages.
    pub users: UserCounts,
}
