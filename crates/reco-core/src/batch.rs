//! Packing: filling a call up to its limits, in order, with no key twice.

use std::collections::HashSet;
use std::hash::Hash;

/// The limits of one batch call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most entries a call takes.
    pub entries: usize,
    /// Most bytes a call takes, over all entries.
    pub bytes: usize,
}

impl Limits {
    /// `BatchWriteItem`: 25 put or delete requests and 16 MB a call.
    pub const BATCH_WRITE_ITEM: Limits = Limits { entries: 25, bytes: 16 * 1024 * 1024 };
    /// `SendMessageBatch`: 10 entries and 1 MiB a call, bodies and attributes counted.
    pub const SEND_MESSAGE_BATCH: Limits = Limits { entries: 10, bytes: 1024 * 1024 };
}

/// Fills batches in order. A key never stands twice in one batch: two operations on one key make
/// `BatchWriteItem` refuse the whole call.
#[derive(Debug)]
pub struct Packer<K, T> {
    limits: Limits,
    keys: HashSet<K>,
    batch: Vec<T>,
    bytes: usize,
}

/// An entry that no batch can hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry is {bytes} bytes; a call accepts at most {limit}")]
pub struct TooLarge<T> {
    /// The entry, handed back.
    pub entry: T,
    /// Its size in bytes.
    pub bytes: usize,
    /// The call's limit in bytes.
    pub limit: usize,
}

impl<K: Eq + Hash, T> Packer<K, T> {
    /// An empty packer.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Packer { limits, keys: HashSet::new(), batch: Vec::new(), bytes: 0 }
    }

    /// Adds an entry; answers with the batch that had to be closed for it, if any.
    ///
    /// # Errors
    /// [`TooLarge`] hands the entry back when it exceeds the limit alone.
    pub fn push(&mut self, key: K, bytes: usize, entry: T) -> Result<Option<Vec<T>>, TooLarge<T>> {
        if bytes > self.limits.bytes {
            return Err(TooLarge { entry, bytes, limit: self.limits.bytes });
        }
        let full = self.batch.len() == self.limits.entries
            || self.bytes + bytes > self.limits.bytes
            || self.keys.contains(&key);
        let closed = if full { self.take() } else { None };
        self.keys.insert(key);
        self.bytes += bytes;
        self.batch.push(entry);
        Ok(closed)
    }

    /// Closes the batch under way, if there is one.
    pub fn take(&mut self) -> Option<Vec<T>> {
        self.keys.clear();
        self.bytes = 0;
        if self.batch.is_empty() { None } else { Some(std::mem::take(&mut self.batch)) }
    }

    /// Returns the number of entries that the batch under way holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.batch.len()
    }

    /// Returns whether the batch under way is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }
}
