//! Writing and deleting: nothing is deleted before the file that has it is on the disk.

use std::sync::Arc;

use super::Collector;
use super::report::{Fate, Record};
use crate::error::{Error, Kind, Result};
use crate::flow::discard::{Discarder, Fate as Discarded, Grounds};
use crate::flow::export::ExportFile;
use crate::flow::scan::Found;
use crate::ui::Unit;

impl Collector<'_> {
    /// Writes messages into the file, where there is one; answers with how many, from the first.
    pub(super) async fn write(&mut self, going: &[Found]) -> Result<usize> {
        let Some(file) = &mut self.file else { return Ok(going.len()) };
        let total = Some(going.len() as u64);
        let progress = self.context.ui.progress("writing", total, Unit::Messages);
        for (at, found) in going.iter().enumerate() {
            if self.context.cancel.is_cancelled() {
                return Ok(at);
            }
            let slot = found.slot.ok_or_else(|| {
                Error::new(Kind::Internal, "a message to be written was not kept")
            })?;
            if let Err(error) = file.add(&self.spool.get(slot)?).await {
                let failed = cannot_write(file, &error);
                if !self.task.delete {
                    return Err(failed);
                }
                self.ending.halted = Some(failed.to_string());
                return Ok(at);
            }
            progress.advance(1);
        }
        Ok(going.len())
    }

    /// Deletes the first `written` messages once the file with them is on the disk.
    pub(super) async fn delete(&mut self, going: &[Found], written: usize) -> u64 {
        let (written, left) = going.split_at(written);
        let proof = match (&mut self.file, &self.ending.halted) {
            (None, _) => None,
            (Some(_), Some(_)) => return self.leave_all(going),
            (Some(file), None) => match file.sync().await {
                Ok(proof) => Some(proof),
                Err(error) => {
                    self.ending.halted = Some(cannot_write(file, &error).to_string());
                    return self.leave_all(going);
                }
            },
        };
        let grounds = match (&proof, &self.task.waiver) {
            (Some(proof), _) => Grounds::BackedUp(proof),
            (None, Some(waiver)) => Grounds::Waived(waiver),
            (None, None) => return self.leave_all(going),
        };
        let discarder = Discarder {
            sqs: self.session.sqs.clone(),
            queue: self.session.pair.dlq.queue.clone(),
            hold: Arc::clone(&self.session.hold),
        };
        let ids: Vec<String> = written.iter().map(|found| found.row.message_id.clone()).collect();
        let total = Some(ids.len() as u64);
        let progress = self.context.ui.progress("deleting", total, Unit::Messages);
        let fates = discarder.discard(&ids, &grounds, &self.context.cancel, &progress).await;
        let deleted = fates.iter().filter(|fate| **fate == Discarded::Deleted).count();
        let in_file = proof.is_some();
        let records = written.iter().zip(fates).map(|(found, fate)| {
            let (fate, reason) = match fate {
                Discarded::Deleted => (Fate::Deleted, None),
                Discarded::NotDeleted { reason } => (Fate::NotDeleted, Some(reason)),
                Discarded::Left { reason } => (Fate::Left, Some(reason)),
            };
            Record::of(found, fate).because(reason).in_file(in_file)
        });
        self.records.extend(records);
        self.leave(left, "stopped by a signal before it was written");
        deleted as u64
    }

    fn leave_all(&mut self, going: &[Found]) -> u64 {
        self.leave(going, "not deleted: there is no flushed copy");
        0
    }

    pub(super) fn leave(&mut self, left: &[Found], otherwise: &str) {
        let reason = self.ending.halted.as_deref().unwrap_or(otherwise).to_owned();
        let left = left.iter().map(|found| Record::of(found, Fate::Left));
        self.records.extend(left.map(|record| record.because(Some(reason.clone()))));
    }
}

fn cannot_write(file: &ExportFile, error: &std::io::Error) -> Error {
    Error::input(format!("cannot write export {}", file.path().display()))
        .because(error)
        .hint("free space, or give a file on a disk that has some; nothing of it was deleted")
}
