//! Reports of the writer.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::ThrottlingReason;
use reco_core::Id;
use reco_core::item::PlannedItem;
use serde::Serialize;

use crate::service::{ErrorKind, ServiceError};

/// Written items, remaining items, and the cost. `written + stale + kept.len() + left.len()` is the
/// number of items passed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WriteReport {
    /// Items acknowledged as written.
    pub written: usize,
    /// Items not written because the table has a newer list; only with guarded writes. An item
    /// whose first response was lost counts here, too, if the retry finds that the first call took
    /// effect.
    pub stale: usize,
    /// Users of these items.
    pub stale_users: Vec<Id>,
    /// Users whose items were kept because the table holds something else than what is to be
    /// replaced, each with the reason; only with [`super::Replacing`].
    pub kept: Vec<(Id, Kept)>,
    /// Cost of failed conditions in WCU, computed from item sizes: DynamoDB charges it but does not
    /// report it.
    pub stale_wcu: u64,
    /// Items not known to be written.
    pub left: Vec<PlannedItem>,
    /// Users of left items that DynamoDB rejects for their content, or for that of the item they
    /// would replace, each with the reason.
    pub refused: Vec<(Id, WriteFailure)>,
    /// Reason why items are left: the first one, preferring reasons that concern more than one
    /// item. `None` if and only if nothing is left.
    pub failure: Option<WriteFailure>,
    /// Write capacity units consumed, as reported by DynamoDB, including indexes.
    pub wcu: f64,
    /// Calls made.
    pub calls: u64,
    /// Calls repeated because items came back unprocessed or the call failed.
    pub retries: u64,
    /// Items returned as `UnprocessedItems`, counted each time.
    pub returned: u64,
    /// Calls throttled as a whole.
    pub throttled_calls: u64,
    /// Throttling reasons with their counts, if DynamoDB reported them.
    pub throttling: BTreeMap<Throttle, u64>,
    /// Time spent waiting for the budget, summed over batches.
    pub paced: Duration,
    /// Time spent waiting between attempts, summed over batches.
    pub backoff: Duration,
    /// The last error that was retried.
    pub last_error: Option<ServiceError>,
}

/// Reason why an item was not replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kept {
    /// The table already holds the list that was to be written.
    Same,
    /// The table holds another list than the one to replace.
    Other,
    /// The table holds no item of the user.
    NoItem,
    /// The input whose lists are to be replaced has none of the user.
    NotListed,
}

impl Kept {
    /// Returns the name used in tables and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kept::Same => "already-right",
            Kept::Other => "other-list",
            Kept::NoItem => "no-item",
            Kept::NotListed => "not-listed",
        }
    }
}

/// A throttled resource and the reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Throttle {
    /// Reason, such as `TableWriteProvisionedThroughputExceeded` (AWS: `ThrottlingReason`).
    pub reason: String,
    /// ARN of the table or index; empty if not given.
    pub resource: String,
}

impl From<&ThrottlingReason> for Throttle {
    fn from(from: &ThrottlingReason) -> Self {
        Throttle {
            reason: from.reason().unwrap_or("unnamed").to_owned(),
            resource: from.resource().unwrap_or_default().to_owned(),
        }
    }
}

/// Reason why items are left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum WriteFailure {
    /// The deadline passed.
    #[error("not written before the deadline")]
    Deadline,
    /// The caller cancelled.
    #[error("not written: cancelled")]
    Cancelled,
    /// Every attempt was throttled or failed.
    #[error("not written after {attempts} attempts without progress{}", .last.as_ref().map(|e| format!(": {e}")).unwrap_or_else(|| ": items came back unprocessed every time; lower the rate or raise the table's write capacity".to_owned()))]
    Exhausted {
        /// Consecutive attempts without progress.
        attempts: u32,
        /// The last error; `None` if DynamoDB responded without processing anything.
        last: Option<ServiceError>,
    },
    /// DynamoDB rejected the call.
    #[error(transparent)]
    Refused(ServiceError),
    /// The table's item has an unreadable time, so the two cannot be compared.
    #[error("the item of user {user:?} is unchanged: its time {why}, so it cannot be compared")]
    Unreadable {
        /// User of the item.
        user: String,
        /// Value found, and the reason why it is not a time.
        why: String,
    },
    /// The lists that may be replaced cannot be looked up.
    #[error("cannot look up the lists to replace: {why}")]
    Unknown {
        /// Reason.
        why: String,
    },
    /// The item is too large for any call.
    #[error("item is {bytes} bytes; a call takes at most {limit}")]
    TooLarge {
        /// The item's size in bytes.
        bytes: usize,
        /// The call's limit in bytes.
        limit: usize,
    },
}

impl WriteFailure {
    /// Returns whether it concerns a single item and says nothing about others.
    #[must_use]
    pub fn is_about_one(&self) -> bool {
        match self {
            WriteFailure::Refused(error) => error.kind == ErrorKind::Refused,
            WriteFailure::Unreadable { .. } | WriteFailure::TooLarge { .. } => true,
            WriteFailure::Deadline
            | WriteFailure::Cancelled
            | WriteFailure::Exhausted { .. }
            | WriteFailure::Unknown { .. } => false,
        }
    }
}

/// State of a report before an attempt.
pub(super) struct Before {
    pending: usize,
    stale: usize,
    kept: usize,
    refused: usize,
}

impl WriteReport {
    /// Returns the state before an attempt at `pending` items.
    pub(super) fn before(&self, pending: usize) -> Before {
        let (kept, refused) = (self.kept.len(), self.refused.len());
        Before { pending, stale: self.stale, kept, refused }
    }

    /// Returns the reason why this user's item was rejected, if it was rejected individually.
    #[must_use]
    pub fn refusal_of(&self, user: &Id) -> Option<&WriteFailure> {
        self.refused.iter().find(|(refused, _)| refused == user).map(|(_, failure)| failure)
    }

    /// Adds another batch's report to this one.
    pub fn merge(&mut self, other: WriteReport) {
        self.written += other.written;
        self.stale += other.stale;
        self.stale_users.extend(other.stale_users);
        self.kept.extend(other.kept);
        self.stale_wcu += other.stale_wcu;
        self.left.extend(other.left);
        self.refused.extend(other.refused);
        if let Some(failure) = other.failure {
            self.fail(failure);
        }
        self.wcu += other.wcu;
        self.calls += other.calls;
        self.retries += other.retries;
        self.returned += other.returned;
        self.throttled_calls += other.throttled_calls;
        for (throttle, count) in other.throttling {
            *self.throttling.entry(throttle).or_default() += count;
        }
        self.paced += other.paced;
        self.backoff += other.backoff;
        self.last_error = other.last_error.or(self.last_error.take());
    }

    /// Returns the number of items accounted for.
    pub(super) fn accounted(&self) -> usize {
        self.written + self.stale + self.kept.len() + self.left.len()
    }

    /// Counts the items that an attempt wrote: those neither left, stale nor refused.
    pub(super) fn settle(&mut self, before: &Before, left: usize) {
        let stale = self.stale - before.stale;
        let refused = self.refused.len() - before.refused;
        let kept = self.kept.len() - before.kept;
        self.written += before.pending - left - stale - kept - refused;
    }

    /// Sets aside an item that was refused individually.
    pub(super) fn refuse(&mut self, item: PlannedItem, failure: WriteFailure) {
        self.refused.push((item.recommendation.user.clone(), failure.clone()));
        self.left.push(item);
        self.fail(failure);
    }

    /// Counts an item that is older than the table's.
    pub(super) fn found_stale(&mut self, item: PlannedItem) {
        self.stale += 1;
        self.stale_wcu += item.wcu();
        self.stale_users.push(item.recommendation.user);
    }

    /// Records an item that was not replaced. A failed condition costs as much as the write.
    pub(super) fn keep(&mut self, item: PlannedItem, kept: Kept) {
        if kept != Kept::NotListed {
            self.stale_wcu += item.wcu();
        }
        self.kept.push((item.recommendation.user, kept));
    }

    /// Returns why this user's item was not replaced, if it was not.
    #[must_use]
    pub fn kept_of(&self, user: &Id) -> Option<Kept> {
        self.kept.iter().find(|(kept, _)| kept == user).map(|(_, kept)| *kept)
    }

    /// Counts a call throttled as a whole.
    pub(super) fn throttled(&mut self, reasons: &[ThrottlingReason]) {
        self.throttled_calls += 1;
        for reason in reasons {
            *self.throttling.entry(Throttle::from(reason)).or_default() += 1;
        }
    }

    /// Records why items are left. The first reason stays, unless it concerns only one item.
    pub(super) fn fail(&mut self, failure: WriteFailure) {
        let weaker = self.failure.as_ref().is_none_or(WriteFailure::is_about_one);
        if self.failure.is_none() || (weaker && !failure.is_about_one()) {
            self.failure = Some(failure);
        }
    }

    pub(super) fn exhaust(&mut self, attempts: u32) {
        let last = self.last_error.clone();
        self.fail(WriteFailure::Exhausted { attempts, last });
    }
}
