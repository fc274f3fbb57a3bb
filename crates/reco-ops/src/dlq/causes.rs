//! Recorded causes of messages in the DLQ.

use std::collections::{BTreeMap, BTreeSet};

use aws_config::SdkConfig;
use reco_core::cause::{Attempt, Logs, Silence, Throttles, Unknown};
use serde::Serialize;

use super::journal::FormerId;
use super::judge::Row;
use super::session::Session;
use crate::aws::sqs::MAX_RETENTION_S;
use crate::aws::{Cloudwatch, SeriesQuery, Span, Statistic};
use crate::journal::now_ms;
use crate::logs::{LogSpan, Recorded, read_causes};
use crate::metrics::targets::function_name;

/// Time before the first send, or before the run, that is read, too: clocks differ.
pub(in crate::dlq) const LEAD_MS: i64 = 60_000;
/// Time in which a metric may still be missing (AWS: within minutes).
const METRICS_LATE_MS: i64 = 5 * 60_000;
/// Time that a message may have waited in its queue before its first attempt.
const WAITED_MS: i64 = 3_600_000;
/// Time that a message may have been in a queue of which nothing is known.
const QUEUED_MS: i64 = 6 * 3_600_000;

/// Place and span of the function's log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CauseOptions {
    /// Function as configured: name or ARN.
    pub function: Option<String>,
    /// Log group, if it is not the function's default one.
    pub group: Option<String>,
    /// Seconds back from now to read; by default from the first send of the messages.
    pub since_s: Option<i64>,
    /// Follows messages through the journals to the ids that they had before they were redriven.
    pub follow: bool,
}

/// Log that was read, as shown in reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogRead {
    /// Name of the log group.
    pub group: Option<String>,
    /// Start of what was read, milliseconds since the epoch.
    pub since_ms: i64,
    /// Calls of CloudWatch Logs.
    pub calls: u64,
    /// Lines that they brought.
    pub lines: u64,
    /// Reason why it could not be read, or not all of it.
    pub problem: Option<String>,
}

impl LogRead {
    /// Returns the result of reading a log group from this time on.
    pub(in crate::dlq) fn of(group: Option<String>, since_ms: i64, recorded: &Recorded) -> Self {
        let problem = match &recorded.logs {
            Logs::NotRead(unknown) => Some(unknown.words()),
            Logs::Read { incomplete, .. } => incomplete.clone(),
        };
        LogRead { group, since_ms, calls: recorded.calls, lines: recorded.lines, problem }
    }
}

/// Recorded causes of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessageCause {
    /// Ids that it had before it was redriven, newest first.
    pub former_ids: Vec<FormerId>,
    /// Attempts that the log knows, the oldest first.
    pub attempts: Vec<Attempt>,
    /// Attempts after the last of them, by the source queue's `maxReceiveCount`, without a line.
    pub later_unknown: u64,
    /// Reason why no attempt is known.
    #[serde(flatten)]
    pub unknown: Option<Unknown>,
}

/// Recorded causes, by message id.
#[derive(Debug, Clone)]
pub struct Causes {
    /// The log.
    pub log: LogRead,
    /// Causes of each message asked for.
    pub messages: BTreeMap<String, MessageCause>,
}

impl CauseOptions {
    /// Returns the log group. AWS: `/aws/lambda/NAME` unless the function's logging configuration names
    /// another.
    #[must_use]
    pub(in crate::dlq) fn group(&self) -> Option<String> {
        let of = |function: &String| format!("/aws/lambda/{}", function_name(function));
        self.group.clone().or_else(|| self.function.as_ref().map(of))
    }
}

/// Reads the recorded causes of messages. What cannot be known is said with the reason; nothing fails.
pub async fn causes(session: &Session, rows: &[&Row], options: &CauseOptions) -> Causes {
    let ids = rows.iter().map(|row| row.message_id.as_str());
    let former = match options.follow {
        true => session.history.former_ids(ids),
        false => BTreeMap::new(),
    };
    let now_ms = now_ms();
    // AWS: a message that is moved to a FIFO DLQ is sent anew; one that was redriven, too.
    let moved_anew = session.pair.dlq.queue.fifo;
    let since_ms = since_ms(rows, moved_anew || !former.is_empty(), options, now_ms);
    let wanted: BTreeSet<String> = rows
        .iter()
        .map(|row| row.message_id.clone())
        .chain(former.values().flatten().map(|former| former.message_id.clone()))
        .collect();
    let group = options.group();
    let recorded = match &group {
        None => Recorded::nothing(Logs::NotRead(Unknown::NoFunction)),
        Some(group) => {
            let span = LogSpan { group: group.clone(), since_ms, until_ms: now_ms };
            read_causes(&session.sdk, &span, &wanted, &session.control.cancel).await
        }
    };
    let silent = recorded.record.silent().next().is_some();
    let readable = matches!(recorded.logs, Logs::Read { .. });
    let throttles = match options.function.as_deref().filter(|_| silent && readable) {
        Some(function) => throttles(&session.sdk, function_name(function), since_ms, now_ms).await,
        None => None,
    };
    let source = session.pair.source.as_ref().map(|source| source.queue.arn.as_str());
    let (throttles, queued_ms) = (throttles.as_ref(), queued_ms(session));
    let state = session.pair.source.as_ref().map(|source| &source.state);
    let redrive = state.and_then(|state| state.redrive.as_ref());
    let about = About {
        recorded: &recorded,
        throttles,
        queue: source,
        queued_ms,
        moved_anew,
        max_receives: redrive.map(|redrive| redrive.max_receive_count),
        now_ms,
    };
    let cause = |row: &&Row| {
        let former_ids = former.get(&row.message_id).cloned().unwrap_or_default();
        (row.message_id.clone(), about.message(row, former_ids))
    };
    let messages = rows.iter().map(cause).collect();
    Causes { log: LogRead::of(group, since_ms, &recorded), messages }
}

fn since_ms(rows: &[&Row], sent_anew: bool, options: &CauseOptions, now_ms: i64) -> i64 {
    let longest = (now_ms - MAX_RETENTION_S * 1000).max(0);
    if let Some(seconds) = options.since_s {
        return now_ms.saturating_sub(seconds.saturating_mul(1_000)).max(0);
    }
    // When a message was first sent is then not in the queue any more.
    let sent = rows.iter().filter_map(|row| row.sent_at_ms).min().filter(|_| !sent_anew);
    let first = sent.unwrap_or(longest).saturating_sub(LEAD_MS);
    first.clamp(longest, now_ms)
}

/// Throttled invocations of the function by minute, in epoch seconds; `None` if they cannot be had.
async fn throttles(
    sdk: &SdkConfig,
    function: &str,
    since_ms: i64,
    now_ms: i64,
) -> Option<BTreeMap<i64, f64>> {
    let start = since_ms.div_euclid(60_000) * 60;
    let end = now_ms.div_euclid(60_000) * 60 + 60;
    let query = SeriesQuery {
        namespace: "AWS/Lambda",
        metric: "Throttles",
        dimensions: vec![("FunctionName", function.to_owned())],
        statistic: Statistic::Sum,
    };
    let span = Span { start, end, period: 60 };
    let series = Cloudwatch::new(sdk).read(&[query], &span).await.ok()?.pop()?;
    series.incomplete.is_none().then_some(series.points)
}

/// Context shared by all messages.
struct About<'a> {
    recorded: &'a Recorded,
    throttles: Option<&'a BTreeMap<i64, f64>>,
    queue: Option<&'a str>,
    /// Time from the first send to the last attempt, at most: what happened to the function later says
    /// nothing of a message.
    queued_ms: i64,
    /// Whether the time sent is that of the move to the DLQ, after all attempts.
    moved_anew: bool,
    /// Receives after which the source queue moves a message.
    max_receives: Option<u64>,
    now_ms: i64,
}

/// Returns how long a message may have been in its queue. AWS: it is received again after its visibility
/// timeout, and moved after `maxReceiveCount` receives.
fn queued_ms(session: &Session) -> i64 {
    let state = session.pair.source.as_ref().map(|source| &source.state);
    let known = state.and_then(|state| {
        let receives = i64::try_from(state.redrive.as_ref()?.max_receive_count).ok()?;
        let timeout_ms = i64::try_from(state.visibility_timeout_s).ok()?.checked_mul(1_000)?;
        receives.checked_mul(timeout_ms)?.checked_add(WAITED_MS)
    });
    known.unwrap_or(QUEUED_MS)
}

impl About<'_> {
    fn message(&self, row: &Row, former_ids: Vec<FormerId>) -> MessageCause {
        let record = &self.recorded.record;
        let ids = former_ids.iter().rev().map(|former| former.message_id.as_str());
        let attempts: Vec<Attempt> =
            ids.chain([row.message_id.as_str()]).flat_map(|id| record.attempts(id)).collect();
        let now = attempts.iter().any(|attempt| attempt.message_id == row.message_id);
        let unknown = (!now).then(|| self.silence(row));
        let later_unknown = self.later_unknown(row, &attempts);
        MessageCause { former_ids, attempts, later_unknown, unknown }
    }

    /// AWS: a message is moved once it was received `maxReceiveCount` times.
    fn later_unknown(&self, row: &Row, attempts: &[Attempt]) -> u64 {
        if row.source.is_none() || row.source.as_deref() != self.queue {
            return 0;
        }
        let numbers = attempts.iter().filter(|attempt| attempt.message_id == row.message_id);
        let last = numbers.filter_map(|attempt| attempt.attempt).max();
        last.zip(self.max_receives).map_or(0, |(last, max)| max.saturating_sub(last))
    }

    /// Returns the span in which a message may have been in its queue, by the time sent.
    fn queued(&self, sent: i64) -> (i64, i64) {
        if self.moved_anew {
            return (sent.saturating_sub(self.queued_ms).max(0), sent);
        }
        (sent, sent.saturating_add(self.queued_ms).min(self.now_ms).max(sent))
    }

    fn silence(&self, row: &Row) -> Unknown {
        self.silence_at(row.sent_at_ms, row.source.as_deref())
    }

    fn silence_at(&self, sent_at_ms: Option<i64>, source: Option<&str>) -> Unknown {
        let (sent, left) = self.queued(sent_at_ms.unwrap_or_default());
        let throttled = |points: &BTreeMap<i64, f64>| {
            let since = sent.div_euclid(60_000) * 60;
            points.range(since..=left / 1_000).map(|(_, throttles)| *throttles).sum::<f64>()
        };
        let late = self.now_ms.saturating_sub(sent) < METRICS_LATE_MS;
        let throttles = match self.throttles.map(throttled) {
            // A count that is not there yet is no zero; nor is one of a time that is not certain.
            Some(throttles) if throttles < 1.0 && (late || self.moved_anew) => Throttles::Unknown,
            Some(throttles) => Throttles::Known(throttles as u64),
            None => Throttles::Unknown,
        };
        let silence = Silence {
            logs: &self.recorded.logs,
            // Of a message that was moved anew, the earliest time at which it may have been sent.
            sent_at_ms: sent_at_ms.map(|_| sent),
            now_ms: self.now_ms,
            source,
            queue: self.queue,
            throttles,
            starts_failed: self.recorded.record.starts_failed(sent..=left),
        };
        silence.reason()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reco_core::cause::Record;

    const HOUR: i64 = 3_600_000;

    fn reason(moved_anew: bool, throttled_at: i64) -> &'static str {
        let logs = Logs::Read { retention_days: None, since_ms: 0, incomplete: None };
        let mut record = Record::of(["m".to_owned()]);
        record.enter(90 * HOUR, reco_core::cause::read(r#"{"message":"init failed"}"#));
        let recorded = Recorded { record, logs, calls: 1, lines: 1 };
        let throttles = BTreeMap::from([(throttled_at / 1_000, 1.0)]);
        let about = About {
            recorded: &recorded,
            throttles: Some(&throttles),
            queue: Some("arn:q"),
            queued_ms: 2 * HOUR,
            moved_anew,
            max_receives: Some(3),
            now_ms: 100 * HOUR,
        };
        about.silence_at(Some(50 * HOUR), Some("arn:q")).name()
    }

    #[test]
    fn only_what_happened_while_the_message_was_in_its_queue_counts() {
        assert_eq!(reason(false, 51 * HOUR), "function-throttled");
        assert_eq!(reason(false, 53 * HOUR), "other-consumer");
        assert_eq!(reason(false, 49 * HOUR), "other-consumer");
        // A FIFO DLQ tells when the message was moved.
        assert_eq!(reason(true, 49 * HOUR), "function-throttled");
        assert_eq!(reason(true, 51 * HOUR), "no-line");
        assert_eq!(reason(true, 47 * HOUR), "no-line");
    }
}
