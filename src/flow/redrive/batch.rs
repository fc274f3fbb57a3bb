//! A batch under way, and what is known of each of its messages.

use std::collections::HashMap;

use reco_core::settle::{Copy, Deletable, Settled, Unsent};

use super::courier::Fate;
use crate::flow::dispatch::{Dispatch, Named};
use crate::flow::spool::Slot;

/// What became of a batch.
#[derive(Debug)]
pub(super) struct Delivered {
    /// The fate of each message, by its index.
    pub(super) fates: Vec<(usize, Fate)>,
    /// What was wrong with the call as a whole.
    pub(super) trouble: Option<Trouble>,
}

/// A call that failed as a whole.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It would fail again: no use going on.
    Refused(String),
    /// It may pass.
    Failed(String),
}

/// A batch under way.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) index: HashMap<String, usize>,
    pub(super) pending: Vec<Dispatch>,
    /// Entries of a message that are not sent, in the spool, by the message's id.
    pub(super) rejects: HashMap<String, Slot>,
    pub(super) deletable: Vec<Deletable>,
    pub(super) delivered: Delivered,
    /// Messages that an earlier attempt may have brought to the destination, and why.
    pub(super) doubts: HashMap<String, String>,
    /// Whether the destination drops what it has already.
    pub(super) deduplicates: bool,
    /// The journal does not have the answers, so nothing is deleted: why.
    pub(super) unwritten: Option<String>,
}

impl Batch {
    /// Of messages with these ids and indices; nothing is pending yet.
    pub(super) fn new(index: HashMap<String, usize>, deduplicates: bool) -> Self {
        let messages = index.len();
        Batch {
            index,
            pending: Vec::with_capacity(messages),
            rejects: HashMap::new(),
            deletable: Vec::with_capacity(messages),
            delivered: Delivered { fates: Vec::with_capacity(messages), trouble: None },
            doubts: HashMap::new(),
            deduplicates,
            unwritten: None,
        }
    }

    /// Settles a message that the destination did not acknowledge. Whatever stopped this attempt,
    /// an earlier one may have had its effect.
    pub(super) fn settle(&mut self, id: &str, fate: Fate) {
        let fate = match self.doubts.get(id) {
            Some(reason) => Fate::Uncertain { reason: reason.clone() },
            None => fate,
        };
        if let Some(at) = self.index.get(id) {
            self.delivered.fates.push((*at, fate));
        }
    }

    /// Notes that all that is pending may have been sent.
    pub(super) fn doubt_pending(&mut self, reason: &str) {
        for dispatch in &self.pending {
            self.doubts.insert(dispatch.id().to_owned(), reason.to_owned());
        }
    }

    /// Settles a message that the destination has; `reason` is why it was not deleted.
    pub(super) fn settle_deletable(&mut self, deletable: &Deletable, reason: Option<String>) {
        let sent_as = match deletable.copy() {
            Copy::Sent(id) => id.clone(),
            Copy::BackedUp | Copy::Waived => String::new(),
        };
        let fate = match reason {
            Some(reason) => Fate::NotDeleted { sent_as, reason },
            None => {
                let doubted = self.doubts.contains_key(deletable.message_id());
                Fate::Moved { sent_as, perhaps_twice: doubted && !self.deduplicates }
            }
        };
        if let Some(at) = self.index.get(deletable.message_id()) {
            self.delivered.fates.push((*at, fate));
        }
    }

    pub(super) fn settle_pending(&mut self, fate: impl Fn() -> Fate) {
        for dispatch in std::mem::take(&mut self.pending) {
            self.settle(dispatch.id(), fate());
        }
    }

    /// Ends the whole move: without the journal nothing may be sent or deleted.
    pub(super) fn halt(&mut self, reason: &str) {
        self.unwritten = Some(reason.to_owned());
        self.delivered.trouble = Some(Trouble::Refused(reason.to_owned()));
    }

    /// Takes an answer in. What may be sent again is pending; answers with the reason, if any is.
    pub(super) fn apply(&mut self, settled: Settled<Dispatch>) -> Option<String> {
        let Settled { deletable, retry, faulted, refused, uncertain } = settled;
        self.deletable.extend(deletable);
        for Unsent { message, reason } in refused {
            self.settle(message.id(), Fate::Failed { reason });
        }
        for Unsent { message, reason } in uncertain {
            self.settle(message.id(), Fate::Uncertain { reason });
        }
        for Unsent { message, reason } in &faulted {
            let doubt =
                format!("SQS failed to take it by a fault of its own ({reason}), and may have it");
            self.doubts.insert(message.id().to_owned(), doubt);
        }
        let again: Vec<Unsent<Dispatch>> = retry.into_iter().chain(faulted).collect();
        let reason = again.first().map(|unsent| unsent.reason.clone());
        self.pending = again.into_iter().map(|unsent| unsent.message).collect();
        reason
    }
}
