//! CloudWatch Logs: the calls recoctl uses, over awsJson 1.1, on an in-memory store.
//!
//! `FilterLogEvents` (patterns of terms only) and `DescribeLogGroups`. The lines are those of the
//! sandbox's function, with the platform's lines around them.

mod error;
mod function;
mod pattern;

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::now_ms;
use crate::http::{Request, Response, StatusCode, respond};
use error::LogsError;
pub use function::{FunctionLogs, InvocationEnd, RunningInvocation};
use pattern::Pattern;

/// The `X-Amz-Target` prefix of CloudWatch Logs.
pub const TARGET_PREFIX: &str = "Logs_20140328.";
/// The media type of awsJson 1.1.
const MEDIA_TYPE: &str = "application/x-amz-json-1.1";
/// AWS, FilterLogEvents: "up to 1 MB or 10,000 log events" a page.
const PAGE_EVENTS: usize = 10_000;
const PAGE_BYTES: usize = 1 << 20;
/// Events looked at for a page. AWS: a page may be partial or empty although more follows.
const LOOKED_AT: usize = 20_000;
/// AWS, DescribeLogGroups: 50 groups a page.
const PAGE_GROUPS: usize = 50;
const DAY_MS: u64 = 86_400_000;

/// The CloudWatch Logs of a sandbox. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Logs(Arc<Mutex<BTreeMap<String, LogGroup>>>);

#[derive(Debug, Default)]
struct LogGroup {
    created_ms: u64,
    retention_days: Option<u32>,
    /// By time and order of arrival.
    events: BTreeMap<(u64, u64), StoredEvent>,
    arrived: u64,
}

fn made() -> LogGroup {
    LogGroup { created_ms: now_ms(), ..LogGroup::default() }
}

#[derive(Debug)]
struct StoredEvent {
    stream: String,
    ingested_ms: u64,
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FilterLogEvents {
    #[serde(alias = "logGroupIdentifier")]
    log_group_name: Option<String>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    filter_pattern: Option<String>,
    next_token: Option<String>,
    limit: Option<i64>,
    log_stream_names: Option<Value>,
    log_stream_name_prefix: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeLogGroups {
    log_group_name_prefix: Option<String>,
    next_token: Option<String>,
    limit: Option<i64>,
}

impl Logs {
    /// Creates a group, or sets how many days it keeps its events.
    pub fn create_group(&self, name: &str, retention_days: Option<u32>) {
        let mut groups = self.0.lock();
        groups.entry(name.to_owned()).or_insert_with(made).retention_days = retention_days;
    }

    /// Puts an event, and makes its group if there is none, as Lambda does.
    pub fn put(&self, group: &str, stream: &str, at_ms: u64, message: impl Into<String>) {
        let mut groups = self.0.lock();
        let group = groups.entry(group.to_owned()).or_insert_with(made);
        group.arrived += 1;
        let event = StoredEvent {
            stream: stream.to_owned(),
            ingested_ms: now_ms(),
            message: message.into(),
        };
        group.events.insert((at_ms, group.arrived), event);
    }

    /// Returns the texts of a group's events, the oldest first.
    #[must_use]
    pub fn lines(&self, group: &str) -> Vec<String> {
        let groups = self.0.lock();
        let events = groups.get(group).into_iter().flat_map(|group| group.events.values());
        events.map(|event| event.message.clone()).collect()
    }

    /// Answers one call of `operation`; `place` is the region and account of ARNs.
    #[must_use]
    pub fn handle(&self, operation: &str, request: &Request, place: (&str, &str)) -> Response {
        let answer = match operation {
            "FilterLogEvents" => read(request.body()).and_then(|asked| self.filter(&asked)),
            "DescribeLogGroups" => {
                read(request.body()).and_then(|asked| self.describe(&asked, place))
            }
            other => Err(LogsError::unknown_operation(other)),
        };
        match answer {
            Ok(body) => respond(StatusCode::OK, MEDIA_TYPE, body.to_string()),
            Err(error) => respond(StatusCode::BAD_REQUEST, MEDIA_TYPE, error.body()),
        }
    }

    fn filter(&self, asked: &FilterLogEvents) -> Result<Value, LogsError> {
        if asked.log_stream_names.is_some() || asked.log_stream_name_prefix.is_some() {
            return Err(LogsError::invalid("the sandbox does not filter by log stream"));
        }
        let name = asked.log_group_name.as_deref().unwrap_or_default();
        if name.is_empty() {
            return Err(LogsError::invalid("Log group name or identifier must be specified."));
        }
        let limit = within("limit", asked.limit, PAGE_EVENTS)?;
        let pattern = Pattern::parse(asked.filter_pattern.as_deref().unwrap_or_default())?;
        let time = |name, time: Option<i64>, otherwise| {
            match time {
            None => Ok(otherwise),
            Some(time) => u64::try_from(time).map_err(|_| {
                LogsError::invalid(format!("1 validation error detected: Value '{time}' at '{name}' failed to satisfy constraint: Member must have value greater than or equal to 0"))
            }),
        }
        };
        let start = time("startTime", asked.start_time, 0)?;
        let end = time("endTime", asked.end_time, u64::MAX)?;
        if start > end {
            return Err(LogsError::invalid("End time should be greater than start time"));
        }
        let groups = self.0.lock();
        // AWS: an identifier is a name or an ARN, whose last part is the name.
        let name = name.rsplit_once(":log-group:").map_or(name, |(_, name)| name);
        let group = groups.get(name).ok_or_else(LogsError::no_group)?;
        let from = match &asked.next_token {
            None => (start, 0),
            Some(token) => cursor(token).ok_or_else(LogsError::invalid_token)?,
        };
        let kept = group
            .retention_days
            .map_or(0, |days| now_ms().saturating_sub(u64::from(days) * DAY_MS));
        let (mut events, mut bytes, mut next) = (Vec::new(), 0, None);
        for (looked, ((at, order), event)) in group.events.range(from..).enumerate() {
            if *at > end {
                break;
            }
            if looked >= LOOKED_AT || events.len() >= limit || bytes > PAGE_BYTES {
                next = Some(format!("{at}/{order}"));
                break;
            }
            if *at >= start.max(kept) && pattern.matches(&event.message) {
                bytes += event.message.len();
                events.push(json!({
                    "logStreamName": event.stream, "timestamp": at, "message": event.message,
                    "ingestionTime": event.ingested_ms, "eventId": format!("{at:020}{order:036}"),
                }));
            }
        }
        let mut body = json!({ "events": events, "searchedLogStreams": [] });
        if let Some(next) = next {
            body["nextToken"] = json!(next);
        }
        Ok(body)
    }

    fn describe(
        &self,
        asked: &DescribeLogGroups,
        (region, account): (&str, &str),
    ) -> Result<Value, LogsError> {
        let limit = within("limit", asked.limit, PAGE_GROUPS)?;
        let prefix = asked.log_group_name_prefix.as_deref().unwrap_or_default();
        let after = asked.next_token.as_deref().unwrap_or_default();
        let groups = self.0.lock();
        let mut found = groups.iter().filter(|(name, _)| {
            name.starts_with(prefix) && (after.is_empty() || name.as_str() > after)
        });
        let arn = |name: &str| format!("arn:aws:logs:{region}:{account}:log-group:{name}");
        let mut last = None;
        let mut listed = Vec::new();
        for (name, group) in found.by_ref().take(limit) {
            let mut described = json!({
                "logGroupName": name, "creationTime": group.created_ms, "metricFilterCount": 0,
                "arn": format!("{}:*", arn(name)), "logGroupArn": arn(name), "storedBytes": 0,
                "logGroupClass": "STANDARD",
            });
            if let Some(days) = group.retention_days {
                described["retentionInDays"] = json!(days);
            }
            listed.push(described);
            last = Some(name);
        }
        let mut body = json!({ "logGroups": listed });
        if found.next().is_some() {
            body["nextToken"] = json!(last);
        }
        Ok(body)
    }
}

/// The answer to a call that the caller's policies do not allow.
pub(crate) fn denied(message: &str) -> Response {
    respond(StatusCode::BAD_REQUEST, MEDIA_TYPE, LogsError::denied(message).body())
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, LogsError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| LogsError::serialization(error.to_string()))
}

fn within(name: &str, asked: Option<i64>, most: usize) -> Result<usize, LogsError> {
    let Some(asked) = asked else { return Ok(most) };
    let number = usize::try_from(asked).ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| {
        let bound = match asked < 1 {
            true => "greater than or equal to 1".to_owned(),
            false => format!("less than or equal to {most}"),
        };
        LogsError::invalid(format!("1 validation error detected: Value '{asked}' at '{name}' failed to satisfy constraint: Member must have value {bound}"))
    })
}

fn cursor(token: &str) -> Option<(u64, u64)> {
    let (at, order) = token.split_once('/')?;
    Some((at.parse().ok()?, order.parse().ok()?))
}
