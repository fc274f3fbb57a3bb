//! Lines joined by request and message.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::RangeInclusive;

use serde::Serialize;

use super::{Cause, End, FunctionVersion, Line, Returned};

/// Time within which lines about a failed start are about the same one.
const SAME_START_MS: i64 = 1_000;

/// Lines that a cause was concluded from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The function's line about the message.
    MessageReturned,
    /// The platform's line about the request, and the function's about its messages.
    Platform,
    /// The function's line about the messages of the batch, and none about an end.
    BatchReceived,
}

impl Evidence {
    /// Returns a description for the operator.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Evidence::MessageReturned => "the function's line about the message",
            Evidence::Platform => "Lambda's line about the request",
            Evidence::BatchReceived => {
                "the function's line about the batch, and none about its end"
            }
        }
    }
}

/// Attempt at a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// Id of the message then; a redrive gives it another one.
    pub message_id: String,
    /// Receives of the message, this one included.
    pub attempt: Option<u64>,
    /// Time of the line that says how it ended, milliseconds since the epoch.
    pub at_ms: i64,
    /// Request id of the invocation.
    pub request_id: String,
    /// Cause of the end.
    #[serde(flatten)]
    pub cause: Cause,
    /// Lines that say so.
    pub evidence: Evidence,
    /// Policy and version of the function, if its line names them.
    pub function: Option<FunctionVersion>,
}

/// What the log says of a message in one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Mention {
    received_ms: Option<i64>,
    attempt: Option<u64>,
    returned: Option<(Cause, i64, Option<FunctionVersion>)>,
}

/// Lines about a set of messages. In which order they were entered, and how often, does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    wanted: HashSet<String>,
    mentions: HashMap<String, BTreeMap<String, Mention>>,
    ends: HashMap<String, (End, i64)>,
    starts_failed: BTreeMap<i64, Option<String>>,
    partial: bool,
}

impl Record {
    /// Creates an empty record of these messages; lines about others are not kept.
    #[must_use]
    pub fn of(wanted: impl IntoIterator<Item = String>) -> Self {
        Record { wanted: wanted.into_iter().collect(), ..Record::default() }
    }

    /// Notes that not all lines were read: that none tells of an end then says nothing.
    pub const fn mark_partial(&mut self) {
        self.partial = true;
    }

    /// Enters a line of the time `at_ms`.
    pub fn enter(&mut self, at_ms: i64, line: Line) {
        match line {
            Line::Received { request, messages } => {
                for (message, attempt) in messages {
                    if let Some(mention) = self.mention(message, &request) {
                        mention.attempt = mention.attempt.max(attempt);
                        let known = mention.received_ms.unwrap_or(at_ms);
                        mention.received_ms = Some(known.min(at_ms));
                    }
                }
            }
            Line::Returned(Returned { request, message, attempt, cause, by }) => {
                if let Some(mention) = self.mention(message, &request) {
                    mention.attempt = mention.attempt.max(attempt);
                    // Of several, the gravest, so that their order does not matter.
                    let new = Some((cause, at_ms, by));
                    if new > mention.returned {
                        mention.returned = new;
                    }
                }
            }
            Line::Ended { request, end } => {
                let known = self.ends.entry(request).or_insert_with(|| (end.clone(), at_ms));
                known.1 = known.1.min(at_ms);
                if end > known.0 {
                    known.0 = end;
                }
            }
            Line::NotStarted { error } => {
                let known = self.starts_failed.entry(at_ms).or_default();
                *known = known.take().max(error);
            }
            Line::Unrelated => {}
        }
    }

    fn mention(&mut self, message: String, request: &str) -> Option<&mut Mention> {
        if !self.wanted.contains(&message) {
            return None;
        }
        let requests = self.mentions.entry(message).or_default();
        Some(requests.entry(request.to_owned()).or_default())
    }

    /// Returns the attempts at a message, the oldest first: one for each request that names it. If not all
    /// lines were read, only those of which a line says how they ended.
    #[must_use]
    pub fn attempts(&self, message_id: &str) -> Vec<Attempt> {
        let requests = self.mentions.get(message_id).into_iter().flatten();
        let mut attempts: Vec<Attempt> = requests
            .map(|(request, mention)| self.attempt(message_id, request, mention))
            .filter(|attempt| !self.partial || attempt.evidence != Evidence::BatchReceived)
            .collect();
        let order = |attempt: &Attempt| (attempt.at_ms, attempt.attempt);
        attempts.sort_by(|a, b| order(a).cmp(&order(b)).then(a.request_id.cmp(&b.request_id)));
        attempts
    }

    fn attempt(&self, message_id: &str, request: &str, mention: &Mention) -> Attempt {
        let received = mention.received_ms.unwrap_or_default();
        let (cause, at_ms, evidence, by) = match (&mention.returned, self.ends.get(request)) {
            (Some((cause, at, by)), _) => {
                (cause.clone(), *at, Evidence::MessageReturned, by.clone())
            }
            (None, Some((end, at))) => (end.cause(), *at, Evidence::Platform, None),
            (None, None) => (Cause::NoFailureReported, received, Evidence::BatchReceived, None),
        };
        let (message_id, request_id) = (message_id.to_owned(), request.to_owned());
        Attempt {
            message_id,
            attempt: mention.attempt,
            at_ms,
            request_id,
            cause,
            evidence,
            function: by,
        }
    }

    /// Returns the messages that no line names.
    pub fn silent(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().filter(|id| !self.mentions.contains_key(*id)).map(String::as_str)
    }

    /// Returns the requests that ended without an answer: which messages they had is in a line of the
    /// function.
    pub fn ended(&self) -> impl Iterator<Item = &str> {
        self.ends.keys().map(String::as_str)
    }

    /// Returns the number of starts that failed in a span of time, and the last error. The function and
    /// the platform both tell of a start: lines within a second are about the same one.
    #[must_use]
    pub fn starts_failed(&self, span: RangeInclusive<i64>) -> (u64, Option<&str>) {
        let failed = self.starts_failed.range(span);
        let error = failed.clone().filter_map(|(_, error)| error.as_deref()).next_back();
        let mut last = None::<i64>;
        let separate = failed.filter(|(at, _)| {
            let separate = last.is_none_or(|last| at.saturating_sub(last) > SAME_START_MS);
            last = Some(**at);
            separate
        });
        (separate.count() as u64, error)
    }
}
