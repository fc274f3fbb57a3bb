//! Classification: why a message failed, and what to do about it.
//!
//! A message has exactly one class. If several fit, the first in this table wins:
//!
//! | order | class | when |
//! |---|---|---|
//! | 1 | `malformed` | the body does not decode, or none of its entries does |
//! | 2 | `foreign` | valid JSON, but not a message of this pipeline |
//! | 3 | `oversize` | too large for the destination queue, or nothing is writable and an entry is over 400 KB |
//! | 4 | `malformed` | nothing is writable and an entry did not decode or does not fit the table |
//! | 5 | `unknown-user` | nothing is writable because all users are unknown or inactive |
//! | 6 | `empty` | nothing is writable: the filter leaves nothing |
//! | 7 | `superseded` | every writable user is in a newer message (same scan and queue) that can pass |
//! | 8 | `stale` | the table holds a newer list for every writable user |
//! | 9 | `partial` | some entries are bad, others writable |
//! | 10 | `retryable` | it would succeed now |
//!
//! `superseded` and `stale` come before `partial` and `retryable` because redriving such a message
//! overwrites newer data, even if it is valid. A high receive count is never a class: valid
//! messages reach a DLQ when the function is throttled.

mod class;
mod content;

use std::collections::HashMap;

use serde::{Serialize, Serializer};

use crate::clip::clip_id;
use crate::decode::{DecodeError, Envelope, Shape};
use crate::filter::{DropCounts, SkipReason};
use crate::item::{ItemError, gives_way};
use crate::judge::Verdict;
use crate::words::amount;
use crate::{Id, Time};
pub use class::Class;
pub use content::{JudgedEntry, MessageContent, MessageLayout};

/// Maximum number of reasons per message, so that a megabyte of bad entries does not flood a
/// report.
const MAX_REASONS: usize = 10;

/// Context of a message outside its body.
#[derive(Debug, Clone, Copy)]
pub struct ClassifyContext<'a> {
    /// Size that counts towards the destination's limit, in bytes.
    pub message_bytes: usize,
    /// The destination's `MaximumMessageSize` in bytes, if known.
    pub destination_limit: Option<usize>,
    /// When the message was sent. Used for content without `generated_at`, except under
    /// `only_newer`, since the guarded write does not know the send time.
    pub sent_at: Option<Time>,
    /// `generated_at` of the users' items in the table, where present.
    pub in_table: &'a HashMap<Id, Held>,
    /// True if newer messages of the same scan contain all of its writable users.
    pub superseded: bool,
}

/// Generation time of a list in the table, from its time attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// A known time.
    At(Time),
    /// Not a time: the value, and why it is not one.
    Unreadable(String),
}

/// A message's class and the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Classification {
    /// The class.
    pub class: Class,
    /// Reasons, most telling first. Never empty; a long list is cut and ends with the number left
    /// out.
    pub reasons: Vec<String>,
    /// Recommended action.
    pub action: Action,
    /// Layout, if it decoded.
    pub shape: Option<Shape>,
    /// Envelopes, outermost first.
    pub envelopes: Box<[Envelope]>,
    /// Number of entries, including bad ones.
    pub users: usize,
    /// Number of entries that would be written.
    pub writable: usize,
    /// Number of entries that did not decode or that the table cannot hold.
    pub bad: usize,
    /// Number of article ids that would be written.
    pub kept_articles: usize,
    /// Article ids that the filter drops, by reason. Boxed, since most messages have none.
    #[serde(serialize_with = "or_none")]
    pub dropped_articles: Option<Box<DropCounts>>,
    /// Write cost in WCU.
    pub wcu: u64,
}

/// Recommended action for a class, kept in one byte and serialised as its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action(pub Class);

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.action())
    }
}

fn or_none<S: Serializer>(
    dropped: &Option<Box<DropCounts>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    dropped.as_deref().copied().unwrap_or_default().serialize(serializer)
}

impl Classification {
    /// Marks the message as superseded, which is known only at the end of a scan. Classes before
    /// `superseded` in the table stay as they are.
    pub fn mark_superseded(&mut self) {
        if matches!(self.class, Class::Stale | Class::Partial | Class::Retryable) {
            self.class = Class::Superseded;
            self.action = Action(Class::Superseded);
            self.reasons = vec![superseded_reason(self.writable)];
        }
    }
}

fn superseded_reason(writable: usize) -> String {
    format!("newer messages of this scan hold all {writable} writable users")
}

/// Classifies a message by the table in this module's documentation.
#[must_use]
pub fn classify(content: &MessageContent, around: &ClassifyContext<'_>) -> Classification {
    let (class, mut reasons) = decide(content, around);
    if reasons.len() > MAX_REASONS {
        let more = reasons.len() - MAX_REASONS;
        reasons.truncate(MAX_REASONS);
        reasons.push(format!("and {more} more"));
    }
    // A scan may hold a hundred thousand of these.
    reasons.shrink_to_fit();
    let mut dropped_articles = DropCounts::default();
    let (mut kept_articles, mut wcu, mut writable) = (0, 0, 0);
    for entry in &content.entries {
        dropped_articles += entry.judged.dropped;
        if let Verdict::Write(item) = &entry.judged.verdict {
            writable += 1;
            kept_articles += item.recommendation.articles.len();
            wcu += item.wcu();
        }
    }
    let header = content.decoded.as_ref().ok();
    Classification {
        class,
        reasons,
        action: Action(class),
        shape: header.map(|header| header.shape),
        envelopes: header.map(|header| header.envelopes.as_slice().into()).unwrap_or_default(),
        users: content.entries.len() + content.bad.len(),
        writable,
        bad: content.bad.len() + content.rejected().count(),
        kept_articles,
        dropped_articles: (dropped_articles.total() > 0).then(|| Box::new(dropped_articles)),
        wcu,
    }
}

fn decide(content: &MessageContent, around: &ClassifyContext<'_>) -> (Class, Vec<String>) {
    if let Err(error) = &content.decoded {
        let class = match error {
            DecodeError::Malformed { .. } => Class::Malformed,
            DecodeError::Foreign { .. } => Class::Foreign,
        };
        let reason = match error {
            DecodeError::Malformed { position, reason } => format!("{reason}, at {position}"),
            DecodeError::Foreign { .. } => error.to_string(),
        };
        return (class, vec![reason]);
    }
    if content.entries.is_empty() && !content.bad.is_empty() {
        return (Class::Malformed, bad_reasons(content));
    }
    if let Some(limit) = around.destination_limit.filter(|limit| around.message_bytes > *limit) {
        let bytes = around.message_bytes;
        let reason = format!(
            "too large for the destination queue: {bytes} bytes, and it accepts at most {limit}"
        );
        return (Class::Oversize, vec![reason]);
    }
    if content.writable().next().is_none() {
        return nothing_writable(content);
    }
    something_writable(content, around)
}

/// Returns the reasons of bad entries, items over 400 KB first: only those make a message
/// `oversize`.
fn bad_reasons(content: &MessageContent) -> Vec<String> {
    let (large, unfit): (Vec<_>, Vec<_>) =
        content.rejected().partition(|(_, error)| too_large(error));
    let says =
        |(entry, error): (&JudgedEntry, &ItemError)| format!("{error}, entry {}", entry.index);
    let undecodable = content.bad.iter().map(|(_, reason)| reason.clone());
    large.into_iter().map(says).chain(undecodable).chain(unfit.into_iter().map(says)).collect()
}

fn too_large(error: &ItemError) -> bool {
    matches!(error, ItemError::TooLarge { .. })
}

fn nothing_writable(content: &MessageContent) -> (Class, Vec<String>) {
    if content.rejected().any(|(_, error)| too_large(error)) {
        return (Class::Oversize, bad_reasons(content));
    }
    if content.rejected().next().is_some() || !content.bad.is_empty() {
        return (Class::Malformed, bad_reasons(content));
    }
    if content.entries.is_empty() {
        return (Class::Empty, vec!["`data` holds no entries".to_owned()]);
    }
    let skips = content.skips();
    let user_fault =
        |reason: &SkipReason| matches!(reason, SkipReason::UnknownUser | SkipReason::InactiveUser);
    let class = if skips.iter().all(user_fault) { Class::UnknownUser } else { Class::Empty };
    (class, skip_reasons(content))
}

fn skip_reasons(content: &MessageContent) -> Vec<String> {
    let skips = content.skips();
    let mut reasons = Vec::new();
    for reason in [SkipReason::UnknownUser, SkipReason::InactiveUser, SkipReason::TooFew] {
        let count = skips.iter().filter(|skip| **skip == reason).count();
        if count > 0 {
            let of = content.entries.len();
            let first = content.entries.iter().find(|e| e.judged.verdict == Verdict::Skip(reason));
            let user = first.map(|entry| entry.user.to_string()).unwrap_or_default();
            let user = clip_id(&user);
            reasons.push(match reason {
                SkipReason::UnknownUser => {
                    format!("{count} of {} unknown (first: {user})", amount(of, "user"))
                }
                SkipReason::InactiveUser => {
                    format!("{count} of {} inactive (first: {user})", amount(of, "user"))
                }
                SkipReason::TooFew => {
                    let lists = amount(of, "list");
                    format!("{count} of {lists} too short once filtered (first: user {user})")
                }
            });
        }
    }
    reasons
}

fn something_writable(
    content: &MessageContent,
    around: &ClassifyContext<'_>,
) -> (Class, Vec<String>) {
    let writable = content.writable().count();
    if around.superseded {
        return (Class::Superseded, vec![superseded_reason(writable)]);
    }
    let only_newer = content.only_newer;
    let stale = content.writable().filter(|e| newer_in_table(e, around, only_newer)).count();
    if stale == writable {
        let reason = match writable {
            1 => "the table holds a newer list for the only writable user".to_owned(),
            _ => format!("the table holds newer lists for all {writable} writable users"),
        };
        return (Class::Stale, vec![reason]);
    }
    let bad = bad_reasons(content);
    let class = if bad.is_empty() { Class::Retryable } else { Class::Partial };
    let mut reasons = bad;
    if class == Class::Retryable {
        reasons
            .push(format!("would write {writable} of {}", amount(content.entries.len(), "list")));
        reasons.extend(skip_reasons(content));
    }
    if let Some(unreadable) = unreadable_in_table(content, around) {
        reasons.insert(0, unreadable);
    }
    if stale > 0 && !only_newer {
        // Not a separate class, since the other users need the message, but the operator must know.
        reasons.insert(
            0,
            format!("would overwrite newer lists of {stale} of {writable} writable users"),
        );
    }
    (class, reasons)
}

fn newer_in_table(entry: &JudgedEntry, around: &ClassifyContext<'_>, only_newer: bool) -> bool {
    match (around.in_table.get(&entry.user), entry.generated_at) {
        // Same decision as the conditional write.
        (Some(Held::At(held)), made) if only_newer => !gives_way(Some(*held), made),
        (Some(Held::At(held)), made) => made.or(around.sent_at).is_some_and(|made| *held > made),
        _ => false,
    }
}

/// Returns a warning if the age of some lists in the table is unknown.
fn unreadable_in_table(content: &MessageContent, around: &ClassifyContext<'_>) -> Option<String> {
    let unreadable =
        content.writable().filter_map(|entry| match around.in_table.get(&entry.user) {
            Some(Held::Unreadable(why)) => Some((&entry.user, why)),
            _ => None,
        });
    let mut unreadable = unreadable.peekable();
    let (user, why) = *unreadable.peek()?;
    let count = unreadable.count();
    Some(format!(
        "cannot determine whether the table's lists of {} are newer (first: user {:?}, whose time {why})",
        amount(count, "user"),
        clip_id(&user.text())
    ))
}
