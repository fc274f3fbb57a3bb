//! The function's log: what it says of a set of messages.
//!
//! By `FilterLogEvents`, which costs nothing, unlike Logs Insights, and answers with the lines that
//! match a pattern. Few messages are asked for by their ids. For many, every failure is read, and which
//! messages a batch had is asked for only where the function was stopped in the middle.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use futures::stream::{self, StreamExt, TryStreamExt};
use reco_core::cause::{
    BATCH_FAILED, BATCH_RECEIVED, INIT_FAILED, Logs, MESSAGE_RETURNED, Record, Unknown, read,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::aws::{LogEvent, LogPage, LogQuery, LogsClient, Unreadable};

/// Terms of a pattern at most: AWS allows 1,024 characters, and an id in quotes has 40.
const TERMS: usize = 24;
/// Messages or requests that are asked for by their ids.
const BY_ID: usize = 600;
/// Calls at a time.
const AT_ONCE: usize = 8;
/// Calls that may go at once after a pause.
const BURST: u32 = 8;
/// Time between calls, after these. AWS, CloudWatch Logs quotas: FilterLogEvents allows 5 to 25 a
/// second, which others share.
const PACE: Duration = Duration::from_millis(200);
/// Time without calls once one was throttled.
const HOLD: Duration = Duration::from_secs(1);
/// Pages read at most.
const PAGES: u64 = 5_000;
/// Time that reading may take.
const WITHIN: Duration = Duration::from_secs(90);
/// Characters of an error's text at most.
const SAID: usize = 300;

/// Patterns of the lines about a returned message, and about an end without an answer, the platform's in
/// text and JSON.
const FAILURES: [&str; 10] = [
    MESSAGE_RETURNED,
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

/// Result of reading a log.
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
    /// Returns the result for a log that was not read.
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
    pace: Pace,
    calls: AtomicU64,
    lines: AtomicU64,
}

/// Pace of calls: [`BURST`] after a pause, then one each [`PACE`].
struct Pace {
    next: Mutex<Instant>,
}

impl Pace {
    fn new(now: Instant) -> Self {
        Pace { next: Mutex::new(now) }
    }

    /// Returns when the next call may be made.
    fn turn(&self, now: Instant) -> Instant {
        let ahead = PACE * BURST;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(now) + PACE;
        next.checked_sub(ahead).map_or(now, |turn| turn.max(now))
    }

    /// Lets no call be made before `until`.
    fn hold(&self, until: Instant) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(until + PACE * BURST);
    }
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
    let pace = Pace::new(Instant::now());
    let reader = Reader { client: &client, span, cancel, deadline, pace, calls, lines };
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
        Err(Stopped::Unreadable(why)) => {
            let why = unknown(why, &span.group);
            match reader.lines.load(Ordering::Relaxed) {
                0 => Logs::NotRead(why),
                // What was read stays.
                _ => read(Some(why.words()), None),
            }
        }
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
        Unreadable::Throttled => Unknown::Unreadable { error: "throttled".to_owned() },
        Unreadable::Failed(error) => Unknown::Unreadable { error: said(&error) },
    }
}

impl Reader<'_> {
    /// The lines that name the messages, then what ended the requests of which the function says nothing.
    async fn few(&self, wanted: &BTreeSet<String>, record: &mut Record) -> Result<(), Stopped> {
        let ids: Vec<&String> = wanted.iter().collect();
        self.enter(naming(&ids), 1, record).await?;
        let requests: BTreeSet<String> = wanted
            .iter()
            .flat_map(|id| record.attempts(id))
            .filter(|attempt| attempt.cause == reco_core::cause::Cause::NoFailureReported)
            .map(|attempt| attempt.request_id)
            .collect();
        let requests: Vec<String> = requests.into_iter().collect();
        self.enter(naming(&requests), 1, record).await?;
        let silent = record.silent().next().is_some();
        // Why a function does not start is in lines that name no message.
        let starts = vec![any(&STARTS)];
        if silent { self.enter(starts, AT_ONCE, record).await } else { Ok(()) }
    }

    /// All failures, the batches of the requests that ended without an answer, and the lines about
    /// messages that are in none.
    async fn many(&self, record: &mut Record) -> Result<(), Stopped> {
        self.enter(vec![any(&FAILURES)], AT_ONCE, record).await?;
        let ended: Vec<String> = record.ended().map(str::to_owned).collect();
        if ended.len() <= BY_ID {
            self.enter(naming(&ended), 1, record).await?;
            let silent: Vec<String> = record.silent().map(str::to_owned).collect();
            if silent.len() <= BY_ID {
                return self.enter(naming(&silent), 1, record).await;
            }
        }
        self.enter(vec![any(&[BATCH_RECEIVED])], AT_ONCE, record).await
    }

    /// Reads all lines that match a pattern, the time cut into `slices`, and enters each page as it comes.
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
        let record = Mutex::new(record);
        stream::iter(parts)
            .map(Ok)
            .try_for_each_concurrent(AT_ONCE, |part| self.lines(part, &record))
            .await
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
    async fn lines(&self, query: LogQuery<'_>, record: &Mutex<&mut Record>) -> Result<(), Stopped> {
        let (mut token, mut seen) = (None::<String>, HashSet::new());
        loop {
            let page = self.page(query, token.clone()).await?;
            self.lines.fetch_add(page.events.len() as u64, Ordering::Relaxed);
            {
                let mut record = record.lock().unwrap_or_else(PoisonError::into_inner);
                for LogEvent { at_ms, text } in page.events {
                    record.enter(at_ms, read(&text));
                }
            }
            match page.next {
                None => return Ok(()),
                Some(next) if seen.insert(next.clone()) => token = Some(next),
                Some(_) => {
                    let reason = "the answer does not end: check --endpoint-url".to_owned();
                    return Err(Stopped::Incomplete(reason));
                }
            }
        }
    }

    /// Reads one page at the pace, again for as long as it is throttled.
    async fn page(&self, query: LogQuery<'_>, token: Option<String>) -> Result<LogPage, Stopped> {
        let mut throttled = false;
        loop {
            if self.calls.fetch_add(1, Ordering::Relaxed) >= PAGES {
                let reason = format!("more than {PAGES} pages; shorten --since");
                return Err(Stopped::Incomplete(reason));
            }
            let call = async {
                tokio::time::sleep_until(self.pace.turn(Instant::now())).await;
                self.client.page(query, token.clone()).await
            };
            let answer = tokio::select! {
                () = self.cancel.cancelled() => {
                    return Err(Stopped::Incomplete("interrupted".to_owned()));
                }
                () = tokio::time::sleep_until(self.deadline) => {
                    let by = if throttled { ": CloudWatch Logs throttles it" } else { "" };
                    let seconds = WITHIN.as_secs();
                    let reason = format!("it took longer than {seconds} s{by}; shorten --since");
                    return Err(Stopped::Incomplete(reason));
                }
                answer = call => answer,
            };
            match answer {
                Ok(page) => return Ok(page),
                Err(Unreadable::Throttled) => {
                    throttled = true;
                    self.pace.hold(Instant::now() + HOLD);
                }
                Err(why) => return Err(Stopped::Unreadable(why)),
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

/// Returns the patterns of the lines that name any of these ids.
fn naming(ids: &[impl AsRef<str>]) -> Vec<String> {
    ids.chunks(TERMS).map(any).collect()
}

/// Returns the pattern of lines that have any of these terms. AWS: terms in quotes, each with a question
/// mark; a backslash before a quote in them.
fn any(terms: &[impl AsRef<str>]) -> String {
    let term = |term: &str| format!("?\"{}\"", term.replace('\\', "\\\\").replace('"', "\\\""));
    terms.iter().map(|of| term(of.as_ref())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_paced_after_the_first_few() {
        let now = Instant::now();
        let pace = Pace::new(now);
        let turns: Vec<Duration> = (0..18).map(|_| pace.turn(now) - now).collect();
        assert!(turns[..8].iter().all(Duration::is_zero), "{turns:?}");
        assert_eq!((turns[8], turns[17]), (PACE, 10 * PACE));
        assert_eq!(pace.turn(now + 60 * PACE), now + 60 * PACE, "not held up by what is long over");
        let held = now + 60 * PACE;
        pace.hold(held + HOLD);
        assert!(pace.turn(held) > held + HOLD);
    }

    #[test]
    fn patterns_are_as_long_as_aws_allows() {
        let id = "ec5162f6-1f2e-4bd8-b6a1-000000000000";
        assert!(any(&vec![id; TERMS]).len() <= 1_024);
        assert!(any(&FAILURES).len() <= 1_024);
        assert_eq!(any(&["a b", "\"c\":1"]), r#"?"a b" ?"\"c\":1""#);
    }
}
