//! Articles remembered from one batch to the next.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use quick_cache::UnitWeighter;
use quick_cache::sync::Cache;
use reco_core::facts::{ArticleFacts, FactSet, FactsRequest};
use reco_core::{Id, IdMap};
use serde::Serialize;

use super::database::KnownArticles;

/// Size and lifetime of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheOptions {
    /// Most articles; about 200 bytes each.
    pub capacity: u64,
    /// An article's facts are asked for again after this long. So long may an article that was
    /// withdrawn still be recommended.
    pub time_to_live: Duration,
}

impl Default for CacheOptions {
    fn default() -> Self {
        CacheOptions { capacity: 100_000, time_to_live: Duration::from_secs(60) }
    }
}

/// Statistics of the cache since its creation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CacheStats {
    /// Articles that were remembered.
    pub hits: u64,
    /// Articles that had to be asked for.
    pub misses: u64,
}

/// Articles for which there is room from the start.
const FIRST_ROOM: usize = 10_000;

/// Articles remembered from one batch to the next.
///
/// Users, reads and mutes are never remembered: a user is in one batch and then not for long, and
/// a block or a read just made must count at once. Nor are articles that the source does not
/// know: they may be inserted a moment later, and until then would be dropped from every list.
#[derive(Debug)]
pub(super) struct ArticleCache {
    articles: Cache<Id, Remembered>,
    time_to_live: Duration,
    hits: AtomicU64,
    misses: AtomicU64,
}

#[derive(Debug, Clone)]
struct Remembered {
    facts: ArticleFacts,
    since: Instant,
}

impl ArticleCache {
    pub(super) fn new(options: CacheOptions) -> Self {
        let CacheOptions { capacity, time_to_live } = options;
        // Room is made as articles come: few functions ever see as many as may be remembered.
        let first = usize::try_from(capacity).unwrap_or(usize::MAX).min(FIRST_ROOM);
        let articles = Cache::with_weighter(first, capacity, UnitWeighter);
        ArticleCache { articles, time_to_live, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// Returns the statistics of the cache so far.
    pub(super) fn stats(&self) -> CacheStats {
        CacheStats {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
        }
    }

    /// Returns the requested articles that are remembered.
    pub(super) fn known(&self, request: &FactsRequest) -> KnownArticles {
        let now = Instant::now();
        let mut known = IdMap::with_capacity_and_hasher(request.articles.len(), Default::default());
        for id in &request.articles {
            let remembered = self
                .articles
                .get(id)
                .filter(|article| now.saturating_duration_since(article.since) < self.time_to_live);
            if let Some(article) = remembered {
                known.insert(id.clone(), article.facts);
            }
        }
        let misses = request.articles.len() - known.len();
        self.hits.fetch_add(known.len() as u64, Ordering::Relaxed);
        self.misses.fetch_add(misses as u64, Ordering::Relaxed);
        known
    }

    /// Remembers what `answer` says about the articles that were `asked` for. Those remembered
    /// before must not be among them: it would prolong their life.
    pub(super) fn remember(&self, asked: &[&Id], answer: &FactSet) {
        let FactSet::Known { articles, .. } = answer else { return };
        let since = Instant::now();
        for id in asked {
            if let Some(facts) = articles.get(*id) {
                self.articles.insert((*id).clone(), Remembered { facts: facts.clone(), since });
            }
        }
    }
}
