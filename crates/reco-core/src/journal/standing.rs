//! Standing of one message according to the journal.

use std::fmt;

use serde::Serialize;

use super::digest::Digest;
use crate::message_outcome::MessageOutcome;

/// Location of a message, by the strongest evidence in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Deleted from the source queue, after it was acknowledged.
    Deleted,
    /// The destination has it, and the source queue may still have it.
    Acked,
    /// The destination may have it: the response to a send was lost or did not match.
    Uncertain,
    /// The destination may have it: a send began and no result was recorded.
    Intended,
    /// The destination does not have it; the source queue does.
    Refused,
}

impl fmt::Display for Standing {
    /// Writes the name as in JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Number of messages of a journal by standing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Total number of messages.
    pub messages: u64,
    /// See [`Standing::Deleted`].
    pub deleted: u64,
    /// See [`Standing::Acked`].
    pub acked: u64,
    /// See [`Standing::Uncertain`].
    pub uncertain: u64,
    /// See [`Standing::Intended`].
    pub intended: u64,
    /// See [`Standing::Refused`].
    pub refused: u64,
}

impl Counts {
    pub(super) const fn add(&mut self, standing: Standing) {
        self.messages += 1;
        let count = match standing {
            Standing::Deleted => &mut self.deleted,
            Standing::Acked => &mut self.acked,
            Standing::Uncertain => &mut self.uncertain,
            Standing::Intended => &mut self.intended,
            Standing::Refused => &mut self.refused,
        };
        *count += 1;
    }
}

/// Data kept of one message, without body and attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Story {
    /// Digest of the sent content, from the newest intent.
    pub digest: Option<Digest>,
    /// Freed once the message is deleted, since handles take most of the memory.
    pub receipt_handle: Box<str>,
    pub sent_as: Option<Box<str>>,
    reason: Option<Box<str>>,
    /// Start of the attempt that has no result yet.
    open_since: Option<i64>,
    /// Start of the first attempt whose effect is in doubt.
    doubtful_since: Option<i64>,
    acks: u32,
    deleted: bool,
    /// Its outcome, if a look at the table and the DLQ found it.
    pub became: Option<MessageOutcome>,
}

impl Story {
    /// Records the start of an attempt. An earlier one without a result stays in doubt.
    pub fn begin(&mut self, at_ms: i64) {
        self.doubtful_since = self.doubtful_since.or(self.open_since);
        self.open_since = Some(at_ms);
    }

    pub fn intend(&mut self, digest: Digest, receipt_handle: Box<str>) {
        (self.digest, self.receipt_handle) = (Some(digest), receipt_handle);
    }

    pub fn ack(&mut self, sent_as: String) {
        (self.open_since, self.sent_as) = (None, Some(sent_as.into()));
        self.acks += 1;
    }

    pub fn refuse(&mut self, reason: String) {
        (self.open_since, self.reason) = (None, Some(reason.into()));
    }

    pub fn doubt(&mut self, reason: String) {
        self.doubtful_since = self.doubtful_since.or(self.open_since).or(Some(i64::MIN));
        (self.open_since, self.reason) = (None, Some(reason.into()));
    }

    pub fn delete(&mut self) {
        self.deleted = true;
        self.reason = None;
        self.receipt_handle = Box::default();
    }

    pub fn standing(&self) -> Standing {
        if self.deleted {
            Standing::Deleted
        } else if self.acks > 0 {
            Standing::Acked
        } else if self.doubtful_since.is_some() {
            Standing::Uncertain
        } else if self.open_since.is_some() {
            Standing::Intended
        } else {
            Standing::Refused
        }
    }

    /// Returns the start of the first attempt whose effect is unknown.
    pub fn doubtful_since_ms(&self) -> Option<i64> {
        self.doubtful_since.or(self.open_since)
    }

    /// Returns whether the destination may have it more than once.
    pub fn may_be_double(&self) -> bool {
        self.acks > 1 || (self.acks == 1 && self.doubtful_since_ms().is_some())
    }

    /// Returns whether it may be, or have been, at the destination.
    pub fn may_be_sent(&self) -> bool {
        self.acks > 0 || self.doubtful_since_ms().is_some()
    }

    pub const fn is_acked(&self) -> bool {
        self.acks > 0
    }

    pub const fn is_deleted(&self) -> bool {
        self.deleted
    }

    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}
