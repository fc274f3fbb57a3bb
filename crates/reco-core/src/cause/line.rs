//! Lines of the function's log, its own and the platform's.
//!
//! AWS: "Monitoring and troubleshooting Lambda: log formats" (`platform.report` in JSON, `REPORT
//! RequestId:` as text), "Telemetry API: platform events".

use serde::Serialize;
use serde_json::{Map, Value};

use super::{BATCH_FAILED, BATCH_RECEIVED, Cause, INIT_FAILED, MESSAGE_RETURNED};
use crate::clip::clip;

/// Characters kept of a text in a line.
const SAID: usize = 300;

/// Line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A batch with its messages and, as far as known, the number of the attempt.
    Received {
        /// Request id of the invocation.
        request: String,
        /// Messages by id.
        messages: Vec<(String, Option<u64>)>,
    },
    /// A message was returned for retry.
    Returned(Returned),
    /// The invocation ended without an answer of the function.
    Ended {
        /// Request id of the invocation.
        request: String,
        /// End of the invocation.
        end: End,
    },
    /// The function could not start.
    NotStarted {
        /// Error, as far as said.
        error: Option<String>,
    },
    /// Anything else.
    Unrelated,
}

/// Message returned for retry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Request id of the invocation.
    pub request: String,
    /// Message id.
    pub message: String,
    /// Receives of the message, that one included.
    pub attempt: Option<u64>,
    /// Cause of the failure.
    pub cause: Cause,
    /// Policy and version of the function, if the line names them.
    pub by: Option<FunctionVersion>,
}

/// Version of a function that returned a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FunctionVersion {
    /// Fingerprint of its policy.
    pub policy: String,
    /// Version of its code.
    pub version: Option<String>,
    /// Version as published (AWS: `AWS_LAMBDA_FUNCTION_VERSION`).
    pub function_version: Option<String>,
}

impl FunctionVersion {
    /// Returns a description for the operator, with the fingerprint as short as reports show it.
    #[must_use]
    pub fn words(&self) -> String {
        let policy: String = self.policy.chars().take(12).collect();
        let version = self.version.as_deref().unwrap_or("unknown");
        let published = self.function_version.as_ref();
        let published = published.map(|published| format!(", published as {published}"));
        format!("policy {policy}, version {version}{}", published.unwrap_or_default())
    }
}

/// End of an invocation without an answer, from vague to certain: of several lines about one request,
/// the greatest counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The process ended, or the runtime reported an error.
    Crashed(Option<String>),
    /// The function failed the whole batch.
    Failed(Option<String>),
    /// It was stopped at its timeout.
    Timeout,
    /// It was killed for its use of memory.
    OutOfMemory,
}

impl End {
    /// Returns the cause that it is for the messages of the batch.
    #[must_use]
    pub fn cause(&self) -> Cause {
        match self {
            End::Crashed(error) => Cause::Crashed { error: error.clone() },
            End::Failed(error) => Cause::BatchFailed { error: error.clone() },
            End::Timeout => Cause::FunctionTimeout,
            End::OutOfMemory => Cause::OutOfMemory,
        }
    }
}

/// Reads a line. One that is neither the function's nor the platform's is [`Line::Unrelated`].
#[must_use]
pub fn read(text: &str) -> Line {
    let text = text.trim();
    match text.starts_with('{') {
        true => match serde_json::from_str::<Map<String, Value>>(text) {
            Ok(line) => of_object(&line),
            Err(_) => Line::Unrelated,
        },
        false => of_text(text),
    }
}

fn of_object(line: &Map<String, Value>) -> Line {
    if let Some(kind) = text(line, "type").filter(|kind| kind.starts_with("platform.")) {
        return of_platform(kind, line.get("record"));
    }
    let request = text(line, "request_id").filter(|id| !id.is_empty()).map(str::to_owned);
    match (text(line, "message").unwrap_or_default(), request) {
        (BATCH_RECEIVED, Some(request)) => Line::Received { request, messages: messages(line) },
        (MESSAGE_RETURNED, Some(request)) => match text(line, "message_id") {
            Some(message) => Line::Returned(Returned {
                request,
                message: message.to_owned(),
                attempt: number(line, "attempt"),
                cause: cause(line),
                by: by(line),
            }),
            None => Line::Unrelated,
        },
        (BATCH_FAILED, Some(request)) => {
            Line::Ended { request, end: End::Failed(said(line, "error")) }
        }
        (INIT_FAILED, _) => Line::NotStarted { error: said(line, "error") },
        // The platform's line as it stands in a log of objects.
        (message, _) => match (of_text(message), text(line, "requestId")) {
            (Line::Ended { end, request }, named) => {
                Line::Ended { request: named.map_or(request, str::to_owned), end }
            }
            _ => Line::Unrelated,
        },
    }
}

fn messages(line: &Map<String, Value>) -> Vec<(String, Option<u64>)> {
    let listed = line.get("messages").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let message = |value: &Value| {
        let message = value.as_object()?;
        Some((text(message, "message_id")?.to_owned(), number(message, "attempt")))
    };
    listed.iter().filter_map(message).collect()
}

fn cause(line: &Map<String, Value>) -> Cause {
    let error = said(line, "error");
    let count = |name| number(line, name).unwrap_or_default();
    match text(line, "reason").unwrap_or_default() {
        "malformed" => Cause::Malformed { at: said(line, "at").unwrap_or_default() },
        "foreign" => Cause::Foreign,
        "bad-entries" => match (count("bad"), count("rejected")) {
            (0, 1..) => Cause::RefusedItem { error },
            (bad, rejected) => Cause::BadEntries { bad, rejected },
        },
        "not-written" => {
            let throttled = line.get("throttled").and_then(Value::as_bool).unwrap_or_default();
            match (count("refused") > 0 && count("refused") == count("users"), throttled) {
                (true, _) => Cause::RefusedItem { error },
                (false, true) => Cause::ThrottledWrites { by: throttled_by(line) },
                (false, false) => Cause::NotWritten { error },
            }
        }
        "behind-failure" => Cause::BehindFailure,
        "no-facts" => Cause::Facts { stage: said(line, "stage").unwrap_or_default(), error },
        "no-layout" => Cause::NoLayout { error },
        other => Cause::Other { reason: clip(other, SAID).into_owned() },
    }
}

fn throttled_by(line: &Map<String, Value>) -> Vec<String> {
    let named = line.get("throttled_by").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut by: Vec<String> =
        named.iter().filter_map(Value::as_str).map(|by| clip(by, SAID).into_owned()).collect();
    by.sort_unstable();
    by
}

/// Returns the policy and version that a line names.
fn by(line: &Map<String, Value>) -> Option<FunctionVersion> {
    let named = |name| said(line, name).filter(|text| !text.is_empty());
    Some(FunctionVersion {
        policy: named("policy")?,
        version: named("version"),
        function_version: named("function_version"),
    })
}

/// AWS, Telemetry API: `platform.report`, `platform.runtimeDone` and `platform.initReport` have a
/// `status` of `success`, `failure`, `error` or `timeout`.
fn of_platform(kind: &str, record: Option<&Value>) -> Line {
    let record = match record {
        Some(Value::Object(record)) => record,
        Some(Value::String(words)) => return of_text(words),
        _ => return Line::Unrelated,
    };
    let error = said(record, "errorType");
    let status = text(record, "status").unwrap_or_default();
    if kind == "platform.initReport" || kind == "platform.initRuntimeDone" {
        return match status {
            "error" | "failure" | "timeout" => Line::NotStarted { error },
            _ => Line::Unrelated,
        };
    }
    let Some(request) = text(record, "requestId").filter(|id| !id.is_empty()) else {
        return Line::Unrelated;
    };
    let metrics = record.get("metrics").and_then(Value::as_object);
    let megabytes = |name| metrics.and_then(|metrics| metrics.get(name)?.as_f64());
    let exhausted = matches!((megabytes("maxMemoryUsedMB"), megabytes("memorySizeMB")), (Some(used), Some(size)) if used >= size);
    ended(request, status, error, exhausted)
}

fn ended(request: &str, status: &str, error: Option<String>, exhausted: bool) -> Line {
    let out_of_memory = exhausted || error.as_ref().is_some_and(|e| e.contains("OutOfMemory"));
    let end = match status {
        "timeout" => End::Timeout,
        "error" | "failure" if out_of_memory => End::OutOfMemory,
        "error" | "failure" => End::Crashed(error),
        _ => return Line::Unrelated,
    };
    Line::Ended { request: request.to_owned(), end }
}

/// Reads a line of the platform in text format.
fn of_text(text: &str) -> Line {
    if let Some((before, _)) = text.split_once("Task timed out after") {
        // 2026-01-02T03:04:05.123Z REQUEST-ID Task timed out after 3.00 seconds
        let named = after(text, "RequestId: ").or_else(|| before.split_whitespace().last());
        return match named {
            Some(request) => Line::Ended { request: request.to_owned(), end: End::Timeout },
            None => Line::Unrelated,
        };
    }
    if text.starts_with("INIT_REPORT") {
        return match after(text, "Status: ") {
            Some("error" | "failure" | "timeout") => {
                Line::NotStarted { error: after(text, "Error Type: ").map(str::to_owned) }
            }
            _ => Line::Unrelated,
        };
    }
    let Some(request) = after(text, "RequestId: ") else { return Line::Unrelated };
    if let Some((_, how)) = text.split_once("Error: Runtime exited") {
        let end = match how.contains("signal: killed") {
            true => End::OutOfMemory,
            false => End::Crashed(Some(clip(&format!("Runtime exited{how}"), SAID).into_owned())),
        };
        return Line::Ended { request: request.to_owned(), end };
    }
    if text.contains("Process exited before completing request") {
        return Line::Ended { request: request.to_owned(), end: End::Crashed(None) };
    }
    if !text.starts_with("REPORT ") {
        return Line::Unrelated;
    }
    let megabytes = |name| after(text, name)?.parse::<f64>().ok();
    let exhausted = matches!((megabytes("Max Memory Used: "), megabytes("Memory Size: ")), (Some(used), Some(size)) if used >= size);
    let error = after(text, "Error Type: ").map(|error| clip(error, SAID).into_owned());
    ended(request, after(text, "Status: ").unwrap_or_default(), error, exhausted)
}

/// Returns the word after a name.
fn after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(name)?;
    rest.split_whitespace().next()
}

fn text<'a>(line: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    line.get(name)?.as_str()
}

fn said(line: &Map<String, Value>, name: &str) -> Option<String> {
    text(line, name).map(|text| clip(text, SAID).into_owned())
}

fn number(line: &Map<String, Value>, name: &str) -> Option<u64> {
    line.get(name)?.as_u64()
}
