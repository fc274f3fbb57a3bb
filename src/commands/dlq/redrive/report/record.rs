//! One message, and what became of it.

use reco_core::classify::Class;
use serde::Serialize;

use crate::aws::sqs::Damaged;
use crate::commands::dlq::redrive::change::Change;
use crate::flow::judge::Row;
use crate::flow::redrive::{Decision, Fate};
use crate::flow::repair::Changed;
use crate::ui::Tone;

/// The category of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// In the source queue, and deleted from the DLQ.
    Moved,
    /// Would be moved.
    Planned,
    /// Not chosen.
    Skipped,
    /// Asked for, but beyond `--max`.
    BeyondMax,
    /// In the source queue, and perhaps still in the DLQ.
    NotDeleted,
    /// In the DLQ, and perhaps in the source queue as well.
    Uncertain,
    /// In the DLQ: the source queue did not take it.
    Failed,
    /// In the DLQ: it could not be repaired.
    Unrepaired,
    /// In the DLQ: not tried.
    Left,
    /// In the DLQ again: this run moved it, and it came back.
    CameBack,
    /// In the DLQ: it came garbled.
    Damaged,
}

impl Category {
    /// What it means, where there is something to explain.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Category::Moved => "sent, acknowledged and deleted from the DLQ",
            Category::Planned => "would be moved",
            Category::Skipped => "not chosen; still in the DLQ",
            Category::BeyondMax => "beyond --max; still in the DLQ",
            Category::NotDeleted => {
                "sent, but perhaps still in the DLQ: a redrive would send them again"
            }
            Category::Uncertain => {
                "still in the DLQ, and perhaps sent as well: check before redriving them"
            }
            Category::Failed => "not taken by the queue; still in the DLQ",
            Category::Unrepaired => "could not be repaired; still in the DLQ",
            Category::Left => "not tried; still in the DLQ",
            Category::CameBack => "moved by this run, failed again and came back to the DLQ",
            Category::Damaged => "came garbled and were left alone; still in the DLQ",
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Category::Moved => "moved",
            Category::Planned => "planned",
            Category::Skipped => "skipped",
            Category::BeyondMax => "beyond max",
            Category::NotDeleted => "not deleted",
            Category::Uncertain => "uncertain",
            Category::Failed => "failed",
            Category::Unrepaired => "unrepaired",
            Category::Left => "left",
            Category::CameBack => "came back",
            Category::Damaged => "damaged",
        }
    }

    pub(super) fn tone(self) -> Tone {
        match self {
            Category::Moved | Category::Planned => Tone::Good,
            Category::Skipped | Category::BeyondMax => Tone::Faint,
            Category::Left | Category::CameBack => Tone::Warn,
            _ => Tone::Bad,
        }
    }
}

/// One message and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    pub(super) message_id: String,
    pub(super) class: Option<Class>,
    pub(super) fate: Category,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// Its id in the source queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_as: Option<String>,
    /// What was done to its body on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) changed: Option<Change>,
    /// The destination may have it twice: an attempt before the acknowledged one may have had its
    /// effect.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) perhaps_twice: bool,
    #[serde(skip)]
    pub(super) wcu: u64,
}

impl Record {
    pub fn is(&self, category: Category) -> bool {
        self.fate == category
    }

    /// A moved message that its delete did not remove.
    pub fn is_still_there(&mut self, reason: String) {
        self.fate = Category::NotDeleted;
        self.reason = Some(reason);
    }

    pub fn message_id(&self) -> &str {
        &self.message_id
    }

    pub fn damaged(damaged: &Damaged) -> Self {
        Record {
            message_id: damaged.message_id.clone(),
            class: None,
            fate: Category::Damaged,
            reason: Some(damaged.reason.clone()),
            sent_as: None,
            changed: None,
            perhaps_twice: false,
            wcu: 0,
        }
    }

    fn of(row: &Row, fate: Category, reason: Option<String>, sent_as: Option<String>) -> Self {
        let (class, wcu) = (Some(row.verdict.class), row.verdict.wcu);
        Record {
            message_id: row.message_id.clone(),
            class,
            fate,
            reason,
            sent_as,
            changed: None,
            perhaps_twice: false,
            wcu,
        }
    }

    fn with(self, changed: Option<&Changed>) -> Self {
        let goes_out =
            !matches!(self.fate, Category::Skipped | Category::BeyondMax | Category::Unrepaired);
        match changed.filter(|_| goes_out) {
            Some(changed) => Record { changed: Some(changed.into()), wcu: changed.wcu, ..self },
            None => self,
        }
    }

    /// A message that was not sent: by choice, or because it is a dry run.
    pub fn decided(row: &Row, decision: &Decision, changed: Option<&Changed>) -> Self {
        let record = match decision {
            Decision::Move => Record::of(row, Category::Planned, None, None),
            Decision::Skip => {
                Record::of(row, Category::Skipped, row.verdict.reasons.first().cloned(), None)
            }
            Decision::Undecided(error) => {
                Record::of(row, Category::Skipped, Some(format!("--where failed: {error}")), None)
            }
            Decision::BeyondMax => Record::of(row, Category::BeyondMax, None, None),
            Decision::Unsendable(reason) => {
                Record::of(row, Category::Failed, Some(reason.clone()), None)
            }
            Decision::Unrepaired(reason) => {
                Record::of(row, Category::Unrepaired, Some(reason.clone()), None)
            }
        };
        record.with(changed)
    }

    /// A message that this run moved, and that came back.
    pub fn came_back(row: &Row) -> Self {
        Record::of(row, Category::CameBack, row.verdict.reasons.first().cloned(), None)
    }

    /// A message that was to be moved.
    pub fn moved(row: &Row, fate: Fate, changed: Option<&Changed>) -> Self {
        let record = match fate {
            Fate::Moved { sent_as, perhaps_twice } => {
                let record = Record::of(row, Category::Moved, None, Some(sent_as));
                Record { perhaps_twice, ..record }
            }
            Fate::NotDeleted { sent_as, reason } => {
                Record::of(row, Category::NotDeleted, Some(reason), Some(sent_as))
            }
            Fate::Uncertain { reason } => Record::of(row, Category::Uncertain, Some(reason), None),
            Fate::Failed { reason } => Record::of(row, Category::Failed, Some(reason), None),
            Fate::Left { reason } => Record::of(row, Category::Left, Some(reason), None),
        };
        record.with(changed)
    }
}
