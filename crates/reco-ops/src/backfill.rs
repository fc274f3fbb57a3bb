//! Backfill: filters files of recommendations as the Lambda does and writes them to the table.
//!
//! Every stage is bounded, so that memory does not grow with the input:
//!
//! ```text
//! read -> decode, facts, filter (in parallel, in order) -> window -> writes in flight -> counts
//! ```

pub mod checkpoint;
mod fault;
mod find;
mod foresight;
mod former;
mod holders;
mod inputs;
mod layout;
pub mod limit;
mod line_tracker;
mod lines;
mod map;
mod mixed;
pub mod plan;
mod prepare;
mod read;
mod rejects;
mod replace;
pub mod report;
mod run;
mod run_counts;
mod setup;
pub mod sink;
mod sizes;
mod slots;
mod standing;
mod start;
mod target;
mod values;
pub mod verify;
mod window;
mod write;
mod write_options;
mod writes;
mod writing;

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt};
use reco_core::concurrency::Concurrency;
use reco_core::run_by::RunBy;
use reco_store::retry::RetryOptions;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use self::checkpoint::{Checkpoint, Saver};
pub use self::find::{EntryFate, UserEntries, UserEntry, entries_of};
pub use self::former::{ChosenEntries, FormerIndex, chosen_of_exports};
pub use self::holders::{Holders, ListHolder, holders};
use self::inputs::InputReport;
use self::limit::MaxRejects;
use self::lines::LineStart;
pub use self::map::Mapping;
use self::plan::PlanOptions;
pub use self::prepare::{EntryRoute, Preparer, Times};
use self::prepare::{PrepareError, Prepared};
pub use self::rejects::{Reject, RejectsSink};
pub use self::replace::Replace;
use self::report::{BackfillReport, CompareReport, ReplaceReport};
use self::run::Run;
pub use self::setup::{BackfillJob, BackfillOptions, BackfillParts, set_up};
pub use self::sink::Sink;
pub use self::standing::RunProgress;
pub use self::start::Reliability;
pub use self::target::{Target, ViaQueue};
pub use self::window::Order;
pub use self::write_options::WriteOptions;
pub use self::writing::Writing;
use crate::error::{Error, Result};
use crate::files::input::Source;

/// Maximum verification reads in flight.
pub const READS: usize = 4;

/// Retries throttled writes for minutes, since no caller is waiting for an answer.
pub const RETRY: RetryOptions = RetryOptions {
    max_attempts: 30,
    base_delay: Duration::from_millis(50),
    max_delay: Duration::from_secs(10),
};

/// Maximum chunks waiting between two stages.
const CHUNKS: usize = 2;

/// Backfill that is ready to run.
pub struct Backfill {
    /// Inputs, already checked.
    pub sources: Vec<Source>,
    /// Preparer that filters lines.
    pub preparer: Arc<Preparer>,
    /// Destination of the items.
    pub sink: Sink,
    /// Table name; `None` in a dry run without a table.
    pub table: Option<String>,
    /// Order, rate and list type of the writes.
    pub write_options: WriteOptions,
    /// Rejects file and the first rejects for the report.
    pub rejects: RejectsSink,
    /// Batches in flight.
    pub concurrency: Concurrency,
    /// Cancelled to end the run early.
    pub cancel: CancellationToken,
    /// Checkpoint of an earlier run to resume.
    pub resumed: Option<Checkpoint>,
    /// Saver of checkpoints; `None` if the run cannot be resumed.
    pub saver: Option<Saver>,
    /// Limit on rejected lines that ends the run.
    pub max_rejects: Option<MaxRejects>,
    /// Planning options of a dry run.
    pub plan: PlanOptions,
    /// Entry that counts of each user with several; `None` if the last one does.
    chosen: Option<Arc<ChosenEntries>>,
    /// Lists that may be replaced; `None` for any.
    formers: Option<Arc<FormerIndex>>,
    /// Condition of the writes, for the report.
    replaced: Option<ReplaceReport>,
    /// Empty comparison with the table, if one is made.
    compare: Option<CompareReport>,
    /// Who runs it, and why.
    by: RunBy,
}

impl Backfill {
    /// Returns the entry that counts of each user with several; `None` if the last one does.
    #[must_use]
    pub fn chosen(&self) -> Option<Arc<ChosenEntries>> {
        self.chosen.clone()
    }

    /// Runs until the end of the input or until something stops it. `progress` receives how far it
    /// is.
    ///
    /// # Errors
    /// Fails only on a bug in recoctl; everything else is in the report.
    pub async fn run(
        self,
        progress: impl Fn(RunProgress) + Send + Sync + 'static,
    ) -> Result<BackfillReport> {
        // On one of the runtime's own threads: otherwise every finished batch would have to wake
        // the thread that waits for the command, on another core.
        tokio::spawn(self.run_here(progress)).await.map_err(run::internal)?
    }

    async fn run_here(
        self,
        progress: impl Fn(RunProgress) + Send + Sync,
    ) -> Result<BackfillReport> {
        let Backfill { sources, preparer, sink, table, write_options, rejects, .. } = self;
        let inputs: Vec<InputReport> = sources.iter().map(InputReport::from).collect();
        let mut run = Run::new(inputs, sink, rejects, write_options, self.concurrency, self.cancel);
        run.max_rejects = self.max_rejects;
        run.saver = self.saver;
        run.plan = self.plan;
        run.mapped = preparer.mapping.is_some();
        (run.chosen, run.formers, run.compare) = (self.chosen, self.formers, self.compare);
        let from = self.resumed.map_or(LineStart::start(0), |checkpoint| run.resume(checkpoint));
        let (chunks, receiver) = mpsc::channel(CHUNKS);
        let reading = tokio::spawn(read::read(sources, from, run.mapped, chunks));
        let driven = run.drive(prepared(receiver, &preparer), &progress).await;
        // A reader in the middle of a read would wait for the rest of it.
        reading.abort();
        driven?;
        run.close().await;
        let merged = run.merge().await?;
        let mut report = run.report(&preparer, table)?;
        report.replaced = self.replaced;
        report.by = self.by;
        report.outcome = report.judge();
        if let Some(merged) = merged {
            report.emit = Some(merged.publish(&report).map_err(|error| {
                Error::input("the parts were written, but not their manifest").because(&error)
            })?);
        }
        Ok(report)
    }
}

type Chunked = Staged<Result<Prepared, PrepareError>>;
type Staged<T> = Result<T, JoinError>;

/// Prepares chunks on all cores and returns them in order.
fn prepared(
    receiver: mpsc::Receiver<read::Chunk>,
    preparer: &Arc<Preparer>,
) -> impl Stream<Item = Chunked> + Send + Unpin + use<> {
    let preparer = Arc::clone(preparer);
    let mut last: Option<oneshot::Receiver<()>> = None;
    let waiting = preparer.waiting();
    stages(receiver, waiting, move |chunk| {
        let preparer = Arc::clone(&preparer);
        let (over, next) = oneshot::channel();
        let before = last.replace(next).filter(|_| preparer.is_one_by_one());
        async move {
            if let Some(before) = before {
                // Nothing is ever sent: the sender is dropped at the end.
                let _ = before.await;
            }
            let prepared = preparer.prepare(chunk).await;
            drop(over);
            prepared
        }
    })
}

/// Processes chunks and returns the results in order: one a core at once, and so many more that are
/// `waiting` meanwhile.
fn stages<W, F>(
    receiver: mpsc::Receiver<read::Chunk>,
    waiting: usize,
    mut work: W,
) -> impl Stream<Item = Staged<F::Output>> + Send + Unpin
where
    W: FnMut(read::Chunk) -> F + Send,
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    let chunks = futures::stream::unfold(receiver, async |mut receiver| {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    // Each takes a megabyte or two.
    let at_once = (cores + waiting).clamp(2, 8);
    let done = chunks.map(move |chunk| tokio::spawn(work(chunk))).buffered(at_once);
    Box::pin(done)
}
