//! Writing and deleting: no message is deleted before the file with it is on disk.

use reco_core::settle::{Deletable, backed_up, waived};

use super::Collector;
use super::report::{CollectedMessage, Fate};
use crate::dlq::export::ExportFile;
use crate::dlq::scan::Found;
use crate::error::{Error, Kind, Result};
use crate::event::Unit;
use crate::sqs::DeleteOutcome;

/// Messages per round of deletes; signals are checked between rounds.
const TOGETHER: usize = 160;

impl Collector<'_> {
    /// Writes messages to the file, if there is one; returns how many were written, in order.
    pub(super) async fn write(&mut self, going: &[Found]) -> Result<usize> {
        let Some(file) = &mut self.file else { return Ok(going.len()) };
        let total = Some(going.len() as u64);
        let progress = self.session.control.events.progress("writing", total, Unit::Messages);
        for (at, found) in going.iter().enumerate() {
            if self.session.is_cancelled() {
                return Ok(at);
            }
            let slot = found
                .slot
                .ok_or_else(|| Error::new(Kind::Internal, "a message to write was not spooled"))?;
            if let Err(error) = file.add(&self.spool.get(slot)?).await {
                let failed = cannot_write(file, &error);
                if !self.task.delete {
                    return Err(failed);
                }
                self.halted = Some(failed.to_string());
                return Ok(at);
            }
            progress.advance(1);
        }
        Ok(going.len())
    }

    /// Deletes the first `written` messages once the file with them is on disk.
    pub(super) async fn delete(&mut self, going: &[Found], written: usize) -> u64 {
        let (written, left) = going.split_at(written);
        let proof = match (&mut self.file, &self.halted) {
            (None, _) => None,
            (Some(_), Some(_)) => return self.leave_all(going),
            (Some(file), None) => match file.sync().await {
                Ok(proof) => Some(proof),
                Err(error) => {
                    self.halted = Some(cannot_write(file, &error).to_string());
                    return self.leave_all(going);
                }
            },
        };
        let ids = written.iter().map(|found| found.row.message_id.as_str());
        let deletable = match (&proof, &self.task.waiver) {
            (Some(proof), _) => backed_up(ids, proof),
            (None, Some(waiver)) => waived(ids, waiver),
            (None, None) => return self.leave_all(going),
        };
        let outcomes = self.delete_all(deletable).await;
        let deleted = outcomes.iter().filter(|one| **one == Some(DeleteOutcome::Deleted)).count();
        let in_file = proof.is_some();
        let records = written.iter().zip(outcomes).map(|(found, outcome)| {
            let (fate, reason) = match outcome {
                Some(DeleteOutcome::Deleted) => (Fate::Deleted, None),
                Some(other) => (Fate::NotDeleted, other.reason()),
                None => (Fate::Left, Some("stopped by a signal before it was deleted".to_owned())),
            };
            CollectedMessage::of(found, fate).because(reason).in_file(in_file)
        });
        self.records.extend(records);
        self.leave(left, "stopped by a signal before it was written");
        deleted as u64
    }

    /// Deletes in rounds; messages of rounds not started before cancellation have no outcome.
    async fn delete_all(&mut self, deletable: Vec<Deletable>) -> Vec<Option<DeleteOutcome>> {
        let total = Some(deletable.len() as u64);
        let progress = self.session.control.events.progress("deleting", total, Unit::Messages);
        let mut outcomes = Vec::with_capacity(deletable.len());
        for some in deletable.chunks(TOGETHER) {
            if self.session.is_cancelled() || self.halted.is_some() {
                outcomes.resize(outcomes.len() + some.len(), None);
                continue;
            }
            let done = self.session.lease.delete(some.to_vec()).await;
            progress.advance(some.len() as u64);
            let refused =
                |one: &DeleteOutcome| matches!(one, DeleteOutcome::Failed { refused: true, .. });
            if done.iter().all(refused) {
                self.halted = done.first().and_then(DeleteOutcome::reason);
            }
            outcomes.extend(done.into_iter().map(Some));
        }
        outcomes
    }

    fn leave_all(&mut self, going: &[Found]) -> u64 {
        self.leave(going, "not deleted: its backup is not safely on disk");
        0
    }

    pub(super) fn leave(&mut self, left: &[Found], otherwise: &str) {
        let reason = self.halted.as_deref().unwrap_or(otherwise).to_owned();
        let left = left.iter().map(|found| CollectedMessage::of(found, Fate::Left));
        self.records.extend(left.map(|record| record.because(Some(reason.clone()))));
    }
}

fn cannot_write(file: &ExportFile, error: &std::io::Error) -> Error {
    Error::input(format!("cannot write export {}", file.path().display()))
        .because(error)
        .hint("free disk space, or use a file on another disk; no message in it was deleted")
}
