//! Entries of one user.

use std::collections::HashMap;

use reco_core::filter::DropCounts;
use reco_core::{Id, Time};

use super::{Chunk, Found, PlannedFate, PrepareError, PreparedEntry, Preparer, Waiting};
use crate::backfill::lines::LineStart;

/// Entries of one user in a chunk.
#[derive(Debug)]
pub struct OfUser {
    /// Entries, in input order.
    pub entries: Vec<EntryOfUser>,
    /// Lines and entries that cannot be read, and so may be of the user as well.
    pub unread: u64,
    /// Start of the next chunk.
    pub end: LineStart,
    /// Bytes read so far from all inputs, as stored.
    pub read: u64,
    /// Failure that ended the input early.
    pub failure: Option<String>,
}

/// Entry of the user.
#[derive(Debug)]
pub struct EntryOfUser {
    /// Start of its line.
    pub at: LineStart,
    /// Index in the line's `data`, from 0.
    pub index: usize,
    /// Planned fate.
    pub fate: PlannedFate,
    /// Articles that the filter drops.
    pub dropped: DropCounts,
    /// When the list was generated or, of a message that does not say, sent.
    pub time: Option<Time>,
}

impl Preparer {
    /// Filters the entries of one user of a chunk.
    ///
    /// # Errors
    /// Same as [`Preparer::prepare`].
    pub async fn of_user(&self, chunk: Chunk, user: &Id) -> Result<OfUser, PrepareError> {
        let Chunk { lines: read_lines, end, read, failure } = chunk;
        let mut found = OfUser { entries: Vec::new(), unread: 0, end, read, failure };
        let (mut waiting, mut lines) = (Vec::new(), Vec::with_capacity(read_lines.len()));
        for line in read_lines {
            let (number, mapped) = (lines.len(), self.mapped(&line).await);
            let mut line = self.decode_line(line, mapped, number, &mut waiting);
            match &mut line.found {
                Found::Bad(_) => found.unread += 1,
                Found::Entries(entries) => {
                    let before = entries.len();
                    entries.retain(|entry| !matches!(entry.fate, PlannedFate::Reject(_)));
                    found.unread += (before - entries.len()) as u64;
                    entries.retain(|entry| entry.removes() == Some(user));
                }
                Found::Blank(_) | Found::OtherShard => {}
            }
            lines.push(line);
        }
        waiting.retain(|entry: &Waiting| entry.recommendation.user == *user);
        let time = |entry: &Waiting| {
            let own = entry.recommendation.generated_at;
            ((entry.line, entry.index), own.or(entry.sent()))
        };
        let times: HashMap<_, _> = waiting.iter().map(time).collect();
        if !waiting.is_empty() {
            self.judge(waiting, &mut lines).await?;
        }
        for (number, line) in lines.into_iter().enumerate() {
            let Found::Entries(mut entries) = line.found else { continue };
            entries.sort_by_key(|entry| entry.index);
            for PreparedEntry { index, fate, dropped, sent, .. } in entries {
                let own = match &fate {
                    PlannedFate::Write(item) => item.recommendation.generated_at,
                    _ => None,
                };
                let given = times.get(&(number, index)).copied().flatten();
                let time = own.or(given).or(sent);
                found.entries.push(EntryOfUser { at: line.at, index, fate, dropped, time });
            }
        }
        Ok(found)
    }
}
