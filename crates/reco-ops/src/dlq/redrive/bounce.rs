//! Detection of messages that come back to the DLQ while the run that sent them is still sending.
//!
//! A few that come back were poison messages. Many mean that the cause of the failures persists:
//! more sends would only come back as well, each with a few more receives.

mod bounce_watch;

use std::collections::{BTreeMap, HashSet};
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use reco_core::classify::Class;
use reco_core::journal::{Digest, SentMessages, Sighting};
use reco_core::message::Message;
use serde::Serialize;

pub use bounce_watch::{BounceWatch, Watched, watch};

use crate::dlq::journal::{Redriven, Sign, now_ms};
use crate::dlq::judge::Row;
use crate::sqs::AckWatch;
use reco_core::human::{amount, count};

/// Minimum number of sent messages for a meaningful percentage.
const JUDGED_FROM: u64 = 20;

/// Marker of the current run; run ids are never empty.
const THIS_RUN: &str = "";

/// Percentage of sent messages coming back at which a run stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit(Option<f64>);

impl Default for Limit {
    fn default() -> Self {
        Limit(Some(20.0))
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Limit(None));
        }
        match text.strip_suffix('%').unwrap_or(text).parse::<f64>() {
            Ok(percent) if percent > 0.0 && percent <= 100.0 => Ok(Limit(Some(percent))),
            _ => Err("must be a percentage above 0 and up to 100, or `off`".to_owned()),
        }
    }
}

impl Limit {
    /// Returns the percentage; `None` if the limit is off.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        self.0
    }
}

/// A message that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Returned {
    /// Its current id.
    pub message_id: String,
    /// Sign by which it is recognised.
    pub sign: Sign,
    /// Class of the message; null if it could not be classified.
    pub class: Option<Class>,
    /// Earlier run that sent it; absent if this run did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
}

/// Returned messages, as reported.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Bounced {
    /// Percentage at which the run stops; null if the limit is off.
    pub limit_percent: Option<f64>,
    /// Messages sent by this run and acknowledged by the destination.
    pub sent: u64,
    /// Messages that came back during the run, including those of earlier runs.
    pub bounced: u64,
    /// Percentage that came back; null before anything was sent.
    pub percent: Option<f64>,
    /// Number of returned messages by class.
    pub by_class: BTreeMap<Class, u64>,
    /// True if the limit stopped the run.
    pub stopped: bool,
    /// Every returned message.
    pub messages: Vec<Returned>,
}

/// Record of the messages sent by a run, used to recognise them when they come back.
#[derive(Debug)]
pub struct Bounces {
    limit: Limit,
    began_ms: i64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    seen: SentMessages,
    sent: u64,
    /// Messages that had already come back before this run began.
    old: HashSet<String>,
    returned: BTreeMap<String, Returned>,
    /// Estimated number of further returned messages in the DLQ, extrapolated from a sample.
    estimated: u64,
    stopped: bool,
}

impl AckWatch for Bounces {
    fn acked(&self, message_id: &str, sent_as: &str, digest: &Digest) {
        self.sent(message_id, sent_as, digest);
    }
}

impl Bounces {
    /// Returns an empty record.
    #[must_use]
    pub fn new(limit: Limit) -> Self {
        Bounces { limit, began_ms: now_ms(), state: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether the limit is on.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.limit.0.is_some()
    }

    /// Notes that the destination has a message with this content as `sent_as`.
    pub fn sent(&self, message_id: &str, sent_as: &str, digest: &Digest) {
        let mut state = self.lock();
        state.sent += 1;
        state.seen.sent(THIS_RUN, message_id, sent_as, digest);
    }

    /// Makes room for this many messages that are about to be sent.
    pub fn reserve(&self, messages: usize) {
        self.lock().seen.reserve(messages);
    }

    /// Notes a message found by a scan: if it is a returned message of an earlier run, it came back
    /// before this one.
    pub fn found(&self, row: &Row) {
        if row.redriven.as_ref().is_some_and(|redriven| redriven.sign == Sign::CameBack) {
            self.lock().old.insert(row.message_id.clone());
        }
    }

    /// Returns the sign by which a message in the DLQ is recognised as sent by this run.
    ///
    /// A message with the same content counts only if it was sent after the run began: otherwise it
    /// may be a twin that was in the DLQ all along. (AWS: a move to a standard DLQ keeps the time
    /// of sending, one to a FIFO DLQ resets it.)
    #[must_use]
    pub fn recognise(&self, message: &Message) -> Option<Sign> {
        match self.lock().seen.recognise(message)? {
            Sighting::CameBack { .. } => Some(Sign::CameBack),
            Sighting::SameContent { .. } => {
                let fresh = message.sent_at_ms().is_some_and(|sent| sent >= self.began_ms);
                fresh.then_some(Sign::SameContent)
            }
            Sighting::StillHere { .. } => None,
        }
    }

    /// Counts a message sent by this run that came back.
    pub fn came_back(&self, message_id: &str, sign: Sign, class: Option<Class>) {
        self.count(Returned { message_id: message_id.to_owned(), sign, class, run_id: None });
    }

    /// Counts a message of an earlier run if it came back during this one; returns whether it did.
    pub fn came_back_from(&self, row: &Row) -> bool {
        let Some(Redriven { run_id, sign: Sign::CameBack, .. }) = row.redriven.as_deref() else {
            return false;
        };
        let message_id = row.message_id.clone();
        if self.lock().old.contains(&message_id) {
            return false;
        }
        let class = Some(row.verdict.class);
        self.count(Returned {
            message_id,
            sign: Sign::CameBack,
            class,
            run_id: Some(run_id.clone()),
        });
        true
    }

    /// Notes an estimate of how many more came back than were inspected.
    pub fn expect_more(&self, estimated: u64) {
        self.lock().estimated = estimated;
    }

    fn count(&self, returned: Returned) {
        self.lock().returned.insert(returned.message_id.clone(), returned);
    }

    /// Returns the reason to stop the run once too many came back, and marks the run as stopped by
    /// it.
    #[must_use]
    pub fn verdict(&self) -> Option<String> {
        let limit = self.limit.0?;
        let mut state = self.lock();
        let percent = state.percent().filter(|_| state.sent >= JUDGED_FROM)?;
        if percent < limit {
            return None;
        }
        state.stopped = true;
        let (bounced, sent) = (state.returned.len() as u64 + state.estimated, state.sent);
        Some(format!(
            "{} came back while {} were sent ({percent:.0} %, --stop-on-bounce {limit} %)",
            amount(bounced, "redriven message"),
            count(sent)
        ))
    }

    /// Returns a summary of the messages that have come back so far.
    #[must_use]
    pub fn summary(&self) -> Bounced {
        let state = self.lock();
        let mut by_class: BTreeMap<Class, u64> = BTreeMap::new();
        for class in state.returned.values().filter_map(|returned| returned.class) {
            *by_class.entry(class).or_default() += 1;
        }
        Bounced {
            limit_percent: self.limit.0,
            sent: state.sent,
            bounced: state.returned.len() as u64,
            percent: state.percent().map(|percent| (percent * 10.0).round() / 10.0),
            by_class,
            stopped: state.stopped,
            messages: state.returned.values().cloned().collect(),
        }
    }
}

impl State {
    /// Returns the percentage that came back. Its base is this run's sends and the returned
    /// messages of earlier runs; capped at 100.
    fn percent(&self) -> Option<f64> {
        let bounced = self.returned.len() as u64 + self.estimated;
        let earlier = self.returned.values().filter(|one| one.run_id.is_some()).count() as u64;
        let base = self.sent + earlier;
        #[expect(clippy::cast_precision_loss, reason = "counts of messages, as a percentage")]
        (base > 0).then(|| (bounced as f64 / base as f64 * 100.0).min(100.0))
    }
}

#[cfg(test)]
mod tests;
