//! The middle stage: lines decoded, filtered by facts and policy, and fitted to the table.

mod decode;
mod entry;
mod route;

use std::sync::Arc;

use reco_core::decode::decode;
use reco_core::facts::{FactSet, Facts, FactsError};
use reco_core::filter::{DropCounts, filter};
use reco_core::item::Schema;
use reco_core::judge::{Judged, Verdict, judge};
use reco_core::policy::Policy;
use reco_core::shard::Shard;
use reco_core::{Id, Recommendation, Time};
use reco_store::facts::FactsSource;
use reco_store::lists::{Layout, ListsError};

use super::fault::Fault;
use super::map::Mapping;
use super::read::Chunk;
use crate::aws::ListType;
use entry::Waiting;
pub use entry::{Fate, Found, Prepared, PreparedEntry, PreparedLine};
pub use route::Route;
use route::carry;

/// Entries whose facts are asked for at once.
const ENTRIES_PER_LOOKUP: usize = 500;

/// Preparer that filters lines.
#[derive(Debug)]
pub struct Preparer {
    /// Where facts come from.
    pub facts: FactsSource,
    /// The filter's rules.
    pub policy: Policy,
    /// Item layout.
    pub schema: Schema,
    /// The same with the type of the lists that the table holds, where there is a table.
    pub layout: Option<Layout>,
    /// When lists were made, where they do not say so themselves.
    pub times: Times,
    /// Where entries go, and so who judges them.
    pub route: Route,
    /// Shard of users to process; all users without one.
    pub shard: Option<Shard>,
    /// Mapping of lines to a known shape.
    pub mapping: Option<Mapping>,
}

/// When lists were made, where lines do not say so themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// For entries without a time of their own.
    pub default: Option<Time>,
    /// True if an entry without any time is rejected: only what is newer may be replaced.
    pub required: bool,
}

impl Times {
    /// The time of an entry that says this of itself.
    fn of(self, own: Option<Time>) -> Result<Option<Time>, Fault> {
        match own.or(self.default) {
            None if self.required => Err(Fault::undated()),
            time => Ok(time),
        }
    }
}

/// Reason why nothing can be decided.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// Facts cannot be had.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// The table's lists are none, or cannot be looked at.
    #[error("the table cannot be used: {0}")]
    Lists(#[from] ListsError),
}

impl Preparer {
    /// Judges a chunk.
    ///
    /// # Errors
    /// When the facts database is unavailable: nothing may be decided without them.
    pub async fn prepare(self: Arc<Self>, chunk: Chunk) -> Result<Prepared, PrepareError> {
        self.prepare_of(chunk, |_| true).await
    }

    /// Judges the entries of some users of a chunk; the others' are as if they were not there, and
    /// no facts are asked for them.
    ///
    /// # Errors
    /// As [`Preparer::prepare`].
    pub async fn prepare_of(
        self: Arc<Self>,
        chunk: Chunk,
        whose: impl Fn(&Id) -> bool,
    ) -> Result<Prepared, PrepareError> {
        let mut waiting = Vec::with_capacity(chunk.lines.len());
        let mut lines: Vec<PreparedLine> = Vec::with_capacity(chunk.lines.len());
        for line in chunk.lines {
            let number = lines.len();
            let mapped = self.mapped(&line).await;
            lines.push(self.decode_line(line, mapped, number, &mut waiting));
        }
        let mut waiting = waiting.into_iter().filter(|entry| whose(&entry.recommendation.user));
        loop {
            let group: Vec<Waiting> = waiting.by_ref().take(ENTRIES_PER_LOOKUP).collect();
            if group.is_empty() {
                break;
            }
            self.judge(group, &mut lines).await?;
        }
        for line in &mut lines {
            if let Found::Entries(entries) = &mut line.found {
                entries.retain(|entry| entry.removes().is_none_or(&whose));
                // Bad entries were put before the good ones.
                entries.sort_by_key(|entry| entry.index);
            }
        }
        Ok(Prepared { lines, end: chunk.end, read: chunk.read, failure: chunk.failure })
    }

    /// The users of whom a chunk says something that is this run's.
    pub async fn users(&self, chunk: Chunk) -> Vec<Id> {
        let (mut waiting, mut users) = (Vec::new(), Vec::new());
        for (number, line) in chunk.lines.into_iter().enumerate() {
            let mapped = self.mapped(&line).await;
            let line = self.decode_line(line, mapped, number, &mut waiting);
            if let Found::Entries(entries) = line.found {
                users.extend(entries.iter().filter_map(PreparedEntry::removes).cloned());
            }
        }
        users.extend(waiting.into_iter().map(|entry| entry.recommendation.user));
        users
    }

    async fn judge(
        &self,
        group: Vec<Waiting>,
        lines: &mut [PreparedLine],
    ) -> Result<(), PrepareError> {
        let facts = self.facts_of(&group).await?;
        if let Route::Queue(limits) = self.route {
            for Waiting { line, index, recommendation } in group {
                let foreseen = filter(recommendation.clone(), &facts, &self.policy);
                let (fate, weak) = (carry(recommendation, limits), foreseen.verdict.is_err());
                if let Found::Entries(entries) = &mut lines[line].found {
                    let dropped = DropCounts::default();
                    entries.push(PreparedEntry { index, fate, dropped, weak });
                }
            }
            return Ok(());
        }
        let schema = match &self.layout {
            Some(layout) => layout.for_users(group.iter().map(|e| &e.recommendation.user)).await?,
            None => &self.schema,
        };
        for Waiting { line, index, recommendation } in group {
            let Judged { verdict, dropped } = judge(recommendation, &facts, &self.policy, schema);
            let fate = match verdict {
                Verdict::Write(item) => Fate::Write(item),
                Verdict::Skip(reason) => Fate::Skip(reason),
                Verdict::Reject(error) => Fate::Reject(error.into()),
            };
            if let Found::Entries(entries) = &mut lines[line].found {
                entries.push(PreparedEntry { index, fate, dropped, weak: false });
            }
        }
        Ok(())
    }
}

impl Preparer {
    /// Looks up the facts of a group, where the policy has rules that need any, as the Lambda does.
    /// For a queue they only predict what the Lambda will leave of each list: without them, a later
    /// list that it filters to nothing would take a good one's place.
    async fn facts_of(&self, group: &[Waiting]) -> Result<FactSet, PrepareError> {
        if self.facts.is_none() || !self.policy.rules.need_facts() {
            return Ok(FactSet::Unavailable);
        }
        let lists: Vec<&Recommendation> = group.iter().map(|e| &e.recommendation).collect();
        Ok(self.facts.for_lists(&lists).await?)
    }

    /// The facts by which entries are judged here; on their way to the Lambda they are not.
    pub fn facts_kind(&self) -> &'static str {
        match self.route {
            Route::Queue(_) => FactsSource::NONE.kind(),
            Route::Table | Route::Files => self.facts.kind(),
        }
    }

    /// Returns whether chunks must be judged sequentially, so that the same input comes to the same
    /// table: what one finds in the table decides of those after it.
    pub fn is_one_by_one(&self) -> bool {
        self.layout.as_ref().is_some_and(Layout::is_open)
    }

    /// Type in which lists were written; `before` is the type known before the run sampled users' lists.
    pub fn list_type(&self, before: ListType) -> ListType {
        match &self.layout {
            Some(layout) if self.schema.is_shared() && before.from == "ids" => {
                ListType::of_table(layout.known().list_type)
            }
            _ => before,
        }
    }
}

/// The text of one entry of a line, in a shape that can be read again: the line itself when it
/// holds nothing else.
pub fn entry_text(line: &str, index: usize) -> Option<String> {
    let mut decoded = decode(line).ok()?;
    if decoded.entries.len() + decoded.bad.len() == 1 {
        return Some(line.to_owned());
    }
    let entry = decoded.entries.iter().position(|entry| entry.index == index)?;
    let Recommendation { user, articles, generated_at } =
        decoded.entries.swap_remove(entry).recommendation;
    let user = serde_json::to_string(&user).ok()?;
    let articles = serde_json::to_string(&articles).ok()?;
    Some(match generated_at {
        None => format!("[{user},{articles}]"),
        // As decimal text: a float would lose a part of a nanosecond.
        Some(at) => format!(r#"{{"data":[[{user},{articles}]],"generated_at":{at}}}"#),
    })
}

#[cfg(test)]
mod tests;
