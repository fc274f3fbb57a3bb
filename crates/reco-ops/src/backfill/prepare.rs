//! Middle stage: decodes lines, filters them by facts and policy, and fits them to the table.

mod decode;
mod entry;
mod route;
mod user;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reco_core::decode::decode;
use reco_core::export::{self, ExportLine};
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
pub use entry::{Found, Listed, PlannedFate, Prepared, PreparedEntry, PreparedLine, Spent};
pub use route::EntryRoute;
use route::carry;
pub use user::EntryOfUser;

/// Maximum entries per facts lookup.
const ENTRIES_PER_LOOKUP: usize = 500;

/// Decoder and filter of lines.
#[derive(Debug, Clone)]
pub struct Preparer {
    /// Source of users' and articles' facts.
    pub facts: FactsSource,
    /// Rules of the filter.
    pub policy: Policy,
    /// Item layout.
    pub schema: Schema,
    /// Item layout with the type of the lists in the table; `None` without a table.
    pub layout: Option<Layout>,
    /// Rules for generation times.
    pub times: Times,
    /// Destination of entries, which determines where they are filtered.
    pub route: EntryRoute,
    /// Shard of users to process; `None` for all users.
    pub shard: Option<Shard>,
    /// Mapping of lines to a known shape.
    pub mapping: Option<Mapping>,
}

/// Rules for generation times that lines do not state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// Time of entries without their own.
    pub default: Option<Time>,
    /// True if entries without any time are rejected, because only older items may be replaced.
    pub required: bool,
}

impl Times {
    /// Returns the effective time of an entry that states `own`. The time at which its message was
    /// `sent` counts only where a time decides what is written.
    fn of(self, own: Option<Time>, sent: Option<Time>) -> Result<Option<Time>, Fault> {
        match own.or(self.default) {
            None if self.required => sent.map(Some).ok_or_else(Fault::undated),
            time => Ok(time),
        }
    }
}

/// Reason why a chunk cannot be processed.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// Facts database unavailable.
    #[error(transparent)]
    Facts(#[from] FactsError),
    /// Table attribute that is not a list or cannot be read.
    #[error("the table cannot be used: {0}")]
    Lists(#[from] ListsError),
}

/// Chunks that wait for their facts while others are worked on.
const WAITING: usize = 2;

impl Preparer {
    /// Returns the number of chunks that wait, for something else than a core, at a time.
    pub(super) fn waiting(&self) -> usize {
        if self.facts.is_none() { 0 } else { WAITING }
    }

    /// Filters a chunk.
    ///
    /// # Errors
    /// Fails if the facts database is unavailable; nothing may be decided without it.
    pub async fn prepare(self: Arc<Self>, chunk: Chunk) -> Result<Prepared, PrepareError> {
        self.prepare_of(chunk, |_| true).await
    }

    /// Filters the entries of some users of a chunk. Entries of other users are dropped without a
    /// facts lookup.
    ///
    /// # Errors
    /// Same as [`Preparer::prepare`].
    pub async fn prepare_of(
        self: Arc<Self>,
        mut chunk: Chunk,
        whose: impl Fn(&Id) -> bool,
    ) -> Result<Prepared, PrepareError> {
        let begun = Instant::now();
        let mut waiting = Vec::with_capacity(chunk.lines.len());
        let mut lines: Vec<PreparedLine> = Vec::with_capacity(chunk.lines.len());
        for line in std::mem::take(&mut chunk.lines) {
            let number = lines.len();
            let mapped = self.mapped(&line).await;
            lines.push(self.decode_line(line, mapped, number, &mut waiting));
        }
        let waiting = waiting.into_iter().filter(|entry| whose(&entry.recommendation.user));
        let facts = self.judge_all(waiting, &mut lines).await?;
        for line in &mut lines {
            if let Found::Entries(entries) = &mut line.found {
                entries.retain(|entry| entry.removes().is_none_or(&whose));
                // Bad entries come before the good ones here.
                entries.sort_by_key(|entry| entry.index);
            }
        }
        let (Chunk { end, read, failure, .. }, all) = (chunk, begun.elapsed());
        Ok(Prepared { lines, end, read, failure, spent: Spent { all, facts } })
    }

    /// Returns the users that a chunk has entries for in this run.
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

    /// Returns the lists and deletions of a chunk, each as given and as filtered.
    ///
    /// # Errors
    /// Same as [`Preparer::prepare`].
    pub async fn lists(&self, chunk: Chunk) -> Result<Listed, PrepareError> {
        let (mut waiting, mut lines) = (Vec::new(), Vec::with_capacity(chunk.lines.len()));
        for line in chunk.lines {
            let (number, mapped) = (lines.len(), self.mapped(&line).await);
            lines.push(self.decode_line(line, mapped, number, &mut waiting));
        }
        let of = |entry: &Waiting| {
            let Recommendation { articles, generated_at, .. } = &entry.recommendation;
            let user = entry.recommendation.user.clone();
            ((entry.line, entry.index), (user, articles.clone(), *generated_at))
        };
        let mut given: HashMap<_, _> = waiting.iter().map(of).collect();
        self.judge_all(waiting.into_iter(), &mut lines).await?;
        let mut listed = Listed::default();
        for (number, line) in lines.into_iter().enumerate() {
            let mut entries = match line.found {
                Found::Entries(entries) => entries,
                Found::Bad(_) => {
                    listed.faults += 1;
                    continue;
                }
                Found::OtherShard => {
                    listed.other_shards += 1;
                    continue;
                }
                Found::Blank(_) => continue,
            };
            entries.sort_by_key(|entry| entry.index);
            for PreparedEntry { index, fate, .. } in entries {
                listed.take(given.remove(&(number, index)), fate);
            }
        }
        Ok(listed)
    }

    /// Judges entries, group by group; returns the time that their facts took.
    async fn judge_all(
        &self,
        mut waiting: impl Iterator<Item = Waiting>,
        lines: &mut [PreparedLine],
    ) -> Result<Duration, PrepareError> {
        let mut facts = Duration::ZERO;
        loop {
            let group: Vec<Waiting> = waiting.by_ref().take(ENTRIES_PER_LOOKUP).collect();
            if group.is_empty() {
                return Ok(facts);
            }
            facts += self.judge(group, lines).await?;
        }
    }

    /// Judges a group; returns the time that its facts took.
    async fn judge(
        &self,
        group: Vec<Waiting>,
        lines: &mut [PreparedLine],
    ) -> Result<Duration, PrepareError> {
        let begun = Instant::now();
        let facts = self.facts_of(&group).await?;
        let spent = begun.elapsed();
        if let EntryRoute::Queue(limits) = self.route {
            for waiting in group {
                let (id, sent) = (waiting.message_id().map(str::to_owned), waiting.sent());
                let Waiting { line, index, recommendation, .. } = waiting;
                let foreseen = filter(recommendation.clone(), &facts, &self.policy);
                let (fate, weak) = (carry(recommendation, limits), foreseen.verdict.is_err());
                let fate = match fate {
                    PlannedFate::Reject(fault) => {
                        PlannedFate::Reject(fault.in_message(id.as_deref()))
                    }
                    fate => fate,
                };
                if let Found::Entries(entries) = &mut lines[line].found {
                    let dropped = DropCounts::default();
                    entries.push(PreparedEntry { index, fate, dropped, weak, sent });
                }
            }
            return Ok(spent);
        }
        let schema = match &self.layout {
            Some(layout) => layout.for_users(group.iter().map(|e| &e.recommendation.user)).await?,
            None => &self.schema,
        };
        for waiting in group {
            let (message, sent) = (waiting.message.clone(), waiting.sent());
            let Waiting { line, index, recommendation, .. } = waiting;
            let Judged { verdict, dropped } = judge(recommendation, &facts, &self.policy, schema);
            let fate = match verdict {
                Verdict::Write(item) => PlannedFate::Write(item),
                Verdict::Skip(reason) => PlannedFate::Skip(reason),
                Verdict::Reject(error) => {
                    let id = message.as_ref().map(|message| message.id.as_str());
                    PlannedFate::Reject(Fault::from(error).in_message(id))
                }
            };
            if let Found::Entries(entries) = &mut lines[line].found {
                entries.push(PreparedEntry { index, fate, dropped, weak: false, sent });
            }
        }
        Ok(spent)
    }

    /// Looks up the facts of a group if rules of the policy need any, as the Lambda does. For a
    /// queue they only predict what the Lambda will keep of each list: without them, a later list
    /// that it filters to nothing could replace a good one.
    async fn facts_of(&self, group: &[Waiting]) -> Result<FactSet, PrepareError> {
        if self.facts.is_none() || !self.policy.rules.need_facts() {
            return Ok(FactSet::Unavailable);
        }
        let lists: Vec<&Recommendation> = group.iter().map(|e| &e.recommendation).collect();
        Ok(self.facts.for_lists(&lists).await?)
    }

    /// Returns the source of the facts used for filtering; on the way to the Lambda none are.
    pub fn facts_kind(&self) -> &'static str {
        match self.route {
            EntryRoute::Queue(_) => FactsSource::NONE.kind(),
            EntryRoute::Table | EntryRoute::Files => self.facts.kind(),
        }
    }

    /// Returns whether chunks must be processed one after the other for reproducible results: what
    /// one finds in the table affects those after it.
    pub fn is_one_by_one(&self) -> bool {
        self.layout.as_ref().is_some_and(Layout::is_open)
    }

    /// Returns the type in which lists were written; `before` is the type known before the run
    /// sampled users' lists.
    pub fn list_type(&self, before: ListType) -> ListType {
        match &self.layout {
            Some(layout) if self.schema.is_shared() && before.from == "ids" => {
                ListType::of_table(layout.known().list_type)
            }
            _ => before,
        }
    }
}

/// Returns the text of one entry of a line in a shape that can be read again: the line itself if it
/// has no other entries.
pub fn entry_text(line: &str, index: usize) -> Option<String> {
    let mut decoded = match (decode(line), export::read_line(line)) {
        (Err(_), Some(Ok(ExportLine::Message(message)))) => decode(&message.body).ok()?,
        (decoded, _) => decoded.ok()?,
    };
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
        // Decimal text, because a float would lose part of the nanoseconds.
        Some(at) => format!(r#"{{"data":[[{user},{articles}]],"generated_at":{at}}}"#),
    })
}

#[cfg(test)]
mod tests;
