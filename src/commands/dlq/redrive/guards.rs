//! Rate and guards of a redrive.

use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::aws::Cloudwatch;
use crate::aws::sqs::Queue;
use crate::commands::dlq::session::Session;
use crate::commands::metrics::{seconds, targets};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::flow::redrive::{
    Backlog, BounceWatched, Bounces, Brake, Guards, Limit, Pace, Rate, Route, Throttles, Watched,
    Watcher, watch,
};

const HEADING: &str = "Rate and guards";

/// Rate limit and guards.
#[derive(Debug, Clone, Default, Args)]
pub struct GuardArgs {
    /// Maximum messages per second (fractions allowed) [default: as fast as SQS accepts them]
    #[arg(long, value_name = "N", help_heading = HEADING)]
    pub rate: Option<Rate>,
    /// Start slowly and reach --rate after this time, e.g. 1m
    #[arg(long, value_name = "DURATION", value_parser = seconds, requires = "rate", help_heading = HEADING)]
    pub ramp: Option<i64>,
    /// Pause while the destination holds N messages or more (visible, in flight and delayed)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), help_heading = HEADING)]
    pub max_backlog: Option<u64>,
    /// Pause while CloudWatch reports more than N throttles per minute on writes to --table or on
    /// --function
    #[arg(long, value_name = "N[/min]", help_heading = HEADING)]
    pub max_throttles: Option<PerMinute>,
    /// Stop when this percentage of the moved messages is back in the DLQ, checked from 20 messages
    /// on; `off` disables the check [default: 20%]
    #[arg(long, value_name = "PERCENT", help_heading = HEADING)]
    pub stop_on_bounce: Option<Limit>,
}

/// A number a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerMinute(u64);

impl FromStr for PerMinute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix("/min").unwrap_or(text).parse();
        number
            .map(PerMinute)
            .map_err(|_| "must be a number per minute, such as 100 or 100/min".to_owned())
    }
}

impl GuardArgs {
    /// The pace that is asked for.
    pub(super) fn pace(&self) -> Pace {
        let ramp = Duration::from_secs(self.ramp.unwrap_or(0).unsigned_abs());
        Pace::new(self.rate, ramp)
    }

    /// Returns the first requested guard other than a rate; an SQS move task supports only a rate.
    pub(super) fn beyond_rate(&self) -> Option<&'static str> {
        // Without `..`, so that whoever adds a guard decides here, too.
        let GuardArgs { rate: _, ramp, max_backlog, max_throttles, stop_on_bounce } = self;
        let watches = stop_on_bounce.is_some_and(|limit| limit.percent().is_some());
        let reasons = [
            (ramp.is_some(), "a move task does not support --ramp"),
            (max_backlog.is_some(), "a move task does not support --max-backlog"),
            (max_throttles.is_some(), "a move task does not support --max-throttles"),
            (watches, "a move task does not support --stop-on-bounce"),
        ];
        reasons.into_iter().find(|(asked, _)| *asked).map(|(_, reason)| reason)
    }
}

/// The guards of one run.
pub(super) struct Sentries {
    guards: Guards,
    /// Set to their work already.
    began: bool,
    /// Resources watched by `--max-throttles`, and its limit.
    throttled: Option<(Vec<Watched>, u64)>,
    max_backlog: Option<u64>,
    destinations: Arc<Mutex<Vec<Queue>>>,
    pub(super) bounces: Arc<Bounces>,
}

impl Sentries {
    /// The guards that are asked for; they see nothing yet.
    ///
    /// # Errors
    /// When throttles are to be watched, but neither of a table nor of a function.
    pub(super) async fn new(context: &Context, args: &GuardArgs) -> Result<Self> {
        let throttled = match args.max_throttles {
            Some(PerMinute(most)) => Some((throttled(context).await?, most)),
            None => None,
        };
        Ok(Sentries {
            guards: Guards::default(),
            began: false,
            throttled,
            max_backlog: args.max_backlog,
            destinations: Arc::default(),
            bounces: Arc::new(Bounces::new(args.stop_on_bounce.unwrap_or_default())),
        })
    }

    /// Sets the guards to their work, the first time that anything is about to move.
    pub(super) async fn begin(
        &mut self,
        context: &Context,
        session: &Session,
        route: &Route,
        brake: &Arc<Brake>,
    ) -> Result<()> {
        // A later wave may have found messages of further queues.
        let destinations: Vec<_> = route.destinations().map(|to| to.queue.clone()).collect();
        self.destinations.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&destinations);
        if std::mem::replace(&mut self.began, true) {
            return Ok(());
        }
        if let Some(most) = self.max_backlog {
            let queues = Arc::clone(&self.destinations);
            self.guards.set(Backlog::new(session.sqs.clone(), queues, most), brake, &context.ui);
        }
        if let Some((watched, most)) = self.throttled.take() {
            let cloudwatch = Cloudwatch::new(context.sdk().await?);
            self.guards.set(Throttles::new(cloudwatch, watched, most), brake, &context.ui);
        }
        Ok(())
    }

    /// Watches the DLQ while one move runs. A FIFO queue is scanned again after each move, which
    /// finds what came back; to receive meanwhile would block whole groups.
    pub(super) async fn look_out(
        &self,
        context: &Context,
        session: &Session,
        brake: &Arc<Brake>,
    ) -> Option<Lookout> {
        let dlq = &session.pair.dlq;
        if !self.bounces.is_on() || dlq.queue.fifo {
            return None;
        }
        if dlq.state.redrive.is_some() {
            context.ui.warn(
                "not watching for messages that come back: receiving from a DLQ with a redrive policy of its own may push them out of it",
            );
            return None;
        }
        let scanner = Arc::clone(&session.scanner);
        let watcher = match Watcher::new(scanner, Arc::clone(&self.bounces)).await {
            Ok(watcher) => watcher,
            Err(error) => {
                context.ui.warn(format!("not watching for messages that come back: {error}"));
                return None;
            }
        };
        let end = CancellationToken::new();
        let work = watch(watcher, Arc::clone(brake), context.ui.clone(), end.clone());
        Some(Lookout { end, task: tokio::spawn(work) })
    }

    /// Ends all guards.
    pub(super) async fn finish(&mut self) {
        self.guards.finish().await;
    }
}

/// Somebody who watches the DLQ.
pub(super) struct Lookout {
    end: CancellationToken,
    task: JoinHandle<BounceWatched>,
}

impl Lookout {
    /// Ends it; answers with what it leaves.
    pub(super) async fn finish(self) -> BounceWatched {
        self.end.cancel();
        self.task.await.unwrap_or_else(|error| {
            // What it holds is released with everything else at the end of the run.
            tracing::error!(%error, "watching the DLQ failed unexpectedly");
            BounceWatched::default()
        })
    }
}

async fn throttled(context: &Context) -> Result<Vec<Watched>> {
    let targets = targets::writers(context).await?;
    let watched = Watched::of(&targets.plans);
    if watched.is_empty() {
        return Err(Error::config("--max-throttles has nothing to watch")
            .hint("pass --table or --function, or set them in recoctl.toml"));
    }
    let names: Vec<&str> = watched.iter().map(|watched| watched.name.as_str()).collect();
    context.ui.status(format!("watching throttled {}", names.join(" and ")));
    for left_out in targets.left_out {
        context.ui.warn(format!("not watching throttles of the {left_out}"));
    }
    Ok(watched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttles_are_a_number_with_or_without_its_unit() {
        assert_eq!("100/min".parse(), Ok(PerMinute(100)));
        assert_eq!("0".parse(), Ok(PerMinute(0)));
        for wrong in ["", "/min", "-1", "1.5", "5/s"] {
            assert!(wrong.parse::<PerMinute>().is_err(), "{wrong}");
        }
    }
}
