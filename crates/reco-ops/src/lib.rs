//! Every flow of recoctl as a library: the dead-letter queue, backfills, metrics.
//!
//! A flow takes plain options, speaks in [`event`]s and answers with data. It prints nothing, reads
//! no variable of the environment, and knows no command line.
//!
//! Rooms import downwards only, which `tests/architecture.rs` checks:
//! `backfill -> dlq -> {sqs, metrics} -> {rate, journal} -> {aws, files, jq} -> {error, event}`.

pub mod aws;
pub mod backfill;
pub mod dlq;
pub mod error;
pub mod event;
pub mod files;
pub mod journal;
pub mod jq;
pub mod metrics;
pub mod rate;
pub mod sqs;
