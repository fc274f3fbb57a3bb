//! Record of one message and its fate.

use std::sync::Arc;

use reco_core::classify::Class;
use reco_core::message_outcome::MessageOutcome;
use serde::{Serialize, Serializer};

use crate::aws::sqs::Damaged;
use crate::dlq::judge::Row;
use crate::dlq::redrive::Decision;
use crate::dlq::redrive::change::Change;
use crate::dlq::repair::Changed;
use crate::sqs::{BEHIND, Destination, SendOutcome};

/// What happened to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// In its destination, and deleted from the DLQ.
    Moved,
    /// Sent by an earlier run, and deleted from the DLQ by this one.
    #[strum(serialize = "already sent")]
    AlreadySent,
    /// Would be moved.
    Planned,
    /// Not selected.
    Skipped,
    /// Selected, but beyond `--max`.
    #[strum(serialize = "beyond max")]
    BeyondMax,
    /// Selected, but it came from another queue than the named one.
    #[strum(serialize = "other source")]
    OtherSource,
    /// Sent, and possibly still in the DLQ.
    #[strum(serialize = "not deleted")]
    NotDeleted,
    /// Still in the DLQ, and possibly sent as well.
    Uncertain,
    /// Still in the DLQ: the destination did not accept it.
    Failed,
    /// Still in the DLQ: it could not be repaired.
    Unrepaired,
    /// Still in the DLQ: not attempted.
    Left,
    /// In the DLQ again: moved by this run, and came back.
    #[strum(serialize = "came back")]
    CameBack,
    /// Still in the DLQ: corrupted in transit.
    Damaged,
}

impl Category {
    /// Returns the explanation of a fate, or an empty string.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Category::Moved => "sent, acknowledged and deleted from the DLQ",
            Category::AlreadySent => {
                "sent but not deleted by an earlier run; deleted now, not sent again"
            }
            Category::Planned => "would be moved",
            Category::Skipped => "not selected; still in the DLQ",
            Category::BeyondMax => "beyond --max; still in the DLQ",
            Category::OtherSource => "not from --queue; still in the DLQ",
            Category::NotDeleted => {
                "sent but possibly still in the DLQ; the next redrive deletes them without sending them again"
            }
            Category::Uncertain => {
                "still in the DLQ and possibly sent: check the destination, then use --resend-uncertain"
            }
            Category::Failed => "not accepted by the queue; still in the DLQ",
            Category::Unrepaired => "could not be repaired; still in the DLQ",
            Category::Left => "not attempted; still in the DLQ",
            Category::CameBack => "moved by this run, failed again and came back to the DLQ",
            Category::Damaged => "corrupted in transit and left alone; still in the DLQ",
        }
    }

    /// Returns the name used in tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Message with its fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Message id in the DLQ.
    pub message_id: Box<str>,
    /// Class of the message; null if it was corrupted in transit.
    pub class: Option<Class>,
    /// What happened to the message.
    pub fate: Category,
    /// Reason for the fate, if it needs one; of a moved message, for its outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Box<str>>,
    /// Message id in the destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_as: Option<Box<str>>,
    /// Destination queue.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "name")]
    pub to: Option<Arc<Destination>>,
    /// Its outcome, if it was waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<MessageOutcome>,
    /// Changes to its body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Box<Change>>,
    /// True if the destination may have it twice, because an attempt before the acknowledged one
    /// may have taken effect.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub perhaps_twice: bool,
    /// Write capacity units that it costs the table.
    #[serde(skip)]
    pub wcu: u64,
    /// True if no queue accepts its content, so that sending it again is futile.
    #[serde(skip)]
    pub unsendable: bool,
}

fn name<S: Serializer>(to: &Option<Arc<Destination>>, serializer: S) -> Result<S::Ok, S::Error> {
    to.as_ref().map(|to| &to.queue.name).serialize(serializer)
}

impl Record {
    /// Returns whether its fate is `category`.
    #[must_use]
    pub fn is(&self, category: Category) -> bool {
        self.fate == category
    }

    /// Marks a moved message as possibly still in the DLQ, because its delete had no effect.
    pub fn is_still_there(&mut self, reason: String) {
        self.fate = Category::NotDeleted;
        self.reason = Some(reason.into());
    }

    /// Marks a sent message as moved, because a repeated delete succeeded.
    pub fn is_deleted_after_all(&mut self) {
        if self.fate == Category::NotDeleted {
            (self.fate, self.reason) = (Category::Moved, None);
        }
    }

    /// Returns the record of a message that an earlier run sent and this one deleted.
    pub fn already_sent(row: &Row) -> Self {
        let reason = row.redriven.as_ref().map(|redriven| format!("by run {}", redriven.run_id));
        Record::of(row, Category::AlreadySent, reason)
    }

    /// Returns the record of a message that an earlier run sent and that could not be deleted.
    pub fn still_here(row: &Row, reason: String) -> Self {
        Record::of(row, Category::NotDeleted, Some(reason))
    }

    /// Returns the message id.
    #[must_use]
    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    /// Returns the record of a message that was corrupted in transit.
    #[must_use]
    pub fn damaged(damaged: &Damaged) -> Self {
        let reason = Some(damaged.reason.as_str().into());
        Record::new(&damaged.message_id, None, (Category::Damaged, reason))
    }

    fn new(
        message_id: &str,
        class: Option<Class>,
        (fate, reason): (Category, Option<Box<str>>),
    ) -> Self {
        Record {
            message_id: message_id.into(),
            class,
            fate,
            reason,
            sent_as: None,
            to: None,
            outcome: None,
            changed: None,
            perhaps_twice: false,
            wcu: 0,
            unsendable: false,
        }
    }

    fn of(row: &Row, fate: Category, reason: Option<String>) -> Self {
        let (class, reason) = (Some(row.verdict.class), reason.map(Into::into));
        Record { wcu: row.verdict.wcu, ..Record::new(&row.message_id, class, (fate, reason)) }
    }

    fn with(self, changed: Option<&Changed>) -> Self {
        let goes_out = !matches!(
            self.fate,
            Category::Skipped | Category::BeyondMax | Category::Unrepaired | Category::Left
        );
        match changed.filter(|_| goes_out) {
            Some(changed) => {
                Record { changed: Some(Box::new(changed.into())), wcu: changed.wcu, ..self }
            }
            None => self,
        }
    }

    /// Returns the record of a message that is not sent, or not yet.
    pub fn decided(row: &Row, decision: &Decision, changed: Option<&Changed>) -> Self {
        let some = |reason: &str| Some(reason.to_owned());
        let (category, reason) = match decision {
            Decision::Move(_) => (Category::Planned, None),
            Decision::Skip => (Category::Skipped, row.verdict.reasons.first().cloned()),
            Decision::Undecided(error) => {
                (Category::Skipped, Some(format!("--where failed: {error}")))
            }
            Decision::BeyondMax => (Category::BeyondMax, None),
            Decision::Elsewhere => (Category::OtherSource, row.source.as_deref().and_then(some)),
            Decision::Homeless(reason) | Decision::Unsendable(reason) => {
                (Category::Failed, some(reason))
            }
            Decision::PerhapsSent(run) => {
                let reason = format!("possibly sent by run {run}, which was interrupted");
                (Category::Uncertain, Some(reason))
            }
            Decision::Unrepaired(reason) => (Category::Unrepaired, some(reason)),
            Decision::Behind => (Category::Left, some(BEHIND)),
        };
        let mut record = Record::of(row, category, reason);
        record.unsendable = matches!(decision, Decision::Unsendable(_));
        if let Decision::Move(to) = decision {
            record.to = Some(Arc::clone(to));
        }
        record.with(changed)
    }

    /// Returns the record of a message that this run moved and that came back.
    pub fn came_back(row: &Row) -> Self {
        Record::of(row, Category::CameBack, row.verdict.reasons.first().cloned())
    }

    /// Enters the outcome of a planned message.
    pub fn is_settled(&mut self, outcome: SendOutcome) {
        let (fate, reason, sent_as) = match outcome {
            SendOutcome::Sent { sent_as, perhaps_twice } => {
                self.perhaps_twice = perhaps_twice;
                (Category::Moved, None, Some(sent_as))
            }
            SendOutcome::NotDeleted { sent_as, reason } => {
                (Category::NotDeleted, Some(reason), Some(sent_as))
            }
            SendOutcome::Uncertain { reason } => (Category::Uncertain, Some(reason), None),
            SendOutcome::Failed { reason } => (Category::Failed, Some(reason), None),
            SendOutcome::Left { reason } => (Category::Left, Some(reason), None),
        };
        self.fate = fate;
        (self.reason, self.sent_as) = (reason.map(Into::into), sent_as.map(Into::into));
    }
}
