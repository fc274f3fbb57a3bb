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
mod event;
pub mod exit;
mod flow;
#[doc(hidden)]
pub mod fuzzing;
mod input;
mod logging;
mod run;
mod safe_file;
mod signals;
mod ui;

pub use run::run;
