//! First stage: reads the inputs one after the other into chunks of lines.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::AsyncBufReadExt;
use tokio::sync::mpsc::Sender;

use super::layout::Layout;
use super::lines::{InputLine, LineContent, LineStart};
use super::mixed::Mixed;
use super::values::Values;
use crate::files::input::{Reader, Source};

/// Lines or bytes after which a chunk is passed on: enough for one facts lookup.
const CHUNK_LINES: usize = 500;
const CHUNK_BYTES: usize = 512 * 1024;

/// Bytes read after which a chunk is passed on even if few of them gave lines: blank lines, or one
/// endless line.
const CHUNK_READ: usize = 8 * 1024 * 1024;

/// Bytes split at once, which bounds how far a chunk can exceed its limits.
const STEP: usize = 16 * 1024;

/// Maximum wait before a partial chunk is passed on, so that a slow pipe is written as it comes.
const PATIENCE: Duration = Duration::from_millis(200);

/// Consecutive lines of one input.
#[derive(Debug)]
pub struct Chunk {
    /// Lines, in input order.
    pub lines: Vec<InputLine>,
    /// Start of the line after the last one.
    pub end: LineStart,
    /// Stored bytes read so far from all inputs.
    pub read: u64,
    /// Failure that ended the input early.
    pub failure: Option<String>,
}

/// Reads all sources from a place on into `chunks`, until the receiver is closed. `mapped` is true
/// if `--map` rewrites each line before it is decoded.
pub async fn read(sources: Vec<Source>, from: LineStart, mapped: bool, chunks: Sender<Chunk>) {
    let read = Arc::new(AtomicU64::new(0));
    for (file, mut source) in sources.into_iter().enumerate() {
        if file < from.file {
            read.fetch_add(source.bytes.unwrap_or(0), Ordering::Relaxed);
            continue;
        }
        let from = if file == from.file { from } else { LineStart::start(file) };
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

/// Splitter of an input's bytes.
enum Splitting {
    /// Start of an input whose layout is not known yet.
    Unknown(Vec<u8>),
    Mixed(Mixed),
    Values(Values),
}

struct Stage<'a> {
    splitting: Splitting,
    /// Place of the first line to process; earlier ones are done.
    from: LineStart,
    mapped: bool,
    lines: Vec<InputLine>,
    bytes: usize,
    /// Bytes read since the last chunk.
    taken: usize,
    read: &'a AtomicU64,
}

impl Stage<'_> {
    /// Detects the layout of an input that is to be read from a later place on.
    async fn begin(&mut self, source: &mut Source) -> Result<(), String> {
        if self.from.offset == 0 {
            return Ok(());
        }
        let start = LineStart::start(self.from.file);
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
                let at = if self.from.inside { start } else { self.from };
                Splitting::Mixed(Mixed::at(at, self.mapped))
            }
        };
        Ok(())
    }

    /// Returns the offset at which to open the input; an array must be read from its start.
    fn offset(&self) -> u64 {
        match &self.splitting {
            Splitting::Mixed(_) if !self.from.inside => self.from.offset,
            Splitting::Unknown(_) | Splitting::Mixed(_) | Splitting::Values(_) => 0,
        }
    }

    /// Adds bytes of the input's start until its layout is known.
    fn look(&mut self, bytes: &[u8], at_end: bool) {
        let Splitting::Unknown(head) = &mut self.splitting else { return };
        head.extend_from_slice(bytes);
        let of = if self.mapped { Layout::of_mapped } else { Layout::of };
        let Some(layout) = of(head, at_end) else { return };
        let head = std::mem::take(head);
        self.splitting = match layout {
            Layout::Lines => Splitting::Mixed(Mixed::at(self.from, self.mapped)),
            Layout::Values => Splitting::Values(Values::at(LineStart::start(self.from.file))),
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
        // Drops lines that were read again only to reach the place to continue from.
        let from = self.from.offset;
        let mut at = 0;
        self.lines.retain(|line| {
            at += 1;
            at <= before || line.at.offset >= from
        });
    }

    /// Reads one input to its end; returns true if the receiver is gone.
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

    /// Feeds a limited step, so that one large buffer does not become one large chunk; returns its
    /// length.
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

    /// Finishes the input; returns a description of what is missing, if anything.
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
            // Lines that are read again to reach the place to continue from must not move it back.
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

fn held(line: &InputLine) -> usize {
    match &line.content {
        LineContent::Text(text) | LineContent::Cut(text) => text.len(),
        LineContent::Blank(_) | LineContent::TooLong(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::input;

    async fn lines_from(path: &std::path::Path, from: LineStart) -> Vec<InputLine> {
        let source = input::source(path).await.expect("opens");
        let (chunks, mut received) = tokio::sync::mpsc::channel(8);
        let reading = tokio::spawn(read(vec![source], from, false, chunks));
        let mut lines = Vec::new();
        while let Some(chunk) = received.recv().await {
            lines.extend(chunk.lines);
        }
        reading.await.expect("ends");
        lines
    }

    /// Reading on from any line gives the lines that follow, malformed ones and all.
    #[tokio::test]
    async fn reading_from_a_line_on_gives_what_the_whole_reading_gave() {
        let directory = tempfile::tempdir().expect("created");
        let path = directory.path().join("in.json");
        for text in [
            "[[\"a\",[\"1\"]],[\"b\",[x]],[\"c\",[\"3\"]],[\"d\",[\"4\"]]]",
            "[[\"a\",[1]],[\"b\",[x]],\n[\"c\",[3]],[\"d\",[4]],\n[\"e\",[5]]]\n",
            "[{\"user_id\":1,oops},{\"user_id\":2}]\n",
            "[[1,[2]],[3,[4]]]\n",
            "[3,[30]]\n[\n[10,[1]],\n[11,[2]]\n]\n[4,[40]]\n",
        ] {
            std::fs::write(&path, text).expect("written");
            let whole = lines_from(&path, LineStart::start(0)).await;
            assert!(whole.len() > 1, "{text}");
            for (number, line) in whole.iter().enumerate() {
                assert_eq!(lines_from(&path, line.at).await, whole[number..], "{text} {line:?}");
            }
        }
    }
}
