//! The log of a function: its own lines, and those that Lambda adds in its JSON format.
//!
//! AWS: "Log formats": `platform.start`, `platform.report` and, for a start that fails,
//! `platform.initReport`.

use std::time::Instant;

use reco_core::Time;
use serde_json::{Value, json};

use super::Logs;
use crate::clock::now_ms;

/// Memory of the sandbox's function in MB.
const MEMORY_MB: u64 = 512;
/// Memory that an invocation is said to have used: the sandbox does not measure it.
const USED_MB: u64 = 64;

/// Log group and stream of a function.
#[derive(Debug, Clone)]
pub struct FunctionLogs {
    logs: Logs,
    group: String,
    stream: String,
}

/// End of an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvocationEnd {
    /// The function answered.
    Success,
    /// The function answered with an error, or its process ended; with the type of the error.
    Error(&'static str),
    /// It was stopped at its timeout.
    Timeout,
    /// It was killed for its use of memory.
    OutOfMemory,
}

impl FunctionLogs {
    /// Returns the log of a function.
    #[must_use]
    pub fn of(logs: Logs, function: &str) -> Self {
        let stream = format!("sandbox/[$LATEST]{}", uuid::Uuid::new_v4().simple());
        Self { logs, group: group(function), stream }
    }

    /// Adds a line of the function.
    pub fn line(&self, line: impl Into<String>) {
        self.line_at(now_ms(), line);
    }

    /// Adds a line of an earlier time.
    pub(crate) fn line_at(&self, at_ms: u64, line: impl Into<String>) {
        self.logs.put(&self.group, &self.stream, at_ms, line);
    }

    /// Adds the line about an invocation that begins; dropping what is returned means that the function
    /// was stopped at its timeout.
    #[must_use]
    pub fn begin(&self, request_id: &str) -> RunningInvocation {
        self.begun_at(now_ms(), request_id);
        let request_id = request_id.to_owned();
        RunningInvocation { log: self.clone(), request_id, begun: Instant::now(), end: None }
    }

    /// Adds the line about a start that failed.
    pub fn not_started(&self) {
        let record = json!({
            "initializationType": "on-demand", "phase": "init", "status": "error",
            "errorType": "Runtime.ExitError",
        });
        self.platform(now_ms(), "platform.initReport", record);
    }

    /// Adds the line about an invocation that began.
    pub(crate) fn begun_at(&self, at_ms: u64, request_id: &str) {
        let record = json!({ "requestId": request_id, "version": "$LATEST" });
        self.platform(at_ms, "platform.start", record);
    }

    /// Adds the line about an invocation that ended after `took` milliseconds.
    pub(crate) fn ended_at(&self, at_ms: u64, request_id: &str, took: f64, end: &InvocationEnd) {
        let used = if *end == InvocationEnd::OutOfMemory { MEMORY_MB } else { USED_MB };
        let (status, error) = match end {
            InvocationEnd::Success => ("success", None),
            InvocationEnd::Error(kind) => ("error", Some(*kind)),
            InvocationEnd::Timeout => ("timeout", None),
            InvocationEnd::OutOfMemory => ("error", Some("Runtime.OutOfMemory")),
        };
        let mut record = json!({
            "requestId": request_id, "status": status,
            "metrics": {
                "durationMs": took, "billedDurationMs": took.ceil(),
                "memorySizeMB": MEMORY_MB, "maxMemoryUsedMB": used,
            },
        });
        if let Some(error) = error {
            record["errorType"] = json!(error);
        }
        self.platform(at_ms, "platform.report", record);
    }

    fn platform(&self, at_ms: u64, kind: &str, record: Value) {
        let time = Time::from_millis(i64::try_from(at_ms).unwrap_or(i64::MAX)).iso();
        self.line_at(at_ms, json!({ "time": time, "type": kind, "record": record }).to_string());
    }
}

/// Returns the log group of a function. AWS: `/aws/lambda/NAME` unless its logging configuration says
/// otherwise.
fn group(function: &str) -> String {
    format!("/aws/lambda/{function}")
}

/// Invocation that runs.
#[derive(Debug)]
pub struct RunningInvocation {
    log: FunctionLogs,
    request_id: String,
    begun: Instant,
    end: Option<InvocationEnd>,
}

impl RunningInvocation {
    /// Ends it.
    pub fn end(mut self, end: InvocationEnd) {
        self.end = Some(end);
    }
}

impl Drop for RunningInvocation {
    fn drop(&mut self) {
        let end = self.end.take().unwrap_or_else(|| match std::thread::panicking() {
            true => InvocationEnd::Error("Runtime.ExitError"),
            false => InvocationEnd::Timeout,
        });
        let took = self.begun.elapsed().as_secs_f64() * 1_000.0;
        self.log.ended_at(now_ms(), &self.request_id, took, &end);
    }
}
