//! Merges the spill into parts: partitions in parallel, each into its own parts.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use reco_core::item::Schema;
use tokio_util::sync::CancellationToken;

use super::EmitOptions;
use super::part::{Part, PartReport};
use super::spill::Partitions;
use crate::backfill::report::ItemSizes;
use crate::files::safe_file::make_private;

/// Subdirectory of the parts, so that an upload includes nothing else.
pub const DATA: &str = "data";

/// Maximum partitions processed in parallel; each holds an index of its keys in memory.
const WORKERS: usize = 4;

/// Parts under their final names.
#[derive(Debug)]
pub struct Merged {
    pub(super) options: EmitOptions,
    pub(super) schema: Schema,
    /// Parts, in order.
    pub(super) parts: Vec<PartReport>,
    /// Lists replaced by a later one of the same user.
    pub replaced: u64,
    /// Sizes of the items.
    pub sizes: ItemSizes,
}

/// Parts of one partition, under temporary names.
type Finished = Vec<(PathBuf, PartReport)>;

struct MergeJob<'a> {
    options: &'a EmitOptions,
    partitions: &'a Partitions,
    cancel: &'a CancellationToken,
    next: AtomicUsize,
    totals: Mutex<(u64, ItemSizes)>,
}

/// Writes the parts; removes all of them if one fails, and the directory where this run `made` it.
pub fn merge(
    options: EmitOptions,
    made: bool,
    schema: Schema,
    partitions: Partitions,
    cancel: &CancellationToken,
) -> io::Result<Merged> {
    let data = options.directory.join(DATA);
    make_private(&data)?;
    let written = write(&options, &partitions, cancel).and_then(|(parts, totals)| {
        let parts = name(&options, parts)?;
        sync_directory(&data)?;
        Ok((parts, totals))
    });
    drop(partitions);
    match written {
        Ok((parts, (replaced, sizes))) => Ok(Merged { options, schema, parts, replaced, sizes }),
        Err(error) => {
            // Created by this run a moment ago.
            let _ = std::fs::remove_dir_all(&data);
            if made {
                let _ = std::fs::remove_dir(&options.directory);
            }
            Err(error)
        }
    }
}

type Totals = (u64, ItemSizes);

fn write(
    options: &EmitOptions,
    partitions: &Partitions,
    cancel: &CancellationToken,
) -> io::Result<(Finished, Totals)> {
    let totals = Mutex::new((0, ItemSizes::default()));
    let job = MergeJob { options, partitions, cancel, next: AtomicUsize::new(0), totals };
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let workers = cores.min(WORKERS).min(partitions.count).max(1);
    let results: Vec<io::Result<Vec<(usize, Finished)>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(|| job.work())).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|_| Err(io::Error::other("a worker broke down")))
        };
        threads.into_iter().map(join).collect()
    });
    let mut finished = Vec::new();
    for result in results {
        finished.extend(result?);
    }
    finished.sort_by_key(|(partition, _)| *partition);
    let parts = finished.into_iter().flat_map(|(_, parts)| parts).collect();
    Ok((parts, job.totals.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

impl MergeJob<'_> {
    fn work(&self) -> io::Result<Vec<(usize, Finished)>> {
        let mut done = Vec::new();
        loop {
            let partition = self.next.fetch_add(1, Ordering::Relaxed);
            if partition >= self.partitions.count {
                return Ok(done);
            }
            match self.partition(partition) {
                Ok(parts) => done.push((partition, parts)),
                Err(error) => {
                    // Stops the other workers.
                    self.next.store(usize::MAX / 2, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
    }

    fn partition(&self, partition: usize) -> io::Result<Finished> {
        let EmitOptions { directory, compression, part_size, .. } = self.options;
        let mut finished = Vec::new();
        let mut open: Option<Part> = None;
        let newest = self.options.newest;
        let replaced = self.partitions.last_of_each(partition, newest, |item_bytes, line| {
            if self.cancel.is_cancelled() {
                return Err(io::Error::other("interrupted"));
            }
            let part = match &mut open {
                Some(part) => part,
                none => {
                    let name = format!(".{partition}-{}.tmp", finished.len());
                    none.insert(Part::create(directory.join(DATA).join(name), *compression)?)
                }
            };
            part.add(line)?;
            let full = part.bytes() >= *part_size;
            if full && let Some(part) = open.take() {
                finished.push(part.finish()?);
            }
            self.totals.lock().unwrap_or_else(PoisonError::into_inner).1.add(item_bytes);
            Ok(())
        })?;
        if let Some(part) = open {
            finished.push(part.finish()?);
        }
        self.totals.lock().unwrap_or_else(PoisonError::into_inner).0 += replaced;
        Ok(finished)
    }
}

/// Renames the parts to their final names. Parts of different shards have different names, so that
/// they can share one prefix.
fn name(options: &EmitOptions, parts: Finished) -> io::Result<Vec<PartReport>> {
    let shard = options.shard.map(|s| format!("{}of{}-", s.number(), s.of())).unwrap_or_default();
    let extension = options.compression.extension();
    let mut named = Vec::with_capacity(parts.len());
    for (number, (path, report)) in (1..).zip(parts) {
        let name = format!("part-{shard}{number:05}.{extension}");
        std::fs::rename(&path, options.directory.join(DATA).join(&name))?;
        named.push(PartReport { file: format!("{DATA}/{name}"), ..report });
    }
    Ok(named)
}

/// Flushes a directory; without this a crash of the machine may lose a file's name.
pub fn sync_directory(path: &std::path::Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use reco_core::item::KeyType;
    use reco_core::{Id, Recommendation};

    use super::super::spill::Spill;
    use super::super::{PartCompression, S3Location};
    use super::*;

    /// A directory that the operator made may have another mode or owner, and a mount in it.
    #[test]
    fn only_a_directory_of_this_run_is_removed_on_failure() {
        for made in [false, true] {
            let home = tempfile::tempdir().expect("a directory");
            let directory = home.path().join("out");
            std::fs::create_dir(&directory).expect("created");
            let schema = Schema::with_key_type(KeyType::N);
            let list =
                Recommendation { user: Id::from(7_i64), articles: Vec::new(), generated_at: None };
            let item = schema.plan(list).expect("fits");
            let mut spill = Spill::create(&directory, 1).expect("created");
            spill.add(&item, b"{}").expect("added");
            let options = EmitOptions {
                directory: directory.clone(),
                compression: PartCompression::None,
                part_size: 1 << 20,
                s3: S3Location::default(),
                shard: None,
                newest: false,
            };
            let cancel = CancellationToken::new();
            cancel.cancel();
            let partitions = spill.finish().expect("finished");
            assert!(merge(options, made, schema, partitions, &cancel).is_err());
            assert_eq!(directory.exists(), !made);
            assert!(!directory.join(DATA).exists());
        }
    }
}
