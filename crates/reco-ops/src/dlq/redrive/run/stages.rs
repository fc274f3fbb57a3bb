//! Stages of a canary: a few messages are moved and waited for before more follow.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use reco_core::human::{amount, count};
use reco_core::message_outcome::MessageOutcome;
use serde::Serialize;

use super::{Going, Redrive};
use crate::dlq::outcome::{Ended, WAIT, lacking};
use crate::dlq::redrive::outcome::{Looking, enter};
use crate::dlq::redrive::report::{Category, Record};
use crate::error::{Error, Result};

/// Messages from which stages are proposed.
const MANY: u64 = 1_000;

/// Stages that were moved first, as reported.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Canary {
    /// Every stage that was moved.
    pub stages: Vec<Stage>,
    /// True if the last of them stopped the run.
    pub stopped: bool,
}

/// One stage.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Stage {
    /// Messages that were sent, or possibly sent.
    pub sent: u64,
    /// Number of them by outcome; without those that were possibly sent.
    pub counts: BTreeMap<MessageOutcome, u64>,
    /// Duration of the wait in seconds.
    pub waited_s: f64,
}

/// Stages of a run.
#[derive(Debug, Default)]
pub(in crate::dlq::redrive) struct Stages {
    /// Sizes of the stages to come, the next one first.
    sizes: Vec<u64>,
    /// Messages sent, or possibly sent, in the stage that is not complete yet.
    begun: u64,
    /// Messages among them that were possibly sent.
    uncertain: u64,
    /// Outcomes of all stages until now.
    counts: BTreeMap<MessageOutcome, u64>,
    /// Messages of the stages whose lists were not in the table before they were sent.
    pub(in crate::dlq::redrive) lacking: HashSet<String>,
    /// `None` without stages.
    canary: Option<Canary>,
}

impl Stages {
    /// Returns the stages of these sizes; none if there are none.
    pub(super) fn new(sizes: &[u64]) -> Self {
        let canary = (!sizes.is_empty()).then(Canary::default);
        Stages { sizes: sizes.to_vec(), canary, ..Stages::default() }
    }

    /// Returns whether a stage is to be waited for.
    pub(super) fn are_left(&self) -> bool {
        !self.sizes.is_empty()
    }

    /// Returns whether a stage stopped the run.
    pub(in crate::dlq::redrive) fn stopped(&self) -> bool {
        self.canary.as_ref().is_some_and(|canary| canary.stopped)
    }

    /// Returns the stages for the report.
    pub(super) fn into_report(self) -> Option<Canary> {
        self.canary
    }

    /// Returns how many messages are missing from the current stage; `None` once none is left.
    fn room(&self) -> Option<u64> {
        self.sizes.first().map(|size| size.saturating_sub(self.begun))
    }
}

impl Redrive<'_> {
    /// Moves messages in stages, as long as there are any and all of them end well, then the rest.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub(super) async fn move_in_stages(&mut self, mut going: Vec<Going>) -> Result<u64> {
        let mut moved = 0;
        while !going.is_empty() {
            let stops = self.pace.gate().stopped().is_some();
            let Some(room) = self.stages.room().filter(|_| !stops && !self.session.is_cancelled())
            else {
                break;
            };
            let rest =
                going.split_off(going.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
            let stage = std::mem::replace(&mut going, rest);
            // Others of the same waves, which earlier runs sent, may lie in between.
            let places: Vec<usize> = stage.iter().map(|one| one.record).collect();
            self.note_lacking(&stage).await;
            moved += self.move_together(stage).await?;
            let of = |wanted: &[Category]| {
                let of = |one: &&Record| wanted.iter().any(|category| one.is(*category));
                places.iter().filter_map(|at| self.records.get(*at)).filter(of).count() as u64
            };
            let sent = of(&[Category::Moved, Category::NotDeleted, Category::Uncertain]);
            let uncertain = of(&[Category::Uncertain]);
            self.stages.begun += sent;
            self.stages.uncertain += uncertain;
            // What was not moved makes room for another of the same stage.
            if self.stages.room() == Some(0) {
                self.end_stage().await?;
            }
        }
        Ok(moved + self.move_together(going).await?)
    }

    /// Waits for a stage that has fewer messages than it might, at the end of the run.
    ///
    /// # Errors
    /// When the journal cannot be read or written.
    pub(super) async fn end_last_stage(&mut self) -> Result<()> {
        let goes_on = self.pace.gate().stopped().is_none() && !self.session.is_cancelled();
        if self.stages.are_left() && self.stages.begun > 0 && goes_on {
            self.end_stage().await?;
            self.stages.sizes.clear();
        }
        Ok(())
    }

    /// Waits for the messages of a stage; stops the run unless all of them end well.
    async fn end_stage(&mut self) -> Result<()> {
        let journal = self.outbox.as_ref().and_then(|outbox| outbox.journal.clone());
        let Some(journal) = journal else { return Ok(()) };
        let number = self.stages.canary.as_ref().map_or(0, |canary| canary.stages.len()) + 1;
        let size = std::mem::take(&mut self.stages.begun);
        let uncertain = std::mem::take(&mut self.stages.uncertain);
        self.stages.sizes.remove(0);
        let events = self.session.control.events.clone();
        events.status(format!("canary stage {number}: waiting for {}", amount(size, "message")));
        let looking = Looking {
            session: self.session,
            journal: &journal,
            destinations: self.destinations(),
            wait: self.options.wait.unwrap_or(WAIT),
            lacking: Some(&self.stages.lacking),
            // The look after the last stage asks the log for reasons.
            log_group: None,
            holds: true,
        };
        let (tracker, mut waited) = match looking.look().await {
            Ok(looked) => looked,
            Err(error) => {
                self.fail_stage((number, size), &error);
                return Ok(());
            }
        };
        self.note_cleared(std::mem::take(&mut waited.cleared));
        enter(&mut self.records, &tracker);
        let all = tracker.counts();
        let before = std::mem::replace(&mut self.stages.counts, all.clone());
        let since = |(outcome, now): (MessageOutcome, u64)| {
            let new = now.saturating_sub(before.get(&outcome).copied().unwrap_or(0));
            (new > 0).then_some((outcome, new))
        };
        let counts: BTreeMap<_, _> = all.into_iter().filter_map(since).collect();
        let bad = uncertain > 0 || tracker.messages().any(|message| !message.outcome.is_good());
        let interrupted = waited.ended == Ended::Interrupted;
        let words = words(number, (size, uncertain), &counts);
        if let Some(canary) = &mut self.stages.canary {
            let waited_s = (waited.time.as_secs_f64() * 1000.0).round() / 1000.0;
            canary.stages.push(Stage { sent: size, counts, waited_s });
            canary.stopped = bad && !interrupted;
        }
        if bad && !interrupted {
            events.warn(format!("stopping: {words}"));
            self.pace.gate().stop(words);
        } else if !bad {
            events.status(words);
        }
        Ok(())
    }

    /// Stops the run because nothing could be found out about a stage. Its messages are moved, so
    /// the report must still account for them.
    fn fail_stage(&mut self, (number, size): (usize, u64), error: &Error) {
        let words = format!(
            "canary stage {number} ({}): the outcome is not known: {error}",
            amount(size, "message")
        );
        self.session.warn(format!("stopping: {words}"));
        if let Some(canary) = &mut self.stages.canary {
            let counts = [(MessageOutcome::Unknown, size)].into();
            canary.stages.push(Stage { sent: size, counts, waited_s: 0.0 });
            canary.stopped = true;
        }
        self.pace.gate().stop(words);
    }

    /// Notes which messages' lists are not in the table: if they are later, they were handled.
    async fn note_lacking(&mut self, stage: &[Going]) {
        let spool = Arc::clone(&self.spool);
        let slots = stage.iter().filter_map(Going::unchanged);
        let messages = slots.filter_map(|slot| spool.get(slot).ok());
        let judge = &self.session.scanner.judge;
        let lacking = lacking(judge, &self.session.control.cancel, messages).await;
        self.stages.lacking.extend(lacking);
    }

    /// Proposes stages before many messages move, where someone may read it.
    pub(super) fn propose_stages(&self, messages: u64) {
        let proposed = self.options.propose_canary && !self.options.dry_run;
        if proposed && messages > MANY && self.options.canary.is_empty() {
            self.session.control.events.status(format!(
                "hint: {} are moved at once; --canary 1,10,100 moves a few first and waits for what becomes of them",
                amount(messages, "message")
            ));
        }
    }
}

fn words(
    number: usize,
    (size, uncertain): (u64, u64),
    counts: &BTreeMap<MessageOutcome, u64>,
) -> String {
    let outcomes = counts.iter().map(|(outcome, messages)| (*messages, outcome.name()));
    let uncertain = (uncertain > 0).then_some((uncertain, "possibly sent"));
    let parts = outcomes.chain(uncertain);
    let parts: Vec<String> =
        parts.map(|(messages, name)| format!("{} {name}", count(messages))).collect();
    format!("canary stage {number} ({}): {}", amount(size, "message"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_has_room_until_it_is_full() {
        let mut stages = Stages::new(&[1, 10]);
        assert_eq!((stages.room(), stages.are_left()), (Some(1), true));
        stages.begun = 1;
        assert_eq!(stages.room(), Some(0));
        stages.sizes.remove(0);
        stages.begun = 0;
        assert_eq!(stages.room(), Some(10));
        let none = Stages::new(&[]);
        assert_eq!((none.room(), none.are_left(), none.stopped()), (None, false, false));
        assert_eq!(none.into_report(), None);
    }

    #[test]
    fn a_stage_is_told_in_words() {
        let counts = [(MessageOutcome::Written, 99), (MessageOutcome::CameBack, 1)].into();
        let told = words(3, (101, 1), &counts);
        assert_eq!(told, "canary stage 3 (101 messages): 99 written, 1 came back, 1 possibly sent");
    }
}
