//! Lists of an earlier input, by user, which a backfill may replace.
//!
//! The index is on disk, so that memory does not grow with the input.

mod chosen;
mod disk;

use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt;
use reco_core::human::amount;
use reco_core::item::Former;
use reco_core::{Id, Time};
use reco_store::writer::Formers;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use self::chosen::ChosenEntries;
pub(super) use self::chosen::choose;
use self::disk::Disk;
use super::lines::LineStart;
use super::prepare::{Listed, Preparer};
use super::read::{self, Chunk};
use super::{CHUNKS, stages};
use crate::dlq::export::is_export;
use crate::error::{Error, Kind, Result};
use crate::event::{Control, Events, Unit};
use crate::files::input::{self, Source};

/// Tables of the index; rows are appended and sorted once at the end.
const TABLES: &str = "CREATE TABLE list (user TEXT NOT NULL, list TEXT NOT NULL)";

/// Lists of an input by user.
#[derive(Debug)]
pub struct FormerIndex {
    disk: Disk,
    max_len: Option<usize>,
    /// Name of the input.
    pub name: String,
    /// Lists and deletions in it.
    pub lists: u64,
    /// Lines and entries that could not be read; nothing of them is replaced.
    pub unread: u64,
    /// Lines and entries of other shards.
    other_shards: u64,
}

/// A list as the index keeps it.
#[derive(Serialize, Deserialize)]
struct Row {
    #[serde(rename = "g")]
    given: Vec<Id>,
    /// List after the filter; `None` if it is unchanged, or nothing is left.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    kept: Option<Vec<Id>>,
    /// True if the filter leaves nothing.
    #[serde(rename = "n", default, skip_serializing_if = "std::ops::Not::not")]
    nothing: bool,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    time: Option<(i64, u32)>,
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    removal: bool,
}

impl From<Former> for Row {
    fn from(former: Former) -> Self {
        let Former { given, kept, time, removal } = former;
        let nothing = kept.is_none();
        let kept = kept.filter(|kept| *kept != given);
        Row { given, kept, nothing, time: time.map(Time::parts), removal }
    }
}

impl From<Row> for Former {
    fn from(row: Row) -> Self {
        let Row { given, kept, nothing, time, removal } = row;
        let kept = (!nothing).then(|| kept.unwrap_or_else(|| given.clone()));
        let time = time.map(|(seconds, nanos)| Time::from_parts(seconds, nanos));
        Former { given, kept, time, removal }
    }
}

impl FormerIndex {
    /// Reads a file into an index, filtered as a backfill of it would be.
    ///
    /// # Errors
    /// Fails if the file or the facts cannot be read, the disk is full, or the run is cancelled.
    pub(super) async fn build(
        files: &[PathBuf],
        preparer: Arc<Preparer>,
        (events, cancel): (&Events, &CancellationToken),
    ) -> Result<Self> {
        let sources = input::check(files).await?;
        let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
        let name = names.join(", ");
        let max_len = preparer.policy.limits.max_len.get();
        let disk = Disk::create(TABLES)?;
        let mut index = FormerIndex { disk, max_len, name, lists: 0, unread: 0, other_shards: 0 };
        let total = sources.iter().map(|source| source.bytes).sum();
        let progress = events.progress(&format!("reading {}", index.name), total, Unit::Bytes);
        let mapped = preparer.mapping.is_some();
        let mut listed = in_order(sources, mapped, move |chunk| {
            let preparer = Arc::clone(&preparer);
            async move {
                let (read, failure, end) = (chunk.read, chunk.failure.clone(), chunk.end);
                (preparer.lists(chunk).await, read, failure, end)
            }
        });
        while let Some(chunk) = cancel.run_until_cancelled(listed.next()).await.flatten() {
            let (chunk, read, failure, end) = chunk?;
            let chunk = chunk.map_err(|error| {
                Error::service(format!("cannot judge the lists of {}", index.name)).because(&error)
            })?;
            index.add(chunk)?;
            if let Some(reason) = failure {
                // Only what was read can be recognised; the rest would stay unnoticed.
                let (name, line) = (names.get(end.file).unwrap_or(&index.name), end.line);
                return Err(
                    Error::input(format!("cannot read {name} from line {line} on")).cause(reason)
                );
            }
            progress.set(read);
        }
        drop(progress);
        if cancel.is_cancelled() {
            return Err(Error::new(Kind::Interrupted, "interrupted: nothing was written"));
        }
        index
            .disk
            .with(|connection| connection.execute_batch("CREATE INDEX by_user ON list (user)"))?;
        if index.lists == 0 && index.other_shards == 0 {
            let what = match index.unread {
                0 => "has no lists".to_owned(),
                unread => format!("has no list that can be read: {}", amount(unread, "fault")),
            };
            return Err(Error::input(format!("{} {what}", index.name)).hint(
                "pass the file that was written by mistake; nothing but its lists is replaced",
            ));
        }
        let unread = match index.unread {
            0 => String::new(),
            unread => format!(", {} could not be read", amount(unread, "line")),
        };
        events.status(format!("{}: {}{unread}", index.name, amount(index.lists, "list")));
        Ok(index)
    }

    fn add(&mut self, listed: Listed) -> Result<()> {
        self.unread += listed.faults;
        self.other_shards += listed.other_shards;
        self.lists += listed.lists.len() as u64;
        let rows = listed.lists.into_iter().map(|(user, former)| {
            let row = serde_json::to_string(&Row::from(former));
            row.map(|row| (user, row)).map_err(|error| {
                Error::new(Kind::Internal, "a list cannot be kept").because(&error)
            })
        });
        let rows = rows.collect::<Result<Vec<_>>>()?;
        self.disk.with(|connection| {
            let mut insert = connection.prepare_cached("INSERT INTO list VALUES (?, ?)")?;
            for (user, row) in rows {
                insert.execute(params![user.text(), row])?;
            }
            Ok(())
        })
    }

    /// Returns the number of users.
    ///
    /// # Errors
    /// Fails if the disk fails.
    pub fn users(&self) -> Result<u64> {
        self.disk.with(|connection| {
            let count = "SELECT count(DISTINCT user) FROM list";
            connection.query_row(count, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
        })
    }

    /// Returns the next users in the order of their texts, at most `most`.
    ///
    /// # Errors
    /// Fails if the disk fails.
    pub fn users_after(&self, last: Option<&str>, most: usize) -> Result<Vec<Id>> {
        self.disk.with(|connection| {
            let next = "SELECT DISTINCT user FROM list WHERE user > ? ORDER BY user LIMIT ?";
            let mut next = connection.prepare_cached(next)?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let users = next.query_map(params![last.unwrap_or_default(), most], |row| {
                Ok(Id::from(row.get_ref(0)?.as_str()?))
            })?;
            users.collect()
        })
    }

    /// Returns whether the input has anything for a user.
    ///
    /// # Errors
    /// Fails if the disk fails.
    pub fn has(&self, user: &Id) -> Result<bool> {
        self.disk.with(|connection| {
            let mut find =
                connection.prepare_cached("SELECT 1 FROM list WHERE user = ? LIMIT 1")?;
            Ok(find.query_row(params![user.text()], |_| Ok(())).optional()?.is_some())
        })
    }
}

impl Formers for FormerIndex {
    fn of(&self, user: &Id) -> std::result::Result<Vec<Former>, String> {
        let rows: Result<Vec<String>> = self.disk.with(|connection| {
            let find = "SELECT list FROM list WHERE user = ? ORDER BY rowid";
            let mut find = connection.prepare_cached(find)?;
            find.query_map(params![user.text()], |row| row.get(0))?.collect()
        });
        let rows = rows.map_err(|error| error.to_string())?;
        let row = |text: String| serde_json::from_str::<Row>(&text).map(Former::from);
        rows.into_iter().map(row).collect::<std::result::Result<_, _>>().map_err(|e| e.to_string())
    }

    fn max_len(&self) -> Option<usize> {
        self.max_len
    }
}

/// Returns the entry that counts of each user who occurs more than once, if one of the files is an
/// export of a queue, whose messages are in no order.
///
/// # Errors
/// Fails if the files or the facts cannot be read, or the run is cancelled.
pub async fn chosen_of_exports(
    files: &[PathBuf],
    preparer: &Arc<Preparer>,
    newest: bool,
    control: &Control,
) -> Result<Option<Arc<ChosenEntries>>> {
    if !has_export(files).await {
        return Ok(None);
    }
    choose(files, preparer, newest, control).await.map(Some)
}

/// Returns whether one of the files is an export of a queue, judging by its first line.
pub(super) async fn has_export(files: &[PathBuf]) -> bool {
    for file in files {
        if is_export(file).await {
            return true;
        }
    }
    false
}

/// Reads inputs from their start, and returns the results of `work` on their chunks in order.
pub(super) fn in_order<F>(
    sources: Vec<Source>,
    mapped: bool,
    work: impl FnMut(Chunk) -> F + Send,
) -> impl futures::Stream<Item = Result<F::Output>> + Send + Unpin
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let (chunks, receiver) = mpsc::channel(CHUNKS);
    // The reader ends when the receiver is gone.
    tokio::spawn(read::read(sources, LineStart::start(0), mapped, chunks));
    stages(receiver, 0, work).map(|done| done.map_err(Error::unexpected("reading an input")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_out_of_the_index_as_it_went_in() {
        let ids = |ids: &[i64]| ids.iter().map(|id| Id::from(*id)).collect::<Vec<_>>();
        for kept in [None, Some(ids(&[1, 2])), Some(ids(&[2])), Some(vec![])] {
            for removal in [false, true] {
                let time = Some(Time::from_seconds(5));
                let former = Former { given: ids(&[1, 2]), kept: kept.clone(), time, removal };
                let text = serde_json::to_string(&Row::from(former.clone())).expect("JSON");
                let row: Row = serde_json::from_str(&text).expect("a row");
                assert_eq!(Former::from(row), former);
            }
        }
    }
}
