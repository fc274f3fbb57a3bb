//! Facts about users and articles, and the trait to look them up for a whole batch at once.

mod index;

use std::future::Future;
use std::sync::Arc;

pub use index::ArticleIndex;

use crate::{Id, IdMap, IdSet, Recommendation};

/// Facts needed for a batch, requested once for all of its users and articles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FactsRequest {
    /// Each user once.
    pub users: IdSet,
    /// Each article once, over all users.
    pub articles: IdSet,
}

impl FactsRequest {
    /// The users and articles of some recommendations.
    pub fn of<'a>(recommendations: impl IntoIterator<Item = &'a Recommendation>) -> Self {
        let mut request = FactsRequest::default();
        for recommendation in recommendations {
            request.users.insert(recommendation.user.clone());
            for article in &recommendation.articles {
                request.articles.insert(article.clone());
            }
        }
        request
    }

    /// Returns whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.articles.is_empty()
    }
}

/// Facts about one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserFacts {
    /// True if the account is active.
    pub active: bool,
    /// Authors whom the user mutes or blocks.
    pub muted_authors: IdSet,
    /// Articles that the user has read: those asked for at least.
    pub read: IdSet,
}

/// Facts about one article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticleFacts {
    /// True if it is published.
    pub published: bool,
    /// Author, if known.
    pub author: Option<Id>,
}

/// The answer to a [`FactsRequest`]: an id that is absent is unknown to the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactSet {
    /// No source of facts: rules that need facts are skipped, and every report says so.
    Unavailable,
    /// Facts for everything that was asked.
    Known {
        /// By user id.
        users: IdMap<UserFacts>,
        /// By article id.
        articles: IdMap<ArticleFacts>,
    },
    /// The same, with articles that are held for longer than for this answer. There are more of
    /// them than were asked for.
    Indexed {
        /// By user id.
        users: IdMap<UserFacts>,
        /// The articles.
        articles: Arc<ArticleIndex>,
    },
}

impl FactSet {
    /// Returns whether anything is known at all; without, rules that need facts are skipped.
    #[must_use]
    pub fn is_available(&self) -> bool {
        !matches!(self, FactSet::Unavailable)
    }

    /// What is known of a user.
    #[must_use]
    pub fn user(&self, id: &Id) -> Option<&UserFacts> {
        match self {
            FactSet::Unavailable => None,
            FactSet::Known { users, .. } | FactSet::Indexed { users, .. } => users.get(id),
        }
    }

    /// What is known of an article.
    #[must_use]
    pub fn article(&self, id: &Id) -> Option<&ArticleFacts> {
        match self {
            FactSet::Unavailable => None,
            FactSet::Known { articles, .. } => articles.get(id),
            FactSet::Indexed { articles, .. } => articles.get(id),
        }
    }
}

/// Where looking facts up failed; decides what the operator checks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactsStage {
    /// The database could not be reached or opened.
    Connect,
    /// It refused who we are.
    Auth,
    /// It refused or failed the query.
    Query,
    /// It did not answer in time.
    Timeout,
}

impl std::fmt::Display for FactsStage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FactsStage::Connect => "connect",
            FactsStage::Auth => "authenticate",
            FactsStage::Query => "query",
            FactsStage::Timeout => "respond in time",
        })
    }
}

/// Facts could not be had: nothing may be decided without them, so the batch fails whole.
#[derive(Debug, Clone, thiserror::Error)]
#[error("facts database failed to {stage}: {reason}")]
pub struct FactsError {
    /// Where it failed.
    pub stage: FactsStage,
    /// The database's own words, without credentials.
    pub reason: String,
}

/// A source of facts.
pub trait Facts: Send + Sync {
    /// Answers for all users and articles of a batch at once.
    ///
    /// # Errors
    /// [`FactsError`] when the source cannot answer for the whole request.
    fn lookup(
        &self,
        request: &FactsRequest,
    ) -> impl Future<Output = Result<FactSet, FactsError>> + Send;

    /// Answers for all that lists are judged by: their users and their articles. What a source can
    /// tell sooner than by asking for each article, it does.
    ///
    /// # Errors
    /// As [`Facts::lookup`].
    fn for_lists(
        &self,
        lists: &[&Recommendation],
    ) -> impl Future<Output = Result<FactSet, FactsError>> + Send {
        async { self.lookup(&FactsRequest::of(lists.iter().copied())).await }
    }
}

/// No facts at all: `facts = "none"`.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFacts;

impl Facts for NoFacts {
    async fn lookup(&self, _: &FactsRequest) -> Result<FactSet, FactsError> {
        Ok(FactSet::Unavailable)
    }
}
