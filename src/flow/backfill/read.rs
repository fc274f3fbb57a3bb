//! The first stage: inputs, one after the other, as chunks of lines.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::AsyncBufReadExt;
use tokio::sync::mpsc::Sender;

use super::input::{Reader, Source};
use super::lines::{Content, Line, Place, Splitter};

/// A chunk is passed on when it has so many lines or bytes: enough for one lookup of facts.
const CHUNK_LINES: usize = 500;
const CHUNK_BYTES: usize = 512 * 1024;

/// Split at once: what one step may add beyond a chunk's bounds.
const STEP: usize = 16 * 1024;

/// Lines that wait for company no longer than this: a slow pipe is written as it comes.
const PATIENCE: Duration = Duration::from_millis(200);

/// Consecutive lines of one input.
#[derive(Debug)]
pub struct Chunk {
    /// The lines.
    pub lines: Vec<Line>,
    /// Where the line after the last begins.
    pub end: Place,
    /// Bytes of all inputs that were read for it and for all before it, as stored.
    pub read: u64,
    /// What ended the input early.
    pub failure: Option<String>,
}

/// Reads all sources into `chunks`, from a place on; ends when nobody takes them any more.
pub async fn read(sources: Vec<Source>, from: Place, chunks: Sender<Chunk>) {
    let read = Arc::new(AtomicU64::new(0));
    for (file, source) in sources.into_iter().enumerate() {
        if file < from.file {
            read.fetch_add(source.bytes.unwrap_or(0), Ordering::Relaxed);
            continue;
        }
        let from = if file == from.file { from } else { Place::start(file) };
        let mut stage =
            Stage { splitter: Splitter::at(from), lines: Vec::new(), bytes: 0, read: &read };
        let gone = match source.open(from.offset, Arc::clone(&read)).await {
            Ok(reader) => stage.drain(reader, &chunks).await,
            Err(error) => chunks.send(stage.take(Some(error))).await.is_err(),
        };
        if gone {
            return;
        }
    }
}

struct Stage<'a> {
    splitter: Splitter,
    lines: Vec<Line>,
    bytes: usize,
    read: &'a AtomicU64,
}

impl Stage<'_> {
    /// Reads one input to its end; true when nobody takes chunks any more.
    async fn drain(&mut self, mut reader: Reader, chunks: &Sender<Chunk>) -> bool {
        loop {
            let filled = match tokio::time::timeout(PATIENCE, reader.fill_buf()).await {
                Ok(filled) => filled,
                Err(_) if self.lines.is_empty() => reader.fill_buf().await,
                Err(_) => {
                    if chunks.send(self.take(None)).await.is_err() {
                        return true;
                    }
                    continue;
                }
            };
            let (used, failure) = match filled {
                Ok([]) => {
                    self.splitter.finish(&mut self.lines);
                    return chunks.send(self.take(None)).await.is_err();
                }
                Ok(bytes) => (self.feed(bytes), None),
                Err(error) => (0, Some(error.to_string())),
            };
            reader.consume(used);
            if failure.is_some() {
                self.splitter.cut(&mut self.lines);
                return chunks.send(self.take(failure)).await.is_err();
            }
            let full = self.lines.len() >= CHUNK_LINES || self.bytes >= CHUNK_BYTES;
            if full && chunks.send(self.take(None)).await.is_err() {
                return true;
            }
        }
    }

    /// Feeds a step, so that one large buffer does not become one large chunk.
    fn feed(&mut self, bytes: &[u8]) -> usize {
        let bytes = &bytes[..bytes.len().min(STEP)];
        let before = self.lines.len();
        self.splitter.feed(bytes, &mut self.lines);
        self.bytes += self.lines[before..].iter().map(held).sum::<usize>();
        bytes.len()
    }

    fn take(&mut self, failure: Option<String>) -> Chunk {
        self.bytes = 0;
        Chunk {
            lines: std::mem::take(&mut self.lines),
            end: self.splitter.next(),
            read: self.read.load(Ordering::Relaxed),
            failure,
        }
    }
}

fn held(line: &Line) -> usize {
    match &line.content {
        Content::Text(text) | Content::Cut(text) => text.len(),
        Content::Blank | Content::TooLong(_) => 0,
    }
}
