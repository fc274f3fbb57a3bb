//! Finding and reading journals.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use reco_core::journal::{Header, JournalState, KeptMessage, Record, Replay, Restore};

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
    pub state: Result<JournalState>,
}

/// Returns all journals of `home`, newest first.
///
/// # Errors
/// When the directory exists but cannot be read.
pub fn stored(home: &Home) -> Result<Vec<Stored>> {
    let stored = entries(home)?.into_iter().map(|Entry { path, .. }| {
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
    let mut found: Vec<PathBuf> = entries(home)?
        .into_iter()
        .filter(|entry| entry.is_of(run))
        .map(|entry| entry.path)
        .collect();
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
pub fn load(path: &Path) -> Result<JournalState> {
    let mut replay = Replay::new();
    each_line(path, |line| replay.line(line).map_err(|error| unusable(path, &error)))?;
    Ok(replay.finish())
}

/// Passes each message of a journal to `take` once, with its content.
///
/// # Errors
/// Those of [`load`], and those of `take`.
pub fn each_kept(path: &Path, mut take: impl FnMut(KeptMessage) -> Result<()>) -> Result<()> {
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
    let is_of = |entry: &Entry| entry.source.as_deref() == Some(arn);
    Ok(entries(home)?.into_iter().filter(is_of).map(|entry| entry.path).collect())
}

/// Journal in the directory, or elsewhere with a pointer in the directory.
#[derive(Debug)]
struct Entry {
    path: PathBuf,
    run_id: String,
    started_at: Timestamp,
    /// ARN of its queue; `None` without a readable header.
    source: Option<String>,
}

impl Entry {
    /// Returns the journal at `path`, of which the directory has the name `name`. A journal that the
    /// operator named has only its header to tell its run and time; one without a readable header
    /// has only its name.
    fn of(path: PathBuf, name: &Path) -> Self {
        let stem = name.file_stem().unwrap_or_default().to_string_lossy();
        let (time, run_id) = stem.rsplit_once('-').unwrap_or(("", &stem));
        let header = header(&path);
        let started = header.as_ref().and_then(|header| header.started_at.parse().ok());
        let named = || DateTime::strptime("%Y%m%dT%H%M%SZ", time).ok();
        let named = || TimeZone::UTC.to_timestamp(named()?).ok();
        Entry {
            path,
            started_at: started.or_else(named).unwrap_or(Timestamp::UNIX_EPOCH),
            run_id: header.as_ref().map_or_else(|| run_id.to_owned(), |one| one.run_id.clone()),
            source: header.map(|header| header.source),
        }
    }

    /// Returns whether it belongs to a run whose id begins with `run`.
    fn is_of(&self, run: &str) -> bool {
        !run.is_empty() && self.run_id.starts_with(run)
    }
}

/// Returns the header of a journal.
fn header(path: &Path) -> Option<Header> {
    // A header is a few hundred bytes; a file without one within this limit is not a journal.
    let mut first = Vec::new();
    let file = BufReader::new(open_regular(path).ok()?);
    file.take(64 * 1024).read_until(b'\n', &mut first).ok()?;
    match serde_json::from_slice::<Record<'_>>(&first).ok()? {
        Record::Header(header) => Some(header),
        _ => None,
    }
}

/// Returns the journals, newest first, each once: two runs may have had the same path, if the first
/// sent nothing.
fn entries(home: &Home) -> Result<Vec<Entry>> {
    let failed = |error: &std::io::Error| {
        Error::input(format!("cannot read the journals in {}", home.journals().display()))
            .because(error)
    };
    let entries = match std::fs::read_dir(home.journals()) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(&error)),
    };
    let mut found: Vec<Entry> = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| failed(&error))?;
        // recoctl never creates symlinks here.
        if entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
            continue;
        }
        let name = entry.path();
        let path = match name.extension().and_then(|extension| extension.to_str()) {
            Some("jsonl") => Some(name.clone()),
            Some(ELSEWHERE) => elsewhere(&name),
            _ => None,
        };
        let path = path.filter(|path| found.iter().all(|known| known.path != *path));
        found.extend(path.map(|path| Entry::of(path, &name)));
    }
    found.sort_by(|a, b| (b.started_at, &b.path).cmp(&(a.started_at, &a.path)));
    Ok(found)
}

/// Returns the journal that a pointer names, if it exists.
fn elsewhere(pointer: &Path) -> Option<PathBuf> {
    let mut path = String::new();
    open_regular(pointer).ok()?.take(LONGEST_PATH).read_to_string(&mut path).ok()?;
    let path = PathBuf::from(path);
    path.is_file().then_some(path)
}

/// Returns the ids of the runs with a journal, newest first.
///
/// # Errors
/// When the directory exists but cannot be read.
pub fn run_ids(home: &Home) -> Result<Vec<String>> {
    Ok(entries(home)?.into_iter().map(|entry| entry.run_id).collect())
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

    fn header(run_id: &str, started_at: &str) -> String {
        format!(
            r#"{{"header":{{"version":1,"run_id":"{run_id}","started_at":"{started_at}","source":"arn","fifo":false,"recoctl":"","policy":""}}}}"#
        )
    }

    #[test]
    fn runs_are_named_by_the_beginning_of_their_id() {
        let path = PathBuf::from("/j/20260101T000000Z-0123abcd.jsonl");
        let entry = Entry::of(path.clone(), &path);
        assert!(entry.is_of("0123") && entry.is_of("0123abcd"));
        assert!(!entry.is_of("") && !entry.is_of("123") && !entry.is_of("2026"));
        assert_eq!(entry.started_at, "2026-01-01T00:00:00Z".parse().expect("a time"));
    }

    /// Whatever the operator called the file, the hints print the run's id.
    #[test]
    fn journals_elsewhere_are_found_by_their_run_and_sorted_by_its_start() {
        let root = tempfile::tempdir().expect("a directory");
        let (home, journals) = (Home::for_tests(root.path()), root.path().join("recoctl/journal"));
        std::fs::create_dir_all(&journals).expect("made");
        let mine = root.path().join("mine.jsonl");
        std::fs::write(&mine, header("aaaa1111", "2026-01-01T00:00:00.5Z")).expect("written");
        // The second one is of a run at the same path that sent nothing.
        for name in ["20260101T000000Z-aaaa1111", "20251231T000000Z-cccc3333"] {
            let pointer = journals.join(name).with_extension(ELSEWHERE);
            std::fs::write(pointer, mine.as_os_str().as_encoded_bytes()).expect("written");
        }
        let older = journals.join("z-of-the-operator.jsonl");
        std::fs::write(&older, header("dddd4444", "2026-01-01T00:00:00.25Z")).expect("written");
        let newer = journals.join("20260101T000001Z-bbbb2222.jsonl");
        std::fs::write(&newer, header("bbbb2222", "2026-01-01T00:00:01Z")).expect("written");
        assert_eq!(
            of_queue(&home, "arn").expect("read"),
            [newer.clone(), mine.clone(), older.clone()]
        );
        for (run, path) in [("aaaa", &mine), ("bbbb2222", &newer), ("dddd", &older)] {
            assert_eq!(&find(&home, run).expect("found"), path);
        }
        assert!(find(&home, "mine").is_err() && find(&home, "cccc").is_err());
    }
}
