//! Finding one user in inputs: every line with an entry of the user, and what today's filter makes of
//! it. Streaming; memory does not grow with the inputs.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt;
use reco_core::filter::SkipReason;
use reco_core::item::Action;
use reco_core::{Id, Time};
use serde::Serialize;

use super::former::in_order;
use super::inputs::At;
use super::prepare::{EntryOfUser, PlannedFate, Preparer};
use crate::error::{Error, Kind, Result};
use crate::event::{Control, Unit};
use crate::files::input;

/// Maximum entries of a user that are kept; the others are only counted.
const KEPT: usize = 1_000;

/// Entries of one user in inputs.
#[derive(Debug, Clone, Default, Serialize)]
pub struct UserEntries {
    /// Names of the inputs.
    pub files: Vec<String>,
    /// The last thousand entries of the user, in input order.
    pub entries: VecDeque<UserEntry>,
    /// Entries before these.
    pub more: u64,
    /// Lines and entries that cannot be read, and so may be of the user as well.
    pub unread: u64,
    /// Inputs that broke off, with the reason.
    pub broken: Vec<String>,
}

/// Entry of the user in an input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserEntry {
    /// Place of its line.
    #[serde(flatten)]
    pub at: At,
    /// Index in the line's `data`, from 0.
    pub entry: usize,
    /// What today's filter makes of it.
    #[serde(flatten)]
    pub fate: EntryFate,
    /// When the list was generated, if it says so.
    pub generated_at: Option<Time>,
}

/// What today's filter makes of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum EntryFate {
    /// A list of so many ids would be written.
    Write {
        /// Ids that the filter leaves.
        ids: usize,
        /// Ids that it drops.
        dropped: u64,
    },
    /// The user's item would be deleted.
    Delete,
    /// Nothing would be written.
    Skip {
        /// Reason.
        why: SkipReason,
    },
    /// It cannot be written.
    Reject {
        /// Reason.
        why: String,
    },
}

/// Finds the entries of a user in files, compressed or not, in every shape that a backfill reads.
///
/// # Errors
/// Fails if a file cannot be opened, the facts do not answer, or a signal ends it.
pub async fn entries_of(
    files: &[PathBuf],
    preparer: &Arc<Preparer>,
    user: &Id,
    control: &Control,
) -> Result<UserEntries> {
    let sources = input::check(files).await?;
    let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    let total = sources.iter().map(|source| source.bytes).sum();
    let progress = control.events.progress("reading", total, Unit::Bytes);
    let (mapped, wanted) = (preparer.mapping.is_some(), user.clone());
    let judging = Arc::clone(preparer);
    let mut chunks = in_order(sources, mapped, move |chunk| {
        let (preparer, wanted) = (Arc::clone(&judging), wanted.clone());
        async move { preparer.of_user(chunk, &wanted).await }
    });
    let mut found = UserEntries { files: names.clone(), ..UserEntries::default() };
    while let Some(chunk) = control.cancel.run_until_cancelled(chunks.next()).await.flatten() {
        let chunk = chunk?.map_err(|error| {
            Error::service("cannot judge the lists of the files").because(&error)
        })?;
        found.unread += chunk.unread;
        for entry in chunk.entries {
            found.take(&names, entry);
        }
        if let Some(reason) = chunk.failure {
            let name = names.get(chunk.end.file).map_or("an input", String::as_str);
            found.broken.push(format!("{name} from line {} on: {reason}", chunk.end.line));
        }
        progress.set(chunk.read);
    }
    if control.cancel.is_cancelled() {
        return Err(Error::new(Kind::Interrupted, "interrupted before all files were read"));
    }
    Ok(found)
}

impl UserEntries {
    fn take(&mut self, names: &[String], entry: EntryOfUser) {
        let EntryOfUser { at, index, fate, dropped, time } = entry;
        let fate = match fate {
            PlannedFate::Write(item) if item.action == Action::Delete => EntryFate::Delete,
            PlannedFate::Write(item) => {
                let ids = item.recommendation.articles.len();
                EntryFate::Write { ids, dropped: dropped.total() }
            }
            PlannedFate::Skip(why) => EntryFate::Skip { why },
            PlannedFate::Reject(fault) => EntryFate::Reject { why: fault.detail },
            PlannedFate::OtherShard => return,
        };
        if self.entries.len() == KEPT {
            self.entries.pop_front();
            self.more += 1;
        }
        let at = At::of(names.get(at.file), at);
        self.entries.push_back(UserEntry { at, entry: index, fate, generated_at: time });
    }
}
