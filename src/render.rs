//! Human-readable reports: tables and text.

pub mod again;
pub mod backfill;
#[cfg(feature = "sandbox")]
pub mod holders;
pub mod load;
pub mod metrics;
pub mod redrive;
pub mod rows;
pub mod steps;
pub mod user;
pub mod verify;
