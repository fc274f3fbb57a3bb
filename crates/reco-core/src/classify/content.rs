//! Content of a message, judged entry by entry.

use crate::decode::{BadEntry, DecodeError, Decoded, Envelope, Shape};
use crate::facts::FactSet;
use crate::filter::SkipReason;
use crate::item::{ItemError, Schema};
use crate::judge::{Judged, Verdict, judge};
use crate::policy::Policy;
use crate::{Id, Time};

/// The content of a message, judged entry by entry against facts, policy and table.
#[derive(Debug, Clone)]
pub struct MessageContent {
    /// Shape and envelopes, or why it does not decode.
    pub decoded: Result<MessageLayout, DecodeError>,
    /// Entries that decoded, with their index in `data`, their user and the verdict.
    pub entries: Vec<JudgedEntry>,
    /// Entries that did not decode: their index and the fault with its position.
    pub bad: Vec<(usize, String)>,
    /// True if the policy allows a list to replace only an older one.
    pub only_newer: bool,
}

/// Layout of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageLayout {
    /// Shape of the message.
    pub shape: Shape,
    /// Envelopes, outermost first.
    pub envelopes: Vec<Envelope>,
}

/// A decoded entry with its verdict.
#[derive(Debug, Clone)]
pub struct JudgedEntry {
    /// Its index in `data`, from 0.
    pub index: usize,
    /// User of the list.
    pub user: Id,
    /// Generation time given by the producer.
    pub generated_at: Option<Time>,
    /// Verdict on the entry.
    pub judged: Judged,
}

impl MessageContent {
    /// Judges a decoded message.
    #[must_use]
    pub fn judge(
        decoded: Result<Decoded, DecodeError>,
        facts: &FactSet,
        policy: &Policy,
        schema: &Schema,
    ) -> Self {
        let only_newer = policy.writes.only_newer;
        let decoded = match decoded {
            Ok(decoded) => decoded,
            Err(error) => {
                let (entries, bad) = (vec![], vec![]);
                return MessageContent { decoded: Err(error), entries, bad, only_newer };
            }
        };
        let entries = decoded.entries.into_iter().map(|entry| JudgedEntry {
            index: entry.index,
            user: entry.recommendation.user.clone(),
            generated_at: entry.recommendation.generated_at,
            judged: judge(entry.recommendation, facts, policy, schema),
        });
        MessageContent {
            entries: entries.collect(),
            bad: decoded.bad.iter().map(|bad| (bad.index, fault(bad))).collect(),
            decoded: Ok(MessageLayout { shape: decoded.shape, envelopes: decoded.envelopes }),
            only_newer,
        }
    }

    /// Returns the users whose lists would be written.
    pub fn writable_users(&self) -> impl Iterator<Item = &Id> {
        self.writable().map(|entry| &entry.user)
    }

    pub(super) fn writable(&self) -> impl Iterator<Item = &JudgedEntry> {
        self.entries.iter().filter(|entry| matches!(entry.judged.verdict, Verdict::Write(_)))
    }

    pub(super) fn skips(&self) -> Vec<SkipReason> {
        let skip = |entry: &JudgedEntry| match entry.judged.verdict {
            Verdict::Skip(reason) => Some(reason),
            _ => None,
        };
        self.entries.iter().filter_map(skip).collect()
    }

    pub(super) fn rejected(&self) -> impl Iterator<Item = (&JudgedEntry, &ItemError)> {
        self.entries.iter().filter_map(|entry| match &entry.judged.verdict {
            Verdict::Reject(error) => Some((entry, error)),
            _ => None,
        })
    }
}

/// Describes the fault of an entry: the cause first, then where it is.
fn fault(bad: &BadEntry) -> String {
    format!("{}, entry {} at {}", bad.reason, bad.index, bad.position)
}
