//! Journal writer: records of concurrent batches reach the disk together, in one flush.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use reco_core::journal::{End, Header, JournalState, Record, VERSION};
use reco_core::outcome::Outcome;
use tokio::sync::oneshot;

use super::home::{Home, make_private};
use crate::error::{Error, Kind, Result};
use crate::files::safe_file::{create_private, no_follow};

/// Journal of one run, open for writing.
///
/// A dedicated thread writes: records that arrive during a flush go out with the next one.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// Pointer to it, if it is kept elsewhere.
    pointer: Option<PathBuf>,
    batches: AtomicU64,
    jobs: Mutex<Option<Sender<Job>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Job {
    bytes: Vec<u8>,
    /// Notified when the bytes are on disk; `None` if no caller waits for them.
    done: Option<oneshot::Sender<Result<(), String>>>,
}

/// Returns the current time in milliseconds since the epoch.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Serializes records as lines.
///
/// # Errors
/// Only if a record cannot be serialized, which no record causes.
pub fn lines<'a>(records: impl IntoIterator<Item = Record<'a>>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for record in records {
        record.write_line(&mut bytes).map_err(|error| {
            Error::new(Kind::Internal, "cannot write a record of the journal").because(&error)
        })?;
    }
    Ok(bytes)
}

impl Journal {
    /// Returns a new random run id.
    #[must_use]
    pub fn new_run_id() -> String {
        format!("{:016x}", fastrand::u64(..))
    }

    /// Creates a journal at `path`, or under a generated name in `home`. The header is on disk when
    /// this returns; its `version`, `recoctl` and `started_at` are filled in.
    ///
    /// # Errors
    /// Refused when the file exists or cannot be written: no message may be sent without a journal.
    pub fn create(home: &Home, path: Option<&Path>, header: Header) -> Result<Self> {
        let now = jiff::Timestamp::now();
        let header = Header {
            version: VERSION,
            started_at: now.to_string(),
            recoctl: env!("CARGO_PKG_VERSION").to_owned(),
            ..header
        };
        let name = format!("{}-{}.jsonl", now.strftime("%Y%m%dT%H%M%SZ"), header.run_id);
        let own = home.journals().join(&name);
        let path = path.map_or_else(|| own.clone(), Path::to_owned);
        let failed = |error: &std::io::Error| {
            Error::refused(format!("cannot write the journal {}", path.display()))
                .because(error)
                .hint("no message is sent without a journal; pass --journal PATH, a new file on a disk with free space")
        };
        let first = lines([Record::Header(header.clone())])?;
        let mut file = create_new(home, &path).map_err(|error| failed(&error))?;
        file.write_all(&first).and_then(|()| file.sync_all()).map_err(|error| failed(&error))?;
        // Without this, a machine crash may lose the directory entry.
        #[cfg(unix)]
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            File::open(parent).and_then(|dir| dir.sync_all()).map_err(|error| failed(&error))?;
        }
        let elsewhere = !path.starts_with(home.journals()) && !home.is_passing();
        let pointer = elsewhere.then(|| own.with_extension(super::store::ELSEWHERE));
        if let Some(pointer) = &pointer {
            point_to(home, pointer, &path).map_err(|error| failed(&error))?;
        }
        let mut journal = Journal::start(path, 0, file);
        journal.pointer = pointer;
        Ok(journal)
    }

    /// Continues a journal after its last complete record.
    ///
    /// # Errors
    /// Refused when the file cannot be written.
    pub fn append(path: &Path, state: &JournalState) -> Result<Self> {
        let open = || -> std::io::Result<File> {
            let mut file = no_follow(OpenOptions::new().write(true)).open(path)?;
            file.set_len(state.tail().whole_bytes)?;
            file.seek(SeekFrom::End(0))?;
            if state.tail().unterminated {
                file.write_all(b"\n")?;
            }
            file.sync_all()?;
            Ok(file)
        };
        let file = open().map_err(|error| {
            Error::refused(format!("cannot write the journal {}", path.display())).because(&error)
        })?;
        Ok(Journal::start(path.to_owned(), state.last_batch(), file))
    }

    fn start(path: PathBuf, last_batch: u64, file: File) -> Self {
        let (jobs, work) = channel();
        let writer = std::thread::spawn(move || write(file, &work));
        Journal {
            path,
            pointer: None,
            batches: AtomicU64::new(last_batch),
            jobs: Mutex::new(Some(jobs)),
            writer: Mutex::new(Some(writer)),
        }
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns a unique number for the next batch.
    pub fn next_batch(&self) -> u64 {
        self.batches.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Appends records and returns once they are on disk.
    ///
    /// # Errors
    /// When they may not be on disk: the step that depends on them must then not be taken.
    pub async fn durable(&self, bytes: Vec<u8>) -> Result<()> {
        let (done, told) = oneshot::channel();
        self.put(Job { bytes, done: Some(done) });
        let result =
            told.await.unwrap_or_else(|_| Err("the journal writer has stopped".to_owned()));
        result.map_err(|reason| {
            Error::input(format!("cannot write the journal {}", self.path.display())).cause(reason)
        })
    }

    /// Appends records without waiting: they reach the disk with the next flush.
    pub fn note(&self, bytes: Vec<u8>) {
        self.put(Job { bytes, done: None });
    }

    /// Writes the end record; what became of the messages may follow. A journal without batches is
    /// removed instead; returns whether the journal is kept.
    ///
    /// # Errors
    /// When the end record cannot be written; the run then counts as unfinished.
    pub async fn end_open(&self, outcome: Outcome, counts: BTreeMap<String, u64>) -> Result<bool> {
        if self.discard_if_unused()? {
            return Ok(false);
        }
        self.durable(lines([Record::End(End { outcome, counts })])?).await.map(|()| true)
    }

    /// Writes the end record and closes the file.
    ///
    /// # Errors
    /// As [`Journal::end_open`].
    pub async fn close_with(&self, outcome: Outcome, counts: BTreeMap<String, u64>) -> Result<()> {
        let result = self.durable(lines([Record::End(End { outcome, counts })])?).await;
        self.close();
        result
    }

    /// Removes a journal without batches, in which case no message was sent. Returns whether it
    /// did.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn discard_if_unused(&self) -> Result<bool> {
        if self.batches.load(Ordering::Relaxed) > 0 {
            return Ok(false);
        }
        self.close();
        std::fs::remove_file(&self.path).map_err(|error| {
            let path = self.path.display();
            Error::input(format!("cannot remove the empty journal {path}")).because(&error)
        })?;
        if let Some(pointer) = &self.pointer {
            // One that stays leads nowhere, and is ignored.
            let _ = std::fs::remove_file(pointer);
        }
        Ok(true)
    }

    fn put(&self, job: Job) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(jobs) = &*jobs {
            // A writer that has stopped drops the job, which notifies the waiting caller.
            let _ = jobs.send(job);
        }
    }

    /// Closes the file once all records are written.
    pub fn close(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let _ = writer.join();
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}

/// Writes a pointer to a journal kept elsewhere, so that later runs find it.
fn point_to(home: &Home, pointer: &Path, path: &Path) -> std::io::Result<()> {
    let path = std::path::absolute(path)?;
    let mut file = create_new(home, pointer)?;
    file.write_all(path.as_os_str().as_encoded_bytes())
}

fn create_new(home: &Home, path: &Path) -> std::io::Result<File> {
    if path.starts_with(home.journals()) {
        make_private(home.journals())?;
    }
    create_private(path)
}

/// Writes all queued jobs, flushes once, and notifies the waiting callers. After a failure no more
/// is written: a record after a torn one would make the file unreadable.
fn write(mut file: File, work: &Receiver<Job>) {
    let mut failure: Option<String> = None;
    while let Ok(first) = work.recv() {
        let group: Vec<Job> = std::iter::once(first).chain(work.try_iter()).collect();
        let result = match &failure {
            Some(reason) => Err(reason.clone()),
            None => write_group(&mut file, &group).map_err(|error| error.to_string()),
        };
        failure = result.as_ref().err().cloned();
        for job in group {
            if let Some(done) = job.done {
                let _ = done.send(result.clone());
            }
        }
    }
    if failure.is_none() {
        let _ = file.sync_data();
    }
}

fn write_group(file: &mut File, group: &[Job]) -> std::io::Result<()> {
    for job in group {
        file.write_all(&job.bytes)?;
    }
    if group.iter().any(|job| job.done.is_some()) { file.sync_data() } else { Ok(()) }
}
