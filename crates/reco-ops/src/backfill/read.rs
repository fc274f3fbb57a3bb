//! The first stage: inputs, one after the other, as chunks of lines.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::AsyncBufReadExt;
use tokio::sync::mpsc::Sender;

use super::layout::Layout;
use super::lines::{Content, Line, Place};
use super::mixed::Mixed;
use super::values::Values;
use crate::files::input::{Reader, Source};

/// A chunk is passed on when it has so many lines or bytes: enough for one lookup of facts.
const CHUNK_LINES: usize = 500;
const CHUNK_BYTES: usize = 512 * 1024;

/// Or so many bytes were read for it, of which most came to nothing: blank lines, or one line without
/// an end.
const CHUNK_READ: usize = 8 * 1024 * 1024;

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
    /// Failure that ended the input early.
    pub failure: Option<String>,
}

/// Reads all sources into `chunks`, from a place on; ends when nobody takes them any more. `mapped`
/// where each line is rewritten before it is read.
pub async fn read(sources: Vec<Source>, from: Place, mapped: bool, chunks: Sender<Chunk>) {
    let read = Arc::new(AtomicU64::new(0));
    for (file, mut source) in sources.into_iter().enumerate() {
        if file < from.file {
            read.fetch_add(source.bytes.unwrap_or(0), Ordering::Relaxed);
            continue;
        }
        let from = if file == from.file { from } else { Place::start(file) };
        let mut stage = Stage {
            splitting: Splitting::Unknown(Vec::new()),
            from,
            mapped,
            lines: Vec::new(),
            bytes: 0,
            taken: 0,
            read: &read,
        };
        let opened = match stage.begin(&mut source).await {
            Ok(()) => source.open(stage.offset(), Arc::clone(&read)).await,
            Err(error) => Err(error),
        };
        let gone = match opened {
            Ok(reader) => stage.drain(reader, &chunks).await,
            Err(error) => chunks.send(stage.take(Some(error))).await.is_err(),
        };
        if gone {
            return;
        }
    }
}

/// Splitter of bytes into lines.
enum Splitting {
    /// The beginning of an input that may be either.
    Unknown(Vec<u8>),
    Mixed(Mixed),
    Values(Values),
}

struct Stage<'a> {
    splitting: Splitting,
    /// Lines that begin before this place were dealt with.
    from: Place,
    mapped: bool,
    lines: Vec<Line>,
    bytes: usize,
    /// Bytes of the input since the last chunk.
    taken: usize,
    read: &'a AtomicU64,
}

impl Stage<'_> {
    /// Looks at the beginning of an input that is not read from there on.
    async fn begin(&mut self, source: &mut Source) -> Result<(), String> {
        if self.from.offset == 0 {
            return Ok(());
        }
        let start = Place::start(self.from.file);
        if self.from.inside {
            self.splitting = Splitting::Mixed(Mixed::at(start, self.mapped));
            return Ok(());
        }
        let mut reader = source.open(0, Arc::new(AtomicU64::new(0))).await?;
        loop {
            let bytes = reader.fill_buf().await.map_err(|error| error.to_string())?;
            let (used, at_end) = (bytes.len(), bytes.is_empty());
            self.look(bytes, at_end);
            reader.consume(used);
            if !matches!(self.splitting, Splitting::Unknown(_)) {
                break;
            }
        }
        self.lines.clear();
        self.splitting = match &self.splitting {
            Splitting::Values(_) => Splitting::Values(Values::at(start)),
            Splitting::Unknown(_) | Splitting::Mixed(_) => {
                Splitting::Mixed(Mixed::at(self.from, self.mapped))
            }
        };
        Ok(())
    }

    /// Where to open the input: values in an array can be told from its beginning on only.
    fn offset(&self) -> u64 {
        match &self.splitting {
            Splitting::Mixed(_) if !self.from.inside => self.from.offset,
            Splitting::Unknown(_) | Splitting::Mixed(_) | Splitting::Values(_) => 0,
        }
    }

    /// Takes in the beginning of an input, until it is known how it is laid out.
    fn look(&mut self, bytes: &[u8], at_end: bool) {
        let Splitting::Unknown(head) = &mut self.splitting else { return };
        head.extend_from_slice(bytes);
        let of = if self.mapped { Layout::of_mapped } else { Layout::of };
        let Some(layout) = of(head, at_end) else { return };
        let head = std::mem::take(head);
        self.splitting = match layout {
            Layout::Lines => Splitting::Mixed(Mixed::at(self.from, self.mapped)),
            Layout::Values => Splitting::Values(Values::at(Place::start(self.from.file))),
        };
        self.split(&head);
    }

    fn split(&mut self, bytes: &[u8]) {
        let before = self.lines.len();
        match &mut self.splitting {
            Splitting::Unknown(_) => {}
            Splitting::Mixed(mixed) => mixed.feed(bytes, &mut self.lines),
            Splitting::Values(values) => values.feed(bytes, &mut self.lines),
        }
        // What was read again only to get to the place to go on from.
        let from = self.from.offset;
        let mut at = 0;
        self.lines.retain(|line| {
            at += 1;
            at <= before || line.at.offset >= from
        });
    }

    /// Reads one input to its end; true if the receiver is gone.
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
                    let missing = self.finish();
                    return chunks.send(self.take(missing)).await.is_err();
                }
                Ok(bytes) => (self.feed(bytes), None),
                Err(error) => (0, Some(error.to_string())),
            };
            reader.consume(used);
            if failure.is_some() {
                self.cut();
                return chunks.send(self.take(failure)).await.is_err();
            }
            let full = self.lines.len() >= CHUNK_LINES
                || self.bytes >= CHUNK_BYTES
                || self.taken >= CHUNK_READ;
            if full && chunks.send(self.take(None)).await.is_err() {
                return true;
            }
        }
    }

    /// Feeds a step, so that one large buffer does not become one large chunk.
    fn feed(&mut self, bytes: &[u8]) -> usize {
        let bytes = &bytes[..bytes.len().min(STEP)];
        let before = self.lines.len();
        match self.splitting {
            Splitting::Unknown(_) => self.look(bytes, false),
            _ => self.split(bytes),
        }
        self.bytes += self.lines[before..].iter().map(held).sum::<usize>();
        self.taken += bytes.len();
        bytes.len()
    }

    /// The input is at its end; the answer is what is missing.
    fn finish(&mut self) -> Option<String> {
        self.look(&[], true);
        match &mut self.splitting {
            Splitting::Unknown(_) => None,
            Splitting::Mixed(mixed) => mixed.finish(&mut self.lines),
            Splitting::Values(values) => values.finish(&mut self.lines),
        }
    }

    fn cut(&mut self) {
        self.look(&[], true);
        match &mut self.splitting {
            Splitting::Unknown(_) => {}
            Splitting::Mixed(mixed) => mixed.cut(&mut self.lines),
            Splitting::Values(values) => values.cut(&mut self.lines),
        }
    }

    fn take(&mut self, failure: Option<String>) -> Chunk {
        (self.bytes, self.taken) = (0, 0);
        let next = match &self.splitting {
            Splitting::Unknown(_) => self.from,
            // What is read again to get to the place to go on from is no step back.
            Splitting::Mixed(mixed) => mixed.next().max(self.from),
            Splitting::Values(values) => values.next().max(self.from),
        };
        Chunk {
            lines: std::mem::take(&mut self.lines),
            end: next,
            read: self.read.load(Ordering::Relaxed),
            failure,
        }
    }
}

fn held(line: &Line) -> usize {
    match &line.content {
        Content::Text(text) | Content::Cut(text) => text.len(),
        Content::Blank(_) | Content::TooLong(_) => 0,
    }
}
