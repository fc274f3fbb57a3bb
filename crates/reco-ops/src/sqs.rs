//! The SQS operations that decide whether a message is lost or duplicated, each implemented once:
//! receiving until a queue is empty ([`drain`]), hiding and deleting ([`lease`]), sending
//! ([`outbox`]).

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
    AckWatch, BEHIND, Content, Destination, Dispatch, Doubt, Outbox, OutboxMessage, SendOutcome,
    Sent, Trouble,
};

/// Maximum calls in flight at once, per kind of call.
const CALLS: usize = 16;

/// Retries of a call or entry after a transient failure: about ten seconds in all, which outlasts a
/// typical throttle.
const RETRIES: RetryOptions = RetryOptions {
    max_attempts: 8,
    base_delay: Duration::from_millis(100),
    max_delay: Duration::from_secs(5),
};

/// Splits a list into batches lazily, so that each batch can be dropped before the next is built.
fn batches<T>(all: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut all = all.into_iter();
    std::iter::from_fn(move || {
        Some(all.by_ref().take(BATCH).collect()).filter(|one: &Vec<T>| !one.is_empty())
    })
}

/// Consecutive failures of whole calls after which no more are made: something is down, and
/// continuing would only make more messages uncertain.
const FAILURES: u32 = 3;
