//! Coordinator of a run: takes in filtered lines, keeps batches in flight, and counts.

mod closing;
mod intake;
mod results;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::{Stream, StreamExt};
use reco_core::concurrency::Concurrency;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Chunked;
use super::RunProgress;
use super::checkpoint::{Checkpoint, CheckpointState, Saver};
use super::former::{ChosenEntries, FormerIndex};
use super::limit::MaxRejects;
use super::line_tracker::LineTracker;
use super::lines::LineStart;
use super::plan::{Largest, PlanOptions};
use super::rejects::RejectsSink;
use super::report::{At, CompareReport, InputReport, ResumedRun, StopCause, Writes};
use super::sink::{Begun, Delivered, Sink};
use super::slots::{Slots, Ticket};
use super::window::{Order, Window};
use super::write::WriteBatch;
use super::write_options::WriteOptions;
use crate::error::{Error, Result};

/// Maximum wait for a full batch.
const PATIENCE: Duration = Duration::from_millis(500);

/// Upper bound of timers, where no real limit applies.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// State of a run.
pub(super) struct Run {
    inputs: Vec<InputReport>,
    sink: Sink,
    rejects: RejectsSink,
    slots: Slots,
    cancel: CancellationToken,
    /// Ends retries once the run is stopped, for whatever reason.
    halt: CancellationToken,
    write_options: WriteOptions,
    window: Window,
    /// Batches taken from the window.
    batches: u64,
    line_tracker: LineTracker,
    in_flight: JoinSet<(Ticket, Delivered)>,
    /// Start of the first line that was not taken in.
    end: LineStart,
    stop: Option<(StopCause, String)>,
    writes: Writes,
    begun: Instant,
    /// Duration of earlier runs, in seconds.
    earlier_s: f64,
    resumed: Option<ResumedRun>,
    pub(super) saver: Option<Saver>,
    /// Set if a reject could not be recorded: no checkpoint may go past it.
    rejects_broken: bool,
    pub(super) max_rejects: Option<MaxRejects>,
    pub(super) plan: PlanOptions,
    /// True if lines are mapped, so that entries differ from the text of their lines.
    pub(super) mapped: bool,
    /// Largest items of a dry run.
    largest: Largest,
    dated: Dated,
    /// Entry that counts of each user with several; `None` if the last one that is met does.
    pub(super) chosen: Option<Arc<ChosenEntries>>,
    /// Lists that may be replaced; `None` for any.
    pub(super) formers: Option<Arc<FormerIndex>>,
    /// Comparison of a dry run with the table.
    pub(super) compare: Option<CompareReport>,
}

/// Number of lists to write, and how many of them have a generation time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dated {
    pub(super) all: u64,
    pub(super) dated: u64,
}

impl Dated {
    /// Returns the share with a generation time, from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    fn share(self) -> f64 {
        if self.all == 0 { 0.0 } else { self.dated as f64 / self.all as f64 }
    }
}

impl Run {
    /// Creates a run without any counts.
    pub(super) fn new(
        inputs: Vec<InputReport>,
        sink: Sink,
        rejects: RejectsSink,
        write_options: WriteOptions,
        concurrency: Concurrency,
        cancel: CancellationToken,
    ) -> Self {
        let shuffle = if sink.is_spread() { write_options.order.shuffle } else { 0 };
        let order = Order { limits: sink.batch_limits(), shuffle, ..write_options.order };
        let slots = Slots::new(concurrency, sink.slots());
        Run {
            inputs,
            window: Window::new(order),
            sink,
            rejects,
            slots,
            halt: cancel.child_token(),
            cancel,
            write_options,
            batches: 0,
            line_tracker: LineTracker::default(),
            in_flight: JoinSet::new(),
            end: LineStart::start(0),
            stop: None,
            writes: Writes::default(),
            begun: Instant::now(),
            earlier_s: 0.0,
            resumed: None,
            saver: None,
            rejects_broken: false,
            max_rejects: None,
            plan: PlanOptions::default(),
            mapped: false,
            largest: Largest::default(),
            dated: Dated::default(),
            chosen: None,
            formers: None,
            compare: None,
        }
    }

    /// Takes over the progress of earlier runs; returns the place to continue reading.
    pub(super) fn resume(&mut self, checkpoint: Checkpoint) -> LineStart {
        let CheckpointState { finished, at, run_counts, writes, duration_s, failures } =
            checkpoint.state;
        self.resumed = Some(ResumedRun {
            from: At::new(&self.inputs, at),
            lines: run_counts.lines.read,
            written: run_counts.entries.written,
            duration_s,
            runs: checkpoint.runs,
            was_finished: finished,
        });
        self.line_tracker = LineTracker::after(run_counts);
        self.writes = writes;
        self.earlier_s = duration_s;
        self.end = at;
        for (number, failure) in failures {
            if let Some(input) = self.inputs.get_mut(number) {
                input.failure = Some(failure);
            }
        }
        at
    }

    pub(super) async fn drive(
        &mut self,
        mut chunks: impl Stream<Item = Chunked> + Unpin,
        progress: &(impl Fn(RunProgress) + Sync),
    ) -> Result<()> {
        let (mut at_end, mut flush, mut read_bytes) = (false, false, 0);
        let every = self.saver.as_ref().map_or(Duration::MAX, Saver::every);
        let mut save = tokio::time::interval(every.min(LONGEST));
        save.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut drawn = tokio::time::Instant::now();
        loop {
            // No more lines come while the line tracker is full.
            flush |= at_end || !self.line_tracker.has_room();
            if self.dispatch(flush) || self.window.is_empty() || flush {
                drawn = tokio::time::Instant::now();
            }
            flush = false;
            self.slots.look(!self.slots.has_room());
            progress(self.standing(read_bytes, at_end));
            let over = self.stop.is_some() || (at_end && self.window.is_empty());
            if over && self.in_flight.is_empty() {
                if at_end {
                    // Items that the destination did not accept count too.
                    self.judge_rejects();
                }
                return Ok(());
            }
            let going = self.stop.is_none();
            tokio::select! {
                biased;
                () = self.cancel.cancelled(), if going => {
                    self.stop(StopCause::Interrupted, "interrupted".to_owned());
                }
                _ = save.tick(), if self.saver.is_some() => self.save(),
                Some(delivered) = self.in_flight.join_next() => {
                    let (ticket, delivered) = delivered.map_err(internal)?;
                    self.slots.finish(ticket, delivered.written());
                    self.delivered(delivered);
                }
                chunk = chunks.next(), if going && !at_end && self.has_room() => match chunk {
                    None => {
                        at_end = true;
                        self.judge_rejects();
                    }
                    Some(chunk) => match chunk.map_err(internal)? {
                        Ok(chunk) => {
                            read_bytes = chunk.read;
                            self.take_in(chunk);
                        }
                        Err(error) => self.stop(StopCause::of(&error), error.to_string()),
                    },
                },
                () = sleep_until(drawn + PATIENCE), if going && self.may_draw() => {
                    flush = true;
                }
            }
        }
    }

    /// Returns how far the run is.
    fn standing(&self, read_bytes: u64, at_end: bool) -> RunProgress {
        let entries = &self.line_tracker.run_counts().entries;
        let done =
            entries.written + entries.deleted + entries.stale + entries.kept + entries.failed;
        let pace = self.sink.writer().and_then(|writer| writer.pace());
        RunProgress {
            read_bytes,
            done,
            taken: done + self.line_tracker.waiting(),
            at_end,
            budget_wcu: pace.and_then(|pace| pace.spent().last_rate),
        }
    }

    fn has_room(&self) -> bool {
        self.window.has_room() && self.line_tracker.has_room()
    }

    fn stop(&mut self, cause: StopCause, reason: String) {
        self.stop.get_or_insert((cause, reason));
        self.halt.cancel();
    }

    /// Stops the run if too much of the whole input is rejected.
    fn judge_rejects(&mut self) {
        let exceeded =
            self.max_rejects.and_then(|max| max.exceeded(self.line_tracker.run_counts(), true));
        if let Some(reason) = exceeded {
            self.stop(StopCause::TooManyRejects, reason);
        }
    }

    fn may_draw(&self) -> bool {
        !self.window.is_empty() && self.slots.has_room()
    }

    /// Starts batches as far as concurrency allows; returns whether it started any.
    fn dispatch(&mut self, flush: bool) -> bool {
        let before = self.batches;
        while self.stop.is_none() && self.slots.has_room() {
            let Some(batch) = self.window.batch(flush, self.sink.batch_wcu()) else { break };
            let bytes = batch.iter().map(|pending| pending.item.wire).sum();
            let batch = WriteBatch::from(batch);
            self.batches += 1;
            match self.sink.begin(batch, &self.halt) {
                Begun::Going(writing) => {
                    let ticket = self.slots.begin(bytes);
                    self.in_flight.spawn(async move { (ticket, writing.await) });
                }
                Begun::Over(delivered) => self.delivered(delivered),
            }
        }
        self.batches > before
    }
}

/// Returns the error of a stage that panicked.
pub(super) fn internal(error: JoinError) -> Error {
    Error::unexpected("a stage of the backfill")(error)
}
