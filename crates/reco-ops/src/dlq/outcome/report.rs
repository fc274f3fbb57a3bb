//! Report of the outcome of moved messages.

use std::collections::BTreeMap;

use reco_core::message_outcome::{MessageOutcome, Tracker, UserCounts};
use reco_core::outcome::{Outcome, Tally};
use serde::Serialize;

use super::Waited;
use crate::dlq::causes::LogRead;

/// Reason why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// Every message has an outcome that stays.
    Settled,
    /// The time is over.
    Over,
    /// Stopped by a signal.
    Interrupted,
}

/// Outcomes of the moved messages and their users.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutcomeSummary {
    /// Number of moved messages by outcome.
    pub counts: BTreeMap<MessageOutcome, u64>,
    /// Users of the messages, each counted once.
    pub users: UserCounts,
    /// Reason why the wait ended.
    pub ended: Ended,
    /// Duration of the wait in seconds.
    pub waited_s: f64,
    /// What could not be looked at, and why.
    pub notes: Vec<String>,
    /// The function's log, if it was asked for the reasons of messages that did not end well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<LogRead>,
    /// True if the DLQ could not be looked at for messages that came back.
    #[serde(skip)]
    pub unseen_dlq: bool,
}

impl OutcomeSummary {
    /// Returns the summary of a wait.
    #[must_use]
    pub fn of(tracker: &Tracker, waited: &Waited) -> Self {
        OutcomeSummary {
            counts: tracker.counts(),
            users: tracker.users(),
            ended: waited.ended,
            waited_s: (waited.time.as_secs_f64() * 1000.0).round() / 1000.0,
            notes: waited.notes.clone(),
            log: waited.log.clone(),
            unseen_dlq: !waited.saw_dlq,
        }
    }

    /// Returns the summary of messages of which nothing could be found out, beyond `counts`.
    #[must_use]
    pub fn failed(counts: BTreeMap<MessageOutcome, u64>, reason: String) -> Self {
        OutcomeSummary {
            counts,
            users: UserCounts::default(),
            ended: Ended::Over,
            waited_s: 0.0,
            notes: vec![reason],
            log: None,
            unseen_dlq: true,
        }
    }

    /// Returns the number of messages whose outcome is not known to be good; one at least if it is
    /// not known whether any came back.
    #[must_use]
    pub fn not_known_good(&self) -> u64 {
        let moved: u64 = self.counts.values().sum();
        self.not_good().max(u64::from(self.unseen_dlq && moved > 0))
    }

    /// Returns the number of messages whose outcome is not good.
    #[must_use]
    pub fn not_good(&self) -> u64 {
        self.counts.iter().filter(|(outcome, _)| !outcome.is_good()).map(|(_, count)| count).sum()
    }

    /// Returns whether another look may tell more.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.counts.iter().any(|(outcome, count)| outcome.is_open() && *count > 0)
    }
}

/// Moved message with its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeRow {
    /// Id in the DLQ that it was moved from.
    pub message_id: String,
    /// Its outcome.
    pub outcome: MessageOutcome,
    /// Reason, if the outcome needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Report on the outcome of an earlier run.
#[derive(Debug, Serialize)]
pub struct OutcomeReport {
    /// Path of the journal.
    pub journal: String,
    /// Id of the run.
    pub run_id: String,
    /// Start of the run, RFC 3339.
    pub started_at: String,
    /// ARN of the DLQ.
    pub source: String,
    /// Table that was read; null if it could not be used.
    pub table: Option<String>,
    /// Messages that the destination has; the sum of `counts`.
    pub moved: u64,
    /// Messages that the journal cannot say to be in the destination: `dlq journal resume`.
    pub possibly_sent: u64,
    /// Moved messages whose originals may be in the DLQ still: `dlq journal resume`.
    pub not_deleted: u64,
    /// True if a run may have moved more messages since.
    #[serde(skip)]
    pub more: bool,
    /// Outcomes of the messages and their users.
    #[serde(flatten)]
    pub summary: OutcomeSummary,
    /// Every moved message.
    pub messages: Vec<OutcomeRow>,
}

impl OutcomeReport {
    /// Returns the rows of all messages.
    pub(super) fn rows(tracker: &Tracker) -> Vec<OutcomeRow> {
        let row = |message: reco_core::message_outcome::MovedMessage<'_>| OutcomeRow {
            message_id: message.message_id.to_owned(),
            outcome: message.outcome,
            reason: message.reason.map(str::to_owned),
        };
        tracker.messages().map(row).collect()
    }

    /// Returns the outcome of the command.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let tally = Tally {
            done: self.moved - self.summary.not_good(),
            partly: self.summary.not_known_good() + self.possibly_sent + u64::from(self.more),
            ..Tally::default()
        };
        tally.outcome(self.summary.ended == Ended::Interrupted)
    }
}
