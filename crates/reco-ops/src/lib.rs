//! All flows of recoctl as a library: dead-letter queue, backfills, metrics, one user.
//!
//! A flow takes plain options, reports [`event`]s and returns data. It prints nothing, reads no
//! environment variables, and knows no command line.
//!
//! Modules import only downwards, which `tests/architecture.rs` checks:
//! `user -> backfill -> dlq -> {sqs, metrics, logs} -> {rate, journal} -> {aws, files, jq} -> {error,
//! event, processors}`.

pub mod aws;
pub mod backfill;
pub mod dlq;
pub mod error;
pub mod event;
pub mod files;
pub mod journal;
pub mod jq;
pub mod logs;
pub mod metrics;
pub mod processors;
pub mod rate;
pub mod sqs;
pub mod user;
