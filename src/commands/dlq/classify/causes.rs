//! Recorded causes beside classes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reco_core::cause::{Ended, Recorded};
use reco_ops::dlq::causes::{Causes, LogRead, MessageCause};
use reco_ops::dlq::judge::Row;
use serde::Serialize;

use super::groups::ClassGroup;
use crate::ui::{Tone, View, break_beside, count, escape_line};

/// Messages with the same recorded cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct CauseCount {
    /// Name of the cause of the last attempt; null if it is not known.
    pub(super) cause: Option<&'static str>,
    /// Name of the reason why it is not known.
    pub(super) not_known: Option<&'static str>,
    /// Description of either.
    pub(super) text: String,
    pub(super) messages: u64,
    /// Number of them with later attempts that left no line: the cause is the last known.
    pub(super) later_unknown: u64,
    /// Time of the first and the last of these attempts, milliseconds since the epoch.
    pub(super) first_at_ms: Option<i64>,
    pub(super) last_at_ms: Option<i64>,
    /// Id of the oldest of these messages, as an example.
    pub(super) example: String,
    #[serde(skip)]
    pub(super) recorded: Recorded,
}

impl CauseCount {
    /// Returns what advice needs of it.
    pub(super) fn ended(&self) -> Ended<'_> {
        Ended {
            recorded: &self.recorded,
            messages: self.messages,
            last_at_ms: self.last_at_ms,
            example: &self.example,
        }
    }
}

/// Enters the recorded causes of the messages into the groups of their classes.
pub(super) fn enter(groups: &mut [ClassGroup], rows: &[&Row], causes: &Causes) {
    for group in groups {
        let rows = rows.iter().filter(|row| row.verdict.class == group.class);
        let recorded =
            rows.filter_map(|row| Some((&*row.message_id, causes.messages.get(&row.message_id)?)));
        group.causes = counted(recorded);
    }
}

/// Counts messages by the cause of their last attempt, the most frequent first.
fn counted<'a>(messages: impl Iterator<Item = (&'a str, &'a MessageCause)>) -> Vec<CauseCount> {
    let mut counts: BTreeMap<(bool, String), CauseCount> = BTreeMap::new();
    for (id, message) in messages {
        let last = message.attempts.last().filter(|_| message.unknown.is_none());
        let recorded = match (last, &message.unknown) {
            (Some(last), _) => Recorded::Cause(last.cause.clone()),
            (None, Some(unknown)) => Recorded::Unknown(unknown.clone()),
            (None, None) => continue,
        };
        let (cause, not_known, text) = match &recorded {
            Recorded::Cause(cause) => (Some(cause.name()), None, cause.words()),
            Recorded::Unknown(unknown) => (None, Some(unknown.name()), unknown.summary()),
        };
        let at = last.map(|last| last.at_ms);
        let count = counts.entry((cause.is_none(), text.clone())).or_insert_with(|| CauseCount {
            cause,
            not_known,
            text,
            messages: 0,
            later_unknown: 0,
            first_at_ms: at,
            last_at_ms: at,
            example: id.to_owned(),
            recorded,
        });
        count.messages += 1;
        count.later_unknown += u64::from(message.later_unknown > 0);
        count.first_at_ms = count.first_at_ms.min(at);
        count.last_at_ms = count.last_at_ms.max(at);
    }
    let mut counts: Vec<CauseCount> = counts.into_values().collect();
    counts.sort_by(|a, b| b.messages.cmp(&a.messages).then_with(|| a.text.cmp(&b.text)));
    counts
}

/// Renders the causes of each class.
pub(super) fn table(groups: &[ClassGroup], log: &LogRead, view: &View) -> String {
    if log.problem.is_none() && groups.iter().all(|group| group.causes.is_empty()) {
        return String::new();
    }
    let heading = view.palette.paint(Tone::Heading, "recorded causes");
    let group = log.group.as_deref().map(escape_line).unwrap_or_default();
    let mut text = match &log.problem {
        // Each message's reason says the same.
        Some(problem) => format!("{heading}: {}\n", escape_line(problem)),
        None => format!("{heading} of the last attempts, by log group {group}:\n"),
    };
    let longest = groups.iter().map(|group| group.class.name().len()).max().unwrap_or_default();
    for group in groups {
        for (at, cause) in group.causes.iter().enumerate() {
            let class = if at == 0 { group.class.name() } else { "" };
            let indent = " ".repeat(2 + longest + 2 + 7 + 2);
            let words = match cause.not_known {
                Some(_) => format!("not known: {}", escape_line(&cause.text)),
                None => {
                    let text = escape_line(&cause.text);
                    format!("{text}{}{}", between(cause), last_known(cause))
                }
            };
            let words = break_beside(&words, view.width, &indent);
            text.push_str(&format!("  {class:<longest$}  {:>7}  {words}\n", count(cause.messages)));
        }
    }
    text
}

/// Returns what ended most of the messages, if it is known: `28 of 33: throttled writes, the last at
/// 2026-01-02 02:26 UTC`.
pub(super) fn main(causes: &[CauseCount], messages: u64) -> Option<String> {
    let cause = causes.first().filter(|cause| cause.cause.is_some())?;
    let last = CauseCount { first_at_ms: cause.last_at_ms, ..cause.clone() };
    let last = between(&last).replacen(", ", ", the last at ", 1);
    let (some, all) = (count(cause.messages), count(messages));
    Some(format!("{some} of {all}: {}{last}", escape_line(&cause.text)))
}

/// Returns how many of the messages had later attempts: ` (last known of 3: later attempts left no line)`.
fn last_known(cause: &CauseCount) -> String {
    match cause.later_unknown {
        0 => String::new(),
        some => format!(" (last known of {}: later attempts left no line)", count(some)),
    }
}

/// Returns when the attempts ended: `, 2026-01-02 02:10 to 02:25 UTC`.
fn between(cause: &CauseCount) -> String {
    let minute = |at: Option<i64>| {
        let at = Timestamp::from_millisecond(at?).ok()?.to_string();
        // 1970-01-01T02:10:00Z
        let (day, time) = at.split_once('T')?;
        Some((day.to_owned(), time.chars().take("02:10".len()).collect::<String>()))
    };
    match (minute(cause.first_at_ms), minute(cause.last_at_ms)) {
        (Some((day, first)), Some((same, last))) if day == same && first == last => {
            format!(", {day} {first} UTC")
        }
        (Some((day, first)), Some((same, last))) if day == same => {
            format!(", {day} {first} to {last} UTC")
        }
        (Some((day, first)), Some((other, last))) => {
            format!(", {day} {first} to {other} {last} UTC")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use reco_core::cause::{Attempt, Cause, Evidence, Unknown};

    use super::*;

    fn died(cause: Cause, at_ms: i64) -> MessageCause {
        let attempt = Attempt {
            message_id: "m".to_owned(),
            attempt: Some(3),
            at_ms,
            request_id: "r".to_owned(),
            cause,
            evidence: Evidence::MessageReturned,
            function: None,
        };
        MessageCause {
            former_ids: Vec::new(),
            attempts: vec![attempt],
            later_unknown: 1,
            unknown: None,
        }
    }

    #[test]
    fn messages_are_counted_by_what_ended_their_last_attempt() {
        const MINUTE: i64 = 60_000;
        let throttled = |at| died(Cause::ThrottledWrites { by: Vec::new() }, at);
        let silent = MessageCause {
            former_ids: Vec::new(),
            attempts: Vec::new(),
            later_unknown: 0,
            unknown: Some(Unknown::NoLine),
        };
        let messages = [
            ("a", throttled(130 * MINUTE)),
            ("b", died(Cause::FunctionTimeout, MINUTE)),
            ("c", throttled(145 * MINUTE)),
            ("d", silent),
        ];
        let counts = counted(messages.iter().map(|(id, message)| (*id, message)));
        assert_eq!(
            main(&counts, 33).as_deref(),
            Some("2 of 33: throttled writes, the last at 1970-01-01 02:25 UTC")
        );
        assert_eq!(main(&counts[1..], 33), None, "not known");
        let later: Vec<String> = counts.iter().map(last_known).collect();
        assert_eq!(later[0], " (last known of 2: later attempts left no line)");
        assert_eq!(later[1], "");
        let told = |count: &CauseCount| {
            let CauseCount { cause, not_known, messages, example, .. } = count.clone();
            (cause, not_known, messages, example, between(count))
        };
        assert_eq!(
            counts.iter().map(told).collect::<Vec<_>>(),
            [
                (
                    Some("throttled-writes"),
                    None,
                    2,
                    "a".to_owned(),
                    ", 1970-01-01 02:10 to 02:25 UTC".to_owned()
                ),
                (None, Some("no-line"), 1, "d".to_owned(), String::new()),
                (
                    Some("function-timeout"),
                    None,
                    1,
                    "b".to_owned(),
                    ", 1970-01-01 00:01 UTC".to_owned()
                ),
            ]
        );
    }
}
