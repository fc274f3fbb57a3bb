//! The coordinator: takes judged lines in, keeps batches in flight, and keeps the books.

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt};
use reco_core::filter::DropCounts;
use reco_core::item::PlannedItem;
use reco_core::outcome::Outcome;
use reco_store::writer::WriteFailure;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::Chunked;
use super::fault::{Fault, Reason};
use super::ledger::{Fate, Ledger};
use super::lines::Place;
use super::prepare::{self, Found, Prepared, PreparedLine, Preparer};
use super::rejects::{Reject, Rejects};
use super::report::{
    At, BackfillReport, Cause, InputFailure, InputReport, ItemSizes, Stopped, Writes,
};
use super::sink::{Begun, Sink};
use super::window::{Pending, Window};
use super::write::{self, Batch, Written};
use crate::error::{Error, Kind, Result};

/// Items that wait for a full batch no longer than this.
const PATIENCE: Duration = Duration::from_millis(500);

/// When so many items were refused before any was taken, all will be.
const REFUSALS_BEFORE_GIVING_UP: u64 = 100;

/// The state of a run.
pub(super) struct Run {
    inputs: Vec<InputReport>,
    sink: Sink,
    rejects: Rejects,
    concurrency: usize,
    cancel: CancellationToken,
    /// Ends retries once the run is stopped, for whatever reason.
    halt: CancellationToken,
    window: Window,
    ledger: Ledger,
    in_flight: JoinSet<Written>,
    /// Where the first line that was not taken in begins.
    end: Place,
    stop: Option<(Cause, String)>,
    kept_articles: u64,
    dropped: DropCounts,
    sizes: ItemSizes,
    writes: Writes,
}

impl Run {
    /// A run with clean books.
    pub(super) fn new(
        inputs: Vec<InputReport>,
        sink: Sink,
        rejects: Rejects,
        concurrency: usize,
        cancel: CancellationToken,
    ) -> Self {
        Run {
            inputs,
            sink,
            rejects,
            concurrency: concurrency.max(1),
            halt: cancel.child_token(),
            cancel,
            window: Window::default(),
            ledger: Ledger::default(),
            in_flight: JoinSet::new(),
            end: Place { file: 0, line: 1, offset: 0 },
            stop: None,
            kept_articles: 0,
            dropped: DropCounts::default(),
            sizes: ItemSizes::default(),
            writes: Writes::default(),
        }
    }

    pub(super) async fn drive(
        &mut self,
        mut chunks: impl Stream<Item = Chunked> + Unpin,
        progress: &dyn Fn(u64),
    ) -> Result<()> {
        let (mut at_end, mut flush) = (false, false);
        loop {
            self.dispatch(at_end || flush);
            flush = false;
            let over = self.stop.is_some() || (at_end && self.window.is_empty());
            if over && self.in_flight.is_empty() {
                return Ok(());
            }
            let going = self.stop.is_none();
            tokio::select! {
                biased;
                () = self.cancel.cancelled(), if going => {
                    self.stop(Cause::Interrupted, "interrupted".to_owned());
                }
                Some(written) = self.in_flight.join_next() => {
                    let written = written.map_err(|error| internal(&error))?;
                    self.written(written);
                }
                chunk = chunks.next(), if going && !at_end && self.window.has_room() => match chunk {
                    None => at_end = true,
                    Some(chunk) => match chunk.map_err(|error| internal(&error))? {
                        Ok(chunk) => {
                            progress(chunk.read);
                            self.take_in(chunk);
                        }
                        Err(error) => self.stop(Cause::Facts, error.to_string()),
                    },
                },
                () = tokio::time::sleep(PATIENCE), if going && !self.window.is_empty() => {
                    flush = true;
                }
            }
        }
    }

    fn stop(&mut self, cause: Cause, reason: String) {
        self.stop.get_or_insert((cause, reason));
        self.halt.cancel();
    }

    /// Begins writes as far as batches and concurrency allow.
    fn dispatch(&mut self, flush: bool) {
        while self.stop.is_none() && self.in_flight.len() < self.concurrency {
            let Some(batch) = self.window.batch(flush) else { return };
            let batch = Batch::from(batch);
            match self.sink.begin(batch, &self.halt) {
                Begun::Going(writing) => {
                    self.in_flight.spawn(writing);
                }
                Begun::Over(written) => self.written(*written),
            }
        }
    }

    /// Enters a batch's result into the books.
    fn written(&mut self, written: Written) {
        let Written { entries, report } = written;
        self.writes.add(&report);
        self.window.done(entries.iter().map(|entry| &entry.user));
        let failure = report.failure.as_ref();
        for entry in entries {
            let is_left = |item: &PlannedItem| item.recommendation.user == entry.user;
            if !report.left.iter().any(is_left) {
                self.sizes.add(entry.bytes);
                self.ledger.settle(entry.line, Fate::Written);
            } else if matches!(failure, None | Some(WriteFailure::Cancelled)) {
                self.ledger.settle(entry.line, Fate::Left);
            } else if let Some(failure) = failure {
                self.failed(entry.line, entry.index, failure);
            }
        }
        if let Some(reason) = failure.filter(|f| write::is_hopeless(f)).map(ToString::to_string) {
            self.stop(Cause::Table, reason);
        }
        if self.ledger.entries.written == 0
            && self.ledger.entries.failed >= REFUSALS_BEFORE_GIVING_UP
        {
            let reason = failure.map(ToString::to_string).unwrap_or_default();
            self.stop(Cause::Table, reason);
        }
    }

    fn failed(&mut self, line: u64, index: usize, failure: &WriteFailure) {
        if let Some((at, text)) = self.ledger.line(line) {
            let own = text
                .as_deref()
                .and_then(|text| std::str::from_utf8(text).ok())
                .and_then(|text| prepare::entry_text(text, index));
            let fault =
                Fault { reason: Reason::NotWritten, detail: failure.to_string(), text: own };
            self.reject(at, Some(index), fault, text.as_ref());
        }
        self.ledger.settle(line, Fate::Failed);
    }

    fn take_in(&mut self, chunk: Prepared) {
        for line in chunk.lines {
            self.take_in_line(line);
        }
        if let Some(reason) = chunk.failure
            && let Some(input) = self.inputs.get_mut(chunk.end.file)
        {
            input.failure = Some(InputFailure { line: chunk.end.line, reason });
        }
        self.end = chunk.end;
    }

    fn take_in_line(&mut self, line: PreparedLine) {
        let PreparedLine { at, text, found } = line;
        let entries = match found {
            Found::Blank => return self.ledger.blank(),
            Found::Bad(fault) => {
                self.ledger.reject_line(fault.reason);
                return self.reject(at, None, fault, text.as_ref());
            }
            Found::Entries(entries) => entries,
        };
        let mut entering = self.ledger.begin(at, text.clone());
        let mut coming = Vec::with_capacity(entries.len());
        let whole = entries.len() == 1;
        for entry in entries {
            self.dropped += entry.dropped;
            match entry.fate {
                prepare::Fate::Skip(reason) => {
                    self.ledger.settled(&mut entering, Fate::Skipped(reason));
                }
                prepare::Fate::Write(item) => {
                    let line = self.ledger.waits(&mut entering);
                    coming.push(Pending { item, line, index: entry.index });
                }
                prepare::Fate::Reject(mut fault) => {
                    self.ledger.settled(&mut entering, Fate::Rejected(fault.reason));
                    if !whole && fault.text.is_none() {
                        let line = text.as_deref().and_then(|text| std::str::from_utf8(text).ok());
                        fault.text = line.and_then(|l| prepare::entry_text(l, entry.index));
                    }
                    let index = (!whole).then_some(entry.index);
                    self.reject(at, index, fault, text.as_ref());
                }
            }
        }
        self.ledger.entered(entering);
        for pending in coming {
            self.kept_articles += pending.item.recommendation.articles.len() as u64;
            if let Some(older) = self.window.push(pending) {
                self.ledger.settle(older.line, Fate::Coalesced);
            }
        }
    }

    fn reject(&mut self, at: Place, entry: Option<usize>, fault: Fault, line: Option<&Arc<[u8]>>) {
        let name = self.inputs.get(at.file).map(|i| i.name.as_str()).unwrap_or_default();
        if let Err(error) = self.rejects.add(Reject::new(name, at, entry, fault, line)) {
            self.stop(Cause::Rejects, format!("cannot write the rejects file: {error}"));
        }
    }

    pub(super) fn report(
        mut self,
        preparer: &Preparer,
        table: Option<String>,
        duration: Duration,
    ) -> Result<BackfillReport> {
        for pending in self.window.abandon() {
            self.ledger.settle(pending.line, Fate::Left);
        }
        let first_open = self.ledger.first_open();
        if let Err(error) = self.rejects.finish() {
            self.stop(Cause::Rejects, format!("cannot write the rejects file: {error}"));
        }
        let stopped = self.stop.take().map(|(cause, reason)| Stopped {
            cause,
            reason,
            resume_from: At::new(&self.inputs, first_open.unwrap_or(self.end)),
            untouched_from: At::new(&self.inputs, self.end),
        });
        let Ledger { lines, entries, skipped, rejected, .. } = self.ledger;
        if !lines.balances() || !entries.balances() {
            return Err(Error::new(Kind::Internal, "the books of the run do not balance")
                .cause(format!("{lines:?}, {entries:?}")));
        }
        let seconds = duration.as_secs_f64();
        let facts = preparer.facts.kind();
        let mut report = BackfillReport {
            outcome: Outcome::Success,
            dry_run: self.sink.is_dry(),
            table,
            key_type: preparer.schema.key_type,
            policy_fingerprint: preparer.policy.fingerprint(),
            facts,
            rules_skipped: facts == "none" && preparer.policy.rules.need_facts(),
            inputs: self.inputs,
            lines,
            entries,
            skipped,
            rejected,
            kept_articles: self.kept_articles,
            dropped_articles: self.dropped,
            items: self.sizes,
            writes: self.writes,
            duration_s: seconds,
            items_per_s: per_second(entries.written, seconds),
            rejects_file: self.rejects.path().map(|path| path.display().to_string()),
            first_rejects: std::mem::take(&mut self.rejects.first),
            stopped,
        };
        report.outcome = report.judge();
        Ok(report)
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown rounded")]
fn per_second(count: u64, seconds: f64) -> f64 {
    if seconds > 0.0 { count as f64 / seconds } else { 0.0 }
}

fn internal(error: &JoinError) -> Error {
    Error::new(Kind::Internal, "a stage of the backfill broke down").because(error)
}
