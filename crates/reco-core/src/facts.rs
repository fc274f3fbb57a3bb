//! Facts about users and articles, and the trait to look them up for a whole batch at once.

mod ids;
mod index;

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;

pub use ids::Ids;
pub use index::ArticleIndex;

use crate::{Id, IdMap, IdSet, Recommendation};

/// Facts needed for a batch, requested once for all of its users and articles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FactsRequest {
    /// Users of the batch.
    pub users: IdSet,
    /// Articles of all lists in the batch.
    pub articles: IdSet,
}

impl FactsRequest {
    /// Collects the users and articles of recommendations.
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

    /// Returns whether the request has no ids.
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
    pub muted_authors: Ids,
    /// Articles that the user has read: those asked for at least.
    pub read: Ids,
}

/// Facts about one article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticleFacts {
    /// True if it is published.
    pub published: bool,
    /// Author, if known.
    pub author: Option<Id>,
}

/// Facts about one article, as a rule asks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article<'a> {
    /// True if it is published.
    pub published: bool,
    /// Author, if known.
    pub author: Option<Cow<'a, Id>>,
}

impl<'a> From<&'a ArticleFacts> for Article<'a> {
    fn from(facts: &'a ArticleFacts) -> Self {
        let author = facts.author.as_ref().map(Cow::Borrowed);
        Article { published: facts.published, author }
    }
}

impl Article<'_> {
    /// Returns the same as facts of their own.
    #[must_use]
    pub fn into_facts(self) -> ArticleFacts {
        ArticleFacts { published: self.published, author: self.author.map(Cow::into_owned) }
    }
}

/// Response to a [`FactsRequest`]. An absent id is unknown to the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactSet {
    /// No source of facts: rules that need facts are skipped, and every report says so.
    Unavailable,
    /// Facts for the requested ids.
    Known {
        /// Facts by user id.
        users: IdMap<UserFacts>,
        /// Facts by article id.
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
    pub fn article(&self, id: &Id) -> Option<Article<'_>> {
        match self {
            FactSet::Unavailable => None,
            FactSet::Known { articles, .. } => articles.get(id).map(Article::from),
            FactSet::Indexed { articles, .. } => articles.get(id),
        }
    }
}

/// Stage at which a lookup failed; tells the operator what to check first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum FactsStage {
    /// The database could not be reached or opened.
    Connect,
    /// The database rejected the credentials.
    Auth,
    /// The query was rejected or failed.
    Query,
    /// The database did not respond in time.
    Timeout,
}

impl FactsStage {
    /// Returns the name used in logs and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
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

/// Facts are unavailable. Nothing may be decided without them, so the whole batch fails.
#[derive(Debug, Clone, thiserror::Error)]
#[error("facts database failed to {stage}: {reason}")]
pub struct FactsError {
    /// Stage of the failure.
    pub stage: FactsStage,
    /// The database's error message, without credentials.
    pub reason: String,
}

/// A source of facts.
pub trait Facts: Send + Sync {
    /// Looks up all users and articles of a batch at once.
    ///
    /// # Errors
    /// [`FactsError`] if the source cannot answer the whole request.
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
