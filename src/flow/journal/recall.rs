//! Recognising messages of a DLQ that an earlier run has already redriven.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use reco_core::journal::{Seen, Sighting};
use reco_core::message::Message;
use serde::Serialize;

use super::home::Home;
use super::store::stored;
use crate::error::Result;

/// AWS: a queue keeps a message for 14 days at most. What was sent longer ago than two queues keep
/// it cannot be in the DLQ any more.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(2 * 14 * 24);

/// What the journals of a DLQ know.
#[derive(Debug)]
pub struct Recall {
    seen: Seen,
    started: HashMap<String, String>,
}

/// That a message was redriven before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Redriven {
    /// The run that sent it last.
    pub run_id: String,
    /// When that run began, RFC 3339.
    pub run_started_at: String,
    /// What it is known by.
    pub sign: Sign,
}

/// What a redriven message is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// Its id is the one that the destination gave it: it failed again and came back.
    CameBack,
    /// It is the original, acknowledged by the destination: a redrive would send it twice.
    StillHere,
    /// It is the original, and nobody knows whether the destination has it.
    PerhapsSent,
    /// Its body and attributes are those of a message that was sent.
    SameContent,
}

impl Redriven {
    /// In words, as a reason.
    #[must_use]
    pub fn reason(&self) -> String {
        let Redriven { run_id, run_started_at, .. } = self;
        let what = match self.sign {
            Sign::CameBack => "was redriven and came back",
            Sign::StillHere => "was redriven but not deleted: redriving it sends it twice",
            Sign::PerhapsSent => "was perhaps redriven: redriving it may send it twice",
            Sign::SameContent => "has the content of a message that was redriven",
        };
        format!("{what} (run {run_id} of {run_started_at})")
    }
}

impl Recall {
    /// Reads the journals of the queue `arn`; those that cannot be read are of no help and no harm.
    ///
    /// # Errors
    /// When the journals' directory cannot be read.
    pub fn of(home: &Home, arn: &str) -> Result<Self> {
        let mut recall = Recall { seen: Seen::default(), started: HashMap::new() };
        let oldest = Timestamp::now().checked_sub(FORGOTTEN).unwrap_or(Timestamp::UNIX_EPOCH);
        // The newest comes last, so that its word counts.
        for state in stored(home)?.into_iter().rev().filter_map(|stored| stored.state.ok()) {
            let Some(header) = state.header().filter(|header| header.source == arn) else {
                continue;
            };
            if header.started_at.parse::<Timestamp>().is_ok_and(|started| started < oldest) {
                continue;
            }
            recall.started.insert(header.run_id.clone(), header.started_at.clone());
            recall.seen.add(&state);
        }
        Ok(recall)
    }

    /// Whether a message was redriven before.
    #[must_use]
    pub fn recognise(&self, message: &Message) -> Option<Redriven> {
        let (run_id, sign) = match self.seen.recognise(message)? {
            Sighting::CameBack { run_id } => (run_id, Sign::CameBack),
            Sighting::StillHere { run_id, acked: true } => (run_id, Sign::StillHere),
            Sighting::StillHere { run_id, acked: false } => (run_id, Sign::PerhapsSent),
            Sighting::SameContent { run_id } => (run_id, Sign::SameContent),
        };
        let run_started_at = self.started.get(run_id).cloned().unwrap_or_default();
        Some(Redriven { run_id: run_id.to_owned(), run_started_at, sign })
    }
}
