//! Inputs: found, told apart by their first bytes, and opened one after the other.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use serde::Serialize;
use tokio::fs::File;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncSeekExt, BufReader, ReadBuf,
};

use crate::error::{Error, Kind, Result};

/// Read at once, before and after decompression.
const BUFFER: usize = 256 * 1024;

/// Enough of the start to know every format below.
const HEAD: usize = 8;

/// A reader of lines, decompressed.
pub type Reader = Box<dyn AsyncBufRead + Send + Unpin>;

/// How an input is compressed, by its magic bytes: names lie, and stdin has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compression {
    /// Plain lines.
    None,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

/// An input that was found usable.
pub struct Source {
    /// Its name as given; `-` is stdin.
    pub name: String,
    /// Its size as stored, in bytes; `None` for pipes.
    pub bytes: Option<u64>,
    /// How it is compressed.
    pub compression: Compression,
    handle: Handle,
}

/// Regular files are opened again at their turn, so that thousands of them need one descriptor.
enum Handle {
    File(PathBuf),
    Open(Box<dyn AsyncRead + Send + Unpin>),
}

/// Checks every input before anything is written.
///
/// # Errors
/// Names the first that is missing, a directory, of a format that cannot be read, or given twice.
pub async fn check(names: &[String]) -> Result<Vec<Source>> {
    let mut seen = HashSet::new();
    let mut sources = Vec::with_capacity(names.len());
    for name in names {
        let source = if name == "-" { stdin().await? } else { file(name).await? };
        let identity = match &source.handle {
            Handle::File(path) => std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()),
            Handle::Open(_) => PathBuf::from(name),
        };
        if !seen.insert(identity) {
            return Err(Error::new(Kind::Usage, format!("input {name} is given twice")));
        }
        sources.push(source);
    }
    Ok(sources)
}

async fn stdin() -> Result<Source> {
    let (compression, reader) = sniffed("-", tokio::io::stdin()).await?;
    Ok(Source { name: "-".to_owned(), bytes: None, compression, handle: Handle::Open(reader) })
}

async fn file(name: &str) -> Result<Source> {
    let path = Path::new(name);
    let file = File::open(path).await.map_err(|error| cannot_open(name, &error))?;
    let metadata = file.metadata().await.map_err(|error| cannot_open(name, &error))?;
    if metadata.is_dir() {
        return Err(Error::input(format!("{name} is a directory"))
            .hint(format!("name the files in it, e.g. {name}/*.jsonl")));
    }
    let (compression, reader) = sniffed(name, file).await?;
    let (bytes, handle) = if metadata.is_file() {
        (Some(metadata.len()), Handle::File(path.to_owned()))
    } else {
        // A named pipe cannot be opened twice without losing what was read.
        (None, Handle::Open(reader))
    };
    Ok(Source { name: name.to_owned(), bytes, compression, handle })
}

fn cannot_open(name: &str, error: &std::io::Error) -> Error {
    Error::input(format!("cannot open {name}")).because(error)
}

type Sniffed = (Compression, Box<dyn AsyncRead + Send + Unpin>);

/// Reads the first bytes and puts them back.
async fn sniffed<R>(name: &str, mut reader: R) -> Result<Sniffed>
where
    R: AsyncRead + Send + Unpin + 'static,
{
    let mut head = Vec::with_capacity(HEAD);
    (&mut reader)
        .take(HEAD as u64)
        .read_to_end(&mut head)
        .await
        .map_err(|error| Error::input(format!("cannot read {name}")).because(&error))?;
    let compression = tell(&head).map_err(|format| {
        Error::input(format!("{name} looks like {format}, which cannot be read"))
            .hint("give JSON lines, plain or compressed by gzip or zstd, or pipe them in as `-`")
    })?;
    Ok((compression, Box::new(std::io::Cursor::new(head).chain(reader))))
}

/// Tells an input's format by its magic bytes; formats that are surely no JSON lines are an error.
fn tell(head: &[u8]) -> Result<Compression, &'static str> {
    let foreign: [(&[u8], &str); 8] = [
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"PK\x03\x04", "zip"),
        (b"\x04\x22\x4d\x18", "lz4"),
        (b"PAR1", "parquet"),
        (b"Obj\x01", "avro"),
        (b"\xff\xfe", "UTF-16 text"),
        (b"\xfe\xff", "UTF-16 text"),
    ];
    match head {
        [0x1f, 0x8b, ..] => Ok(Compression::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Ok(Compression::Zstd),
        _ => match foreign.iter().find(|(magic, _)| head.starts_with(magic)) {
            Some((_, format)) => Err(format),
            None => Ok(Compression::None),
        },
    }
}

impl Source {
    /// The file, where it is one that can be opened again.
    pub fn path(&self) -> Option<&Path> {
        match &self.handle {
            Handle::File(path) => Some(path),
            Handle::Open(_) => None,
        }
    }

    /// Opens it for reading from the byte at `offset` of its decompressed content on; `read` counts
    /// its bytes as stored.
    ///
    /// # Errors
    /// When it has gone since it was checked, or is shorter.
    pub async fn open(self, offset: u64, read: Arc<AtomicU64>) -> Result<Reader, String> {
        let seek = offset > 0 && self.compression == Compression::None;
        let inner = match self.handle {
            Handle::Open(reader) => reader,
            Handle::File(path) => {
                let mut file = File::open(&path).await.map_err(|error| error.to_string())?;
                if seek {
                    let to = std::io::SeekFrom::Start(offset);
                    file.seek(to).await.map_err(|error| error.to_string())?;
                    read.fetch_add(offset, Ordering::Relaxed);
                }
                Box::new(file) as Box<dyn AsyncRead + Send + Unpin>
            }
        };
        let stored = BufReader::with_capacity(BUFFER, Counted { inner, read });
        let mut reader: Reader = match self.compression {
            Compression::None => Box::new(stored),
            Compression::Gzip => {
                // Appended and parallel (pigz, bgzip) archives have many members.
                let mut decoder = GzipDecoder::new(stored);
                decoder.multiple_members(true);
                Box::new(BufReader::with_capacity(BUFFER, decoder))
            }
            Compression::Zstd => {
                let mut decoder = ZstdDecoder::new(stored);
                decoder.multiple_members(true);
                Box::new(BufReader::with_capacity(BUFFER, decoder))
            }
        };
        if !seek {
            skip(&mut reader, offset).await?;
        }
        Ok(reader)
    }
}

/// Reads past the first `bytes`: an archive has no shorter way.
async fn skip(reader: &mut Reader, mut bytes: u64) -> Result<(), String> {
    while bytes > 0 {
        let here = reader.fill_buf().await.map_err(|error| error.to_string())?.len();
        if here == 0 {
            return Err(format!("it ends {bytes} bytes before the place to go on from"));
        }
        let step = here.min(usize::try_from(bytes).unwrap_or(usize::MAX));
        reader.consume(step);
        bytes -= step as u64;
    }
    Ok(())
}

/// Counts what passes.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_their_first_bytes() {
        assert_eq!(tell(b"[1,[2]]"), Ok(Compression::None));
        assert_eq!(tell(b""), Ok(Compression::None));
        assert_eq!(tell(b"\x1f"), Ok(Compression::None));
        assert_eq!(tell(b"\x1f\x8b\x08\0"), Ok(Compression::Gzip));
        assert_eq!(tell(b"\x28\xb5\x2f\xfd"), Ok(Compression::Zstd));
        assert_eq!(tell(b"BZh91AY"), Err("bzip2"));
        assert_eq!(tell(b"\xff\xfe[\0"), Err("UTF-16 text"));
    }
}
