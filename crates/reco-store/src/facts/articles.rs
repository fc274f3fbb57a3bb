//! All articles, read once for a long run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use reco_core::Recommendation;
use reco_core::facts::{ArticleIndex, FactsError};
use tokio::sync::OnceCell;

use super::ask::article;
use super::database::Database;
use super::pages::{Pages, Scan};
use super::source::Backend;
use super::tables::FactsTables;

/// A run that has asked for so many articles is a long one. A short one reads no whole table.
const LONG_RUN: u64 = 10_000;

/// Articles read at once.
const PAGE: usize = 10_000;

/// All articles, unless they do not fit.
type Whole = Result<Option<Arc<ArticleIndex>>, FactsError>;

/// Articles of a source, read whole by the first batch of a long run.
#[derive(Debug)]
pub(super) struct Articles {
    tables: FactsTables,
    budget: u64,
    asked: AtomicU64,
    index: OnceCell<Option<Arc<ArticleIndex>>>,
}

impl Articles {
    /// Those of `tables`, unless they take more than `budget` bytes.
    pub(super) fn new(tables: FactsTables, budget: u64) -> Self {
        Articles { tables, budget, asked: AtomicU64::new(0), index: OnceCell::new() }
    }

    /// All articles, if the run that judges these lists has become a long one and they fit.
    pub(super) async fn for_lists(&self, backend: &Backend, lists: &[&Recommendation]) -> Whole {
        let articles: usize = lists.iter().map(|list| list.articles.len()).sum();
        let before = self.asked.fetch_add(articles as u64, Ordering::Relaxed);
        if before + (articles as u64) < LONG_RUN || self.tables.articles.statement.is_some() {
            return Ok(None);
        }
        self.index.get_or_try_init(|| self.read_from(backend)).await.cloned()
    }

    // Boxed: a database driver's futures nest deeper than the compiler follows them from a caller.
    fn read_from<'a>(&'a self, backend: &'a Backend) -> BoxFuture<'a, Whole> {
        match backend {
            Backend::None => Box::pin(async { Ok(None) }),
            Backend::Sqlite(database) => Box::pin(self.read(database)),
            Backend::MySql(database) => Box::pin(self.read(database)),
        }
    }

    async fn read<D: Database>(&self, database: &D) -> Whole {
        let mut index = ArticleIndex::default();
        let mut pages = Pages::new(database, Scan::articles(&self.tables), PAGE);
        while let Some(rows) = pages.next().await? {
            // The page itself is freed before the next one comes.
            if index.bytes_with(rows.len()) as u64 > self.budget {
                return Ok(None);
            }
            rows.into_iter().filter_map(article).for_each(|(id, facts)| index.insert(id, facts));
        }
        Ok(Some(Arc::new(index)))
    }
}
