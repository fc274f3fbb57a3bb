//! One user's story: what the table holds for them, and what the policy makes of it with today's
//! facts.

mod dlq;
mod runs;

use reco_core::facts::Facts as _;
use reco_core::filter::{DropReason, explain};
use reco_core::item::KeyType;
use reco_core::policy::Policy;
use reco_core::standing::{Elsewhere, OtherFate, OtherList, StoredList, UserStanding};
use reco_core::{Id, Recommendation};
use reco_store::facts::FactsSource;
use reco_store::stored::Stored;
use reco_store::table::Expiry;
use serde::Serialize;

use crate::aws::Table;
use crate::backfill::{EntryFate, UserEntries, UserEntry};
use crate::error::{Error, Kind, Result};
use crate::event::Events;

pub use dlq::{DlqMessage, InDlq, in_dlq};
pub use runs::{MovedBy, RunOf, moved_of, runs_of};

/// Rules, facts and time by which a list is judged.
#[derive(Debug, Clone, Copy)]
pub struct Judgement<'a> {
    /// Rules.
    pub policy: &'a Policy,
    /// Facts of today.
    pub facts: &'a FactsSource,
    /// Now, in seconds since the epoch.
    pub now: i64,
}

/// Where a user stands, and what that was concluded from.
#[derive(Debug, Clone)]
pub struct UserStory {
    /// The user, as a number if the table's key is one.
    pub user: Id,
    /// The conclusion.
    pub standing: UserStanding,
    /// The same as a sentence that follows the user's id.
    pub sentence: String,
    /// The user's item, if the table has one.
    pub stored: Option<Stored>,
    /// The ids of the list, in order, with the reasons for which today's filter would drop them.
    pub articles: Vec<ArticleFate>,
    /// The user in the facts; `None` without facts.
    pub known: Option<UserKnown>,
}

/// Fate of one id of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArticleFate {
    /// Rank, from 1.
    pub rank: usize,
    /// The id.
    pub id: Id,
    /// Why it would be dropped today; `None` if it would be kept, or no list of the user would be
    /// looked into.
    pub dropped: Option<DropReason>,
}

/// A user in the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserKnown {
    /// Not there.
    Unknown,
    /// There, and not active.
    Inactive,
    /// Active.
    Active,
}

/// Looks one user up in the table and the facts. Reads only; no queue is looked into.
///
/// # Errors
/// Fails if the table's key cannot hold the id, or table or facts do not answer.
pub async fn look(
    table: &Table,
    judgement: Judgement<'_>,
    user: Id,
    events: &Events,
) -> Result<UserStory> {
    let Judgement { policy, facts, now } = judgement;
    let number = user.text().parse::<i64>().ok().filter(|_| table.schema.key_type == KeyType::N);
    let user = number.map_or(user, Id::from);
    table.schema.check_user(&user).map_err(|error| {
        let message = format!("{user} cannot be a user of table {}", table.info.name);
        Error::new(Kind::Usage, message).because(&error)
    })?;
    let expiry = table.expiry().await.unwrap_or_else(|error| {
        events.warn(format!("expiry of the list not considered: {error}"));
        Expiry::Never
    });
    let stored = table.stored(&user, &expiry).await?;
    if let Some(Err(why)) = stored.as_ref().map(|stored| &stored.generated_at) {
        events.warn(format!("the time of the list cannot be read: {why}"));
    }
    let held = stored.as_ref().map_or(&StoredList::Nothing, |stored| &stored.held);
    let articles = match held {
        StoredList::List { articles, .. } => articles.clone(),
        _ => Vec::new(),
    };
    let list = Recommendation { user, articles, generated_at: None };
    let known = facts
        .for_lists(&[&list])
        .await
        .map_err(|error| Error::facts("cannot look the user up", &error))?;
    let today = explain(&list, &known, policy);
    let standing = UserStanding::of(held, &today, policy, now);
    let sentence = standing.sentence(held, &today, policy, now);
    let fates = today.unwrap_or_else(|_| vec![None; list.articles.len()]);
    let known = known.is_available().then(|| match known.user(&list.user) {
        None => UserKnown::Unknown,
        Some(user) if user.active => UserKnown::Active,
        Some(_) => UserKnown::Inactive,
    });
    let user = list.user;
    let fated = list.articles.into_iter().zip(fates).zip(1..);
    let articles = fated.map(|((id, dropped), rank)| ArticleFate { rank, id, dropped }).collect();
    Ok(UserStory { user, standing, sentence, stored, articles, known })
}

impl UserStory {
    /// Concludes where the user stands from what was found outside the table, too.
    pub fn conclude(&mut self, elsewhere: &Elsewhere) {
        let held = self.stored.as_ref().map_or(&StoredList::Nothing, |stored| &stored.held);
        let base = (self.standing, std::mem::take(&mut self.sentence));
        (self.standing, self.sentence) = elsewhere.conclude(base, held);
    }
}

/// Returns the lists of files, as they count for a conclusion.
pub fn other_lists(entries: &UserEntries) -> impl Iterator<Item = OtherList> + '_ {
    entries.entries.iter().map(|UserEntry { at, fate, generated_at, .. }| OtherList {
        place: format!("{}:{}", at.file, at.line),
        time: *generated_at,
        fate: match fate {
            EntryFate::Write { ids, .. } => OtherFate::Kept(*ids),
            EntryFate::Delete => OtherFate::Removal,
            EntryFate::Skip { why } => OtherFate::Nothing(*why),
            EntryFate::Reject { .. } => OtherFate::Unusable,
        },
    })
}
