//! The function's log: what it says of a set of messages.
//!
//! By `FilterLogEvents`, which costs nothing, unlike Logs Insights, and answers with the lines that
//! match a pattern. Few messages are asked for by their ids. For many, every failure is read, and which
//! messages a batch had is asked for only where the function was stopped in the middle.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_config::SdkConfig;
use futures::stream::{self, StreamExt};
use reco_core::cause::{
    BATCH_FAILED, BATCH_RECEIVED, INIT_FAILED, Line, Logs, MESSAGE_RETURNED, Record, Unknown, read,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::aws::{LogEvent, LogQuery, LogsClient, Unreadable};

/// Terms of a pattern at most: AWS allows 1,024 characters, and an id in quotes has 40.
const TERMS: usize = 24;
/// Messages or requests that are asked for by their ids.
const BY_ID: usize = 600;
/// Calls at a time. AWS, CloudWatch Logs quotas: FilterLogEvents allows 10 to 25 a second.
const AT_ONCE: usize = 8;
/// Pages read at most.
const PAGES: u64 = 5_000;
/// Time that reading may take.
const WITHIN: Duration = Duration::from_secs(90);
/// Characters of an error's text at most.
const SAID: usize = 300;

/// Patterns of the lines about an end without an answer, the platform's in text and JSON.
const ENDS: [&str; 9] = [
    BATCH_FAILED,
    INIT_FAILED,
    "Task timed out",
    "Status: timeout",
    "Status: error",
    "Runtime exited",
    "\"status\":\"timeout\"",
    "\"status\":\"error\"",
    "\"status\":\"failure\"",
];

/// Patterns of the lines about a start.
const STARTS: [&str; 3] = [INIT_FAILED, "INIT_REPORT", "platform.initReport"];

/// Part of a function's log to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSpan {
    /// Name of the log group.
    pub group: String,
    /// Start, milliseconds since the epoch.
    pub since_ms: i64,
    /// End, milliseconds since the epoch.
    pub until_ms: i64,
}

/// What a log says.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Lines about the messages.
    pub record: Record,
    /// State of the log.
    pub logs: Logs,
    /// Calls made.
    pub calls: u64,
    /// Lines read.
    pub lines: u64,
}

impl Recorded {
    /// What a log says that was not read.
    #[must_use]
    pub fn nothing(logs: Logs) -> Self {
        Recorded { record: Record::default(), logs, calls: 0, lines: 0 }
    }
}

/// Reader of one log.
struct Reader<'a> {
    client: &'a LogsClient,
    span: &'a LogSpan,
    cancel: &'a CancellationToken,
    deadline: Instant,
    calls: AtomicU64,
    lines: AtomicU64,
}

/// Reason why reading ended early.
enum Stopped {
    Unreadable(Unreadable),
    Incomplete(String),
}

/// Reads what the log says of `wanted` messages. It does not fail: why it says nothing is in the result.
pub async fn read_causes(
    sdk: &SdkConfig,
    span: &LogSpan,
    wanted: &BTreeSet<String>,
    cancel: &CancellationToken,
) -> Recorded {
    let client = LogsClient::new(sdk);
    let deadline = Instant::now() + WITHIN;
    let (calls, lines) = (AtomicU64::new(0), AtomicU64::new(0));
    let reader = Reader { client: &client, span, cancel, deadline, calls, lines };
    let mut record = Record::of(wanted.iter().cloned());
    let ended = match wanted.len() <= BY_ID {
        true => reader.few(wanted, &mut record).await,
        false => reader.many(&mut record).await,
    };
    if ended.is_err() {
        record.mark_partial();
    }
    let read = |incomplete, retention_days| Logs::Read {
        retention_days,
        since_ms: span.since_ms,
        incomplete,
    };
    let logs = match ended {
        Ok(()) => read(None, reader.retention_days(&record).await),
        Err(Stopped::Incomplete(reason)) => read(Some(reason), None),
        Err(Stopped::Unreadable(why)) => Logs::NotRead(unknown(why, &span.group)),
    };
    let (calls, lines) = (reader.calls.into_inner(), reader.lines.into_inner());
    Recorded { record, logs, calls, lines }
}

fn unknown(why: Unreadable, group: &str) -> Unknown {
    let said = |error: &crate::error::Error| {
        let text = error.causes.first().cloned().unwrap_or_else(|| error.to_string());
        reco_core::clip::clip(&text, SAID).into_owned()
    };
    match why {
        Unreadable::Denied(error) => Unknown::NoPermission { error: said(&error) },
        Unreadable::NoGroup => Unknown::NoLogGroup { group: group.to_owned() },
        Unreadable::Failed(error) => Unknown::Unreadable { error: said(&error) },
    }
}

impl Reader<'_> {
    /// The lines that name the messages, then what ended the requests of which the function says nothing.
    async fn few(&self, wanted: &BTreeSet<String>, record: &mut Record) -> Result<(), Stopped> {
        let ids: Vec<&str> = wanted.iter().map(String::as_str).collect();
        self.enter(self.naming(&ids), 1, record).await?;
        let requests: BTreeSet<String> = wanted
            .iter()
            .flat_map(|id| record.attempts(id))
            .filter(|attempt| attempt.cause == reco_core::cause::Cause::NoFailureReported)
            .map(|attempt| attempt.request_id)
            .collect();
        let requests: Vec<&str> = requests.iter().map(String::as_str).collect();
        self.enter(self.naming(&requests), 1, record).await?;
        let silent = record.silent().next().is_some();
        // Why a function does not start is in lines that name no message.
        let starts = vec![any(&STARTS)];
        if silent { self.enter(starts, AT_ONCE, record).await } else { Ok(()) }
    }

    /// All failures, the batches of the requests that ended without an answer, and the lines about
    /// messages that are in none.
    async fn many(&self, record: &mut Record) -> Result<(), Stopped> {
        let mut failures = vec![MESSAGE_RETURNED];
        failures.extend(ENDS);
        self.enter(vec![any(&failures)], AT_ONCE, record).await?;
        let ended: Vec<String> = record.ended().map(str::to_owned).collect();
        let mut all_batches = ended.len() > BY_ID;
        match all_batches {
            true => self.enter(vec![any(&[BATCH_RECEIVED])], AT_ONCE, record).await?,
            false => {
                let ended: Vec<&str> = ended.iter().map(String::as_str).collect();
                self.enter(self.naming(&ended), 1, record).await?;
            }
        }
        let silent: Vec<String> = record.silent().map(str::to_owned).collect();
        if silent.len() > BY_ID && !all_batches {
            all_batches = true;
            self.enter(vec![any(&[BATCH_RECEIVED])], AT_ONCE, record).await?;
        }
        if all_batches {
            return Ok(());
        }
        let silent: Vec<&str> = silent.iter().map(String::as_str).collect();
        self.enter(self.naming(&silent), 1, record).await
    }

    /// Patterns of the lines that name any of these ids.
    fn naming(&self, ids: &[&str]) -> Vec<String> {
        ids.chunks(TERMS).map(any).collect()
    }

    /// Reads all lines that match a pattern, the time cut into `slices`, and enters them.
    async fn enter(
        &self,
        patterns: Vec<String>,
        slices: usize,
        record: &mut Record,
    ) -> Result<(), Stopped> {
        let parts = patterns.iter().flat_map(|pattern| {
            self.slices(slices).into_iter().map(move |(start_ms, end_ms)| LogQuery {
                group: &self.span.group,
                pattern,
                start_ms,
                end_ms,
            })
        });
        let parts: Vec<LogQuery<'_>> = parts.collect();
        let mut answers =
            stream::iter(parts).map(|part| self.lines(part)).buffer_unordered(AT_ONCE);
        while let Some(lines) = answers.next().await {
            for (at_ms, line) in lines? {
                record.enter(at_ms, line);
            }
        }
        Ok(())
    }

    /// Cuts the span into parts that do not overlap.
    fn slices(&self, number: usize) -> Vec<(i64, i64)> {
        let LogSpan { since_ms, until_ms, .. } = *self.span;
        let number = i64::try_from(number).unwrap_or(1).max(1);
        let length = (until_ms.saturating_sub(since_ms) / number).max(60_000);
        let mut slices = Vec::new();
        let mut start = since_ms;
        while start <= until_ms {
            let end = start.saturating_add(length).min(until_ms);
            slices.push((start, end));
            start = end + 1;
        }
        slices
    }

    /// Reads the lines of one query, page by page.
    async fn lines(&self, query: LogQuery<'_>) -> Result<Vec<(i64, Line)>, Stopped> {
        let (mut lines, mut token) = (Vec::new(), None::<String>);
        let mut seen = HashSet::new();
        loop {
            if self.calls.fetch_add(1, Ordering::Relaxed) >= PAGES {
                return Err(Stopped::Incomplete(format!(
                    "more than {PAGES} pages; shorten --since"
                )));
            }
            let page = tokio::select! {
                () = self.cancel.cancelled() => {
                    return Err(Stopped::Incomplete("interrupted".to_owned()));
                }
                () = tokio::time::sleep_until(self.deadline) => {
                    let seconds = WITHIN.as_secs();
                    let reason = format!("it took longer than {seconds} s; shorten --since");
                    return Err(Stopped::Incomplete(reason));
                }
                page = self.client.page(query, token.clone()) => page.map_err(Stopped::Unreadable)?,
            };
            self.lines.fetch_add(page.events.len() as u64, Ordering::Relaxed);
            let read = |event: LogEvent| (event.at_ms, read(&event.text));
            let read = page.events.into_iter().map(read);
            lines.extend(read.filter(|(_, line)| *line != Line::Unrelated));
            match page.next {
                None => return Ok(lines),
                Some(next) if seen.insert(next.clone()) => token = Some(next),
                Some(_) => {
                    let reason = "the answer does not end: check --endpoint-url".to_owned();
                    return Err(Stopped::Incomplete(reason));
                }
            }
        }
    }

    /// Returns the log's retention, if a message without a line makes it matter and it may be asked for.
    async fn retention_days(&self, record: &Record) -> Option<u32> {
        record.silent().next()?;
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.client.retention_days(&self.span.group).await.ok().flatten()
    }
}

/// Returns the pattern of lines that have any of these terms. AWS: terms in quotes, each with a question
/// mark; a backslash before a quote in them.
fn any(terms: &[&str]) -> String {
    let term = |term: &&str| format!("?\"{}\"", term.replace('\\', "\\\\").replace('"', "\\\""));
    terms.iter().map(term).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_as_long_as_aws_allows() {
        let id = "ec5162f6-1f2e-4bd8-b6a1-000000000000";
        assert!(any(&vec![id; TERMS]).len() <= 1_024);
        let mut failures = vec![MESSAGE_RETURNED];
        failures.extend(ENDS);
        assert!(any(&failures).len() <= 1_024);
        assert_eq!(any(&["a b", "\"c\":1"]), r#"?"a b" ?"\"c\":1""#);
    }
}
