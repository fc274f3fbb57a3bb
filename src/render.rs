//! Human-readable reports: tables and text.

pub mod again;
pub mod backfill;
pub mod by;
pub mod holders;
#[cfg(feature = "sandbox")]
pub mod load;
pub mod metrics;
pub mod outcome;
pub mod redrive;
#[cfg(feature = "sandbox")]
pub mod rehearse;
pub mod rows;
pub mod steps;
pub mod user;
pub mod verify;
