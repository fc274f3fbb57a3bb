//! Messages on their way, as small as can be: a hundred thousand may wait to be sent.

use std::sync::Arc;

use super::Redrive;
use crate::dlq::repair::Changed;
use crate::dlq::scan::Found;
use crate::files::spool::Slot;
use crate::sqs::{Content, Destination, Doubt, OutboxMessage};

/// A message that is about to be moved: its record has the rest.
pub(super) struct Going {
    /// The place of its record.
    pub(super) record: usize,
    slot: Slot,
    size: usize,
    group: Option<Box<str>>,
    changed: Option<Box<Changed>>,
    to: Arc<Destination>,
    doubt: Option<Box<Doubt>>,
}

impl Going {
    /// As the outbox takes it.
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
    /// Takes of a message what its move needs: its judgement is not kept beside its record.
    pub(super) fn going(
        &self,
        record: usize,
        Found { row, slot }: Found,
        changed: Option<Box<Changed>>,
        to: Arc<Destination>,
    ) -> Going {
        let known = self.session.history.remembered(&row.message_id).filter(|_| self.fifo());
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
