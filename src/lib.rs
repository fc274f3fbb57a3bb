//! Operate a recommendation pipeline: SQS, Lambda, DynamoDB and a dead-letter queue.
//!
//! Dependencies: `run -> commands -> {flags, render} -> {reco-ops, ui}` and
//! `reco-ops -> reco-store -> reco-core`.

mod applies;
pub mod cli;
mod commands;
mod completion;
pub mod config;
mod context;
pub mod exit;
mod flags;
#[doc(hidden)]
pub mod fuzzing;
mod limits;
#[cfg(feature = "sandbox")]
mod load;
mod logging;
#[cfg(feature = "sandbox")]
mod rehearse;
mod render;
mod run;
mod signals;
mod ui;

pub use run::run;
