//! Packs entries into batch calls, in order and within the limits, with no key twice in a call.

use std::collections::HashSet;
use std::hash::Hash;

/// The limits of one batch call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of entries per call.
    pub entries: usize,
    /// Maximum bytes per call, over all entries.
    pub bytes: usize,
}

impl Limits {
    /// `BatchWriteItem`: 25 put or delete requests and 16 MB per call.
    pub const BATCH_WRITE_ITEM: Limits = Limits { entries: 25, bytes: 16 * 1024 * 1024 };
    /// `SendMessageBatch`: 10 entries and 1 MiB per call, counting bodies and attributes.
    pub const SEND_MESSAGE_BATCH: Limits = Limits { entries: 10, bytes: 1024 * 1024 };
}

/// Fills batches in order. A batch never contains a key twice: `BatchWriteItem` rejects the whole
/// call if two operations share a key.
#[derive(Debug)]
pub struct Packer<K, T> {
    limits: Limits,
    keys: HashSet<K>,
    batch: Vec<T>,
    bytes: usize,
}

/// An entry too large for any batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry is {bytes} bytes; a call accepts at most {limit}")]
pub struct TooLarge<T> {
    /// The rejected entry.
    pub entry: T,
    /// Its size in bytes.
    pub bytes: usize,
    /// The call's limit in bytes.
    pub limit: usize,
}

impl<K: Eq + Hash, T> Packer<K, T> {
    /// Creates an empty packer.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Packer { limits, keys: HashSet::new(), batch: Vec::new(), bytes: 0 }
    }

    /// Adds an entry. Returns the previous batch if the entry did not fit into it.
    ///
    /// # Errors
    /// [`TooLarge`] with the entry if it exceeds the byte limit on its own.
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

    /// Closes the current batch and returns it, unless it is empty.
    pub fn take(&mut self) -> Option<Vec<T>> {
        self.keys.clear();
        self.bytes = 0;
        if self.batch.is_empty() { None } else { Some(std::mem::take(&mut self.batch)) }
    }

    /// Returns the number of entries in the current batch.
    #[must_use]
    pub fn len(&self) -> usize {
        self.batch.len()
    }

    /// Returns whether the current batch is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.batch.is_empty()
    }
}
