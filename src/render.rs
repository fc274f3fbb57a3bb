//! Reports as people read them: tables and text for what flows answer.

pub mod again;
pub mod backfill;
#[cfg(feature = "sandbox")]
pub mod load;
pub mod metrics;
pub mod redrive;
pub mod rows;
pub mod verify;
