//! The spill: lines on disk, parted by key, until the whole input is read.
//!
//! `ImportTable` writes items of one key in random order (AWS: "Import format quotas and
//! validation"), so a user may stand in the parts once only, and which list is a user's last is
//! known at the end of the input. Lines go to one of P files by their key; then each file is gone
//! through alone, twice: first for where each key stands last, then for these lines.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use reco_core::Id;
use reco_core::shard::KeyDigest;
use tempfile::TempDir;

use super::part::create_new;

/// Bytes of a partition that are aimed at.
const PARTITION: u64 = 256 * 1024 * 1024;
/// Partitions at most: each has a file open while the input is read.
const MOST: u64 = 256;
/// Partitions of an input of unknown size.
const UNKNOWN: usize = 64;
/// A line of DynamoDB JSON is about twice as long as the pair that it came from.
const GROWTH: u64 = 2;
/// Gathered before it is written, for each file.
const BUFFER: usize = 64 * 1024;
/// Key, item size, line length.
const HEADER: usize = 16 + 4 + 4;

/// Into how many files an input of this size, decompressed, is parted.
pub fn partitions(input_bytes: Option<u64>) -> usize {
    let of_size =
        |bytes: u64| (bytes.saturating_mul(GROWTH)).div_ceil(PARTITION).clamp(1, MOST) as usize;
    input_bytes.map_or(UNKNOWN, of_size)
}

/// Lines that wait for the end of the input. Its files are removed with it.
#[derive(Debug)]
pub struct Spill {
    directory: TempDir,
    files: Vec<BufWriter<File>>,
    lines: u64,
}

impl Spill {
    /// An empty one, in files below `parent`, which its owner alone can read.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn create(parent: &Path, partitions: usize) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix(".spill-").tempdir_in(parent)?;
        let files = (0..partitions.max(1))
            .map(|number| {
                let file = create_new(&directory.path().join(number.to_string()))?;
                Ok(BufWriter::with_capacity(BUFFER, file))
            })
            .collect::<io::Result<_>>()?;
        Ok(Spill { directory, files, lines: 0 })
    }

    /// Adds a line, with the size of its item.
    ///
    /// # Errors
    /// When the disk is full or fails.
    pub fn add(&mut self, user: &Id, item_bytes: usize, line: &[u8]) -> io::Result<()> {
        let key = KeyDigest::of(user).rest();
        let partition = partition_of(key, self.files.len());
        let Some(file) = self.files.get_mut(partition) else { return Ok(()) };
        let length = |length: usize| u32::try_from(length).map_err(io::Error::other);
        file.write_all(&key.to_le_bytes())?;
        file.write_all(&length(item_bytes)?.to_le_bytes())?;
        file.write_all(&length(line.len())?.to_le_bytes())?;
        file.write_all(line)?;
        self.lines += 1;
        Ok(())
    }

    /// Lines added.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// No more lines come: the partitions, to be read.
    ///
    /// # Errors
    /// When what was gathered cannot be written.
    pub fn finish(mut self) -> io::Result<Partitions> {
        let count = self.files.len();
        for mut file in self.files.drain(..) {
            file.flush()?;
        }
        Ok(Partitions { directory: self.directory, count })
    }
}

/// A finished spill.
#[derive(Debug)]
pub struct Partitions {
    directory: TempDir,
    /// How many there are.
    pub count: usize,
}

impl Partitions {
    /// Gives `take` the last line of each key of a partition, in the order of the input, and the
    /// size of its item; answers with how many lines were not the last of their key.
    ///
    /// # Errors
    /// When the disk fails, or `take` does.
    pub fn last_of_each(
        &self,
        number: usize,
        mut take: impl FnMut(usize, &[u8]) -> io::Result<()>,
    ) -> io::Result<u64> {
        let path = self.directory.path().join(number.to_string());
        let mut file = BufReader::with_capacity(BUFFER, File::open(&path)?);
        let mut last: HashMap<u128, u32> = HashMap::new();
        let mut lines = 0_u32;
        while let Some(header) = Header::read(&mut file)? {
            last.insert(header.key, lines);
            file.seek_relative(i64::from(header.length))?;
            lines = lines.checked_add(1).ok_or_else(|| io::Error::other("too many lines"))?;
        }
        file.rewind()?;
        let mut line = Vec::new();
        for at in 0..lines {
            let header = Header::read(&mut file)?.ok_or(io::ErrorKind::UnexpectedEof)?;
            line.resize(header.length as usize, 0);
            file.read_exact(&mut line)?;
            if last.get(&header.key) == Some(&at) {
                take(header.item_bytes as usize, &line)?;
            }
        }
        drop(file);
        // Makes room for the parts.
        std::fs::remove_file(&path)?;
        Ok(u64::from(lines) - last.len() as u64)
    }
}

/// What stands before each line.
struct Header {
    key: u128,
    item_bytes: u32,
    length: u32,
}

impl Header {
    /// The next; `None` at the end of the file.
    fn read(file: &mut impl Read) -> io::Result<Option<Self>> {
        let mut bytes = [0; HEADER];
        let mut filled = 0;
        while filled < HEADER {
            match file.read(&mut bytes[filled..])? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => filled += read,
            }
        }
        let number = |at: usize, length: usize| {
            let bytes = bytes[at..at + length].iter().rev();
            bytes.fold(0_u128, |number, byte| (number << 8) | u128::from(*byte))
        };
        let [item_bytes, length] = [16, 20].map(|at| number(at, 4) as u32);
        Ok(Some(Header { key: number(0, 16), item_bytes, length }))
    }
}

/// The map of a partition goes by other bits than the choice of the partition, which are the same
/// in all of its keys.
fn partition_of(key: u128, partitions: usize) -> usize {
    let high = (key >> 64) as u64;
    (high % partitions as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_each_key_comes_out_once_and_in_order() {
        for partitions in [1, 7] {
            let dir = tempfile::tempdir().expect("a directory");
            let mut spill = Spill::create(dir.path(), partitions).expect("created");
            for n in 0..1000_i64 {
                let line = format!("line {n}");
                let user = n % 300;
                // A number and its text are one user.
                let user =
                    if n % 2 == 0 { Id::from(user) } else { user.to_string().as_str().into() };
                spill.add(&user, n as usize, line.as_bytes()).expect("added");
            }
            assert_eq!(spill.lines(), 1000);
            let parts = spill.finish().expect("finished");
            let (mut found, mut replaced) = (Vec::new(), 0);
            for number in 0..parts.count {
                let mut before = 0;
                replaced += parts
                    .last_of_each(number, |bytes, line| {
                        let text = String::from_utf8_lossy(line).into_owned();
                        assert_eq!(text, format!("line {bytes}"));
                        assert!(bytes >= before, "in the order of the input");
                        before = bytes;
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
    fn a_spill_that_was_cut_is_noticed() {
        let dir = tempfile::tempdir().expect("a directory");
        let mut spill = Spill::create(dir.path(), 1).expect("created");
        spill.add(&Id::from(1_i64), 1, b"line").expect("added");
        let parts = spill.finish().expect("finished");
        let path = parts.directory.path().join("0");
        let bytes = std::fs::read(&path).expect("read");
        std::fs::write(&path, &bytes[..bytes.len() - 1]).expect("cut");
        assert!(parts.last_of_each(0, |_, _| Ok(())).is_err());
        std::fs::write(&path, &bytes[..5]).expect("cut");
        assert!(parts.last_of_each(0, |_, _| Ok(())).is_err());
    }

    #[test]
    fn partitions_follow_the_size_of_the_input() {
        assert_eq!(partitions(None), 64);
        assert_eq!(partitions(Some(0)), 1);
        assert_eq!(partitions(Some(10 * PARTITION)), 20);
        assert_eq!(partitions(Some(u64::MAX)), 256);
    }
}
