//! Saving checkpoints while a run goes on, off its way.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::FutureExt;
use tokio::task::{JoinError, JoinHandle};

use super::file::{Lock, save};
use super::{Checkpoint, RejectsFile, State};
use crate::backfill::lines::Place;
use crate::backfill::rejects::Mark;
use crate::error::{Error, Result};

/// Saves the checkpoints of one run.
#[derive(Debug)]
pub struct Saver {
    path: PathBuf,
    every: Duration,
    /// Constant parts of the checkpoints.
    last: Checkpoint,
    /// The save on its way, and the place that it is of.
    going: Option<(Place, JoinHandle<std::io::Result<()>>)>,
    /// Position saved in the file.
    saved: Place,
    failure: Option<String>,
    _lock: Lock,
}

impl Saver {
    /// A saver that begins with `first`, which is on disk when this returns.
    ///
    /// # Errors
    /// Refused, when it cannot be saved.
    pub fn begin(path: &Path, every: Duration, first: Checkpoint, lock: Lock) -> Result<Self> {
        save(path, &first).map_err(|error| {
            Error::refused(format!("cannot write checkpoint {}", path.display()))
                .because(&error)
                .hint("pass --checkpoint FILE on a writable disk")
        })?;
        let (path, saved) = (path.to_owned(), first.state.at);
        Ok(Saver { path, every, last: first, going: None, saved, failure: None, _lock: lock })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the save interval.
    pub const fn every(&self) -> Duration {
        self.every
    }

    /// Where a run that goes on from the file begins.
    pub const fn saved(&self) -> Place {
        self.saved
    }

    /// Returns the reason why the last save failed, where it did.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Returns whether a checkpoint at this place would be a new one, and none is on its way.
    pub fn is_due(&mut self, at: Place) -> bool {
        if let Some((place, going)) = &mut self.going {
            let place = *place;
            let Some(saved) = going.now_or_never() else { return false };
            self.going = None;
            self.note(place, saved);
        }
        at != self.last.state.at
    }

    /// Begins to save; the rejects that it speaks of reach the disk before it does.
    pub fn start(&mut self, state: State, rejects: Option<Mark>) {
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

    /// Saves the last one, after the one on its way.
    pub async fn end(&mut self, state: State, rejects: Option<Mark>) {
        self.settle().await;
        self.start(state, rejects);
        self.settle().await;
    }

    /// Waits for the save on its way.
    pub async fn settle(&mut self) {
        if let Some((place, going)) = self.going.take() {
            let saved = going.await;
            self.note(place, saved);
        }
    }

    fn next(&mut self, state: State, rejects: Option<&Mark>) -> Checkpoint {
        if let (Some(file), Some(mark)) = (&mut self.last.rejects, rejects) {
            let RejectsFile { bytes, .. } = file;
            *bytes = mark.bytes;
        }
        self.last.state = state;
        self.last.saved_at = jiff::Timestamp::now().to_string();
        self.last.clone()
    }

    /// A checkpoint that was not saved costs progress, not data: the run goes on.
    fn note(&mut self, place: Place, saved: Result<std::io::Result<()>, JoinError>) {
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
