//! Messages waiting to be sent, kept small: there may be a hundred thousand.

use std::sync::Arc;

use super::Redrive;
use crate::dlq::repair::Changed;
use crate::dlq::scan::Found;
use crate::files::spool::Slot;
use crate::sqs::{Content, Destination, Doubt, OutboxMessage};

/// Message about to be moved; the other data is in its record.
pub(super) struct Going {
    /// Index of its record.
    pub(super) record: usize,
    slot: Slot,
    size: usize,
    group: Option<Box<str>>,
    changed: Option<Box<Changed>>,
    to: Arc<Destination>,
    doubt: Option<Box<Doubt>>,
}

impl Going {
    /// Returns the place of its body in the spool; `None` if it is sent with another one.
    pub(super) fn unchanged(&self) -> Option<Slot> {
        self.changed.is_none().then_some(self.slot)
    }

    /// Converts it for the outbox.
    pub(super) fn outgoing(self) -> OutboxMessage {
        let changed = self.changed.as_deref();
        OutboxMessage {
            place: self.record,
            group: self.group,
            size: self.size,
            to: self.to,
            content: Content::Spooled {
                slot: self.slot,
                out: changed.map(|changed| changed.out),
                rejects: changed.and_then(|changed| changed.rejects),
            },
            doubt: self.doubt.map(|doubt| *doubt),
            known: false,
        }
    }
}

impl Redrive<'_> {
    /// Returns the earlier attempt at a message that the destination still deduplicates.
    pub(super) fn remembered(&self, message_id: &str) -> Option<Doubt> {
        let sole = self.route.sole().map(|to| to.queue.arn.as_str());
        self.session.history.remembered(message_id, sole)
    }

    /// Takes the parts of a message that its move needs; the classification is already in its
    /// record.
    pub(super) fn going(
        &self,
        record: usize,
        Found { row, slot }: Found,
        changed: Option<Box<Changed>>,
        to: Arc<Destination>,
    ) -> Going {
        let known = self.remembered(&row.message_id).filter(|_| self.fifo());
        Going {
            record,
            slot: slot.unwrap_or_default(),
            size: changed.as_ref().map_or(row.size_bytes, |changed| changed.size),
            group: row.group_id.filter(|_| self.fifo()),
            changed,
            to,
            doubt: known.map(Box::new),
        }
    }
}
