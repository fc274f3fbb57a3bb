//! Backfill: files of recommendations, filtered as the Lambda filters, written into the table.
//!
//! Stages, each bounded, so that memory does not grow with the input:
//!
//! ```text
//! read -> decode, facts, filter (in parallel, in order) -> window -> writes in flight -> counts
//! ```

pub mod checkpoint;
mod fault;
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
pub mod report;
mod run;
mod run_counts;
mod setup;
pub mod sink;
mod sizes;
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
use reco_store::retry::RetryOptions;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use self::checkpoint::{Checkpoint, Saver};
use self::inputs::InputReport;
use self::limit::MaxRejects;
use self::lines::Place;
pub use self::map::Mapping;
use self::plan::PlanOptions;
use self::prepare::{PrepareError, Prepared};
pub use self::prepare::{Preparer, Route, Times};
pub use self::rejects::{Reject, Rejects};
use self::report::BackfillReport;
use self::run::Run;
pub use self::setup::{BackfillJob, BackfillOptions, BackfillParts, set_up};
pub use self::sink::Sink;
pub use self::start::Reliability;
pub use self::target::{Target, ViaQueue};
pub use self::window::Order;
pub use self::write_options::WriteOptions;
pub use self::writing::Writing;
use crate::error::{Error, Result};
use crate::files::input::Source;

/// Calls in flight at once that read back.
pub const READS: usize = 4;

/// Without a person to wait for an answer, throttling is waited out for minutes.
pub const RETRY: RetryOptions = RetryOptions {
    max_attempts: 30,
    base_delay: Duration::from_millis(50),
    max_delay: Duration::from_secs(10),
};

/// Chunks that wait between two stages.
const CHUNKS: usize = 2;

/// A backfill, ready to run.
pub struct Backfill {
    /// The inputs, checked.
    pub sources: Vec<Source>,
    /// Preparer that filters lines.
    pub preparer: Arc<Preparer>,
    /// Where items go.
    pub sink: Sink,
    /// The table's name, if there is one.
    pub table: Option<String>,
    /// Way of writing.
    pub write_options: WriteOptions,
    /// Where rejects go.
    pub rejects: Rejects,
    /// Batches in flight at once.
    pub concurrency: usize,
    /// Ends the run early.
    pub cancel: CancellationToken,
    /// Where an earlier run came to, to go on from there.
    pub resumed: Option<Checkpoint>,
    /// Saves how far the run is.
    pub saver: Option<Saver>,
    /// Ends the run when so much of its input is rejected.
    pub max_rejects: Option<MaxRejects>,
    /// Planning options of a dry run.
    pub plan: PlanOptions,
}

impl Backfill {
    /// Runs to the end of the input, or until something stops it. `progress` is told how many bytes
    /// of all inputs are dealt with.
    ///
    /// # Errors
    /// Only when recoctl itself is at fault; everything else is in the report.
    pub async fn run(
        self,
        progress: impl Fn(u64) + Send + Sync + 'static,
    ) -> Result<BackfillReport> {
        // On one of the runtime's own threads: every batch that is over would otherwise have to wake
        // the one that waits for the command, which is on another core.
        tokio::spawn(self.run_here(progress)).await.map_err(|error| run::internal(&error))?
    }

    async fn run_here(self, progress: impl Fn(u64) + Send + Sync) -> Result<BackfillReport> {
        let Backfill { sources, preparer, sink, table, write_options, rejects, .. } = self;
        let inputs: Vec<InputReport> = sources.iter().map(InputReport::from).collect();
        let mut run = Run::new(inputs, sink, rejects, write_options, self.concurrency, self.cancel);
        run.max_rejects = self.max_rejects;
        run.saver = self.saver;
        run.plan = self.plan;
        run.mapped = preparer.mapping.is_some();
        let from = self.resumed.map_or(Place::start(0), |checkpoint| run.resume(checkpoint));
        let (chunks, receiver) = mpsc::channel(CHUNKS);
        let reading = tokio::spawn(read::read(sources, from, run.mapped, chunks));
        let driven = run.drive(prepared(receiver, &preparer), &progress).await;
        // Cancelled in the middle of a read, the reader would wait for the rest of it.
        reading.abort();
        driven?;
        run.close().await;
        let merged = run.merge().await?;
        let mut report = run.report(&preparer, table)?;
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

/// Judges chunks on all cores, and hands them on in their order.
fn prepared(
    receiver: mpsc::Receiver<read::Chunk>,
    preparer: &Arc<Preparer>,
) -> impl Stream<Item = Chunked> + Send + Unpin + use<> {
    let preparer = Arc::clone(preparer);
    let mut last: Option<oneshot::Receiver<()>> = None;
    stages(receiver, move |chunk| {
        let preparer = Arc::clone(&preparer);
        let (over, next) = oneshot::channel();
        let before = last.replace(next).filter(|_| preparer.is_one_by_one());
        async move {
            if let Some(before) = before {
                // It is dropped at the end: nothing is ever sent.
                let _ = before.await;
            }
            let prepared = preparer.prepare(chunk).await;
            drop(over);
            prepared
        }
    })
}

/// Works on chunks on all cores, and hands the results on in their order.
fn stages<W, F>(
    receiver: mpsc::Receiver<read::Chunk>,
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
    let done = chunks.map(move |chunk| tokio::spawn(work(chunk))).buffered(cores.clamp(2, 8));
    Box::pin(done)
}
