//! Writing an export: a new file readable only by its owner. Its flush to disk is the precondition
//! for deleting messages.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use async_compression::tokio::write::{GzipEncoder, ZstdEncoder};
use reco_core::export::{ExportHeader, VERSION, end_line, header_line, message_line};
use reco_core::message::Message;
use reco_core::settle::Flushed;
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};

use crate::error::{Error, Result};
use crate::files::safe_file::create_private;

/// Size of the write buffer in bytes.
const BUFFER: usize = 256 * 1024;

/// Export file open for writing.
pub struct ExportFile {
    path: PathBuf,
    writer: Box<dyn AsyncWrite + Send + Unpin>,
    /// Second handle to the same file, for flushing it to disk.
    disk: File,
    messages: u64,
}

impl std::fmt::Debug for ExportFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExportFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl ExportFile {
    /// Creates a new file, readable only by its owner and compressed according to its extension
    /// (`.gz`, `.zst`), for messages of the queue `arn`. `deletes` says whether they will be
    /// deleted from it.
    ///
    /// # Errors
    /// When the file exists or cannot be created.
    pub async fn create(path: &Path, arn: &str, deletes: bool) -> Result<Self> {
        let failed = |error: &io::Error| cannot_create(path, error);
        let disk = create_private(path).map_err(|error| failed(&error))?;
        let file = disk.try_clone().map_err(|error| failed(&error))?;
        let file = BufWriter::with_capacity(BUFFER, tokio::fs::File::from_std(file));
        let writer: Box<dyn AsyncWrite + Send + Unpin> =
            match path.extension().and_then(|name| name.to_str()) {
                Some("gz") => Box::new(GzipEncoder::new(file)),
                Some("zst") => Box::new(ZstdEncoder::new(file)),
                _ => Box::new(file),
            };
        let mut export = ExportFile { path: path.to_owned(), writer, disk, messages: 0 };
        let header = ExportHeader {
            version: VERSION,
            export_id: format!("{:016x}", fastrand::u64(..)),
            queue: arn.to_owned(),
            deletes,
            exported_at: jiff::Timestamp::now().to_string(),
            recoctl: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let first = header_line(&header).map_err(io::Error::from);
        let begun = async { export.writer.write_all(&first?).await };
        begun.await.map_err(|error| failed(&error))?;
        Ok(export)
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the number of messages written so far.
    #[must_use]
    pub const fn messages(&self) -> u64 {
        self.messages
    }

    /// Appends a message.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub async fn add(&mut self, message: &Message) -> io::Result<()> {
        self.writer.write_all(&message_line(message)?).await?;
        self.messages += 1;
        Ok(())
    }

    /// Flushes everything written so far to disk, with the file's directory entry. After a success
    /// the originals may be deleted.
    ///
    /// # Errors
    /// When the disk fails; no message may be deleted then.
    pub async fn sync(&mut self) -> io::Result<Flushed> {
        // Also ends the current block of a compressed stream, so that it can be read up to here.
        self.writer.flush().await?;
        self.to_disk().await
    }

    /// Finishes the file, with an end record if `complete`. A file without messages is removed, and
    /// there is no proof for it.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn finish(mut self, complete: bool) -> io::Result<Option<Flushed>> {
        if self.messages == 0 {
            self.writer.shutdown().await?;
            std::fs::remove_file(&self.path)?;
            return Ok(None);
        }
        if complete {
            self.writer.write_all(&end_line(self.messages)?).await?;
        }
        self.writer.shutdown().await?;
        self.to_disk().await.map(Some)
    }

    async fn to_disk(&self) -> io::Result<Flushed> {
        let disk = self.disk.try_clone()?;
        let parent = self.path.parent().map(Path::to_owned).unwrap_or_default();
        let flush = tokio::task::spawn_blocking(move || {
            disk.sync_all()?;
            sync_directory(&parent)
        });
        Flushed::from_sync(flush.await.map_err(io::Error::other)?)
    }
}

/// Syncs a directory; without this, a machine crash may lose the file's name.
fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

fn cannot_create(path: &Path, error: &io::Error) -> Error {
    let failed = Error::input(format!("cannot create export {}", path.display())).because(error);
    match error.kind() {
        io::ErrorKind::AlreadyExists => failed
            .hint("existing files are never overwritten: use another name, or move the file away"),
        _ => failed.hint("nothing was received or deleted"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::Opened;
    use super::*;

    fn message(id: &str) -> Message {
        Message {
            id: id.to_owned(),
            receipt_handle: "secret".to_owned(),
            body: format!("body of {id} é\r\n\u{10ffff}"),
            ..Message::default()
        }
    }

    async fn read(path: &Path) -> (Vec<String>, bool) {
        let mut opened = Opened::open(path).await.expect("opened");
        let mut bodies = Vec::new();
        while let Some(message) = opened.next().await.expect("read") {
            assert_eq!(message.receipt_handle, "", "a handle is nobody's business");
            bodies.push(message.body);
        }
        (bodies, opened.finish().expect("ended").1.complete)
    }

    #[tokio::test]
    async fn what_was_flushed_reads_back_wherever_the_file_is_cut_after() {
        let dir = tempfile::tempdir().expect("a directory");
        for name in ["e.jsonl", "e.jsonl.gz", "e.jsonl.zst"] {
            let path = dir.path().join(name);
            let mut file = ExportFile::create(&path, "arn", true).await.expect("created");
            file.add(&message("1")).await.expect("added");
            file.sync().await.expect("flushed");
            let flushed = std::fs::metadata(&path).expect("there").len() as usize;
            file.add(&message("2")).await.expect("added");
            file.finish(true).await.expect("finished").expect("a proof");
            let (bodies, complete) = read(&path).await;
            assert_eq!((bodies.len(), complete), (2, true), "{name}");
            assert_eq!(bodies[0], message("1").body);
            let whole = std::fs::read(&path).expect("read");
            for cut in flushed..whole.len() {
                std::fs::write(&path, &whole[..cut]).expect("cut");
                let (bodies, complete) = read(&path).await;
                assert!(!bodies.is_empty(), "{name} cut at {cut} of {}", whole.len());
                // The last bytes of a file may be redundant: a newline or a checksum.
                assert!(!complete || bodies.len() == 2, "{name} cut at {cut}");
            }
        }
    }

    #[tokio::test]
    async fn an_existing_file_is_left_alone_and_an_empty_one_does_not_stay() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("e.jsonl");
        let file = ExportFile::create(&path, "arn", true).await.expect("created");
        assert!(ExportFile::create(&path, "arn", true).await.is_err());
        #[cfg(unix)]
        crate::files::safe_file::assert_private(&path);
        assert!(file.finish(true).await.expect("finished").is_none());
        assert!(!path.exists());
    }
}
