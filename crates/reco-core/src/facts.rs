//! Facts about users and articles, and the trait to look them up for a whole batch at once.

use std::future::Future;

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
    /// Requested articles that the user has read.
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
}

/// No facts at all: `facts = "none"`.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFacts;

impl Facts for NoFacts {
    async fn lookup(&self, _: &FactsRequest) -> Result<FactSet, FactsError> {
        Ok(FactSet::Unavailable)
    }
}
