//! The function's own binary in place of its handler: what Lambda does to run it.
//!
//! Each process has a Runtime API of its own and handles one invocation at a time, as an execution
//! environment does. AWS: "Using the Lambda runtime API for custom runtimes".

mod api;
mod environment;
mod fleet;
mod output;

use crate::cloudwatch::Cloudwatch;
use std::path::PathBuf;
use std::time::Duration;

pub use environment::Environment;
pub use fleet::Fleet;

/// A binary that polls the Runtime API, and how it is run.
#[derive(Debug, Clone)]
pub struct FunctionBinary {
    /// The program.
    pub path: PathBuf,
    /// Its whole environment, beside what Lambda itself sets.
    pub variables: Vec<(String, String)>,
    /// Where what it says goes.
    pub log: FunctionLog,
}

/// Where the function's stdout and stderr go.
#[derive(Debug, Clone)]
pub enum FunctionLog {
    /// Metrics into this CloudWatch, everything else to the stderr of this process.
    Metrics(Cloudwatch),
    /// To the end of a file.
    File(PathBuf),
}

/// Reason why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FunctionError {
    /// The program cannot be run, or its log cannot be opened.
    #[error("cannot run {path}: {reason}")]
    Spawn {
        /// The program.
        path: String,
        /// System error.
        reason: String,
    },
    /// It ended before it asked for an event; its own words where it had any.
    #[error("the function did not start: {0}")]
    Init(String),
    /// It answered an event with an error.
    #[error("the function failed: {0}")]
    Failed(String),
    /// It ended in the middle of an invocation.
    #[error("the function's process ended ({0}) before it answered")]
    Ended(String),
    /// Its time was over; its process was killed.
    #[error("Task timed out after {:.2} seconds", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The response is not valid for the event source mapping.
    #[error("the function's answer is no batch response: {0}")]
    Answer(String),
}
