//! Message selection; all conditions must hold.

use std::collections::{BTreeMap, BTreeSet};

use reco_core::classify::Class;
use reco_core::decode::users;
use reco_core::message::Message;

use crate::aws::sqs::QueueRef;
use crate::dlq::judge::Row;
use crate::dlq::query::Query;
use crate::error::{Error, Result};

/// Selected classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Classes {
    /// Every class.
    Any,
    /// Every class except those whose redrive would overwrite newer lists.
    NotOutdated,
    /// Only these classes.
    Only(Vec<Class>),
}

impl Classes {
    /// Returns whether a class is selected.
    #[must_use]
    pub fn has(&self, class: Class) -> bool {
        match self {
            Classes::Any => true,
            Classes::NotOutdated => !is_outdated(class),
            Classes::Only(classes) => classes.contains(&class),
        }
    }
}

/// Returns whether redriving messages of a class would overwrite newer lists.
#[must_use]
pub fn is_outdated(class: Class) -> bool {
    matches!(class, Class::Stale | Class::Superseded)
}

/// Conditions of a selection.
#[derive(Debug)]
pub struct Matcher {
    /// Classes to select.
    pub classes: Classes,
    /// Message ids or prefixes of ids.
    pub ids: Option<BTreeSet<String>>,
    /// Queues that messages came from.
    pub sources: Option<Vec<QueueRef>>,
    /// Minimum age in seconds, exclusive.
    pub older_than_s: Option<i64>,
    /// Maximum age in seconds, exclusive.
    pub newer_than_s: Option<i64>,
    /// User ids, as text, at least one of which the message must have.
    pub users: Option<BTreeSet<String>>,
    /// jq expression that must hold.
    pub query: Option<Query>,
}

/// Result of matching a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// The message is selected.
    Yes,
    /// The message is not selected.
    No,
    /// Not selected, and a part of the body that the selection asks for could not be read.
    Unread,
    /// Not selected because the expression failed on it; the error.
    Undecided(String),
}

impl Matcher {
    /// Returns whether matching needs the message itself, not only its classification.
    #[must_use]
    pub fn needs_message(&self) -> bool {
        self.query.is_some() || self.users.is_some()
    }

    /// Returns whether all conditions except the expression hold. A message of unknown age meets no
    /// age condition.
    pub(super) fn holds(&self, row: &Row) -> bool {
        let age = |limit: Option<i64>, holds: fn(i64, i64) -> bool| {
            limit.is_none_or(|limit| row.age_s.is_some_and(|age| holds(age, limit)))
        };
        self.classes.has(row.verdict.class)
            && self.names(&row.message_id)
            && self.sources.as_ref().is_none_or(|sources| comes_from(row, sources))
            && age(self.older_than_s, |age, limit| age > limit)
            && age(self.newer_than_s, |age, limit| age < limit)
    }

    /// Matches a message, including the expression.
    #[must_use]
    pub async fn decide(&self, row: &Row, message: &Message) -> Match {
        if !self.holds(row) {
            return Match::No;
        }
        if let Some(wanted) = &self.users {
            let named = users(&message.body);
            match named.ids.iter().any(|id| wanted.contains(&*id.text())) {
                true => {}
                false if named.whole => return Match::No,
                false => return Match::Unread,
            }
        }
        let Some(query) = &self.query else { return Match::Yes };
        match query.matches(row, message).await {
            Ok(true) => Match::Yes,
            Ok(false) if query.can_read(message) => Match::No,
            Ok(false) => Match::Unread,
            Err(error) => Match::Undecided(error),
        }
    }

    /// Returns the flags that read bodies, for messages.
    #[must_use]
    pub fn readers(&self) -> &'static str {
        match (&self.users, &self.query) {
            (Some(_), Some(_)) => "--user and --where",
            (Some(_), None) => "--user",
            (None, _) => "--where",
        }
    }

    /// Returns the requested ids that are not among `seen`.
    #[must_use]
    pub fn missing_of<'a>(&self, seen: impl Iterator<Item = &'a str>) -> Vec<String> {
        let Some(ids) = &self.ids else { return Vec::new() };
        let mut missing: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        for id in seen {
            for named in names_of(ids, id) {
                missing.remove(named);
            }
        }
        missing.into_iter().map(str::to_owned).collect()
    }
}

/// Minimum length of an id prefix: shorter ones match nothing. Tables print 8 characters.
pub const SHORTEST: usize = 4;

/// Maximum number of candidates listed for an ambiguous prefix.
const CANDIDATES: usize = 5;

/// Returns the given ids that match a message id: the whole id, and any prefixes of it.
fn names_of<'a>(ids: &'a BTreeSet<String>, id: &str) -> impl Iterator<Item = &'a str> {
    let beginnings = (SHORTEST..id.len()).rev().filter_map(|end| id.get(..end));
    std::iter::once(id).chain(beginnings).filter_map(|named| ids.get(named)).map(String::as_str)
}

/// Length of a message id. AWS: a UUID as text.
const WHOLE: usize = 36;

impl Matcher {
    /// Returns whether an id matches `--id`, or no ids are given.
    #[must_use]
    pub fn names(&self, message_id: &str) -> bool {
        self.ids.as_ref().is_none_or(|ids| names_of(ids, message_id).next().is_some())
    }

    /// Returns whether any message is given by an id prefix, which can be known to be unambiguous
    /// only once all messages were seen.
    #[must_use]
    pub fn has_beginnings(&self) -> bool {
        self.ids.iter().flatten().any(|id| id.len() < WHOLE)
    }

    /// Checks that no id prefix matches several of these messages.
    ///
    /// # Errors
    /// Refused if one does.
    pub fn check_unique<'a>(&self, seen: impl Iterator<Item = &'a str>) -> Result<()> {
        let Some(ids) = &self.ids else { return Ok(()) };
        let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for id in seen {
            for by in names_of(ids, id) {
                named.entry(by).or_default().insert(id);
            }
        }
        let Some((by, candidates)) = named.into_iter().find(|(_, ids)| ids.len() > 1) else {
            return Ok(());
        };
        let all = candidates.len();
        let mut names: Vec<&str> = candidates.into_iter().take(CANDIDATES).collect();
        let more = format!("and {} more", all - names.len());
        if all > names.len() {
            names.push(&more);
        }
        let what = format!("message id {by} is ambiguous: {all} messages have this prefix");
        Err(Error::refused(what)
            .cause(names.join(", "))
            .hint("give more characters of the id, or all of it"))
    }
}

/// Returns whether a message came from one of these queues; false if it was sent to the DLQ
/// directly.
fn comes_from(row: &Row, sources: &[QueueRef]) -> bool {
    let arn = row.source.as_deref();
    arn.is_some_and(|arn| sources.iter().any(|source| source.is_arn(arn)))
}

#[cfg(test)]
mod tests;
