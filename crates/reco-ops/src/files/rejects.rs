//! Rejects file of a redrive: entries that are not sent, on disk before their message is sent.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::files::safe_file::create_private;

/// Rejects file in progress: one JSON object per line.
#[derive(Debug)]
pub struct Rejects {
    path: PathBuf,
    file: Mutex<File>,
    used: AtomicBool,
}

impl Rejects {
    /// Creates the file, readable by its owner only.
    ///
    /// # Errors
    /// Fails if it exists, so that rejects of an earlier run are not overwritten.
    pub fn create(path: &Path) -> Result<Self> {
        let file = create_private(path).map_err(|error| {
            Error::input(format!("cannot create rejects file {}", path.display()))
                .because(&error)
                .hint("pass --rejects with a new file on a disk with free space; nothing was moved")
        })?;
        let (path, used) = (path.to_owned(), AtomicBool::new(false));
        Ok(Rejects { path, file: Mutex::new(file), used })
    }

    /// Appends lines; returns once they are on disk.
    ///
    /// # Errors
    /// Fails if they did not reach the disk; their message must not be sent then.
    pub async fn durable(self: &Arc<Self>, lines: String) -> Result<()> {
        self.used.store(true, Ordering::Relaxed);
        let rejects = Arc::clone(self);
        let written = tokio::task::spawn_blocking(move || {
            let mut file = rejects.file.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(lines.as_bytes())?;
            file.sync_data()
        });
        let written = written.await.map_err(Error::unexpected("writing rejects"))?;
        written.map_err(|error| {
            Error::input(format!("cannot write rejects file {}", self.path.display()))
                .because(&error)
        })
    }

    /// Returns the path; removes the file and returns `None` if nothing was rejected.
    #[must_use]
    pub fn finish(&self) -> Option<String> {
        if self.used.load(Ordering::Relaxed) {
            return Some(self.path.display().to_string());
        }
        if let Err(error) = std::fs::remove_file(&self.path) {
            tracing::debug!(%error, "cannot remove an empty rejects file");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_existing_file_is_left_alone_and_an_empty_one_does_not_stay() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("rejects.jsonl");
        let rejects = Rejects::create(&path).expect("created");
        assert!(Rejects::create(&path).is_err());
        assert_eq!(rejects.finish(), None);
        assert!(!path.exists());
        let rejects = Arc::new(Rejects::create(&path).expect("created"));
        rejects.durable("{}\n".to_owned()).await.expect("written");
        assert_eq!(rejects.finish(), Some(path.display().to_string()));
        assert_eq!(std::fs::read_to_string(&path).expect("there"), "{}\n");
    }
}
