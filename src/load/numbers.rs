//! Parameters and results of a load run.

use serde::Serialize;

/// Results of a load run.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LoadMeasures {
    /// Seconds from the first send until the queue was empty, or the run ended.
    pub elapsed_s: f64,
    /// Duration of sending, in seconds.
    pub sending_s: f64,
    /// Users whose lists were sent.
    pub sent: u64,
    /// Lists written to the table.
    pub written: u64,
    /// Lists of which the filter kept nothing.
    pub skipped: u64,
    /// Messages returned for retry, counted each time.
    pub returned: u64,
    /// Messages in the DLQ at the end.
    pub dead: u64,
    /// Messages not handled at the end.
    pub left: u64,
    /// Maximum number of waiting messages.
    pub backlog_max: u64,
    /// Function invocations.
    pub invocations: u64,
    /// Invocations that failed or timed out.
    pub errors: u64,
    /// Mean duration of an invocation, in milliseconds.
    pub duration_ms: f64,
    /// Mean wait for facts per invocation, in milliseconds.
    pub facts_ms: f64,
    /// Mean time spent writing per invocation, including waits between retries, in milliseconds.
    pub write_ms: f64,
    /// Share of the time in which the function's slots were busy, 0 to 1.
    pub slots_busy: f64,
    /// Write capacity units consumed.
    pub wcu: f64,
    /// Writes throttled by the table, counted each time.
    pub throttled: u64,
    /// Share of this machine's CPU time that was used by this and all other processes, 0 to 1;
    /// `null` if unknown.
    pub machine_busy: Option<f64>,
}

/// Parameters of the run that the verdict depends on.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LoadParameters {
    /// Users to send.
    pub users: u64,
    /// Users per second; `null` is as fast as the queue accepts them.
    pub rate: Option<f64>,
    /// Write capacity units per second; `null` is no limit.
    pub wcu: Option<f64>,
    /// Maximum concurrent invocations.
    pub concurrency: u64,
    /// Maximum messages per invocation.
    pub batch_size: u64,
    /// Users per message.
    pub per_message: u64,
    /// Articles per list.
    pub list: u64,
    /// Articles read per user.
    pub reads: u64,
    /// Function timeout, in seconds.
    pub timeout_s: u64,
    /// Number of processors of this machine.
    pub processors: u64,
}

#[expect(clippy::cast_precision_loss, reason = "counts of a load run are far below 2^52")]
pub(super) fn float(number: u64) -> f64 {
    number as f64
}
