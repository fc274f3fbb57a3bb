//! Cleanup after earlier runs: messages that they sent but did not delete are deleted, never sent
//! again, and their journals are completed.

use std::collections::BTreeMap;

use reco_core::outcome::Outcome;
use reco_core::settle::Deletable;

use super::report::Record;
use super::run::Redrive;
use crate::dlq::journal::{Journal, Sign, load, now_ms};
use crate::dlq::scan::Found;
use crate::error::Result;
use crate::sqs::DeleteOutcome;
use crate::sqs::records::deleted;

impl Redrive<'_> {
    /// Takes out messages that an earlier run sent and the destination acknowledged, and deletes
    /// them whatever the selection is: they are already where they belong.
    ///
    /// # Errors
    /// When the journal that proves the send cannot be read or written.
    pub async fn clear_sent(&mut self, found: &mut Vec<Found>) -> Result<()> {
        let is_sent = |found: &mut Found| {
            found.row.redriven.as_ref().is_some_and(|redriven| redriven.sign == Sign::StillHere)
        };
        let sent: Vec<Found> = found.extract_if(.., is_sent).collect();
        if self.options.dry_run {
            self.records.extend(sent.iter().map(|found| Record::already_sent(&found.row)));
            return Ok(());
        }
        let mut by_run: BTreeMap<String, Vec<Found>> = BTreeMap::new();
        for found in sent {
            let run = found.row.redriven.as_ref().map(|redriven| redriven.run_id.clone());
            by_run.entry(run.unwrap_or_default()).or_default().push(found);
        }
        for (run_id, found) in by_run {
            self.clear_run(&run_id, found).await?;
        }
        Ok(())
    }

    async fn clear_run(&mut self, run_id: &str, found: Vec<Found>) -> Result<()> {
        let Some(path) = self.session.history.path(run_id) else {
            let reason =
                || format!("the journal of run {run_id} is gone, so its send cannot be proven");
            self.records.extend(found.iter().map(|one| Record::still_here(&one.row, reason())));
            return Ok(());
        };
        let state = load(path)?;
        let proofs: Vec<Deletable> =
            found.iter().filter_map(|found| state.acked(&found.row.message_id)).collect();
        let outcomes = self.session.lease.delete(proofs.clone()).await;
        let mut by_id: BTreeMap<&str, DeleteOutcome> =
            proofs.iter().map(Deletable::message_id).zip(outcomes).collect();
        let gone =
            |proof: &&Deletable| by_id.get(proof.message_id()) == Some(&DeleteOutcome::Deleted);
        let gone: Vec<&Deletable> = proofs.iter().filter(gone).collect();
        let journal = Journal::append(path, &state)?;
        journal.durable(deleted(gone.iter().copied())?).await?;
        self.cleared.extend(gone.into_iter().cloned());
        for found in &found {
            let reason = match by_id.remove(found.row.message_id.as_str()) {
                Some(outcome) => outcome.reason(),
                None => Some(format!("run {run_id} recorded the send, but not the content")),
            };
            self.records.push(match reason {
                None => Record::already_sent(&found.row),
                Some(reason) => Record::still_here(&found.row, reason),
            });
        }
        Ok(())
    }

    /// Writes the end record to journals of earlier runs that have no work left: the whole DLQ was
    /// seen, so every message they sent but did not delete is deleted now, or gone.
    ///
    /// # Errors
    /// When a journal cannot be read or written.
    pub async fn end_earlier(&self) -> Result<()> {
        let whole = self.waves.reach.exhausted && self.session.queues().in_flight_elsewhere == 0;
        if self.options.dry_run || !whole || self.session.is_cancelled() {
            return Ok(());
        }
        let still_here: Vec<&str> = self.not_deleted().collect();
        for run in self.session.history.unfinished() {
            let Some(path) = self.session.history.path(&run.run_id) else { continue };
            let state = load(path)?;
            let left = state.resume(now_ms());
            let open = |id: &str| still_here.contains(&id);
            if left.delete.iter().any(|acked| open(acked.message_id())) {
                continue;
            }
            let journal = Journal::append(path, &state)?;
            journal.durable(deleted(&left.delete)?).await?;
            let uncertain = (left.resend.len() + left.uncertain.len()) as u64;
            let outcome = if uncertain > 0 { Outcome::Partial } else { Outcome::Success };
            let counts = BTreeMap::from([("uncertain".to_owned(), uncertain)]);
            journal.close_with(outcome, counts).await?;
        }
        Ok(())
    }
}
