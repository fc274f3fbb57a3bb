//! Spill: lines on disk, partitioned by key, until the whole input is read.
//!
//! `ImportTable` writes items of one key in random order (AWS: "Import format quotas and
//! validation"), so each user may occur in the parts only once, and which list is a user's last is
//! known only at the end of the input. Lines are distributed to P files by key. Then each file is
//! read twice on its own: first to find the line that counts for each key, then to copy those
//! lines. A removal has no line: it is recorded and drops the list before it.
//!
//! AWS advises to randomise sorted input of bulk puts ("Best practices for bulk put items":
//! consecutive writes must not go to one partition), so the lines come out shuffled.

mod header;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::ops::Range;
use std::path::Path;

use reco_core::Time;
use reco_core::item::{Action, PlannedItem, gives_way};
use reco_core::shard::KeyDigest;
use tempfile::TempDir;

use crate::files::safe_file::create_private;
use header::Header;

/// Target size of a partition, in bytes.
const PARTITION: u64 = 256 * 1024 * 1024;
/// Maximum partitions; each has a file open while the input is read.
const MOST: u64 = 256;
/// Partitions for an input of unknown size.
const UNKNOWN: usize = 64;
/// Growth factor: a line of DynamoDB JSON is about twice as long as its input.
const GROWTH: u64 = 2;
/// Bytes of lines that are shuffled at a time; a worker holds as many in memory.
const SHUFFLED: usize = 16 * 1024 * 1024;
/// Bytes buffered per file before a write.
const BUFFER: usize = 64 * 1024;
/// Returns the number of partitions for an input of this decompressed size.
pub fn partitions(input_bytes: Option<u64>) -> usize {
    let of_size =
        |bytes: u64| (bytes.saturating_mul(GROWTH)).div_ceil(PARTITION).clamp(1, MOST) as usize;
    input_bytes.map_or(UNKNOWN, of_size)
}

/// Lines waiting for the end of the input. The files are removed when dropped.
#[derive(Debug)]
pub struct Spill {
    directory: TempDir,
    files: Vec<BufWriter<File>>,
    lines: u64,
}

impl Spill {
    /// Creates an empty spill in files below `parent` that only the owner can read.
    ///
    /// # Errors
    /// Fails if the files cannot be created.
    pub fn create(parent: &Path, partitions: usize) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix(".spill-").tempdir_in(parent)?;
        let files = (0..partitions.max(1))
            .map(|number| {
                let file = create_private(&directory.path().join(number.to_string()))?;
                Ok(BufWriter::with_capacity(BUFFER, file))
            })
            .collect::<io::Result<_>>()?;
        Ok(Spill { directory, files, lines: 0 })
    }

    /// Adds an item with its line; for a removal, only the fact.
    ///
    /// # Errors
    /// Fails if the disk is full or fails.
    pub fn add(&mut self, item: &PlannedItem, line: &[u8]) -> io::Result<()> {
        let key = KeyDigest::of(&item.recommendation.user).rest();
        let partition = partition_of(key, self.files.len());
        let Some(file) = self.files.get_mut(partition) else { return Ok(()) };
        let length = |length: usize| u32::try_from(length).map_err(io::Error::other);
        let header = Header {
            key,
            item_bytes: length(item.bytes)?,
            length: length(line.len())?,
            removal: item.action == Action::Delete,
            time: item.recommendation.generated_at,
            guard: item.guard,
        };
        header.write(file)?;
        file.write_all(line)?;
        self.lines += 1;
        Ok(())
    }

    /// Returns the number of lines added.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Finishes the spill; returns the partitions for reading.
    ///
    /// # Errors
    /// Fails if the buffers cannot be written.
    pub fn finish(mut self) -> io::Result<Partitions> {
        let count = self.files.len();
        for mut file in self.files.drain(..) {
            file.flush()?;
        }
        Ok(Partitions { directory: self.directory, count })
    }
}

/// Finished spill, ready to read.
#[derive(Debug)]
pub struct Partitions {
    directory: TempDir,
    /// Number of partitions.
    pub count: usize,
}

impl Partitions {
    /// Calls `take`, in an order that has nothing to do with that of the keys, with the item size and
    /// line of each key that a new table would end up with; returns the number of lists dropped. Each
    /// key keeps its last list unless it was removed; with `newest`, each list replaces only older
    /// ones.
    ///
    /// # Errors
    /// Fails if the disk or `take` fails.
    pub fn last_of_each(
        &self,
        number: usize,
        newest: bool,
        mut take: impl FnMut(usize, &[u8]) -> io::Result<()>,
    ) -> io::Result<u64> {
        let path = self.directory.path().join(number.to_string());
        let mut file = BufReader::with_capacity(BUFFER, File::open(&path)?);
        let mut held: HashMap<u128, (u32, Option<Time>)> = HashMap::new();
        let (mut lines, mut lists) = (0_u32, 0_u64);
        while let Some(header) = Header::read(&mut file)? {
            let free = |(_, time): &(u32, Option<Time>)| gives_way(*time, header.guard);
            lists += u64::from(!header.removal);
            if !newest || held.get(&header.key).is_none_or(free) {
                if header.removal {
                    held.remove(&header.key);
                } else {
                    held.insert(header.key, (lines, header.time));
                }
            }
            file.seek_relative(i64::from(header.length))?;
            lines = lines.checked_add(1).ok_or_else(|| io::Error::other("too many lines"))?;
        }
        file.rewind()?;
        let mut shuffle = Shuffle::default();
        for at in 0..lines {
            let header = Header::read(&mut file)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            if held.get(&header.key).is_some_and(|(held, _)| *held == at) {
                shuffle.read(&header, &mut file)?;
            } else {
                file.seek_relative(i64::from(header.length))?;
            }
            if shuffle.text.len() >= SHUFFLED {
                shuffle.empty(&mut take)?;
            }
        }
        shuffle.empty(&mut take)?;
        drop(file);
        // Makes room for the parts.
        std::fs::remove_file(&path)?;
        Ok(lists - held.len() as u64)
    }
}

/// Lines of a stretch of a partition, to be put into the order of their keys' digests.
#[derive(Default)]
struct Shuffle {
    /// Key, item size, and where in the text the line stands.
    lines: Vec<(u128, usize, Range<usize>)>,
    text: Vec<u8>,
}

impl Shuffle {
    /// Reads the line behind a header.
    fn read(&mut self, header: &Header, file: &mut impl Read) -> io::Result<()> {
        let (start, length) = (self.text.len(), header.length as usize);
        self.text.resize(start + length, 0);
        file.read_exact(&mut self.text[start..])?;
        self.lines.push((header.key, header.item_bytes as usize, start..start + length));
        Ok(())
    }

    /// Calls `take` with all lines, and forgets them.
    fn empty(&mut self, take: &mut impl FnMut(usize, &[u8]) -> io::Result<()>) -> io::Result<()> {
        self.lines.sort_unstable_by_key(|(key, ..)| *key);
        for (_, item_bytes, line) in self.lines.drain(..) {
            take(item_bytes, &self.text[line])?;
        }
        self.text.clear();
        Ok(())
    }
}

/// Returns the partition of a key. Uses other bits than the map of a partition, since all keys of a
/// partition share these.
fn partition_of(key: u128, partitions: usize) -> usize {
    let high = (key >> 64) as u64;
    (high % partitions as u64) as usize
}

#[cfg(test)]
mod tests {
    use reco_core::item::{KeyType, Schema};
    use reco_core::{Id, Recommendation};

    use super::*;

    fn list(user: Id, bytes: usize, at: Option<i64>) -> PlannedItem {
        let generated_at = at.map(Time::from_seconds);
        let recommendation = Recommendation { user, articles: Vec::new(), generated_at };
        let planned = Schema::with_key_type(KeyType::N).plan(recommendation).expect("fits");
        PlannedItem { bytes, ..planned }
    }

    fn removal(user: i64, at: Option<i64>) -> PlannedItem {
        let at = at.map(Time::from_seconds);
        Schema::with_key_type(KeyType::N).plan_delete(Id::from(user), at).expect("fits")
    }

    /// Returns the remaining lines of one user's items, and the number of dropped lists.
    fn left(items: &[PlannedItem], newest: bool) -> (Vec<String>, u64) {
        let dir = tempfile::tempdir().expect("a directory");
        let mut spill = Spill::create(dir.path(), 1).expect("created");
        for (number, item) in items.iter().enumerate() {
            let line = if item.action == Action::Put { number.to_string() } else { String::new() };
            spill.add(item, line.as_bytes()).expect("added");
        }
        let mut found = Vec::new();
        let parts = spill.finish().expect("finished");
        let take = |_: usize, line: &[u8]| {
            found.push(String::from_utf8_lossy(line).into_owned());
            Ok(())
        };
        let replaced = parts.last_of_each(0, newest, take).expect("read");
        (found, replaced)
    }

    #[test]
    fn a_removal_takes_the_list_before_it_away() {
        let put = |at| list(Id::from(7_i64), 1, at);
        let of = |items: &[PlannedItem], newest| left(items, newest).0.concat();
        assert_eq!(left(&[put(None), removal(7, None)], false), (vec![], 1));
        assert_eq!(of(&[put(None), removal(7, None), put(None)], false), "2");
        assert_eq!(of(&[removal(7, None), put(None)], false), "1");
        // Where only older items are replaced.
        assert_eq!(of(&[put(Some(5)), removal(7, Some(4))], true), "0");
        assert_eq!(of(&[put(Some(5)), removal(7, Some(6))], true), "");
        assert_eq!(of(&[put(Some(5)), removal(7, Some(9)), put(Some(6))], true), "2");
        assert_eq!(of(&[put(Some(5)), put(Some(5)), put(None), put(Some(4))], true), "0");
        assert_eq!(of(&[put(None), put(None), put(Some(1)), put(Some(2))], true), "3");
    }

    #[test]
    fn the_last_line_of_each_key_comes_out_once() {
        for partitions in [1, 7] {
            let dir = tempfile::tempdir().expect("a directory");
            let mut spill = Spill::create(dir.path(), partitions).expect("created");
            for n in 0..1000_i64 {
                let line = format!("line {n}");
                let user = n % 300;
                // A number and its text are the same user.
                let user =
                    if n % 2 == 0 { Id::from(user) } else { user.to_string().as_str().into() };
                spill.add(&list(user, n as usize, None), line.as_bytes()).expect("added");
            }
            assert_eq!(spill.lines(), 1000);
            let parts = spill.finish().expect("finished");
            let (mut found, mut replaced) = (Vec::new(), 0);
            for number in 0..parts.count {
                replaced += parts
                    .last_of_each(number, false, |bytes, line| {
                        let text = String::from_utf8_lossy(line).into_owned();
                        assert_eq!(text, format!("line {bytes}"));
                        found.push(bytes);
                        Ok(())
                    })
                    .expect("read");
            }
            found.sort_unstable();
            assert_eq!(found, (700..1000).collect::<Vec<_>>());
            assert_eq!(replaced, 700);
            drop(parts);
            assert_eq!(std::fs::read_dir(dir.path()).expect("read").count(), 0, "all is removed");
        }
    }

    #[test]
    fn sorted_users_come_out_shuffled() {
        let dir = tempfile::tempdir().expect("a directory");
        let mut spill = Spill::create(dir.path(), 1).expect("created");
        // Two stretches: a line is about 4 KB.
        let padding = "x".repeat(4096);
        for n in 0..6000_i64 {
            let line = format!("{n} {padding}");
            spill.add(&list(Id::from(n), n as usize, None), line.as_bytes()).expect("added");
        }
        let parts = spill.finish().expect("finished");
        let mut found = Vec::new();
        parts
            .last_of_each(0, false, |bytes, line| {
                let number = line.split(|b| *b == b' ').next().unwrap_or_default();
                assert_eq!(number, bytes.to_string().as_bytes());
                found.push(bytes);
                Ok(())
            })
            .expect("read");
        let rising = found.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((2700..3300).contains(&rising), "{rising} of 5,999 neighbours are in order");
        found.sort_unstable();
        assert!(found.into_iter().eq(0..6000));
    }

    #[test]
    fn a_spill_that_was_cut_is_noticed() {
        let dir = tempfile::tempdir().expect("a directory");
        let mut spill = Spill::create(dir.path(), 1).expect("created");
        spill.add(&list(Id::from(1_i64), 1, None), b"line").expect("added");
        let parts = spill.finish().expect("finished");
        let path = parts.directory.path().join("0");
        let bytes = std::fs::read(&path).expect("read");
        std::fs::write(&path, &bytes[..bytes.len() - 1]).expect("cut");
        assert!(parts.last_of_each(0, false, |_, _| Ok(())).is_err());
        std::fs::write(&path, &bytes[..5]).expect("cut");
        assert!(parts.last_of_each(0, false, |_, _| Ok(())).is_err());
    }

    #[test]
    fn partitions_follow_the_size_of_the_input() {
        assert_eq!(partitions(None), 64);
        assert_eq!(partitions(Some(0)), 1);
        assert_eq!(partitions(Some(10 * PARTITION)), 20);
        assert_eq!(partitions(Some(u64::MAX)), 256);
    }
}
