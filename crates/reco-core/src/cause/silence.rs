//! Reasons why the log says nothing of a message.

use serde::Serialize;

use crate::human::amount;

/// State of the function's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Logs {
    /// It was read.
    Read {
        /// Days that it keeps lines; `None` if unknown or for ever.
        retention_days: Option<u32>,
        /// Start of what was read, milliseconds since the epoch.
        since_ms: i64,
        /// Reason why some lines in it may not have been read.
        incomplete: Option<String>,
    },
    /// It was not.
    NotRead(Unknown),
}

/// Throttles of the function while a message was in its queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Throttles {
    /// So many.
    Known(u64),
    /// CloudWatch did not say.
    Unknown,
}

/// What is known of a message that no line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence<'a> {
    /// State of the log.
    pub logs: &'a Logs,
    /// Time that it was first sent, milliseconds since the epoch.
    pub sent_at_ms: Option<i64>,
    /// The time now.
    pub now_ms: i64,
    /// ARN of the queue it came from; `None` if it was sent to the DLQ directly.
    pub source: Option<&'a str>,
    /// ARN of the queue that the function is known to read.
    pub queue: Option<&'a str>,
    /// Throttled invocations of the function since then.
    pub throttles: Throttles,
    /// Starts of the function that failed since then, and the last error.
    pub starts_failed: (u64, Option<&'a str>),
}

/// Reason why the cause of a message is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
#[serde(tag = "not_known", rename_all = "kebab-case")]
pub enum Unknown {
    /// Neither function nor log group is configured.
    NoFunction,
    /// The log may not be read.
    NoPermission {
        /// Error of the call.
        error: String,
    },
    /// There is no such log group.
    NoLogGroup {
        /// Name of the group.
        group: String,
    },
    /// The log could not be read.
    Unreadable {
        /// Error of the call.
        error: String,
    },
    /// The log no longer has what is as old as the message.
    RetentionOver {
        /// Days that it keeps lines.
        days: u32,
    },
    /// The message is older than what was read.
    BeforeSince,
    /// Not all lines were read.
    NotAllRead {
        /// Reason.
        reason: String,
    },
    /// The message was sent to the DLQ directly.
    SentDirectly,
    /// It came from a queue of which it is not known whether the function reads it.
    OtherQueue {
        /// ARN of that queue.
        source: String,
    },
    /// The function could not start.
    NotStarted {
        /// Number of failed starts.
        starts: u64,
        /// Last error.
        error: Option<String>,
    },
    /// The function was probably throttled.
    FunctionThrottled {
        /// Throttled invocations while the message was in its queue.
        throttles: u64,
    },
    /// The function was not throttled, so another consumer probably received it.
    OtherConsumer,
    /// No line names it, and whether the function was throttled is not known.
    NoLine,
}

impl Unknown {
    /// Returns the name used in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// Returns a description for the operator.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Unknown::NoFunction => {
                "no function is configured (--function), nor a log group (RECOCTL_LOG_GROUP)".to_owned()
            }
            Unknown::NoPermission { error } => format!("the log may not be read: {error}"),
            Unknown::NoLogGroup { group } => format!("there is no log group {group}"),
            Unknown::Unreadable { error } => format!("the log could not be read: {error}"),
            Unknown::RetentionOver { days } => {
                format!("the log keeps {}, and the message is older", amount(u64::from(*days), "day"))
            }
            Unknown::BeforeSince => "the message is older than the log that was read (--since)".to_owned(),
            Unknown::NotAllRead { reason } => format!("not all of the log was read: {reason}"),
            Unknown::SentDirectly => "it was sent to the DLQ directly, past the function".to_owned(),
            Unknown::OtherQueue { source } => {
                let name = source.rsplit(':').next().unwrap_or(source);
                format!("no log line; it came from queue {name}, and whether the function reads that is not known")
            }
            Unknown::NotStarted { starts, error } => {
                let error = error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
                format!(
                    "no log line names it; the function failed to start {} then{error}",
                    amount(*starts, "time")
                )
            }
            Unknown::FunctionThrottled { throttles } => format!(
                "no log line: the function was probably throttled ({} then)",
                amount(*throttles, "throttle")
            ),
            Unknown::OtherConsumer => {
                "no log line, and no throttled invocation: another consumer of the queue probably received it".to_owned()
            }
            Unknown::NoLine => {
                "no log line; the function may have been throttled, or another consumer received it".to_owned()
            }
        }
    }
}

impl Unknown {
    /// Returns [`Unknown::words`] without numbers that differ between messages, so that equal reasons can be
    /// counted.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Unknown::FunctionThrottled { .. } => {
                "no log line: the function was probably throttled".to_owned()
            }
            Unknown::NotStarted { .. } => {
                "no log line names it; the function failed to start".to_owned()
            }
            other => other.words(),
        }
    }
}

impl Silence<'_> {
    /// Returns the reason; one that is certain comes before one that is probable.
    #[must_use]
    pub fn reason(&self) -> Unknown {
        let (retention_days, since_ms, incomplete) = match self.logs {
            Logs::NotRead(unknown) => return unknown.clone(),
            Logs::Read { retention_days, since_ms, incomplete } => {
                (*retention_days, *since_ms, incomplete)
            }
        };
        let Some(source) = self.source else { return Unknown::SentDirectly };
        let sent = self.sent_at_ms.unwrap_or(i64::MAX);
        if let Some(days) = retention_days
            && sent < self.now_ms.saturating_sub(i64::from(days) * 86_400_000)
        {
            return Unknown::RetentionOver { days };
        }
        if sent < since_ms {
            return Unknown::BeforeSince;
        }
        if let Some(reason) = incomplete {
            return Unknown::NotAllRead { reason: reason.clone() };
        }
        // Throttles and failed starts are those of the function behind the other queue.
        if self.queue.is_some_and(|queue| queue != source) {
            return Unknown::OtherQueue { source: source.to_owned() };
        }
        match (&self.throttles, self.starts_failed) {
            (Throttles::Known(throttles @ 1..), _) => {
                Unknown::FunctionThrottled { throttles: *throttles }
            }
            (_, (starts @ 1.., error)) => {
                Unknown::NotStarted { starts, error: error.map(str::to_owned) }
            }
            (Throttles::Known(0), _) => Unknown::OtherConsumer,
            (Throttles::Unknown, _) => Unknown::NoLine,
        }
    }
}
