//! Rejects: every line or entry that could not be written, kept so that none is lost.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::fault::Fault;
use super::lines::LineStart;
use crate::error::{Error, Result};
use crate::files::safe_file::create_private;

/// Maximum rejects in the report.
const SHOWN: usize = 5;
/// Maximum characters of their text.
const SHOWN_TEXT: usize = 160;

/// One line of the rejects file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// Name of the input.
    pub file: String,
    /// Line number, from 1.
    pub line: u64,
    /// Byte offset of the line in the decompressed input, from 0.
    pub offset: u64,
    /// Index of the entry in the line, from 0; absent if the whole line is rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<usize>,
    /// Kind of fault.
    pub reason: &'static str,
    /// Description of the fault with its position.
    pub detail: String,
    /// Text of the line, or of the entry if the line has others. Absent if it was too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Bytes of the line, if they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_base64: Option<String>,
}

impl Reject {
    /// Creates the record of a fault.
    pub fn new(
        file: &str,
        at: LineStart,
        entry: Option<usize>,
        fault: Fault,
        line: Option<&Arc<[u8]>>,
    ) -> Self {
        let (text, text_base64) = match (fault.text, line) {
            (Some(text), _) => (Some(text), None),
            (None, None) => (None, None),
            (None, Some(line)) => match std::str::from_utf8(line) {
                Ok(text) => (Some(text.to_owned()), None),
                Err(_) => (None, Some(STANDARD.encode(line))),
            },
        };
        Reject {
            file: file.to_owned(),
            line: at.line,
            offset: at.offset,
            entry,
            reason: fault.reason.name(),
            detail: fault.detail,
            text,
            text_base64,
        }
    }

    /// Returns the approximate memory use in bytes.
    pub fn bytes(&self) -> usize {
        let texts = [&self.text, &self.text_base64].into_iter().flatten();
        texts.map(String::len).sum::<usize>() + self.detail.len() + 128
    }

    fn shortened(mut self) -> Self {
        for text in [&mut self.text, &mut self.text_base64].into_iter().flatten() {
            if let Cow::Owned(short) = reco_core::clip::clip(text, SHOWN_TEXT) {
                *text = short;
            }
        }
        self
    }
}

/// Sink of rejects: the rejects file, if there is one, and the first few for the report.
#[derive(Debug)]
pub struct RejectsSink {
    path: Option<PathBuf>,
    file: Option<BufWriter<File>>,
    /// First few rejects, with shortened text.
    pub first: Vec<Reject>,
    /// Length of the file in bytes, including earlier runs.
    bytes: u64,
}

/// State of the rejects file that a checkpoint refers to.
#[derive(Debug)]
pub struct Mark {
    /// File to flush to disk.
    pub file: File,
    /// Length in bytes.
    pub bytes: u64,
}

impl RejectsSink {
    /// Creates the file, readable by its owner only: lines name people and what they read.
    ///
    /// # Errors
    /// Fails if it exists, so that rejects of an earlier run are not overwritten.
    pub fn create(path: Option<&Path>) -> Result<Self> {
        let file = path.map(create).transpose()?;
        let path = path.map(Path::to_owned);
        Ok(RejectsSink { path, file: file.map(BufWriter::new), first: Vec::new(), bytes: 0 })
    }

    /// Continues the file of an earlier run after its first `bytes`; later content belongs to lines
    /// that are now read again.
    ///
    /// # Errors
    /// Refuses if the file is missing or shorter.
    pub fn resume(path: &Path, bytes: u64) -> Result<Self> {
        if bytes == 0 && !path.exists() {
            // A file without rejects is removed at the end of a run.
            return RejectsSink::create(Some(path));
        }
        let refused = || Error::refused(format!("cannot continue rejects file {}", path.display()));
        let mut file = OpenOptions::new().write(true).open(path).map_err(|error| {
            refused().because(&error).hint("start from the beginning without --resume")
        })?;
        let found = file.metadata().map_err(|error| refused().because(&error))?.len();
        if found < bytes {
            return Err(refused()
                .cause(format!("it has {found} bytes, but had {bytes} at the checkpoint"))
                .hint("start from the beginning without --resume, and with another rejects file"));
        }
        file.set_len(bytes)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .map_err(|error| refused().because(&error))?;
        let (path, file) = (Some(path.to_owned()), Some(BufWriter::new(file)));
        Ok(RejectsSink { path, file, first: Vec::new(), bytes })
    }

    /// Records a reject.
    ///
    /// # Errors
    /// Fails if the file cannot be written; the run must stop, or the line would be lost.
    pub fn add(&mut self, reject: Reject) -> std::io::Result<()> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&reject)?;
            line.push(b'\n');
            file.write_all(&line)?;
            self.bytes += line.len() as u64;
        }
        if self.first.len() < SHOWN {
            self.first.push(reject.shortened());
        }
        Ok(())
    }

    /// Flushes the buffer to the system and returns the state of the file; `None` without a file.
    ///
    /// # Errors
    /// Fails if the buffer cannot be written.
    pub fn mark(&mut self) -> std::io::Result<Option<Mark>> {
        let Some(file) = &mut self.file else { return Ok(None) };
        file.flush()?;
        Ok(Some(Mark { file: file.get_ref().try_clone()?, bytes: self.bytes }))
    }

    /// Finishes the file; removes it if it holds no rejects.
    ///
    /// # Errors
    /// Fails if the buffer cannot be written.
    pub fn finish(&mut self) -> std::io::Result<()> {
        let (Some(file), Some(path)) = (self.file.take(), &self.path) else { return Ok(()) };
        if self.bytes == 0 {
            drop(file);
            return std::fs::remove_file(path);
        }
        let file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()
    }

    /// Returns the path of the file if it holds any rejects.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref().filter(|_| self.bytes > 0)
    }

    /// Returns the path of the file as given, whether or not it holds any rejects.
    pub fn file(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

fn create(path: &Path) -> Result<File> {
    create_private(path).map_err(|error| {
        let exists = error.kind() == std::io::ErrorKind::AlreadyExists;
        let failed =
            Error::input(format!("cannot create rejects file {}", path.display())).because(&error);
        if exists {
            failed.hint(
                "existing files are never overwritten: use another name, or move the file away",
            )
        } else {
            failed
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::fault::FaultReason;
    use super::*;

    fn reject(line: &[u8]) -> Reject {
        let fault = Fault { reason: FaultReason::Malformed, detail: "why".to_owned(), text: None };
        let at = LineStart { line: 3, offset: 40, ..LineStart::start(0) };
        Reject::new("in.jsonl", at, None, fault, Some(&Arc::from(line)))
    }

    #[test]
    fn a_reject_keeps_its_line_exactly() {
        let json = serde_json::to_value(reject(b"[1,\"\xc3\xa9\"")).expect("serialises");
        let expected = serde_json::json!({
            "file": "in.jsonl", "line": 3, "offset": 40,
            "reason": "malformed", "detail": "why", "text": "[1,\"é\"",
        });
        assert_eq!(json, expected);
        let binary = reject(b"\xff\x00");
        assert_eq!((binary.text, binary.text_base64.as_deref()), (None, Some("/wA=")));
    }

    #[test]
    fn a_file_is_gone_on_with_after_the_length_that_was_noted() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("rejects.jsonl");
        let mut rejects = RejectsSink::create(Some(&path)).expect("created");
        rejects.add(reject(b"one")).expect("added");
        let mark = rejects.mark().expect("marked").expect("a file");
        rejects.add(reject(b"two")).expect("added");
        rejects.finish().expect("finished");

        let mut again = RejectsSink::resume(&path, mark.bytes).expect("gone on with");
        again.add(reject(b"three")).expect("added");
        again.finish().expect("finished");
        let text = std::fs::read_to_string(&path).expect("read");
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains("one") && text.contains("three") && !text.contains("two"));

        let error = RejectsSink::resume(&path, 10_000).expect_err("too short");
        assert!(error.to_string().contains("10000 at the checkpoint"), "{error}");
        let gone = dir.path().join("gone");
        assert!(RejectsSink::resume(&gone, 1).is_err());
        assert!(RejectsSink::resume(&gone, 0).is_ok(), "it never had any");
    }

    #[test]
    fn an_existing_file_is_left_alone_and_an_empty_one_does_not_stay() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("rejects.jsonl");
        let mut rejects = RejectsSink::create(Some(&path)).expect("created");
        assert!(RejectsSink::create(Some(&path)).is_err());
        rejects.finish().expect("finished");
        assert!(!path.exists());

        let mut rejects = RejectsSink::create(Some(&path)).expect("created");
        for _ in 0..7 {
            rejects.add(reject(&b"x".repeat(1000))).expect("added");
        }
        rejects.finish().expect("finished");
        let text = std::fs::read_to_string(&path).expect("read");
        assert_eq!(text.lines().count(), 7);
        assert!(text.lines().all(|line| line.len() > 1000));
        assert_eq!(rejects.first.len(), SHOWN);
        assert!(rejects.first.iter().all(|r| r.text.as_ref().is_some_and(|t| t.len() < 200)));
        #[cfg(unix)]
        crate::files::safe_file::assert_private(&path);
    }
}
