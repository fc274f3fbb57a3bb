//! History of a DLQ: recognises messages that an earlier run has already redriven, and lists
//! unfinished runs.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use reco_core::human::to_the_second;
use reco_core::journal::{Header, JournalState, SentMessages, Sighting, is_remembered};
use reco_core::message::Message;
use reco_core::room::Bounce;
use serde::Serialize;

use crate::aws::sqs::MAX_RETENTION_S;
use crate::error::Result;
use crate::journal::{Home, Lock, load, now_ms, of_queue};
use crate::sqs::Doubt;
use reco_core::human::amount;

/// A message sent longer ago than two retention periods cannot be in the DLQ any more.
const FORGOTTEN: SignedDuration = SignedDuration::from_secs(2 * MAX_RETENTION_S);

/// History from the journals of a DLQ.
#[derive(Debug, Default)]
pub struct RedriveHistory {
    seen: SentMessages,
    runs: HashMap<String, Run>,
    /// Attempts that a FIFO queue still deduplicates, by message id.
    remembered: HashMap<String, Attempts>,
    unfinished: Vec<Unfinished>,
    /// Errors of journals that cannot be read.
    unreadable: Vec<String>,
}

/// Attempts at a message whose responses are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Attempts {
    /// Start of the first.
    since_ms: i64,
    /// ARN of the queue that all were sent to, as the headers of their journals have it: `None` where a
    /// run sends each message home.
    destination: Option<String>,
    /// True if they were sent to different queues: none deduplicates all of them.
    scattered: bool,
}

impl Attempts {
    fn join(&mut self, since_ms: i64, destination: Option<&str>) {
        self.since_ms = self.since_ms.min(since_ms);
        self.scattered |= self.destination.as_deref() != destination;
    }
}

#[derive(Debug)]
struct Run {
    started_at: String,
    path: PathBuf,
    sent: u64,
    rate: Option<f64>,
}

/// Run that did not finish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfinished {
    /// Id of the run.
    pub run_id: String,
    /// Start of the run, RFC 3339.
    pub started_at: String,
    /// Messages that were sent but possibly not deleted.
    pub acked: u64,
    /// Messages that were possibly sent.
    pub uncertain: u64,
}

impl Unfinished {
    /// Returns a description for messages to the operator.
    #[must_use]
    pub fn words(&self) -> String {
        let started = to_the_second(&self.started_at);
        format!(
            "run {} of {started} was interrupted: {} sent and possibly not deleted, {} possibly sent",
            self.run_id,
            amount(self.acked, "message"),
            self.uncertain
        )
    }
}

/// Id that a message had before a redrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormerId {
    /// Message id.
    pub message_id: String,
    /// Id of the run that sent it on.
    pub run_id: String,
    /// Start of that run, RFC 3339.
    pub run_started_at: String,
}

/// Record of an earlier redrive of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Redriven {
    /// Id of the last run that sent it.
    pub run_id: String,
    /// Start of that run, RFC 3339.
    pub run_started_at: String,
    /// Sign by which it is recognised.
    pub sign: Sign,
}

/// Sign by which a redriven message is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// Its id is the one assigned by the destination: it failed again and came back.
    CameBack,
    /// It is the original, acknowledged by the destination; a redrive deletes it.
    StillHere,
    /// It is the original, and the destination may or may not have it.
    PerhapsSent,
    /// It has the same body and attributes as a message that was sent.
    SameContent,
}

impl Sign {
    /// Returns a short name for tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Sign::CameBack => "came back",
            Sign::StillHere => "already sent",
            Sign::PerhapsSent => "possibly sent",
            Sign::SameContent => "same content as one redriven",
        }
    }
}

impl Redriven {
    /// Returns a description for the reasons of a message.
    #[must_use]
    pub fn reason(&self) -> String {
        let Redriven { run_id, run_started_at, .. } = self;
        let what = match self.sign {
            Sign::CameBack => "was redriven and came back",
            Sign::StillHere => "was redriven but not deleted: the next redrive deletes it",
            Sign::PerhapsSent => "may have been redriven: redriving it may send it twice",
            Sign::SameContent => "has the same content as a redriven message",
        };
        let started = to_the_second(run_started_at);
        format!("{what} (run {run_id} of {started})")
    }
}

impl RedriveHistory {
    /// Reads the journals of the queue `arn`, one after the other; errors of unreadable ones are in
    /// [`RedriveHistory::unreadable`].
    ///
    /// # Errors
    /// When the journals' directory cannot be read.
    pub fn of(home: &Home, arn: &str) -> Result<Self> {
        let mut history = RedriveHistory::default();
        let oldest = Timestamp::now().checked_sub(FORGOTTEN).unwrap_or(Timestamp::UNIX_EPOCH);
        let running = Lock::holder(home, arn).map(|holder| holder.run_id);
        // The newest is read last, so that it takes precedence.
        for path in of_queue(home, arn)?.into_iter().rev() {
            let state = match load(&path) {
                Ok(state) => state,
                Err(error) => {
                    history.unreadable.push(error.to_string());
                    continue;
                }
            };
            let Some(header) = state.header().cloned() else { continue };
            let is_old = header.started_at.parse().is_ok_and(|at: Timestamp| at < oldest);
            if !is_old {
                history.add(&state, &header, path, running.as_deref());
            }
        }
        history.unfinished.reverse();
        Ok(history)
    }

    fn add(&mut self, state: &JournalState, header: &Header, path: PathBuf, running: Option<&str>) {
        let now_ms = now_ms();
        if header.fifo {
            let doubtful = state.messages().filter_map(|(id, _)| {
                let since = state.doubtful_since_ms(id)?;
                is_remembered(since, now_ms).then(|| (id.to_owned(), since))
            });
            let destination = header.destination.as_deref();
            for (id, since_ms) in doubtful {
                let first = || Attempts {
                    since_ms,
                    destination: destination.map(str::to_owned),
                    scattered: false,
                };
                self.remembered.entry(id).or_insert_with(first).join(since_ms, destination);
            }
        }
        let counts = state.counts();
        let is_done = counts.messages == 0 || (state.end().is_some() && counts.acked == 0);
        if !is_done && running != Some(&header.run_id) {
            self.unfinished.push(Unfinished {
                run_id: header.run_id.clone(),
                started_at: header.started_at.clone(),
                acked: counts.acked,
                uncertain: counts.uncertain + counts.intended,
            });
        }
        let started_at = header.started_at.clone();
        let (sent, rate) = (counts.acked + counts.deleted, state.rate());
        self.runs.insert(header.run_id.clone(), Run { started_at, path, sent, rate });
        self.seen.add(state);
    }

    /// Returns the earlier redrive of a message, if there was one.
    #[must_use]
    pub fn recognise(&self, message: &Message) -> Option<Redriven> {
        let (run_id, sign) = match self.seen.recognise(message)? {
            Sighting::CameBack { run_id } => (run_id, Sign::CameBack),
            Sighting::StillHere { run_id, acked: true } => (run_id, Sign::StillHere),
            Sighting::StillHere { run_id, acked: false } => (run_id, Sign::PerhapsSent),
            Sighting::SameContent { run_id } => (run_id, Sign::SameContent),
        };
        let run = self.runs.get(run_id);
        let run_started_at = run.map(|run| run.started_at.clone()).unwrap_or_default();
        Some(Redriven { run_id: run_id.to_owned(), run_started_at, sign })
    }

    /// Returns the messages of the latest run that sent any, of which `redriven` came back.
    #[must_use]
    pub fn bounce<'a>(&self, redriven: impl Iterator<Item = &'a Redriven>) -> Option<Bounce> {
        let sending = self.runs.iter().filter(|(_, run)| run.sent > 0);
        let (run_id, run) = sending.max_by(|a, b| a.1.started_at.cmp(&b.1.started_at))?;
        let came_back = |redriven: &&Redriven| {
            let signs = matches!(redriven.sign, Sign::CameBack | Sign::SameContent);
            signs && redriven.run_id == *run_id
        };
        let messages = redriven.filter(came_back).count() as u64;
        let (sent, rate, run_id) = (run.sent, run.rate, run_id.clone());
        (messages > 0).then_some(Bounce { messages, sent, run_id, rate })
    }

    /// Returns the journal's path for a run.
    #[must_use]
    pub fn path(&self, run_id: &str) -> Option<&PathBuf> {
        self.runs.get(run_id).map(|run| &run.path)
    }

    /// Returns the earlier attempt at a message that the FIFO queue `destination` would still
    /// deduplicate; `None` stands for the queue that the message came from. Another queue than that of
    /// the attempt knows nothing of it.
    #[must_use]
    pub fn remembered(&self, message_id: &str, destination: Option<&str>) -> Option<Doubt> {
        let attempts = self.remembered.get(message_id)?;
        if attempts.scattered || attempts.destination.as_deref() != destination {
            return None;
        }
        let since_ms = attempts.since_ms;
        let reason = "an earlier run was interrupted between its send and the response".to_owned();
        Some(Doubt { since_ms, reason })
    }

    /// Returns the ids that messages had before they were redriven, by their id now, the newest first. A
    /// message that SQS's own move task moved has ids that no journal knows.
    #[must_use]
    pub fn former_ids<'a>(
        &self,
        ids: impl Iterator<Item = &'a str>,
    ) -> BTreeMap<String, Vec<FormerId>> {
        let mut found: BTreeMap<String, Vec<FormerId>> = BTreeMap::new();
        // The id to look for, and the message that it leads to.
        let mut wanted: HashMap<String, String> =
            ids.map(|id| (id.to_owned(), id.to_owned())).collect();
        let mut runs: Vec<(&String, &Run)> = self.runs.iter().collect();
        // A copy is older than what became of it, so that one pass is enough.
        runs.sort_by(|a, b| b.1.started_at.cmp(&a.1.started_at).then(b.0.cmp(a.0)));
        for (run_id, run) in runs {
            let Ok(state) = load(&run.path) else { continue };
            // A run may send on what came back to it.
            loop {
                let step = |(id, sent_as): (&str, &str)| {
                    let now = wanted.get(sent_as).filter(|_| !wanted.contains_key(id))?;
                    Some((id.to_owned(), now.clone()))
                };
                let steps: Vec<(String, String)> = state.copies().filter_map(step).collect();
                if steps.is_empty() {
                    break;
                }
                for (message_id, now) in steps {
                    let (run_id, run_started_at) = (run_id.clone(), run.started_at.clone());
                    let former =
                        FormerId { message_id: message_id.clone(), run_id, run_started_at };
                    found.entry(now.clone()).or_default().push(former);
                    wanted.insert(message_id, now);
                }
            }
        }
        found
    }

    /// Returns the errors of journals that cannot be read; what those runs sent is unknown.
    #[must_use]
    pub fn unreadable(&self) -> &[String] {
        &self.unreadable
    }

    /// Returns the unfinished runs on the DLQ, newest first.
    #[must_use]
    pub fn unfinished(&self) -> &[Unfinished] {
        &self.unfinished
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A history of one doubtful attempt, at 1,000 ms, and further ones.
    fn history(attempts: &[(i64, Option<&str>)]) -> RedriveHistory {
        let mut history = RedriveHistory::default();
        for (since_ms, destination) in attempts.iter().copied() {
            let destination_of = destination.map(str::to_owned);
            let first = Attempts { since_ms, destination: destination_of, scattered: false };
            let entry = history.remembered.entry("m".to_owned()).or_insert(first);
            entry.join(since_ms, destination);
        }
        history
    }

    #[test]
    fn only_the_queue_of_an_attempt_remembers_it() {
        let since = |history: &RedriveHistory, to| Some(history.remembered("m", to)?.since_ms);
        let to_a = history(&[(1_000, Some("a"))]);
        assert_eq!(since(&to_a, Some("a")), Some(1_000));
        assert_eq!((since(&to_a, Some("b")), since(&to_a, None)), (None, None));
        let home = history(&[(1_000, None)]);
        assert_eq!((since(&home, None), since(&home, Some("a"))), (Some(1_000), None));
        let twice = history(&[(2_000, Some("a")), (1_000, Some("a"))]);
        assert_eq!(since(&twice, Some("a")), Some(1_000), "since the first");
        let scattered = history(&[(1_000, Some("a")), (2_000, Some("b"))]);
        assert_eq!((since(&scattered, Some("a")), since(&scattered, Some("b"))), (None, None));
    }
}
