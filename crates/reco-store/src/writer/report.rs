//! Report on the items of a writer.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::ThrottlingReason;
use reco_core::Id;
use reco_core::item::PlannedItem;
use serde::Serialize;

use crate::service::{ErrorKind, ServiceError};

/// Written items, remaining items, and the cost. `written + stale + left.len()` is the number of
/// given items.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WriteReport {
    /// Items acknowledged as written.
    pub written: usize,
    /// Items not written because the table holds a newer list; none unless the writer is told to
    /// replace only what is older. An item whose first answer was lost counts here too, when the
    /// repetition finds that the first had taken effect.
    pub stale: usize,
    /// Users of these items.
    pub stale_users: Vec<Id>,
    /// Cost of failed conditions in WCU, computed from the sizes of the items: DynamoDB charges
    /// them but does not report how much.
    pub stale_wcu: u64,
    /// Items not known to be written, handed back.
    pub left: Vec<PlannedItem>,
    /// Of those that are left, the users whose items DynamoDB refuses for what is in them, or in the
    /// item that they would replace, each with the reason.
    pub refused: Vec<(Id, WriteFailure)>,
    /// Reason why items are left: the first reason met, of those that are not about one item if
    /// there are any. `None` exactly when nothing is left.
    pub failure: Option<WriteFailure>,
    /// Write capacity units that DynamoDB says were consumed, indexes included.
    pub wcu: f64,
    /// Calls made.
    pub calls: u64,
    /// Calls made again, because items came back or the call failed.
    pub retries: u64,
    /// Items that came back as `UnprocessedItems`, each time counted.
    pub returned: u64,
    /// Calls refused whole as too fast.
    pub throttled_calls: u64,
    /// Throttling reasons with their number, if DynamoDB reported them.
    pub throttling: BTreeMap<Throttle, u64>,
    /// Time spent waiting for the budget, summed over batches.
    pub paced: Duration,
    /// Time spent waiting between tries, summed over batches.
    pub backoff: Duration,
    /// The last error that was tried again.
    pub last_error: Option<ServiceError>,
}

/// A resource that was asked for more than it gives, and in which way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Throttle {
    /// For example `TableWriteProvisionedThroughputExceeded` (AWS: `ThrottlingReason`).
    pub reason: String,
    /// The ARN of the table or index; empty where not given.
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
    /// Time ran out.
    #[error("not written before the deadline")]
    Deadline,
    /// The caller cancelled.
    #[error("not written: cancelled")]
    Cancelled,
    /// Every attempt was throttled or failed.
    #[error("not written after {attempts} attempts without progress{}", .last.as_ref().map(|e| format!(": {e}")).unwrap_or_else(|| ": items came back unprocessed every time; lower the rate or raise the table's write capacity".to_owned()))]
    Exhausted {
        /// Attempts in a row without progress.
        attempts: u32,
        /// The last error; `None` when DynamoDB answered and processed nothing.
        last: Option<ServiceError>,
    },
    /// DynamoDB refuses the call.
    #[error(transparent)]
    Refused(ServiceError),
    /// The table's item has a time that cannot be read, so the two cannot be compared.
    #[error("the item of user {user:?} is unchanged: its time {why}, so it cannot be compared")]
    Unreadable {
        /// The user.
        user: String,
        /// Value found, and the reason why it is not a time.
        why: String,
    },
    /// No call can hold the item.
    #[error("item is {bytes} bytes; a call takes at most {limit}")]
    TooLarge {
        /// The item's size in bytes.
        bytes: usize,
        /// The call's limit in bytes.
        limit: usize,
    },
}

impl WriteFailure {
    /// Returns whether it is the fault of one item, and says nothing about others.
    #[must_use]
    pub fn is_about_one(&self) -> bool {
        match self {
            WriteFailure::Refused(error) => error.kind == ErrorKind::Refused,
            WriteFailure::Unreadable { .. } | WriteFailure::TooLarge { .. } => true,
            WriteFailure::Deadline | WriteFailure::Cancelled | WriteFailure::Exhausted { .. } => {
                false
            }
        }
    }
}

/// State of a report before an attempt.
pub(super) struct Before {
    pending: usize,
    stale: usize,
    refused: usize,
}

impl WriteReport {
    /// Returns the state with this number of items before an attempt.
    pub(super) fn before(&self, pending: usize) -> Before {
        Before { pending, stale: self.stale, refused: self.refused.len() }
    }

    /// Returns the reason why this user's item is left, where that is known of it alone.
    #[must_use]
    pub fn refusal_of(&self, user: &Id) -> Option<&WriteFailure> {
        self.refused.iter().find(|(refused, _)| refused == user).map(|(_, failure)| failure)
    }

    /// Adds another batch's report to this one.
    pub fn merge(&mut self, other: WriteReport) {
        self.written += other.written;
        self.stale += other.stale;
        self.stale_users.extend(other.stale_users);
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

    /// Returns the number of items that the outcomes add up to.
    pub(super) fn accounted(&self) -> usize {
        self.written + self.stale + self.left.len()
    }

    /// Counts what an attempt wrote: `left` are left, some proved stale, some were refused.
    pub(super) fn settle(&mut self, before: &Before, left: usize) {
        let stale = self.stale - before.stale;
        let refused = self.refused.len() - before.refused;
        self.written += before.pending - left - stale - refused;
    }

    /// Sets an item aside that is refused for its own sake.
    pub(super) fn refuse(&mut self, item: PlannedItem, failure: WriteFailure) {
        self.refused.push((item.recommendation.user.clone(), failure.clone()));
        self.left.push(item);
        self.fail(failure);
    }

    /// Counts an item that the table holds a newer one of.
    pub(super) fn found_stale(&mut self, item: PlannedItem) {
        self.stale += 1;
        self.stale_wcu += item.wcu();
        self.stale_users.push(item.recommendation.user);
    }

    /// Counts a call refused whole as too fast.
    pub(super) fn throttled(&mut self, reasons: &[ThrottlingReason]) {
        self.throttled_calls += 1;
        for reason in reasons {
            *self.throttling.entry(Throttle::from(reason)).or_default() += 1;
        }
    }

    /// Notes why items are left; the first reason stands, unless it is about one item only.
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
