//! Message selection: all conditions must hold.

use std::collections::{BTreeMap, BTreeSet};

use reco_core::classify::Class;
use reco_core::message::Message;

use crate::aws::sqs::QueueRef;
use crate::dlq::judge::Row;
use crate::dlq::query::Query;
use crate::error::{Error, Result};

/// The classes that are chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Classes {
    /// Every class.
    Any,
    /// Every class but those whose redrive would overwrite newer lists.
    NotOutdated,
    /// These.
    Only(Vec<Class>),
}

impl Classes {
    /// Returns whether a class is among them.
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
    /// Classes.
    pub classes: Classes,
    /// Message ids, or the beginnings of some.
    pub ids: Option<BTreeSet<String>>,
    /// Queues that messages came from.
    pub sources: Option<Vec<QueueRef>>,
    /// Sent longer ago than so many seconds.
    pub older_than_s: Option<i64>,
    /// Sent less long ago than so many seconds.
    pub newer_than_s: Option<i64>,
    /// A jq expression that holds.
    pub query: Option<Query>,
}

/// True if a message is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// The expression failed on it, so it is not; with the error.
    Undecided(String),
}

impl Matcher {
    /// Returns whether the message itself is needed, and not its judgement alone.
    #[must_use]
    pub fn needs_message(&self) -> bool {
        self.query.is_some()
    }

    /// Returns whether all hold but the expression. A message without an age has none to compare.
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

    /// Decides on a message at hand.
    #[must_use]
    pub async fn decide(&self, row: &Row, message: &Message) -> Match {
        match &self.query {
            _ if !self.holds(row) => Match::No,
            None => Match::Yes,
            Some(query) => match query.matches(row, message).await {
                Ok(true) => Match::Yes,
                Ok(false) => Match::No,
                Err(error) => Match::Undecided(error),
            },
        }
    }

    /// The ids that were asked for and are not among these.
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

/// Beginnings of ids shorter than this name nothing: tables print 8 characters.
const SHORTEST: usize = 4;

/// Candidates named of an ambiguous beginning.
const CANDIDATES: usize = 5;

/// Returns the given ids that match an id: itself, and its prefixes as tables print them.
fn names_of<'a>(ids: &'a BTreeSet<String>, id: &str) -> impl Iterator<Item = &'a str> {
    let beginnings = (SHORTEST..id.len()).rev().filter_map(|end| id.get(..end));
    std::iter::once(id).chain(beginnings).filter_map(|named| ids.get(named)).map(String::as_str)
}

/// AWS: a message id is a UUID, as text.
const WHOLE: usize = 36;

impl Matcher {
    /// Whether an id is among those that are named, or none are.
    #[must_use]
    pub fn names(&self, message_id: &str) -> bool {
        self.ids.as_ref().is_none_or(|ids| names_of(ids, message_id).next().is_some())
    }

    /// Whether any message is named by the beginning of its id: only who has seen all messages knows
    /// that it names no other.
    #[must_use]
    pub fn has_beginnings(&self) -> bool {
        self.ids.iter().flatten().any(|id| id.len() < WHOLE)
    }

    /// Makes sure that no beginning of an id names several of these messages.
    ///
    /// # Errors
    /// Refused, when one does.
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
        Err(Error::refused(format!("--id {by} is ambiguous: it is a prefix of {all} message ids"))
            .cause(names.join(", "))
            .hint("use a longer prefix, or the whole id: --id ID"))
    }
}

/// Returns whether a message came from one of these queues. One that was sent to the DLQ directly
/// came from none.
fn comes_from(row: &Row, sources: &[QueueRef]) -> bool {
    let arn = row.source.as_deref();
    arn.is_some_and(|arn| sources.iter().any(|source| source.is_arn(arn)))
}

#[cfg(test)]
mod tests;
