//! Redrive: destinations, pace, guards, and the run itself.

mod bounce;
mod change;
mod earlier;
mod guard;
mod guards;
mod log;
mod outcome;
mod plan;
pub mod report;
mod route;
mod run;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reco_core::human::amount;

pub use bounce::{BounceWatch, Bounced, Bounces, Limit, Watched as BounceWatched, watch};
pub use guard::{Backlog, GuardTasks, Throttles, Watched};
pub use plan::{Candidate, Decision, decide};
pub use route::{Route, Way};

pub use crate::files::Rejects;
pub use crate::rate::{Gate, Guard, Pace, Pauses, Rate};

use self::guards::Guards;
use self::log::Log;
use self::report::{Engine, RedriveReport};
use self::run::Redrive;
use super::causes::CauseOptions;
use super::journal::HomeOptions;
use super::repair::{Repair, RepairPlan};
use super::select::Matcher;
use super::session::{Ask, Session};
use crate::error::Result;
use crate::files::spool::Spool;
use crate::metrics::targets::Configured;

/// Depth of a source queue from which a warning is given before more messages are added.
const DEEP: u64 = 10_000;

/// Options of a redrive.
#[derive(Debug, Clone, Default)]
pub struct RedriveOptions {
    /// Reports what would be moved without moving it.
    pub dry_run: bool,
    /// Maximum number of messages, oldest first.
    pub max: Option<u32>,
    /// Also moves messages that an earlier run may have sent.
    pub resend_uncertain: bool,
    /// Maximum number of messages held at a time.
    pub limit: usize,
    /// True if a destination other than the source queue was named.
    pub elsewhere: bool,
    /// Maximum rate in messages per second.
    pub rate: Option<Rate>,
    /// Time over which the rate ramps up.
    pub ramp: Duration,
    /// Requested repairs, as reported.
    pub repair: Option<RepairPlan>,
    /// File for entries that are not sent.
    pub rejects: Option<PathBuf>,
    /// Path of the journal, if not in the state directory.
    pub journal: Option<PathBuf>,
    /// Conditions that pause or stop it.
    pub guards: GuardOptions,
    /// Engine that moves the messages.
    pub engine: Engine,
    /// Id of the run; `None` for a dry run.
    pub run_id: Option<String>,
    /// Time for which the outcome of moved messages is waited for; `None` does not wait.
    pub wait: Option<Duration>,
    /// Sizes of the stages that are moved and waited for before the rest; empty without any.
    pub canary: Vec<u64>,
    /// True if stages may be proposed for a large run.
    pub propose_canary: bool,
    /// Place of the function's log, which gives reasons for outcomes.
    pub log: CauseOptions,
}

/// Conditions that pause or stop a redrive.
#[derive(Debug, Clone, Default)]
pub struct GuardOptions {
    /// Pauses while a destination holds this many messages.
    pub max_backlog: Option<u64>,
    /// Pauses while more throttles than this occur per minute.
    pub max_throttles: Option<u64>,
    /// Stops when this share of moved messages has come back.
    pub stop_on_bounce: Limit,
    /// Table and function watched for throttles.
    pub throttled: Configured,
}

impl RedriveOptions {
    /// Returns the requested pace.
    fn pace(&self) -> Pace {
        Pace::new(self.rate, self.ramp)
    }
}

/// Inputs of a redrive.
pub struct Job<'a> {
    /// Selection of messages.
    pub matcher: Arc<Matcher>,
    /// Repairs applied to bodies.
    pub repair: Repair,
    /// Store of the held messages.
    pub spool: Arc<Spool>,
    /// Prompt before anything is moved; `None` if no confirmation is needed.
    pub ask: Option<&'a dyn Ask>,
}

/// Prompt when no filter narrows the selection.
pub const QUESTION: &str = "this moves every message, including those that would fail again or overwrite newer lists. Move all?";

/// Runs a redrive: scans, moves and releases.
///
/// # Errors
/// When a guard has nothing to watch, a file cannot be created, or the scan fails. Later failures
/// are part of the report.
pub async fn redrive(
    session: &Session,
    options: &RedriveOptions,
    home: HomeOptions,
    job: Job<'_>,
) -> Result<RedriveReport> {
    let Job { matcher, repair, spool, ask } = job;
    let events = &session.control.events;
    let route = route(session, options);
    announce(session, &route, options);
    let guards = Guards::new(session, &options.guards).await?;
    let rejects = options.rejects.as_deref().map(Rejects::create).transpose()?.map(Arc::new);
    let log = Log::open(&home, session, &route, options).inspect_err(|_| {
        // An empty file would be in the way of the next run.
        drop(rejects.as_ref().and_then(|rejects| rejects.finish()));
    })?;
    let mut redrive = Redrive::new(session, options, (matcher, route), Arc::clone(&spool), guards);
    redrive.ask = ask;
    redrive.repair = repair;
    redrive.rejects = rejects.clone();
    if let Some(log) = &log {
        redrive.outbox = Some(redrive.outbox(spool, log.journal()));
        redrive.report.journal = log.path();
        redrive.report.run_id = log.path().and(options.run_id.clone());
    }
    let result = redrive.run().await;
    redrive.guards.finish().await;
    let released = session.release_all().await;
    redrive.released.merge(released);
    if result.is_ok() {
        redrive.verify().await;
        redrive.count_waiting().await;
    }
    redrive.report.changes.rejects = rejects.and_then(|rejects| rejects.finish());
    if let Err(error) = result {
        if let Some(log) = log {
            log.abandon(events);
        }
        return Err(error);
    }
    let aftermath = redrive.aftermath();
    let mut report = redrive.into_report()?;
    if let Some(log) = log {
        // First, so that a wait that is cut off leaves no unfinished run.
        log.end(events, &mut report).await;
        if let Some(aftermath) = aftermath.filter(|_| report.journal_is_kept) {
            aftermath.wait(&mut report).await;
        }
        log.close();
    }
    Ok(report)
}

/// Returns the destinations: the queue of `--to`; else, if a source queue was named, that queue for
/// its own messages only; else the source queue of each message.
fn route(session: &Session, options: &RedriveOptions) -> Route {
    let pair = &session.pair;
    let dlq = &pair.dlq.queue;
    let source = pair.source.as_ref().map(|source| (&source.queue, &source.state));
    match source {
        Some(to) if options.elsewhere => Route::all(dlq, to),
        Some(only) if pair.named => Route::only(dlq, only, !pair.is_shared()),
        otherwise => Route::home(dlq, otherwise),
    }
}

fn announce(session: &Session, route: &Route, options: &RedriveOptions) {
    let (queues, events) = (session.queues(), &session.control.events);
    let verb = if options.dry_run { "planning a redrive" } else { "redriving" };
    let to = match route.sole() {
        Some(to) => to.queue.name.clone(),
        None => "the queue that each message came from".to_owned(),
    };
    events.status(format!(
        "{verb} from {} (about {}) to {to}, engine {} ({})",
        queues.dlq,
        amount(queues.approximate_messages, "message"),
        options.engine.engine,
        options.engine.engine_reason
    ));
    if let Some(source) = &session.pair.source {
        let depth = source.state.holds();
        if depth > DEEP {
            events.warn(format!(
                "{} already holds about {}: moved messages wait behind them",
                source.queue.name,
                amount(depth, "message")
            ));
        }
    }
    for unreadable in session.history.unreadable() {
        events.warn(format!("{unreadable}: messages sent by that run may be sent again"));
    }
    for run in session.history.unfinished() {
        events.warn(format!(
            "{}; messages it sent are now deleted and not sent again, messages it may have sent are skipped",
            run.words()
        ));
    }
    let limit = options.limit as u64;
    if session.depth() > limit && options.rate.is_some() {
        events.status(format!(
            "processing in waves of {}: SQS limits a message to 12 hours in flight, and at this rate all of them would take longer",
            amount(limit, "message")
        ));
    }
}
