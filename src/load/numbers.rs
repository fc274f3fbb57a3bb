//! The numbers of a load run: what was asked for, and what was seen.

use serde::Serialize;

/// Numbers of a load run.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Measured {
    /// Seconds from the first send until the queue was empty, or the run ended.
    pub elapsed_s: f64,
    /// Seconds that sending took.
    pub sending_s: f64,
    /// Users whose lists were sent.
    pub sent: u64,
    /// Lists written.
    pub written: u64,
    /// Lists that the filter left nothing of.
    pub skipped: u64,
    /// Messages returned for retry, each time counted.
    pub returned: u64,
    /// Messages in the DLQ at the end.
    pub dead: u64,
    /// Messages not handled at the end.
    pub left: u64,
    /// Most messages that waited at a time.
    pub backlog_max: u64,
    /// Invocations.
    pub invocations: u64,
    /// Invocations that failed or were not in time.
    pub errors: u64,
    /// Mean duration of an invocation, in milliseconds.
    pub duration_ms: f64,
    /// Of that, waiting for facts.
    pub facts_ms: f64,
    /// Of that, writing, waits between retries included.
    pub write_ms: f64,
    /// Share of the time in which the function's slots worked, 0 to 1.
    pub slots_busy: f64,
    /// Write capacity units consumed.
    pub wcu: f64,
    /// Writes that the table throttled, each time counted.
    pub throttled: u64,
    /// Share of this machine's processors that was busy, with this and everything else, 0 to 1;
    /// `null` where that is not known.
    pub machine_busy: Option<f64>,
}

/// The parameters that it was measured with, as far as the verdict depends on them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Parameters {
    /// Users to send.
    pub users: u64,
    /// Users a second; `null` is as fast as the queue takes them.
    pub rate: Option<f64>,
    /// Write capacity units per second; `null` is no limit.
    pub wcu: Option<f64>,
    /// Most invocations at a time.
    pub concurrency: u64,
    /// Most messages in an invocation.
    pub batch_size: u64,
    /// Users in a message.
    pub per_message: u64,
    /// Articles in a list.
    pub list: u64,
    /// Articles that each user has read.
    pub reads: u64,
    /// The function's timeout, in seconds.
    pub timeout_s: u64,
    /// Processors of this machine.
    pub processors: u64,
}
