//! The names of a snapshot's files while it is being written.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempPath};

/// Random letters of a name.
const LETTERS: usize = 6;

/// Tries to make a file, where others tidy up at the same time.
const TRIES: usize = 8;

/// A file beside the one that it is for, `OUT.recoctl-xxxxxx.ENDING`; removed unless it was renamed.
/// It is locked while it is in use, so that what a killed run left can be told from it.
pub(super) struct Beside {
    // Before its lock is given up.
    path: TempPath,
    file: File,
}

impl Beside {
    /// Makes the file, which no other user may read: facts are personal data. Removes what runs that
    /// were killed left behind.
    pub(super) fn new(out: &Path, ending: &str) -> io::Result<Self> {
        let Some(name) = out.file_name() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no name of a file"));
        };
        // A name that starts with a directory is never taken for anything but a name.
        let directory = Path::new(".").join(out.parent().unwrap_or(Path::new("")));
        let (mut prefix, suffix) = (name.to_owned(), format!(".{ending}"));
        prefix.push(".recoctl-");
        tidy(&directory, &prefix, &suffix);
        for _ in 0..TRIES {
            let mut builder = Builder::new();
            builder.prefix(&prefix).suffix(&suffix).rand_bytes(LETTERS);
            let (file, path) = builder.tempfile_in(&directory)?.into_parts();
            // A file system may have no locks; nobody can tidy up there.
            let _ = file.lock();
            // Another run may have tidied it up before it was locked.
            if path.exists() {
                return Ok(Beside { path, file });
            }
        }
        Err(io::Error::other("other runs remove its files"))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until the file is on the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }

    /// Gives the file its name.
    pub(super) fn rename(self, out: &Path) -> io::Result<()> {
        self.path.persist(out).map_err(|error| error.error)
    }
}

/// Returns whether a file starts as those of SQLite do.
pub(super) fn is_sqlite(path: &Path) -> io::Result<bool> {
    let mut header = [0; 16];
    match File::open(path)?.read_exact(&mut header) {
        Ok(()) => Ok(header == *b"SQLite format 3\0"),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes files of such names that nobody has locked.
fn tidy(directory: &Path, prefix: &OsStr, suffix: &str) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    let names = entries.flatten().map(|entry| entry.file_name());
    let ours = names.filter(|name| is_ours(name, prefix, suffix));
    let paths: Vec<PathBuf> = ours.map(|name| directory.join(name)).collect();
    for path in paths {
        let is_file = std::fs::symlink_metadata(&path).is_ok_and(|data| data.is_file());
        if let (true, Ok(file)) = (is_file, File::open(&path))
            && file.try_lock().is_ok()
        {
            // Whoever comes to lock it now finds that it is gone. What cannot be removed stays.
            let _ = std::fs::remove_file(&path);
        }
    }
}

fn is_ours(name: &OsStr, prefix: &OsStr, suffix: &str) -> bool {
    let (name, prefix) = (name.as_encoded_bytes(), prefix.as_encoded_bytes());
    let letters = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix.as_bytes()));
    letters.is_some_and(|it| it.len() == LETTERS && it.iter().all(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_start_of_a_database_is_one() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x");
        for (content, expected) in [
            (&b""[..], false),
            (b"SQLite format 3", false),
            (b"SQLite format 3\0", true),
            (b"SQLite format 3\0 and more", true),
            (b"SQLite format 4\0 and more", false),
        ] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(is_sqlite(&path).unwrap(), expected, "{content:?}");
        }
        assert!(is_sqlite(&directory.path().join("y")).is_err());
    }

    #[test]
    fn a_file_in_use_is_not_tidied_up() {
        let directory = tempfile::tempdir().unwrap();
        let out = directory.path().join("facts.sqlite");
        let first = Beside::new(&out, "partial").unwrap();
        let second = Beside::new(&out, "partial").unwrap();
        assert!(first.path().exists() && second.path().exists());
        let (one, two) = (first.path().to_owned(), second.path().to_owned());
        drop(first);
        assert!(!one.exists());
        second.rename(&out).unwrap();
        assert!(!two.exists() && out.exists());
        assert!(Beside::new(Path::new(""), "partial").is_err());
        assert!(Beside::new(Path::new("/"), "partial").is_err());
    }
}
