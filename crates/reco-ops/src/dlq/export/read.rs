//! Reading an export: compressed or not, complete or truncated.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use reco_core::export::{ExportEnd, ExportError, ExportHeader, ExportReader, is_header};
use reco_core::message::Message;
use tokio::io::{AsyncBufReadExt, AsyncReadExt};

use crate::error::{Error, Result};
use crate::files::input::{self, Reader as Lines, skip_blank_lines, without_bom};

/// AWS: a message is at most 1 MiB. JSON at most doubles its size: SQS refuses the characters that
/// need longer escapes.
const LONGEST_LINE: u64 = 8 * 1024 * 1024;

/// Export file open for reading.
pub struct Opened {
    name: String,
    lines: Lines,
    reader: ExportReader,
    line: Vec<u8>,
    first: Option<Message>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Opened {
    /// Opens an export and reads its header.
    ///
    /// # Errors
    /// When it cannot be read or is not an export.
    pub async fn open(name: &Path) -> Result<Self> {
        let mut opened = Opened {
            name: name.display().to_string(),
            lines: lines(name).await?,
            reader: ExportReader::default(),
            line: Vec::new(),
            first: None,
        };
        while opened.reader.header().is_none() {
            if !opened.read_line().await? {
                return Err(opened.unusable(&ExportError::NoHeader { line: 1 }));
            }
            opened.first = opened.take_line()?;
        }
        Ok(opened)
    }

    /// Returns the header of the export.
    ///
    /// # Errors
    /// Never, once the export is open.
    pub fn header(&self) -> Result<&ExportHeader> {
        self.reader.header().ok_or_else(|| self.unusable(&ExportError::NoHeader { line: 1 }))
    }

    /// Returns the next message; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read or is broken, with the line number.
    pub async fn next(&mut self) -> Result<Option<Message>> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        while self.read_line().await? {
            if let Some(message) = self.take_line()? {
                return Ok(Some(message));
            }
        }
        Ok(None)
    }

    /// Returns the header and how the file ends. To be called after the last message.
    ///
    /// # Errors
    /// Never, once the export is open.
    pub fn finish(self) -> Result<(ExportHeader, ExportEnd)> {
        let Opened { name, reader, .. } = self;
        reader.finish().map_err(|error| unusable(&name, &error))
    }

    /// Reads one line; returns false at the end. A truncated compressed stream ends there:
    /// everything before it is intact.
    async fn read_line(&mut self) -> Result<bool> {
        self.line.clear();
        let skipped = skip_blank_lines(&mut self.lines).await;
        self.reader.blank(*skipped.as_ref().unwrap_or(&0));
        let number = self.reader.line_number() + 1;
        let read = match skipped {
            Ok(_) => {
                let mut limited = (&mut self.lines).take(LONGEST_LINE);
                limited.read_until(b'\n', &mut self.line).await
            }
            Err(error) => Err(error),
        };
        match read {
            Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
                let name = &self.name;
                Err(Error::input(format!("cannot read {name} from line {number} on"))
                    .because(&error))
            }
            _ if self.line.len() as u64 == LONGEST_LINE && !self.line.ends_with(b"\n") => {
                Err(Error::input(format!("line {number} of {} is too long", self.name))
                    .cause(format!("a message takes at most {LONGEST_LINE} bytes")))
            }
            _ => Ok(!self.line.is_empty()),
        }
    }

    fn take_line(&mut self) -> Result<Option<Message>> {
        let line = match self.reader.line_number() {
            0 => without_bom(&self.line),
            _ => &self.line,
        };
        self.reader.line(line).map_err(|error| unusable(&self.name, &error))
    }

    fn unusable(&self, error: &ExportError) -> Error {
        unusable(&self.name, error)
    }
}

async fn lines(name: &Path) -> Result<Lines> {
    if input::is_stdin(name) {
        return Err(Error::input("an export cannot be read from stdin")
            .cause("it is read twice: the whole file is checked first")
            .hint("save it to a file first"));
    }
    if std::fs::metadata(name).is_ok_and(|data| !data.is_file() && !data.is_dir()) {
        return Err(Error::input(format!("an export cannot be read from {}", name.display()))
            .cause("it is no regular file, and is read twice: checked as a whole before anything is done with it")
            .hint("save it to a file first"));
    }
    let mut source = input::source(name).await?;
    let opened = source.open(0, Arc::new(AtomicU64::new(0))).await;
    opened.map_err(|reason| Error::input(format!("cannot open {}", source.name)).cause(reason))
}

fn unusable(name: &str, error: &ExportError) -> Error {
    let failed = Error::input(format!("cannot use export {name}")).because(error);
    match error {
        ExportError::NoHeader { .. } => {
            failed.hint("pass a file written by `dlq export` or `dlq purge --backup`")
        }
        _ => failed,
    }
}

/// Returns whether a file is an export, judging by its first line.
pub async fn is_export(name: &Path) -> bool {
    let Ok(mut lines) = lines(name).await else { return false };
    let mut line = Vec::new();
    let read = (&mut lines).take(LONGEST_LINE).read_until(b'\n', &mut line).await;
    read.is_ok() && is_header(without_bom(&line))
}
