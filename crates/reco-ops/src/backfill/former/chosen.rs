//! The list that counts of each user who occurs more than once in an input, determined before
//! anything is written.
//!
//! A conditional write cannot follow another of the same user: after the first, the table no longer
//! holds what was to be replaced. And the messages of an export are in no order: of two lists of a
//! user, the one that was sent last counts, wherever it is.

use std::path::PathBuf;
use std::sync::Arc;

use futures::StreamExt;
use reco_core::item::gives_way;
use reco_core::{Id, Time};
use rusqlite::{OptionalExtension, params};

use super::disk::Disk;
use super::in_order;
use crate::backfill::lines::LineStart;
use crate::backfill::prepare::{Found, PlannedFate, PreparedEntry, Preparer};
use crate::error::{Error, Kind, Result};
use crate::event::{Control, Unit};
use crate::files::input::{self, Source};

const TABLES: &str = "CREATE TABLE seen (user TEXT NOT NULL);
    CREATE TABLE chosen (user TEXT PRIMARY KEY, file INTEGER, at INTEGER, entry INTEGER,
        sent INTEGER, nanos INTEGER, time INTEGER, time_nanos INTEGER, removal INTEGER) WITHOUT ROWID";

/// Users who occur more than once, each with the entry that counts.
#[derive(Debug)]
pub struct ChosenEntries {
    disk: Disk,
    /// False if every user occurs once.
    any: bool,
}

/// An entry that a user's other entries are compared with.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    at: LineStart,
    entry: usize,
    sent: Option<Time>,
    time: Option<Time>,
    removal: bool,
}

impl Candidate {
    /// Returns whether a later entry of the input takes this one's place.
    fn gives_way_to(&self, later: &Candidate, newest: bool) -> bool {
        let is_dated = self.time.is_some() || later.time.is_some();
        if newest && !self.removal && is_dated {
            return gives_way(self.time, later.time);
        }
        match (self.sent, later.sent) {
            (Some(own), Some(other)) => own <= other,
            _ => true,
        }
    }
}

impl ChosenEntries {
    /// Returns whether another entry of the user counts instead of this one.
    ///
    /// # Errors
    /// Fails if the disk fails.
    pub fn outdoes(&self, user: &Id, at: LineStart, entry: usize) -> Result<bool> {
        if !self.any {
            return Ok(false);
        }
        let found = self.disk.with(|connection| {
            let find = "SELECT file, at, entry FROM chosen WHERE user = ? AND at IS NOT NULL";
            let mut find = connection.prepare_cached(find)?;
            find.query_row(params![user.text()], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
            })
            .optional()
        })?;
        Ok(found.is_some_and(|found| found != place(at, entry)))
    }

    fn repeats(&self, user: &Id) -> Result<bool> {
        self.disk.with(|connection| {
            let mut find = connection.prepare_cached("SELECT 1 FROM chosen WHERE user = ?")?;
            Ok(find.query_row(params![user.text()], |_| Ok(())).optional()?.is_some())
        })
    }

    fn see(&self, users: &[Id]) -> Result<()> {
        self.disk.with(|connection| {
            let mut insert = connection.prepare_cached("INSERT INTO seen VALUES (?)")?;
            for user in users {
                insert.execute(params![user.text()])?;
            }
            Ok(())
        })
    }

    fn candidate(&self, user: &Id) -> Result<Option<Candidate>> {
        self.disk.with(|connection| {
            let find = "SELECT file, at, entry, sent, nanos, time, time_nanos, removal FROM chosen
                WHERE user = ? AND at IS NOT NULL";
            let mut find = connection.prepare_cached(find)?;
            find.query_row(params![user.text()], |row| {
                let time = |seconds: Option<i64>, nanos: Option<u32>| {
                    Some(Time::from_parts(seconds?, nanos?))
                };
                let at = LineStart {
                    file: usize::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
                    offset: row.get::<_, i64>(1)?.unsigned_abs(),
                    ..LineStart::start(0)
                };
                Ok(Candidate {
                    at,
                    entry: usize::try_from(row.get::<_, i64>(2)?).unwrap_or_default(),
                    sent: time(row.get(3)?, row.get(4)?),
                    time: time(row.get(5)?, row.get(6)?),
                    removal: row.get(7)?,
                })
            })
            .optional()
        })
    }

    fn choose(&self, user: &Id, chosen: Candidate) -> Result<()> {
        let (file, at, entry) = place(chosen.at, chosen.entry);
        let parts = |time: Option<Time>| time.map(Time::parts).unzip();
        let ((sent, nanos), (time, time_nanos)) = (parts(chosen.sent), parts(chosen.time));
        self.disk.with(|connection| {
            let update =
                "UPDATE chosen SET file = ?, at = ?, entry = ?, sent = ?, nanos = ?, time = ?,
                time_nanos = ?, removal = ? WHERE user = ?";
            connection.prepare_cached(update)?.execute(params![
                file,
                at,
                entry,
                sent,
                nanos,
                time,
                time_nanos,
                chosen.removal,
                user.text()
            ])?;
            Ok(())
        })
    }
}

/// Returns an entry's place as the index keeps it.
fn place(at: LineStart, entry: usize) -> (i64, i64, i64) {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    (number(at.file as u64), number(at.offset), number(entry as u64))
}

/// Determines which entry counts of each user who occurs more than once: the one sent last, where
/// messages have times of sending; otherwise the last one, or with `newest` the newest. Entries of
/// which the filter leaves nothing do not count.
///
/// # Errors
/// Fails if the facts cannot be read, the disk is full, or the run is cancelled. An input that
/// breaks off is reported when it is processed.
pub(in crate::backfill) async fn choose(
    files: &[PathBuf],
    preparer: &Arc<Preparer>,
    newest: bool,
    control: &Control,
) -> Result<Arc<ChosenEntries>> {
    let Control { events, cancel, .. } = control;
    let mut chosen = ChosenEntries { disk: Disk::create(TABLES)?, any: false };
    let mapped = preparer.mapping.is_some();
    let given = input::check(files).await?;
    let total = given.iter().map(|source| source.bytes).sum();
    let progress = events.progress("looking for users with several lists", total, Unit::Bytes);
    let of = Arc::clone(preparer);
    let mut users = in_order(given, mapped, move |chunk| {
        let (preparer, read) = (Arc::clone(&of), chunk.read);
        async move { (preparer.users(chunk).await, read) }
    });
    while let Some(found) = cancel.run_until_cancelled(users.next()).await.flatten() {
        let (found, read) = found?;
        chosen.see(&found)?;
        progress.set(read);
    }
    drop((users, progress));
    chosen.any = chosen.disk.with(|connection| {
        let repeated = "INSERT INTO chosen (user) SELECT user FROM seen GROUP BY user
            HAVING count(*) > 1";
        let repeated = connection.execute(repeated, [])?;
        connection.execute_batch("DROP TABLE seen")?;
        Ok(repeated > 0)
    })?;
    let chosen = Arc::new(chosen);
    if chosen.any && !cancel.is_cancelled() {
        look_again(input::check(files).await?, preparer, &chosen, newest, control).await?;
    }
    if cancel.is_cancelled() {
        return Err(Error::new(Kind::Interrupted, "interrupted: nothing was written"));
    }
    Ok(chosen)
}

/// Judges the entries of the users who occur more than once.
async fn look_again(
    sources: Vec<Source>,
    preparer: &Arc<Preparer>,
    chosen: &Arc<ChosenEntries>,
    newest: bool,
    Control { events, cancel, .. }: &Control,
) -> Result<()> {
    let total = sources.iter().map(|source| source.bytes).sum();
    let progress = events.progress("choosing the list of each user", total, Unit::Bytes);
    let mapped = preparer.mapping.is_some();
    let (of, index) = (Arc::clone(preparer), Arc::clone(chosen));
    let mut prepared = in_order(sources, mapped, move |chunk| {
        let (preparer, index) = (Arc::clone(&of), Arc::clone(&index));
        async move {
            // An error shows again when the entries are judged.
            preparer.prepare_of(chunk, |user| index.repeats(user).unwrap_or(true)).await
        }
    });
    while let Some(chunk) = cancel.run_until_cancelled(prepared.next()).await.flatten() {
        let chunk = chunk?.map_err(|error| {
            Error::service("cannot choose among the lists of a user").because(&error)
        })?;
        for line in chunk.lines {
            let Found::Entries(entries) = line.found else { continue };
            for PreparedEntry { index: entry, fate, sent, weak, .. } in entries {
                let PlannedFate::Write(item) = fate else { continue };
                // The Lambda would leave nothing of it.
                if weak {
                    continue;
                }
                let candidate = Candidate {
                    at: line.at,
                    entry,
                    sent,
                    time: item.recommendation.generated_at,
                    removal: item.action == reco_core::item::Action::Delete,
                };
                let user = &item.recommendation.user;
                let before = chosen.candidate(user)?;
                if before.is_none_or(|before| before.gives_way_to(&candidate, newest)) {
                    chosen.choose(user, candidate)?;
                }
            }
        }
        progress.set(chunk.read);
    }
    drop(prepared);
    Ok(())
}
