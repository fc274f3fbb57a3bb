//! All articles, read once for a long run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use reco_core::Recommendation;
use reco_core::facts::{ArticleIndex, FactsError, FactsStage};
use tokio::sync::OnceCell;

use super::agreed::index_article;
use super::ask::article;
use super::database::Database;
use super::ids::is_asked;
use super::pages::{Pages, Scan};
use super::source::{Backend, Warn};
use super::sqlite::in_time;
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
    warn: Option<Warn>,
    asked: AtomicU64,
    index: OnceCell<Option<Arc<ArticleIndex>>>,
}

impl Articles {
    /// Those of `tables`, unless they take more than `budget` bytes.
    pub(super) fn new(tables: FactsTables, budget: u64, warn: Option<Warn>) -> Self {
        Articles { tables, budget, warn, asked: AtomicU64::new(0), index: OnceCell::new() }
    }

    /// All articles, if the run that judges these lists has become a long one and they fit. Where
    /// they cannot be read whole, they are asked for as they come: that may work all the same.
    pub(super) async fn for_lists(&self, backend: &Backend, lists: &[&Recommendation]) -> Whole {
        let articles: usize = lists.iter().map(|list| list.articles.len()).sum();
        let before = self.asked.fetch_add(articles as u64, Ordering::Relaxed);
        if before + (articles as u64) < LONG_RUN || self.tables.articles.statement.is_some() {
            return Ok(None);
        }
        self.index.get_or_try_init(|| self.read_or_not(backend)).await.cloned()
    }

    async fn read_or_not(&self, backend: &Backend) -> Whole {
        // Not even a page would fit.
        if ArticleIndex::default().bytes_with(PAGE) as u64 > self.budget {
            return Ok(None);
        }
        match self.read_from(backend).await {
            Err(FactsError { stage: FactsStage::Query | FactsStage::Timeout, reason }) => {
                if let Some(warn) = &self.warn {
                    warn.say(&format!(
                        "the articles cannot be read all at once, so they are asked for list by \
                         list, which takes longer: {reason}"
                    ));
                }
                Ok(None)
            }
            read => read,
        }
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
        let mut page = in_time(pages.next()).await?;
        while let Some(rows) = page {
            if index.bytes_with(rows.len()) as u64 > self.budget {
                return Ok(None);
            }
            let enter = async {
                let rows = rows.into_iter().filter_map(article);
                let asked = rows.filter(|(id, _)| is_asked(id, D::QUOTING));
                asked.for_each(|(id, facts)| index_article(&mut index, id, facts));
            };
            // The database reads the next page meanwhile: all batches wait for the last.
            let (next, ()) = tokio::join!(biased; in_time(pages.next()), enter);
            page = next?;
        }
        Ok(Some(Arc::new(index)))
    }
}
