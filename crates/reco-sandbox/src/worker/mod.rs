//! The event source mapping between queue and function: polls the source queue through the real
//! SDK, invokes the function with each batch, deletes the messages it handled and leaves the rest
//! to the visibility timeout and the redrive policy.
//!
//! The function is a value: the Lambda's own handler, its binary or a stand-in of a test.

pub(crate) mod event;
mod invocation;
mod lambda;
mod poller;

pub(crate) use lambda::MARGIN;
pub use lambda::{function, measured};

use crate::cloudwatch::Cloudwatch;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_sqs::Client;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Response of the function: the messages to retry, or the message of an error that fails the
/// batch.
pub type Answer = Result<SqsBatchResponse, String>;

/// A function: takes an event and the time at which Lambda would end the invocation.
pub type Function = Arc<dyn Fn(SqsEvent, Instant) -> BoxFuture<'static, Answer> + Send + Sync>;

/// Configuration of the mapping and the function.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Maximum number of messages in an event (AWS: 1 to 10,000; above 10 needs a window).
    pub batch_size: usize,
    /// Time to wait for a batch to fill (AWS: up to 300 s).
    pub window: Duration,
    /// Maximum number of concurrent invocations (AWS: `MaximumConcurrency`, 2 to 1,000).
    pub concurrency: usize,
    /// Invocations at a time that the function itself may have (reserved concurrency); `None` as many
    /// as the mapping makes. What the mapping has received for more is throttled: not handled, and
    /// received once more.
    pub reserved: Option<usize>,
    /// The function's timeout. Shorter than the queue's visibility timeout, or messages come again
    /// while they are being handled.
    pub timeout: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            batch_size: 10,
            window: Duration::ZERO,
            concurrency: 4,
            reserved: None,
            timeout: Duration::from_millis(1_500),
        }
    }
}

/// A running mapping.
pub struct Worker {
    stop: CancellationToken,
    polling: JoinHandle<()>,
}

/// Shared state of a mapping.
#[derive(Clone)]
struct EventSourceMapping {
    source: Source,
    function: Function,
    metrics: Cloudwatch,
    options: WorkerOptions,
    free: Arc<Semaphore>,
    invoked: Arc<AtomicUsize>,
    running: TaskTracker,
}

/// Queue that a mapping reads, and name of the function it invokes.
#[derive(Clone)]
pub struct Source {
    /// Client for the queue.
    pub client: Client,
    /// URL of the queue.
    pub queue_url: String,
    /// ARN of the queue, stated in events.
    pub queue_arn: String,
    /// Name of the function, used in its metrics.
    pub function_name: String,
}

impl Worker {
    /// Starts a mapping that runs until `stop` is cancelled.
    #[must_use]
    pub fn start(
        source: Source,
        function: Function,
        metrics: Cloudwatch,
        options: WorkerOptions,
        stop: CancellationToken,
    ) -> Self {
        let mapping = EventSourceMapping {
            source,
            function,
            metrics,
            free: Arc::new(Semaphore::new(options.concurrency.max(1))),
            invoked: Arc::default(),
            running: TaskTracker::new(),
            options,
        };
        let polling = tokio::spawn(mapping.poll_until(stop.clone()));
        Self { stop, polling }
    }

    /// Stops receiving, and waits until running invocations have ended, at most their timeout, and
    /// their messages are deleted.
    pub async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.polling.await {
            tracing::error!(%error, "the sandbox's worker ended abnormally");
        }
    }
}
