//! Each verb of SQS once: receiving until a queue is empty ([`drain`]), hiding and deleting
//! ([`lease`]), sending ([`outbox`]). What decides whether a message is lost or doubled stands here.

pub mod drain;
mod groups;
pub mod lease;
pub mod outbox;
pub mod records;

use std::time::Duration;

use reco_store::retry::RetryOptions;

use crate::aws::sqs::BATCH;

pub use drain::{Bound, Drain, DrainEnd, Hidden};
pub use lease::{DeleteOutcome, Released, VisibilityLease, period_for};
pub use outbox::{
    AckWatch, Content, Destination, Dispatch, Doubt, Outbox, OutboxMessage, SendOutcome, Sent,
    Trouble,
};

/// Calls in flight at once, of each verb.
const CALLS: usize = 16;

/// Attempts at a call or an entry that failed for a passing reason: some ten seconds in all, which
/// outlives a throttle.
const RETRIES: RetryOptions = RetryOptions {
    max_attempts: 8,
    base_delay: Duration::from_millis(100),
    max_delay: Duration::from_secs(5),
};

/// Parts of a batch's size, made as they are asked for: what is done with is not kept for the rest.
fn batches<T>(all: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut all = all.into_iter();
    std::iter::from_fn(move || {
        Some(all.by_ref().take(BATCH).collect()).filter(|one: &Vec<T>| !one.is_empty())
    })
}

/// Calls that fail as a whole, one after the other, after which the rest is left alone: something
/// is down, and going on would only make more messages uncertain.
const FAILURES: u32 = 3;
