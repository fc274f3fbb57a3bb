//! Reasons of many messages as one line each: only what differs between them is collapsed.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use reco_ops::dlq::judge::Row;

/// Reason with the number of messages that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ReasonCount {
    pub(super) reason: String,
    pub(super) messages: u64,
    /// Id of the oldest message with this reason, as an example.
    pub(super) example: String,
}

/// Counts the reasons, each once per message, most frequent first.
pub(super) fn count_reasons(rows: &[&Row]) -> Vec<ReasonCount> {
    let mut merged: BTreeMap<Vec<ReasonPart>, (Vec<ReasonPart>, u64, &str)> = BTreeMap::new();
    for row in rows {
        let mut counted = HashSet::new();
        for reason in &row.verdict.reasons {
            let parts = parts(reason);
            let key = key(reason, &parts);
            let first = counted.insert(key.clone());
            match merged.get_mut(&key) {
                None => {
                    merged.insert(key, (parts, 1, &row.message_id));
                }
                Some((known, messages, _)) => {
                    known.iter_mut().zip(parts).for_each(|(known, part)| known.merge(part));
                    *messages += u64::from(first);
                }
            }
        }
    }
    let count = |(parts, messages, example): (Vec<ReasonPart>, u64, &str)| ReasonCount {
        reason: parts.iter().map(ReasonPart::text).collect(),
        messages,
        example: example.to_owned(),
    };
    let mut counts: Vec<ReasonCount> = merged.into_values().map(count).collect();
    counts.sort_by(|a, b| b.messages.cmp(&a.messages).then_with(|| a.reason.cmp(&b.reason)));
    counts
}

/// Prefix of the reason of a foreign message. Its keys tell whose it is, so none is collapsed.
const FOREIGN: &str = "not a recommendation message";

/// Part of a reason, as it is in all messages merged so far.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum ReasonPart {
    /// Words, ids and dates. Two forms of a word, such as `list` and `lists`, become the longer one.
    Text(String),
    /// A number, or the smallest and the largest one.
    Number(u64, u64),
    /// A quoted value; `None` where it differs.
    Quoted(Option<String>),
    /// A place in the body or the first of several users; `None` where it differs.
    Aside(Option<String>),
}

impl ReasonPart {
    fn merge(&mut self, other: ReasonPart) {
        match (self, other) {
            (ReasonPart::Text(text), ReasonPart::Text(other)) if other.len() > text.len() => {
                *text = other
            }
            (ReasonPart::Number(least, most), ReasonPart::Number(low, high)) => {
                (*least, *most) = ((*least).min(low), (*most).max(high));
            }
            (ReasonPart::Quoted(value), ReasonPart::Quoted(other))
            | (ReasonPart::Aside(value), ReasonPart::Aside(other))
                if *value != other =>
            {
                *value = None;
            }
            _ => {}
        }
    }

    fn text(&self) -> String {
        match self {
            ReasonPart::Text(text) => text.clone(),
            ReasonPart::Number(least, most) if least == most => least.to_string(),
            ReasonPart::Number(least, most) => format!("{least} to {most}"),
            ReasonPart::Quoted(value) => value.clone().unwrap_or_else(|| "\"…\"".to_owned()),
            ReasonPart::Aside(value) => value.clone().unwrap_or_default(),
        }
    }
}

/// Returns what messages must share for their reasons to be merged: as many parts, each of the same
/// kind, and the same words in the singular or the plural.
fn key(reason: &str, parts: &[ReasonPart]) -> Vec<ReasonPart> {
    if reason.starts_with(FOREIGN) {
        return vec![ReasonPart::Text(reason.to_owned())];
    }
    let of = |part: &ReasonPart| match part {
        ReasonPart::Text(text) => {
            let singular = text.strip_suffix('s').filter(|singular| !singular.is_empty());
            ReasonPart::Text(singular.unwrap_or(text).to_owned())
        }
        ReasonPart::Number(..) => ReasonPart::Number(0, 0),
        ReasonPart::Quoted(_) => ReasonPart::Quoted(None),
        ReasonPart::Aside(_) => ReasonPart::Aside(None),
    };
    parts.iter().map(of).collect()
}

fn parts(reason: &str) -> Vec<ReasonPart> {
    let mut parts = Vec::new();
    let mut rest = reason;
    while let Some(first) = rest.chars().next() {
        let (part, length) = if let Some(length) = aside(rest) {
            (ReasonPart::Aside(Some(rest[..length].to_owned())), length)
        } else if first == '"' {
            let length = quoted(rest);
            (ReasonPart::Quoted(Some(rest[..length].to_owned())), length)
        } else {
            let length = word(rest).max(first.len_utf8());
            let text = &rest[..length];
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            // A number with leading zeros is an id.
            let number = text.parse().ok().filter(|number: &u64| number.to_string() == text);
            match number.filter(|_| digits) {
                Some(number) => (ReasonPart::Number(number, number), length),
                None => (ReasonPart::Text(text.to_owned()), length),
            }
        };
        parts.push(part);
        rest = &rest[length..];
    }
    parts
}

/// Returns the length of a word: letters, digits and what joins them in ids and dates.
fn word(text: &str) -> usize {
    let joins = |c: char| c.is_alphanumeric() || "_-:.+".contains(c);
    let end = text.find(|c| !joins(c)).unwrap_or(text.len());
    text[..end].trim_end_matches(['-', ':', '.', '+']).len()
}

/// Returns the length of a place or an example at the start of the text.
fn aside(text: &str) -> Option<usize> {
    if text.starts_with(" (first: ") {
        return text.find(')').map(|end| end + 1);
    }
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let mut length = 0;
    if let Some(after) = text.strip_prefix(", entry ") {
        length = ", entry ".len() + digits(after);
    }
    let rest = &text[length..];
    let at = if length > 0 { " at byte " } else { ", at byte " };
    if let Some(after) = rest.strip_prefix(at) {
        length += at.len() + digits(after);
        if text[length..].starts_with(" (") {
            length += text[length..].find(')').map_or(0, |end| end + 1);
        }
    }
    (length > 0).then_some(length)
}

/// Returns the length of the quoted value at the start of the text.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn merged(reasons: &[&str]) -> Vec<String> {
        let mut all: BTreeMap<Vec<ReasonPart>, Vec<ReasonPart>> = BTreeMap::new();
        for reason in reasons {
            let parts = parts(reason);
            match all.get_mut(&key(reason, &parts)) {
                None => drop(all.insert(key(reason, &parts), parts)),
                Some(known) => known.iter_mut().zip(parts).for_each(|(a, b)| a.merge(b)),
            }
        }
        all.values().map(|parts| parts.iter().map(ReasonPart::text).collect()).collect()
    }

    #[test]
    fn a_single_reason_is_left_as_it_is() {
        for reason in [
            "too large for the destination queue: 300000 bytes, and it accepts at most 262144",
            "was redriven and came back (run 2f7b1c9beed of 2026-11-28T02:10:07)",
            r#"user id "a\"b 7" is not a whole number, entry 3"#,
            "expected `,`, at byte 44 (line 2, column 45)",
            "3 of 50 users unknown (first: u-17)",
        ] {
            assert_eq!(merged(&[reason, reason]), [reason]);
        }
    }

    #[test]
    fn only_what_differs_is_collapsed() {
        let cases: [(&[&str], &[&str]); 8] = [
            (
                &[
                    "too large for the destination queue: 300000 bytes, and it accepts at most 262144",
                    "too large for the destination queue: 300017 bytes, and it accepts at most 262144",
                ],
                &[
                    "too large for the destination queue: 300000 to 300017 bytes, and it accepts at most 262144",
                ],
            ),
            (&["", "s", "s s", " "], &["", " ", "s", "s s"]),
            (
                &[
                    "expected `,`, at byte 44 (line 2, column 45)",
                    "expected `,`, at byte 7 (column 8)",
                ],
                &["expected `,`"],
            ),
            (
                &["would write 1 of 1 list", "would write 50 of 50 lists"],
                &["would write 1 to 50 of 1 to 50 lists"],
            ),
            (
                &[
                    "was redriven and came back (run 2f7b1c9beed of 2026-11-28T02:10:07)",
                    "was redriven and came back (run 2f7b1c9beee of 2026-11-28T03:10:07)",
                ],
                &[
                    "was redriven and came back (run 2f7b1c9beed of 2026-11-28T02:10:07)",
                    "was redriven and came back (run 2f7b1c9beee of 2026-11-28T03:10:07)",
                ],
            ),
            (
                &[
                    "null is not a valid id, entry 3 at byte 27 (column 28)",
                    "null is not a valid id, entry 4 at byte 30 (column 31)",
                ],
                &["null is not a valid id"],
            ),
            (
                &[r#"user id "u1" is not whole, entry 3"#, r#"user id "u2" is not whole, entry 3"#],
                &[r#"user id "…" is not whole, entry 3"#],
            ),
            (
                &[
                    r#"not a recommendation message: an object with "alarm", "host2""#,
                    r#"not a recommendation message: an object with "order", "host3""#,
                ],
                &[
                    r#"not a recommendation message: an object with "alarm", "host2""#,
                    r#"not a recommendation message: an object with "order", "host3""#,
                ],
            ),
        ];
        for (reasons, expected) in cases {
            assert_eq!(merged(reasons), expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_of_a_single_reason(reason in "[ -~…]{0,60}") {
            prop_assert_eq!(merged(&[&reason, &reason]), [reason.clone()]);
        }

        #[test]
        fn the_order_of_messages_does_not_matter(a in "[a-z0-9\" ]{0,20}", b in "[a-z0-9\" ]{0,20}") {
            prop_assert_eq!(merged(&[&a, &b]), merged(&[&b, &a]));
        }
    }
}
