//! A random sample of the users of an input, in one pass and little memory: those with the lowest
//! hashes, under a hash that is another one in each run.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::StreamExt;
use reco_core::Id;
use reco_core::decode::{decode, deletion};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::super::input::Source;
use super::super::lines::{Content, Place};
use super::super::read::{self, Chunk};
use super::super::{CHUNKS, stages};
use crate::error::{Error, Kind, Result};

/// A sample: the users whose hash is no higher than `last`.
pub(super) struct Sample {
    /// How many they are.
    pub users: u64,
    /// The highest hash of them.
    pub last: u64,
}

/// Draws a sample of `size` users, or all where there are no more.
pub(super) async fn draw(
    sources: Vec<Source>,
    size: u64,
    hasher: Arc<RandomState>,
    cancel: &CancellationToken,
) -> Result<Sample> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let highest = Arc::new(AtomicU64::new(u64::MAX));
    let (chunks, receiver) = mpsc::channel(CHUNKS);
    let reading = tokio::spawn(read::read(sources, Place::start(0), chunks));
    let mut hashed = stages(receiver, {
        let highest = Arc::clone(&highest);
        move |chunk| {
            let (hasher, highest) = (Arc::clone(&hasher), highest.load(Ordering::Relaxed));
            async move { hashes(&chunk, &hasher, highest) }
        }
    });
    let mut lowest = BTreeSet::new();
    while let Some(hashes) = hashed.next().await {
        let hashes = hashes.map_err(|error| {
            Error::new(Kind::Internal, "drawing the sample broke down").because(&error)
        })?;
        for hash in hashes {
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
    reading.abort();
    let last = lowest.last().copied().filter(|_| lowest.len() == size);
    Ok(Sample { users: lowest.len() as u64, last: last.unwrap_or(u64::MAX) })
}

/// The hashes of a chunk's users that are no higher than `highest`.
fn hashes(chunk: &Chunk, hasher: &RandomState, highest: u64) -> Vec<u64> {
    let mut hashes = Vec::new();
    for line in &chunk.lines {
        let Content::Text(text) = &line.content else { continue };
        let Ok(text) = std::str::from_utf8(text) else { continue };
        let mut add =
            |user: &Id| hashes.extend(Some(hasher.hash_one(user)).filter(|hash| *hash <= highest));
        match decode(text) {
            Ok(decoded) => decoded.entries.iter().for_each(|entry| add(&entry.recommendation.user)),
            Err(_) => deletion(text).ok().flatten().iter().for_each(|gone| add(&gone.user)),
        }
    }
    hashes
}
