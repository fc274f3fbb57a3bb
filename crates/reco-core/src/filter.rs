//! Filter: decides which articles of a recommendation may be written, and why the rest may not.
//!
//! Rank order is kept. Checks run in a fixed order and the first match is the reason counted, so
//! that the counts of two runs can be compared.

mod repeats;

use std::collections::BTreeMap;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::facts::{Article, FactSet, UserFacts};
use crate::policy::Policy;
use crate::{Id, Recommendation};
use repeats::repeats;

/// Reason why one article was dropped from a list, in the order of the checks.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum DropReason {
    /// The id occurs earlier in the same list.
    Duplicate,
    /// The article is not in the facts.
    UnknownArticle,
    /// The article is not published.
    UnpublishedArticle,
    /// The user wrote it.
    OwnArticle,
    /// The user mutes or blocks its author.
    MutedAuthor,
    /// The user has read it.
    AlreadyRead,
    /// The list was full.
    OverMaxLen,
}

impl DropReason {
    /// All reasons, in the order of the checks.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Returns the name used in tables and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Reason why a whole entry is not written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// The user is not in the facts.
    UnknownUser,
    /// The user is not active.
    InactiveUser,
    /// Fewer articles than the policy's `min_len` are left.
    TooFew,
}

impl SkipReason {
    /// Returns the name used in tables and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Number of articles that were dropped, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DropCounts([u64; DropReason::ALL.len()]);

impl DropCounts {
    /// Returns the count for one reason.
    #[must_use]
    pub fn get(&self, reason: DropReason) -> u64 {
        self.0[reason as usize]
    }

    /// Returns the total count.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Returns the reasons that occurred with their counts, in the order of the checks.
    pub fn iter(&self) -> impl Iterator<Item = (DropReason, u64)> + '_ {
        let counts = DropReason::ALL.iter().map(|reason| (*reason, self.get(*reason)));
        counts.filter(|(_, n)| *n > 0)
    }

    fn add(&mut self, reason: DropReason) {
        self.0[reason as usize] += 1;
    }
}

impl AddAssign for DropCounts {
    fn add_assign(&mut self, other: Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }
}

impl Serialize for DropCounts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(reason, count)| (reason.name(), count)))
    }
}

impl<'de> Deserialize<'de> for DropCounts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut counts = DropCounts::default();
        for (reason, count) in BTreeMap::<DropReason, u64>::deserialize(deserializer)? {
            counts.0[reason as usize] = count;
        }
        Ok(counts)
    }
}

/// Filter result for one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filtered {
    /// Recommendation to write, or the reason to skip the entry.
    pub verdict: Result<Recommendation, SkipReason>,
    /// Articles dropped, by reason. Articles of an unknown or inactive user are not counted here:
    /// they were never judged.
    pub dropped: DropCounts,
}

/// Applies a policy to one recommendation.
///
/// Pure: the same input, facts and policy give the same result in the Lambda and in recoctl.
#[must_use]
pub fn filter(recommendation: Recommendation, facts: &FactSet, policy: &Policy) -> Filtered {
    let user = match judge_user(&recommendation.user, facts, policy) {
        Ok(user) => user,
        Err(reason) => return Filtered { verdict: Err(reason), dropped: DropCounts::default() },
    };
    let Recommendation { user: user_id, mut articles, generated_at } = recommendation;
    let mut dropped = DropCounts::default();
    let mut sieve = Sieve::new(&user_id, &articles, user, facts, policy);
    articles.retain(|article| {
        let reason = sieve.judge(article);
        reason.into_iter().for_each(|reason| dropped.add(reason));
        reason.is_none()
    });
    let kept = articles.len();
    if kept < policy.limits.min_len.get().unwrap_or(0) {
        return Filtered { verdict: Err(SkipReason::TooFew), dropped };
    }
    // Kept lists wait to be written: 100 ids of 10,000 should not hold the memory of all.
    if articles.len() < articles.capacity() / 2 {
        articles.shrink_to_fit();
    }
    let kept = Recommendation { user: user_id, articles, generated_at };
    Filtered { verdict: Ok(kept), dropped }
}

/// Returns why [`filter`] drops each article of a list, in its order; `None` for those that it keeps.
///
/// # Errors
/// The reason why a list of this user is not looked into.
pub fn explain(
    recommendation: &Recommendation,
    facts: &FactSet,
    policy: &Policy,
) -> Result<Vec<Option<DropReason>>, SkipReason> {
    let Recommendation { user: user_id, articles, .. } = recommendation;
    let user = judge_user(user_id, facts, policy)?;
    let mut sieve = Sieve::new(user_id, articles, user, facts, policy);
    Ok(articles.iter().map(|article| sieve.judge(article)).collect())
}

/// Judges the articles of one list, in its order.
struct Sieve<'a> {
    user_id: &'a Id,
    user: Option<&'a UserFacts>,
    policy: &'a Policy,
    /// Facts of the articles from this rank on; `None` if there are no facts at all.
    known: Option<std::vec::IntoIter<Option<Article<'a>>>>,
    max_len: usize,
    /// Ranks of articles that occur earlier in the list.
    repeated: std::iter::Peekable<std::vec::IntoIter<usize>>,
    rank: usize,
    kept: usize,
}

impl<'a> Sieve<'a> {
    fn new(
        user_id: &'a Id,
        articles: &[Id],
        user: Option<&'a UserFacts>,
        facts: &'a FactSet,
        policy: &'a Policy,
    ) -> Self {
        let max_len = policy.limits.max_len.get().unwrap_or(usize::MAX);
        let repeated = if policy.rules.no_duplicates { repeats(articles) } else { Vec::new() };
        let repeated = repeated.into_iter().peekable();
        // All at once: the processor fetches from several places of a large table at a time, unless
        // a decision has to be made in between.
        let known = || articles.iter().map(|article| facts.article(article));
        let known = facts.is_available().then(|| known().collect::<Vec<_>>().into_iter());
        Sieve { user_id, user, policy, known, max_len, repeated, rank: 0, kept: 0 }
    }

    /// Judges the next article.
    fn judge(&mut self, article: &Id) -> Option<DropReason> {
        let is_repeated = self.repeated.next_if_eq(&self.rank).is_some();
        self.rank += 1;
        let known = self.known.as_mut().map(|known| known.next().flatten());
        let reason = match known {
            _ if is_repeated => Some(DropReason::Duplicate),
            Some(known) => judge_article(article, known, self.user_id, self.user, self.policy),
            None => None,
        };
        let reason = reason.or((self.kept == self.max_len).then_some(DropReason::OverMaxLen));
        self.kept += usize::from(reason.is_none());
        reason
    }
}

fn judge_user<'f>(
    user: &Id,
    facts: &'f FactSet,
    policy: &Policy,
) -> Result<Option<&'f UserFacts>, SkipReason> {
    match facts.user(user) {
        None if !facts.is_available() => Ok(None),
        None if policy.rules.user_known => Err(SkipReason::UnknownUser),
        Some(user) if policy.rules.user_active && !user.active => Err(SkipReason::InactiveUser),
        user => Ok(user),
    }
}

fn judge_article(
    article: &Id,
    known: Option<Article<'_>>,
    user_id: &Id,
    user: Option<&UserFacts>,
    policy: &Policy,
) -> Option<DropReason> {
    let rules = &policy.rules;
    if known.is_none() && rules.article_known {
        return Some(DropReason::UnknownArticle);
    }
    if let Some(Article { published, author }) = known {
        if rules.article_published && !published {
            return Some(DropReason::UnpublishedArticle);
        }
        if let Some(author) = author {
            if rules.not_own_article && *author == *user_id {
                return Some(DropReason::OwnArticle);
            }
            if rules.not_muted_author && user.is_some_and(|u| u.muted_authors.contains(&author)) {
                return Some(DropReason::MutedAuthor);
            }
        }
    }
    let read = rules.not_already_read && user.is_some_and(|u| u.read.contains(article));
    read.then_some(DropReason::AlreadyRead)
}

/// Totals over many entries, as the Lambda logs them and a backfill reports them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FilterTotals {
    /// Entries received.
    pub entries: u64,
    /// Entries with a list to write.
    pub kept_entries: u64,
    /// Articles in the lists to write.
    pub kept_articles: u64,
    /// Entries not written, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// Articles dropped, by reason.
    pub dropped: DropCounts,
}

impl FilterTotals {
    /// Counts one entry.
    pub fn count(&mut self, filtered: &Filtered) {
        self.entries += 1;
        self.dropped += filtered.dropped;
        match &filtered.verdict {
            Ok(kept) => {
                self.kept_entries += 1;
                self.kept_articles += kept.articles.len() as u64;
            }
            Err(reason) => *self.skipped.entry(*reason).or_default() += 1,
        }
    }

    /// Adds another total to this one.
    pub fn merge(&mut self, other: &FilterTotals) {
        self.entries += other.entries;
        self.kept_entries += other.kept_entries;
        self.kept_articles += other.kept_articles;
        self.dropped += other.dropped;
        for (reason, count) in &other.skipped {
            *self.skipped.entry(*reason).or_default() += count;
        }
    }
}
