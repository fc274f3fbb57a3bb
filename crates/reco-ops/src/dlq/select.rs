//! Message selection: all conditions must hold.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};
use reco_core::classify::Class;
use reco_core::human::{amount, count, form};
use reco_core::message::Message;

use crate::aws::sqs::QueueRef;
use crate::dlq::judge::Row;
use crate::dlq::query::Query;
use crate::dlq::scan::{Found, Scan};
use crate::error::{Error, Kind, Result};
use crate::event::Events;
use crate::files::spool::Spool;

/// Messages with the expression at once: the next is on its way while one is evaluated.
const TOGETHER: usize = 16;

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
    fn holds(&self, row: &Row) -> bool {
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

    /// Decides on what a scan found. Only what needs it is read from the spool, a few messages at a
    /// time.
    ///
    /// # Errors
    /// When a message that must be read is not in the spool.
    pub async fn decide_all(&self, found: &[Found], spool: Option<&Spool>) -> Result<Vec<Match>> {
        let decide = async |found: &Found| {
            if !self.holds(&found.row) {
                return Ok(Match::No);
            }
            if !self.needs_message() {
                return Ok(Match::Yes);
            }
            let (Some(spool), Some(slot)) = (spool, found.slot) else {
                return Err(Error::new(Kind::Internal, "a message to match was not spooled"));
            };
            Ok(self.decide(&found.row, &spool.get(slot)?).await)
        };
        stream::iter(found).map(decide).buffered(TOGETHER).try_collect().await
    }

    /// The ids that were asked for and are not in a scan.
    #[must_use]
    pub fn missing(&self, scan: &Scan) -> Vec<String> {
        let found = scan.found.iter().map(|found| found.row.message_id.as_str());
        let damaged = scan.damaged.iter().map(|damaged| damaged.message_id.as_str());
        self.missing_of(found.chain(damaged))
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

/// Counts the messages on which the expression failed, and says so.
pub fn warn_undecided(events: &Events, matches: &[Match]) -> u64 {
    let errors = matches.iter().filter_map(|decided| match decided {
        Match::Undecided(error) => Some(error),
        Match::Yes | Match::No => None,
    });
    let errors: Vec<&String> = errors.collect();
    if let Some(first) = errors.first() {
        events.warn(format!(
            "--where failed on {}, {} (the first: {first})",
            amount(errors.len() as u64, "message"),
            form(errors.len() as u64, "which is not selected", "which are not selected")
        ));
    }
    errors.len() as u64
}

/// Says which queues there are, where none of the messages came from one that was asked for: a
/// misspelt queue must not look like an empty one.
pub fn warn_unknown_sources<'a>(
    events: &Events,
    matcher: &Matcher,
    rows: impl Iterator<Item = &'a Row>,
) {
    let Some(sources) = &matcher.sources else { return };
    let known: BTreeSet<Option<&str>> = rows.map(|row| row.source.as_deref()).collect();
    if known.is_empty() || known.iter().flatten().any(|arn| sources.iter().any(|s| s.is_arn(arn))) {
        return;
    }
    let names: Vec<String> = known
        .into_iter()
        .map(|arn| arn.unwrap_or("none (sent to the DLQ directly)").to_owned())
        .collect();
    events.warn(format!("no message came from --source; the sources are {}", names.join(", ")));
}

/// Says which messages were asked for and not found.
pub fn warn_missing(events: &Events, missing: &[String]) {
    if let Some(first) = missing.first() {
        events.warn(format!(
            "{} of the given message ids {} not received (the first: {first})",
            count(missing.len() as u64),
            form(missing.len() as u64, "is", "are")
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dlq::judge::sample;

    fn any() -> Matcher {
        let classes = Classes::Any;
        let (older_than_s, newer_than_s) = (None, None);
        Matcher { classes, ids: None, sources: None, older_than_s, newer_than_s, query: None }
    }

    fn found(spool: &Spool, id: &str, body: &str, age_s: i64) -> Found {
        let message = Message {
            id: id.to_owned(),
            receipt_handle: String::new(),
            body: body.to_owned(),
            attributes: std::collections::BTreeMap::default(),
            system: std::collections::BTreeMap::default(),
        };
        let slot = spool.put(&message).expect("spooled");
        Found { row: Box::new(sample::row(id, body, age_s, 60)), slot: Some(slot) }
    }

    async fn query(text: &str) -> Option<Query> {
        let cancel = tokio_util::sync::CancellationToken::new();
        Some(
            Query::compile(text, &crate::jq::Child::for_tests(), &cancel)
                .await
                .expect("it compiles"),
        )
    }

    async fn chosen(matcher: &Matcher) -> Vec<String> {
        let spool = Spool::new().expect("a spool");
        let mut outdated = found(&spool, "outdated", "[4, [10]]", 100);
        outdated.row.verdict.mark_superseded();
        let all = [
            found(&spool, "young", "[1, [10]]", 50),
            found(&spool, "old", "[2, [10]]", 7_200),
            found(&spool, "broken", "{", 7_200),
            outdated,
        ];
        let matches = matcher.decide_all(&all, Some(&spool)).await.expect("decided");
        let pairs = all.iter().zip(matches).filter(|(_, decided)| *decided == Match::Yes);
        pairs.map(|(found, _)| found.row.message_id.clone()).collect()
    }

    #[tokio::test]
    async fn every_condition_must_hold() {
        assert_eq!(chosen(&any()).await, ["young", "old", "broken", "outdated"]);
        let older = Matcher { older_than_s: Some(100), ..any() };
        assert_eq!(chosen(&older).await, ["old", "broken"]);
        let newer = Matcher { newer_than_s: Some(100), ..any() };
        assert_eq!(chosen(&newer).await, ["young"]);
        let retryable = Matcher { classes: Classes::Only(vec![Class::Retryable]), ..older };
        assert_eq!(chosen(&retryable).await, ["old"]);
        let query = query(".body[0] < 2").await;
        let both = Matcher { query, ..retryable };
        assert_eq!(chosen(&both).await, Vec::<String>::new());
        let ids = ["old", "young", "gone"].map(str::to_owned).into();
        let named = Matcher { ids: Some(ids), older_than_s: Some(60), ..any() };
        assert_eq!(chosen(&named).await, ["old"]);
        assert_eq!(named.missing_of(["old", "young", "other"].into_iter()), ["gone"]);
    }

    #[tokio::test]
    async fn what_would_overwrite_newer_lists_is_chosen_only_by_name() {
        let matcher = Matcher { classes: Classes::NotOutdated, ..any() };
        assert_eq!(chosen(&matcher).await, ["young", "old", "broken"]);
        let named = Matcher { classes: Classes::Only(vec![Class::Superseded]), ..any() };
        assert_eq!(chosen(&named).await, ["outdated"]);
    }

    #[tokio::test]
    async fn a_message_on_which_the_expression_fails_is_undecided() {
        let spool = Spool::new().expect("a spool");
        let query = query(".body.data").await;
        let matcher = Matcher { query, ..any() };
        let all = [found(&spool, "array", "[1, [10]]", 1)];
        let matches = matcher.decide_all(&all, Some(&spool)).await.expect("decided");
        assert!(matches!(&matches[0], Match::Undecided(error) if !error.is_empty()));
        assert!(
            matcher.decide_all(&all, None).await.is_err(),
            "nothing is decided without the message"
        );
    }

    #[tokio::test]
    async fn the_beginning_of_an_id_names_it_when_it_names_no_other() {
        let spool = Spool::new().expect("a spool");
        let ids = ["aaaa1111-0000", "aaaa2222-0000", "bbbb1111-0000", "é-é-é-é-1", "ccc"];
        let all = ids.map(|id| found(&spool, id, "[1, [10]]", 1));
        let chosen = async |named: &[&str]| {
            let matcher =
                Matcher { ids: Some(named.iter().map(|id| (*id).to_owned()).collect()), ..any() };
            let missing = matcher.missing_of(ids.into_iter());
            matcher.check_unique(ids.into_iter())?;
            matcher.decide_all(&all, Some(&spool)).await.map(|matches| {
                let pairs = ids.into_iter().zip(matches);
                let chosen = pairs.filter(|(_, decided)| *decided == Match::Yes);
                (chosen.map(|(id, _)| id).collect::<Vec<_>>(), missing)
            })
        };
        let none = Vec::<String>::new;
        assert_eq!(chosen(&["aaaa1"]).await.expect("one"), (vec![ids[0]], none()));
        assert_eq!(chosen(&["bbbb", ids[1]]).await.expect("two"), (vec![ids[1], ids[2]], none()));
        assert_eq!(chosen(&["é-é-"]).await.expect("one"), (vec![ids[3]], none()));
        let twice = chosen(&["bbbb", "bbbb1111"]).await.expect("one");
        assert_eq!(twice, (vec![ids[2]], none()), "what is named twice is not missing");
        chosen(&["aaaa", "aaaa1111"]).await.expect_err("a longer name makes no shorter one unique");
        for unknown in ["bbb", "b", "bbbb1111-0000-0", "1111", "cc"] {
            let (chosen, missing) = chosen(&[unknown]).await.expect("none");
            assert!(chosen.is_empty(), "{unknown}");
            assert_eq!(missing, [unknown]);
        }
        let error = chosen(&["bbbb", "aaaa"]).await.expect_err("two messages begin so");
        let text = error.to_string();
        assert!(text.contains("--id aaaa") && text.contains(ids[0]) && text.contains(ids[1]));
        assert_eq!(error.kind, Kind::Refused);
    }

    #[test]
    fn a_source_is_named_by_name_url_or_arn() {
        let arn = "arn:aws:sqs:eu-west-1:123456789012:recs";
        let row = |source: Option<&str>| Row {
            source: source.map(Into::into),
            ..sample::row("m", "[1, [10]]", 0, 0)
        };
        let from = |named: &[&str], source| {
            let sources = named.iter().map(|named| QueueRef::parse(named).expect("a queue"));
            Matcher { sources: Some(sources.collect()), ..any() }.holds(&row(source))
        };
        for named in ["recs", arn, "https://sqs.eu-west-1.amazonaws.com/123456789012/recs"] {
            assert!(from(&[named], Some(arn)), "{named}");
            assert!(!from(&[named], None), "{named}: it was sent to the DLQ directly");
            assert!(!from(&[named], Some("arn:aws:sqs:eu-west-1:123456789012:recs-2")));
        }
        for other in [
            "rec",
            "recs.fifo",
            "arn:aws:sqs:us-east-1:123456789012:recs",
            "https://sqs.eu-west-1.amazonaws.com/999999999999/recs",
        ] {
            assert!(!from(&[other], Some(arn)), "{other}");
            assert!(from(&[other, "recs"], Some(arn)), "any of several will do");
        }
        assert!(!from(&["recs"], Some("not an ARN")));
    }

    #[test]
    fn a_message_without_an_age_is_neither_old_nor_young() {
        let row = Row { age_s: None, ..sample::row("m", "[1, [10]]", 0, 0) };
        assert!(any().holds(&row));
        assert!(!Matcher { older_than_s: Some(1), ..any() }.holds(&row));
        assert!(!Matcher { newer_than_s: Some(1), ..any() }.holds(&row));
    }
}
