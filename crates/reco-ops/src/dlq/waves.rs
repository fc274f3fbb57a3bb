//! Repeated scans of one run: a DLQ may have more messages than can be held at once, and a FIFO DLQ
//! delivers those behind the front of their group only once it is gone.

use std::sync::Arc;

use super::chosen::{warn_missing, warn_undecided, warn_unknown_sources};
use super::reach::Reach;
use super::scan::{Found, Goal, Scan};
use super::select::{Match, Matcher};
use super::session::Session;
use crate::error::{Error, Kind, Result};
use crate::files::spool::Spool;

/// Totals of all scans of a run.
#[derive(Debug, Default)]
pub struct Waves {
    /// Messages received, except arrivals that are left alone.
    pub seen: u64,
    /// Those of them that were there when the run began.
    pub early: u64,
    /// Deliveries of messages that were already held.
    pub repeated: u64,
    /// Messages released to make room, and received again.
    pub again: u64,
    /// Scans that found new messages.
    pub count: u64,
    /// Reach in the DLQ.
    pub reach: Reach,
    /// Messages on which `--where` failed.
    pub undecided: u64,
    /// Ids of messages that match `--id`.
    pub named: Vec<String>,
}

impl Waves {
    /// Scans for as many messages as were there when the run began and were not received yet.
    ///
    /// # Errors
    /// As [`Session::scan`].
    pub async fn scan(&mut self, session: &Session, goal: Goal) -> Result<Scan> {
        let scan = session.scan(goal, session.depth().saturating_sub(self.seen)).await?;
        let new = scan.new_messages();
        self.count += u64::from(new > 0);
        self.seen += new;
        self.repeated += scan.repeated;
        self.again += scan.again;
        self.early += session.early(&scan) - scan.again;
        self.reach = session.reach(&scan, (self.seen, self.early)).await;
        Ok(scan)
    }

    /// Returns whether as many messages were received as were there when the run began.
    #[must_use]
    pub fn saw_all(&self, session: &Session) -> bool {
        self.seen >= session.depth()
    }

    /// Checks that each id prefix matches only one of all messages received so far, with those
    /// `found` by the last scan.
    ///
    /// # Errors
    /// Refused if one matches several.
    pub fn check_names(&mut self, matcher: &Matcher, found: &[Found]) -> Result<()> {
        matcher.check_named(&mut self.named, found)
    }

    /// Decides which messages of a scan are selected, and warns of those that could not be decided.
    ///
    /// # Errors
    /// When a message that must be read is not in the spool.
    pub async fn decide(
        &mut self,
        session: &Session,
        matcher: &Matcher,
        spool: &Arc<Spool>,
        found: &[Found],
    ) -> Result<Vec<Match>> {
        let (matches, events) =
            (matcher.decide_all(found, Some(spool)).await?, &session.control.events);
        warn_unknown_sources(events, matcher, found.iter().map(|found| &*found.row));
        self.undecided += warn_undecided(events, matcher, &matches);
        Ok(matches)
    }

    /// Notes that the rest was not received for want of room, after `seen` messages that were there
    /// when the run began.
    pub fn ran_out_of_room(&mut self, session: &Session, seen: u64) {
        let reach = std::mem::take(&mut self.reach);
        self.reach = reach.out_of_room(session.scanner.limit, session.depth(), seen);
    }

    /// Checks that every received message has a record, each with one of `ids`. Returns the
    /// requested ids that are not among them, after warning of them.
    ///
    /// # Errors
    /// Internal if a message has no record.
    pub fn account<'a>(
        &self,
        session: &Session,
        matcher: &Matcher,
        ids: impl ExactSizeIterator<Item = &'a str>,
    ) -> Result<Vec<String>> {
        let (seen, records) = (self.seen, ids.len());
        if seen != records as u64 {
            let what = format!("{seen} messages were received but {records} are accounted for");
            return Err(Error::new(Kind::Internal, what)
                .hint("inspect the queues before running again, and please report this bug"));
        }
        let missing = matcher.missing_of(ids);
        warn_missing(&session.control.events, &missing);
        Ok(missing)
    }
}
