//! Saves checkpoints in the background while a run goes on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::FutureExt;
use tokio::task::{JoinError, JoinHandle};

use super::file::{CheckpointLock, save};
use super::{Checkpoint, CheckpointState, RejectsFile};
use crate::backfill::lines::LineStart;
use crate::backfill::rejects::Mark;
use crate::error::{Error, Result};

/// Background saver of one run's checkpoints.
#[derive(Debug)]
pub struct Saver {
    path: PathBuf,
    every: Duration,
    /// Constant parts of the checkpoints.
    last: Checkpoint,
    /// Save in progress, with its place.
    going: Option<(LineStart, JoinHandle<std::io::Result<()>>)>,
    /// Last place saved to the file.
    saved: LineStart,
    failure: Option<String>,
    _lock: CheckpointLock,
}

impl Saver {
    /// Creates a saver; `first` is on disk when this returns.
    ///
    /// # Errors
    /// Refuses if it cannot be saved.
    pub fn begin(
        path: &Path,
        every: Duration,
        first: Checkpoint,
        lock: CheckpointLock,
    ) -> Result<Self> {
        save(path, &first).map_err(|error| {
            Error::refused(format!("cannot write checkpoint {}", path.display()))
                .because(&error)
                .hint("pass --checkpoint FILE on a writable disk")
        })?;
        let (path, saved) = (path.to_owned(), first.state.at);
        Ok(Saver { path, every, last: first, going: None, saved, failure: None, _lock: lock })
    }

    /// Returns the path of the checkpoint file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the save interval.
    pub const fn every(&self) -> Duration {
        self.every
    }

    /// Returns the place from which a run resumed from the file would continue.
    pub const fn saved(&self) -> LineStart {
        self.saved
    }

    /// Returns the reason why the last save failed, if it did.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Returns whether a checkpoint at this place would be new and no save is in progress.
    pub fn is_due(&mut self, at: LineStart) -> bool {
        if let Some((place, going)) = &mut self.going {
            let place = *place;
            let Some(saved) = going.now_or_never() else { return false };
            self.going = None;
            self.note(place, saved);
        }
        at != self.last.state.at
    }

    /// Starts a save; rejects reach the disk before the checkpoint that covers them.
    pub fn start(&mut self, state: CheckpointState, rejects: Option<Mark>) {
        let checkpoint = self.next(state, rejects.as_ref());
        let (path, place) = (self.path.clone(), checkpoint.state.at);
        let saving = tokio::task::spawn_blocking(move || {
            if let Some(Mark { file, .. }) = rejects {
                file.sync_data()?;
            }
            save(&path, &checkpoint)
        });
        self.going = Some((place, saving));
    }

    /// Saves the last checkpoint, after the save in progress.
    pub async fn end(&mut self, state: CheckpointState, rejects: Option<Mark>) {
        self.settle().await;
        self.start(state, rejects);
        self.settle().await;
    }

    /// Waits for the save in progress.
    pub async fn settle(&mut self) {
        if let Some((place, going)) = self.going.take() {
            let saved = going.await;
            self.note(place, saved);
        }
    }

    fn next(&mut self, state: CheckpointState, rejects: Option<&Mark>) -> Checkpoint {
        if let (Some(file), Some(mark)) = (&mut self.last.rejects, rejects) {
            let RejectsFile { bytes, .. } = file;
            *bytes = mark.bytes;
        }
        self.last.state = state;
        self.last.saved_at = jiff::Timestamp::now().to_string();
        self.last.clone()
    }

    /// Records the result of a save. A failed save costs progress, not data, so the run goes on.
    fn note(&mut self, place: LineStart, saved: Result<std::io::Result<()>, JoinError>) {
        self.failure = match saved {
            Ok(Ok(())) => {
                self.saved = place;
                None
            }
            Ok(Err(error)) => Some(error.to_string()),
            Err(error) => Some(error.to_string()),
        };
    }
}
