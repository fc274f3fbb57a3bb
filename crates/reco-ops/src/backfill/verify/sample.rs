//! Random sample of an input's users in one pass and little memory: the users with the lowest
//! hashes, by a hash function that differs in each run.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use super::super::former::in_order;
use super::super::prepare::Preparer;
use super::super::read::Chunk;
use crate::error::Result;
use crate::files::input::Source;

/// Sample: all users whose hash is at most `last`.
pub(in crate::backfill) struct Sample {
    /// Number of users.
    pub users: u64,
    /// Highest hash in the sample.
    pub last: u64,
}

/// Draws a sample of `size` users, or all if there are fewer.
pub(in crate::backfill) async fn draw(
    sources: Vec<Source>,
    size: u64,
    hasher: Arc<RandomState>,
    (preparer, cancel): (&Arc<Preparer>, &CancellationToken),
) -> Result<Sample> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let highest = Arc::new(AtomicU64::new(u64::MAX));
    let mut hashed = in_order(sources, preparer.mapping.is_some(), {
        let (highest, preparer) = (Arc::clone(&highest), Arc::clone(preparer));
        move |chunk| {
            let (hasher, highest) = (Arc::clone(&hasher), highest.load(Ordering::Relaxed));
            let preparer = Arc::clone(&preparer);
            async move { hashes(chunk, &preparer, &hasher, highest).await }
        }
    });
    let mut lowest = BTreeSet::new();
    // The `--map` expression may delay a chunk.
    while let Some(hashes) = cancel.run_until_cancelled(hashed.next()).await.flatten() {
        for hash in hashes? {
            if lowest.insert(hash) && lowest.len() > size {
                lowest.pop_last();
            }
        }
        if let Some(last) = lowest.last().filter(|_| lowest.len() == size) {
            highest.store(*last, Ordering::Relaxed);
        }
        if cancel.is_cancelled() {
            break;
        }
    }
    let last = lowest.last().copied().filter(|_| lowest.len() == size);
    Ok(Sample { users: lowest.len() as u64, last: last.unwrap_or(u64::MAX) })
}

/// Returns the hashes of a chunk's users that are at most `highest`.
async fn hashes(chunk: Chunk, preparer: &Preparer, hasher: &RandomState, highest: u64) -> Vec<u64> {
    let users = preparer.users(chunk).await;
    users.iter().map(|user| hasher.hash_one(user)).filter(|hash| *hash <= highest).collect()
}
