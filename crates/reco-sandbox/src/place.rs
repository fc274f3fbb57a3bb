//! Directories that live as long as their process: private to the user, and cleaned up by the next
//! process if their own was killed.

use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::{Builder, TempDir};

/// Lock file that marks the directory's process as alive. The system releases the lock however the
/// process ends.
const ALIVE: &str = ".alive";

/// Name prefix of such directories.
const FAMILY: &str = "recoctl-";

/// A temporary directory of this process, removed when dropped.
#[derive(Debug)]
pub struct ScratchDir {
    directory: TempDir,
    _alive: File,
}

impl ScratchDir {
    /// Creates `recoctl-KIND-<random>`, readable by this user only, and removes directories left
    /// behind by killed processes.
    ///
    /// # Errors
    /// When the directory cannot be created.
    pub fn new(kind: &str) -> io::Result<Self> {
        Self::new_in(&std::env::temp_dir(), kind)
    }

    fn new_in(parent: &Path, kind: &str) -> io::Result<Self> {
        remove_stale(parent);
        let prefix = format!("{FAMILY}{kind}-");
        let mut builder = Builder::new();
        builder.prefix(&prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let directory = builder.tempdir_in(parent)?;
        // Renamed only once locked, so that no other process takes the directory for a stale one.
        let unnamed = directory.path().join(".alive.new");
        let alive = File::create(&unnamed)?;
        alive.lock()?;
        std::fs::rename(unnamed, directory.path().join(ALIVE))?;
        Ok(ScratchDir { directory, _alive: alive })
    }

    /// Returns the directory's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// Removes directories whose processes are gone. Failures are ignored: the directory is another
/// user's, or will be removed next time.
fn remove_stale(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let named = entry.file_name().to_string_lossy().starts_with(FAMILY);
        // `file_type` does not follow links, which may lead anywhere.
        let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if named && is_directory && is_stale(&entry.path()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Returns whether this is a directory of a process that is gone. A directory without a lock file
/// may be the operator's own.
fn is_stale(directory: &Path) -> bool {
    File::open(directory.join(ALIVE)).is_ok_and(|alive| alive.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_lives_with_its_process_and_not_longer() {
        let parent = tempfile::tempdir().expect("a directory");
        let living = ScratchDir::new_in(parent.path(), "sandbox").expect("made");
        let killed = parent.path().join("recoctl-sandbox-killed");
        std::fs::create_dir(&killed).expect("made");
        std::fs::write(killed.join(ALIVE), "").expect("written");
        std::fs::write(killed.join("facts.sqlite"), "").expect("written");
        let (mine, others) = (parent.path().join("recoctl-exports"), parent.path().join("other"));
        std::fs::create_dir(&mine).expect("made");
        std::fs::write(mine.join("dlq.jsonl.gz"), "").expect("written");
        std::fs::create_dir(&others).expect("made");
        std::fs::write(others.join(ALIVE), "").expect("written");
        let next = ScratchDir::new_in(parent.path(), "journal").expect("made");
        assert!(!killed.exists());
        for path in [living.path(), next.path(), &mine, &others] {
            assert!(path.exists(), "{}", path.display());
        }
        let path = living.path().to_owned();
        drop(living);
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_look_into_it_and_links_are_left_alone() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().expect("a directory");
        let elsewhere = tempfile::tempdir().expect("a directory");
        std::fs::write(elsewhere.path().join(ALIVE), "").expect("written");
        let link = parent.path().join("recoctl-sandbox-link");
        std::os::unix::fs::symlink(elsewhere.path(), &link).expect("linked");
        let place = ScratchDir::new_in(parent.path(), "sandbox").expect("made");
        let mode = place.path().metadata().expect("there").permissions().mode() & 0o7777;
        assert_eq!(mode, 0o700);
        assert!(elsewhere.path().join(ALIVE).exists());
    }
}
