//! One pass over the input.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use futures::StreamExt;
use reco_core::item::{Action, PlannedItem};
use reco_core::{Id, Recommendation};
use reco_store::reader::{Compared, MAX_KEYS, ReadFailure, Reader};
use reco_store::retry::Stop;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::super::inputs::At;
use super::super::lines::LineStart;
use super::super::prepare::{Found, PlannedFate, Prepared, PreparedEntry};
use super::super::{CHUNKS, RunProgress, read, stages};
use super::Verify;
use super::report::{Verification, Wrong};
use super::suspects::{Narrowing, Share, Suspect, Suspects};
use crate::error::{Error, Result};
use crate::files::input::Source;

/// Maximum bytes of the items in one call: a response holds 16 MB, and several calls are in flight.
const CALL_BYTES: usize = 1024 * 1024;

/// List of the input that is to be compared.
struct Expected {
    hash: u64,
    at: LineStart,
    entry: usize,
}

/// Lists of distinct users, in input order.
#[derive(Default)]
struct Batch {
    items: Vec<PlannedItem>,
    expected: Vec<Expected>,
    users: HashMap<Id, usize>,
    bytes: usize,
}

impl Batch {
    /// Adds a list, replacing an earlier one of the same user; with `newest`, only if it is newer.
    fn add(&mut self, mut item: PlannedItem, expected: Expected, newest: bool) {
        let same = self.users.get(&item.recommendation.user);
        if let Some(at) = same.filter(|_| newest) {
            let Some(guard) = self.items[*at].guard_of_successor(&item) else { return };
            item.guard = guard;
        }
        self.bytes += item.bytes;
        match self.users.get(&item.recommendation.user) {
            Some(at) => {
                self.bytes -= self.items[*at].bytes;
                self.items[*at] = item;
                self.expected[*at] = expected;
            }
            None => {
                self.users.insert(item.recommendation.user.clone(), self.items.len());
                self.items.push(item);
                self.expected.push(expected);
            }
        }
    }

    fn is_full(&self) -> bool {
        self.items.len() >= MAX_KEYS || self.bytes >= CALL_BYTES
    }
}

type Answer = (Batch, Result<Compared, ReadFailure>);

/// One pass over the input for a share of its users.
pub(super) struct Pass<'a> {
    verify: &'a Verify,
    hasher: Arc<RandomState>,
    narrowing: Arc<Narrowing>,
    suspects: Suspects,
    batch: Batch,
    in_flight: VecDeque<JoinHandle<Answer>>,
    standing: RunProgress,
    report: Verification,
}

impl<'a> Pass<'a> {
    pub fn new(
        verify: &'a Verify,
        hasher: Arc<RandomState>,
        share: Share,
        report: Verification,
    ) -> Self {
        Pass {
            verify,
            hasher,
            narrowing: Arc::new(Narrowing::new(share)),
            suspects: Suspects::new(verify.max_suspects, verify.newest),
            batch: Batch::default(),
            in_flight: VecDeque::new(),
            standing: RunProgress::default(),
            report,
        }
    }

    /// Runs the pass; also returns the share of users that it covered.
    pub async fn run(
        mut self,
        sources: Vec<Source>,
        progress: &dyn Fn(RunProgress),
    ) -> Result<(Verification, Share)> {
        let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
        let (chunks, receiver) = mpsc::channel(CHUNKS);
        let mapped = self.verify.preparer.mapping.is_some();
        let reading = tokio::spawn(read::read(sources, LineStart::start(0), mapped, chunks));
        let mut prepared = {
            let (preparer, hasher) = (Arc::clone(&self.verify.preparer), Arc::clone(&self.hasher));
            let narrowing = Arc::clone(&self.narrowing);
            let waiting = preparer.waiting();
            stages(receiver, waiting, move |chunk| {
                let (hasher, narrowing) = (Arc::clone(&hasher), Arc::clone(&narrowing));
                let whose = move |user: &Id| narrowing.share().has(hasher.hash_one(user));
                Arc::clone(&preparer).prepare_of(chunk, whose)
            })
        };
        self.report.passes += 1;
        while self.report.stopped.is_none() {
            // The `--map` expression or the facts lookup may delay a chunk.
            let next = self.verify.cancel.run_until_cancelled(prepared.next()).await;
            let Some(chunk) = next.flatten() else { break };
            match chunk.map_err(internal)? {
                Ok(chunk) => {
                    self.standing.read_bytes = chunk.read;
                    self.take_in(chunk, &names, progress).await?;
                }
                Err(error) => self.report.stopped = Some(error.to_string()),
            }
        }
        reading.abort();
        self.standing.at_end = self.report.stopped.is_none();
        self.send().await?;
        while !self.in_flight.is_empty() {
            self.answered().await?;
            progress(self.standing);
        }
        let covered = self.narrowing.share();
        for (user, suspect) in self.suspects.into_all() {
            let Suspect { at, entry, difference, .. } = suspect;
            let at = At::of(names.get(at.file), at);
            self.report.wrong(Wrong { at, entry, user, difference });
        }
        Ok((self.report, covered))
    }

    async fn take_in(
        &mut self,
        chunk: Prepared,
        names: &[String],
        progress: &dyn Fn(RunProgress),
    ) -> Result<()> {
        if let (Some(reason), 1) = (&chunk.failure, self.report.passes) {
            let name = names.get(chunk.end.file).map(String::as_str).unwrap_or_default();
            let broken = format!("{name}:{}: {reason}", chunk.end.line);
            self.report.broken_inputs.push(broken);
        }
        for line in chunk.lines {
            let entries = match line.found {
                Found::Entries(entries) => entries,
                Found::Bad(fault) => {
                    self.report.unread(line.at, None, fault, names);
                    continue;
                }
                Found::Blank(_) | Found::OtherShard => continue,
            };
            for PreparedEntry { index, fate, .. } in entries {
                let item = match fate {
                    PlannedFate::Write(item) => item,
                    PlannedFate::Reject(fault) => {
                        self.report.unread(line.at, Some(index), fault, names);
                        continue;
                    }
                    PlannedFate::Skip(_) | PlannedFate::OtherShard => continue,
                };
                let user = &item.recommendation.user;
                let chosen = self.verify.chosen.as_ref();
                if chosen.map_or(Ok(false), |chosen| chosen.outdoes(user, line.at, index))? {
                    continue;
                }
                let hash = self.hasher.hash_one(user);
                let expected = Expected { hash, at: line.at, entry: index };
                let before = self.batch.items.len();
                self.batch.add(item, expected, self.verify.newest);
                self.standing.taken += (self.batch.items.len() - before) as u64;
                if self.batch.is_full() {
                    self.send().await?;
                    progress(self.standing);
                }
            }
        }
        Ok(())
    }

    /// Sends the collected lists when a call is free.
    async fn send(&mut self) -> Result<()> {
        while self.in_flight.len() >= self.verify.concurrency.max(1) {
            self.answered().await?;
        }
        let batch = std::mem::take(&mut self.batch);
        if !batch.items.is_empty() {
            let (reader, cancel) = (self.verify.reader.clone(), self.verify.cancel.clone());
            self.in_flight.push_back(tokio::spawn(compare(reader, batch, Stop::on(cancel))));
        }
        Ok(())
    }

    /// Handles the response of the earliest call, because a user's last list must be judged last.
    async fn answered(&mut self) -> Result<()> {
        let Some(next) = self.in_flight.pop_front() else { return Ok(()) };
        let (batch, compared) = next.await.map_err(internal)?;
        let compared = match compared {
            Ok(compared) => compared,
            Err(ReadFailure::Halted(_)) => return Ok(()),
            Err(failure) => {
                self.report.stopped.get_or_insert(failure.to_string());
                return Ok(());
            }
        };
        self.standing.done += batch.items.len() as u64;
        self.report.add(batch.items.len(), &compared);
        let mut differences = compared.differences.into_iter().peekable();
        for (at, (item, expected)) in batch.items.into_iter().zip(batch.expected).enumerate() {
            let (removal, guard) = (item.action == Action::Delete, item.guard);
            let Recommendation { user, generated_at: time, .. } = item.recommendation;
            let Expected { hash, at: place, entry } = expected;
            match differences.next_if(|(index, _)| *index == at) {
                // The pass may have narrowed since this call was sent.
                Some(_) if !self.narrowing.share().has(hash) => {}
                Some((_, difference)) => {
                    let suspect =
                        Suspect { hash, at: place, entry, time, guard, removal, difference };
                    self.suspects.add(user, suspect, &self.narrowing);
                }
                None => self.suspects.clear(&user, time),
            }
        }
        Ok(())
    }
}

async fn compare(reader: Reader, batch: Batch, stop: Stop) -> Answer {
    let compared = reader.compare(&batch.items, &stop).await;
    (batch, compared)
}

fn internal(error: tokio::task::JoinError) -> Error {
    Error::unexpected("a stage of the verification")(error)
}
