//! CloudWatch Logs: events of a log group.

use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::config::Builder;
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};

use super::{explain, retry_partition};
use crate::error::{Error, Kind};

/// Event of a log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvent {
    /// Time of the event, milliseconds since the epoch.
    pub at_ms: i64,
    /// Text of the event.
    pub text: String,
}

/// Page of events. It may be empty although more follows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogPage {
    /// Events that match.
    pub events: Vec<LogEvent>,
    /// Token of the next page.
    pub next: Option<String>,
}

/// Query for events of a group that match a pattern, from `start_ms` to `end_ms`, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogQuery<'a> {
    /// Name of the log group.
    pub group: &'a str,
    /// Filter pattern.
    pub pattern: &'a str,
    /// Milliseconds since the epoch.
    pub start_ms: i64,
    /// Milliseconds since the epoch.
    pub end_ms: i64,
}

/// Reason why a log cannot be read.
#[derive(Debug)]
pub enum Unreadable {
    /// The caller's policies do not allow it.
    Denied(Error),
    /// There is no such group.
    NoGroup,
    /// It is read too fast.
    Throttled,
    /// The call failed.
    Failed(Error),
}

/// CloudWatch Logs client.
#[derive(Debug, Clone)]
pub struct LogsClient {
    client: Client,
}

impl LogsClient {
    /// Creates a client with its own retry settings.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        let config = Builder::from(sdk).retry_partition(retry_partition("recoctl-logs")).build();
        LogsClient { client: Client::from_conf(config) }
    }

    /// Reads a page of events.
    ///
    /// # Errors
    /// Fails if the call fails.
    pub async fn page(
        &self,
        query: LogQuery<'_>,
        token: Option<String>,
    ) -> Result<LogPage, Unreadable> {
        let answer = self
            .client
            .filter_log_events()
            .log_group_name(query.group)
            .filter_pattern(query.pattern)
            .start_time(query.start_ms)
            .end_time(query.end_ms)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| unreadable(query.group, &error))?;
        let next = answer.next_token;
        let events = answer.events.unwrap_or_default().into_iter();
        let events = events
            .filter_map(|event| Some(LogEvent { at_ms: event.timestamp?, text: event.message? }));
        Ok(LogPage { events: events.collect(), next })
    }

    /// Returns the days that a group keeps its events: `None` for ever, or if it is not found.
    ///
    /// # Errors
    /// Fails if the call fails.
    pub async fn retention_days(&self, group: &str) -> Result<Option<u32>, Unreadable> {
        let answer = self
            .client
            .describe_log_groups()
            .log_group_name_prefix(group)
            .send()
            .await
            .map_err(|error| unreadable(group, &error))?;
        let named = |found: &&aws_sdk_cloudwatchlogs::types::LogGroup| {
            found.log_group_name.as_deref() == Some(group)
        };
        let days = answer.log_groups().iter().find(named).and_then(|found| found.retention_in_days);
        Ok(days.and_then(|days| u32::try_from(days).ok()))
    }
}

fn unreadable<E>(group: &str, error: &SdkError<E>) -> Unreadable
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    if error.code() == Some("ResourceNotFoundException") {
        return Unreadable::NoGroup;
    }
    // AWS: FilterLogEvents, ThrottlingException; LimitExceededException in older answers.
    let throttled = |code: &str| code.contains("Throttl") || code.contains("LimitExceeded");
    if error.code().is_some_and(throttled) {
        return Unreadable::Throttled;
    }
    let denied = error.code().is_some_and(|code| code.starts_with("AccessDenied"));
    let explained = explain(format!("cannot read log group {group}"), error);
    match denied && explained.kind == Kind::Credentials {
        true => Unreadable::Denied(explained),
        false => Unreadable::Failed(explained),
    }
}
