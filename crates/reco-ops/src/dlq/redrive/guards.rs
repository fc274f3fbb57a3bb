//! Guards of a redrive: started when messages are about to move, and ended with the run.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{
    Backlog, BounceWatch, BounceWatched, Bounces, Gate, GuardOptions, GuardTasks, Route, Throttles,
    Watched, watch,
};
use crate::aws::Cloudwatch;
use crate::aws::sqs::Queue;
use crate::dlq::session::Session;
use crate::error::{Error, Result};
use crate::metrics::targets;

/// Guards of one run.
pub(super) struct Guards {
    guards: GuardTasks,
    /// True once the guards were started.
    began: bool,
    /// Metrics watched by `--max-throttles`, and its limit.
    throttled: Option<(Vec<Watched>, u64)>,
    max_backlog: Option<u64>,
    destinations: Arc<Mutex<Vec<Queue>>>,
    pub(super) bounces: Arc<Bounces>,
}

impl Guards {
    /// Creates the requested guards without starting them.
    ///
    /// # Errors
    /// When throttles are to be watched but there is neither a table nor a function.
    pub(super) async fn new(session: &Session, options: &GuardOptions) -> Result<Self> {
        let throttled = match options.max_throttles {
            Some(most) => Some((throttled(session, options).await?, most)),
            None => None,
        };
        Ok(Guards {
            guards: GuardTasks::default(),
            began: false,
            throttled,
            max_backlog: options.max_backlog,
            destinations: Arc::default(),
            bounces: Arc::new(Bounces::new(options.stop_on_bounce)),
        })
    }

    /// Starts the guards the first time that messages are about to move, and updates the
    /// destinations.
    pub(super) fn begin(&mut self, session: &Session, route: &Route, gate: &Arc<Gate>) {
        // A later wave may have found messages of further source queues.
        let destinations: Vec<_> = route.destinations().map(|to| to.queue.clone()).collect();
        self.destinations.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&destinations);
        if std::mem::replace(&mut self.began, true) {
            return;
        }
        let events = &session.control.events;
        if let Some(most) = self.max_backlog {
            let queues = Arc::clone(&self.destinations);
            self.guards.set(Backlog::new(session.sqs.clone(), queues, most), gate, events);
        }
        if let Some((watched, most)) = self.throttled.take() {
            let cloudwatch = Cloudwatch::new(&session.sdk);
            self.guards.set(Throttles::new(cloudwatch, watched, most), gate, events);
        }
    }

    /// Watches the DLQ during one move. Not on a FIFO queue: it is scanned again after each move,
    /// which finds returned messages, and receiving meanwhile would block whole groups.
    pub(super) async fn watch_bounces(
        &self,
        session: &Session,
        gate: &Arc<Gate>,
    ) -> Option<BounceTask> {
        let dlq = &session.pair.dlq;
        if !self.bounces.is_on() || dlq.queue.fifo {
            return None;
        }
        if dlq.state.redrive.is_some() {
            session.warn(
                "not watching for messages that come back: receiving from a DLQ with a redrive policy of its own may push them out of it",
            );
            return None;
        }
        let scanner = Arc::clone(&session.scanner);
        let bounce_watch = match BounceWatch::new(scanner, Arc::clone(&self.bounces)).await {
            Ok(bounce_watch) => bounce_watch,
            Err(error) => {
                session.warn(format!("not watching for messages that come back: {error}"));
                return None;
            }
        };
        let end = CancellationToken::new();
        let work =
            watch(bounce_watch, Arc::clone(gate), session.control.events.clone(), end.clone());
        Some(BounceTask { end, task: tokio::spawn(work) })
    }

    /// Ends all guards.
    pub(super) async fn finish(&mut self) {
        self.guards.finish().await;
    }
}

/// Task that watches the DLQ.
pub(super) struct BounceTask {
    end: CancellationToken,
    task: JoinHandle<BounceWatched>,
}

impl BounceTask {
    /// Ends the task and returns its result.
    pub(super) async fn finish(self) -> BounceWatched {
        self.end.cancel();
        self.task.await.unwrap_or_else(|error| {
            // The messages it holds are released with the others at the end of the run.
            tracing::error!(%error, "watching the DLQ failed unexpectedly");
            BounceWatched::default()
        })
    }
}

async fn throttled(session: &Session, options: &GuardOptions) -> Result<Vec<Watched>> {
    let targets = targets::writers(&options.throttled, async || Ok(session.sdk.clone())).await?;
    let watched = Watched::of(&targets.plans);
    if watched.is_empty() {
        return Err(Error::config("--max-throttles has nothing to watch")
            .hint("pass --table or --function, or set them in recoctl.toml"));
    }
    let names: Vec<&str> = watched.iter().map(|watched| watched.name.as_str()).collect();
    session.control.events.status(format!("watching throttled {}", names.join(" and ")));
    for left_out in targets.left_out {
        session.warn(format!("not watching throttles of the {left_out}"));
    }
    Ok(watched)
}
