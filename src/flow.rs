//! The long-running pipelines.

pub mod backfill;
pub mod export;
pub mod journal;
pub mod jq;
pub mod judge;
#[cfg(feature = "sandbox")]
pub mod load;
pub mod matcher;
pub mod metrics;
pub mod native;
pub mod query;
pub mod redrive;
pub mod repair;
pub mod scan;
pub mod spool;
pub mod sqs;
