//! The operator's command line for a recommendation pipeline.
//!
//! Directions: `run -> commands -> flow -> {aws, reco-store} -> reco-core`, `commands -> ui`.
//! SDK types stop at `aws`.

mod applies;
mod aws;
pub mod cli;
mod commands;
pub mod config;
mod context;
mod error;
pub mod exit;
mod flow;
mod input;
mod logging;
mod run;
mod ui;

pub use run::run;
