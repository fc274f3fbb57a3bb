//! The long-running pipelines.

pub mod backfill;
pub mod hold;
pub mod journal;
pub mod judge;
pub mod matcher;
pub mod metrics;
pub mod query;
pub mod redrive;
pub mod scan;
pub mod spool;
