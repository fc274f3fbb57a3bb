//! Load test of a pipeline in this process: sends lists for many users through queue, function,
//! facts and table, and measures every second.

use std::path::PathBuf;
use std::time::Duration;

use reco_core::policy::Policy;
use reco_sandbox::dynamodb::limiter::WriteCapacity;
use reco_sandbox::feed::Lists;
use reco_sandbox::seed::{Population, SeedOptions};
use reco_sandbox::worker::WorkerOptions;
use reco_sandbox::{Sandbox, SandboxOptions};
use reco_store::facts::CacheOptions;
use serde::Serialize;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use reco_ops::error::{Error, Kind, Result};
use reco_ops::metrics::report::Section;

use super::measure;
use super::numbers::{LoadMeasures, LoadParameters};
use super::verdict::{LoadVerdict, verdict};
use reco_ops::processors::Processors;

/// Receives after which an unprocessed message goes to the DLQ (`maxReceiveCount` of the queue).
const MAX_RECEIVES: u32 = 5;
/// AWS: the visibility timeout should be at least this multiple of the function's timeout.
const VISIBILITY_FACTOR: u64 = 6;
/// Interval of queue checks.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Wait for the last sample, which shows the empty queue: its depth is sampled once a second.
const LAST_SAMPLE: Duration = Duration::from_millis(1_100);

/// Options of a load run.
#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// Parameters that the verdict depends on.
    pub parameters: LoadParameters,
    /// Batching window of the event source mapping.
    pub window: Duration,
    /// Filter policy of the function.
    pub policy: Policy,
    /// Lambda binary; `None` for the built-in handler.
    pub lambda_bin: Option<PathBuf>,
    /// Maximum time for sending and processing.
    pub at_most: Duration,
}

/// Reason why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadEnd {
    /// All lists sent and the queue empty.
    Drained,
    /// Time limit reached.
    TimeUp,
    /// Stopped by Ctrl-C.
    Interrupted,
}

/// Report of a load run.
#[derive(Debug, Serialize)]
pub struct LoadReport {
    /// Parameters that the verdict depends on.
    pub parameters: LoadParameters,
    /// Reason why it ended.
    pub ended: LoadEnd,
    /// Totals of the run.
    pub measured: LoadMeasures,
    /// Stage that saturates first.
    pub verdict: LoadVerdict,
    /// Start of the first second, in epoch seconds.
    pub start: i64,
    /// End of the last second, in epoch seconds.
    pub end: i64,
    /// Seconds of a point.
    pub period_s: i64,
    /// Curves.
    pub sections: Vec<Section>,
}

/// Runs the load test. `sent` is called with the number of users whose lists were sent.
///
/// # Errors
/// Fails if the pipeline cannot start, or if a message would be too large for its queue.
pub async fn run(
    options: &LoadOptions,
    cancel: &CancellationToken,
    sent: impl Fn(u64),
) -> Result<LoadReport> {
    let lists = lists(&options.parameters)?;
    let started = cancel.run_until_cancelled(Sandbox::start(sandbox(options))).await;
    let sandbox = started
        .ok_or_else(|| Error::new(Kind::Interrupted, "stopped before any message was sent"))?
        .map_err(|error| Error::service("cannot start the pipeline").because(&error))?;
    let loaded = drive(&sandbox, lists, options, cancel, sent).await;
    // Invocations in progress end by their timeout at the latest; no need to wait for them.
    drop(sandbox);
    loaded
}

fn lists(parameters: &LoadParameters) -> Result<Lists> {
    let LoadParameters { users, list, per_message, rate, .. } = *parameters;
    let lists = Lists { users, length: list, per_message, rate, generated_at: now() };
    let (bytes, most) = (lists.message_bytes(), reco_sandbox::seed::SOURCE_MESSAGE_BYTES as u64);
    if bytes > most {
        return Err(Error::new(
            Kind::Usage,
            format!("a message of {per_message} users with {list} articles each is too large"),
        )
        .cause(format!("it would be {bytes} bytes, but the queue accepts at most {most}"))
        .hint("lower --per-message or --list"));
    }
    Ok(lists)
}

fn sandbox(options: &LoadOptions) -> SandboxOptions {
    let parameters = &options.parameters;
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let population = Population { users: parameters.users, reads: parameters.reads };
    let visibility = parameters.timeout_s * VISIBILITY_FACTOR + options.window.as_secs();
    SandboxOptions {
        write_capacity: parameters.wcu.map(WriteCapacity::per_second),
        seed: Some(SeedOptions {
            population: Some(population),
            visibility_timeout_s: u32::try_from(visibility).unwrap_or(u32::MAX),
            max_receive_count: MAX_RECEIVES,
            ..SeedOptions::default()
        }),
        worker: Some(WorkerOptions {
            batch_size: size(parameters.batch_size),
            window: options.window,
            concurrency: size(parameters.concurrency),
            timeout: Duration::from_secs(parameters.timeout_s),
            ..WorkerOptions::default()
        }),
        policy: options.policy.clone(),
        lambda_bin: options.lambda_bin.clone(),
        facts_cache: Some(CacheOptions::default()),
        metrics_by_second: true,
        ..SandboxOptions::empty()
    }
}

async fn drive(
    sandbox: &Sandbox,
    lists: Lists,
    options: &LoadOptions,
    cancel: &CancellationToken,
    sent: impl Fn(u64),
) -> Result<LoadReport> {
    let (begun, start) = (Instant::now(), now());
    let used = Processors::now();
    let stop = cancel.child_token();
    let feed = sandbox.feed(lists);
    let deadline = begun + options.at_most;
    // A call in progress is completed, because an aborted one would not be counted.
    let sending = async {
        let in_time = async {
            tokio::time::sleep_until(deadline).await;
            stop.cancel();
        };
        let feeding = feed.run(&stop, sent);
        tokio::pin!(feeding);
        tokio::select! {
            fed = &mut feeding => return fed,
            () = in_time => {}
        }
        feeding.await
    };
    let fed = sending.await;
    let drained = tokio::select! {
        () = empty(sandbox) => true,
        () = cancel.cancelled() => false,
        () = tokio::time::sleep_until(deadline) => false,
    };
    let elapsed = begun.elapsed();
    let machine_busy = used.busy_since();
    let all = fed.users + fed.refused * lists.per_message >= lists.users;
    let ended = match (cancel.is_cancelled(), drained && all) {
        (true, _) => LoadEnd::Interrupted,
        (_, true) => LoadEnd::Drained,
        (_, false) => LoadEnd::TimeUp,
    };
    tokio::time::sleep(LAST_SAMPLE).await;
    let run =
        measure::FinishedRun { sandbox, fed: &fed, elapsed, start, end: now() + 1, machine_busy };
    let (sections, measured) = run.read(&options.parameters).await?;
    Ok(LoadReport {
        parameters: options.parameters.clone(),
        ended,
        verdict: verdict(&options.parameters, &measured),
        measured,
        start,
        end: run.end,
        period_s: 1,
        sections,
    })
}

/// Waits until the queue is empty, including messages in flight.
async fn empty(sandbox: &Sandbox) {
    let left = || sandbox.depths()[0].map_or(0, |depth| depth.visible + depth.in_flight);
    while left() > 0 {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
