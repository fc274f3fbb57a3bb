//! The Lambda of the recommendation pipeline, as a library: takes an SQS batch, writes DynamoDB
//! items and returns the messages to retry.
//!
//! The same handler runs in the function (`bootstrap`) and in the sandbox's worker.

mod handler;
mod intake;
pub mod lines;
pub mod metrics;
mod plan;
mod report;
pub mod settings;

pub use handler::{Handled, HandlerError, Pipeline, handle};
pub use plan::fault;
pub use report::{FailureReason, HandlerReport, MessageFailure, SHOWN_ENTRIES};
