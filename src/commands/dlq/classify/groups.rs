//! Breakdown of messages by class, with reasons grouped by pattern.

use std::collections::{BTreeMap, HashSet};

use reco_core::classify::Class;
use serde::Serialize;

use reco_ops::dlq::judge::Row;

/// Maximum reasons shown per class.
const REASONS: usize = 5;

/// Messages of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Group {
    pub(super) class: Class,
    pub(super) messages: u64,
    /// Number of user entries, including bad ones.
    pub(super) users: u64,
    /// WCU needed to redrive them.
    pub(super) wcu: u64,
    /// Age of the oldest message, in seconds.
    pub(super) oldest_age_s: Option<i64>,
    /// Seconds until retention deletes the first message.
    pub(super) first_expiry_s: Option<i64>,
    /// Most frequent reasons, without the parts that differ between messages.
    pub(super) reasons: Vec<ReasonCount>,
    /// Number of reasons not shown.
    pub(super) more_reasons: u64,
    pub(super) action: &'static str,
    /// Command line to run next.
    pub(super) next: String,
}

/// Reason with the number of messages that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ReasonCount {
    pub(super) reason: String,
    pub(super) messages: u64,
    /// Id of the oldest message with this reason, as an example.
    pub(super) example: String,
}

/// Groups messages by class, in the order of [`Class::ALL`].
pub(super) fn group(rows: &[Box<Row>], next: impl Fn(Class) -> String) -> Vec<Group> {
    let of_class = |class: Class| {
        let rows = rows.iter().map(AsRef::as_ref);
        let rows: Vec<&Row> = rows.filter(|row: &&Row| row.verdict.class == class).collect();
        if rows.is_empty() {
            return None;
        }
        let mut reasons = count_reasons(&rows);
        let more_reasons = reasons.len().saturating_sub(REASONS) as u64;
        reasons.truncate(REASONS);
        Some(Group {
            class,
            messages: rows.len() as u64,
            users: rows.iter().map(|row| row.verdict.users as u64).sum(),
            wcu: rows.iter().map(|row| row.verdict.wcu).sum(),
            oldest_age_s: rows.iter().filter_map(|row| row.age_s).max(),
            first_expiry_s: rows.iter().filter_map(|row| row.time_left_s).min(),
            reasons,
            more_reasons,
            action: class.action(),
            next: next(class),
        })
    };
    Class::ALL.into_iter().filter_map(of_class).collect()
}

/// Counts the reasons, each once per message, most frequent first.
fn count_reasons(rows: &[&Row]) -> Vec<ReasonCount> {
    let mut counts: BTreeMap<String, (u64, &str)> = BTreeMap::new();
    for row in rows {
        let distinct: HashSet<String> =
            row.verdict.reasons.iter().map(|reason| normalised(reason)).collect();
        for reason in distinct {
            counts.entry(reason).or_insert((0, &row.message_id)).0 += 1;
        }
    }
    let count = |(reason, (messages, example)): (String, (u64, &str))| ReasonCount {
        reason,
        messages,
        example: example.to_owned(),
    };
    let mut counts: Vec<ReasonCount> = counts.into_iter().map(count).collect();
    counts.sort_by(|a, b| b.messages.cmp(&a.messages).then_with(|| a.reason.cmp(&b.reason)));
    counts
}

/// Patterns of positions and counts with their numbers removed, and the parts that are kept.
const PLACES: [(&str, &str); 6] = [
    (" at byte N (column N)", ""),
    (" at byte N (line N, column N)", ""),
    (" at rank N", ""),
    ("N of N ", ""),
    ("entry N", "entry"),
    ("all N ", "all "),
];

/// Removes from a reason what differs between messages: positions and counts are dropped, quoted
/// values become `"…"`, other numbers `N`. The keys of a foreign message stay, because they tell
/// whose it is.
fn normalised(reason: &str) -> String {
    if reason.starts_with(FOREIGN) {
        return reason.to_owned();
    }
    let mut text = without_values(reason);
    for (place, kept) in PLACES {
        text = text.replace(place, kept);
    }
    text
}

/// Prefix of the reason of a foreign message.
const FOREIGN: &str = "not a recommendation message: an object with ";

fn without_values(reason: &str) -> String {
    let mut text = String::with_capacity(reason.len());
    let mut rest = reason;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix(" (first: ") {
            rest = after.split_once(')').map_or("", |(_, after)| after);
        } else if first == '"' {
            text.push_str("\"…\"");
            rest = after_quoted(&rest[1..]);
        } else if first.is_ascii_digit() {
            text.push('N');
            rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        } else {
            text.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    text
}

fn after_quoted(text: &str) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_that_differ_only_in_values_are_one() {
        let shown = [
            "malformed at byte 44 (line 2, column 45): expected `,`",
            "3 of 50 users unknown (first: u-17)",
            r#"user id "a\"b 7" is not a whole number"#,
            r#"not a recommendation message: an object with "alarm", "host2""#,
            r#"cut off "in the middle"#,
            "entry 3 at byte 27 (column 28): article id at rank 2: null is not a valid id",
        ]
        .map(normalised);
        assert_eq!(
            shown,
            [
                "malformed: expected `,`",
                "users unknown",
                "user id \"…\" is not a whole number",
                "not a recommendation message: an object with \"alarm\", \"host2\"",
                "cut off \"…\"",
                "entry: article id: null is not a valid id",
            ]
        );
    }
}
