//! Runs the function's own binary instead of its handler, as Lambda does.
//!
//! Each process has a Runtime API of its own and handles one invocation at a time, as an execution
//! environment does. AWS: "Using the Lambda runtime API for custom runtimes".

mod api;
mod environment;
mod fleet;
mod output;

use crate::cloudwatch::Cloudwatch;
use crate::logs::FunctionLogs;
use std::path::PathBuf;
use std::time::Duration;

pub use environment::Environment;
pub use fleet::Fleet;

/// A binary that polls the Runtime API, and how it is run.
#[derive(Debug, Clone)]
pub struct FunctionBinary {
    /// Path of the program.
    pub path: PathBuf,
    /// Environment variables, besides those that Lambda sets.
    pub variables: Vec<(String, String)>,
    /// Destination of its output.
    pub log: FunctionLog,
}

/// Destination of the function's stdout and stderr.
#[derive(Debug, Clone)]
pub enum FunctionLog {
    /// All lines go to a log, metrics among them to this CloudWatch, and all others to the stderr of this
    /// process, too.
    Sandbox(Cloudwatch, FunctionLogs),
    /// Appended to a file.
    File(PathBuf),
}

/// Reason why the function gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FunctionError {
    /// The program cannot be run, or its log cannot be opened.
    #[error("cannot run {path}: {reason}")]
    Spawn {
        /// Path of the program.
        path: String,
        /// System error.
        reason: String,
    },
    /// The function ended or timed out before it asked for an event; holds its own error, if it
    /// posted one.
    #[error("the function did not start: {0}")]
    Init(String),
    /// The function answered an event with an error.
    #[error("the function failed: {0}")]
    Failed(String),
    /// The process ended in the middle of an invocation.
    #[error("the function's process ended ({0}) before it answered")]
    Ended(String),
    /// The invocation timed out and the process was killed.
    #[error("Task timed out after {:.2} seconds", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The response is not valid for the event source mapping.
    #[error("the function's answer is no batch response: {0}")]
    Answer(String),
}
