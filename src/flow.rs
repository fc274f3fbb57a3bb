//! The long-running pipelines.

pub mod backfill;
