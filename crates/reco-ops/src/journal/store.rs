//! Finding and reading journals.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use reco_core::journal::{Kept, Record, Replay, Restore, State};

use super::home::Home;
use crate::error::{Error, Result};
use crate::files::safe_file::open_regular;

/// File extension of a pointer to a journal elsewhere.
pub(super) const ELSEWHERE: &str = "elsewhere";

/// Journal file with its state.
#[derive(Debug)]
pub struct Stored {
    /// Path of the file.
    pub path: PathBuf,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// State of the journal, or the error that prevents reading it.
    pub state: Result<State>,
}

/// Returns all journals of `home`, newest first.
///
/// # Errors
/// When the directory exists but cannot be read.
pub fn stored(home: &Home) -> Result<Vec<Stored>> {
    let stored = names(home)?.into_iter().map(|path| {
        let bytes = path.metadata().map_or(0, |data| data.len());
        let state = load(&path);
        Stored { path, bytes, state }
    });
    Ok(stored.collect())
}

/// Finds a journal by its path, or by a prefix of its run's id.
///
/// # Errors
/// When there is none, or more than one.
pub fn find(home: &Home, run: &str) -> Result<PathBuf> {
    let as_path = Path::new(run);
    if as_path.is_file() {
        return Ok(as_path.to_owned());
    }
    let list = "recoctl dlq journal list";
    let mut found: Vec<PathBuf> =
        names(home)?.into_iter().filter(|path| is_of(path, run)).collect();
    match (found.pop(), found.len()) {
        (Some(path), 0) => Ok(path),
        (None, _) => {
            Err(Error::input(format!("no journal of run {run} in {}", home.journals().display()))
                .hint(format!("list the journals with `{list}`, or pass the path of a journal")))
        }
        (Some(_), more) => {
            Err(Error::input(format!("run id {run} is ambiguous: {} journals match", more + 1))
                .hint(format!("use a longer prefix; list the journals with `{list}`")))
        }
    }
}

/// Longest line in bytes: a 1 MiB message as JSON, with its metadata.
const LONGEST_LINE: u64 = 16 << 20;

/// Longest path that a pointer may hold, in bytes.
const LONGEST_PATH: u64 = 64 << 10;

/// Reads the state of a journal, without the message bodies.
///
/// # Errors
/// When it cannot be read, or is damaged anywhere but at its end.
pub fn load(path: &Path) -> Result<State> {
    let mut replay = Replay::new();
    each_line(path, |line| replay.line(line).map_err(|error| unusable(path, &error)))?;
    Ok(replay.finish())
}

/// Passes each message of a journal to `take` once, with its content.
///
/// # Errors
/// Those of [`load`], and those of `take`.
pub fn each_kept(path: &Path, mut take: impl FnMut(Kept) -> Result<()>) -> Result<()> {
    let mut restore = Restore::new();
    each_line(path, |line| match restore.line(line).map_err(|error| unusable(path, &error))? {
        Some(kept) => take(kept),
        None => Ok(()),
    })
}

/// Returns the journals of the queue `arn`, newest first. Reads only the first line of each.
///
/// # Errors
/// When the directory exists but cannot be read.
pub fn of_queue(home: &Home, arn: &str) -> Result<Vec<PathBuf>> {
    let is_of = |path: &PathBuf| source(path).is_some_and(|source| source == arn);
    Ok(names(home)?.into_iter().filter(is_of).collect())
}

/// Returns the queue named by a journal's header.
fn source(path: &Path) -> Option<String> {
    // A header is a few hundred bytes; a file without one within this limit is not a journal.
    let mut first = Vec::new();
    let file = BufReader::new(open_regular(path).ok()?);
    file.take(64 * 1024).read_until(b'\n', &mut first).ok()?;
    match serde_json::from_slice(&first).ok()? {
        Record::Header(header) => Some(header.source),
        _ => None,
    }
}

fn names(home: &Home) -> Result<Vec<PathBuf>> {
    let failed = |error: &std::io::Error| {
        Error::input(format!("cannot read the journals in {}", home.journals().display()))
            .because(error)
    };
    let entries = match std::fs::read_dir(home.journals()) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(&error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| failed(&error))?;
        // recoctl never creates symlinks here.
        if entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
            continue;
        }
        let path = entry.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("jsonl") => paths.push(path),
            Some(ELSEWHERE) => paths.extend(elsewhere(&path)),
            _ => {}
        }
    }
    // File names begin with the time.
    paths.sort_by(|a, b| b.file_name().cmp(&a.file_name()));
    Ok(paths)
}

/// Returns the journal that a pointer names, if it exists.
fn elsewhere(pointer: &Path) -> Option<PathBuf> {
    let mut path = String::new();
    open_regular(pointer).ok()?.take(LONGEST_PATH).read_to_string(&mut path).ok()?;
    let path = PathBuf::from(path);
    path.is_file().then_some(path)
}

/// Returns the ids of the runs with a journal, newest first, by the names of the files.
///
/// # Errors
/// When the directory exists but cannot be read.
pub fn run_ids(home: &Home) -> Result<Vec<String>> {
    let id = |path: PathBuf| {
        let stem = path.file_stem()?.to_string_lossy().into_owned();
        stem.rsplit('-').next().map(str::to_owned)
    };
    Ok(names(home)?.into_iter().filter_map(id).collect())
}

/// Returns whether a file name belongs to a run whose id begins with `run`.
fn is_of(path: &Path, run: &str) -> bool {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    !run.is_empty() && stem.rsplit('-').next().is_some_and(|id| id.starts_with(run))
}

fn each_line(path: &Path, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let failed = |error: &std::io::Error| {
        Error::input(format!("cannot read the journal {}", path.display())).because(error)
    };
    let mut reader = BufReader::new(open_regular(path).map_err(|error| failed(&error))?);
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut limited = (&mut reader).take(LONGEST_LINE);
        match limited.read_until(b'\n', &mut line).map_err(|error| failed(&error))? {
            0 => return Ok(()),
            _ if line.len() as u64 == LONGEST_LINE => {
                return Err(failed(&std::io::Error::other("it has a line that no run writes")));
            }
            _ => {}
        }
        take(&line)?;
    }
}

fn unusable(path: &Path, error: &reco_core::journal::JournalError) -> Error {
    Error::input(format!("cannot use the journal {}", path.display())).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_named_by_the_beginning_of_their_id() {
        let path = Path::new("/j/20260101T000000Z-0123abcd.jsonl");
        assert!(is_of(path, "0123") && is_of(path, "0123abcd"));
        assert!(!is_of(path, "") && !is_of(path, "123") && !is_of(path, "2026"));
    }
}
