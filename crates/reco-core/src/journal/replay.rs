//! Replays a journal: the standing of each message, and the work left to do.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::digest::Digest;
use super::reader::{JournalError, JournalReader, Tail};
use super::record::{Ack, Again, Became, Deleted, End, Header, Outcomes, Record, Unacknowledged};
use super::standing::{Counts, Standing, Story};
use crate::message_outcome::MessageOutcome;
use crate::settle::Deletable;

/// AWS: a FIFO queue remembers a deduplication id for 5 minutes.
const DEDUPLICATION_MS: i64 = 300_000;
/// Margin for the duration of a re-send and for clock differences.
const DEDUPLICATION_MARGIN_MS: i64 = 30_000;

/// Reads a journal line by line. Bodies are skipped: of each message only the standing, ids and
/// digest are kept, and the receipt handle until its deletion.
#[derive(Debug, Default)]
pub struct Replay {
    reader: JournalReader,
    state: JournalState,
}

/// An intent with only the fields that replay needs.
#[derive(Deserialize)]
struct BriefIntent {
    batch: u64,
    at_ms: i64,
    digest: Digest,
    message: BriefMessage,
}

#[derive(Deserialize)]
struct BriefMessage {
    id: String,
    receipt_handle: Box<str>,
}

impl Replay {
    /// Creates an empty replay.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next line. Pass its newline, too, if the file has one: an append needs to know.
    ///
    /// # Errors
    /// When the line *before* it was invalid, or this one is out of place.
    pub fn line(&mut self, line: &[u8]) -> Result<(), JournalError> {
        if let Some(record) = self.reader.read(line)? {
            self.state.learn(record);
        }
        Ok(())
    }

    /// Returns the state of the journal up to its last complete record.
    #[must_use]
    pub fn finish(mut self) -> JournalState {
        let header = self.reader.header.take();
        JournalState { header, tail: self.reader.finish(), ..self.state }
    }
}

/// State of a journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalState {
    header: Option<Header>,
    end: Option<End>,
    outcomes: Option<Outcomes>,
    tail: Tail,
    /// Sorted by id, so that every list has the same order.
    stories: BTreeMap<Box<str>, Story>,
    last_batch: u64,
    /// Times of the first and the last intent.
    intents_ms: Option<(i64, i64)>,
}

/// A message that the destination has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentCopy<'a> {
    /// The original message's id.
    pub message_id: &'a str,
    /// Message id assigned by the destination.
    pub sent_as: &'a str,
    /// Digest of the sent content.
    pub digest: &'a Digest,
    /// Its outcome, if an earlier look found it.
    pub became: Option<MessageOutcome>,
}

/// A message for which it is unknown whether the destination has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncertainMessage {
    /// The original message's id.
    pub message_id: String,
    /// Reason for the uncertainty.
    pub reason: String,
}

/// Remaining work after an interrupted run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resume {
    /// Acknowledged messages, to be deleted and never sent again.
    pub delete: Vec<Deletable>,
    /// Ids of messages to send again with the message id as deduplication id: a FIFO queue drops a
    /// duplicate.
    pub resend: Vec<String>,
    /// Messages to report: sending them again might duplicate them, deleting them might lose them.
    pub uncertain: Vec<UncertainMessage>,
}

/// A contradiction that only a damaged journal has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Anomaly {
    /// An acknowledgement without an intent: the content is not in the journal, so the message does
    /// not count as deletable.
    #[error("message {0} was acknowledged, but the journal has no intent to send it")]
    AckWithoutIntent(String),
    /// A deletion without an acknowledgement.
    #[error("message {0} was deleted, but the journal has no acknowledgement of it")]
    DeletedWithoutCopy(String),
}

impl JournalState {
    /// Returns the header; `None` if the run was interrupted before it was written.
    #[must_use]
    pub const fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// Returns the end record of the run; `None` if it was interrupted.
    #[must_use]
    pub const fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Returns how the file ends.
    #[must_use]
    pub const fn tail(&self) -> &Tail {
        &self.tail
    }

    /// Returns the highest batch number in use; appended batches continue above it.
    #[must_use]
    pub const fn last_batch(&self) -> u64 {
        self.last_batch
    }

    /// Returns the messages per second that were sent, from the first intent to the last. Less than a
    /// second counts as one. `None` if none was sent.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts and times are far below 2^52")]
    pub fn rate(&self) -> Option<f64> {
        let (first, last) = self.intents_ms?;
        let seconds = last.saturating_sub(first).max(1_000) as f64 / 1_000.0;
        Some(self.stories.len() as f64 / seconds)
    }

    /// Returns the time of the last intent to send, in milliseconds since the epoch; `None` if there
    /// is none.
    #[must_use]
    pub fn last_sent_ms(&self) -> Option<i64> {
        self.intents_ms.map(|(_, last)| last)
    }

    /// Returns the standing of a message; `None` if it is not in the journal.
    #[must_use]
    pub fn standing(&self, message_id: &str) -> Option<Standing> {
        self.stories.get(message_id).map(Story::standing)
    }

    /// Returns every message with its standing, sorted by id.
    pub fn messages(&self) -> impl Iterator<Item = (&str, Standing)> {
        self.stories.iter().map(|(id, story)| (&**id, story.standing()))
    }

    /// Returns the start of the first attempt whose effect is unknown, in milliseconds since the
    /// epoch; `None` if there is no such attempt.
    #[must_use]
    pub fn doubtful_since_ms(&self, message_id: &str) -> Option<i64> {
        self.stories.get(message_id)?.doubtful_since_ms()
    }

    /// Returns the reason why a message was refused or is uncertain, as given by the last batch.
    #[must_use]
    pub fn reason(&self, message_id: &str) -> Option<&str> {
        self.stories.get(message_id)?.reason()
    }

    /// Returns the number of messages by standing.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.stories.values().for_each(|story| counts.add(story.standing()));
        counts
    }

    /// Returns ids of messages that the destination may have more than once: acknowledged, with
    /// another attempt acknowledged or in doubt.
    pub fn possibly_double(&self) -> impl Iterator<Item = &str> {
        let double = self.stories.iter().filter(|(_, story)| story.may_be_double());
        double.map(|(id, _)| &**id)
    }

    /// Returns the proof that the destination acknowledged a message, even if its delete was
    /// recorded since: SQS may confirm a delete that has no effect.
    ///
    /// The receipt handle is from the journal's run, or empty if the message was deleted. It has
    /// expired if the message was received since: a standard queue then confirms a delete without
    /// deleting, so a later receive must confirm it ([`Deletable::under`]).
    #[must_use]
    pub fn acked(&self, message_id: &str) -> Option<Deletable> {
        acked(message_id, self.stories.get(message_id)?)
    }

    /// Returns the messages that the destination acknowledged, sorted by id, with what became of
    /// them.
    pub fn sent(&self) -> impl Iterator<Item = SentCopy<'_>> {
        self.stories.iter().filter_map(|(message_id, story)| {
            let (sent_as, digest) = (story.sent_as.as_deref()?, story.digest.as_ref()?);
            let became = story.became;
            story.is_acked().then_some(SentCopy { message_id, sent_as, digest, became })
        })
    }

    /// Returns the last recorded outcomes of the run; `None` if none are recorded.
    #[must_use]
    pub const fn outcomes(&self) -> Option<&Outcomes> {
        self.outcomes.as_ref()
    }

    /// Returns the remaining work at `now_ms`, milliseconds since the epoch.
    ///
    /// Uncertain messages of a FIFO destination are sent again only while it certainly remembers
    /// the deduplication id of the first attempt (AWS: 5 minutes). After that a resend could
    /// duplicate a message that arrived, so they are reported, as on standard queues.
    #[must_use]
    pub fn resume(&self, now_ms: i64) -> Resume {
        let fifo = self.header.as_ref().is_some_and(|header| header.fifo);
        let mut resume = Resume::default();
        for (id, story) in &self.stories {
            match story.standing() {
                Standing::Acked => resume.delete.extend(acked(id, story)),
                Standing::Uncertain | Standing::Intended => {
                    if fifo && story.doubtful_since_ms().is_some_and(|at| is_remembered(at, now_ms))
                    {
                        resume.resend.push(id.to_string());
                    } else {
                        resume.uncertain.push(uncertain(id, story));
                    }
                }
                Standing::Deleted | Standing::Refused => {}
            }
        }
        resume
    }

    /// Returns the contradictions of a damaged journal. Empty for every journal that a run wrote,
    /// even if it was interrupted.
    #[must_use]
    pub fn anomalies(&self) -> Vec<Anomaly> {
        let mut anomalies = Vec::new();
        for (id, story) in &self.stories {
            if story.is_acked() && story.digest.is_none() {
                anomalies.push(Anomaly::AckWithoutIntent(id.to_string()));
            }
            if story.is_deleted() && !story.is_acked() {
                anomalies.push(Anomaly::DeletedWithoutCopy(id.to_string()));
            }
        }
        anomalies
    }

    /// Returns the original id of each message that was acknowledged, and the id that the
    /// destination gave it.
    pub fn copies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.stories().filter_map(|(id, story)| Some((id, story.sent_as.as_deref()?)))
    }

    pub(super) fn stories(&self) -> impl Iterator<Item = (&str, &Story)> {
        self.stories.iter().map(|(id, story)| (&**id, story))
    }

    fn learn(&mut self, record: Record<'static, BriefIntent>) {
        match record {
            // The reader keeps it.
            Record::Header(_) => {}
            Record::Intent(BriefIntent { batch, at_ms, digest, message }) => {
                let (first, last) = self.intents_ms.unwrap_or((at_ms, at_ms));
                self.intents_ms = Some((first.min(at_ms), last.max(at_ms)));
                let story = self.begin(message.id, batch, at_ms);
                story.intend(digest, message.receipt_handle);
            }
            Record::Again(Again { message_id, batch, at_ms }) => {
                self.begin(message_id, batch, at_ms);
            }
            Record::Ack(Ack { message_id, sent_as, .. }) => self.story(message_id).ack(sent_as),
            Record::Refused(Unacknowledged { message_id, reason, .. }) => {
                self.story(message_id).refuse(reason);
            }
            Record::Uncertain(Unacknowledged { message_id, reason, .. }) => {
                self.story(message_id).doubt(reason);
            }
            Record::Deleted(Deleted { message_id }) => self.story(message_id).delete(),
            Record::End(end) => self.end = Some(end),
            Record::Became(Became { outcome, message_ids }) => {
                for id in message_ids {
                    // An outcome of a message that was never sent is ignored.
                    if let Some(story) = self.stories.get_mut(&*id) {
                        story.became = Some(outcome);
                    }
                }
            }
            Record::Outcomes(outcomes) => self.outcomes = Some(outcomes),
        }
    }

    fn story(&mut self, message_id: String) -> &mut Story {
        self.stories.entry(message_id.into()).or_default()
    }

    fn begin(&mut self, message_id: String, batch: u64, at_ms: i64) -> &mut Story {
        self.last_batch = self.last_batch.max(batch);
        let story = self.story(message_id);
        story.begin(at_ms);
        story
    }
}

/// Returns whether a FIFO queue certainly remembers, at `now_ms`, the deduplication id of a send
/// that began at `first_ms`, both in milliseconds since the epoch. Setting the clock back does not
/// extend the time.
#[must_use]
pub const fn is_remembered(first_ms: i64, now_ms: i64) -> bool {
    let age_ms = now_ms.saturating_sub(first_ms);
    age_ms >= -DEDUPLICATION_MARGIN_MS && age_ms < DEDUPLICATION_MS - DEDUPLICATION_MARGIN_MS
}

/// Returns the proof for an acknowledged message whose content is in the journal.
fn acked(id: &str, story: &Story) -> Option<Deletable> {
    story.digest.as_ref()?;
    Some(Deletable::sent(id, &story.receipt_handle, story.sent_as.as_ref()?))
}

fn uncertain(id: &str, story: &Story) -> UncertainMessage {
    let reason = match story.standing() {
        Standing::Uncertain => story.reason(),
        _ => None,
    };
    let reason = reason.unwrap_or("the run ended between its send and the response");
    UncertainMessage { message_id: id.to_owned(), reason: reason.to_owned() }
}
