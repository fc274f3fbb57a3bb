//! Operate a recommendation pipeline: SQS, Lambda, DynamoDB and a dead-letter queue.
//!
//! Directions: `run -> commands -> {reco-ops, ui}`, `reco-ops -> reco-store -> reco-core`.

mod applies;
pub mod cli;
mod commands;
pub mod config;
mod context;
pub mod exit;
#[doc(hidden)]
pub mod fuzzing;
mod limits;
mod logging;
mod run;
mod signals;
mod ui;

pub use run::run;
