//! Single place that opens the files that recoctl reads: detects the format by the first bytes and
//! decompresses.

mod blank;
mod format;
mod members;
mod text;

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use serde::Serialize;
use tokio::fs::File;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncSeekExt, BufReader, ReadBuf,
};

pub use self::blank::{BlankLines, blank_bytes, blank_lines, line_breaks, skip_blank_lines};
use self::members::Members;
pub use self::text::{as_text, read_text, without_bom};
use crate::error::{Error, Kind, Result};

/// Buffer size in bytes, before and after decompression.
const BUFFER: usize = 256 * 1024;

/// Reader of decompressed content.
pub type Reader = Box<dyn AsyncBufRead + Send + Unpin>;

/// Compression of an input, detected by its magic bytes, because names are unreliable and stdin has
/// none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compression {
    /// No compression.
    None,
    /// gzip (RFC 1952)
    Gzip,
    /// Zstandard (RFC 8878)
    Zstd,
}

/// Input that has been checked.
pub struct Source {
    /// Name as given, for messages; `-` is stdin.
    pub name: String,
    /// Stored size in bytes; `None` for pipes.
    pub bytes: Option<u64>,
    /// Detected compression.
    pub compression: Compression,
    handle: Handle,
}

/// Regular files are reopened when their turn comes, so that thousands of them need one descriptor.
enum Handle {
    File(PathBuf),
    /// A pipe, decompressed; `None` once taken.
    Open(Option<Reader>),
}

/// Checks every input before anything is written.
///
/// # Errors
/// Names the first input that is missing, a directory, in an unsupported format, or given twice.
pub async fn check(names: &[PathBuf]) -> Result<Vec<Source>> {
    let mut seen = HashSet::new();
    let mut sources = Vec::with_capacity(names.len());
    for name in names {
        let source = source(name).await?;
        let identity = match &source.handle {
            Handle::File(path) => std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()),
            Handle::Open(_) => name.clone(),
        };
        if !seen.insert(identity) {
            let error = format!("input {} is given twice", source.name);
            return Err(Error::new(Kind::Usage, error));
        }
        sources.push(source);
    }
    Ok(sources)
}

/// Returns whether a name stands for stdin.
pub fn is_stdin(name: &Path) -> bool {
    name.as_os_str() == OsStr::new("-")
}

/// Finds one input and detects its format.
///
/// # Errors
/// Fails if it is missing, a directory, or in an unsupported format.
pub async fn source(name: &Path) -> Result<Source> {
    if is_stdin(name) {
        return piped("-".to_owned(), tokio::io::stdin()).await;
    }
    let shown = name.display().to_string();
    let file = File::open(name).await.map_err(|error| cannot_open(&shown, &error))?;
    let metadata = file.metadata().await.map_err(|error| cannot_open(&shown, &error))?;
    if metadata.is_dir() {
        return Err(Error::input(format!("{shown} is a directory"))
            .hint(format!("pass the files in it, e.g. {shown}/*.jsonl")));
    }
    if !metadata.is_file() {
        // A named pipe cannot be opened twice without losing what was read.
        return piped(shown, file).await;
    }
    let mut stored = BufReader::new(file);
    let head = peek(&shown, &mut stored, true).await?;
    let compression = format::of_stored(&head).map_err(|format| foreign(&shown, format))?;
    if compression != Compression::None {
        let whole = std::io::Cursor::new(head).chain(stored);
        let mut content = Members::new(compression, BufReader::new(whole));
        // Read errors are reported when the input is read.
        if let Ok(head) = peek(&shown, &mut content, true).await {
            format::of_content(&head).map_err(|format| foreign(&shown, format))?;
        }
    }
    let (bytes, handle) = (Some(metadata.len()), Handle::File(name.to_owned()));
    Ok(Source { name: shown, bytes, compression, handle })
}

async fn piped<R>(name: String, mut stored: R) -> Result<Source>
where
    R: AsyncRead + Send + Unpin + 'static,
{
    let head = peek(&name, &mut stored, false).await?;
    let compression = format::of_stored(&head).map_err(|format| foreign(&name, format))?;
    let stored = std::io::Cursor::new(head).chain(stored);
    let mut content = decompressed(compression, BufReader::with_capacity(BUFFER, stored));
    if compression != Compression::None {
        let head = peek(&name, &mut content, false).await?;
        format::of_content(&head).map_err(|format| foreign(&name, format))?;
        let whole = std::io::Cursor::new(head).chain(content);
        content = Box::new(BufReader::with_capacity(BUFFER, whole));
    }
    Ok(Source { name, bytes: None, compression, handle: Handle::Open(Some(content)) })
}

fn cannot_open(name: &str, error: &std::io::Error) -> Error {
    Error::input(format!("cannot open {name}")).because(error)
}

fn foreign(name: &str, format: &str) -> Error {
    let error = Error::input(format!("{name} looks like {format}, which is not supported"));
    if format.starts_with("a tar archive") {
        // Every command takes a file, so the hint always applies.
        return error.hint(format!(
            "extract the file that you need and pass that: tar -xOf {name} NAME > FILE; tar -tf {name} lists what is in it"
        ));
    }
    error.hint("pass JSON Lines, plain or compressed with gzip or zstd, or pipe them to `-`")
}

/// Returns the first bytes; of a pipe no more than needed, since the rest may take a while.
async fn peek<R>(name: &str, reader: &mut R, all: bool) -> Result<Vec<u8>>
where
    R: AsyncRead + Unpin,
{
    let mut head = Vec::with_capacity(format::HEAD);
    for enough in [format::MAGIC, format::HEAD] {
        if enough == format::HEAD && !all && format::may_be_json(&head) {
            break;
        }
        let more = enough - head.len();
        reader
            .take(more as u64)
            .read_to_end(&mut head)
            .await
            .map_err(|error| Error::input(format!("cannot read {name}")).because(&error))?;
    }
    Ok(head)
}

fn decompressed<R>(compression: Compression, stored: R) -> Reader
where
    R: AsyncBufRead + Send + Unpin + 'static,
{
    match compression {
        Compression::None => Box::new(stored),
        Compression::Gzip | Compression::Zstd => {
            Box::new(BufReader::with_capacity(BUFFER, Members::new(compression, stored)))
        }
    }
}

impl Source {
    /// Returns the path, if it is a file that can be opened again.
    pub fn path(&self) -> Option<&Path> {
        match &self.handle {
            Handle::File(path) => Some(path),
            Handle::Open(_) => None,
        }
    }

    /// Opens the input from byte `offset` of its decompressed content on; adds the stored bytes to
    /// `read` as they are read.
    ///
    /// # Errors
    /// Fails if it has disappeared since it was checked, or is shorter.
    pub async fn open(&mut self, offset: u64, read: Arc<AtomicU64>) -> Result<Reader, String> {
        let path = match &mut self.handle {
            Handle::File(path) => path,
            Handle::Open(reader) => {
                return reader.take().ok_or_else(|| "a pipe can be read only once".to_owned());
            }
        };
        let words = |error: std::io::Error| error.to_string();
        let mut inner = File::open(path).await.map_err(words)?;
        let seek = offset > 0 && self.compression == Compression::None;
        if seek {
            inner.seek(std::io::SeekFrom::Start(offset)).await.map_err(words)?;
            read.fetch_add(offset, Ordering::Relaxed);
        }
        let stored = BufReader::with_capacity(BUFFER, Counted { inner, read });
        let mut reader = decompressed(self.compression, stored);
        if !seek {
            skip(&mut reader, offset).await?;
        }
        Ok(reader)
    }
}

/// Discards the first `bytes`, since an archive allows no seeking.
async fn skip(reader: &mut Reader, mut bytes: u64) -> Result<(), String> {
    while bytes > 0 {
        let here = reader.fill_buf().await.map_err(|error| error.to_string())?.len();
        if here == 0 {
            return Err(format!("it ends {bytes} bytes before the position to resume from"));
        }
        let step = here.min(usize::try_from(bytes).unwrap_or(usize::MAX));
        reader.consume(step);
        bytes -= step as u64;
        // A decompressor never blocks, so yield to other tasks.
        tokio::task::consume_budget().await;
    }
    Ok(())
}

/// Reader that counts the bytes passing through.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Counted<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(context, buffer);
        self.read.fetch_add((buffer.filled().len() - before) as u64, Ordering::Relaxed);
        polled
    }
}
