//! Selected messages of a scan, and warnings about those that were not found.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use reco_core::decode::users;
use reco_core::human::{amount, count, form};

use super::judge::{Body, Carried, Row};
use super::scan::{Found, Scan};
use super::select::{Match, Matcher};
use crate::error::{Error, Kind, Result};
use crate::event::Events;
use crate::files::spool::Spool;

/// Maximum number of messages whose expression is evaluated concurrently.
const TOGETHER: usize = 16;

/// Selected messages of a scan.
#[derive(Debug)]
pub struct Chosen {
    /// Selected messages.
    pub found: Vec<Found>,
    /// Number of messages received, selected or not.
    pub scanned: u64,
    /// Number of messages on which the expression failed.
    pub undecided: u64,
    /// Requested ids that were not found; empty unless the whole queue was seen.
    pub missing: Vec<String>,
}

impl Chosen {
    /// Takes the selected messages out of a scan, and warns of messages that could not be evaluated
    /// or found.
    ///
    /// # Errors
    /// When a message that must be read is not in the spool; refused when an id prefix matches
    /// several messages.
    pub async fn of(
        events: &Events,
        matcher: &Matcher,
        spool: Option<&Spool>,
        scan: &mut Scan,
    ) -> Result<Self> {
        let missing = if scan.end.is_whole() { matcher.missing(scan) } else { Vec::new() };
        warn_missing(events, &missing);
        warn_unknown_sources(events, matcher, scan.found.iter().map(|found| &*found.row));
        let scanned = scan.new_messages();
        matcher.check_unique(scan.found.iter().map(|found| found.row.message_id.as_str()))?;
        let matches = matcher.decide_all(&scan.found, spool).await?;
        let undecided = warn_undecided(events, matcher, &matches);
        let mut found = std::mem::take(&mut scan.found);
        let mut matches = matches.into_iter();
        found.retain(|_| matches.next() == Some(Match::Yes));
        Ok(Chosen { found, scanned, undecided, missing })
    }

    /// Keeps at most the first `most` messages.
    #[must_use]
    pub fn first(mut self, most: usize) -> Self {
        self.found.truncate(most);
        self
    }

    /// Adds the attributes from the spool, and the bodies if `bodies`.
    ///
    /// # Errors
    /// When the spool cannot be read.
    pub fn with_messages(mut self, spool: &Spool, bodies: bool) -> Result<Self> {
        for found in &mut self.found {
            if let Some(slot) = found.slot {
                let message = spool.get(slot)?;
                let user_ids = users(&message.body).ids;
                let (attributes, body) = (message.attributes, Body(message.body));
                let body = bodies.then_some(body);
                found.row.carried = Some(Box::new(Carried { attributes, user_ids, body }));
            }
        }
        Ok(self)
    }
}

impl Matcher {
    /// Decides on the messages of a scan. Reads from the spool only those that the expression
    /// needs, a few at a time.
    ///
    /// # Errors
    /// When a message that must be read is not in the spool.
    pub async fn decide_all(&self, found: &[Found], spool: Option<&Spool>) -> Result<Vec<Match>> {
        if !self.needs_message() {
            let decide =
                |found: &Found| if self.holds(&found.row) { Match::Yes } else { Match::No };
            return Ok(found.iter().map(decide).collect());
        }
        let decide = async |found: &Found| {
            if !self.holds(&found.row) {
                return Ok(Match::No);
            }
            let (Some(spool), Some(slot)) = (spool, found.slot) else {
                return Err(Error::new(Kind::Internal, "a message to match was not spooled"));
            };
            Ok(self.decide(&found.row, &spool.get(slot)?).await)
        };
        stream::iter(found).map(decide).buffered(TOGETHER).try_collect().await
    }

    /// Checks that each id prefix matches only one of all messages seen so far: those of earlier
    /// scans that it `named`, and those `found` by this one, which are added.
    ///
    /// # Errors
    /// Refused if one matches several.
    pub fn check_named(&self, named: &mut Vec<String>, found: &[Found]) -> Result<()> {
        if self.has_beginnings() {
            let ids = found.iter().map(|found| &found.row.message_id);
            named.extend(ids.filter(|id| self.names(id)).cloned());
            self.check_unique(named.iter().map(String::as_str))?;
        }
        Ok(())
    }

    /// Returns the requested ids that are not in a scan.
    #[must_use]
    pub fn missing(&self, scan: &Scan) -> Vec<String> {
        let found = scan.found.iter().map(|found| found.row.message_id.as_str());
        let damaged = scan.damaged.iter().map(|damaged| damaged.message_id.as_str());
        self.missing_of(found.chain(damaged))
    }
}

/// Counts the messages on which the expression failed, and warns of them and of those whose body
/// could not be read.
pub fn warn_undecided(events: &Events, matcher: &Matcher, matches: &[Match]) -> u64 {
    let unread = matches.iter().filter(|decided| **decided == Match::Unread).count() as u64;
    if unread > 0 {
        events.warn(format!(
            "{} could not be read by {}, and {}; see {} with `recoctl dlq peek --class malformed,foreign`",
            amount(unread, "message"),
            matcher.readers(),
            form(unread, "is not selected", "are not selected"),
            form(unread, "it", "them"),
        ));
    }
    let errors = matches.iter().filter_map(|decided| match decided {
        Match::Undecided(error) => Some(error),
        Match::Yes | Match::No | Match::Unread => None,
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

/// Warns, with the queues that messages did come from, if none came from a requested one: a
/// misspelled queue must not look like an empty one.
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

/// Warns of requested messages that were not found.
pub fn warn_missing(events: &Events, missing: &[String]) {
    if let Some(first) = missing.first() {
        events.warn(format!(
            "{} of the given message ids {} not received (the first: {first})",
            count(missing.len() as u64),
            form(missing.len() as u64, "is", "are")
        ));
    }
}
