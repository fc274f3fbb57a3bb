//! How one message stands by what the journal says of it.
//!
//! Everything here only grows: a record raises what is known and never lowers it, so that the order
//! of records does not matter and repeating one changes nothing.

use serde::Serialize;

use super::digest::Digest;

/// Where a message is, from the best that can be said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Gone from the source queue, after it was acknowledged or backed up.
    Deleted,
    /// The destination has it, and the source queue may still have it.
    Acked,
    /// The destination may have it: a send's answer was lost or did not fit.
    Uncertain,
    /// The destination may have it: a send was begun and nothing more is known.
    Intended,
    /// The destination does not have it; the source queue does.
    Refused,
    /// It is kept in the journal and was not sent.
    BackedUp,
}

/// How many messages of a journal stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All of them.
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
    /// See [`Standing::BackedUp`].
    pub backed_up: u64,
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
            Standing::BackedUp => &mut self.backed_up,
        };
        *count += 1;
    }
}

/// What became of one attempt, from the least that is known to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    Open,
    Refused,
    Uncertain,
    Acked,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Attempt {
    batch: u64,
    /// The earliest time that is said of it.
    at_ms: Option<i64>,
    fate: Fate,
}

/// The newest intent to send a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Latest {
    pub batch: u64,
    pub digest: Digest,
    /// Freed once the message is deleted: handles are most of what is kept of a message.
    pub receipt_handle: Box<str>,
}

/// All that is kept of one message: neither body nor attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Story {
    attempts: Vec<Attempt>,
    pub latest: Option<Latest>,
    pub sent_as: Option<Box<str>>,
    reason: Option<(Option<u64>, Box<str>)>,
    refused_unsent: bool,
    backed_up: bool,
    deleted: bool,
}

impl Story {
    /// An attempt was begun, or its fate became known.
    pub fn attempt(&mut self, batch: u64, at_ms: Option<i64>, fate: Fate) {
        if let Some(known) = self.attempts.iter_mut().find(|attempt| attempt.batch == batch) {
            known.fate = known.fate.max(fate);
            known.at_ms = known.at_ms.into_iter().chain(at_ms).min();
            return;
        }
        // Nearly every message has a single attempt.
        self.attempts.reserve_exact(1);
        let at = self.attempts.partition_point(|attempt| attempt.batch < batch);
        self.attempts.insert(at, Attempt { batch, at_ms, fate });
    }

    pub fn intend(&mut self, mut latest: Latest) {
        if self.deleted {
            latest.receipt_handle = Box::default();
        }
        self.latest = self.latest.take().into_iter().chain([latest]).max();
    }

    pub fn ack(&mut self, batch: u64, sent_as: String) {
        self.attempt(batch, None, Fate::Acked);
        self.sent_as = self.sent_as.take().into_iter().chain([sent_as.into()]).min();
    }

    /// Keeps the reason of the last batch that has one.
    pub fn because(&mut self, batch: Option<u64>, reason: String) {
        if !self.deleted {
            self.reason = self.reason.take().into_iter().chain([(batch, reason.into())]).max();
        }
    }

    pub const fn refuse_unsent(&mut self) {
        self.refused_unsent = true;
    }

    pub const fn back_up(&mut self) {
        self.backed_up = true;
    }

    pub fn delete(&mut self) {
        self.deleted = true;
        self.reason = None;
        if let Some(latest) = &mut self.latest {
            latest.receipt_handle = Box::default();
        }
    }

    pub fn standing(&self) -> Standing {
        let best = |fate| self.attempts.iter().any(|attempt| attempt.fate == fate);
        if self.deleted {
            Standing::Deleted
        } else if best(Fate::Acked) {
            Standing::Acked
        } else if best(Fate::Uncertain) {
            Standing::Uncertain
        } else if best(Fate::Open) {
            Standing::Intended
        } else if !self.refused_unsent && self.attempts.is_empty() {
            Standing::BackedUp
        } else {
            Standing::Refused
        }
    }

    /// Attempts whose copy may or may not be at the destination.
    fn doubtful(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|attempt| matches!(attempt.fate, Fate::Open | Fate::Uncertain))
    }

    /// When the first doubtful attempt was begun. `None` when there is none, or its time is not
    /// known.
    pub fn doubtful_since_ms(&self) -> Option<i64> {
        let times: Option<Vec<i64>> = self.doubtful().map(|attempt| attempt.at_ms).collect();
        times?.into_iter().min()
    }

    /// Whether the destination may have it more than once.
    pub fn may_be_double(&self) -> bool {
        let acked = self.attempts.iter().filter(|attempt| attempt.fate == Fate::Acked).count();
        acked > 1 || (acked == 1 && self.doubtful().next().is_some())
    }

    /// Whether it may be, or have been, at the destination.
    pub fn may_be_sent(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.fate != Fate::Refused)
    }

    pub fn is_acked(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.fate == Fate::Acked)
    }

    pub const fn is_deleted(&self) -> bool {
        self.deleted
    }

    pub const fn is_backed_up(&self) -> bool {
        self.backed_up
    }

    pub fn reason(&self) -> Option<&str> {
        self.reason.as_ref().map(|(_, reason)| &**reason)
    }
}
